"""A clause of the guidance, as a card and in the ledger: what it says, what holds today, what we made of it."""

from collections import Counter

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.prose import listed
from policykit.model.calendar import say_day
from policykit.model.scalars import read_day
from policykit.model.sources import Clause, Defect, Source

_CURRENCIES = {
    "current": "Still current",
    "superseded": "Superseded",
    "wrong_today": "Wrong today",
    "fact": "No claim of law",
}
_CLASSES = {"lead_in": "Opens a list"}


def currency_in_words(code: str) -> str:
    """How a clause stands today."""
    return _CURRENCIES[code]


def class_in_words(clause: Clause) -> str:
    """The class of a clause and what it asks for: Obligation (must)."""
    kind = _CLASSES.get(clause.clause_class, clause.clause_class.capitalize())
    return f"{kind} ({listed(clause.strength)})" if clause.strength else kind


def defects_of(clause: str, page: Page) -> list[Defect]:
    """What is wrong with a clause in the text as supplied."""
    return [defect for source in page.pack.sources.values() for defect in source.defects if defect.clause == clause]


def currency_tally(source: Source) -> list[tuple[int, str]]:
    """How many clauses stand how today, none left out but those that none has."""
    tally = Counter[str](clause.currency for clause in source.clauses)
    return [(tally[code], code) for code in _CURRENCIES if tally[code]]


def published_in_words(published: str) -> str:
    """The day of publication as far as it is known."""
    if published == "unknown":
        return "day of publication not known"
    parts = published.split("-")
    padded = "-".join([*parts, "01", "01"][:3])
    return "published " + say_day(read_day(padded)).split(" ", 3 - len(parts))[-1]
