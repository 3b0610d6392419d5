"""The second pack shows every result that a check and a duty can come to, and each is what was worked out by hand."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.judging import run, traced
from tests.pages import read_page
from tests.reference_rules import TESTS
from tests.sites import SECOND, build_with
from tests.sites import run as command

from policykit.model.results import Outcome
from policykit.running import Results, read_results, with_sum, write_results
from policykit.tracing import Trace

PACK, FIRM = SECOND.policy, SECOND.organisation
BY_HAND: Mapping[str, Any] = yaml.safe_load((SECOND.conf / "expected.yaml").read_text("utf-8"))
NOT_YET = {Outcome.INCOMPLETE, Outcome.PARTLY_CHECKED}
"""What nothing comes to yet, and what a duty of the first pack comes to."""


@pytest.fixture(scope="module")
def results() -> Results:
    """The run that the second handbook shows."""
    return run(PACK, FIRM)


@pytest.fixture(scope="module")
def seen(results: Results) -> Trace:
    """Everything on the firm's own day."""
    return traced(PACK, FIRM, results)


def test_checks_come_to_every_outcome_there_is(seen: Trace) -> None:
    """Among the checks there is every outcome that a check which was run can come to."""
    assert {result.outcome for result in seen.checks.values()} == set(Outcome) - NOT_YET - {Outcome.NO_CHECK}


def test_duties_come_to_every_outcome_there_is(seen: Trace) -> None:
    """Among the duties there is every outcome, Not checked too: of one there is no evidence for the day."""
    assert {standing.outcome for standing in seen.duties.values()} == set(Outcome) - NOT_YET


def test_a_run_of_some_checks_leaves_the_others_not_checked(results: Results) -> None:
    """Checks that were not selected are Not checked, and so is a duty whose only check is one of them."""
    partial = run(PACK, FIRM, only={"CHK-TABLE", "CHK-LEADS"})
    seen = traced(PACK, FIRM, partial)
    assert not partial.run.complete
    assert seen.checks["CHK-LEADS"].outcome is Outcome.PASS
    assert seen.duties["DUTY-SUPPLIERS"].outcome is Outcome.NOT_RUN
    assert {check.id for check in partial.checks} == {check.id for check in results.checks}


def test_a_result_of_another_rule_is_not_shown(results: Results) -> None:
    """A check whose rule has changed since the run is Not checked; the others stay as they are."""
    older = altered(results, "CHK-LEADS", rule_digest="sha256:" + "0" * 64)
    seen = traced(PACK, FIRM, older)
    assert seen.checks["CHK-LEADS"].outcome is Outcome.NOT_RUN
    assert seen.checks["CHK-LEADS"].reason == "its rule was changed after the last run"
    assert seen.duties["DUTY-LEAD"].outcome is Outcome.NOT_RUN
    assert seen.checks["CHK-KITCHENS"].outcome is Outcome.PASS


def test_without_results_every_check_is_not_checked() -> None:
    """With nothing to show every check is Not checked, also those that do not apply."""
    seen = traced(PACK, FIRM, None)
    assert {result.outcome for result in seen.checks.values()} == {Outcome.NOT_RUN}
    assert {standing.outcome for standing in seen.duties.values()} == {
        Outcome.NOT_RUN,
        Outcome.NO_CHECK,
        Outcome.NOT_APPLICABLE,
    }


def test_results_are_kept_and_read_as_they_were(results: Results, tmp_path: Path) -> None:
    """What is written to results.json is what is read from it, every outcome included."""
    file = tmp_path / "results.json"
    assert write_results(results, file)
    assert read_results(file) == with_sum(results)


def test_every_reason_reads_as_written_by_hand(seen: Trace) -> None:
    """The sentence beside every outcome, of checks and of duties."""
    reasons = {name: result.reason for name, result in seen.checks.items()}
    assert reasons | {name: standing.reason for name, standing in seen.duties.items()} == BY_HAND["reasons"]


def test_every_strength_reads_as_written_by_hand(seen: Trace) -> None:
    """The strength in effect of every duty and the sentences its card begins with."""
    said = {name: [standing.strength.value, *standing.said] for name, standing in seen.duties.items()}
    assert said == BY_HAND["strengths"]


def test_severities_are_lowered_to_what_is_in_effect(seen: Trace) -> None:
    """A check weighs no more than its duty does on the day."""
    assert {name: seen.checks[name].severity for name in BY_HAND["severities"]} == BY_HAND["severities"]


