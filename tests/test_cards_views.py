"""The views show everything there is, each item once, and no result without the date of its records."""

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from pydantic import TypeAdapter
from tests.cards_seen import (
    Anchors,
    Seen,
    housing,
    kitchens,
    render_card,
    render_front,
    render_here,
    render_view,
    see,
)
from tests.people import CASES, read

from policykit.english import say
from policykit.handbook.cards import (
    REFERENCES,
    VIEWS,
    Command,
    Page,
    contents,
    page_frame,
    sprite,
)
from policykit.handbook.cards import render_view as render_on
from policykit.handbook.items import items_of
from policykit.model.registers import item_of_register
from policykit.model.results import Outcome
from policykit.problems import Notice
from policykit.reading import setting_of
from policykit.rules import Condition
from policykit.tracing import Trace

PACKS = pytest.mark.parametrize("trace", [housing(), kitchens()], ids=["housing", "kitchens"])
MISTAKES: dict[str, str] = read(CASES / "cards" / "mistakes.yaml")
DUTY_AND_WORD = re.compile(
    r'<a href="(#DUTY-[^"]+)">[^<]+</a> <span class="tag [^>]+><svg.*?</svg><span class="word">([^<]+)</span></span>'
)
ALL_VIEWS = [(name, None) for name in VIEWS] + [("reference", name) for name in REFERENCES]


def view(trace: Trace, name: str, argument: str | None = None, way: Anchors | None = None) -> Seen:
    """A view as it is seen."""
    return see(render_view(name, argument, trace, way or Anchors()))


@dataclass
class Moving:
    """The way from whichever page is being written."""

    page: str = ""

    def __call__(self, item: str) -> str | None:
        """The way to an item, as if every item stood on the page."""
        return f"{self.page}#{item}"

    def alone(self, _item: str) -> bool:
        """Nothing is placed by itself."""
        return False


def placed(seen: Seen) -> Counter[tuple[str, str]]:
    """The cards of a view: kind and id."""
    return Counter((element.attributes["data-kind"], element.id) for element in seen.cards())


def test_one_page_serves_a_whole_build() -> None:
    """What was worked out for one page is used for the next, but for the ways, which begin where each is written."""
    way = Moving()
    page = Page(housing(), way)
    for name, argument in [*ALL_VIEWS, *ALL_VIEWS]:
        way.page = f"{name}-{len(way.page)}.html"
        links = see(render_on(name, argument, page)).links()

        assert [] == [link for link in links if "#" in link and not link.startswith((f"{way.page}#", "https://"))]


@PACKS
def test_the_ledger_places_every_clause_once(trace: Trace) -> None:
    """Every sentence is there in our words, with its currency; each row is the clause's card."""
    seen = view(trace, "source-ledger")

    assert placed(seen) == Counter(("clause", name) for name in trace.pack.clauses)
    assert [] == [clause.id for clause in trace.pack.clauses.values() if clause.gist not in seen.words]
    assert [] == [d.note for source in trace.pack.sources.values() for d in source.defects if d.note not in seen.words]


@PACKS
def test_the_ledger_and_the_law_say_beside_each_duty_how_it_stands(trace: Trace) -> None:
    """Each link to a duty has its outcome's word behind it, as often as a sentence or a provision leads to one."""
    clauses = [id_ for s in trace.duties.values() for id_ in (*s.duty.stated_in, *s.duty.prompted_by)]
    rests_on = [id_ for s in trace.duties.values() for id_ in s.duty.rests_on]
    for name, lead in (("source-ledger", clauses), ("law-register", rests_on)):
        html = render_view(name, None, trace, Anchors())
        found = Counter(DUTY_AND_WORD.findall(html))

        assert len(lead) == sum(found.values())
        assert {(f"#{id_}", s.outcome.word) for id_, s in trace.duties.items()} >= found.keys()


