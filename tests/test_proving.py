"""Proving: examples tried against every small change, rows found for what they miss, and how results keep it."""

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cards_seen import Anchors, kitchens, render_card, see
from tests.chance import drawing
from tests.commands import Typed
from tests.judging import run
from tests.sites import POLICY, SECOND
from tests.test_cli import change

from policykit import english
from policykit.model.results import ExamplesTried
from policykit.reading import Pack, Proofs, load_pack, setting_of
from policykit.reading.examples import ExampleCases
from policykit.rules import Check, Proof, alternatives, judge_unit
from policykit.rules.proving import search
from policykit.running import with_examples, write_results

HOUSING, KITCHENS = load_pack(POLICY.policy), load_pack(SECOND.policy)
OPEN_ON_PURPOSE = {
    "CHK-DISH-LAW": "No example catches this change: “on trial” left out of what the status may be.",
    "CHK-CLEAN-LOGGED": "No example fails.",
}
"""What the second pack's examples leave open, to show what that looks like."""
RULES = [(pack, check) for pack in (HOUSING, KITCHENS) for check in pack.checks.values() if check.method == "rule"]
EVERY_RULE = pytest.mark.parametrize(
    ("pack", "check"), RULES, ids=[f"{pack.policy.id}: {check.id}" for pack, check in RULES]
)

PROVED: dict[str, Proof] = {}


def proved(pack: Pack, check: Check, **other: Any) -> Proof:  # noqa: ANN401 - keys of a check
    """The proof of a check, or of the check with other keys."""
    return Proofs(pack).prove(check.model_copy(update=other))


