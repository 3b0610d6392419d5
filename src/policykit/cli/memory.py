"""What is remembered of runs: `policykit history` and `policykit verify`."""

from pathlib import Path
from typing import Annotated

import typer

from policykit.cli.options import (
    POLICY,
    RESULTS,
    OrganisationFolder,
    PolicyFolder,
    ResultsFile,
    argument,
    load,
    option,
    say_problems,
)
from policykit.english import say

Item = Annotated[str | None, argument("ITEM", "item")]
Site = Annotated[Path | None, argument("SITE", "site")]
LedgerFile = Annotated[Path | None, option("--ledger", "FILE", "ledger", "ledger")]


def history(
    command: typer.Context,
    item: Item = None,
    folder: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    results: ResultsFile = None,
) -> None:
    """Print the runs, and what changed from one to the next."""
    from policykit.door import history as lines_of

    for line in lines_of(*load(command, folder, organisation), results or RESULTS, item):
        typer.echo(line)


def verify(
    command: typer.Context,
    site: Site = None,
    folder: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    results: ResultsFile = None,
    ledger: LedgerFile = None,
) -> None:
    """Say what was compared and what differs; with the ledger named, no policy is read."""
    from policykit.door import ledger_of
    from policykit.door import verify as compare

    file = results or RESULTS
    kept = ledger or ledger_of(load(command, folder, organisation)[1], file)
    found = compare(kept, file, site)
    for line in found.looked_at:
        typer.echo(line)
    say_problems(found.differs)
    said = "differs" if found.differs else "whole" if found.looked_at else "none"
    typer.echo(say(f"terminal.verify.{said}", n=len(found.differs)))
    raise typer.Exit(found.exit_code)
