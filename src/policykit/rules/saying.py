"""Spans in words: how many days or months, from when to when, and who said so."""

from policykit.model.calendar import say_day
from policykit.rules.clauses import Says
from policykit.rules.english import in_units
from policykit.rules.operands import Form, Moved, OfFact, OfField
from policykit.rules.phrases import beside, mark_after, mark_inside, our_phrase, outer_phrase, say_fact
from policykit.rules.setting import Place, Row
from policykit.rules.spans import Span, length_of, moved
from policykit.rules.values import NUMBER


def say_reach(span: Span, place: Place, sign: int) -> str:
    """From the as-at date back (sign -1) or on (1), both ends said.

    "12 months (1 November 2025 to 1 November 2026, our choice)" after "the last" or "the next"; where the number is not
    known beforehand, "months to 1 November 2026, as many as our number of months says (not recorded)".
    """
    number = _known(span, place)
    if number is None:
        today = say_day(place.setting.as_at)
        return f"{span.unit} {'to' if sign < 0 else 'from'} {today}, as many as {_holder(span.operand, place)}"
    ends = sorted([place.setting.as_at, moved(place.setting.as_at, sign * number, span.unit)])
    told = span.unit.removesuffix("s") if number == 1 else in_units(number, span.unit)
    return f"{told} ({say_day(ends[0])} to {say_day(ends[1])}{_aside(span, place)})"


def say_ago(phrase: str, span: Span, place: Place) -> Says:
    """Before 2 October 2026 (more than 30 days ago, our choice)."""
    number = _known(span, place)
    if number is None:
        than = f"ago than as many {span.unit} as {_holder(span.operand, place)}"
        return Says(phrase, f"is longer {than}", f"is not longer {than}", joins=True)
    day, ago = say_day(moved(place.setting.as_at, -number, span.unit)), f"{in_units(number, span.unit)} ago"
    mark = _aside(span, place)
    before, after = f"is before {day} (more than {ago}{mark})", f"is {day} or later (not more than {ago}{mark})"
    return Says(phrase, before, after, joins=True)


def say_length(span: Span, place: Place) -> str:
    """A length on its own: 5 days (our choice)."""
    number = _known(span, place)
    if number is None:
        return f"as many {span.unit} as {_holder(span.operand, place)}"
    said = f"{in_units(number, span.unit)}{mark_after(span.operand, place.setting)}"
    return f"{said} ({_name(span.operand, place)})" if isinstance(span.operand, OfFact) else said


def say_from_zero(span: Span, place: Place) -> str:
    """How many days may lie between, from none: 0 to 5 days (our choice)."""
    number, length = _known(span, place), say_length(span, place)
    return length if number == 0 else f"0 {'or' if number == 1 else 'to'} {length}"


def _known(span: Span, place: Place) -> int | None:
    return None if isinstance(span.operand, OfField) else length_of(span, Row({}, {}), place)


def _aside(span: Span, place: Place) -> str:
    if isinstance(span.operand, OfFact):
        return f", {_name(span.operand, place)}"
    return mark_inside(span.operand, place.setting)


def _holder(operand: str | Form, place: Place) -> str:
    """Who knows the number, where the sentence cannot say it."""
    match operand:
        case OfField():
            return f"{outer_phrase(operand.field, place)} says"
        case OfFact():
            return f"{_name(operand, place)} says ({say_fact(operand.fact, place.setting)})"
        case Moved():
            return beside(operand.by, _holder(operand.of, place), NUMBER)
        case _:
            return "recorded"


def _name(operand: OfFact, place: Place) -> str:
    return our_phrase(place.setting.fact_shapes[operand.fact])
