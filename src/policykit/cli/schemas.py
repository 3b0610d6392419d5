"""`policykit schema`: the JSON Schema of every file format, for editors."""

import json
from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write to.")]


def schema(out: Out) -> None:
    """Write the JSON Schema of every file format, for editors that complete and check."""
    from policykit.exports.schemas import schemas

    out.mkdir(parents=True, exist_ok=True)
    for name, content in schemas().items():
        (out / f"{name}.schema.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
    typer.echo(f"The schemas: {out}")
