"""Typing commands: the smallest pack, copied to where they are typed, and what a command says and leaves with."""

import shlex
import shutil
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Protocol

import pytest

from policykit.cli import main

LIBRARY = Path(__file__).parent / "packs" / "library"


class Typed(Protocol):
    """Type a command, on the day that it is or on another (2026-05-01): its exit code and what it says."""

    def __call__(self, words: str, on: str | None = None) -> tuple[int, str, str]:
        """The exit code, what is said, and what is said on the error stream."""


def noon(day: str) -> datetime:
    """The middle of a day."""
    return datetime.combine(date.fromisoformat(day), time(12), UTC)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the smallest pack, which the commands are typed beside."""
    shutil.copytree(LIBRARY, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command: its exit code, what it says, and what it says on the error stream."""

    def typed(words: str, on: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["policykit", *shlex.split(words)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as left:
            main(now=None if on is None else lambda: noon(on))
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return typed
