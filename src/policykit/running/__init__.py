"""Runs: every check counted and judged once, and results.json, where a run is kept."""

from policykit.running.examples import with_examples
from policykit.running.judging import judge_check
from policykit.running.listing import Listed, Listing
from policykit.running.one_record import OneRecord, explain_record
from policykit.running.private_list import LIMIT, PrivateList, why_not_here
from policykit.running.records import Records, record_digests
from policykit.running.running import Judge, run_checks
from policykit.running.store import read_results, why_no_results_here, write_results

__all__ = [
    "LIMIT",
    "Judge",
    "Listed",
    "Listing",
    "OneRecord",
    "PrivateList",
    "Records",
    "explain_record",
    "judge_check",
    "read_results",
    "record_digests",
    "run_checks",
    "why_no_results_here",
    "why_not_here",
    "with_examples",
    "write_results",
]
