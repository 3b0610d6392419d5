"""The cards of duties and of the checks that stand in them: who says so, whom it is for, and what was counted.

And their prose: CommonMark without HTML and images, whose links lead to safe places only.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from urllib.parse import quote

from markdown_it import MarkdownIt
from markupsafe import Markup

from policykit.english import humanised, listed, lowered, ordinal, say, say_day, say_days
from policykit.handbook.cards.grounds import reach_in_words
from policykit.handbook.cards.page import Page, render
from policykit.memory import RunOfCheck, last_runs
from policykit.model.duties import Applies, Duty
from policykit.model.organisation import Attestation, Waiver
from policykit.model.results import CheckResult, Counts, Outcome
from policykit.model.sources import Clause
from policykit.rules import Setting
from policykit.tracing import DutyStanding, Reach, WaiverStanding, WaiverState

BEST_FIRST = (Outcome.PASS, *(outcome for outcome in Outcome if outcome is not Outcome.PASS))
"""The order of a tally: what is met, then the worst first."""

TALLEST = 30
"""How high a bar is at most, in a picture of runs."""

_WORST_FIRST = ("wrong_today", "superseded", "not_known", "current", "fact")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ALLOWED = ("http:", "https:", "mailto:")
_DEEPEST = 6
_USE = re.compile(r'<use href="#m-([a-z-]+)"/>')


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


def same_words(paper: Attestation | Waiver, page: Page) -> str:
    """That a statement or waiver says what an earlier one said of the same check, since when and how often."""
    ours = page.trace.organisation
    papers = ours.attestations if isinstance(paper, Attestation) else ours.waivers
    alike = (each for each in papers if (each.check, _text_of(each)) == (paper.check, _text_of(paper)))
    days = [day for each in alike if (day := _day_of(each)) < _day_of(paper)]
    return say("handbook.check.same-words", day=say_day(min(days)), time=ordinal(len(days) + 1)) if days else ""


def _text_of(paper: Attestation | Waiver) -> list[str]:
    """The words of it, whatever the case and the space between them."""
    text = paper.statement if isinstance(paper, Attestation) else f"{paper.reason}\n{paper.instead}"
    return text.casefold().split()


def _day_of(paper: Attestation | Waiver) -> date:
    return paper.said_on if isinstance(paper, Attestation) else paper.from_


def guidance_hint(clauses: list[Clause]) -> str:
    """How the sentences behind a duty stand today, in a word or two."""
    if not clauses:
        return say("handbook.hint.not-stated")
    currencies = {clause.currency_today or "fact" for clause in clauses}
    worst = min(currencies, key=_WORST_FIRST.index)
    said = say(f"handbook.currency.{worst}").lower()
    return say("handbook.hint.partly", currency=said) if len(currencies) > 1 and worst != "current" else said


def law_hint(duty: Duty, page: Page) -> str:
    """How many provisions a duty rests on, and how many of them bind."""
    lines = len(duty.rests_on)
    binding = sum(reach_in_words(page.trace.provisions[name]) == Reach.BINDS for name in duty.rests_on)
    if binding == lines:
        return say("handbook.hint.all-law", n=lines)
    if not binding:
        return say("handbook.hint.no-law", n=lines)
    return say("handbook.hint.some-law", n=binding, provisions=lines)


def results_hint(results: tuple[CheckResult, ...]) -> str:
    """How many checks there are and what is to be known of the worst."""
    if not results:
        return say("handbook.hint.no-check")
    worst = min((result.outcome for result in results), key=lambda outcome: outcome.badness)
    concerned = sum(result.outcome is worst for result in results)
    is_good = worst in {Outcome.PASS, Outcome.NOT_APPLICABLE}
    message = "handbook.hint.all-checks" if is_good or concerned == len(results) else "handbook.hint.some-checks"
    return say(message, n=len(results), concerned=concerned, outcome=worst.word.lower())


def dated(result: CheckResult) -> str:
    """The reason of a result with the days of the records that were counted, as one sentence's text."""
    days = [used.taken_on for used in result.records]
    if result.counts is None or not days or result.outcome is Outcome.STALE:  # which names the day itself
        return result.reason
    return say("handbook.check.dated", reason=result.reason, days=say_days(days))


