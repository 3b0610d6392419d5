"""The ledger of runs: what a run leaves in it, and that nothing that was once said to be safe is lost."""

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from tests.chance import cases_of
from tests.remembering import FIRST, ledger_in, records, remember, run, taken_on, without_a_fixed_day
from tests.specification import blocks

from policykit import memory
from policykit.model.canonical import sha256_of
from policykit.problems import PolicyError
from policykit.running import with_sum

ROOT = Path(__file__).parents[1]
PATIENCE = 120
"""Seconds after which a process is given up."""


@pytest.fixture
def club(here: Path) -> Path:
    """The smallest pack, whose club is judged as at today."""
    without_a_fixed_day(here)
    return here


def lines(folder: Path) -> list[dict[str, Any]]:
    """What every line of the ledger says, which is read here as any tool would."""
    return [json.loads(text) for text in ledger_in(folder).read_bytes().splitlines()]


def test_a_run_leaves_a_state_and_a_line_that_other_tools_can_follow(club: Path) -> None:
    """Both are canonical as the library for that writes them; each names the digest of the line before it."""
    kept = remember(club)
    texts = ledger_in(club).read_bytes().split(b"\n")
    digests = [f"sha256:{hashlib.sha256(text).hexdigest()}" for text in texts]
    state, line = lines(club)

    assert texts[-1] == b""
    assert [rfc8785.dumps(json.loads(text)) for text in texts[:-1]] == texts[:-1]
    assert [(each["n"], each["kind"], each["prev"]) for each in (state, line)] == [
        (1, "state", None),
        (2, "run", digests[0]),
    ]
    assert (line["state"], line["results"], line["today"]) == (digests[0], kept.sum, "2026-05-01")
    assert kept.ledger
    assert (kept.ledger.n, kept.ledger.head) == (1, digests[0])
    assert kept.sum == with_sum(kept).sum
    assert line["checks"]["CHK-TITLED"] == ["fail", 4, 3, 1, 0, 0, 0, False]
    assert line["checks"]["CHK-READERS"] == ["attested", *[None] * 6, False]
    assert line["duties"] == {"DUTY-LIST": "fail", "DUTY-SHELVE": "fail"}


def test_a_state_says_what_was_asked_and_of_whom(club: Path) -> None:
    """It has the published keys, and no day in it moves with the run."""
    remember(club)
    state = lines(club)[0]

    assert set(state["checks"]["CHK-TITLED"]) == {
        *("title", "method", "severity", "verifies", "grounds", "applies", "words", "limits"),
        *("minimum", "max_age_days", "rule_digest"),
    }
    assert set(state["duties"]["DUTY-LIST"]) == {
        *("title", "summary", "strength", "today", "applies", "owner", "reviewed_on"),
    }
    assert state["checks"]["CHK-TITLED"]["max_age_days"] == 31
    assert state["sentences"]["LETTER-S1"] == [["must"], "duty"]
    assert state["registers"] == {"books": ["book_ref", "borrower", "due_on", "shelf", "title"]}
    assert state["facts"] == {"run_by": "club"}
    assert list(state["waivers"]) == ["WAIVE-TITLE"]
    assert list(state["statements"]) == ["ATT-READERS"]


def test_lines_have_the_keys_that_the_specification_shows(club: Path) -> None:
    """Those of a state, of a duty and a check in it, and of a run."""
    remember(club)
    state, line = (json.loads(text) for text in blocks("json", "Published interfaces", "The ledger of runs"))
    ours = lines(club)

    assert [set(state), set(line)] == [set(each) for each in ours]
    for kind in ("duties", "checks"):
        assert {frozenset(each) for each in state[kind].values()} == set(map(frozenset, ours[0][kind].values()))


