"""The example organisation, copied: as it is, or moved to another day so that each rule still says the same of it.

Every date moves by the same whole weeks, and the as-at date is the day itself, up to six days later. So an example that
is to be moved keeps its dates seven days away from each limit that is counted from the as-at date; ten, where months of
other lengths can be counted. What is law on a day does not move, and neither do days that a rule names.
"""

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from policykit.engines import Engines, PrivateFolder, Refused
from policykit.english import say, say_day
from policykit.memory import LEDGER_FILE
from policykit.model.registers import FieldType, Register
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR, Record, read_day
from policykit.model.values import stripped
from policykit.problems import why_of
from policykit.reading import Ground, Organisation, Pack
from policykit.rules import Row, Standing, on_fixed_days
from policykit.running import locate, put_folder

_PROFILE = "organisation.yaml"
_Copying = Callable[[Path, Path], object]

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


def copy_example(
    pack: Pack, organisation: Organisation, out: Path, as_at: date | None, *, lives: bool, again: bool
) -> None:
    """Copy the example into a new folder: byte for byte, or moved to a day; made beside its place, and put there whole.

    One that `lives` has no day of its own: it is judged as at today, and remembers its runs. `again` takes the place of
    one that was made for a day and not changed since, and keeps its ledger. Raises NotMadeError.
    """
    place = out.absolute()
    if os.path.lexists(place) and not (again and _is_as_made(place)):
        raise NotMadeError(say(f"exports.example.{'is-not-ours' if again else 'is-there'}", path=out))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with PrivateFolder(place.parent, ".policykit-example-") as beside:
            made = beside.path / place.name
            if as_at is None:
                _copy(organisation.folder, made)
            else:
                _make(on_day(read_example(pack, organisation), as_at), made, lives=lives)
            _copy(place, made, _is_ledger, _link)
            put_folder(made, place)
    except OSError as error:
        raise NotMadeError(say("exports.example.system", path=out, why=why_of(error))) from None


def _make(example: ExampleRecords, out: Path, *, lives: bool) -> None:
    """Write an example, and last of all what says that nobody has changed it since."""
    if lives:
        profile = example.organisation.profile.model_copy(update={"as_at": None, "ledger": LEDGER_FILE})
        example = replace(example, organisation=replace(example.organisation, profile=profile))
    (out / "records").mkdir(parents=True)
    for register, rows in example.tables.items():
        write_table(example.pack.registers[register], out / file_of(register), rows)
    write_papers(example, out)
    text = (out / _PROFILE).read_bytes()
    (out / _PROFILE).write_bytes(text + f"# {say('exports.example.seal', digest=_digest(out, text))}\n".encode())


def _is_as_made(folder: Path) -> bool:
    """Whether a folder holds what was made, byte for byte, and beside it at most a ledger."""
    profile = folder / _PROFILE
    if folder.is_symlink() or profile.is_symlink() or not profile.is_file():
        return False
    text, _, last = profile.read_bytes().rstrip(b"\n").rpartition(b"\n")
    return last.rpartition(b" ")[2] == _digest(folder, text + b"\n").encode()


def _digest(folder: Path, profile: bytes) -> str:
    """Of all names and files of an example but its ledger; `profile` is its own page without the line that says it."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not _is_ledger(name):
            is_plain = path.is_file() and not path.is_symlink()
            text = profile if name.as_posix() == _PROFILE else path.read_bytes() if is_plain else b""
            found.update(os.fsencode(name) + hashlib.sha256(text).digest())
    return found.hexdigest()


def _is_ledger(name: Path) -> bool:
    """Whether a file of an example's folder is what it remembers of its runs, or of the packs that these were of."""
    return name.parts[0] == "packs" or name.parts[0].startswith(LEDGER_FILE)


def _copy(
    folder: Path, out: Path, wanted: Callable[[Path], bool] = lambda _: True, copy: _Copying = shutil.copy
) -> None:
    out.mkdir(exist_ok=True)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if wanted(name):
            (out / name).mkdir() if path.is_dir() else copy(path, out / name)


