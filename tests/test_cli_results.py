"""Where results may be kept: in a file of results or under a name that is free, and never in the place of anything."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.commands import Typed

from policykit.problems import PolicyError
from policykit.running import read_results

CASES = Path(__file__).parent / "cases" / "cli" / "no_place_for_results.yaml"
PATIENCE = 60
"""Seconds after which whoever waits for a pipe is given up."""


def no_places() -> list[dict[str, Any]]:
    """The cases that anybody can read and add to."""
    found: list[dict[str, Any]] = yaml.safe_load(CASES.read_text("utf-8"))
    return found


@pytest.fixture
def desk(here: Path) -> Path:
    """The smallest pack with everything beside it that could be taken for a place of results."""
    for folder in ("docs/deep", "site"):
        (here / folder).mkdir(parents=True)
    for file in ("conf.py", "site/objects.inv"):
        (here / file).touch()
    for file, text in {"notes.txt": "Mine.", "blank.txt": "\nB-1,On Rain\n", "other.json": '{"schema": "2"}'}.items():
        (here / file).write_text(text, "utf-8")
    (here / "round").symlink_to("reading_room/records")
    (here / "link.json").symlink_to("kept.json")
    (here / "kept.json").write_text('{"schema": "policykit-results/1"}', "utf-8")
    (here / "loose.json").symlink_to("nowhere.json")
    os.mkfifo(here / "pipe")
    _make_device(here / "device")
    return here


def _make_device(path: Path) -> None:
    """One like /dev/null, which no test may come near; who may make none takes a socket, which is no file either."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except PermissionError:
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(path.name)


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """What stands in a folder, however deep: its kind and its bytes."""
    found = {}
    for path in folder.rglob("*"):
        mode = path.lstat().st_mode
        content = path.read_bytes() if stat.S_ISREG(mode) else b""
        found[path.relative_to(folder).as_posix()] = (mode, content)
    return found


@pytest.fixture(autouse=True)
def _nobody_waits_for_ever() -> Iterator[None]:
    """What waits for a pipe is given up, and fails."""

    def give_up(*_: object) -> None:
        raise TimeoutError("something was waited for that never comes")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("case", no_places(), ids=lambda case: case["why"])
def test_results_take_nobodys_place(case: dict[str, Any], desk: Path, type_in: Typed) -> None:
    """What is named by mistake stays as it is, and a sentence says so before anything is counted."""
    before = everything(desk)

    code, _, said = type_in(f"check --policy policy --results {case['results']}")

    assert (code, case["says"] in said, said.count("\n")) == (2, True, 1), said
    assert everything(desk) == before


@pytest.mark.parametrize(
    "place", ["reading_room/records/books.csv", "policy/results.json", "docs/results.json", "pipe"]
)
def test_pytest_keeps_no_results_there_either(place: str, desk: Path) -> None:
    """The same sentence, and no check is run."""
    before = everything(desk)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "policy", f"--policykit-results={place}"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)

    [says] = [case["says"] for case in no_places() if case["results"] == place]
    assert (done.returncode, says in done.stderr) == (pytest.ExitCode.USAGE_ERROR, True), done.stderr
    assert everything(desk) == before


@pytest.mark.parametrize(
    "there", [None, "", '{\n  "schema": "policykit-results/1",\n', '{"schema":"policykit-results/7"}']
)
@pytest.mark.parametrize("place", ["results.json", "build/results.json", "build/deep/results.json", "docs.json"])
def test_results_take_the_place_of_earlier_ones(place: str, there: str | None, desk: Path, type_in: Typed) -> None:
    """A name that is free, an empty file, or results of any format."""
    file = desk / place
    if there is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(there, "utf-8")

    assert type_in(f"check --policy policy --results {place}")[0] == 1

    assert len(json.loads(file.read_text("utf-8"))["checks"]) == 6


def test_pages_without_a_handbook_are_a_folder_like_any(here: Path, type_in: Typed) -> None:
    """`docs` is the folder of the pages only where conf.py stands beside it."""
    assert type_in("check --policy policy --results docs/results.json")[0] == 1
    assert (here / "docs" / "results.json").exists()


@pytest.mark.usefixtures("desk")
def test_results_are_not_read_from_a_pipe() -> None:
    """For whoever reads results, what is no file is as good as missing."""
    with pytest.raises(PolicyError, match="there is no file of results that can be read"):
        read_results(Path("pipe"))
