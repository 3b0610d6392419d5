"""What fits: everything about a rule that can be found wrong before any record is read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policykit.english import listed
from policykit.model.registers import FieldShape, FieldType, ParameterValue, Register, read_value
from policykit.model.scalars import LONGEST_DAYS
from policykit.model.values import stripped
from policykit.problems import Complaint, Notice, complaint, shown
from policykit.rules.check import Check, ForEach, each_of, quantity
from policykit.rules.language import HOLDING, Node, Part, Place, Population, Role, Setting, parts
from policykit.rules.scopes import DeclaredRegister
from policykit.rules.values import NUMBER, TEXTS, AsAt, Form, OfEach, OfFact, OfField, OfParameter, Written, constant

DEEPEST = 4
"""How many exists_in and count_of may stand inside one another."""

Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where it stands in the item as written (keys and numbers), its kind, what, and what to do."""

    loc: Loc
    notice: Notice
    what: str
    remedy: str


def faults(item: Check | DeclaredRegister | Population, setting: Setting) -> Iterator[Fault]:
    """Everything wrong with the rule of a check, with a population, whose register must exist, or with a register.

    Which keys a method needs, and the key of the register, are the loader's to see to; faults inside a population are
    found once, in the population, not in the checks that name it.
    """
    if isinstance(item, DeclaredRegister):
        for number, rest in enumerate(item.outside):
            yield from _conditions(rest.where, Place(setting, item), ("outside", number, "where"))
    elif isinstance(item, Population):
        place = Place(setting, setting.registers[item.register_])
        if any(name == item.id for name, _ in _ways(item.where, setting, frozenset())):
            yield Fault(("where",), *complaint("rule.circle", population=item.id))
        yield from _conditions(item.where, place, ("where",))
    elif item.register_ is not None:
        place = Place(setting, setting.registers[item.register_], each_of(item, setting))
        yield from _numbers(item, place)
        yield from _codes(item.for_each, setting)
        yield from _conditions(item.where, place, ("where",))
        yield from _conditions(item.must, place, ("must",))


def _conditions(nodes: tuple[Node, ...], place: Place, loc: Loc) -> Iterator[Fault]:
    for number, node in enumerate(nodes):
        at = (*loc, number)
        yield from (Fault(at, *misfit) for misfit in node.misfits(place))
        for part in parts(node):
            here = (*at, part.written)
            if part.role not in HOLDING:
                yield from (Fault(here, *misfit) for misfit in _of_part(node, part, place))
            elif there := _inside(part, node, place):
                yield from _conditions(part.value, there, here)


def _inside(part: Part, node: Node, place: Place) -> Place | None:
    """Where the conditions stand that a key holds; None where the row that they are about is not known."""
    if part.role is Role.SAME_ROW:
        return place
    register = getattr(node, "register_", "")
    return place.into(register) if register in place.setting.registers and place.depth < DEEPEST else None


def _numbers(check: Check, place: Place) -> Iterator[Fault]:
    """`minimum` is at least 1, `max_age_days` a number of days, also where a parameter gives them."""
    for key in ("minimum", "max_age_days"):
        written = getattr(check, key)
        found = tuple(misfits(written, NUMBER, place)) if written is not None else ()
        yield from (Fault((key,), *misfit) for misfit in found)
        number = quantity(written, place.setting) if written is not None and not found else None
        if number is not None and key == "minimum" and number < 1:
            yield Fault((key,), *complaint("rule.too-few", number=number, least=1))
        elif number is not None and key != "minimum" and not 0 <= number <= LONGEST_DAYS:
            yield Fault((key,), *complaint("rule.out-of-range", number=number, most=LONGEST_DAYS))


def _codes(for_each: ForEach | None, setting: Setting) -> Iterator[Fault]:
    """The codes of a for_each: a parameter of codes, or a list that names each once and none blank."""
    loc, codes = ("for_each", "in"), for_each.in_ if for_each else None
    match codes:
        case OfParameter(parameter=name) if name not in setting.declared:
            yield Fault(loc, *_unknown("rule.no-parameter", name, setting.declared))
        case OfParameter(parameter=name) if (kind := setting.declared[name].type) != "codes":
            yield Fault(loc, *complaint("rule.no-list", parameter=name, type=kind))
        case ():
            yield Fault(loc, *complaint("rule.no-codes"))
        case tuple():
            for number, code in enumerate(codes):
                if not stripped(code):
                    yield Fault((*loc, number), *complaint("rule.code-blank"))
                elif code in codes[:number]:
                    yield Fault((*loc, number), *complaint("rule.code-twice", code=shown(code)))


def _of_part(node: Node, part: Part, place: Place) -> Iterator[Complaint]:
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
        case (Role.MATCH, Mapping() as pairs) if (
            register := getattr(node, "register_", "")
        ) in place.setting.registers:
            yield from _pairs(pairs, place, place.into(register))
        case (Role.POPULATION, str() as population):
            yield from _population(population, place)
        case _:
            pass


def _own_field(field: str, part: Part, node: Node, place: Place) -> Iterator[Complaint]:
    yield from _missing((field,), place.register)
    shape = place.register.fields.get(field)
    if shape and shape.type not in part.purpose.types:
        types = " or ".join(sorted(part.purpose.types))
        yield complaint("rule.test-type", test=node.test, type=shape.type, field=field, types=types)


def _register(register: str, place: Place) -> Iterator[Complaint]:
    if register not in place.setting.registers:
        yield _unknown("rule.no-register", register, place.setting.registers)
    elif place.depth >= DEEPEST:
        yield complaint("rule.too-deep", deepest=DEEPEST)


