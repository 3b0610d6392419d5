"""What is in effect on the as-at date: whom duties bind and how strongly, how old records may be, what people said."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Literal

from policykit.english import say
from policykit.model.duties import Applies, Duty, Strength, Today
from policykit.model.organisation import Attestation, NilReturn, Waiver, Watched
from policykit.model.registers import ORGANISATION, read_value
from policykit.model.results import Counts, RecordsUsed, ScopeBaseline
from policykit.model.scalars import days_between, days_from, months_from
from policykit.model.sources import Provision
from policykit.reading import Ground
from policykit.rules import Check, quantity, reads

NIL_RETURN_MONTHS = 12

Severity = Literal["must", "should", "may"]
_SEVERITIES: Mapping[Strength, Severity] = {Strength.MUST: "must", Strength.SHOULD: "should"}


def applies(part: Applies | None, ground: Ground) -> bool:
    """Whether a duty or a check counts for this organisation on that day, as its `applies` says."""
    if part is None:
        return True
    begun = part.from_ is None or part.from_ <= ground.as_at
    over = part.to is not None and part.to < ground.as_at
    return begun and not over and all(_meets(fact, texts, ground) for fact, texts in part.when.items())


def why_not_applicable(check: Check, ground: Ground) -> str | None:
    """Why a check does not count: by its own `applies`, or because none of its duties does; None where it counts."""
    if not applies(check.applies, ground):
        return otherwise(check.applies)
    duties = [ground.pack.duties[duty] for duty in check.verifies]
    return None if any(applies(duty.applies, ground) for duty in duties) else otherwise(duties[0].applies)


def otherwise(part: Applies | None) -> str:
    """The sentence that says why something does not apply."""
    return (part and part.otherwise) or say("running.not-applicable")


def _meets(fact: str, texts: tuple[str, ...], ground: Ground) -> bool:
    shape, value = ground.pack.policy.facts[fact], ground.organisation.facts.get(fact)
    # What an organisation has not said about itself must not excuse it: only a known fact excludes.
    return value is None or value in {read_value(shape, text) for text in texts}


def meets_us(provision: Provision, ground: Ground) -> bool:
    """Whether a provision is for one of the organisation's roles; always, where the pack names no roles."""
    roles = ground.pack.policy.roles
    if roles is None:
        return True
    ours = roles.of.get(str(ground.organisation.facts.get(roles.by)), ())
    return not set(provision.binds).isdisjoint(ours)


def law_in_force(today: Today, ground: Ground) -> list[Provision]:
    """The provisions that a duty holds by today and that are law on that day."""
    provisions = (ground.pack.provisions[provision] for provision in today.from_)
    return [provision for provision in provisions if provision.in_force(ground.as_at)]


def strength_in_effect(duty: Duty, ground: Ground) -> Strength:
    """What the text says, unless today's law, in force and meant for us, says otherwise."""
    if duty.today is None or not (in_force := law_in_force(duty.today, ground)):
        return duty.strength
    if any(meets_us(provision, ground) for provision in in_force):
        return duty.today.strength
    return _weaker(duty.today.strength, Strength.SHOULD)


def severity_in_effect(check: Check, ground: Ground) -> Severity:
    """The severity of a check, lowered to the strength in effect of its strongest duty; `may` where that is none."""
    duties = [ground.pack.duties[duty] for duty in check.verifies]
    allowed = _strongest(strength_in_effect(duty, ground) for duty in duties)
    declared = _strongest(duty.today.strength if duty.today else duty.strength for duty in duties)
    return _SEVERITIES.get(_weaker(Strength(check.severity) if check.severity else declared, allowed), "may")


def _strongest(strengths: Iterable[Strength]) -> Strength:
    return max(strengths, key=lambda strength: strength.rank, default=Strength.NONE)


def _weaker(one: Strength, other: Strength) -> Strength:
    return min(one, other, key=lambda strength: strength.rank)


def dated(check: Check, ground: Ground) -> Mapping[str, date]:
    """The registers a check reads that the organisation takes from its systems, and the day each was taken.

    Built-in registers and lists of the pack have no such day and never grow old.
    """
    if check.method == "attestation":
        return {}
    records = ground.organisation.profile.records
    return {register: records[register].taken_on for register in reads(check, ground.setting) if register in records}


def rests_on_facts(check: Check, ground: Ground) -> bool:
    """Whether a check reads what the organisation says about itself, and no register that was taken on some day."""
    return ORGANISATION in reads(check, ground.setting) and not dated(check, ground) and check.method != "attestation"


