"""No value of a record leaves the records: no command says one, no result, page or memory of Sphinx holds one."""

import csv
import hashlib
import re
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from tests.ladders import Project

from policykit.model.registers import FieldType
from policykit.reading import Pack, load_pack

CANARY = "Canary-4711-Quince"
"""Behind every reference and every text of the records."""

HASHES = (hashlib.md5, hashlib.sha1, hashlib.sha256)
HEX = re.compile(rb"\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b")


@pytest.fixture(scope="module")
def values(real: Project) -> set[str]:
    """Every reference and text of the example's records, now with the canary behind it."""
    pack = load_pack(real.folder / "policy")
    folder = real.folder / "policy" / "example" / "records"
    return {value for path in folder.glob("*.csv") for value in _marked(path, pack)}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the handbook with all that it is made from."""
    return Project.real_copied_to(tmp_path_factory.mktemp("marked") / "real")


def _marked(path: Path, pack: Pack) -> list[str]:
    """Put the canary behind the references and texts of a file; the same behind each, so that links still lead on."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    fields = pack.registers[path.stem].fields
    spots = [number for number, name in enumerate(header) if fields[name].type in {FieldType.REF, FieldType.TEXT}]
    for row in rows:
        row[:] = [f"{cell} {CANARY}" if number in spots and cell else cell for number, cell in enumerate(row)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return [row[number] for row in rows for number in spots if row[number]]


def forms_of(text: str) -> set[bytes]:
    """How a text may stand in a file: as it is, in other letters, backwards, in hex, in base64 from any byte on."""
    raw = text.encode()
    in_base64 = {b64encode(b"-" * skipped + raw)[4:-4] for skipped in range(3)}
    return {raw, raw.upper(), raw.lower(), raw[::-1], raw.hex().encode(), raw.hex().upper().encode(), *in_base64}


def found_in(data: bytes, values: set[str]) -> bool:
    """Whether a value stands in some bytes, in any form, or a digest of one."""
    if any(form in data for form in forms_of(CANARY)):
        return True
    digests = set(HEX.findall(data))
    return any(make(value.encode()).hexdigest().encode() in digests for value in values for make in HASHES)


def test_no_value_of_a_record_is_said_kept_or_published(real: Project, values: set[str]) -> None:
    """`check` and `build` of the example: terminal, results, pages, needs.json, search index and what Sphinx keeps."""
    tool = (sys.executable, "-c", "from policykit.cli import main; main()")
    checked, built = real.run(*tool, "check"), real.run(*tool, "build")
    written = [path for path in real.folder.rglob("*") if path.is_file() and "records" not in path.parts]
    assert (checked.code, built.code) == (1, 0), checked.said + built.said
    assert len(values) > 500
    assert {"results.json", "needs.json", "index.html", "searchindex.js"} <= {path.name for path in written}
    assert [path.name for path in written if found_in(path.read_bytes(), values)] == []
    assert not found_in((checked.said + built.said).encode(), values)


@pytest.mark.parametrize("form", sorted(forms_of(CANARY)))
def test_a_value_is_found_in_whatever_form_it_stands(form: bytes) -> None:
    """Nothing is found above because nothing is there."""
    assert found_in(b"\0 something " + form + b" else", set())


@pytest.mark.parametrize("make", HASHES)
def test_a_digest_of_a_value_is_found(make: type) -> None:
    """A digest of what a person is called gives the person away, because it can be tried."""
    assert found_in(f'"{make(b"Jane").hexdigest()}"'.encode(), {"Jane"})
