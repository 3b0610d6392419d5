"""The source ledger: every clause of the guidance, what holds today, and what became of it."""

from collections import Counter
from dataclasses import dataclass

from policykit.handbook.cards.clause import ClauseView, clause_view
from policykit.handbook.cards.page import Page
from policykit.handbook.cards.prose import is_web_address
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.standing_words import CURRENCIES
from policykit.model.calendar import say_day
from policykit.model.scalars import read_day
from policykit.model.sources import Source


@dataclass(frozen=True)
class SourceView:
    """One text of guidance with all its clauses."""

    source: Source
    published: str
    url: str | None
    tally: tuple[tuple[int, str, str], ...]
    clauses: tuple[ClauseView, ...]


def ledger(page: Page, level: int) -> str:
    """Every clause in a table; clauses placed by themselves are linked."""
    return render("ledger.html", sources=[_view(source, page) for source in page.pack.sources.values()], level=level)


def _view(source: Source, page: Page) -> SourceView:
    currencies = Counter[str](clause.currency for clause in source.clauses)
    return SourceView(
        source=source,
        published=_published(source.published),
        url=source.url if is_web_address(source.url) else None,
        tally=tuple((currencies[code], code, words) for code, words in CURRENCIES.items() if currencies[code]),
        clauses=tuple(clause_view(clause, page) for clause in source.clauses),
    )


def _published(published: str) -> str:
    """The day of publication as far as it is known."""
    if published == "unknown":
        return "day of publication not known"
    parts = published.split("-")
    padded = "-".join([*parts, "01", "01"][:3])
    return "published " + say_day(read_day(padded)).split(" ", 3 - len(parts))[-1]
