"""Characters that no file of a pack or an organisation may hold, because a reader cannot see what they do."""

import re
from collections.abc import Iterator
from itertools import islice

from policykit.problems import Notice
from policykit.reading.flaws import Flaw

MOST_REPORTED = 20
"""Lines of one file that are reported for their characters: a binary file should not fill the screen."""

FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"  # control characters, and line ends nobody sees
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of the text around it
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff"  # no characters at all, and a byte order mark inside a text
    "]"
)
"""Control characters but for the tab and the line end, direction marks, and what is no character."""

_INDENTING_TAB = re.compile(r"^ *\t", re.MULTILINE)


def clean(text: str) -> tuple[str, tuple[Flaw, ...]]:
    """The text with every forbidden character replaced, so that reading can go on, and a flaw for each line."""
    if not FORBIDDEN.search(text):
        return text, ()
    return FORBIDDEN.sub("\ufffd", text), tuple(islice(_characters(text), MOST_REPORTED))


def tabs(text: str) -> tuple[Flaw, ...]:
    """A flaw for each line that holds a tab."""
    return tuple(islice(_tabs(text), MOST_REPORTED)) if "\t" in text else ()


def indented_by_tabs(text: str) -> bool:
    """Whether a tab stands where YAML counts spaces."""
    return bool(_INDENTING_TAB.search(text))


def _characters(text: str) -> Iterator[Flaw]:
    for number, line in enumerate(text.split("\n"), 1):
        if found := FORBIDDEN.search(line):
            yield Flaw(
                number,
                f"the character U+{ord(found[0][0]):04X} cannot be seen and is not allowed",
                "take it out",
                Notice.CHARACTER,
            )


def _tabs(text: str) -> Iterator[Flaw]:
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            yield Flaw(number, "a tab", "put spaces in its place", Notice.YAML_TAB)
