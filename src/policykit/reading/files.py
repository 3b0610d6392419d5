"""Files of one folder: their text, and the items in them, each a noun with its place or remembered as failed."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from policykit.problems import MOST_OF_A_FILE, PolicyError, Problem, complaint
from policykit.reading.shapes import shape
from policykit.reading.yaml import Composed, Data, Lines, compose

MOST_BYTES = 1 << 20
OTHER_ENDINGS = frozenset({".yml", ".yaml", ".md", ".markdown", ".json"})
"""Endings that look like something to be read; any other file in a folder of items is left alone."""

M = TypeVar("M", bound=BaseModel)
N = TypeVar("N", bound=BaseModel)
_SOUND = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*|[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class FiledItem(Generic[M]):
    """One noun and where it stands. `path` is as problems show it, `raw` what the file says."""

    path: str
    id: str
    raw: Data
    lines: Lines
    model: M

    def problem(self, message: str, /, *loc: str | int, **places: object) -> Problem:
        """What a message of the catalogue says of a key of this item."""
        return Problem.at(*self.place_of(*loc), message, **places)

    def unknown(
        self, message: str, word: str, known: Iterable[str], /, *loc: str | int, mark: str = "", **places: object
    ) -> Problem:
        """The same of a word that is not known; where one that is known is like it, the remedy is that one."""
        return complaint(message, **places).or_meant(word, known, mark).at(*self.place_of(*loc))

    def place_of(self, *loc: str | int) -> tuple[str, int]:
        """Where a key of this item stands, as problems say it."""
        return self.path, self.lines.at(loc)


@dataclass(frozen=True)
class Shelf(Generic[M]):
    """All items of one kind. An item that failed left its id and its data, so that nothing else is blamed for it.

    `whole` is False where a file could not be read: then nobody knows what else there is.
    """

    items: tuple[FiledItem[M], ...] = ()
    failed: tuple[Data, ...] = ()
    whole: bool = True

    @cached_property
    def models(self) -> dict[str, M]:
        """The nouns by id, in order of the files; of two with one id the first."""
        first: dict[str, M] = {}
        for item in self.items:
            first.setdefault(item.id, item.model)
        return first

    @cached_property
    def lost(self) -> frozenset[str]:
        """The ids of items that failed."""
        return frozenset(found for raw in self.failed if (found := id_of(raw)))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every id there is, of items that failed too."""
        return (*self.models, *self.lost)

    @cached_property
    def certain(self) -> bool:
        """Whether every id is known: no file went unread, and no item failed without a sound id."""
        return self.whole and all(_SOUND.fullmatch(id_of(raw) or "") for raw in self.failed)

    def knows(self, id_: str) -> bool:
        """Whether an item of that id exists, or may exist where something could not be read."""
        return not self.certain or id_ in self.models or id_ in self.lost

    def changed(self, change: Callable[[M], N]) -> "Shelf[N]":
        """The same shelf with every noun changed."""
        items = tuple(FiledItem(item.path, item.id, item.raw, item.lines, change(item.model)) for item in self.items)
        return Shelf(items, self.failed, self.whole)


def joined(found: Iterable[Shelf[M]], *, required: bool = False) -> Shelf[M]:
    """Several shelves of one kind as one; where none was found and one is required, nobody knows what there is."""
    shelves = tuple(found)
    return Shelf(
        tuple(item for shelf in shelves for item in shelf.items),
        tuple(raw for shelf in shelves for raw in shelf.failed),
        all(shelf.whole for shelf in shelves) and bool(shelves or not required),
    )


