"""One folder as it was given: its files as text, what was read of it, and what was wrong with its files."""

import hashlib
import os
from pathlib import Path

from policykit.problems import Notice, Problem

MOST_BYTES = 1 << 20
OTHER_ENDINGS = frozenset({".yml", ".yaml", ".md", ".markdown", ".json"})
"""Endings that look like something to be read; any other file in a folder of items is left alone."""


class Folder:
    """Reads files of one folder and never anything outside it. Collects problems instead of raising them."""

    def __init__(self, given: Path) -> None:
        self.given = given
        self.problems: list[Problem] = []
        self._root = os.path.realpath(given)
        self._read: dict[str, bytes] = {}

    @property
    def exists(self) -> bool:
        """Whether the folder is there; a problem is noted where it is not."""
        if not self.given.is_dir():
            what = "there is no such folder" if not self.given.exists() else "this is not a folder"
            self._note("", what, "give the folder's path, or create it", Notice.FILE_MISSING)
            return False
        return True

    def shown(self, name: str) -> str:
        """The path of a file in problems: the folder as it was given, then the file, with forward slashes."""
        return (self.given / name).as_posix()

    def text(self, name: str, *, required: bool = False) -> str | None:
        """The text of one file; None where there is none or it cannot be read, with a problem where that matters."""
        path = self.given / name
        if not os.path.lexists(path):
            if required:
                self._note(name, "this file is missing", "create it", Notice.FILE_MISSING)
            return None
        raw = self._bytes(name, path)
        if raw is None:
            return None
        self._read[name] = raw
        return self._decoded(name, raw)

    def noted(self, name: str) -> bool:
        """Whether something was wrong with a file as a whole."""
        return any(problem.path == self.shown(name) for problem in self.problems)

    def names(self, sub: str, ending: str, *, required: bool = False) -> tuple[str, ...]:
        """The files of one folder inside, by their ending, sorted; what looks like one of them is a problem."""
        try:
            found = sorted(entry.name for entry in os.scandir(self.given / sub) if not entry.name.startswith("."))
        except OSError:
            found = []
        for name in found:
            if Path(name).suffix in OTHER_ENDINGS - {ending}:
                remedy = f"give it the ending {ending}, or keep it elsewhere"
                self._note(f"{sub}/{name}", "this file is not read here", remedy, Notice.FILE_ENDING)
        matching = tuple(f"{sub}/{name}" for name in found if name.endswith(ending))
        if required and not matching:
            self._note(sub, f"there is no {ending} file in this folder", "add one", Notice.FILE_MISSING)
        return matching

    def digest(self) -> str:
        """SHA-256 over the path and bytes of every file read, in order of path."""
        digest = hashlib.sha256()
        for name, raw in sorted(self._read.items()):
            digest.update(f"{name}\0{len(raw)}\0".encode())
            digest.update(raw)
        return f"sha256:{digest.hexdigest()}"

    def _note(self, name: str, what: str, remedy: str, notice: Notice) -> None:
        self.problems.append(Problem(self.shown(name), 0, what, remedy, notice))

    def _bytes(self, name: str, path: Path) -> bytes | None:
        if not self._inside(name, path):
            return None
        try:
            if not path.is_file():  # a pipe would never end
                self._note(name, "this is not a file", "put a file in its place", Notice.FILE_UNREADABLE)
                return None
            with path.open("rb", buffering=0) as file:
                raw = file.read(MOST_BYTES + 1)
        except OSError:
            self._note(name, "this file cannot be opened", "see who may read it", Notice.FILE_UNREADABLE)
            return None
        if len(raw) > MOST_BYTES:
            self._note(name, "this file is larger than 1 MiB", "split it", Notice.FILE_TOO_LARGE)
            return None
        return raw

    def _inside(self, name: str, path: Path) -> bool:
        # Only links can lead out; following every path to its end would cost more than reading the files.
        if not path.is_symlink() and not path.parent.is_symlink():
            return True
        real = os.path.realpath(path)
        if os.path.commonpath([self._root, real]) == self._root:
            return True
        self._note(name, "this link leads out of the folder", "put the file itself here", Notice.FILE_OUTSIDE)
        return False

    def _decoded(self, name: str, raw: bytes) -> str | None:
        try:
            return raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            problem = Problem(
                self.shown(name), line, "this is not UTF-8", "save the file as UTF-8", Notice.FILE_ENCODING
            )
            self.problems.append(problem)
            return None
