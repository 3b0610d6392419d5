"""results.json changed by hand: an edit is refused, or its check is Not checked, or nobody can see it on a page."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
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

from policykit import __version__
from policykit.model.canonical import canonical, sha256_of
from policykit.model.results import Finding, Outcome, Refusal
from policykit.problems import Notice, PolicyError
from policykit.reading import Ground, load_organisation, load_pack
from policykit.running import Results, judge, read_results, record_digests, with_sum, write_results
from policykit.running.results_file import as_json
from policykit.tracing import Trace, trace

BY_HAND = "the results were changed by hand"
LATER_THAT_DAY = datetime(2026, 11, 1, 18, tzinfo=UTC)
TESTS = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.safe_load((TESTS / "cases" / "results" / "edits.yaml").read_text("utf-8"))
LIBRARY = Sources("library", TESTS, TESTS / "packs/library/policy", TESTS / "packs/library/reading_room", "2026-05-01")
UNSEEN: Any = {"seconds": True, "records": {"__all__": {"rows", "digest", "baseline"}}, "examples": {"digest"}}
"""What no page shows of a result."""


@cache
def example_run() -> Results:
    """A run of the example's checks."""
    return run(POLICY.policy, POLICY.organisation)


def real() -> str:
    """The text of results.json after it."""
    return as_json(with_sum(example_run()))


def edited(case: Mapping[str, Any]) -> str:
    """The text after the edit of a case; its sum is as it was."""
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


def with_new_sum(text: str, of: str | None = None) -> str:
    """The same with the sum that fits it, unless it has none, or one that was edited; `of` is the text before."""
    data = json.loads(text)
    rest = {key: value for key, value in data.items() if key != "sum"}
    if data.get("sum") != json.loads(of or real())["sum"]:
        return text
    try:
        fitting = sha256_of(canonical(rest))
    except ValueError:  # numbers that are none have no canonical form, and so no sum
        return text
    return text.replace(data["sum"], fitting)


def _place(path: str, tree: Any, data: Any) -> tuple[Any, str | int]:  # noqa: ANN401 - whatever JSON holds
    """The object or list that a path ends in, and the name or number in it."""
    *within, last = [int(name) if name.isdigit() else name for name in path.split(".")]
    inside = data if path in {"schema", "ledger", "sum"} or path.startswith("registers.") else tree
    for name in within:
        inside = inside[name]
    return inside, last


def shown(text: str, folder: Path) -> Trace:
    """What is shown where results.json holds the text."""
    (file := folder / "results.json").write_text(text, "utf-8")
    return standing(POLICY, read_results(file, LATER_THAT_DAY))


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


@cache
def as_it_was() -> Trace:
    """Everything as the run was written."""
    return standing(POLICY, example_run())


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
        shown(with_new_sum(edited(case)), tmp_path)

    (problem,) = refused.value.problems
    assert problem.notice is Notice.RESULTS
    assert str(problem).startswith(f"{tmp_path.as_posix()}/results.json: ")
    assert "CHK-" not in problem.what + problem.remedy


@cases("not checked")
def test_what_was_changed_by_hand_is_not_checked(case: dict[str, Any], tmp_path: Path) -> None:
    """The check says that it is Not checked, and why, and shows nothing of what was typed."""
    result = shown(with_new_sum(edited(case)), tmp_path).checks[looked_at(case)]

    assert (result.outcome, result.reason) == (Outcome.NOT_RUN, case.get("why", f"{BY_HAND}: {looked_at(case)}"))
    assert (result.counts, result.rows, result.by, result.waiver) == (None, None, None, None)


@cases("no difference")
def test_what_no_page_shows_may_be_changed(case: dict[str, Any], tmp_path: Path) -> None:
    """The same is shown as before."""
    assert case["because"]
    assert edited(case) != json.dumps(json.loads(real()))
    before, after = as_it_was(), shown(with_new_sum(edited(case)), tmp_path)
    assert (visible(after), after.notes) == (visible(before), before.notes)


