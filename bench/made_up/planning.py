"""What is to be planted, and the organisation that it is planted in: one that is bound by it and breaches nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bench.made_up.applying import changed_facts, where_all_apply
from bench.made_up.clean import breaches, without_breaches
from bench.made_up.effects import Plot
from bench.made_up.original import Original
from bench.made_up.planting import Planter
from bench.made_up.whole import judges_the_whole, spoil

from policykit.exports.example import NotMadeError
from policykit.rules import Check


@dataclass(frozen=True)
class Wish:
    """So many breaches of a check."""

    check: str
    number: int


@dataclass(frozen=True)
class Planted:
    """So many rows to be planted, after these plots; the place of their wish among the wishes tells them apart."""

    check: str
    number: int
    place: int
    plots: Sequence[Plot]


@dataclass(frozen=True)
class Plan:
    """What is copied, what is planted, and what somebody who asked for it should know, as sentences."""

    base: Original
    planted: Sequence[Planted] = ()
    said: Sequence[str] = ()


def plan(base: Original, wishes: Sequence[Wish], random: Random) -> Plan:
    """A plan of what is wished for. Raises NotMadeError where a breach cannot be planted."""
    asked = [(wish, _check(base, wish)) for wish in wishes]
    rows, wholes = _rows_and_wholes([(wish, check) for wish, check in asked if wish.number])
    fitting = where_all_apply(base, [check for wish, check in asked if wish.number])
    spoilt = clean = without_breaches(fitting)
    for check in wholes:
        spoilt = spoil(spoilt, check, random)
    planter = Planter(spoilt, random)
    planted = [
        Planted(check.id, wish.number, place, planter.plots(check)) for place, (wish, check) in enumerate(rows, 1)
    ]
    said = (
        *changed_facts(base, fitting),
        *_found_anyway(clean, spoilt, wholes),
        *(line for one in planted for line in _found_by_others(one)),
    )
    return Plan(spoilt, planted, said)


def _check(base: Original, wish: Wish) -> Check:
    check = base.pack.checks.get(wish.check)
    if check is None:
        msg = f"There is no check {wish.check}."
        raise NotMadeError(msg)
    if wish.number and not (judges_the_whole(check) or (check.method == "rule" and check.register_ in base.tables)):
        msg = f"Breaches of {check.id} cannot be planted: it judges no row of a register of the organisation."
        raise NotMadeError(msg)
    return check


def _rows_and_wholes(asked: Sequence[tuple[Wish, Check]]) -> tuple[list[tuple[Wish, Check]], list[Check]]:
    """Wishes for breaching rows, and checks that the organisation itself is to breach, which it can do but once."""
    wholes = [check for wish, check in asked if judges_the_whole(check) for _ in range(min(wish.number, 2))]
    twice = next((check for place, check in enumerate(wholes) if check in wholes[:place]), None)
    if twice:
        msg = f"{twice.id} judges the organisation as a whole: it cannot be breached more than once."
        raise NotMadeError(msg)
    return [(wish, check) for wish, check in asked if not judges_the_whole(check)], wholes


def _found_anyway(clean: Original, spoilt: Original, wholes: Sequence[Check]) -> list[str]:
    """What checks find that nobody planted. Raises NotMadeError where they miss what was planted."""
    found = breaches(spoilt) if wholes else breaches(clean)
    missed = next((check.id for check in wholes if check.id not in found), None)
    if missed:
        msg = f"Breaches of {' and '.join(check.id for check in wholes)} cannot be planted together."
        raise NotMadeError(msg)
    return [f"{name} finds something that was not asked for." for name in sorted(found.keys() - {c.id for c in wholes})]


def _found_by_others(planted: Planted) -> list[str]:
    others = sorted({other for plot in planted.plots for other in plot.also})
    return [f"The rows planted for {planted.check} are found by {other} too." for other in others]
