"""Checks that a test function carries out: what reaches the results, and how they make one run with the rules."""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.functions import GOOD, kept

# pytester forgets what a run inside it imports, and what is written in C cannot be imported twice.
import policykit as pk
import policykit.engines.files
import policykit.suite.functions
import policykit.suite.items
from policykit.model.results import CheckResult
from policykit.running import read_results
from policykit.suite import Tally

pytest_plugins = ["pytester"]


def shelves(project: Path, body: str, *options: str) -> dict[str, Any]:
    """The result of the check on shelves, once a function with this body has carried it out."""
    function = GOOD[: GOOD.index("    shelves =")] + "".join(f"    {line}\n" for line in body.splitlines())
    (project / "test_shelves.py").write_text(function, "utf-8")
    started = [sys.executable, "-m", "pytest", "-q", "test_shelves.py", "--policykit-results=found.json", *options]
    said = subprocess.run(started, check=False, capture_output=True, cwd=project, text=True).stdout
    (project / "printed.txt").write_text(said, "utf-8")
    found: dict[str, Any] = kept(project / "found.json")["CHK-SHELVES"]
    return found


def test_what_is_counted_is_the_result(pytester: pytest.Pytester, project: Path) -> None:
    """Counts, records and reason are as those of a rule."""
    pytester.makepyfile(test_shelves=GOOD)

    result = pytester.runpytest_inprocess("test_shelves.py", "--policykit-results=found.json")

    assert result.parseoutcomes() == {"passed": 1}
    found = kept(project / "found.json")["CHK-SHELVES"]
    assert (found["outcome"], found["reason"]) == ("pass", "2 of 2 shelves conform")
    assert found["counts"] == {"in_scope": 2, "conform": 2, "violate": 0, "unknown": 0, "out": 0, "unreadable": 0}
    assert [(used["register"], used["rows"], used["stale"]) for used in found["records"]] == [("books", 4, False)]


READ = "policykit_records.rows('books', 'shelf')\n"
NO_NUMBERS = "Books cannot be opened: its test function did not come to an end with numbers"


@pytest.mark.parametrize(
    ("body", "outcome", "reason"),
    [
        ("return Tally(conform=3, violate=1)", "fail", "1 of 4 shelves does not conform"),
        (
            "return Tally(conform=3, unknown=1)",
            "unknown",
            "1 of 4 shelves cannot be judged, because a value is blank",
        ),
        ("return Tally(out=4)", "no-data", "0 shelves, and at least 1 is needed"),
        ("pytest.skip('Mx Sentinel')", "not-run", "its test function has not been run: pytest carries it out"),
        ("policykit_records.record(Tally(conform=2))", "pass", "2 of 2 shelves conform"),
        (
            "policykit_records.record(Tally(conform=2))\nreturn Tally(violate=1)",
            "fail",
            "1 of 1 shelves does not conform",
        ),
        (
            "return Tally(conform=1 if policykit_records.fact('run_by') == 'club' else 0)",
            "pass",
            "1 of 1 shelves conforms",
        ),
    ],
)
def test_every_end_has_its_outcome(project: Path, body: str, outcome: str, reason: str) -> None:
    """Whatever a function that asked for rows returns comes to one of the outcomes, in our own words."""
    found = shelves(project, READ + body)

    assert (found["outcome"], found["reason"]) == (outcome, reason)
    assert "Sentinel" not in (project / "found.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (READ + "return 4", "its test function returns or records no Tally"),
        (READ + "policykit_records.record('Mx Sentinel')", "its test function returns or records no Tally"),
        ("assert 1 == 2, 'Mx Sentinel'", "its test function stopped on an error (AssertionError)"),
        ("pytest.fail('Mx Sentinel')", "its test function stopped on an error (Failed)"),
        ("return Tally(conform=-1)", "its test function stopped on an error (ValueError)"),
        ("raise SystemExit('Mx Sentinel')", "its test function stopped on an error (SystemExit)"),
        ("policykit_records.record(Tally(conform=2))\nassert 1 == 2", "stopped on an error (AssertionError)"),
        ("policykit_records.rows('staff')", "CHK-SHELVES does not declare the register staff"),
        ("policykit_records.rows('books', 'colour')", "the register books has not all of these fields"),
        ("policykit_records.parameter('days')", "the policy has no parameter days"),
        ("return Tally(conform=4)", "did not ask for the rows of the register that it is about"),
        (READ + "return Tally(conform=5)", "counts more units than the 4 rows that it asked for"),
        (READ + "return Tally(conform=2, violate=2, unknown=1)", "counts more units than the 4 rows that it asked for"),
    ],
)
def test_a_function_that_stops_is_told_and_its_result_says_the_kind(project: Path, body: str, said: str) -> None:
    """Why it is an error stands in what pytest prints; results keep a kind of notice, and nothing that was raised."""
    found = shelves(project, body)
    printed = (project / "printed.txt").read_text("utf-8")

    assert (found["outcome"], found["reason"]) == ("error", NO_NUMBERS)
    assert found["refused"] == {"register": "books", "why": "function-stopped"}
    assert (found["counts"], found["code"]) == (None, None)
    assert said in printed
    assert "Sentinel" not in printed + (project / "found.json").read_text("utf-8")


