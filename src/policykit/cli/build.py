"""`policykit build`: make the handbook's pages from the results of the last run."""

import ctypes
import os
import re
import secrets
import stat
import sys
from pathlib import Path
from typing import Annotated

import typer

from policykit.cli.options import OrganisationFolder, RefusedError, option
from policykit.english import say
from policykit.problems import NO_ROOM, why_of
from policykit.stopping import hold, left_behind, remove

Policy = Annotated[Path | None, option("--policy", "DIR", "policy", "policy")]
Out = Annotated[Path, option("--out", "DIR", "out")]
Results = Annotated[Path | None, option("--results", "FILE", "results-to-show", "results")]
HANDBOOK = Path("build/handbook")

_HERE, _EXCHANGE = -100, 2  # as the systems number them: a path from the folder we are in; two names change places


def build(
    policy: Policy = None, organisation: OrganisationFolder = None, results: Results = None, out: Out = HANDBOOK
) -> None:
    """Build the handbook where conf.py and docs/ are, with what conf.py says unless another is named."""
    for needed in (Path("conf.py"), Path("docs")):
        if not needed.exists():
            raise RefusedError(say("terminal.build.not-here", needed=needed))
    if why := _why_not_replaced(out):
        raise RefusedError(why)
    asked = {"policykit_policy": policy, "policykit_organisation": organisation, "policykit_results": results}
    _build_beside(out, {name: str(path.absolute()) for name, path in asked.items() if path is not None})
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


def _build_beside(out: Path, settings: dict[str, str]) -> None:
    """Build into a new folder beside the old one and swap: a reader never meets half a handbook."""
    out.parent.mkdir(parents=True, exist_ok=True)
    _tidy(out)
    fresh, held = out.with_name(f".{out.name}-{secrets.token_hex(8)}"), list[int]()
    try:
        fresh.mkdir(mode=stat.S_IRWXU)
        while not hold(fresh, held):
            fresh.mkdir(mode=stat.S_IRWXU, exist_ok=True)
        _run_sphinx(fresh, out.parent / "doctrees", settings)
        _swap(fresh, out, held)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        message = "terminal.build.no-room-again" if out.exists() else "terminal.build.no-room"
        raise RefusedError(say(message, why=why_of(error))) from None
    finally:
        remove(fresh)
        for each in held:
            os.close(each)


def _tidy(out: Path) -> None:
    """Remove what builds left that were killed; an old handbook goes back where a build took it away and no more."""
    ours = re.compile(rf"\.{re.escape(out.name)}-[a-z0-9_]{{8,16}}(-old)?")
    found = [path for path in out.parent.iterdir() if ours.fullmatch(path.name) and path.is_dir()]
    for left in left_behind(sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)):
        is_handbook = (left / "objects.inv").is_file()
        if left.name.endswith("-old") and is_handbook and not out.exists():
            left.rename(out)
        elif is_handbook or left.name.endswith("-old") or stat.S_IMODE(left.stat().st_mode) == stat.S_IRWXU:
            remove(left)


def _run_sphinx(out: Path, doctrees: Path, settings: dict[str, str]) -> None:
    from rich.console import Console
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.console import color_terminal, nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    if not (color_terminal() and sys.stderr.isatty()):
        nocolor()
    bar = Console(stderr=True).status(say("terminal.progress.building"))
    with bar, patch_docutils("."), docutils_namespace():
        try:
            site = Sphinx("docs", ".", out, doctrees, "html", settings, status=None, warning=sys.stderr)
            site.build()
        except SphinxError as error:
            cause = getattr(error, "orig_exc", None)  # what a handler met that Sphinx called
            refused = RefusedError(say("terminal.build.failed", why=error))
            raise cause if isinstance(cause, OSError) and cause.errno in NO_ROOM else refused from None
    if site.statuscode:
        raise RefusedError(say("terminal.build.not-whole"))


def _swap(fresh: Path, out: Path, held: list[int]) -> None:
    """Put the new handbook in the place of the old one: in one step, where the system has one for that.

    Where it has none there is no handbook for a moment; who is killed in it leaves the old one for `_tidy`.
    """
    fresh.chmod(0o755)  # a temporary folder is its owner's only; a handbook is for everybody
    if not out.exists():
        fresh.rename(out)
    elif _exchange(fresh, out):
        fresh.chmod(stat.S_IRWXU)  # the old one now, known by this as one to be removed
    else:
        hold(out, held)
        old = fresh.with_name(f"{fresh.name}-old")
        out.rename(old)
        fresh.rename(out)
        remove(old)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system, or the disk, cannot do that."""
    if sys.platform == "win32":
        return False
    system, names = ctypes.CDLL(None), (os.fsencode(one), os.fsencode(other))
    if hasattr(system, "renameat2"):  # Linux
        return bool(system.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
    return hasattr(system, "renamex_np") and bool(system.renamex_np(*names, _EXCHANGE) == 0)  # macOS
