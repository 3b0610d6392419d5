"""What helps to write a policy or an organisation: `policykit lint`, `words`, `schema` and `example`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import policykit as pk
from policykit.cli.options import (
    POLICY,
    RESULTS,
    CheckId,
    OrganisationFolder,
    PolicyFolder,
    RefusedError,
    ResultsFile,
    argument,
    clock_of,
    find_check,
    load,
    option,
    read_day_option,
    say_problems,
)
from policykit.english import say
from policykit.problems import ExitCode, Notice, Severity, the_first


class Faulty(StrEnum):
    """What can be looked for besides, and fails when it is found."""

    GAPS = "gaps"


def _read_day_or_today(text: str) -> str:
    return text if text == "today" else read_day_option(text).isoformat()


SourceText = Annotated[Path | None, option("--source-text", "FILE", "source-text")]
FailOn = Annotated[Faulty | None, option("--fail-on", "gaps", "gaps")]
NoRecords = Annotated[bool, option("--no-records", None, "no-records")]
ToWrite = Annotated[Path, argument("OUT", "folder-to-write")]
ToMake = Annotated[Path, argument("OUT", "folder-to-make")]
MadeFor = Annotated[str | None, option("--as-at", "DATE", "made-for", "made-for", parser=_read_day_or_today)]
Replace = Annotated[bool, option("--replace", None, "replace")]


def lint(
    command: typer.Context,
    folder: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    source_text: SourceText = None,
    fail_on: FailOn = None,
    results: ResultsFile = None,
    no_records: NoRecords = False,
) -> None:
    """Say what looks like a mistake, and how much of it there is."""
    from policykit.door import ledger_of

    policy = pk.load(folder)
    firm = policy.organisation(organisation, now=clock_of(command))
    problems = pk.lint(
        policy,
        firm,
        source_text=source_text,
        gaps=fail_on is not None,
        ledger=ledger_of(firm, results or RESULTS),
        records=not no_records,
    )
    say_problems(the_first(problems, {}))
    notices = {problem.notice for problem in problems}
    if any(notice.severity is Severity.ERROR for notice in notices):
        raise typer.Exit(ExitCode.BAD_INPUT)
    typer.echo(say("terminal.lint.warnings", n=len(problems)))
    raise typer.Exit(ExitCode.GATED if Notice.EXAMPLE_GAP in notices else ExitCode.OK)


def words(
    command: typer.Context, check: CheckId, folder: PolicyFolder = POLICY, organisation: OrganisationFolder = None
) -> None:
    """Print what a rule says, and the SQL that is run for it."""
    policy, firm = load(command, folder, organisation)
    found = find_check(check, policy)
    typer.echo(found.title)
    if found.method != "rule":
        typer.echo(f"\n{found.words or say(f'terminal.words.no-rule.{found.method}')}")
        return
    rule = policy.rule(check, firm)
    typer.echo(f"\n{rule.words}")
    typer.echo(f"\n{say('terminal.words.in-scope')}\n{rule.scope_sql}")
    typer.echo(f"\n{say('terminal.words.must-hold')}\n{rule.must_sql}")


def schema(out: ToWrite) -> None:
    """Write the schemas, and say which files these are."""
    from policykit.door import write_schemas

    for path in write_schemas(out):
        typer.echo(path)


def example(
    command: typer.Context, out: ToMake, folder: PolicyFolder = POLICY, as_at: MadeFor = None, replace: Replace = False
) -> None:
    """Copy the pack's made-up organisation, as it is or moved to another day."""
    from policykit.door import NotMadeError

    try:
        pk.load(folder).copy_example(out, as_at, replace=replace, now=clock_of(command))
    except NotMadeError as error:
        raise RefusedError(str(error)) from None
    typer.echo(say("terminal.example.made", path=out))
