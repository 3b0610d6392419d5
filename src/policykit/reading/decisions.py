"""Decision tables: answers that exist, every combination answered, and no row, outcome or answer there for nothing.

The proof reads a table as a function of its inputs, in their order, and folds it: where no later answer matters the
rest is not looked at, and equal parts are made once. So a table with many inputs costs about as much as its rows, not
as much as there are combinations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from policykit.model.duties import Decision, DecisionRow, Input
from policykit.problems import Problem
from policykit.reading.drafts import PackDraft, unknown
from policykit.reading.files import FiledItem

LARGEST = 50_000
"""Parts of a folded table, far more than people can keep in order."""

Answers = Mapping[str, str]
Folded = str | None | tuple[int, tuple["Folded", ...]]
"""An outcome, None where no row answers, or the number of a question and what each answer to it leads to."""


def decision_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with decision tables; one whose parts do not fit together is not proven."""
    for item in draft.decisions.items:
        loose = [*_names(item), *_rows(item)]
        yield from loose or _proven(item)
        led_to = {row.outcome for row in item.model.rows}
        for code in item.model.outcomes:
            if code not in led_to:
                yield item.problem("table-outcome.unreached", "outcomes", code, outcome=code)


def _names(item: FiledItem[Decision]) -> Iterator[Problem]:
    for key, ids in (("inputs", [i.id for i in item.model.inputs]), ("rows", [row.id for row in item.model.rows])):
        for number, id_ in enumerate(ids):
            if id_ in ids[:number]:
                yield item.problem("id-twice.in-table", key, number, "id", id=id_, key=key)


def _rows(item: FiledItem[Decision]) -> Iterator[Problem]:
    table = item.model
    answers = {question.id: tuple(question.values) for question in table.inputs}
    for number, row in enumerate(table.rows):
        if row.outcome not in table.outcomes:
            yield unknown(item, "outcome", row.outcome, table.outcomes, "rows", number, "outcome")
        for question, codes in row.when.items():
            where = ("rows", number, "when", question)
            if question not in answers:
                yield unknown(item, "input", question, answers, *where)
                continue
            for code in codes:
                if code not in answers[question]:
                    yield unknown(item, "answer", code, answers[question], *where, question=question)


def _proven(item: FiledItem[Decision]) -> Iterator[Problem]:
    try:
        proof = prove_table(item.model)
    except TooLargeError:
        yield item.problem("table-size.too-large", id=item.id)
        return
    if proof.gap is not None:
        answers = ", ".join(f"{question} = {code}" for question, code in proof.gap.items())
        yield item.problem("table-gap.no-row", "rows", answers=answers)
    at = {row.id: number for number, row in enumerate(item.model.rows)}
    for row in proof.unreached:
        yield item.problem("table-row.unreached", "rows", at[row], row=row)
    inputs = {question.id: number for number, question in enumerate(item.model.inputs)}
    for question, first, second in proof.alike:
        loc = ("inputs", inputs[question])
        yield item.problem("table-values.alike", *loc, first=first, second=second, question=question)


class TooLargeError(Exception):
    """The table has too many different parts to be proven."""


@dataclass(frozen=True)
class TableProof:
    """What was found: a combination without a row, rows never reached, answers that never differ, rows for nothing."""

    gap: Answers | None
    unreached: tuple[str, ...]
    alike: tuple[tuple[str, str, str], ...]
    redundant: tuple[str, ...]


def prove_table(table: Decision) -> TableProof:
    """The proof of a table whose references are sound. Raises TooLargeError."""
    rows, folding = table.rows, _Folding(table.inputs)
    whole = folding.fold(rows, {})
    unreached = tuple(row.id for row in rows if row.id not in folding.reached)
    redundant = tuple(
        row.id
        for number, row in enumerate(rows)
        if row.id in folding.reached and _Folding(table.inputs).fold(rows[:number] + rows[number + 1 :], {}) == whole
    )
    return TableProof(folding.gap, unreached, tuple(_alike(table)), redundant)


def _alike(table: Decision) -> Iterator[tuple[str, str, str]]:
    """An input and two answers to it that lead to the same outcome whatever the other answers are."""
    for question in table.inputs:
        others = tuple(other for other in table.inputs if other is not question)
        seen: dict[Folded, str] = {}
        for code in question.values:
            part = _Folding(others).fold(_answered(table.rows, question.id, code), {})
            if part in seen:
                yield question.id, seen[part], code
            seen.setdefault(part, code)


def _answered(rows: tuple[DecisionRow, ...], question: str, code: str) -> tuple[DecisionRow, ...]:
    """The rows that are left when one question has been answered."""
    return tuple(row for row in rows if code in row.when.get(question, (code,)))


@dataclass
class _Folding:
    inputs: tuple[Input, ...]
    reached: set[str] = field(default_factory=set)
    gap: Answers | None = None
    _made: dict[tuple[int, tuple[str, ...]], Folded] = field(default_factory=dict)

    def fold(self, rows: tuple[DecisionRow, ...], answers: Answers) -> Folded:
        """The outcomes of the rows that are left, by the answers to the questions that are left."""
        depth, left = len(answers), self.inputs[len(answers) :]
        if not rows:
            self.gap = self.gap or {**answers, **{question.id: next(iter(question.values)) for question in left}}
            return None
        if not any(question.id in rows[0].when for question in left):
            self.reached.add(rows[0].id)
            return rows[0].outcome
        place = (depth, tuple(row.id for row in rows))
        if place not in self._made:
            if len(self._made) >= LARGEST:
                raise TooLargeError
            parts = tuple(
                self.fold(_answered(rows, left[0].id, code), {**answers, left[0].id: code}) for code in left[0].values
            )
            self._made[place] = parts[0] if len(set(parts)) == 1 else (depth, parts)
        return self._made[place]
