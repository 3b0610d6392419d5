"""The law register: every provision with its periods, by the instrument it stands in."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.periods import Bar, Scale, bars
from policykit.handbook.cards.provision import law_scale, provision_card
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.saying import counted
from policykit.model.calendar import months_from
from policykit.model.law import Provision
from policykit.reading import Pack
from policykit.tracing.standing import Force, ProvisionStanding

_LEFT, _WIDTH, _ROW, _TOP = 250.0, 570.0, 26, 30
_RECENT_MONTHS = 24
_MOST_YEARS = 12
"""Written above the drawing."""
_LONGEST_NAME = 34
"""In letters: what fits beside the drawing."""


@dataclass(frozen=True)
class TimeRow:
    """One provision in the drawing: its name, how far down it stands, and its bars."""

    name: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Timeline:
    """The drawing of what has changed lately, ended or is still to begin."""

    title: str
    rows: tuple[TimeRow, ...]
    years: tuple[tuple[int, float], ...]
    now: float
    height: int


@dataclass(frozen=True)
class Instrument:
    """One Act, regulation or document with its provisions as cards, or as links where they stand elsewhere."""

    anchor: str
    title: str
    cards: tuple[Markup, ...]


def law_register(page: Page, level: int) -> str:
    """Every provision, by instrument."""
    return render(
        "law.html",
        tally=_tally(page),
        timeline=_timeline(page),
        instruments=[_instrument(*group, page, level) for group in instruments(page.pack)],
        as_at=page.trace.as_at,
        level=level,
    )


def instruments(pack: Pack) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Anchor, title and provisions of every instrument, in order of the pack."""
    grouped: dict[str, list[str]] = {}
    for provision in pack.provisions.values():
        grouped.setdefault(provision.instrument, []).append(provision.id)
    return tuple((f"law-{n}", title, tuple(ids)) for n, (title, ids) in enumerate(grouped.items(), start=1))


def _instrument(anchor: str, title: str, provisions: Sequence[str], page: Page, level: int) -> Instrument:
    cards = (_card(provision, page, level + 1) for provision in provisions)
    return Instrument(anchor, title, tuple(cards))


def _card(provision: str, page: Page, level: int) -> Markup:
    if not page.link.alone(provision):
        return provision_card(provision, page, level)
    return render("elsewhere.html", to=page.provision(provision))


def _tally(page: Page) -> tuple[tuple[int, str], ...]:
    levels = Counter[str](provision.verification.level for provision in page.pack.provisions.values())
    words = {"text": "read in the law itself", "secondary": "read in another body’s text", "unverified": "not verified"}
    return tuple((levels[level], said) for level, said in words.items())


def _timeline(page: Page) -> Timeline | None:
    shown = [standing for standing in page.trace.provisions.values() if _moves(standing, page)]
    if not shown:
        return None
    scale = law_scale(page, _LEFT, _WIDTH)
    return Timeline(
        title=f"When {counted(len(shown), 'provision was', 'provisions were')} in force, {scale.first} to {scale.last}",
        rows=tuple(_row(standing.provision, n, page, scale) for n, standing in enumerate(shown)),
        years=_years(scale),
        now=scale.at(page.trace.as_at),
        height=_TOP + _ROW * len(shown),
    )


def _moves(standing: ProvisionStanding, page: Page) -> bool:
    """Whether it has ended, is still to begin, ends, or was worded anew in the last two years."""
    lately = months_from(page.trace.as_at, -_RECENT_MONTHS)
    changed = standing.words_since is not None and standing.words_since >= lately
    moves = changed or standing.force is not Force.IN_FORCE or standing.until is not None
    return moves and bool(standing.provision.periods)


def _row(provision: Provision, n: int, page: Page, scale: Scale) -> TimeRow:
    name = provision.cited_as
    fitting = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"
    return TimeRow(fitting, _TOP + _ROW * n, bars(provision.periods, page.trace.as_at, scale))


def _years(scale: Scale) -> tuple[tuple[int, float], ...]:
    """The years that are written above the drawing, evenly apart, and where they stand."""
    step = (scale.last - scale.first) // _MOST_YEARS + 1
    return tuple((year, scale.at(date(year, 1, 1))) for year in range(scale.first, scale.last + 1, step))
