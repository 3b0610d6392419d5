"""The outcome of a check is the first that applies, whatever was counted, and nothing counted is never a pass."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standing_cases import AS_AT, cases, found, kitchens, taken, used, with_check, with_nil_return

from policykit.model.duties import Applies
from policykit.model.organisation import NilReturn
from policykit.model.results import Finding, Outcome, Refusal, RowCounts
from policykit.model.scalars import days_from
from policykit.reading import Ground
from policykit.running import judge

COUNT = st.integers(0, 5)
COUNTS = st.fixed_dictionaries(dict.fromkeys(("conform", "violate", "unknown", "out", "unreadable"), COUNT))
SHUT = Refusal(register_="people", why="records-damaged")
REFUSED = st.none() | st.just(SHUT)
FINDINGS = st.none() | st.builds(Finding, refused=REFUSED) | st.builds(found, COUNTS, refused=REFUSED)
CHECKS = st.deferred(lambda: st.sampled_from(sorted(kitchens()[0].checks)))
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
NO_TROUBLE = 0

#: Everything that can be the matter with a check, in the order in which the file formats name it.
TROUBLES = (
    (Outcome.NOT_APPLICABLE, "applies to others"),
    (Outcome.NOT_RUN, "not run"),
    (Outcome.ERROR, "refused"),
    (Outcome.NOT_RUN, "later"),
    (Outcome.FAIL, "violate"),
    (Outcome.ERROR, "unreadable"),
    (Outcome.STALE, "too old"),
    (Outcome.UNKNOWN, "unknown"),
    (Outcome.NOT_APPLICABLE, "nil return"),
    (Outcome.NO_DATA, "nothing"),
    (Outcome.PROVES_NOTHING, "no example fails"),
)


@given(st.sets(st.sampled_from([name for _, name in TROUBLES])))
def test_the_first_trouble_decides(troubles: set[str]) -> None:
    """Of everything that is the matter with a check, the one that the formats name first is its outcome."""
    pack, organisation = kitchens()
    check = pack.checks["CHK-TRAIN-TOPICS"]
    if "applies to others" in troubles:
        check = check.model_copy(update={"applies": Applies(to=AS_AT - timedelta(1), otherwise="It is over.")})
    if "no example fails" in troubles:
        check = check.model_copy(update={"examples": tuple(each for each in check.examples if each.expect != "fail")})
    organisation = taken(
        organisation,
        {
            "people": AS_AT - timedelta(400 if "too old" in troubles else 1),
            "courses": AS_AT + timedelta(1 if "later" in troubles else 0),
        },
    )
    nil = NilReturn(register_="people", from_=days_from(AS_AT, -400), to=AS_AT, by="A", said_on=AS_AT)
    organisation = with_nil_return(organisation, nil if "nil return" in troubles else None)
    one = {name: int(name in troubles) for name in ("violate", "unreadable", "unknown")}
    none = {"nil return", "nothing"} & troubles
    counted = found({"conform": 0 if none else 5, **one}, refused=SHUT if "refused" in troubles else None)

    ground = Ground.of(with_check(pack, check), organisation, AS_AT)
    result = judge(check, None if "not run" in troubles else counted, ground)

    expected = next((outcome for outcome, name in TROUBLES if name in troubles), Outcome.PASS)
    assert result.outcome is expected


@given(CHECKS, FINDINGS, DAYS)
def test_every_check_has_an_outcome_and_a_reason(name: str, finding: Finding | None, as_at: date) -> None:
    """Whatever was counted, on whatever day, there is an outcome with a sentence, and never an exception."""
    pack, organisation = kitchens()

    result = judge(pack.checks[name], finding, Ground.of(pack, organisation, as_at))

    assert result.outcome is not Outcome.NO_CHECK
    assert result.reason
    assert result.refused == (finding and finding.refused)
    assert result.counts is None or (finding is not None and result.counts == finding.counts)


@given(CHECKS, FINDINGS, DAYS)
def test_a_pass_is_earned(name: str, finding: Finding | None, as_at: date) -> None:
    """A pass has no violation, no blank, nothing unreadable, enough units, and records in date."""
    pack, organisation = kitchens()

    result = judge(pack.checks[name], finding, Ground.of(pack, organisation, as_at))

    if result.outcome is Outcome.PASS:
        assert result.counts is not None
        assert result.minimum is not None
        assert result.counts.violate == result.counts.unknown == result.counts.unreadable == NO_TROUBLE
        assert result.counts.conform == result.counts.in_scope >= result.minimum >= 1
        assert not any(records.stale for records in result.records)


@given(CHECKS, COUNT)
def test_no_record_is_never_a_pass(name: str, out: int) -> None:
    """However many rows are out of scope, none in scope is not a pass."""
    pack, organisation = kitchens()

    result = judge(pack.checks[name], found({"out": out}), Ground.of(pack, organisation, AS_AT))

    assert result.outcome is not Outcome.PASS


@pytest.mark.parametrize("case", cases("reasons"), ids=lambda case: case["reason"])
def test_a_reason_is_a_sentence_about_people(case: dict[str, Any]) -> None:
    """Each outcome says what was counted: rows where there is a for_each, and one in the singular."""
    pack, organisation = kitchens()
    if "taken_on" in case:
        organisation = taken(organisation, {"drills": case["taken_on"]})
    refused = {"refused": Refusal.model_validate(case["refused"])} if "refused" in case else {}
    finding = Finding(**refused) if "refused" in case else found(case["counts"], rows=rows_of(case))

    result = judge(pack.checks[case["check"]], finding, Ground.of(pack, organisation, AS_AT))

    assert (result.outcome.code, result.reason) == (case["outcome"], case["reason"])


def rows_of(case: dict[str, Any]) -> RowCounts | None:
    """The rows of a case, in scope those that are judged."""
    if "rows" not in case:
        return None
    rows = {"conform": 0, "violate": 0, "unknown": 0, **case["rows"]}
    return RowCounts(in_scope=sum(rows.values()), **rows)


@pytest.mark.parametrize("case", cases("nil_returns"), ids=lambda case: case["why"])
def test_a_nil_return_counts_for_a_year_and_not_too_long_after(case: dict[str, Any]) -> None:
    """Nobody has to invent a record: but only somebody's word, of a year and in date, stands in for one."""
    pack, organisation = kitchens()
    nil = NilReturn(
        register_=case.get("register", "recalls"),
        from_=case["from"],
        to=case["to"],
        by="Head of Buying",
        said_on=case["to"],
    )
    counts = {name: case.get(name, 0) for name in ("conform", "unknown")}

    result = judge(
        pack.checks["CHK-RECALLS"], found(counts), Ground.of(pack, with_nil_return(organisation, nil), AS_AT)
    )

    assert result.outcome.code == case["outcome"]


