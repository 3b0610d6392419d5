"""What was taken away or weakened is said: one run, a change, another run, and what people are told."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cards_seen import Anchors, Seen, see
from tests.commands import Typed
from tests.people import CASES, read
from tests.remembering import FIRST, ledger_in, records, remember, run, without_a_fixed_day
from tests.sites import run as in_a_process

from policykit import memory
from policykit.handbook import cards
from policykit.model.canonical import sha256_of
from policykit.reading import Pack
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


def remembered(folder: Path, today: date = NEXT) -> Trace:
    """How everything stands on a day, beside the runs that are remembered."""
    return memory.remembered(run(folder, today)[1], memory.read_ledger(ledger_in(folder)))


def page(seen: Trace, folder: Path) -> Seen:
    """The page What changed."""
    lines = memory.read_ledger(ledger_in(folder)).lines_of(seen.pack.policy.id, seen.organisation.profile.id)
    return see(cards.render_view("changes", None, cards.Page(seen, Anchors(), remembered=lines)))


def without(pack: Pack, kind: str, item: str) -> Pack:
    """The pack without one item, which nothing else was made to fit."""
    if kind == "sentence":
        of = {name: (each, [c for c in each.clauses if c.id != item]) for name, each in pack.sources.items()}
        return replace(pack, sources={name: s.model_copy(update={"clauses": c}) for name, (s, c) in of.items()})
    shelf = {"duty": "duties", "check": "checks", "register": "registers"}[kind]
    left: dict[str, Any] = {shelf: {name: each for name, each in getattr(pack, shelf).items() if name != item}}
    return replace(pack, **left)


def test_one_thing_that_is_taken_away_is_always_said(met: Path) -> None:
    """Whichever duty, check, sentence or register it is: it alone is gone, a gap, and on the page."""
    remember(met)
    seen = run(met, NEXT)[1]
    ledger, pack = memory.read_ledger(ledger_in(met)), seen.pack
    kinds = {"duty": pack.duties, "check": pack.checks, "sentence": pack.clauses, "register": pack.registers}
    for kind, items in kinds.items():
        for item in items:
            less = without(pack, kind, item)
            less = replace(less, checks={}) if kind == "register" else less  # no rule reads what is not there
            found = memory.remembered(replace(seen, ground=replace(seen.ground, pack=less), registers={}), ledger)
            gone = [each for each in found.gone if kind != "register" or each.kind == kind]

            assert [(each.kind, each.id) for each in gone] == [(kind, item)]
            assert [gap.item for gap in found.gaps if gap.kind is GapKind.GONE if gap.item == item] == [item]
            assert gone[0].title in page(found, met).words
    assert memory.remembered(seen, ledger).gone == ()


def test_what_is_retired_is_listed_for_good_and_gone_no_more(met: Path, type_in: Typed) -> None:
    """The run is well again, and the page says why, by whom and what came in its place, years later too."""
    case = next(case for case in GONE if case["case"].startswith("one of several"))
    retired = """
