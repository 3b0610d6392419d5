"""English, for every room: the messages of the catalogue, and the little grammar that goes into their places.

The catalogue is the files in `messages/`, one for each room that speaks. A message is a whole sentence or phrase with
named places, `{count}`, and where a number decides a table of forms: `one`, `many`, and `none` where that differs.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

_CATALOGUE = Path(__file__).with_name("messages")

# "an" before a word: a vowel that sounds like one (no union, use, utility, European, one-off), or an h that is silent.
_VOWEL_SOUND = re.compile(
    r"(?!u(?:ni(?![dmn])|s[eu]|ri|t[ei])|eu|on(?:e|ce)\b)[aeiou]|hour|honest|hono|heir", re.IGNORECASE
)
# A number in digits: 8, 80 and 8,000; 11 and 18, also in thousands.
_NUMBER_LIKE_A_VOWEL = re.compile(r"8|1[18](?!\d)")
_INITIALS = re.compile(r"([A-Z]+)(?:s|\d+)?\b")
# Capitals that begin like MARAC or SAB are said as a word; NHS, FOI, LGO and UK letter by letter.
_SAID_AS_A_WORD = re.compile(r"[^AEIOU][AEIOU][^AEIOU]")
_LETTERS_LIKE_A_VOWEL = "AEFHILMNORSX"
_AFTER_HEAD = re.compile(r" (?:to|of|on|for|in|with|from|that|who|whose|by|at|between) ")
_BRACKETS = re.compile(r"\([^()]*\)")
_ES = ("s", "x", "z", "ch", "sh")
_IRREGULAR = {"person": "people", "child": "children", "sis": "ses"}

# Our own: the names of the standard library are in the language of the process, and a handbook is the same anywhere.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def say(message: str, /, **places: object) -> str:
    """A message with its places filled, as in `say("terminal.left", n=3)`; `n` decides between its forms.

    Raises KeyError where there is no such message, or where it has a place that is not given.
    """
    return form_of(message, places.get("n")).format_map(places)


def form_of(message: str, number: object = None) -> str:
    """A message with its places open, in the form for a number of things. Raises KeyError."""
    file, *keys = message.split(".")
    found = _messages_of(file)
    for key in keys:
        found = found[key]
    return _form(found, number) if isinstance(found, dict) else str(found)


def _form(forms: Mapping[str, str], number: object) -> str:
    if number == 0 and "none" in forms:
        return forms["none"]
    return forms["one" if number == 1 else "many"]


@cache
def _messages_of(file: str) -> Any:  # noqa: ANN401 - tables within tables, as deep as the file says
    return tomllib.loads((_CATALOGUE / f"{file}.toml").read_text("utf-8"))


def with_article(noun: str) -> str:
    """A noun with "a" or "an", by how it sounds: an NHS referral, a MARAC referral, an 8-day notice."""
    return f"{'an' if _begins_like_a_vowel(noun) else 'a'} {noun}"


def _begins_like_a_vowel(noun: str) -> bool:
    initials = _INITIALS.match(noun)
    if initials and not _SAID_AS_A_WORD.match(initials[1]):
        return noun[0] in _LETTERS_LIKE_A_VOWEL
    return bool(_VOWEL_SOUND.match(noun) or _NUMBER_LIKE_A_VOWEL.match(noun))


def plural(noun: str) -> str:
    """Several of them: the head of the noun changes, what follows it stays: parties to an agreement."""
    found = _AFTER_HEAD.search(noun)
    head, rest = (noun[: found.start()], noun[found.start() :]) if found else (noun, "")
    for one, several in _IRREGULAR.items():
        if head.endswith(one):
            return f"{head.removesuffix(one)}{several}{rest}"
    if head.endswith("y") and head[-2:-1] not in "aeiou":
        return f"{head[:-1]}ies{rest}"
    return f"{head}es{rest}" if head.endswith(_ES) else f"{head}s{rest}"


def listed(items: Sequence[str], joint: str = "and") -> str:
    """Short items as a list: employee, agency worker or volunteer."""
    return f" {joint} ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def joined(clauses: Sequence[str], *, loosely: bool = False) -> str:
    """Clauses as a list; with a comma before the "and" where asked, where there are more than two, or commas inside."""
    *most, last = clauses
    comma = loosely or len(most) > 1 or any("," in _BRACKETS.sub("", each) for each in clauses)
    return f"{', '.join(most)}{',' if comma else ''} and {last}" if most else last


def lowered(text: str) -> str:
    """The text as it stands inside a sentence: the first letter small, but for an abbreviation (MARAC, X-ray, S115)."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2].isspace() else text


def raised(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text as a sentence: a capital first, a full stop last unless it already ends in one."""
    said = raised(text.strip())
    return said if not said or said.endswith((".", "!", "?", ":")) else said + "."


def ordinal(number: int) -> str:
    """The place in a row, in words up to ten: first, third, 11th, 22nd."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}{ending}"


def humanised(code: str) -> str:
    """A code in words: underscores become spaces."""
    return code.replace("_", " ")


def in_digits(number: int) -> str:
    """The number in digits, thousands apart: 1,072."""
    return f"{number:,}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number and what is counted: 1 check, 3 checks, 0 duties; `many` where `one` is more than a noun."""
    return f"{in_digits(number)} {one if number == 1 else many or plural(one)}"


def in_units(number: int, unit: str) -> str:
    """A number of a unit that is given as several (days, months, degrees): 1 day, 36,500 days."""
    return counted(number, unit.removesuffix("s"), unit)


def say_day(day: date) -> str:
    """The day as people write it: 1 November 2026."""
    return f"{_day_and_month(day)} {day.year}"


def say_days(days: Iterable[date]) -> str:
    """Distinct days in order, a shared month and year said once: 30 September and 30 October 2026."""
    ordered = sorted(set(days))
    said = [_shortened(day, after) for day, after in zip_longest(ordered, ordered[1:])]
    return " and ".join(filter(None, [", ".join(said[:-1]), *said[-1:]]))


def _day_and_month(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _shortened(day: date, after: date | None) -> str:
    if after is None or day.year != after.year:
        return say_day(day)
    if day.month != after.month:
        return _day_and_month(day)
    return str(day.day)
