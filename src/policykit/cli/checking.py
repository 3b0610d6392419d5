"""`policykit check`: run every check and say how it came out."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from policykit.cli.options import POLICY, RESULTS, AsAt, OrganisationFolder, PolicyFolder, ResultsFile

if TYPE_CHECKING:
    from policykit.model.outcomes import Outcome

FailOn = Annotated[
    str, typer.Option("--fail-on", metavar="STATES", help="Outcomes that stop a pipeline, with commas between them.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Gate every check, not only those of severity must.")]
NoWaivers = Annotated[bool, typer.Option("--no-waivers", help="Gate what a waiver covers too.")]


def check(
    policy: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    as_at: AsAt = None,
    results: ResultsFile = RESULTS,
    fail_on: FailOn = "fail,error",
    strict: Strict = False,
    no_waivers: NoWaivers = False,
) -> None:
    """Run every check on an organisation's records and keep the results.

    Only counts, dates and ids are kept and shown, never a row of the records.
    """
    from policykit.cli.loaded import load
    from policykit.cli.showing import Progress, show
    from policykit.engines import open_engine
    from policykit.errors import ExitCode
    from policykit.runs import run_checks, write_results
    from policykit.tracing import Gate, judge_check

    gate = Gate(_outcomes(fail_on), strict=strict, waivers=not no_waivers)
    loaded = load(policy, organisation)
    day = as_at or loaded.organisation.as_at
    with Progress(len(loaded.pack.checks)) as progress:
        found = run_checks(
            loaded.pack,
            loaded.organisation,
            as_at=day,
            engine_factory=open_engine,
            judge=judge_check,
            now=lambda: datetime.now(UTC),
            progress=progress.done,
        )
    kept = write_results(found, results)
    show(found, loaded, results if kept else None)
    raise typer.Exit(gate.exit_code(found.checks) if found.run.complete else ExitCode.CHECK_ERROR)


def _outcomes(states: str) -> "frozenset[Outcome]":
    from policykit.tracing import GATEABLE

    known = {outcome.code: outcome for outcome in GATEABLE}
    wanted = [state.strip() for state in states.split(",") if state.strip()]
    unknown = [state for state in wanted if state not in known]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is not one of {', '.join(known)}.", param_hint="--fail-on")
    return frozenset(known[state] for state in wanted)
