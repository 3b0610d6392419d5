"""The card of a provision: what it does, since when, whom it binds, and how far it was checked."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.periods import Bar, Scale, bars
from policykit.handbook.cards.prose import is_web_address
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.saying import humanised, listed
from policykit.handbook.cards.standing_words import EXTENTS, first_day, in_force_words, reach_words, verified_words
from policykit.model.calendar import say_day
from policykit.model.law import Period
from policykit.tracing.standing import Force, ProvisionStanding

_STATES = {
    Force.IN_FORCE: "In force",
    Force.ENDED: "Ended",
    Force.NOT_BEGUN: "Not yet in force",
    Force.UNKNOWN: "Not known to have begun",
}
_REGIMES = {
    "uk_gdpr": "UK GDPR",
    "dpa_part3": "Law enforcement processing (Part 3 of the DPA 2018)",
    "none": "Not part of data protection law",
}
_WIDTH = 600.0


@dataclass(frozen=True)
class ProvisionView:
    """All that a provision's card shows."""

    standing: ProvisionStanding
    kind: str
    state: str
    in_force: str
    bars: tuple[Bar, ...]
    width: float
    periods: tuple[str, ...]
    reach: str
    binds: str
    extent: str
    verified: str
    regime: str
    uri: str | None
    replaced_by: tuple[Ref, ...]
    duties: tuple[Ref, ...]
    cited_in: tuple[Ref, ...]
    checks: tuple[Ref, ...]
    own: str


def provision_card(provision: str, page: Page, level: int) -> Markup:
    """The card of one provision as HTML; its title is a heading of that level."""
    return render("provision.html", view=_view(page.trace.provisions[provision], page), level=level)


def _view(standing: ProvisionStanding, page: Page) -> ProvisionView:
    provision = standing.provision
    return ProvisionView(
        standing=standing,
        kind=provision.kind.capitalize(),
        state=_STATES[standing.force],
        in_force=in_force_words(standing),
        bars=bars(provision.periods, page.trace.as_at, law_scale(page)),
        width=_WIDTH,
        periods=tuple(_period_words(period, page.trace.as_at) for period in provision.periods),
        reach=reach_words(standing),
        binds=listed([humanised(role) for role in provision.binds]),
        extent=listed([EXTENTS[code] for code in provision.extent]),
        verified=verified_words(provision.verification),
        regime=_REGIMES[provision.regime] if provision.regime else "",
        uri=provision.uri if is_web_address(provision.uri) else None,
        replaced_by=tuple(page.provision(other) for other in provision.superseded_by),
        duties=tuple(page.duty(s.duty.id) for s in page.trace.duties_resting_on(provision.id)),
        cited_in=tuple(page.ground(c.id) for c in page.pack.clauses.values() if provision.id in c.cites),
        checks=page.testers.get(provision.id, ()),
        own=page.link(provision.id) or f"#{provision.id}",
    )


def law_scale(page: Page, left: float = 0.0, width: float = _WIDTH) -> Scale:
    """The scale on which all provisions of the pack are drawn."""
    return Scale(*page.law_years, left, width)


def _period_words(period: Period, as_at: date) -> str:
    """One period in a line: 25 May 2018 to 4 February 2026: first form."""
    end = say_day(period.to) if period.to else ("" if period.from_ > as_at else "today")
    said = f"{'From ' if not end else ''}{first_day(period)}{' to ' + end if end else ''}"
    said += f": {period.change}" if period.change else ""
    return said + (f". By {period.amended_by}" if period.amended_by else "")
