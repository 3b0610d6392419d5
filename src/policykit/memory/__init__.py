"""The memory of runs: a ledger of one line for each, what changed from one to the next, and whether all is still there.

Begin with `ledger`, the file; then `states`, what its lines hold.
"""

from policykit.memory.ledger import Ledger, Line, ledger_of, read_ledger
from policykit.memory.states import keep

__all__ = ["Ledger", "Line", "keep", "ledger_of", "read_ledger"]
