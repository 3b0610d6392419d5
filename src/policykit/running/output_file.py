"""A file that a run writes: what it may take the place of, which folders are no place for it, and how it gets there."""

import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

GIVEN_AWAY = {
    "policy.yaml": "the folder is the policy's",
    "objects.inv": "the folder holds pages of a handbook",
}
"""Files that give away what a folder is for."""

_START = 1000
"""So many bytes at its beginning tell a file of ours from any other."""


def why_not_replaced(path: Path, noun: str, is_ours: Callable[[bytes], bool]) -> str | None:
    """Why nothing may be written in the place of what stands there: only a file that begins like one of ours may go.

    A file with nothing in it may go too. What is no file is never opened, because nobody may ever write to a pipe.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return f"{path} has no place - name a file in a folder."
    if stat.S_ISLNK(mode):
        return f"{path} is a link - name the file itself."
    if not stat.S_ISREG(mode):
        return f"{path} is not a file - name one."
    with path.open("rb") as file:
        start = file.read(_START)
    return f"{path} is there already, and is no {noun} - name another file." if start and not is_ours(start) else None


def why_not_within(path: Path, why_not_in: Callable[[Path], str | None]) -> str | None:
    """The first reason against the folder of a file, links followed, or against one that this lies in."""
    folder = path.absolute().parent.resolve()
    return next((why for each in (folder, *folder.parents) if (why := why_not_in(each))), None)


def why_given_away(folder: Path, files: Iterable[tuple[str, str]] = GIVEN_AWAY.items()) -> str | None:
    """What a folder is there for, as one of these files in it says."""
    return next((why for name, why in files if (folder / name).is_file()), None)


def is_beside_conf(folder: Path) -> bool:
    """Whether a handbook is made here: `conf.py` stands beside the folder."""
    return (folder.parent / "conf.py").is_file()


class OutputFile:
    """A text file while it is made: at every moment the old file or the new one is in its place, whole.

    It is written beside its place, new and with `mode` from the first byte, and is put there by `put`; without that,
    nothing is left of it. Raises OSError where it cannot be made.
    """

    def __init__(self, path: Path, mode: int = 0o666) -> None:
        self._path = path
        self._new = path.with_name(f".{path.name}.{os.getpid()}.new")
        self._mode = mode

    def __enter__(self) -> Self:
        self._new.unlink(missing_ok=True)  # a process of the same number was killed
        alone = os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(self._new, os.O_WRONLY | alone, self._mode)
        self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()
        self._new.unlink(missing_ok=True)

    def write(self, text: str) -> None:
        """Add to the text."""
        self._file.write(text)

    def put(self) -> None:
        """Put what was written in its place, where a power cut does not undo it."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()  # a file that is open cannot be moved everywhere
        self._new.replace(self._path)
        _flush_folder(self._path.parent)


def _flush_folder(folder: Path) -> None:
    """See to it that a new name outlives a power cut, where the system lets a folder be flushed."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
