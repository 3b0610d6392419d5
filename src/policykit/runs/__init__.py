"""Runs: every check counted and judged once, and results.json, where a run is kept."""

from policykit.runs.records import record_digests
from policykit.runs.running import Judge, run_checks
from policykit.runs.store import read_results, write_results

__all__ = ["Judge", "read_results", "record_digests", "run_checks", "write_results"]
