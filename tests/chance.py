"""How much random tests draw, in one place; what else holds for all of them is the profile in conftest.py."""

import os

from hypothesis import settings

CHECKS = int(os.environ.get("POLICYKIT_PROPERTY_CHECKS", "200"))
"""How many random checks a whole test looks at: 500 in .ci/run, few in `make quick`."""


def cases_of(checks: int) -> int:
    """How many cases there are where each costs as much as so many checks; never none."""
    return max(1, CHECKS // checks)


def drawing(checks: int) -> settings:
    """Settings for a test of cases that each cost as much as so many checks."""
    return settings(max_examples=cases_of(checks))
