"""What is wrong with a text before anybody knows which file it is."""

from dataclasses import dataclass

from policykit.problems import Notice, Problem

Loc = tuple[str | int, ...]
"""The way to a value inside a file: keys and numbers of items."""


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with a text, at a line of it that counts from 1; `loc` is where it stands in the data."""

    line: int
    what: str
    remedy: str
    notice: Notice
    loc: Loc = ()

    def within(self, path: str) -> Problem:
        """The flaw as a problem of a file."""
        return Problem(path, self.line, self.what, self.remedy, self.notice)
