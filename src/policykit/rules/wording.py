"""Words: a sentence, or a sentence with a list below it. Plain text; whoever shows it escapes it."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A lead and, where there is more than one thing to say, a list below it."""

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


def plain_lines(rule: RuleWords) -> Iterator[str]:
    """A rule in words as lines of plain text, for the terminal."""
    yield from ("Looked at:", *_lines(rule.looked_at), "Must hold:", *_lines(rule.must_hold))
    for population in rule.populations:
        yield from _lines(population)
    if rule.settings:
        yield "Our setting:"
    for setting in rule.settings:
        yield f"- {setting.title}: {setting.value} ({setting.mark})"


def _lines(words: Words, depth: int = 0) -> Iterator[str]:
    if words.lead:
        yield f"{'  ' * (depth - 1)}- {words.lead}" if depth else words.lead
    for item in words.items:
        yield from _lines(item, depth + 1)
