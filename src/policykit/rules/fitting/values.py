"""Whether a value form fits the field, number or list that it is for."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from policykit.model.parameters import ParameterValue
from policykit.model.registers import FieldShape, FieldType, Register, read_value
from policykit.rules.english import listed
from policykit.rules.operands import AsAt, Form, OfEach, OfFact, OfField, OfParameter
from policykit.rules.setting import Place, Setting
from policykit.rules.values import Written

Misfit = tuple[str, str]
"""What is wrong, and what to do."""

_LONGEST = 60
_TEXTS = frozenset({FieldType.REF, FieldType.TEXT, FieldType.CODE})
_FIT = {
    FieldType.INTEGER: frozenset({"integer"}),
    FieldType.DATE: frozenset({"date"}),
    FieldType.FLAG: frozenset({"flag"}),
    **dict.fromkeys(_TEXTS, frozenset({"code", "codes"})),
}
_HINTS = {
    FieldType.INTEGER: "write a whole number",
    FieldType.DATE: "write a day as 2026-11-01",
    FieldType.FLAG: "write true or false",
}


def misfits(written: Written, shape: FieldShape, place: Place, *, several: bool = False) -> Iterator[Misfit]:
    """Everything wrong with a value form for a field of that shape; `several` where a list may stand."""
    match written:
        case str():
            yield from _of_literal(written, shape)
        case tuple():
            if not written:
                yield "the list is empty, so nothing could ever be in it", "write the values"
            for each in written:
                yield from _of_literal(each, shape)
        case OfParameter():
            yield from _of_parameter(written, shape, place.setting, several=several)
        case _:
            yield from _of_form(written, shape, place)


def unknown(kind: str, name: str, known: Iterable[str]) -> Misfit:
    """A name that nothing has, with what was probably meant."""
    names = sorted(known)
    near = get_close_matches(name, names, 1)
    choice = listed([f"`{each}`" for each in names], "or")
    return f"there is no {kind} {shown(name)}", f"did you mean `{near[0]}`?" if near else f"name {choice or 'none'}"


def unknown_field(name: str, register: Register) -> Misfit:
    """A field that a register does not have."""
    return unknown(f"field of `{register.id}` called", name, register.fields)


def shown(text: str) -> str:
    """A text of the pack, shortened."""
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[: _LONGEST - 1]}…`"


def type_misfit(found: FieldType, wanted: FieldType, what: str) -> Iterator[Misfit]:
    """A field of another type than it is compared with."""
    if found is not wanted:
        yield f"{what} is of type {found}, and {wanted} is needed", f"compare with something of type {wanted}"


def _of_literal(text: str, shape: FieldShape) -> Iterator[Misfit]:
    try:
        value = read_value(shape, text)
    except ValueError as error:
        codes = f"write {listed([f'`{code}`' for code in shape.values], 'or')}"
        yield f"{shown(text)} {error}", _HINTS.get(shape.type, codes)
    else:
        if value is None:
            yield "the value is blank", "write a value; a blank is asked for with `not_recorded`"


def _of_parameter(form: OfParameter, shape: FieldShape, setting: Setting, *, several: bool) -> Iterator[Misfit]:
    name = f"the parameter `{form.parameter}`"
    if form.parameter not in setting.declared:
        yield unknown("parameter", form.parameter, setting.declared)
        return
    kind = setting.declared[form.parameter].type
    if kind not in _FIT[shape.type]:
        yield f"{name} is of type {kind}, and the field is of type {shape.type}", "name another parameter"
    elif kind == "codes" and not several:
        yield f"{name} is a list, and one value is needed", "use one_of or none_of"
    else:
        yield from _codes_misfit(name, setting.parameters[form.parameter], shape)


def _codes_misfit(name: str, value: ParameterValue, shape: FieldShape) -> Iterator[Misfit]:
    if shape.type is not FieldType.CODE:
        return
    for code in value if isinstance(value, tuple) else (value,):
        if code not in shape.values:
            remedy = f"use {listed([f'`{each}`' for each in shape.values], 'or')}"
            yield f"{name} holds {shown(str(code))}, which is not one of the codes of the field", remedy


def _of_form(form: Form, shape: FieldShape, place: Place) -> Iterator[Misfit]:
    match form:
        case OfFact():
            if form.fact not in place.setting.fact_shapes:
                yield unknown("fact", form.fact, place.setting.fact_shapes)
            else:
                found = place.setting.fact_shapes[form.fact].type
                yield from type_misfit(found, shape.type, f"the fact `{form.fact}`")
        case OfEach():
            yield from _of_each(form, shape, place)
        case OfField():
            yield from outer_misfits(form, shape.type, place)
        case AsAt():
            yield from type_misfit(FieldType.DATE, shape.type, "the as-at date")
        case OfParameter():
            pass


def _of_each(form: OfEach, shape: FieldShape, place: Place) -> Iterator[Misfit]:
    if place.each is None:
        yield (
            f"there is no for_each that could give {shown(form.each)}",
            "write the value, or add a for_each to the check",
        )
    elif form.each != place.each.name:
        yield unknown("for_each value", form.each, [place.each.name])
    elif shape.type not in _TEXTS:
        yield f"the for_each gives codes, and the field is of type {shape.type}", "compare a code, ref or text"
    else:
        yield from _codes_misfit("the for_each", place.each.codes, shape)


def outer_misfits(form: OfField, wanted: FieldType, place: Place) -> Iterator[Misfit]:
    """Everything wrong with a field of the row one level out."""
    if place.outer is None:
        what = f"`{{field: {form.field}}}` stands outside the `where` of exists_in and count_of"
        yield what, "there is no row one level out: name a value, or use a test with `other`"
    elif form.field not in place.outer.register.fields:
        yield unknown_field(form.field, place.outer.register)
    else:
        yield from type_misfit(place.outer.shape(form.field).type, wanted, f"the field `{form.field}`")
