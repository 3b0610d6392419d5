"""The file of the ledger: lines that each name the digest of the one before, appended under a lock and never changed.

Three files belong together: `runs.jsonl`; `runs.jsonl.head`, which says where it ended when the last line was safe, so
that an edit of the last line, or the loss of the file, is noticed; and `packs/`, the words of each pack that was run.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from policykit.model.canonical import canonical, sha256_of
from policykit.model.results import LedgerEnd
from policykit.problems import PolicyError, Problem, why_of
from policykit.reading import Organisation
from policykit.running.output_file import OutputFile, flush_folder, why_not_replaced

if sys.platform != "win32":
    import fcntl

ENDING, LEDGER_FILE = ".jsonl", "runs.jsonl"
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True)
class LedgerLine:
    """One line: its number, its bytes and their digest, and what it says."""

    number: int
    digest: str
    text: bytes

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """What it says; nothing where it has not what every line of its kind has."""
        with suppress(ValueError, RecursionError, KeyError, TypeError, AttributeError):
            data = from_json(self.text)  # twice as fast as json, over years of runs
            if {"n", "prev"} <= data.keys() and _FITS.get(data["kind"], bool)(data):
                return dict(data)
        return {}

    @property
    def kind(self) -> str:
        """`state`, `run`, or what a later version writes."""
        return str(self.data.get("kind", ""))


@dataclass(frozen=True)
class Ledger:
    """A ledger as it was read; where there is no file it has no lines.

    `head` is where it ended when its last line was safe, as the file beside it says.
    """

    path: Path
    lines: tuple[LedgerLine, ...]
    head: LedgerEnd | None = None

    @cached_property
    def broken(self) -> int | None:
        """The first line that does not follow from those before it, or that is not as it was written; else None."""
        states, before = set[str](), None
        for line in self.lines:
            if line.kind == "state":
                states.add(line.digest)
            knows_its_state = line.kind != "run" or line.data.get("state") in states
            if not line.kind or not knows_its_state or (line.data["n"], line.data["prev"]) != (line.number, before):
                return line.number
            before = line.digest
        return None

    def fault_at(self, end: LedgerEnd | None, more: int = 0) -> Problem | None:
        """What is wrong where it ended once with that line, and `more` lines were added then.

        Of lines that are missing all are taken for runs, but for the first of all, which is a state.
        """
        path, here = self.path.as_posix(), len(self.lines)
        if end is None or not end.n:
            return None
        if end.n + more > here:
            return Problem.at(path, 0, "ledger.missing", n=end.n + more - max(here, 1))
        digest = self.lines[end.n - 1].digest
        return None if digest == end.head else Problem.at(path, end.n, "ledger.fork", head=end.head, here=digest)

    @property
    def end(self) -> LedgerEnd:
        """Where it ends now."""
        return LedgerEnd(n=len(self.lines), head=self.lines[-1].digest if self.lines else "")

    def lines_of(self, pack: str, organisation: str) -> tuple[LedgerLine, ...]:
        """The lines of one pack and one organisation: states, and the runs on them."""
        ours, states = [], set[str]()
        for line in self.lines:
            whose = (line.data["pack"]["id"], line.data["organisation"]["id"]) if line.kind == "state" else ()
            if whose == (pack, organisation):
                states.add(line.digest)
            if line.digest in states or line.data.get("state") in states:
                ours.append(line)
        return tuple(ours)


def read_ledger(path: Path) -> Ledger:
    """The ledger in a file. A last line that was never finished does not count. Raises PolicyError.

    What is no file of ours is refused; a line that was spoilt stays, so that it can be named.
    """
    try:
        _expect_ours(path)
        data = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise refused(path, 0, "ledger.unreadable", why=why_of(error)) from None
    texts = enumerate(data.split(b"\n")[:-1], start=1)
    return Ledger(path, tuple(LedgerLine(n, sha256_of(text), text) for n, text in texts), _head_of(path))


def _expect_ours(path: Path) -> None:
    """Refuse what is no ledger; what is no file is not opened: nobody may ever write to a pipe."""
    if why := why_not_replaced(path, lambda start: start.startswith(b'{"'), "ledger.others"):
        raise PolicyError((why.at(path.as_posix(), 0),))


def _fits_run(data: Mapping[str, Any]) -> bool:
    days = [date.fromisoformat(data[key]) for key in ("today", "as_at")]
    texts = [data["state"], data["results"], data["run"], *data["duties"].values()]
    lists = [(each, 7) for each in data["checks"].values()] + [(each, 6) for each in data["registers"].values()]
    shaped = all(isinstance(each, list) and len(each) >= least for each, least in lists)
    return bool(days) and all(isinstance(text, str) for text in texts) and shaped


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "state": lambda data: isinstance(data["pack"]["id"], str) and isinstance(data["organisation"]["id"], str),
    "run": _fits_run,
}


def _head_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.head")


def _head_of(path: Path) -> LedgerEnd | None:
    with suppress(OSError, ValueError):
        return LedgerEnd.model_validate_json(_head_path(path).read_bytes(), strict=True)
    return None


# Where it may be


def ledger_of(organisation: Organisation, results: Path) -> Path:
    """The file of an organisation's ledger: the one it names in its folder, else the one beside its results.

    Raises PolicyError where it names what is no place for one.
    """
    folder, named = organisation.folder, organisation.profile.ledger
    path = results.with_name(LEDGER_FILE) if named is None else folder / named
    if named is not None and not path.resolve().is_relative_to(folder.resolve()):
        raise refused(path, 0, "ledger.outside")
    sources = (source.source for source in organisation.profile.records.values() if source.source)
    if path.suffix != ENDING or path.resolve() in {(folder / source).resolve() for source in sources}:
        raise refused(path, 0, "ledger.others")
    return path


def refused(path: Path, line: int, message: str, **places: object) -> PolicyError:
    """What is wrong with a ledger, at a line of it."""
    return PolicyError((Problem.at(path.as_posix(), line, message, **places),))


# How it grows


@contextmanager
def locked(path: Path) -> Iterator[tuple[Ledger, Callable[[list[bytes]], None]]]:
    """The ledger as it is while nobody else can change it, and what adds lines to it so that they are safe.

    A last line without an end, of somebody who was killed, is moved to `runs.jsonl.torn`. Raises PolicyError where it
    is no ledger, where the folder knows no locks, or where its end is missing; OSError where it cannot be written.
    """
    _expect_ours(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = _open_locked(path)
    try:
        _put_aside_what_is_torn(handle, path)
        ledger = read_ledger(path)
        expect_whole(ledger.fault_at(ledger.head))
        yield ledger, lambda lines: _append(handle, ledger, lines)
    finally:
        os.close(handle)


def expect_whole(fault: Problem | None) -> None:
    """Raise PolicyError where something is wrong."""
    if fault:
        raise PolicyError((fault,))


def _open_locked(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _NO_LINK, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(handle), path.lstat()):  # else somebody moved it while we waited
                return handle
        except (OSError, NameError):
            os.close(handle)
            raise refused(path, 0, "ledger.no-locks") from None
        os.close(handle)


def _put_aside_what_is_torn(handle: int, path: Path) -> None:
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if torn := data[whole:]:
        aside = os.open(path.with_name(f"{path.name}.torn"), os.O_WRONLY | os.O_CREAT | os.O_APPEND | _NO_LINK, 0o666)
        _write_all(aside, torn + b"\n")
        os.close(aside)
        os.ftruncate(handle, whole)
        os.fsync(handle)


def _append(handle: int, ledger: Ledger, lines: list[bytes]) -> None:
    size = os.fstat(handle).st_size
    try:
        _write_all(handle, b"".join(line + b"\n" for line in lines))
    except OSError:
        os.ftruncate(handle, size)  # a full disk leaves no half line behind
        raise
    flush_folder(ledger.path.parent)
    head = LedgerEnd(n=len(ledger.lines) + len(lines), head=sha256_of(lines[-1]))
    write_whole(_head_path(ledger.path), canonical(head.model_dump()) + b"\n")


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place, and put it there once it is safe. Raises OSError."""
    with OutputFile(path) as file:
        file.write(data)
        file.put()
