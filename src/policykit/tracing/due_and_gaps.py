"""What is still open: every day on which something ends, begins or is to be done, and what is not covered.

Past days that are still open are included, and gaps are shown as openly as what is covered. Both are found in a trace
that has everything else.
"""

from collections.abc import Iterator
from datetime import date

from policykit.english import say, say_day
from policykit.model.registers import item_of_register
from policykit.model.results import Outcome
from policykit.model.scalars import days_between, days_from
from policykit.rules import Check
from policykit.running import in_effect
from policykit.tracing.standing import DueDate, DueKind, Gap, GapKind, Trace, WaiverState

A_YEAR = 365


def due_dates(seen: Trace) -> tuple[DueDate, ...]:
    """All due dates in order of day."""
    found = (*_of_duties(seen), *_of_records(seen), *_of_nil_returns(seen), *_of_people(seen), *_of_law(seen))
    return tuple(sorted(found, key=lambda due: (due.day, due.kind, due.item)))


def last_days(seen: Trace) -> dict[str, date]:
    """The last day, included, on which the result of each check that counts still holds; none where nothing ends.

    The earliest of what its oldest records allow and of the ends of its waiver and its statement. What had run out on
    the as-at date already is in the outcome, and ends no more.
    """
    ends: dict[str, list[date]] = {due.item: [] for due in _of_people(seen)}
    for due in _of_people(seen):
        ends[due.item].append(due.day)
    for check in _applying(seen):
        if day := in_effect.last_day(check, seen.ground):
            ends.setdefault(check.id, []).append(day)
    to_come = {check: [day for day in days if day >= seen.as_at] for check, days in ends.items()}
    return {check: min(days) for check, days in to_come.items() if days}


def _applying(seen: Trace) -> list[Check]:
    """The checks that count here: all but those that do not apply."""
    named = (name for name, result in seen.checks.items() if result.outcome is not Outcome.NOT_APPLICABLE)
    return [seen.pack.checks[name] for name in named]


def _of_duties(seen: Trace) -> Iterator[DueDate]:
    for name, standing in seen.duties.items():
        title, part = standing.title, standing.duty.applies
        yield DueDate(standing.next_review, DueKind.REVIEW, say("tracing.due.review", title=title), name)
        if part and part.from_ and part.from_ > seen.as_at:
            yield DueDate(part.from_, DueKind.DUTY, say("tracing.due.duty-begins", title=title), name)
        if part and part.to and part.to >= seen.as_at:
            yield DueDate(part.to, DueKind.DUTY, say("tracing.due.duty-ends", title=title), name)


def _of_records(seen: Trace) -> Iterator[DueDate]:
    ends: dict[str, date] = {}
    for check in _applying(seen):
        allowed = in_effect.max_age(check, seen.ground)
        for register, taken_on in in_effect.evidence_days(check, seen.ground).items() if allowed is not None else ():
            day = days_from(taken_on, allowed or 0)
            ends[register] = min(day, ends.get(register, day))
    for register, day in ends.items():
        what = say("tracing.due.records", title=seen.ground.setting.registers[register].title)
        yield DueDate(day, DueKind.RECORDS, what, item_of_register(register))


def _of_nil_returns(seen: Trace) -> Iterator[DueDate]:
    for nil in seen.organisation.profile.nil_returns:
        checks = (check for check in seen.pack.checks.values() if check.register_ == nil.register_)
        ages = (in_effect.max_age(check, seen.ground) or 0 for check in checks)
        used = [age for age in ages if in_effect.nil_return_counts(nil, age, seen.as_at)]
        if used:
            what = say("tracing.due.nil-return", title=seen.pack.registers[nil.register_].title)
            yield DueDate(days_from(nil.to, min(used)), DueKind.NIL_RETURN, what, item_of_register(nil.register_))


def _of_people(seen: Trace) -> Iterator[DueDate]:
    """When what somebody accepted or confirmed ends."""
    for check in _applying(seen):
        waiver, said = in_effect.waiver_in_date(check.id, seen.ground), seen.attestations.get(check.id)
        if waiver:
            yield DueDate(waiver.until, DueKind.WAIVER, say("tracing.due.waiver", title=check.title), check.id)
        if said:
            yield DueDate(said.until, DueKind.STATEMENT, say("tracing.due.statement", title=check.title), check.id)
        for each in seen.departures_of(check.id):
            yield DueDate(each.until, DueKind.DEPARTURE, say("tracing.due.departure", title=check.title), check.id)


