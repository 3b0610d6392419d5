"""All rules that items of a pack keep with one another, kind by kind."""

from collections.abc import Iterator

from policykit.problems import Problem
from policykit.reading.check_rules import check_problems
from policykit.reading.decision_rules import decision_problems
from policykit.reading.draft import Draft
from policykit.reading.duty_rules import duty_problems
from policykit.reading.law_rules import law_problems
from policykit.reading.references import (
    check_references,
    clause_references,
    decision_references,
    duty_references,
    ids_used_twice,
    provision_references,
)
from policykit.reading.register_rules import register_problems
from policykit.reading.source_rules import source_problems

RULES = (
    ids_used_twice,
    clause_references,
    provision_references,
    duty_references,
    check_references,
    decision_references,
    source_problems,
    law_problems,
    register_problems,
    duty_problems,
    check_problems,
    decision_problems,
)


def problems_of(draft: Draft) -> Iterator[Problem]:
    """Everything in a pack that does not fit together."""
    for rule in RULES:
        yield from rule(draft)
