"""The pytest plugin: what a check comes to as a test item, what a failure says, and which results are kept."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.sites import run

# pytester forgets what a run inside it imports, and what is written in C cannot be imported twice.
import policykit.engines.files
import policykit.suite.items  # noqa: F401

pytest_plugins = ["pytester"]

LIBRARY = Path(__file__).parent / "packs" / "library"
CHECKS = "library/policy/checks/books.yaml"
PRIVATE = ("Sentinel", "On Rain", "On Bees", "B-4", "B-3")


@pytest.fixture
def library(pytester: pytest.Pytester) -> Path:
    """A copy of the smallest pack, where pytest is started."""
    return Path(shutil.copytree(LIBRARY, pytester.path / "library"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a whole run on the smallest pack, as the command keeps them."""
    results = tmp_path_factory.mktemp("whole") / "results.json"
    run("policykit", "check", "--policy", LIBRARY / "policy", "--results", results)
    return results


def change(path: Path, old: str, new: str) -> None:
    """Edit a file as a person would."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def outcomes(result: pytest.RunResult) -> dict[str, int]:
    """How many items there are of each outcome."""
    return result.parseoutcomes()


def kept(path: Path) -> dict[str, Any]:
    """Results as they were written."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@pytest.mark.usefixtures("library")
def test_each_check_is_an_item_and_so_are_its_examples(pytester: pytest.Pytester) -> None:
    """What holds and what is confirmed pass, what does not apply is skipped, what may not hold today is xfailed."""
    result = pytester.runpytest_inprocess("-v", "-rsx")

    assert outcomes(result) == {"passed": 6, "skipped": 1, "xfailed": 2, "failed": 1}
    result.stdout.fnmatch_lines_random(
        [
            f"{CHECKS}::CHK-ON-THE-LIST PASSED*",
            f"{CHECKS}::CHK-ON-THE-LIST: examples PASSED*",
            f"{CHECKS}::CHK-READERS PASSED*",
            f"{CHECKS}::CHK-RETURNED FAILED*",
            "SKIPPED * library/policy/checks/books.yaml:*: Only the town looks at its own lists.",
            f"XFAIL {CHECKS}::CHK-SHELVED - Not met: 2 of 4 books do not conform (severity should)",
            f"XFAIL {CHECKS}::CHK-TITLED - Not met: 1 of 4 books does not conform (waived)",
        ]
    )


@pytest.mark.usefixtures("library")
def test_strictly_every_check_is_gated(pytester: pytest.Pytester) -> None:
    """With --policykit-strict a check of severity should fails too; a waiver still covers what it covers."""
    result = pytester.runpytest_inprocess("--policykit-strict")

    assert outcomes(result) == {"passed": 6, "skipped": 1, "xfailed": 1, "failed": 2}


@pytest.mark.parametrize("style", ["long", "line", "native"])
@pytest.mark.usefixtures("library")
def test_a_failure_shows_sentences_and_counts_only(pytester: pytest.Pytester, style: str) -> None:
    """However curious the reader: no row, no value, no traceback."""
    curious = ("--showlocals", "--full-trace", f"--tb={style}", "--junitxml=report.xml", "-rA", "-vv")
    result = pytester.runpytest_inprocess(*curious, "--policykit-results=results.json")

    said = result.stdout.str() + result.stderr.str() + (pytester.path / "report.xml").read_text("utf-8")
    result.stdout.fnmatch_lines(
        [
            "Not met: 1 of 2 books that are lent does not conform",
            "Every book that is lent comes back in time",
            "Counted: in scope 2, conform 1, violate 1, unknown 0, out 2, unreadable 0",
            "Records of 30 April 2026",
            "Looked at: every book that is lent*",
            "Must hold: the day it is due is 1 May 2026 or later.",
        ]
    )
    assert not [value for value in (*PRIVATE, "Traceback") if value in said]


