"""What the commands are, as data: the handbook's page of commands is made from it."""

from dataclasses import dataclass


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
        Described(name, command.help or "", tuple(_described(parameter) for parameter in command.params))
        for name, command in group.commands.items()
    )
