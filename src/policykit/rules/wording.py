"""Words: a sentence, or a sentence with a list below it. Plain text; whoever shows it escapes it."""

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
