"""The example organisation, copied: as it is, or moved to another day so that each rule still says the same of it.

Every date moves by the same number of days. Months are not all of one length, so a date that a rule measures in months
may then lie on the other side of its limit: it is put back to its own side, by three days at most. What is law on a
day does not move, and neither do days that a rule names.
"""

import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from policykit.engines import Refused, open_engine
from policykit.english import say, say_day
from policykit.model.calendar import months_from
from policykit.model.registers import FieldType, Register
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR, Record, read_day
from policykit.reading import Ground, Organisation, Pack
from policykit.rules import month_limits
from policykit.running import locate

Texts = Mapping[str, str]
"""One row: its fields and their text, empty where blank."""


class NotMadeError(Exception):
    """The organisation that was asked for cannot be made; the message is one plain sentence."""


@dataclass(frozen=True)
class ExampleRecords:
    """The example organisation with its registers as text, by register."""

    pack: Pack
    organisation: Organisation
    tables: Mapping[str, tuple[Texts, ...]]

    @property
    def as_at(self) -> date:
        """The day as of which the example is judged."""
        return self.organisation.as_at


E = TypeVar("E", bound=ExampleRecords)


def copy_example(pack: Pack, organisation: Organisation, out: Path, as_at: date | None) -> None:
    """Copy the example into a new folder: byte for byte, or moved to a day. Raises NotMadeError where it cannot be."""
    if as_at is None:
        shutil.copytree(organisation.folder, out)
        return
    moved = on_day(read_example(pack, organisation), as_at)
    (out / "records").mkdir(parents=True)
    for register, rows in moved.tables.items():
        write_table(pack.registers[register], out / file_of(register), rows)
    write_papers(moved, out)


def read_example(pack: Pack, organisation: Organisation) -> ExampleRecords:
    """Read the example, without the registers that cannot be opened. Raises NotMadeError where one is no CSV file."""
    sources = organisation.profile.records
    other = next((name for name, source in sources.items() if not (source.source or "").lower().endswith(".csv")), None)
    if other:
        raise NotMadeError(say("exports.example.no-csv", register=other))
    records = {name: sources[name] for name in _openable(pack, organisation)}
    tables = {name: _rows(organisation, source.source or "") for name, source in records.items()}
    profile = organisation.profile.model_copy(update={"records": records})
    return ExampleRecords(pack, replace(organisation, profile=profile), tables)


def _openable(pack: Pack, organisation: Organisation) -> list[str]:
    """A register that a run cannot open stays shut in every copy, whether its file is there or not."""
    with open_engine() as engine:
        places = {name: locate(organisation.folder, source) for name, source in organisation.profile.records.items()}
        return [
            name
            for name, place in places.items()
            if not isinstance(place, Refused) and not isinstance(engine.open(pack.registers[name], place), Refused)
        ]


def _rows(organisation: Organisation, source: str) -> tuple[Texts, ...]:
    with (organisation.folder / source).open(encoding="utf-8-sig", newline="") as file:
        return tuple({name: value.strip(" ") for name, value in row.items()} for row in csv.DictReader(file))


RecordT = TypeVar("RecordT", bound=Record)

Limits = Mapping[tuple[str, str], frozenset[int]]
"""By register and field, the months from the as-at date at which a rule draws a line; earlier ones are negative."""


