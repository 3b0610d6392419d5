"""Test functions that carry out checks: no row is ever shown, and what cannot be right is refused at collection."""

from pathlib import Path

import pytest
from tests.functions import GOOD, kept

# pytester forgets what a run inside it imports, and what is written in C cannot be imported twice.
import policykit.engines.files
import policykit.suite.functions
import policykit.suite.items  # noqa: F401

pytest_plugins = ["pytester"]

TELLING = """
import logging, sys, warnings
import pytest

@pytest.fixture
def noted(policykit_records, record_property):
    [row] = [row for row in policykit_records.rows("books") if row["book_ref"] == "B-4"]
    return row

@pytest.mark.policykit(check="CHK-SHELVES")
def test_shelves(policykit_records, noted, record_property):
    row = noted
    print(row)
    print(row, file=sys.stderr)
    logging.getLogger().error("%s", row)
    warnings.warn(str(row))
    record_property("row", str(row))
    {do}
"""
CANARIES = ("Sentinel", "On Rain", "B-4", "On Bees", "Traceback", "2026-04-20")
CURIOUS = ("--showlocals", "--full-trace", "-rA", "-vv", "--junitxml=report.xml", "-o", "log_cli=true", "--durations=5")


@pytest.mark.parametrize("style", ["long", "native"])
@pytest.mark.parametrize(
    "do",
    [
        "raise ValueError(row)",
        "assert row == {}",
        "pytest.fail(str(row))",
        "pytest.skip(str(row))",
        "pytest.xfail(str(row))",
        "pytest.exit(str(row))",
        "from policykit.suite import Tally; return Tally(violate=1)",
        "return row",
    ],
)
@pytest.mark.usefixtures("project")
def test_no_report_shows_a_row(pytester: pytest.Pytester, do: str, style: str) -> None:
    """However a function ends, whatever it prints, logs, warns of or notes, and however curious the reader."""
    pytester.makepyfile(test_shelves=TELLING.replace("{do}", do))

    result = pytester.runpytest_inprocess(
        "test_shelves.py", *CURIOUS, f"--tb={style}", "--policykit-results=found.json"
    )

    written = "".join((pytester.path / name).read_text("utf-8") for name in ("report.xml", "found.json"))
    said = result.stdout.str() + result.stderr.str() + written
    assert [value for value in CANARIES if value in said] == []


@pytest.mark.parametrize("where", ["noted", "cleared"])
def test_no_fixture_shows_a_row(pytester: pytest.Pytester, project: Path, where: str) -> None:
    """A fixture that stops on an error makes its check `error`; one that cannot be cleared away is a failure."""
    raising = {"noted": ("raise KeyError(str(rows))", ""), "cleared": ("", "raise KeyError(str(rows))")}[where]
    pytester.makepyfile(
        test_shelves=f"""
import pytest
from policykit.suite import Tally

@pytest.fixture
def noted(policykit_records):
    rows = policykit_records.rows("books")
    {raising[0] or "pass"}
    yield rows
    {raising[1] or "pass"}

@pytest.mark.policykit(check="CHK-SHELVES")
def test_shelves(noted):
    return Tally(conform=len(noted))
"""
    )

    result = pytester.runpytest_inprocess("test_shelves.py", *CURIOUS, "--policykit-results=found.json")

    said = result.stdout.str() + result.stderr.str() + (project / "report.xml").read_text("utf-8")
    assert [value for value in CANARIES if value in said] == []
    assert result.parseoutcomes()["errors"] == 1
    assert kept(project / "found.json")["CHK-SHELVES"]["outcome"] == {"noted": "error", "cleared": "pass"}[where]


STRAYS = """
import gc, threading, time
import pytest
from policykit.suite import Tally

class Held:
    def __init__(self, row):
        self.row, self.itself = row, self
    def __del__(self):
        raise ValueError(self.row["book_ref"])

kept = []

def fail(row, wait=None):
    if wait:
        wait.join()
    raise ValueError(row["book_ref"])

@pytest.mark.policykit(check="CHK-SHELVES")
def test_shelves(policykit_records{fixture}):
    row = [row for row in policykit_records.rows("books") if row["book_ref"] == "B-4"][0]
    {do}
    return Tally(conform=2)

def test_another():
    gc.collect()
"""


