"""The door: its names, and a policy loaded, checked, traced, proved and linted through them."""

import ast
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import pytest
from tests.ladders import LADDERS, Project
from tests.sites import POLICY, run

import policykit as pk
from policykit.model.results import CheckResult
from policykit.running import read_results

DOOR = Path(pk.__file__)


@pytest.fixture(scope="module")
def policy() -> pk.Policy:
    """The very small policy."""
    return pk.load(LADDERS / "policy")


@pytest.fixture(scope="module")
def firm(policy: pk.Policy) -> pk.Organisation:
    """Its organisation."""
    return policy.organisation()


@pytest.fixture(scope="module")
def results(policy: pk.Policy, firm: pk.Organisation) -> pk.Results:
    """The results of all its checks."""
    return pk.check(policy, firm)


def told(ask: Callable[[], object]) -> list[str]:
    """The problems of what is refused."""
    with pytest.raises(pk.PolicyError) as refused:
        ask()
    return [str(problem) for problem in refused.value.problems]


def test_every_name_of_the_door_opens_and_no_other_is_promised() -> None:
    """`__all__` is what types are known for, what is loaded when asked for, and what `dir` says; nothing else is."""
    typed = {"__version__"} | {  # the one name that is there from the start
        alias.asname or alias.name
        for node in ast.walk(ast.parse(DOOR.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("policykit.")
        for alias in node.names
    }

    assert typed == set(pk.__all__) <= set(dir(pk))
    assert all(getattr(pk, name) is not None for name in pk.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'czech'"):
        _ = pk.czech  # type: ignore[attr-defined]


def test_importing_every_module_changes_no_name_of_the_door() -> None:
    """No name of the door is the name of a room or a module, so nobody finds a module where a function was."""
    before = {name: getattr(pk, name) for name in pk.__all__}

    for module in walk_packages(pk.__path__, "policykit."):
        if not module.name.endswith(("__main__", "excel_child")):
            import_module(module.name)

    assert before == {name: vars(pk)[name] for name in pk.__all__}
    assert [] == [name for name, value in before.items() if isinstance(value, ModuleType)]


def test_a_policy_that_is_not_there_is_a_problem_at_its_path(tmp_path: Path) -> None:
    """A folder is named as text or as a path, and what is wrong with it has a remedy."""
    missing = tmp_path / "nowhere"

    assert told(lambda: pk.load(missing)) == told(lambda: pk.load(str(missing)))
    assert told(lambda: pk.load(missing)) == [
        f"{missing.as_posix()}: there is no such folder - give the folder's path, or create it"
    ]


def test_an_organisation_keeps_its_warnings(own: Project) -> None:
    """What only looks like a mistake stops nobody, and is there to be looked at; `lint` says it too."""
    own.replace("street/waivers.yaml", "CHK-BACK", "CHK-GONE")
    policy = pk.load(own.folder / "policy")

    firm = policy.organisation(own.folder / "street")

    assert ["CHK-GONE" in problem.what for problem in firm.warnings] == [True]
    assert set(firm.warnings) <= set(pk.lint(policy, firm))
    assert not set(firm.warnings) & set(pk.lint(policy))


def test_results_are_those_of_the_command(policy: pk.Policy, results: pk.Results, tmp_path: Path) -> None:
    """Every check comes out as `policykit check` says, on the same records."""
    file = tmp_path / "results.json"
    run("policykit", "check", "--policy", policy.pack.folder, "--results", file)
    typed = pk.Results.model_validate_json(file.read_text("utf-8"))

    assert [each.outcome for each in results] == [each.outcome for each in typed]
    assert [each.counts for each in results] == [each.counts for each in typed]
    assert results.run.complete
    assert results["CHK-BACK"].id == "CHK-BACK"


def test_only_the_checks_that_are_named_are_run(policy: pk.Policy, firm: pk.Organisation) -> None:
    """The others stay not checked, the run is not complete, and each that is through is told."""
    through: list[CheckResult] = []

    results = pk.check(policy, firm, only={"CHK-BACK"}, progress=through.append)

    assert [each.id for each in through] == ["CHK-BACK"]
    assert [each.id for each in results if each.outcome is not pk.Outcome.NOT_RUN] == ["CHK-BACK"]
    assert not results.run.complete
    assert pk.check(policy, firm, only="CHK-BACK")["CHK-BACK"].counts == results["CHK-BACK"].counts


def test_a_day_is_a_date_or_its_text(policy: pk.Policy, firm: pk.Organisation) -> None:
    """Everything is judged as at the organisation's day, unless another is given."""
    day = firm.as_at + timedelta(days=400)

    def then() -> datetime:
        return datetime.combine(day, time(12), UTC)

    late = pk.check(policy, firm, as_at=day, now=then)
    same = pk.check(policy, firm, as_at=day.isoformat(), now=then)

    assert (late.run.as_at, late.run.today, late.run.what_if) == (day, day, True)
    assert [each.outcome for each in late] == [each.outcome for each in same]
    assert late["CHK-SHOWN"].outcome is pk.Outcome.ATTESTATION_DUE
    (refused,) = told(lambda: pk.check(policy, firm, as_at=day + timedelta(days=1), now=then))
    assert "`as_at` is " in refused
    assert ", and today is " in refused


@pytest.mark.parametrize(
    ("ask", "what"),
    [
        (lambda policy: pk.check(policy, only={"CHK-BAKC"}), "there is no check CHK-BAKC - did you mean CHK-BACK?"),
        (lambda policy: policy.rule("CHK-BAKC"), "there is no check CHK-BAKC - did you mean CHK-BACK?"),
        (lambda policy: pk.prove(policy, "CHK-BAKC"), "there is no check CHK-BAKC - did you mean CHK-BACK?"),
        (lambda policy: policy.rule("CHK-SHOWN"), "CHK-SHOWN has no rule: it is confirmed by statements"),
        (lambda policy: pk.check(policy, as_at="1 May"), "`as_at` is not a day written as 2026-11-01"),
        (lambda policy: pk.check(policy, as_at=date(1, 1, 1)), "`as_at` is not a day written as 2026-11-01"),
        (lambda policy: policy.rule("CHK-BACK").sql("sqlit"), "no SQL is written for sqlit - did you mean sqlite?"),
        (lambda policy: pk.check(policy)["CHK-BAKC"], "there is no result of CHK-BAKC - did you mean CHK-BACK?"),
    ],
    ids=["check", "rule", "prove", "no-rule", "day-in-words", "day-of-old", "dialect", "result"],
)
def test_what_is_misused_is_a_problem_with_a_remedy(
    ask: Callable[[pk.Policy], object], what: str, policy: pk.Policy
) -> None:
    """Nothing but PolicyError comes of a name that is not there or a value that cannot be; it says what was meant."""
    (problem,) = told(lambda: ask(policy))

    assert what in problem
    assert " - " in problem


def test_a_trace_says_how_duties_stand_and_why(policy: pk.Policy, firm: pk.Organisation, results: pk.Results) -> None:
    """Each duty has its outcome in a word, its title and its reason; with it come provisions, due dates and gaps."""
    book = pk.trace(policy, firm, results)
    duty = book.duties["DUTY-LEND"]

    assert (duty.outcome.word, duty.title) == ("Not met", policy.duties["DUTY-LEND"].title)
    assert "1 of " in duty.reason
    assert set(book.provisions) == set(policy.provisions)
    assert book.due
    assert isinstance(book.gaps, tuple)


def test_a_trace_shows_no_result_of_other_records(own: Project) -> None:
    """What was counted on other bytes is not shown, as in the handbook."""
    policy = pk.load(own.folder / "policy")
    results = pk.check(policy)
    own.replace("street/records/loans.csv", "\n", "\n\n")

    book = pk.trace(policy, policy.organisation(), results)

    assert book.checks["CHK-BACK"].outcome is pk.Outcome.NOT_RUN
    assert pk.trace(policy, policy.organisation(), None).checks["CHK-LOOKED"].outcome is pk.Outcome.NOT_RUN


def test_a_proof_says_what_examples_leave_open(policy: pk.Policy) -> None:
    """As `policykit prove` finds it."""
    assert pk.prove(policy, "CHK-BACK").gaps
    assert pk.prove(pk.load(POLICY.policy), "CHK-LESSONS").gaps == ()


def test_engines_serve_one_run_after_the_other(policy: pk.Policy, firm: pk.Organisation) -> None:
    """Each run opens the records again, so a file that changed between two is read as it is."""
    with pk.open_engines() as engines:
        first, second = (pk.check(policy, firm, engines=engines) for _ in range(2))

    assert [each.counts for each in first] == [each.counts for each in second]
    assert first["CHK-BACK"].counts is not None


def test_the_words_of_a_rule_are_those_of_the_command(policy: pk.Policy) -> None:
    """The command prints the title, the words, and two pieces of SQL."""
    rule = policy.rule("CHK-LOOKED")

    said = run("policykit", "words", "CHK-LOOKED", "--policy", policy.pack.folder).stdout

    assert said.startswith(f"{rule.title}\n\n{rule.words}\n\n")


def test_results_are_saved_as_the_command_keeps_them(own: Project, tmp_path: Path) -> None:
    """A run that knows less never takes the place of one that knows all; the handbook reads what was saved."""
    policy = pk.load(own.folder / "policy")
    results, fewer = pk.check(policy), pk.check(policy, only=["CHK-BACK"])
    file = tmp_path / "build" / "results.json"

    assert (fewer.save(file), results.save(str(file)), fewer.save(file)) == (True, True, False)
    kept = read_results(file)
    assert (kept.run, kept.checks) == (results.run, results.checks)
    assert kept.ledger is not None


def test_results_are_saved_in_nobodys_place(policy: pk.Policy, results: pk.Results, tmp_path: Path) -> None:
    """What is no file of results stays, and no folder of a policy or an organisation is written to."""
    notes = tmp_path / "notes.txt"
    notes.write_text("Mine.", "utf-8")

    assert told(lambda: results.save(notes)) == [
        f"{notes.as_posix()}: is there already, and is no file of results - name another file"
    ]
    assert notes.read_text("utf-8") == "Mine."
    assert (
        "the folder is the policy's - name a file elsewhere"
        in told(lambda: results.save(policy.pack.folder / "r.json"))[0]
    )
    assert "names no file" in told(lambda: results.save("-"))[0]
    assert "has no place - name a file in a folder" in told(lambda: results.save(notes / "results.json"))[0]