@PACKS
def test_what_is_lost_is_not_called_current(trace: Trace) -> None:
    """A lead-in to a lost list cannot be said to stand; a heading and a finding have no currency to be counted."""
    clauses = trace.pack.clauses.values()
    wanted: Counter[str | None] = Counter(
        clause.currency for clause in clauses if clause.clause_class not in {"heading", "context"}
    )
    tallied = view(trace, "source-ledger").words.split("Sentence by sentence")[0]
    words = {code: say(f"handbook.currency.{code}") for code in ("current", "superseded", "not_known", "fact")}

    assert [] == [code for code, word in words.items() if wanted[code] and f"{wanted[code]}{word}" not in tallied]
    assert wanted["not_known"] == 1
    assert f"Of {wanted.total()} sentences" in render_front(trace, Anchors())
    assert "Of 1 it cannot be said." in render_front(trace, Anchors())


@PACKS
def test_the_law_register_places_every_provision_once(trace: Trace) -> None:
    """Every provision is there, as its card."""
    assert placed(view(trace, "law-register")) == Counter(("provision", name) for name in trace.provisions)


@PACKS
def test_the_records_place_every_register_once(trace: Trace) -> None:
    """Every register is there, the pack's lists and the built-in ones included."""
    registers = setting_of(trace.pack, trace.organisation, trace.as_at).registers

    shown = placed(view(trace, "reference", "registers"))

    assert shown == Counter(("register", item_of_register(name)) for name in registers)


def test_what_is_placed_by_itself_is_only_linked() -> None:
    """A clause, a provision and a register with a place of their own are links in their views."""
    alone = Anchors(singly=frozenset({"SCIE53-HM-SI-P4-S1", "CDA1998-S115", "REG-STAFF"}))
    for name, argument in (("source-ledger", None), ("law-register", None), ("reference", "registers")):
        seen = view(housing(), name, argument, alone)

        assert alone.singly.isdisjoint(element.id for element in seen.cards())
        assert any(link.removeprefix("#") in alone.singly for link in seen.links())


@PACKS
def test_the_matrix_links_all_that_belongs_together(trace: Trace) -> None:
    """Every duty, check, clause of a duty and provision of a duty is linked; its rows are not cards."""
    seen = view(trace, "trace-matrix")
    links = set(seen.links())

    assert not list(seen.cards())
    for name, standing in trace.duties.items():
        duty = standing.duty
        items = {name, *duty.stated_in, *duty.prompted_by, *duty.rests_on, *(check.id for check in standing.checks)}
        assert {f"#{item}" for item in items} <= links


def test_the_matrix_and_the_ledger_name_what_no_check_looks_at() -> None:
    """Beside the duty whose sentence it is, and beside the sentence for each duty that it states."""
    trace = housing()
    matrix, ledger = view(trace, "trace-matrix").words, view(trace, "source-ledger").words

    assert "P4.S1 no check looks at Sentence P4.S1: Make sure that they understand it." in matrix
    assert matrix.count("no check looks at") == sum(bool(duty.unseen) for duty in trace.duties.values())
    assert "It asks for 5 things: Teach all staff what they have to do about sharing." in ledger
    assert "No check of Train all your staff looks at this: Make sure that they understand it." in ledger
    assert ledger.count("looks at this:") == sum(bool(duty.unseen) for duty in trace.duties.values())


def test_the_front_counts_what_is_checked_in_part() -> None:
    """The tally has a line for it, and each such duty needs somebody."""
    words = view(housing(), "front-door").words

    assert "4Checked in part: some of what the duty asks has no check" in words
    assert "No duty is without a check, 5 duties have a part that no check looks at, and 1 provision" in words
    assert "Checked in part Make sure all your staff understand when and how to share information" in words


@PACKS
def test_no_count_is_shown_without_the_day_of_its_records(trace: Trace) -> None:
    """Wherever a check's counts stand outside its card, the days of the records stand behind them."""
    for name, argument in (("trace-matrix", None), ("reference", "checks")):
        words = view(trace, name, argument).words
        for result in trace.checks.values():
            if result.records and result.outcome in {Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN}:
                assert f"{result.reason[1:]}, on records of " in words, result.id


@PACKS
def test_the_gaps_are_all_there(trace: Trace) -> None:
    """Each gap is named with its sentence, and what each check does not show stands below them."""
    seen = view(trace, "gaps")

    assert len(re.findall(r'class="gaps"', render_view("gaps", None, trace, Anchors()))) >= 1
    for gap in trace.gaps:
        assert gap.kind.value in seen.words
        assert f"#{gap.item.partition('#')[0]}" in seen.links() or gap.item in seen.words


