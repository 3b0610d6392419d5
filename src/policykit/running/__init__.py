"""Runs: every check counted and judged once, and results.json, where a run is kept.

Begin with `run`, then `judge`, the steps to an outcome; `in_effect` is what both this room and tracing ask of a day.
"""

from policykit.running import in_effect
from policykit.running.in_effect import dated, why_not_applicable
from policykit.running.judge import NOTHING, judge, not_run
from policykit.running.output_file import PrivateList, as_sentence, why_not_here
from policykit.running.records import OneRecord, Records, cannot_be_opened, explain_record, locate, record_digests
from policykit.running.results_file import (
    Results,
    as_json,
    read_results,
    why_no_results_here,
    with_examples,
    write_results,
)
from policykit.running.run import MOST_KEYS, Listed, run_checks

__all__ = [
    "MOST_KEYS",
    "NOTHING",
    "Listed",
    "OneRecord",
    "PrivateList",
    "Records",
    "Results",
    "as_json",
    "as_sentence",
    "cannot_be_opened",
    "dated",
    "explain_record",
    "in_effect",
    "judge",
    "locate",
    "not_run",
    "read_results",
    "record_digests",
    "run_checks",
    "why_no_results_here",
    "why_not_applicable",
    "why_not_here",
    "with_examples",
    "write_results",
]
