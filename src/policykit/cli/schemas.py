"""`policykit schema`: the JSON Schema of every file format, for editors."""

from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write to.")]


def schema(out: Out) -> None:
    """Write the JSON Schema of every file format, for editors that complete and check."""
    from policykit.exports import write_schemas

    for path in write_schemas(out):
        typer.echo(path)
