"""`policykit check`: run every check and say how it came out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policykit.cli.options import POLICY, RESULTS, AsAt, OrganisationFolder, PolicyFolder, ResultsFile

if TYPE_CHECKING:
    from policykit.model.results import Outcome
    from policykit.reading import Ground
    from policykit.running import Listed, Results

FailOn = Annotated[
    str, typer.Option("--fail-on", metavar="STATES", help="Outcomes that stop a pipeline, with commas between them.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Gate every check, not only those of severity must.")]
NoWaivers = Annotated[bool, typer.Option("--no-waivers", help="Gate what a waiver covers too.")]

KeysFile = Annotated[
    Path | None,
    typer.Option(
        "--list",
        metavar="FILE",
        help="Also list the keys of what does not conform and what cannot be told, as CSV that only you can read."
        " Not for build/, docs/ or the policy's folder.",
    ),
]


def check(
    policy: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    as_at: AsAt = None,
    results: ResultsFile = RESULTS,
    fail_on: FailOn = "fail,error",
    strict: Strict = False,
    no_waivers: NoWaivers = False,
    keys: KeysFile = None,
) -> None:
    """Run every check on an organisation's records and keep the results.

    Only counts, dates and ids are kept and shown, never a row of the records.
    """
    from policykit.cli.loaded import load
    from policykit.cli.showing import show
    from policykit.problems import ExitCode, PolicyError
    from policykit.reading import Ground, false_examples
    from policykit.running import with_examples, write_results
    from policykit.tracing import Gate

    gate = Gate(_outcomes(fail_on), strict=strict, waivers=not no_waivers)
    _refuse_to_overwrite(results, keys)
    loaded = load(policy, organisation)
    ground = Ground.of(loaded.pack, loaded.organisation, as_at or loaded.organisation.as_at)
    found = with_examples(_run(ground, keys), loaded.pack, results)
    kept = write_results(found, results)
    show(found, ground, results if kept else None)
    if keys:
        typer.echo(
            f"Keys: {keys}, for you alone" if found.run.complete else "Keys: none listed, the run was interrupted"
        )
    if contradicted := false_examples(loaded.pack):
        raise PolicyError(contradicted)  # what was counted is kept, and nobody is told that all is well
    raise typer.Exit(gate.exit_code(found.checks) if found.run.complete else ExitCode.CHECK_ERROR)


def _refuse_to_overwrite(results: Path, keys: Path | None) -> None:
    """Before anything is counted: what is written must take nobody's place."""
    from policykit.cli.endings import RefusedError
    from policykit.running import why_no_results_here, why_not_here

    why = why_no_results_here(results) or (why_not_here(keys) if keys else None)
    if why:
        raise RefusedError(why)


def _run(ground: "Ground", keys: Path | None) -> "Results":
    """Run every check, with a list of keys where one is asked for; an interrupted run lists none."""
    from policykit.running import PrivateList

    if keys is None:
        return _run_on(ground, None)
    with PrivateList(keys) as private:
        found = _run_on(ground, private.add)
        if found.run.complete:
            private.keep(found.checks, ground.pack.checks)
    return found


def _run_on(ground: "Ground", listed: "Listed | None") -> "Results":
    from policykit.cli.showing import Progress
    from policykit.running import run_checks

    with Progress("Checking", len(ground.pack.checks)) as progress:
        return run_checks(ground, progress=progress.done, listed=listed, now=lambda: datetime.now(UTC))


def _outcomes(states: str) -> "frozenset[Outcome]":
    from policykit.tracing import GATEABLE

    known = {outcome.code: outcome for outcome in GATEABLE}
    wanted = [state.strip() for state in states.split(",") if state.strip()]
    unknown = [state for state in wanted if state not in known]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is not one of {', '.join(known)}.", param_hint="--fail-on")
    return frozenset(known[state] for state in wanted)
