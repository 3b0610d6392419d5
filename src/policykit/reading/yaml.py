"""YAML as plain data: every scalar stays text, and every key and item keeps its line.

The events come from the C parser; what they make is composed here, because PyYAML's own composer would guess types,
follow aliases, forget lines, and with enough brackets end the whole program.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import yaml

from policykit.model.values import UNSEEN, in_class
from policykit.problems import MOST_OF_A_FILE, Complaint, complaint

DEEPEST = 32
NAMELESS = ""
"""Ends the way to a value that has no name of its own, so that what holds it counts as flawed."""

MOST_REPORTED = 20
"""Lines of one file that are reported for their characters: a binary file should not fill the screen."""

FORBIDDEN = re.compile(f"[{in_class(UNSEEN)}\ud800-\udfff]")
"""Control characters but for the tab and the line end, what is not seen, direction marks, and what is no character."""

_JOINERS = "\u200c\u200d"
_OUT_OF_PLACE = re.compile("(?<![LM])J|J(?!L)|M{5}")
"""In the kinds of the characters of a line: what joins or parts letters, where it does not; a fifth mark in a row."""

_INDENTING_TAB = re.compile(r"^ *\t", re.MULTILINE)

Data = str | None | list["Data"] | dict[str, "Data"]
"""What a file holds: texts, lists and mappings; None where blank."""

Loc = tuple[str | int, ...]
"""The way to a value inside a file: keys and numbers of items."""


class Flaw(NamedTuple):
    """One thing wrong with a text, at a line of it that counts from 1; `loc` is where it stands in the data."""

    line: int
    said: Complaint
    loc: Loc = ()


class Lines(NamedTuple):
    """The line of a key or item, and of every key and item below it; of a scalar the line alone."""

    line: int
    parts: Mapping[str | int, "Lines | int"]

    def below(self, part: str | int) -> "Lines":
        """The lines of a key or item; the same lines where there is none."""
        found = self.parts.get(part, self)
        return Lines(found, {}) if isinstance(found, int) else found

    def at(self, loc: Loc) -> int:
        """The line of the innermost part of `loc` that exists; parts that do not exist are passed over."""
        lines = self
        for part in loc:
            lines = lines.below(part)
        return lines.line


Parts = dict[str | int, Lines | int]


@dataclass(frozen=True)
class Composed:
    """One file as data, with its lines and flaws, and how many `more` of very many.

    `whole` is False where some of the file could not be read.
    """

    data: Data
    lines: Lines
    flaws: tuple[Flaw, ...]
    whole: bool
    more: int = 0


def compose(text: str, first_line: int = 1) -> Composed:
    """What a YAML text holds. Never raises: all that is wrong is among the flaws.

    `first_line` is the line of its file that the text begins at.
    """
    cleaned, flaws = clean(text, first_line)
    composer = _Composer(first_line)
    if _INDENTING_TAB.search(cleaned):
        composer.whole = False  # nobody knows how many spaces were meant
    else:
        composer.read(cleaned.replace("\t", " "))
    data = composer.root[0] if composer.root else None
    return Composed(data, Lines(0, composer.parts).below(0), (*flaws, *composer.flaws), composer.whole, composer.more)


def clean(text: str, first_line: int) -> tuple[str, tuple[Flaw, ...]]:
    """The text with every forbidden character replaced, so that reading can go on, and a flaw for each line.

    A line that holds a tab has a flaw too; the tab stays.
    """
    lines = list(enumerate(text.split("\n"), first_line))
    hidden = ((number, found) for number, line in lines if (found := hidden_in(line)))
    tabs = (number for number, line in lines if "\t" in line)
    return FORBIDDEN.sub("\ufffd", text), (
        *(Flaw(at, found) for at, found in islice(hidden, MOST_REPORTED)),
        *(Flaw(at, complaint("yaml-tab.tab")) for at in islice(tabs, MOST_REPORTED)),
    )


def hidden_in(line: str) -> Complaint | None:
    """What is wrong with the first character of a line that may not stand there."""
    if found := FORBIDDEN.search(line):
        return complaint("character.hidden", number=ord(found[0]))
    if line.isascii():
        return None
    kinds = "".join("J" if each in _JOINERS else unicodedata.category(each)[0] for each in line)
    if (place := _OUT_OF_PLACE.search(kinds)) is None:
        return None
    return complaint("character.hidden" if place[0] == "J" else "character.marks", number=ord(line[place.start()]))


class _StopError(Exception):
    """Nothing after this can be read."""


class _Composer:
    """Takes the events of one file in turn. What was read stays where reading breaks off."""

    def __init__(self, first_line: int) -> None:
        self.root: list[Data] = []
        self.parts: Parts = {}
        self.whole = True
        self.flaws: list[Flaw] = []
        self.more = 0
        self._first_line = first_line
        self._way: list[str | int] = []
        """The keys and numbers of items down to where the next event belongs; a key that was refused is none of it."""
        self._depth = 0

    def read(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=yaml.CSafeLoader)
        try:
            self._documents()
        except _StopError:
            self.whole = False
        except yaml.YAMLError as error:
            self.whole = False
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            line = (mark.line if mark else 0) + self._first_line
            self.flaws.append(Flaw(line, complaint("yaml-syntax.from-here"), tuple(self._way)))

    def _documents(self) -> None:
        begun = False
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if event.tags:
                    self._flaw(event, complaint("yaml-tag.directive"))
                if begun:
                    self._flaw(event, complaint("yaml-documents.second"))
                    raise _StopError
                begun = True
            elif isinstance(event, yaml.NodeEvent):
                self._value(event, self.root, self.parts, 0, self._line(event))

    def _value(
        self, event: yaml.Event, holder: list[Data] | dict[str, Data], parts: Parts, key: str | int | None, line: int
    ) -> None:
        """Puts a value and its line where they belong, then fills it; without a key it is read and dropped."""
        value, below = self._begun(event)
        if key is not None:
            parts[key] = line if below is None else Lines(line, below)
            if isinstance(holder, list):
                holder.append(value)
            else:
                holder[str(key)] = value
        self._fill(value, below)

    def _begun(self, event: yaml.Event) -> tuple[Data, Parts | None]:
        """What an event begins, and the lines of what will be in it: None for a scalar."""
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            self._flaw(event, complaint("yaml-alias.alias"), NAMELESS)
            return None, None
        if event.anchor is not None:
            self._flaw(event, complaint("yaml-alias.anchor"))
        if event.tag is not None:
            self._flaw(event, complaint("yaml-tag.tag"))
        if isinstance(event, yaml.ScalarEvent):
            if event.style == '"' and hidden_in(event.value):
                self._flaw(event, complaint("character.escaped"))
            return (None if not event.style and event.value in {"", "~", "null"} else event.value), None
        if self._depth == DEEPEST:
            self._flaw(event, complaint("yaml-depth.too-deep", levels=DEEPEST))
            raise _StopError
        return ([] if isinstance(event, yaml.SequenceStartEvent) else {}), {}

    def _fill(self, value: Data, parts: Parts | None) -> None:
        if parts is None or not isinstance(value, list | dict):
            return
        depth = len(self._way)
        self._depth += 1
        while not isinstance(event := next(self._events), yaml.CollectionEndEvent):
            line, key = self._line(event), len(value) if isinstance(value, list) else self._key(event, value)
            self._way.extend(() if key is None else (key,))
            self._value(event if isinstance(value, list) else next(self._events), value, parts, key, line)
            del self._way[depth:]
        self._depth -= 1

    def _key(self, event: yaml.Event, holder: dict[str, Data]) -> str | None:
        """The key that an event says; None for one that is refused, whose value is dropped."""
        begun, below = self._begun(event)
        if below is not None:
            self._flaw(event, complaint("yaml-key.not-a-text"), NAMELESS)
            self._fill(begun, below)
        if not isinstance(event, yaml.ScalarEvent):
            return None
        if event.value == "<<" and not event.style:
            self._flaw(event, complaint("yaml-merge.merge-key"), NAMELESS)
        elif not event.value:
            self._flaw(event, complaint("yaml-key.nameless"), NAMELESS)
        elif event.value in holder:
            self._flaw(event, complaint("yaml-duplicate-key.twice", key=event.value[:60]))
        else:
            return str(event.value)
        return None

    def _flaw(self, event: yaml.Event, said: Complaint, *nameless: str) -> None:
        if len(self.flaws) < MOST_OF_A_FILE:
            self.flaws.append(Flaw(self._line(event), said, (*self._way, *nameless)))
        else:
            self.more += 1

    def _line(self, event: yaml.Event) -> int:
        """The line of its file that an event begins at; the C parser gives every event its mark."""
        return (event.start_mark.line if event.start_mark else 0) + self._first_line
