"""`policykit check`: run every check and say how it came out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
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
    clock_of,
    load,
    option,
    say_problems,
)
from policykit.cli.screen import console, progress_bar, table_of_results
from policykit.english import raised, say, say_day
from policykit.problems import Notice, Problem, the_first

if TYPE_CHECKING:
    from policykit.door import Clock, Gate

FailOn = Annotated[str | None, option("--fail-on", "STATES", "fail-on", "fail-on")]
Strict = Annotated[bool, option("--strict", None, "strict")]
NoWaivers = Annotated[bool, option("--no-waivers", None, "no-waivers")]
KeysFile = Annotated[Path | None, option("--list", "FILE", "list")]


def check(
    command: typer.Context,
    folder: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    as_at: AsAt = None,
    results: ResultsFile = None,
    fail_on: FailOn = None,
    strict: Strict = False,
    no_waivers: NoWaivers = False,
    keys: KeysFile = None,
) -> None:
    """Run, keep, show, and leave with the exit code of the gate."""
    from policykit.door import accepted_beyond, hold_against, ledger_of

    gate, now, file = _gate(fail_on, strict=strict, waivers=not no_waivers), clock_of(command), results or RESULTS
    aside = str(file) == "-"  # the results are what is printed, so all else goes to the error stream
    _refuse_to_overwrite(None if aside else file, keys)
    policy, firm = load(command, folder, organisation)
    if results is None:
        _refuse_to_forget(policy, firm)
    ledger = ledger_of(firm, RESULTS if aside else file)
    say_problems(accepted_beyond(policy, firm, ledger))
    found = hold_against(policy, firm, _count(policy, firm, as_at, keys, now), ledger)
    found = policy.with_examples(found, None if aside else file)
    kept = _keep(found, file, aside=aside, named=results is not None)
    seen, today = pk.trace(policy, firm, found, ledger=ledger), firm.profile.today(now())
    _show(seen, found, file if kept or aside else None, today, aside=aside)
    if keys:
        said = say("terminal.check.keys", path=keys) if found.run.complete else say("terminal.check.no-keys")
        typer.echo(said, err=aside)
    typer.echo(_unverified(seen), err=aside)
    if unsound := policy.unsound():
        raise pk.PolicyError(unsound)  # what was counted is kept, and nobody is told that all is well
    raise typer.Exit(gate.exit_code(seen, today))


def _count(
    policy: "pk.Policy", firm: "pk.Organisation", as_at: date | None, keys: Path | None, now: "Clock"
) -> "pk.Results":
    """Run every check, and say what is wrong with records."""
    odd: list[Problem] = []
    with progress_bar(say("terminal.progress.checking"), len(policy.checks)) as through:
        found = pk.check(
            policy,
            firm,
            as_at=as_at,
            progress=lambda each: through(each.id),
            refused=odd.append,
            listed=keys,
            now=now,
        )
    say_problems(the_first(odd, {}))
    return found


def _keep(found: "pk.Results", file: Path, *, aside: bool, named: bool) -> bool:
    """Print the results or keep them, whichever is asked for; a what-if is kept only where its file is named."""
    from policykit.door import as_json, with_sum

    if aside:
        typer.echo(as_json(with_sum(found)), nl=False)
        return False
    return (named or not found.run.what_if) and found.save(file)


def _gate(states: str | None, *, strict: bool, waivers: bool) -> "Gate":
    from policykit.door import GATEABLE, Gate

    if states is None:
        return Gate(strict=strict, waivers=waivers)
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


def _refuse_to_forget(policy: "pk.Policy", firm: "pk.Organisation") -> None:
    """A whole run of somebody else is replaced only by who names its file."""
    from policykit.door import read_results

    try:
        there = read_results(RESULTS).run
    except pk.PolicyError:
        return
    ours = (policy.pack.policy.id, firm.profile.id)
    if there.complete and (there.pack.id, there.organisation.id) != ours:
        raise RefusedError(say("terminal.check.of-others", path=RESULTS, organisation=there.organisation.id))


def _show(standing: "pk.Trace", results: "pk.Results", path: Path | None, today: date, *, aside: bool) -> None:
    """The table of outcomes, what they come to for the duties, and where the results are; None: they were not kept."""
    screen = console(aside=aside)
    screen.print(say("terminal.check.of", organisation=standing.organisation.profile.name, day=say_day(standing.as_at)))
    screen.print(table_of_results(results))
    for line in (*_of_records(standing), *_summary(standing, today), *standing.notes):
        screen.print(line, soft_wrap=True)
    if not results.run.complete:
        screen.print(say("terminal.check.interrupted"))
    why_not = "what-if" if results.run.what_if else "not-kept"
    kept = say("terminal.check.kept", path=path) if path else say(f"terminal.check.{why_not}")
    screen.print(kept, soft_wrap=True)
    left = sum(result.method == "python" and result.outcome is pk.Outcome.NOT_RUN for result in results)
    if path and left and not aside:
        screen.print(say("terminal.check.left", n=left, path=path), soft_wrap=True)


def _of_records(standing: "pk.Trace") -> Iterator[str]:
    """What is odd about the records, although every check could be judged."""
    from policykit.door import scope_in_words

    for register in standing.registers.values():
        yield from register.warnings()
    for result in standing.checks.values():
        if said := scope_in_words(result):
            yield say("terminal.check.of-check", check=result.id, what=said)


def _summary(standing: "pk.Trace", today: date) -> Iterator[str]:
    from policykit.door import notices

    yield _tally("checks", (result.outcome for result in standing.checks.values()))
    yield _tally("duties", (duty.outcome for duty in standing.duties.values()))
    if until := standing.valid_until:
        message = "valid-until" if today <= until else "ran-out"
        yield say(f"terminal.check.{message}", day=say_day(until))
    told = (problem for problem in notices(standing) if problem.notice is not Notice.CHANGED)
    yield from (raised(f"{problem.what} - {problem.remedy}") for problem in told)
    if others := sum(not change.weaker for change in standing.changes):
        yield say("terminal.check.changed", n=others)


def _unverified(standing: "pk.Trace") -> str:
    """What a person said, accepted, or has yet to do: none of it was seen by counting."""
    from policykit.door import is_waived

    results = standing.checks.values()
    confirmed = sum(result.outcome is pk.Outcome.ATTESTED for result in results)
    waived, left = sum(map(is_waived, results)), sum(result.outcome is pk.Outcome.NOT_RUN for result in results)
    return say("terminal.check.unverified", confirmed=confirmed, waived=waived, left=left)


def _tally(of: str, outcomes: "Iterable[pk.Outcome]") -> str:
    found = Counter(outcomes)
    each = (f"{found[outcome]} {outcome.word}" for outcome in pk.Outcome if found[outcome])
    return say(f"terminal.check.{of}", n=found.total(), outcomes=", ".join(each))
