"""What was law on a day, and the built-in register of law in words."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from sqlglot import exp

from policykit.english import say_day
from policykit.model.registers import FieldType
from policykit.rules.dates import asked_day, day_of
from policykit.rules.language import NO_ROW, Node, Place, Purpose, Role, Row, Truth
from policykit.rules.tests.groups import opposite_of
from policykit.rules.tests.order import AtMost, OnOrBefore
from policykit.rules.values import (
    AsAt,
    Day,
    Form,
    Moved,
    OfField,
    RefField,
    both_sql,
    case_sql,
    is_null,
    unknown_sql,
)
from policykit.rules.words import Says, Told
from policykit.rules.words.phrases import beside, outer_phrase, phrase_of


class InForce(Node):
    """The provision that the field names was law on a day."""

    mistakes: ClassVar[str] = "Not law on that day; law on another day that could be meant."
    test: Literal["in_force"]
    field: RefField
    day: Annotated[Day, Purpose(Role.DAY)] = Field(
        description="The day it is asked for: {as_at: true}, or {field: name} of the same row."
    )

    def words(self, place: Place) -> Says:
        tense, day = _say_asked(self.day, place)
        return Says(phrase_of(place.shape(self.field)), f"{tense} law on {day}", f"{tense} not law on {day}")

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the field or the day is blank; false where there is no such provision."""
        own = row.values.get(self.field)
        day = asked_day(self.day, row, place)
        if own is None or day is None:
            return None
        return any(period["id"] == own and _holds(row.into(period), day) for period in row.tables["law"])

    def sql(self, place: Place) -> exp.Expr:
        """Whether a row of the law register has that id and holds that day."""
        there, own = place.into("law"), place.column(self.field)
        day = exp.convert(place.setting.as_at) if isinstance(self.day, AsAt) else place.column(self.day.field)
        found = both_sql(
            [
                exp.EQ(this=there.column("id"), expression=own),
                exp.LTE(this=there.column("valid_from"), expression=day),
                exp.GTE(this=there.column("valid_to"), expression=day),
            ]
        )
        return case_sql((is_null(own, day), unknown_sql()), otherwise=there.exists(found))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield opposite_of(self)
        dates = (field for field, shape in place.register.fields.items() if shape.type is FieldType.DATE)
        days = (AsAt(as_at="true"), *(OfField(field=field) for field in dates))
        yield from (self.model_copy(update={"day": day}) for day in days if day != self.day)

    def provisions(self) -> Iterator[str]:
        """Its field."""
        yield self.field

    def blanks(self) -> Iterator[str]:
        """Its field, and that of the day where one is asked for."""
        yield self.field
        if isinstance(self.day, OfField):
            yield self.day.field


def _say_asked(day: Form, place: Place) -> tuple[str, str]:
    """The tense that goes with the day that is asked for, and the day."""
    match day:
        case OfField():
            return "was", f"the {phrase_of(place.shape(day.field))}"
        case Moved(of=OfField(field=field)):
            return "was", beside(day.by, f"the {phrase_of(place.shape(field))}", place.shape(field))
        case _:
            asked = asked_day(day, NO_ROW, place)
            return "is", say_day(asked or place.setting.as_at)


def _holds(period: Row, day: date) -> bool:
    first, last = day_of(period, "valid_from"), day_of(period, "valid_to")
    return first is not None and last is not None and first <= day <= last


def say_unchanged(where: tuple[Node, ...], there: Place) -> Told | None:
    """The law register asked for a provision that changed last on a day of ours or earlier."""
    match where:
        case (AtMost(field="last_changed_on", value=OfField() as ours),):
            pass
        case (OnOrBefore(field="last_changed_on", other=OfField() as ours),):
            pass
        case _:
            return None
    since = outer_phrase(ours.field, there)
    return Told(f"that law has not changed since {since}", f"that law has changed since {since}", voice=None)