@pytest.mark.parametrize(
    "do",
    [
        "one = threading.Thread(target=fail, args=(row,), name=row['title']); one.start(); one.join()",
        "threading.Thread(target=fail, args=(row, threading.main_thread()), name=row['title']).start()",
        "Held(row)",
        "kept.append(held := Held(row)); held.itself = None",
        "held = Held(row); held.itself = None; del held",
    ],
    ids=["a thread", "a thread that outlives the run", "a circle", "what outlives the run", "what is dropped"],
)
@pytest.mark.usefixtures("project")
def test_what_a_function_leaves_behind_shows_no_row(pytester: pytest.Pytester, do: str) -> None:
    """An exception in a thread of its own or in a `__del__` is shown by its class, whenever it comes."""
    pytester.makepyfile(test_shelves=STRAYS.replace("{do}", do).replace("{fixture}", ""))

    result = pytester.runpytest_subprocess("test_shelves.py", *CURIOUS)

    said = result.stdout.str() + result.stderr.str()
    assert "ValueError" in said
    assert [value for value in CANARIES[:-2] if value in said] == []


@pytest.mark.parametrize("fixture", [", subtests", ", request"])
def test_a_function_of_a_check_has_no_subtests(pytester: pytest.Pytester, project: Path, fixture: str) -> None:
    """They are shown by names that may hold a row, and what fails in one would leave the check as it is."""
    asked = 'request.getfixturevalue("subtests")' if "request" in fixture else "subtests"
    do = f'with {asked}.test(row["book_ref"], title=row["title"]): assert row == {{}}'
    pytester.makepyfile(test_shelves=STRAYS.replace("{do}", do).replace("{fixture}", fixture))

    result = pytester.runpytest_subprocess("test_shelves.py", *CURIOUS, "--policykit-results=found.json")

    said = result.stdout.str() + result.stderr.str() + (project / "report.xml").read_text("utf-8")
    assert [value for value in CANARIES[:-2] if value in said] == []
    assert kept(project / "found.json")["CHK-SHELVES"]["outcome"] == "error"
    assert "a test function of a check has no subtests" in said


WRONG = {
    "an unknown check": ('policykit(check="CHK-SHELVS")', "there is no check CHK-SHELVS - write CHK-SHELVES"),
    "a rule": ('policykit(check="CHK-TITLED")', "CHK-TITLED is not carried out by a test function"),
    "no check": ("policykit", "the mark policykit names one check - write @pytest.mark.policykit"),
    "a check without its name": ('policykit("CHK-SHELVES")', "the mark policykit names one check"),
    "a coroutine": (
        'policykit(check="CHK-SHELVES")\nasync',
        "CHK-SHELVES cannot be carried out where a function is `async` or has a `yield` - return a Tally",
    ),
    "more than a check": ('policykit(check="CHK-SHELVES", of=2)', "the mark policykit names one check"),
}


@pytest.mark.parametrize(("mark", "says"), WRONG.values(), ids=WRONG)
@pytest.mark.usefixtures("project")
def test_a_wrong_mark_is_refused_at_collection(pytester: pytest.Pytester, mark: str, says: str) -> None:
    """One plain sentence with its place, before anything runs."""
    pytester.makepyfile(
        test_shelves=GOOD.replace('policykit(check="CHK-SHELVES")', mark).replace("async\ndef", "async def")
    )

    result = pytester.runpytest_inprocess("test_shelves.py", "--full-trace")

    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines([f"test_shelves.py:*: {says}*".replace("[", "[[]")])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("spread", ["one file", "two files", "parameters"])
@pytest.mark.usefixtures("project")
def test_two_functions_for_one_check_are_refused(pytester: pytest.Pytester, spread: str) -> None:
    """Nobody could say which of them is the evidence."""
    if spread == "one file":
        pytester.makepyfile(test_shelves=GOOD + GOOD.replace("def test_shelves", "def test_again"))
    elif spread == "two files":
        pytester.makepyfile(test_shelves=GOOD, test_shelves_again=GOOD)
    else:
        many = GOOD.replace("@pytest.mark", '@pytest.mark.parametrize("n", [1, 2])\n@pytest.mark', 1)
        pytester.makepyfile(test_shelves=many.replace("(policykit_records)", "(policykit_records, n)"))

    result = pytester.runpytest_inprocess()

    assert result.parseoutcomes()["errors"] == 1
    once = "one check has one function" + (", once: it takes no parametrize" if spread == "parameters" else "")
    place = "*: CHK-SHELVES is already carried out by the function at test_shelves.py:* - "
    result.stdout.fnmatch_lines([place + once])


def test_a_mark_without_a_policy_is_refused(pytester: pytest.Pytester) -> None:
    """The sentence says how to name the policy."""
    pytester.makepyfile(test_shelves=GOOD)

    result = pytester.runpytest_inprocess()

    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines(["*the policy cannot be loaded - mend it, or name another with --policykit-policy*"])


def test_the_records_are_for_marked_functions_only(pytester: pytest.Pytester) -> None:
    """A function without the mark gets none."""
    pytester.makepyfile("def test_it(policykit_records): pass")

    result = pytester.runpytest_inprocess()

    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines(["policykit_records is for test functions with the mark policykit(check=...)."])
