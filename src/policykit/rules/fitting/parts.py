"""Whether each key of a condition fits the register it is about."""

from collections.abc import Iterator, Mapping

from policykit.model.calendar import LONGEST_DAYS, LONGEST_MONTHS
from policykit.model.registers import FieldType
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import OWN_FIELDS, Part, Role
from policykit.rules.fitting.nesting import DEEPEST, depth
from policykit.rules.fitting.values import Misfit, misfits, outer_misfits, type_misfit, unknown, unknown_field
from policykit.rules.operands import OfField, OfParameter
from policykit.rules.setting import Place
from policykit.rules.values import NUMBER, Written, constant

_WANTED = {
    Role.ORDERED_FIELD: frozenset({FieldType.DATE, FieldType.INTEGER}),
    Role.DATE_FIELD: frozenset({FieldType.DATE}),
    Role.REF_FIELD: frozenset({FieldType.REF}),
}
_LONGEST = {Role.DAYS: LONGEST_DAYS, Role.MONTHS: LONGEST_MONTHS}


def part_misfits(node: Node, part: Part, place: Place) -> Iterator[Misfit]:
    """Everything wrong with one key of a condition."""
    shape = place.register.fields.get(getattr(node, "field", ""))
    match part.role, part.value:
        case (role, str() as field) if role in OWN_FIELDS:
            yield from _own_field(field, role, node, place)
        case (Role.FIELDS, tuple() as fields):
            yield from (unknown_field(field, place.register) for field in fields if field not in place.register.fields)
        case (Role.OTHER, str() | OfField() as other) if shape:
            yield from _other(other, shape.type, place)
        case (Role.VALUE | Role.VALUES as role, written) if shape:
            yield from misfits(written, shape, place, several=role is Role.VALUES)
        case (Role.DAYS | Role.MONTHS | Role.COUNT as role, written):
            yield from _number(written, role, place)
        case (Role.DAY, OfField(field=field)):
            yield from _other(field, FieldType.DATE, place)
        case (Role.REGISTER, str() as register):
            yield from _register(register, place)
        case (Role.MATCH, Mapping() as pairs):
            yield from _pairs(pairs, getattr(node, "register_", ""), place)
        case (Role.POPULATION, str() as population):
            yield from _population(population, place)
        case _:
            pass


def _own_field(field: str, role: Role, node: Node, place: Place) -> Iterator[Misfit]:
    shape, wanted = place.register.fields.get(field), _WANTED.get(role)
    if shape is None:
        yield unknown_field(field, place.register)
    elif wanted and shape.type not in wanted:
        what = f"`{node.test}` is not for a field of type {shape.type}, as `{field}` is"
        yield what, f"name a field of type {' or '.join(sorted(wanted))}, or use another test"


def _other(other: str | OfField, wanted: FieldType, place: Place) -> Iterator[Misfit]:
    if isinstance(other, OfField):
        yield from outer_misfits(other, wanted, place)
    elif other not in place.register.fields:
        yield unknown_field(other, place.register)
    else:
        yield from type_misfit(place.shape(other).type, wanted, f"the field `{other}`")


def _number(written: Written, role: Role, place: Place) -> Iterator[Misfit]:
    found = tuple(misfits(written, NUMBER, place))
    yield from found
    longest = _LONGEST.get(role)
    if found or longest is None or not isinstance(written, str | OfParameter):
        return
    number = constant(written, NUMBER, place.setting)
    if isinstance(number, int) and not 0 <= number <= longest:
        yield f"{number} {role.name.lower()} are out of range", f"write a number from 0 to {longest:,}"


def _register(register: str, place: Place) -> Iterator[Misfit]:
    if register not in place.setting.registers:
        yield unknown("register", register, place.setting.registers)
    elif place.depth >= DEEPEST:
        what = f"exists_in and count_of stand more than {DEEPEST} deep in one another"
        yield what, "look the rows up with fewer steps"


def _pairs(pairs: Mapping[str, str], register: str, place: Place) -> Iterator[Misfit]:
    if register not in place.setting.registers:
        return
    there = place.into(register)
    for their, our in pairs.items():
        if their not in there.register.fields:
            yield unknown_field(their, there.register)
        if our not in place.register.fields:
            yield unknown_field(our, place.register)
        elif their in there.register.fields:
            found, wanted = there.shape(their).type, place.shape(our).type
            yield from type_misfit(found, wanted, f"the field `{their}`, which is matched with `{our}`,")


def _population(name: str, place: Place) -> Iterator[Misfit]:
    population = place.setting.populations.get(name)
    if population is None:
        yield unknown("population", name, place.setting.populations)
    elif population.register_ != place.register.id:
        what = f"the population `{name}` is about `{population.register_}`, not about `{place.register.id}`"
        yield what, f"name a population of `{place.register.id}`"
    elif place.depth + depth(population.where, place.setting, frozenset({name})) > DEEPEST:
        what = f"with the population `{name}` exists_in and count_of stand more than {DEEPEST} deep in one another"
        yield what, "look the rows up with fewer steps"
