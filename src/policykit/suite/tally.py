"""What is read in every pytest run: what a test function says that it counted, its mark, and the key of policies."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policykit.english import say

if TYPE_CHECKING:
    from policykit.suite.results import PolicyRun

MARK = "policykit"
RUNS = pytest.StashKey[dict[Path, "PolicyRun"]]()
"""The policies that one pytest run collects, by folder."""


@dataclass(frozen=True)
class Tally:
    """Units by what became of them: the only thing of a test function that reaches the results.

    `conform`, `violate` and `unknown` are the units in scope; `out` those that the check does not look at. Raises
    ValueError for what is no number of units.
    """

    conform: int = 0
    violate: int = 0
    unknown: int = 0
    out: int = 0

    def __post_init__(self) -> None:
        numbers = (self.conform, self.violate, self.unknown, self.out)
        if any(type(number) is not int or number < 0 for number in numbers):
            raise ValueError(say("suite.usage.whole-numbers"))
