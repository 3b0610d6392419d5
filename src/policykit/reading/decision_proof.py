"""Proof that a decision table answers every combination, and that no row, outcome or answer is there for nothing.

The table is read as a function of its inputs, in their order, and folded: where no later answer matters the rest is not
looked at, and equal parts are made once. So a table with many inputs costs about as much as its rows, not as much as
there are combinations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from policykit.model.decisions import Decision, DecisionRow

LARGEST = 50_000
"""Parts of a folded table, far more than people can keep in order."""

Answers = Mapping[str, str]
Folded = str | None | tuple["Folded", ...]
"""An outcome, None where no row answers, or what each answer to the next question leads to."""


class TooLargeError(Exception):
    """The table has too many different parts to be proven."""


@dataclass(frozen=True)
class Proof:
    """What was found: a combination without a row, rows never reached, answers that never differ, rows for nothing."""

    gap: Answers | None
    unreached: tuple[str, ...]
    alike: tuple[tuple[str, str, str], ...]
    redundant: tuple[str, ...]


def prove(table: Decision) -> Proof:
    """The proof of a table whose references are sound. Raises TooLargeError."""
    folding = _Folding(table)
    folding.fold(tuple(table.rows))
    unreached = tuple(row.id for row in table.rows if row.id not in folding.reached)
    return Proof(folding.gap, unreached, tuple(_alike(table)), tuple(_redundant(table, unreached)))


def _alike(table: Decision) -> Iterator[tuple[str, str, str]]:
    """An input and two answers to it that lead to the same outcome whatever the other answers are."""
    for question in table.inputs:
        seen: dict[Folded, str] = {}
        for code in question.values:
            part = _Folding(table).fold(tuple(_where(table, question.id, code)))
            if part in seen:
                yield question.id, seen[part], code
            seen.setdefault(part, code)


def _where(table: Decision, question: str, code: str) -> Iterator[DecisionRow]:
    """The rows that are left when one question has been answered, without that question."""
    for row in table.rows:
        if code in row.when.get(question, (code,)):
            when = {key: codes for key, codes in row.when.items() if key != question}
            yield row.model_copy(update={"when": when})


def _redundant(table: Decision, unreached: tuple[str, ...]) -> Iterator[str]:
    """Rows that are reached and still change nothing when left out."""
    whole = _Folding(table).fold(tuple(table.rows))
    for number, row in enumerate(table.rows):
        rest = table.rows[:number] + table.rows[number + 1 :]
        if row.id not in unreached and _Folding(table).fold(rest) == whole:
            yield row.id


@dataclass
class _Folding:
    table: Decision
    reached: set[str] = field(default_factory=set)
    gap: Answers | None = None
    _made: dict[tuple[int, tuple[str, ...]], Folded] = field(default_factory=dict)

    def fold(self, rows: tuple[DecisionRow, ...]) -> Folded:
        """The outcomes of the rows by the answers to all questions."""
        return self._from(0, rows, {})

    def _from(self, depth: int, rows: tuple[DecisionRow, ...], answers: Answers) -> Folded:
        asked = [question.id for question in self.table.inputs[depth:]]
        if not rows:
            self.gap = self.gap or {**answers, **self._any(depth)}
            return None
        if not any(question in rows[0].when for question in asked):
            self.reached.add(rows[0].id)
            return rows[0].outcome
        place = (depth, tuple(row.id for row in rows))
        if place not in self._made:
            if len(self._made) >= LARGEST:
                raise TooLargeError
            self._made[place] = self._ask(depth, rows, answers)
        return self._made[place]

    def _ask(self, depth: int, rows: tuple[DecisionRow, ...], answers: Answers) -> Folded:
        question = self.table.inputs[depth]
        parts = tuple(
            self._from(
                depth + 1,
                tuple(row for row in rows if code in row.when.get(question.id, (code,))),
                {**answers, question.id: code},
            )
            for code in question.values
        )
        return parts[0] if len(set(parts)) == 1 else parts

    def _any(self, depth: int) -> Answers:
        return {question.id: next(iter(question.values)) for question in self.table.inputs[depth:]}
