"""Ids that are used twice."""

from collections.abc import Iterable, Iterator
from typing import Any

from policykit.problems import Notice, Problem
from policykit.reading.items import Item, Shelf


def twice(*shelves: Shelf[Any]) -> Iterator[Problem]:
    """A problem for every item whose id another item on these shelves has, but for the first of them."""
    return repeated((item.id, item) for shelf in shelves for item in shelf.items)


def repeated(named: Iterable[tuple[str, Item[Any]]]) -> Iterator[Problem]:
    """The same for ids that are not those of the items themselves."""
    first: dict[str, Item[Any]] = {}
    for id_, item in named:
        if earlier := first.get(id_):
            where = f"{earlier.path}:{earlier.lines.at(('id',))}"
            yield item.problem(Notice.ID_TWICE, f"the id {id_} is used already, in {where}", "choose another id", "id")
        else:
            first[id_] = item
