"""A very small made-up pack that tests copy, change and build: the handbook of lending ladders."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sites import ROOT, run

LADDERS = Path(__file__).parent / "packs" / "ladders"


@dataclass(frozen=True)
class Project:
    """A copy of the pack with its conf.py, docs, organisation and, once `check` ran, results."""

    folder: Path

    @classmethod
    def copied_to(cls, folder: Path) -> "Project":
        """A fresh copy; `folder` must not exist yet."""
        shutil.copytree(LADDERS, folder)
        return cls(folder)

    @classmethod
    def real_copied_to(cls, folder: Path) -> "Project":
        """A fresh copy of the real handbook, all that it is made from; the example keeps its fixed day."""
        for name in ("docs", "policy"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "conf.py", folder)
        project = cls(folder)
        project.replace("conf.py", "build/example", "policy/example")
        return project

    def read(self, file: str) -> str:
        """The text of one of its files."""
        return (self.folder / file).read_text("utf-8")

    def write(self, file: str, text: str) -> None:
        """Write one of its files, made or replaced."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        """Change a text in one of its files; it must be there."""
        text = self.read(file)
        assert old in text, f"{file} has no {old!r}"
        self.write(file, text.replace(old, new))

    def check(self) -> None:
        """Run its checks and keep the results where its conf.py looks for them."""
        where = ("--policy", self.folder / "policy", "--results", self.folder / "build" / "results.json")
        checked = run("policykit", "check", *where, cwd=self.folder)
        assert checked.returncode in {0, 1, 3}, checked.stdout + checked.stderr

    def build(self, out: str = "out", reading: str = "read", *, processes: int = 1, **settings: str) -> "Built":
        """Build its handbook in this process; `reading` is the folder that remembers what was read."""
        from sphinx.application import Sphinx  # noqa: PLC0415 - most tests start without Sphinx

        said = io.StringIO()
        with _own_docutils(), redirect_stderr(said):
            app = Sphinx(
                self.folder / "docs",
                self.folder,
                self.folder / out,
                self.folder / reading,
                "html",
                settings,
                status=None,
                warning=said,
                warningiserror=True,
                parallel=processes,
            )
            app.config.nitpicky = True
            app.build()
        return Built(self.folder / out, _plain(said.getvalue()))

    def build_apart(self, *options: object, out: str = "out", reading: str = "read", **environment: str) -> "Finished":
        """Build its handbook as its users do, in a process of its own."""
        command = [sys.executable, "-m", "sphinx", "-n", "-W", "-q", "-d", reading, "-c", ".", *options, "docs", out]
        return self.run(*command, **environment)

    def run(self, *command: object, **environment: str) -> "Finished":
        """Run a command in its folder."""
        done = subprocess.run(
            [*map(str, command)],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return Finished(done.returncode, _plain(done.stdout + done.stderr))


@dataclass(frozen=True)
class Finished:
    """How a command ended, and what it said."""

    code: int
    said: str


@dataclass(frozen=True)
class Built:
    """A built handbook and the warnings that were said on the way."""

    folder: Path
    warnings: str

    def page(self, name: str) -> str:
        """The HTML of one page."""
        return (self.folder / f"{name}.html").read_text("utf-8")

    @property
    def needs(self) -> dict[str, dict[str, Any]]:
        """The needs of needs.json by id."""
        exchanged = json.loads((self.folder / "needs.json").read_text("utf-8"))
        needs: dict[str, dict[str, Any]] = exchanged["versions"][exchanged["current_version"]]["needs"]
        return needs

    @property
    def pages(self) -> tuple[Path, ...]:
        """Every page."""
        return tuple(sorted(self.folder.rglob("*.html")))


def digests(folder: Path) -> Mapping[str, str]:
    """Every file below a folder with a digest of its bytes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@contextmanager
def _own_docutils() -> Iterator[None]:
    """Leave no directive behind for the next build in this process, and do not fail over what sphinx-needs asks for."""
    from sphinx.util.docutils import docutils_namespace, patch_docutils  # noqa: PLC0415 - as above

    with patch_docutils(), docutils_namespace(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r".*\.app' is deprecated")
        yield
