"""Phrases: fields, values, value forms and spans in words, from what the registers say and nothing typed by hand."""

import re
from collections.abc import Iterable
from datetime import date

from policykit.english import humanised, in_digits, in_units, listed, say_day
from policykit.model.registers import FieldShape, FieldType, Parameter, Register, Value
from policykit.rules.dates import Span, moved
from policykit.rules.language import NO_ROW, Place, Setting
from policykit.rules.values import NUMBER, Form, Moved, OfEach, OfFact, OfField, OfParameter, Written, values_of
from policykit.rules.words import Says, Voice, phrase_of

_ASIDE = re.compile(r" *\([^()]*\)")


def say_value(value: Value | None, shape: FieldShape, setting: Setting) -> str:
    """One value in words: a code by its label, a provision as it is cited, a day as people write it."""
    match value:
        case None:
            return "not recorded"
        case bool():
            return "yes" if value else "no"
        case int():
            return in_digits(value)
        case date():
            return say_day(value)
        case _ if shape.type is FieldType.CODE:
            return shape.labels.get(value, humanised(value))
        case _:
            return setting.cited_as.get(value, value)


def say_values(values: Iterable[Value | None], shape: FieldShape, setting: Setting) -> str:
    """Several values in words."""
    return listed([say_value(value, shape, setting) for value in values], "or")


def apart(said: str) -> str:
    """A value after "not", in quotation marks where it says "not" itself: is not “not to share”."""
    return f"“{said}”" if said.startswith("not ") else said


def is_written(operand: Written) -> bool:
    """Whether the value itself stands in the sentence, not the name of what holds it."""
    if isinstance(operand, Moved):
        return is_written(operand.of)
    return not isinstance(operand, OfEach | OfFact | OfField)


def say_operand(operand: str | Form, shape: FieldShape, place: Place) -> str:
    """One value form in words, with the mark of the parameter that a number or date comes from."""
    setting = place.setting
    match operand:
        case OfEach():
            return f"that {place.each.noun if place.each else 'value'}"
        case OfField():
            return outer_phrase(operand.field, place)
        case OfFact():
            return f"{_our(operand, setting)} ({_say_fact(operand, setting)})"
        case Moved() if not is_written(operand):
            return beside(operand.by, say_operand(operand.of, shape, place), shape)
        case _:
            said = say_values(values_of(operand, shape, NO_ROW, place), shape, setting)
            return f"{said}{_whose(operand, setting, ' ({})')}"


def beside(by: int, said: str, shape: FieldShape) -> str:
    """One more or one less than what is said; of a day the day after it or before."""
    if shape.type is FieldType.DATE:
        return f"the day {'after' if by > 0 else 'before'} {said}"
    return f"one {'more' if by > 0 else 'less'} than {said}"


def _our(operand: OfFact, setting: Setting) -> str:
    return f"our {phrase_of(setting.fact_shapes[operand.fact]).removeprefix('our ')}"


def _say_fact(operand: OfFact, setting: Setting) -> str:
    return say_value(setting.facts.get(operand.fact), setting.fact_shapes[operand.fact], setting)


def _whose(operand: object, setting: Setting, around: str) -> str:
    """Which fact a number or date is, or who set it, inside brackets or what else goes around; of codes nothing."""
    match operand:
        case OfFact():
            return around.format(_our(operand, setting))
        case OfParameter() if setting.declared[operand.parameter].type in {"integer", "date"}:
            return around.format(parameter_mark(setting.declared[operand.parameter], setting))
        case _:
            return ""


def parameter_mark(parameter: Parameter, setting: Setting) -> str:
    """Who set a parameter: the organisation, the law, the guidance, or the editors of the pack."""
    if parameter.id in setting.own_parameters:
        return f"set by {_ASIDE.sub('', setting.organisation)}"
    if parameter.statutory:
        return "set by law"
    if not parameter.source.from_:
        return "our choice"
    drawn = "from the guidance" if set(parameter.source.from_) & setting.clauses else "from the law"
    return f"{drawn} and our choice" if parameter.source.why else drawn


