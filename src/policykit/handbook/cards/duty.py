"""The card of a duty: what to do, who says so, how it stands, and how we know."""

from dataclasses import dataclass

from markupsafe import Markup

from policykit.handbook.cards.duty_parts import GuidancePart, KnowPart, LawPart, guidance_part, know_part, law_part
from policykit.handbook.cards.frame import report_href
from policykit.handbook.cards.page import Page, Ref, sentence_name
from policykit.handbook.cards.prose import render_prose
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.saying import counted
from policykit.handbook.cards.standing_words import STRENGTHS, applies_words, who_says
from policykit.model.duties import Duty
from policykit.model.outcomes import Outcome
from policykit.tracing.standing import DutyStanding, WaiverStanding, WaiverState

GOOD, NOW, NOT_MET = "What good looks like", "What to do this week", "What to do when it is not met"
"""The three headings that stand in every duty."""


@dataclass(frozen=True)
class ProsePart:
    """One heading of the duty's own prose; the hint says how much there is before it is opened."""

    heading: str
    hint: str
    html: Markup


@dataclass(frozen=True)
class WrongClause:
    """A clause that the duty leans on and that is wrong today."""

    clause: Ref
    notice: str


@dataclass(frozen=True)
class DutyView:
    """All that a duty's card shows."""

    standing: DutyStanding
    strength: str
    who_says: str
    said: tuple[tuple[str, str], ...]
    wrong: tuple[WrongClause, ...]
    waivers: tuple[WaiverStanding, ...]
    now: ProsePart | None
    not_met: ProsePart | None
    good: ProsePart | None
    others: tuple[ProsePart, ...]
    guidance: GuidancePart
    law: LawPart
    know: KnowPart
    applies: str
    review_late: bool
    own: str
    report: str


def duty_card(duty: str, page: Page, level: int) -> Markup:
    """The card of one duty as HTML; its title is a heading of that level."""
    return render("duty.html", view=_view(page.trace.duties[duty], page, level), level=level)


def _view(standing: DutyStanding, page: Page, level: int) -> DutyView:
    duty = standing.duty
    return DutyView(
        standing=standing,
        strength=STRENGTHS[standing.strength],
        who_says=who_says(standing),
        said=tuple(_lead_apart(sentence) for sentence in standing.said),
        wrong=_wrong_clauses(duty, page),
        waivers=_waivers(standing, page),
        now=_prose(duty, NOW, "", page, level),
        not_met=_prose(duty, NOT_MET, "step", page, level),
        good=_prose(duty, GOOD, "sign", page, level),
        others=_other_parts(duty, page, level),
        guidance=guidance_part(duty, page),
        law=law_part(duty, page),
        know=know_part(standing, page, level + 2),
        applies=applies_words(duty.applies, page.setting) if duty.applies else "",
        review_late=standing.next_review < page.trace.as_at,
        own=page.link(duty.id) or f"#{duty.id}",
        report=report_href(page.pack.policy.report_to, duty.id),
    )


def _lead_apart(said: str) -> tuple[str, str]:
    lead, colon, rest = said.partition(": ")
    return (lead + ":", rest) if colon else ("", said)


def _wrong_clauses(duty: Duty, page: Page) -> tuple[WrongClause, ...]:
    clauses = (page.pack.clauses[clause] for clause in (*duty.stated_in, *duty.prompted_by))
    return tuple(
        WrongClause(Ref(sentence_name(page, clause.id), page.link(clause.id)), clause.notice or clause.today or "")
        for clause in clauses
        if clause.currency == "wrong_today"
    )


def _waivers(standing: DutyStanding, page: Page) -> tuple[WaiverStanding, ...]:
    """Waivers that say something about the duty today: those in use, ahead, or run out while the check is not met."""
    failing = {result.id for result in standing.checks if result.outcome is Outcome.FAIL}
    checks = {result.id for result in standing.checks}
    shown = {WaiverState.COVERS, WaiverState.EXCEEDED, WaiverState.NOT_BEGUN}
    ours = (waiver for waiver in page.trace.waivers if waiver.waiver.check in checks)
    return tuple(
        waiver
        for waiver in ours
        if waiver.state in shown or (waiver.state is WaiverState.EXPIRED and waiver.waiver.check in failing)
    )


def _prose(duty: Duty, heading: str, unit: str, page: Page, level: int) -> ProsePart | None:
    section = next((section for section in duty.sections if section.heading == heading), None)
    if section is None:
        return None
    prose = render_prose(section.text, page.link, level + 2)
    return ProsePart(heading, counted(prose.items, unit) if unit and prose.items else "", prose.html)


def _other_parts(duty: Duty, page: Page, level: int) -> tuple[ProsePart, ...]:
    headings = (section.heading for section in duty.sections if section.heading not in {GOOD, NOW, NOT_MET})
    return tuple(part for heading in headings if (part := _prose(duty, heading, "line", page, level)))
