"""A clause of the guidance: what it says in our words, what holds today, and what we made of it."""

from dataclasses import dataclass

from markupsafe import Markup

from policykit.handbook.cards.page import Page, Ref, sentence_name
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.saying import humanised, listed, upper_first
from policykit.handbook.cards.standing_words import CURRENCIES
from policykit.model.sources import Clause, Defect

_CLASSES = {"lead_in": "Opens a list"}


@dataclass(frozen=True)
class DefectView:
    """Something wrong with the text as supplied: its kind in words, and the note."""

    kind: str
    note: str


@dataclass(frozen=True)
class ClauseView:
    """All that is shown of a clause, as a card or as a row of the ledger; `placed` where its card stands elsewhere."""

    clause: Clause
    name: str
    own: str
    placed: bool
    kind: str
    currency_words: str
    defects: tuple[DefectView, ...]
    states: tuple[Ref, ...]
    leads_to: tuple[Ref, ...]
    cites: tuple[Ref, ...]
    tested_by: tuple[Ref, ...]


def clause_card(clause: str, page: Page, level: int) -> Markup:
    """The card of one clause as HTML; its title is a heading of that level."""
    return render("clause.html", view=clause_view(page.pack.clauses[clause], page), level=level)


def clause_view(clause: Clause, page: Page) -> ClauseView:
    """What there is to show of a clause."""
    defects = (defect for source in page.pack.sources.values() for defect in source.defects)
    return ClauseView(
        clause=clause,
        name=sentence_name(page, clause.id),
        own=page.link(clause.id) or f"#{clause.id}",
        placed=page.link.alone(clause.id),
        kind=_kind(clause),
        currency_words=CURRENCIES[clause.currency],
        defects=tuple(_defect(defect) for defect in defects if defect.clause == clause.id),
        states=tuple(page.duty(s.duty.id) for s in page.trace.duties_stated_in(clause.id)),
        leads_to=tuple(page.duty(s.duty.id) for s in page.trace.duties_prompted_by(clause.id)),
        cites=tuple(page.provision(provision) for provision in clause.cites),
        tested_by=page.testers.get(clause.id, ()),
    )


def _kind(clause: Clause) -> str:
    """The class of a clause and what it asks for: Obligation (must)."""
    kind = _CLASSES.get(clause.clause_class, clause.clause_class.capitalize())
    return f"{kind} ({listed(clause.strength)})" if clause.strength else kind


def _defect(defect: Defect) -> DefectView:
    return DefectView(upper_first(humanised(defect.kind)), defect.note)
