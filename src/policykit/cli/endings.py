"""How commands end badly: plain sentences on the error stream and an exit code, never a traceback."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import typer

from policykit.problems import ExitCode, PolicyError, Problem


class RefusedError(Exception):
    """Something the user asked for cannot be done: one plain sentence."""


def end(error: Exception) -> ExitCode:
    """Say what went wrong, and with which exit code the command leaves."""
    match error:
        case PolicyError(problems=problems):
            say_problems(problems)
            return ExitCode.BAD_INPUT
        case RefusedError():
            typer.echo(str(error), err=True)
            return ExitCode.BAD_INPUT
        case OSError(filename=str() | Path() as path, strerror=str() as why):
            typer.echo(f"{path}: {why}.", err=True)
            return ExitCode.BAD_INPUT
        case _:
            name = type(error).__name__
            typer.echo(f"policykit stopped on an error of its own ({name}).", err=True)
            return ExitCode.CHECK_ERROR


def say_stopped() -> None:
    """Whoever told us to stop may be the terminal itself, which then hears no more."""
    with suppress(OSError):
        typer.echo("Stopped before the end, as the system asked.", err=True)


def say_problems(problems: Iterable[Problem]) -> None:
    """One line for each problem."""
    for problem in problems:
        typer.echo(str(problem), err=True)
