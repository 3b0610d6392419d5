"""The private list: the keys behind the counts, in a file of its owner's only, that a spreadsheet takes for text."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from policykit.engines import Refused, Unit
from policykit.model.results import CheckResult
from policykit.rules import Check
from policykit.running.output_file import (
    OutputFile,
    is_beside_conf,
    why_given_away,
    why_not_replaced,
    why_not_within,
)

COLUMNS = ("check", "register", "key", "value", "state")
_HEADER = ",".join(f'"{name}"' for name in COLUMNS)

_PUBLISHED = {"build", "_build", "docs"}
"""Folders of these names are published, or are what is published from."""
_UNSEEN = r"[\s\ufeff\u200b-\u200f\u2060]*"
_FORMULA = re.compile(rf"{_UNSEEN}[=+\-@\uff1d\uff0b\uff0d\uff20]|{_UNSEEN}[\t\r\n]")
"""What could begin a formula, in narrow and in wide characters, after anything that is not seen."""


def why_not_here(path: Path) -> str | None:
    """Why no list of keys may be written there, as a sentence; None where it may."""
    why = why_not_replaced(path, "list of keys", _is_a_list)
    if why:
        return why
    why = why_not_within(path, _why_not_in)
    if why:
        return f"{path} cannot be the list of keys, which is for you alone: {why} - name a file elsewhere."
    return None if path.absolute().parent.is_dir() else f"{path} has no place - make the folder {path.parent} first."


def _is_a_list(start: bytes) -> bool:
    """Whether a file is an earlier list, which may be replaced: nothing else is, least of all somebody's records."""
    return start.partition(b"\n")[0].strip() == _HEADER.encode()


def _why_not_in(folder: Path) -> str | None:
    """Why a folder is not private. One that the commands are typed in may be called anything, but for a handbook's."""
    here = Path.cwd()
    outside = folder == here or folder in here.parents
    if folder.name.casefold() in _PUBLISHED and (not outside or is_beside_conf(folder)):
        return f"{folder.name}/ is published, or published from"
    return why_given_away(folder)


class PrivateList(OutputFile):
    """The list while it is made: mode 600 from the first byte, beside its place, and put there when it is whole."""

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
        """The units of a check that violate or cannot be told."""
        if isinstance(units, Refused):
            self._said[check.id] = units.why
            return
        for unit in sorted(units, key=lambda unit: (unit.key, unit.value or "", unit.state)):
            self._row((check.id, check.register_ or "", unit.key, unit.value or "", unit.state))
        self._listed[check.id] = len(units)

    def keep(self, results: Iterable[CheckResult], checks: Mapping[str, Check]) -> None:
        """Write how many there are of each check that has a rule, and put the list in its place."""
        for result in results:
            if result.method == "rule":
                self._row((result.id, checks[result.id].register_ or "", "", "", f"total: {self._total(result)}"))
        self.put()

    def _total(self, result: CheckResult) -> str:
        counts = result.counts
        if counts is None:
            return f"not counted ({result.outcome.word})"
        said = f"{counts.violate} violate, {counts.unknown} unknown"
        if counts.unreadable:
            said += f", {counts.unreadable} {'row' if counts.unreadable == 1 else 'rows'} cannot be read"
        if result.id in self._said:
            return f"{said}; {self._said[result.id]}"
        listed = self._listed[result.id]
        return said if listed >= counts.violate + counts.unknown else f"{said}; only {listed} are listed"

    def _row(self, values: Iterable[str]) -> None:
        self._rows.writerow(map(as_text, values))


def as_text(value: str) -> str:
    """A value that no spreadsheet takes for a formula: an apostrophe before what could begin one, after spaces too."""
    return f"'{value}" if _FORMULA.match(value) else value
