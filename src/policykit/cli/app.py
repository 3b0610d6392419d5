"""The commands, each registered here and nowhere else."""

import typer

from policykit.cli.building import build
from policykit.cli.checking import check
from policykit.cli.copying import example
from policykit.cli.linting import lint
from policykit.cli.proving import prove
from policykit.cli.schemas import schema
from policykit.cli.whying import why
from policykit.cli.wording import words

app = typer.Typer(
    name="policykit",
    help="Guidance as duties, their legal basis and the checks that prove them.",
    epilog="Exit codes: 0 all well, 1 a gated outcome, 2 the input is wrong, 3 a check could not be carried out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for command in (check, build, lint, words, prove, why, schema, example):
    app.command()(command)