@PACKS
def test_every_due_date_is_there(trace: Trace) -> None:
    """Each date stands with what it is about, and those before the as-at date are said to be overdue."""
    seen = view(trace, "duties-due")
    days = Counter(element.attributes["datetime"] for element in seen.elements if element.tag == "time")

    assert Counter(due.day.isoformat() for due in trace.due) <= days
    assert [] == [due.what for due in trace.due if due.what not in seen.words]
    assert ("Overdue" in seen.words) == any(due.day < trace.as_at for due in trace.due)


@PACKS
def test_all_checks_are_listed_with_their_results(trace: Trace) -> None:
    """Each check is linked, the worst results first, and the page says once what a blank counts as."""
    seen = view(trace, "reference", "checks")
    results = sorted(trace.checks.values(), key=lambda result: result.outcome.badness)
    places = [seen.words.index(trace.pack.checks[result.id].title) for result in (results[0], results[-1])]

    assert {f"#{name}" for name in trace.checks} <= set(seen.links())
    assert places == sorted(places)
    assert seen.words.count("A blank never counts as done: it is shown as cannot tell.") == 1


def test_every_result_is_explained() -> None:
    """The glossary of results has the word and the code of every outcome there is."""
    words = view(housing(), "reference", "results").words

    assert [] == [outcome.code for outcome in Outcome if outcome.word not in words or outcome.code not in words]


def test_the_format_of_results_lists_the_outcomes_as_they_are_written() -> None:
    """A key whose values are codes names the codes, and nothing of how they are kept."""
    codes = [outcome.code for outcome in Outcome]

    assert f"{', '.join(codes[:-1])} or {codes[-1]}" in view(housing(), "reference", "formats").words


def test_every_test_of_the_rule_language_is_explained() -> None:
    """Each test stands with a sentence and with each of its keys."""
    definitions = TypeAdapter(Condition).json_schema(by_alias=True)["$defs"]
    seen = view(housing(), "reference", "rules")
    tests = [part["properties"]["test"]["const"] for part in definitions.values() if "test" in part["properties"]]

    assert [f"test-{test}" for test in sorted(tests)] == [e.id for e in seen.elements if e.id.startswith("test-")]


def test_every_notice_and_parameter_and_population_is_there() -> None:
    """Nothing that is defined is missing from its reference."""
    trace = housing()

    notices, parameters = (view(trace, "reference", name).words for name in ("notices", "parameters"))

    assert [] == [notice.code for notice in Notice if notice.code not in notices]
    assert [] == [p.title for p in trace.pack.parameters.values() if p.title not in parameters]
    assert "Set by us. The pack suggests 36 months." in parameters
    assert "Person in post means a person" in view(trace, "reference", "populations").words


def test_commands_are_shown_as_they_were_described() -> None:
    """A command stands with its whole name, its help and its options."""
    described = (Command("check", "Run every check.", (("--policy DIR", "The policy's folder"),)),)

    words = see(render_view("reference", "commands", housing(), Anchors(), commands=described)).words

    assert "policykit check Run every check. --policy DIR The policy's folder." in words


@PACKS
@pytest.mark.parametrize(("name", "argument"), ALL_VIEWS)
def test_headings_go_down_one_step_at_a_time(trace: Trace, name: str, argument: str | None) -> None:
    """No view skips a level of headings, and no id in it stands twice."""
    seen = view(trace, name, argument)
    levels = [1, *seen.headings()]
    ids = [element.id for element in seen.elements if element.id]

    assert [] == [later for earlier, later in pairwise(levels) if later > earlier + 1]
    assert len(ids) == len(set(ids))


@PACKS
@pytest.mark.parametrize("level", [2, 3])
def test_headings_of_a_duty_begin_where_it_stands(trace: Trace, level: int) -> None:
    """A duty's title has the level that its page gives it, and no level below it is skipped."""
    for name in trace.duties:
        levels = see(render_card("duty", name, trace, Anchors(), level=level)).headings()

        assert levels[0] == level
        assert [] == [b for a, b in pairwise(levels) if b > a + 1]