def _link(path: Path, other: Path) -> None:
    """Give a file a second name, so that whoever writes to it meanwhile writes to both; a copy where there is none."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copy(path, other)


def read_example(pack: Pack, organisation: Organisation) -> ExampleRecords:
    """Read the example, without the registers that cannot be opened. Raises NotMadeError where one is no CSV file."""
    sources = organisation.profile.records
    for name, source in sources.items():
        if not (source.source or "").lower().endswith(".csv"):
            raise NotMadeError(say("exports.example.no-csv", register=name))
    records = {name: sources[name] for name in _openable(pack, organisation)}
    tables = {name: _rows(organisation, source.source or "") for name, source in records.items()}
    profile = organisation.profile.model_copy(update={"records": records})
    return ExampleRecords(pack, replace(organisation, profile=profile), tables)


def _openable(pack: Pack, organisation: Organisation) -> Iterator[str]:
    """A register that a run cannot open stays shut in every copy, whether its file is there or not."""
    with Engines() as engine:
        for name, source in organisation.profile.records.items():
            place = locate(organisation.folder, source)
            opened = place if isinstance(place, Refused) else engine.open(pack.registers[name], place)
            if not isinstance(opened, Refused):
                yield name


def _rows(organisation: Organisation, source: str) -> tuple[Texts, ...]:
    with (organisation.folder / source).open(encoding="utf-8-sig", newline="") as file:
        return tuple({name: stripped(value) for name, value in row.items()} for row in csv.DictReader(file))


RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True)
class Move:
    """From one as-at date to another, by the most whole weeks that do not lead beyond it, so that weekdays stay.

    `fixed` are the conditions that compare a date with a day that does not move, such as one of law.
    """

    start: date
    end: date
    fixed: Collection[Standing]

    def day(self, day: date) -> date:
        """A day, moved. Raises NotMadeError where no register can hold what it becomes."""
        moved = day.toordinal() + (self.end - self.start).days // 7 * 7
        if not date(FIRST_YEAR, 1, 1).toordinal() <= moved <= date(LAST_YEAR, 12, 31).toordinal():
            end = say_day(self.end)
            raise NotMadeError(say("exports.example.days-beyond", day=end, first=FIRST_YEAR, last=LAST_YEAR))
        return date.fromordinal(moved)

    def row(self, row: Texts, register: str, dates: frozenset[str]) -> Texts:
        """A row of a register with its dates moved: all or, where one would change sides of a fixed day, none."""
        before = {name: _day_or_none(row.get(name, "")) for name in dates}
        after = {name: day and self.day(day) for name, day in before.items()}
        fixed = ((node, place) for node, place in self.fixed if place.register.id == register)
        if any(node.holds(Row(before, {}), place) is not node.holds(Row(after, {}), place) for node, place in fixed):
            return row
        return {**row, **{name: day.isoformat() for name, day in after.items() if day}}

    def record(self, record: RecordT) -> RecordT:
        """What the organisation says of itself, with all its dates moved."""
        moved = _plain(record, lambda part: self.day(part) if isinstance(part, date) else part)
        return type(record).model_validate(moved)


def _day_or_none(text: str) -> date | None:
    try:
        return read_day(text)
    except ValueError:
        return None


def on_day(base: E, as_at: date) -> E:
    """The example on another day. Raises NotMadeError where its days would be none that a register can hold."""
    setting = Ground.of(base.pack, base.organisation, base.as_at).setting
    fixed = [each for check in base.pack.checks.values() for each in on_fixed_days(check, setting)]
    move = Move(base.as_at, as_at, fixed)
    dates = {name: dates_of(base, name) for name in base.tables}
    tables = {name: tuple(move.row(row, name, dates[name]) for row in rows) for name, rows in base.tables.items()}
    organisation = replace(
        base.organisation,
        as_at=as_at,
        profile=move.record(base.organisation.profile).model_copy(update={"as_at": as_at}),
        waivers=tuple(map(move.record, base.organisation.waivers)),
        attestations=tuple(map(move.record, base.organisation.attestations)),
        departures=tuple(map(move.record, base.organisation.departures)),
    )
    return replace(base, organisation=organisation, tables=tables)


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
    """The files about the organisation; waivers accept as much more as there are copies, 0 for none at all."""
    organisation, profile = base.organisation, base.organisation.profile
    records = {
        name: {"source": file_of(name), "taken_on": str(source.taken_on)} for name, source in profile.records.items()
    }
    is_said = say("exports.example.made-up") in profile.name
    name = profile.name if is_said else say("exports.example.name-made-up", name=profile.name)
    about = {**_as_text(profile), "name": name, "records": records}
    about = {key: value for key, value in about.items() if value is not None}
    waivers = [{**_as_text(waiver), "covers": str(waiver.covers * copies)} for waiver in organisation.waivers if copies]
    # JSON, one item a line, is YAML.
    _write(out / _PROFILE, (f"{key}: {_json(value)}" for key, value in about.items()))
    _write(out / "waivers.yaml", (f"- {_json(waiver)}" for waiver in waivers))
    _write(out / "attestations.yaml", (f"- {_json(_as_text(said))}" for said in organisation.attestations))
    if organisation.departures:
        _write(out / "departures.yaml", (f"- {_json(_as_text(each))}" for each in organisation.departures))


def _as_text(record: Record) -> dict[str, Any]:
    text: dict[str, Any] = _plain(record, lambda part: None if part is None else str(part))
    return text


def _plain(part: Any, leaf: Callable[[Any], object]) -> Any:  # noqa: ANN401 - a tree of plain values
    """What a record says, as a file writes it, with something done to each of its leaves."""
    match part:
        case Record():
            return _plain(part.model_dump(by_alias=True, exclude_unset=True), leaf)
        case dict():
            return {key: _plain(value, leaf) for key, value in part.items()}
        case list() | tuple():
            return tuple(_plain(value, leaf) for value in part)
        case _:
            return leaf(part)


def _write(path: Path, items: Iterable[str]) -> None:
    head = f"# {say('exports.example.nobody-real')}"
    path.write_text("".join(f"{line}\n" for line in (head, *items)), "utf-8")


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)
