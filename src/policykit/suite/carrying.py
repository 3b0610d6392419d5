"""A check that a test function carries out: what it counted becomes a result, and nothing else of it is told."""

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest

from policykit.model.results import CheckResult, Counts, Finding, Outcome
from policykit.rules import Check
from policykit.running import judge
from policykit.suite.desk import Desk
from policykit.suite.keeping import EVIDENCE, packed
from policykit.suite.open_records import OpenRecords, RecordsRefusedError
from policykit.suite.saying import NotAsItShouldBeError, said
from policykit.suite.tally import Tally
from policykit.suite.weighing import weigh

SKIPPED = "its test function was skipped, so the check was not run"
ENDED = "a test function ended the run"


class Carrier:
    """One test function at work: the check that it carries out, the open records, and what came of it."""

    def __init__(self, check: Check, desk: Desk) -> None:
        self.check, self.desk = check, desk
        self.records = OpenRecords(check, desk.ground)
        self.result: CheckResult | None = None

    def carry_out(self, function: Callable[[], object]) -> None:
        """Run the function, judge what it counted, and weigh the result as that of any check."""
        unasked = self._judge(None)
        if unasked.outcome is Outcome.NOT_APPLICABLE:
            self.result = unasked
        else:
            self.result = self._judge(self._find(function))
        weigh(self.check, self.result, self.desk)

    def stop(self, error: BaseException) -> None:
        """The function, or what it needs, stopped on an error: the check could not be carried out."""
        self.result = self._judge(self._refused(error))

    def evidence(self) -> list[tuple[str, object]]:
        """What travels with the reports of the test: the result, where there is one."""
        if self.result is None or not self.desk.keeps_results:
            return []
        run = self.desk.blank.run.model_copy(update={"engine": self.records.engine})
        return [(EVIDENCE, packed(self.desk.policy, run, self.result))]

    def _find(self, function: Callable[[], object]) -> Finding:
        if self.records.refused:
            return Finding(refused=self.records.refused, records=self.records.used)
        try:
            with _in_silence():
                counted = function()
        except pytest.skip.Exception:
            stop: BaseException = pytest.skip.Exception(SKIPPED)
        except pytest.exit.Exception as error:
            stop = pytest.exit.Exception(ENDED, error.returncode)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - an assertion's message might hold a row, so none may get out
            return self._refused(error)
        else:
            return self._counted(self.records.recorded if counted is None else counted)
        # Only here is the error with its reason, which might hold a row, out of reach.
        raise stop

    def _counted(self, counted: object) -> Finding:
        if not isinstance(counted, Tally):
            return Finding(refused="its test function returns or records no Tally", records=self.records.used)
        counts = Counts(
            in_scope=counted.conform + counted.violate + counted.unknown,
            conform=counted.conform,
            violate=counted.violate,
            unknown=counted.unknown,
            out=counted.out,
            unreadable=self.records.unreadable,
        )
        return Finding(counts=counts, records=self.records.used)

    def _refused(self, error: BaseException) -> Finding:
        why = f"its test function stopped on an error ({type(error).__name__})"
        return Finding(refused=str(error) if isinstance(error, RecordsRefusedError) else why, records=self.records.used)

    def _judge(self, finding: Finding | None) -> CheckResult:
        return judge(self.check, finding, self.desk.ground)


def tell(carrier: Carrier, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Make a report of a test function say no more than that of any check, whatever was printed, raised or noted."""
    error = call.excinfo.value if call.excinfo else None
    if error is not None and report.failed and report.when != "teardown" and carrier.result is None:
        carrier.stop(error)
    report.sections = []
    report.user_properties = carrier.evidence()
    if report.failed:
        report.longrepr = _said(carrier, error, report.when)
    elif report.skipped and isinstance(report.longrepr, tuple):
        path, line, _ = item.location
        report.longrepr = (path, (line or 0) + 1, f"Skipped: {carrier.result.reason if carrier.result else SKIPPED}")


def _said(carrier: Carrier, error: BaseException | None, when: str | None) -> str:
    if isinstance(error, NotAsItShouldBeError):
        return said(error)
    if when == "teardown" or carrier.result is None:
        return f"What the test function needed could not be cleared away ({type(error).__name__})."
    return f"{carrier.result.outcome.word}: {carrier.result.reason}"


@contextmanager
def _in_silence() -> Iterator[None]:
    """Nothing that a function prints, logs or warns of is heard: it has the records in its hands."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    nowhere = io.StringIO()
    try:
        with redirect_stdout(nowhere), redirect_stderr(nowhere), warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(before)
