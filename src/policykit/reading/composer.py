"""YAML as plain data: every scalar stays text, and every key and item keeps its line.

The events come from the C parser; what they make is composed here, because PyYAML's own composer would guess types,
follow aliases and forget lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from policykit.problems import Notice
from policykit.reading.characters import FORBIDDEN, clean, indented_by_tabs, tabs
from policykit.reading.flaws import Flaw, Loc

DEEPEST = 32
NAMELESS = ""
"""Ends the way to a value that has no name of its own, so that what holds it counts as flawed."""

Data = str | None | list["Data"] | dict[str, "Data"]
"""What a file holds: texts, lists and mappings; None where blank."""


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
NOWHERE = Lines(0, {})


@dataclass(frozen=True)
class Composed:
    """One file as data, with its lines and flaws; `whole` is False where some of the file could not be read."""

    data: Data
    lines: Lines
    flaws: tuple[Flaw, ...]
    whole: bool


def compose(text: str, first_line: int = 1) -> Composed:
    """What a YAML text holds. Never raises: all that is wrong is among the flaws.

    `first_line` is the line of its file that the text begins at.
    """
    cleaned, flaws = clean(text)
    composer = _Composer(first_line)
    composer.flaws.extend(flaws + tabs(text))
    if indented_by_tabs(cleaned):
        composer.whole = False  # nobody knows how many spaces were meant
    else:
        composer.read(cleaned.replace("\t", " "))
    shifted = tuple(Flaw(f.line + first_line - 1, f.what, f.remedy, f.notice, f.loc) for f in composer.flaws)
    return Composed(composer.data, composer.lines, shifted, composer.whole)


@dataclass
class _Open:
    """A list or mapping that has begun and not ended; `key` is the one that waits for its value."""

    holder: list[Data] | dict[str, Data]
    parts: Parts
    key: str | None = None
    key_line: int = 0
    waits: bool = False
    dropped: bool = False
    is_key: bool = False

    def loc(self, *, innermost: bool) -> Loc:
        """Where the next value goes; for a level further out, where the value that has begun stands."""
        if isinstance(self.holder, list):
            return (len(self.holder) if innermost else len(self.holder) - 1,)
        return () if self.key is None else (self.key,)


class _StopError(Exception):
    """Nothing after this can be read."""


@dataclass
class _Composer:
    first_line: int
    data: Data = None
    lines: Lines = NOWHERE
    whole: bool = True
    flaws: list[Flaw] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _documents: int = 0

    def read(self, text: str) -> None:
        try:
            for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                self._take(event)
        except _StopError:
            self.whole = False
        except yaml.YAMLError as error:
            self.whole = False
            self._broken(error)

    def _take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._begin(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._end(event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self._document(event)

    def _broken(self, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        self.flaws.append(
            Flaw(
                mark.line + 1 if mark else 1,
                "the file cannot be read from here on",
                "look at indentation, quotes, colons and brackets on this line and the one above",
                Notice.YAML_SYNTAX,
                self._loc(),
            )
        )

    def _loc(self) -> Loc:
        return tuple(part for level in self._open for part in level.loc(innermost=level is self._open[-1]))

    def _flaw(self, event: yaml.Event, what: str, remedy: str, notice: Notice, *nameless: str) -> None:
        self.flaws.append(Flaw(_line(event) + 1, what, remedy, notice, (*self._loc(), *nameless)))

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if event.tags:
            self._flaw(event, "a %TAG line", "leave it out", Notice.YAML_TAG)
        if self._documents > 1:
            self._flaw(event, "a second document begins", "keep one document in a file", Notice.YAML_DOCUMENTS)
            raise _StopError

    def _alias(self, event: yaml.AliasEvent) -> None:
        self._flaw(event, "an alias", "write the value out", Notice.YAML_ALIAS, NAMELESS)
        if self._waits_for_key():
            self._take_key(None, event)
        else:
            self._put(None, None, event)

    def _refuse_extras(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._flaw(event, "an anchor", "write the value out wherever it is needed", Notice.YAML_ALIAS)
        if event.tag is not None:
            self._flaw(event, "a tag", "leave it out: every value is read as text", Notice.YAML_TAG)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_extras(event)
        if event.style == '"' and FORBIDDEN.search(event.value):
            self._flaw(event, "an escaped control or direction character", "take it out", Notice.CHARACTER)
        if self._waits_for_key():
            self._key(event)
        else:
            blank = not event.style and event.value in {"", "~", "null"}
            self._put(None if blank else event.value, None, event)

    def _waits_for_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].holder, dict) and not self._open[-1].waits

    def _key(self, event: yaml.ScalarEvent) -> None:
        level = self._open[-1]
        if event.value == "<<" and not event.style:
            self._flaw(event, "a merge key", "write the keys out", Notice.YAML_MERGE, NAMELESS)
            self._take_key(None, event)
        elif not event.value:
            self._flaw(event, "a key without a name", "give it its name", Notice.YAML_KEY, NAMELESS)
            self._take_key(None, event)
        elif event.value in level.holder:
            what = f"the key `{event.value[:60]}` stands here twice"
            self._flaw(event, what, "keep one of the two", Notice.YAML_DUPLICATE_KEY)
            self._take_key(None, event)
        else:
            self._take_key(event.value, event)

    def _take_key(self, key: str | None, event: yaml.Event) -> None:
        level = self._open[-1]
        level.key, level.dropped, level.waits = key, key is None, True
        level.key_line = _line(event)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_extras(event)
        if len(self._open) == DEEPEST:
            self._flaw(event, f"more than {DEEPEST} levels", "nest less deeply", Notice.YAML_DEPTH)
            raise _StopError
        is_key = self._waits_for_key()
        if is_key:
            self._flaw(event, "a key that is not a text", "write a name as the key", Notice.YAML_KEY, NAMELESS)
        holder: list[Data] | dict[str, Data] = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        parts: Parts = {}
        if not is_key:
            self._put(holder, parts, event, ends=False)
        self._open.append(_Open(holder, parts, is_key=is_key))

    def _end(self, event: yaml.Event) -> None:
        closed = self._open.pop()
        if closed.is_key:
            self._take_key(None, event)
        elif self._open:
            self._open[-1].waits = False
            self._open[-1].key = None

    def _put(self, value: Data, parts: Parts | None, event: yaml.Event, *, ends: bool = True) -> None:
        """Puts a value where it belongs; `parts` are the lines below a list or mapping, None for a scalar."""
        line = _line(event) + self.first_line
        if not self._open:
            self.data, self.lines = value, Lines(line, {} if parts is None else parts)
            return
        level = self._open[-1]
        if isinstance(level.holder, list):
            level.parts[len(level.holder)] = line if parts is None else Lines(line, parts)
            level.holder.append(value)
        elif not level.dropped and level.key is not None:
            line = level.key_line + self.first_line
            level.holder[level.key] = value
            level.parts[level.key] = line if parts is None else Lines(line, parts)
        if ends:
            level.waits, level.key = False, None


def _line(event: yaml.Event) -> int:
    """The line that an event begins at, counted from 0; the C parser gives every event its mark."""
    return event.start_mark.line if event.start_mark else 0
