"""`policykit build`: make the handbook's pages from the results of the last run."""

import re
import stat
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from policykit.cli.options import OrganisationFolder, RefusedError, clock_of, option
from policykit.english import say, say_day
from policykit.problems import NO_ROOM, why_of
from policykit.stopping import left_behind, remove

Policy = Annotated[Path | None, option("--policy", "DIR", "policy", "policy")]
Out = Annotated[Path, option("--out", "DIR", "out")]
Results = Annotated[Path | None, option("--results", "FILE", "results-to-show", "results")]
Elsewhere = Annotated[bool, option("--records-elsewhere", None, "records-elsewhere")]
HANDBOOK = Path("build/handbook")
VALID_UNTIL = "policykit-valid-until"  # the event of the extension that tells the last day on which all holds
Ends = tuple[date, Callable[[datetime], date]]
"""The last day, and what day a moment is where the organisation is."""


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
    settings |= {"policykit_records_elsewhere": True} if records_elsewhere else {}
    for until, day_of in _build_beside(out, settings):
        if day_of(clock_of(command)()) > until:
            typer.echo(say("terminal.check.ran-out", day=say_day(until)))
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


def _build_beside(out: Path, settings: dict[str, str | bool]) -> "list[Ends]":
    """Build into a new folder beside the old one and swap: a reader never meets half a handbook.

    Gives the last day on which all that it shows holds, where it ends.
    """
    from policykit.door import PrivateFolder, put_folder

    out.parent.mkdir(parents=True, exist_ok=True)
    _tidy(out)
    try:
        with PrivateFolder(out.parent, f".{out.name}-new-") as beside:
            ends = _run_sphinx(beside.path / out.name, out.parent / "doctrees", settings)
            put_folder(beside.path / out.name, out)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        message = "terminal.build.no-room-again" if out.exists() else "terminal.build.no-room"
        raise RefusedError(say(message, why=why_of(error))) from None
    return ends


def _tidy(out: Path) -> None:
    """Put back an old handbook that a killed build took away and no more; remove what earlier versions left."""
    for old in out.parent.glob(f".{out.name}-*/{out.name}-old"):
        if (old / "objects.inv").is_file() and not out.exists() and any(left_behind([old.parent])):
            old.rename(out)
    ours = re.compile(rf"\.{re.escape(out.name)}-[a-z0-9_]{{8}}(-old)?")
    for left in left_behind(path for path in out.parent.iterdir() if ours.fullmatch(path.name) and path.is_dir()):
        is_handbook = (left / "objects.inv").is_file()
        if left.name.endswith("-old") and is_handbook and not out.exists():
            left.rename(out)
        elif is_handbook or left.name.endswith("-old") or stat.S_IMODE(left.stat().st_mode) == stat.S_IRWXU:
            remove(left)


def _run_sphinx(out: Path, doctrees: Path, settings: dict[str, str | bool]) -> "list[Ends]":
    from rich.console import Console
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.console import color_terminal, nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    if not (color_terminal() and sys.stderr.isatty()):
        nocolor()
    ends: list[Ends] = []
    bar = Console(stderr=True).status(say("terminal.progress.building"))
    with bar, patch_docutils("."), docutils_namespace():
        try:
            site = Sphinx("docs", ".", out, doctrees, "html", settings, status=None, warning=sys.stderr)
            if VALID_UNTIL in site.events.events:
                site.connect(VALID_UNTIL, lambda _, *until: ends.append(until))
            site.build()
        except SphinxError as error:
            cause = getattr(error, "orig_exc", None)  # what a handler met that Sphinx called
            refused = RefusedError(say("terminal.build.failed", why=error))
            raise cause if isinstance(cause, OSError) and cause.errno in NO_ROOM else refused from None
    if site.statuscode:
        raise RefusedError(say("terminal.build.not-whole"))
    return ends
