"""How commands end badly: plain sentences on the error stream and an exit code, never a traceback."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import typer

from policykit.english import say
from policykit.problems import ExitCode, PolicyError, Problem


class RefusedError(Exception):
    """Something the user asked for cannot be done: one plain sentence, and the exit code of that."""

    def __init__(self, sentence: str, code: ExitCode = ExitCode.BAD_INPUT) -> None:
        self.code = code
        super().__init__(sentence)


def end(error: Exception) -> ExitCode:
    """Say what went wrong, and with which exit code the command leaves."""
    match error:
        case PolicyError(problems=problems):
            say_problems(problems)
            return ExitCode.BAD_INPUT
        case RefusedError(code=code):
            typer.echo(str(error), err=True)
            return code
        case OSError(filename=str() | Path() as path, strerror=str() as why):
            typer.echo(say("terminal.error.system", path=path, why=why), err=True)
            return ExitCode.BAD_INPUT
        case _:
            typer.echo(say("door.error.of-our-own", kind=type(error).__name__), err=True)
            return ExitCode.CHECK_ERROR


def say_stopped() -> None:
    """Whoever told us to stop may be the terminal itself, which then hears no more."""
    with suppress(OSError):
        typer.echo(say("terminal.error.stopped"), err=True)


def say_problems(problems: Iterable[Problem]) -> None:
    """One line for each problem."""
    for problem in problems:
        typer.echo(str(problem), err=True)
