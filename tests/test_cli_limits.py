"""Where nothing can be written, and where there is no end to what is wrong: a sentence, and what was there stays."""

import json
import resource
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest
from tests.commands import Typed
from tests.sites import SCRIPTS, SECOND, Sources

FULL = Path("/dev/full")
NO_DEVICE = "this system has no device that is always full"


def shell(line: str, cwd: Path, most_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    """A line of a shell in which `policykit` is ours; no file may be larger than so many bytes."""
    limit = most_bytes and partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    words = ["sh", "-c", line.replace("policykit", str(SCRIPTS / "policykit"), 1)]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, preexec_fn=limit or None)


def test_results_go_to_standard_output(here: Path) -> None:
    """With `-` they are all that is printed there, and nothing is kept; what people read goes to the error stream."""
    done = shell("policykit check --results -", here)

    assert json.loads(done.stdout)["schema"].startswith("policykit-results/")
    assert "6 checks" in done.stderr
    assert (done.returncode, (here / "build").exists()) == (1, False)


def test_a_list_of_keys_goes_to_no_output(here: Path, type_in: Typed) -> None:
    """Keys are for a file that only its owner can read."""
    assert type_in("check --list -") == (
        2,
        "",
        "- names no file - name one that only you can read, such as keys.csv.\n",
    )
    assert not (here / "-").exists()


@pytest.mark.skipif(not FULL.exists(), reason=NO_DEVICE)
def test_an_output_that_is_full_is_said(here: Path) -> None:
    """The results are kept before, and Python adds nothing of its own at the end."""
    for command in ("check", "words CHK-TITLED"):
        done = shell(f"policykit {command} > /dev/full", here)
        assert (done.returncode, done.stderr) == (2, "What was to be printed could not be: no space is left for it.\n")
    assert (here / "build" / "results.json").is_file()


def test_an_output_that_is_closed_stops_nothing(here: Path) -> None:
    """Nobody listens, so nothing is said, and the exit code is as ever."""
    for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
        done = shell(f"policykit check {closed}", here)
        assert (done.returncode, done.stderr) == (1, "")
    assert (here / "build" / "results.json").is_file()


def test_where_no_file_can_be_so_large_the_old_results_stay(here: Path) -> None:
    """Nothing is left of the new ones, whether they or the list do not fit."""
    assert shell("policykit check --list keys.csv", here).returncode == 1
    before = {path: path.read_bytes() for path in (here / "build" / "results.json", here / "keys.csv")}

    done = shell("policykit check --list keys.csv", here, most_bytes=100)

    assert done.returncode == 2
    assert "keys.csv: it would be larger than a file may be here; what was there before is still there." in done.stderr
    done = shell("policykit check", here, most_bytes=1000)
    assert done.returncode == 2
    assert "build/results.json: cannot be written: it would be larger than a file may be here" in done.stderr
    assert {path: path.read_bytes() for path in before} == before
    assert list(here.rglob("*.new")) == []


def test_a_temporary_folder_that_is_full_refuses_the_records(here: Path) -> None:
    """In words, and of each register by itself: the run goes on."""
    done = shell("policykit check --results results.json", here, most_bytes=8_192)

    assert "there is no room left in the temporary folder" in done.stderr
    assert done.returncode == 3


def test_where_no_page_can_be_so_large_the_old_handbook_stays(handbook_of: Path) -> None:
    """A build that finds no room says so, and leaves nothing beside the old one."""
    assert shell("policykit build", handbook_of).returncode == 0

    done = shell("policykit build", handbook_of, most_bytes=20_000)

    said = "The handbook cannot be built: it would be larger than a file may be here. The old one is still there.\n"
    assert (done.returncode, done.stderr.endswith(said)) == (2, True)
    assert (handbook_of / "build" / "handbook" / "index.html").is_file()
    assert list((handbook_of / "build").glob(".handbook*")) == []


@pytest.fixture
def handbook_of(tmp_path: Path) -> Path:
    """A folder that a handbook can be built in."""
    return copy_of(SECOND, tmp_path / "kitchens")


def copy_of(sources: Sources, to: Path) -> Path:
    """The sources of a handbook, without what was built of them."""
    return Path(shutil.copytree(sources.conf, to, ignore=shutil.ignore_patterns("build", "_build")))


MANY = {
    "items with nothing in them": ("- {}\n" * 3000, None),
    "items of the wrong kind": ("- x\n" * 3000, "2,950"),
    "keys that nobody knows": ("- id: LAW-X\n" + "".join(f"  k{number}: x\n" for number in range(3000)), None),
    "aliases": ("- *a\n" * 3000, "2,950"),
}


@pytest.mark.parametrize(("added", "more"), MANY.values(), ids=MANY)
def test_of_very_many_problems_the_first_are_said(added: str, more: str | None, here: Path, type_in: Typed) -> None:
    """Fifty of a file, and one line with how many more there are."""
    with (here / "policy" / "law.yaml").open("a", encoding="utf-8") as law:
        law.write(added)

    code, _, said = type_in("lint")

    of_law = [line for line in said.splitlines() if line.startswith("policy/law.yaml")]
    assert (code, len(of_law)) == (2, 51)
    assert said.splitlines()[-1].startswith(f"policy/law.yaml: and {more or ''}")
    assert said.splitlines()[-1].endswith(" more - mend these first")


def test_of_very_many_files_with_problems_the_first_are_said(here: Path, type_in: Typed) -> None:
    """Five hundred in all, and one line."""
    for number in range(20):
        (here / "policy" / "checks" / f"more{number:02}.yaml").write_text("- x\n" * 60, "utf-8")

    code, _, said = type_in("lint")

    *shown, last = said.splitlines()
    assert (code, len(shown)) == (2, 500)
    assert last == "policy/checks: and 700 more - mend these first"
