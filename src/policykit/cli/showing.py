"""How results look in a terminal: a mark and a word for each outcome, never colour alone."""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from rich import progress
from rich.console import Console
from rich.table import Table
from rich.text import Text

from policykit.english import say_day, say_days
from policykit.model.results import CheckResult, Outcome
from policykit.reading import Ground
from policykit.running import Results, record_digests
from policykit.tracing import Trace, is_waived, trace

UNBOUNDED = 200
"""Columns where the output goes to no terminal: a line for each check."""

MARKS = {
    Outcome.FAIL: ("◆", "red"),
    Outcome.ERROR: ("▲", "red"),
    Outcome.STALE: ("◷", "yellow"),
    Outcome.UNKNOWN: ("?", "yellow"),
    Outcome.NO_DATA: ("◌", "yellow"),
    Outcome.NOT_RUN: ("○", ""),
    Outcome.NO_CHECK: ("⊘", ""),
    Outcome.ATTESTATION_DUE: ("□", "yellow"),
    Outcome.ATTESTED: ("■", "blue"),
    Outcome.PASS: ("●", "green"),
    Outcome.NOT_APPLICABLE: ("–", "dim"),
}


class Progress:
    """A bar on the error stream while something takes time; nothing where that is no terminal."""

    def __init__(self, doing: str, total: int) -> None:
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task(doing, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def step(self, name: str) -> None:
        """One more of them is through."""
        self._bar.update(self._task, advance=1, description=name)

    def done(self, result: CheckResult) -> None:
        """One more check is through."""
        self.step(result.id)


def show(results: Results, ground: Ground, path: Path | None) -> None:
    """The table of outcomes, what they come to for the duties, and where the results are; None: they were not kept."""
    standing = trace(ground, results, record_digests(ground.organisation))
    screen = console()
    screen.print(f"{ground.organisation.profile.name}, as at {say_day(ground.as_at)}")
    screen.print(_table(results.checks))
    for line in _summary(standing):
        screen.print(line)
    if not results.run.complete:
        screen.print("Interrupted: the checks that were not reached are shown as not checked.")
    screen.print(
        f"Results: {path}" if path else "Results: not kept, because those of a complete run are there.", soft_wrap=True
    )
    left = sum(result.method == "python" and result.outcome is Outcome.NOT_RUN for result in results.checks)
    if path and left:
        screen.print(f"{_left_to_pytest(left)} pytest TESTS --policykit-results {path}", soft_wrap=True)


def console() -> Console:
    """The terminal; where the output goes elsewhere, a line for each row of a table."""
    return Console(width=None if sys.stdout.isatty() else UNBOUNDED, highlight=False, markup=False)


def _table(results: Iterable[CheckResult]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Outcome", no_wrap=True)
    table.add_column("Check", no_wrap=True)
    table.add_column("Why", overflow="fold")
    table.add_column("Records of", overflow="fold")
    # The worst stands last: nearest to where a reader of a terminal looks.
    for result in sorted(results, key=lambda result: (-result.outcome.badness, result.id)):
        table.add_row(_outcome(result), result.id, _why(result), say_days(used.taken_on for used in result.records))
    return table


def _outcome(result: CheckResult) -> Text:
    mark, style = MARKS[result.outcome]
    waived = ", waived" if is_waived(result) else ""
    return Text(f"{mark} {result.outcome.word}{waived}", style=style)


def _why(result: CheckResult) -> str:
    if result.waiver is None:
        return result.reason
    until = say_day(result.waiver.until)
    if is_waived(result):
        return f"{result.reason} ({result.waiver.id} accepts it until {until})"
    return f"{result.reason} (more than {result.waiver.id} accepts: {result.waiver.covers})"


def _summary(standing: Trace) -> Iterable[str]:
    yield _tally("checks", (result.outcome for result in standing.checks.values()))
    yield _tally("duties", (duty.outcome for duty in standing.duties.values()))
    if standing.valid_until:
        yield f"Valid until {say_day(standing.valid_until)}"


def _left_to_pytest(checks: int) -> str:
    if checks == 1:
        return "1 check is carried out by a test function. Run it, and its result is added:"
    return f"{checks} checks are carried out by test functions. Run them, and their results are added:"


def _tally(noun: str, outcomes: Iterable[Outcome]) -> str:
    found = Counter(outcomes)
    said = (f"{found[outcome]} {outcome.word}" for outcome in Outcome if found[outcome])
    return f"{found.total()} {noun}: {', '.join(said)}"
