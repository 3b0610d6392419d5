"""Everything on the as-at date, put together: the one object that the handbook, the terminal and exports read."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from policykit import __version__
from policykit.english import lowered, say, say_day, say_days, sentence
from policykit.model.duties import Duty, Strength, Today
from policykit.model.organisation import Waiver
from policykit.model.results import CheckResult, Outcome, Run
from policykit.model.scalars import days_between
from policykit.model.sources import Period, Provision
from policykit.reading import Ground
from policykit.running import Results, in_effect
from policykit.tracing.due_and_gaps import due_dates, gaps, last_days
from policykit.tracing.registers import register_standings
from policykit.tracing.standing import (
    DutyStanding,
    Force,
    ProvisionStanding,
    Reach,
    Trace,
    WaiverStanding,
    WaiverState,
    worst,
)
from policykit.tracing.valid_results import AtHand, valid_results, why_none_valid

_REACH = {
    **dict.fromkeys(("duty", "prohibition", "standard"), Reach.BINDS),
    **dict.fromkeys(("power", "permission", "exemption"), Reach.OPEN),
    "guidance": Reach.MEANT,
}


def trace(
    ground: Ground, results: Results | None, digests: Mapping[str, str | None], *, elsewhere: bool = False
) -> Trace:
    """The whole graph on its ground, with the results that may be shown; every other check is Not checked.

    `digests` holds the digest of each register's file as it is now, None where the file is not at hand. With
    `elsewhere` records are kept away from here, and a result is shown although its files are not at hand.
    """
    pack = ground.pack
    checks = valid_results(results, ground, AtHand(digests, elsewhere))
    duties = _duties(checks, ground)
    provisions = {name: provision_standing(provision, ground) for name, provision in pack.provisions.items()}
    waivers = tuple(waiver_standing(waiver, checks, ground.as_at) for waiver in ground.organisation.waivers)
    statements = {check: in_effect.statement_in_date(check, ground) for check in pack.checks}
    run = results.run if results and why_none_valid(results, ground) is None else None
    seen = Trace(
        ground=ground,
        run=run,
        checks=checks,
        duties=duties,
        provisions=provisions,
        waivers=waivers,
        attestations={check: statement for check, statement in statements.items() if statement},
        due=(),
        gaps=(),
        until={},
        registers=register_standings(checks, results.registers if results and run else (), ground),
        notes=tuple(_notes(run, ground, elsewhere=elsewhere)),
    )
    return replace(seen, due=due_dates(seen), gaps=gaps(seen), until=last_days(seen) if run else {})


def _notes(run: Run | None, ground: Ground, *, elsewhere: bool) -> Iterator[str]:
    """What a reader must know of all that is shown, besides the outcomes."""
    if run and not run.complete:
        yield say("tracing.note.not-complete")
    if run and run.what_if:
        yield say("tracing.note.what-if", day=say_day(run.as_at))
    if run and run.policykit != __version__:
        yield say("tracing.note.other-version", theirs=run.policykit, ours=__version__)
    if elsewhere:
        yield say("tracing.note.records-elsewhere")
    if ground.organisation.profile.as_at == ground.as_at:
        yield say("tracing.note.fixed-day", day=say_day(ground.as_at))


def _duties(checks: Mapping[str, CheckResult], ground: Ground) -> dict[str, DutyStanding]:
    by_duty: dict[str, list[CheckResult]] = defaultdict(list)
    for name, check in ground.pack.checks.items():
        for duty in check.verifies:
            by_duty[duty].append(checks[name])
    return {name: duty_standing(duty, by_duty[name], ground) for name, duty in ground.pack.duties.items()}


# Duties: the worst of their checks, why, and what the card says first


def duty_standing(duty: Duty, results: Iterable[CheckResult], ground: Ground) -> DutyStanding:
    """One duty on the as-at date; `results` are those of all checks that verify it."""
    checks = tuple(sorted(results, key=lambda result: result.id))
    counts = in_effect.applies(duty.applies, ground)
    asked = tuple(part for clause in duty.stated_in for part in ground.pack.clauses[clause].asked)
    unseen = tuple(_unseen(asked, checks, ground)) if counts else ()
    outcome = worst((result.outcome for result in checks), whole=not unseen) if counts else Outcome.NOT_APPLICABLE
    reason = _why(checks) if counts else in_effect.otherwise(duty.applies)
    if outcome is Outcome.PARTLY_CHECKED:
        reason = _how_much(asked, unseen, reason)
    return DutyStanding(
        duty=duty,
        outcome=outcome,
        reason=reason,
        strength=in_effect.strength_in_effect(duty, ground),
        said=said_first(duty, ground),
        checks=checks,
        disagreement=counts and {Outcome.ATTESTED, Outcome.FAIL} <= {result.outcome for result in checks},
        next_review=duty.next_review,
        asked=asked,
        unseen=unseen,
    )


def _unseen(asked: Iterable[str], results: Iterable[CheckResult], ground: Ground) -> Iterator[str]:
    """What is asked and no check grounds that counts here."""
    checks = [ground.pack.checks[result.id] for result in results]
    counting = [check for check in checks if in_effect.why_not_applicable(check, ground) is None]
    seen = {each for check in counting for each in check.grounds}
    return (part for part in asked if part not in seen)


def _how_much(asked: Sequence[str], unseen: Sequence[str], reason: str) -> str:
    """How much of what is asked has a check: whole sentences, or where some have parts these."""
    unit = "parts" if any("#" in each for each in asked) else "sentences"
    seen, all_ = len(asked) - len(unseen), len(asked)
    return say(f"tracing.partly.{unit}", n=seen, all=all_, reason=reason)


def _why(results: Sequence[CheckResult]) -> str:
    if not results:
        return say("tracing.no-check")
    outcome = worst((result.outcome for result in results), whole=True)
    if outcome is Outcome.PASS:
        return _all_hold(results)
    these = [result for result in results if result.outcome is outcome]
    reason = sentence(these[0].reason)
    if outcome is Outcome.ATTESTED or len(results) == 1:
        return reason
    return say("tracing.worst", n=len(these), all=len(results), outcome=outcome.word, reason=reason)


def _all_hold(results: Sequence[CheckResult]) -> str:
    passing = [result for result in results if result.outcome is Outcome.PASS]
    days = {records.taken_on for result in passing for records in result.records}
    number, how = len(passing), "both" if len(passing) == 2 else "all"  # noqa: PLR2004 - two are both
    on_records = say(f"tracing.hold-on.{how}", n=number, days=say_days(days)) if days else None
    hold = on_records or say(f"tracing.hold.{how}", n=number)
    return say("tracing.others", n=len(results) - number, hold=hold)


def said_first(duty: Duty, ground: Ground) -> tuple[str, ...]:
    """What the card says first: what the guidance says and, where the law of today differs or adds, what it says."""
    of_the_text = _of_the_text(duty)
    if duty.today is None:
        return (of_the_text,)
    in_force = in_effect.law_in_force(duty.today, ground)
    if not in_force:
        return (of_the_text, _at_another_time(duty.today, ground))
    of_today = _of_today(in_effect.strength_in_effect(duty, ground), duty.today)
    if any(in_effect.meets_us(provision, ground) for provision in in_force):
        return (of_the_text, of_today)
    return (of_the_text, of_today, say("tracing.today.good-practice"))


def _of_the_text(duty: Duty) -> str:
    if duty.strength is not Strength.NONE:
        return say("tracing.text.asks", strength=duty.strength)
    return say("tracing.text.states") if duty.stated_in else say("tracing.text.silent")


def _of_today(strength: Strength, today: Today) -> str:
    message = "tracing.today.nothing" if strength is Strength.NONE else "tracing.today.asks"
    return say(message, strength=strength, why=lowered(today.why))


def _at_another_time(today: Today, ground: Ground) -> str:
    """Before its provisions begin or after they have ended, what they ask is said with that day."""
    periods = [period for provision in today.from_ for period in ground.pack.provisions[provision].periods]
    ahead = [period.from_ for period in periods if period.from_ > ground.as_at]
    over = [period.to for period in periods if period.to is not None and period.to < ground.as_at]
    why = lowered(today.why)
    if ahead:
        return say("tracing.today.to-come", strength=today.strength, day=say_day(min(ahead)), why=why)
    return say("tracing.today.ended", day=say_day(max(over)), why=why) if over else say("tracing.today.over", why=why)


# Provisions: whether they are law on the day, since when, and what they are to this organisation


def provision_standing(provision: Provision, ground: Ground) -> ProvisionStanding:
    """One provision on the as-at date."""
    run = _unbroken_run(provision.periods, ground.as_at)
    begun = [period.from_ for period in provision.periods if period.from_ <= ground.as_at]
    return ProvisionStanding(
        provision=provision,
        force=_force(provision, ground.as_at),
        reach=_REACH.get(provision.kind, Reach.CONTEXT) if in_effect.meets_us(provision, ground) else Reach.CONTEXT,
        since=run[0].from_ if run else None,
        until=run[-1].to if run else None,
        words_since=max(begun, default=None),
        current=next((period for period in run if period.holds(ground.as_at)), None),
    )


def _force(provision: Provision, as_at: date) -> Force:
    if not provision.periods:
        return Force.UNKNOWN
    if provision.in_force(as_at):
        return Force.IN_FORCE
    return Force.NOT_BEGUN if as_at < provision.periods[0].from_ else Force.ENDED


def _unbroken_run(periods: tuple[Period, ...], as_at: date) -> tuple[Period, ...]:
    """The periods around the day, one beginning the day after the other ends; none where no period holds the day."""
    run: tuple[Period, ...] = ()
    for period in periods:
        if run and not _follows(period, run[-1]):
            if any(earlier.holds(as_at) for earlier in run):
                return run
            run = ()
        run = (*run, period)
    return run if any(period.holds(as_at) for period in run) else ()


def _follows(period: Period, earlier: Period) -> bool:
    return earlier.to is not None and period.from_ == earlier.to + timedelta(days=1)


def waiver_standing(waiver: Waiver, checks: Mapping[str, CheckResult], as_at: date) -> WaiverStanding:
    """What a waiver does on the as-at date."""
    return WaiverStanding(waiver, _state(waiver, checks.get(waiver.check), as_at), days_between(as_at, waiver.until))


def _state(waiver: Waiver, result: CheckResult | None, as_at: date) -> WaiverState:
    if result is None:
        return WaiverState.ORPHAN
    if as_at > waiver.until:
        return WaiverState.EXPIRED
    if as_at < waiver.from_:
        return WaiverState.NOT_BEGUN
    if result.outcome is not Outcome.FAIL or result.counts is None:
        return WaiverState.UNUSED
    return WaiverState.COVERS if in_effect.covers(waiver, result.counts) else WaiverState.EXCEEDED
