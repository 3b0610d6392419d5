"""One policy of a pytest run: loaded once for all its files, run once for all its items."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

import pytest

from policykit.model.results import CheckResult
from policykit.reading import Ground, Organisation, Pack, load_organisation, load_pack
from policykit.running import Results, run_checks
from policykit.stopping import clearing_up_first
from policykit.tracing import GATEABLE, Gate


class Desk:
    """One policy and its organisation, loaded when the first file asks, and the one run that its items share."""

    def __init__(self, policy: Path, config: pytest.Config) -> None:
        self.policy = policy
        self._config = config
        self._results: Results | None = None

    @cached_property
    def pack(self) -> Pack:
        """The policy; raises PolicyError."""
        return load_pack(self.policy)

    @cached_property
    def organisation(self) -> Organisation:
        """The organisation; raises PolicyError."""
        own: Path | None = self._config.getoption("--policykit-organisation")
        return load_organisation(own or self.policy / self.pack.policy.organisation, self.pack)

    @cached_property
    def ground(self) -> Ground:
        """What everything is judged on; raises PolicyError."""
        asked: date | None = self._config.getoption("--policykit-as-at")
        return Ground.of(self.pack, self.organisation, asked or self.organisation.as_at)

    @property
    def keeps_results(self) -> bool:
        """Whether results are asked for."""
        return bool(self._config.getoption("--policykit-results"))

    @property
    def gate(self) -> Gate:
        """Which outcomes fail an item."""
        return Gate(frozenset(GATEABLE), strict=self._config.getoption("--policykit-strict"))

    @cached_property
    def blank(self) -> Results:
        """Every check as not run: what results are before anything is counted."""
        return self.run(())

    def results(self, selected: Collection[str]) -> Results:
        """The results of the checks that were selected, found when the first item asks."""
        if self._results is None:
            self._results = self.run(selected)
        return self._results

    def run(self, only: Collection[str]) -> Results:
        """Run these checks; when the run is interrupted, pytest hears of it as of Ctrl-C."""
        through: list[CheckResult] = []
        with clearing_up_first():
            results = run_checks(self.ground, only=only, progress=through.append, now=_now)
        if len(through) < len(only):
            raise KeyboardInterrupt
        return results


def _now() -> datetime:
    """The time as pytest tells it; the clock itself is the command line's."""
    return datetime.fromtimestamp(pytest.CallInfo.from_call(lambda: None, "collect").start, UTC)
