"""Small things said in English, as cards and their templates call them; the grammar is that of the rules."""

from policykit.english import counted, humanised, listed, raised, sentence
from policykit.english import in_digits as number

upper_first = raised

__all__ = ["counted", "humanised", "listed", "number", "sentence", "upper_first"]
