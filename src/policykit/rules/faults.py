"""Faults: everything about a rule that can be found wrong before any record is read."""

from collections.abc import Iterator
from dataclasses import dataclass

from policykit.model.calendar import LONGEST_DAYS
from policykit.rules.check import Check, ForEach, Population
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import Part, Role, parts
from policykit.rules.fitting.nesting import DEEPEST, named_below
from policykit.rules.fitting.nodes import node_misfits
from policykit.rules.fitting.parts import part_misfits
from policykit.rules.fitting.values import Misfit, misfits, shown, unknown
from policykit.rules.operands import OfParameter
from policykit.rules.setting import Each, Place, Setting
from policykit.rules.usage import each_of, quantity
from policykit.rules.values import NUMBER

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
        if item.id in named_below(item.where, setting):
            what = f"the population `{item.id}` is explained by itself"
            yield Fault(("where",), what, "take out the condition that leads back to it")
        yield from _conditions(item.where, place, ("where",))
    elif item.register_ is not None:
        yield from _numbers(item, setting)
        yield from _codes(item.for_each, setting)
        place = Place(setting, setting.registers[item.register_], _each(item, setting))
        yield from _conditions(item.where, place, ("where",))
        yield from _conditions(item.must, place, ("must",))


def _conditions(nodes: tuple[Node, ...], place: Place, loc: Loc) -> Iterator[Fault]:
    for number, node in enumerate(nodes):
        yield from _condition(node, place, (*loc, number))


def _condition(node: Node, place: Place, loc: Loc) -> Iterator[Fault]:
    yield from (Fault(loc, *misfit) for misfit in node_misfits(node, place))
    for part in parts(node):
        if part.role in {Role.SAME_ROW, Role.OTHER_ROWS}:
            yield from _below(node, part, place, (*loc, part.key))
        else:
            yield from (Fault((*loc, part.key), *misfit) for misfit in part_misfits(node, part, place))


def _below(node: Node, part: Part, place: Place, loc: Loc) -> Iterator[Fault]:
    """The conditions that a condition holds, where the row that they are about is known."""
    inner = part.value if isinstance(part.value, tuple) else ()
    if part.role is Role.SAME_ROW:
        yield from _conditions(inner, place, loc)
    elif (register := getattr(node, "register_", "")) in place.setting.registers and place.depth < DEEPEST:
        yield from _conditions(inner, place.into(register), loc)


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
        yield unknown("parameter", name, setting.declared)
    elif setting.declared[name].type != "codes":
        what = f"the parameter `{name}` is of type {setting.declared[name].type}, and a list of codes is needed"
        yield what, "name a parameter of type codes, or write the codes"


def _each(check: Check, setting: Setting) -> Each | None:
    """The for_each, without codes where its parameter is unknown."""
    codes = check.for_each.in_ if check.for_each else None
    if check.for_each and isinstance(codes, OfParameter) and codes.parameter not in setting.declared:
        return Each(check.for_each.name, check.for_each.name, ())
    return each_of(check, setting)