def test_a_state_is_written_only_where_it_differs(club: Path) -> None:
    """Days pass and records are taken anew on the same state; a waiver that covers more makes another."""
    for day in range(3):
        taken_on(club, FIRST + timedelta(day))
        remember(club, FIRST + timedelta(day))
    waivers = club / "reading_room" / "waivers.yaml"
    waivers.write_text(waivers.read_text("utf-8").replace("covers: 1", "covers: 2"), "utf-8")
    remember(club, FIRST + timedelta(3))

    assert [line["kind"] for line in lines(club)] == ["state", "run", "run", "run", "state", "run"]


def test_a_key_that_an_older_state_has_not_is_no_difference(club: Path) -> None:
    """A later version adds keys: by that alone nothing has changed."""
    remember(club)
    state, _ = lines(club)
    del state["expects"], state["checks"]["CHK-TITLED"]["limits"]
    _write(club, [state])
    remember(club, FIRST + timedelta(1))

    assert [line["kind"] for line in lines(club)] == ["state", "run"]


def test_what_a_later_version_adds_is_read_over(club: Path) -> None:
    """Unknown keys, and lines of another kind, are part of the chain and of nothing else."""
    remember(club)
    state, line = lines(club)
    _write(club, [{"colour": "red", **state}, {"kind": "review", "by": "Somebody"}, {**line, "weather": ["rain"]}])
    found = memory.read_ledger(ledger_in(club))

    assert found.broken is None
    assert [each.kind for each in found.lines_of("LIBRARY-PACK", "READING-ROOM")] == ["state", "run"]


def _write(folder: Path, said: list[dict[str, Any]]) -> None:
    """A ledger of these lines, chained anew, as a version of another day might have left it."""
    texts: list[bytes] = []
    for number, line in enumerate(said, start=1):
        chained = {**line, "n": number, "prev": sha256_of(texts[-1]) if texts else None}
        states = [text for text in texts if b'"kind":"state"' in text]
        texts.append(rfc8785.dumps(chained | ({"state": sha256_of(states[-1])} if line["kind"] == "run" else {})))
    ledger_in(folder).write_bytes(b"".join(text + b"\n" for text in texts))
    ledger_in(folder).with_name("runs.jsonl.head").unlink(missing_ok=True)


def test_only_runs_of_the_same_organisation_are_compared(club: Path) -> None:
    """Two organisations may share a ledger: neither is the state of the other, nor its last day."""
    remember(club, FIRST + timedelta(5))
    profile = club / "reading_room" / "organisation.yaml"
    profile.write_text(profile.read_text("utf-8").replace("id: READING-ROOM", "id: OTHER-ROOM"), "utf-8")
    remember(club)
    found = memory.read_ledger(ledger_in(club))

    assert [line["kind"] for line in lines(club)] == ["state", "run", "state", "run"]
    assert [line.number for line in found.lines_of("LIBRARY-PACK", "OTHER-ROOM")] == [3, 4]


def test_a_run_that_is_not_complete_or_a_what_if_leaves_no_line(club: Path) -> None:
    """It has its sum, and nothing is remembered of it."""
    results, seen = run(club)
    for changed in ({"complete": False}, {"what_if": True}):
        asked = results.model_copy(update={"run": results.run.model_copy(update=changed)})
        kept = memory.keep(asked, seen, ledger_in(club))

        assert kept.sum
        assert kept.ledger is None
        assert not ledger_in(club).exists()


def test_records_are_dated_by_the_day_on_which_they_were_first_found(club: Path) -> None:
    """The same rows with a newer day, in another order and with other ends of lines, are the rows of then."""
    remember(club)
    rows = (club / "reading_room" / "records" / "books.csv").read_text("utf-8").splitlines()[1:]
    taken_on(club, FIRST + timedelta(7))
    records(club, *(row + "\r" for row in reversed(rows)))
    remember(club, FIRST + timedelta(7))
    records(club, *rows[:-1])
    remember(club, FIRST + timedelta(8))
    found = [line["registers"]["books"] for line in lines(club) if line["kind"] == "run"]

    assert [(taken, rows, day) for taken, rows, _, day, *_ in found] == [
        ("2026-04-30", 4, "2026-05-01"),
        ("2026-05-08", 4, "2026-05-01"),
        ("2026-05-08", 3, "2026-05-09"),
    ]
    assert [each[4:] for each in found] == [[False, 0], [False, 0], [False, 0]]
    assert all(len(digest) == 16 for _, _, digest, *_ in found)


