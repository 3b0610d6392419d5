"""`policykit words`: what a rule says, and the SQL that is run for it."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from policykit.cli.options import POLICY, OrganisationFolder, PolicyFolder

if TYPE_CHECKING:
    from policykit.rules import Check, Setting

CheckId = Annotated[str, typer.Argument(metavar="CHECK", help="The id of a check.")]


def words(check: CheckId, policy: PolicyFolder = POLICY, organisation: OrganisationFolder = None) -> None:
    """Print a rule in words, and its SQL."""
    from policykit.cli.endings import RefusedError
    from policykit.cli.loaded import load
    from policykit.loading import setting_of
    from policykit.rules import plain, words_of

    loaded = load(policy, organisation)
    found = loaded.pack.checks.get(check)
    if found is None:
        close = get_close_matches(check, loaded.pack.checks, n=1)
        raise RefusedError(f"There is no check {check}." + (f" Did you mean {close[0]}?" if close else ""))
    typer.echo(found.title)
    if found.method == "attestation":
        typer.echo("\nNo register can show it: somebody confirms it.")
        return
    setting = setting_of(loaded.pack, loaded.organisation, loaded.organisation.as_at)
    for part in (plain(words_of(found, setting)), *_in_sql(found, setting)):
        typer.echo(f"\n{part}")


def _in_sql(check: "Check", setting: "Setting") -> Iterator[str]:
    from policykit.rules import must_sql, scope_sql

    for lead, sql in (("In scope", scope_sql(check, setting)), ("Must hold", must_sql(check, setting))):
        yield f"{lead}, as SQL:\n{sql.sql(dialect='duckdb', pretty=True)}"
