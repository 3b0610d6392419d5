"""What duties and checks rest on: the sentences of the guidance and the provisions of the law, and how they are said.

Periods are drawn to scale, always beside the same dates as text.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from policykit.english import listed, say_day
from policykit.handbook.cards.page import Page
from policykit.model.scalars import months_from, read_day
from policykit.model.sources import Clause, Defect, Period, Provision, Source, Verification
from policykit.reading import Pack
from policykit.tracing.standing import Force, ProvisionStanding

_CURRENCIES = {
    "current": "Still current",
    "superseded": "Superseded",
    "wrong_today": "Wrong today",
    "fact": "No claim of law",
}
_CLASSES = {"lead_in": "Opens a list"}
_VERIFIED = {
    "text": "Read in the law or on its publisher’s page",
    "secondary": "Read in another body’s text",
    "unverified": "Not verified",
}

_RECENT_MONTHS = 24
_MOST_YEARS = 12
"""Written above the drawing."""
_LONGEST_NAME = 34
"""In letters: what fits beside the drawing."""
_GAP = 1.6
"""Between two periods that follow one another, so that new wording shows; in units of the drawing."""


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


@dataclass(frozen=True)
class Scale:
    """Years from `first` to the end of `last`, drawn from `left` over `width` units."""

    first: int
    last: int
    left: float
    width: float

    def at(self, day: date) -> float:
        """Where a day stands; days outside the scale stand at its ends."""
        begin, end = date(self.first, 1, 1).toordinal(), date(self.last, 12, 31).toordinal()
        share = (min(max(day.toordinal(), begin), end) - begin) / (end - begin)
        return round(self.left + share * self.width, 1)

    def length(self, period: Period) -> float:
        """How wide a period is, never so narrow that it is not seen."""
        end = self.at(period.to) if period.to else self.left + self.width
        return round(max(end - self.at(period.from_) - _GAP, _GAP), 1)

    def years(self) -> list[tuple[int, float]]:
        """The years that are written above the drawing, evenly apart, and where they stand."""
        step = (self.last - self.first) // _MOST_YEARS + 1
        return [(year, self.at(date(year, 1, 1))) for year in range(self.first, self.last + 1, step)]


def law_scale(page: Page, left: float, width: float) -> Scale:
    """The scale on which all provisions of the pack are drawn."""
    return Scale(*page.law_years, left, width)


def state_of(period: Period, as_at: date) -> str:
    """Whether a period is `past`, `now` or `next`."""
    if period.holds(as_at):
        return "now"
    return "past" if period.from_ < as_at else "next"


def verified_in_words(verification: Verification) -> str:
    """How far a provision was checked, and when."""
    said = _VERIFIED[verification.level]
    return f"{said}, {say_day(verification.checked_on)}" if verification.checked_on else said


def reach_in_words(standing: ProvisionStanding) -> str:
    """What a provision is to this organisation; nothing where it is not law on the as-at date."""
    return standing.reach.value if standing.force is Force.IN_FORCE else ""


def force_in_words(standing: ProvisionStanding) -> str:
    """Whether a provision is law on the as-at date, and since when."""
    match standing.force:
        case Force.IN_FORCE:
            return _since(standing)
        case Force.ENDED:
            last = standing.provision.periods[-1].to
            return f"No longer in force: ended on {say_day(last)}" if last else "No longer in force"
        case Force.NOT_BEGUN:
            return f"Not in force yet: begins on {_first_day(standing.provision.periods[0])}"
        case Force.UNKNOWN:
            return "Not known to have begun"


def _since(standing: ProvisionStanding) -> str:
    began = next((p for p in standing.provision.periods if p.from_ == standing.since), None)
    if began is not None and began.day == "none":
        said = "Long established; no first day"
    else:
        said = f"In force since {_first_day(began)}" if began is not None else "In force"
    if standing.words_since is not None and standing.words_since != standing.since:
        latest = next(p for p in standing.provision.periods if p.from_ == standing.words_since)
        said += f"; in these words since {_first_day(latest)}"
    return said + (f"; until {say_day(standing.until)}" if standing.until else "")


def _first_day(period: Period) -> str:
    """A period's first day, as far as it is known: 1 March 2000; October 2026, day not seen."""
    match period.day:
        case "not_seen":
            return f"{say_day(period.from_).split(' ', 1)[1]}, day not seen"
        case "none":
            return "long ago; it has no first day"
        case None:
            return say_day(period.from_)


def period_in_words(period: Period, as_at: date) -> str:
    """One period in a line: 25 May 2018 to 4 February 2026: first form."""
    end = say_day(period.to) if period.to else ("" if period.from_ > as_at else "today")
    said = f"{'From ' if not end else ''}{_first_day(period)}{' to ' + end if end else ''}"
    said += f": {period.change}" if period.change else ""
    return said + (f". By {period.amended_by}" if period.amended_by else "")


def instruments(pack: Pack) -> list[tuple[str, str, tuple[str, ...]]]:
    """Anchor, title and provisions of every instrument, in order of the pack."""
    grouped: dict[str, tuple[str, ...]] = {}
    for provision in pack.provisions.values():
        grouped[provision.instrument] = (*grouped.get(provision.instrument, ()), provision.id)
    return [(f"law-{n}", title, ids) for n, (title, ids) in enumerate(grouped.items(), start=1)]


def verification_levels(pack: Pack) -> Counter[str]:
    """How many provisions were checked how far."""
    return Counter(provision.verification.level for provision in pack.provisions.values())


def verification_tally(page: Page) -> list[tuple[int, str]]:
    """How many provisions were checked how far, in words, none left out."""
    levels = verification_levels(page.pack)
    words = {"text": "read in the law itself", "secondary": "read in another body’s text", "unverified": "not verified"}
    return [(levels[level], said) for level, said in words.items()]


def on_the_move(page: Page) -> list[Provision]:
    """The provisions that ended, are still to begin, will end, or were worded anew in the last two years."""
    lately = months_from(page.trace.as_at, -_RECENT_MONTHS)
    return [s.provision for s in page.trace.provisions.values() if s.provision.periods and _moves(s, lately)]


def _moves(standing: ProvisionStanding, lately: date) -> bool:
    changed = standing.words_since is not None and standing.words_since >= lately
    return changed or standing.force is not Force.IN_FORCE or standing.until is not None


def fitting(name: str) -> str:
    """A name cut to what fits beside the drawing."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"
