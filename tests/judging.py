"""A pack judged by policykit, through its public doors, in the shape in which the oracle and expected.yaml speak."""

from collections.abc import Callable, Container
from datetime import UTC, date, datetime, time
from pathlib import Path

from tests.reference import Verdict

from policykit.model.results import CheckResult, Counts, RowCounts, ValueCounts
from policykit.problems import Problem
from policykit.reading import Ground, load_organisation, load_pack
from policykit.running import Results, record_digests, run_checks
from policykit.tracing import Trace, trace


def run(
    policy: Path,
    folder: Path,
    as_at: date | None = None,
    only: Container[str] | None = None,
    refused: Callable[[Problem], None] | None = None,
) -> Results:
    """The results of a run of the checks, all of them or only these, in the morning of the day that is judged."""
    here = ground(policy, folder, as_at)
    nine = datetime.combine(here.as_at, time(9), UTC)
    return run_checks(here, only=only, refused=refused, now=lambda: nine)


def ground(policy: Path, folder: Path, as_at: date | None = None) -> Ground:
    """A pack and an organisation, on its own day or another."""
    pack = load_pack(policy)
    organisation = load_organisation(folder, pack)
    return Ground.of(pack, organisation, as_at or organisation.as_at)


def traced(policy: Path, folder: Path, results: Results | None, as_at: date | None = None) -> Trace:
    """Everything on the as-at date, with the results that may be shown."""
    here = ground(policy, folder, as_at)
    return trace(here, results, record_digests(here.organisation))


def judged(policy: Path, folder: Path, as_at: date | None = None) -> tuple[dict[str, Verdict], dict[str, str]]:
    """Every check's verdict and every duty's outcome, by id."""
    seen = traced(policy, folder, run(policy, folder, as_at), as_at)
    duties = {name: standing.outcome.code for name, standing in seen.duties.items()}
    return {name: _verdict(result) for name, result in seen.checks.items()}, duties


def _verdict(result: CheckResult) -> Verdict:
    by = None if result.by is None else {value: _numbers(counts) for value, counts in result.by.items()}
    return Verdict(
        result.outcome.code,
        None if result.counts is None else _numbers(result.counts),
        None if result.rows is None else _numbers(result.rows),
        by,
    )


def _numbers(counts: Counts | RowCounts | ValueCounts) -> dict[str, int]:
    return {name: int(number) for name, number in counts.model_dump().items()}


Unseen = dict[str, tuple[int | None, int | None]]
Strangers = dict[tuple[str, str, str], int]


def looked_at(policy: Path, folder: Path, as_at: date | None = None) -> tuple[Unseen, Strangers]:
    """Of each register the rows that no check looks at, and of each lookup those that match none."""
    registers = run(policy, folder, as_at).registers
    unseen = {seen.register_: (seen.in_no_scope, seen.outside) for seen in registers}
    found = {
        (
            seen.register_,
            lookup.from_,
            " ".join(f"{their}={our}" for their, our in sorted(lookup.match.items())),
        ): lookup.meets_nobody
        for seen in registers
        for lookup in seen.lookups
    }
    return unseen, found
