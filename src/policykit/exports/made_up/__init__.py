"""Made-up organisations of any size: whole copies of the pack's example, on any day, with breaches where one asks."""

from policykit.exports.made_up.base import Base, NotMadeError, read_base
from policykit.exports.made_up.making import Wish, make_organisation

__all__ = ["Base", "NotMadeError", "Wish", "make_organisation", "read_base"]
