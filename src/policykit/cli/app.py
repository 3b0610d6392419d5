"""The commands, each registered here and nowhere else: how they begin and end, and what the handbook says of them.

However one ends, there are plain sentences on the error stream and an exit code, never a traceback.
"""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
import typer.main

from policykit.cli.authoring import example, lint, schema, words
from policykit.cli.build import build
from policykit.cli.check import check
from policykit.cli.memory import history, verify
from policykit.cli.options import RefusedError, say_problems
from policykit.cli.prove import prove
from policykit.cli.why import why
from policykit.english import say
from policykit.problems import ExitCode, PolicyError, why_of
from policykit.stopping import clearing_up_first

if TYPE_CHECKING:
    from policykit.door import Clock

app = typer.Typer(
    name="policykit",
    help=say("terminal.app.help"),
    epilog=say("terminal.app.epilog"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for command in (check, build, history, verify, lint, words, prove, why, schema, example):
    app.command(help=say(f"terminal.command.{command.__name__}"))(command)


def main(now: "Clock | None" = None) -> None:
    """Run the command that was typed, and leave with its exit code; told to stop, with that of an interrupted run.

    `now` says what time it is to everything that the command does; without it, the system does.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who called us: nobody listens, and no other file may take its number
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "r" if name == "stdin" else "w"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a mark that the terminal cannot print is no reason to stop
            stream.reconfigure(errors="replace")
    code = _run(now)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or end(error)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would try again, and say so
    sys.exit(code)


def _run(now: "Clock | None") -> int | str | None:
    """Run the command that was typed: its exit code."""
    with clearing_up_first() as came:
        try:
            app(obj=now)
        except BaseException as error:  # the last place before a traceback, which could show a row
            if came:
                with suppress(OSError):  # who told us to stop may be the terminal itself, which then hears no more
                    typer.echo(say("terminal.error.stopped"), err=True)
                return ExitCode.CHECK_ERROR
            if isinstance(error, SystemExit):
                return error.code
            if isinstance(error, Exception):
                return end(error)
            raise
    return ExitCode.OK


def end(error: Exception) -> ExitCode:
    """Say what went wrong, and with which exit code the command leaves."""
    match error:
        case PolicyError(problems=problems):
            say_problems(problems)
            return ExitCode.BAD_INPUT
        case RefusedError(code=code):
            typer.echo(str(error), err=True)
            return code
        case OSError(filename=str() | Path() as path):
            typer.echo(say("terminal.error.system", path=path, why=why_of(error)), err=True)
            return ExitCode.BAD_INPUT
        case OSError(errno=int()):  # of no file that was named: what is printed
            typer.echo(say("terminal.error.output", why=why_of(error)), err=True)
            return ExitCode.BAD_INPUT
        case _:
            typer.echo(say("door.error.of-our-own", kind=type(error).__name__), err=True)
            return ExitCode.CHECK_ERROR


@dataclass(frozen=True)
class CommandHelp:
    """One command: its name, what it does, and its arguments and options with what they mean."""

    name: str
    help: str
    options: tuple[tuple[str, str], ...]


def describe() -> tuple[CommandHelp, ...]:
    """Every command, in the order of `policykit --help`."""
    commands = typer.main.get_group(app).commands
    return tuple(
        CommandHelp(name, command.help or "", tuple(_option(parameter) for parameter in command.params))
        for name, command in commands.items()
    )


def _option(parameter: Any) -> tuple[str, str]:  # noqa: ANN401 - Typer keeps its own parameter classes to itself
    if parameter.param_type_name == "argument":
        return parameter.metavar, parameter.help
    written = " ".join(filter(None, [*parameter.opts, parameter.metavar]))
    usual = parameter.show_default if isinstance(parameter.show_default, str) else parameter.default
    if usual is None or parameter.is_flag:
        return written, parameter.help
    return written, say("terminal.option.with-default", help=parameter.help, usual=usual)
