"""`policykit build`: make the handbook's pages from the results of the last run."""

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from policykit.cli.options import OrganisationFolder, RefusedError, clock_of, option
from policykit.english import say, say_day

Policy = Annotated[Path | None, option("--policy", "DIR", "policy", "policy")]
Out = Annotated[Path, option("--out", "DIR", "out")]
Results = Annotated[Path | None, option("--results", "FILE", "results-to-show", "results")]
Elsewhere = Annotated[bool, option("--records-elsewhere", None, "records-elsewhere")]
HANDBOOK = Path("build/handbook")
VALID_UNTIL = "policykit-valid-until"  # the event of the extension that tells the last day on which all holds


def build(
    command: typer.Context,
    policy: Policy = None,
    organisation: OrganisationFolder = None,
    results: Results = None,
    out: Out = HANDBOOK,
    records_elsewhere: Elsewhere = False,
) -> None:
    """Build the handbook where conf.py and docs/ are, with what conf.py says unless another is named."""
    for needed in (Path("conf.py"), Path("docs")):
        if not needed.exists():
            raise RefusedError(say("terminal.build.not-here", needed=needed))
    if why := _why_not_replaced(out):
        raise RefusedError(why)
    asked = {"policykit_policy": policy, "policykit_organisation": organisation, "policykit_results": results}
    settings: dict[str, str | bool] = {name: str(path.absolute()) for name, path in asked.items() if path is not None}
    ends = _build_beside(out, settings | ({"policykit_records_elsewhere": True} if records_elsewhere else {}))
    if ends and clock_of(command)().date() > ends:
        typer.echo(say("terminal.check.ran-out", day=say_day(ends)))
    typer.echo(say("terminal.build.done", page=out / "index.html"))


def _why_not_replaced(out: Path) -> str | None:
    """Why no handbook may take the place of what is there: only an earlier handbook or an empty folder goes."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        return say("terminal.build.is-no-folder", out=out)
    if not out.exists() or not any(out.iterdir()):
        return None
    if (out / "objects.inv").is_file() and not (out / "conf.py").exists():
        return None
    return say("terminal.build.is-no-handbook", out=out)


def _build_beside(out: Path, settings: dict[str, str | bool]) -> date | None:
    """Build into a new folder beside the old one and swap: a reader never meets half a handbook.

    Gives the last day on which all that it shows holds.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        ends = _run_sphinx(fresh, out.parent / "doctrees", settings)
        _swap(fresh, out)
        return ends
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _run_sphinx(out: Path, doctrees: Path, settings: dict[str, str | bool]) -> date | None:
    from rich.console import Console
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.console import color_terminal, nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    if not (color_terminal() and sys.stderr.isatty()):
        nocolor()
    ends: list[date] = []
    bar = Console(stderr=True).status(say("terminal.progress.building"))
    with bar, patch_docutils("."), docutils_namespace():
        try:
            site = Sphinx("docs", ".", out, doctrees, "html", settings, status=None, warning=sys.stderr)
            if VALID_UNTIL in site.events.events:
                site.connect(VALID_UNTIL, lambda _, day: ends.append(day))
            site.build()
        except SphinxError as error:
            raise RefusedError(say("terminal.build.failed", why=error)) from None
    if site.statuscode:
        raise RefusedError(say("terminal.build.not-whole"))
    return ends[0] if ends else None


def _swap(fresh: Path, out: Path) -> None:
    fresh.chmod(0o755)  # a temporary folder is its owner's only; a handbook is for everybody
    if out.exists():
        old = fresh.with_name(f"{fresh.name}-old")
        out.rename(old)
        fresh.rename(out)
        shutil.rmtree(old)
    else:
        fresh.rename(out)
