"""The options that commands share, and the folders and checks that they name.

Light: this is read whenever `policykit --help` is.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import policykit as pk
from policykit.cli.errors import RefusedError, say_problems
from policykit.english import say
from policykit.problems import nearest

if TYPE_CHECKING:
    from policykit.door import Check

POLICY, RESULTS = Path("policy"), Path("build/results.json")


def read_day_option(text: str) -> date:
    """A day typed on the command line."""
    from policykit.model.scalars import read_day

    try:
        return read_day(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} {error}.") from None


PolicyFolder = Annotated[Path, typer.Option("--policy", metavar="DIR", help=say("terminal.option.policy"))]
OrganisationFolder = Annotated[
    Path | None,
    typer.Option(
        "--organisation",
        metavar="DIR",
        help=say("terminal.option.organisation"),
        show_default=say("terminal.default.organisation"),
    ),
]
AsAt = Annotated[
    date | None,
    typer.Option(
        "--as-at",
        metavar="DATE",
        parser=read_day_option,
        help=say("terminal.option.as-at"),
        show_default=say("terminal.default.as-at"),
    ),
]
CheckId = Annotated[str, typer.Argument(metavar="CHECK", help=say("terminal.option.check-id"))]
ResultsFile = Annotated[Path, typer.Option("--results", metavar="FILE", help=say("terminal.option.results"))]


def load(folder: Path, organisation: Path | None) -> tuple["pk.Policy", "pk.Organisation"]:
    """Load both folders; warnings are said, everything else is raised as PolicyError."""
    policy = pk.load(folder)
    found = policy.organisation(organisation)
    say_problems(found.warnings)
    return policy, found


def find_check(name: str, policy: "pk.Policy") -> "Check":
    """The check with that id; raises RefusedError, with the nearest id there is."""
    if name in policy.checks:
        return policy.checks[name]
    if close := nearest(name, policy.checks):
        raise RefusedError(say("terminal.error.no-check-but", check=name, nearest=close))
    raise RefusedError(say("terminal.error.no-check", check=name))
