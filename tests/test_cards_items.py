"""The cards of checks, clauses, provisions and registers say what they are, with dates and denominators."""

import pytest
from tests.cards_seen import Anchors, housing, kitchens, render_card, see
from tests.judging import traced
from tests.sites import POLICY, SECOND, Sources

from policykit.model.registers import item_of_register
from policykit.model.results import Outcome
from policykit.reading import setting_of
from policykit.rules import Words, words_of
from policykit.tracing import Force, Trace

PACKS = pytest.mark.parametrize("trace", [housing(), kitchens()], ids=["housing", "kitchens"])


def shown(trace: Trace, kind: str, item: str) -> str:
    """The words of one card."""
    return see(render_card(kind, item, trace, Anchors())).words


def leads_of(words: Words) -> list[str]:
    """Every sentence of a tree of words."""
    return [words.lead, *(lead for item in words.items for lead in leads_of(item))]


@PACKS
def test_every_item_is_one_card(trace: Trace) -> None:
    """The outermost element has the item's id and kind; only duties and checks have an outcome."""
    setting = setting_of(trace.pack, trace.organisation, trace.as_at)
    items = [("check", name) for name in trace.checks] + [("clause", name) for name in trace.pack.clauses]
    items += [("provision", name) for name in trace.provisions]
    items += [("register", item_of_register(name)) for name in setting.registers]
    for kind, item in items:
        outermost = see(render_card(kind, item, trace, Anchors())).elements[0]

        assert (outermost.id, outermost.attributes["data-kind"]) == (item, kind)
        assert ("data-outcome" in outermost.attributes) == (kind == "check")


@PACKS
def test_a_check_is_told_in_the_words_of_its_rule(trace: Trace) -> None:
    """Every line of the generated sentences stands in the card, with title, limits, result and reason."""
    setting = setting_of(trace.pack, trace.organisation, trace.as_at)
    for name, result in trace.checks.items():
        check = trace.pack.checks[name]
        words = shown(trace, "check", name)
        rule = words_of(check, setting) if check.method == "rule" else None
        told = [rule.looked_at, rule.must_hold, *rule.populations] if rule else []

        assert result.outcome.word in words
        assert result.reason[1:] in words
        for lead in (lead for tree in told for lead in leads_of(tree)):
            assert lead[1:].strip() in words, name


@PACKS
def test_a_result_comes_with_the_days_of_its_records(trace: Trace) -> None:
    """Where anything was counted, each register that was read is named with the day its records were taken."""
    for name, result in trace.checks.items():
        elements = see(render_card("check", name, trace, Anchors())).elements
        days = {element.attributes["datetime"] for element in elements if element.tag == "time"}

        assert {used.taken_on.isoformat() for used in result.records} <= days, name


def test_people_are_counted_as_people() -> None:
    """A check of people times topics gives its result in people; units stand apart and are called what they are."""
    words = shown(housing(), "check", "CHK-TRAIN-TOPICS")

    assert "Met 268 of 268 people in post conform." in words
    assert "1,072 of 1,072 when each value is counted by itself." in words
    assert "208 more, counted in the same way, are outside this check." in words
    assert "confidentiality 268 0 0" in words
    assert "1,072 of 1,072 people" not in words


def test_a_setting_says_who_set_it() -> None:
    """A number of the organisation's own is marked as such."""
    words = shown(housing(), "check", "CHK-TRAIN-REFRESH")

    assert "24 months (set by Example Homes" in words


def test_an_attested_check_shows_the_statement() -> None:
    """What is said, by whom, when and until when stands in the card, and nothing is called met."""
    words = shown(housing(), "check", "CHK-RELEVANT-SAMPLE")

    assert "Two managers read 20 decisions picked at random" in words
    assert "Head of Safeguarding, 15 October 2026; counts until 14 April 2027. Basis: sample of 20 decisions." in words
    assert "Met" not in words.split()


def test_a_check_that_another_one_completes_names_it_by_its_title() -> None:
    """An id inside a sentence becomes a link with the title of what it names."""
    html = render_card("check", "CHK-SHARE-IN-TIME", housing(), Anchors())
    other = housing().pack.checks["CHK-CONCERN-DECIDED"].title

    assert f'<a href="#CHK-CONCERN-DECIDED">{other}</a>' in html


@PACKS
def test_only_law_in_force_binds(trace: Trace) -> None:
    """A provision that is not law on the as-at date is not said to bind anybody."""
    for name, standing in trace.provisions.items():
        words = shown(trace, "provision", name)

        assert ("Binds you." in words) <= (standing.force is Force.IN_FORCE), name
        assert standing.provision.effect in words


def test_a_provision_is_shown_with_each_of_its_periods() -> None:
    """The periods stand as text, whatever is drawn, with what each of them changed."""
    words = shown(housing(), "provision", "UKGDPR")

    assert "25 May 2018 to 30 December 2020: as the EU GDPR" in words
    assert "5 February 2026 to today: amended in many places. By Data (Use and Access) Act 2025" in words


def test_a_clause_is_shown_with_its_defect_and_its_duties() -> None:
    """What is wrong with the text as supplied is said where the sentence stands, and what became of it."""
    words = shown(housing(), "clause", "SCIE53-HM-SI-P4-S1")

    assert "Repealed law. Names an Act that was replaced on 25 May 2018." in words
    assert "Becomes a duty Make sure all your staff understand" in words


def test_a_register_is_shown_column_by_column() -> None:
    """Each column has its meaning, its type and its codes in words; what points at a person is marked."""
    words = shown(housing(), "register", "REG-STAFF")

    assert "person_ref tells rows apart points at a person" in words
    assert "agency agency worker" in words
    assert "Taken on 30 October 2026" in words


@pytest.mark.parametrize("sources", [POLICY, SECOND], ids=["housing", "kitchens"])
def test_without_results_every_check_is_not_checked(sources: Sources) -> None:
    """Where nothing was run, each check says so and why, and counts nothing."""
    trace = traced(sources.policy, sources.organisation, None)
    for name in trace.checks:
        words = shown(trace, "check", name)

        assert "Not checked No check has been run." in words
        assert "Counted" not in words


UNSEEN = {Outcome.NOT_RUN, Outcome.NO_CHECK, Outcome.INCOMPLETE, Outcome.PARTLY_CHECKED}


def test_both_packs_show_every_outcome() -> None:
    """Together the cards of the two packs show every word that a check can come to, but Not checked.

    Nothing comes to two of them yet.
    """
    words = {shown(trace, "check", name) for trace in (housing(), kitchens()) for name in trace.checks}
    expected = [outcome.word for outcome in Outcome if outcome not in UNSEEN]

    assert [] == [word for word in expected if not any(word in text for text in words)]