@pytest.mark.parametrize("register", ["people", "courses"])
def test_the_oldest_of_the_records_decides(register: str) -> None:
    """Whichever of the registers that a check reads it is, and the sentence names its day."""
    pack, organisation = kitchens()
    organisation = taken(organisation, {"people": AS_AT, "courses": AS_AT, register: date(2026, 9, 13)})

    result = judge(pack.checks["CHK-TRAIN-TOPICS"], found({"conform": 3}), Ground.of(pack, organisation, AS_AT))

    assert result.outcome is Outcome.STALE
    assert result.reason == "the oldest records, of 13 September 2026, are 32 days old, and 31 are allowed"


@pytest.mark.parametrize("minimum", ["0", "1"])
def test_nothing_is_never_enough(minimum: str) -> None:
    """A check needs one in scope, whatever its minimum says: of nobody at all nothing can hold."""
    pack, organisation = kitchens()
    check = pack.checks["CHK-PENS"].model_copy(update={"minimum": minimum})
    organisation = taken(organisation, {"kitchens": AS_AT, "pens": AS_AT})

    result = judge(check, found({}), Ground.of(pack, organisation, AS_AT))

    assert (result.outcome, result.minimum) == (Outcome.NO_DATA, 1)


def test_a_check_of_the_law_alone_never_grows_old() -> None:
    """The law and the pack's own lists have no day on which they were taken."""
    pack, organisation = kitchens()
    check = pack.checks["CHK-KITCHENS"].model_copy(update={"register_": "law", "where": (), "must": ()})

    result = judge(check, found({"conform": 1}), Ground.of(pack, organisation, date(2036, 1, 1)))

    assert result.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (date(2026, 10, 4), Outcome.NOT_RUN),
        (date(2026, 10, 5), Outcome.PASS),
        (date(2027, 1, 5), Outcome.PASS),
        (date(2027, 1, 6), Outcome.STALE),
    ],
)
def test_a_check_of_facts_alone_is_as_old_as_the_facts(day: date, outcome: Outcome) -> None:
    """Of 5 October 2026, and at most 92 days old; before that day there is no evidence."""
    pack, organisation = kitchens()
    check = pack.checks["CHK-KITCHENS"].model_copy(update={"where": (), "must": ()})

    assert judge(check, found({"conform": 1}), Ground.of(pack, organisation, day)).outcome is outcome


