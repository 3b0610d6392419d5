"""Runs: every check counted and judged once, and results.json, where a run is kept.

Begin with `run`, then `judge`, the steps to an outcome; `in_effect` is what both this room and tracing ask of a day.
"""

from policykit.running import in_effect
from policykit.running.in_effect import dated, why_not_applicable
from policykit.running.judge import NOTHING, finding_of, judge, not_run
from policykit.running.output_file import PrivateList, as_sentence, put_folder, why_not_here
from policykit.running.records import OneRecord, Records, explain_record, locate, record_digests, record_problems
from policykit.running.results_file import (
    Keeper,
    Results,
    as_json,
    is_of_same,
    read_results,
    why_no_results_here,
    with_examples,
    with_sum,
    write_results,
)
from policykit.running.run import MOST_KEYS, Clock, Listed, code_of, folder_of, run_checks
from policykit.running.watching import Before, Once, most_of_runs, watched

__all__ = [
    "MOST_KEYS",
    "NOTHING",
    "Before",
    "Clock",
    "Keeper",
    "Listed",
    "Once",
    "OneRecord",
    "PrivateList",
    "Records",
    "Results",
    "as_json",
    "as_sentence",
    "code_of",
    "dated",
    "explain_record",
    "finding_of",
    "folder_of",
    "in_effect",
    "is_of_same",
    "judge",
    "locate",
    "most_of_runs",
    "not_run",
    "put_folder",
    "read_results",
    "record_digests",
    "record_problems",
    "run_checks",
    "watched",
    "why_no_results_here",
    "why_not_applicable",
    "why_not_here",
    "with_examples",
    "with_sum",
    "write_results",
]
