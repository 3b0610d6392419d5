"""results.json changed by hand: an edit is refused, or its check is Not checked, or nobody can see it on a page."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.chance import drawing
from tests.judging import run
from tests.sites import POLICY, SECOND, Sources

from policykit.model.results import Finding, Outcome
from policykit.problems import Notice, PolicyError
from policykit.reading import Ground, load_organisation, load_pack
from policykit.running import Results, judge, read_results, record_digests, write_results
from policykit.running.results_file import as_json
from policykit.tracing import Trace, trace

BY_HAND = "the results were changed by hand"
CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "results" / "edits.yaml").read_text("utf-8")
)
UNSEEN: Any = {"seconds": True, "records": {"__all__": {"rows", "digest"}}, "examples": {"digest"}}
"""What no page shows of a result."""


@cache
def example_run() -> Results:
    """A run of the example's checks."""
    return run(POLICY.policy, POLICY.organisation)


def real() -> str:
    """The text of results.json after it."""
    return as_json(example_run())


def edited(case: Mapping[str, Any]) -> str:
    """The text after the edit of a case."""
    data = json.loads(real())
    tree = {check["id"]: check for check in data["checks"]} | {"run": data["run"]}
    new = {path: json.dumps(value) for path, value in case.get("change", {}).items()} | case.get("json", {})
    for path in new:
        inside, name = _place(path, tree, data)
        inside[name] = f"<{path}>"
    if "remove" in case:
        inside, name = _place(case["remove"], tree, data)
        del inside[name]
    checks = [tree[check["id"]] for check in json.loads(real())["checks"] if check["id"] in tree]
    data["checks"] = [*checks, *(tree[name] for name in [case.get("twice")] if name)]
    text = json.dumps(data)
    for path, written in new.items():
        text = text.replace(f'"<{path}>"', written)
    return text


def _place(path: str, tree: Any, data: Any) -> tuple[Any, str | int]:  # noqa: ANN401 - whatever JSON holds
    """The object or list that a path ends in, and the name or number in it."""
    *within, last = [int(name) if name.isdigit() else name for name in path.split(".")]
    inside = data if path == "schema" else tree
    for name in within:
        inside = inside[name]
    return inside, last


def shown(text: str, folder: Path) -> Trace:
    """What is shown where results.json holds the text."""
    (file := folder / "results.json").write_text(text, "utf-8")
    return standing(POLICY, read_results(file))


def standing(sources: Sources, results: Results) -> Trace:
    """Everything on the day of the results."""
    ground, digests = loaded(sources, results.run.as_at)
    return trace(ground, results, digests)


@cache
def loaded(sources: Sources, as_at: date | None = None) -> tuple[Ground, Mapping[str, str | None]]:
    """A pack and its organisation on a day, its own where none is named, and the digests of the records."""
    pack = load_pack(sources.policy)
    organisation = load_organisation(sources.organisation, pack)
    return Ground.of(pack, organisation, as_at or organisation.as_at), record_digests(organisation)


def visible(seen: Trace) -> dict[str, Any]:
    """Of every check all that a page may show."""
    return {name: result.model_dump(exclude=UNSEEN) for name, result in seen.checks.items()}


def cases(then: str) -> pytest.MarkDecorator:
    """The cases that come to this."""
    return pytest.mark.parametrize("case", [c for c in CASES if c["then"] == then], ids=lambda case: case["what"])


def looked_at(case: Mapping[str, Any]) -> str:
    """The check that a case is about."""
    places = (*case.get("change", ()), *case.get("json", ()), case.get("remove", ""))
    return str(case.get("look_at") or places[0].split(".")[0])


@cases("refused")
def test_what_no_run_writes_is_refused(case: dict[str, Any], tmp_path: Path) -> None:
    """Nothing of the file is shown, and nothing in it is quoted."""
    with pytest.raises(PolicyError) as refused:
        shown(edited(case), tmp_path)

    (problem,) = refused.value.problems
    assert problem.notice is Notice.RESULTS
    assert str(problem).startswith(f"{tmp_path.as_posix()}/results.json: ")
    assert "CHK-" not in problem.what + problem.remedy


@cases("not checked")
def test_what_was_changed_by_hand_is_not_checked(case: dict[str, Any], tmp_path: Path) -> None:
    """The check says that it is Not checked, and why, and shows nothing of what was typed."""
    result = shown(edited(case), tmp_path).checks[looked_at(case)]

    assert (result.outcome, result.reason) == (Outcome.NOT_RUN, case.get("why", BY_HAND))
    assert (result.counts, result.rows, result.by, result.waiver) == (None, None, None, None)


