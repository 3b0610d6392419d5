"""One record, fetched and explained for the person who asked. Nothing of it is kept."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from policykit.engines import Engine, Refused, Source
from policykit.model.registers import Value
from policykit.reading import Organisation, Pack, built_in_rows, setting_of
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
from policykit.running.records import Records

MOST = 10_000
"""A rule that looks up more rows than this for one record cannot be read by anybody."""


@dataclass(frozen=True)
class OneRecord:
    """A record as a check sees it: one explanation for each value of the for_each, in words; one in all without."""

    units: tuple[tuple[str | None, Explanation], ...]


class _TooManyError(Exception):
    """More rows were looked up than anybody can read; the message says in which register."""


class _NotReadError(Exception):
    """An engine refused; the message is its reason."""


def explain_record(
    check: Check,
    key: str,
    pack: Pack,
    organisation: Organisation,
    *,
    as_at: date,
    engine_factory: Callable[[], Engine[Source]],
) -> OneRecord | Refused | None:
    """What a rule says of the record with this key, and why; None where the register has no such record."""
    setting = setting_of(pack, organisation, as_at)
    built_in = built_in_rows(pack, organisation.facts, organisation.profile.id, as_at)
    with engine_factory() as engine:
        refused = Records(engine, organisation, setting.registers, built_in).refusal(reads(check, setting))
        if refused:
            return Refused(refused)
        try:
            return _explained(check, key, setting, _fetching(engine, setting, built_in))
        except (_TooManyError, _NotReadError) as error:
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


def _fetching(engine: Engine[Source], setting: Setting, built_in: Mapping[str, tuple[Values, ...]]) -> Fetch:
    """How rows are fetched: built-in ones are at hand, all others are asked of the engine that opened them."""

    def fetch(register: str, wanted: Mapping[str, Value]) -> tuple[Values, ...]:
        if register in built_in:
            rows = built_in[register]
            return tuple(row for row in rows if all(row.get(field) == value for field, value in wanted.items()))
        shape = setting.registers[register]
        found = engine.look_up(shape, wanted, MOST + 1)
        if isinstance(found, Refused):
            raise _NotReadError(f"{shape.title} cannot be read: {found.why}")
        if len(found) > MOST:
            raise _TooManyError(f"more than {MOST:,} rows of {shape.title} are looked up for this one record")
        return found

    return fetch
