"""Gathering: the rows that a rule looks up on its way through one row, and hardly any others."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from policykit.model.registers import Value
from policykit.rules.check import Check
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import Role, parts
from policykit.rules.setting import Place, Setting, Values
from policykit.rules.usage import place_of, reads
from policykit.rules.walking import below

Fetch = Callable[[str, Mapping[str, Value]], Iterable[Values]]
"""The rows of a register whose fields have these values; all its rows where none are given."""

_LAW = "law"


def gather(check: Check, values: Values, setting: Setting, fetch: Fetch) -> Mapping[str, Sequence[Values]]:
    """Tables that hold all that the check's rule looks up for one row: for it they are as good as whole registers."""
    gathering = _Gathering(fetch, {name: {} for name in reads(check, setting)})
    place = place_of(check, setting)
    gathering.keep(place.register.id, [values], place)
    gathering.walk((*check.where, *check.must), values, place)
    return {name: tuple(rows.values()) for name, rows in gathering.tables.items()}


class _Gathering:
    """The tables as they fill: each row once, however often it is looked up."""

    def __init__(self, fetch: Fetch, tables: dict[str, dict[object, Values]]) -> None:
        self._fetch = fetch
        self.tables = tables

    def walk(self, nodes: Iterable[Node], values: Values, place: Place) -> None:
        """Fetch what these conditions look up for a row, and what is looked up for the rows found there."""
        for node in nodes:
            found = self._look_up(node, values, place)
            for inner, there in below(node, place):
                for each in [values] if there is place else found:
                    self.walk(inner, each, there)

    def keep(self, register: str, rows: Iterable[Values], place: Place) -> None:
        """Add rows to a table. Rows of the law have no key, but are always fetched whole."""
        key = place.setting.registers[register].key
        table = self.tables[register]
        for number, row in enumerate(rows):
            table[number if register == _LAW else row.get(key)] = row

    def _look_up(self, node: Node, values: Values, place: Place) -> Sequence[Values]:
        """The rows that a condition looks up itself; those of the law always all."""
        asked = _asked(node, values, place)
        if asked is None:
            return ()
        register, wanted = asked
        rows = tuple(self._fetch(register, {} if register == _LAW else wanted))
        self.keep(register, rows, place)
        return [row for row in rows if all(row.get(field) == value for field, value in wanted.items())]


def _asked(node: Node, values: Values, place: Place) -> tuple[str, Mapping[str, Value]] | None:
    """The register that a condition looks up and what its rows must have; None where it looks nothing up."""
    keys = {part.role: part.value for part in parts(node)}
    if Role.DAY in keys:
        return _LAW, {}
    if Role.FIELDS in keys:
        return _wanted(place.register.id, {field: field for field in keys[Role.FIELDS]}, values)
    return _wanted(keys[Role.REGISTER], keys.get(Role.MATCH, {}), values) if Role.REGISTER in keys else None


def _wanted(register: str, pairs: Mapping[str, str], values: Values) -> tuple[str, Mapping[str, Value]] | None:
    """Their fields with our values; None where one of ours is blank, because then nothing matches."""
    wanted = {their: value for their, our in pairs.items() if (value := values.get(our)) is not None}
    return (register, wanted) if len(wanted) == len(pairs) else None