def evidence_days(check: Check, ground: Ground) -> Mapping[str, date]:
    """The day of each register that a check rests on: of the dated ones or, where it reads none, of the facts."""
    said = ground.organisation.profile.facts_said
    return {ORGANISATION: said.taken_on} if said and rests_on_facts(check, ground) else dated(check, ground)


def max_age(check: Check, ground: Ground) -> int | None:
    """How many days old the oldest register may be; None where the check does not say."""
    return None if check.max_age_days is None else quantity(check.max_age_days, ground.setting)


def is_too_old(taken_on: date, allowed: int | None, as_at: date) -> bool:
    """Whether records of that day say nothing any more on the as-at date."""
    return allowed is not None and days_between(taken_on, as_at) > allowed


def last_day(check: Check, ground: Ground) -> date | None:
    """The last day, included, on which the oldest records of a check are not too old; None where none grow old."""
    taken, allowed = evidence_days(check, ground).values(), max_age(check, ground)
    return days_from(min(taken), allowed) if taken and allowed is not None else None


def nil_return_counts(nil: NilReturn, allowed: int, as_at: date) -> bool:
    """Whether a nil return begins early enough, and ends so few days before the as-at date, that it still counts."""
    begins = nil.from_ <= months_from(as_at, -NIL_RETURN_MONTHS)
    return begins and days_from(as_at, -allowed) <= nil.to <= as_at


# Records that may not be whole: the rule is the specification's, "Records are watched"

STANDING, EVENTS = (10, 1), (Fraction(100, 3), 3)
"""The fall, in percent, and the rows at least, from which a list of things that stay, or a log, looks incomplete."""


def expected_rows(register: str, ground: Ground) -> int | None:
    """How many rows a register has at least, as its organisation says, else as the pack does; None without."""
    source, declared = ground.organisation.profile.records.get(register), ground.pack.registers[register].expect
    if source and source.expect:
        return source.expect.rows
    share = ground.organisation.facts.get(declared.rows["fact"]) if declared else None
    return ceil(Fraction(share * declared.percent, 100)) if declared and isinstance(share, int) else None


def nil_return_of(register: str, ground: Ground) -> NilReturn | None:
    """The nil return in date for a register, by the checks that look at its rows."""
    ages = [max_age(check, ground) or 0 for check in ground.pack.checks.values() if check.register_ == register]
    said = (nil for nil in ground.organisation.profile.nil_returns if nil.register_ == register)
    return next((nil for nil in said if any(nil_return_counts(nil, age, ground.as_at) for age in ages)), None)


def looks_incomplete(used: RecordsUsed, ground: Ground) -> bool:
    """Whether a register has fewer rows than it should, held against what is kept of it."""
    baseline = used.baseline
    if baseline is None or used.rows is None:
        return False
    if baseline.from_ == "expect":
        return used.rows < baseline.rows
    source, is_log = ground.organisation.profile.records[used.register_], _is_log(used.register_, ground)
    fall, least = EVENTS if is_log else STANDING
    if isinstance(source.watch, Watched):
        fall = source.watch.fall
    return has_fallen(baseline.rows, used.rows, fall, least)


def scope_looks_incomplete(check: Check, before: ScopeBaseline | None, in_scope: int, ground: Ground) -> bool:
    """Whether so much fewer units are in scope than there were that somebody has to confirm the register."""
    if before is None or check.register_ not in ground.organisation.profile.records:
        return False
    _, least = EVENTS if _is_log(check.register_, ground) else STANDING
    return has_fallen(before.in_scope, in_scope, EVENTS[0], least)


def _is_log(register: str, ground: Ground) -> bool:
    return ground.pack.registers[register].about == "event"


def has_fallen(before: int, now: int, fall: Fraction | int, least: int) -> bool:
    """Whether a number fell by so many percent or more, and by so much at least."""
    return before - now >= least and (before - now) * 100 >= before * fall


def statement_in_date(check: str, ground: Ground) -> Attestation | None:
    """The statement that counts for a check on that day; the one that counts longest where there are several."""
    all_said, as_at = ground.organisation.attestations, ground.as_at
    ours = [said for said in all_said if said.check == check and said.said_on <= as_at <= said.until]
    return max(ours, key=lambda said: said.until, default=None)


def waiver_in_date(check: str, ground: Ground) -> Waiver | None:
    """The waiver in date for a check on that day; loading refuses two."""
    as_at = ground.as_at
    ours = (waiver for waiver in ground.organisation.waivers if waiver.check == check)
    return next((waiver for waiver in ours if waiver.from_ <= as_at <= waiver.until), None)


def covers(waiver: Waiver, counts: Counts) -> bool:
    """Whether a waiver accepts that many units that violate or cannot be judged."""
    return counts.violate + counts.unknown <= waiver.covers
