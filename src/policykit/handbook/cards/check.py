"""The card of a check: its result with its denominator, the rule in words, and what it does not show."""

from dataclasses import dataclass

from markupsafe import Markup

from policykit.handbook.cards.mentions import with_links
from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.saying import counted, number, sentence
from policykit.handbook.cards.standing_words import applies_words
from policykit.model.organisation import Attestation
from policykit.model.results import CheckResult, ExamplesTried, RecordsUsed
from policykit.rules import Check, RuleWords, quantity, reads, say_each, words_of
from policykit.tracing.standing import WaiverStanding, WaiverState


@dataclass(frozen=True)
class ValueLine:
    """The units of one value of a for_each."""

    value: str
    conform: int
    violate: int
    unknown: int


@dataclass(frozen=True)
class RecordsLine:
    """One register that was read, and the day its records were taken; None where it has not been read."""

    register: Ref
    used: RecordsUsed | None


@dataclass(frozen=True)
class CheckView:
    """All that a check's card shows."""

    check: Check
    result: CheckResult
    words: RuleWords | None
    applies: str
    counted: str
    values: tuple[ValueLine, ...]
    each: str
    records: tuple[RecordsLine, ...]
    max_age: int | None
    limits: Markup
    duties: tuple[Ref, ...]
    tests: tuple[Ref, ...]
    proof: str
    gaps: tuple[str, ...]
    attestation: Attestation | None
    waiver: WaiverStanding | None
    own: str


def check_card(check: str, page: Page, level: int) -> Markup:
    """The card of one check as HTML; its title is a heading of that level."""
    return render("check.html", view=_view(page.pack.checks[check], page.trace.checks[check], page), level=level)


def _view(check: Check, result: CheckResult, page: Page) -> CheckView:
    ruled = check.method == "rule"
    return CheckView(
        check=check,
        result=result,
        words=words_of(check, page.setting) if ruled else None,
        applies=applies_words(check.applies, page.setting) if check.applies else "",
        counted=_counted(result),
        values=_values(check, result, page),
        each=(check.for_each.noun or check.for_each.name) if check.for_each else "",
        records=_records(check, result, page) if check.method != "attestation" else (),
        max_age=quantity(check.max_age_days, page.setting) if check.max_age_days is not None else None,
        limits=with_links(sentence(check.limits), page),
        duties=tuple(page.duty(duty, short=True) for duty in check.verifies),
        tests=tuple(page.ground(ground) for ground in check.grounds),
        proof=_proof(check, result),
        gaps=result.examples.gaps if result.examples else (),
        attestation=page.trace.attestations.get(check.id),
        waiver=next((w for w in page.trace.waivers if w.waiver.check == check.id and _tells(w)), None),
        own=page.link(check.id) or f"#{check.id}",
    )


def _tells(waiver: WaiverStanding) -> bool:
    return waiver.state is not WaiverState.ORPHAN


def _counted(result: CheckResult) -> str:
    """Units beside rows, and what was left out: never units as if they were people."""
    counts = result.counts
    if counts is None:
        return ""
    said = []
    if result.rows is not None:
        said.append(f"{number(counts.conform)} of {number(counts.in_scope)} when each value is counted by itself.")
    if counts.unknown:
        said.append(f"{number(counts.unknown)} cannot be judged, because a value is blank.")
    if counts.out:
        said.append(f"{_outside(counts.out, by_value=result.rows is not None)} outside this check.")
    if counts.unreadable:
        said.append(f"{counted(counts.unreadable, 'row')} cannot be read.")
    return " ".join(said)


def _outside(count: int, *, by_value: bool) -> str:
    if by_value:
        return f"{number(count)} more, counted in the same way, {'is' if count == 1 else 'are'}"
    return counted(count, "other row is", "other rows are")


def _values(check: Check, result: CheckResult, page: Page) -> tuple[ValueLine, ...]:
    return tuple(
        ValueLine(say_each(code, check, page.setting), by.conform, by.violate, by.unknown)
        for code, by in (result.by or {}).items()
    )


def _records(check: Check, result: CheckResult, page: Page) -> tuple[RecordsLine, ...]:
    if result.records:
        return tuple(RecordsLine(page.register(used.register_), used) for used in result.records)
    return tuple(RecordsLine(page.register(register), None) for register in reads(check, page.setting))


def _proof(check: Check, result: CheckResult) -> str:
    if check.method != "rule":
        return ""
    if result.examples is None:
        return f"{counted(len(check.examples), 'worked example')} say what the rule makes of made-up records."
    return _caught(result.examples)


def _caught(tried: ExamplesTried) -> str:
    """What the examples catch, and no more than that: it is no proof that the rule is right."""
    complete = tried.caught == tried.tried
    said = f"all {number(tried.tried)}" if complete else f"{number(tried.caught)} of {number(tried.tried)}"
    alike = f" {number(tried.alike)} more made no difference on any row that was tried." if tried.alike else ""
    return f"The examples catch {said} small changes to this rule.{alike}"
