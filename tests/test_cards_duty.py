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


def test_a_duty_of_which_a_part_has_no_check_names_that_part() -> None:
    """It is not met, and says how much has a check and, in our own words, what has none."""
    seen = see(card(housing(), "DUTY-TRAIN"))

    assert seen.elements[0].attributes["data-outcome"] == "partly-checked"
    said = "Checked in part. 4 of 5 parts of what the guidance says have a check. All 3 checks hold, on records of"
    assert said in seen.words
    assert "No check looks at this: Sentence P4.S1: Make sure that they understand it." in seen.words
    assert "No check looks at this" not in see(card(housing(), "DUTY-COOP")).words


def test_what_has_no_check_at_all_is_said_once() -> None:
    """A duty without a check says so, and does not name its sentences besides."""
    assert "No check looks at this" not in see(card(kitchens(), "DUTY-ADVICE")).words


def saying(texts: list[str], trace: Trace) -> Trace:
    """The first pack, whose sample of decisions was confirmed with these words, the last of them now."""
    (now,) = trace.organisation.attestations
    days = [date(2025, 4, 15), date(2025, 10, 15), date(2026, 4, 15), now.said_on][-len(texts) :]
    said = [
        now.model_copy(update={"id": f"ATT-{n}", "statement": text, "said_on": day})
        for n, (text, day) in enumerate(zip(texts, days, strict=True))
    ]
    organisation = replace(trace.organisation, attestations=tuple(said))
    here = replace(trace.ground, organisation=organisation)
    return replace(trace, ground=here, attestations={now.check: said[-1]})


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["We read 20.", "We read 20."], "the same words as on 15 April 2026, for the second time."),
        (["We read 20.", "we  read\n20.", "We read 20."], "the same words as on 15 October 2025, for the third time."),
        (["We read 20.", "We read 9.", "We read 20."], "the same words as on 15 October 2025, for the second time."),
        (["We read 9.", "We read 20."], ""),
        (["We read 20."], ""),
    ],
)
def test_the_same_words_again_are_said_to_be(texts: list[str], said: str) -> None:
    """A statement that was made before in the same words, whatever their case and space, says since when, how often."""
    words = see(card(saying(texts, housing()), "DUTY-RELEVANT")).words

    assert said in words
    assert ("the same words" in words) == bool(said)


def test_a_waiver_in_the_same_words_is_said_to_be() -> None:
    """Both what it says of why and of what is done instead; the words of another check are no matter."""
    trace = housing()
    (standing,) = trace.waivers
    earlier = standing.waiver.model_copy(update={"id": "W-0", "from_": date(2026, 1, 1), "until": date(2026, 3, 31)})

    def words(**update: str) -> str:
        papers = (earlier.model_copy(update=update), standing.waiver)
        here = replace(trace.ground, organisation=replace(trace.organisation, waivers=papers))
        return see(card(replace(trace, ground=here), "DUTY-VOLUNTARY")).words

    assert words().count("These are the same words as on 1 January 2026, for the second time.") == 2
    assert "the same words" not in words(instead="Nothing.")
    assert "the same words" not in words(check="CHK-TRAIN-TOPICS")


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
