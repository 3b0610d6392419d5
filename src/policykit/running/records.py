"""The records of an organisation: where each register is, opened once a run; what is wrong with them; one explained.

A record is fetched and explained for the person who asked, and nothing of it is kept.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from policykit.engines import Engine, Engines, Odd, Opened, Refused, Source, Table
from policykit.english import say, say_day
from policykit.model.organisation import RecordSource
from policykit.model.registers import FieldType, Register, Value
from policykit.model.results import RecordsUsed
from policykit.problems import NOTICES, Problem
from policykit.reading import Ground, Organisation
from policykit.rules import (
    Check,
    Explanation,
    Fetch,
    Row,
    Setting,
    Values,
    each_of,
    explain,
    gather,
    pairs_of,
    reads,
    say_each,
)
from policykit.running.in_effect import why_not_applicable

MOST = 10_000
"""A rule that looks up more rows than this for one record cannot be read by anybody."""

MOST_DIGESTED = 500_000
"""Of a register with more rows only the bytes are digested: to digest each row would take longer than all checks."""


@dataclass(frozen=True)
class Shut:
    """A register that cannot be opened, and why."""

    register: Register
    refused: Refused

    def __str__(self) -> str:
        return cannot_be_opened(self.register.title, self.refused.why)

    def problem(self, folder: Path) -> Problem:
        """The same to whoever keeps the records, in an organisation's folder."""
        path = (folder / "organisation.yaml").as_posix()
        return Problem(path, 0, str(self), say(f"running.remedy.{self.refused.kind}"), NOTICES[self.refused.kind])


class Records:
    """The registers of one run, opened when a check first reads them."""

    def __init__(self, engine: Engine[Source], ground: Ground) -> None:
        self._engine = engine
        self._folder = ground.organisation.folder
        self._built_in = ground.built_in
        self._registers = ground.setting.registers
        self._sources = ground.organisation.profile.records
        self._nil_returns = ground.organisation.profile.nil_returns
        self._opened: dict[str, Opened | Refused | None] = {}
        self._values: dict[str, str | None] = {}

    def refusal(self, names: Iterable[str]) -> Shut | None:
        """The first register that cannot be opened and why; None where all are open."""
        opened = ((name, self._open(name)) for name in names)
        refused = ((name, found) for name, found in opened if isinstance(found, Refused))
        return next((Shut(self._registers[name], found) for name, found in refused), None)

    def used(self, names: Iterable[str]) -> tuple[RecordsUsed, ...]:
        """What is kept of the registers that the organisation takes from its systems."""
        return tuple(self._used(name, self._sources[name]) for name in names if name in self._sources)

    def _used(self, name: str, source: RecordSource) -> RecordsUsed:
        found = self._open(name)
        rows = found.rows if isinstance(found, Opened) else None
        # A register that was refused has a digest too: once its file is mended, the result is no longer of these bytes.
        digest = found.digest if isinstance(found, Opened) else _digest_of(locate(self._folder, source))
        values = self._values_of(name) if isinstance(found, Opened) and found.rows <= MOST_DIGESTED else None
        return RecordsUsed(
            register_=name, taken_on=source.taken_on, rows=rows, digest=digest, values=values, stale=False
        )

    def _values_of(self, name: str) -> str | None:
        """The digest of the values of a register that is open, asked for once."""
        if name not in self._values:
            self._values[name] = self._engine.values_digest(self._registers[name])
        return self._values[name]

    def _open(self, name: str) -> Opened | Refused | None:
        """Open a register, once; None for one that is built in."""
        if name not in self._opened:
            self._opened[name] = self._open_first(name)
        return self._opened[name]

    def _open_first(self, name: str) -> Opened | Refused | None:
        if name in self._built_in:
            self._engine.build_in(self._registers[name], self._built_in[name])
            return None
        if name not in self._sources:
            return _missing("not-listed")
        source = locate(self._folder, self._sources[name])
        register = self._registers[name].read_by(self._sources[name].read)
        opened = source if isinstance(source, Refused) else self._engine.open(register, source)
        return opened if isinstance(opened, Refused) else self._contradicted(register) or opened

    def _contradicted(self, register: Register) -> Refused | None:
        """Why a register is refused of which somebody says that there was nothing, and that has rows of that time."""
        dates = [name for name, shape in register.fields.items() if shape.type is FieldType.DATE]
        for nil in (nil for nil in self._nil_returns if nil.register_ == register.id and dates):
            found = self._engine.between(register, dates[0], nil.from_, nil.to)
            if isinstance(found, Refused):
                return found
            if found:
                period = {"first": say_day(nil.from_), "last": say_day(nil.to)}
                return Refused(say("running.records.nil-return", n=found, **period), "records-contradict")
        return None


def cannot_be_opened(title: str, why: str) -> str:
    """What is said where a register was refused."""
    return say("running.refused", title=title, why=why)


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
        return _missing("not-relative")
    try:
        path = (folder / named).resolve()
        if not path.is_relative_to(folder.resolve()):
            return _missing("outside")
        if not path.exists():
            return _missing("missing", file=named)
        return path if path.is_file() or may_be_folder else _missing("no-file", file=named)
    except (OSError, ValueError, RuntimeError):  # too long a name, a character no name has, links in a circle
        return _missing("not-found")


def _missing(message: str, **places: object) -> Refused:
    return Refused(say(f"running.records.{message}", **places), "records-missing")


