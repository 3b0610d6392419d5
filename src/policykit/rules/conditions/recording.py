"""Whether a field is recorded, and whether what it holds is the row's own."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field
from sqlglot import exp

from policykit.model.registers import FieldShape, FieldType
from policykit.rules.clauses import Says, Told
from policykit.rules.conditions.grouping import opposite_of
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import Any, Fields
from policykit.rules.english import listed
from policykit.rules.logic import Truth, case_sql, is_null, unknown_sql
from policykit.rules.phrases import in_relative_clause, phrase_of, subject
from policykit.rules.setting import Place, Row

_ORDERED = {FieldType.DATE, FieldType.INTEGER}


class Recorded(Node):
    """The field is not blank."""

    mistakes: ClassVar[str] = "Not recorded."
    never_unknown = True
    test: Literal["recorded"]
    field: Any

    def words(self, place: Place) -> Says | Told:
        """Is recorded; of a flag: it is recorded whether it passed a test."""
        return _says_recorded(place.shape(self.field), place)

    def holds(self, row: Row, place: Place) -> Truth:  # noqa: ARG002 - one face for all tests
        """Never unknown."""
        return row.values.get(self.field) is not None

    def sql(self, place: Place) -> exp.Expr:
        """`NOT field IS NULL`."""
        return exp.not_(is_null(place.column(self.field)))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(NotRecorded)
        yield from super().alternatives(place)

    def blanks(self) -> Iterator[str]:
        """None: a blank is what is asked for."""
        return iter(())


class NotRecorded(Node):
    """The field is blank."""

    mistakes: ClassVar[str] = "Recorded."
    never_unknown = True
    test: Literal["not_recorded"]
    field: Any

    def words(self, place: Place) -> Says | Told:
        """Is not recorded."""
        return _says_recorded(place.shape(self.field), place).reversed()

    def holds(self, row: Row, place: Place) -> Truth:  # noqa: ARG002 - one face for all tests
        """Never unknown."""
        return row.values.get(self.field) is None

    def sql(self, place: Place) -> exp.Expr:
        """`field IS NULL`."""
        return is_null(place.column(self.field))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(Recorded)
        yield from super().alternatives(place)

    def blanks(self) -> Iterator[str]:
        """None: a blank is what is asked for."""
        return iter(())


class Unique(Node):
    """No other row of the whole register has these values."""

    mistakes: ClassVar[str] = "Another row has the same."
    test: Literal["unique"]
    fields_: Fields = Field(alias="fields", min_length=1)

    def words(self, place: Place) -> Told:
        """Whose reference no other contract has."""
        phrases = listed([phrase_of(place.shape(field)) for field in self.fields_], "and")
        row, together = place.register.row, " together" if len(self.fields_) > 1 else ""
        return Told(
            f"no other {row} has the same {phrases}",
            f"another {row} has the same {phrases}",
            relative=f"whose {phrases} no other {row} has{together}",
            relative_opposite=f"whose {phrases} another {row} has{together}",
        )

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where one of the row's own values is blank; every member of a group of equals violates."""
        own = [row.values.get(field) for field in self.fields_]
        if None in own:
            return None
        return sum([each.get(field) for field in self.fields_] == own for each in row.tables[place.register.id]) == 1

    def sql(self, place: Place) -> exp.Expr:
        """The rows of the register with these values, counted: one, the row itself."""
        there = place.into(place.register.id)
        same = exp.and_(*(exp.EQ(this=there.column(field), expression=place.column(field)) for field in self.fields_))
        counted = exp.EQ(this=there.rows(exp.Count(this=exp.Star()), same).subquery(), expression=exp.convert(1))
        return case_sql((is_null(*map(place.column, self.fields_)), unknown_sql()), otherwise=counted)

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield opposite_of(self)
        yield from super().alternatives(place)


def _says_recorded(shape: FieldShape, place: Place) -> Says | Told:
    if shape.type is FieldType.FLAG and shape.when_yes:
        whether = f"recorded whether {subject(place.register)} {shape.when_yes}"
        return Told(f"it is {whether}", f"it is not {whether}", voice=in_relative_clause(place.register))
    return Says(phrase_of(shape), "is recorded", "is not recorded", joins=shape.type in _ORDERED)
