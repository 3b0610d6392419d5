"""Runs: every check counted and judged once, and results.json, where a run is kept.

Begin with `run`, then `judge`, the steps to an outcome; `in_effect` is what both this room and tracing ask of a day.
"""

from policykit.running.in_effect import (
    covers,
    dated,
    duty_applies,
    last_day,
    law_in_force,
    max_age,
    meets_us,
    nil_return_counts,
    otherwise,
    statement_in_date,
    strength_in_effect,
    waiver_in_date,
    why_not_applicable,
)
from policykit.running.judge import NOT_RUN, NOTHING, judge, not_run
from policykit.running.one_record import OneRecord, explain_record
from policykit.running.private_list import PrivateList, why_not_here
from policykit.running.results_file import read_results, why_no_results_here, with_examples, write_results
from policykit.running.run import MOST_KEYS, Listed, Records, cannot_be_opened, locate, record_digests, run_checks

__all__ = [
    "MOST_KEYS",
    "NOTHING",
    "NOT_RUN",
    "Listed",
    "OneRecord",
    "PrivateList",
    "Records",
    "cannot_be_opened",
    "covers",
    "dated",
    "duty_applies",
    "explain_record",
    "judge",
    "last_day",
    "law_in_force",
    "locate",
    "max_age",
    "meets_us",
    "nil_return_counts",
    "not_run",
    "otherwise",
    "read_results",
    "record_digests",
    "run_checks",
    "statement_in_date",
    "strength_in_effect",
    "waiver_in_date",
    "why_no_results_here",
    "why_not_applicable",
    "why_not_here",
    "with_examples",
    "write_results",
]
