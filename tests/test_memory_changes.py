"""What was taken away or weakened is said: one run, a change, another run, and what people are told."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cards_seen import Anchors, Seen, see
from tests.commands import LIBRARY, Typed
from tests.people import CASES, read
from tests.remembering import FIRST, ledger_in, records, remember, run, taken_on, without_a_fixed_day
from tests.sites import SECOND

from policykit import memory
from policykit.handbook import cards
from policykit.problems import Notice
from policykit.tracing import GapKind, Trace

CHANGES: list[dict[str, Any]] = read(CASES / "memory" / "changes.yaml")
GONE = [case for case in CHANGES if any(line.startswith("Gone") for line in case["says"])]
NEXT = FIRST + timedelta(1)


def change(folder: Path, what: Mapping[str, Any]) -> None:
    """Change one file of the pack or the organisation as a case says."""
    path = folder / what["in"]
    text = path.read_text("utf-8") if path.exists() else ""
    if what.keys() == {"in"}:
        path.unlink()
        return
    if "cut" in what:
        text, times = re.subn(rf"(?ms)^( *)- (\{{)?id: {what['cut']}\b.*?(?=^\1- |\Z)", "", text)
        assert times == 1
    elif "find" in what:
        assert what["find"] in text
        text = text.replace(what["find"], what["put"], -1 if "all" in what else 1)
    else:
        text = what["put"]
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def met(here: Path) -> Path:
    """The smallest pack, in which all is met, and whose club is judged as at today."""
    without_a_fixed_day(here)
    records(here, "B-1,On Bees,,,red", "B-2,On Moss,Mx Sentinel,2026-05-20,red")
    return here


def both_runs(folder: Path, case: Mapping[str, Any], type_in: Typed) -> tuple[int, str]:
    """The exit code and the words of the second of two runs with a change in between."""
    for what in case.get("before", ()):
        change(folder, what)
    options = "check --organisation reading_room"
    code, out, err = type_in(options, on=str(FIRST))
    assert code == 0, out + err
    for what in case["change"]:
        change(folder, what)
    return type_in(options, on=str(NEXT))[:2]


@pytest.mark.parametrize("case", GONE, ids=lambda case: case["case"])
def test_what_was_taken_away_is_said_and_trips_the_gate(case: dict[str, Any], met: Path, type_in: Typed) -> None:
    """By check and by lint; a must that is gone ends a check with 1, and it does so in every run from then on."""
    code, out = both_runs(met, case, type_in)
    assert [] == [line for line in case["says"] if line not in out]
    assert code == int(case["exit"])

    again, out, _ = type_in("check --organisation reading_room", on=str(NEXT))
    linted = type_in("lint --organisation reading_room", on=str(NEXT))[2]
    assert again == code
    for line in case["says"]:
        assert line in out
        assert line[1:] in linted


@pytest.mark.parametrize("case", [case for case in CHANGES if case not in GONE], ids=lambda case: case["case"])
def test_what_is_not_as_it_was_is_said(case: dict[str, Any], met: Path, type_in: Typed) -> None:
    """What asks for less by check, and everything by lint, with the day and both words."""
    code, out = both_runs(met, case, type_in)
    linted = type_in("lint --organisation reading_room", on=str(NEXT))[2]

    assert code == int(case["exit"])
    assert [] == [line for line in case["says"] if line not in out]
    assert [] == [line for line in case.get("lint", ()) if line not in linted]
    if case.get("silent"):
        assert "since" not in out + linted
        assert "earlier runs" not in out
