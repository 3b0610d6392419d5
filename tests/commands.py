"""Typing commands: the smallest pack, copied to where they are typed, and what a command says and leaves with."""

import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from policykit.cli import main

LIBRARY = Path(__file__).parent / "packs" / "library"

Typed = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the smallest pack, which the commands are typed beside."""
    shutil.copytree(LIBRARY, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command: its exit code, what it says, and what it says on the error stream."""

    def typed(words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["policykit", *shlex.split(words)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return typed