def _digest_of(source: Source | Refused) -> str | None:
    if not isinstance(source, Path):
        return None
    try:
        with source.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError:
        return None


# What is missing or wrong


def record_problems(ground: Ground, engines: Callable[[], Engine[Source]]) -> Iterator[Problem]:
    """What is missing or wrong in the records of an organisation: those that it lists, and those that checks read."""
    checks = [check for check in ground.pack.checks.values() if why_not_applicable(check, ground) is None]
    sources, opened = ground.organisation.profile.records, list[str]()
    with engines() as engine:
        records = Records(engine, ground)
        for name in dict.fromkeys([*sources, *(name for check in checks for name in reads(check, ground.setting))]):
            shut, variable = records.refusal([name]), sources[name].url_env if name in sources else None
            if not shut:
                opened.append(name)
            elif shut.refused.kind == "records-unreachable" and variable and not os.environ.get(variable):
                yield _problem("records-unseen.not-set", shut.register, ground, variable=variable)
            else:
                yield shut.problem(ground.organisation.folder)
        yield from odd_problems(engine, ground, sources.keys() & set(opened), checks)


def odd_problems(
    engine: Engine[Source], ground: Ground, opened: Collection[str], checks: Iterable[Check]
) -> Iterator[Problem]:
    """What is odd in registers of the organisation that are open, and in their fields that checks match.

    Which field, how many rows and where the first stands; never a row, a key or a value.
    """
    registers = ground.setting.registers
    for register in (registers[name] for name in sorted(opened)):
        found = engine.find_odd(register)
        if isinstance(found, Refused):
            yield _problem("records-unseen.look", register, ground, why=found.why)
        else:
            yield from (_odd(odd, register, ground) for odd in found)
    rules = (pair for check in checks for pair in pairs_of(check, ground.setting) if {*pair[:2]} <= {*opened})
    matched = {((pair.ours, ours), (pair.register, theirs)) for pair in rules for theirs, ours in pair.match}
    for own, other in sorted(matched):
        types = {registers[name].fields[field].type for name, field in (own, other)}
        if types == {FieldType.REF} and isinstance(n := engine.count_alike(own, other), int) and n:
            places = {"n": n, "field": own[1], "other": registers[other[0]].title}
            yield _problem("records-case.pair", registers[own[0]], ground, **places)


def _odd(odd: Odd, register: Register, ground: Ground) -> Problem:
    where, places = "anywhere" if odd.first is None else "from", {"n": odd.rows, "first": odd.first}
    if odd.field is None:
        return _problem(f"records-total.{where}", register, ground, **places)
    shape = register.fields[odd.field]
    wanted = say(f"running.wanted.{shape.type}", n=len(shape.values))
    return _problem(f"records-values.{where}", register, ground, field=odd.field, wanted=wanted, **places)


def _problem(message: str, register: Register, ground: Ground, **places: object) -> Problem:
    path = (ground.organisation.folder / "organisation.yaml").as_posix()
    return Problem.at(path, 0, message, title=register.title, **places)


# One record


@dataclass(frozen=True)
class OneRecord:
    """A record as a check sees it: one explanation for each value of the for_each, in words; one in all without."""

    units: tuple[tuple[str | None, Explanation], ...]


class _NotShownError(Exception):
    """An engine refused, or looked up more rows than anybody can read; the message says which register and why."""


def explain_record(
    check: Check, key: str, ground: Ground, *, engines: Callable[[], Engine[Source]] = Engines
) -> OneRecord | Refused | None:
    """What a rule says of the record with this key, and why; None where the register has no such record."""
    with engines() as engine:
        refused = Records(engine, ground).refusal(reads(check, ground.setting))
        if refused:
            return Refused(str(refused), refused.refused.kind)
        try:
            return _explained(check, key, ground.setting, _fetching(engine, ground))
        except _NotShownError as error:
            return Refused(str(error))


def _explained(check: Check, key: str, setting: Setting, fetch: Fetch) -> OneRecord | None:
    register = setting.registers[check.register_ or ""]
    values = next(iter(fetch(register.id, {register.key: key})), None)
    if values is None:
        return None
    row = Row(values, gather(check, values, setting, fetch))
    return OneRecord(tuple(_units(check, row, setting)))


def _units(check: Check, row: Row, setting: Setting) -> Iterator[tuple[str | None, Explanation]]:
    each = each_of(check, setting)
    if each is None:
        yield None, explain(check, row, setting)
        return
    for code in each.codes:
        unit = Row(row.values, row.tables, code)
        yield f"{each.noun}: {say_each(code, check, setting)}", explain(check, unit, setting)


def _fetching(engine: Engine[Source], ground: Ground) -> Fetch:
    """How rows are fetched: built-in ones are at hand, all others are asked of the engine that opened them."""

    def fetch(register: str, wanted: Mapping[str, Value]) -> tuple[Values, ...]:
        if register in ground.built_in:
            rows = ground.built_in[register]
            return tuple(row for row in rows if all(row.get(field) == value for field, value in wanted.items()))
        shape = ground.setting.registers[register]
        found = engine.look_up(shape, wanted, MOST + 1)
        if isinstance(found, Refused):
            raise _NotShownError(say("running.records.unread", title=shape.title, why=found.why))
        if len(found) > MOST:
            raise _NotShownError(say("running.records.too-many", most=MOST, title=shape.title))
        return found

    return fetch
