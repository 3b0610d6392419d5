"""The options that commands share. Light: this is read whenever `policykit --help` is."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

POLICY, RESULTS = Path("policy"), Path("build/results.json")


def read_day_option(text: str) -> date:
    """A day typed on the command line."""
    from policykit.model.scalars import read_day

    try:
        return read_day(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} {error}.") from None


PolicyFolder = Annotated[Path, typer.Option("--policy", metavar="DIR", help="The policy's folder.")]
OrganisationFolder = Annotated[
    Path | None,
    typer.Option(
        "--organisation",
        metavar="DIR",
        help="The organisation's folder.",
        show_default="the one that policy.yaml names",
    ),
]
AsAt = Annotated[
    date | None,
    typer.Option(
        "--as-at",
        metavar="DATE",
        parser=read_day_option,
        help="The day as of which everything is judged.",
        show_default="the organisation's own",
    ),
]
CheckId = Annotated[str, typer.Argument(metavar="CHECK", help="The id of a check.")]
ResultsFile = Annotated[Path, typer.Option("--results", metavar="FILE", help="Where the results are kept.")]
