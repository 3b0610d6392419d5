"""The door: what `import policykit` offers, made of all rooms below. Nothing here is an idea of its own.

The command line and the pytest plugin come through it too, and know nothing of the rooms behind it.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import date
from functools import partial
from os import PathLike
from pathlib import Path

from policykit import memory, reading, tracing
from policykit.door.policy import Policy, clock, load
from policykit.door.records import OpenEngines, OpenRecords, RecordsRefusedError, open_engines
from policykit.door.rule import Rule
from policykit.engines import Engine, Engines, PrivateFolder, Source
from policykit.english import say_day
from policykit.exports import NotMadeError, write_schemas
from policykit.memory import Verified, before_of, keep, ledger_of, notices
from policykit.model.results import CheckResult
from policykit.problems import PolicyError, Problem, complaint
from policykit.reading import Ground, Organisation
from policykit.rules import Check, Explained, Explanation, Proof
from policykit.running import (
    Clock,
    OneRecord,
    PrivateList,
    Results,
    as_json,
    as_sentence,
    put_folder,
    read_results,
    record_digests,
    record_problems,
    run_checks,
    watched,
    why_no_results_here,
    why_not_here,
    with_sum,
    write_results,
)
from policykit.tracing import GATEABLE, Gate, Trace, is_waived, scope_in_words

__all__ = [
    "GATEABLE",
    "Check",
    "Clock",
    "Explained",
    "Explanation",
    "Gate",
    "NotMadeError",
    "OneRecord",
    "OpenEngines",
    "OpenRecords",
    "Policy",
    "PrivateFolder",
    "Proof",
    "RecordsRefusedError",
    "Rule",
    "Verified",
    "accepted_beyond",
    "as_json",
    "as_sentence",
    "check",
    "clock",
    "history",
    "hold_against",
    "is_waived",
    "ledger_of",
    "lint",
    "load",
    "notices",
    "open_engines",
    "prove",
    "put_folder",
    "read_results",
    "scope_in_words",
    "trace",
    "verify",
    "why_no_results_here",
    "why_not_here",
    "with_sum",
    "write_schemas",
]


def check(
    policy: Policy,
    organisation: Organisation | None = None,
    *,
    only: Collection[str] | None = None,
    as_at: date | str | None = None,
    progress: Callable[[CheckResult], None] | None = None,
    refused: Callable[[Problem], None] | None = None,
    listed: str | PathLike[str] | None = None,
    engines: Callable[[], Engine[Source]] = Engines,
    now: Clock = clock,
) -> Results:
    """Run the checks of a policy on an organisation's records: all, or `only` those that are named.

    Without an organisation it is the policy's example; `as_at` is the organisation's own day unless another is given.
    Each result is handed to `progress` once it is there, and what is the matter with records to `refused`: that they
    cannot be opened, or where values cannot be read. A check that was not named stays not checked, and then the run is
    not complete. A run that is complete writes the keys of what does not conform to the file `listed`, as `policykit
    check --list` does. Records are held against the runs in the ledger that the organisation names; once they are
    saved, against those in the ledger that then remembers the run. Raises PolicyError where `only` names what is no
    check, or no list may be written there.
    """
    chosen = {only} if isinstance(only, str) else None if only is None else set(only)
    policy.expect(sorted(chosen or ()))
    ground = policy.ground(organisation or policy.organisation(now=now), as_at)
    _expect_no_day_to_come(ground, now)
    run = partial(run_checks, ground, engines=engines, only=chosen, progress=progress, refused=refused, now=now)
    if listed is None:
        results = run()
    else:
        with _private_list(Path(listed)) as keys:
            results = run(listed=keys.add)
            if results.run.complete:
                keys.keep(results, ground.pack.checks)
    named = ledger_of(ground.organisation, Path()) if ground.organisation.profile.ledger else None
    return _watched(results, ground, named).kept_by(partial(_remember, ground))


def hold_against(policy: Policy, organisation: Organisation, results: Results, ledger: Path) -> Results:
    """The results, judged again with the runs in a ledger: what counted fewer rows than these looks incomplete."""
    return _watched(results, policy.ground(organisation, results.run.as_at), ledger)


def _watched(results: Results, ground: Ground, ledger: Path | None) -> Results:
    return watched(results, ground, before_of(_lines(ground, ledger) if ledger else (), ground.pack))


def _lines(ground: Ground, ledger: Path) -> tuple[memory.LedgerLine, ...]:
    """The lines of a ledger that are of this pack and this organisation."""
    return memory.read_ledger(ledger).lines_of(ground.pack.policy.id, ground.organisation.profile.id)


def _remember(ground: Ground, results: Results, path: Path) -> bool:
    """Add a run to the ledger, and only then keep its results: what they name is there."""
    ledger = ledger_of(ground.organisation, path)
    results = _watched(results, ground, ledger)
    seen = tracing.trace(ground, results, {}, elsewhere=True)
    before = None
    with suppress(PolicyError):
        before = read_results(path)
    return write_results(keep(results, seen, ledger, before), path)


def _expect_no_day_to_come(ground: Ground, now: Clock) -> None:
    """Raise PolicyError where what is to be judged is a day that has not come where the organisation is."""
    today = ground.organisation.profile.today(now())
    if ground.as_at > today:
        fault = complaint("dates.later-than-today", key="as_at", day=say_day(ground.as_at), today=say_day(today))
        raise PolicyError((fault.at(ground.organisation.folder.as_posix(), 0),))


def _private_list(path: Path) -> PrivateList:
    """The list of keys at a place of its own; raises PolicyError where it may not be there."""
    if why := why_not_here(path):
        raise PolicyError((why.at(path.as_posix(), 0),))
    return PrivateList(path)


def trace(
    policy: Policy,
    organisation: Organisation,
    results: Results | None,
    *,
    records_elsewhere: bool = False,
    ledger: str | PathLike[str] | None = None,
) -> Trace:
    """How everything stands on the day of the results: duties, provisions, what is due, and gaps.

    A result shows only where policy, organisation and records are still those that were checked; where records are
    kept elsewhere, their files need not be at hand. Without results every check is not checked, as at the
    organisation's day. With a ledger it also holds what only earlier runs can say.
    """
    ground = policy.ground(organisation, results.run.as_at if results else None)
    seen = tracing.trace(ground, results, record_digests(organisation), elsewhere=records_elsewhere)
    return memory.remembered(seen, memory.read_ledger(Path(ledger))) if ledger else seen


def history(
    policy: Policy,
    organisation: Organisation,
    results: str | PathLike[str] = "build/results.json",
    item: str | None = None,
) -> tuple[str, ...]:
    """What is remembered of the runs of a policy on an organisation, as lines of text; of one check or duty if named.

    The ledger is the organisation's, else the one beside the results. Raises PolicyError where nothing is remembered.
    """
    ledger = memory.ledger_of(organisation, Path(results))
    lines = memory.read_ledger(ledger).lines_of(policy.pack.policy.id, organisation.profile.id)
    return tuple(memory.history_in_words(ledger, lines, item))


def accepted_beyond(policy: Policy, organisation: Organisation, ledger: str | PathLike[str]) -> tuple[Problem, ...]:
    """A notice for each waiver that covers more than there was when it began, as far as the ledger remembers that."""
    lines = _lines(policy.ground(organisation, None), Path(ledger))
    return tuple(memory.accepted_beyond(lines, organisation))


def verify(ledger: str | PathLike[str], results: str | PathLike[str], site: str | PathLike[str] | None) -> Verified:
    """Whether a ledger, the results beside it, and a handbook are as they were left, and belong together."""
    return memory.verify(Path(ledger), Path(results), None if site is None else Path(site))


def prove(policy: Policy, check: str) -> Proof:
    """Whether the examples of a check would catch a small mistake in its rule: `gaps` says what they leave open."""
    return policy.proofs.prove(policy.ruled(check))


def lint(
    policy: Policy,
    organisation: Organisation | None = None,
    *,
    source_text: str | PathLike[str] | None = None,
    gaps: bool = False,
    ledger: str | PathLike[str] | None = None,
    records: bool = True,
    engines: Callable[[], Engine[Source]] = Engines,
) -> tuple[Problem, ...]:
    """What loads and still looks like a mistake, in a policy and, where it is given, an organisation.

    Of an organisation the records are opened too, and what is missing or wrong in them is said, unless `records` are
    left out. With the file of the guidance's text also where the two differ; with `gaps` also what examples leave open,
    which takes as long as a run. With a ledger also what is gone or changed since earlier runs, and waivers that
    accept more than there was.
    """
    text = None if source_text is None else Path(source_text)
    found = (*reading.lint(policy.pack, organisation, text), *(reading.gaps(policy.pack) if gaps else ()))
    if organisation is None:
        return found
    opened = record_problems(policy.ground(organisation, None), engines) if records else iter(())
    found = (*organisation.warnings, *opened, *found)
    if ledger is None:
        return found
    seen = tracing.trace(policy.ground(organisation, None), None, {})
    told = notices(memory.remembered(seen, memory.read_ledger(Path(ledger))))
    return (*found, *told, *accepted_beyond(policy, organisation, ledger))
