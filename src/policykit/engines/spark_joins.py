"""Lookups in a form that Spark can plan, however deep they nest: no subquery is left, only joins and groups.

Spark refuses some lookups within lookups, and loses its way in others. A rule sees one level out and no further, so
what a lookup comes to depends on a few fields of one row, and on the code of the for_each. It is counted once for all
values of these, and joined to the rows that ask.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from policykit.engines.query import column_named, named, quoted


@dataclass(frozen=True)
class _Group:
    """Lookups into one register, by the same fields of the row that asks; those that are the same, side by side.

    `asking` is the table of the row that asks, `codes` are those of a for_each.
    """

    lookups: tuple[tuple[exp.Expr, ...], ...]
    asking: exp.Table
    codes: exp.Expr | None

    @cached_property
    def table(self) -> exp.Table:
        return _table_of(self.lookups[0][0])

    @cached_property
    def conditions(self) -> tuple[tuple[exp.Expr, ...], ...]:
        return tuple(tuple(_parts(same[0].this.args["where"].this)) for same in self.lookups)

    @cached_property
    def shared(self) -> tuple[exp.Expr, ...]:
        """The conditions that all lookups have."""
        first, *others = self.conditions
        return tuple(each for each in first if all(each in other for other in others))

    @cached_property
    def pairs(self) -> tuple[exp.EQ, ...]:
        """The conditions by which a field of theirs is one of ours."""
        sides = [self.table.alias, self.asking.alias]
        return tuple(each for each in self.shared if isinstance(each, exp.EQ) and _tables_of(each) == sides)

    @cached_property
    def asked(self) -> tuple[str, ...]:
        return tuple(sorted({column.name for column in self._columns(self.asking.alias)}))

    @cached_property
    def is_by_pairs(self) -> bool:
        """Whether they look at our row in pairs only, so that their rows alone tell what there is to count."""
        others = (each for conditions in self.conditions for each in conditions if each not in self.pairs)
        return not any(column.table == self.asking.alias for each in others for column in each.find_all(exp.Column))

    @cached_property
    def has_each(self) -> bool:
        return any(True for _ in self._columns("each"))

    @property
    def keys(self) -> tuple[tuple[exp.Expr, type[exp.Binary], exp.Expr], ...]:
        """What is counted by, how it is compared with what the row holds that asks, and that; a blank is no pair."""
        code = column_named("value", "each")
        each = ((code, exp.EQ, code),) if self.has_each else ()
        if self.is_by_pairs:
            return (*((pair.this, exp.EQ, pair.expression) for pair in self.pairs), *each)
        ours = [column_named(name, self.asking.alias) for name in self.asked]
        return (*((field, exp.NullSafeEQ, field) for field in ours), *each)

    def _columns(self, table: str) -> Iterator[exp.Column]:
        found = (column for same in self.lookups for column in same[0].find_all(exp.Column))
        return (column for column in found if column.table == table)


def with_joins(query: exp.Expr) -> exp.Expr:
    """The query without subqueries in conditions, and with its codes as one list, which joins can be made with."""
    fitted = query.copy()
    for table in list(fitted.find_all(exp.Table)):
        rows = table.parent_select
        if table.alias == "r0" and rows is not None:
            _join_up(rows, table, _listed_codes(rows))
    return fitted


def _listed_codes(rows: exp.Select) -> exp.Expr | None:
    """The codes of a for_each, made a list; where there is none it stays a single row that a condition drops."""
    joined = next((join for join in rows.args.get("joins") or () if join.this.alias == "each"), None)
    if joined is None:
        return None
    if joined.this.this.args.get("where") is None:
        codes = [exp.Tuple(expressions=[code.copy()]) for code in joined.this.find_all(exp.Literal)]
        alias = exp.TableAlias(this=quoted("each"), columns=[quoted("value")])
        joined.set("this", exp.Values(expressions=codes, alias=alias))
    listed: exp.Expr = joined.this
    return listed


def _join_up(rows: exp.Select, table: exp.Table, codes: exp.Expr | None) -> None:
    """Join to the rows of a table what their lookups come to, and put that in place of the lookups."""
    for number, group in enumerate(_groups(rows, table, codes)):
        alias = f"looked up {number}"
        equal = [
            compare(this=column_named(f"key {place}", alias), expression=ours.copy())
            for place, (_, compare, ours) in enumerate(group.keys)
        ]
        on = exp.and_(*equal) if equal else exp.true()
        rows.join(_counted(group).subquery(quoted(alias), copy=False), on=on, join_type="left", copy=False)
        for place, same in enumerate(group.lookups):
            for lookup in same:  # where nothing was found there was nothing to count
                count = exp.Coalesce(this=column_named(f"count {place}", alias), expressions=[exp.convert(0)])
                is_exists = isinstance(lookup, exp.Exists)
                lookup.replace(exp.GT(this=count, expression=exp.convert(0)) if is_exists else count)


def _groups(rows: exp.Select, asking: exp.Table, codes: exp.Expr | None) -> list[_Group]:
    found: dict[object, dict[str, list[exp.Expr]]] = {}
    for lookup in _outermost([*rows.expressions, rows.args.get("where")]):
        asked = frozenset(column.name for column in lookup.find_all(exp.Column) if column.table == asking.alias)
        group = found.setdefault((_table_of(lookup).name, asked), {})
        group.setdefault(lookup.this.args["where"].sql(), []).append(lookup)
    return [_Group(tuple(map(tuple, group.values())), asking, codes) for group in found.values()]


def _outermost(nodes: Iterable[exp.Expr | None]) -> Iterator[exp.Expr]:
    """The lookups that stand in no other."""
    for node in filter(None, nodes):
        yield from (each for each in node.walk(prune=_is_lookup) if _is_lookup(each))


def _is_lookup(node: exp.Expr) -> bool:
    return isinstance(node, exp.Exists | exp.Subquery)


def _counted(group: _Group) -> exp.Select:
    """How many rows each lookup of the group finds, for all that may be asked."""
    by = [theirs for theirs, _, _ in group.keys]
    numbers, needed = _numbers(group)
    columns = [named(each.copy(), f"key {place}") for place, each in enumerate(by)]
    columns += [named(each, f"count {place}") for place, each in enumerate(numbers)]
    counted = exp.select(*columns).where(*needed).group_by(*by)
    first, *others = _sources(group)
    counted.from_(first, copy=False)
    for source in others:
        counted.join(source, join_type="cross", copy=False)
    _join_up(counted, group.table, group.codes)
    return counted


def _numbers(group: _Group) -> tuple[list[exp.Expr], list[exp.Expr]]:
    """What counts the rows of each lookup, and the conditions that drop all others before."""
    joining = group.pairs if group.is_by_pairs else ()
    own = [[each for each in conditions if each not in joining] for conditions in group.conditions]
    if len(own) == 1:
        return [exp.Count(this=exp.Star())], own[0]
    rest = [[each for each in conditions if each not in group.shared] for conditions in own]
    numbers: list[exp.Expr] = [exp.CountIf(this=exp.and_(*each) if each else exp.true()) for each in rest]
    return numbers, [each for each in group.shared if each not in joining]


def _sources(group: _Group) -> Iterator[exp.Expr]:
    """What may be asked, where the rows looked into do not tell it alone; those rows; and the codes."""
    if not group.is_by_pairs:
        columns = [column_named(name, group.asking.alias) for name in group.asked]
        asked = exp.select(*columns).distinct(copy=False).from_(group.asking.copy(), copy=False)
        yield asked.subquery(quoted(group.asking.alias), copy=False)
    yield group.table.copy()
    if group.has_each and group.codes is not None:
        yield group.codes.copy()


def _table_of(lookup: exp.Expr) -> exp.Table:
    table: exp.Table = lookup.this.args["from_"].this
    return table


def _tables_of(equal: exp.EQ) -> list[str]:
    return [side.table for side in (equal.this, equal.expression) if isinstance(side, exp.Column)]


def _parts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions that must all hold."""
    plain = condition.unnest()
    if isinstance(plain, exp.And):
        yield from (*_parts(plain.this), *_parts(plain.expression))
    else:
        yield condition
