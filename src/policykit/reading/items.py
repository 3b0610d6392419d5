"""Items as they stand in files: a noun with its place, and shelves of them that also remember what failed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import BaseModel

from policykit.problems import Notice, Problem
from policykit.reading.composer import Data, Lines

M = TypeVar("M", bound=BaseModel)
N = TypeVar("N", bound=BaseModel)
_SOUND = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*|[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Item(Generic[M]):
    """One noun and where it stands. `path` is as problems show it, `raw` what the file says."""

    path: str
    id: str
    raw: Data
    lines: Lines
    model: M

    def problem(self, notice: Notice, what: str, remedy: str, *loc: str | int) -> Problem:
        """A problem at a key of this item."""
        return Problem(self.path, self.lines.at(loc), what, remedy, notice)


@dataclass(frozen=True)
class Shelf(Generic[M]):
    """All items of one kind. An item that failed left its id and its data, so that nothing else is blamed for it.

    `whole` is False where a file could not be read: then nobody knows what else there is.
    """

    items: tuple[Item[M], ...] = ()
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
        items = tuple(Item(item.path, item.id, item.raw, item.lines, change(item.model)) for item in self.items)
        return Shelf(items, self.failed, self.whole)


def id_of(raw: Data) -> str | None:
    """The id that the data says, if it says one."""
    found = raw.get("id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) else None


def mentions(raw: Data) -> Iterator[str]:
    """Every text in the data, keys too."""
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, list):
        for part in raw:
            yield from mentions(part)
    elif isinstance(raw, dict):
        for key, part in raw.items():
            yield key
            yield from mentions(part)
