"""Node: what every condition has. A test is one class with four faces and nothing else."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self, TypeVar, cast, get_args

from sqlglot import exp

from policykit.model.scalars import Record
from policykit.rules.clauses import Clause
from policykit.rules.conditions.one_off import one_off
from policykit.rules.conditions.roles import OWN_FIELDS, Part, Role, parts
from policykit.rules.logic import Truth
from policykit.rules.operands import OfField
from policykit.rules.setting import Place, Row

N = TypeVar("N", bound="Node")


class Node(Record, ABC):
    """One condition on a row; `test` says which."""

    mistakes: ClassVar[str] = ""
    """What is easily written in its place, as the page of the rule language says it; "" where it has only `one_off`."""
    never_unknown: ClassVar[bool] = False
    """Whether it can always be told, as long as the conditions inside it can be."""

    test: str

    @classmethod
    def test_name(cls) -> str:
        """How files call the test."""
        (name,) = get_args(cls.model_fields["test"].annotation)
        return str(name)

    @abstractmethod
    def words(self, place: Place) -> Clause:
        """What the condition says, in English."""

    @abstractmethod
    def holds(self, row: Row, place: Place) -> Truth:
        """Whether it holds for a row: the reference meaning."""

    @abstractmethod
    def sql(self, place: Place) -> exp.Expr:
        """The same as an SQL expression that is TRUE, FALSE or NULL."""

    def alternatives(self, place: Place) -> "Iterator[Node]":
        """Small wrong versions of it: what is easily written in its place. Conditions that it holds stay as they are.

        Every number, day, value and field of its own may be one off; a class adds the tests that are taken for it.
        """
        for name, value in one_off(self, place):
            yield self.with_key(name, value)

    def blanks(self) -> Iterator[str]:
        """The fields of the row that leave the condition unknown where they are blank."""
        for part in parts(self):
            yield from _fields_of(part)

    def with_key(self, name: str, value: object) -> Self:
        """The same with another value of one key. Nothing is checked: no file could write some alternatives."""
        return self.model_copy(update={name: value})

    def as_test(self, test: type[N]) -> N:
        """The same keys under another test."""
        return made(test, **{name: value for name, value in self.__dict__.items() if name != "test"})


def _fields_of(part: Part) -> Iterator[str]:
    """The fields of the row that one key names."""
    match part.role, part.value:
        case (role, str() as field) if role in OWN_FIELDS or role is Role.OTHER:
            yield field
        case (Role.FIELDS, tuple() as fields):
            yield from fields
        case (Role.MATCH, Mapping() as pairs):
            yield from pairs.values()
        case (Role.DAY, OfField(field=field)):
            yield field
        case _:
            pass


def made(test: type[N], **keys: object) -> N:
    """A condition of that test. Nothing is checked: no file could write some alternatives."""
    written: dict[str, Any] = {**keys, "test": test.test_name()}
    return cast("N", test.model_construct(**written))
