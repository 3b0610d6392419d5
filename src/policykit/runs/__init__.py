"""Runs: every check counted and judged once, and results.json, where a run is kept."""

from policykit.runs.examples import with_examples
from policykit.runs.listing import Listed, Listing
from policykit.runs.one_record import OneRecord, explain_record
from policykit.runs.private_list import LIMIT, PrivateList, why_not_here
from policykit.runs.records import Records, record_digests
from policykit.runs.running import Judge, run_checks
from policykit.runs.store import read_results, why_no_results_here, write_results

__all__ = [
    "LIMIT",
    "Judge",
    "Listed",
    "Listing",
    "OneRecord",
    "PrivateList",
    "Records",
    "explain_record",
    "read_results",
    "record_digests",
    "run_checks",
    "why_no_results_here",
    "why_not_here",
    "with_examples",
    "write_results",
]
