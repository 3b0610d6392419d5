"""A folder for records in the temporary folder: for its owner only, and gone afterwards whatever ends the run."""

import os
import secrets
import shutil
import stat
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

if sys.platform != "win32":
    import fcntl

_LOCKS = sys.platform != "win32"  # where a system has no locks on folders, nobody removes what is left
_PREFIX = "policykit-records-"


class PrivateFolder:
    """A new folder of mode 700; a lock on it says that its run lives. Its `path` is there while it is open.

    It goes when it is closed, and at the latest when Python ends. What a run leaves that was killed, the next one
    removes: every such folder of the same user that nobody holds. It may lie elsewhere, under a name of another kind.
    """

    def __init__(self, place: Path | None = None, prefix: str = _PREFIX) -> None:
        place = place or Path(tempfile.gettempdir()).resolve()
        _clear(place, prefix)
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
        if not _LOCKS:
            return True
        with suppress(FileNotFoundError):
            held.append(_open(path))
            return _hold(held[0]) and path.exists()
        return False


@contextmanager
def for_its_owner_only() -> Iterator[None]:
    """Nobody else may read the files that are made meanwhile, whoever makes them."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _remove(path: Path, held: list[int]) -> None:
    """Remove a folder, then let go of it. Who is interrupted meanwhile removes it all the same, and only then stops."""
    try:
        shutil.rmtree(path, ignore_errors=True)
    except KeyboardInterrupt:
        shutil.rmtree(path, ignore_errors=True)
        raise
    finally:
        for each in held:
            os.close(each)


def _clear(place: Path, prefix: str) -> None:
    """Remove what killed runs left; what cannot be looked at, or is not ours, stays."""
    for left in place.glob(f"{prefix}*") if _LOCKS else ():
        with suppress(OSError):
            _remove_unless_held(left)


def _remove_unless_held(path: Path) -> None:
    """Remove a folder of this user's runs that nobody holds; raises OSError for what is no folder."""
    held = _open(path)
    try:
        found = os.fstat(held)
        if (found.st_uid, stat.S_IMODE(found.st_mode)) == (os.geteuid(), 0o700) and _hold(held):
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(held)


def _open(path: Path) -> int:
    """A folder itself, never one that a link leads to."""
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _hold(folder: int) -> bool:
    """Whether nobody else holds an open folder: then we do. The system lets go when we end, however we end."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
