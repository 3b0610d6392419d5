"""One rule of a policy: in words, in SQL, and on rows that a program has."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from policykit.door.records import RecordsRefusedError
from policykit.door.rows import RowsRefusedError, given_rows, typed_rows
from policykit.engines import DIALECTS, Engine, Engines, Refused, Source, count_statement, open_memory
from policykit.model.registers import Register
from policykit.model.results import Counts
from policykit.model.scalars import read_day
from policykit.problems import Complaint, PolicyError, complaint
from policykit.reading import Ground, Pack
from policykit.rules import Check, Judgement, Row, judge_unit, must_sql, plain, reads, scope_sql, words_of
from policykit.running import OneRecord, explain_record, why_not_applicable

Table = object
"""Rows of a register: a list of dicts, or whatever hands out an Arrow stream (pandas, polars, pyarrow, DuckDB)."""

Taken = TypeVar("Taken")

_NONE: Mapping[str, Table] = MappingProxyType({})


def refused(pack: Pack, item: str, *faults: Complaint) -> PolicyError:
    """The error that says these faults, each at the place of an item of the pack."""
    place = pack.place_of(item)
    return PolicyError(tuple(fault.at(*place) for fault in faults))


def day_of(day: date | str, pack: Pack) -> date:
    """The day as of which something is judged, from a date or its text; raises PolicyError."""
    try:
        return read_day(day if isinstance(day, str) else date(day.year, day.month, day.day).isoformat())
    except ValueError as error:
        fault = complaint("value-wrong.as-at", why=error)
    raise refused(pack, pack.policy.id, fault)


@dataclass(frozen=True)
class Rule:
    """The rule of a check, on the ground of an organisation and a day."""

    check: Check
    ground: Ground

    @property
    def title(self) -> str:
        """What holds when the check passes."""
        return self.check.title

    @property
    def words(self) -> str:
        """What is looked at and what must hold, as `policykit words` prints it."""
        return plain(words_of(self.check, self.ground.setting))

    def sql(self, dialect: str = "duckdb") -> str:
        """The statement that counts, for duckdb, postgres, spark or sqlite: over tables named and typed as registers.

        A line of its answer is a part (units, or with a for_each rows too), a value of the for_each, what became of
        them (0 out, 1 conform, 2 unknown, 3 violate) and how many there are.
        """
        if dialect not in DIALECTS:
            fault = complaint("value-wrong.dialect", dialect=dialect, dialects=", ".join(DIALECTS))
            raise self._refused(fault.or_meant(dialect, DIALECTS))
        return count_statement(self.check, self.ground, dialect)

    @property
    def scope_sql(self) -> str:
        """What is looked at, as a condition in the SQL of DuckDB."""
        return scope_sql(self.check, self.ground.setting).sql(dialect="duckdb", pretty=True)

    @property
    def must_sql(self) -> str:
        """What must hold, as a condition in the SQL of DuckDB."""
        return must_sql(self.check, self.ground.setting).sql(dialect="duckdb", pretty=True)

    @property
    def register(self) -> Register:
        """The register whose rows are judged."""
        return self.ground.setting.registers[self._own]

    @property
    def why_not_applicable(self) -> str | None:
        """Why the check does not count on that day; None where it counts."""
        return why_not_applicable(self.check, self.ground)

    def why(self, key: str, engines: Callable[[], Engine[Source]] = Engines) -> OneRecord | None:
        """What the rule says of the record with a key, clause by clause; None where the register has no such record.

        It shows what the records hold, so it is for nobody else's eyes. Raises RecordsRefusedError.
        """
        found = explain_record(self.check, key, self.ground, engines=engines)
        if isinstance(found, Refused):
            raise RecordsRefusedError(found.why)
        return found

    def judge(
        self,
        row: Mapping[str, object],
        related: Mapping[str, Table] = _NONE,
        each: str | None = None,
        as_at: date | str | None = None,
    ) -> Judgement:
        """What the rule says of one row: "pass", "fail", "unknown" or "out".

        `related` holds, as dicts, the rows of every register that the rule looks up, and of its own register the other
        rows; `each` is the value of the for_each, where there is one. Raises PolicyError where a field that the rule
        reads is missing or cannot be read.
        """
        if as_at is not None:
            return self._as_at(day_of(as_at, self.ground.pack)).judge(row, related, each)
        self._expect_none((*self._faults_of_each(each), *self._faults_of_related(related)))
        others = self._taken(related, typed_rows, self._registers(keyed=False))
        [values] = self._taken({self._own: [row]}, typed_rows, self._registers(keyed=False))[self._own]
        tables = {**dict.fromkeys(self.ground.setting.registers, ()), **self.ground.built_in, **others}
        tables[self._own] = (values, *others.get(self._own, ()))
        return judge_unit(self.check, Row(values, tables, each), self.ground.setting)

    def count(self, table: Table, related: Mapping[str, Table] = _NONE) -> Counts:
        """How many rows conform, and how many do not, of a table that stands for the organisation's own register.

        `related` holds the rows of every register that the rule looks up. Each table has the fields that the rule
        reads and the key, which is recorded in every row and unique. Nothing is written to disk, except what does not
        fit into the memory of the database. Raises PolicyError.
        """
        self._expect_none(self._faults_of_related(related))
        if self._own in related:
            raise self._refused(complaint("value-wrong.own-register-twice", register=self._own))
        registers = self._registers(keyed=True)
        given = self._taken({**related, self._own: table}, given_rows, registers)
        with open_memory() as engine:
            for name in registers:
                if name not in given:
                    engine.build_in(self.ground.setting.registers[name], self.ground.built_in[name])
                elif isinstance(found := engine.open(registers[name], given[name]), Refused):
                    raise self._refused(complaint("value-wrong.rows-taken", register=name, why=found.why))
            counted = engine.count(self.check, self.ground.setting)
        if isinstance(counted, Refused):
            raise self._refused(complaint("value-wrong.not-counted", why=counted.why))
        return counted.counts

    @property
    def _own(self) -> str:
        return str(self.check.register_)

    def _as_at(self, day: date) -> "Rule":
        return Rule(self.check, Ground.of(self.ground.pack, self.ground.organisation, day))

    def _registers(self, *, keyed: bool) -> Mapping[str, Register]:
        """The registers that the rule reads, each with the fields that it reads there, and with its key where asked."""
        known = self.ground.setting.registers
        return {
            name: _with_fields(known[name], fields | {known[name].key} if keyed else fields)
            for name, fields in reads(self.check, self.ground.setting).items()
        }

    def _taken(
        self,
        tables: Mapping[str, Table],
        take: Callable[[Table, Register], Taken],
        registers: Mapping[str, Register],
    ) -> dict[str, Taken]:
        """Each table that the rule reads, as it is needed; raises PolicyError with every fault of all of them."""
        faults: list[Complaint] = []
        taken = {}
        for name in tables.keys() & registers.keys():
            try:
                taken[name] = take(tables[name], registers[name])
            except RowsRefusedError as refused:
                faults += refused.faults
        self._expect_none(faults)
        return taken

    def _faults_of_each(self, each: str | None) -> Iterator[Complaint]:
        if self.check.for_each and each is None:
            yield complaint("key-missing.each", noun=self.check.for_each.noun or self.check.for_each.name)
        elif each is not None and not self.check.for_each:
            yield complaint("value-wrong.each")

    def _faults_of_related(self, related: Mapping[str, Table]) -> Iterator[Complaint]:
        """A register that is looked up and not given is no empty one: nothing passes because rows were forgotten."""
        own = self.ground.setting.registers.keys() - self.ground.built_in.keys()
        for name in related:
            if name not in own:
                yield complaint("reference-unknown.related", register=name).or_meant(name, sorted(own), "`")
        for name in self._registers(keyed=False):
            if name not in {*related, *self.ground.built_in, self._own}:
                yield complaint("key-missing.related", register=name)

    def _expect_none(self, faults: Iterable[Complaint]) -> None:
        if found := tuple(faults):
            raise self._refused(*found)

    def _refused(self, *faults: Complaint) -> PolicyError:
        return refused(self.ground.pack, self.check.id, *faults)


def _with_fields(register: Register, fields: frozenset[str]) -> Register:
    kept = {field: shape for field, shape in register.fields.items() if field in fields}
    return register.model_copy(update={"fields": kept})
