"""The example organisation as text: what every made-up organisation is made from."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from policykit.engines import Refused, open_engine
from policykit.loading import Organisation, Pack, built_in_rows, registers_of, setting_of
from policykit.model.outcomes import Outcome
from policykit.model.registers import FieldType, read_value
from policykit.rules import Check, Setting, Values, reads
from policykit.runs.records import locate
from policykit.tracing import judge_check

Texts = Mapping[str, str]
"""One row: its fields and their text, empty where blank."""


class NotMadeError(Exception):
    """The organisation that was asked for cannot be made; the message is one plain sentence."""


@dataclass(frozen=True)
class Original:
    """The example's registers as text, by register, and the names that mean the same in every organisation."""

    pack: Pack
    organisation: Organisation
    tables: Mapping[str, tuple[Texts, ...]]
    fixed: frozenset[str]

    @property
    def as_at(self) -> date:
        """The day as of which the example is judged."""
        return self.organisation.as_at

    @cached_property
    def setting(self) -> Setting:
        """What its rules may look up."""
        return setting_of(self.pack, self.organisation, self.as_at)

    @cached_property
    def built_in(self) -> Mapping[str, tuple[Values, ...]]:
        """The rows that no register of its own holds."""
        return built_in_rows(self.pack, self.organisation.facts, self.organisation.profile.id, self.as_at)

    def is_reference(self, register: str, field: str) -> bool:
        """Whether a field holds a name that tells rows apart."""
        return self.pack.registers[register].fields[field].type is FieldType.REF

    def typed(self, register: str, row: Texts) -> Values:
        """A row as rules read it. Raises ValueError where a value cannot be read."""
        shapes = self.pack.registers[register].fields
        return {name: read_value(shape, row.get(name, "")) for name, shape in shapes.items()}

    def checks(self) -> Iterator[Check]:
        """The checks that rows are counted for: they apply, and all that they read is at hand."""
        setting, at_hand = self.setting, {*self.tables, *self.built_in}
        for check in self.pack.checks.values():
            if check.method == "rule" and at_hand.issuperset(reads(check, setting)) and self.applies(check):
                yield check

    def applies(self, check: Check) -> bool:
        """Whether a check counts for this organisation on its day."""
        return judge_check(check, None, self.pack, self.organisation, self.as_at).outcome is not Outcome.NOT_APPLICABLE


def read_original(pack: Pack, organisation: Organisation) -> Original:
    """Read the example, without the registers that cannot be opened. Raises NotMadeError where one is no CSV file."""
    sources = organisation.profile.records
    other = next((name for name, source in sources.items() if not (source.source or "").lower().endswith(".csv")), None)
    if other:
        msg = f"An organisation is made from CSV files, and the example's {other} is none."
        raise NotMadeError(msg)
    records = {name: sources[name] for name in _openable(pack, organisation)}
    tables = {name: _rows(organisation, source.source or "") for name, source in records.items()}
    profile = organisation.profile.model_copy(update={"records": records})
    return Original(pack, replace(organisation, profile=profile), tables, frozenset(_fixed(pack)))


def _openable(pack: Pack, organisation: Organisation) -> list[str]:
    """A register that a run cannot open stays shut in every copy, whether its file is there or not."""
    with open_engine() as engine:
        places = {name: locate(organisation.folder, source) for name, source in organisation.profile.records.items()}
        return [
            name
            for name, place in places.items()
            if not isinstance(place, Refused) and not isinstance(engine.open(pack.registers[name], place), Refused)
        ]


def _rows(organisation: Organisation, source: str) -> tuple[Texts, ...]:
    with (organisation.folder / source).open(encoding="utf-8-sig", newline="") as file:
        return tuple({name: value.strip(" ") for name, value in row.items()} for row in csv.DictReader(file))


def _fixed(pack: Pack) -> set[str]:
    """Provisions and the rows of the pack's lists: names that no organisation gives itself."""
    lists = registers_of(pack)
    rows = {row.get(lists[name].key) or "" for name, listed in pack.lists.items() for row in listed.rows}
    return {"", *pack.provisions, *rows}
