"""The ground that everything is judged on: a pack, an organisation and a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from policykit.reading.built_in import built_in_rows, setting_of
from policykit.reading.pack import Organisation, Pack
from policykit.rules import Check, Setting, Values, rule_digest


@dataclass(frozen=True)
class Ground:
    """A pack, an organisation and a day, with what rules may look up there and the rows of the built-in registers."""

    pack: Pack
    organisation: Organisation
    setting: Setting
    built_in: Mapping[str, tuple[Values, ...]]

    @classmethod
    def of(cls, pack: Pack, organisation: Organisation, as_at: date) -> "Ground":
        """The ground for one day."""
        rows = built_in_rows(pack, organisation.facts, organisation.profile.id, as_at)
        return cls(pack, organisation, setting_of(pack, organisation, as_at), rows)

    def rule_digest(self, check: Check) -> str:
        """The digest of a check's rule on this ground, made once: it takes longer than all other judging."""
        if check.id not in self._digests:
            self._digests[check.id] = rule_digest(check, self.setting, self.built_in)
        return self._digests[check.id]

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {}

    @property
    def as_at(self) -> date:
        """The day as of which everything is judged."""
        return self.setting.as_at
