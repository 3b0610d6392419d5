"""Rules: what a check looks at and what must hold, in words, as the reference meaning, and as SQL.

Begin with `language`, then one test (`tests/recorded` is the shortest) with its faces; `values` and `dates` are what
tests are made of, `words` how they speak. What is done with all conditions of a check is a module each: `fits` before
any record is read; `check` for what it reads and comes to; `words/check_in_words` for its words; `proving` for its
examples; `explaining` for one row.

To add a test is to add one class to `tests/` and its name to the union in `tests/__init__`: its faces and its keys say
all that the others ask of it. tests/test_rules_language.py names what has to show it: random rules, oracle, cases.
"""

from policykit.rules.check import (
    Check,
    Example,
    Judgement,
    Typical,
    each_of,
    facts_used,
    judge_unit,
    must_sql,
    on_fixed_days,
    parameters_used,
    quantity,
    reads,
    rule_digest,
    scope_sql,
)
from policykit.rules.explaining import Explained, Explanation, Fetch, Seen, explain, gather
from policykit.rules.fits import Fault, faults
from policykit.rules.language import Each, Population, Row, Setting, Standing, Values, marker
from policykit.rules.proving.mistakes import alternatives
from policykit.rules.proving.rows import Case
from policykit.rules.proving.search import Proof, prove
from policykit.rules.scopes import (
    DeclaredRegister,
    Outside,
    Pair,
    outside_sql,
    pairs_of,
    read_by_scopes,
    row_scope_sql,
)
from policykit.rules.tests import Condition, common_mistakes
from policykit.rules.words.check_in_words import plain, say_each, words_of
from policykit.rules.words.sentences import Words

__all__ = [
    "Case",
    "Check",
    "Condition",
    "DeclaredRegister",
    "Each",
    "Example",
    "Explained",
    "Explanation",
    "Fault",
    "Fetch",
    "Judgement",
    "Outside",
    "Pair",
    "Population",
    "Proof",
    "Row",
    "Seen",
    "Setting",
    "Standing",
    "Typical",
    "Values",
    "Words",
    "alternatives",
    "common_mistakes",
    "each_of",
    "explain",
    "facts_used",
    "faults",
    "gather",
    "judge_unit",
    "marker",
    "must_sql",
    "on_fixed_days",
    "outside_sql",
    "pairs_of",
    "parameters_used",
    "plain",
    "prove",
    "quantity",
    "read_by_scopes",
    "reads",
    "row_scope_sql",
    "rule_digest",
    "say_each",
    "scope_sql",
    "words_of",
]
