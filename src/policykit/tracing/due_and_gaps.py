"""What is still open: every day on which something ends, begins or is to be done, and what is not covered.

Past days that are still open are included, and gaps are shown as openly as what is covered.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from policykit.english import say, say_day
from policykit.model.calendar import days_from
from policykit.model.outcomes import Outcome
from policykit.model.registers import item_of_register
from policykit.model.results import CheckResult
from policykit.reading import Ground
from policykit.rules import Check
from policykit.running import in_effect
from policykit.tracing.standing import (
    DueDate,
    DueKind,
    DutyStanding,
    Gap,
    GapKind,
    ProvisionStanding,
    WaiverStanding,
    WaiverState,
)


def due_dates(
    duties: Mapping[str, DutyStanding],
    checks: Mapping[str, CheckResult],
    provisions: Mapping[str, ProvisionStanding],
    ground: Ground,
) -> tuple[DueDate, ...]:
    """All due dates in order of day."""
    applying = [ground.pack.checks[name] for name, result in checks.items() if counts(result)]
    found = [
        *_reviews(duties),
        *_records(applying, ground),
        *_nil_returns(ground),
        *_waivers(applying, ground),
        *_statements(applying, ground),
        *_law(provisions, ground.as_at),
        *_duties_beginning_and_ending(duties, ground.as_at),
    ]
    return tuple(sorted(found, key=lambda due: (due.day, due.kind, due.item)))


def valid_until(checks: Mapping[str, CheckResult], ground: Ground) -> date | None:
    """The last day, included, on which all still hold: the records of every check that counts, waivers, statements."""
    applying = [ground.pack.checks[name] for name, result in checks.items() if counts(result)]
    people = [*_waivers(applying, ground), *_statements(applying, ground)]
    records = (in_effect.last_day(check, ground) for check in applying)
    return min([*(due.day for due in people), *(day for day in records if day)], default=None)


def counts(result: CheckResult) -> bool:
    """Whether a check counts here: all but those that do not apply."""
    return result.outcome is not Outcome.NOT_APPLICABLE


def _reviews(duties: Mapping[str, DutyStanding]) -> Iterator[DueDate]:
    for name, standing in duties.items():
        yield DueDate(standing.next_review, DueKind.REVIEW, say("tracing.due.review", title=standing.duty.title), name)


def _records(checks: list[Check], ground: Ground) -> Iterator[DueDate]:
    ends: dict[str, date] = {}
    for check in checks:
        allowed = in_effect.max_age(check, ground)
        for register, taken_on in in_effect.dated(check, ground).items() if allowed is not None else ():
            day = days_from(taken_on, allowed or 0)
            ends[register] = min(day, ends.get(register, day))
    for register, day in ends.items():
        what = say("tracing.due.records", title=ground.pack.registers[register].title)
        yield DueDate(day, DueKind.RECORDS, what, item_of_register(register))


def _nil_returns(ground: Ground) -> Iterator[DueDate]:
    for nil in ground.organisation.profile.nil_returns:
        checks = (check for check in ground.pack.checks.values() if check.register_ == nil.register_)
        ages = [in_effect.max_age(check, ground) or 0 for check in checks]
        used = [age for age in ages if in_effect.nil_return_counts(nil, age, ground.as_at)]
        if used:
            what = say("tracing.due.nil-return", title=ground.pack.registers[nil.register_].title)
            yield DueDate(days_from(nil.to, min(used)), DueKind.NIL_RETURN, what, item_of_register(nil.register_))


def _waivers(checks: list[Check], ground: Ground) -> Iterator[DueDate]:
    for check in checks:
        waiver = in_effect.waiver_in_date(check.id, ground)
        if waiver:
            yield DueDate(waiver.until, DueKind.WAIVER, say("tracing.due.waiver", title=check.title), check.id)


def _statements(checks: list[Check], ground: Ground) -> Iterator[DueDate]:
    for check in checks:
        statement = in_effect.statement_in_date(check.id, ground)
        if statement:
            yield DueDate(statement.until, DueKind.STATEMENT, say("tracing.due.statement", title=check.title), check.id)


def _law(provisions: Mapping[str, ProvisionStanding], as_at: date) -> Iterator[DueDate]:
    for name, standing in provisions.items():
        cited = standing.provision.cited_as
        for day in (period.from_ for period in standing.provision.periods if period.from_ > as_at):
            message = "tracing.due.law-changes" if _in_run(day, standing) else "tracing.due.law-begins"
            yield DueDate(day, DueKind.LAW, say(message, cited=cited), name)
        if standing.until is not None:
            yield DueDate(standing.until, DueKind.LAW, say("tracing.due.law-ends", cited=cited), name)


def _in_run(day: date, standing: ProvisionStanding) -> bool:
    return standing.since is not None and (standing.until is None or day <= standing.until)


def _duties_beginning_and_ending(duties: Mapping[str, DutyStanding], as_at: date) -> Iterator[DueDate]:
    for name, standing in duties.items():
        part = standing.duty.applies
        if part and part.from_ and part.from_ > as_at:
            yield DueDate(part.from_, DueKind.DUTY, say("tracing.due.duty-begins", title=standing.duty.title), name)
        if part and part.to and part.to >= as_at:
            yield DueDate(part.to, DueKind.DUTY, say("tracing.due.duty-ends", title=standing.duty.title), name)


# What is not covered


def gaps(
    duties: Mapping[str, DutyStanding],
    checks: Mapping[str, CheckResult],
    waivers: tuple[WaiverStanding, ...],
    ground: Ground,
) -> tuple[Gap, ...]:
    """Every gap, kind by kind, in order of the pack."""
    return (
        *_defects(ground),
        *_out_of_scope(ground),
        *_without_check(duties),
        *_unverified(ground),
        *_open_examples(checks, ground),
        *_waivers_over(waivers),
    )


def _defects(ground: Ground) -> Iterator[Gap]:
    for source in ground.pack.sources.values():
        for defect in source.defects:
            yield Gap(GapKind.DEFECT, defect.clause, defect.note)


def _out_of_scope(ground: Ground) -> Iterator[Gap]:
    for name, clause in ground.pack.clauses.items():
        if clause.treated_as == "out_of_scope":
            yield Gap(GapKind.OUT_OF_SCOPE, name, clause.why or clause.gist)


def _without_check(duties: Mapping[str, DutyStanding]) -> Iterator[Gap]:
    for name, standing in duties.items():
        if not standing.checks:
            yield Gap(GapKind.NO_CHECK, name, standing.duty.title)


def _unverified(ground: Ground) -> Iterator[Gap]:
    rested_on = {provision for duty in ground.pack.duties.values() for provision in duty.rests_on}
    for name, provision in ground.pack.provisions.items():
        if name in rested_on and provision.verification.level == "unverified":
            yield Gap(GapKind.UNVERIFIED, name, say("tracing.gap.unverified", cited=provision.cited_as))


def _open_examples(checks: Mapping[str, CheckResult], ground: Ground) -> Iterator[Gap]:
    for name, check in ground.pack.checks.items():
        for what in _open_in(check, checks[name]):
            yield Gap(GapKind.EXAMPLES, name, what)


def _open_in(check: Check, result: CheckResult) -> tuple[str, ...]:
    if check.method == "rule" and not check.examples:
        return (say("tracing.gap.no-example"),)
    return result.examples.gaps if result.examples else ()


def _waivers_over(waivers: tuple[WaiverStanding, ...]) -> Iterator[Gap]:
    for standing in waivers:
        waiver = standing.waiver
        if standing.state is WaiverState.EXPIRED:
            yield Gap(
                GapKind.WAIVER,
                waiver.check,
                say("tracing.gap.waiver-ended", waiver=waiver.id, day=say_day(waiver.until)),
            )
        if standing.state is WaiverState.ORPHAN:
            yield Gap(GapKind.WAIVER, waiver.check, say("tracing.gap.waiver-orphan", waiver=waiver.id))
