"""What records and scopes are held against: the runs before, what somebody expects, and what somebody confirmed.

What is found here is kept with the result. So judging stays pure, and whoever reads results later needs no ledger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from policykit.model.results import Baseline, CheckResult, RecordsUsed, ScopeBaseline
from policykit.model.scalars import days_between
from policykit.reading import Ground
from policykit.rules import Check
from policykit.running import in_effect
from policykit.running.judge import finding_of, judge
from policykit.running.results_file import Results

DAYS_OF_A_LIST, DAYS_OF_A_LOG = 365, 31
"""For so many days what a list of things that stay, and what a log or a scope held, is not forgotten."""


@dataclass(frozen=True)
class Once:
    """What one run counted: rows of a register, or units in scope; `whole` says that they did not look incomplete.

    `day` is the day of the run, `taken_on` that of the records.
    """

    run: str
    day: date
    taken_on: date
    number: int
    whole: bool


@dataclass(frozen=True)
class Before:
    """What is remembered of the runs of a pack on an organisation, by register and by check, oldest first.

    `confirmed` has the latest day of records, by register, that somebody ever confirmed to be whole.
    """

    registers: Mapping[str, tuple[Once, ...]] = field(default_factory=dict)
    scopes: Mapping[str, tuple[Once, ...]] = field(default_factory=dict)
    confirmed: Mapping[str, date] = field(default_factory=dict)


def watched(results: Results, ground: Ground, before: Before) -> Results:
    """The results, each judged again with what its records and its scope are held against; of a what-if as they are."""
    if results.run.what_if:
        return results
    today, checks = results.run.today, ground.pack.checks
    found = (_watched(checks[result.id], result, ground, before, today) for result in results.checks)
    return results.model_copy(update={"checks": tuple(found)})


def _watched(check: Check, result: CheckResult, ground: Ground, before: Before, today: date) -> CheckResult:
    finding = finding_of(check, result)
    if finding is None or not result.records:
        return result
    baselines = {used.register_: baseline_of(used, ground, before, today) for used in result.records}
    records = tuple(used.model_copy(update={"baseline": baselines[used.register_]}) for used in result.records)
    scope = _scope_baseline(check, ground, before, today) if result.counts else None
    again = judge(check, finding.model_copy(update={"records": records, "scope_baseline": scope}), ground)
    return again.model_copy(update={"examples": result.examples})


def baseline_of(used: RecordsUsed, ground: Ground, before: Before, today: date) -> Baseline | None:
    """What the rows of a register are held against: the first there is of a confirmation, what is expected, and runs.

    None where nothing is known, and where the organisation says that they are not watched.
    """
    name, source = used.register_, ground.organisation.profile.records[used.register_]
    if source.watch == "none":
        return None
    if used.rows == 0 and in_effect.nil_return_of(name, ground):
        return Baseline(rows=0, from_="confirmed")
    said, runs = source.confirmed, before.registers.get(name, ())
    newer_and_whole = said and any(once.whole and once.taken_on > said.taken_on for once in runs)
    if said and used.taken_on >= said.taken_on and not newer_and_whole:
        return Baseline(rows=said.rows, from_="confirmed")
    expected = in_effect.expected_rows(name, ground)
    return Baseline(rows=expected, from_="expect") if expected else most_of_runs(name, ground, before, today)


def most_of_runs(register: str, ground: Ground, before: Before, today: date) -> Baseline | None:
    """The most rows of any run that counts for a register."""
    is_log = ground.pack.registers[register].about == "event"
    days = DAYS_OF_A_LOG if is_log else DAYS_OF_A_LIST
    most = _most(before.registers.get(register, ()), _confirmed_on(register, ground, before), today, days)
    return Baseline(rows=most.number, from_="run", run=most.run) if most else None


def _scope_baseline(check: Check, ground: Ground, before: Before, today: date) -> ScopeBaseline | None:
    since = _confirmed_on(check.register_ or "", ground, before)
    most = _most(before.scopes.get(check.id, ()), since, today, DAYS_OF_A_LOG)
    return ScopeBaseline(in_scope=most.number, run=most.run) if most else None


def _most(runs: Iterable[Once], since: date, today: date, days: int) -> Once | None:
    """The run with the most of the last so many days, else the last of all; of equals the latest."""
    known = [once for once in runs if once.whole and once.taken_on >= since]
    late = [once for once in known if days_between(once.day, today) <= days]
    return max(late or known[-1:], key=lambda once: (once.number, once.day), default=None)


def _confirmed_on(register: str, ground: Ground, before: Before) -> date:
    """The latest day of records that somebody confirmed: what was there before that is forgotten."""
    source = ground.organisation.profile.records.get(register)
    ours = source.confirmed.taken_on if source and source.confirmed else date.min
    return max(ours, before.confirmed.get(register, date.min))
