"""What fits: everything about a rule that can be found wrong before any record is read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policykit.english import listed
from policykit.model.registers import FieldShape, FieldType, ParameterValue, Register, read_value
from policykit.model.scalars import LONGEST_DAYS
from policykit.problems import shown, suggest
from policykit.rules.check import Check, ForEach
from policykit.rules.language import HOLDING, Misfit, Node, Part, Place, Population, Role, Setting, parts
from policykit.rules.uses import each_of, quantity
from policykit.rules.values import NUMBER, TEXTS, AsAt, Form, OfEach, OfFact, OfField, OfParameter, Written, constant

DEEPEST = 4
"""How many exists_in and count_of may stand inside one another."""

_FIT = {
    FieldType.INTEGER: frozenset({"integer"}),
    FieldType.DATE: frozenset({"date"}),
    FieldType.FLAG: frozenset({"flag"}),
    **dict.fromkeys(TEXTS, frozenset({"code", "codes"})),
}
_HINTS = {
    FieldType.INTEGER: "write a whole number",
    FieldType.DATE: "write a day as 2026-11-01",
    FieldType.FLAG: "write true or false",
}

Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where it stands in the item as written (keys and numbers), what, and what to do."""

    loc: Loc
    what: str
    remedy: str


def faults(item: Check | Population, setting: Setting) -> Iterator[Fault]:
    """Everything wrong with the rule of a check or with a population, whose register must exist.

    Which keys a method needs, and the key of the register, are the loader's to see to; faults inside a population are
    found once, in the population, not in the checks that name it.
    """
    if isinstance(item, Population):
        place = Place(setting, setting.registers[item.register_])
        if any(name == item.id for name, _ in _ways(item.where, setting, frozenset())):
            what = f"the population `{item.id}` is explained by itself"
            yield Fault(("where",), what, "take out the condition that leads back to it")
        yield from _conditions(item.where, place, ("where",))
    elif item.register_ is not None:
        yield from _numbers(item, setting)
        yield from _codes(item.for_each, setting)
        place = Place(setting, setting.registers[item.register_], each_of(item, setting))
        yield from _conditions(item.where, place, ("where",))
        yield from _conditions(item.must, place, ("must",))


def _conditions(nodes: tuple[Node, ...], place: Place, loc: Loc) -> Iterator[Fault]:
    for number, node in enumerate(nodes):
        at = (*loc, number)
        yield from (Fault(at, *misfit) for misfit in node.misfits(place))
        for part in parts(node):
            if part.role in HOLDING:
                yield from _below(node, part, place, (*at, part.written))
            else:
                yield from (Fault((*at, part.written), *misfit) for misfit in _of_part(node, part, place))


def _below(node: Node, part: Part, place: Place, loc: Loc) -> Iterator[Fault]:
    """The conditions that a condition holds, where the row that they are about is known."""
    if part.role is Role.SAME_ROW:
        yield from _conditions(part.value, place, loc)
    elif (register := getattr(node, "register_", "")) in place.setting.registers and place.depth < DEEPEST:
        yield from _conditions(part.value, place.into(register), loc)


def _numbers(check: Check, setting: Setting) -> Iterator[Fault]:
    """`minimum` is at least 1, `max_age_days` a number of days, also where a parameter gives them."""
    for key, least, most in (("minimum", 1, None), ("max_age_days", 0, LONGEST_DAYS)):
        written = getattr(check, key)
        if written is None:
            continue
        found = tuple(misfits(written, NUMBER, Place(setting, setting.registers[str(check.register_)])))
        yield from (Fault((key,), *misfit) for misfit in found)
        number = None if found else quantity(written, setting)
        if number is not None and (number < least or (most is not None and number > most)):
            remedy = f"write {least} or more" if most is None else f"write a number from {least} to {most:,}"
            yield Fault((key,), f"{number} is out of range", remedy)


