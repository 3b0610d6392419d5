"""The overviews: what is due, what belongs together, and what is not covered, shown as openly as the rest.

And the front door of them all: how the duties stand, what comes next, a door for each reader, and questions.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby

from markupsafe import Markup

from policykit.english import listed, say, say_day, with_article
from policykit.handbook.cards.duty import BEST_FIRST, outcomes_in_words
from policykit.handbook.cards.grounds import verification_levels
from policykit.handbook.cards.page import Page, Ref, say_in_html
from policykit.model.duties import Strength
from policykit.model.results import Outcome
from policykit.model.scalars import days_from, months_from
from policykit.tracing import DueDate, DutyStanding, Gap, GapKind, Trace, WaiverState

_A_YEAR = 12
_SOON_MONTHS = 3
_AT_MOST = 3
_NEXT_DAYS = 5
_WARNED_DAYS = 183
"""How long before it ends a statement is shown as something that needs somebody."""


def outcomes_of_duties(page: Page) -> list[tuple[int, Outcome]]:
    """How many duties have which outcome: always those that are met and not met, the others where there are any.

    And those that are out of date, where some may be so one day: nobody sees it before.
    """
    tally = Counter(standing.outcome for standing in page.trace.duties.values())
    always = {Outcome.PASS, Outcome.FAIL, *([Outcome.STALE] if page.trace.until else ())}
    shown = [outcome for outcome in BEST_FIRST if tally[outcome] or outcome in always]
    return [(tally[outcome], outcome) for outcome in shown]


def outcomes_of_checks(page: Page) -> list[tuple[int, Outcome]]:
    """How many checks have which outcome, worst first; and those out of date, where some may be so one day."""
    tally = Counter(result.outcome for result in page.trace.checks.values())
    always = {Outcome.STALE} if page.trace.until else set()
    return [(tally[outcome], outcome) for outcome in Outcome if tally[outcome] or outcome in always]


def ends_of_duties(trace: Trace) -> list[str]:
    """How each duty stands and the last day on which it does so, for the script: `pass:2026-11-20`."""
    standings = trace.duties.items()
    return [f"{standing.outcome.code}:{day}" for name, standing in standings if (day := trace.until_of(name))]


def ends_of_checks(page: Page) -> list[str]:
    """The same of each check."""
    return [f"{page.trace.checks[name].outcome.code}:{day}" for name, day in page.trace.until.items()]


def meaning_here(outcome: Outcome, page: Page) -> str:
    """What an outcome of duties means, or until when all that is not met is accepted."""
    waivers = [waiver.waiver for waiver in page.trace.waivers if waiver.state is WaiverState.COVERS]
    failing = {check.id for check in page.trace.checks.values() if check.outcome is Outcome.FAIL}
    if outcome is Outcome.FAIL and failing and failing == {waiver.check for waiver in waivers}:
        return say("handbook.front.accepted", day=say_day(min(waiver.until for waiver in waivers)))
    return say(f"handbook.outcome.{outcome.code}.short")


def counted_where(page: Page) -> str:
    """What the results rest on: whose records, how many of them, and from when."""
    run, name = page.trace.run, page.trace.organisation.profile.name
    used = {used.register_: used.taken_on for result in page.trace.checks.values() for used in result.records}
    if run is None or not used:
        return say("handbook.front.nothing-shown", name=name)
    said = say(
        "handbook.front.counted",
        name=name,
        checks=say("handbook.front.counted-checks", n=len(page.trace.checks)),
        registers=say("handbook.front.counted-registers", n=len(used)),
        days=_from_to(min(used.values()), max(used.values())),
    )
    return said if run.complete else f"{said} {say('handbook.front.not-complete')}"


def _from_to(first: date, last: date) -> str:
    if first == last:
        return say("handbook.front.taken-on", day=say_day(first))
    return say("handbook.front.taken-between", first=say_day(first), last=say_day(last))


def next_dates(page: Page) -> list[tuple[date, list[str]]]:
    """The days to come, and what happens on each."""
    ahead = [due for due in page.trace.due if due.day >= page.trace.as_at]
    days = [(day, list(_happenings(dues))) for day, dues in groupby(ahead, key=lambda due: due.day)]
    return days[:_NEXT_DAYS]


def _happenings(dues: Iterable[DueDate]) -> Iterator[str]:
    for kind, same in groupby(sorted(dues, key=lambda due: due.kind), key=lambda due: due.kind):
        first, *more = same
        yield say(f"handbook.next-dates.{kind.name.lower()}", n=len(more) + 1) if more else first.what


def needing_somebody(page: Page) -> list[DutyStanding]:
    """The duties that need somebody, the worst first."""
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


def note_on(standing: DutyStanding, page: Page) -> Markup | str:
    """Until when a duty may wait, and who says so; nothing where there is nothing to say."""
    found = next((w for result in standing.checks if (w := page.trace.waiver_of(result.id))), None)
    if standing.outcome is Outcome.FAIL and found:
        note = "handbook.note.covers" if found.state is WaiverState.COVERS else "handbook.note.exceeded"
        left = Markup('<span class="countdown">{}</span>').format(say("handbook.note.left", n=found.days_left))
        return say_in_html(note, by=found.waiver.accepted_by, until=say_day(found.waiver.until), left=left)
    until = _statement_ends(standing, page)
    if standing.outcome is Outcome.ATTESTED and until:
        return say("handbook.note.statement", day=say_day(until))
    late = standing.next_review < page.trace.as_at
    return say("handbook.note.review-late", day=say_day(standing.next_review)) if late else ""


def doors_of(page: Page) -> list[tuple[str, str, list[Ref]]]:
    """Three doors, each with what it is for and the ways from it that there are in this handbook."""
    not_met = next((s.duty.id for s in page.trace.duties.values() if s.outcome is Outcome.FAIL), "")
    doors = {
        "bearer": ("duties", not_met, "duties-due", "reference/results"),
        "compliance": ("trace-matrix", "source-ledger", "law-register", "gaps"),
        "developer": ("reference/checks", "reference/rules", "reference/registers", "reference/formats"),
    }
    bearer = with_article(_bearer(page))
    return [
        (say(f"handbook.door.{door}.title", bearer=bearer), say(f"handbook.door.{door}.about"), list(_ways(page, to)))
        for door, to in doors.items()
    ]


def _bearer(page: Page) -> str:
    """Who has most of the duties."""
    bearers = Counter(duty.bearer for duty in page.pack.duties.values())
    return bearers.most_common(1)[0][0] if bearers else say("handbook.door.bearer.nobody")


def _ways(page: Page, names: Iterable[str]) -> Iterator[Ref]:
    """Ways to views, and to the duty that is not met; without those that lead nowhere."""
    for name in filter(None, names):
        is_duty = name in page.pack.duties
        if href := page.link(name if is_duty else f"view:{name}"):
            yield Ref(say(f"handbook.way.{'not-met' if is_duty else name}"), href)


def questions(page: Page) -> list[tuple[str, str, str, bool]]:
    """The questions whose page there is: each with the way to that page, the answer, and whether the answer ages."""
    ways = ((name, page.link(f"view:{view}"), answer) for name, (view, answer) in _QUESTIONS.items())
    there = ((name, href, answer(page)) for name, href, answer in ways if href is not None)
    return [(say(f"handbook.question.{name}"), href, answer, name in _AGING) for name, href, answer in there]


def _what_must_i_do(page: Page) -> str:
    tally = Counter(standing.strength for standing in page.trace.duties.values())
    asked = (strength for strength in (Strength.MUST, Strength.SHOULD, Strength.MAY) if tally[strength])
    said = [say(f"handbook.answer.asked.{strength}", n=tally[strength]) for strength in asked]
    return say("handbook.answer.do", duties=listed(said)) if said else say("handbook.answer.no-duties")


def _what_is_late(page: Page) -> str:
    standings = page.trace.duties.values()
    not_met = sum(standing.outcome is Outcome.FAIL for standing in standings)
    late = sum(standing.next_review < page.trace.as_at for standing in standings)
    stale = sum(result.outcome is Outcome.STALE for result in page.trace.checks.values())
    return say(
        "handbook.answer.late",
        not_met=say("handbook.answer.not-met", n=not_met),
        late=say("handbook.answer.reviews-late", n=late),
        stale=say("handbook.answer.stale", n=stale),
    )


def _who_owns_it(page: Page) -> str:
    tally = Counter(duty.owner for duty in page.pack.duties.values()).most_common()
    said = listed([say("handbook.answer.owner", owner=owner, n=count) for owner, count in tally])
    return say("handbook.answer.owners", n=len(tally), owners=said)


def _what_is_the_law(page: Page) -> str:
    levels = {level: verification_levels(page.pack)[level] for level in ("text", "secondary", "unverified")}
    return say("handbook.answer.law", n=len(page.pack.provisions), **levels)


def _how_do_we_know(page: Page) -> str:
    said = outcomes_in_words(result.outcome for result in page.trace.checks.values())
    return say("handbook.answer.know", n=len(page.trace.checks), outcomes=said)


def _is_it_out_of_date(page: Page) -> str:
    tally = Counter(clause.currency_today for clause in page.pack.clauses.values() if clause.currency_today)
    sentences, superseded = say("handbook.answer.sentences", n=tally.total()), tally["superseded"]
    said = say("handbook.answer.out-of-date", n=tally["wrong_today"], sentences=sentences, superseded=superseded)
    lost = tally["not_known"]
    return f"{said} {say('handbook.answer.lost', n=lost)}" if lost else said


def _what_changed(page: Page) -> str:
    since = months_from(page.trace.as_at, -_A_YEAR)
    days = ((standing.words_since, standing.provision.cited_as) for standing in page.trace.provisions.values())
    changed = [(day, cited) for day, cited in days if day is not None and day > since]
    latest = sorted(changed, key=lambda each: each[0], reverse=True)[:_AT_MOST]
    said = listed([say("handbook.answer.changed-on", provision=cited, day=say_day(day)) for day, cited in latest])
    return say("handbook.answer.changed", n=len(changed), latest=said)


def _what_is_not_covered(page: Page) -> str:
    tally = Counter(gap.kind for gap in page.trace.gaps)
    duties = say("handbook.answer.without-check", n=tally[GapKind.NO_CHECK])
    law = say("handbook.answer.unverified", n=tally[GapKind.UNVERIFIED])
    in_part = sum(bool(standing.checks and standing.unseen) for standing in page.trace.duties.values())
    parts = say("handbook.answer.in-part", n=in_part)
    return say("handbook.answer.not-covered", duties=duties, parts=parts, law=law)


def _when_is_the_next_review(page: Page) -> str:
    days = Counter(standing.next_review for standing in page.trace.duties.values())
    if not days:
        return say("handbook.answer.no-duties")
    day, *later = sorted(days)
    first = say("handbook.answer.review-first", n=days[day], day=say_day(day))
    if not later:
        return say("handbook.answer.review", first=first)
    rest = sum(days[day] for day in later)
    return say("handbook.answer.review-and-rest", first=first, n=rest, last=say_day(later[-1]))


_AGING = {"late", "know"}
_QUESTIONS: dict[str, tuple[str, Callable[[Page], str]]] = {
    "do": ("duties", _what_must_i_do),
    "late": ("duties-due", _what_is_late),
    "owner": ("trace-matrix", _who_owns_it),
    "law": ("law-register", _what_is_the_law),
    "know": ("reference/checks", _how_do_we_know),
    "out-of-date": ("source-ledger", _is_it_out_of_date),
    "changed": ("law-register", _what_changed),
    "not-covered": ("gaps", _what_is_not_covered),
    "review": ("duties-due", _when_is_the_next_review),
}
"""Each question with the view that has more of it, and what answers it."""


def due_by_heading(page: Page) -> list[tuple[str, list[DueDate]]]:
    """Dates by what they stand under: `overdue`, what comes within `months`, and what comes `later`."""
    return [(name, list(dues)) for name, dues in groupby(page.trace.due, key=lambda due: _heading(due, page))]


def _heading(due: DueDate, page: Page) -> str:
    if due.day < page.trace.as_at:
        return "overdue"
    return "months" if due.day <= months_from(page.trace.as_at, _SOON_MONTHS) else "later"


def clauses_behind_duties(trace: Trace) -> list[str]:
    """The clauses that have to do with a duty, in order of the text."""
    used = {clause for s in trace.duties.values() for clause in (*s.duty.stated_in, *s.duty.prompted_by)}
    return [clause for clause in trace.pack.clauses if clause in used]


def gaps_by_kind(trace: Trace) -> list[tuple[GapKind, list[Gap]]]:
    """Every kind of gap, also where there is none of it."""
    return [(kind, [gap for gap in trace.gaps if gap.kind is kind]) for kind in GapKind]
