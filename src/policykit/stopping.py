"""Being asked to stop from outside: the signals that end a program let it clear up first, as Ctrl-C does."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

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
