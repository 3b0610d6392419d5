"""What a check uses: registers and fields, parameters, facts, populations, and the codes of its for_each."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from policykit.rules.check import Check
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import OWN_FIELDS, Part, Role, parts
from policykit.rules.english import humanised
from policykit.rules.operands import Moved, OfFact, OfField, OfParameter
from policykit.rules.setting import Each, Place, Setting
from policykit.rules.values import NUMBER, constant
from policykit.rules.walking import Standing, visit

_LAW_FIELDS = frozenset({"id", "valid_from", "valid_to"})


def place_of(check: Check, setting: Setting) -> Place:
    """Where a check's own conditions stand. Raises ValueError for a check that has no rule."""
    if check.register_ is None:
        raise ValueError(f"{check.id} has no rule")
    return Place(setting, setting.registers[check.register_], each_of(check, setting))


def each_of(check: Check, setting: Setting) -> Each | None:
    """The for_each with its codes, written out or from a parameter; None without one."""
    if check.for_each is None:
        return None
    codes = check.for_each.in_
    if isinstance(codes, OfParameter):
        value = setting.parameters[codes.parameter]
        codes = value if isinstance(value, tuple) else (str(value),)
    return Each(check.for_each.name, check.for_each.noun or humanised(check.for_each.name), codes)


def quantity(operand: str | OfParameter, setting: Setting) -> int | None:
    """The number of a `minimum` or `max_age_days`, written out or from a parameter; None where it is no number."""
    value = constant(operand, NUMBER, setting)
    return value if isinstance(value, int) else None


def standing(check: Check, setting: Setting) -> Iterator[Standing]:
    """Every condition of a check with its place, those of its populations too; none for a check without a rule."""
    if check.register_ is None:
        return iter(())
    return visit((*check.where, *check.must), place_of(check, setting))


def reads(check: Check, setting: Setting) -> Mapping[str, frozenset[str]]:
    """Registers and the fields of theirs that a check reads, its own register first; built-in ones and lists too.

    Of a test function it is known which registers it may open, so all their fields count as read.
    """
    own = {check.register_: frozenset[str]()} if check.register_ else {}
    return {**own, **read_at(standing(check, setting))}


def read_at(standings: Iterable[Standing]) -> Mapping[str, frozenset[str]]:
    """Registers and the fields of theirs that conditions read, each at its place."""
    found: dict[str, set[str]] = {}
    for node, place in standings:
        for part in parts(node):
            for register, fields in read_by(part, node, place):
                found.setdefault(register, set()).update(fields)
    return {register: frozenset(fields) for register, fields in found.items()}


def parameters_used(check: Check, setting: Setting) -> tuple[str, ...]:
    """The ids of all parameters that a check uses, in order."""
    whole = (check.minimum, check.max_age_days, check.for_each and check.for_each.in_)
    forms = chain(whole, _forms(check, setting))
    return tuple(sorted({form.parameter for form in forms if isinstance(form, OfParameter)}))


def facts_used(check: Check, setting: Setting) -> tuple[str, ...]:
    """The ids of all facts that a check's rule uses, in order."""
    return tuple(sorted({form.fact for form in _forms(check, setting) if isinstance(form, OfFact)}))


def populations_used(check: Check, setting: Setting) -> tuple[str, ...]:
    """The ids of all populations that a check names, in the order in which it does."""
    named = (part.value for node, _ in standing(check, setting) for part in parts(node) if part.role is Role.POPULATION)
    return tuple(dict.fromkeys(map(str, named)))


def _forms(check: Check, setting: Setting) -> Iterator[object]:
    return (part.value for node, _ in standing(check, setting) for part in parts(node))


def read_by(part: Part, node: Node, place: Place) -> Iterator[tuple[str, frozenset[str]]]:
    """The fields that one key of a condition reads."""
    own, value = place.register.id, part.value
    if isinstance(value, Moved):
        value = value.of
    match part.role, value:
        case (Role.DAY, _):
            yield "law", _LAW_FIELDS
            if isinstance(value, OfField):
                yield own, frozenset({value.field})
        case (_, OfField()) if place.outer:
            yield place.outer.register.id, frozenset({value.field})
        case (role, str()) if role in OWN_FIELDS or role is Role.OTHER:
            yield own, frozenset({value})
        case (Role.FIELDS, tuple()):
            yield own, frozenset(value)
        case (Role.REGISTER, str()):
            yield value, frozenset()
        case (Role.MATCH, Mapping()):
            yield own, frozenset(value.values())
            yield getattr(node, "register_", own), frozenset(value)
        case _:
            pass
