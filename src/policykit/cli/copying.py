"""`policykit example`: a copy of the pack's made-up organisation, to put one's own records in."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from policykit.cli.options import POLICY, PolicyFolder

Out = Annotated[Path, typer.Argument(metavar="OUT", help="The folder to make.")]


def example(out: Out, policy: PolicyFolder = POLICY) -> None:
    """Copy the pack's example organisation into a new folder."""
    from policykit.cli.endings import RefusedError
    from policykit.loading import load_pack

    if out.exists():
        raise RefusedError(f"{out} is already there: name a folder that is not.")
    shutil.copytree(policy / load_pack(policy).policy.organisation, out)
    typer.echo(f"The example organisation: {out}")