def test_a_run_before_the_day_of_the_last_is_refused_at_its_line(club: Path) -> None:
    """A clock that was set back must not rewrite what came first."""
    remember(club, FIRST + timedelta(3))
    before = ledger_in(club).read_bytes()

    with pytest.raises(PolicyError, match=r"runs\.jsonl:2: the last run was on 4 May 2026, .* 1 May 2026 - set the"):
        remember(club)
    assert ledger_in(club).read_bytes() == before


def test_the_words_of_a_pack_are_kept_once_beside_the_ledger(club: Path) -> None:
    """The same pack gives the same bytes, which any tool can open."""
    remember(club)
    (file,) = (club / "reading_room" / "packs").iterdir()
    first = file.stat().st_mtime_ns
    held = json.loads(gzip.decompress(file.read_bytes()))
    remember(club, FIRST + timedelta(1))

    assert file.name == f"{lines(club)[0]['pack']['digest'].removeprefix('sha256:')}.json.gz"
    assert set(held) == {"clauses", "duties", "checks"}
    assert set(held["clauses"]["LETTER-S1"]) == {"strength", "gist", "treated_as"}
    assert set(held["duties"]["DUTY-LIST"]) == {"title", "summary", "strength", "today"}
    assert "title is recorded" in held["checks"]["CHK-TITLED"]["words"]
    assert file.stat().st_mtime_ns == first


# Killed, torn, at once


def test_a_line_that_was_never_finished_is_put_aside(club: Path) -> None:
    """The next run moves it out of the way, and what was whole before stays."""
    remember(club)
    whole = ledger_in(club).read_bytes()
    with ledger_in(club).open("ab") as file:
        file.write(b'{"kind":"run","n":3')
    assert len(memory.read_ledger(ledger_in(club)).lines) == 2
    remember(club, FIRST + timedelta(1))

    assert ledger_in(club).read_bytes().startswith(whole)
    assert len(lines(club)) == 3
    assert memory.read_ledger(ledger_in(club)).broken is None
    assert ledger_in(club).with_name("runs.jsonl.torn").read_bytes() == b'{"kind":"run","n":3\n'


