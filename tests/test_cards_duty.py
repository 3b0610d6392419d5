"""The card of a duty says what to do, who says so, how it stands and how we know."""

from dataclasses import replace
from datetime import date

import pytest
from tests.cards_seen import Anchors, housing, kitchens, render_card, see

from policykit.model.results import Outcome
from policykit.tracing import Trace

PACKS = pytest.mark.parametrize("trace", [housing(), kitchens()], ids=["housing", "kitchens"])
PARTS = [
    "What to do this week",
    "What to do when it is not met",
    "What good looks like",
    "What the guidance says, and today",
    "The law it rests on",
    "How we know",
]


def card(trace: Trace, duty: str, way: Anchors | None = None) -> str:
    """A duty's card in a handbook of one page."""
    return render_card("duty", duty, trace, way or Anchors())


@PACKS
def test_a_duty_is_one_card_with_its_outcome(trace: Trace) -> None:
    """The outermost element carries the duty's id, its kind and its outcome."""
    for name, standing in trace.duties.items():
        outermost = see(card(trace, name)).elements[0]

        assert outermost.id == name
        assert outermost.attributes["data-kind"] == "duty"
        assert outermost.attributes["data-outcome"] == standing.outcome.code


@PACKS
def test_a_duty_says_how_strongly_and_how_it_stands(trace: Trace) -> None:
    """Strength sentences, title, summary, the outcome's word, its reason and the owner are all there in words."""
    for name, standing in trace.duties.items():
        words = see(card(trace, name)).words

        for said in (*standing.said, standing.duty.title, standing.duty.summary, standing.duty.owner):
            assert said in words, name
        assert f"{standing.outcome.word}. {standing.reason}" in words


@PACKS
def test_the_parts_of_a_duty_stand_in_one_order(trace: Trace) -> None:
    """What to do comes first, then what good looks like, the guidance, the law and the checks."""
    for name in trace.duties:
        words = see(card(trace, name)).words
        places = [words.index(part) for part in PARTS]

        assert places == sorted(places), name


@PACKS
def test_what_to_do_when_not_met_is_open_only_then(trace: Trace) -> None:
    """A part is open from the start where the duty is not met, and only that part."""
    for name, standing in trace.duties.items():
        parts = [element for element in see(card(trace, name)).elements if element.tag == "details"]

        assert sum("open" in part.attributes for part in parts) == (standing.outcome is Outcome.FAIL), name


@PACKS
def test_a_duty_leads_to_its_clauses_law_and_checks(trace: Trace) -> None:
    """Each clause and provision is linked; each check stands in the card, or is linked where it stands elsewhere."""
    for name, standing in trace.duties.items():
        seen = see(card(trace, name))
        cards, links = {element.id for element in seen.cards()}, set(seen.links())
        duty = standing.duty

        assert {f"#{item}" for item in (*duty.stated_in, *duty.prompted_by, *duty.rests_on)} <= links
        for result in standing.checks:
            is_at_home = trace.pack.checks[result.id].verifies[0] == name
            assert (result.id in cards) == is_at_home
            assert is_at_home or f"#{result.id}" in links


def test_a_check_that_is_placed_by_itself_is_linked() -> None:
    """A duty does not repeat the card of a check that a page places on its own."""
    seen = see(card(housing(), "DUTY-TRAIN", Anchors(singly=frozenset({"CHK-TRAIN-TOPICS"}))))

    assert "CHK-TRAIN-TOPICS" not in {element.id for element in seen.cards()}
    assert "#CHK-TRAIN-TOPICS" in seen.links()
    assert "268 of 268 people in post conform, on records of 30 and 31 October 2026." in seen.words


def test_a_waiver_stands_beside_the_result() -> None:
    """An accepted gap is said with its end, the days that are left, who accepts it, why and what is done instead."""
    words = see(card(housing(), "DUTY-VOLUNTARY")).words

    assert "Not met. 1 of 5 council areas where we manage homes does not conform." in words
    assert "Accepted until 31 December 2026, 60 days from the as-at date. Accepted by: Director of Housing." in words
    assert "Why: No voluntary mental health agency works in area X90000005" in words
    assert "Instead: Staff use the neighbouring area's agency" in words


def test_a_waiver_that_is_exceeded_is_said_to_be() -> None:
    """Where more is wrong than was accepted, the card says so."""
    assert "More than was accepted. Waiver WAIVE-EXCEEDED covers 1" in see(card(kitchens(), "DUTY-TRAIN")).words


def test_a_statement_beside_a_failing_check_is_flagged() -> None:
    """A person's word against the records is shown as two answers that disagree."""
    assert "Two answers that disagree." in see(card(kitchens(), "DUTY-TRAIN")).words


def test_a_clause_that_is_wrong_today_is_said_above_the_result() -> None:
    """A card that leans on a sentence that is wrong says so before it says how the duty stands."""
    words = see(card(housing(), "DUTY-INTERNAL")).words

    notice = words.index("The guidance is wrong here today. Passing information to another team is inside")
    assert notice < words.index("Met. The check holds")


def test_a_review_that_is_late_is_said_to_be() -> None:
    """A day of review before the as-at date is marked as overdue, in a word."""
    trace = housing()
    late = replace(trace.duties["DUTY-TRAIN"], next_review=date(2026, 10, 31))
    behind = replace(trace, duties={**trace.duties, "DUTY-TRAIN": late})

    assert "Next review 31 October 2026 Overdue" in see(card(behind, "DUTY-TRAIN")).words
    assert "Overdue" not in see(card(trace, "DUTY-TRAIN")).words


def test_a_mistake_can_be_reported_where_the_pack_gives_an_address() -> None:
    """The letter to the pack's editors names the duty; without an address there is no such link."""
    assert "mailto:mistakes@careful-kitchens.invalid?subject=DUTY-TRAIN" in see(card(kitchens(), "DUTY-TRAIN")).links()
    assert "Report a mistake" not in see(card(housing(), "DUTY-TRAIN")).words


def test_what_stands_nowhere_is_named_without_a_link() -> None:
    """A provision that no page places is named in words and leads nowhere."""
    seen = see(card(housing(), "DUTY-S115", Anchors(nowhere=frozenset({"CDA1998-S115"}))))

    assert "CDA 1998 section 115" in seen.words
    assert not any("CDA1998-S115" in link for link in seen.links())
