"""`policykit example`, typed as a person types it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from tests.commands import Typed

import policykit as pk

POLICY = Path(__file__).parents[1] / "policy"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own with the first pack in it."""
    shutil.copytree(POLICY, tmp_path / "policy")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_options_the_example_is_copied_as_it_is(here: Path, type_in: Typed) -> None:
    """Byte for byte."""
    assert type_in("example ours") == (0, "The example organisation: ours\n", "")
    theirs = here / "policy" / "example"
    for path in theirs.rglob("*"):
        if path.is_file():
            assert (here / "ours" / path.relative_to(theirs)).read_bytes() == path.read_bytes()


def test_the_example_is_made_for_another_day(type_in: Typed) -> None:
    """From one command to the next: that day, and what came out on the example's own day still does."""
    assert type_in("example ours --as-at 2026-11-02") == (0, "The example organisation: ours\n", "")
    code, out, _ = type_in("check --organisation ours --strict")
    assert code == type_in("check --strict")[0]
    assert "as at 2 November 2026" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--as-at 2026-02-30", "'2026-02-30'"),
        ("--as-at tomorrow", "'tomorrow'"),
        ("--as-at 1900-01-01", "before 1900"),
        ("--size 9", "--size"),
    ],
)
def test_a_copy_that_cannot_be_made_is_refused(options: str, said: str, here: Path, type_in: Typed) -> None:
    """One sentence, exit code 2, and no folder."""
    code, out, err = type_in(f"example ours {options}")
    assert (code, out) == (2, "")
    assert said in err
    assert not (here / "ours").exists()


def test_an_example_in_other_files_is_not_moved(here: Path, type_in: Typed) -> None:
    """Only CSV files can be moved to another day."""
    profile = here / "policy" / "example" / "organisation.yaml"
    profile.write_text(profile.read_text("utf-8").replace("staff.csv", "staff.parquet"), "utf-8")
    _, _, err = type_in("example ours --as-at 2026-11-02")
    assert err == "An organisation is made from CSV files, and the example's staff is none.\n"


def profile_of(folder: Path) -> dict[str, object]:
    """What an organisation says of itself."""
    profile: dict[str, object] = yaml.safe_load((folder / "organisation.yaml").read_text("utf-8"))
    return profile


def test_an_example_made_for_today_lives_and_one_for_a_day_does_not(here: Path, type_in: Typed) -> None:
    """Today is no day of its own, and its runs are remembered; another day is written down, and nothing is kept."""
    assert type_in("example build/example --as-at today")[0] == 0
    lives = profile_of(here / "build" / "example")
    assert (lives.get("as_at"), lives["ledger"]) == (None, "runs.jsonl")
    assert type_in("check --organisation build/example")[0] == 1  # a part of a must has no check yet

    type_in("example ours --as-at 2026-11-02")
    fixed = profile_of(here / "ours")
    assert (str(fixed["as_at"]), "ledger" in fixed) == ("2026-11-02", False)


def test_today_is_the_day_that_the_clock_tells_where_the_organisation_is(here: Path) -> None:
    """A quarter past eleven at night in Greenwich is tomorrow in a London summer."""
    late = datetime(2027, 6, 5, 23, 15, tzinfo=UTC)
    pk.load("policy").copy_example(here / "ours", "today", now=lambda: late)
    assert str(profile_of(here / "ours")["records"]["staff"]["taken_on"]) == "2027-06-04"  # type: ignore[index]
    assert str(pk.load("policy").organisation(here / "ours", now=lambda: late).as_at) == "2027-06-06"
