"""Words: a sentence, or a sentence with a list below it. Plain text; whoever shows it escapes it."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A lead and, where there is more than one thing to say, a list below it.

    Commas, "and", "or" and full stops are in the texts: whoever shows them adds nothing. A lead may be empty.
    """

    lead: str
    items: tuple["Words", ...] = ()


@dataclass(frozen=True)
class SettingWords:
    """One parameter that a rule uses: "12 months", and who set it: "set by law", "from the guidance", ..."""

    title: str
    value: str
    mark: str


@dataclass(frozen=True)
class RuleWords:
    """A check in words.

    `looked_at` and `must_hold` are the two sentences; `populations` explains, noun by noun, what the sentences name;
    `settings` lists every parameter used.
    """

    looked_at: Words
    must_hold: Words
    populations: tuple[Words, ...] = ()
    settings: tuple[SettingWords, ...] = ()


def plain(words: RuleWords) -> str:
    """A check in words as text: lists with dashes, a blank line between the parts."""
    parts = [
        _block(f"Looked at: {words.looked_at.lead}", words.looked_at.items),
        _block(f"Must hold: {words.must_hold.lead}", words.must_hold.items),
        *(_block(each.lead, each.items) for each in words.populations),
        _block("Our setting:", tuple(Words(f"{each.title}: {each.value} ({each.mark})") for each in words.settings)),
    ]
    return "\n\n".join(parts if words.settings else parts[:-1])


def _block(lead: str, items: tuple[Words, ...]) -> str:
    return "\n".join([lead.rstrip(), *_lines(items, "")])


def _lines(items: tuple[Words, ...], indent: str) -> Iterator[str]:
    for item in items:
        yield f"{indent}- {item.lead}"
        yield from _lines(item.items, f"{indent}  ")