@cases("no difference")
def test_what_no_page_shows_may_be_changed(case: dict[str, Any], tmp_path: Path) -> None:
    """The same is shown as before."""
    assert edited(case) != json.dumps(json.loads(real()))
    assert visible(shown(edited(case), tmp_path)) == visible(shown(real(), tmp_path))


@cases("not noticed")
def test_what_nobody_can_notice_is_known(case: dict[str, Any], tmp_path: Path) -> None:
    """What the format cannot tell from a run is written down; docs/results.md says so."""
    assert case["because"]
    assert shown(edited(case), tmp_path).checks[looked_at(case)].outcome is Outcome.PASS


def test_every_case_is_tried() -> None:
    """A slip in `then` would take a case out of all tests."""
    assert {case["then"] for case in CASES} == {"refused", "not checked", "no difference", "not noticed"}


def test_ticks_typed_over_all_fails_are_noticed(tmp_path: Path) -> None:
    """The oldest trick: one command that makes every Not met a Met."""
    before = shown(real(), tmp_path).checks

    after = shown(real().replace('"outcome": "fail"', '"outcome": "pass"'), tmp_path).checks

    failing = {name for name, result in before.items() if result.outcome is Outcome.FAIL}
    assert failing
    assert {name for name in before if after[name] != before[name]} == failing
    assert {after[name].reason for name in failing} == {BY_HAND}


def reasons() -> dict[str, str]:
    """What may stand as the reason of an error that nothing was counted for, and what is then shown."""
    title, other = (loaded(POLICY)[0].pack.registers[name].title for name in ("staff", "areas"))
    opened, generic = f"{title} cannot be opened: line 3 is short", "the check could not be carried out"
    return {
        opened: opened,
        "its test function stopped on an error (KeyError)": generic,
        "Jane Smith of 1 Elm Row has not been trained": generic,
        f"{other} cannot be opened: line 3 is short": generic,
        f"Jane Smith: {opened}": generic,
    }


@pytest.mark.parametrize("number", range(5))
def test_the_reason_of_an_error_says_little_that_was_typed(number: int) -> None:
    """It is shown where it is about a register that the check reads; else a sentence of our own stands for it."""
    ground, _ = loaded(POLICY)
    stored, said = list(reasons().items())[number]
    results = example_run()
    found = next(result for result in results.checks if result.id == "CHK-QUALIFIED")
    refused = Finding(refused=stored, records=found.records)
    error = judge(ground.pack.checks[found.id], refused, ground)
    checks = tuple(error if result is found else result for result in results.checks)

    result = standing(POLICY, results.model_copy(update={"checks": checks})).checks[found.id]

    assert (result.outcome, result.reason) == (Outcome.ERROR, said)


DAYS = (None, date(1901, 1, 1), date(2026, 10, 1), date(2027, 2, 1))


@pytest.mark.parametrize("as_at", DAYS, ids=str)
@pytest.mark.parametrize("sources", [POLICY, SECOND], ids=lambda sources: sources.name)
def test_what_a_run_wrote_is_shown_as_it_was_written(sources: Sources, as_at: date | None, tmp_path: Path) -> None:
    """Nobody is told of a hand where there was none: every outcome, on any day, in both packs."""
    written = run(sources.policy, sources.organisation, as_at)
    write_results(written, tmp_path / "results.json")
    results = read_results(tmp_path / "results.json")

    checks = standing(sources, results).checks

    assert results == written
    assert checks == {result.id: result for result in written.checks}
    assert len({result.outcome for result in checks.values()}) > 1


@given(cut=st.booleans(), where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@drawing(4)
def test_a_damaged_file_shows_nothing_that_was_not_found(
    tmp_path_factory: pytest.TempPathFactory, *, cut: bool, where: float, bit: int
) -> None:
    """Cut anywhere, or with any one bit changed: refused, or every check is as it was found or Not checked."""
    good = real().encode()
    place = int(where * len(good))
    damaged = good[:place] + (b"" if cut else bytes([good[place] ^ 1 << bit]) + good[place + 1 :])
    (file := tmp_path_factory.mktemp("damaged") / "results.json").write_bytes(damaged)
    try:
        checks = standing(POLICY, read_results(file)).checks
    except PolicyError:
        return
    for name, result in checks.items():
        was = example_run()[name]
        assert result.outcome is Outcome.NOT_RUN or (result.outcome, result.reason, result.counts) == (
            was.outcome,
            was.reason,
            was.counts,
        )
