"""Cases worked out by hand, as files: what each test says of rows, in Python and by DuckDB; and rules in words."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.people import CASES, cases, check_for, setting_for, typed
from tests.units import World, judged_in_python, judged_in_sql, opened

from policykit.reading import load_pack, setting_of
from policykit.rules import Check, faults, plain, words_of

POLICY = Path(__file__).parent.parent / "policy"
SAID = {"pass": "yes", "fail": "no", "unknown": "unknown"}
WORKED_OUT = cases("rules")
PATTERNS = cases("patterns")
WORDS = sorted((CASES / "words").glob("*.md"))


@pytest.mark.parametrize("case", WORKED_OUT.values(), ids=WORKED_OUT)
def test_a_condition_says_what_was_worked_out_by_hand(case: Mapping[str, Any]) -> None:
    """In Python and by DuckDB, of every row of the case; and nothing about it is refused at load."""
    tables = {name: typed(name, case.get(name, [])) for name in ("courses", "law")}
    world = World(setting_for(case), tables | {"people": typed("people", case["rows"])})
    check = check_for(case)
    expected = [row["is"] for row in case["rows"]]
    assert list(faults(check, world.setting)) == []
    assert [SAID[said] for said in judged_in_python(check, world).values()] == expected
    with opened(world) as connection:
        found = judged_in_sql(check, world, connection)
    assert [SAID[found[key]] for key in judged_in_python(check, world)] == expected


def test_a_row_that_is_looked_up_is_asked_for_the_code_that_its_unit_stands_at() -> None:
    """Of each person and each kind of course, in Python and by DuckDB."""
    lookup = {"test": "exists_in", "register": "courses", "match": {"person": "ref"}}
    of_kind = {**lookup, "where": [{"test": "is", "field": "kind", "value": {"each": "kind"}}]}
    plain = check_for({"condition": of_kind}).model_dump(by_alias=True, exclude_unset=True)
    check = Check.model_validate({**plain, "for_each": {"name": "kind", "in": ["a", "b"]}})
    courses = typed("courses", [{"person": "P-1", "kind": "a"}, {"person": "P-2", "kind": "b"}, {"person": "P-2"}])
    people = typed("people", [{"ref": "P-1"}, {"ref": "P-2"}])
    world = World(setting_for({}), {"people": people, "courses": courses, "law": ()})

    expected = {("P-1", "a"): "pass", ("P-1", "b"): "fail", ("P-2", "a"): "unknown", ("P-2", "b"): "pass"}
    assert judged_in_python(check, world) == expected
    with opened(world) as connection:
        assert judged_in_sql(check, world, connection) == expected


@pytest.mark.parametrize("file", WORDS, ids=[file.stem for file in WORDS])
def test_a_rule_reads_as_written(file: Path) -> None:
    """The words of a rule of the pack on 1 November 2026, with the pack's defaults, letter by letter."""
    pack = load_pack(POLICY)
    words = words_of(pack.checks[file.stem], setting_of(pack, None, date(2026, 11, 1)))
    assert plain(words) == file.read_text("utf-8").rstrip("\n")


@pytest.mark.parametrize("case", PATTERNS.values(), ids=PATTERNS)
def test_a_condition_reads_as_written(case: Mapping[str, Any]) -> None:
    """As what must hold, and as what tells which rows are looked at."""
    setting = setting_for(case)
    if must := case.get("must"):
        said = plain(words_of(check_for(case), setting)).partition("Must hold:")[2].partition("\n\n")[0]
        assert said.strip() == must
    if whose := case.get("whose"):
        said = plain(words_of(check_for(case, "where"), setting)).partition("\n\n")[0]
        assert said == f"Looked at: every person, that is, a person {whose}"
