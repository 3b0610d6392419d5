"""The rule language: what truth is, where a rule stands, what a row is, and what every test has.

A test is one class with its faces (`Node`). Each of its keys has a `Purpose`, so that whoever checks, lists or walks
rules goes by that and never asks which test it is.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar, cast, get_args

from pydantic import Field
from sqlglot import exp

from policykit.model.registers import FieldShape, FieldType, Parameter, ParameterValue, Register, Value
from policykit.model.scalars import Name, Record, Text
from policykit.problems import Complaint
from policykit.rules.words import Clause, phrase_of

Truth = bool | None
"""True, False, or None where it cannot be told: a blank never counts as yes, nor as no."""
Values = Mapping[str, Value | None]
"""One row: its fields and their values, None where blank or unreadable; then the row holds `marker(field)` too."""


class Distance(NamedTuple):
    """So many days or months: worth trying from every day there is, backwards and forwards."""

    number: int
    unit: str


def both(truths: Iterable[Truth]) -> Truth:
    """Whether all hold: false if one is false, else unknown if one is unknown; true of nothing at all."""
    found: Truth = True
    for truth in truths:
        if truth is False:
            return False
        found = found and truth
    return found


def either(truths: Iterable[Truth]) -> Truth:
    """Whether one holds: true if one is true, else unknown if one is unknown; false of nothing at all."""
    return negated(both(negated(truth) for truth in truths))


def negated(truth: Truth) -> Truth:
    """The opposite; of unknown, unknown."""
    return None if truth is None else not truth


def marker(field: str) -> str:
    """The name beside a field that says that its value could not be read; no field has a name with a space in it."""
    return f"{field} unreadable"


class Population(Record):
    """A named list of conditions on one register, defined once and used by many rules."""

    id: Name = Field(description="The population's id.")
    register_: Name = Field(alias="register", description="The register it is about.")
    noun: Text = Field(description="One of them.")
    plural: Text = Field(description="Several of them.")
    where: tuple["Condition", ...] = Field(description="Who belongs to it.")


@dataclass(frozen=True)
class Setting:
    """All that a rule may look up: the day, the shapes of registers, parameters and facts with their values.

    `registers` holds every register a rule can name: those of the pack, its lists, and the built-in `organisation` and
    `law`. `parameters` holds typed values, `own_parameters` the ids that the organisation sets itself, `cited_as` the
    provisions' names as people cite them, `clauses` the ids of the guidance's clauses, `organisation` its name.
    """

    as_at: date
    registers: Mapping[str, Register]
    populations: Mapping[str, Population]
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


NO_ROW = Row({}, {})  # stands where a value is asked for that is the same for all rows


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

    def shape(self, field: str) -> FieldShape:
        """The shape of a field of this place's row."""
        return self.register.fields[field]

    def phrase(self, field: str) -> str:
        """A field of this place's row inside a sentence."""
        return phrase_of(self.shape(field))

    def column(self, field: str) -> exp.Column:
        """The field of this place's row, quoted."""
        return exp.column(field, table=f"r{self.depth}", quoted=True)

    def rows(self, selected: exp.Expr, condition: exp.Expr) -> exp.Select:
        """A query over the rows of this place's register, under the name that `column` uses."""
        table = exp.table_(self.register.id, quoted=True, alias=exp.to_identifier(f"r{self.depth}", quoted=True))
        return exp.select(selected).from_(table).where(condition)

    def exists(self, condition: exp.Expr) -> exp.Exists:
        """Whether a row of this place's register meets the condition."""
        return exp.Exists(this=self.rows(exp.convert(1), condition))

    def count(self, condition: exp.Expr) -> exp.Subquery:
        """How many rows of this place's register meet the condition."""
        return self.rows(exp.Count(this=exp.Star()), condition).subquery()

    def into(self, register: str) -> "Place":
        """The place of a row of another register that is looked up from here."""
        return Place(self.setting, self.setting.registers[register], self.each, self)


class Role(Enum):
    """What a key of a test holds."""

    FIELD = auto()  # a field of the row
    FIELDS = auto()  # several fields of the row
    OTHER = auto()  # another field, of the same type as the test's own
    VALUE = auto()  # a value of the type of the test's own field
    VALUES = auto()  # values of the type of the test's own field
    DAYS = auto()  # a number of days
    MONTHS = auto()  # a number of months
    COUNT = auto()  # a number of rows
    DAY = auto()  # the as-at date, or a date of the same row
    REGISTER = auto()  # the register that is looked up
    MATCH = auto()  # pairs of their field and our field
    POPULATION = auto()  # a population of the register that the test stands in
    SAME_ROW = auto()  # conditions on the same row
    OTHER_ROWS = auto()  # conditions on the rows that are looked up


HOLDING = frozenset({Role.SAME_ROW, Role.OTHER_ROWS})