def test_an_error_nobody_foresaw_shows_its_class_only(pytester: pytest.Pytester, library: Path) -> None:
    """The message of an unknown error might hold a row, so it is not shown."""
    (library.parent / "conftest.py").write_text(BREAKING, "utf-8")

    result = pytester.runpytest_subprocess(
        "--showlocals", "--full-trace", "-k", "CHK-RETURNED and not examples", "--policykit-results=results.json"
    )

    said = result.stdout.str() + result.stderr.str()
    assert outcomes(result)["failed"] == 1
    assert "policykit stopped on an error of its own (ZeroDivisionError)." in said.splitlines()
    assert not [word for word in ("Sentinel", "Traceback") if word in said]


BREAKING = """
import policykit.door

def breaking(*_, **__):
    raise ZeroDivisionError("Mx Sentinel")

policykit.door.run_checks = breaking
"""


@pytest.mark.usefixtures("library")
def test_bad_input_is_told_with_its_line(pytester: pytest.Pytester) -> None:
    """A policy that does not load gives the problems every command gives, and nothing is run."""
    change(pytester.path / CHECKS, "field: shelf, value: red", "field: shelves, value: red")

    result = pytester.runpytest_inprocess("--full-trace", "--policykit-results=results.json")

    assert outcomes(result) == {"errors": 1}
    result.stdout.fnmatch_lines(["*books.yaml:*: *shelves* - *"])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert not (pytester.path / "results.json").exists()


@pytest.mark.usefixtures("library")
def test_an_example_that_claims_too_much_fails(pytester: pytest.Pytester) -> None:
    """Examples are held to the rule wherever the checks run."""
    change(pytester.path / CHECKS, "expect: fail, row: {shelf: blue}", "expect: pass, row: {shelf: blue}")

    result = pytester.runpytest_inprocess("-k", "examples")

    assert outcomes(result)["failed"] == 1
    result.stdout.fnmatch_lines(["Example 1 expects pass and comes to fail: another shelf"])


def test_other_folders_called_checks_are_left_alone(pytester: pytest.Pytester) -> None:
    """The plugin is there in every project of its environment, and collects only beside a policy.yaml."""
    (pytester.path / "checks").mkdir()
    (pytester.path / "checks" / "lint.yaml").write_text("- {id: CHK-1}\n", "utf-8")

    assert pytester.runpytest_inprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED


STRANGERS = {
    "two documents of a template": "apiVersion: policy/v1\n---\nkind: {{ x }}\n",
    "keys of somebody else": "id: P\ntitle: Ours\nspec:\n  organisation: them\n",
    "nothing": "",
}


@pytest.mark.parametrize("text", STRANGERS.values(), ids=STRANGERS)
def test_a_policy_of_somebody_else_is_left_alone(text: str, pytester: pytest.Pytester) -> None:
    """Whatever stands in it, and the tests of that project run."""
    for path, held in {"policy/policy.yaml": text, "policy/checks/a.yaml": "- [1\n"}.items():
        (pytester.path / path).parent.mkdir(parents=True, exist_ok=True)
        (pytester.path / path).write_text(held, "utf-8")
    pytester.makepyfile("def test_a():\n    assert True\n")

    assert outcomes(pytester.runpytest_inprocess()) == {"passed": 1}


@pytest.mark.parametrize("text", ["edition: x\n---\n", "{id: A, organisation: b", "'edition' : 1\ntitle: [\n"])
def test_a_policy_of_ours_that_is_broken_still_says_so(text: str, pytester: pytest.Pytester, library: Path) -> None:
    """Else its checks would be missing in silence."""
    (library / "policy" / "policy.yaml").write_text(text, "utf-8")

    assert outcomes(pytester.runpytest_inprocess()) == {"errors": 1}


def test_another_organisation_and_another_day(pytester: pytest.Pytester, library: Path) -> None:
    """The options that `policykit check` has: whose records, and as at which day."""
    shutil.copytree(library / "reading_room", pytester.path / "other")
    change(pytester.path / "other" / "records" / "books.csv", "2026-04-20", "2026-05-20")

    ours = pytester.runpytest_inprocess("--policykit-organisation=other")
    later = pytester.runpytest_inprocess("--policykit-organisation=other", "--policykit-as-at=2026-05-21")

    assert "failed" not in outcomes(ours)
    assert outcomes(later)["failed"] == 1


