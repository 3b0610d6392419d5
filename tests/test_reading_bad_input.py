"""Bad input: every case under tests/cases/loading/bad gives exactly the problems written beside it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from policykit.problems import PolicyError, Problem
from policykit.reading import load_organisation, load_pack

CASES = Path(__file__).parent / "cases" / "loading"


def _cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['case']}")
        for path in sorted((CASES / "bad").glob("*.yaml"))
        for case in yaml.safe_load(path.read_text("utf-8"))
    ]


def _change(folder: Path, change: Mapping[str, str]) -> None:
    path = folder / change["in"]
    text = path.read_text("utf-8") if path.exists() else ""
    if "find" in change:
        assert text.count(change["find"]) >= 1, f"{change['find']!r} is not in {change['in']}"
    path.write_text(text.replace(change["find"], change["put"], 1) if "find" in change else change["put"], "utf-8")


def _found() -> tuple[str, tuple[Problem, ...]]:
    try:
        organisation = load_organisation(Path("organisation"), load_pack(Path("policy")))
    except PolicyError as error:
        return "problems", error.problems
    return "warnings", organisation.warnings


@pytest.fixture
def good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the good pack and its organisation, as the folder that we stand in."""
    shutil.copytree(CASES / "good", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", _cases())
def test_bad_input_gives_exactly_these_problems(case: Mapping[str, Any], good: Path) -> None:
    """Each problem has its line, what is wrong and what to do, and nothing else is blamed."""
    for change in case["change"]:
        _change(good, change)
    kind, problems = _found()
    assert [str(problem) for problem in problems] == case[kind]


def test_the_good_pack_loads(good: Path) -> None:
    """The pack that the cases change has nothing wrong with it."""
    assert good.is_dir()
    assert _found() == ("warnings", ())


def test_problems_of_several_files_come_in_one_run(good: Path) -> None:
    """One misspelt key in each of five files gives five problems, in order of place."""
    names = ("checks/guards.yaml", "duties/DUTY-TELL.md", "law.yaml", "policy.yaml", "registers.yaml")
    for name in names:
        path = good / "policy" / name
        path.write_text(path.read_text("utf-8").replace("title:", "titel:", 1), "utf-8")
    with pytest.raises(PolicyError) as caught:
        load_pack(Path("policy"))
    places = [(problem.path, problem.line) for problem in caught.value.problems]
    misspelt = [problem.path for problem in caught.value.problems if "`titel`" in problem.what]
    assert places == sorted(places)
    assert misspelt == [f"policy/{name}" for name in names]
