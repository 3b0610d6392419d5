"""The door: what `import policykit` offers, made of all rooms below. Nothing here is an idea of its own."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from policykit import reading, tracing
from policykit.door.policy import Policy, load
from policykit.door.rule import Rule
from policykit.engines import Engine, Engines, Source
from policykit.model.results import CheckResult
from policykit.problems import Problem
from policykit.reading import Organisation, Proofs
from policykit.rules import Proof
from policykit.running import Results, record_digests, run_checks
from policykit.tracing import Trace

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["OpenEngines", "Policy", "Rule", "check", "lint", "load", "open_engines", "prove", "trace"]


@dataclass(frozen=True)
class OpenEngines:
    """How runs open their engines: each opens its own, when it begins, and closes them at its end."""

    spark: "SparkSession | None" = None

    def __call__(self) -> Engine[Source]:
        """The engines of one run."""
        return Engines(spark=self.spark)

    def __enter__(self) -> Self:
        """As it is."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave a session of Spark open: it is somebody else's."""


def open_engines(*, spark: "SparkSession | None" = None) -> OpenEngines:
    """The engines for records wherever they are, for `check`; with a session of Spark, its tables are read in that."""
    return OpenEngines(spark)


def check(
    policy: Policy,
    organisation: Organisation | None = None,
    *,
    only: Collection[str] | None = None,
    as_at: date | str | None = None,
    progress: Callable[[CheckResult], None] | None = None,
    engines: Callable[[], Engine[Source]] = OpenEngines(),
) -> Results:
    """Run the checks of a policy on an organisation's records: all, or `only` those that are named.

    Without an organisation it is the policy's example; `as_at` is the organisation's own day unless another is given.
    Each result is handed to `progress` once it is there. A check that was not named stays not checked, and then the run
    is not complete. Raises PolicyError where `only` names what is no check.
    """
    chosen = {only} if isinstance(only, str) else None if only is None else set(only)
    policy.expect(sorted(chosen or ()))
    ground = policy.ground(organisation, as_at)
    return run_checks(ground, engines=engines, only=chosen, progress=progress, now=lambda: datetime.now(UTC))


def trace(policy: Policy, organisation: Organisation, results: Results | None) -> Trace:
    """How everything stands on the day of the results: duties, provisions, what is due, and gaps.

    A result shows only where policy, organisation and records are still those that were checked. Without results every
    check is not checked, as at the organisation's day.
    """
    ground = policy.ground(organisation, results.run.as_at if results else None)
    return tracing.trace(ground, results, record_digests(organisation))


def prove(policy: Policy, check: str) -> Proof:
    """Whether the examples of a check would catch a small mistake in its rule: `gaps` says what they leave open."""
    return Proofs(policy.pack).prove(policy.ruled(check))


def lint(policy: Policy, organisation: Organisation | None = None) -> tuple[Problem, ...]:
    """What loads and still looks like a mistake, in a policy and, where it is given, an organisation."""
    return (*reading.lint(policy.pack, organisation), *(organisation.warnings if organisation else ()))