@PACKS
def test_the_front_door_says_how_all_duties_stand(trace: Trace) -> None:
    """The numbers of the front door add up to all duties, and whatever is not met is linked with its reason."""
    html = render_front(trace, Anchors())
    seen = see(html)
    numbers = [int(number) for number in re.findall(r"<b>(\d+)</b>", html)]

    assert sum(numbers) == len(trace.duties)
    for name, standing in trace.duties.items():
        if standing.outcome is Outcome.FAIL:
            assert f"#{name}" in seen.links()
            assert standing.reason in seen.words


def test_the_front_door_offers_only_ways_that_exist() -> None:
    """A question or a door whose page the handbook does not have is left out."""
    nowhere = Anchors(nowhere=frozenset({"view:gaps", "view:reference/rules"}))

    links = see(render_front(housing(), nowhere)).links()

    assert {"#view:gaps", "#view:reference/rules"}.isdisjoint(links)
    assert "#view:law-register" in links


def test_the_page_of_rules_says_what_is_tried_in_place_of_each_test() -> None:
    """What is declared with each test, word by word; nothing is said of a test that has nothing of its own."""
    words = view(housing(), "reference", "rules").words
    asked = "Tried in its place when a check is proved: "

    assert words.count(asked) == len(MISTAKES)
    assert [] == [test for test, said in MISTAKES.items() if f"{asked}{said}" not in words]


def test_the_page_of_rules_reads_no_docstring_for_it() -> None:
    """Python that drops docstrings says the same: a comment is no part of the product."""
    speak = "import json; from policykit.rules import common_mistakes; print(json.dumps(common_mistakes()))"

    said = subprocess.run([sys.executable, "-OO", "-c", speak], capture_output=True, text=True, check=True).stdout

    assert json.loads(said) == MISTAKES


def test_the_front_door_without_a_run_promises_nothing() -> None:
    """Where no result may be shown, the front door says so and counts nothing."""
    bare = replace(housing(), run=None, until={})

    words = see(render_front(bare, Anchors())).words

    assert "No result of Example Homes (made up) may be shown" in words
    assert page_frame(bare).valid_until == ""


def test_the_front_door_says_where_a_run_was_not_complete() -> None:
    """What was not carried out is Not checked; the front door says why so much of it is."""
    said = "This run did not carry out every check."
    whole = housing()
    assert whole.run
    part = replace(whole, run=whole.run.model_copy(update={"complete": False}))

    assert said in see(render_front(part, Anchors())).words
    assert said not in see(render_front(whole, Anchors())).words


def test_a_page_lists_its_duties_with_their_results() -> None:
    """The list above the duties has each of them with its word, and says once a page what a blank counts as."""
    several, one = ["DUTY-VOLUNTARY", "DUTY-RELEVANT"], ["DUTY-VOLUNTARY"]

    words = see(render_here(several, housing(), Anchors())).words

    assert "Work with voluntary agencies for domestic abuse, mental health and care Not met" in words
    assert words.endswith("A blank never counts as done: it is shown as cannot tell.")
    assert render_here(one, housing(), Anchors(), begins_page=False) == ""


def test_what_search_and_menus_know_holds_no_result() -> None:
    """Titles and texts only: neither an outcome nor a count."""
    trace = kitchens()
    kinds = (trace.duties, trace.checks, trace.pack.clauses, trace.provisions)

    items = items_of(trace)
    known = [items[item].searched for ids in kinds for item in ids]
    known += [entry.title for duty in trace.duties for entry in contents("duty", duty, trace.pack)]

    assert all(known)
    assert [] == [text for text in known for result in trace.checks.values() if result.reason in text]


def test_a_page_carries_the_marks_it_uses() -> None:
    """The sprite has the shapes of the results on the page and no other; a page without a mark has none."""
    html = render_card("duty", "DUTY-VOLUNTARY", housing(), Anchors())

    assert re.findall(r'id="m-([a-z-]+)"', sprite(html)) == ["fail"]
    assert sprite("<p>Nothing</p>") == ""


def test_the_frame_says_the_day_and_the_edition() -> None:
    """Every page is given the as-at date, the edition, the organisation and how long all holds."""
    frame = page_frame(housing())

    assert frame.as_at == '<time datetime="2026-11-01">1 November 2026</time>'
    assert (frame.edition, frame.organisation) == ("2026.11", "Example Homes (made up)")
    assert frame.valid_until == '<time datetime="2026-11-20">20 November 2026</time>'
