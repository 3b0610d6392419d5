"""`policykit example`: the pack's made-up organisation, as it is or on another day."""

from pathlib import Path
from typing import Annotated

import typer

from policykit.cli.options import POLICY, AsAt, PolicyFolder

Out = Annotated[Path, typer.Argument(metavar="OUT", help="The folder to make.")]


def example(out: Out, policy: PolicyFolder = POLICY, as_at: AsAt = None) -> None:
    """Copy the pack's example organisation into a new folder, to change it into one's own."""
    from policykit.cli.endings import RefusedError
    from policykit.exports import NotMadeError, copy_example
    from policykit.reading import load_organisation, load_pack

    if out.exists():
        raise RefusedError(f"{out} is already there: name a folder that is not.")
    pack = load_pack(policy)
    organisation = load_organisation(policy / pack.policy.organisation, pack)
    try:
        copy_example(pack, organisation, out, as_at)
    except NotMadeError as error:
        raise RefusedError(str(error)) from None
    typer.echo(f"The example organisation: {out}")
