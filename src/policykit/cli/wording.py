"""`policykit words`: what a rule says, and the SQL that is run for it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from policykit.cli.options import POLICY, CheckId, OrganisationFolder, PolicyFolder

if TYPE_CHECKING:
    from policykit.rules import Check, Setting

NO_RULE = {
    "attestation": "No register can show it: somebody confirms it.",
    "python": "A test function carries it out.",
}
"""What is said instead of a rule, where a check has another method."""


def words(check: CheckId, policy: PolicyFolder = POLICY, organisation: OrganisationFolder = None) -> None:
    """Print a rule in words, and its SQL."""
    from policykit.cli.loaded import find_check, load
    from policykit.reading import Ground
    from policykit.rules import plain, words_of

    loaded = load(policy, organisation)
    found = find_check(check, loaded.pack)
    typer.echo(found.title)
    if found.method != "rule":
        typer.echo(f"\n{found.words or NO_RULE[found.method]}")
        return
    setting = Ground.of(loaded.pack, loaded.organisation, loaded.organisation.as_at).setting
    for part in (plain(words_of(found, setting)), *_in_sql(found, setting)):
        typer.echo(f"\n{part}")


def _in_sql(check: "Check", setting: "Setting") -> Iterator[str]:
    from policykit.rules import must_sql, scope_sql

    for lead, sql in (("In scope", scope_sql(check, setting)), ("Must hold", must_sql(check, setting))):
        yield f"{lead}, as SQL:\n{sql.sql(dialect='duckdb', pretty=True)}"
