"""The traceability matrix: each duty with its sentence, its law and its checks, forwards and backwards."""

from collections import Counter
from dataclasses import dataclass

from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.results import BEST_FIRST, CheckLine, check_lines
from policykit.handbook.cards.saying import counted, listed, number, upper_first
from policykit.handbook.cards.standing_words import STRENGTHS, who_says
from policykit.model.outcomes import Outcome
from policykit.tracing.standing import DutyStanding, Trace


@dataclass(frozen=True)
class MatrixRow:
    """One duty with all that it is linked to; `marks` says sentence by sentence what it has to do with the duty."""

    duty: Ref
    strength: str
    outcome: Outcome
    stated: tuple[Ref, ...]
    prompted: tuple[Ref, ...]
    law: tuple[Ref, ...]
    checks: tuple[CheckLine, ...]
    marks: tuple[str, ...]


def matrix(page: Page, level: int) -> str:
    """The table of links, and the grid of duties by sentence."""
    clauses = _clauses(page.trace)
    rows = [_row(standing, clauses, page) for standing in page.trace.duties.values()]
    return render(
        "matrix.html",
        rows=rows,
        clauses=[page.clause(clause) for clause in clauses],
        summary=_summary(page.trace),
        level=level,
    )


def _clauses(trace: Trace) -> tuple[str, ...]:
    """The clauses that have to do with a duty, in order of the text."""
    used = {clause for s in trace.duties.values() for clause in (*s.duty.stated_in, *s.duty.prompted_by)}
    return tuple(clause for clause in trace.pack.clauses if clause in used)


def _row(standing: DutyStanding, clauses: tuple[str, ...], page: Page) -> MatrixRow:
    duty = standing.duty
    return MatrixRow(
        duty=page.duty(duty.id),
        strength=f"{STRENGTHS[standing.strength]}, {who_says(standing)}",
        outcome=standing.outcome,
        stated=tuple(page.clause(clause) for clause in duty.stated_in),
        prompted=tuple(page.clause(clause) for clause in duty.prompted_by),
        law=tuple(page.provision(provision) for provision in duty.rests_on),
        checks=check_lines(page, standing.checks),
        marks=tuple(_mark(clause, standing) for clause in clauses),
    )


def _mark(clause: str, standing: DutyStanding) -> str:
    if clause in standing.duty.stated_in:
        return "states"
    return "leads" if clause in standing.duty.prompted_by else ""


def outcomes_in_words(trace: Trace) -> str:
    """How the duties stand in one line: 16 met, 1 not met, 1 confirmed."""
    tally = Counter(standing.outcome for standing in trace.duties.values())
    return ", ".join(f"{tally[outcome]} {outcome.word.lower()}" for outcome in BEST_FIRST if tally[outcome])


def _summary(trace: Trace) -> str:
    duties = trace.duties.values()
    without_sentence = sum(not standing.duty.stated_in for standing in duties)
    without_check = sum(not standing.checks for standing in duties)
    checked = (
        f"{counted(without_check, 'duty has', 'duties have')} no check" if without_check else "every duty has a check"
    )
    resting = f"{number(without_sentence)} rest on law or context rather than on a sentence of the guidance"
    said = f"{counted(len(trace.duties), 'duty', 'duties')}: {outcomes_in_words(trace)}. "
    return said + upper_first(listed([checked, resting] if without_sentence else [checked])) + "."