@dataclass(frozen=True)
class Move:
    """From one as-at date to another."""

    start: date
    end: date
    limits: Limits

    def day(self, day: date) -> date:
        """A day that no rule measures in months. Raises NotMadeError where no register can hold what it becomes."""
        moved = day.toordinal() + (self.end - self.start).days
        if not date(FIRST_YEAR, 1, 1).toordinal() <= moved <= date(LAST_YEAR, 12, 31).toordinal():
            end = say_day(self.end)
            raise NotMadeError(say("exports.example.days-beyond", day=end, first=FIRST_YEAR, last=LAST_YEAR))
        return date.fromordinal(moved)

    def text(self, text: str, register: str, field: str) -> str:
        """The text of a date of a register; what is no date stays as it is."""
        try:
            day = read_day(text)
        except ValueError:
            return text
        moved = self.day(day)
        for months in sorted(self.limits.get((register, field), ())):
            moved = self._on_its_side(day, moved, months)
        return moved.isoformat()

    def row(self, row: Mapping[str, str], register: str, dates: frozenset[str]) -> dict[str, str]:
        """A row of a register with all its dates moved."""
        return {name: self.text(text, register, name) if name in dates else text for name, text in row.items()}

    def record(self, record: RecordT) -> RecordT:
        """What the organisation says of itself, with all its dates moved."""
        said = record.model_dump(by_alias=True, exclude_unset=True)
        return type(record).model_validate(self._with_days(said))

    def _with_days(self, part: Any) -> Any:  # noqa: ANN401 - a tree of plain values
        match part:
            case dict():
                return {key: self._with_days(value) for key, value in part.items()}
            case list() | tuple():
                return tuple(self._with_days(value) for value in part)
            case date():
                return self.day(part)
            case _:
                return part

    def _on_its_side(self, day: date, moved: date, months: int) -> date:
        """The limit itself lies on the side of the as-at date."""
        old, new = months_from(self.start, months), months_from(self.end, months)
        beyond = timedelta(days=-1 if months < 0 else 1)
        was_inside, is_inside = (day >= old, moved >= new) if months < 0 else (day <= old, moved <= new)
        if was_inside == is_inside:
            return moved
        return new if was_inside else new + beyond


def on_day(base: E, as_at: date) -> E:
    """The example on another day. Raises NotMadeError where its days would be none that a register can hold."""
    move = move_to(base, base.as_at, as_at)
    tables = {
        name: tuple(move.row(row, name, dates) for row in rows)
        for name, rows in base.tables.items()
        for dates in [dates_of(base, name)]
    }
    organisation = replace(
        base.organisation,
        profile=move.record(base.organisation.profile).model_copy(update={"as_at": as_at}),
        waivers=tuple(map(move.record, base.organisation.waivers)),
        attestations=tuple(map(move.record, base.organisation.attestations)),
    )
    return replace(base, organisation=organisation, tables=tables)


def move_to(base: ExampleRecords, start: date, end: date) -> Move:
    """The move of what was written for one day to another."""
    limits: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    setting = Ground.of(base.pack, base.organisation, base.as_at).setting
    for check in base.pack.checks.values():
        for register, field, months in month_limits(check, setting):
            limits[register, field].add(months)
    return Move(start, end, {place: frozenset(found) for place, found in limits.items()})


def dates_of(base: ExampleRecords, register: str) -> frozenset[str]:
    """The fields of a register that hold dates."""
    shapes = base.pack.registers[register].fields
    return frozenset(name for name, shape in shapes.items() if shape.type is FieldType.DATE)


def file_of(register: str) -> str:
    """Where the records of a register lie in the organisation's folder."""
    return f"records/{register}.csv"


def write_table(register: Register, path: Path, rows: Iterable[Texts]) -> None:
    """Write the records of a register."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(register.fields), restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_papers(base: ExampleRecords, out: Path, copies: int = 1) -> None:
    """The three files about the organisation; waivers accept as much more as there are copies, 0 for none at all."""
    organisation = base.organisation
    profile = organisation.profile
    records = {
        name: {"source": file_of(name), "taken_on": str(source.taken_on)} for name, source in profile.records.items()
    }
    _write(out / "organisation.yaml", {**_as_text(profile), "name": _made_up(profile.name), "records": records})
    waivers = [{**_as_text(waiver), "covers": str(waiver.covers * copies)} for waiver in organisation.waivers if copies]
    _write(out / "waivers.yaml", waivers)
    _write(out / "attestations.yaml", [_as_text(said) for said in organisation.attestations])


def _as_text(part: Any) -> Any:  # noqa: ANN401 - a tree of plain values, as a file writes it
    match part:
        case Record():
            return _as_text(part.model_dump(by_alias=True, exclude_unset=True))
        case dict():
            return {key: _as_text(value) for key, value in part.items()}
        case list() | tuple():
            return [_as_text(value) for value in part]
        case _:
            return None if part is None else str(part)


def _write(path: Path, content: Mapping[str, Any] | Sequence[Any]) -> None:
    """JSON, one item a line, is YAML."""
    items = (
        [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items()]
        if isinstance(content, Mapping)
        else [f"- {json.dumps(value, ensure_ascii=False)}" for value in content]
    )
    head = f"# {say('exports.example.nobody-real')}"
    path.write_text("".join(f"{line}\n" for line in (head, *items)), "utf-8")


def _made_up(name: str) -> str:
    return name if say("exports.example.made-up") in name else say("exports.example.name-made-up", name=name)
