"""What a file that a run writes may take the place of, and the folders that are there for something else."""

import stat
from collections.abc import Callable, Iterable
from pathlib import Path

GIVEN_AWAY = {
    "policy.yaml": "the folder is the policy's",
    "objects.inv": "the folder holds pages of a handbook",
}
"""Files that give away what a folder is for."""

_START = 1000
"""So many bytes at its beginning tell a file of ours from any other."""


def why_not_replaced(path: Path, noun: str, is_ours: Callable[[bytes], bool]) -> str | None:
    """Why nothing may be written in the place of what stands there: only a file that begins like one of ours may go.

    A file with nothing in it may go too. What is no file is never opened, because nobody may ever write to a pipe.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return f"{path} has no place - name a file in a folder."
    if stat.S_ISLNK(mode):
        return f"{path} is a link - name the file itself."
    if not stat.S_ISREG(mode):
        return f"{path} is not a file - name one."
    with path.open("rb") as file:
        start = file.read(_START)
    return f"{path} is there already, and is no {noun} - name another file." if start and not is_ours(start) else None


def why_not_within(path: Path, why_not_in: Callable[[Path], str | None]) -> str | None:
    """The first reason against the folder of a file, links followed, or against one that this lies in."""
    folder = path.absolute().parent.resolve()
    return next((why for each in (folder, *folder.parents) if (why := why_not_in(each))), None)


def why_given_away(folder: Path, files: Iterable[tuple[str, str]] = GIVEN_AWAY.items()) -> str | None:
    """What a folder is there for, as one of these files in it says."""
    return next((why for name, why in files if (folder / name).is_file()), None)


def is_beside_conf(folder: Path) -> bool:
    """Whether a handbook is made here: `conf.py` stands beside the folder."""
    return (folder.parent / "conf.py").is_file()
