"""Rules that decision tables keep: answers that exist, every combination answered, nothing there for nothing."""

from collections.abc import Iterator

from policykit.model.decisions import Decision
from policykit.problems import Notice, Problem
from policykit.reading.decision_proof import Answers, Proof, TooLargeError, prove
from policykit.reading.draft import Draft
from policykit.reading.items import Item
from policykit.reading.references import unknown


def decision_problems(draft: Draft) -> Iterator[Problem]:
    """Everything wrong with decision tables; one whose parts do not fit together is not proven."""
    for item in draft.decisions.items:
        loose = [*_names(item), *_rows(item)]
        yield from loose
        if not loose:
            yield from _proven(item)
        yield from _outcomes(item)


def _names(item: Item[Decision]) -> Iterator[Problem]:
    for key, ids in (("inputs", [i.id for i in item.model.inputs]), ("rows", [row.id for row in item.model.rows])):
        for number, id_ in enumerate(ids):
            if id_ in ids[:number]:
                what = f"the id {id_} stands twice in `{key}`"
                yield item.problem(Notice.ID_TWICE, what, "choose another id", key, number, "id")


def _rows(item: Item[Decision]) -> Iterator[Problem]:
    table = item.model
    answers = {question.id: tuple(question.values) for question in table.inputs}
    for number, row in enumerate(table.rows):
        if row.outcome not in table.outcomes:
            yield unknown(item, "an outcome of this table", row.outcome, table.outcomes, "rows", number, "outcome")
        for question, codes in row.when.items():
            if question not in answers:
                yield unknown(item, "an input of this table", question, answers, "rows", number, "when", question)
                continue
            for code in codes:
                if code not in answers[question]:
                    where = ("rows", number, "when", question)
                    yield unknown(item, f"an answer to `{question}`", code, answers[question], *where)


def _outcomes(item: Item[Decision]) -> Iterator[Problem]:
    led_to = {row.outcome for row in item.model.rows}
    for code in item.model.outcomes:
        if code not in led_to:
            what = f"nobody reaches the outcome `{code}`"
            yield item.problem(Notice.TABLE_OUTCOME, what, "let a row lead to it, or take it out", "outcomes", code)


def _proven(item: Item[Decision]) -> Iterator[Problem]:
    try:
        proof = prove(item.model)
    except TooLargeError:
        what = f"{item.id} has too many combinations to be proven complete"
        yield item.problem(Notice.TABLE_SIZE, what, "split it into two tables")
        return
    yield from _found(item, proof)


def _found(item: Item[Decision], proof: Proof) -> Iterator[Problem]:
    if proof.gap is not None:
        what = f"no row answers {_said(proof.gap)}"
        yield item.problem(Notice.TABLE_GAP, what, "add a row for it, or a last row without `when`", "rows")
    at = {row.id: number for number, row in enumerate(item.model.rows)}
    for row in proof.unreached:
        what = f"the row {row} is never reached, because rows above it answer all that it could"
        yield item.problem(Notice.TABLE_ROW, what, "move it up, or take it out", "rows", at[row])
    inputs = {question.id: number for number, question in enumerate(item.model.inputs)}
    for question, first, second in proof.alike:
        what = f"the answers `{first}` and `{second}` to `{question}` never lead to different outcomes"
        yield item.problem(Notice.TABLE_VALUES, what, "make them one answer", "inputs", inputs[question])


def _said(answers: Answers) -> str:
    return ", ".join(f"{question} = {code}" for question, code in answers.items())
