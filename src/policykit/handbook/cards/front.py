"""The front door: how the duties stand, what comes next, what needs somebody, and a door for each reader."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from policykit.handbook.cards.asking import Question, questions
from policykit.handbook.cards.doors import Door, doors
from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.results import BEST_FIRST, IN_SHORT
from policykit.handbook.cards.saying import counted, number
from policykit.model.calendar import days_from, say_day
from policykit.model.outcomes import Outcome
from policykit.tracing.standing import DueDate, DueKind, DutyStanding, WaiverState

_NOT_COMPLETE = "This run did not carry out every check."
_NEXT_DAYS = 5
_WARNED_DAYS = 183
"""How long before it ends a statement is shown as something that needs somebody."""

_MANY = {
    DueKind.REVIEW: "duties are read again",
    DueKind.RECORDS: "kinds of records count until here",
    DueKind.NIL_RETURN: "reports of “nothing to record” count until here",
    DueKind.WAIVER: "accepted gaps end",
    DueKind.STATEMENT: "statements end",
    DueKind.LAW: "provisions begin, change or end",
    DueKind.DUTY: "duties begin or end",
}


@dataclass(frozen=True)
class StandLine:
    """How many duties have one outcome, and what that means."""

    count: int
    outcome: Outcome
    meaning: str


@dataclass(frozen=True)
class NextDate:
    """A day to come and what happens on it."""

    day: date
    what: tuple[str, ...]


@dataclass(frozen=True)
class NeedsYou:
    """A duty that needs somebody: why, who, and until when it may wait."""

    duty: Ref
    outcome: Outcome
    reason: str
    owner: str
    note: str


@dataclass(frozen=True)
class FrontView:
    """All that the front door shows."""

    heading: str
    stand: tuple[StandLine, ...]
    counted: str
    next: tuple[NextDate, ...]
    needs: tuple[NeedsYou, ...]
    doors: tuple[Door, ...]
    questions: tuple[Question, ...]


def front(page: Page, level: int) -> str:
    """The front door as HTML; its headings begin at that level."""
    view = FrontView(
        heading=f"How the {counted(len(page.trace.duties), 'duty stands', 'duties stand')}",
        stand=_stand(page),
        counted=_counted(page),
        next=_next_dates(page),
        needs=tuple(_needs(standing, page) for standing in _needing(page)),
        doors=doors(page),
        questions=questions(page),
    )
    return render("front.html", view=view, level=level)


def _stand(page: Page) -> tuple[StandLine, ...]:
    tally = Counter(standing.outcome for standing in page.trace.duties.values())
    shown = [outcome for outcome in BEST_FIRST if tally[outcome] or outcome in {Outcome.PASS, Outcome.FAIL}]
    return tuple(StandLine(tally[outcome], outcome, _meaning(outcome, page)) for outcome in shown)


def _meaning(outcome: Outcome, page: Page) -> str:
    waivers = [waiver for waiver in page.trace.waivers if waiver.state is WaiverState.COVERS]
    failing = {check.id for check in page.trace.checks.values() if check.outcome is Outcome.FAIL}
    if outcome is Outcome.FAIL and failing and failing == {waiver.waiver.check for waiver in waivers}:
        return f"accepted until {say_day(min(waiver.waiver.until for waiver in waivers))}"
    return IN_SHORT[outcome]


def _counted(page: Page) -> str:
    used = {used.register_: used.taken_on for result in page.trace.checks.values() for used in result.records}
    name = page.trace.organisation.profile.name
    checks = counted(len(page.trace.checks), "check")
    if page.trace.run is None or not used:
        return f"No result of {name} may be shown: run the checks, then build the handbook again."
    first, last = min(used.values()), max(used.values())
    days = f"on {say_day(first)}" if first == last else f"between {say_day(first)} and {say_day(last)}"
    said = f"Counted at {name} by {checks} on {counted(len(used), 'register')}, with records taken {days}."
    return said if page.trace.run.complete else f"{said} {_NOT_COMPLETE}"


def _next_dates(page: Page) -> tuple[NextDate, ...]:
    ahead = [due for due in page.trace.due if due.day >= page.trace.as_at]
    days = [NextDate(day, _what(list(dues))) for day, dues in groupby(ahead, key=lambda due: due.day)]
    return tuple(days[:_NEXT_DAYS])


def _what(dues: list[DueDate]) -> tuple[str, ...]:
    kinds = groupby(sorted(dues, key=lambda due: due.kind), key=lambda due: due.kind)
    return tuple(_one_or_many(kind, list(same)) for kind, same in kinds)


def _one_or_many(kind: DueKind, dues: list[DueDate]) -> str:
    return dues[0].what if len(dues) == 1 else f"{number(len(dues))} {_MANY[kind]}"


def _needing(page: Page) -> list[DutyStanding]:
    standings = (standing for standing in page.trace.duties.values() if _needs_somebody(standing, page))
    return sorted(standings, key=lambda standing: standing.outcome.badness)


def _needs_somebody(standing: DutyStanding, page: Page) -> bool:
    if standing.next_review < page.trace.as_at:
        return True
    if standing.outcome is Outcome.ATTESTED:
        until = _statement_ends(standing, page)
        return until is not None and until <= days_from(page.trace.as_at, _WARNED_DAYS)
    return standing.outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}


def _statement_ends(standing: DutyStanding, page: Page) -> date | None:
    said = (page.trace.attestations.get(result.id) for result in standing.checks)
    return min((statement.until for statement in said if statement), default=None)


def _needs(standing: DutyStanding, page: Page) -> NeedsYou:
    duty = standing.duty
    return NeedsYou(page.duty(duty.id), standing.outcome, standing.reason, duty.owner, _note(standing, page))


def _note(standing: DutyStanding, page: Page) -> str:
    waiver = next((w for result in standing.checks if (w := page.trace.waiver_of(result.id))), None)
    if standing.outcome is Outcome.FAIL and waiver:
        left = counted(waiver.days_left, "day")
        said = "Accepted" if waiver.state is WaiverState.COVERS else "More than was accepted"
        return f"{said} by {waiver.waiver.accepted_by} until {say_day(waiver.waiver.until)}: {left} left."
    until = _statement_ends(standing, page)
    if standing.outcome is Outcome.ATTESTED and until:
        return f"A new statement is needed before {say_day(until)}."
    late = standing.next_review < page.trace.as_at
    return f"Its review was due on {say_day(standing.next_review)}." if late else ""
