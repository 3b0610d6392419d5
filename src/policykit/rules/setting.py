"""Where a rule stands: what it may look up besides the row itself, and how rows reach it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlglot import exp

from policykit.model.parameters import Parameter, ParameterValue
from policykit.model.registers import FieldShape, Register, Value

if TYPE_CHECKING:
    from policykit.rules.check import Population

Values = Mapping[str, Value | None]
"""One row: its fields and their values, None where blank.

A value that could not be read counts as blank, and then the row holds `marker(field)` too.
"""


def marker(field: str) -> str:
    """The name beside a field that says that its value could not be read; no field has a name with a space in it."""
    return f"{field} unreadable"


@dataclass(frozen=True)
class Setting:
    """All that a rule may look up: the day, the shapes of registers, parameters and facts with their values.

    `registers` holds every register a rule can name: those of the pack, its lists, and the built-in `organisation` and
    `law`. `parameters` holds typed values, `own_parameters` the ids that the organisation sets itself, `cited_as` the
    provisions' names as people cite them, `clauses` the ids of the guidance's clauses, `organisation` its name.
    """

    as_at: date
    registers: Mapping[str, Register]
    populations: "Mapping[str, Population]"
    parameters: Mapping[str, ParameterValue]
    declared: Mapping[str, Parameter]
    facts: Mapping[str, Value | None]
    fact_shapes: Mapping[str, FieldShape]
    own_parameters: frozenset[str] = frozenset()
    cited_as: Mapping[str, str] = field(default_factory=dict)
    clauses: frozenset[str] = frozenset()
    organisation: str = ""


@dataclass(frozen=True)
class Each:
    """The value that a for_each stands at: its name in the rule, its noun, and the codes it runs over."""

    name: str
    noun: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """The place of one condition: the register whose row it is about, and the place one row out."""

    setting: Setting
    register: Register
    each: Each | None = None
    outer: "Place | None" = None

    @property
    def depth(self) -> int:
        """0 for the check's own row, one more for each exists_in or count_of around it."""
        return 0 if self.outer is None else self.outer.depth + 1

    def column(self, field: str) -> exp.Column:
        """The field of this place's row, quoted."""
        return exp.column(field, table=f"r{self.depth}", quoted=True)

    def shape(self, field: str) -> FieldShape:
        """The shape of a field of this place's row."""
        return self.register.fields[field]

    def rows(self, selected: exp.Expr, condition: exp.Expr) -> exp.Select:
        """A query over the rows of this place's register, under the name that `column` uses."""
        table = exp.table_(self.register.id, quoted=True, alias=exp.to_identifier(f"r{self.depth}", quoted=True))
        return exp.select(selected).from_(table).where(condition)

    def exists(self, condition: exp.Expr) -> exp.Exists:
        """Whether a row of this place's register meets the condition."""
        return exp.Exists(this=self.rows(exp.convert(1), condition))

    def under(self, setting: Setting) -> "Place":
        """The same place in another setting."""
        if setting is self.setting:
            return self
        return replace(self, setting=setting, outer=self.outer and self.outer.under(setting))

    def rows_at(self, row: "Row") -> "Iterator[Row]":
        """Every row that conditions at this place could be asked about, seen from a row of the check's own register."""
        if self.outer is None:
            yield row
        else:
            for outer in self.outer.rows_at(row):
                yield from map(outer.into, row.tables[self.register.id])

    def into(self, register: str) -> "Place":
        """The place of a row of another register that is looked up from here."""
        return Place(self.setting, self.setting.registers[register], self.each, self)


@dataclass(frozen=True)
class Row:
    """One row as the reference meaning sees it: its values, all tables, the for_each value, and the row one level out.

    `tables[own register]` holds the row itself too.
    """

    values: Values
    tables: Mapping[str, Sequence[Values]]
    each: str | None = None
    outer: "Row | None" = None

    def into(self, values: Values) -> "Row":
        """A row that is looked up from here."""
        return Row(values, self.tables, self.each, self)