@pytest.mark.usefixtures("library")
def test_a_day_that_is_none_is_refused(pytester: pytest.Pytester) -> None:
    """A mistake on the command line is a sentence."""
    result = pytester.runpytest_inprocess("--policykit-as-at=2026-02-30")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'2026-02-30' is not a day of the calendar*"])


@pytest.mark.usefixtures("library")
def test_a_whole_run_keeps_what_the_command_keeps(pytester: pytest.Pytester, whole: Path) -> None:
    """`pytest --policykit-results` and `policykit check` come to the same results."""
    pytester.runpytest_inprocess("--policykit-results=ours.json")

    ours, theirs = kept(pytester.path / "ours.json"), kept(whole)
    for results in (ours, theirs):
        results["run"] |= dict.fromkeys(("id", "started", "finished"))
        results["sum"] = None
        results["checks"] = [check | {"seconds": None} for check in results["checks"]]
    assert ours == theirs
    assert ours["run"]["complete"] is True


@pytest.mark.usefixtures("library")
def test_without_the_option_nothing_is_kept(pytester: pytest.Pytester) -> None:
    """Running tests changes no evidence unless asked to."""
    pytester.runpytest_inprocess()

    assert not list(pytester.path.rglob("results.json"))


@pytest.mark.parametrize(
    "options",
    [("-k", "CHK-RETURNED"), ("--collect-only",), ("--exitfirst",), ("--deselect", f"{CHECKS}::CHK-READERS")],
    ids=" ".join,
)
@pytest.mark.usefixtures("library")
def test_a_run_that_does_not_reach_every_check_replaces_nothing(
    pytester: pytest.Pytester, whole: Path, options: tuple[str, ...]
) -> None:
    """Part of a run is kept as such, with the others as not run, and never in the place of a whole one."""
    shutil.copy(whole, pytester.path / "whole.json")

    pytester.runpytest_inprocess("--policykit-results=whole.json", *options)
    pytester.runpytest_inprocess("--policykit-results=part.json", *options)

    assert (pytester.path / "whole.json").read_bytes() == whole.read_bytes()
    part = kept(pytester.path / "part.json")
    assert part["run"]["complete"] is False
    assert len(part["checks"]) == len(kept(whole)["checks"])
    assert "not-run" in {check["outcome"] for check in part["checks"]}


@pytest.mark.usefixtures("library")
def test_results_that_cannot_be_written_are_told(pytester: pytest.Pytester) -> None:
    """Whoever asks for results and gets none hears why, and the run has not gone well."""
    result = pytester.runpytest_inprocess("--policykit-results=/proc/nowhere/results.json", "-k", "CHK-READERS")

    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    result.stdout.fnmatch_lines(
        ["/proc/nowhere/results.json: cannot be written: * - name another file. No results were kept."]
    )


@pytest.mark.usefixtures("library")
def test_workers_hand_their_results_to_the_controller(pytester: pytest.Pytester) -> None:
    """Under xdist one process writes, and what it writes is whole."""
    result = pytester.runpytest_subprocess("-n", "2", "--policykit-results=results.json")

    assert outcomes(result) == {"passed": 6, "skipped": 1, "xfailed": 2, "failed": 1}
    results = kept(pytester.path / "results.json")
    assert results["run"]["complete"] is True
    assert {check["outcome"] for check in results["checks"]} == {"pass", "fail", "attested", "not-applicable"}


def test_results_are_of_one_policy(pytester: pytest.Pytester, library: Path) -> None:
    """Two policies in one run cannot share one file of results."""
    shutil.copytree(library, pytester.path / "second")

    result = pytester.runpytest_inprocess("--policykit-results=results.json")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--policykit-results is for one policy*"])


def test_the_plugin_is_light_until_a_policy_is_met() -> None:
    """It is read in every pytest run of its environment, so it brings nothing heavy with it."""
    heavy = "duckdb", "pydantic", "sphinx", "sqlglot", "yaml", "policykit.reading"
    code = f"import sys, policykit.suite; print([name for name in {heavy!r} if name in sys.modules])"

    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert found.stdout.strip() == "[]"
