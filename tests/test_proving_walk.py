"""The walk from one example to the rows around it: which small mistakes in a rule it finds a row for, by cases."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.alternatives import GIVEN, SHOP, check

from policykit.model.registers import FieldShape, FieldType, Register, read_value
from policykit.rules import Case, Check, Example, Row, Setting, Values, alternatives, faults, judge_unit, prove

FILE = Path(__file__).parent / "cases" / "proving" / "walks.yaml"
CASES: list[dict[str, Any]] = yaml.load(FILE.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - all text, as in a pack
ABOUT_US = {
    "id": FieldShape(type=FieldType.REF, means="Id"),
    "bikes": FieldShape(type=FieldType.INTEGER, means="Bikes"),
}
US = Register(id="organisation", title="Us", row="shop", about="organisation", key="id", fields=ABOUT_US)
CHANGED = FieldShape(type=FieldType.DATE, means="Day of the last change")
LAW = SHOP.registers["law"].model_copy(update={"fields": {**SHOP.registers["law"].fields, "last_changed_on": CHANGED}})
SETTING: Setting = replace(
    SHOP,
    registers={**SHOP.registers, "law": LAW, "organisation": US},
    facts={"bikes": 5},
    fact_shapes={"bikes": ABOUT_US["bikes"]},
)


def table(name: str, rows: list[dict[str, str]]) -> tuple[Values, ...]:
    """Rows of a register, each value by its type."""
    fields = SETTING.registers[name].fields
    return tuple({field: read_value(shape, row.get(field)) for field, shape in fields.items()} for row in rows)


def rule_of(case: dict[str, Any]) -> Check:
    """The rule of a case."""
    return check(**{key: case[key] for key in ("where", "must", "for_each") if key in case})


def start_of(case: dict[str, Any]) -> Case:
    """The loan that a case begins with, and what stands around it."""
    own = {"loan_ref": "L-1", **case["row"]}
    others = {name: table(name, case.get(name, [])) for name in ("bikes", "law")}
    us: Values = {"id": "US", "bikes": 5}
    tables = {**others, "loans": table("loans", [own]), "organisation": (us,)}
    row = Row(tables["loans"][0], tables, case.get("each"))
    return Case(Example(expect="pass", because="made up"), row, SETTING)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_row_is_found_for_every_mistake_but_these(case: dict[str, Any]) -> None:
    """From the row of the case alone: what is found is told by its meaning, and what is not is named in the case."""
    rule = rule_of(case)
    assert list(faults(rule, SETTING)) == []

    proof = prove(rule, (), (start_of(case),), GIVEN)

    assert [each.says for each in proof.alike] == case.get("alike", [])
    assert [each.judgement for each in proof.missing if each.case is None] == case.get("never", [])
    assert proof.tried == len(list(alternatives(rule, SETTING))) == len(proof.open) + len(proof.alike)
    assert {each.judgement for each in proof.missing} == set(case.get("shows", ["pass", "fail", "unknown"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_mistake_is_caught_by_what_the_example_comes_to(case: dict[str, Any]) -> None:
    """Not by a condition that comes out otherwise inside a rule that does not."""
    rule, start = rule_of(case), start_of(case)
    told = [judge_unit(other.it, start.row, SETTING) for other in alternatives(rule, SETTING)]

    caught = prove(rule, (start,), (start,), GIVEN).caught

    assert caught == sum(each != judge_unit(rule, start.row, SETTING) for each in told)


def test_examples_are_counted_from_one() -> None:
    """As people count them in the file: the second is the one that expects something else than it comes to."""
    rule, start = rule_of(CASES[0]), start_of(CASES[0])
    wrong = replace(start, example=Example(expect="fail", because="made up"))

    proof = prove(rule, (start, wrong), (start,), GIVEN)

    assert [(each.number, each.expects, each.comes_to) for each in proof.wrong] == [(2, "fail", "pass")]
