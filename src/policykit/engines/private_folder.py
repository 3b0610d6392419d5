"""A folder for records in the temporary folder: for its owner only, and gone afterwards whatever ends the run."""

import os
import secrets
import stat
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from policykit.stopping import hold, left_behind, remove

_PREFIX = "policykit-records-"


class PrivateFolder:
    """A new folder of mode 700; a lock on it says that its run lives. Its `path` is there while it is open.

    It goes when it is closed, and at the latest when Python ends. What a run leaves that was killed, the next one
    removes: every such folder of the same user that nobody holds. It may lie elsewhere, under a name of another kind.
    """

    def __init__(self, place: Path | None = None, prefix: str = _PREFIX) -> None:
        place = place or Path(tempfile.gettempdir()).resolve()
        for left in left_behind(place.glob(f"{prefix}*")):
            if stat.S_ISDIR(mode := left.lstat().st_mode) and stat.S_IMODE(mode) == stat.S_IRWXU:
                remove(left)
        while not self._make(place / f"{prefix}{secrets.token_hex(8)}"):
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    def _make(self, path: Path) -> bool:
        """False where another run took the new folder for one that is left, before it could be held."""
        held: list[int] = []
        # First of all, so that no moment is left in which an interruption would leave the folder behind.
        self.path, self.close = path, weakref.finalize(self, _remove, path, held)
        path.mkdir(mode=0o700)
        return hold(path, held)


@contextmanager
def nameless(path: Path) -> Iterator[Path]:
    """A new file that is gone from its folder as soon as it is open; gives a way to it that leads there meanwhile.

    Only Linux has such ways: elsewhere the file keeps its name until the end.
    """
    with path.open("w+b") as file:
        way = Path(f"/proc/self/fd/{file.fileno()}")
        try:
            if way.exists():
                path.unlink()
            yield way if way.exists() else path
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def for_its_owner_only() -> Iterator[None]:
    """Nobody else may read the files that are made meanwhile, whoever makes them."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _remove(path: Path, held: list[int]) -> None:
    """Remove a folder, then let go of it."""
    try:
        remove(path)
    finally:
        for each in held:
            os.close(each)
