"""Questions with which a reader may start, each with its answer and the way to more."""

from collections import Counter
from dataclasses import dataclass

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.results import BEST_FIRST
from policykit.handbook.cards.saying import counted, listed, number, upper_first
from policykit.handbook.cards.standing_words import STRENGTHS
from policykit.model.calendar import months_from, say_day
from policykit.model.outcomes import Outcome
from policykit.model.strength import Strength
from policykit.tracing.standing import GapKind, ProvisionStanding

_A_YEAR = 12
_AT_MOST = 3


@dataclass(frozen=True)
class Question:
    """A question, the way to the page that answers it in full, and the answer in one or two sentences."""

    asked: str
    href: str
    answer: str


def questions(page: Page) -> tuple[Question, ...]:
    """The questions whose page there is."""
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
    return tuple(
        Question(text, href, answer(page)) for text, to, answer in asked if (href := page.link(to)) is not None
    )


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
    levels = Counter(provision.verification.level for provision in page.pack.provisions.values())
    return (
        f"{counted(len(page.pack.provisions), 'provision')} with their dates: {number(levels['text'])} read in the "
        f"law itself, {number(levels['secondary'])} in another text, {number(levels['unverified'])} not verified."
    )


def _how_do_we_know(page: Page) -> str:
    tally = Counter(result.outcome for result in page.trace.checks.values())
    said = ", ".join(f"{tally[outcome]} {outcome.word.lower()}" for outcome in BEST_FIRST if tally[outcome])
    return f"{counted(len(page.trace.checks), 'check')}: {said}."


def _is_it_out_of_date(page: Page) -> str:
    tally = Counter(clause.currency for clause in page.pack.clauses.values())
    return (
        f"Of {counted(len(page.pack.clauses), 'sentence')}, {number(tally['wrong_today'])} "
        f"{'is' if tally['wrong_today'] == 1 else 'are'} wrong today and {number(tally['superseded'])} superseded. "
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
    return upper_first(said) + (f", the other {rest} by {say_day(later[-1])}." if later else ".")
