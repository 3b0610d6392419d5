"""Both packs, judged by hand, by the oracle and by policykit: all agree, also when a record or the day changes."""

import csv
import random
import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from tests import reference
from tests.chance import cases_of
from tests.judging import judged, looked_at
from tests.reference import Verdict
from tests.reference_examples import told_apart
from tests.sites import POLICY, ROOT, SECOND, Sources

from policykit.reading import example_case, load_pack
from policykit.rules import judge_unit

PACKS = pytest.mark.parametrize("pack", [POLICY, SECOND], ids=lambda pack: pack.name)
BY_HAND = {"policy": ROOT / "tests" / "data" / "expected.yaml", "kitchens": SECOND.conf / "expected.yaml"}
CHANGES = {"policy": cases_of(80), "kitchens": cases_of(40)}
DAYS = {"policy": cases_of(600), "kitchens": cases_of(100)}


def by_hand(pack: Sources) -> tuple[dict[str, Verdict], dict[str, str]]:
    """What somebody worked out from docs/specification.md with the records in hand."""
    said = yaml.safe_load(BY_HAND[pack.name].read_text("utf-8"))
    checks = {
        check["id"]: Verdict(check["outcome"], check.get("counts"), check.get("rows"), check.get("by"))
        for check in said["checks"]
    }
    return checks, said["duties"]


def without_values(checks: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """The verdicts without the counts by value, which not everybody works out."""
    return {name: Verdict(verdict.outcome, verdict.counts, verdict.rows) for name, verdict in checks.items()}


@PACKS
def test_the_oracle_comes_to_what_was_worked_out_by_hand(pack: Sources) -> None:
    """A second reading of docs/specification.md gives the counts of expected.yaml."""
    checks, duties = reference.judge(pack.policy, pack.organisation)
    expected, duties_by_hand = by_hand(pack)
    assert without_values(checks) == without_values(expected)
    assert duties == duties_by_hand


@PACKS
def test_policykit_comes_to_what_the_oracle_says(pack: Sources) -> None:
    """On the example organisation every outcome and every count is the oracle's, by value too."""
    assert judged(pack.policy, pack.organisation) == reference.judge(pack.policy, pack.organisation)


@PACKS
def test_what_no_check_looks_at_is_what_the_oracle_says(pack: Sources) -> None:
    """Rows in no scope, those that the pack explains, and rows that match nobody's: counted alike."""
    there = pack.policy, pack.organisation
    assert looked_at(*there) == (reference.unseen(*there), reference.strangers(*there))


@PACKS
def test_every_example_is_true_for_the_oracle(pack: Sources) -> None:
    """What each example in the pack expects is what a second reading of the rule says."""
    wrong = [what for what, expected, found in told_apart(pack.policy, pack.organisation) if expected != found]
    assert wrong == []


@PACKS
def test_every_example_is_true_for_policykit(pack: Sources) -> None:
    """What each example in the pack expects is what the rule says."""
    loaded = load_pack(pack.policy)
    wrong = [
        f"{check.id}: {example.because}"
        for check in loaded.checks.values()
        for example in check.examples
        if judge_unit(check, *example_case(check, example, loaded)) != example.expect
    ]
    assert wrong == []


@PACKS
def test_one_changed_cell_changes_what_the_oracle_says_it_changes(
    pack: Sources, tmp_path: Path, chance: random.Random
) -> None:
    """After each of many single changes of a record, all outcomes and counts are the oracle's."""
    for number in range(CHANGES[pack.name]):
        folder = tmp_path / str(number)
        shutil.copytree(pack.organisation, folder)
        change = change_one_cell(folder, chance)
        assert judged(pack.policy, folder) == reference.judge(pack.policy, folder), change
        shutil.rmtree(folder)


@PACKS
def test_another_day_changes_what_the_oracle_says_it_changes(pack: Sources, chance: random.Random) -> None:
    """As at other days, near and far, all outcomes and counts are the oracle's."""
    today = date.fromisoformat(pack.as_at)
    for _ in range(DAYS[pack.name]):
        day = today + timedelta(days=chance.choice([1, 30, 400, 4000]) * chance.randint(-2, 2))
        assert judged(pack.policy, pack.organisation, day) == reference.judge(pack.policy, pack.organisation, day), day


def change_one_cell(folder: Path, chance: random.Random) -> str:
    """Put something else into one cell of one file of records; says what and where."""
    path = chance.choice([path for path in sorted(folder.rglob("*.csv")) if path.read_text("utf-8").count("\n") > 1])
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    line, column = chance.randrange(1, len(rows)), chance.randrange(len(rows[0]))
    column = min(column, len(rows[line]) - 1)
    others = [row[column] for row in rows[1:] if len(row) > column]
    rows[line][column] = chance.choice([*ODDITIES, *chance.choices(others, k=len(ODDITIES))])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator=chance.choice(["\n", "\r\n"])).writerows(rows)
    return f"{path.name}:{line + 1}, column {rows[0][column]}: {rows[line][column]!r}"


ODDITIES = (
    "",
    "  ",
    "\t",
    "NULL",
    "-",
    "yes",
    "No ",
    " TRUE",
    "0",
    "-7",
    "1e3",
    "\u0661",
    "2026-10-15",
    " 2026-11-01 ",
    "2025-10-15",
    "2026-10-16",
    "2026-02-30",
    "1899-12-31",
    "9999-12-31",
    "03/04/2026",
    'a "quoted", word',
    "two\nlines",
)
