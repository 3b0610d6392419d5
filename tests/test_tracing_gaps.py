"""Gaps: what no check covers, what no example shows and what nobody verified, each told and nothing told too often."""

from dataclasses import replace

import pytest
from tests.standing_cases import AS_AT, all_met, kitchens, results_of

from policykit.model.results import ExamplesTried
from policykit.model.scalars import read_day
from policykit.reading import Ground, Pack
from policykit.tracing import GapKind, Trace, trace

NO_EXAMPLE = "No example shows what this rule means."


def gaps_of(found: Trace, kind: GapKind) -> list[tuple[str, str]]:
    """The gaps of a kind: the item, and what is said of it."""
    return [(gap.item, gap.what) for gap in found.gaps if gap.kind is kind]


def without_results(pack: Pack) -> Trace:
    """A pack of which nothing was checked."""
    return trace(Ground.of(pack, kitchens()[1], AS_AT), None, {})


def test_law_that_nobody_verified_is_a_gap_where_a_duty_rests_on_it() -> None:
    """Other law is shown for context: that nobody read it leaves no duty without ground."""
    pack, _ = kitchens()
    unrested = pack.duties["DUTY-LISTEN"].model_copy(update={"rests_on": ()})
    others = replace(pack, duties={**pack.duties, unrested.id: unrested})

    found = [gaps_of(without_results(each), GapKind.UNVERIFIED) for each in (pack, others)]

    said = "nobody has yet read it in the law itself."
    cakes, labels = ("MEALS2010-S21", f"Meals Act section 21: {said}"), ("LABELS2020", f"Label Standard: {said}")
    assert found == [[cakes, labels], [labels]]


def test_a_rule_without_an_example_is_a_gap() -> None:
    """Of a statement and of a test function no example is asked."""
    pack, _ = kitchens()
    bare = {name: check.model_copy(update={"examples": ()}) for name, check in pack.checks.items()}

    found = gaps_of(without_results(replace(pack, checks=bare)), GapKind.EXAMPLES)

    assert found == [(name, NO_EXAMPLE) for name, check in bare.items() if check.method == "rule"]


def test_what_examples_leave_open_is_a_gap() -> None:
    """Every sentence of it, beside the check whose examples they are."""
    pack, organisation = kitchens()
    tried = ExamplesTried(tried=9, caught=7, gaps=("No example passes.", "No example fails."))
    results = all_met(pack, organisation)
    checks = [each.model_copy(update={"examples": tried} if each.id == "CHK-DRILLS" else {}) for each in results.checks]

    shown = trace(Ground.of(pack, organisation, AS_AT), results_of(pack, organisation, checks), {}, elsewhere=True)

    assert gaps_of(shown, GapKind.EXAMPLES) == [("CHK-DRILLS", gap) for gap in tried.gaps]


def test_a_sentence_out_of_scope_says_why() -> None:
    """In place of what the sentence itself says, where the pack has a reason."""
    found = gaps_of(without_results(kitchens()[0]), GapKind.OUT_OF_SCOPE)

    assert found == [("CK-P11-S1", "It speaks to restaurants, not to those who run school kitchens.")]


def test_a_waiver_that_has_not_begun_is_no_gap() -> None:
    """One that has ended says when, and one that belongs to no check says so."""
    assert gaps_of(without_results(kitchens()[0]), GapKind.WAIVER) == [
        ("CHK-FRIDGES", "WAIVE-EXPIRED ended on 30 September 2026."),
        ("CHK-NO-LONGER-THERE", "WAIVE-ORPHAN is for a check that does not exist."),
    ]


def test_a_sentence_that_asks_for_something_and_is_only_explained_is_a_gap() -> None:
    """Whatever its reason; one that asks for nothing is none."""
    found = gaps_of(without_results(kitchens()[0]), GapKind.EXPLAINED)

    assert found == [("CK-P1-S1", kitchens()[0].clauses["CK-P1-S1"].why)]


def test_what_no_check_of_a_duty_looks_at_is_a_gap() -> None:
    """Sentence by sentence, of each duty that has a check; a duty without one is a gap already."""
    pack, _ = kitchens()
    law = pack.checks["CHK-TABLE"].model_copy(update={"grounds": ("MEALS2010-S1",)})

    assert gaps_of(without_results(pack), GapKind.UNSEEN) == []
    found = gaps_of(without_results(replace(pack, checks={**pack.checks, law.id: law})), GapKind.UNSEEN)

    assert found == [("CK-P7-S2", f"No check of the duty “{pack.duties['DUTY-TABLE'].title}” looks at it.")]


@pytest.mark.parametrize(
    ("stretches", "days"),
    [
        ([("2025-10-16", "2026-10-15")], 365),
        ([("2025-10-17", "2026-10-15")], 0),
        ([("2024-01-01", "2024-12-30")], 365),
        ([("2025-10-16", "2026-04-15"), ("2026-04-16", "2027-04-15")], 365),
        ([("2023-01-01", "2023-06-30"), ("2024-01-01", "2024-06-30"), ("2026-10-12", "2026-12-31")], 367),
        ([("2026-10-16", "2027-10-15")], 0),
    ],
)
def test_a_check_that_was_waived_for_a_year_in_all_is_a_gap(stretches: list[tuple[str, str]], days: int) -> None:
    """The days of all its waivers up to the as-at date, first and last included; those to come do not count yet."""
    pack, organisation = kitchens()
    (one, *_) = organisation.waivers
    waivers = [
        one.model_copy(update={"id": f"W-{n}", "check": "CHK-TABLE", "from_": read_day(first), "until": read_day(last)})
        for n, (first, last) in enumerate(stretches)
    ]
    seen = trace(Ground.of(pack, replace(organisation, waivers=tuple(waivers)), AS_AT), None, {})

    said = [what for item, what in gaps_of(seen, GapKind.WAIVER) if "in all" in what]
    assert said == ([f"It was waived for {days} days in all."] if days else [])
