"""What is due, day by day: a line for everything that begins, changes, ends or is to be done, and none too many."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.standing_cases import AS_AT, all_met, cases, kitchens, taken, with_check

from policykit.model.duties import Applies
from policykit.model.results import Outcome
from policykit.reading import Ground, Organisation, Pack
from policykit.tracing import DueDate, DueKind, Trace, trace

DAY = timedelta(days=1)


def on(day: date, pack: Pack | None = None) -> Trace:
    """The second pack, or one like it, on a day, without results."""
    own, organisation = kitchens()
    return trace(Ground.of(pack or own, organisation, day), None, {})


def met(pack: Pack, organisation: Organisation) -> Trace:
    """A pack of which every check that applies is met."""
    return trace(Ground.of(pack, organisation, AS_AT), all_met(pack, organisation), {}, elsewhere=True)


def of(item: str, due: Iterable[DueDate]) -> list[str]:
    """The lines of an item, each with its day."""
    return [f"{each.day} {each.what}" for each in due if each.item == item]


@pytest.mark.parametrize("case", cases("due"), ids=lambda case: case["why"])
def test_a_line_stands_there_until_its_day_is_over(case: dict[str, Any]) -> None:
    """What ends is due up to its last day, what begins up to the day before its first; and it says which of the two."""
    assert of(case["item"], on(case["as_at"]).due) == case["due"]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (AS_AT - DAY, ["2026-10-15 Begins to apply", "2026-11-15 Applies until here"]),
        (AS_AT, ["2026-11-15 Applies until here"]),
        (date(2026, 11, 15), ["2026-11-15 Applies until here"]),
        (date(2026, 11, 16), []),
    ],
)
def test_a_duty_of_some_weeks_says_when_it_begins_and_when_it_is_over(day: date, due: list[str]) -> None:
    """Both days of the duty are included: it applies on its first, and still on its last."""
    pack, _ = kitchens()
    weeks = Applies(from_=AS_AT, to=date(2026, 11, 15), otherwise="It is over.")
    duty = pack.duties["DUTY-TABLE"].model_copy(update={"applies": weeks})
    pack = replace(pack, duties={**pack.duties, duty.id: duty})

    found = [each for each in on(day, pack).due if each.kind is DueKind.DUTY]

    assert of("DUTY-TABLE", found) == [f"{line}: {duty.title}" for line in due]


@pytest.mark.parametrize(("day", "due"), [(AS_AT, "2026-11-10"), (date(2026, 11, 11), "2026-12-09")])
def test_nothing_to_record_counts_as_long_as_the_strictest_check_takes_it(day: date, due: str) -> None:
    """One check takes a nil return of 31 days ago, another of 60: the earlier is due first, then the later."""
    pack, _ = kitchens()
    other = pack.checks["CHK-RECALLS"].model_copy(update={"id": "CHK-OTHER", "max_age_days": "60"})

    assert [line[:10] for line in of("REG-RECALLS", on(day, with_check(pack, other)).due) if "Nothing" in line] == [due]


def test_a_check_that_does_not_apply_makes_nothing_due() -> None:
    """Its records may be as old as they are."""
    pack, organisation = kitchens()
    strict = pack.checks["CHK-CLEAN-PAPER"].model_copy(update={"max_age_days": "0"})
    organisation = taken(organisation, dict.fromkeys(organisation.profile.records, AS_AT))

    found = met(with_check(pack, strict), organisation)

    assert found.checks["CHK-CLEAN-PAPER"].outcome is Outcome.NOT_APPLICABLE
    assert [line[:10] for line in of("REG-CLEANING", found.due)] == ["2026-11-15"]
    assert found.valid_until == date(2026, 10, 23)  # a waiver


def test_records_that_may_be_of_any_age_are_never_due() -> None:
    """Where a check does not say how old they may be."""
    pack, organisation = kitchens()
    ageless = pack.checks["CHK-DRILLS"].model_copy(update={"max_age_days": None})

    assert of("REG-DRILLS", met(pack, organisation).due)
    assert of("REG-DRILLS", met(with_check(pack, ageless), organisation).due) == []


def test_what_is_met_holds_no_longer_than_what_somebody_said() -> None:
    """With fresh records and without waivers the first of the statements to end decides."""
    pack, organisation = kitchens()
    organisation = replace(
        taken(organisation, dict.fromkeys(organisation.profile.records, AS_AT)),
        waivers=(),
        attestations=tuple(
            said.model_copy(update={"until": AS_AT + DAY}) if said.check == "CHK-TABLE" else said
            for said in organisation.attestations
        ),
    )

    assert met(pack, organisation).valid_until == AS_AT + DAY
