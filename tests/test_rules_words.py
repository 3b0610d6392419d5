"""Rules in words: every rule of both packs as it stands in a file, letter by letter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.people import check_for, setting_for, typed
from tests.reference_reading import months_before
from tests.sites import Sources
from tests.units import World, judged_in_python
from tests.words_of_all import FOLDER, PACKS, words_of_all
from tests.words_read import read_words

from policykit.model.registers import FieldShape, FieldType
from policykit.rules import Check, plain, words_of

Raw = dict[str, Any]

RENEW = "`.venv/bin/python -m tests.words_of_all` writes the file again: read the difference before you keep it"


@pytest.mark.parametrize("sources", PACKS, ids=[each.name for each in PACKS])
def test_every_rule_of_a_pack_reads_as_it_did(sources: Sources) -> None:
    """No word of any of them changes without somebody reading the change."""
    assert words_of_all(sources) == (FOLDER / f"{sources.name}.txt").read_text("utf-8"), RENEW


TESTS = {"within": "days months", "upcoming": "days months", "longer_ago": "days months", "soon_after": "days"}
UNITS = [(test, unit) for test, units in (TESTS | {"done_by": "days"}).items() for unit in units.split()]
LITERAL, BLANK = "literal", "blank fact"
FORMS = (LITERAL, "parameter", "fact", BLANK, "fact too small", "fact too great")
PLAIN, NOT, THERE_IS, THERE_IS_NOT, NONE = ("plain", "not", "there is", "there is ... not", "there is none")
DAYS = tuple(map(date.fromisoformat, ("2024-02-29", "2026-03-31", "2026-11-01", "2026-12-31")))


@dataclass(frozen=True)
class Spanned:
    """A condition with a number of days or months: its test and unit, how the number is given, and what is around."""

    test: str
    unit: str
    form: str
    around: str
    number: int
    as_at: date
    start: date

    @property
    def is_known(self) -> bool:
        """Whether there is a number in range."""
        return self.form not in {BLANK, "fact too small", "fact too great"}

    @property
    def counted_from(self) -> date:
        """The day that days and months are counted from."""
        return self.start if self.test in {"soon_after", "done_by"} else self.as_at

    @property
    def check(self) -> Check:
        """The check that is this condition."""
        return check_for({"condition": self._wrapped()})

    def world(self, days: Sequence[date]) -> World:
        """A person for each day, who left and did a course on it."""
        fact = {"fact": self.number, BLANK: "null", "fact too small": -1, "fact too great": 36_501}.get(
            self.form, "null"
        )
        case = {"as_at": str(self.as_at), "facts": {"size": str(fact)}, "parameters": {"integer": str(self.number)}}
        people = [
            {"ref": f"P{n}", "left": str(day), "started": str(self.start), "weeks": str(self.number)}
            for n, day in enumerate(days)
        ]
        courses = [{"person": f"P{n}", "done": str(day)} for n, day in enumerate(days)]
        return World(setting_for(case), {"people": typed("people", people), "courses": typed("courses", courses)})

    def _wrapped(self) -> Raw:
        if self.around in {PLAIN, NOT}:
            return _negated(self._condition("left", "started"), really=self.around == NOT)
        inner = self._condition("done", {"field": "started"})
        where = [_negated(inner, really=self.around == THERE_IS_NOT)]
        lookup = {"test": "exists_in", "register": "courses", "match": {"person": "ref"}, "where": where}
        return _negated(lookup, really=self.around == NONE)

    def _condition(self, field: str, other: object) -> Raw:
        forms: Raw = {LITERAL: str(self.number), "parameter": {"parameter": "integer"}, "field": {"field": "weeks"}}
        raw = {"test": self.test, "field": field, self.unit: forms.get(self.form, {"fact": "size"})}
        return raw | ({"other": other} if self.test in {"soon_after", "done_by"} else {})


def _negated(raw: Raw, *, really: bool) -> Raw:
    return {"test": "not", "of": [raw]} if really else raw


@st.composite
def spanned(draw: st.DrawFn, test: str, unit: str) -> Spanned:
    """Any condition of that test, in every form of its number and with every negation."""
    around = draw(st.sampled_from((PLAIN, NOT, THERE_IS, THERE_IS_NOT, NONE)))
    form = draw(st.sampled_from(FORMS if around in {PLAIN, NOT} else (*FORMS, "field")))
    as_at, number = draw(st.sampled_from(DAYS)), draw(st.sampled_from((0, 1, 2, 3, 12, 30, 1_100)))
    start = as_at + timedelta(days=draw(st.integers(-3, 3)))
    return Spanned(test, unit, form, around, number, as_at, start)


@pytest.mark.parametrize(("test", "unit"), UNITS, ids=[f"{test}, {unit}" for test, unit in UNITS])
@given(st.data())
def test_words_of_a_number_of_days_say_what_the_rule_means(test: str, unit: str, data: st.DataObject) -> None:
    """Read back by a reader of its own, the words hold on the days around both ends where the rule does."""
    case = data.draw(spanned(test, unit))
    said = plain(words_of(case.check, case.world([]).setting)).partition("Must hold: ")[2].partition("\n\n")[0]
    reading = read_words(said, case.number)
    ends = [None if end is None else _end(case, end) for end in (reading.low, reading.high)]
    days = [end + timedelta(days=shift) for end in ends if end for shift in (-2, -1, 0, 1, 2)]
    meant = {day: reading.inside == _lies(day, *ends) for day in days}

    assert "not not" not in said
    assert reading.unit == unit
    assert all(named in {None, end} for named, end in zip((reading.first, reading.last), ends, strict=True))
    assert _judged(replace(case, form=LITERAL), days) == {
        day: "pass" if holds else "fail" for day, holds in meant.items()
    }
    assert _judged(case, days) == (
        _judged(replace(case, form=LITERAL), days) if case.is_known else dict.fromkeys(days, "unknown")
    )


def _end(case: Spanned, number: int) -> date:
    if case.unit == "days":
        return case.counted_from + timedelta(days=number)
    return months_before(case.counted_from, -number)


def _lies(day: date, low: date | None, high: date | None) -> bool:
    return (low is None or low <= day) and (high is None or day <= high)


def _judged(case: Spanned, days: Sequence[date]) -> dict[date, str]:
    world = case.world(days)
    return dict(zip(days, judged_in_python(case.check, world).values(), strict=True))


def test_a_flag_is_compared_with_what_we_say_of_ourselves() -> None:
    """The sentence names the fact, as it does for a number, whatever we say today."""
    away = FieldShape(type=FieldType.FLAG, means="Any home abroad")
    condition = {"test": "is", "field": "away", "value": {"fact": "abroad"}}
    setting = replace(setting_for({}), facts={"abroad": True}, fact_shapes={"abroad": away})

    said = plain(words_of(check_for({"condition": condition}), setting))

    assert said.endswith(
        "Must hold: the answer to “On long leave” is the same as our answer to “Any home abroad” (yes)."
    )


def test_a_for_each_of_an_empty_list_says_so() -> None:
    """Nobody reads half a sentence and takes it for a whole one."""
    case = {"parameters": {"codes": []}, "condition": {"test": "is", "field": "kind", "value": {"each": "kind"}}}
    plainly = check_for(case).model_dump(by_alias=True, exclude_unset=True)
    check = Check.model_validate({**plainly, "for_each": {"name": "kind", "in": {"parameter": "codes"}}})

    assert words_of(check, setting_for(case)).looked_at.lead == "every person, once for each kind: none."
