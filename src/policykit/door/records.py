"""Records as a program has them in its hands: engines that open them, and the rows that one check declares."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from policykit.engines import Engine, Engines, Refused, Source
from policykit.english import say
from policykit.model.registers import ParameterValue, Value
from policykit.model.results import CheckResult, Counts, Finding, Refusal
from policykit.reading import Ground
from policykit.rules import Check, Values, marker, reads
from policykit.running import Records, code_of, judge
from policykit.stopping import clearing_up_first

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class RecordsRefusedError(Exception):
    """What was asked for is not declared, or cannot be read: a clause in our own words that quotes no record."""


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


class OpenRecords:
    """The registers that one check declares, open inside a `with`: typed rows in memory, of which nothing is kept.

    What is counted on them is judged as the check. `refused` and `why_shut` say why one of them cannot be opened.
    """

    def __init__(self, check: Check, ground: Ground) -> None:
        self.as_at = ground.as_at
        self._check = check
        self._ground = ground
        self._setting = ground.setting
        self._names = tuple(reads(check, self._setting))
        self._room = ExitStack()
        self._found: dict[str, tuple[Values, ...]] = {}
        self._asked: defaultdict[str, set[str]] = defaultdict(set)

    def __enter__(self) -> Self:
        """Open every register that the check declares."""
        self._room.enter_context(clearing_up_first())
        self._engine = self._room.enter_context(Engines())
        self._records = Records(self._engine, self._ground)
        shut = self._records.refusal(self._names)
        self.why_shut = str(shut) if shut else ""
        self.refused = Refusal(register_=shut.register.id, why=shut.refused.kind) if shut else None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close them again."""
        self._room.close()

    @property
    def engine(self) -> str:
        """The engines that the registers were opened in."""
        return self._engine.name

    def rows(self, register: str, *fields: str) -> tuple[Mapping[str, Value | None], ...]:
        """The rows of a register, each with these fields, or with all: typed, None where blank.

        A row of the check's own register with a value among them that cannot be read is left out; elsewhere such a
        value is blank. Either makes the check `error`, as it does for a rule. Raises RecordsRefusedError.
        """
        known = self._fields_of(register)
        wanted = fields or tuple(known)
        if not set(wanted) <= set(known):
            raise RecordsRefusedError(say("door.records.no-field", register=register))
        self._asked[register].update(wanted)
        is_own = register == self._check.register_
        rows = (row for row in self._fetch(register) if not (is_own and _is_spoilt(row, wanted)))
        return tuple({field: row[field] for field in wanted} for row in rows)

    @property
    def unreadable(self) -> int:
        """How many rows hold a value that cannot be read in a field that was asked for."""
        return sum(_is_spoilt(row, fields) for name, fields in self._asked.items() for row in self._found[name])

    def parameter(self, name: str) -> ParameterValue:
        """The value of a parameter of the policy. Raises RecordsRefusedError."""
        if name not in self._setting.parameters:
            raise RecordsRefusedError(say("door.records.no-parameter", name=name))
        return self._setting.parameters[name]

    def fact(self, name: str) -> Value | None:
        """What the organisation says about itself; None where blank. Raises RecordsRefusedError."""
        if name not in self._setting.facts:
            raise RecordsRefusedError(say("door.records.no-fact", name=name))
        return self._setting.facts[name]

    def judge(
        self, counts: Counts | None = None, refused: Refusal | None = None, module: Path | None = None
    ) -> CheckResult:
        """What the check comes to: by counts, or as one that could not be carried out; with neither it was not run.

        `module` is the file of the test function that counted.
        """
        if counts is None and refused is None:
            return judge(self._check, None, self._ground)
        used, code = self._records.used(self._names), code_of(module, self._ground) if module else None
        return judge(self._check, Finding(counts=counts, records=used, refused=refused, code=code), self._ground)

    @property
    def seen(self) -> int | None:
        """How many rows were asked for of the check's own register and all others; None where its own was not."""
        asked = self._check.register_ is None or self._check.register_ in self._asked
        return sum(len(self._found[name]) for name in self._asked) if asked and self._asked else None

    def _fields_of(self, register: str) -> Mapping[str, object]:
        if self.refused:
            raise RecordsRefusedError(self.why_shut)
        if register not in self._names:
            raise RecordsRefusedError(say("door.records.undeclared", check=self._check.id, register=register))
        return self._setting.registers[register].fields

    def _fetch(self, register: str) -> tuple[Values, ...]:
        if register in self._ground.built_in:
            self._found[register] = self._ground.built_in[register]
        if register not in self._found:
            shape = self._setting.registers[register]
            found = self._engine.look_up(shape, {}, None)
            if isinstance(found, Refused):
                raise RecordsRefusedError(say("door.records.unreadable", title=shape.title, why=found.why))
            self._found[register] = found
        return self._found[register]


def _is_spoilt(row: Values, fields: Iterable[str]) -> bool:
    """Whether one of these fields holds a value that cannot be read."""
    return any(row.get(marker(field)) for field in fields)
