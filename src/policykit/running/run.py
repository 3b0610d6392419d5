"""One run: every declared check, counted where it was asked for and judged."""

import os
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from policykit import __version__
from policykit.engines import Engine, Engines, Refused, Source, Unit
from policykit.model.canonical import sha256_of
from policykit.model.registers import Register
from policykit.model.results import (
    CheckResult,
    Finding,
    FunctionCode,
    Identity,
    LookupSeen,
    Outcome,
    Refusal,
    RegisterSeen,
    Run,
)
from policykit.problems import Problem
from policykit.reading import Ground
from policykit.rules import Check, pairs_of, reads
from policykit.running.in_effect import dated
from policykit.running.judge import judge
from policykit.running.records import Records, odd_problems
from policykit.running.results_file import Results

Answer = TypeVar("Answer")
Clock = Callable[[], datetime]
Listed = Callable[[Check, tuple[Unit, ...] | Refused], None]
"""Takes the units of a check that violate, cannot be told or cannot be read, right after they were counted."""

MOST_KEYS = 10_000
"""Not more units than this are listed of one check."""


def run_checks(
    ground: Ground,
    *,
    engines: Callable[[], Engine[Source]] = Engines,
    only: Container[str] | None = None,
    progress: Callable[[CheckResult], None] | None = None,
    refused: Callable[[Problem], None] | None = None,
    listed: Listed | None = None,
    now: Clock,
) -> Results:
    """Run the checks that are named, all without `only`; the others stay as not run.

    Every declared check has its place in the results from the start, so nothing can be missing from them. Where the
    run is interrupted (KeyboardInterrupt), it ends with what it has and is not complete. No result holds a key: they
    are handed to `listed` alone. What is wrong with a register is told to `refused`, once, with the details that no
    result keeps: that it cannot be opened, that values in it cannot be read.
    """
    started = now()
    checks = [ground.pack.checks[name] for name in sorted(ground.pack.checks)]
    results = {check.id: judge(check, None, ground) for check in checks}
    chosen = [check for check in checks if only is None or check.id in only]
    seen: tuple[RegisterSeen, ...] | None = None
    with engines() as engine, suppress(KeyboardInterrupt):
        counter = _Counter(engine, ground, (listed, refused), now)
        for check in chosen:
            if results[check.id].outcome is not Outcome.NOT_APPLICABLE:
                results[check.id] = judge(check, counter.find(check), ground)
            if progress:
                progress(results[check.id])
        counting = [check for check in chosen if results[check.id].outcome is not Outcome.NOT_APPLICABLE]
        counter.tell_odd([check for check in counting if check.method == "rule"])
        if len(chosen) == len(results):
            seen = counter.registers_seen(counting)
    complete = len(chosen) == len(results) and seen is not None
    run = _run(ground, engine.name, (started, max(started, now())), complete=complete)
    return Results(run=run, checks=tuple(results.values()), registers=seen or ())


