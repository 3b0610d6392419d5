"""`policykit example`: the pack's made-up organisation, as it is or made into one of any size on any day."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policykit.cli.options import POLICY, AsAt, PolicyFolder

if TYPE_CHECKING:
    from policykit.exports.made_up import Wish

Out = Annotated[Path, typer.Argument(metavar="OUT", help="The folder to make.")]
Size = Annotated[
    int | None,
    typer.Option("--size", metavar="N", min=1, help="Copy the example until its largest register has at least N rows."),
]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="Another order of the rows, and other examples to plant.")
]
Plant = Annotated[
    list[str] | None,
    typer.Option(
        "--plant",
        metavar="CHECK=N",
        help="Plant N breaches of a check, after its failing examples; nothing else breaches then. Repeatable.",
    ),
]

_DIGITS = 18


def example(
    out: Out,
    policy: PolicyFolder = POLICY,
    as_at: AsAt = None,
    size: Size = None,
    seed: Seed = None,
    plant: Plant = None,
) -> None:
    """Copy the pack's example organisation into a new folder, or make one of any size from it."""
    from policykit.cli.endings import RefusedError
    from policykit.exports.made_up import NotMadeError, make_organisation, read_original
    from policykit.loading import load_organisation, load_pack

    if out.exists():
        raise RefusedError(f"{out} is already there: name a folder that is not.")
    wishes = [_read_wish(text) for text in plant or ()]
    pack = load_pack(policy)
    folder = policy / pack.policy.organisation
    if as_at is None and size is None and seed is None and not wishes:
        shutil.copytree(folder, out)
    else:
        organisation, _ = load_organisation(folder, pack)
        day = as_at or organisation.as_at
        try:
            base = read_original(pack, organisation)
            said = make_organisation(base, out, as_at=day, size=size or 1, seed=seed or 0, wishes=wishes)
        except NotMadeError as error:
            raise RefusedError(str(error)) from None
        for line in said:
            typer.echo(line)
    typer.echo(f"The example organisation: {out}")


def _read_wish(text: str) -> "Wish":
    from policykit.exports.made_up import Wish

    check, sign, number = text.partition("=")
    if not (sign and number.isascii() and number.isdecimal() and len(number) <= _DIGITS):
        raise typer.BadParameter(f"{text!r} is not of the form CHECK=N.", param_hint="--plant")
    return Wish(check, int(number))
