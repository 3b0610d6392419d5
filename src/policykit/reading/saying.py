"""How problems name things: keys, values of the pack, lists of words."""

from collections.abc import Iterable

from policykit.reading.flaws import Loc
from policykit.rules import english

LONGEST = 60


def named(loc: Loc) -> str:
    """The key at the end of a loc, with the number of the item where it is one of a list."""
    keys = [(number, part) for number, part in enumerate(loc) if isinstance(part, str)]
    if not keys:
        return f"item {loc[-1] + 1}" if loc and isinstance(loc[-1], int) else "this"
    at, key = keys[-1]
    after = loc[at + 1] if at + 1 < len(loc) else None
    return f"item {after + 1} of `{key}`" if isinstance(after, int) else f"`{key}`"


def shown(value: object) -> str:
    """A value of the pack, shortened; never a value of a record."""
    if not isinstance(value, str):
        return "this" if value is not None else "blank"
    text = " ".join(value.split())
    return f"`{text}`" if len(text) <= LONGEST else f"`{text[: LONGEST - 1]}…`"


def listed(words: Iterable[str], joint: str = "and") -> str:
    """Words as a list in a sentence: a, b and c."""
    return english.listed(tuple(words) or ("nothing",), joint)
