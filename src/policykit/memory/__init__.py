"""The memory of runs: a ledger of one line for each, what changed from one to the next, and whether all is still there.

Begin with `ledger`, the file; then `states`, what its lines hold, `history` and `changes`, which read them, and
`verify`.
"""

from policykit.memory.changes import notices, remembered
from policykit.memory.history import RunOfCheck, accepted_beyond, history_in_words, last_runs
from policykit.memory.ledger import LEDGER_FILE, Ledger, LedgerLine, ledger_of, read_ledger
from policykit.memory.records import before_of
from policykit.memory.states import keep
from policykit.memory.verify import MANIFEST, Verified, manifest_of, trouble, verify

__all__ = [
    "LEDGER_FILE",
    "MANIFEST",
    "Ledger",
    "LedgerLine",
    "RunOfCheck",
    "Verified",
    "accepted_beyond",
    "before_of",
    "history_in_words",
    "keep",
    "last_runs",
    "ledger_of",
    "manifest_of",
    "notices",
    "read_ledger",
    "remembered",
    "trouble",
    "verify",
]
