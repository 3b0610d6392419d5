"""A made-up organisation: the example on a day, with breaches worked into it, copied as often as asked for."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from random import Random

from bench.made_up.original import Original, Texts
from bench.made_up.planning import Plan, Planted, Wish, plan

from policykit.exports.example import file_of, on_day, write_papers, write_table


def make_organisation(
    base: Original, out: Path, *, as_at: date, size: int, seed: int, wishes: Sequence[Wish]
) -> list[str]:
    """Write an organisation into a new folder, and say what is otherwise than one might expect.

    It consists of whole copies of the example, so many that its largest register has at least `size` rows, and of the
    planted rows. Where there are wishes, rows of the example that breach anything are left out of it. The same
    arguments give the same bytes. Raises NotMadeError where a breach cannot be planted, or nothing can on that day.
    """
    example = on_day(base, as_at)
    ready = plan(example, wishes, Random(seed)) if wishes else Plan(example)  # noqa: S311 - made-up records, no secret
    tables = ready.base.tables
    copies = max(1, -(-size // max(1, *(len(rows) for rows in tables.values()))))
    (out / "records").mkdir(parents=True)
    for register in tables:
        rows = chain(
            _copied(ready.base, register, copies, seed),
            *(_planted(ready.base, register, one) for one in ready.planted),
        )
        write_table(base.pack.registers[register], out / file_of(register), rows)
    write_papers(ready.base, out, 0 if wishes else copies)
    return list(ready.said)


def _copied(base: Original, register: str, copies: int, seed: int) -> Iterator[Texts]:
    """The rows of every copy, each in an order of its own; the names of the first stay as they are."""
    rows = list(base.tables[register])
    names = [field for field in base.pack.registers[register].fields if base.is_reference(register, field)]
    random = Random(f"{seed} {register}")  # noqa: S311 - made-up records, no secret
    for copy in range(1, copies + 1):
        random.shuffle(rows)
        for row in rows:
            yield row if copy == 1 else {**row, **_renamed(row, names, base.fixed, f"-C{copy}")}


def _renamed(row: Texts, fields: Sequence[str], kept: frozenset[str], ending: str) -> Texts:
    return {field: row[field] + ending for field in fields if row[field] not in kept}


def _planted(base: Original, register: str, planted: Planted) -> Iterator[Texts]:
    """The rows of one wish in a register: its plots in turn, each time under other names."""
    for number in range(planted.number):
        plot = planted.plots[number % len(planted.plots)]
        rows = plot.planted(base, f"-B{planted.place}-{number + 1}")
        yield from (row for other, row in rows if other == register)
