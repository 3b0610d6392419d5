"""Reads the words of a condition on a date back into the days that it allows; shares no code with what writes them.

A sentence is "the last day in post is ..." or "there is a completed course ... whose completion day is ...". What is
read is always a stretch of days, and whether the date lies inside it or outside.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Reading:
    """A stretch from `low` to `high`, so many days or months after the day that is counted from; None where open.

    The date lies `inside`, or outside. `first` and `last` are the ends that the words name by their days.
    """

    inside: bool
    low: int | None
    high: int | None
    unit: str
    first: date | None
    last: date | None


_SENTENCE = re.compile(r"(?:there is (?P<none>an?|no) .*? whose|the) [a-z ]+? (?P<said>is .*)\.")
_AS_MANY = r"as [a-z ]+ says(?: \([^()]+\))?"
_HELD = re.compile(rf"as many (days|months) {_AS_MANY}")
_HELD_BEHIND = re.compile(rf"(days|months) (to|from) (\d+ \w+ \d+), as many {_AS_MANY}")

_N = r"(?:(?P<n>[\d,]+|held) )?(?P<unit>day|month)s?(?: \([^()]+\))?"
_ASIDE = r"(?:, [^()]+)?"
_FIRST, _LAST = (rf"(?P<{end}>\d+ [A-Z][a-z]+ \d+)" for end in ("first", "last"))
_BARE = _N.removesuffix(r"(?: \([^()]+\))?")
# What is said, and where the stretch begins and ends, in numbers of days or months; None where open.
_PREDICATES: dict[str, tuple[int | None, int | None]] = {
    rf"is (?P<out>not )?in the last {_BARE} \({_FIRST} to {_LAST}{_ASIDE}\)": (-1, 0),
    rf"is (?P<out>not )?in the last {_BARE} to {_LAST}": (-1, 0),
    rf"is (?P<out>not )?in the next {_BARE} \({_FIRST} to {_LAST}{_ASIDE}\)": (0, 1),
    rf"is (?P<out>not )?in the next {_BARE} from {_FIRST}": (0, 1),
    rf"is (?P<out>before) {_FIRST} \(more than {_BARE} ago{_ASIDE}\)": (-1, None),
    rf"is (?P<out>(?!))?{_FIRST} or later \(not more than {_BARE} ago{_ASIDE}\)": (-1, None),
    rf"is (?:not |(?P<out>))longer ago than {_BARE}": (-1, None),
    rf"is (?P<out>not )?(?:0 (?:to|or) |(?=0 )){_N} after the [a-z ]+": (0, 1),
    rf"is not (?P<out>(?!))?later than {_N} after the [a-z ]+, or [a-z ]+ is not due yet": (None, 1),
    rf"is (?P<out>later) than {_N} after the [a-z ]+, or [a-z ]+ is overdue": (None, 1),
}


def read_words(words: str, held: int) -> Reading:
    """What a sentence says, where a number that stands in a record or is not known is `held`; ValueError if nothing."""
    sentence = _SENTENCE.fullmatch(words)
    said = _HELD_BEHIND.sub(r"held \1 \2 \3", _HELD.sub(r"held \1", sentence["said"])) if sentence else ""
    for pattern, signs in _PREDICATES.items():
        if sentence and (found := re.fullmatch(pattern, said)):
            number = held if found["n"] == "held" else int((found["n"] or "1").replace(",", ""))
            low, high = (None if sign is None else sign * number for sign in signs)
            first, last = (_day(found.groupdict().get(end)) for end in ("first", "last"))
            inside = (found["out"] is None) != (sentence["none"] == "no")
            return Reading(inside, low, high, f"{found['unit']}s", first, last)
    raise ValueError(words)


def _day(said: str | None) -> date | None:
    return datetime.strptime(f"{said} +0000", "%d %B %Y %z").date() if said else None
