"""All rules that items of a pack keep with one another, kind by kind."""

from collections.abc import Iterator

from policykit.errors import Problem
from policykit.loading.draft import Draft


def problems_of(draft: Draft) -> Iterator[Problem]:
    """Everything in a pack that does not fit together."""
    yield from ()
