"""Runs that end before their time: signals let them clear up first, and what they still leave the next ones find.

Who makes a file or folder that is not to stay holds it by a lock. The system lets go of that however a run ends, so
what nobody holds is left. The number of a process would not do: another may have it, also one in another container.
"""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

if sys.platform != "win32":
    import fcntl

_LOCKS = sys.platform != "win32"  # where a system has no locks on folders, nobody finds what is left
_NAMES = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""A time that is over, a terminal that is closed, a program told to end. Not every system has all of them."""


@contextmanager
def clearing_up_first() -> Iterator[list[int]]:
    """Meanwhile the first such signal raises KeyboardInterrupt in the main thread, and the others do nothing.

    Gives the list of the signals that came, which grows. A signal that somebody else handles, or ignores as `nohup`
    does, stays theirs; and afterwards each is as it was.
    """
    came: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        if len(came) == 1:
            raise KeyboardInterrupt

    ours = _unhandled() if threading.current_thread() is threading.main_thread() else []
    try:
        for each in ours:
            signal.signal(each, stop)
        yield came
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)


def _unhandled() -> list[signal.Signals]:
    known = (getattr(signal, name, None) for name in _NAMES)
    return [each for each in known if each is not None and signal.getsignal(each) is signal.SIG_DFL]


def hold(path: Path, held: list[int]) -> bool:
    """Hold a new file or folder: its handle is added to those `held`, and held until that is closed.

    False where another run took it for one that is left before it could be held. Where a system, or a disk of another
    machine, has no locks, nothing is held and nothing is ever found.
    """
    if not _LOCKS:
        return True
    try:
        handle = _open(path)
    except FileNotFoundError:
        return False
    held.append(handle)
    try:
        return _lock(handle) and path.exists()
    except OSError:
        return True


def left_behind(found: Iterable[Path]) -> Iterator[Path]:
    """Which of these files and folders are this user's and held by nobody; each is held while it is looked at."""
    for path in found if _LOCKS else ():
        with suppress(OSError):
            handle = _open(path)
            try:
                if os.fstat(handle).st_uid == os.geteuid() and _lock(handle):
                    yield path
            finally:
                os.close(handle)


def remove(folder: Path) -> None:
    """Remove a folder. Who is interrupted meanwhile removes it all the same, and only then stops."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _open(path: Path) -> int:
    """A file or folder itself, never one that a link leads to; a pipe is not waited for."""
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)


def _lock(handle: int) -> bool:
    """Whether nobody else holds what is open: then we do. Raises OSError where there are no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
