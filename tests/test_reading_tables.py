"""Decision tables: the proof by folding finds what trying every combination finds."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.chance import drawing

from policykit.model.duties import Decision, DecisionOutcome, DecisionRow, Input
from policykit.reading import load_pack
from policykit.reading.decisions import TooLargeError, prove_table

QUESTIONS = {"a": ("x", "y"), "b": ("x", "y", "z"), "c": ("x", "y")}
WHEN = st.dictionaries(st.sampled_from(list(QUESTIONS)), st.sets(st.sampled_from("xyz"), min_size=1), max_size=3)
ROWS = st.lists(st.tuples(WHEN, st.sampled_from(("stop", "go"))), min_size=1, max_size=6)


def _table(rows: list[tuple[dict[str, set[str]], str]]) -> Decision:
    kept = [
        DecisionRow(
            id=f"R{n}",
            when={q: tuple(c for c in QUESTIONS[q] if c in codes) for q, codes in when.items()},
            outcome=outcome,
        )
        for n, (when, outcome) in enumerate(rows)
    ]
    inputs = tuple(Input(id=q, ask=f"{q}?", values={code: code for code in codes}) for q, codes in QUESTIONS.items())
    outcome = DecisionOutcome(title="Do", do=("It",))
    return Decision(
        id="DT-X",
        title="X",
        for_="all",
        duties=(),
        rests_on=(),
        inputs=inputs,
        rows=tuple(kept),
        outcomes={"stop": outcome, "go": outcome},
    )


def _answer(table: Decision, answers: dict[str, str], without: str = "") -> DecisionRow | None:
    holds = (r for r in table.rows if r.id != without and all(answers[q] in codes for q, codes in r.when.items()))
    return next(holds, None)


def _outcome(table: Decision, answers: dict[str, str], without: str = "") -> str | None:
    row = _answer(table, answers, without)
    return row.outcome if row else None


ALL = [dict(zip(QUESTIONS, codes, strict=True)) for codes in product(*QUESTIONS.values())]


# Two answers that make different questions matter are not alike, though they lead to the same outcomes in order.
@example([({"a": {"x"}, "b": {"y"}}, "stop"), ({"b": {"x"}, "c": {"x"}}, "stop")])
@given(ROWS)
@drawing(1)
def test_the_proof_is_what_trying_every_combination_finds(rows: list[tuple[dict[str, set[str]], str]]) -> None:
    """Gaps, rows never reached, answers that never differ and rows that change nothing."""
    table = _table(rows)
    proof = prove_table(table)
    reached = {row.id for answers in ALL if (row := _answer(table, answers))}
    alike = {
        (q, one, other)
        for q, codes in QUESTIONS.items()
        for one in codes
        for other in codes
        if codes.index(one) < codes.index(other)
        and all(_outcome(table, {**a, q: one}) == _outcome(table, {**a, q: other}) for a in ALL)
    }
    redundant = {r.id for r in table.rows if all(_outcome(table, a) == _outcome(table, a, r.id) for a in ALL)}
    assert (proof.gap is None) == all(_answer(table, answers) for answers in ALL)
    assert proof.gap is None or _answer(table, dict(proof.gap)) is None
    assert set(proof.unreached) == {row.id for row in table.rows} - reached
    assert {(q, other) for q, _, other in proof.alike} == {(q, other) for q, _, other in alike}
    assert set(proof.redundant) == redundant & reached


def test_a_table_of_many_questions_is_proven_without_trying_all() -> None:
    """Thirty questions have more combinations than anybody could try."""
    codes = ("yes", "no")
    inputs = tuple(Input(id=f"q{n}", ask="?", values={code: code for code in codes}) for n in range(30))
    rows = [DecisionRow(id=f"R{n}", when={f"q{n}": ("yes",)}, outcome="go") for n in range(30)]
    table = _table([({}, "stop")]).model_copy(
        update={"inputs": inputs, "rows": (*rows, DecisionRow(id="LAST", outcome="stop"))}
    )
    proof = prove_table(table)
    assert (proof.gap, proof.unreached, proof.alike, proof.redundant) == (None, (), (), ())


def test_a_table_that_cannot_be_folded_is_refused() -> None:
    """Proving stops at a size, whatever the table is."""
    inputs = tuple(Input(id=f"q{n}", ask="?", values={"yes": "yes", "no": "no"}) for n in range(40))
    half = 20
    pairs = [
        DecisionRow(id=f"R{n}", when={f"q{n}": ("yes",), f"q{n + half}": ("yes",)}, outcome="go") for n in range(half)
    ]
    table = _table([({}, "stop")]).model_copy(update={"inputs": inputs, "rows": tuple(pairs)})
    with pytest.raises(TooLargeError):
        prove_table(table)


def test_the_tables_of_the_policy_are_proven() -> None:
    """All five answer every combination, and nothing in them is there for nothing."""
    tables = load_pack(Path("policy")).decisions.values()
    proofs = [prove_table(table) for table in tables]
    assert len(proofs) == 5
    assert all((p.gap, p.unreached, p.alike, p.redundant) == (None, (), (), ()) for p in proofs)