@pytest.mark.parametrize("changes", [{}, {"max_age_days": None}])
def test_facts_of_no_day_are_out_of_date(changes: dict[str, None]) -> None:
    """Nobody has said when they were so; a check that also reads dated records goes by these."""
    pack, organisation = kitchens()
    profile = organisation.profile.model_copy(update={"facts_said": None})
    check = pack.checks["CHK-KITCHENS"]
    alone = check.model_copy(update={"where": (), "must": (), **changes})
    ground = Ground.of(pack, replace(organisation, profile=profile), organisation.as_at)

    undated, dated = (judge(each, found({"conform": 1}), ground) for each in (alone, check))

    assert undated.outcome is Outcome.STALE
    assert undated.reason == "nobody has said when the facts about the organisation were so"
    assert dated.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("name", "outside", "inside"),
    [
        ("CHK-SCREEN", date(2027, 8, 31), date(2027, 9, 1)),
        ("CHK-CLEAN-PAPER", date(2017, 1, 1), date(2016, 12, 31)),
    ],
)
def test_a_check_applies_in_its_own_period(name: str, outside: date, inside: date) -> None:
    """Both ends are included; outside them the check says why, whatever was counted."""
    pack, organisation = kitchens()
    check = pack.checks[name]

    def outcome(day: date) -> Outcome:
        then = taken(organisation, dict.fromkeys(organisation.profile.records, day))
        return judge(check, found({"violate": 1}), Ground.of(pack, then, day)).outcome

    assert (outcome(outside), outcome(inside)) == (Outcome.NOT_APPLICABLE, Outcome.FAIL)


@pytest.mark.parametrize(("days", "outcome"), [(0, Outcome.NOT_APPLICABLE), (1, Outcome.NO_DATA)])
def test_where_records_may_be_of_any_age_a_nil_return_counts_on_its_last_day(days: int, outcome: Outcome) -> None:
    """Nobody said how long somebody's word about nothing stands."""
    pack, organisation = kitchens()
    check = pack.checks["CHK-RECALLS"].model_copy(update={"max_age_days": None})
    nil = NilReturn(register_="recalls", from_=date(2025, 1, 1), to=AS_AT - timedelta(days), by="A", said_on=AS_AT)

    result = judge(check, found({}), Ground.of(pack, with_nil_return(organisation, nil), AS_AT))

    assert result.outcome is outcome


@pytest.mark.parametrize(("minimum", "outcome"), [("3", Outcome.PASS), ("4", Outcome.NO_DATA)])
def test_a_minimum_counts_units(minimum: str, outcome: Outcome) -> None:
    """One person and three topics are three."""
    pack, organisation = kitchens()
    check = pack.checks["CHK-TRAIN-TOPICS"].model_copy(update={"minimum": minimum})
    one = RowCounts(in_scope=1, conform=1, violate=0, unknown=0)

    assert judge(check, found({"conform": 3}, rows=one), Ground.of(pack, organisation, AS_AT)).outcome is outcome


@pytest.mark.parametrize(("days", "stale"), [(-32, True), (-31, False), (0, False), (1, True)])
def test_each_record_says_whether_it_counts(days: int, stale: bool) -> None:  # noqa: FBT001 - a case of its own
    """Older than allowed, or of a day after; the check drills may read what is 31 days old."""
    pack, organisation = kitchens()
    day = AS_AT + timedelta(days)
    finding = found({"conform": 4}).model_copy(update={"records": (used("drills", day),)})

    result = judge(pack.checks["CHK-DRILLS"], finding, Ground.of(pack, taken(organisation, {"drills": day}), AS_AT))

    assert [each.stale for each in result.records] == [stale]


def test_a_check_says_whose_parameters_it_used() -> None:
    """A parameter that the organisation sets itself is its own; the others are the pack's."""
    pack, organisation = kitchens()

    sources = {
        used.id: used.source
        for check in pack.checks.values()
        for used in judge(check, found({"conform": 5}), Ground.of(pack, organisation, AS_AT)).parameters
    }

    assert {name for name, source in sources.items() if source == "organisation"} == {"answer_days"}
    assert "default" in sources.values()