def test_what_cannot_be_read_is_an_error(project: Path) -> None:
    """A row with a value that cannot be read is left out and counted, where its field was asked for."""
    books = project / "reading_room" / "records" / "books.csv"
    books.write_text(books.read_text("utf-8").replace("2026-05-20", "soon"), "utf-8")
    body = "books = policykit_records.rows('books', {field})\nreturn Tally(conform=len(books))"

    asked = shelves(project, body.replace("{field}", "'due_on'"))
    left = shelves(project, body.replace("{field}", "'shelf'"))

    assert (asked["outcome"], asked["counts"]["conform"], asked["counts"]["unreadable"]) == ("error", 3, 1)
    assert (left["outcome"], left["counts"]["conform"]) == ("pass", 4)


def test_a_register_that_cannot_be_opened_is_an_error(project: Path) -> None:
    """The function is not even called."""
    (project / "reading_room" / "records" / "books.csv").unlink()

    found = shelves(project, "return Tally(conform=1)")

    assert (found["outcome"], found["reason"]) == (
        "error",
        "Books cannot be opened: its records are not there, or not where they may be",
    )
    assert found["refused"] == {"register": "books", "why": "records-missing"}
    assert "Books cannot be opened: the file records/books.csv is missing" in (project / "printed.txt").read_text(
        "utf-8"
    )


def test_records_that_are_too_old_are_no_pass(project: Path) -> None:
    """What is declared about the age of records holds for functions too."""
    found = shelves(project, READ + "return Tally(conform=1)", "--policykit-as-at=2026-07-01")

    assert found["outcome"] == "stale"


def test_records_of_a_later_day_are_no_evidence(project: Path) -> None:
    """Whatever the function counts on them, the check is not run as at a day before."""
    found = shelves(project, READ + "return Tally(violate=1)", "--policykit-as-at=2026-04-29")

    assert found["outcome"] == "not-run"
    assert found["reason"].startswith("there is no evidence for that day: ")


def test_results_say_which_code_counted(project: Path) -> None:
    """The module's path from beside the policy's folder and the digest of its bytes; a change of it is noticed."""
    found = shelves(project, READ + "return Tally(conform=2)")
    module = project / "test_shelves.py"
    digest = f"sha256:{hashlib.sha256(module.read_bytes()).hexdigest()}"
    policy = pk.load(project / "policy")

    def seen() -> CheckResult:
        return pk.trace(policy, policy.organisation(), read_results(project / "found.json")).checks["CHK-SHELVES"]

    assert found["code"] == {"path": "test_shelves.py", "sha256": digest}
    assert seen().outcome is pk.Outcome.PASS
    module.write_text(module.read_text("utf-8").replace("conform=2", "violate=2"), "utf-8")
    assert (seen().outcome, seen().reason) == (pk.Outcome.NOT_RUN, "its test function was changed after the last run")
    module.unlink()
    assert seen().outcome is pk.Outcome.PASS