def _codes(for_each: ForEach | None, setting: Setting) -> Iterator[Fault]:
    """The codes of a for_each: a parameter of codes, or a list that names each once and none blank."""
    loc, codes = ("for_each", "in"), for_each.in_ if for_each else None
    if isinstance(codes, OfParameter):
        yield from (Fault(loc, *misfit) for misfit in _codes_parameter(codes.parameter, setting))
        return
    if codes == ():
        yield Fault(loc, "the list is empty, so there is nothing to judge", "write the codes")
    for number, code in enumerate(codes or ()):
        if not code.strip(" "):
            yield Fault((*loc, number), "the code is blank", "write a code")
        elif code in (codes or ())[:number]:
            yield Fault((*loc, number), f"{shown(code)} stands there twice", "name each code once")


def _codes_parameter(name: str, setting: Setting) -> Iterator[Misfit]:
    if name not in setting.declared:
        yield _unknown("parameter", name, setting.declared)
    elif setting.declared[name].type != "codes":
        what = f"the parameter `{name}` is of type {setting.declared[name].type}, and a list of codes is needed"
        yield what, "name a parameter of type codes, or write the codes"


def _of_part(node: Node, part: Part, place: Place) -> Iterator[Misfit]:
    """Everything wrong with one key of a condition."""
    shape = place.register.fields.get(getattr(node, "field", ""))
    match part.role, part.value:
        case (Role.FIELD, str() as field):
            yield from _own_field(field, part, node, place)
        case (Role.FIELDS, tuple() as fields):
            yield from _missing(fields, place.register)
        case (Role.OTHER, str() | OfField() as other) if shape:
            yield from _other(other, shape.type, place)
        case (Role.VALUE | Role.VALUES as role, written) if shape:
            yield from misfits(written, shape, place, several=role is Role.VALUES)
        case (Role.DAYS | Role.MONTHS | Role.COUNT, written):
            yield from _number(written, part, place)
        case (Role.DAY, OfField(field=field)):
            yield from _field(field, FieldType.DATE, place.register)
        case (Role.REGISTER, str() as register):
            yield from _register(register, place)
        case (Role.MATCH, Mapping() as pairs):
            yield from _pairs(pairs, getattr(node, "register_", ""), place)
        case (Role.POPULATION, str() as population):
            yield from _population(population, place)
        case _:
            pass


def _own_field(field: str, part: Part, node: Node, place: Place) -> Iterator[Misfit]:
    yield from _missing((field,), place.register)
    shape = place.register.fields.get(field)
    if shape and shape.type not in part.purpose.types:
        what = f"`{node.test}` is not for a field of type {shape.type}, as `{field}` is"
        yield what, f"name a field of type {' or '.join(sorted(part.purpose.types))}, or use another test"


def _other(other: str | OfField, wanted: FieldType, place: Place) -> Iterator[Misfit]:
    """Another field, of the same row or of the row one level out."""
    if isinstance(other, str):
        yield from _field(other, wanted, place.register)
    elif place.outer:
        yield from _field(other.field, wanted, place.outer.register)
    else:
        what = f"`{{field: {other.field}}}` stands outside the `where` of exists_in and count_of"
        yield what, "there is no row one level out: name a value, or use a test with `other`"


def _field(name: str, wanted: FieldType, register: Register) -> Iterator[Misfit]:
    yield from _missing((name,), register)
    if name in register.fields:
        yield from _type_misfit(register.fields[name].type, wanted, f"the field `{name}`")


def _number(written: Written, part: Part, place: Place) -> Iterator[Misfit]:
    found = tuple(misfits(written, NUMBER, place))
    yield from found
    longest = part.purpose.longest
    if found or longest is None or not isinstance(written, str | OfParameter):
        return
    number = constant(written, NUMBER, place.setting)
    if isinstance(number, int) and not 0 <= number <= longest:
        yield f"{number} {part.name} are out of range", f"write a number from 0 to {longest:,}"


