"""The pack's own page: what it is, what an organisation says about itself, which roles it has."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator

from policykit.model.registers import FieldShape
from policykit.model.scalars import Id, Name, Record, Text


class Roles(Record):
    """Which roles of the law register's `binds` each kind of organisation has."""

    by: Name = Field(description="The fact, a code, that tells kinds apart.")
    others: tuple[Name, ...] = Field(default=(), description="Roles that nobody here has.")
    of: dict[str, tuple[Name, ...]] = Field(default={}, description="The roles of each kind; written beside `by`.")

    @property
    def known(self) -> tuple[str, ...]:
        """Every role there is, of kinds of organisations first, each once."""
        return tuple(dict.fromkeys([role for kind in self.of.values() for role in kind] + list(self.others)))

    @model_validator(mode="before")
    @classmethod
    def _kinds_beside_by(cls, data: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever stood there
        if not isinstance(data, dict) or isinstance(data.get("of"), Mapping):
            return data
        kinds = {key: value for key, value in data.items() if key not in {"by", "others"}}
        return {key: value for key, value in data.items() if key in {"by", "others"}} | {"of": kinds}


class Policy(Record):
    """policy.yaml: what the pack is."""

    id: Id = Field(description="The pack's id.")
    title: Text = Field(description="The pack's title.")
    publisher: Text | None = Field(default=None, description="Who answers for it.")
    edition: Text = Field(description="The pack's edition.")
    jurisdiction: Text | None = Field(default=None, description="Where it counts.")
    organisation: str = Field(description="The organisation's folder, relative to this file.")
    disclaimer: Text | None = Field(default=None, description="Stands on every page.")
    name: Text | None = Field(default=None, description="The handbook's name, for the masthead.")
    urgent: Text | None = Field(default=None, description="A line for emergencies, on every page.")
    report_to: Text | None = Field(default=None, description="An address for mistakes.")
    facts: dict[Name, FieldShape] = Field(default={}, description="What an organisation must say about itself.")
    roles: Roles | None = Field(default=None, description="Without it every provision binds.")
