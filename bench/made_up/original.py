"""The example organisation as text, and what its rules say of rows: what every made-up organisation is made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from policykit.exports.example import ExampleRecords, read_example
from policykit.model.registers import FieldType, read_value
from policykit.reading import Ground, Organisation, Pack, registers_of
from policykit.rules import Check, Setting, Values, reads
from policykit.running import why_not_applicable

Texts = Mapping[str, str]
"""One row: its fields and their text, empty where blank."""


@dataclass(frozen=True)
class Original(ExampleRecords):
    """The example's registers as text, by register, and the names that mean the same in every organisation."""

    fixed: frozenset[str]

    @cached_property
    def ground(self) -> Ground:
        """What it is judged on."""
        return Ground.of(self.pack, self.organisation, self.as_at)

    @property
    def setting(self) -> Setting:
        """What its rules may look up."""
        return self.ground.setting

    @property
    def built_in(self) -> Mapping[str, tuple[Values, ...]]:
        """The rows that no register of its own holds."""
        return self.ground.built_in

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
        return why_not_applicable(check, self.ground) is None


def read_original(pack: Pack, organisation: Organisation) -> Original:
    """Read the example. Raises NotMadeError where one of its registers is no CSV file."""
    read = read_example(pack, organisation)
    return Original(pack, read.organisation, read.tables, frozenset(_fixed(pack)))


def _fixed(pack: Pack) -> set[str]:
    """Provisions and the rows of the pack's lists: names that no organisation gives itself."""
    lists = registers_of(pack)
    rows = {row.get(lists[name].key) or "" for name, listed in pack.lists.items() for row in listed.rows}
    return {"", *pack.provisions, *rows}
