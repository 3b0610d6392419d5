"""`policykit lint`: look for mistakes in a policy and an organisation without running a check."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from policykit.cli.options import POLICY, OrganisationFolder, PolicyFolder


class Faulty(StrEnum):
    """What can be looked for besides, and fails when it is found."""

    GAPS = "gaps"


SourceText = Annotated[
    Path | None,
    typer.Option("--source-text", metavar="FILE", help="The guidance as supplied: compare every digest and span."),
]
FailOn = Annotated[
    Faulty | None,
    typer.Option(
        "--fail-on",
        metavar="gaps",
        help="Also look for checks whose examples would miss a small mistake in the rule; exit code 1 if there is one.",
    ),
]


def lint(
    policy: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    source_text: SourceText = None,
    fail_on: FailOn = None,
) -> None:
    """Look for mistakes in a policy and an organisation. Nothing is run or written."""
    from policykit import reading
    from policykit.cli.endings import say_problems
    from policykit.cli.loaded import load
    from policykit.problems import ExitCode, Severity

    loaded = load(policy, organisation)
    problems = reading.lint(loaded.pack, loaded.organisation, source_text)
    gaps = reading.gaps(loaded.pack) if fail_on else ()
    say_problems((*problems, *gaps))
    if any(problem.notice.severity is Severity.ERROR for problem in problems):
        raise typer.Exit(ExitCode.BAD_INPUT)
    typer.echo(_so_many(len(problems) + len(gaps) + len(loaded.organisation.warnings)))
    raise typer.Exit(ExitCode.GATED if gaps else ExitCode.OK)


def _so_many(warnings: int) -> str:
    return {0: "Nothing to report.", 1: "1 warning, no error."}.get(warnings, f"{warnings} warnings, no error.")
