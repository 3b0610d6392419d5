"""What the handbook refuses: forged items, wrong places, wrong folders and wrong input; each with the remedy."""

import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from tests.ladders import Project

CASES = Path(__file__).parent / "cases" / "handbook"


@pytest.mark.parametrize("case", sorted(CASES.glob("*.md")), ids=lambda path: path.stem)
def test_mistakes_and_forgeries_are_refused_with_the_remedy(own: Project, case: Path) -> None:
    """Each page of tests/cases/handbook says in its head what the build must answer; no tick is typed by hand."""
    shutil.copy(case, own.folder / "docs")
    says = yaml.safe_load(case.read_text("utf-8").split("---\n")[1])["says"]
    built = own.build()
    assert f"{case.name}:" in built.warnings
    assert says in built.warnings
    needs = built.needs
    assert set(needs) == {
        name for name in needs if name.startswith(("DUTY-L", "DUTY-SHOW", "LL-", "LA", "CHK-", "REG-"))
    }
    assert not {"CHK-FORGED", "DUTY-LOK"} & set(needs)
    assert (needs["DUTY-LOOK"]["title"], needs["DUTY-LOOK"]["outcome"]) == (
        "Look at every ladder four times a year",
        "pass",
    )


def test_items_that_conf_py_brings_from_elsewhere_are_left_out(own: Project) -> None:
    """Neither a new item nor another text of ours comes in with another project's exchange file; each is said."""
    brought = [{"base_url": "https://example.org", "json_path": f"{name}.json"} for name in ("stranger", "forged")]
    for file in CASES.glob("*.json"):
        shutil.copy(file, own.folder)
    own.write("conf.py", own.read("conf.py") + f"\nneeds_external_needs = {brought}\n")
    ended = own.build()
    assert "the need CHK-STRANGER was made here, not in the pack, and is left out" in ended.warnings
    assert "the need DUTY-LOOK was made here, not in the pack, and is left out" in ended.warnings
    assert "CHK-STRANGER" not in ended.needs
    assert ended.needs["DUTY-LOOK"]["title"] == "Look at every ladder four times a year"


def test_what_is_placed_nowhere_is_said(own: Project) -> None:
    """A duty on no page is named with its file; so are the clauses where no ledger shows them; with what to write."""
    own.replace("docs/lending.md", "```{duty} DUTY-SHOW\n```\n", "")
    own.replace("docs/guidance.md", "```{source-ledger}\n```\n", "")
    warnings = own.build().warnings
    assert "policy/duties/DUTY-SHOW.md" in warnings
    assert "DUTY-SHOW is on no page - write {duty} DUTY-SHOW on the page where it belongs" in warnings
    assert "5 items of kind clause are on no page, first LL-T1 - write {source-ledger} on a page" in warnings


def test_a_build_of_the_whole_folder_is_refused(own: Project) -> None:
    """Without `-c`, conf.py's folder would be taken for the pages: the build ends with a sentence and no traceback."""
    shutil.copy(own.folder / "docs" / "index.md", own.folder / "index.md")
    ended = own.run(sys.executable, "-m", "sphinx", ".", "out")
    assert ended.code == 2
    assert "build with `-c . docs OUT`" in ended.said
    assert "Traceback" not in ended.said


def test_the_folder_of_conf_py_is_no_output_folder(own: Project) -> None:
    """What lies in an output folder is replaced, so the folder that holds conf.py and its policy is refused."""
    ended = own.build_apart(out=".")
    assert ended.code == 2
    assert "build into a folder of its own" in ended.said
    assert (own.folder / "policy" / "policy.yaml").is_file()


def test_results_that_are_none_end_the_build(own: Project) -> None:
    """A results file that is not one is said to be wrong, and nothing is shown for it."""
    own.write("build/results.json", '{"schema": "policykit-results/1", "checks": "all well"}')
    ended = own.build_apart()
    assert ended.code == 2
    assert "results.json" in ended.said
    assert "Traceback" not in ended.said


def test_problems_of_the_policy_end_the_build_each_with_its_line(own: Project) -> None:
    """Two mistakes in two files are both said as path and line; the build ends in failure, without a traceback."""
    own.replace("policy/policy.yaml", "edition: 2026.1", "edtion: 2026.1")
    own.replace("policy/duties/DUTY-SHOW.md", "strength: may", "strength: shall")
    ended = own.build_apart()
    assert ended.code == 2
    assert re.search(r"policy/policy\.yaml:4: .+ - ", ended.said)
    assert re.search(r"policy/duties/DUTY-SHOW\.md:6: .+ - ", ended.said)
    assert "Traceback" not in ended.said


def test_a_day_that_is_none_ends_the_build(own: Project) -> None:
    """`policykit_as_at` must be a real day."""
    ended = own.build_apart("-D", "policykit_as_at=2026-02-30")
    assert ended.code == 2
    assert "policykit_as_at is not a day of the calendar - write it as 2026-11-01" in ended.said
