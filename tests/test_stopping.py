"""Runs that are told to stop, or are killed: what they leave behind, and who clears it away."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest
from tests.commands import LIBRARY
from tests.functions import CHECK
from tests.sites import SCRIPTS, SECOND
from tests.workbooks import workbook

from policykit.engines import Engines, Opened, PrivateFolder
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.problems import ExitCode
from policykit.stopping import clearing_up_first

ASKED = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
KILLS = int(os.environ.get("POLICYKIT_KILLS", "4"))
"""How often a command is killed at a moment by chance; each other signal comes once for every twelve of these."""

BOOKS = [f"B-{number},On Rain,Mx Sentinel,2026-05-20,red" for number in range(100_000)]
"""So many that a run is still at work on them when it is stopped."""

PATIENCE = 60
"""Seconds after which nobody waits any longer for a file to appear, or for a process to end."""

STOPPED = "Stopped before the end, as the system asked.\n"
AT_WORK = """
import threading
from pathlib import Path

import pytest

@pytest.mark.policykit(check="CHK-SHELVES")
def test_shelves(policykit_records):
    Path("at-work").touch()
    threading.Event().wait()
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest pack with very many books, in a CSV file and, for an organisation of its own, in a workbook."""
    folder = tmp_path_factory.mktemp("shop")
    shutil.copytree(LIBRARY, folder, dirs_exist_ok=True)
    table = folder / "reading_room" / "records" / "books.csv"
    header = table.read_text("utf-8").splitlines()[0]
    table.write_text("\n".join([header, *BOOKS]), "utf-8")
    shutil.copytree(LIBRARY / "reading_room", folder / "in_excel")
    profile = folder / "in_excel" / "organisation.yaml"
    profile.write_text(profile.read_text("utf-8").replace("books.csv", "books.xlsx"), "utf-8")
    rows = [line.split(",") for line in (header, *BOOKS[:20_000])]
    workbook(folder / "in_excel" / "records" / "books.xlsx", rows)
    return folder


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """The temporary folder of the runs."""
    (tmp_path / "room").mkdir()
    return tmp_path / "room"


class Started:
    """A command that runs in a folder, with a temporary folder of its own."""

    def __init__(self, room: Path, cwd: Path, *words: object) -> None:
        self._process = subprocess.Popen(
            [str(word) for word in words],
            cwd=cwd,
            env={**os.environ, "TMPDIR": str(room)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def send_once_there_is(self, place: Path, pattern: str, number: int) -> None:
        """Send a signal as soon as a file appears."""
        end = monotonic() + PATIENCE
        while not any(place.glob(pattern)):
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"it ended with {self._process.wait(0.002)} before there was {pattern}")
            if monotonic() > end:
                pytest.fail(f"there was no {pattern} in {PATIENCE} seconds")
        self._process.send_signal(number)

    def send_after(self, seconds: float, number: int) -> None:
        """Send a signal at a moment, if it has not ended before."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self._process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Its exit code and what it said on the error stream."""
        said = self._process.communicate(timeout=PATIENCE)[1]
        return self._process.returncode, said


def check(shop: Path, room: Path, organisation: str = "reading_room") -> Started:
    """`policykit check`, started."""
    options = ("--policy", "policy", "--organisation", organisation, "--results", room.parent / "results.json")
    return Started(room, shop, SCRIPTS / "policykit", "check", *options)


@pytest.mark.parametrize("moment", ["policykit-*", "*/records.duckdb"])
@pytest.mark.parametrize("number", ASKED, ids=lambda number: number.name)
def test_a_run_that_is_told_to_stop_leaves_no_records(number: int, moment: str, shop: Path, room: Path) -> None:
    """Whatever the signal and the moment: the folder of the records is gone, and the exit code says interrupted."""
    run = check(shop, room)
    run.send_once_there_is(room, moment, number)

    code, said = run.end()

    assert (code, said) == (ExitCode.CHECK_ERROR, STOPPED)
    assert list(room.iterdir()) == []


def test_a_run_that_is_told_to_stop_leaves_no_sheet_of_a_workbook(shop: Path, room: Path) -> None:
    """Neither the copy of the workbook, nor what the process that reads it writes."""
    run = check(shop, room, "in_excel")
    run.send_once_there_is(room, "*/records.duckdb", signal.SIGTERM)

    assert run.end() == (ExitCode.CHECK_ERROR, STOPPED)
    assert list(room.iterdir()) == []


def test_what_a_killed_run_leaves_goes_with_the_next_run(shop: Path, room: Path) -> None:
    """Nobody can clear up when killed; so the next run does, also where several were killed."""
    moments = ("policykit-*", "*/records.duckdb", "*/records.duckdb.wal")
    for moment in moments:
        run = check(shop, room)
        run.send_once_there_is(room, moment, signal.SIGKILL)
        assert run.end()[0] == -signal.SIGKILL
    run = check(shop, room, "in_excel")
    run.send_once_there_is(room, "*/records.duckdb", signal.SIGKILL)
    run.end()
    assert list(room.iterdir())

    code, said = check(shop, room).end()

    assert (code, said) == (ExitCode.GATED, "")
    assert list(room.iterdir()) == []


