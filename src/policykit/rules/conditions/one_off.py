"""Keys of a condition that are one off: a number or a day one less or one more, a value or a field left out.

In place of the as-at date the day itself could be written: the rule is the same then, until tomorrow.

To be strict about a number or a day where the rule is not, or the other way round, is the same as moving it by one.
"""

from collections.abc import Iterator
from typing import Any

from policykit.model.calendar import LONGEST_DAYS, LONGEST_MONTHS
from policykit.model.registers import FieldType
from policykit.model.scalars import Record
from policykit.rules.conditions.roles import Part, Role, parts
from policykit.rules.operands import AsAt, Form, Moved, OfField, OfParameter, Without
from policykit.rules.setting import Place
from policykit.rules.values import NUMBER, constant

ORDERED = frozenset({FieldType.DATE, FieldType.INTEGER})
_MOST = {Role.DAYS: LONGEST_DAYS, Role.MONTHS: LONGEST_MONTHS, Role.COUNT: None}


def one_off(node: Record, place: Place) -> Iterator[tuple[str, Any]]:
    """Keys by their names in the model, each with something that is easily written there in place of what is."""
    given = tuple(parts(node))
    ordered = place.shape(getattr(node, "field", "")).type in ORDERED if hasattr(node, "field") else False
    spanned = any(part.role is Role.DAYS for part in given)
    for part in given:
        for value in _beside(part, place, ordered=ordered, spanned=spanned):
            yield part.name, value


def _beside(part: Part, place: Place, *, ordered: bool, spanned: bool) -> Iterator[Any]:
    match part.role, part.value:
        case Role.VALUE, form if ordered:
            yield from _moved(form)
            if isinstance(form, AsAt):
                yield place.setting.as_at.isoformat()
        case Role.OTHER, str() | OfField() as form if ordered and not spanned:
            yield from _moved(form)
        case Role.DAY, AsAt() | OfField() as form:
            yield from _moved(form)
        case (Role.DAYS | Role.MONTHS | Role.COUNT) as role, form:
            yield from (each for each in _moved(form) if _is_allowed(each, _MOST[role], place))
        case Role.VALUES, OfParameter() as codes:
            listed = place.setting.parameters[codes.parameter]
            if isinstance(listed, tuple) and len(listed) > 1:
                yield from (Without(of=codes, code=code) for code in listed)
        case ((Role.VALUES | Role.FIELDS), tuple() as listed) if len(listed) > 1:
            yield from (listed[:place] + listed[place + 1 :] for place in range(len(listed)))
        case _:
            pass


def _moved(form: str | Form) -> Iterator[Moved]:
    yield Moved(of=form, by=-1)
    yield Moved(of=form, by=1)


def _is_allowed(form: Moved, most: int | None, place: Place) -> bool:
    """Whether a number that is known beforehand could be written; what a row says is anything."""
    number = constant(form, NUMBER, place.setting)
    return not isinstance(number, int) or 0 <= number <= (number if most is None else most)
