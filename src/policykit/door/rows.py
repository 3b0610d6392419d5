"""Rows that a program has, as a rule reads them: dicts, and tables of any library that hands out an Arrow stream.

A value is text as in a CSV file, or already of its field's type: an int, a bool, a date, a datetime at midnight. None,
NaN, NaT and NA are blank. Of anything else the type is told, never the value.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from numbers import Integral, Real

from policykit.engines import Given, StreamOfRows, TextOfRows
from policykit.english import say
from policykit.model.registers import FieldShape, FieldType, Register, read_value
from policykit.problems import Complaint, complaint
from policykit.rules import Values

_NO_TEXT = {FieldType.DATE, FieldType.INTEGER, FieldType.FLAG}
"""Types that values of Python's own can be of, beside text."""

_MOST_DIGITS = 18
_TOO_LARGE = "9" * 19
"""Stands for every number that is too large to be read, whatever its digits."""


class RowsRefusedError(Exception):
    """Rows that a rule cannot read: every fault of theirs, once."""

    def __init__(self, *faults: Complaint) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__(*(what for _, what, _ in self.faults))


@dataclass(frozen=True)
class Unfit:
    """A value that no value of the field can be: the name of its type."""

    kind: str


def typed_rows(rows: object, register: Register) -> tuple[Values, ...]:
    """The fields of a register from dicts, each value as its type. Raises RowsRefusedError."""
    faults: list[Complaint] = []
    found = tuple(_typed(row, register, faults) for row in _mappings(rows, register))
    if faults:
        raise RowsRefusedError(*faults)
    return found


def given_rows(table: object, register: Register) -> Given:
    """A table of any kind, for an engine that counts. Raises RowsRefusedError where a value is no value of a field."""
    stream = _stream_of(table, register)
    return stream or _texts(_mappings(_dicts_of(table), register), register)


def _stream_of(table: object, register: Register) -> StreamOfRows | None:
    """The Arrow stream of a table; None where it has none. A stream is asked for once: it may be at its end after."""
    ask = getattr(table, "__arrow_c_stream__", None)
    if ask is None:
        return None
    try:
        return StreamOfRows(ask())
    except Exception as error:  # noqa: BLE001 - anybody's code, and its messages quote values
        kind = type(error).__name__
    if hasattr(table, "to_dict"):  # pandas where pyarrow is missing, or where a column holds things of several types
        return None
    raise RowsRefusedError(complaint("value-wrong.stream", register=register.id, kind=kind))


def _dicts_of(table: object) -> object:
    """The dicts of a pandas table whose columns have names of their own; everything else as it is."""
    columns, to_dict = getattr(table, "columns", None), getattr(table, "to_dict", None)
    if columns is None or to_dict is None or len(set(columns)) < len(columns):
        return table
    return to_dict("records")


def _mappings(rows: object, register: Register) -> Iterator[Mapping[str, object]]:
    refused = RowsRefusedError(complaint("value-wrong.rows", register=register.id))
    if isinstance(rows, Mapping) or not isinstance(rows, Iterable):
        raise refused
    for row in rows:
        if not isinstance(row, Mapping):
            raise refused
        yield row


def _texts(rows: Iterable[Mapping[str, object]], register: Register) -> TextOfRows:
    faults: dict[Complaint, None] = {}
    columns: dict[str, list[str | None]] = {field: [] for field in register.fields}
    for row in rows:
        for field, shape in register.fields.items():
            text = _text_at(row, field, shape, register)
            if isinstance(text, tuple):
                faults[text] = None
            else:
                columns[field].append(text)
    if faults:
        raise RowsRefusedError(*faults)
    return TextOfRows(columns)


def _typed(row: Mapping[str, object], register: Register, faults: list[Complaint]) -> Values:
    found = {}
    for field, shape in register.fields.items():
        text = _text_at(row, field, shape, register)
        try:
            found[field] = None if isinstance(text, tuple) else read_value(shape, text)
        except ValueError:
            text = _unreadable(field, shape, register)
        if isinstance(text, tuple):
            faults.append(text)
    return found


def _text_at(row: Mapping[str, object], field: str, shape: FieldShape, register: Register) -> str | Complaint | None:
    if field not in row:
        return complaint("key-missing.field-of-row", register=register.id, field=field)
    text = text_of(row[field], shape)
    if not isinstance(text, Unfit):
        return text
    wanted = shape.type if shape.type in _NO_TEXT else FieldType.TEXT
    return complaint(f"value-wrong.given-as.{wanted}", register=register.id, field=field, kind=text.kind)


def _unreadable(field: str, shape: FieldShape, register: Register) -> Complaint:
    """Text that the engine would count as unreadable; of one row that is nothing to go on from."""
    return complaint(f"value-wrong.unreadable.{shape.type}", register=register.id, field=field)


def text_of(value: object, shape: FieldShape) -> str | Unfit | None:
    """A value as a CSV file has it; None where it is blank."""
    if _is_blank(value):
        return None
    if isinstance(value, str):
        return str.__str__(value) if _is_unicode(value) else Unfit(say("door.kind.no-unicode"))
    match shape.type:
        case FieldType.DATE if isinstance(value, date):
            return _day(value)
        case FieldType.FLAG if _is_flag(value):
            return "yes" if value else "no"
        case FieldType.INTEGER if isinstance(value, Integral) and not _is_flag(value):
            number = int(value)
            return str(number) if abs(number) < 10**_MOST_DIGITS else _TOO_LARGE
        case _:
            return Unfit(type(value).__name__)


def _is_blank(value: object) -> bool:
    """None, NaN of any library, and what pandas has for no time and for nothing."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    return isinstance(value, Real) and bool(value != value)  # noqa: PLR0124 - only NaN is not itself


def _is_flag(value: object) -> bool:
    of_numpy = type(value).__module__ == "numpy" and type(value).__name__ in {"bool", "bool_"}
    return isinstance(value, bool) or of_numpy


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _day(value: date) -> str | Unfit:
    """The day; a time of day is not cut off, and midnight somewhere else is another moment."""
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return Unfit(say("door.kind.with-zone"))
        if value.time() != time() or getattr(value, "nanosecond", False):
            return Unfit(say("door.kind.not-midnight"))
    return date(value.year, value.month, value.day).isoformat()
