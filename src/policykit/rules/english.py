"""The little English grammar that words need: articles, plurals and lists."""

import re
from collections.abc import Sequence

_VOWEL_SOUND = re.compile(r"(?!(?:uni|use|eu|one\b))[aeiou]|hour|honest|heir", re.IGNORECASE)
_AFTER_HEAD = re.compile(r" (?:to|of|on|for|in|with|from|that|who|whose|by|at|between) ")
_BRACKETS = re.compile(r"\([^()]*\)")
_ES = ("s", "x", "z", "ch", "sh")


def with_article(noun: str) -> str:
    """A noun with "a" or "an"."""
    return f"{'an' if _VOWEL_SOUND.match(noun) else 'a'} {noun}"


def plural(noun: str) -> str:
    """Several of them: the head of the noun changes, what follows it stays: parties to an agreement."""
    found = _AFTER_HEAD.search(noun)
    head, rest = (noun[: found.start()], noun[found.start() :]) if found else (noun, "")
    if head.endswith("person"):
        return f"{head.removesuffix('person')}people{rest}"
    if head.endswith("y") and head[-2:-1] not in "aeiou":
        return f"{head[:-1]}ies{rest}"
    return f"{head}es{rest}" if head.endswith(_ES) else f"{head}s{rest}"


def listed(items: Sequence[str], joint: str) -> str:
    """Short items as a list: employee, agency worker or volunteer."""
    return f" {joint} ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def joined(clauses: Sequence[str], *, loosely: bool = False) -> str:
    """Clauses as a list; with a comma before the "and" where asked, where there are more than two, or commas inside."""
    *most, last = clauses
    comma = loosely or len(most) > 1 or any("," in _BRACKETS.sub("", each) for each in clauses)
    return f"{', '.join(most)}{',' if comma else ''} and {last}" if most else last


def lowered(text: str) -> str:
    """The text as it stands inside a sentence: the first letter small, but for an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def raised(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


def counted(number: int, unit: str) -> str:
    """A number of days, months, ...: 1 day, 36,500 days."""
    return f"{number:,} {unit.removesuffix('s') if number == 1 else unit}"
