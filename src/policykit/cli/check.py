"""`policykit check`: run every check and say how it came out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import policykit as pk
from policykit.cli.options import (
    POLICY,
    RESULTS,
    AsAt,
    OrganisationFolder,
    PolicyFolder,
    RefusedError,
    ResultsFile,
    load,
    option,
)
from policykit.cli.screen import console, progress_bar, table_of_results
from policykit.english import say, say_day
from policykit.problems import ExitCode

if TYPE_CHECKING:
    from policykit.door import Gate

FailOn = Annotated[str, option("--fail-on", "STATES", "fail-on")]
Strict = Annotated[bool, option("--strict", None, "strict")]
NoWaivers = Annotated[bool, option("--no-waivers", None, "no-waivers")]
KeysFile = Annotated[Path | None, option("--list", "FILE", "list")]


def check(
    folder: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    as_at: AsAt = None,
    results: ResultsFile = RESULTS,
    fail_on: FailOn = "fail,error",
    strict: Strict = False,
    no_waivers: NoWaivers = False,
    keys: KeysFile = None,
) -> None:
    """Run, keep, show, and leave with the exit code of the gate."""
    gate = _gate(fail_on, strict=strict, waivers=not no_waivers)
    aside = str(results) == "-"  # the results are what is printed, so all else goes to the error stream
    _refuse_to_overwrite(None if aside else results, keys)
    policy, firm = load(folder, organisation)
    with progress_bar(say("terminal.progress.checking"), len(policy.checks)) as through:
        found = pk.check(policy, firm, as_at=as_at, progress=lambda each: through(each.id), listed=keys)
    found = policy.with_examples(found, None if aside else results)
    if aside:
        from policykit.door import as_json

        typer.echo(as_json(found), nl=False)
    kept = not aside and found.save(results)
    _show(pk.trace(policy, firm, found), found, results if kept or aside else None, aside=aside)
    if keys:
        said = say("terminal.check.keys", path=keys) if found.run.complete else say("terminal.check.no-keys")
        typer.echo(said, err=aside)
    if contradicted := policy.false_examples():
        raise pk.PolicyError(contradicted)  # what was counted is kept, and nobody is told that all is well
    raise typer.Exit(gate.exit_code(found) if found.run.complete else ExitCode.CHECK_ERROR)


def _gate(states: str, *, strict: bool, waivers: bool) -> "Gate":
    from policykit.door import GATEABLE, Gate

    known = {outcome.code: outcome for outcome in GATEABLE}
    wanted = [state.strip() for state in states.split(",") if state.strip()]
    if unknown := [state for state in wanted if state not in known]:
        said = say("terminal.error.no-outcome", state=repr(unknown[0]), known=", ".join(known))
        raise typer.BadParameter(said, param_hint="--fail-on")
    return Gate(frozenset(known[state] for state in wanted), strict=strict, waivers=waivers)


def _refuse_to_overwrite(results: Path | None, keys: Path | None) -> None:
    """Before anything is counted: what is written must take nobody's place."""
    from policykit.door import as_sentence, why_no_results_here, why_not_here

    if results and (why := why_no_results_here(results)):
        raise RefusedError(as_sentence(results, why))
    if keys and (why := why_not_here(keys)):
        raise RefusedError(as_sentence(keys, why))


def _show(standing: "pk.Trace", results: "pk.Results", path: Path | None, *, aside: bool) -> None:
    """The table of outcomes, what they come to for the duties, and where the results are; None: they were not kept."""
    screen = console(aside=aside)
    screen.print(say("terminal.check.of", organisation=standing.organisation.profile.name, day=say_day(standing.as_at)))
    screen.print(table_of_results(results))
    for line in _summary(standing):
        screen.print(line)
    if not results.run.complete:
        screen.print(say("terminal.check.interrupted"))
    kept = say("terminal.check.kept", path=path) if path else say("terminal.check.not-kept")
    screen.print(kept, soft_wrap=True)
    left = sum(result.method == "python" and result.outcome is pk.Outcome.NOT_RUN for result in results)
    if path and left and not aside:
        screen.print(say("terminal.check.left", n=left, path=path), soft_wrap=True)


def _summary(standing: "pk.Trace") -> Iterator[str]:
    yield _tally("checks", (result.outcome for result in standing.checks.values()))
    yield _tally("duties", (duty.outcome for duty in standing.duties.values()))
    if standing.valid_until:
        yield say("terminal.check.valid-until", day=say_day(standing.valid_until))


def _tally(of: str, outcomes: "Iterable[pk.Outcome]") -> str:
    found = Counter(outcomes)
    each = (f"{found[outcome]} {outcome.word}" for outcome in pk.Outcome if found[outcome])
    return say(f"terminal.check.{of}", n=found.total(), outcomes=", ".join(each))
