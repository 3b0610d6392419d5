"""What is in effect on a day: which statement counts, for whom a check counts, and who carries out a test function."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.standing_cases import AS_AT, found, kitchens, with_check

from policykit.model.results import Finding, Outcome
from policykit.reading import Ground
from policykit.rules import Check
from policykit.running import judge


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((), "nobody has confirmed it"),
        (((-9, -5), (-4, -1), (-7, -6)), "the last statement counted until 14 October 2026"),
        (((-9, -5), (1, 30)), "the last statement counted until 10 October 2026"),
        (((1, 30),), "nobody has confirmed it"),
        (((0, 9), (-3, 20), (-1, 4)), "Head of 1 confirmed it on 12 October 2026, until 4 November 2026"),
    ],
    ids=[
        "none",
        "of some that are over the last",
        "not one to come",
        "only one to come",
        "the one that counts longest",
    ],
)
def test_the_statement_that_counts_longest_is_told(said: tuple[tuple[int, int], ...], reason: str) -> None:
    """Of those in date, and else of those that are over; each is made on a day and counts until another."""
    pack, organisation = kitchens()
    model = next(each for each in organisation.attestations if each.check == "CHK-TABLE")
    statements = tuple(
        model.model_copy(
            update={"by": f"Head of {n}", "said_on": AS_AT + timedelta(on), "until": AS_AT + timedelta(to)}
        )
        for n, (on, to) in enumerate(said)
    )
    ground = Ground.of(pack, replace(organisation, attestations=statements), AS_AT)

    result = judge(pack.checks["CHK-TABLE"], Finding(), ground)

    assert result.reason == reason
    assert result.minimum is None


def test_a_test_function_is_carried_out_by_pytest() -> None:
    """Where nobody ran it, the check says who does."""
    pack, organisation = kitchens()
    check = pack.checks["CHK-PENS"].model_copy(update={"method": "python"})

    result = judge(check, None, Ground.of(pack, organisation, AS_AT))

    assert result.reason == "its test function has not been run: pytest carries it out"


def test_a_check_of_two_duties_counts_where_one_of_them_applies() -> None:
    """It is out of place only where none of its duties is in place."""
    pack, organisation = kitchens()
    both, one = (
        pack.checks["CHK-COUNCIL-INSPECTED"].model_copy(update={"verifies": duties})
        for duties in (("DUTY-COUNCIL", "DUTY-LEAD"), ("DUTY-COUNCIL",))
    )

    def outcome(check: Check) -> Outcome:
        return judge(check, found({"violate": 1}), Ground.of(with_check(pack, check), organisation, AS_AT)).outcome

    assert (outcome(both), outcome(one)) == (Outcome.FAIL, Outcome.NOT_APPLICABLE)
