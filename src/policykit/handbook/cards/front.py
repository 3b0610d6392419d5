"""The front door: how the duties stand, what comes next, what needs somebody, a door for each reader, and questions."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from policykit.english import counted, in_digits, listed, raised, say_day, with_article
from policykit.handbook.cards.check import BEST_FIRST, IN_SHORT, outcomes_in_words
from policykit.handbook.cards.duty import STRENGTHS
from policykit.handbook.cards.grounds import verification_levels
from policykit.handbook.cards.page import Page, Ref
from policykit.model.duties import Strength
from policykit.model.results import Outcome
from policykit.model.scalars import days_from, months_from
from policykit.tracing.standing import DueDate, DueKind, DutyStanding, GapKind, ProvisionStanding, WaiverState

_A_YEAR = 12
_AT_MOST = 3
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
Ways = tuple[tuple[str, str], ...]
"""Ways to items or views, each with its words."""

_COMPLIANCE: Ways = (
    ("view:trace-matrix", "Trace duty, source, law and check"),
    ("view:source-ledger", "Read the guidance sentence by sentence"),
    ("view:law-register", "Look up the law and its dates"),
    ("view:gaps", "See what is not covered"),
)
_DEVELOPER: Ways = (
    ("view:reference/checks", "See all checks and their results"),
    ("view:reference/rules", "Learn the language of rules"),
    ("view:reference/registers", "See the records they read"),
    ("view:reference/formats", "Look up the file formats"),
)


def outcomes_of_duties(page: Page) -> list[tuple[int, Outcome]]:
    """How many duties have which outcome: always those that are met and not met, the others where there are any."""
    tally = Counter(standing.outcome for standing in page.trace.duties.values())
    shown = [outcome for outcome in BEST_FIRST if tally[outcome] or outcome in {Outcome.PASS, Outcome.FAIL}]
    return [(tally[outcome], outcome) for outcome in shown]


def meaning_here(outcome: Outcome, page: Page) -> str:
    """What an outcome of duties means, or until when all that is not met is accepted."""
    waivers = [waiver for waiver in page.trace.waivers if waiver.state is WaiverState.COVERS]
    failing = {check.id for check in page.trace.checks.values() if check.outcome is Outcome.FAIL}
    if outcome is Outcome.FAIL and failing and failing == {waiver.waiver.check for waiver in waivers}:
        return f"accepted until {say_day(min(waiver.waiver.until for waiver in waivers))}"
    return IN_SHORT[outcome]


def counted_where(page: Page) -> str:
    """What the results rest on: whose records, how many of them, and from when."""
    used = {used.register_: used.taken_on for result in page.trace.checks.values() for used in result.records}
    name = page.trace.organisation.profile.name
    checks = counted(len(page.trace.checks), "check")
    if page.trace.run is None or not used:
        return f"No result of {name} may be shown: run the checks, then build the handbook again."
    first, last = min(used.values()), max(used.values())
    days = f"on {say_day(first)}" if first == last else f"between {say_day(first)} and {say_day(last)}"
    said = f"Counted at {name} by {checks} on {counted(len(used), 'register')}, with records taken {days}."
    return said if page.trace.run.complete else f"{said} This run did not carry out every check."


def next_dates(page: Page) -> list[tuple[date, list[str]]]:
    """The days to come, and what happens on each."""
    ahead = [due for due in page.trace.due if due.day >= page.trace.as_at]
    days = [(day, _what(list(dues))) for day, dues in groupby(ahead, key=lambda due: due.day)]
    return days[:_NEXT_DAYS]


def _what(dues: list[DueDate]) -> list[str]:
    kinds = groupby(sorted(dues, key=lambda due: due.kind), key=lambda due: due.kind)
    return [_one_or_many(kind, list(same)) for kind, same in kinds]


def _one_or_many(kind: DueKind, dues: list[DueDate]) -> str:
    return dues[0].what if len(dues) == 1 else f"{in_digits(len(dues))} {_MANY[kind]}"


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


def note_on(standing: DutyStanding, page: Page) -> str:
    """Until when a duty may wait, and who says so; nothing where there is nothing to say."""
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


def doors_of(page: Page) -> list[tuple[str, str, list[Ref]]]:
    """Three doors, each with what it is for and the ways from it that there are in this handbook."""
    doors = (
        (f"I am {with_article(_bearer(page))}", "What to do, and whether it is being done.", _bearers_ways(page)),
        ("I answer for compliance", "Where each duty comes from, and what proves it.", _COMPLIANCE),
        ("I write checks", "Rules that say in words what they run.", _DEVELOPER),
    )
    return [(title, about, list(_ways(page, ways))) for title, about, ways in doors]


def _bearer(page: Page) -> str:
    """Who has most of the duties."""
    bearers = Counter(duty.bearer for duty in page.pack.duties.values())
    return bearers.most_common(1)[0][0] if bearers else "reader"


def _bearers_ways(page: Page) -> Ways:
    not_met = (s.duty.id for s in page.trace.duties.values() if s.outcome is Outcome.FAIL)
    return (
        ("view:duties", "Read the duties"),
        (next(not_met, ""), "See what is not met"),
        ("view:duties-due", "See what is due, and when"),
        ("view:reference/results", "Learn what each result means"),
    )


def _ways(page: Page, ways: Ways) -> Iterator[Ref]:
    return (Ref(text, href) for to, text in ways if to and (href := page.link(to)) is not None)


def questions(page: Page) -> list[tuple[str, str, str]]:
    """The questions whose page there is: each with the way to that page and the answer in one or two sentences."""
    asked = (
        ("What must I do?", "view:duties", _what_must_i_do),
        ("What is late or not met?", "view:duties-due", _what_is_late),
        ("Who owns it?", "view:trace-matrix", _who_owns_it),
        ("What is the law behind it?", "view:law-register", _what_is_the_law),
        ("How do we know?", "view:reference/checks", _how_do_we_know),
        ("Is the guidance out of date?", "view:source-ledger", _is_it_out_of_date),
        ("What changed in the law?", "view:law-register", _what_changed),
        ("What is not covered?", "view:gaps", _what_is_not_covered),
        ("When is the next review?", "view:duties-due", _when_is_the_next_review),
    )
    return [(text, href, answer(page)) for text, to, answer in asked if (href := page.link(to)) is not None]


def _what_must_i_do(page: Page) -> str:
    tally = Counter(standing.strength for standing in page.trace.duties.values())
    said = [
        f"{counted(tally[strength], 'duty says', 'duties say')} {STRENGTHS[strength].lower()}"
        for strength in (Strength.MUST, Strength.SHOULD, Strength.MAY)
        if tally[strength]
    ]
    return listed(said) + "." if said else "There are no duties yet."


def _what_is_late(page: Page) -> str:
    standings = page.trace.duties.values()
    not_met = sum(standing.outcome is Outcome.FAIL for standing in standings)
    late = sum(standing.next_review < page.trace.as_at for standing in standings)
    stale = sum(result.outcome is Outcome.STALE for result in page.trace.checks.values())
    return (
        f"{_none_or(not_met, 'duty is', 'duties are')} not met. {_none_or(late, 'review is', 'reviews are')} late, and "
        f"{_none_or(stale, 'check has', 'checks have').lower()} records that are out of date."
    )


def _none_or(count: int, one: str, many: str) -> str:
    return f"No {one}" if count == 0 else counted(count, one, many)


def _who_owns_it(page: Page) -> str:
    tally = Counter(duty.owner for duty in page.pack.duties.values())
    said = listed([f"{owner} ({count})" for owner, count in tally.most_common()])
    return f"{counted(len(tally), 'role')}: {said}."


def _what_is_the_law(page: Page) -> str:
    levels = verification_levels(page.pack)
    return (
        f"{counted(len(page.pack.provisions), 'provision')} with their dates: {in_digits(levels['text'])} read in the "
        f"law itself, {in_digits(levels['secondary'])} in another text, {in_digits(levels['unverified'])} not verified."
    )


def _how_do_we_know(page: Page) -> str:
    said = outcomes_in_words(result.outcome for result in page.trace.checks.values())
    return f"{counted(len(page.trace.checks), 'check')}: {said}."


def _is_it_out_of_date(page: Page) -> str:
    tally = Counter(clause.currency for clause in page.pack.clauses.values())
    return (
        f"Of {counted(len(page.pack.clauses), 'sentence')}, {in_digits(tally['wrong_today'])} "
        f"{'is' if tally['wrong_today'] == 1 else 'are'} wrong today and {in_digits(tally['superseded'])} superseded. "
        "Each says what holds instead."
    )


def _what_changed(page: Page) -> str:
    since = months_from(page.trace.as_at, -_A_YEAR)
    changed = [s for s in page.trace.provisions.values() if s.words_since is not None and s.words_since > since]
    latest = sorted(changed, key=lambda standing: str(standing.words_since), reverse=True)[:_AT_MOST]
    if not latest:
        return "No provision began or was worded anew in the year before the as-at date."
    said = listed([_since(standing) for standing in latest])
    return f"{counted(len(changed), 'provision')} began or changed in the last year, the latest {said}."


def _since(standing: ProvisionStanding) -> str:
    day = f" on {say_day(standing.words_since)}" if standing.words_since else ""
    return f"{standing.provision.cited_as}{day}"


def _what_is_not_covered(page: Page) -> str:
    tally = Counter(gap.kind for gap in page.trace.gaps)
    duties = _none_or(tally[GapKind.NO_CHECK], "duty is", "duties are")
    law = _none_or(tally[GapKind.UNVERIFIED], "provision", "provisions").lower()
    verb = "are" if tally[GapKind.UNVERIFIED] > 1 else "is"
    return (
        f"{duties} without a check, and {law} that a duty rests on {verb} unverified. "
        "Every check says what it does not show."
    )


def _when_is_the_next_review(page: Page) -> str:
    days = Counter(standing.next_review for standing in page.trace.duties.values())
    if not days:
        return "There are no duties yet."
    first, *later = sorted(days)
    said = f"{counted(days[first], 'duty is', 'duties are')} read again by {say_day(first)}"
    rest = sum(days[day] for day in later)
    return raised(said) + (f", the other {rest} by {say_day(later[-1])}." if later else ".")
