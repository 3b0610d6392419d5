"""What tests of alternatives share: a made-up shop, in which every test of the rule language has something to ask."""

from datetime import date
from typing import Any

from policykit.model.registers import FieldShape, FieldType, Parameter, ParameterSource, ParameterValue, Register
from policykit.rules import Check, Population, Setting

AS_AT = date(2026, 11, 1)
GIVEN = frozenset({"loans", "bikes"})


def _register(name: str, row: str, key: str, **fields: FieldShape) -> Register:
    keys = {key: FieldShape(type=FieldType.REF, means=f"{row} reference")}
    return Register(id=name, title=name.title(), row=row, about="event", key=key, fields=keys | fields)


def _day(means: str) -> FieldShape:
    return FieldShape(type=FieldType.DATE, means=means)


def _setting() -> Setting:
    kind = FieldShape(type=FieldType.CODE, means="Kind", values=("road", "cargo", "child"))
    paid = FieldShape(type=FieldType.FLAG, means="Paid", when_yes="is paid", when_no="is not paid")
    bike = FieldShape(type=FieldType.REF, means="Bike reference")
    number = {"days": FieldShape(type=FieldType.INTEGER, means="Number of days")}
    days = {"lent_on": _day("Day it was lent"), "due_on": _day("Day it is due"), "back_on": _day("Day it came back")}
    loans = _register("loans", "loan", "loan_ref", bike_ref=bike, kind=kind, paid=paid, **number, **days)
    bikes = _register("bikes", "bike", "bike_ref", kind=kind, bought_on=_day("Day it was bought"))
    law = _register("law", "provision", "id", **{name: _day(name) for name in ("valid_from", "valid_to")})
    shared = {"title": "Set by us", "source": ParameterSource(why="made up")}
    parameters = (
        Parameter(id="loan_days", type="integer", unit="days", default="14", **shared),
        Parameter(id="kinds", type="codes", default=("road", "cargo"), **shared),
    )
    values: dict[str, ParameterValue] = {"loan_days": 14, "kinds": ("road", "cargo")}
    where = [{"test": "recorded", "field": "back_on"}, {"test": "is", "field": "paid", "value": "true"}]
    over = {"id": "over", "register": "loans", "noun": "closed loan", "plural": "closed loans", "where": where}
    return Setting(
        as_at=AS_AT,
        registers={each.id: each for each in (loans, bikes, law)},
        populations={"over": Population.model_validate(over)},
        parameters=values,
        declared={each.id: each for each in parameters},
        facts={},
        fact_shapes={},
    )


SHOP = _setting()


def check(**keys: Any) -> Check:  # noqa: ANN401 - a rule as a file would say it
    """A check on loans."""
    said = {"id": "CHK-LOANS", "verifies": ["DUTY-A"], "grounds": ["CLAUSE-A"], "title": "Any", "limits": "Any"}
    about = {"register": "loans", "noun": "loan", "plural": "loans", "key": "loan_ref"}
    return Check.model_validate({**said, **about, **keys})
