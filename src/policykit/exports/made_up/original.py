"""The example organisation as text: what every made-up organisation is made from."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from policykit.loading import Organisation, Pack, registers_of
from policykit.model.registers import FieldType, Register

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

    @property
    def registers(self) -> Mapping[str, Register]:
        """The registers that the example holds."""
        return {name: self.pack.registers[name] for name in self.tables}

    def is_reference(self, register: str, field: str) -> bool:
        """Whether a field holds a name that tells rows apart."""
        return self.pack.registers[register].fields[field].type is FieldType.REF


def read_original(pack: Pack, organisation: Organisation) -> Original:
    """Read the example. Raises NotMadeError where a register is no CSV file, OSError where it cannot be read."""
    sources = organisation.profile.records
    other = next((name for name, source in sources.items() if not (source.source or "").lower().endswith(".csv")), None)
    if other:
        msg = f"An organisation is made from CSV files, and the example's {other} is none."
        raise NotMadeError(msg)
    tables = {name: _rows(organisation, source.source or "") for name, source in sources.items()}
    return Original(pack, organisation, tables, frozenset(_fixed(pack)))


def _rows(organisation: Organisation, source: str) -> tuple[Texts, ...]:
    with (organisation.folder / source).open(encoding="utf-8-sig", newline="") as file:
        return tuple({name: value.strip(" ") for name, value in row.items()} for row in csv.DictReader(file))


def _fixed(pack: Pack) -> set[str]:
    """Provisions and the rows of the pack's lists: names that no organisation gives itself."""
    lists = registers_of(pack)
    rows = {row.get(lists[name].key) or "" for name, listed in pack.lists.items() for row in listed.rows}
    return {"", *pack.provisions, *rows}
