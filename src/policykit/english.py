"""The little English grammar that words need: articles, plurals, counts, lists and first letters; for every room."""

import re
from collections.abc import Sequence

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
