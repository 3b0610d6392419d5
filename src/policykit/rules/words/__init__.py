"""Clauses: what a condition says, before it is known whether a list, a sentence or a relative clause will carry it."""

from dataclasses import dataclass, replace
from typing import Literal

from policykit.english import lowered
from policykit.model.registers import FieldShape, FieldType


@dataclass(frozen=True)
class Voice:
    """How a row is spoken of: "it", "the", "" in a sentence; "that", "whose", "for which" in a relative clause.

    `plain` is the voice of a sentence about the same row, where this is the voice of a relative clause.
    """

    row: str
    field: str
    told: str
    plain: "Voice | None" = None

    @property
    def main(self) -> "Voice":
        """The voice of a sentence about the same row."""
        return self.plain or self


@dataclass(frozen=True)
class Says:
    """Something said of a field, or of the row itself (no subject), with its opposite.

    Neighbours on one field that `join` share a line: "is recorded and is 1 November 2026 or earlier". `otherwise` is
    said of the row after an "or": "or it is not due yet".
    """

    subject: str
    predicate: str
    opposite: str
    joins: bool = False
    otherwise: "Says | None" = None

    def reversed(self) -> "Says":
        """The opposite said."""
        otherwise = self.otherwise.reversed() if self.otherwise else None
        return replace(self, predicate=self.opposite, opposite=self.predicate, otherwise=otherwise)


@dataclass(frozen=True)
class Told:
    """A sentence with a subject of its own, and what it says of the rows it speaks of, in relative clauses.

    `relative` is the sentence as a relative clause where that is not "for which" and the sentence.
    """

    text: str
    opposite: str
    parts: "tuple[Clause, ...]" = ()
    voice: Voice | None = None
    relative: str = ""
    relative_opposite: str = ""

    def reversed(self) -> "Told":
        """The opposite told."""
        turned = replace(self, text=self.opposite, opposite=self.text)
        return replace(turned, relative=self.relative_opposite, relative_opposite=self.relative)


@dataclass(frozen=True)
class Joined:
    """Clauses of which all hold, or one."""

    joint: Literal["and", "or"]
    parts: "tuple[Clause, ...]"


@dataclass(frozen=True)
class Conditional:
    """If all of these hold, then all of those."""

    when: "tuple[Clause, ...]"
    then: "tuple[Clause, ...]"


@dataclass(frozen=True)
class NotAll:
    """Not all of these hold."""

    parts: "tuple[Clause, ...]"


Clause = Says | Told | Joined | Conditional | NotAll


def opposite(clause: Clause) -> Clause:
    """What is said when the clause does not hold; never a double negative."""
    match clause:
        case Says() | Told():
            return clause.reversed()
        case Joined(joint="or"):
            return together(tuple(opposite(part) for part in clause.parts))
        case Joined():
            return not_all(clause.parts)
        case Conditional():
            return together((*clause.when, not_all(clause.then)))
        case NotAll():
            return together(clause.parts)


def together(parts: tuple[Clause, ...]) -> Clause:
    """All of these; a single one stands for itself."""
    return parts[0] if len(parts) == 1 else Joined("and", parts)


def not_all(parts: tuple[Clause, ...]) -> Clause:
    """Not all of these; of a single one its opposite."""
    return opposite(parts[0]) if len(parts) == 1 else NotAll(parts)


def flattened(parts: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The parts with those of every "all of these" among them in its place."""
    found: list[Clause] = []
    for part in parts:
        found += flattened(part.parts) if isinstance(part, Joined) and part.joint == "and" else [part]
    return tuple(found)


def phrase_of(shape: FieldShape) -> str:
    """A field or fact inside a sentence."""
    if shape.phrase is None and shape.type is FieldType.FLAG:
        return f"answer to “{shape.means}”"
    return shape.phrase or lowered(shape.means)
