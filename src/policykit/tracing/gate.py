"""The gate: which outcomes stop a pipeline, and with which exit code."""

from collections.abc import Iterable
from dataclasses import dataclass

from policykit.model.results import CheckResult, Outcome
from policykit.problems import ExitCode

_WELL = {Outcome.ATTESTED, Outcome.PASS, Outcome.NOT_APPLICABLE}
GATEABLE = tuple(outcome for outcome in Outcome if outcome not in {Outcome.NO_CHECK, *_WELL})
"""The outcomes of a check that `--fail-on` may name: all that are not well."""


@dataclass(frozen=True)
class Gate:
    """What trips: these outcomes, of checks of severity must (all checks where strict).

    A fail that a waiver in date covers does not trip, unless waivers are not to be counted.
    """

    fail_on: frozenset[Outcome] = frozenset({Outcome.FAIL, Outcome.ERROR})
    strict: bool = False
    waivers: bool = True

    def trips(self, result: CheckResult) -> bool:
        """Whether one result stops a pipeline."""
        weighs = self.strict or result.severity == "must"
        return weighs and result.outcome in self.fail_on and not (self.waivers and is_waived(result))

    def exit_code(self, results: Iterable[CheckResult]) -> ExitCode:
        """The exit code of a run whose input was good."""
        tripped = {result.outcome for result in results if self.trips(result)}
        if Outcome.ERROR in tripped:
            return ExitCode.CHECK_ERROR
        return ExitCode.GATED if tripped else ExitCode.OK


def is_waived(result: CheckResult) -> bool:
    """Whether it fails under a waiver in date that covers it."""
    return result.outcome is Outcome.FAIL and result.waiver is not None and result.waiver.state == "covers"
