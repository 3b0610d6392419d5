"""Settings cannot undercut the guidance: not without a departure, and with one it is said on every card."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.cards_seen import Anchors, render_card, render_view, see
from tests.judging import run, traced
from tests.sites import POLICY

from policykit.memory.states import differs, state_of
from policykit.model.registers import Parameter, ParameterSource
from policykit.problems import PolicyError
from policykit.tracing import DueKind, GapKind, Trace

Example = Callable[..., Trace]
DROPPED: dict[str, object] = {"required_topics": ["responsibilities", "data_protection"]}
DEPARTURE: dict[str, object] = {
    "id": "DEPART-1",
    "parameter": "required_topics",
    "value": ["data_protection", "responsibilities"],
    "why": "The course is being written anew.",
    "accepted_by": "Director of Housing",
    "until": "2027-03-31",
}


@pytest.fixture
def example(tmp_path: Path) -> Example:
    """The example's organisation with other settings and with departures, judged."""
    shutil.copytree(POLICY.organisation, tmp_path / "own")
    return partial(_judged, tmp_path / "own")


def _judged(own: Path, settings: dict[str, object], *departures: dict[str, Any]) -> Trace:
    said = yaml.safe_load((POLICY.organisation / "organisation.yaml").read_text("utf-8"))
    said["parameters"] |= settings
    (own / "organisation.yaml").write_text(json.dumps(said, default=str), "utf-8")
    (own / "departures.yaml").write_text(json.dumps(departures), "utf-8")
    return traced(POLICY.policy, own, run(POLICY.policy, own, only={"CHK-TRAIN-TOPICS"}))


def _refused(example: Example, settings: dict[str, object], *departures: dict[str, Any]) -> list[str]:
    with pytest.raises(PolicyError) as error:
        example(settings, *departures)
    return [problem.what for problem in error.value.problems]


def _words(kind: str, item: str, seen: Trace) -> str:
    return see(render_card(kind, item, seen, Anchors())).text


@pytest.mark.parametrize(
    ("settings", "said_by"),
    [
        (DROPPED, "SCIE53-HM-SI-P4-S1"),
        ({"required_topics": []}, "SCIE53-HM-SI-P4-S1"),
        ({"support_needs": ["support_care"]}, "SCIE53-HM-SI-P5-S2, SCIE53-HM-SI-P5-S3 or SCIE53-HM-SI-P5-S4"),
        ({"contact_functions": ["adult_social_care", "marac", "safeguarding_board"]}, "SCIE53-HM-SI-P3-S2"),
        ({"required_publications": ["register_index"]}, "STAIRS-CH1"),
    ],
)
def test_a_setting_weaker_than_the_guidance_needs_a_departure(
    settings: dict[str, object], said_by: str, example: Example
) -> None:
    """Nobody can train people on less than what the text names and call it met."""
    (name,) = settings

    assert _refused(example, settings) == [f"`{name}` is set weaker than {said_by} says"]


def test_a_setting_may_be_stricter_than_the_guidance(example: Example) -> None:
    """More than the text names is no departure; nor is what the pack added to it of its own choice."""
    topics = ["responsibilities", "confidentiality", "data_protection", "article_8", "section_115"]
    eight = ["adult_social_care", "police", "probation", "child_protection", "health", "mental_health"]
    eight += ["care_support", "carers_support"]
    seen = example({"required_topics": topics, "contact_functions": eight})

    assert not [gap for gap in seen.gaps if gap.kind is GapKind.DEPARTURE]
    assert "looser" not in _words("check", "CHK-TRAIN-TOPICS", seen)


def test_a_departure_stands_on_every_card_that_it_touches_and_among_the_gaps(example: Example) -> None:
    """Who accepts it until when, and both values; and it changes no count and no outcome."""
    seen = example(DROPPED, DEPARTURE)

    touched = {name for name in seen.pack.checks if "Weaker than the guidance." in _words("check", name, seen)}
    duties = {duty for name in touched for duty in seen.pack.checks[name].verifies}
    words = _words("check", "CHK-TRAIN-TOPICS", seen)
    assert touched == {each.id for each in seen.pack.checks.values() if "required_topics" in str(each.model_dump())}
    assert duties == {name for name in seen.duties if "Weaker than the guidance. T" in _words("duty", name, seen)}
    assert "DUTY-TRAIN" in duties
    assert "Responsibilities and data protection" in words or "responsibilities and data protection, in" in words
    assert "in place of responsibilities, confidentiality, data protection and article 8." in words
    assert "Accepted by Director of Housing until 31 March 2027 (DEPART-1)." in words
    assert [gap.item for gap in seen.gaps if gap.kind is GapKind.DEPARTURE] == ["SCIE53-HM-SI-P4-S1"]


