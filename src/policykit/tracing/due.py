"""What is due: every day on which something ends, begins or is to be done, past ones that are still open included."""

from collections.abc import Iterator, Mapping
from datetime import date

from policykit.model.calendar import days_from
from policykit.model.outcomes import Outcome
from policykit.model.registers import item_of_register
from policykit.model.results import CheckResult
from policykit.reading import Ground
from policykit.rules import Check
from policykit.running import dated, last_day, max_age, nil_return_counts, statement_in_date, waiver_in_date
from policykit.tracing.standing import DueDate, DueKind, DutyStanding, ProvisionStanding


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
    records = (last_day(check, ground) for check in applying)
    return min([*(due.day for due in people), *(day for day in records if day)], default=None)


def counts(result: CheckResult) -> bool:
    """Whether a check counts here: all but those that do not apply."""
    return result.outcome is not Outcome.NOT_APPLICABLE


def _reviews(duties: Mapping[str, DutyStanding]) -> Iterator[DueDate]:
    for name, standing in duties.items():
        yield DueDate(standing.next_review, DueKind.REVIEW, f"Read again: {standing.duty.title}", name)


def _records(checks: list[Check], ground: Ground) -> Iterator[DueDate]:
    ends: dict[str, date] = {}
    for check in checks:
        allowed = max_age(check, ground)
        for register, taken_on in dated(check, ground).items() if allowed is not None else ():
            day = days_from(taken_on, allowed or 0)
            ends[register] = min(day, ends.get(register, day))
    for register, day in ends.items():
        title = ground.pack.registers[register].title
        yield DueDate(day, DueKind.RECORDS, f"The records “{title}” count until here", item_of_register(register))


def _nil_returns(ground: Ground) -> Iterator[DueDate]:
    for nil in ground.organisation.profile.nil_returns:
        checks = (check for check in ground.pack.checks.values() if check.register_ == nil.register_)
        ages = [max_age(check, ground) or 0 for check in checks]
        used = [age for age in ages if nil_return_counts(nil, age, ground.as_at)]
        if used:
            what = f"“Nothing to record” counts until here: {ground.pack.registers[nil.register_].title}"
            yield DueDate(days_from(nil.to, min(used)), DueKind.NIL_RETURN, what, item_of_register(nil.register_))


def _waivers(checks: list[Check], ground: Ground) -> Iterator[DueDate]:
    for check in checks:
        waiver = waiver_in_date(check.id, ground)
        if waiver:
            yield DueDate(waiver.until, DueKind.WAIVER, f"The accepted gap ends: {check.title}", check.id)


def _statements(checks: list[Check], ground: Ground) -> Iterator[DueDate]:
    for check in checks:
        statement = statement_in_date(check.id, ground)
        if statement:
            yield DueDate(statement.until, DueKind.STATEMENT, f"The statement ends: {check.title}", check.id)


def _law(provisions: Mapping[str, ProvisionStanding], as_at: date) -> Iterator[DueDate]:
    for name, standing in provisions.items():
        cited, periods = standing.provision.cited_as, standing.provision.periods
        ends = {period.to for period in periods}
        for day in (period.from_ for period in periods if period.from_ > as_at):
            yield DueDate(day, DueKind.LAW, f"{cited} {'changes' if days_from(day, -1) in ends else 'begins'}", name)
        if standing.until is not None:
            yield DueDate(standing.until, DueKind.LAW, f"{cited} ends", name)


def _duties_beginning_and_ending(duties: Mapping[str, DutyStanding], as_at: date) -> Iterator[DueDate]:
    for name, standing in duties.items():
        part = standing.duty.applies
        if part and part.from_ and part.from_ > as_at:
            yield DueDate(part.from_, DueKind.DUTY, f"Begins to apply: {standing.duty.title}", name)
        if part and part.to and part.to >= as_at:
            yield DueDate(part.to, DueKind.DUTY, f"Applies until here: {standing.duty.title}", name)
