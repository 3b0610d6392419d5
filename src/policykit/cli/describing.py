"""What the commands are, as data: the handbook's page of commands is made from it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Described:
    """One command: its name, what it does, and its arguments and options with what they mean."""

    name: str
    help: str
    options: tuple[tuple[str, str], ...]


def describe() -> tuple[Described, ...]:
    """Every command, in the order of `policykit --help`."""
    import typer.main

    from policykit.cli.app import app

    group = typer.main.get_group(app)
    return tuple(
        Described(name, command.help or "", tuple(_said(parameter) for parameter in command.params))
        for name, command in group.commands.items()
    )


def _said(parameter: Any) -> tuple[str, str]:  # noqa: ANN401 - Typer keeps its own parameter classes to itself
    if parameter.param_type_name == "argument":
        return parameter.metavar, parameter.help
    usual = parameter.show_default if isinstance(parameter.show_default, str) else parameter.default
    default = "" if usual is None or parameter.is_flag else f" Default: {usual}."
    return " ".join(filter(None, [*parameter.opts, parameter.metavar])), f"{parameter.help}{default}"