@pytest.fixture
def proved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One proof of each check for all who ask: the search is the same each time, as the last test here says."""
    really = Proofs.prove

    def prove(proofs: Proofs, check: Check) -> Proof:
        found_from = proofs.digest(check)
        if found_from not in PROVED:
            PROVED[found_from] = really(proofs, check)
        return PROVED[found_from]

    monkeypatch.setattr(Proofs, "prove", prove)


@EVERY_RULE
@pytest.mark.usefixtures("proved_once")
def test_the_examples_of_every_check_are_complete(pack: Pack, check: Check) -> None:
    """Nothing is left open, but for two checks that keep a gap to show what one looks like."""
    gaps = proved(pack, check).gaps

    assert gaps == ((OPEN_ON_PURPOSE[check.id],) if check.id in OPEN_ON_PURPOSE else ())


@EVERY_RULE
@pytest.mark.usefixtures("proved_once")
def test_a_caught_change_has_an_example_that_comes_out_otherwise(pack: Pack, check: Check) -> None:
    """Caught is what an example tells from the rule, and nothing else: as many are caught as examples tell apart."""
    examples = ExampleCases(pack)
    tried = [examples.case(check, example) for example in check.examples]
    cases = [(case.row, case.setting) for case in tried]
    told = [
        any(judge_unit(other.it, *case) != judge_unit(check, *case) for case in cases)
        for other in alternatives(check, setting_of(pack, None, check.examples_at or date.max))
    ]

    proof = proved(pack, check)
    assert (proof.tried, proof.caught) == (len(told), sum(told))


@drawing(20)
@given(st.data())
def test_fewer_examples_never_catch_more(data: st.DataObject) -> None:
    """Strip a check of examples one by one: what is caught only shrinks, and in the end everything is missing."""
    pack, check = data.draw(st.sampled_from(RULES))
    examples = data.draw(st.permutations(check.examples))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "MOST_ROWS", 0)  # what would catch the rest is not asked, and takes minutes to find
        proofs = [proved(pack, check, examples=tuple(examples[:left])) for left in range(len(examples), -1, -1)]

    caught = [proof.caught for proof in proofs]
    assert caught == sorted(caught, reverse=True)
    assert caught[-1] == 0
    assert "No example passes." in proofs[-1].gaps


@pytest.mark.parametrize("name", ["CHK-TRAIN-TOPICS", "CHK-MODULE-LAW", "CHK-COMPLAINTS", "CHK-POLICY-EXISTS"])
def test_pasting_what_is_printed_makes_a_check_complete(name: str, tmp_path: Path, type_in: Typed) -> None:
    """From no example at all: paste what `prove` prints until it finds nothing open. Every line fits as it stands."""
    policy = tmp_path / "policy"
    shutil.copytree(POLICY.policy, policy)
    path = policy / load_pack(policy).places[name].path
    before, _, rest = path.read_text("utf-8").partition(f"- id: {name}\n")
    body, _, after = rest.partition("\n- id: ")
    bare = "\n".join(line for line in body.split("\n") if line.strip() and not line.startswith("    - {expect"))
    lines: dict[str, None] = {}
    for _ in range(3):
        examples = "\n".join(lines) or "    []"
        path.write_text(f"{before}- id: {name}\n{bare}\n{examples}\n" + (f"\n- id: {after}" if after else ""), "utf-8")
        code, out, err = type_in(f"prove {name} --policy {policy}")
        lines |= dict.fromkeys(line for line in out.split("\n") if line.startswith("    - {expect"))
        assert code in {0, 1}, err
        if code == 0:
            break

    assert code == 0


@pytest.mark.usefixtures("proved_once")
def test_prove_says_what_is_open_and_what_would_catch_it(type_in: Typed) -> None:
    """A table of all checks, then what is open in words, with the example to paste; exit code 1."""
    code, out, _ = type_in(f"prove --policy {SECOND.policy}")

    assert code == 1
    assert "● Complete  CHK-LABELS" in out
    assert "◆ Gaps      CHK-DISH-LAW" in out
    assert "◆ Gaps      CHK-CLEAN-LOGGED" in out
    assert "  No example catches this: “on trial” left out of what the status may be.\n    - {expect: pass, row:" in out
    assert "could not be told apart from the rule by any row searched. 2 checks have gaps." in out


@pytest.mark.usefixtures("proved_once")
def test_prove_of_one_check_also_says_what_it_could_not_tell_apart(type_in: Typed) -> None:
    """With how many rows were searched: it is no proof that there is none."""
    code, out, _ = type_in(f"prove CHK-CONCERN-DECIDED --policy {POLICY.policy}")

    assert code == 0
    assert re.search(
        r"Not told apart .*: perhaps they are the same rule\n  in [\d,]+ rows: “the day of the concern", out
    )


@pytest.mark.usefixtures("here")
def test_a_check_that_misses_a_kind_of_row_has_gaps(type_in: Typed) -> None:
    """Passing, failing, and unknown where a blank can make it so: what is missing is printed as a row."""
    _, out, _ = type_in("prove --policy policy")

    assert "  No example comes to unknown.\n    - {expect: unknown, row: {shelf: null}, because: say what" in out
    assert "  No example comes to pass.\n    - {expect: pass, because: say what this shows}" in out


def test_an_example_that_is_wrong_is_a_gap(here: Path, type_in: Typed) -> None:
    """What expects one thing and comes to another proves nothing."""
    change(here / "policy" / "checks" / "books.yaml", "expect: fail, row: {due_on", "expect: pass, row: {due_on")

    code, out, _ = type_in("prove --policy policy")

    assert code == 1
    assert "expects pass and comes to fail: mend it, or the rule." in out


@pytest.mark.usefixtures("here", "proved_once")
def test_lint_can_fail_on_gaps(type_in: Typed) -> None:
    """Without being asked it does not look for them."""
    asked, silent = type_in("lint --policy policy --fail-on gaps"), type_in("lint --policy policy")

    assert (asked[0], silent[0]) == (1, 0)
    assert "CHK-SHELVED: No example passes - `policykit prove CHK-SHELVED` prints the example to add" in asked[2]
    assert "CHK-SHELVED: No example" not in silent[2]
    assert type_in(f"lint --policy {POLICY.policy} --fail-on gaps")[0] == 0


@pytest.mark.usefixtures("proved_once")
def test_results_say_how_examples_fare(tmp_path: Path) -> None:
    """Of every check with a rule; and what the last results say is taken over where nothing changed."""
    plain = run(SECOND.policy, SECOND.organisation)
    results = with_examples(plain, KITCHENS, None)
    found = {check.id: check.examples for check in results.checks}
    write_results(results, tmp_path / "results.json")

    ruled = {check.id for pack, check in RULES if pack is KITCHENS}
    assert {name for name, examples in found.items() if examples} == ruled
    assert {name for name, examples in found.items() if examples and examples.gaps} == set(OPEN_ON_PURPOSE)
    assert with_examples(plain, KITCHENS, tmp_path / "results.json") == results


@pytest.mark.usefixtures("proved_once")
def test_no_results_make_a_changed_check_complete(tmp_path: Path) -> None:
    """Take an example away: the last results, in which the check was complete, say nothing of it any more."""
    before = with_examples(run(SECOND.policy, SECOND.organisation), KITCHENS, None)
    write_results(before, tmp_path / "results.json")
    policy = tmp_path / "policy"
    shutil.copytree(SECOND.policy, policy)
    shutil.copytree(SECOND.organisation, tmp_path / "larkrise")
    line = "    - {expect: pass, row: {read_on: 2026-10-15}, because: read today}\n"
    change(policy / "checks" / "kitchen.yaml", line, "")

    after = with_examples(run(policy, tmp_path / "larkrise"), load_pack(policy), tmp_path / "results.json")

    gaps = {check.id for check in after.checks if check.examples and check.examples.gaps}
    assert gaps == {*OPEN_ON_PURPOSE, "CHK-FRIDGES"}


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        (ExamplesTried(tried=24, caught=24, gaps=()), "The examples catch all 24 small changes to this rule."),
        (
            ExamplesTried(tried=24, caught=24, gaps=(), alike=2),
            "all 24 small changes to this rule. 2 more made no difference on any row that was tried.",
        ),
        (
            ExamplesTried(tried=24, caught=23, gaps=("No example fails.",)),
            "The examples catch 23 of 24 small changes to this rule. No example fails.",
        ),
    ],
)
def test_a_card_says_what_the_examples_catch(tried: ExamplesTried, said: str) -> None:
    """How many of how many, and everything that is open: no more than that."""
    trace = kitchens()
    checks = {**trace.checks, "CHK-LABELS": trace.checks["CHK-LABELS"].model_copy(update={"examples": tried})}
    assert said in see(render_card("check", "CHK-LABELS", replace(trace, checks=checks), Anchors())).words


def test_a_rule_is_proved_the_same_every_time() -> None:
    """The search knows no chance: two proofs are equal, down to the rows found."""
    check = KITCHENS.checks["CHK-LABELS"].model_copy(update={"examples": ()})

    assert Proofs(KITCHENS).prove(check) == Proofs(KITCHENS).prove(check)


def test_a_proof_is_found_anew_where_its_words_have_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap is kept as a sentence: one that was kept is not shown beside a catalogue that says it otherwise."""
    home, pack = Path(english.__file__).parent, load_pack(SECOND.policy)
    shutil.copytree(home / "messages", tmp_path / "messages")
    shutil.copy(home / "english.py", tmp_path)
    check = next(iter(pack.checks.values()))
    before = Proofs(pack).digest(check)
    monkeypatch.setattr(english, "__file__", str(tmp_path / "english.py"))
    same = Proofs(pack).digest(check)
    (tmp_path / "messages" / "problems.toml").write_text("# all gone", "utf-8")

    assert before == same != Proofs(pack).digest(check)
