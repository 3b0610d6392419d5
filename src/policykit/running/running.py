"""One run: every declared check, counted where it was asked for and judged by whom the caller names."""

from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime

from policykit.engines import Engine, Refused, Source
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult, Finding, Identity, Results, Run
from policykit.reading import Organisation, Pack, built_in_rows, setting_of
from policykit.rules import Check, Setting, reads
from policykit.running.records import Records
from policykit.version import __version__

Judge = Callable[[Check, Finding | None, Pack, Organisation, date], CheckResult]
"""What became of a check; the finding is None where it was not run."""

Clock = Callable[[], datetime]


def run_checks(
    pack: Pack,
    organisation: Organisation,
    *,
    as_at: date,
    engine_factory: Callable[[], Engine[Source]],
    judge: Judge,
    now: Clock,
    select: Container[str] | None = None,
    progress: Callable[[CheckResult], None],
) -> Results:
    """Run the checks that are selected, all without `select`; the others stay as not run.

    Every declared check has its place in the results from the start, so nothing can be missing from them. Where the
    run is interrupted (KeyboardInterrupt), it ends with what it has and is not complete.
    """
    started = now()
    results = {check.id: judge(check, None, pack, organisation, as_at) for check in _in_order(pack)}
    chosen = [check for check in _in_order(pack) if select is None or check.id in select]
    left = {check.id for check in chosen}
    with engine_factory() as engine, suppress(KeyboardInterrupt):
        counter = _Counter.of(engine, pack, organisation, as_at, now)
        for check in chosen:
            if results[check.id].outcome is not Outcome.NOT_APPLICABLE:
                results[check.id] = judge(check, counter.find(check), pack, organisation, as_at)
            left.remove(check.id)
            progress(results[check.id])
    complete = len(chosen) == len(results) and not left
    run = _run(pack, organisation, as_at, engine.name, (started, max(started, now())), complete=complete)
    return Results(run=run, checks=tuple(results.values()))


def _in_order(pack: Pack) -> Iterator[Check]:
    return (pack.checks[name] for name in sorted(pack.checks))


class _Counter:
    """Finds what counting a check brings, on the records of one run."""

    def __init__(self, engine: Engine[Source], setting: Setting, records: Records, now: Clock) -> None:
        self._engine = engine
        self._setting = setting
        self._records = records
        self._now = now

    @classmethod
    def of(cls, engine: Engine[Source], pack: Pack, organisation: Organisation, as_at: date, now: Clock) -> "_Counter":
        setting = setting_of(pack, organisation, as_at)
        built_in = built_in_rows(pack, organisation.facts, organisation.profile.id, as_at)
        return cls(engine, setting, Records(engine, organisation, setting.registers, built_in), now)

    def find(self, check: Check) -> Finding | None:
        """The finding of a check; None where nothing here can carry it out."""
        if check.method == "python":
            return None
        return Finding() if check.method == "attestation" else self._count(check)

    def _count(self, check: Check) -> Finding:
        began = self._now()
        names = tuple(reads(check, self._setting))
        refused = self._records.refusal(names)
        counted = Refused(refused) if refused else self._engine.count(check, self._setting)
        seconds = max(0.0, round((self._now() - began).total_seconds(), 3))  # a clock may be set back meanwhile
        records = self._records.used(names)
        if isinstance(counted, Refused):
            return Finding(refused=counted.why, records=records, seconds=seconds)
        return Finding(counts=counted.counts, rows=counted.rows, by=counted.by, records=records, seconds=seconds)


def _run(
    pack: Pack,
    organisation: Organisation,
    as_at: date,
    engine: str,
    times: tuple[datetime, datetime],
    *,
    complete: bool,
) -> Run:
    started, finished = (time.astimezone(UTC).replace(microsecond=0) for time in times)
    return Run(
        id=f"{started:%Y-%m-%dT%H:%M:%SZ}-1",
        as_at=as_at,
        started=started,
        finished=finished,
        complete=complete,
        policykit=__version__,
        engine=engine,
        pack=Identity(id=pack.policy.id, edition=pack.policy.edition, digest=pack.digest),
        organisation=Identity(id=organisation.profile.id, digest=organisation.digest),
    )