def test_every_provision_says_whether_it_binds_and_is_law(seen: Trace) -> None:
    """Law that binds, is open to or meant for this firm, or stands there for context; begun, ended or neither."""
    found = {
        name: [seen.provisions[name].reach.value, seen.provisions[name].force.value] for name in BY_HAND["provisions"]
    }
    assert found == BY_HAND["provisions"]


def test_there_is_a_waiver_in_every_state(seen: Trace) -> None:
    """Covering, exceeded, expired, orphan, unused and not begun."""
    assert {standing.waiver.id: standing.state.value for standing in seen.waivers} == BY_HAND["waivers"]


def test_a_statement_beside_a_failing_check_is_a_disagreement(seen: Trace) -> None:
    """Somebody confirmed what the records contradict, and only there the flag is up."""
    assert [name for name, standing in seen.duties.items() if standing.disagreement] == BY_HAND["disagreements"]


def test_rows_are_counted_as_rows_and_units_as_units(seen: Trace) -> None:
    """Six people on three topics are eighteen units, and the reason speaks of people."""
    result = seen.checks["CHK-TRAIN-TOPICS"]
    assert result.counts
    assert result.rows
    assert (result.counts.in_scope, result.rows.in_scope) == (18, 6)
    assert result.reason.startswith("2 of 6 people")


def test_the_pack_uses_every_test_of_the_rule_language() -> None:
    """Each test, and each way to write a value, stands in some rule of the pack."""
    nodes = [node for path in PACK.rglob("*.yaml") for node in inside(yaml.safe_load(path.read_text("utf-8")))]
    assert {node["test"] for node in nodes if "test" in node} == set(TESTS)
    forms = {key for node in nodes if len(node) == 1 for key in node}
    assert {"parameter", "fact", "each", "as_at", "field"} <= forms


def test_every_check_has_an_example_of_each_kind() -> None:
    """Every rule shows what passes, fails, cannot be told and is left out; of one nothing fails, on purpose."""
    checks = [check for path in (PACK / "checks").glob("*.yaml") for check in yaml.safe_load(path.read_text("utf-8"))]
    rules = [check for check in checks if check.get("method") != "attestation"]
    kinds = {check["id"]: {example["expect"] for example in check["examples"]} for check in rules}
    assert kinds.pop("CHK-CLEAN-LOGGED") == {"pass", "unknown", "out"}
    assert set(map(frozenset, kinds.values())) == {frozenset({"pass", "fail", "unknown", "out"})}


def test_the_source_text_is_covered_by_its_clauses(tmp_path: Path) -> None:
    """`policykit lint --source-text` finds nothing wrong with the text, and says where a changed text differs."""
    text = SECOND.conf / "source.txt"
    changed = tmp_path / "changed.txt"
    changed.write_text(text.read_text("utf-8").replace("Mustard", "Custard"), "utf-8")
    good = command("policykit", "lint", "--policy", PACK, "--source-text", text)
    bad = command("policykit", "lint", "--policy", PACK, "--source-text", changed)
    assert good.returncode == 0, good.stdout + good.stderr
    assert bad.returncode == 2
    assert "CK-P3-S2" in bad.stdout + bad.stderr


def test_the_handbook_shows_every_outcome(results: Results, tmp_path: Path) -> None:
    """With results in which one rule is another, the cards of duties show all outcomes there are, each its own."""
    older = altered(results, "CHK-DISH-LAW", rule_digest="sha256:" + "0" * 64)
    file = tmp_path / "results.json"
    assert write_results(older, file)
    site = build_with(SECOND, tmp_path, file)
    cards = {card: code for page in site.pages for card, code in read_page(site.folder, page).outcomes.items()}
    seen = traced(PACK, FIRM, older)
    outcomes = {name: result.outcome for name, result in seen.checks.items()}
    outcomes |= {name: standing.outcome for name, standing in seen.duties.items()}
    assert cards == {name: outcome.code for name, outcome in outcomes.items()}
    assert cards["CHK-DISH-LAW"] == "not-run"
    assert {cards[duty] for duty in seen.duties} == {outcome.code for outcome in set(Outcome) - NOT_YET}


def altered(results: Results, check: str, **change: object) -> Results:
    """The same results with one check changed."""
    checks = tuple(each.model_copy(update=change) if each.id == check else each for each in results.checks)
    return results.model_copy(update={"checks": checks})


def inside(data: object) -> Iterator[dict[str, Any]]:
    """Every mapping in a file, however deep."""
    if isinstance(data, dict):
        yield data
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for part in parts:
        yield from inside(part)
