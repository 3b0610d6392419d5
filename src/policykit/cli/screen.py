"""How things look in a terminal: a mark and a word for each outcome, never colour alone; bars, tables, long lines.

Light, as `options` is.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from policykit.english import say, say_day, say_days

if TYPE_CHECKING:
    from policykit.model.results import CheckResult

UNBOUNDED = 200
"""Columns where the output goes to no terminal: a line for each check."""

MARKS = {
    "fail": ("◆", "red"),
    "error": ("▲", "red"),
    "stale": ("◷", "yellow"),
    "incomplete": ("◔", "yellow"),
    "unknown": ("?", "yellow"),
    "no-data": ("◌", "yellow"),
    "proves-nothing": ("∅", "yellow"),
    "not-run": ("○", ""),
    "no-check": ("⊘", ""),
    "attestation-due": ("□", "yellow"),
    "partly-checked": ("◐", "yellow"),
    "attested": ("■", "blue"),
    "pass": ("●", "green"),
    "not-applicable": ("–", "dim"),
}
"""The mark and the colour of each outcome, by its code: help is shown without the model."""


@contextmanager
def progress_bar(doing: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar on the error stream while something takes time; nothing where that is no terminal.

    What it gives is called with the name of each thing that is through.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    task = bar.add_task(doing, total=total)
    with bar:
        yield lambda name: bar.update(task, advance=1, description=name)


def console(*, aside: bool = False) -> Console:
    """The terminal, `aside` as the error stream; where the output goes elsewhere, a line for each row of a table."""
    shown = sys.stderr if aside else sys.stdout
    return Console(stderr=aside, width=None if shown.isatty() else UNBOUNDED, highlight=False, markup=False)


def fitted(line: str) -> str:
    """The line, broken between words where the terminal ends; as it is where the output goes elsewhere.

    What goes on below stands further in, so that it is not taken for another line.
    """
    if not (sys.stdout.isatty() and line.strip()):
        return line
    indent = " " * (len(line) - len(line.lstrip(" ")) + 2)
    width = max(get_terminal_size().columns, len(indent) + 30)
    return "\n".join(wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))


def new_table() -> Table:
    """A table without lines, its headings in bold."""
    return Table(box=None, pad_edge=False, header_style="bold")


def table_of_results(results: "Iterable[CheckResult]") -> Table:
    """A row for each check: its outcome, why, and of when its records are."""
    table = new_table()
    table.add_column(say("terminal.check.column.outcome"), no_wrap=True)
    table.add_column(say("terminal.check.column.check"), no_wrap=True)
    table.add_column(say("terminal.check.column.why"), overflow="fold")
    table.add_column(say("terminal.check.column.records"), overflow="fold")
    # The worst stands last: nearest to where a reader of a terminal looks.
    for result in sorted(results, key=lambda result: (-result.outcome.badness, result.id)):
        table.add_row(_outcome(result), result.id, _why(result), say_days(used.taken_on for used in result.records))
    return table


def _outcome(result: "CheckResult") -> Text:
    from policykit.door import is_waived

    mark, style = MARKS[result.outcome.code]
    marked = f"{mark} {result.outcome.word}"
    return Text(say("terminal.check.outcome-waived", outcome=marked) if is_waived(result) else marked, style=style)


def _why(result: "CheckResult") -> str:
    if (waiver := result.waiver) is None:
        return result.reason
    if waiver.state == "covers":
        return say("terminal.check.accepted", reason=result.reason, waiver=waiver.id, day=say_day(waiver.until))
    return say("terminal.check.not-accepted", reason=result.reason, waiver=waiver.id, covers=waiver.covers)