def test_pytest_that_is_told_to_stop_leaves_no_records(shop: Path, room: Path) -> None:
    """`pytest policy` too; it ends as it does after Ctrl-C."""
    run = Started(room, shop, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "policy")
    run.send_once_there_is(room, "*/records.duckdb", signal.SIGTERM)

    assert run.end()[0] == pytest.ExitCode.INTERRUPTED
    assert list(room.iterdir()) == []


def test_a_test_function_that_is_told_to_stop_leaves_no_records(room: Path, tmp_path: Path) -> None:
    """The records that it has open are closed, although pytest comes to no teardown."""
    project = Path(shutil.copytree(LIBRARY, tmp_path / "project"))
    with (project / "policy" / "checks" / "books.yaml").open("a", encoding="utf-8") as checks:
        checks.write(CHECK.lstrip("\n"))
    (project / "test_shelves.py").write_text(AT_WORK, "utf-8")
    run = Started(room, project, sys.executable, "-m", "pytest", "test_shelves.py")
    run.send_once_there_is(project, "at-work", signal.SIGTERM)

    assert run.end()[0] == pytest.ExitCode.INTERRUPTED
    assert list(room.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_build_that_is_told_to_stop_leaves_no_half_handbook(number: int, room: Path, tmp_path: Path) -> None:
    """Nothing stays beside the handbook but what a whole build leaves there."""
    ignored = shutil.ignore_patterns("build", "_build")
    folder = Path(shutil.copytree(SECOND.conf, tmp_path / "kitchens", ignore=ignored))
    run = Started(room, folder, SCRIPTS / "policykit", "build")
    run.send_once_there_is(folder, "build/.handbook-*", number)

    code, said = run.end()

    assert (code, said) == (ExitCode.CHECK_ERROR, STOPPED)
    assert [path.name for path in (folder / "build").glob("*handbook*")] == []


def test_the_copy_of_records_has_no_name(ours: Path, tmp_path: Path) -> None:
    """While it is read nobody finds it: what holds something has no name but the database."""
    (tmp_path / "people.csv").write_text("ref\nA\n", "utf-8")
    workbook(tmp_path / "more.xlsx", [["ref"], ["A"]])
    seen: set[str] = set()
    with Engines() as engine:
        assert isinstance(engine.open(people("people"), tmp_path / "people.csv"), Opened)
        [folder] = ours.iterdir()
        sys.setprofile(lambda *_: seen.update(each.name for each in os.scandir(folder) if each.stat().st_size))
        try:
            assert isinstance(engine.open(people("more"), tmp_path / "more.xlsx"), Opened)
            assert isinstance(engine.open(people("again"), tmp_path / "people.csv"), Opened)
        finally:
            sys.setprofile(None)

    assert "records.duckdb" in seen
    assert [name for name in seen if name.endswith((".csv", ".xlsx"))] == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A handbook's folder, in which a list of keys may lie too."""
    ignored = shutil.ignore_patterns("build", "_build")
    return Path(shutil.copytree(SECOND.conf, tmp_path / "kitchens", ignore=ignored))


@pytest.mark.parametrize("command", ["check --results kept/results.json --list keys.csv", "build"])
def test_whatever_the_moment_nothing_stays(command: str, room: Path, project: Path) -> None:
    """After a signal at once, and after a kill with the next run, nothing is left but what a whole run leaves."""

    def begin() -> Started:
        return Started(room, project, SCRIPTS / "policykit", *command.split())

    began = monotonic()
    begin().end()
    length = monotonic() - began
    whole = left_in(room, project)
    chance = random.Random(9)  # noqa: S311 - for moments, not for secrets
    for number in (signal.SIGINT, *ASKED) * max(1, KILLS // 12):
        run = begin()
        run.send_after(chance.uniform(0, length), number)
        run.end()
        assert left_in(room, project) == whole, number
    for _ in range(KILLS):
        run = begin()
        run.send_after(chance.uniform(0, length), signal.SIGKILL)
        run.end()

    begin().end()

    assert left_in(room, project) == whole


def left_in(room: Path, project: Path) -> set[str]:
    """The temporary folder and those that commands write to: what is in them, but for what Sphinx and pages are."""
    folders = (room, project, project / "build", project / "kept")
    return {str(path) for folder in folders if folder.exists() for path in folder.iterdir()}


@pytest.mark.parametrize("left", ["nothing of it", "a half one"])
def test_an_old_handbook_goes_back(left: str, room: Path, project: Path) -> None:
    """A build was killed while no handbook was there, on a system without a step for it: the next one puts it back."""
    build = project / "build"
    assert Started(room, project, SCRIPTS / "policykit", "build").end()[0] == ExitCode.OK
    (build / "handbook").rename(build / ".handbook-0a1b2c3d-old")
    if left == "a half one":
        (build / ".handbook-zz_9zzzz").mkdir(mode=0o700)
    (build / ".handbook-pictures").mkdir()
    (project / "docs" / "index.md").write_text("# Nothing\n\n```{nonsense}\n```\n", "utf-8")

    assert Started(room, project, SCRIPTS / "policykit", "build").end()[0] == ExitCode.BAD_INPUT

    assert (build / "handbook" / "objects.inv").is_file()
    assert [path.name for path in build.glob(".handbook-*")] == [".handbook-pictures"]


KILLED_WHILE_IT_IS_GONE = """
import os, sys
from pathlib import Path
from policykit.cli import main

def hook(event, args):
    if event == "os.rename" and not Path("build/handbook").exists():
        os._exit(99)

sys.addaudithook(hook)
sys.argv = ["policykit", "build"]
main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have another step for it, or none")
def test_there_is_a_handbook_at_every_moment(room: Path, project: Path) -> None:
    """A new one takes the place of the old one in one step: nobody can be killed between two."""
    assert Started(room, project, SCRIPTS / "policykit", "build").end()[0] == ExitCode.OK

    code, said = Started(room, project, sys.executable, "-c", KILLED_WHILE_IT_IS_GONE).end()

    assert (code, said) == (ExitCode.OK, "")
    assert (project / "build" / "handbook" / "objects.inv").is_file()


@pytest.fixture
def ours(room: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of this process."""
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    return room


def test_a_run_touches_no_other_run_that_lives(shop: Path, ours: Path) -> None:
    """Two runs at once do not hinder each other."""
    with PrivateFolder() as living:
        (living.path / "books.csv").touch()
        assert check(shop, ours).end() == (ExitCode.GATED, "")
        assert [path.name for path in living.path.iterdir()] == ["books.csv"]
    assert list(ours.iterdir()) == []


def test_only_a_folder_that_a_run_left_is_cleared_away(ours: Path, tmp_path: Path) -> None:
    """Not what a link leads to, not what others may look into, and nothing that is called otherwise."""
    (tmp_path / "mine" / "records").mkdir(parents=True, mode=0o700)
    (tmp_path / "mine").chmod(0o700)
    (ours / "policykit-records-left" / "deep").mkdir(parents=True)
    (ours / "policykit-records-left").chmod(0o700)
    (ours / "policykit-records-open").mkdir()
    (ours / "policykit-records-open").chmod(0o755)
    (ours / "policykit-other").mkdir(mode=0o700)
    (ours / "policykit-records-link").symlink_to(tmp_path / "mine")
    (ours / "policykit-records-file").touch(mode=0o700)
    os.mkfifo(ours / "policykit-records-pipe", 0o700)
    before = {path.name for path in ours.iterdir()}

    PrivateFolder().close()

    assert {path.name for path in ours.iterdir()} == before - {"policykit-records-left"}
    assert (tmp_path / "mine" / "records").is_dir()


def people(name: str) -> Register:
    """A register of nothing but references."""
    shapes = {"ref": FieldShape(type=FieldType.REF, means="reference")}
    return Register(id=name, title="People", about="person", key="ref", fields=shapes)


@pytest.fixture
def _open_to_all() -> Iterator[None]:
    """What this process makes, everybody may read, unless it says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_open_to_all")
def test_records_are_their_owners_only(ours: Path, tmp_path: Path) -> None:
    """Neither the folder nor a file in it may be read by anybody else, and the umask is as it was."""
    (tmp_path / "people.csv").write_text("ref\nA\n", "utf-8")
    with Engines() as engine:
        assert isinstance(engine.open(people("people"), tmp_path / "people.csv"), Opened)
        made = list(ours.rglob("*"))
        assert {path.name for path in made} >= {"records.duckdb"}
        assert [path for path in made if path.stat().st_mode & 0o077] == []
    (ours / "another").touch()
    assert (ours / "another").stat().st_mode & 0o077 == 0o066


def test_signals_of_others_stay_theirs() -> None:
    """What is ignored, as under nohup, or handled by somebody stays so; what nobody handled is as before afterwards."""
    before = {number: signal.getsignal(number) for number in ASKED}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGQUIT, handler := lambda *_: None)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with clearing_up_first():
            inside = [signal.getsignal(number) for number in ASKED]
        after = [signal.getsignal(number) for number in ASKED]
    finally:
        for number, was in before.items():
            signal.signal(number, was)

    assert inside[1:] == [signal.SIG_IGN, handler]
    assert callable(inside[0])
    assert after == [signal.SIG_DFL, signal.SIG_IGN, handler]


def test_who_clears_up_is_not_interrupted_again() -> None:
    """A terminal that closes, a system that ends: signals come in numbers, and only the first is heard."""
    heard: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        heard_while_clearing_up(heard)
    assert heard == [signal.SIGTERM, *ASKED]


def heard_while_clearing_up(heard: list[int]) -> None:
    """Be told to stop, and again while clearing up; what came is there at its very end."""
    with clearing_up_first() as came:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            for number in ASKED:
                signal.raise_signal(number)
            heard += came
