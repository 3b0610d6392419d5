"""One run: every declared check, counted where it was asked for and judged; and its records, opened once each."""

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath

from policykit.engines import Counted, Engine, Engines, Opened, Refused, Source, Table, Unit
from policykit.model.organisation import RecordSource
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult, Finding, Identity, RecordsUsed, Run
from policykit.reading import Ground, Organisation
from policykit.rules import Check, reads
from policykit.running.judge import judge
from policykit.running.results_file import Results
from policykit.version import __version__

Clock = Callable[[], datetime]
Listed = Callable[[Check, tuple[Unit, ...] | Refused], None]
"""Takes the units of a check that violate or cannot be told, right after they were counted."""

MOST_KEYS = 10_000
"""Not more units than this are listed of one check."""


def run_checks(
    ground: Ground,
    *,
    engines: Callable[[], Engine[Source]] = Engines,
    only: Container[str] | None = None,
    progress: Callable[[CheckResult], None] | None = None,
    listed: Listed | None = None,
    now: Clock,
) -> Results:
    """Run the checks that are named, all without `only`; the others stay as not run.

    Every declared check has its place in the results from the start, so nothing can be missing from them. Where the
    run is interrupted (KeyboardInterrupt), it ends with what it has and is not complete. No result holds a key: they
    are handed to `listed` alone.
    """
    started = now()
    checks = [ground.pack.checks[name] for name in sorted(ground.pack.checks)]
    results = {check.id: judge(check, None, ground) for check in checks}
    chosen = [check for check in checks if only is None or check.id in only]
    left = {check.id for check in chosen}
    with engines() as engine, suppress(KeyboardInterrupt):
        counter = _Counter(engine, ground, listed, now)
        for check in chosen:
            if results[check.id].outcome is not Outcome.NOT_APPLICABLE:
                results[check.id] = judge(check, counter.find(check), ground)
            left.remove(check.id)
            if progress:
                progress(results[check.id])
    complete = len(chosen) == len(results) and not left
    run = _run(ground, engine.name, (started, max(started, now())), complete=complete)
    return Results(run=run, checks=tuple(results.values()))


class _Counter:
    """Finds what counting a check brings, on the records of one run."""

    def __init__(self, engine: Engine[Source], ground: Ground, listed: Listed | None, now: Clock) -> None:
        self._engine = engine
        self._setting = ground.setting
        self._records = Records(engine, ground)
        self._listed = listed
        self._now = now

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
        self._list(check, counted)
        return Finding(counts=counted.counts, rows=counted.rows, by=counted.by, records=records, seconds=seconds)

    def _list(self, check: Check, counted: Counted) -> None:
        """Hand over the keys of what does not conform, of the very records that were counted."""
        if self._listed and counted.counts.violate + counted.counts.unknown:
            self._listed(check, self._engine.keys(check, self._setting, MOST_KEYS))


def _run(ground: Ground, engine: str, times: tuple[datetime, datetime], *, complete: bool) -> Run:
    started, finished = (time.astimezone(UTC).replace(microsecond=0) for time in times)
    pack, organisation = ground.pack, ground.organisation
    return Run(
        id=f"{started:%Y-%m-%dT%H:%M:%SZ}-1",
        as_at=ground.as_at,
        started=started,
        finished=finished,
        complete=complete,
        policykit=__version__,
        engine=engine,
        pack=Identity(id=pack.policy.id, edition=pack.policy.edition, digest=pack.digest),
        organisation=Identity(id=organisation.profile.id, digest=organisation.digest),
    )


class Records:
    """The registers of one run, opened when a check first reads them."""

    def __init__(self, engine: Engine[Source], ground: Ground) -> None:
        self._engine = engine
        self._ground = ground
        self._registers = ground.setting.registers
        self._sources = ground.organisation.profile.records
        self._opened: dict[str, Opened | Refused | None] = {}

    def refusal(self, names: Iterable[str]) -> str | None:
        """The first register that cannot be opened and why; None where all are open."""
        opened = ((name, self._open(name)) for name in names)
        refused = ((name, found.why) for name, found in opened if isinstance(found, Refused))
        return next((f"{cannot_be_opened(self._registers[name].title)}{why}" for name, why in refused), None)

    def used(self, names: Iterable[str]) -> tuple[RecordsUsed, ...]:
        """What is kept of the registers that the organisation takes from its systems."""
        return tuple(self._used(name, self._sources[name]) for name in names if name in self._sources)

    def _used(self, name: str, source: RecordSource) -> RecordsUsed:
        found = self._open(name)
        rows = found.rows if isinstance(found, Opened) else None
        # A register that was refused has a digest too: once its file is mended, the result is no longer of these bytes.
        digest = found.digest if isinstance(found, Opened) else _digest_of(self._locate(source))
        return RecordsUsed(register_=name, taken_on=source.taken_on, rows=rows, digest=digest, stale=False)

    def _open(self, name: str) -> Opened | Refused | None:
        """Open a register, once; None for one that is built in."""
        if name not in self._opened:
            self._opened[name] = None if self._build_in(name) else self._open_source(name)
        return self._opened[name]

    def _build_in(self, name: str) -> bool:
        rows = self._ground.built_in.get(name)
        if rows is not None:
            self._engine.build_in(self._registers[name], rows)
        return rows is not None

    def _open_source(self, name: str) -> Opened | Refused:
        if name not in self._sources:
            return Refused("the organisation lists no records for it")
        source = self._locate(self._sources[name])
        return source if isinstance(source, Refused) else self._engine.open(self._registers[name], source)

    def _locate(self, source: RecordSource) -> Source | Refused:
        return locate(self._ground.organisation.folder, source)


def cannot_be_opened(title: str) -> str:
    """How the reason begins where a register was refused; what follows says why."""
    return f"{title} cannot be opened: "


def record_digests(organisation: Organisation) -> Mapping[str, str | None]:
    """The digest of each register's file as it is now; None where the file is not at hand, and for a database."""
    sources = organisation.profile.records
    return {register: _digest_of(locate(organisation.folder, source)) for register, source in sources.items()}


def locate(folder: Path, source: RecordSource) -> Source | Refused:
    """The table of a register, or its file, which must lie in the organisation's folder, links followed.

    What a Spark is to read may be a folder too.
    """
    if source.source is None:
        return Table(source.url_env or "", source.table or "")
    found = _locate_file(folder, source.source, may_be_folder=source.url_env is not None)
    return Table(source.url_env, "", found) if source.url_env and isinstance(found, Path) else found


def _locate_file(folder: Path, named: str, *, may_be_folder: bool) -> Path | Refused:
    if Path(named).is_absolute() or PureWindowsPath(named).anchor:
        return Refused("its file must be named from the organisation's folder")
    try:
        path = (folder / named).resolve()
        if not path.is_relative_to(folder.resolve()):
            return Refused("its file lies outside the organisation's folder")
        if not path.exists():
            return Refused(f"the file {named} is missing")
        return path if path.is_file() or may_be_folder else Refused(f"{named} is not a file")
    except (OSError, ValueError, RuntimeError):  # too long a name, a character no name has, links in a circle
        return Refused("its file cannot be found")


def _digest_of(source: Source | Refused) -> str | None:
    if not isinstance(source, Path):
        return None
    try:
        with source.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError:
        return None
