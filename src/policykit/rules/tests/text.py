"""How a text or a reference begins."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from sqlglot import exp

from policykit.model.registers import FieldType
from policykit.model.scalars import Name
from policykit.rules.language import Node, Place, Purpose, Role, Row, Truth, made, negated
from policykit.rules.tests.equality import Is, IsNot
from policykit.rules.values import Literally, constant
from policykit.rules.words import Says
from policykit.rules.words.phrases import phrase_of

_TEXTS = frozenset({FieldType.REF, FieldType.TEXT})


class _Beginning(Node):
    yes: ClassVar[bool]
    field: Annotated[Name, Purpose(Role.FIELD, _TEXTS), Field(description="A field of the row: a ref or a text.")]
    value: Annotated[Literally, Purpose(Role.VALUE), Field(description="How it begins, written out.")]

    def words(self, place: Place) -> Says:
        said = self._beginning(place)
        told = Says(phrase_of(place.shape(self.field)), f"starts with “{said}”", f"does not start with “{said}”")
        return told if self.yes else told.reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the field is blank; case matters."""
        own = row.values.get(self.field)
        found = own.startswith(self._beginning(place)) if isinstance(own, str) else None
        return found if self.yes else negated(found)

    def sql(self, place: Place) -> exp.Expr:
        """As many characters from the first on, compared: not every engine has a function of its own for it."""
        said = self._beginning(place)
        first = exp.Substring(this=place.column(self.field), start=exp.convert(1), length=exp.convert(len(said)))
        return (exp.EQ if self.yes else exp.NEQ)(this=first, expression=exp.convert(said))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(NotStartsWith if self.yes else StartsWith)
        yield made(Is if self.yes else IsNot, field=self.field, value=self.value)
        if shorter := self._shorter(place):
            yield self.model_copy(update={"value": shorter})

    def near(self, place: Place) -> Iterator[str]:
        """The beginning alone, with a letter more, with the last one less, and something that begins otherwise."""
        said = self._beginning(place)
        other = "B" if said.startswith("A") else "A"
        yield from filter(None, (said, f"{said}A", self._shorter(place), f"{other}{said}"))

    def _beginning(self, place: Place) -> str:
        return str(constant(self.value, place.shape(self.field), place.setting))

    def _shorter(self, place: Place) -> str:
        """The beginning without its last character; a record never ends in a space."""
        return self._beginning(place)[:-1].rstrip(" ")


class StartsWith(_Beginning):
    """The field begins with the value: same code points, case matters."""

    mistakes: ClassVar[str] = "Does not start with it; is it, with nothing after; starts with a character less."
    yes: ClassVar[bool] = True
    test: Literal["starts_with"]


class NotStartsWith(_Beginning):
    """The field does not begin with the value."""

    mistakes: ClassVar[str] = "Starts with it; is not it, with nothing after; does not start with a character less."
    yes: ClassVar[bool] = False
    test: Literal["not_starts_with"]
