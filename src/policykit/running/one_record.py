"""One record, fetched and explained for the person who asked. Nothing of it is kept."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from policykit.engines import Engine, Engines, Refused, Source
from policykit.model.registers import Value
from policykit.reading import Ground
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
    reads,
    say_each,
)
from policykit.running.run import Records

MOST = 10_000
"""A rule that looks up more rows than this for one record cannot be read by anybody."""


@dataclass(frozen=True)
class OneRecord:
    """A record as a check sees it: one explanation for each value of the for_each, in words; one in all without."""

    units: tuple[tuple[str | None, Explanation], ...]


class _NotShownError(Exception):
    """An engine refused, or looked up more rows than anybody can read; the message says which register and why."""


def explain_record(
    check: Check,
    key: str,
    ground: Ground,
    *,
    engines: Callable[[], Engine[Source]] = Engines,
) -> OneRecord | Refused | None:
    """What a rule says of the record with this key, and why; None where the register has no such record."""
    with engines() as engine:
        refused = Records(engine, ground).refusal(reads(check, ground.setting))
        if refused:
            return Refused(refused)
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
            raise _NotShownError(f"{shape.title} cannot be read: {found.why}")
        if len(found) > MOST:
            raise _NotShownError(f"more than {MOST:,} rows of {shape.title} are looked up for this one record")
        return found

    return fetch
