"""What the ledger knows of records: how many rows there were, since when these very values are known, what grew."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from policykit.english import say
from policykit.memory.ledger import LedgerLine
from policykit.memory.states import DIGITS
from policykit.model.registers import item_of_register
from policykit.model.results import RecordsUsed
from policykit.reading import Pack
from policykit.running import Before, Once, most_of_runs
from policykit.tracing import Gap, GapKind, Trace
from policykit.tracing.registers import RegisterStanding

GROWN_PERCENT, GROWN_ROWS = 10, 3
"""The growth of the rows that no check looks at from which it is said."""


def before_of(lines: Sequence[LedgerLine], pack: Pack) -> Before:
    """What the runs of a ledger say of registers and scopes; `lines` are of one pack and organisation."""
    registers, scopes = defaultdict[str, list[Once]](list), defaultdict[str, list[Once]](list)
    confirmed = dict[str, date]()
    for line in lines:
        if line.kind == "state":
            for name, said in line.data.get("expects", {}).items():
                if day := said.get("confirmed", {}).get("taken_on"):
                    confirmed[name] = max(confirmed.get(name, date.min), date.fromisoformat(day))
            continue
        run, day = line.data["run"], date.fromisoformat(line.data["today"])
        taken = {name: date.fromisoformat(said[0]) for name, said in line.data["registers"].items()}
        for name, (_, rows, _, _, incomplete, *_) in line.data["registers"].items():
            if rows is not None:
                registers[name].append(Once(run, day, taken[name], rows, not incomplete))
        for name, (_, in_scope, *_, fell) in line.data["checks"].items():
            own = pack.checks[name].register_ if name in pack.checks else None
            if in_scope is not None and own in taken:
                scopes[name].append(Once(run, day, taken[own], in_scope, fell is not True))
    return Before(
        {name: tuple(runs) for name, runs in registers.items()},
        {name: tuple(runs) for name, runs in scopes.items()},
        confirmed,
    )


def with_records_remembered(seen: Trace, lines: Sequence[LedgerLine]) -> Trace:
    """The trace with what earlier runs say of its registers; `lines` are of its pack and organisation."""
    earlier = [line for line in lines if seen.run is None or line.data.get("run") != seen.run.id]
    days = {name: _same_as(each.used, earlier) for name, each in seen.registers.items()}
    registers = {name: replace(each, same_as=days[name]) for name, each in seen.registers.items()}
    return replace(seen, registers=registers, gaps=(*seen.gaps, *_gaps(seen, earlier)))


def _same_as(used: RecordsUsed, lines: Sequence[LedgerLine]) -> date | None:
    """The day of the earliest records that had the very values of these, where that is an earlier day."""
    whole = used.values or used.digest
    digest = whole and whole.removeprefix("sha256:")[:DIGITS]
    runs = (line.data["registers"].get(used.register_) for line in lines if line.kind == "run")
    days = (date.fromisoformat(said[0]) for said in runs if said and digest and said[2] == digest)
    return next((day for day in days if day < used.taken_on), None)


def _gaps(seen: Trace, lines: Sequence[LedgerLine]) -> Iterator[Gap]:
    before, today = before_of(lines, seen.pack), seen.run.today if seen.run else seen.as_at
    for name, standing in seen.registers.items():
        source = seen.organisation.profile.records[name]
        most = most_of_runs(name, seen.ground, before, today)
        if source.expect and most and source.expect.rows * 3 < most.rows * 2:
            what = say("memory.expects-less", rows=source.expect.rows, before=most.rows)
            yield Gap(GapKind.RECORDS, item_of_register(name), what)
        if grown := _grown(name, standing, lines):
            what = say("memory.unseen-grew", before=grown[0], now=grown[1])
            yield Gap(GapKind.RECORDS, item_of_register(name), what)


def _grown(name: str, standing: RegisterStanding, lines: Sequence[LedgerLine]) -> tuple[int, int] | None:
    """How many rows no check looked at in the run before, and does now, where that is much more."""
    runs = (line.data["registers"].get(name) for line in reversed(lines) if line.kind == "run")
    before = next((said[5] for said in runs if said and said[5] is not None), None)
    now = standing.seen.in_no_scope if standing.seen else None
    if before is None or now is None:
        return None
    grew = now - before
    return (before, now) if grew >= GROWN_ROWS and grew * 100 >= before * GROWN_PERCENT else None
