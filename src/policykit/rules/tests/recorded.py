"""Whether a field is recorded, and whether what it holds is the row's own."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from sqlglot import exp

from policykit.english import listed
from policykit.model.registers import FieldType
from policykit.model.scalars import Name
from policykit.rules.language import Node, Place, Purpose, Role, Row, Truth
from policykit.rules.tests.groups import opposite_of
from policykit.rules.values import ORDERED, AnyField, case_sql, is_null, unknown_sql
from policykit.rules.words import Says, Told, phrase_of
from policykit.rules.words.phrases import in_relative_clause, subject


class _Recording(Node):
    never_unknown: ClassVar[bool] = True
    yes: ClassVar[bool]
    field: AnyField

    def words(self, place: Place) -> Says | Told:
        shape = place.shape(self.field)
        said: Says | Told = Says(phrase_of(shape), "is recorded", "is not recorded", joins=shape.type in ORDERED)
        if shape.type is FieldType.FLAG and shape.when_yes:
            whether = f"recorded whether {subject(place.register)} {shape.when_yes}"
            said = Told(f"it is {whether}", f"it is not {whether}", voice=in_relative_clause(place.register))
        return said if self.yes else said.reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        return (row.values.get(self.field) is not None) is self.yes

    def sql(self, place: Place) -> exp.Expr:
        blank = is_null(place.column(self.field))
        return exp.not_(blank) if self.yes else blank

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(NotRecorded if self.yes else Recorded)

    def blanks(self) -> Iterator[str]:
        return iter(())


class Recorded(_Recording):
    """The field is not blank."""

    mistakes: ClassVar[str] = "Not recorded."
    yes: ClassVar[bool] = True
    test: Literal["recorded"]


class NotRecorded(_Recording):
    """The field is blank."""

    mistakes: ClassVar[str] = "Recorded."
    yes: ClassVar[bool] = False
    test: Literal["not_recorded"]


class Unique(Node):
    """No other row of the whole register has these values."""

    mistakes: ClassVar[str] = "Another row has the same."
    test: Literal["unique"]
    fields_: Annotated[
        tuple[Name, ...], Purpose(Role.FIELDS), Field(description="The fields that no other row may have alike.")
    ] = Field(alias="fields", min_length=1)

    def words(self, place: Place) -> Told:
        phrases = listed([place.phrase(field) for field in self.fields_], "and")
        row, together = place.register.row, " together" if len(self.fields_) > 1 else ""
        return Told(
            f"no other {row} has the same {phrases}",
            f"another {row} has the same {phrases}",
            relative=f"whose {phrases} no other {row} has{together}",
            relative_opposite=f"whose {phrases} another {row} has{together}",
        )

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where one of the row's own values is blank; every member of a group of equals violates."""
        alike = self.alike(row, place)
        return None if alike is None else alike == 1

    def alike(self, row: Row, place: Place) -> int | None:
        """How many rows of the register, this one included, have the same values; None where one is blank."""
        own = [row.values.get(field) for field in self.fields_]
        if None in own:
            return None
        return sum([each.get(field) for field in self.fields_] == own for each in row.tables[place.register.id])

    def sql(self, place: Place) -> exp.Expr:
        there = place.into(place.register.id)
        same = exp.and_(*(exp.EQ(this=there.column(field), expression=place.column(field)) for field in self.fields_))
        alone = exp.EQ(this=there.count(same), expression=exp.convert(1))
        return case_sql((is_null(*map(place.column, self.fields_)), unknown_sql()), otherwise=alone)

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield opposite_of(self)