def outer_phrase(field: str, place: Place) -> str:
    """A field of the row one level out; with its row where the row looked up has a field of that phrase too."""
    outer = (place.outer or place).register
    phrase = phrase_of(outer.fields[field])
    if outer.id == place.register.id:
        return f"the {phrase} of the {outer.row} looked at"
    own = {phrase_of(shape) for shape in place.register.fields.values()}
    return f"the {phrase} of the {outer.row}" if phrase in own else f"the {phrase}"


def other_phrase(other: str | Form, place: Place) -> str:
    """Another field, of the same row or of the row one level out."""
    match other:
        case str():
            return f"the {place.phrase(other)}"
        case OfField():
            return outer_phrase(other.field, place)
        case Moved(of=str() | OfField() as one):
            shape = place.shape(one) if isinstance(one, str) else (place.outer or place).shape(one.field)
            return beside(other.by, other_phrase(one, place), shape)
        case _:
            return "nothing"


def subject(register: Register) -> str:
    """A row of the register as the subject of a sentence."""
    if register.id == "organisation":
        return register.row
    return f"the {register.row}" if register.about == "person" else "it"


def possessor(register: Register) -> str:
    """A row of the register before what belongs to it."""
    if register.id == "organisation":
        return "our"
    return f"the {register.row}'s" if register.about == "person" else "its"


def in_sentence(register: Register) -> Voice:
    """How a sentence speaks of a row."""
    return Voice(subject(register), "our" if register.id == "organisation" else "the", "")


def in_relative_clause(register: Register, *, several: bool = False) -> Voice:
    """How a relative clause speaks of a row, or of each of several."""
    who, whom = ("who", "whom") if register.about == "person" else ("that", "which")
    row, told = (f"of {whom} each", f"for each of {whom}") if several else (who, f"for {whom}")
    return Voice(row, "whose", told, in_sentence(register))


def say_reach(span: Span, place: Place, sign: int) -> str:
    """From the as-at date back (sign -1) or on (1), both ends said.

    "12 months (1 November 2025 to 1 November 2026, our choice)" after "the last" or "the next"; where the number is not
    known beforehand, "months to 1 November 2026, as many as our number of months says (not recorded)".
    """
    number, today = span.known(place), place.setting.as_at
    if number is None:
        return f"{span.unit} {'to' if sign < 0 else 'from'} {say_day(today)}, as many as {_holder(span.operand, place)}"
    first, last = sorted([today, moved(today, sign * number, span.unit)])
    told = span.unit.removesuffix("s") if number == 1 else in_units(number, span.unit)
    return f"{told} ({say_day(first)} to {say_day(last)}{_whose(span.operand, place.setting, ', {}')})"


def say_ago(phrase: str, span: Span, place: Place) -> Says:
    """That a day lies before the span: is before 2 October 2026 (more than 30 days ago, our choice)."""
    number = span.known(place)
    if number is None:
        than = f"ago than as many {span.unit} as {_holder(span.operand, place)}"
        return Says(phrase, f"is longer {than}", f"is not longer {than}", joins=True)
    day = say_day(moved(place.setting.as_at, -number, span.unit))
    ago = f"than {in_units(number, span.unit)} ago{_whose(span.operand, place.setting, ', {}')}"
    return Says(phrase, f"is before {day} (more {ago})", f"is {day} or later (not more {ago})", joins=True)


def say_length(span: Span, place: Place) -> str:
    """A length on its own: 5 days (our choice)."""
    number = span.known(place)
    if number is None:
        return f"as many {span.unit} as {_holder(span.operand, place)}"
    return f"{in_units(number, span.unit)}{_whose(span.operand, place.setting, ' ({})')}"


def say_from_zero(span: Span, place: Place) -> str:
    """How many days may lie between, from none: 0 to 5 days (our choice)."""
    number, length = span.known(place), say_length(span, place)
    return length if number == 0 else f"0 {'or' if number == 1 else 'to'} {length}"


def _holder(operand: str | Form, place: Place) -> str:
    """Who knows the number, where the sentence cannot say it."""
    match operand:
        case OfField():
            return f"{outer_phrase(operand.field, place)} says"
        case OfFact():
            return f"{_our(operand, place.setting)} says ({_say_fact(operand, place.setting)})"
        case Moved():
            return beside(operand.by, _holder(operand.of, place), NUMBER)
        case _:
            return "recorded"
