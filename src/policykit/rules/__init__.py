"""Rules: what a check looks at and what must hold, in words, as the reference meaning, and as SQL.

Begin with `check` and `setting`, then one condition (`conditions/recording` is the shortest) with its four faces.
What is done with all conditions of a check is a module each: `judging` and `usage`; `faults` before any record is read;
`telling` for its words, made of `clauses` and `sentences`; `proving` for its examples, made of `alternatives` and
`searching`; `explaining` for one row.
"""

from policykit.rules.alternatives import Alternative, alternatives
from policykit.rules.changing import Case
from policykit.rules.check import Check, Example, ForEach, Population, Typical
from policykit.rules.conditions import Condition, common_mistakes
from policykit.rules.digests import rule_digest
from policykit.rules.explaining import Explained, Explanation, Seen, explain
from policykit.rules.faults import Fault, faults
from policykit.rules.gathering import Fetch, gather
from policykit.rules.judging import Judgement, judge_unit, must_sql, scope_sql
from policykit.rules.limits import month_limits
from policykit.rules.proving import Missing, Proof, Survivor, Telling, Wrong, prove
from policykit.rules.setting import Each, Place, Row, Setting, Values, marker
from policykit.rules.telling import say_each, words_of
from policykit.rules.usage import each_of, facts_used, parameters_used, quantity, reads
from policykit.rules.wording import RuleWords, SettingWords, Words, plain

__all__ = [
    "Alternative",
    "Case",
    "Check",
    "Condition",
    "Each",
    "Example",
    "Explained",
    "Explanation",
    "Fault",
    "Fetch",
    "ForEach",
    "Judgement",
    "Missing",
    "Place",
    "Population",
    "Proof",
    "Row",
    "RuleWords",
    "Seen",
    "Setting",
    "SettingWords",
    "Survivor",
    "Telling",
    "Typical",
    "Values",
    "Words",
    "Wrong",
    "alternatives",
    "common_mistakes",
    "each_of",
    "explain",
    "facts_used",
    "faults",
    "gather",
    "judge_unit",
    "marker",
    "month_limits",
    "must_sql",
    "parameters_used",
    "plain",
    "prove",
    "quantity",
    "reads",
    "rule_digest",
    "say_each",
    "scope_sql",
    "words_of",
]
