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


def test_what_is_planted_is_what_check_finds(type_in: Typed) -> None:
    """From one command to the next: so many rows, that day, these breaches."""
    code, out, _ = type_in("example ours --size 2000 --as-at 2026-11-02 --seed 5 --plant CHK-MEETINGS=2")
    assert (code, out) == (0, "The example organisation: ours\n")
    code, out, _ = type_in("check --organisation ours --strict")
    assert code == 1
    assert "2 of 76 meetings of the last year that we were asked to do not conform" in out
    assert "as at 2 November 2026" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--plant CHK-MEETINGS", "'CHK-MEETINGS' is not of the form CHECK=N."),
        ("--plant CHK-MEETINGS=-1", "'CHK-MEETINGS=-1' is not of the form CHECK=N."),
        ("--plant CHK-MEETINGS=many", "'CHK-MEETINGS=many' is not of the form CHECK=N."),
        ("--plant CHK-NONE=1", "There is no check CHK-NONE."),
        ("--plant CHK-NONE=0", "There is no check CHK-NONE."),
        ("--plant CHK-RELEVANT-SAMPLE=1", "Breaches of CHK-RELEVANT-SAMPLE cannot be planted"),
        ("--plant CHK-PUBLISHED=2", "CHK-PUBLISHED judges the organisation as a whole"),
        ("--size 0", "--size"),
        ("--as-at 2026-02-30", "'2026-02-30'"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(options: str, said: str, here: Path, type_in: Typed) -> None:
    """One sentence, exit code 2, and no folder."""
    code, out, err = type_in(f"example ours {options}")
    assert (code, out) == (2, "")
    assert said in err
    assert not (here / "ours").exists()


def test_an_example_in_other_files_is_not_multiplied(here: Path, type_in: Typed) -> None:
    """Only CSV files can be made into others."""
    profile = here / "policy" / "example" / "organisation.yaml"
    profile.write_text(profile.read_text("utf-8").replace("staff.csv", "staff.parquet"), "utf-8")
    _, _, err = type_in("example ours --size 10")
    assert err == "An organisation is made from CSV files, and the example's staff is none.\n"


def test_nothing_planted_is_an_organisation_without_a_breach(type_in: Typed) -> None:
    """With 0 breaches of a check there is none of any other either, waivers and all."""
    assert type_in("example ours --plant CHK-MEETINGS=0") == (0, "The example organisation: ours\n", "")
    code, out, _ = type_in("check --organisation ours --strict")
    assert (code, "do not conform" in out, "waived" in out.lower()) == (0, False, False)
