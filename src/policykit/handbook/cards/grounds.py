"""What duties and checks rest on: the sentences of the guidance and the provisions of the law, and how they are said.

Periods are drawn to scale, always beside the same dates as text.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from policykit.english import listed, say, say_day
from policykit.handbook.cards.page import Page
from policykit.model.scalars import months_from, read_day
from policykit.model.sources import Clause, Period, Provision, Verification
from policykit.reading import Pack
from policykit.tracing import Force, ProvisionStanding

_RECENT_MONTHS = 24
_MOST_YEARS = 12
"""Written above the drawing."""
_GAP = 1.6
"""Between two periods that follow one another, so that new wording shows; in units of the drawing."""


def class_in_words(clause: Clause) -> str:
    """The class of a clause and what it asks for: Obligation (must)."""
    kind = say(f"handbook.clause-class.{clause.clause_class}")
    return say("handbook.clause.asks", kind=kind, strengths=listed(clause.strength)) if clause.strength else kind


def published_in_words(published: str) -> str:
    """The day of publication as far as it is known."""
    if published == "unknown":
        return say("handbook.published.unknown")
    parts = published.split("-")
    padded = "-".join([*parts, "01", "01"][:3])
    return say("handbook.published.on", day=say_day(read_day(padded)).split(" ", 3 - len(parts))[-1])


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


def verified_in_words(verification: Verification) -> str:
    """How far a provision was checked, and when."""
    level, day = say(f"handbook.verification.{verification.level}"), verification.checked_on
    return say("handbook.verification.on", level=level, day=say_day(day)) if day else level


def reach_in_words(standing: ProvisionStanding) -> str:
    """What a provision is to this organisation; nothing where it is not law on the as-at date."""
    return standing.reach.value if standing.force is Force.IN_FORCE else ""


def force_in_words(standing: ProvisionStanding) -> str:
    """Whether a provision is law on the as-at date, and since when."""
    periods = standing.provision.periods
    match standing.force:
        case Force.IN_FORCE:
            return "; ".join(_since(standing))
        case Force.ENDED:
            last = periods[-1].to
            return say("handbook.law.ended-on", day=say_day(last)) if last else say("handbook.law.ended")
        case Force.NOT_BEGUN:
            return say("handbook.law.begins", day=_first_day(periods[0]))
        case Force.UNKNOWN:
            return say("handbook.force.unknown")


def _since(standing: ProvisionStanding) -> Iterator[str]:
    began = {period.from_: period for period in standing.provision.periods}
    first = began.get(standing.since) if standing.since else None
    if first is None:
        yield say("handbook.force.in_force")
    elif first.day == "none":
        yield say("handbook.law.established")
    else:
        yield say("handbook.law.since", day=_first_day(first))
    if standing.words_since is not None and standing.words_since != standing.since:
        yield say("handbook.law.these-words-since", day=_first_day(began[standing.words_since]))
    if standing.until:
        yield say("handbook.law.until", day=say_day(standing.until))


def _first_day(period: Period) -> str:
    """A period's first day, as far as it is known: 1 March 2000; October 2026, day not seen."""
    match period.day:
        case "not_seen":
            return say("handbook.period.day-not-seen", month=say_day(period.from_).split(" ", 1)[1])
        case "none":
            return say("handbook.period.no-first-day")
        case None:
            return say_day(period.from_)


def period_in_words(period: Period, as_at: date) -> str:
    """One period in a line: 25 May 2018 to 4 February 2026: first form."""
    first = _first_day(period)
    if period.to:
        said = say("handbook.period.ended", first=first, last=say_day(period.to))
    else:
        said = say("handbook.period.next" if period.from_ > as_at else "handbook.period.holds", first=first)
    if period.change:
        said = say("handbook.period.changed", period=said, change=period.change)
    return say("handbook.period.amended", period=said, act=period.amended_by) if period.amended_by else said


def instruments(pack: Pack) -> list[tuple[str, str, tuple[str, ...]]]:
    """Anchor, title and provisions of every instrument, in order of the pack."""
    grouped: dict[str, tuple[str, ...]] = {}
    for provision in pack.provisions.values():
        grouped[provision.instrument] = (*grouped.get(provision.instrument, ()), provision.id)
    return [(f"law-{n}", title, ids) for n, (title, ids) in enumerate(grouped.items(), start=1)]


def verification_levels(pack: Pack) -> Counter[str]:
    """How many provisions were checked how far."""
    return Counter(provision.verification.level for provision in pack.provisions.values())


def on_the_move(page: Page) -> list[Provision]:
    """The provisions that ended, are still to begin, will end, or were worded anew in the last two years."""
    lately = months_from(page.trace.as_at, -_RECENT_MONTHS)
    return [s.provision for s in page.trace.provisions.values() if s.provision.periods and _moves(s, lately)]


def _moves(standing: ProvisionStanding, lately: date) -> bool:
    changed = standing.words_since is not None and standing.words_since >= lately
    return changed or standing.force is not Force.IN_FORCE or standing.until is not None
