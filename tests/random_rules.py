"""Random rules: every test of the rule language, nested, in every form that a value may have."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Node = dict[str, Any]

TODAY = date(2026, 3, 31)
DAYS = [str(TODAY + timedelta(days=n)) for n in (-92, -31, -2, -1, 0, 1, 2)]
VALUES = {
    "ref": ["x", "y", "red", "MEALS2010-S1", "HYGIENE1995-R3", "PENS2026"],
    "text": ["x", "red", "Red"],
    "code": ["red", "green", "blue"],
    "date": [*DAYS, "2026-02-28", "2025-02-28"],
    "flag": ["yes", "no"],
    "integer": ["-1", "0", "1", "2", "3"],
}
"""A few values of each type, so that rows meet."""

OWN = {
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
FACTS = {"integer": "f_number", "date": "f_day", "code": "f_kind", "flag": "f_flag"}
FIELDS = {
    "alpha": OWN,
    "beta": OWN,
    "organisation": {"id": "ref", **{name: kind for kind, name in FACTS.items()}},
    "law": {"id": "ref", "valid_from": "date", "valid_to": "date", "last_changed_on": "date"},
    "colours": {"entry": "ref", "kind": "code", "named_from": "date", "named_to": "date"},
}
"""The fields that rules use, by register: two with records, those built in, and a list of the pack."""

KEYS = {"alpha": "row_ref", "beta": "row_ref", "organisation": "id", "colours": "entry"}
POPULATIONS = {"alpha": "some_alphas", "beta": "some_betas"}
PARAMETERS = {
    "a_number": ("integer", "2"),
    "a_day": ("date", "2026-03-30"),
    "a_kind": ("code", "red"),
    "a_flag": ("flag", "yes"),
    "some_kinds": ("codes", ["red", "green"]),
    "no_kinds": ("codes", []),
}
DEEPEST = 3


@dataclass(frozen=True)
class Spot:
    """Where a condition stands: the register whose row it is about, the one of the row one level out, how deep."""

    register: str
    outer: str | None = None
    depth: int = 0

    def inside(self, register: str | None = None) -> "Spot":
        """One deeper: about the same row, or about a row that is looked up from here."""
        return Spot(register or self.register, self.register if register else self.outer, self.depth + 1)


class Maker:
    """Makes conditions; with `each` for a check with a for_each, with `population` for a population."""

    def __init__(self, chance: random.Random, *, each: bool = False, population: bool = False) -> None:
        self.chance = chance
        self.each = each
        self.population = population

    def conditions(self, spot: Spot) -> list[Node]:
        """One or two conditions."""
        return [self.condition(spot) for _ in range(self.chance.randint(1, 2))]

    def condition(self, spot: Spot) -> Node:
        """One condition of any kind; the deepest ones are simple."""
        simple = [
            self.compared,
            self.listed,
            self.ordered,
            self.dated,
            self.beside,
            self.plain,
            self.in_force,
            self.begun,
        ]
        if spot.depth >= DEEPEST or self.chance.random() < 0.4:
            return self.chance.choice(simple)(spot)
        if not self.population and spot.register in POPULATIONS and self.chance.random() < 0.15:
            return {"test": "named", "population": POPULATIONS[spot.register]}
        return self.chance.choice([self.related, self.grouped])(spot)

    def by_code(self, spot: Spot) -> Node:
        """One condition for the row's own code and another for all others, so that its units come out apart."""
        own = {"field": self.field(spot.register, "code"), "value": {"each": "colour"}}
        ways = zip(("is", "is_not"), (self.compared(spot), self.compared(spot)), strict=True)
        return {"test": "any", "of": [{"test": "all", "of": [{"test": test, **own}, way]} for test, way in ways]}

    def grouped(self, spot: Spot) -> Node:
        """Conditions made of conditions on the same row."""
        test = self.chance.choice(["all", "any", "not", "if"])
        keys = ["when", "then"] if test == "if" else ["of"]
        return {"test": test} | {key: self.conditions(spot.inside()) for key in keys}

    def related(self, spot: Spot) -> Node:
        """Rows of a register, its own too."""
        register = self.chance.choice(["alpha", "beta", "alpha", "beta", "law", "organisation", "colours"])
        node: Node = {"test": self.chance.choice(["exists_in", "count_of"]), "register": register}
        shared = sorted(set(FIELDS[register].values()) & set(FIELDS[spot.register].values()) - {"date"})
        kind = self.chance.choice(shared)
        match = {self.field(register, kind): self.field(spot.register, kind)}
        node |= self.chance.choice([{}, {"match": match}, {"match": match}])
        if self.chance.random() < 0.8:
            node["where"] = self.conditions(spot.inside(register))
        return node | (self.bounds(spot) if node["test"] == "count_of" else {})

    def bounds(self, spot: Spot) -> Node:
        """At least, at most, or both."""
        least, most = in_order(self.length(spot), self.length(spot), "integer")
        return self.chance.choice([{"at_least": least}, {"at_most": most}, {"at_least": least, "at_most": most}])

    def field(self, register: str, *kinds: str) -> str:
        """A field of one of these types; of any type where none is named."""
        fields = FIELDS[register]
        return self.chance.choice([name for name, kind in fields.items() if not kinds or kind in kinds])

    def typed(self, spot: Spot, *kinds: str) -> tuple[str, str]:
        """A field of one of these types, and its type."""
        name = self.field(spot.register, *kinds)
        return name, FIELDS[spot.register][name]

    def value(self, kind: str, spot: Spot) -> object:
        """A value of a type, in any form that may stand there."""
        written = self.chance.choice(VALUES[kind])
        forms: list[object] = [written, written]
        forms += [{"parameter": name} for name, (of, _) in PARAMETERS.items() if of == kind]
        forms += [{"fact": FACTS[kind]}] if kind in FACTS else []
        forms += [{"as_at": "true"}] if kind == "date" else []
        forms += [{"each": "colour"}] if self.each and kind in {"code", "text", "ref"} else []
        if spot.outer and kind in FIELDS[spot.outer].values():
            forms.append({"field": self.field(spot.outer, kind)})
        return self.chance.choice(forms)

    def length(self, spot: Spot) -> object:
        """So many days, months or rows: small, so that the edges are met; written out, never below nothing."""
        found = self.value("integer", spot)
        return str(self.chance.randint(0, 3)) if isinstance(found, str) else found

    def compared(self, spot: Spot) -> Node:
        """Equal or not."""
        field, kind = self.typed(spot)
        return {"test": self.chance.choice(["is", "is_not"]), "field": field, "value": self.value(kind, spot)}

    def listed(self, spot: Spot) -> Node:
        """In a list or not."""
        field, kind = self.typed(spot)
        values: object = self.chance.choices(VALUES[kind], k=2)
        if kind in {"code", "ref", "text"}:
            values = self.chance.choice([values, {"parameter": "some_kinds"}, {"parameter": "no_kinds"}])
        if self.chance.random() < 0.2:
            values = self.value(kind, spot)
        return {"test": self.chance.choice(["one_of", "none_of"]), "field": field, "values": values}

    def begun(self, spot: Spot) -> Node:
        """Beginning so or not: with a value of the rows, or less of it."""
        field, kind = self.typed(spot, "ref", "text")
        value = self.chance.choice(VALUES[kind])
        value = value[: self.chance.randint(1, len(value))]
        return {"test": self.chance.choice(["starts_with", "not_starts_with"]), "field": field, "value": value}

    def ordered(self, spot: Spot) -> Node:
        """Compared by order, where the register has something to order."""
        if not {"date", "integer"} & set(FIELDS[spot.register].values()):
            return self.compared(spot)
        field, kind = self.typed(spot, "date", "integer")
        test = self.chance.choice(["at_least", "at_most", "more_than", "less_than", "between"])
        if test != "between":
            return {"test": test, "field": field, "value": self.value(kind, spot)}
        low, high = in_order(self.value(kind, spot), self.value(kind, spot), kind)
        return {"test": test, "field": field, "low": low, "high": high}

    def dated(self, spot: Spot) -> Node:
        """Seen from the as-at date."""
        node: Node = {"field": self.field(spot.register, "date")}
        node["test"] = self.chance.choice(["within", "longer_ago", "upcoming", "past", "not_past"])
        if node["test"] in {"past", "not_past"}:
            return node
        return node | {self.chance.choice(["days", "months"]): self.length(spot)}

    def beside(self, spot: Spot) -> Node:
        """Compared with another field."""
        test = self.chance.choice(["on_or_before", "on_or_after", "same_as", "soon_after", "done_by"])
        kinds = {"same_as": (), "on_or_before": ("date", "integer"), "on_or_after": ("date", "integer")}
        field, kind = self.typed(spot, *kinds.get(test, ("date",)))
        node = {"test": test, "field": field}
        if test in kinds:
            return node | {"other": self.other(kind, spot)}
        if test == "done_by" and self.chance.random() < 0.5:
            return node | {"due": self.field(spot.register, "date")}
        return node | {"other": self.other("date", spot), "days": self.length(spot)}

    def other(self, kind: str, spot: Spot) -> object:
        """Another field of the same row, or of the row one level out."""
        if spot.outer and kind in FIELDS[spot.outer].values() and self.chance.random() < 0.5:
            return {"field": self.field(spot.outer, kind)}
        return self.field(spot.register, kind)

    def plain(self, spot: Spot) -> Node:
        """Recorded or not, and unique."""
        test = self.chance.choice(["recorded", "not_recorded", "unique"])
        if test == "unique":
            fields = sorted(FIELDS[spot.register])
            return {"test": test, "fields": self.chance.sample(fields, self.chance.randint(1, 2))}
        return {"test": test, "field": self.field(spot.register)}

    def in_force(self, spot: Spot) -> Node:
        """Law on a day."""
        days: list[Node] = [{"as_at": "true"}, {"field": self.field(spot.register, "date")}]
        return {"test": "in_force", "field": self.field(spot.register, "ref"), "day": self.chance.choice(days)}


def in_order(low: object, high: object, kind: str) -> tuple[object, object]:
    """Two ends, the lower one first where both are known to the pack: the wrong way round they are refused."""
    ends = [
        PARAMETERS[end["parameter"]][1] if isinstance(end, dict) and "parameter" in end else end for end in (low, high)
    ]
    if not all(isinstance(end, str) for end in ends):
        return low, high
    written = [str(end) for end in ends]
    right = written == sorted(written, key=int if kind == "integer" else None)
    return (low, high) if right else (high, low)