@dataclass(frozen=True)
class Purpose:
    """What a key is for: its role, the types of fields and the longest span it takes, and what is worth trying near."""

    role: Role
    types: frozenset[FieldType] = frozenset(FieldType)
    longest: int | None = None
    near: Callable[[Any, "Node", Place], Iterator[Value | Distance]] | None = None


class Part(NamedTuple):
    """One key of a condition: its name in the model and as it is written, what it is for, and what stands there."""

    name: str
    written: str
    role: Role
    purpose: Purpose
    value: Any

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the row that it names, also where an alternative has moved what is compared."""
        match self.role, getattr(self.value, "of", self.value):
            case ((Role.FIELD | Role.OTHER), str(field)):
                return (field,)
            case Role.FIELDS, fields:
                return tuple(fields)
            case Role.MATCH, pairs:
                return tuple(pairs.values())
            case Role.DAY, day if hasattr(day, "field"):
                return (day.field,)
        return ()


class Node(Record, ABC):
    """One condition on a row; `test` says which."""

    mistakes: ClassVar[str] = ""
    """What is easily written in its place, as the page of the rule language says it; "" where keys are only one off."""
    never_unknown: ClassVar[bool] = False
    """Whether it can always be told, as long as the conditions inside it can be."""
    gist: ClassVar[str] = ""
    """The words of a condition whose parts stand below it anyway; "" for one that has to say all."""

    test: str

    @classmethod
    def test_name(cls) -> str:
        """How files call the test."""
        return str(get_args(cls.model_fields["test"].annotation)[0])

    @abstractmethod
    def words(self, place: Place) -> Clause:
        """What the condition says, in English."""

    @abstractmethod
    def holds(self, row: Row, place: Place) -> Truth:
        """Whether it holds for a row: the reference meaning."""

    @abstractmethod
    def sql(self, place: Place) -> exp.Expr:
        """The same as an SQL expression that is TRUE, FALSE or NULL."""

    def misfits(self, place: Place) -> Iterator[Complaint]:  # noqa: ARG002 - for those that have several keys
        """What is wrong with its keys beside one another; each key by itself is checked by what it is for."""
        return iter(())

    def alternatives(self, place: Place) -> "Iterator[Node]":  # noqa: ARG002 - for those that have some
        """What is easily written in its place, as `mistakes` says. Keys that are one off come by what they are for."""
        return iter(())

    def near(self, place: Place) -> Iterator[Value | Distance]:
        """Values worth trying in fields, because the condition could come out otherwise there."""
        for part in parts(self):
            yield from part.purpose.near(part.value, self, place) if part.purpose.near else ()

    def provisions(self) -> Iterator[str]:
        """The fields of the row that name provisions of the law."""
        return iter(())

    def blanks(self) -> Iterator[str]:
        """The fields of the row that leave the condition unknown where they are blank."""
        return (field for part in parts(self) for field in part.fields)

    def as_test(self, test: "type[N]") -> "N":
        """The same keys under another test."""
        return made(test, **{name: value for name, value in self.__dict__.items() if name != "test"})


N = TypeVar("N", bound=Node)
Standing = tuple[Node, Place]
if TYPE_CHECKING:
    Condition = Node  # pydantic is told which tests there are once all of them are there


def made(test: type[N], **keys: object) -> N:
    """A condition of that test. Nothing is checked: no file could write some alternatives."""
    written: dict[str, Any] = {**keys, "test": test.test_name()}
    return cast("N", test.model_construct(**written))


def parts(node: Node) -> Iterator[Part]:
    """The keys of a condition that are given, in the order of the format."""
    for name, written, purpose in _keys(type(node)):
        value = getattr(node, name)
        if value is not None:
            yield Part(name, written, purpose.role, purpose, value)


@cache
def _keys(test: type[Node]) -> tuple[tuple[str, str, Purpose], ...]:
    marks = ((name, info, mark) for name, info in test.model_fields.items() for mark in info.metadata)
    return tuple((name, info.alias or name, mark) for name, info, mark in marks if isinstance(mark, Purpose))


def visit(nodes: Iterable[Node], place: Place) -> Iterator[Standing]:
    """Every condition in and below these, each with its place, outermost first. Names must be known, no cycles."""
    for node in nodes:
        yield node, place
        for inner, there in below(node, place):
            yield from visit(inner, there)


def below(node: Node, place: Place) -> Iterator[tuple[tuple[Node, ...], Place]]:
    """The lists of conditions that a condition holds or names, each with its place."""
    there = place
    for part in parts(node):
        if part.role is Role.REGISTER:
            there = place.into(part.value)
        elif part.role is Role.POPULATION:
            yield place.setting.populations[part.value].where, place
        elif part.role in HOLDING:
            yield part.value, there


def all_hold(nodes: Iterable[Node], row: Row, place: Place) -> Truth:
    """Whether all conditions hold for a row."""
    return both(node.holds(row, place) for node in nodes)
