"""Made-up organisations of any size: whole copies of the pack's example, on any day, with breaches where one asks."""

from policykit.exports.made_up.making import make_organisation
from policykit.exports.made_up.original import NotMadeError, Original, read_original
from policykit.exports.made_up.planning import Wish

__all__ = ["NotMadeError", "Original", "Wish", "make_organisation", "read_original"]
