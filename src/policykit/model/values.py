"""What a cell says: the characters and words that make it blank or unreadable, listed once for every kind of source.

White space at both ends is no part of a value, and where nothing else is there it is blank. A character that nobody
sees, or a word that stands for nothing, is neither a value nor blank: nobody knows what was meant. Databases have
patterns of their own; they are made of what stands here.
"""

import re
from collections.abc import Callable, Iterable
from string import ascii_lowercase, ascii_uppercase

from pydantic import Field, field_validator, model_validator

from policykit.model.scalars import Record, refused

Ranges = tuple[tuple[int, int], ...]
"""First and last code points, both included."""

SPACES: Ranges = (
    (0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
    (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
)  # fmt: skip
"""What Unicode calls white space."""

UNSEEN: Ranges = (
    (0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F), (0x2028, 0x2029),  # control characters, and line ends nobody sees
    (0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069),  # what turns the direction of the text
    (0xAD, 0xAD), (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200B),
    (0x2060, 0x2064), (0x2800, 0x2800), (0x3164, 0x3164), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF),
    (0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD),  # what means something else on each machine
    (0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF), (0xFFFE, 0xFFFF),  # no characters at all, and a byte order mark inside a text
)  # fmt: skip
"""What may stand in no text, of a pack or of a record: what is not seen, or not the same everywhere."""

BROKEN: Ranges = (*UNSEEN, (0x09, 0x0A), (0x200C, 0x200D), (0xFFFD, 0xFFFD))
"""What makes a cell unreadable: tabs, line ends, joiners, and what stands for a character that was lost, as well."""

NOTHING = ("n/a", "#n/a", "na", "-", "--", ".", "?", "tbc", "tba", "unknown", "none", "null", "nil")
"""Words for something that is not there, or not known: unreadable as a reference or a text, in any case."""

ERRORS = (
    "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#error!", "#spill!", "#calc!", "#field!", "#blocked!",
    "#unknown!", "#connect!", "#busy!", "#getting_data",
)  # fmt: skip
"""What spreadsheets show in place of a value that could not be reckoned."""

MIDNIGHT = "[ T]00:00(?::00(?:[.]0+)?)?"
"""What may stand behind a day, as a pattern: the moment at which it begins."""

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


def in_class(ranges: Ranges, form: Callable[[int], str] = lambda point: f"\\U{point:08x}") -> str:
    """The inside of a character class, in the form that a kind of pattern has for a code point; by default Python's."""
    return "".join(form(first) + (f"-{form(last)}" if last > first else "") for first, last in ranges)


def in_any_case(words: Iterable[str]) -> str:
    """A pattern for any of the words, spelt out: case folding would take letters of other scripts for ours."""
    return "|".join(
        "".join(f"[{each.upper()}{each}]" if each in ascii_lowercase else re.escape(each) for each in folded(word))
        for word in words
    )


def folded(word: str) -> str:
    """A word with small letters for the capitals A to Z."""
    return word.translate(_SMALL)


_BROKEN = re.compile(f"[{in_class(BROKEN)}]")
WHITE_SPACE = "".join(chr(point) for first, last in SPACES for point in range(first, last + 1))


def stripped(text: str | None) -> str:
    """A text without white space at both ends; empty where it is blank."""
    return (text or "").strip(WHITE_SPACE)


class Reading(Record):
    """What an organisation says of the words in its records of one register."""

    blank: tuple[str, ...] = Field(default=(), description="Words that count as blank there, in any case.")
    keep: tuple[str, ...] = Field(
        default=(), description="Words for nothing, such as null, that are values there, in any case."
    )

    @field_validator("blank")
    @classmethod
    def _are_words(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if any(not stripped(word) or _BROKEN.search(word) or folded(word) in ERRORS for word in words):
            raise refused("no-blank-word")
        return tuple(map(stripped, words))

    @model_validator(mode="after")
    def _keeps_words_for_nothing(self) -> "Reading":
        kept = set(map(folded, self.keep))
        if kept - set(NOTHING) or kept & set(map(folded, self.blank)):
            raise refused("no-word-for-nothing")
        return self

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The words that are no reference and no text, in small letters."""
        return (*(word for word in NOTHING if word not in map(folded, self.keep)), *ERRORS)

    def is_blank(self, text: str) -> bool:
        """Whether nothing is left of a text, which is stripped, or a word that counts as blank."""
        return not text or folded(text) in map(folded, self.blank)

    def is_readable(self, text: str) -> bool:
        """Whether a text, which is stripped, can be a reference or a text."""
        return not _BROKEN.search(text) and folded(text) not in self.unreadable


AS_IT_STANDS = Reading()
"""How records are read of which nothing is said."""
