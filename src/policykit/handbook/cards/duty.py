"""The card of a duty: who says so, whom it is for, and what each part answers before it is opened."""

from collections.abc import Iterable, Iterator

from policykit.english import humanised, listed, lowered, say, say_day
from policykit.handbook.cards.grounds import reach_in_words
from policykit.handbook.cards.page import Page
from policykit.model.duties import Applies, Duty
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult
from policykit.model.sources import Clause
from policykit.rules import Setting
from policykit.tracing import DutyStanding, Reach, WaiverStanding, WaiverState

_WORST_FIRST = ("wrong_today", "superseded", "current", "fact")


def who_says(standing: DutyStanding) -> str:
    """Whose strength it is that the margin shows."""
    duty = standing.duty
    by_guidance, by_law = standing.strength == duty.strength, duty.today and standing.strength == duty.today.strength
    if by_guidance and by_law:
        return say("handbook.who-says.both")
    if by_law:
        return say("handbook.who-says.law")
    return say("handbook.who-says.guidance" if by_guidance or not duty.today else "handbook.who-says.practice")


def applies_in_words(applies: Applies, page: Page) -> str:
    """For whom and when something counts: where kind of landlord is council, from 19 June 2026."""
    return ", ".join(_conditions(applies, page.setting))


def _conditions(applies: Applies, setting: Setting) -> Iterator[str]:
    for fact, values in applies.when.items():
        shape = setting.fact_shapes[fact]
        said = listed([shape.labels.get(value, humanised(value)) for value in values], "or")
        yield say("handbook.applies.where", fact=shape.phrase or lowered(shape.means), values=said)
    if applies.from_:
        yield say("handbook.applies.from", day=say_day(applies.from_))
    if applies.to:
        yield say("handbook.applies.until", day=say_day(applies.to))


def clauses_of(names: Iterable[str], page: Page) -> list[Clause]:
    """The clauses with those ids."""
    return [page.pack.clauses[name] for name in names]


def waivers_shown(standing: DutyStanding, page: Page) -> list[WaiverStanding]:
    """Waivers that say something about the duty today: those in use, ahead, or run out while the check is not met."""
    results = {result.id: result for result in standing.checks}
    ours = (waiver for waiver in page.trace.waivers if waiver.waiver.check in results)
    return [waiver for waiver in ours if _is_shown(waiver, results[waiver.waiver.check])]


def _is_shown(waiver: WaiverStanding, result: CheckResult) -> bool:
    if waiver.state is WaiverState.EXPIRED:
        return result.outcome is Outcome.FAIL
    return waiver.state in {WaiverState.COVERS, WaiverState.EXCEEDED, WaiverState.NOT_BEGUN}


def is_at_home(check: str, duty: Duty, page: Page) -> bool:
    """Whether a check's card stands in the duty's: in the first that it verifies, unless it is placed by itself."""
    return page.pack.checks[check].verifies[0] == duty.id and not page.link.alone(check)


def guidance_hint(clauses: list[Clause]) -> str:
    """How the sentences behind a duty stand today, in a word or two."""
    if not clauses:
        return say("handbook.hint.not-stated")
    currencies = {clause.currency for clause in clauses}
    worst = min(currencies, key=_WORST_FIRST.index)
    said = say(f"handbook.currency.{worst}").lower()
    return say("handbook.hint.partly", currency=said) if len(currencies) > 1 and worst != "current" else said


def law_hint(duty: Duty, page: Page) -> str:
    """How many provisions a duty rests on, and how many of them bind."""
    lines = len(duty.rests_on)
    binding = sum(reach_in_words(page.trace.provisions[name]) == Reach.BINDS for name in duty.rests_on)
    if binding == lines:
        return say("handbook.hint.all-law", n=lines)
    return (
        say("handbook.hint.some-law", n=binding, provisions=lines) if binding else say("handbook.hint.no-law", n=lines)
    )


def results_hint(results: tuple[CheckResult, ...]) -> str:
    """How many checks there are and what is to be known of the worst."""
    if not results:
        return say("handbook.hint.no-check")
    worst = min((result.outcome for result in results), key=lambda outcome: outcome.badness)
    concerned = sum(result.outcome is worst for result in results)
    is_good = worst in {Outcome.PASS, Outcome.NOT_APPLICABLE}
    message = "handbook.hint.all-checks" if is_good or concerned == len(results) else "handbook.hint.some-checks"
    return say(message, n=len(results), concerned=concerned, outcome=worst.word.lower())
