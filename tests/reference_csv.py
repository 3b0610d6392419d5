"""CSV read a second time, one character after the other, as RFC 4180 has it; shares no code with policykit."""

import csv
import io
import re
from dataclasses import dataclass


class RefusedError(Exception):
    """The file is refused; `says` is what must be said of it, None where any words will do."""

    def __init__(self, says: str | None = None) -> None:
        super().__init__(says)
        self.says = says


@dataclass
class Line:
    """One record and the line it begins on."""

    at: int
    values: list[str]


def read_table(data: bytes, fields: list[str]) -> list[dict[str, str]]:
    """The text of each field, row by row; the first field is the key."""
    lines = read_lines(data)
    if len(lines) > 1 and lines[-1].values == [""] and re.search(rb"(\A|\n)\r?\n\Z", data):
        lines.pop()  # an empty last line
    if not lines:
        raise RefusedError
    header, *body = lines
    names = [name.strip(" ") for name in header.values]
    if "" in names or len(set(names)) < len(names) or not set(fields) <= set(names):
        raise RefusedError
    for line in body:
        if len(line.values) != len(names):
            raise RefusedError(ragged(line, len(names)))
    rows = [dict(zip(names, line.values, strict=True)) for line in body]
    refuse_keys([(line.at, row[fields[0]].strip(" ")) for line, row in zip(body, rows, strict=True)])
    return [{name: row[name] for name in fields} for row in rows]


def ragged(line: Line, needed: int) -> str | None:
    """The sentence for a line with too few or too many values."""
    if line.values == [""]:
        return f"line {line.at} is empty"
    return f"line {line.at} has {len(line.values)} value{'' if len(line.values) == 1 else 's'} and {needed} are needed"


def refuse_keys(keys: list[tuple[int, str]]) -> None:
    """Blank keys first, then the first key that stands a second time."""
    for at, key in keys:
        if not key:
            raise RefusedError(f"line {at}: the key is blank")
    first: dict[str, int] = {}
    for at, key in keys:
        if key in first:
            raise RefusedError(f"lines {first[key]} and {at} have the same key")
        first[key] = at


def read_lines(data: bytes) -> list[Line]:
    """Every record; where it is one, Python's own reader must agree."""
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise RefusedError from None
    if "\0" in text:
        raise RefusedError
    lines = walk(text)
    python = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [line.values for line in lines] == [values or [""] for values in python]
    return lines


def walk(text: str) -> list[Line]:
    """One character after the other."""
    lines: list[Line] = []
    at, begins, place = 1, 1, 0
    values: list[str] = []
    while place < len(text) or values:
        value, place, breaks = one_value(text, place)
        values.append(value)
        at += breaks
        rest = text[place : place + 2]
        if rest[:1] == ",":
            place += 1
            continue
        if rest and rest[0] != "\n" and rest != "\r\n":
            raise RefusedError
        lines.append(Line(begins, values))
        at, values = at + 1, []
        begins = at
        place += 2 if rest == "\r\n" else 1
    return lines


def one_value(text: str, place: int) -> tuple[str, int, int]:
    """A value, where it ends, and how many line ends are in it."""
    if text[place : place + 1] != '"':
        end = place
        while end < len(text) and text[end] not in ',"\r\n':
            end += 1
        return text[place:end], end, 0
    value, place = "", place + 1
    while place < len(text):
        if text[place] != '"':
            value, place = value + text[place], place + 1
        elif text[place : place + 2] == '""':
            value, place = value + '"', place + 2
        else:
            return value, place + 1, value.count("\n")
    raise RefusedError
