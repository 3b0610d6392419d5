"""The card of a check: its result with its denominator, the rule in words, and what it does not show."""

from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.prose import counted, humanised, number
from policykit.model.results import CheckResult, Counts, ExamplesTried, RecordsUsed
from policykit.rules import Check, reads
from policykit.tracing.standing import WaiverStanding, WaiverState


def waiver_told(check: str, page: Page) -> WaiverStanding | None:
    """The first waiver of a check, whatever it does today."""
    ours = (w for w in page.trace.waivers if w.waiver.check == check and w.state is not WaiverState.ORPHAN)
    return next(ours, None)


def counts_in_words(result: CheckResult) -> str:
    """Units beside rows, and what was left out: never units as if they were people."""
    return " ".join(_counts(result.counts, by_value=result.rows is not None)) if result.counts else ""


def _counts(counts: Counts, *, by_value: bool) -> list[str]:
    said = []
    if by_value:
        said.append(f"{number(counts.conform)} of {number(counts.in_scope)} when each value is counted by itself.")
    if counts.unknown:
        said.append(f"{number(counts.unknown)} cannot be judged, because a value is blank.")
    if counts.out:
        said.append(f"{_outside(counts.out, by_value=by_value)} outside this check.")
    if counts.unreadable:
        said.append(f"{counted(counts.unreadable, 'row')} cannot be read.")
    return said


def _outside(count: int, *, by_value: bool) -> str:
    if by_value:
        return f"{number(count)} more, counted in the same way, {'is' if count == 1 else 'are'}"
    return counted(count, "other row is", "other rows are")


def code_label(code: str, page: Page) -> str:
    """The words of a code, from the first field that has some for it."""
    shapes = (shape for register in page.setting.registers.values() for shape in register.fields.values())
    return next((shape.labels[code] for shape in shapes if code in shape.labels), humanised(code))


def records_of(check: Check, result: CheckResult, page: Page) -> list[tuple[Ref, RecordsUsed | None]]:
    """The registers that were read, each with the day of its records; None for those that are still to be read."""
    if result.records:
        return [(page.register(used.register_), used) for used in result.records]
    return [(page.register(register), None) for register in reads(check, page.setting)]


def proof_in_words(check: Check, result: CheckResult) -> str:
    """What is known of the examples of a rule; nothing for what no rule counts."""
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
