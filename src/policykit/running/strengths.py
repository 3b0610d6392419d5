"""How strongly a duty holds on the as-at date, and the sentences in which its card says so."""

from collections.abc import Iterable
from typing import Literal

from policykit.model.calendar import say_day
from policykit.model.duties import Duty, Today
from policykit.model.law import Provision
from policykit.model.strength import Strength
from policykit.reading.ground import Ground
from policykit.rules import Check
from policykit.rules.english import lowered

GOOD_PRACTICE = "This is good practice; it does not bind you by law."
Severity = Literal["must", "should", "may"]


def meets_us(provision: Provision, ground: Ground) -> bool:
    """Whether a provision is for one of the organisation's roles; always, where the pack names no roles."""
    roles = ground.pack.policy.roles
    if roles is None:
        return True
    ours = roles.of.get(str(ground.organisation.facts.get(roles.by)), ())
    return not set(provision.binds).isdisjoint(ours)


def strength_in_effect(duty: Duty, ground: Ground) -> Strength:
    """What the text says, unless today's law, in force and meant for us, says otherwise."""
    if duty.today is None or not (in_force := _in_force(duty.today, ground)):
        return duty.strength
    if any(meets_us(provision, ground) for provision in in_force):
        return duty.today.strength
    return _weaker(duty.today.strength, Strength.SHOULD)


def severity_in_effect(check: Check, ground: Ground) -> Severity:
    """The severity of a check, lowered to the strength in effect of its strongest duty; `may` where that is none."""
    duties = [ground.pack.duties[duty] for duty in check.verifies]
    allowed = _strongest(strength_in_effect(duty, ground) for duty in duties)
    declared = _strongest(duty.today.strength if duty.today else duty.strength for duty in duties)
    return _as_severity(_weaker(Strength(check.severity) if check.severity else declared, allowed))


def said_first(duty: Duty, ground: Ground) -> tuple[str, ...]:
    """What the card says first: what the guidance says and, where the law of today differs or adds, what it says."""
    of_the_text = _of_the_text(duty)
    if duty.today is None:
        return (of_the_text,)
    in_force = _in_force(duty.today, ground)
    if not in_force:
        return (of_the_text, _at_another_time(duty.today, ground))
    of_today = _of_today(strength_in_effect(duty, ground), duty.today)
    if any(meets_us(provision, ground) for provision in in_force):
        return (of_the_text, of_today)
    return (of_the_text, of_today, GOOD_PRACTICE)


def _of_the_text(duty: Duty) -> str:
    if duty.strength is not Strength.NONE:
        return f"The guidance says you {duty.strength}."
    return "The guidance states a rule here." if duty.stated_in else "The guidance does not ask for this."


def _of_today(strength: Strength, today: Today) -> str:
    lead = "Today nothing asks this of you" if strength is Strength.NONE else f"Today you {strength}"
    return f"{lead}: {lowered(today.why)}"


def _at_another_time(today: Today, ground: Ground) -> str:
    """Before its provisions begin or after they have ended, what they ask is said with that day."""
    periods = [period for provision in today.from_ for period in ground.pack.provisions[provision].periods]
    ahead = [period.from_ for period in periods if period.from_ > ground.as_at]
    over = [period.to for period in periods if period.to is not None and period.to < ground.as_at]
    if ahead:
        return f"You {today.strength}, from {say_day(min(ahead))}: {lowered(today.why)}"
    until = f" until {say_day(max(over))}" if over else ""
    return f"The law asked this{until}: {lowered(today.why)}"


def _in_force(today: Today, ground: Ground) -> list[Provision]:
    provisions = (ground.pack.provisions[provision] for provision in today.from_)
    return [provision for provision in provisions if provision.in_force(ground.as_at)]


def _strongest(strengths: Iterable[Strength]) -> Strength:
    return max(strengths, key=lambda strength: strength.rank, default=Strength.NONE)


def _weaker(one: Strength, other: Strength) -> Strength:
    return min(one, other, key=lambda strength: strength.rank)


def _as_severity(strength: Strength) -> Severity:
    match strength:
        case Strength.MUST:
            return "must"
        case Strength.SHOULD:
            return "should"
        case _:
            return "may"
