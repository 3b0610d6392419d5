"""Files of a folder into shelves of items, with every problem on the way."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from policykit.problems import Notice, Problem
from policykit.reading.composer import Composed, Data, Lines, compose
from policykit.reading.folder import Folder
from policykit.reading.items import Item, Shelf, id_of
from policykit.reading.shaping import shape

M = TypeVar("M", bound=BaseModel)
EMPTY = Composed(None, Lines(1, {}), (), whole=True)


class Entry(NamedTuple):
    """One item of a file before it is a noun; `flawed` where the composer found something wrong in it."""

    raw: Data
    lines: Lines
    flawed: bool


def entries(composed: Composed, *below: str) -> Iterator[Entry]:
    """The items of the list that stands below some keys of a file."""
    data, lines = composed.data, composed.lines
    for key in below:
        data, lines = data[key] if isinstance(data, dict) else None, lines.below(key)
    depth = len(below)
    flawed = {flaw.loc[depth] for flaw in composed.flaws if flaw.loc[:depth] == below and len(flaw.loc) > depth}
    for number, raw in enumerate(data if isinstance(data, list) else ()):
        yield Entry(raw, lines.below(number), number in flawed)


class Reader:
    """Reads the files of one folder; `problems` collects all that is wrong with them."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def composed(self, name: str, *, required: bool = False) -> Composed:
        """One YAML file as data, empty where there is none; its flaws are noted."""
        text = self.folder.text(name, required=required)
        if text is None:
            return replace(EMPTY, whole=not self.folder.noted(name))
        return self.noted(name, compose(text))

    def noted(self, name: str, composed: Composed) -> Composed:
        """The same, with its flaws among the problems."""
        self.problems.extend(flaw.within(self.folder.shown(name)) for flaw in composed.flaws)
        return composed

    def one(self, name: str, model: type[M], *, required: bool = True) -> Shelf[M]:
        """The only item of a file that holds one mapping."""
        composed = self.composed(name, required=required)
        if composed.data is None and not required:
            return Shelf(whole=composed.whole)
        return self.alone(name, model, composed)

    def alone(self, name: str, model: type[M], composed: Composed) -> Shelf[M]:
        """The only item of a file that was composed already."""
        unread = composed.data is None and not composed.whole  # told already
        if unread or not self._is_mapping(name, composed):
            return Shelf(whole=False)
        flawed = not composed.whole or any(flaw.loc for flaw in composed.flaws)
        return self.shelve(name, model, [Entry(composed.data, composed.lines, flawed)])

    def each(self, names: Iterable[str], model: type[M]) -> Shelf[M]:
        """One item of each of several files."""
        return joined(self.one(name, model) for name in names)

    def many(self, name: str, model: type[M], *, required: bool = False) -> Shelf[M]:
        """The items of a file that holds a list."""
        composed = self.composed(name, required=required)
        if composed.data is None and not (required and composed.whole):
            return Shelf(whole=composed.whole)
        if not isinstance(composed.data, list):
            what = "this file is empty" if composed.data is None else "this file does not hold a list"
            self._note(name, composed.lines.line, what, "begin each item with `- `")
            return Shelf(whole=False)
        return replace(self.shelve(name, model, entries(composed)), whole=composed.whole)

    def shelve(self, name: str, model: type[M], found: Iterable["Entry"]) -> Shelf[M]:
        """Items of one file as nouns; an entry with a flaw counts as failed, so that nothing is told twice."""
        path, items, failed = self.folder.shown(name), [], []
        for entry in found:
            shaped = None if entry.flawed else self._shaped(model, entry.raw, entry.lines, path)
            if shaped is None:
                failed.append(entry.raw)
            else:
                items.append(Item(path, id_of(entry.raw) or "", entry.raw, entry.lines, shaped))
        return Shelf(tuple(items), tuple(failed))

    def _shaped(self, model: type[M], raw: Data, lines: Lines, path: str) -> M | None:
        shaped, problems = shape(model, raw, lines, path)
        self.problems.extend(problems)
        return shaped

    def _is_mapping(self, name: str, composed: Composed) -> bool:
        if isinstance(composed.data, dict):
            return True
        what = "this file is empty" if composed.data is None else "this file does not hold keys with values"
        self._note(name, composed.lines.line, what, "write its keys, such as `id: ...`")
        return False

    def _note(self, name: str, line: int, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.folder.shown(name), line, what, remedy, Notice.FILE_SHAPE))


def joined(found: Iterable[Shelf[M]], *, required: bool = False) -> Shelf[M]:
    """Several shelves of one kind as one; where none was found and one is required, nobody knows what there is."""
    shelves = tuple(found)
    return Shelf(
        tuple(item for shelf in shelves for item in shelf.items),
        tuple(raw for shelf in shelves for raw in shelf.failed),
        all(shelf.whole for shelf in shelves) and bool(shelves or not required),
    )
