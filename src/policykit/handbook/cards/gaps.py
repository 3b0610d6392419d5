"""The gaps: what no check covers, and what nobody has verified, shown as openly as the rest."""

from dataclasses import dataclass

from markupsafe import Markup

from policykit.handbook.cards.mentions import with_links
from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.saying import sentence
from policykit.tracing.standing import Gap, GapKind

_NONE = {
    GapKind.DEFECT: "The text as supplied has no defect that we know of.",
    GapKind.OUT_OF_SCOPE: "No sentence is left out.",
    GapKind.NO_CHECK: "Every duty has at least one check.",
    GapKind.UNVERIFIED: "Every provision that a duty rests on was read by somebody.",
    GapKind.EXAMPLES: "Nothing is known to be open.",
    GapKind.WAIVER: "No waiver has run out, and each belongs to a check.",
}


@dataclass(frozen=True)
class GapLine:
    """One gap: the item and what is missing."""

    about: Ref
    what: Markup


@dataclass(frozen=True)
class GapGroup:
    """All gaps of one kind; where there is none, a sentence that says so."""

    anchor: str
    heading: str
    none: str
    lines: tuple[GapLine, ...]


def gaps_view(page: Page, level: int) -> str:
    """Every kind of gap, also where there is none of it."""
    groups = [_group(kind, page) for kind in GapKind]
    return render("gaps.html", groups=groups, limits=_limits(page), level=level)


def _group(kind: GapKind, page: Page) -> GapGroup:
    lines = tuple(_line(gap, page) for gap in page.trace.gaps if gap.kind is kind)
    return GapGroup(f"gap-{kind.name.lower().replace('_', '-')}", kind.value, _NONE[kind], lines)


def _line(gap: Gap, page: Page) -> GapLine:
    about = page.item(gap.item)
    return GapLine(about, Markup("") if gap.what == about.text else with_links(sentence(gap.what), page))


def _limits(page: Page) -> tuple[GapLine, ...]:
    """What each check does not show."""
    checks = page.pack.checks.values()
    return tuple(GapLine(page.check(check.id), with_links(sentence(check.limits), page)) for check in checks)
