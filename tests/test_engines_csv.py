"""Records in CSV files: what is read, what is refused and in which words, held against a second reader."""

import hashlib
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from tests.chance import drawing
from tests.reference_csv import RefusedError, cut, read_table

from policykit.engines import Engine, Engines, Opened, Refused, Source
from policykit.engines.engine import RefusalError
from policykit.engines.files.csv import create_from_copy, take_in
from policykit.model.registers import FieldShape, Register, read_value

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/engines/csv.yaml").read_text("utf-8"))
NUMBERS = itertools.count()


def register(**fields: str) -> Register:
    """A register with fields of the types given; a code comes as `code a b`. The first field is the key."""
    shapes = {
        name: FieldShape(type=kind.split()[0], means=name, values=tuple(kind.split()[1:]))
        for name, kind in fields.items()
    }
    return Register(
        id=f"register_{next(NUMBERS)}", title="Things", about="event", key=next(iter(fields)), fields=shapes
    )


def visits() -> Register:
    """The register that the cases are about."""
    return register(ref="ref", seen_on="date", homes="integer")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for one file after another."""
    return tmp_path_factory.mktemp("drawn")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine[Source]]:
    """One engine for all files: every register has a name of its own."""
    with Engines() as opened:
        yield opened


def data_of(case: dict[str, Any]) -> bytes:
    """The bytes of a case."""
    return bytes.fromhex(case["bytes"]) if "bytes" in case else str(case["text"]).encode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_each_file_is_read_or_refused_in_these_words(
    case: dict[str, Any], engine: Engine[Source], tmp_path: Path
) -> None:
    """Every case of cases/engines/csv.yaml comes out as it says; the digest is that of the file, line ends and all."""
    file, data = tmp_path / "records.csv", data_of(case)
    file.write_bytes(data)
    found = engine.open(visits(), file)
    said = {"rows": found.rows} if isinstance(found, Opened) else {"refused": found.why}
    assert said == {key: case[key] for key in ("rows", "refused") if key in case}
    if isinstance(found, Opened):
        assert found.digest == f"sha256:{hashlib.sha256(data).hexdigest()}"


PIECES = st.sampled_from(
    [
        ",",
        '"',
        "\n",
        "\r\n",
        "\r",
        " ",
        "A",
        "B",
        "ref",
        "x",
        '""',
        '","',
        '"\n',
        "é",
        "\0",
        "\ufeff",
        "#",
        "\\",
        "'",
        "\u2028",
        "\t",
        "\u00a0",
        "NA",
        "\u200b",
    ]
)
NASTY = st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode())
VALUES = st.text(st.sampled_from('AB ,"\n\ré\\\x85\t\u3000-'), max_size=4)


@st.composite
def written_tables(draw: st.DrawFn) -> bytes:
    """A table as programs write it, quotes now and then, mostly in order; sometimes one byte is another."""
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(VALUES, min_size=width, max_size=width), max_size=6))
    keyed = [[f"K{number}", *row[1:]] if draw(st.integers(0, 9)) else row for number, row in enumerate(rows)]
    lines = [["ref", *"xyz"[: width - 1]], *keyed]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = end.join(",".join(as_value(value, quoted=draw(st.booleans())) for value in line) for line in lines)
    data = (text + draw(st.sampled_from(["", end, end * 2]))).encode()
    return (
        flipped(data, draw(st.integers(0, len(data))), draw(st.sampled_from(b',"\n\rA ')))
        if draw(st.booleans())
        else data
    )


def as_value(value: str, *, quoted: bool) -> str:
    """A value as it stands in a file: in quotes where it must be."""
    return '"' + value.replace('"', '""') + '"' if quoted or set(value) & set(',"\r\n') else value


def flipped(data: bytes, place: int, byte: int) -> bytes:
    """The same bytes but for one."""
    return data[:place] + bytes([byte]) + data[place + 1 :]


@given(data=st.one_of(NASTY, NASTY.map(lambda nasty: b"ref,x\n" + nasty), written_tables()))
@drawing(1)
def test_what_is_read_is_what_a_second_reader_reads(data: bytes, engine: Engine[Source], folder: Path) -> None:
    """Any bytes are read to the same values, or refused, as by a reader that goes one character after the other."""
    file = folder / "records.csv"
    file.write_bytes(data)
    things = register(ref="ref")
    found, expected = engine.open(things, file), second_reading(data)
    if isinstance(expected, RefusedError):
        assert isinstance(found, Refused)
        assert expected.says in {None, found.why}
    else:
        assert isinstance(found, Opened)
        assert expected == [key for key, _ in loaded(things, file, folder)]


def second_reading(data: bytes) -> list[str] | RefusedError:
    """The keys as the second reader has them, or why it refuses."""
    try:
        return [cut(row["ref"]) for row in read_table(data, ["ref"])]
    except RefusedError as refused:
        return refused


def loaded(things: Register, file: Path, folder: Path) -> list[tuple[Any, ...]]:
    """The rows that DuckDB makes of a file in order."""
    with duckdb.connect() as database:
        database.execute(create_from_copy(things, take_in(things, file, folder / "copy.csv")).sql("duckdb"))
        return database.table(things.id).fetchall()


TYPES = ("text", "code a b é", "date", "integer", "flag")
ODD = Path(__file__).parent.joinpath("cases/engines/values.txt").read_text("utf-8").splitlines()


@example(cells=ODD)
@given(cells=st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=6)), min_size=1, max_size=30))
@drawing(4)
def test_every_value_is_typed_as_the_model_types_it(cells: list[str], folder: Path) -> None:
    """Columns are read as `read_value` reads single values: the same value, or unreadable, never a guess."""
    padded = [f"  {cell} ".replace("\0", "") for cell in cells]
    file = folder / "records.csv"
    things = register(ref="ref", **{kind.split()[0]: kind for kind in TYPES})
    lines = [
        ",".join([f"K{number}", *[as_value(cell, quoted=True)] * len(TYPES)]) for number, cell in enumerate(padded)
    ]
    header = ",".join(things.fields)
    try:
        file.write_bytes("\n".join([header, *lines]).encode())
    except UnicodeEncodeError:
        return
    for cell, row in zip(padded, loaded(things, file, folder), strict=True):
        assert row[1:] == expected_row(things, cell)


def expected_row(things: Register, cell: str) -> tuple[Any, ...]:
    """The values of one text in every type, and after them where it cannot be read."""
    values, marks = list[Any](), list[bool]()
    for shape in list(things.fields.values())[1:]:
        try:
            values.append(read_value(shape, cell))
            marks.append(False)
        except ValueError:
            values.append(None)
            marks.append(True)
    return (*values, False, *marks)


def test_a_value_of_millions_of_characters_is_read_whole(engine: Engine[Source], tmp_path: Path) -> None:
    """A long value in a column that is read, and a quoted one over lines, is no reason to refuse a file."""
    file = tmp_path / "records.csv"
    long = "x" * 1000 + " "
    file.write_text(f'ref,x,note\nA,"{long * 5000}.","{long}\n{long}"\nB,short,\n', encoding="utf-8")
    things = register(ref="ref", x="text")
    assert isinstance(engine.open(things, file), Opened)
    assert [len(row[1]) for row in loaded(things, file, tmp_path)] == [1001 * 5000 + 1, 5]


LONG = {
    "one line": "x" * 17 * 2**20,
    "one line in quotes": '"' + "é" * 17 * 2**19 + '"',
    "many lines in quotes": '"' + "é\n" * 6 * 2**20 + '"',
    "quotes that are never closed": '"' + "é\n" * 6 * 2**20,
}


@pytest.mark.parametrize("value", LONG.values(), ids=LONG.keys())
def test_a_record_is_refused_before_it_fills_the_memory(value: str, engine: Engine[Source], tmp_path: Path) -> None:
    """A record of more than 16 MiB, in one line or in many, is refused with the number of its first line."""
    file = tmp_path / "records.csv"
    file.write_text(f"ref,seen_on,homes,x\nA,,,{value}\n", encoding="utf-8")
    assert engine.open(visits(), file) == Refused("line 2 is longer than 16 MiB")


def test_many_lines_in_quotes_are_counted_as_one_record(engine: Engine[Source], tmp_path: Path) -> None:
    """Quoted values over several lines, larger than any buffer, neither break rows apart nor lose one."""
    file = tmp_path / "records.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write("x,ref\r\n")
        out.writelines(
            f'"a ""quoted"" , value\n{number},K{number}\n\nand more",K{number}\r\n' for number in range(200_000)
        )
    assert isinstance(found := engine.open(register(ref="ref"), file), Opened)
    assert found.rows == 200_000


def test_a_fault_far_down_is_found_with_its_line(engine: Engine[Source], tmp_path: Path) -> None:
    """One short line among 300,000 is named, not passed over."""
    file = tmp_path / "records.csv"
    lines = [f"K{number},2026-11-01,3" for number in range(300_000)]
    lines[250_000] = "K250000,2026-11-01"
    file.write_text("\n".join(["ref,seen_on,homes", *lines]), encoding="utf-8")
    assert engine.open(visits(), file) == Refused("line 250002 has 2 values and 3 are needed")


def test_a_file_that_grows_while_it_is_read_is_refused(engine: Engine[Source], tmp_path: Path) -> None:
    """Its digest would be of a file that is no longer there; nor is more read of it than there was at first."""
    file = tmp_path / "records.csv"
    file.write_text("ref,seen_on,homes\n" + "".join(f"K{number},2026-11-01,3\n" for number in range(200_000)), "utf-8")
    frames = itertools.count()
    with file.open("a", encoding="utf-8") as more:

        def add(*_: object) -> None:
            more.write(f"L{next(frames)},2026-11-01,3\n")
            more.flush()

        sys.setprofile(add)  # something is added whenever the reader calls anything
        try:
            found = engine.open(visits(), file)
        finally:
            sys.setprofile(None)
    assert found == Refused("its file was changed while it was read")


def test_a_file_that_does_not_fit_is_copied_no_further(tmp_path: Path) -> None:
    """What is wrong is said once it is met: of a file that is mostly nothing, hardly more than a line is copied."""
    file = tmp_path / "records.csv"
    file.write_text("ref,seen_on,homes\nA\n", "utf-8")
    os.truncate(file, 200_000_000)
    copy = tmp_path / "copy.csv"
    with pytest.raises(RefusalError, match="line 2 has 1 value and 3 are needed"):
        take_in(visits(), file, copy)
    assert copy.stat().st_size < 20_000_000  # no line is longer than 16 MiB


@pytest.mark.parametrize(
    ("most", "why"),
    [
        (None, "it is larger than 4,000 MB; the variable POLICYKIT_CSV_MB can say how many are allowed"),
        ("1", "it is larger than 1 MB; the variable POLICYKIT_CSV_MB can say how many are allowed"),
        ("9999", "line 2 is longer than 16 MiB"),
        ("4 GB", "the variable POLICYKIT_CSV_MB does not hold a whole number of megabytes, such as 8000"),
    ],
)
def test_a_file_has_a_largest_size(
    most: str | None, why: str, engine: Engine[Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another can be set; what is larger is refused before a byte of it is read."""
    if most:
        monkeypatch.setenv("POLICYKIT_CSV_MB", most)
    file = tmp_path / "records.csv"
    file.write_text("ref,seen_on,homes\n", "utf-8")
    os.truncate(file, 8_000_000_000)
    assert engine.open(visits(), file) == Refused(why)


TOO_LITTLE = """
import resource, sys
from pathlib import Path
from policykit.engines import Engines
from policykit.model.registers import FieldShape, Register

register = Register(id="things", title="Things", about="event", key="ref",
                    fields={"ref": FieldShape(type="ref", means="reference")})
with Engines() as engine:
    engine.open(register, Path("none.csv"))
    with open("/proc/self/statm") as held:
        now = int(held.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + int(sys.argv[1]), -1))
    print(engine.open(register.model_copy(update={"id": "more"}), Path("records.csv")).why)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say how much memory a process has")
def test_too_little_memory_refuses_the_register(tmp_path: Path) -> None:
    """Not the run: what filled the memory is let go before anything is said."""
    (tmp_path / "records.csv").write_text(f'ref\n"{"é" * 7_000_000}"x\n', "utf-8")
    words = [sys.executable, "-c", TOO_LITTLE, "40000000"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (
        "its records could not be loaded: there is not enough memory\n",
        "",
    )
