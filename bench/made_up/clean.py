"""The example without the rows that breach anything, so that what is planted is all there is to find."""

from collections.abc import Mapping
from dataclasses import replace

from bench.made_up.original import Original, Texts

from policykit.engines import Engines, PrivateFolder, Refused
from policykit.exports.example import write_table

_MANY = 100_000


def without_breaches(base: Original) -> Original:
    """The example less the rows that violate, cannot be judged or cannot be read, until no such row is left.

    What the organisation itself breaches stays, for there is no row to leave out.
    """
    left = _readable(base)
    while True:
        keys: dict[str, set[str]] = {}
        for check, found in breaches(left).items():
            keys.setdefault(left.pack.checks[check].register_ or "", set()).update(found)
        if not keys.keys() & left.tables.keys():
            return left
        left = _without(left, keys)


def breaches(base: Original) -> Mapping[str, frozenset[str]]:
    """By check, the keys of the rows that violate it or cannot be judged; only checks with such rows."""
    found: dict[str, frozenset[str]] = {}
    setting = base.setting
    with PrivateFolder() as folder, Engines() as engine:
        for name, rows in base.built_in.items():
            engine.build_in(setting.registers[name], rows)
        for name, texts in base.tables.items():
            path = folder.path / f"{name}.csv"
            write_table(base.pack.registers[name], path, texts)
            engine.open(base.pack.registers[name], path)
        for check in base.checks():
            units = engine.keys(check, setting, _MANY)
            if units and not isinstance(units, Refused):
                found[check.id] = frozenset(unit.key for unit in units)
    return found


def _readable(base: Original) -> Original:
    tables = {name: tuple(row for row in rows if _is_readable(base, name, row)) for name, rows in base.tables.items()}
    return replace(base, tables=tables)


def _is_readable(base: Original, register: str, row: Texts) -> bool:
    try:
        base.typed(register, row)
    except ValueError:
        return False
    return True


def _without(base: Original, keys: Mapping[str, set[str]]) -> Original:
    tables = {
        name: tuple(row for row in rows if row[base.pack.registers[name].key] not in keys.get(name, ()))
        for name, rows in base.tables.items()
    }
    return replace(base, tables=tables)
