"""Whether all is as it was left: any edit of the ledger, the results or a handbook is found, and said where."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chance import drawing
from tests.commands import LIBRARY, Typed
from tests.remembering import FIRST, ledger_in, remember, without_a_fixed_day

from policykit import memory
from policykit.problems import ExitCode
from policykit.running import Results, read_results, with_sum, write_results


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Results]:
    """Five runs of the smallest pack, with the results of the last: to be copied, never changed."""
    place = tmp_path_factory.mktemp("kept")
    shutil.copytree(LIBRARY, place, dirs_exist_ok=True)
    without_a_fixed_day(place)
    for day in range(5):
        results = remember(place, FIRST + timedelta(day))
    write_results(results, place / "build" / "results.json")
    return place, results


@pytest.fixture
def here(kept: tuple[Path, Results], tmp_path: Path) -> Path:
    """A copy of these runs, and a handbook of two pages with its manifest."""
    shutil.copytree(kept[0], tmp_path, dirs_exist_ok=True)
    site = tmp_path / "site"
    (site / "_static").mkdir(parents=True)
    (site / "index.html").write_text("<p>Met</p>", "utf-8")
    (site / "_static" / "handbook.css").write_text("p {}", "utf-8")
    (site / memory.MANIFEST).write_bytes(memory.manifest_of(site, kept[1], memory.read_ledger(ledger_in(tmp_path))))
    return tmp_path


def verified(place: Path) -> tuple[ExitCode, list[str]]:
    """The exit code, and what differs with the folder left out."""
    found = memory.verify(ledger_in(place), place / "build" / "results.json", place / "site")
    return found.exit_code, [str(problem).replace(f"{place.as_posix()}/", "") for problem in found.differs]


def test_what_was_left_alone_is_whole(here: Path) -> None:
    """Nothing differs, and each thing that was looked at is named."""
    assert verified(here) == (ExitCode.OK, [])
    assert len(memory.verify(ledger_in(here), here / "build" / "results.json", here / "site").looked_at) == 3


def test_what_is_not_there_is_not_verified(tmp_path: Path) -> None:
    """Without a ledger, results and a handbook there is nothing to say."""
    assert memory.verify(tmp_path / "runs.jsonl", tmp_path / "results.json", None).exit_code is ExitCode.BAD_INPUT


@drawing(2)
@given(data=st.data())
def test_any_edit_of_any_byte_of_any_line_is_found(kept: tuple[Path, Results], data: st.DataObject) -> None:
    """Changed, taken out or put in; also in the last line, which no other line follows."""
    place, results = kept
    file = ledger_in(place)
    text = file.read_bytes()
    ends = [0, *(place for place, byte in enumerate(text, 1) if byte == ord("\n"))]
    line = data.draw(st.integers(0, len(ends) - 2))
    at = data.draw(st.integers(ends[line], ends[line + 1] - 1))
    byte = data.draw(st.binary(min_size=0, max_size=2).filter(lambda drawn: drawn != text[at : at + 1]))
    try:
        file.write_bytes(text[:at] + byte + text[at + 1 :])
        found = memory.verify(file, place / "build" / "results.json", None)

        assert found.exit_code is ExitCode.GATED
        assert memory.trouble(results, file)
    finally:
        file.write_bytes(text)


@pytest.mark.parametrize("number", range(6))
def test_any_line_taken_out_is_found(here: Path, number: int) -> None:
    """The first, one in the middle, the last."""
    lines = ledger_in(here).read_bytes().splitlines(keepends=True)
    ledger_in(here).write_bytes(b"".join(lines[:number] + lines[number + 1 :]))

    assert verified(here)[0] is ExitCode.GATED


def test_a_ledger_that_is_shorter_or_gone_is_an_error_and_a_band(here: Path, kept: tuple[Path, Results]) -> None:
    """So many runs are missing, whoever names them: what lies beside it, the results or the handbook."""
    lines = ledger_in(here).read_bytes().splitlines(keepends=True)
    ledger_in(here).write_bytes(b"".join(lines[:4]))
    said = "reading_room/runs.jsonl: the memory of 2 runs is missing - put the file back as it was"
    assert verified(here) == (ExitCode.GATED, [said])
    assert memory.trouble(kept[1], ledger_in(here)) == "The memory of 2 runs is missing."

    ledger_in(here).unlink()
    assert verified(here) == (ExitCode.GATED, [said.replace("2 runs", "5 runs")])
    assert memory.trouble(kept[1], ledger_in(here)) == "The memory of 5 runs is missing."
    for other in ("reading_room/runs.jsonl.head", "build/results.json"):
        (here / other).unlink()
        assert verified(here) == (ExitCode.GATED, [said.replace("2 runs", "5 runs")])


def test_a_fork_names_both_heads(here: Path, kept: tuple[Path, Results]) -> None:
    """Two people went on from the same run: the ledger of one is not that of the results of the other."""
    ours = memory.read_ledger(ledger_in(here)).lines
    lines = ledger_in(here).read_bytes().splitlines(keepends=True)
    ledger_in(here).write_bytes(b"".join(lines[:4]))
    ledger_in(here).with_name("runs.jsonl.head").unlink()
    for day in (3, 9, 10):
        remember(here, FIRST + timedelta(day, weeks=1))
    code, said = verified(here)
    theirs = memory.read_ledger(ledger_in(here)).lines

    assert code is ExitCode.GATED
    assert "reading_room/runs.jsonl:5: " in said[0]
    assert ours[4].digest in said[0]
    assert theirs[4].digest in said[0]
    assert str(memory.trouble(kept[1], ledger_in(here))).startswith("The ledger has another line here")


def test_results_that_were_edited_are_found(here: Path) -> None:
    """Neither an edited word nor one with a new sum is what the ledger remembers."""
    file = here / "build" / "results.json"
    data = json.loads(file.read_text("utf-8"))
    data["run"]["engine"] = "by hand"
    file.write_text(json.dumps(data), "utf-8")
    assert "build/results.json: the results were changed by hand" in verified(here)[1][0]

    write_results(with_sum(read_results(file)), file)
    assert "build/results.json: the ledger remembers other results of this run" in verified(here)[1][0]


def test_a_handbook_that_is_not_as_it_was_built_is_found(here: Path) -> None:
    """A page edited, one added, one taken away: each by its name."""
    (here / "site" / "index.html").write_text("<p>Not met</p>", "utf-8")
    (here / "site" / "_static" / "handbook.css").unlink()
    (here / "site" / "more.html").touch()

    assert [said.partition(" - ")[0] for said in verified(here)[1]] == [
        "site/_static/handbook.css: a file that the build wrote is gone",
        "site/index.html: not as the build wrote it",
        "site/more.html: a file that the build did not write",
    ]


@pytest.mark.parametrize("text", [None, "", "{}", '{"schema":"policykit-manifest/1","files":[]}', "[" * 10_000])
def test_a_manifest_that_cannot_be_read_is_said(here: Path, text: str | None) -> None:
    """Gone, empty or something else: then nobody can say what was built."""
    (here / "site" / memory.MANIFEST).unlink()
    if text is not None:
        (here / "site" / memory.MANIFEST).write_text(text, "utf-8")

    assert verified(here)[0] is ExitCode.GATED
    assert "has no manifest" in verified(here)[1][0]


def test_the_handbook_of_an_earlier_run_is_whole(here: Path) -> None:
    """A ledger goes on after a handbook was built, and after results were kept."""
    remember(here, FIRST + timedelta(9))

    assert verified(here) == (ExitCode.OK, [])


def test_the_command_says_what_it_compared_and_leaves_with_its_code(
    here: Path, type_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 whole, 1 differs, 2 nothing there; with the ledger named it needs no policy."""
    monkeypatch.chdir(here)
    whole, said, _ = type_in("verify site --ledger reading_room/runs.jsonl")
    assert (whole, said.splitlines()) == (
        0,
        [
            "reading_room/runs.jsonl: a chain with 5 runs",
            "build/results.json: the sum of the results, and the line that remembers them",
            "site: every file of the handbook, against its manifest",
            "Nothing differs.",
        ],
    )
    profile = here / "reading_room" / "organisation.yaml"
    profile.write_text(profile.read_text("utf-8") + "ledger: runs.jsonl\n", "utf-8")
    shutil.copytree(here / "reading_room", here / "other_room")
    policy = here / "policy" / "policy.yaml"
    policy.write_text(policy.read_text("utf-8").replace("../reading_room", "../other_room"), "utf-8")
    by_results, heard, _ = type_in("verify site")
    assert (by_results, heard.splitlines()[0].endswith("/reading_room/runs.jsonl: a chain with 5 runs")) == (0, True)
    (here / "site" / "index.html").write_text("<p>Not met</p>", "utf-8")
    differs, said, err = type_in("verify site --ledger reading_room/runs.jsonl")
    assert (differs, said.splitlines()[-1]) == (1, "1 thing differs.")
    assert err == "site/index.html: not as the build wrote it - build the handbook again\n"
    assert type_in("verify --ledger no.jsonl --results no.json")[:2] == (2, "There is nothing to verify.\n")
