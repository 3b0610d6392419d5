"""Writing a made-up organisation row by row, so that it may have more rows than fit into memory."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from policykit.exports.made_up.clean import without_breaches
from policykit.exports.made_up.days import Move, dates_of, move_to
from policykit.exports.made_up.original import NotMadeError, Original, Texts
from policykit.exports.made_up.planting import Planter, Plot

_MADE_UP = "# A made-up organisation. Nothing in this folder is about a real organisation or person.\n"


@dataclass(frozen=True)
class Wish:
    """So many breaches of a check."""

    check: str
    number: int


@dataclass(frozen=True)
class _Planted:
    """The plots of one wish, and its place among the wishes."""

    wish: Wish
    place: int
    plots: Sequence[Plot]


def make_organisation(
    base: Original, out: Path, *, as_at: date, size: int, seed: int, wishes: Sequence[Wish]
) -> list[str]:
    """Write an organisation into a new folder, and say which other checks find the planted rows too.

    It consists of whole copies of the example, so many that its largest register has at least `size` rows, and of the
    planted rows. Where there are wishes, rows of the example that breach anything are left out of it. The same
    arguments give the same bytes. Raises NotMadeError where a breach cannot be planted.
    """
    random = Random(seed)  # noqa: S311 - made-up records, no secret
    clean = without_breaches(base) if wishes else base
    planted = _plant(clean, wishes, random)
    copies = max(1, -(-size // max(1, *(len(rows) for rows in clean.tables.values()))))
    move = move_to(base, base.as_at, as_at)
    out.mkdir(parents=True)
    for register in clean.tables:
        _write_register(clean, register, out / _file_of(register), _rows(clean, register, copies, seed, planted), move)
    _write_papers(clean, out, move, 0 if wishes else copies)
    return [said for one in planted for said in _say_also(one)]


def _plant(base: Original, wishes: Sequence[Wish], random: Random) -> list[_Planted]:
    unknown = next((wish.check for wish in wishes if wish.check not in base.pack.checks), None)
    if unknown:
        msg = f"There is no check {unknown}."
        raise NotMadeError(msg)
    if not wishes:
        return []
    planter = Planter(base, random)
    return [_Planted(wish, place, planter.plots(base.pack.checks[wish.check])) for place, wish in enumerate(wishes, 1)]


def _rows(base: Original, register: str, copies: int, seed: int, planted: Sequence[_Planted]) -> Iterator[Texts]:
    return chain(_copied(base, register, copies, seed), *(_planted(base, register, one) for one in planted))


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


def _planted(base: Original, register: str, planted: _Planted) -> Iterator[Texts]:
    for number in range(planted.wish.number):
        plot = planted.plots[number % len(planted.plots)]
        ending = f"-B{planted.place}-{number + 1}"
        for other, row in plot.pieces:
            if other == register:
                yield {
                    field: text + ending if _is_own(base, other, field, text, plot) else text
                    for field, text in row.items()
                }


def _is_own(base: Original, register: str, field: str, text: str, plot: Plot) -> bool:
    return text in plot.names and field in base.pack.registers[register].fields and base.is_reference(register, field)


def _write_register(base: Original, register: str, path: Path, rows: Iterator[Texts], move: Move) -> None:
    path.parent.mkdir(exist_ok=True)
    dates = dates_of(base, register)
    still = move.start == move.end
    with path.open("w", encoding="utf-8", newline="") as file:
        fields = list(base.pack.registers[register].fields)
        writer = csv.DictWriter(file, fields, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows if still else (move.row(row, register, dates) for row in rows))


def _write_papers(base: Original, out: Path, move: Move, copies: int) -> None:
    """The three files about the organisation; waivers accept as much more as there are copies, 0 for none at all."""
    profile = base.organisation.profile
    records = {
        name: {"source": _file_of(name), "taken_on": source.taken_on} for name, source in profile.records.items()
    }
    about = {**_plain(profile), "as_at": move.end, "name": _made_up(profile.name), "records": records}
    _write(out / "organisation.yaml", _moved(about, move, {"as_at"}))
    waivers = [{**_plain(waiver), "covers": waiver.covers * copies} for waiver in base.organisation.waivers if copies]
    _write(out / "waivers.yaml", _moved(waivers, move, set()))
    _write(out / "attestations.yaml", _moved([_plain(said) for said in base.organisation.attestations], move, set()))


def _plain(record: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the three kinds of record
    return dict(record.model_dump(by_alias=True, exclude_none=True))


def _moved(part: Any, move: Move, kept: set[str]) -> Any:  # noqa: ANN401 - a tree of plain values
    """Every date moved by as many days as the as-at date, and everything as text."""
    match part:
        case dict():
            return {key: str(value) if key in kept else _moved(value, move, kept) for key, value in part.items()}
        case list() | tuple():
            return [_moved(value, move, kept) for value in part]
        case date():
            return move.day(part).isoformat()
        case _:
            return None if part is None else str(part)


def _write(path: Path, content: Mapping[str, Any] | Sequence[Any]) -> None:
    """JSON, one item a line, is YAML."""
    items = (
        [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items()]
        if isinstance(content, Mapping)
        else [f"- {json.dumps(value, ensure_ascii=False)}" for value in content]
    )
    path.write_text(_MADE_UP + "".join(f"{item}\n" for item in items), "utf-8")


def _made_up(name: str) -> str:
    return name if "made up" in name else f"{name} (made up)"


def _file_of(register: str) -> str:
    return f"records/{register}.csv"


def _say_also(planted: _Planted) -> list[str]:
    others = sorted({other for plot in planted.plots for other in plot.also})
    return [f"The rows planted for {planted.wish.check} are found by {other} too." for other in others]