def test_what_rests_on_a_departure_holds_no_longer(example: Example) -> None:
    """The last day of the departure is the last on which the results of its checks may be relied on."""
    seen = example(DROPPED, DEPARTURE | {"until": "2026-11-02"})

    assert seen.until["CHK-TRAIN-TOPICS"] == date(2026, 11, 2)
    assert [due.day for due in seen.due if due.kind is DueKind.DEPARTURE and due.item == "CHK-TRAIN-TOPICS"]


def test_a_departure_is_remembered(example: Example) -> None:
    """The state of the ledger has it; a state of before there were any differs by what is set."""
    states = [state_of(example(DROPPED, DEPARTURE | {"why": why})) for why in ("A course.", "Another reason.")]
    older = {key: value for key, value in states[0].items() if key != "departures"}

    assert states[0]["departures"]["DEPART-1"]["accepted_by"] == "Director of Housing"
    assert differs(*states)
    assert not differs(states[0], older)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until": "2026-10-31"}, "the departure DEPART-1 ended on 31 October 2026, and `required_topics`"),
        ({"until": "2027-11-02"}, "`until` is more than 365 days after 1 November 2026"),
        ({"value": ["responsibilities"]}, "the departure DEPART-1 is for another value of `required_topics`"),
        ({"value": "responsibilities"}, "the departure DEPART-1 is for another value of `required_topics`"),
        ({"parameter": "required_topic"}, "there is no parameter `required_topic` in the pack"),
        ({"accepted_by": "Director of Nothing"}, "nobody has the post `Director of Nothing`"),
    ],
)
def test_a_departure_says_exactly_what_is_set_in_date(change: dict[str, object], said: str, example: Example) -> None:
    """One that has ended, counts for years or speaks of something else lets nothing through."""
    found = _refused(example, DROPPED, DEPARTURE | change)

    assert found[0].startswith(said)


def test_a_new_departure_takes_the_place_of_one_that_has_ended(example: Example) -> None:
    """Both may stand in the file."""
    over = DEPARTURE | {"id": "DEPART-0", "until": "2026-10-31"}

    seen = example(DROPPED, over, DEPARTURE | {"until": "2027-11-01"})

    assert [each.id for each in seen.organisation.departures] == ["DEPART-1"]


def test_a_looser_setting_of_our_own_choice_is_shown_with_both_values(example: Example) -> None:
    """On the card of the check and on the page of settings: no source gives a number, so nobody has to accept it."""
    seen = example({"refresh_months": "1200"})

    card, page = (
        _words("check", "CHK-TRAIN-REFRESH", seen),
        see(render_view("reference", "parameters", seen, Anchors())).text,
    )
    assert "1,200 months (set by Example Homes, looser than the pack's: 36 months)" in card.replace("’", "'")
    assert "Set by us. The pack suggests 36 months. Looser than the pack." in page
    assert page.count("Looser than the pack.") == 1


CODES = st.sets(st.sampled_from("abcdef"), max_size=6).map(lambda codes: tuple(sorted(codes)))
SOURCES = st.sampled_from([("LL-S1",), ()])


@given(CODES, CODES, SOURCES, st.sampled_from(["add", "drop"]))
def test_codes_are_weaker_as_the_pack_says(
    default: tuple[str, ...], value: tuple[str, ...], from_: tuple[str, ...], weaker: str
) -> None:
    """Of what comes from somewhere one code less, or one more, is weaker; of our own choice it is only looser."""
    source = ParameterSource.model_validate({"from": from_} if from_ else {"why": "Ours."})
    codes = Parameter.model_validate(
        {"id": "a", "title": "A", "type": "codes", "default": default, "source": source, "weaker": weaker}
    )
    lacks, has_more = bool(set(default) - set(value)), bool(set(value) - set(default))

    is_weaker = has_more if weaker == "add" else lacks

    assert codes.undercuts(value) == (is_weaker and bool(from_))
    assert (codes.leaning(value) == "looser") == is_weaker
    assert (codes.leaning(value) == "same") == (not lacks and not has_more)


@given(st.integers(0, 5), st.integers(0, 5), SOURCES, st.sampled_from(["more", "less", None]))
def test_numbers_are_weaker_as_the_pack_says(
    default: int, value: int, from_: tuple[str, ...], weaker: str | None
) -> None:
    """Where the pack does not say which way is weaker, another number is only another."""
    source = ParameterSource.model_validate({"from": from_} if from_ else {"why": "Ours."})
    number = Parameter.model_validate(
        {"id": "a", "title": "A", "type": "integer", "default": str(default), "source": source, "weaker": weaker}
    )
    beyond = {"more": value > default, "less": value < default}.get(str(weaker))

    leanings = {None: "other", True: "looser", False: "stricter"}
    assert number.leaning(value) == ("same" if value == default else leanings[beyond])
    assert number.undercuts(value) == (bool(beyond) and bool(from_))
