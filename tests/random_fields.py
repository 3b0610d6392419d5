"""What random worlds are made of: registers with fields of every type, and values few enough to meet one another."""

from datetime import date
from functools import cache

from hypothesis import strategies as st

from policykit.model.registers import FieldShape, FieldType, Register, Value
from policykit.model.scalars import days_from, months_from

CODES = ("x", "y", "z")
PROVISIONS = ("ACT-1", "ACT-2")
DAYS = tuple(map(date.fromisoformat, ("2024-02-29", "2025-02-28", "2026-03-31", "2026-11-01", "2026-12-30")))
NUMBERS = (-1, 0, 1, 2, 3, 12, 30, 1_200, 1_201, 36_500, 36_501)
# Words that engines reserve: identifiers are quoted, whatever they are.
REGISTERS = ("staff", "order", "group")
FIELDS = {
    FieldType.REF: ("user", "act"),
    FieldType.TEXT: ("note", "select"),
    FieldType.CODE: ("kind", "case"),
    FieldType.DATE: ("begun_on", "date", "end"),
    FieldType.FLAG: ("open", "null"),
    FieldType.INTEGER: ("count", "table"),
}
TEXTS = frozenset({FieldType.REF, FieldType.TEXT, FieldType.CODE})
ORDERED = (FieldType.DATE, FieldType.INTEGER)


def shape(kind: FieldType, name: str) -> FieldShape:
    """A field of that type, with codes and words of its own."""
    flags = {"when_yes": f"is {name}", "when_no": f"is not {name}"} if kind is FieldType.FLAG else {}
    codes = {"values": CODES, "labels": {"z": "not to be told"}} if kind is FieldType.CODE else {}
    return FieldShape(type=kind, means=f"What {name.replace('_', ' ')} means", **flags, **codes)


def register(name: str) -> Register:
    """A register with fields of every type."""
    fields = {field: shape(kind, field) for kind, names in FIELDS.items() for field in names}
    about = "person" if name == "staff" else "event"
    return Register(
        id=name,
        title=name.title(),
        row=name,
        about=about,
        key="ref",
        fields={"ref": shape(FieldType.REF, "ref")} | fields,
    )


def law() -> Register:
    """The built-in register of law, with what rules read of it."""
    dates = ("valid_from", "valid_to", "last_changed_on")
    fields = {"id": shape(FieldType.REF, "id")} | {each: shape(FieldType.DATE, each) for each in dates}
    return Register(id="law", title="Law", row="provision", about="document", key="id", fields=fields)


@cache
def days_near(as_at: date) -> st.SearchStrategy[date]:
    """Days on and around the limits that rules draw: the as-at date, whole months from it, ends of months."""
    months = st.builds(months_from, st.just(as_at), st.sampled_from((-1_200, -12, -3, -2, -1, 0, 1, 2, 12, 1_200)))
    return st.builds(days_from, months, st.sampled_from((-31, -3, -1, 0, 1, 2, 30)))


@cache
def values(kind: FieldType, as_at: date) -> st.SearchStrategy[Value]:
    """Values of a type, few enough to meet one another."""
    match kind:
        case FieldType.REF:
            return st.sampled_from((*PROVISIONS, "x"))
        case FieldType.TEXT:
            return st.sampled_from(("x", "X", "é", "it's"))
        case FieldType.CODE:
            return st.sampled_from(CODES)
        case FieldType.DATE:
            return days_near(as_at)
        case FieldType.FLAG:
            return st.booleans()
        case FieldType.INTEGER:
            return st.sampled_from(NUMBERS)