def outcomes_in_words(outcomes: Iterable[Outcome]) -> str:
    """How many have which result: 16 met, 1 not met, 1 confirmed."""
    tally = Counter(outcomes)
    counted = (outcome for outcome in BEST_FIRST if tally[outcome])
    return ", ".join(say("handbook.outcomes", n=tally[each], outcome=each.word.lower()) for each in counted)


def counts_in_words(result: CheckResult) -> str:
    """Units beside rows, and what was left out: never units as if they were people."""
    return " ".join(_counts(result.counts, by_value=result.rows is not None)) if result.counts else ""


def _counts(counts: Counts, *, by_value: bool) -> Iterator[str]:
    if by_value:
        yield say("handbook.check.each-value", conform=counts.conform, in_scope=counts.in_scope)
    if counts.unknown:
        yield say("handbook.check.unknown", n=counts.unknown)
    if counts.out:
        yield say("handbook.check.out-by-value" if by_value else "handbook.check.out", n=counts.out)
    if counts.unreadable:
        yield say("handbook.check.unreadable", n=counts.unreadable)


def runs_of(check: str, page: Page) -> tuple[RunOfCheck, ...]:
    """The last runs of a check, as the ledger remembers them."""
    return last_runs(page.remembered, check)


def runs_in_words(runs: Iterable[RunOfCheck]) -> str:
    """What a picture of runs shows, in one line."""
    return "; ".join(map(run_in_words, runs))


def run_in_words(run: RunOfCheck) -> str:
    """One run: 1 November 2026: Met, 14 of 15 conform."""
    if run.in_scope is None:
        return say("handbook.runs.not-counted", day=say_day(run.day), word=run.word)
    places = {"day": say_day(run.day), "word": run.word, "conform": run.conform, "in_scope": run.in_scope}
    message = "untold" if run.unknown else "counted"
    return say(f"handbook.runs.{message}", **places, **({"unknown": run.unknown} if run.unknown else {}))


def bar_of(run: RunOfCheck) -> tuple[float, float] | None:
    """How high the parts of a bar are that conform and that do not, of 30; None where nothing was in scope."""
    if not run.in_scope or run.conform is None:
        return None
    conform = round(TALLEST * run.conform / run.in_scope, 1)
    return conform, round(TALLEST - conform, 1)


def sprite(html: str, *, ages: bool = False) -> str:
    """The shapes of the marks that a page's body uses, to stand first in it; nothing where it uses none.

    A page that ages may come to need one more.
    """
    used = set(_USE.findall(html)) | ({"stale"} if ages else set())
    return render("marks", "sprite", used=used) if used else ""


def is_web_address(text: str) -> bool:
    """Whether the text is an address that may become a link out of the handbook."""
    return text.lower().startswith(("http://", "https://"))


def report_href(address: str | None, subject: str) -> str:
    """The way to report a mistake: a page on the web, or a letter with that subject; empty without an address."""
    if not address:
        return ""
    return address if is_web_address(address) else f"mailto:{quote(address, safe='@')}?subject={quote(subject)}"


class _Parser(MarkdownIt):
    """CommonMark that links to safe places only: http, https, mailto, or a place in this handbook."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name for it
        scheme = _SCHEME.match(url)
        return scheme.group().lower() in _ALLOWED if scheme else not url.startswith("//")


_PARSER = _Parser("commonmark", {"html": False}).disable("image")


@dataclass(frozen=True)
class Prose:
    """A text as HTML, and how many items the lists in it have."""

    html: Markup
    items: int


def render_prose(text: str, link: Callable[[str], str | None], level: int) -> Prose:
    """The text as HTML. Its headings stand at `level`; `#ID` of an item becomes the way to its card."""
    tokens = _PARSER.parse(text)
    for token in chain.from_iterable((token, *(token.children or ())) for token in tokens):
        if token.type == "link_open" and (target := str(token.attrGet("href"))).startswith("#"):
            token.attrSet("href", link(target[1:]) or target)
        elif token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_DEEPEST, level)}"
    items = sum(token.type == "list_item_open" and token.level == 1 for token in tokens)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Prose(Markup(html), items)  # noqa: S704 - the renderer has escaped all text
