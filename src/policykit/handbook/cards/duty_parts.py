"""The parts of a duty's card that lead away from it: the guidance, the law, the checks."""

from dataclasses import dataclass

from markupsafe import Markup

from policykit.handbook.cards.check import check_card
from policykit.handbook.cards.page import Page, Ref, sentence_name
from policykit.handbook.cards.results import CheckLine, check_line
from policykit.handbook.cards.saying import counted
from policykit.handbook.cards.standing_words import CURRENCIES, in_force_words, reach_words, verified_words
from policykit.model.duties import Duty
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult
from policykit.model.sources import Clause
from policykit.tracing.standing import DutyStanding, ProvisionStanding, Reach


@dataclass(frozen=True)
class Pair:
    """What one sentence says, beside what holds today."""

    name: str
    href: str | None
    gist: str
    currency: str
    currency_words: str
    today: str


@dataclass(frozen=True)
class GuidancePart:
    """What the guidance says and what holds today."""

    hint: str
    stated: tuple[Pair, ...]
    prompted: tuple[Pair, ...]
    why_here: str | None
    cites: tuple[Ref, ...]


@dataclass(frozen=True)
class LawLine:
    """One provision that a duty rests on."""

    name: Ref
    title: str
    effect: str
    in_force: str
    reach: str
    verified: str
    unverified: bool


@dataclass(frozen=True)
class LawPart:
    """The law that a duty rests on."""

    hint: str
    lines: tuple[LawLine, ...]


@dataclass(frozen=True)
class KnowPart:
    """The checks of a duty: each as a card, or as a line where its card stands elsewhere."""

    hint: str
    checks: tuple[Markup | CheckLine, ...]


def guidance_part(duty: Duty, page: Page) -> GuidancePart:
    """The clauses that state a duty or lead to it."""
    stated = tuple(_pair(page.pack.clauses[clause], page) for clause in duty.stated_in)
    prompted = tuple(_pair(page.pack.clauses[clause], page) for clause in duty.prompted_by)
    return GuidancePart(
        hint=_worst_currency(stated + prompted),
        stated=stated,
        prompted=prompted,
        why_here=duty.why_here,
        cites=tuple(page.provision(provision) for provision in duty.as_cited),
    )


def _pair(clause: Clause, page: Page) -> Pair:
    unchanged = {"current": "It stands as it is.", "fact": "It makes no claim that could be out of date."}
    return Pair(
        name=sentence_name(page, clause.id),
        href=page.link(clause.id),
        gist=clause.gist,
        currency=clause.currency,
        currency_words=CURRENCIES[clause.currency],
        today=clause.today or unchanged.get(clause.currency, ""),
    )


def _worst_currency(pairs: tuple[Pair, ...]) -> str:
    if not pairs:
        return "no sentence asks for it"
    worst_first = ["wrong_today", "superseded", "current", "fact"]
    worst = min(pairs, key=lambda pair: worst_first.index(pair.currency))
    partly = "partly " if len({pair.currency for pair in pairs}) > 1 and worst.currency != "current" else ""
    return partly + worst.currency_words.lower()


def law_part(duty: Duty, page: Page) -> LawPart:
    """The provisions that a duty rests on."""
    lines = tuple(_law_line(page.trace.provisions[provision], page) for provision in duty.rests_on)
    binding = sum(line.reach == Reach.BINDS for line in lines)
    return LawPart(f"{counted(len(lines), 'provision')}, {_how_many_bind(binding, len(lines))}", lines)


def _how_many_bind(binding: int, lines: int) -> str:
    if binding == lines:
        return "which binds you" if lines == 1 else "all bind you"
    if binding == 0:
        return "none binds you"
    return f"{binding} {'binds' if binding == 1 else 'bind'} you"


def _law_line(standing: ProvisionStanding, page: Page) -> LawLine:
    provision = standing.provision
    return LawLine(
        name=page.provision(provision.id),
        title="" if provision.title == provision.cited_as else provision.title,
        effect=provision.effect,
        in_force=in_force_words(standing),
        reach=reach_words(standing),
        verified=verified_words(provision.verification),
        unverified=provision.verification.level == "unverified",
    )


def know_part(standing: DutyStanding, page: Page, level: int) -> KnowPart:
    """The checks of a duty. A check stands in the card of the first duty it verifies, unless it is placed by itself."""
    return KnowPart(
        hint=_results_hint(standing.checks),
        checks=tuple(_card_or_line(result, standing.duty, page, level) for result in standing.checks),
    )


def _card_or_line(result: CheckResult, duty: Duty, page: Page, level: int) -> Markup | CheckLine:
    at_home = page.pack.checks[result.id].verifies[0] == duty.id and not page.link.alone(result.id)
    return check_card(result.id, page, level) if at_home else check_line(page, result)


def _results_hint(results: tuple[CheckResult, ...]) -> str:
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
