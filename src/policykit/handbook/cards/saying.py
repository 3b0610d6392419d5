"""Small things said in English: counts, lists and whole sentences."""

from collections.abc import Sequence


def number(count: int) -> str:
    """The number in digits, thousands apart: 1,072."""
    return f"{count:,}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun: 1 check, 3 checks, 0 duties."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(things: Sequence[str], last: str = "and") -> str:
    """A list as people say it: a, b and c."""
    if len(things) < 2:  # noqa: PLR2004 - two things are the least that need a word between them
        return "".join(things)
    return f"{', '.join(things[:-1])} {last} {things[-1]}"


def upper_first(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text as a sentence: a capital first, a full stop last unless it already ends in one."""
    said = upper_first(text.strip())
    return said if not said or said.endswith((".", "!", "?", ":")) else said + "."


def humanised(code: str) -> str:
    """A code in words: underscores become spaces."""
    return code.replace("_", " ")
