"""Rules as somebody might write them by mistake, made up by hand: the examples of the handbook refuse every one."""

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.commands import Typed
from tests.sites import POLICY

from policykit.problems import ExitCode
from policykit.reading import Pack, load_pack, setting_of
from policykit.reading.examples import ExampleCases
from policykit.rules import Check, Population, Setting, faults, judge_unit
from policykit.rules.check import populations_used

HANDBOOK = load_pack(POLICY.policy)
Case = dict[str, str]


def cases() -> list[Case]:
    """Cases that anybody can read and add to: what is written wrong, and how, in the rule of a check or population."""
    files = sorted((Path(__file__).parent / "cases" / "wrong_versions").glob("*.yaml"))
    return [case for file in files for case in yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)]  # noqa: S506


def name_of(case: Case) -> str:
    """The check or the population."""
    return case.get("check") or case["population"]


def written(case: Case, policy: Path) -> tuple[Path, str, str]:
    """The file of a pack that holds the rule; what stands in it, and what would stand there by mistake."""
    pack = HANDBOOK
    path = policy / (pack.places[case["check"]].path if "check" in case else "populations.yaml")
    text = path.read_text("utf-8")
    start = f"{text}\n".index(f"- id: {name_of(case)}\n")
    end = (*(n for n in (text.find(mark, start + 1) for mark in ("\n  minimum:", "\n- id:")) if n > 0), len(text))
    rule, nth = text[start : min(end) + 1], int(case.get("nth", "1"))
    parts = rule.split(case["was"])
    assert len(parts) > nth, f"what was written is not in {name_of(case)}"
    wrong = case["is"].join([case["was"].join(parts[:nth]), case["was"].join(parts[nth:])])
    return path, text, text.replace(rule, wrong)


def item(text: str, name: str) -> dict[str, Any]:
    """One item of a file that holds a list; every scalar is text, as loading reads it."""
    start = f"\n{text}".index(f"\n- id: {name}\n")
    alone = text[start:].split("\n- id: ", 1)[0]  # to read the whole file takes longer than to try the rule
    (found,) = yaml.load(alone, Loader=yaml.BaseLoader)  # noqa: S506
    return dict(found)


def with_the_mistake(case: Case) -> tuple[Pack, Check | Population]:
    """The handbook's pack with the wrong check or population in place of the right one, and that."""
    name, (_, _, text) = name_of(case), written(case, POLICY.policy)
    if "population" in case:
        population = Population.model_validate(item(text, name))
        return replace(HANDBOOK, populations={**HANDBOOK.populations, name: population}), population
    check = Check.model_validate(item(text, name)).model_copy(update={"examples": HANDBOOK.checks[name].examples})
    return replace(HANDBOOK, checks={**HANDBOOK.checks, name: check}), check


def looked_at(case: Case, pack: Pack) -> tuple[Check, ...]:
    """The check, or every check that uses the population."""
    if "check" in case:
        return (pack.checks[case["check"]],)
    ruled = (check for check in pack.checks.values() if check.method == "rule")
    return tuple(check for check in ruled if case["population"] in populations_used(check, setting_at(check, pack)))


def setting_at(check: Check, pack: Pack) -> Setting:
    """What a rule may look up on the day of its examples."""
    return setting_of(pack, None, check.examples_at or date.min)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{name_of(case)}: {case['slip']}")
def test_the_examples_refuse_a_rule_with_a_mistake(case: Case) -> None:
    """The wrong rule is one that could be written, and an example of every check that uses it comes out otherwise."""
    pack, wrong = with_the_mistake(case)
    checks = looked_at(case, pack)

    assert checks
    assert not tuple(faults(wrong, setting_at(checks[0], pack)))
    examples = ExampleCases(pack)
    for check in checks:
        right = HANDBOOK.checks[check.id]
        tried = (examples.case(right, each) for each in right.examples)
        told = (judge_unit(check, each.row, each.setting) != each.example.expect for each in tried)
        assert any(told), f"no example of {check.id} tells"


@pytest.mark.parametrize("case", [cases()[0], cases()[-1]], ids=name_of)
def test_lint_refuses_a_pack_with_a_mistake(case: Case, tmp_path: Path, type_in: Typed) -> None:
    """Exit code 2; the examples that come out otherwise are named, each with what it comes to."""
    shutil.copytree(POLICY.policy, tmp_path / "policy")
    path, _, text = written(case, tmp_path / "policy")
    path.write_text(text, "utf-8")

    code, _, err = type_in(f"lint --policy {tmp_path / 'policy'}")
    assert code == ExitCode.BAD_INPUT
    assert re.search(
        rf"example \d+ of {case['check']} expects \w+ and comes to \w+ - mend the example or the rule", err
    )


def test_every_rule_of_the_handbook_is_written_wrong_in_five_ways_or_more() -> None:
    """A check that is added to the handbook needs wrong versions."""
    found = [case.get("check") for case in cases()]
    ruled = [name for name, check in HANDBOOK.checks.items() if check.method == "rule"]

    assert [name for name in ruled if found.count(name) < 5] == []