def _of_law(seen: Trace) -> Iterator[DueDate]:
    for name, standing in seen.provisions.items():
        cited, periods = standing.provision.cited_as, standing.provision.periods
        ends = {period.to for period in periods}
        for day in (period.from_ for period in periods if period.from_ > seen.as_at):
            message = "tracing.due.law-changes" if days_from(day, -1) in ends else "tracing.due.law-begins"
            yield DueDate(day, DueKind.LAW, say(message, cited=cited), name)
        if standing.until is not None:
            yield DueDate(standing.until, DueKind.LAW, say("tracing.due.law-ends", cited=cited), name)


def gaps(seen: Trace) -> tuple[Gap, ...]:
    """Every gap, kind by kind, in order of the pack."""
    kinds = (
        *(_in_the_text, _without_check, _unverified, _open_examples, _waivers_over, _waived_for_a_year),
        *(_set_weaker, _of_rows),
    )
    return tuple(gap for kind in kinds for gap in kind(seen))


def _in_the_text(seen: Trace) -> Iterator[Gap]:
    for source in seen.pack.sources.values():
        yield from (Gap(GapKind.DEFECT, defect.clause, defect.note) for defect in source.defects)
    for name, clause in seen.pack.clauses.items():
        if clause.treated_as == "out_of_scope":
            yield Gap(GapKind.OUT_OF_SCOPE, name, clause.why or clause.gist)
        if clause.treated_as == "explained" and clause.strength:
            yield Gap(GapKind.EXPLAINED, name, clause.why or clause.gist)


def _without_check(seen: Trace) -> Iterator[Gap]:
    for name, duty in seen.duties.items():
        if not duty.checks:
            yield Gap(GapKind.NO_CHECK, name, duty.title)
        for unseen in duty.unseen if duty.checks else ():
            yield Gap(GapKind.UNSEEN, unseen, say("tracing.gap.unseen", title=duty.title))


def _unverified(seen: Trace) -> Iterator[Gap]:
    rested_on = {provision for duty in seen.pack.duties.values() for provision in duty.rests_on}
    for name, provision in seen.pack.provisions.items():
        if name in rested_on and provision.verification.level == "unverified":
            yield Gap(GapKind.UNVERIFIED, name, say("tracing.gap.unverified", cited=provision.cited_as))


def _open_examples(seen: Trace) -> Iterator[Gap]:
    for name, check in seen.pack.checks.items():
        if check.method == "rule" and not check.examples:
            yield Gap(GapKind.EXAMPLES, name, say("tracing.gap.no-example"))
        elif tried := seen.checks[name].examples:
            yield from (Gap(GapKind.EXAMPLES, name, what) for what in tried.gaps)


def _of_rows(seen: Trace) -> Iterator[Gap]:
    for name, standing in seen.registers.items():
        item = item_of_register(name)
        if standing.unexplained:
            yield Gap(GapKind.RECORDS, item, say("tracing.gap.unexplained", n=standing.unexplained))
        if standing.unwatched:
            yield Gap(GapKind.RECORDS, item, standing.unwatched)
        yield from (Gap(GapKind.RECORDS, item, what) for what in standing.nobody)


def _waivers_over(seen: Trace) -> Iterator[Gap]:
    for standing in seen.waivers:
        id_, check, day = standing.waiver.id, standing.waiver.check, say_day(standing.waiver.until)
        if standing.state is WaiverState.EXPIRED:
            yield Gap(GapKind.WAIVER, check, say("tracing.gap.waiver-ended", waiver=id_, day=day))
        if standing.state is WaiverState.ORPHAN:
            yield Gap(GapKind.WAIVER, check, say("tracing.gap.waiver-orphan", waiver=id_))


def _waived_for_a_year(seen: Trace) -> Iterator[Gap]:
    """Checks that were waived for 365 days in all, by however many waivers, up to the as-at date."""
    for name in seen.pack.checks:
        ours = [each.waiver for each in seen.waivers if each.waiver.check == name]
        days = sum(max(0, days_between(waiver.from_, min(waiver.until, seen.as_at)) + 1) for waiver in ours)
        if days >= A_YEAR:
            yield Gap(GapKind.WAIVER, name, say("tracing.gap.waived-for", n=days))


def _set_weaker(seen: Trace) -> Iterator[Gap]:
    for each in seen.organisation.departures:
        parameter, places = seen.pack.parameters[each.parameter], {"id": each.id, "by": each.accepted_by}
        what = say("tracing.gap.departure", title=parameter.title, why=each.why, day=say_day(each.until), **places)
        yield Gap(GapKind.DEPARTURE, parameter.source.from_[0], what)
