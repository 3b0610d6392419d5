"""What is remembered of runs: `policykit history` and `policykit verify`."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

import policykit as pk
from policykit.cli.options import (
    POLICY,
    RESULTS,
    PolicyFolder,
    ResultsFile,
    argument,
    load,
    option,
    say_problems,
)
from policykit.english import say

Whose = Annotated[Path | None, option("--organisation", "DIR", "organisation", "remembered")]
Item = Annotated[str | None, argument("ITEM", "item")]
Site = Annotated[Path | None, argument("SITE", "site")]
LedgerFile = Annotated[Path | None, option("--ledger", "FILE", "ledger", "ledger")]


def _whose(results: Path, folder: Path) -> Path | None:
    """The folder of the organisation that results are of; None where they cannot be read, or it is not there."""
    from policykit.door import read_results

    with suppress(pk.PolicyError):
        named = read_results(results).run.organisation.folder
        there = folder.absolute().parent / (named or "")
        return there if named and there.is_dir() else None
    return None


def history(
    command: typer.Context,
    item: Item = None,
    folder: PolicyFolder = POLICY,
    organisation: Whose = None,
    results: ResultsFile = None,
) -> None:
    """Print the runs, and what changed from one to the next."""
    from policykit.door import history as lines_of

    file = results or RESULTS
    for line in lines_of(*load(command, folder, organisation or _whose(file, folder)), file, item):
        typer.echo(line)


def verify(
    command: typer.Context,
    site: Site = None,
    folder: PolicyFolder = POLICY,
    organisation: Whose = None,
    results: ResultsFile = None,
    ledger: LedgerFile = None,
) -> None:
    """Say what was compared and what differs; with the ledger named, no policy is read."""
    from policykit.door import ledger_of
    from policykit.door import verify as compare

    file = results or RESULTS
    kept = ledger or ledger_of(load(command, folder, organisation or _whose(file, folder))[1], file)
    found = compare(kept, file, site)
    for line in found.looked_at:
        typer.echo(line)
    say_problems(found.differs)
    said = "differs" if found.differs else "whole" if found.looked_at else "none"
    typer.echo(say(f"terminal.verify.{said}", n=len(found.differs)))
    raise typer.Exit(found.exit_code)