def _register(register: str, place: Place) -> Iterator[Misfit]:
    if register not in place.setting.registers:
        yield _unknown("register", register, place.setting.registers)
    elif place.depth >= DEEPEST:
        what = f"exists_in and count_of stand more than {DEEPEST} deep in one another"
        yield what, "look the rows up with fewer steps"


def _pairs(pairs: Mapping[str, str], register: str, place: Place) -> Iterator[Misfit]:
    if register not in place.setting.registers:
        return
    there = place.into(register)
    for their, our in pairs.items():
        yield from _missing((their,), there.register)
        yield from _missing((our,), place.register)
        if their in there.register.fields and our in place.register.fields:
            found, wanted = there.shape(their).type, place.shape(our).type
            yield from _type_misfit(found, wanted, f"the field `{their}`, which is matched with `{our}`,")


def _population(name: str, place: Place) -> Iterator[Misfit]:
    population = place.setting.populations.get(name)
    if population is None:
        yield _unknown("population", name, place.setting.populations)
    elif population.register_ != place.register.id:
        what = f"the population `{name}` is about `{population.register_}`, not about `{place.register.id}`"
        yield what, f"name a population of `{place.register.id}`"
    elif any(place.depth + deep > DEEPEST for _, deep in _ways(population.where, place.setting, frozenset({name}))):
        what = f"with the population `{name}` exists_in and count_of stand more than {DEEPEST} deep in one another"
        yield what, "look the rows up with fewer steps"


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


def _unknown(kind: str, name: str, known: Iterable[str]) -> Misfit:
    """A name that nothing has, with what was probably meant."""
    names = sorted(known)
    choice = listed([f"`{each}`" for each in names], "or")
    return f"there is no {kind} {shown(name)}", suggest(name, names, f"name {choice or 'none'}", "`")


def _missing(fields: Iterable[str], register: Register) -> Iterator[Misfit]:
    """The fields that a register does not have."""
    kind = f"field of `{register.id}` called"
    yield from (_unknown(kind, field, register.fields) for field in fields if field not in register.fields)


def _type_misfit(found: FieldType, wanted: FieldType, what: str) -> Iterator[Misfit]:
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
        yield _unknown("parameter", form.parameter, setting.declared)
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
            shapes = place.setting.fact_shapes
            if form.fact not in shapes:
                yield _unknown("fact", form.fact, shapes)
            else:
                yield from _type_misfit(shapes[form.fact].type, shape.type, f"the fact `{form.fact}`")
        case OfEach():
            yield from _of_each(form, shape, place)
        case OfField():
            yield from _other(form, shape.type, place)
        case AsAt():
            yield from _type_misfit(FieldType.DATE, shape.type, "the as-at date")
        case OfParameter():
            pass


def _of_each(form: OfEach, shape: FieldShape, place: Place) -> Iterator[Misfit]:
    if place.each is None:
        what = f"there is no for_each that could give {shown(form.each)}"
        yield what, "write the value, or add a for_each to the check"
    elif form.each != place.each.name:
        yield _unknown("for_each value", form.each, [place.each.name])
    elif shape.type not in TEXTS:
        yield f"the for_each gives codes, and the field is of type {shape.type}", "compare a code, ref or text"
    else:
        yield from _codes_misfit("the for_each", place.each.codes, shape)


def _ways(nodes: tuple[Node, ...], setting: Setting, seen: frozenset[str], deep: int = 0) -> Iterator[tuple[str, int]]:
    """Down into conditions and populations not seen on the way: each population by name, each lookup by how deep."""
    for part in (part for node in nodes for part in parts(node)):
        if part.role in HOLDING:
            inner = deep + (part.role is Role.OTHER_ROWS)
            yield "", inner
            yield from _ways(part.value, setting, seen, inner)
        elif part.role is Role.POPULATION and part.value not in seen:
            named = setting.populations.get(part.value)
            yield part.value, deep
            yield from _ways(named.where if named else (), setting, seen | {part.value}, deep)
