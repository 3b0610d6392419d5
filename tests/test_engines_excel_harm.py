"""Workbooks that could harm a run: each is refused in plain words, or its reader is killed, and the run goes on."""

import random
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.workbooks import CANARY, FAR, GOOD, NOTES, PARTS, TOO_FAR, package, sheet, things, why, workbook

from policykit.engines import Engine, Engines, Opened, Refused, Source
from policykit.engines.files import DuckEngine
from policykit.engines.files.excel import Limits
from policykit.model.registers import FieldType

PASSWORD = "the workbook is protected by a password"  # noqa: S105 - a sentence
DAMAGED = "the workbook is damaged or cut short"
TOO_LARGE = "the workbook is too large or damaged"
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def engine() -> Iterator[Engine[Source]]:
    """An engine of its own for each test."""
    with Engines() as opened:
        yield opened


def with_parts(parts: dict[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> Callable[[Path], object]:
    """How to make a good workbook with these parts."""
    return lambda path: package(path, {SHEET: sheet(GOOD), **parts}, packing)


def harmed(harm: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """How to make a good workbook and then harm it."""
    return lambda path: path.write_bytes(harm(workbook(path, GOOD).read_bytes()))


def with_a_part_twice(path: Path) -> None:
    """A workbook whose second sheet has, but for capitals, the name of the first."""
    package(path, {SHEET: sheet(GOOD), "XL/worksheets/sheet1.xml": sheet(FAR)})


def patched(signature: bytes, offset: int, value: bytes) -> Callable[[bytes], bytes]:
    """Other bytes at a place in every record of a kind."""

    def patch(data: bytes) -> bytes:
        for place in [place for place in range(len(data)) if data.startswith(signature, place)]:
            data = data[: place + offset] + value + data[place + offset + len(value) :]
        return data

    return patch


DOCTYPE = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
KILLERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "two cells, far apart": (lambda path: workbook(path, FAR), TOO_FAR),
    "a cell too far to the right": (lambda path: workbook(path, [["ref", *[None] * 511, "x"]]), TOO_FAR),
    "a cell too far down for so many columns": (
        lambda path: workbook(path, [["ref", *[None] * 30, "x"], ['<c r="A1048576"><v>1</v></c>']]),
        TOO_FAR,
    ),
    "a zip bomb": (
        with_parts({"xl/media/a.bin": bytes(30_000_000)}),
        "the workbook unpacks to far more than a real one does",
    ),
    "more than we unpack": (
        harmed(patched(b"PK\1\2", 24, (60_000_000).to_bytes(4, "little"))),
        "the workbook is too large when unpacked",
    ),
    "too many parts": (
        with_parts({f"xl/media/{number}": b"" for number in range(2_000)}),
        "the workbook is too large: it has too many parts",
    ),
    "a list of parts without end": (
        with_parts({f"xl/{'long' * 500}{number}": b"" for number in range(700)}),
        "the workbook's list of parts is too long",
    ),
    "a workbook in the workbook": (
        with_parts({"xl/embeddings/a.bin": b"PK\3\4" + bytes(20)}, zipfile.ZIP_STORED),
        "the workbook holds another packed file",
    ),
    "entities": (with_parts({SHEET: DOCTYPE + sheet(GOOD)}), "the workbook holds declarations that no workbook needs"),
    "entities in a list": (
        with_parts({"xl/sharedStrings.xml": DOCTYPE + "<sst/>"}),
        "the workbook holds declarations that no workbook needs",
    ),
    "a part twice": (with_a_part_twice, "the workbook is damaged: a part is there twice"),
    "unusual packing": (with_parts({}, zipfile.ZIP_LZMA), "the workbook is packed in an unusual way"),
    "encrypted parts": (harmed(patched(b"PK\1\2", 8, b"\1")), PASSWORD),
    "encrypted, or of the old kind": (
        lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)),
        f"{PASSWORD}, or is an old .xls file",
    ),
    "cut short": (harmed(lambda data: data[:-30]), DAMAGED),
    "a byte of a sheet changed": (harmed(patched(b"PK\1\2", 16, b"\0\0\0\0")), DAMAGED),
    "no sheet": (with_parts({"xl/workbook.xml": "<workbook/>"}), DAMAGED),
    "a sheet that is elsewhere": (
        with_parts({"xl/_rels/workbook.xml.rels": PARTS["xl/_rels/workbook.xml.rels"].replace("sheet1", CANARY)}),
        DAMAGED,
    ),
    "XML that breaks off far down": (with_parts({SHEET: sheet(GOOD * 20)[:-40]}), TOO_LARGE),
    "an error that does not say its place": (
        with_parts({SHEET: sheet([*GOOD, ["A", '<c t="e"><v>#REF!</v></c>']])}),
        TOO_LARGE,
    ),
    "text": (lambda path: path.write_text(f"ref\n{CANARY}\n"), "it is not an Excel workbook"),
    "nothing": (lambda path: path.write_bytes(b""), "it is not an Excel workbook"),
}