class _Counter:
    """Finds what counting a check brings, on the records of one run."""

    def __init__(
        self,
        engine: Engine[Source],
        ground: Ground,
        hearers: tuple[Listed | None, Callable[[Problem], None] | None],
        now: Clock,
    ) -> None:
        self._engine = engine
        self._ground = ground
        self._setting = ground.setting
        self._records = Records(engine, ground)
        self._listed, self._refused = hearers
        self._told = set[Problem]()
        self._now = now

    def find(self, check: Check) -> Finding | None:
        """The finding of a check; None where nothing here can carry it out."""
        if check.method == "python":
            return None
        return Finding() if check.method == "attestation" else self._count(check)

    def _count(self, check: Check) -> Finding:
        began = self._now()
        names = tuple(reads(check, self._setting))
        if shut := self._records.refusal(names):
            self._tell(shut.problem(self._ground.organisation.folder))
            refusal = Refusal(register_=shut.register.id, why=shut.refused.kind)
            return Finding(refused=refusal, records=self._records.used(names), seconds=self._since(began))
        if any(day > self._ground.as_at for day in dated(check, self._ground).values()):
            return Finding(records=self._records.used(names), seconds=self._since(began))
        counted = self._engine.count(check, self._setting)
        seconds, records = self._since(began), self._records.used(names)
        if isinstance(counted, Refused):
            changed = counted.kind == "records-changed"
            message = "records-changed.counting" if changed else "check-stopped.counting"
            self._tell(self._ground.pack.problem(check.id, message, check=check.id, why=counted.why))
            return Finding(refused=Refusal(why=counted.kind), records=records, seconds=seconds)
        counts = counted.counts
        if self._listed and counts.violate + counts.unknown + counts.unreadable:  # of the very records just counted
            self._listed(check, self._engine.keys(check, self._setting, MOST_KEYS))
        return Finding(counts=counts, rows=counted.rows, by=counted.by, records=records, seconds=seconds)

    def tell_odd(self, checks: Sequence[Check]) -> None:
        """Tell what is odd in the registers of the organisation that these checks read, where somebody listens."""
        opened = self._opened(checks) if self._refused else []
        for problem in odd_problems(self._engine, self._ground, opened, checks):
            self._tell(problem)

    def registers_seen(self, checks: Sequence[Check]) -> tuple[RegisterSeen, ...]:
        """How much of each register of the organisation, that could be opened, these checks look at."""
        return tuple(self._seen(name, checks) for name in self._opened(checks))

    def _opened(self, checks: Sequence[Check]) -> list[str]:
        """The registers of the organisation that checks read and that could be opened, in order."""
        names = {name for check in checks for name in dated(check, self._ground)}
        return [name for name in sorted(names) if self._records.refusal([name]) is None]

    def _seen(self, name: str, checks: Sequence[Check]) -> RegisterSeen:
        [used], own = self._records.used([name]), [check for check in checks if check.register_ == name]
        register, unseen = self._ground.pack.registers[name], None
        if own and all(check.method == "rule" for check in own):
            unseen = _unless_refused(self._engine.unseen(register, own, self._setting))
        in_no_scope, outside = unseen or (None, None)
        lookups = tuple(self._lookups(register, checks))
        return RegisterSeen(
            register_=name, rows=used.rows or 0, in_no_scope=in_no_scope, outside=outside, lookups=lookups
        )

    def _lookups(self, register: Register, checks: Sequence[Check]) -> Iterator[LookupSeen]:
        rules = (check for check in checks if check.method == "rule")
        pairs = dict.fromkeys(pair for check in rules for pair in pairs_of(check, self._setting))
        kept = self._ground.organisation.profile.records
        ours = [pair for pair in sorted(pairs) if pair.register == register.id and pair.ours in kept]
        found = _unless_refused(self._engine.strangers(register, ours)) if ours else None
        for pair, number in zip(ours, found or (), strict=bool(found)):
            yield LookupSeen(match=dict(pair.match), from_=pair.ours, meets_nobody=number)

    def _since(self, began: datetime) -> float:
        return max(0.0, round((self._now() - began).total_seconds(), 3))  # a clock may be set back meanwhile

    def _tell(self, problem: Problem) -> None:
        if self._refused and problem not in self._told:
            self._told.add(problem)
            self._refused(problem)


def _unless_refused(found: Answer | Refused) -> Answer | None:
    """What is told of a register besides; where it cannot be had nothing is said."""
    return None if isinstance(found, Refused) else found


def folder_of(ground: Ground) -> str:
    """The organisation's folder as it is named from beside the policy's, in it or next to it.

    Of a folder further away only a digest: where it lies on somebody's machine is nobody else's business.
    """
    named = Path(os.path.relpath(ground.organisation.folder, ground.pack.folder.parent))
    far_away = named.is_absolute() or named.parts[:2] == ("..", "..")
    return f"elsewhere-{sha256_of(named.as_posix().encode())[7:23]}" if far_away else named.as_posix()


def code_of(module: Path, ground: Ground) -> FunctionCode:
    """The module of a test function, as it is now."""
    path = Path(os.path.relpath(module, ground.pack.folder.parent)).as_posix()
    return FunctionCode(path=path, sha256=sha256_of(module.read_bytes()))


def _run(ground: Ground, engine: str, times: tuple[datetime, datetime], *, complete: bool) -> Run:
    started, finished = (time.astimezone(UTC).replace(microsecond=0) for time in times)
    pack, organisation = ground.pack, ground.organisation
    return Run(
        id=f"{started:%Y-%m-%dT%H:%M:%SZ}-1",
        as_at=ground.as_at,
        today=organisation.profile.today(started),
        what_if=ground.as_at != organisation.as_at,
        started=started,
        finished=finished,
        complete=complete,
        policykit=__version__,
        engine=engine,
        pack=Identity(id=pack.policy.id, edition=pack.policy.edition, digest=pack.digest),
        organisation=Identity(id=organisation.profile.id, folder=folder_of(ground), digest=organisation.digest),
    )
