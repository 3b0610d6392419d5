"""Three overviews: what is due, what belongs together, and what is not covered, shown as openly as the rest."""

from itertools import groupby

from markupsafe import Markup

from policykit.english import counted, in_digits, listed, raised, sentence
from policykit.handbook.cards.check import outcomes_in_words
from policykit.handbook.cards.page import Page
from policykit.model.scalars import days_between, months_from
from policykit.tracing.standing import DueDate, Gap, GapKind, Trace

_SOON_MONTHS = 3


def due_by_heading(page: Page) -> list[tuple[str, str, list[DueDate]]]:
    """Anchor, heading and dates: what is overdue, what comes soon, and what comes later."""
    grouped = groupby(page.trace.due, key=lambda due: _heading(due, page))
    return [(f"due-{heading.split()[-1].lower()}", heading, list(dues)) for heading, dues in grouped]


def _heading(due: DueDate, page: Page) -> str:
    if due.day < page.trace.as_at:
        return "Overdue"
    return "In the next three months" if due.day <= months_from(page.trace.as_at, _SOON_MONTHS) else "Later"


def how_far(due: DueDate, page: Page) -> str:
    """How far a due date is from the as-at date."""
    days = days_between(page.trace.as_at, due.day)
    if days == 0:
        return "on the as-at date"
    return f"in {counted(days, 'day')}" if days > 0 else f"{counted(-days, 'day')} ago"


def owner_of(item: str, page: Page) -> str:
    """The role that looks after the duty an item belongs to; nothing where there is no such duty."""
    check = page.pack.checks.get(item)
    duty = page.pack.duties.get(check.verifies[0] if check else item)
    return duty.owner if duty else ""


def clauses_behind_duties(trace: Trace) -> list[str]:
    """The clauses that have to do with a duty, in order of the text."""
    used = {clause for s in trace.duties.values() for clause in (*s.duty.stated_in, *s.duty.prompted_by)}
    return [clause for clause in trace.pack.clauses if clause in used]


def matrix_summary(trace: Trace) -> str:
    """How many duties there are, how they stand, and what some of them lack."""
    duties = trace.duties.values()
    without_sentence = sum(not standing.duty.stated_in for standing in duties)
    without_check = sum(not standing.checks for standing in duties)
    checked = (
        f"{counted(without_check, 'duty has', 'duties have')} no check" if without_check else "every duty has a check"
    )
    resting = f"{in_digits(without_sentence)} rest on law or context rather than on a sentence of the guidance"
    outcomes = outcomes_in_words(standing.outcome for standing in duties)
    said = f"{counted(len(duties), 'duty', 'duties')}: {outcomes}. "
    return said + raised(listed([checked, resting] if without_sentence else [checked])) + "."


def gaps_by_kind(trace: Trace) -> list[tuple[GapKind, list[Gap]]]:
    """Every kind of gap, also where there is none of it."""
    return [(kind, [gap for gap in trace.gaps if gap.kind is kind]) for kind in GapKind]


def gap_in_words(gap: Gap, page: Page) -> Markup:
    """What is missing; nothing where the item's own words say it."""
    return Markup() if gap.what == page.item(gap.item).text else page.linked(sentence(gap.what))
