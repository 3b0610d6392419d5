"""Outcomes of checks and duties: their order and their words live here and nowhere else."""

from enum import Enum


class Outcome(Enum):
    """What a check or duty came to, worst first, with the word a reader sees."""

    FAIL = ("fail", "Not met")
    ERROR = ("error", "Could not be checked")
    STALE = ("stale", "Out of date")
    UNKNOWN = ("unknown", "Cannot tell")
    NO_DATA = ("no-data", "No records")
    NOT_RUN = ("not-run", "Not checked")
    NO_CHECK = ("no-check", "No check")
    ATTESTATION_DUE = ("attestation-due", "Confirmation due")
    ATTESTED = ("attested", "Confirmed")
    PASS = ("pass", "Met")
    NOT_APPLICABLE = ("not-applicable", "Does not apply")

    def __init__(self, code: str, word: str) -> None:
        self.code = code
        self.word = word

    @property
    def badness(self) -> int:
        """0 for the worst; the outcome of a duty is the worst of its checks."""
        return list(Outcome).index(self)

    @classmethod
    def of(cls, code: str) -> "Outcome":
        """The outcome with that code; raises KeyError for any other text."""
        return {outcome.code: outcome for outcome in cls}[code]