- {id: CHK-TITLED, kind: check, on: 2026-05-02, why: It is on the list., by: Librarian, replaced_by: CHK-SHELVED}
"""
    waiver = "- {id: WAIVE-TITLE, kind: waiver, on: 2026-05-02, why: The book is back., by: Librarian}\n"
    assert both_runs(met, case, type_in)[0] == 1
    change(met, {"in": "policy/retired.yaml", "put": retired})
    code, out, _ = type_in("check --organisation reading_room", on=str(NEXT))
    assert code == 0
    assert "Gone" not in out
    change(met, {"in": "reading_room/waivers.yaml", "put": ""})
    assert "Gone since 2 May 2026: WAIVE-TITLE" in type_in("check --organisation reading_room", on=str(NEXT))[1]
    change(met, {"in": "policy/retired.yaml", "put": retired + waiver})
    assert "Gone" not in type_in("check --organisation reading_room", on=str(NEXT))[1]
    seen = run(met, NEXT)[1]
    later = see(cards.render_view("changes", None, cards.Page(replace(seen, gone=()), Anchors())))

    assert "CHK-TITLED Check It is on the list. Librarian, 2 May 2026 Every book is on the red shelf" in later.words
    assert "No run of the checks is remembered yet" in later.words


def test_without_a_must_only_strict_ends_with_one(met: Path, type_in: Typed) -> None:
    """A should that is gone is said, and stops nobody who did not ask for it; once a must, it does for ever."""
    shelved = [
        {"in": "policy/checks/books.yaml", "cut": "CHK-SHELVED"},
        {"in": "policy/checks/books.yaml", "find": "[DUTY-LIST]", "put": "[DUTY-LIST, DUTY-SHELVE]"},
    ]
    assert both_runs(met, {"change": shelved}, type_in)[0] == 0
    assert type_in("check --organisation reading_room --strict", on=str(NEXT))[0] == 1


def test_a_must_that_first_became_a_should_stops_all_the_same(met: Path, type_in: Typed) -> None:
    """Nobody gets around it by two small steps."""
    softer = {
        "in": "policy/checks/books.yaml",
        "find": "title: Every book has a title",
        "put": "title: Every book has a title\n  severity: should",
    }
    assert both_runs(met, {"change": [softer]}, type_in)[0] == 0
    change(met, {"in": "policy/checks/books.yaml", "cut": "CHK-TITLED"})

    assert type_in("check --organisation reading_room", on=str(NEXT))[0] == 1


def test_what_was_away_for_a_run_comes_back_as_it_was_or_is_said(met: Path) -> None:
    """A check that is taken out, and put back so that it asks for less, is held beside what it asked for then."""
    remember(met)
    checks = (met / "policy" / "checks" / "books.yaml").read_text("utf-8")
    change(met, {"in": "policy/checks/books.yaml", "cut": "CHK-SHELVED"})
    change(met, {"in": "policy/checks/books.yaml", "find": "[DUTY-LIST]", "put": "[DUTY-LIST, DUTY-SHELVE]"})
    remember(met, NEXT)
    change(
        met,
        {
            "in": "policy/checks/books.yaml",
            "put": checks.replace(
                "field: shelf, value: red}]\n  max_age_days: 31", "field: shelf, value: red}]\n  max_age_days: 90"
            ),
        },
    )
    seen = remembered(met, NEXT)

    assert seen.gone == ()
    assert [(each.key, each.before, each.now) for each in seen.changes if each.id == "CHK-SHELVED"] == [
        ("max_age_days", "31", "90")
    ]


def test_a_change_stands_there_for_a_year_or_until_its_duty_is_read_again(met: Path) -> None:
    """It has the day of the first run with the new words; a review on that very day does not count."""
    remember(met)
    duty = {"in": "policy/duties/DUTY-LIST.md"}
    change(met, duty | {"find": "title: Keep a list of the books", "put": "title: Keep lists"})
    for day in (1, 2):
        remember(met, FIRST + timedelta(day))

    assert [each.day for each in remembered(met, FIRST + timedelta(2)).changes] == [NEXT]
    assert len(remembered(met, date(2027, 5, 1)).changes) == 1
    assert remembered(met, date(2027, 5, 2)).changes == ()
    for reviewed, shown in ((NEXT, 1), (NEXT + timedelta(1), 0)):
        text = (met / "policy" / "duties" / "DUTY-LIST.md").read_text("utf-8")
        change(met, duty | {"put": re.sub(r"reviewed_on: .*", f"reviewed_on: {reviewed}", text)})
        assert len(remembered(met, FIRST + timedelta(2)).changes) == shown


def test_an_accepted_gap_may_run_out_but_not_go_before_its_day(met: Path) -> None:
    """Only one whose days hold the day that is judged is missed."""
    remember(met)
    change(met, {"in": "reading_room/waivers.yaml", "put": ""})

    assert [each.id for each in remembered(met, date(2026, 6, 30)).gone] == ["WAIVE-TITLE"]
    assert remembered(met, date(2026, 7, 1)).gone == ()


def test_a_what_if_and_a_first_run_are_compared_with_nothing(met: Path, type_in: Typed) -> None:
    """Another day has another law; and where nothing is remembered, lint says nothing."""
    assert "gone since" not in type_in("lint --organisation reading_room", on=str(FIRST))[2]
    remember(met)
    results, seen = run(met, NEXT)
    assert seen.run
    what_if = replace(seen, run=results.run.model_copy(update={"what_if": True}))
    change(met, {"in": "reading_room/waivers.yaml", "put": ""})

    assert memory.remembered(what_if, memory.read_ledger(ledger_in(met))) == what_if


def test_a_state_of_strange_shapes_is_read_over(met: Path) -> None:
    """Whatever stands in a line that somebody wrote: there is no traceback, and what is sound is compared."""
    remember(met)
    state, line = (json.loads(text) for text in ledger_in(met).read_bytes().splitlines())
    strange = {"duties": {"DUTY-ODD": 3}, "sentences": 7, "waivers": {"W": {"covers": [], "until": 5, "from": {}}}}
    strange |= {"checks": {**state["checks"], "CHK-GONE": {"title": "Gone", "severity": ["must", {}]}}}
    odd = {**state, **strange, "n": 1, "prev": None}
    text = json.dumps(odd).encode()
    of_it = {**line, "state": sha256_of(text), "prev": sha256_of(text)}
    ledger_in(met).write_bytes(text + b"\n" + json.dumps(of_it).encode() + b"\n")
    ledger_in(met).with_name("runs.jsonl.head").unlink()

    assert [each.id for each in remembered(met).gone] == ["CHK-GONE"]


def test_the_page_says_what_was_taken_away_what_asks_for_less_and_what_nobody_can_see(met: Path) -> None:
    """With both words side by side, the day, and how it stood when it was last seen."""
    remember(met)
    change(met, {"in": "policy/checks/books.yaml", "cut": "CHK-TITLED"})
    change(met, {"in": "policy/checks/books.yaml", "find": "max_age_days: 31", "put": "max_age_days: 90"})
    change(
        met, {"in": "policy/duties/DUTY-LIST.md", "find": "title: Keep a list of the books", "put": "title: Keep lists"}
    )
    said = page(remembered(met), met).words

    assert "1 check was taken away since 1 May 2026, and nobody said why. 2 things are not as they were, and 1" in said
    assert "Every book has a title Check CHK-TITLED 1 May 2026 Met" in said
    assert "Every book has a shelf Check CHK-ON-THE-LIST: days that records count since 2 May 2026 31 90" in said
    assert "Keep lists Duty DUTY-LIST: title since 2 May 2026 Keep a list of the books Keep lists" in said
    assert "rows of the records were replaced one for one" in said


def test_what_is_retired_tomorrow_is_refused(met: Path, type_in: Typed) -> None:
    """Nobody takes away today what goes tomorrow."""
    retired = "- {id: CHK-OLD, kind: check, on: 2026-05-02, why: It went., by: Librarian}\n"
    change(met, {"in": "policy/retired.yaml", "put": retired})
    code, _, err = type_in("lint --organisation reading_room", on=str(FIRST))

    assert code == 2
    assert err.startswith("policy/retired.yaml:1: `on` is 2 May 2026, and today is 1 May 2026 - ")
    assert type_in("lint --organisation reading_room", on=str(NEXT))[0] == 0


def test_a_retired_list_is_part_of_the_pack(met: Path) -> None:
    """Results of before it changed are not of this pack any more."""
    before = run(met)[1].pack.digest
    change(met, {"in": "policy/retired.yaml", "put": "# Nothing yet\n"})

    assert run(met)[1].pack.digest != before


def test_a_build_says_what_is_gone_and_what_asks_for_less(met: Path, type_in: Typed) -> None:
    """On the error stream; what else changed stands on the page alone, and the handbook is whole all the same."""
    (met / "docs").mkdir()
    (met / "docs" / "index.md").write_text("# Books\n\n```{changes}\n```\n\n```{gaps}\n```\n", "utf-8")
    conf = 'extensions = ["policykit.handbook"]\npolicykit_organisation = "reading_room"\n'
    (met / "conf.py").write_text(conf + 'suppress_warnings = ["policykit.placed-nowhere"]\n', "utf-8")
    case = next(case for case in CHANGES if case["case"] == "an organisation lets its records grow old")
    cut = [{"in": "policy/checks/books.yaml", "cut": "CHK-TITLED"}]
    both_runs(met, {**case, "change": [*case["change"], *cut]}, type_in)
    built = in_a_process("policykit", "build", cwd=met)
    assert built.returncode == 0, built.stderr
    said = (met / "build" / "handbook" / "index.html").read_text("utf-8")

    assert "gone since 1 May 2026: CHK-TITLED (Every book has a title), it was Met" in built.stderr
    assert "CHK-ON-THE-LIST asks for less since 2 May 2026" in built.stderr
    assert "loan_days" not in built.stderr
    assert "Days that the list is good for" in said
    assert "Gone since 1 May 2026: CHK-TITLED (Every book has a title), it was Met." in said
