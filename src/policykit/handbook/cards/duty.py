"""The card of a duty: what to do, who says so, how it stands, and how we know."""

from collections.abc import Iterable

from policykit.english import counted, humanised, listed, lowered, say_day
from policykit.handbook.cards.grounds import currency_in_words, reach_in_words
from policykit.handbook.cards.page import Page
from policykit.model.duties import Applies, Duty, Strength
from policykit.model.results import CheckResult, Outcome
from policykit.model.sources import Clause
from policykit.rules import Setting
from policykit.tracing.standing import DutyStanding, Reach, WaiverStanding, WaiverState

STRENGTHS = {Strength.MUST: "Must", Strength.SHOULD: "Should", Strength.MAY: "May", Strength.NONE: "Not asked"}
_WORST_FIRST = ("wrong_today", "superseded", "current", "fact")


def strength_in_words(strength: Strength) -> str:
    """How strongly a duty is asked for, as the margin says it."""
    return STRENGTHS[strength]


def who_says(standing: DutyStanding) -> str:
    """Whose strength it is that the margin shows."""
    duty = standing.duty
    if duty.today is None:
        return "says the guidance"
    if standing.strength == duty.strength == duty.today.strength:
        return "say the guidance and today’s law"
    if standing.strength == duty.today.strength:
        return "says today’s law"
    return "says the guidance" if standing.strength == duty.strength else "good practice today"


def applies_in_words(applies: Applies, page: Page) -> str:
    """For whom and when something counts: where kind of landlord is council, from 19 June 2026."""
    parts = [_fact_in_words(fact, values, page.setting) for fact, values in applies.when.items()]
    parts += [f"from {say_day(applies.from_)}"] if applies.from_ else []
    parts += [f"until {say_day(applies.to)}"] if applies.to else []
    return ", ".join(parts)


def _fact_in_words(fact: str, values: tuple[str, ...], setting: Setting) -> str:
    shape = setting.fact_shapes[fact]
    phrase = shape.phrase or lowered(shape.means)
    said = listed([shape.labels.get(value, humanised(value)) for value in values], "or")
    return f"where the {phrase} is {said}"


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
        return "no sentence asks for it"
    currencies = {clause.currency for clause in clauses}
    worst = min(currencies, key=_WORST_FIRST.index)
    partly = "partly " if len(currencies) > 1 and worst != "current" else ""
    return partly + currency_in_words(worst).lower()


def law_hint(duty: Duty, page: Page) -> str:
    """How many provisions a duty rests on, and how many of them bind."""
    lines = len(duty.rests_on)
    binding = sum(reach_in_words(page.trace.provisions[name]) == Reach.BINDS for name in duty.rests_on)
    return f"{counted(lines, 'provision')}, {_how_many_bind(binding, lines)}"


def _how_many_bind(binding: int, lines: int) -> str:
    if binding == lines:
        return "which binds you" if lines == 1 else "all bind you"
    if binding == 0:
        return "none binds you"
    return f"{binding} {'binds' if binding == 1 else 'bind'} you"


def results_hint(results: tuple[CheckResult, ...]) -> str:
    """How many checks there are and what is to be known of the worst."""
    if not results:
        return "no check"
    said = counted(len(results), "check")
    worst = min((result.outcome for result in results), key=lambda outcome: outcome.badness)
    if worst is Outcome.NOT_APPLICABLE or all(result.outcome is worst for result in results):
        return f"{said}, {worst.word.lower()}"
    if worst is Outcome.PASS:
        return f"{said}, met"
    concerned = sum(result.outcome is worst for result in results)
    return f"{said}, {concerned} {worst.word.lower()}"
