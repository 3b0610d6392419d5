"""`policykit example --replace`: only what was made so and not changed since is made again, and never by halves."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from tests.commands import LIBRARY, Typed
from tests.sites import SCRIPTS


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with what is in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_example_is_made_again_and_keeps_its_ledger(here: Path, type_in: Typed) -> None:
    """Only where that is asked for; the runs and the packs that it remembers lie in the new one as they were."""
    type_in("example ours --as-at 2026-11-02")
    assert "is already there" in type_in("example ours --as-at today")[2]
    memory = {"runs.jsonl": b"{}\n", "runs.jsonl.torn": b"{", "packs/1.json.gz": b"words"}
    (here / "ours" / "packs").mkdir()
    for name, text in memory.items():
        (here / "ours" / name).write_bytes(text)

    with (here / "ours" / "runs.jsonl").open("ab") as still_open:
        assert type_in("example ours --as-at 2026-11-09 --replace") == (0, "The example organisation: ours\n", "")
        still_open.write(b"{}\n")

    assert "2026-11-09" in (here / "ours" / "organisation.yaml").read_text("utf-8")
    found = files_of(here / "ours")
    assert {name: found[name] for name in memory} == memory | {"runs.jsonl": b"{}\n{}\n"}
    type_in("example other --as-at 2026-11-09")
    assert {name: text for name, text in found.items() if name not in memory} == files_of(here / "other")


def _record_of_theirs(ours: Path) -> None:
    (ours / "records" / "books.csv").write_text("ref\nB-1\n", "utf-8")


def _file_of_theirs(ours: Path) -> None:
    (ours / "records" / "more.csv").write_text("ref\nR-1\n", "utf-8")


def _facts_of_theirs(ours: Path) -> None:
    profile = ours / "organisation.yaml"
    profile.write_text(profile.read_text("utf-8").replace("club", "school"), "utf-8")


def _record_is_a_pipe(ours: Path) -> None:
    (ours / "records" / "books.csv").unlink()
    os.mkfifo(ours / "records" / "books.csv")


def _record_is_a_link(ours: Path) -> None:
    shutil.move(ours / "records" / "books.csv", ours.parent / "books.csv")
    (ours / "records" / "books.csv").symlink_to(ours.parent / "books.csv")


def _link(ours: Path) -> None:
    ours.rename(ours.with_name("there"))
    ours.symlink_to("there")


def _instead(make: Callable[[Path], object], ours: Path) -> None:
    shutil.rmtree(ours)
    make(ours)


THEIRS: dict[str, Callable[[Path], object]] = {
    "a record": _record_of_theirs,
    "another file": _file_of_theirs,
    "facts": _facts_of_theirs,
    "a record that is a pipe": _record_is_a_pipe,
    "a record that is a link": _record_is_a_link,
    "a link": _link,
    "a dead link": partial(_instead, lambda ours: ours.symlink_to("nowhere")),
    "a pipe": partial(_instead, os.mkfifo),
    "a file": partial(_instead, lambda ours: ours.write_text("ref\nR-1\n", "utf-8")),
    "the policy": partial(_instead, lambda ours: shutil.copytree(LIBRARY / "policy", ours)),
    "the policy's example": partial(_instead, lambda ours: shutil.copytree(LIBRARY / "reading_room", ours)),
    "a folder without anything": partial(_instead, lambda ours: ours.mkdir()),
}


@pytest.mark.parametrize("what", THEIRS)
def test_what_is_not_the_example_as_it_was_made_is_never_replaced(what: str, here: Path, type_in: Typed) -> None:
    """One's own records, whatever they lie in; a link, a pipe; and nobody waits for a pipe."""
    type_in("example ours --as-at 2026-11-02")
    THEIRS[what](here / "ours")
    before, kind = files_of(here), (here / "ours").lstat()
    code, _, err = type_in("example ours --as-at today --replace")
    assert (code, files_of(here), (here / "ours").lstat()) == (2, before, kind)
    assert err.startswith("ours is not replaced")


def test_a_device_is_not_replaced(type_in: Typed) -> None:
    """Nothing is made where a device is."""
    assert type_in("example /dev/null --replace")[:2] == (2, "")


def test_an_example_that_does_not_fit_leaves_nothing_and_says_why(here: Path) -> None:
    """A limit on the size of files, as a full disk: one sentence, and what stood there stands."""
    before = sorted(here.iterdir())
    made = subprocess.run(
        [SCRIPTS / "policykit", "example", "ours"],
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (150, 150)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stderr) == (
        2,
        "ours cannot be made: it would be larger than a file may be here. Nothing was changed.\n",
    )
    assert sorted(here.iterdir()) == before


#: Makes the example again, and is killed where it touches a folder for the nth time.
KILLED = """
import os, signal, sys
import policykit as pk
policy, left = pk.load("policy"), int(sys.argv[1])
def look(event, args):
    global left
    writes = event in ("os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "ctypes.dlsym")
    left -= writes or event == "open" and "w" in str(args[1])
    if left < 0:
        left = 1000  # to be killed is an event too
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(look)
policy.copy_example("ours", "2026-11-09", replace=True)
"""


def test_killed_at_any_moment_the_old_example_or_the_new_one_is_there(
    here: Path, type_in: Typed, chance: random.Random
) -> None:
    """With its ledger; what a killed run leaves beside it, the next one removes."""
    type_in("example ours --as-at 2026-11-02")
    before = {path.name for path in here.iterdir()}
    (here / "ours" / "runs.jsonl").write_text("{}\n", "utf-8")
    for moment in range(chance.randrange(4), 28, 4):
        ended = subprocess.run([sys.executable, "-c", KILLED, str(moment)], check=False).returncode
        assert ended in {0, -signal.SIGKILL}
        assert (here / "ours" / "runs.jsonl").read_text("utf-8") == "{}\n"
        assert type_in("example ours --as-at 2026-11-02 --replace")[0] == 0
    assert {path.name for path in here.iterdir()} == before