@cases("said")
def test_what_a_reader_must_know_is_said_of_all(case: dict[str, Any], tmp_path: Path) -> None:
    """The same is shown as before, and one sentence more."""
    assert case["because"]
    before, after = as_it_was(), shown(with_new_sum(edited(case)), tmp_path)
    assert visible(after) == visible(before)
    assert set(after.notes) - set(before.notes) == {case["says"].format(ours=__version__)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_a_file_whose_sum_does_not_fit_shows_no_check_at_all(case: dict[str, Any], tmp_path: Path) -> None:
    """A slip of the hand anywhere, even where no page looks: nothing counts, and the check says why."""
    try:
        checks = shown(edited(case), tmp_path).checks
    except PolicyError:
        assert case["then"] == "refused"
        return
    assert {result.outcome for result in checks.values()} == {Outcome.NOT_RUN}
    assert {result.counts for result in checks.values()} == {None}
    if case["then"] != "not checked":
        assert {result.reason for result in checks.values()} <= {BY_HAND, *(f"{BY_HAND}: {name}" for name in checks)}


@cases("not noticed")
def test_what_nobody_can_notice_is_known(case: dict[str, Any], tmp_path: Path) -> None:
    """What the format cannot tell from a run is written down; docs/results.md says so."""
    assert case["because"]
    assert shown(with_new_sum(edited(case)), tmp_path).checks[looked_at(case)].outcome is Outcome.PASS


def test_every_case_is_tried() -> None:
    """A slip in `then` would take a case out of all tests."""
    assert {case["then"] for case in CASES} == {
        "refused",
        "not checked",
        "said",
        "no difference",
        "not noticed",
    }


def test_ticks_typed_over_all_fails_are_noticed(tmp_path: Path) -> None:
    """The oldest trick: one command that makes every Not met a Met."""
    before = as_it_was().checks
    typed = real().replace('"outcome": "fail"', '"outcome": "pass"')

    after = shown(with_new_sum(typed), tmp_path).checks

    failing = {name for name, result in before.items() if result.outcome is Outcome.FAIL}
    assert failing
    assert {name for name in before if after[name] != before[name]} == failing
    assert {after[name].reason for name in failing} == {f"{BY_HAND}: {name}" for name in failing}
    assert {each.outcome for each in shown(typed, tmp_path).checks.values()} == {Outcome.NOT_RUN}


def places(inside: Any, at: str = "") -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """Every place of a tree that holds a single value."""
    if not isinstance(inside, dict | list):
        yield at
        return
    for name, value in inside.items() if isinstance(inside, dict) else enumerate(inside):
        yield from places(value, f"{at}.{name}" if at else str(name))


def single_edits(text: str) -> Iterator[tuple[str, str]]:
    """Every field of a file with something else in it, one at a time, and the sum made anew."""
    for place in places(json.loads(text)):
        others: tuple[object, ...] = (None, True, 0, 1, -1, "pass", "2026-04-01", "", [], {})
        for other in others:
            data = json.loads(text)
            inside, name = _place(place, data, data)
            if (type(inside[name]), inside[name]) != (type(other), other):
                inside[name] = other
                yield f"{place}: {other!r}", with_new_sum(json.dumps(data), of=text)


def test_no_single_edit_changes_what_is_shown_of_any_check(tmp_path: Path) -> None:
    """Each field of the smallest pack's results: refused, Not checked, or the same is shown as before."""
    written = run(LIBRARY.policy, LIBRARY.organisation)
    write_results(written, file := tmp_path / "results.json")
    text, became = file.read_text("utf-8"), Counter[str]()
    before = visible(standing(LIBRARY, read_results(file)))
    for what, edit in single_edits(text):
        file.write_text(edit, "utf-8")
        try:
            after = visible(standing(LIBRARY, read_results(file, LATER_THAT_DAY)))
        except PolicyError:
            became["refused"] += 1
            continue
        other = [name for name in before if after[name] != before[name]]
        # Counts that agree with each other are a finding like any; no one of them by itself makes a pass.
        may_be = {Outcome.NOT_RUN} if ".counts." not in what else set(Outcome) - {Outcome.PASS}
        if ".values: " in what:  # for the ledger only, which remembers it
            continue
        assert {after[name]["outcome"] for name in other} <= may_be, what
        became["not checked" if other else "no difference"] += 1
    assert became.keys() == {"refused", "not checked", "no difference"}
    assert min(became.values()) > 5, became


STORED = (
    (Refusal(register_="staff", why="records-damaged"), "{staff} cannot be opened: its records cannot be read as what"),
    (Refusal(register_="nobody", why="records-keys"), "a key is blank, or there twice"),
    (Refusal(why="check-stopped"), "the check could not be carried out on these records"),
    (Refusal(why="function-stopped"), "its test function did not come to an end with numbers"),
)


@pytest.mark.parametrize(("stored", "said"), STORED, ids=lambda each: getattr(each, "why", ""))
def test_the_reason_of_an_error_is_in_words_of_our_own(stored: Refusal, said: str) -> None:
    """A kind of notice and the register; the words are the reader's, so that nothing typed is ever shown."""
    ground, _ = loaded(POLICY)
    results = example_run()
    found = next(result for result in results.checks if result.id == "CHK-QUALIFIED")
    error = judge(ground.pack.checks[found.id], Finding(refused=stored, records=found.records), ground)
    checks = tuple(error if result is found else result for result in results.checks)

    result = standing(POLICY, results.model_copy(update={"checks": checks})).checks[found.id]

    title = ground.pack.registers["staff"].title
    assert result.outcome is Outcome.ERROR
    assert result.reason.startswith(said.format(staff=title))


DAYS = (None, date(1901, 1, 1), date(2026, 10, 1), date(2027, 2, 1))


@pytest.mark.parametrize("as_at", DAYS, ids=str)
@pytest.mark.parametrize("sources", [POLICY, SECOND], ids=lambda sources: sources.name)
def test_what_a_run_wrote_is_shown_as_it_was_written(sources: Sources, as_at: date | None, tmp_path: Path) -> None:
    """Nobody is told of a hand where there was none: every outcome, on any day, in both packs."""
    written = run(sources.policy, sources.organisation, as_at)
    write_results(written, tmp_path / "results.json")
    results = read_results(tmp_path / "results.json")

    checks = standing(sources, results).checks

    assert results == with_sum(written)
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
