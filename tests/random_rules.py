"""Random rules: every test of the rule language, nested, in every form that a value may have."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

Node = dict[str, Any]

TODAY = date(2026, 3, 31)
KINDS = ["red", "green", "blue"]
LAWS = ["MEALS2010-S1", "HYGIENE1995-R3", "PENS2026"]
FIELDS = {
    "row_ref": "ref",
    "name": "ref",
    "law": "ref",
    "note": "text",
    "kind": "code",
    "begun": "date",
    "ended": "date",
    "open": "flag",
    "size": "integer",
    "weight": "integer",
}
REGISTERS = ["alpha", "beta"]
POPULATIONS = {"alpha": "some_alphas", "beta": "some_betas"}
PARAMETERS = {"integer": "a_number", "date": "a_day", "code": "a_kind", "flag": "a_flag"}
FACTS = {"integer": "f_number", "date": "f_day", "code": "f_kind", "flag": "f_flag"}
DEEPEST = 3


class Maker:
    """Makes conditions for a row of one register; `outer` says whether there is a row one level out."""

    def __init__(self, chance: random.Random, *, each: bool = False, population: bool = False) -> None:
        self.chance = chance
        self.each = each
        self.population = population

    def conditions(self, register: str, depth: int = 0, *, outer: bool = False, most: int = 2) -> list[Node]:
        """A short list of conditions."""
        return [self.condition(register, depth, outer=outer) for _ in range(self.chance.randint(1, most))]

    def condition(self, register: str, depth: int, *, outer: bool) -> Node:
        """One condition of any kind; the deeper, the simpler."""
        simple = [self.compared, self.listed, self.ordered, self.dated, self.beside, self.plain]
        if depth >= DEEPEST or self.chance.random() < 0.4:
            return self.chance.choice(simple)(outer=outer)
        if not self.population and self.chance.random() < 0.15:
            return {"test": "named", "population": POPULATIONS[register]}
        if self.chance.random() < 0.5:
            return self.related(depth, outer=outer)
        return self.grouped(register, depth, outer=outer)

    def grouped(self, register: str, depth: int, *, outer: bool) -> Node:
        """Conditions made of conditions on the same row."""
        test = self.chance.choice(["all", "any", "not", "if"])
        keys = ["when", "then"] if test == "if" else ["of"]
        return {"test": test} | {key: self.conditions(register, depth + 1, outer=outer) for key in keys}

    def field(self, *types: str) -> str:
        """A field of one of these types."""
        return self.chance.choice([name for name, kind in FIELDS.items() if kind in types])

    def value(self, kind: str, *, outer: bool) -> object:
        """A value of a type, in any form that may stand there."""
        forms: list[object] = [self.literal(kind), self.literal(kind)]
        if kind in PARAMETERS:
            forms += [{"parameter": PARAMETERS[kind]}, {"fact": FACTS[kind]}]
        if kind == "date":
            forms.append({"as_at": "true"})
        if self.each and kind in {"code", "text", "ref"}:
            forms.append({"each": "colour"})
        if outer and not self.population:
            forms.append({"field": self.field(kind)})
        return self.chance.choice(forms)

    def literal(self, kind: str) -> str:
        """A value written out, of those that the records hold."""
        return self.chance.choice([value for value in values_of(kind) if value.strip()])

    def number(self, *, outer: bool) -> object:
        """Days, months or rows: small, so that the edges are met."""
        return self.chance.choice([str(self.chance.randint(0, 3)), self.value("integer", outer=outer), "0"])

    def length(self, *, outer: bool) -> object:
        """A length: never a literal below nothing, which is refused at load."""
        found = self.number(outer=outer)
        return "1" if isinstance(found, str) and found.startswith("-") else found

    def compared(self, *, outer: bool) -> Node:
        """Equal or not."""
        field = self.field(*FIELDS.values())
        test = self.chance.choice(["is", "is_not"])
        return {"test": test, "field": field, "value": self.value(FIELDS[field], outer=outer)}

    def listed(self, *, outer: bool) -> Node:
        """In a list or not."""
        field = self.field(*FIELDS.values())
        values: object = [self.literal(FIELDS[field]) for _ in range(self.chance.randint(1, 2))]
        if FIELDS[field] in {"code", "ref", "text"}:
            values = self.chance.choice([values, {"parameter": "some_kinds"}, {"parameter": "no_kinds"}])
        elif self.chance.random() < 0.3:
            values = self.value(FIELDS[field], outer=outer)
        if isinstance(values, str):
            values = [values]
        return {"test": self.chance.choice(["one_of", "none_of"]), "field": field, "values": values}

    def ordered(self, *, outer: bool) -> Node:
        """Compared by order."""
        field = self.field("date", "integer")
        test = self.chance.choice(["at_least", "at_most", "more_than", "less_than", "between"])
        if test != "between":
            return {"test": test, "field": field, "value": self.value(FIELDS[field], outer=outer)}
        low, high = self.value(FIELDS[field], outer=outer), self.value(FIELDS[field], outer=outer)
        low, high = in_order(low, high, FIELDS[field])
        return {"test": test, "field": field, "low": low, "high": high}

    def dated(self, *, outer: bool) -> Node:
        """Seen from the as-at date."""
        field = self.field("date")
        test = self.chance.choice(["within", "longer_ago", "upcoming", "past", "not_past"])
        if test in {"past", "not_past"}:
            return {"test": test, "field": field}
        return {"test": test, "field": field, self.chance.choice(["days", "months"]): self.length(outer=outer)}

    def beside(self, *, outer: bool) -> Node:
        """Compared with another field."""
        test = self.chance.choice(["on_or_before", "on_or_after", "same_as", "soon_after", "done_by", "done_by"])
        if test == "same_as":
            field = self.field(*FIELDS.values())
            return {"test": test, "field": field, "other": self.other(FIELDS[field], outer=outer)}
        if test in {"on_or_before", "on_or_after"}:
            field = self.field("date", "integer")
            return {"test": test, "field": field, "other": self.other(FIELDS[field], outer=outer)}
        node: Node = {"test": test, "field": self.field("date")}
        if test == "done_by" and self.chance.random() < 0.5:
            return {**node, "due": self.field("date")}
        return {**node, "other": self.other("date", outer=outer), "days": self.length(outer=outer)}

    def other(self, kind: str, *, outer: bool) -> object:
        """Another field of the same row, or of the row one level out."""
        same = self.field(kind)
        return self.chance.choice([same, {"field": same}]) if outer and not self.population else same

    def plain(self, *, outer: bool) -> Node:  # noqa: ARG002 - made like the others
        """Recorded, unique, in force."""
        test = self.chance.choice(["recorded", "not_recorded", "unique", "in_force"])
        if test == "unique":
            return {"test": test, "fields": self.chance.sample(sorted(FIELDS), self.chance.randint(1, 2))}
        if test == "in_force":
            day: Node = self.chance.choice([{"as_at": "true"}, {"field": self.field("date")}])
            return {"test": test, "field": "law", "day": day}
        return {"test": test, "field": self.field(*FIELDS.values())}

    def related(self, depth: int, *, outer: bool) -> Node:
        """Rows of a register, its own too."""
        register = self.chance.choice(REGISTERS)
        node: Node = {"test": self.chance.choice(["exists_in", "count_of"]), "register": register}
        pairs = {self.field(kind): self.field(kind) for kind in self.chance.sample(["ref", "code", "flag"], 1)}
        node |= self.chance.choice([{}, {"match": pairs}, {"match": pairs}])
        if self.chance.random() < 0.8:
            node["where"] = self.conditions(register, depth + 1, outer=True)
        if node["test"] == "count_of":
            node |= self.bounds(outer=outer)
        return node

    def bounds(self, *, outer: bool) -> Node:
        """At least, at most, or both; written out, never the wrong way round."""
        least, most = in_order(self.length(outer=outer), self.length(outer=outer), "integer")
        both = {"at_least": least, "at_most": most}
        return self.chance.choice([{"at_least": least}, {"at_most": most}, both])


def in_order(low: object, high: object, kind: str) -> tuple[object, object]:
    """Two ends, the lower one first where both are known to the pack: the wrong way round they are refused."""
    known = {name: default for name, _, default in parameters()}
    ends = [known[end["parameter"]] if isinstance(end, dict) and "parameter" in end else end for end in (low, high)]
    if not all(isinstance(end, str) for end in ends):
        return low, high
    written = [str(end) for end in ends]
    right = written == sorted(written, key=int if kind == "integer" else None)
    return (low, high) if right else (high, low)


def values_of(kind: str) -> Sequence[str]:
    """What records may hold: a few values, so that rows meet, among them blanks and what cannot be read."""
    days = [str(TODAY + timedelta(days=n)) for n in (-92, -31, -2, -1, 0, 1, 2)]
    return {
        "ref": ["x", "y", *LAWS],
        "text": ["x", "red", "Red"],
        "code": KINDS,
        "date": [*days, "2026-02-28", "2025-02-28"],
        "flag": ["yes", "no"],
        "integer": ["-1", "0", "1", "2", "3"],
    }[kind]


def parameters() -> list[tuple[str, str, object]]:
    """One of each type, and an empty list."""
    return [
        ("a_number", "integer", "2"),
        ("a_day", "date", "2026-03-30"),
        ("a_kind", "code", "red"),
        ("a_flag", "flag", "yes"),
        ("some_kinds", "codes", ["red", "green"]),
        ("no_kinds", "codes", []),
    ]
