"""What is due: every day on which something ends, begins or is to be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.saying import counted
from policykit.model.calendar import days_between, months_from
from policykit.tracing.standing import DueDate, DueKind

_SOON_MONTHS = 3
OVERDUE, SOON, LATER = "Overdue", "In the next three months", "Later"
KINDS = {
    DueKind.REVIEW: "Review",
    DueKind.RECORDS: "Records",
    DueKind.NIL_RETURN: "Nothing to record",
    DueKind.WAIVER: "Waiver",
    DueKind.STATEMENT: "Statement",
    DueKind.LAW: "Law",
    DueKind.DUTY: "Duty",
}


@dataclass(frozen=True)
class DueLine:
    """One line: the day, how far it is, what it is about and who looks after it."""

    due: DueDate
    kind: str
    away: str
    late: bool
    about: Ref
    owner: str


@dataclass(frozen=True)
class DueGroup:
    """Lines under one heading."""

    anchor: str
    heading: str
    lines: tuple[DueLine, ...]


def due_view(page: Page, level: int) -> str:
    """What is overdue, what comes soon, and what comes later."""
    return render(
        "due.html", groups=_groups(page), valid_until=page.trace.valid_until, as_at=page.trace.as_at, level=level
    )


def _groups(page: Page) -> tuple[DueGroup, ...]:
    grouped = groupby(page.trace.due, key=lambda due: when(due, page))
    return tuple(
        DueGroup(f"due-{heading.split()[-1].lower()}", heading, tuple(_lines(list(dues), page)))
        for heading, dues in grouped
    )


def when(due: DueDate, page: Page) -> str:
    """Under which heading a due date stands."""
    if due.day < page.trace.as_at:
        return OVERDUE
    return SOON if due.day <= months_from(page.trace.as_at, _SOON_MONTHS) else LATER


def _lines(dues: list[DueDate], page: Page) -> Iterator[DueLine]:
    for due in dues:
        days = days_between(page.trace.as_at, due.day)
        yield DueLine(
            due=due,
            kind=KINDS[due.kind],
            away=_away(days),
            late=days < 0,
            about=Ref(due.what, page.item(due.item).href),
            owner=_owner(due.item, page),
        )


def _away(days: int) -> str:
    if days == 0:
        return "on the as-at date"
    return f"in {counted(days, 'day')}" if days > 0 else f"{counted(-days, 'day')} ago"


def _owner(item: str, page: Page) -> str:
    """The role that looks after the duty an item belongs to; nothing where there is no such duty."""
    check = page.pack.checks.get(item)
    duty = page.pack.duties.get(check.verifies[0] if check else item)
    return duty.owner if duty else ""
