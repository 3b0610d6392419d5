"""What commands share: their options, the folders and checks that these name, and how they refuse.

Light: this is read whenever `policykit --help` is.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import policykit as pk
from policykit.english import say
from policykit.problems import ExitCode, Problem, nearest, the_first

if TYPE_CHECKING:
    from policykit.door import Check, Clock

POLICY, RESULTS = Path("policy"), Path("build/results.json")
"""Where a policy is, and where results are kept, unless something else is said."""


class RefusedError(Exception):
    """Something the user asked for cannot be done: one plain sentence, and the exit code of that."""

    def __init__(self, sentence: str, code: ExitCode = ExitCode.BAD_INPUT) -> None:
        self.code = code
        super().__init__(sentence)


def say_problems(problems: Iterable[Problem]) -> None:
    """One line for each problem, on the error stream."""
    for problem in problems:
        typer.echo(str(problem), err=True)


def argument(metavar: str, means: str) -> Any:  # noqa: ANN401 - as Typer has it
    """An argument of a command; the catalogue says what it means."""
    return typer.Argument(metavar=metavar, help=say(f"terminal.option.{means}"))


def option(flag: str, metavar: str | None, means: str, usual: str | None = None, **more: Any) -> Any:  # noqa: ANN401 - as Typer has it
    """An option of a command; the catalogue says what it means, and what it is where nobody gives it."""
    shown = True if usual is None else say(f"terminal.default.{usual}")
    return typer.Option(flag, metavar=metavar, help=say(f"terminal.option.{means}"), show_default=shown, **more)


def read_day_option(text: str) -> date:
    """A day typed on the command line."""
    from policykit.model.scalars import read_day

    try:
        return read_day(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} {error}.") from None


PolicyFolder = Annotated[Path, option("--policy", "DIR", "policy")]
OrganisationFolder = Annotated[Path | None, option("--organisation", "DIR", "organisation", "organisation")]
AsAt = Annotated[date | None, option("--as-at", "DATE", "as-at", "as-at", parser=read_day_option)]
CheckId = Annotated[str, argument("CHECK", "check-id")]
ResultsFile = Annotated[Path | None, option("--results", "FILE", "results", "kept-results")]


def clock_of(command: typer.Context) -> "Clock":
    """What tells the time to a command: what `main` was given, or the system."""
    from policykit.door import clock

    told: Clock = command.obj or clock
    return told


def load(command: typer.Context, folder: Path, organisation: Path | None) -> tuple["pk.Policy", "pk.Organisation"]:
    """Load both folders; warnings are said, everything else is raised as PolicyError."""
    policy = pk.load(folder)
    found = policy.organisation(organisation, now=clock_of(command))
    say_problems(the_first(found.warnings, {}))
    return policy, found


def find_check(name: str, policy: "pk.Policy") -> "Check":
    """The check with that id; raises RefusedError, with the nearest id there is."""
    if name in policy.checks:
        return policy.checks[name]
    if close := nearest(name, policy.checks):
        raise RefusedError(say("terminal.error.no-check-but", check=name, nearest=close))
    raise RefusedError(say("terminal.error.no-check", check=name))
