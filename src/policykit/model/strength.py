"""How strongly something is asked for."""

from enum import StrEnum


class Strength(StrEnum):
    """Obligation strength, weakest first; `none` where the text asks for nothing."""

    NONE = "none"
    MAY = "may"
    SHOULD = "should"
    MUST = "must"

    @property
    def rank(self) -> int:
        """0 for none to 3 for must: a greater rank is the stronger."""
        return list(Strength).index(self)
