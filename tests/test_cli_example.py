"""`policykit example`, typed as a person types it."""

import shutil
from pathlib import Path

import pytest
from tests.commands import Typed

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
    [("--as-at 2026-02-30", "'2026-02-30'"), ("--as-at 1900-01-01", "before 1900"), ("--size 9", "--size")],
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
