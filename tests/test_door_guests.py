"""What the command line and the pytest plugin ask of the door, which any program can: it is as if typed."""

import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.commands import Typed
from tests.ladders import Project
from tests.test_door import told

import policykit as pk
from policykit.door import NotMadeError, RecordsRefusedError, read_results
from policykit.model.results import Counts, Refusal
from policykit.problems import Notice


@pytest.fixture
def policy(own: Project) -> pk.Policy:
    """The very small policy, beside an organisation that may be changed."""
    return pk.load(own.folder / "policy")


def test_keys_are_listed_as_the_command_lists_them(policy: pk.Policy, tmp_path: Path, type_in: Typed) -> None:
    """The same bytes, for nobody else to read."""
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"

    pk.check(policy, listed=str(ours))
    type_in(f"check --policy {policy.pack.folder} --results {tmp_path / 'results.json'} --list {theirs}")

    assert b'"B-2"' in ours.read_bytes()
    assert ours.read_bytes() == theirs.read_bytes()
    assert stat.S_IMODE(ours.stat().st_mode) == 0o600


def test_a_run_that_is_not_complete_lists_no_key(policy: pk.Policy, tmp_path: Path) -> None:
    """Part of a list would be taken for the whole."""
    pk.check(policy, only={"CHK-BACK"}, listed=tmp_path / "keys.csv")

    assert list(tmp_path.glob("*keys*")) == []


def test_keys_are_listed_in_nobodys_place(policy: pk.Policy, tmp_path: Path) -> None:
    """Neither over somebody's file nor where it would be published, and nothing is counted before that is said."""
    notes = tmp_path / "notes.csv"
    notes.write_text("Mine.", "utf-8")
    through: list[object] = []

    [taken] = told(lambda: pk.check(policy, listed=notes, progress=through.append))
    [published] = told(lambda: pk.check(policy, listed=policy.pack.folder / "keys.csv", progress=through.append))

    assert taken == f"{notes.as_posix()}: is there already, and is no list of keys - name another file"
    assert published.endswith("the folder is the policy's - name a file elsewhere")
    assert (through, notes.read_text("utf-8")) == ([], "Mine.")


def test_results_say_how_examples_fare_as_the_command_keeps_it(
    policy: pk.Policy, tmp_path: Path, type_in: Typed
) -> None:
    """A run by itself says nothing of them; what the last results say is taken over where nothing has changed."""
    file = tmp_path / "results.json"
    type_in(f"check --policy {policy.pack.folder} --results {file}")
    bare = pk.check(policy)

    ours = policy.with_examples(bare)
    kept = read_results(file)

    assert {each.examples for each in bare} == {None}
    assert [each.examples for each in ours] == [each.examples for each in kept]
    assert [each.examples for each in policy.with_examples(bare, str(file))] == [each.examples for each in kept]


def test_examples_are_judged_and_what_is_false_is_a_problem(own: Project) -> None:
    """An example that claims what its rule does not say stops nobody who loads, and is there to be asked for."""
    own.replace(
        "policy/checks/all.yaml", "expect: fail, row: {back_on: 2026-09-11}", "expect: pass, row: {back_on: 2026-09-11}"
    )
    policy = pk.load(own.folder / "policy")

    came_to = [(example.expect, found) for example, found in policy.examples("CHK-BACK")]
    [false] = policy.false_examples()

    assert came_to == [("pass", "pass"), ("pass", "fail")]
    assert "example 2 of CHK-BACK expects pass and comes to fail" in str(false)
    assert (Path(false.path), false.line) == policy.place("CHK-BACK")


def test_one_record_is_explained(policy: pk.Policy, own: Project) -> None:
    """Clause by clause; nothing where no record has the key, and a reason where the register cannot be opened."""
    rule = policy.rule("CHK-BACK")

    late = rule.why("B-2")

    assert late
    assert [explained.verdict for _, explained in late.units] == ["fail"]
    assert rule.why("B-9") is None
    assert rule.why_not_applicable is None
    own.write("street/records/loans.csv", "loan_ref\n")
    with pytest.raises(RecordsRefusedError, match="cannot be opened: the columns"):
        rule.why("B-2")


def test_lint_looks_at_examples_and_at_the_text_where_it_is_asked(policy: pk.Policy, tmp_path: Path) -> None:
    """Both take longer, or need a file, so they are not looked at by themselves."""
    (tmp_path / "letter.txt").write_text("Another letter.", "utf-8")

    plain = pk.lint(policy, policy.organisation())
    more = pk.lint(policy, policy.organisation(), source_text=tmp_path / "letter.txt", gaps=True)

    assert set(plain) < set(more)
    assert {Notice.EXAMPLE_GAP, Notice.SOURCE_DIGEST} <= {problem.notice for problem in set(more) - set(plain)}


STOPPED = Refusal(why="function-stopped")


def test_records_are_counted_by_a_program_and_judged_as_the_check(policy: pk.Policy) -> None:
    """Typed rows of the registers that the check declares; what was counted on them has the check's outcome."""
    with policy.records("CHK-BACK", policy.organisation()) as records:
        loans = records.rows("loans", "due_on", "back_on")
        late = sum(loan["back_on"] != loan["due_on"] for loan in loans)
        counts = Counts(in_scope=len(loans), conform=len(loans) - late, violate=late, unknown=0, out=0, unreadable=0)
        result, unasked, refused = records.judge(counts), records.judge(), records.judge(refused=STOPPED)
        with pytest.raises(RecordsRefusedError, match="CHK-BACK does not declare the register ladders"):
            records.rows("ladders")

    assert isinstance(loans[0]["due_on"], date)
    counted = pk.check(policy)["CHK-BACK"]
    assert (result.outcome, result.reason, result.counts) == (counted.outcome, counted.reason, counted.counts)
    assert [each.outcome for each in (unasked, refused)] == [pk.Outcome.NOT_RUN, pk.Outcome.ERROR]
    assert refused.reason == "its test function did not come to an end with numbers"


def test_the_example_is_copied_and_moved(policy: pk.Policy, tmp_path: Path) -> None:
    """To start with records of one's own; on a day too early for its dates it cannot be made."""
    policy.copy_example(str(tmp_path / "ours"))
    policy.copy_example(tmp_path / "later", "2027-03-01")

    assert policy.organisation(tmp_path / "ours").as_at == policy.organisation().as_at
    then = datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert policy.organisation(tmp_path / "later", now=lambda: then).as_at == date(2027, 3, 1)
    with pytest.raises(NotMadeError):
        policy.copy_example(tmp_path / "never", date(1900, 1, 1))
    assert not (tmp_path / "never").exists()


def test_a_proof_gives_the_examples_to_add(policy: pk.Policy, own: Project) -> None:
    """Pasted into the check, they close its gaps."""
    proof = pk.prove(policy, "CHK-BACK")
    shown = [(missing.case, missing.judgement) for missing in proof.missing if missing.case]
    shown += [(each.telling.case, each.telling.rule) for each in proof.open if each.telling]
    lines = sorted({policy.example_line("CHK-BACK", *each) for each in shown})
    last = "because: a day late}\n"

    own.replace("policy/checks/all.yaml", last, last + "".join(f"    {line}\n" for line in lines))

    assert pk.prove(pk.load(own.folder / "policy"), "CHK-BACK").gaps == ()
