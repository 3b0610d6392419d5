"""What a test function gets: the rows of the registers that its check declares, in memory and nowhere else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from policykit.engines import Engines, Refused
from policykit.model.registers import ParameterValue, Value
from policykit.model.results import RecordsUsed
from policykit.reading import Ground
from policykit.rules import Check, Values, marker, reads
from policykit.running import Records
from policykit.stopping import clearing_up_first
from policykit.suite.tally import Tally


class RecordsRefusedError(Exception):
    """What was asked for is not declared, or cannot be read: a clause in our own words that quotes no record."""


class OpenRecords:
    """The registers of one check, open as long as its test function runs; nothing of them is ever printed."""

    def __init__(self, check: Check, ground: Ground) -> None:
        self.as_at = ground.as_at
        self._check = check
        self._ground = ground
        self._setting = ground.setting
        self._names = tuple(reads(check, self._setting))
        self._room = ExitStack()
        self._found: dict[str, tuple[Values, ...]] = {}
        self._asked: defaultdict[str, set[str]] = defaultdict(set)
        self.recorded: Tally | None = None

    def __enter__(self) -> Self:
        """Open every register that the check declares."""
        self._room.enter_context(clearing_up_first())
        self._engine = self._room.enter_context(Engines())
        self._records = Records(self._engine, self._ground)
        self.refused = self._records.refusal(self._names)
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

    @property
    def used(self) -> tuple[RecordsUsed, ...]:
        """What is kept of the registers: days, numbers of rows and digests."""
        return self._records.used(self._names)

    def rows(self, register: str, *fields: str) -> tuple[Mapping[str, Value | None], ...]:
        """The rows of a register, each with these fields, or with all: typed, None where blank.

        A row of the check's own register with a value among them that cannot be read is left out; elsewhere such a
        value is blank. Either makes the check `error`, as it does for a rule. Raises RecordsRefusedError.
        """
        known = self._fields_of(register)
        wanted = fields or tuple(known)
        if not set(wanted) <= set(known):
            raise RecordsRefusedError(f"the register {register} has not all of these fields")
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
            raise RecordsRefusedError(f"the policy has no parameter {name}")
        return self._setting.parameters[name]

    def fact(self, name: str) -> Value | None:
        """What the organisation says about itself; None where blank. Raises RecordsRefusedError."""
        if name not in self._setting.facts:
            raise RecordsRefusedError(f"the policy has no fact {name}")
        return self._setting.facts[name]

    def record(self, counted: Tally) -> None:
        """Say what was counted, where the function cannot return it; what it returns goes before what it records."""
        self.recorded = counted

    def _fields_of(self, register: str) -> Mapping[str, object]:
        if self.refused:
            raise RecordsRefusedError(self.refused)
        if register not in self._names:
            raise RecordsRefusedError(f"{self._check.id} does not declare the register {register}")
        return self._setting.registers[register].fields

    def _fetch(self, register: str) -> tuple[Values, ...]:
        if register in self._ground.built_in:
            self._found[register] = self._ground.built_in[register]
        if register not in self._found:
            shape = self._setting.registers[register]
            found = self._engine.look_up(shape, {}, None)
            if isinstance(found, Refused):
                raise RecordsRefusedError(f"{shape.title} cannot be read: {found.why}")
            self._found[register] = found
        return self._found[register]


def _is_spoilt(row: Values, fields: Iterable[str]) -> bool:
    """Whether one of these fields holds a value that cannot be read."""
    return any(row.get(marker(field)) for field in fields)
