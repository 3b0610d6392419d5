"""Files of a pack: which must be there, which may not, and what cannot be read."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from policykit.problems import Notice, PolicyError
from policykit.reading import load_organisation, load_pack

GOOD = Path(__file__).parent / "cases" / "loading" / "good"
Act = Callable[[Path], object]


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A copy of the good pack, with its organisation beside it."""
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    return tmp_path / "policy"


def _problems(folder: Path) -> list[str]:
    """The problems of a pack, their paths relative to the folder that holds it."""
    with pytest.raises(PolicyError) as caught:
        load_pack(folder)
    return [str(problem).removeprefix(f"{folder.parent.as_posix()}/") for problem in caught.value.problems]


def _many_texts(folder: Path) -> None:
    (folder / "parameters.yaml").write_text("# " + "x" * (1 << 20), "utf-8")


def _link_out(folder: Path) -> None:
    shutil.move(folder / "parameters.yaml", folder.parent / "elsewhere.yaml")
    (folder / "parameters.yaml").symlink_to(folder.parent / "elsewhere.yaml")


def _folder_link_out(folder: Path) -> None:
    shutil.move(folder / "lists", folder.parent / "lists")
    (folder / "lists").symlink_to(folder.parent / "lists")


def _pipe(folder: Path) -> None:
    (folder / "parameters.yaml").unlink()
    os.mkfifo(folder / "parameters.yaml")


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        (lambda p: (p / "policy.yaml").unlink(), "policy/policy.yaml: this file is missing - create it"),
        (lambda p: (p / "law.yaml").unlink(), "policy/law.yaml: this file is missing - create it"),
        (lambda p: (p / "registers.yaml").unlink(), "policy/registers.yaml: this file is missing - create it"),
        (
            lambda p: shutil.rmtree(p / "sources"),
            "policy/sources: there is no .yaml file in this folder - add one",
        ),
        (lambda p: shutil.rmtree(p / "duties"), "policy/duties: there is no .md file in this folder - add one"),
        (lambda p: shutil.rmtree(p / "checks"), "policy/checks: there is no .yaml file in this folder - add one"),
        (
            lambda p: (p / "parameters.yaml").write_bytes(b"# one\n# caf\xe9\n"),
            "policy/parameters.yaml:2: this is not UTF-8 - save the file as UTF-8",
        ),
        (_many_texts, "policy/parameters.yaml: this file is larger than 1 MiB - split it"),
        (_link_out, "policy/parameters.yaml: this link leads out of the folder - put the file itself here"),
        (_folder_link_out, "policy/lists/grades.yaml: this link leads out of the folder - put the file itself here"),
        (_pipe, "policy/parameters.yaml: this is not a file - put a file in its place"),
        (
            lambda p: (p / "checks" / "more.yml").write_text("[]", "utf-8"),
            "policy/checks/more.yml: this file is not read here - give it the ending .yaml, or keep it elsewhere",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(act: Act, problem: str, policy: Path) -> None:
    """It is told once, and nothing that names what stood in it is blamed."""
    act(policy)
    assert _problems(policy) == [problem]


@pytest.mark.parametrize("name", ["nowhere", "policy/policy.yaml"])
def test_a_folder_that_is_none_is_a_problem(name: str, policy: Path) -> None:
    """For a pack and for an organisation alike."""
    with pytest.raises(PolicyError, match="folder"):
        load_pack(policy.parent / name)
    with pytest.raises(PolicyError, match="folder"):
        load_organisation(policy.parent / name, load_pack(policy))


def test_a_link_inside_the_folder_is_followed(policy: Path) -> None:
    """Only what leads out is refused."""
    shutil.move(policy / "parameters.yaml", policy / "lists" / "kept.txt")
    (policy / "parameters.yaml").symlink_to(policy / "lists" / "kept.txt")
    assert "watch_hours" in load_pack(policy).parameters


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n"])
def test_optional_files_may_be_missing_or_empty(text: str | None, policy: Path) -> None:
    """An organisation without waivers or statements, a pack without tables."""
    shutil.rmtree(policy / "decisions")
    for name in ("waivers.yaml", "attestations.yaml"):
        path = policy.parent / "organisation" / name
        path.unlink()
        if text is not None:
            path.write_text(text, "utf-8")
    organisation = load_organisation(policy.parent / "organisation", load_pack(policy))
    assert (organisation.waivers, organisation.attestations, organisation.warnings) == ((), (), ())


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(policy: Path) -> None:
    """A file saved by another editor is the same pack."""
    before = load_pack(policy)
    for path in [*policy.rglob("*.yaml"), *policy.rglob("*.md")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    after = load_pack(policy)
    assert (after.duties, after.checks, after.clauses) == (before.duties, before.checks, before.clauses)


def test_the_digest_is_that_of_what_was_read(policy: Path) -> None:
    """It changes with every file of the pack and with none of the organisation."""
    before = load_pack(policy).digest
    (policy / "notes.txt").write_text("not read", "utf-8")
    (policy.parent / "organisation" / "waivers.yaml").unlink()
    assert load_pack(policy).digest == before
    (policy / "parameters.yaml").write_bytes((policy / "parameters.yaml").read_bytes() + b"\n")
    assert load_pack(policy).digest != before


def test_the_digest_does_not_depend_on_where_the_pack_is(policy: Path, tmp_path: Path) -> None:
    """A pack that was moved is the same pack."""
    shutil.copytree(policy, tmp_path / "moved")
    assert load_pack(policy).digest == load_pack(tmp_path / "moved").digest


def test_every_notice_has_a_name_of_its_own_and_a_sentence() -> None:
    """The page of notices is made from them."""
    assert len({notice.code for notice in Notice}) == len(Notice)
    assert all(notice.sentence.endswith(".") for notice in Notice)