def id_of(raw: Data) -> str | None:
    """The id that the data says, if it says one."""
    found = raw.get("id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) else None


def mentions(raw: Data) -> Iterator[str]:
    """Every text in the data, keys too."""
    if isinstance(raw, str):
        yield raw
    else:
        for part in raw or ():
            yield from mentions(part)
            if isinstance(raw, dict):
                yield from mentions(raw[str(part)])


class Folder:
    """Reads files of one folder, and the items in them, and never anything outside it.

    Problems of files are collected and not raised. Raises PolicyError where there is no such folder, with what makes
    one of its `kind`: a folder, or an organisation's.
    """

    def __init__(self, given: Path, kind: str = "folder") -> None:
        if not given.is_dir():
            shown = given.as_posix()
            message = "file-missing.no-folder" if os.path.lexists(given) else f"file-missing.{kind}"
            raise PolicyError((Problem.at(shown, 0, message, folder=shown),))
        self.given = given
        self.problems: list[Problem] = []
        self.more: Counter[str] = Counter()
        """How much more is wrong with each file, or was not looked at, because enough was found before."""
        self._of_file: Counter[str] = Counter()
        self._root = os.path.realpath(given)
        self._read: dict[str, bytes] = {}

    def shown(self, name: str) -> str:
        """The path of a file in problems: the folder as it was given, then the file, with forward slashes."""
        return (self.given / name).as_posix()

    def note(self, name: str, line: int, message: str, /, **places: object) -> None:
        """Note a problem of a file."""
        self._add(Problem.at(self.shown(name), line, message, **places))

    def _add(self, problem: Problem) -> None:
        if self._is_full(problem.path):
            self.more[problem.path] += 1
        else:
            self.problems.append(problem)
            self._of_file[problem.path] += 1

    def _is_full(self, path: str) -> bool:
        return self._of_file[path] >= MOST_OF_A_FILE

    def text(self, name: str, *, required: bool = False) -> str | None:
        """The text of one file; None where there is none or it cannot be read, with a problem where that matters."""
        path = self.given / name
        if not os.path.lexists(path):
            if required:
                self.note(name, 0, "file-missing.file")
            return None
        raw = self._bytes(name, path)
        if raw is None:
            return None
        self._read[name] = raw
        try:
            return raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            self.note(name, raw[: error.start].count(b"\n") + 1, "file-encoding.file")
            return None

    def names(self, sub: str, ending: str, *, required: bool = False) -> tuple[str, ...]:
        """The files of one folder inside, by their ending, sorted; what looks like one of them is a problem."""
        try:
            found = sorted(entry.name for entry in os.scandir(self.given / sub) if not entry.name.startswith("."))
        except OSError:
            found = []
        for name in found:
            if Path(name).suffix in OTHER_ENDINGS - {ending}:
                self.note(f"{sub}/{name}", 0, "file-ending.other", ending=ending)
        matching = tuple(f"{sub}/{name}" for name in found if name.endswith(ending))
        if required and not matching:
            self.note(sub, 0, "file-missing.none-inside", ending=ending)
        return matching

    def digest(self) -> str:
        """SHA-256 over the path and bytes of every file read, in order of path."""
        digest = hashlib.sha256()
        for name, raw in sorted(self._read.items()):
            digest.update(f"{name}\0{len(raw)}\0".encode())
            digest.update(raw)
        return f"sha256:{digest.hexdigest()}"

    def composed(self, name: str, *, required: bool = False) -> Composed:
        """One YAML file as data, empty where there is none; its flaws are noted."""
        text = self.text(name, required=required)
        if text is None:
            refused = any(problem.path == self.shown(name) for problem in self.problems)
            return Composed(None, Lines(1, {}), (), whole=not refused)
        return self.flawed(name, compose(text))

    def flawed(self, name: str, composed: Composed) -> Composed:
        """What a file was composed to, its flaws noted."""
        for flaw in composed.flaws:
            self._add(flaw.said.at(self.shown(name), flaw.line))
        self.more[self.shown(name)] += composed.more
        return composed

    def one(self, name: str, model: type[M], composed: Composed | None = None) -> Shelf[M]:
        """The only item of a file that holds one mapping and must be there."""
        composed = composed or self.composed(name, required=True)
        if not isinstance(composed.data, dict):
            if composed.data is not None or composed.whole:  # else told already
                self._misshapen(name, composed, "keys")
            return Shelf(whole=False)
        flawed = not composed.whole or any(flaw.loc for flaw in composed.flaws)
        return self._shelved(name, model, [(composed.data, composed.lines, flawed)])

    def many(self, name: str, model: type[M], *, required: bool = False) -> Shelf[M]:
        """The items of a file that holds a list."""
        composed = self.composed(name, required=required)
        if composed.data is None and not (required and composed.whole):
            return Shelf(whole=composed.whole)
        if not isinstance(composed.data, list):
            self._misshapen(name, composed, "list")
            return Shelf(whole=False)
        return self.listed(name, model, composed, composed.data)

    def listed(self, name: str, model: type[M], composed: Composed, found: list[Data], *below: str) -> Shelf[M]:
        """The items of a list that stands below these keys of a file."""
        depth, lines = len(below), reduce(Lines.below, below, composed.lines)
        flawed = {flaw.loc[depth] for flaw in composed.flaws if flaw.loc[:depth] == below and len(flaw.loc) > depth}
        items = ((raw, lines.below(n), n in flawed or composed.more > 0) for n, raw in enumerate(found))
        return replace(self._shelved(name, model, items), whole=composed.whole)

    def _shelved(self, name: str, model: type[M], found: Iterable[tuple[Data, Lines, bool]]) -> Shelf[M]:
        """Items as nouns; one with a flaw counts as failed, so that nothing is told twice."""
        path, items, failed = self.shown(name), [], []
        for raw, lines, flawed in found:
            if self._is_full(path):  # it is not taken apart any further
                self.more[path] += not flawed
                failed.append(raw)
                continue
            shaped, problems, more = (None, (), 0) if flawed else shape(model, raw, lines, path)
            self.more[path] += more
            for problem in problems:
                self._add(problem)
            if shaped is None:
                failed.append(raw)
            else:
                items.append(FiledItem(path, id_of(raw) or "", raw, lines, shaped))
        return Shelf(tuple(items), tuple(failed))

    def _misshapen(self, name: str, composed: Composed, wanted: str) -> None:
        found = "empty" if composed.data is None else "no"
        self.note(name, composed.lines.line, f"file-shape.{found}-{wanted}")

    def _bytes(self, name: str, path: Path) -> bytes | None:
        message = "file-too-large.file"
        try:
            if not self._is_inside(path):
                message = "file-outside.link"
            elif not path.is_file():  # a pipe would never end
                message = "file-unreadable.no-file"
            else:
                with path.open("rb", buffering=0) as file:
                    raw = file.read(MOST_BYTES + 1)
                if len(raw) <= MOST_BYTES:
                    return raw
        except OSError:
            message = "file-unreadable.closed"
        self.note(name, 0, message)
        return None

    def _is_inside(self, path: Path) -> bool:
        # Only links can lead out; following every path to its end would cost more than reading the files.
        if not path.is_symlink() and not path.parent.is_symlink():
            return True
        return os.path.commonpath([self._root, os.path.realpath(path)]) == self._root