def test_a_check_without_a_function_stays_not_run(pytester: pytest.Pytester, project: Path) -> None:
    """It is an item of the policy that fails, as every check of severity must that nobody ran."""
    result = pytester.runpytest_inprocess("policy", "--policykit-results=found.json", "-k", "SHELVES")

    assert result.parseoutcomes()["failed"] == 1
    assert kept(project / "found.json")["CHK-SHELVES"]["outcome"] == "not-run"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_rules_and_functions_make_one_whole_run(
    pytester: pytest.Pytester, project: Path, workers: tuple[str, ...]
) -> None:
    """The policy and the functions together reach every check, each once."""
    pytester.makepyfile(test_shelves=GOOD)

    result = pytester.runpytest_subprocess("--policykit-results=found.json", *workers)

    assert result.parseoutcomes() == {"passed": 7, "skipped": 1, "xfailed": 2, "failed": 1}
    found = kept(project / "found.json")
    assert (found["run"]["complete"], found["run"]["engine"][:6]) == (True, "duckdb")
    assert found["CHK-SHELVES"]["outcome"] == "pass"
    assert found["CHK-RETURNED"]["outcome"] == "fail"


def test_what_functions_find_is_added_to_a_whole_run(pytester: pytest.Pytester, project: Path) -> None:
    """After `policykit check` the functions alone complete the results; nothing else of them changes."""
    check = [sys.executable, "-c", "from policykit.cli import main; main()", "check", "--results", "found.json"]
    subprocess.run(check, check=False, capture_output=True, cwd=project)
    before = kept(project / "found.json")
    pytester.makepyfile(test_shelves=GOOD)

    pytester.runpytest_inprocess("test_shelves.py", "--policykit-results=found.json")

    after = kept(project / "found.json")
    assert before["CHK-SHELVES"]["outcome"] == "not-run"
    assert after["CHK-SHELVES"]["outcome"] == "pass"
    assert {**after, "CHK-SHELVES": None} == {**before, "CHK-SHELVES": None}


def test_the_command_says_what_is_left_to_pytest(project: Path) -> None:
    """`policykit check` runs no function: it says so, with the line to type, and keeps no result of an earlier one."""
    check = [sys.executable, "-c", "from policykit.cli import main; main()", "check", "--results", "found.json"]
    pytest_alone = [sys.executable, "-m", "pytest", "-q", "policy", "test_shelves.py", "--policykit-results=found.json"]
    (project / "test_shelves.py").write_text(GOOD, "utf-8")

    subprocess.run(pytest_alone, check=False, capture_output=True, cwd=project)
    whole = kept(project / "found.json")
    said = subprocess.run(check, check=False, capture_output=True, cwd=project, text=True).stdout

    assert (whole["run"]["complete"], whole["CHK-SHELVES"]["outcome"]) == (True, "pass")
    assert said.endswith(
        "1 check is carried out by a test function. Run it, and its result is added:"
        " pytest TESTS --policykit-results found.json\n"
        "Not verified: 1 confirmed by a person, 1 waived, 1 not checked.\n"
    )
    assert kept(project / "found.json")["CHK-SHELVES"]["outcome"] == "not-run"


@pytest.mark.parametrize("changed", ["as-at", "policy"])
def test_nothing_is_added_to_results_of_another_ground(pytester: pytest.Pytester, project: Path, changed: str) -> None:
    """Another day, or a policy that has changed since: the whole run stays as it was."""
    check = [sys.executable, "-c", "from policykit.cli import main; main()", "check", "--results", "found.json"]
    subprocess.run(check, check=False, capture_output=True, cwd=project)
    before = (project / "found.json").read_bytes()
    pytester.makepyfile(test_shelves=GOOD)
    if changed == "policy":
        with (project / "policy" / "registers.yaml").open("a", encoding="utf-8") as file:
            file.write("# changed\n")

    day = ("--policykit-as-at=2026-05-02",) if changed == "as-at" else ()
    pytester.runpytest_inprocess("test_shelves.py", "--policykit-results=found.json", *day)

    assert (project / "found.json").read_bytes() == before


@pytest.mark.parametrize("numbers", [{"conform": -1}, {"violate": 1.5}, {"unknown": True}, {"out": "4"}])
def test_units_are_counted_in_whole_numbers(numbers: dict[str, Any]) -> None:
    """What is no number of units is refused where it is made."""
    with pytest.raises(ValueError, match="whole numbers"):
        Tally(**numbers)
