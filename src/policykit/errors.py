"""Problems: where, what and what to do. All of a run's problems are reported at once, never only the first."""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Severity(StrEnum):
    """How much a notice weighs: an error stops the command, a warning is only shown."""

    ERROR = "error"
    WARNING = "warning"


class Notice(Enum):
    """Every kind of problem policykit reports: its name, and one sentence that says what it is.

    The page of notices in the handbook is generated from these members.
    """

    FILE_MISSING = ("file-missing", "A file or folder that the format asks for is not there.")

    def __init__(self, code: str, sentence: str, severity: Severity = Severity.ERROR) -> None:
        self.code = code
        self.sentence = sentence
        self.severity = severity


@dataclass(frozen=True, order=True)
class Problem:
    """One problem at one place.

    `path` is relative to the folder that was given, with forward slashes; `line` counts from 1, 0 where a whole
    file or folder is meant.
    """

    path: str
    line: int
    what: str
    remedy: str
    notice: Notice

    def __str__(self) -> str:
        """`path:line: what - remedy`."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.what} - {self.remedy}"


class PolicyError(Exception):
    """Bad input: carries every problem that was found, in order of place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.path, p.line, p.what)))
        super().__init__("\n".join(map(str, self.problems)))