@pytest.mark.parametrize("name", KILLERS)
def test_what_could_kill_a_reader_is_refused_in_these_words(
    name: str, engine: Engine[Source], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Bombs, far corners, passwords, damage: one plain sentence, no value, little memory, and the run goes on."""
    make, said = KILLERS[name]
    make(file := tmp_path / "a.xlsx")
    tracemalloc.start()
    found = why(engine, file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == said
    assert most < 20_000_000
    assert CANARY not in "".join([found, *capfd.readouterr()])
    assert isinstance(engine.open(things(), workbook(tmp_path / "good.xlsx", GOOD)), Opened)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(sheet(GOOD, before='<dimension ref="A1:XFD1048576"/>'), id="a sheet that says it is huge"),
        pytest.param(sheet([*GOOD, ['<c r="XFD1048576" s="1"/>']]), id="a far cell that is only styled"),
        pytest.param(
            sheet([*GOOD[:-1], ["A", '<c r="REF" t="str"><v>r="XFD9"</v></c>']]), id="text that looks like a cell"
        ),
    ],
)
def test_what_only_looks_large_is_read(rows: str, engine: Engine[Source], tmp_path: Path) -> None:
    """What counts is the cells that hold something, not what a sheet says of itself."""
    found = engine.open(things(note=FieldType.TEXT), package(tmp_path / "a.xlsx", {SHEET: rows}))
    assert isinstance(found, Opened)
    assert found.rows == len(NOTES)


def many_cells() -> str:
    """A million and a half cells that say nothing of where they are."""
    return sheet([]).replace("<sheetData>", "<sheetData>" + ("<row>" + "<c><v>1</v></c>" * 500 + "</row>") * 3_000)


@pytest.mark.parametrize(
    ("rows", "limits"),
    [
        pytest.param(
            sheet([["ref"], ['<c r="H1048576"><v>1</v></c>']]),
            Limits(memory=200 * 1024**2),
            id="more memory than it may have",
        ),
        pytest.param(many_cells(), Limits(seconds=1), id="more time than it may have"),
    ],
)
def test_a_reader_that_takes_too_much_is_killed_and_the_run_goes_on(rows: str, limits: Limits, tmp_path: Path) -> None:
    """The limits of the process hold for real: under the usual ones the same workbook is read."""
    file = package(tmp_path / "a.xlsx", {SHEET: rows}, zipfile.ZIP_STORED)
    with Engines(lambda: DuckEngine(limits)) as engine:
        assert why(engine, file) == TOO_LARGE
        assert isinstance(engine.open(things(), workbook(tmp_path / "good.xlsx", GOOD)), Opened)
    with Engines() as engine:
        assert "column" in why(engine, file)


def broken(good: bytes) -> Iterator[bytes]:
    """A workbook cut at every fiftieth of its length, and with single bits changed at places that never vary."""
    for part in range(50):
        yield good[: len(good) * part // 50]
    chance = random.Random(4711)  # noqa: S311 - no secret hangs on it
    for _ in range(60):
        place = chance.randrange(len(good))
        yield good[:place] + bytes([good[place] ^ 1 << chance.randrange(8)]) + good[place + 1 :]


def test_no_broken_workbook_is_more_than_a_refusal(
    engine: Engine[Source], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A workbook cut short or with a bit changed is read or refused: nothing is raised, nothing of it is said."""
    good = workbook(tmp_path / "good.xlsx", GOOD).read_bytes()
    said = {PASSWORD, DAMAGED, TOO_LARGE, "it is not an Excel workbook", "the workbook is packed in an unusual way"}
    said |= {"the workbook unpacks to far more than a real one does", "the workbook is too large when unpacked"}
    reasons = set()
    for data in broken(good):
        (file := tmp_path / "a.xlsx").write_bytes(data)
        found = engine.open(things(note=FieldType.TEXT), file)
        reasons.add(found.why if isinstance(found, Refused) else None)
    assert reasons - {None} <= said
    assert CANARY not in "".join(capfd.readouterr())
