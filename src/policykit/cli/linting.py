"""`policykit lint`: look for mistakes in a policy and an organisation without running a check."""

from pathlib import Path
from typing import Annotated

import typer

from policykit.cli.options import POLICY, OrganisationFolder, PolicyFolder

SourceText = Annotated[
    Path | None,
    typer.Option("--source-text", metavar="FILE", help="The guidance as supplied: compare every digest and span."),
]


def lint(
    policy: PolicyFolder = POLICY, organisation: OrganisationFolder = None, source_text: SourceText = None
) -> None:
    """Look for mistakes in a policy and an organisation. Nothing is run or written."""
    from policykit import loading
    from policykit.cli.endings import say_problems
    from policykit.cli.loaded import load
    from policykit.errors import ExitCode, Severity

    loaded = load(policy, organisation)
    problems = loading.lint(loaded.pack, loaded.organisation, source_text)
    say_problems(problems)
    if any(problem.notice.severity is Severity.ERROR for problem in problems):
        raise typer.Exit(ExitCode.BAD_INPUT)
    typer.echo(_so_many(len(problems) + len(loaded.warnings)))


def _so_many(warnings: int) -> str:
    return {0: "Nothing to report.", 1: "1 warning, no error."}.get(warnings, f"{warnings} warnings, no error.")