def _other(other: str | OfField, wanted: FieldType, place: Place) -> Iterator[Complaint]:
    """Another field, of the same row or of the row one level out."""
    if isinstance(other, str):
        yield from _field(other, wanted, place.register)
    elif place.outer:
        yield from _field(other.field, wanted, place.outer.register)
    else:
        yield complaint("rule.no-outer-row", field=other.field)


def _field(name: str, wanted: FieldType, register: Register) -> Iterator[Complaint]:
    yield from _missing((name,), register)
    if name in register.fields:
        yield from _type_misfit(register.fields[name].type, wanted, "rule.field-type", field=name)


def _number(written: Written, part: Part, place: Place) -> Iterator[Complaint]:
    found = tuple(misfits(written, NUMBER, place))
    yield from found
    longest = part.purpose.longest
    if found or longest is None or not isinstance(written, str | OfParameter):
        return
    number = constant(written, NUMBER, place.setting)
    if isinstance(number, int) and not 0 <= number <= longest:
        yield complaint("rule.span-range", number=number, unit=part.name, most=longest)


def _pairs(pairs: Mapping[str, str], place: Place, there: Place) -> Iterator[Complaint]:
    for their, our in pairs.items():
        missing = (*_missing((their,), there.register), *_missing((our,), place.register))
        yield from missing
        if not missing:
            found, wanted = there.shape(their).type, place.shape(our).type
            yield from _type_misfit(found, wanted, "rule.matched-type", field=their, other=our)


def _population(name: str, place: Place) -> Iterator[Complaint]:
    population = place.setting.populations.get(name)
    if population is None:
        yield _unknown("rule.no-population", name, place.setting.populations)
    elif population.register_ != place.register.id:
        yield complaint("rule.about", population=name, found=population.register_, wanted=place.register.id)
    elif any(place.depth + deep > DEEPEST for _, deep in _ways(population.where, place.setting, frozenset({name}))):
        yield complaint("rule.too-deep-with", population=name, deepest=DEEPEST)


def misfits(written: Written, shape: FieldShape, place: Place, *, several: bool = False) -> Iterator[Complaint]:
    """Everything wrong with a value form for a field of that shape; `several` where a list may stand."""
    match written:
        case ():
            yield complaint("rule.no-values")
        case str() | tuple():
            for each in (written,) if isinstance(written, str) else written:
                yield from _of_literal(each, shape)
        case OfParameter():
            yield from _of_parameter(written.parameter, shape, place.setting, several=several)
        case _:
            yield from _of_form(written, shape, place)


def _unknown(message: str, name: str, known: Iterable[str], **places: str) -> Complaint:
    """A name that nothing has, with what was probably meant."""
    names = sorted(known)
    choice = listed([f"`{each}`" for each in names], "or")
    return complaint(message, name=shown(name), choice=choice or "none", **places).or_meant(name, names, "`")


def _missing(fields: Iterable[str], register: Register) -> Iterator[Complaint]:
    missing = (field for field in fields if field not in register.fields)
    yield from (_unknown("rule.no-field", field, register.fields, register=register.id) for field in missing)


def _type_misfit(found: FieldType, wanted: FieldType, message: str, **places: str) -> Iterator[Complaint]:
    """What is of another type than it is compared with."""
    if found is not wanted:
        yield complaint(message, found=found, wanted=wanted, **places)


def _of_literal(text: str, shape: FieldShape) -> Iterator[Complaint]:
    try:
        value = read_value(shape, text)
    except ValueError as error:
        yield complaint(f"rule.value.{shape.type}", value=shown(text), why=error, codes=_choice(shape))
    else:
        if value is None:
            yield complaint("rule.value-blank")


def _choice(shape: FieldShape) -> str:
    return listed([f"`{code}`" for code in shape.values], "or")


def _of_parameter(name: str, shape: FieldShape, setting: Setting, *, several: bool) -> Iterator[Complaint]:
    if name not in setting.declared:
        yield _unknown("rule.no-parameter", name, setting.declared)
        return
    kind = setting.declared[name].type
    if kind not in ({"code", "codes"} if shape.type in TEXTS else {shape.type.value}):
        yield complaint("rule.parameter-type", parameter=name, found=kind, wanted=shape.type)
    elif kind == "codes" and not several:
        yield complaint("rule.parameter-list", parameter=name)
    else:
        yield from _codes_misfit(setting.parameters[name], shape, "rule.parameter-codes", parameter=name)


def _codes_misfit(value: ParameterValue, shape: FieldShape, message: str, **places: str) -> Iterator[Complaint]:
    for code in value if isinstance(value, tuple) else (value,):
        if shape.type is FieldType.CODE and code not in shape.values:
            yield complaint(message, code=shown(str(code)), codes=_choice(shape), **places)


def _of_form(form: Form, shape: FieldShape, place: Place) -> Iterator[Complaint]:
    shapes, each = place.setting.fact_shapes, place.each
    match form:
        case OfFact(fact=fact) if fact not in shapes:
            yield _unknown("rule.no-fact", fact, shapes)
        case OfFact(fact=fact):
            yield from _type_misfit(shapes[fact].type, shape.type, "rule.fact-type", fact=fact)
        case OfField():
            yield from _other(form, shape.type, place)
        case AsAt():
            yield from _type_misfit(FieldType.DATE, shape.type, "rule.day-type")
        case OfEach(each=name) if each is None:
            yield complaint("rule.no-for-each", name=shown(name))
        case OfEach(each=name) if each and name != each.name:
            yield _unknown("rule.no-each", name, [each.name])
        case OfEach() if shape.type not in TEXTS:
            yield complaint("rule.each-type", type=shape.type)
        case OfEach() if each:
            yield from _codes_misfit(each.codes, shape, "rule.each-codes")
        case _:
            pass


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
