"""Canonical JSON: what is digested is written as RFC 8785 says, so that anybody's tools find the same digest."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from policykit.model.canonical import canonical

EXACT = 2**53 - 1
WHOLE = st.integers(-EXACT, EXACT)
LEAVES = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text()
TREES = st.recursive(LEAVES, lambda below: st.lists(below) | st.dictionaries(st.text(), below))


@given(TREES)
def test_canonical_json_is_as_another_library_writes_it(tree: object) -> None:
    """The order of keys, the form of numbers and what is escaped are those of RFC 8785, for every tree of values."""
    assert canonical(tree) == rfc8785.dumps(tree)  # type: ignore[arg-type] # any tree of JSON


@given(st.integers(0, 10**18))
def test_a_count_keeps_all_its_digits(count: int) -> None:
    """A count that a float cannot hold is written whole: another count never has the same digest."""
    assert json.loads(canonical([count])) == [count]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    """There is no second form for a value."""
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        canonical(value)
