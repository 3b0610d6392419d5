"""What is written: what it may take the place of, which folders are no place for it, how it gets there.

A run writes results, and the private list of the keys behind the counts, which is for its owner only.
"""

import csv
import ctypes
import os
import re
import secrets
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from policykit.engines import Refused, Unit
from policykit.english import say
from policykit.model.results import CheckResult
from policykit.problems import Complaint, complaint, why_of
from policykit.rules import Check
from policykit.stopping import hold, left_behind

GIVEN_AWAY = {"policy.yaml": "running.place.of-policy", "objects.inv": "running.place.of-handbook"}
"""Files that give away what a folder is for, and the message that says it."""


# Where a file may be written


def why_not_replaced(path: Path, is_ours: Callable[[bytes], bool], otherwise: str) -> Complaint | None:
    """Why nothing may be written in the place of what stands there: only a file that begins like one of ours may go.

    A file with nothing in it may go too; of any other the message `otherwise` is said. What is no file is never opened,
    because nobody may ever write to a pipe.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return complaint("results.no-folder")
    if stat.S_ISLNK(mode):
        return complaint("results.link")
    if not stat.S_ISREG(mode):
        return complaint("results.no-file")
    with path.open("rb") as file:
        start = file.read(1000)  # so much tells a file of ours from any other
    return complaint(otherwise) if start and not is_ours(start) else None


def why_not_within(path: Path, why_not_in: Callable[[Path], str | None], message: str) -> Complaint | None:
    """The first reason against the folder of a file, links followed, or against one that this lies in, as a message."""
    folder = path.absolute().parent.resolve()
    why = next((why for each in (folder, *folder.parents) if (why := why_not_in(each))), None)
    return complaint(message, why=why) if why else None


def why_given_away(folder: Path, files: Mapping[str, str] = GIVEN_AWAY) -> str | None:
    """What a folder is there for, as one of these files in it says."""
    return next((say(message) for name, message in files.items() if (folder / name).is_file()), None)


def is_beside_conf(folder: Path) -> bool:
    """Whether a handbook is made here: `conf.py` stands beside the folder."""
    return (folder.parent / "conf.py").is_file()


def as_sentence(path: Path, why: Complaint) -> str:
    """Why a file may not be written, as a sentence."""
    return say("running.place.refused", path=path, what=why.what, remedy=why.remedy)


# How it is written


class OutputFile:
    """A file while it is made: at every moment the old file or the new one is in its place, whole.

    It is written beside its place, new and with `mode` from the first byte, and is put there by `put`; without that,
    nothing is left of it, and what a run that was killed left the next one removes. Raises OSError, in our own words,
    where it cannot be made.
    """

    def __init__(self, path: Path, mode: int = 0o666) -> None:
        self._path = path
        self._mode = mode
        self._held: list[int] = []

    def __enter__(self) -> Self:
        with self._in_words():
            of_this = re.compile(rf"\.{re.escape(self._path.name)}\.[0-9a-f]{{1,16}}\.new")
            for left in left_behind(each for each in self._path.parent.iterdir() if of_this.fullmatch(each.name)):
                if left.is_file():
                    left.unlink(missing_ok=True)
            try:
                while not self._make():
                    self._drop()
            except BaseException:
                self._drop()
                raise
        return self

    def _make(self) -> bool:
        """False where another run took the new file for one that is left, before it could be held."""
        alone = os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        self._new = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}.new")
        self._file = os.fdopen(os.open(self._new, os.O_WRONLY | alone, self._mode), "wb")
        return hold(self._new, self._held)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """An error of the system names the file that was meant, and says why as people do."""
        try:
            yield
        except OSError as error:
            why = why_of(error)
            said = say("running.place.kept", why=why) if self._path.exists() else why
            raise OSError(error.errno, said, str(self._path)) from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._drop()

    def _drop(self) -> None:
        """Leave nothing of the new file, unless it was put in its place."""
        self._new.unlink(missing_ok=True)
        with suppress(OSError, AttributeError):  # of what is dropped nothing need be written, if it was ever opened
            self._file.close()
        while self._held:
            os.close(self._held.pop())

    def write(self, text: str | bytes) -> None:
        """Add text, or bytes as they are."""
        with self._in_words():
            self._file.write(text.encode() if isinstance(text, str) else text)

    def put(self) -> None:
        """Put what was written in its place, where a power cut does not undo it."""
        with self._in_words():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()  # a file that is open cannot be moved everywhere
            self._new.replace(self._path)
        flush_folder(self._path.parent)


def flush_folder(folder: Path) -> None:
    """See to it that a new name outlives a power cut, where the system lets a folder be flushed."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def put_folder(new: Path, place: Path) -> None:
    """Put a folder in its place, whole; what stood there then stands where the new one was, or beside that.

    Where the system can exchange two names no moment is without one of both. Raises OSError.
    """
    if not (place.exists() and _exchange(new, place)):
        if place.exists():
            place.rename(new.with_name(f"{new.name}-old"))
        new.rename(place)
    flush_folder(place.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Whether two names could be exchanged in one step, as Linux can on most of its disks."""
    rename = None if sys.platform == "win32" else getattr(ctypes.CDLL(None), "renameat2", None)
    at_here, exchange = -100, 2
    return rename is not None and rename(at_here, os.fsencode(one), at_here, os.fsencode(other), exchange) == 0


# The private list

COLUMNS = ("check", "register", "key", "value", "state")
_HEADER = ",".join(f'"{name}"' for name in COLUMNS)

_PUBLISHED = {"build", "_build", "docs"}
"""Folders of these names are published, or are what is published from."""
_UNSEEN = r"[\s\ufeff\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\U000e0000-\U000e0fff]*"
_FORMULA = re.compile(
    rf"{_UNSEEN}[=+\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212\u207a\u207b\u207c]|{_UNSEEN}[\t\r\n]"
)
"""What could begin a formula, in narrow, wide, small and raised characters, after anything that is not seen."""


def why_not_here(path: Path) -> Complaint | None:
    """Why no list of keys may be written there; None where it may."""
    why = complaint("results.no-list-name") if str(path) == "-" else None
    why = why or why_not_replaced(path, _is_a_list, "results.no-list")
    why = why or why_not_within(path, _why_not_private, "results.keys")
    if why is None and not path.absolute().parent.is_dir():
        why = complaint("results.folder-missing", folder=path.parent)
    return why


def _is_a_list(start: bytes) -> bool:
    """Whether a file is an earlier list, which may be replaced: nothing else is, least of all somebody's records."""
    return start.partition(b"\n")[0].strip() == _HEADER.encode()


def _why_not_private(folder: Path) -> str | None:
    """Why a folder is not private. One that the commands are typed in may be called anything, but for a handbook's."""
    here = Path.cwd()
    outside = folder == here or folder in here.parents
    if folder.name.casefold() in _PUBLISHED and (not outside or is_beside_conf(folder)):
        return say("running.place.published", folder=folder.name)
    return why_given_away(folder)


class PrivateList(OutputFile):
    """The list while it is made: mode 600 from the first byte, and whatever is in it a spreadsheet takes for text."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, mode=0o600)
        self._rows = csv.writer(self, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self._said: dict[str, str] = {}
        self._listed: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """Make the file, new and for nobody else; raises OSError where that cannot be done."""
        super().__enter__()
        self._row(COLUMNS)
        return self

    def add(self, check: Check, units: tuple[Unit, ...] | Refused) -> None:
        """The units of a check that violate or cannot be told, and its rows that cannot be read."""
        if isinstance(units, Refused):
            self._said[check.id] = units.why
            return
        for unit in sorted(units, key=lambda unit: (unit.key, unit.value or "", unit.state)):
            self._row((check.id, check.register_ or "", unit.key, unit.value or "", unit.state))
        self._listed[check.id] = sum(unit.state != "unreadable" for unit in units)

    def keep(self, results: Iterable[CheckResult], checks: Mapping[str, Check]) -> None:
        """Write how many there are of each check that has a rule, and put the list in its place."""
        for result in results:
            if result.method == "rule":
                self._row((result.id, checks[result.id].register_ or "", "", "", self._total(result)))
        self.put()

    def _total(self, result: CheckResult) -> str:
        counts = result.counts
        if counts is None:
            return say("running.total.not-counted", outcome=result.outcome.word)
        said = say("running.total.counted", violate=counts.violate, unknown=counts.unknown)
        if counts.unreadable:
            said = say("running.total.unreadable", n=counts.unreadable, counted=said)
        if result.id in self._said:
            return say("running.total.refused", counted=said, why=self._said[result.id])
        listed = self._listed[result.id]
        whole = listed >= counts.violate + counts.unknown
        return said if whole else say("running.total.cut-off", counted=said, listed=listed)

    def _row(self, values: Iterable[str]) -> None:
        self._rows.writerow(map(as_text, values))


def as_text(value: str) -> str:
    """A value that no spreadsheet takes for a formula: an apostrophe before what could begin one, after spaces too."""
    return f"'{value}" if _FORMULA.match(value) else value
