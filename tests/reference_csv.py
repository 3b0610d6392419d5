"""CSV read a second time, one character after the other, as RFC 4180 has it; shares no code with policykit."""

import csv
import io
import unicodedata
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
    while lines and not any(cut(value) or set(value) & set("\r\n") for value in lines[-1].values):
        lines.pop()  # rows at the end in which every cell is empty
    if not lines:
        raise RefusedError
    header, *body = lines
    names = [*map(cut, header.values)]
    given = [name for name in names if name]
    if len(set(given)) < len(given) or not set(fields) <= set(given):
        raise RefusedError
    for line in body:
        if len(line.values) != len(names):
            raise RefusedError(ragged(line, len(names)))
    if any(cut(value) for line in body for name, value in zip(names, line.values, strict=True) if not name):
        raise RefusedError
    rows = [dict(zip(names, line.values, strict=True)) for line in body]
    refuse_keys([(line.at, cut(row[fields[0]])) for line, row in zip(body, rows, strict=True)])
    return [{name: row[name] for name in fields} for row in rows]


def cut(text: str) -> str:
    """A text without white space at both ends; Python counts four separators that Unicode does not."""
    while text and text[0].isspace() and text[0] not in "\x1c\x1d\x1e\x1f":
        text = text[1:]
    while text and text[-1].isspace() and text[-1] not in "\x1c\x1d\x1e\x1f":
        text = text[:-1]
    return text


NOTHING = "n/a na - -- . ? tbc tba unknown none null nil"
ERRORS = (
    "n/a ref! value! div/0! name? num! null! error! spill! calc! field! blocked! unknown! connect! busy! getting_data"
)
WORDS = {*NOTHING.split(" "), *(f"#{error}" for error in ERRORS.split(" "))}
UNSEEN = "AD 34F 115F 1160 17B4 17B5 180B 180C 180D 180E 180F 200B 200C 200D 2060 2061 2062 2063 2064 2800 3164 FFA0"
NO_CELL = {
    *map(chr, range(0xE0000, 0xE1000)),
    *map(chr, range(0xFDD0, 0xFDF0)),
    *"\ufeff\ufffd\ufffe\uffff\ufff9\ufffa\ufffb",
}
NO_CELL |= {*(chr(int(code, 16)) for code in UNSEEN.split()), *"\u061c\u200e\u200f"}


def is_broken(text: str) -> bool:
    """Whether a text that was cut is no reference and no text: a word for nothing, an error, a hidden character."""
    word = "".join(chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter for letter in text)
    if word in WORDS:
        return True
    kinds = {unicodedata.category(letter) for letter in text} | {unicodedata.bidirectional(letter) for letter in text}
    hidden = bool(kinds & {"Cc", "Co", "Zl", "Zp", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
    return hidden or bool(set(text) & NO_CELL)


def ragged(line: Line, needed: int) -> str | None:
    """The sentence for a line with too few or too many values."""
    if line.values == [""]:
        return f"line {line.at} is empty"
    return f"line {line.at} has {len(line.values)} value{'' if len(line.values) == 1 else 's'} and {needed} are needed"


def refuse_keys(keys: list[tuple[int, str]]) -> None:
    """Blank keys first, then the first key that stands a second time."""
    for at, key in keys:
        if not key or is_broken(key):
            raise RefusedError(f"line {at}: the key {'cannot be read' if key else 'is blank'}")
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