def start(folder: Path, number: int) -> subprocess.Popen[str]:
    """A process of its own that keeps runs, and says each once it is safe."""
    command = [sys.executable, "-m", "tests.remembering", str(folder), str(number)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_two_writers_lose_nothing(club: Path) -> None:
    """Each waits for the other: every line that either was told is safe is there, in one chain."""
    writers = [start(club, 20) for _ in range(2)]
    said = [int(line) for writer in writers for line in writer.communicate(timeout=PATIENCE)[0].split()]
    found = memory.read_ledger(ledger_in(club))

    assert sorted(said) == list(range(2, 42))
    assert found.broken is None
    assert len(found.lines) == 41


@pytest.mark.parametrize("number", range(cases_of(1) // 20 or 3))
def test_whoever_is_killed_loses_no_line_that_was_said_to_be_safe(club: Path, number: int) -> None:
    """At whatever moment: what was acknowledged stays, and the next run goes on from there."""
    writer = start(club, 10_000)
    assert writer.stdout
    said = [int(writer.stdout.readline()) for _ in range(1 + number * 3)]
    os.kill(writer.pid, signal.SIGKILL)
    said += [int(line) for line in writer.stdout.read().splitlines()]
    writer.wait(PATIENCE)
    writer.stdout.close()
    remember(club, FIRST + timedelta(1))
    found = memory.read_ledger(ledger_in(club))

    assert found.broken is None
    assert len(found.lines) > max(said)


# Where it may be


def a_pipe(path: Path) -> None:
    """A pipe, which nobody ever writes to."""
    os.mkfifo(path)


def a_link(path: Path) -> None:
    """A link to a file that would be ours."""
    path.symlink_to("elsewhere.jsonl")


def somebodys(path: Path) -> None:
    """What somebody else wrote."""
    path.write_text("Mine.\n", "utf-8")


def a_folder(path: Path) -> None:
    """A folder of that name."""
    path.mkdir()


@pytest.mark.parametrize("make", [a_pipe, a_link, somebodys, a_folder])
def test_a_ledger_takes_nobodys_place(club: Path, make: Callable[[Path], None]) -> None:
    """Nothing is written where something stands that is no ledger, and nobody waits for a pipe."""
    make(ledger_in(club))

    with pytest.raises(PolicyError, match=r"runs\.jsonl: is "):
        remember(club)
    assert not (club / "reading_room" / "packs").exists()


@pytest.mark.parametrize(
    ("named", "why"),
    [("../runs.jsonl", "lies outside"), ("records/books.csv", "no ledger"), ("waivers.yaml", "no ledger")],
)
def test_an_organisation_keeps_its_ledger_in_its_folder_and_in_no_other_file(club: Path, named: str, why: str) -> None:
    """A file of records or of the organisation is never appended to, not even an empty one."""
    _, seen = run(club)
    profile = seen.organisation.profile.model_copy(update={"ledger": named})
    organisation = type(seen.organisation)(**{**vars(seen.organisation), "profile": profile})

    with pytest.raises(PolicyError, match=why):
        memory.ledger_of(organisation, club / "build" / "results.json")


def test_without_a_name_the_ledger_lies_beside_the_results(club: Path) -> None:
    """So that of the example is build/runs.jsonl."""
    _, seen = run(club)

    assert memory.ledger_of(seen.organisation, Path("build/results.json")) == Path("build/runs.jsonl")


NO_LOCKS = """
import errno, sys
from pathlib import Path
from policykit.problems import PolicyError
from tests.remembering import remember

def refuse(event, given):
    if event == "fcntl.flock":
        raise OSError(errno.ENOLCK, "No locks available")

sys.addaudithook(refuse)
try:
    remember(Path(sys.argv[1]))
except PolicyError as error:
    print(error)
"""


def test_a_folder_without_locks_is_refused_in_words(club: Path) -> None:
    """A system that refuses the lock, as network drives do, gets no ledger that could lose lines."""
    said = subprocess.run(
        [sys.executable, "-c", NO_LOCKS, str(club)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "its folder knows no locks" in said.stdout
    assert ledger_in(club).read_bytes() == b""


# What is missing


def test_a_run_is_refused_where_the_memory_before_it_is_gone(club: Path) -> None:
    """Neither the file beside the ledger nor the last results let it begin anew without a word."""
    for day in range(4):
        last = remember(club, FIRST + timedelta(day))
    ledger_in(club).unlink()
    with pytest.raises(PolicyError, match="the memory of 4 runs is missing"):
        remember(club, FIRST + timedelta(4))
    ledger_in(club).with_name("runs.jsonl.head").unlink()

    with pytest.raises(PolicyError, match="the memory of 4 runs is missing"):
        remember(club, FIRST + timedelta(4), before=last)


def test_a_run_is_refused_where_the_ledger_is_another(club: Path) -> None:
    """A fork: what the last results followed on is not what stands there; both heads are named."""
    last = remember(club)
    text = ledger_in(club).read_bytes()
    ledger_in(club).write_bytes(text.replace(b'"club"', b'"town"', 1))

    with pytest.raises(PolicyError) as refused:
        remember(club, date(2026, 6, 1), before=last)
    assert last.ledger
    assert last.ledger.head in str(refused.value)
    assert sha256_of(ledger_in(club).read_bytes().split(b"\n")[0]) in str(refused.value)
