"""The door: what `import policykit` offers, made of all rooms below. Nothing here is an idea of its own.

The command line and the pytest plugin come through it too, and know nothing of the rooms behind it.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from functools import partial
from os import PathLike
from pathlib import Path

from policykit import reading, tracing
from policykit.door.policy import Policy, load
from policykit.door.records import OpenEngines, OpenRecords, RecordsRefusedError, open_engines
from policykit.door.rule import Rule
from policykit.engines import Engine, Engines, Source
from policykit.exports import NotMadeError, write_schemas
from policykit.model.results import CheckResult
from policykit.problems import PolicyError, Problem
from policykit.reading import Organisation
from policykit.rules import Check, Explained, Explanation, Proof
from policykit.running import (
    OneRecord,
    PrivateList,
    Results,
    as_json,
    as_sentence,
    read_results,
    record_digests,
    run_checks,
    why_no_results_here,
    why_not_here,
)
from policykit.tracing import GATEABLE, Gate, Trace, is_waived

__all__ = [
    "GATEABLE",
    "Check",
    "Explained",
    "Explanation",
    "Gate",
    "NotMadeError",
    "OneRecord",
    "OpenEngines",
    "OpenRecords",
    "Policy",
    "Proof",
    "RecordsRefusedError",
    "Rule",
    "as_json",
    "as_sentence",
    "check",
    "is_waived",
    "lint",
    "load",
    "open_engines",
    "prove",
    "read_results",
    "trace",
    "why_no_results_here",
    "why_not_here",
    "write_schemas",
]


def check(
    policy: Policy,
    organisation: Organisation | None = None,
    *,
    only: Collection[str] | None = None,
    as_at: date | str | None = None,
    progress: Callable[[CheckResult], None] | None = None,
    listed: str | PathLike[str] | None = None,
    engines: Callable[[], Engine[Source]] = Engines,
) -> Results:
    """Run the checks of a policy on an organisation's records: all, or `only` those that are named.

    Without an organisation it is the policy's example; `as_at` is the organisation's own day unless another is given.
    Each result is handed to `progress` once it is there. A check that was not named stays not checked, and then the run
    is not complete. A run that is complete writes the keys of what does not conform to the file `listed`, as `policykit
    check --list` does. Raises PolicyError where `only` names what is no check, or no list may be written there.
    """
    chosen = {only} if isinstance(only, str) else None if only is None else set(only)
    policy.expect(sorted(chosen or ()))
    ground = policy.ground(organisation, as_at)
    run = partial(run_checks, ground, engines=engines, only=chosen, progress=progress, now=lambda: datetime.now(UTC))
    if listed is None:
        return run()
    with _private_list(Path(listed)) as keys:
        results = run(listed=keys.add)
        if results.run.complete:
            keys.keep(results, ground.pack.checks)
    return results


def _private_list(path: Path) -> PrivateList:
    """The list of keys at a place of its own; raises PolicyError where it may not be there."""
    if why := why_not_here(path):
        raise PolicyError((why.at(path.as_posix(), 0),))
    return PrivateList(path)


def trace(policy: Policy, organisation: Organisation, results: Results | None) -> Trace:
    """How everything stands on the day of the results: duties, provisions, what is due, and gaps.

    A result shows only where policy, organisation and records are still those that were checked. Without results every
    check is not checked, as at the organisation's day.
    """
    ground = policy.ground(organisation, results.run.as_at if results else None)
    return tracing.trace(ground, results, record_digests(organisation))


def prove(policy: Policy, check: str) -> Proof:
    """Whether the examples of a check would catch a small mistake in its rule: `gaps` says what they leave open."""
    return policy.proofs.prove(policy.ruled(check))


def lint(
    policy: Policy,
    organisation: Organisation | None = None,
    *,
    source_text: str | PathLike[str] | None = None,
    gaps: bool = False,
) -> tuple[Problem, ...]:
    """What loads and still looks like a mistake, in a policy and, where it is given, an organisation.

    With the file of the guidance's text also where the two differ; with `gaps` also what examples leave open, which
    takes as long as a run.
    """
    text = None if source_text is None else Path(source_text)
    warnings = organisation.warnings if organisation else ()
    return (*warnings, *reading.lint(policy.pack, organisation, text), *(reading.gaps(policy.pack) if gaps else ()))
