"""The card of a register: what its records are, field by field, and which checks read them; and all of them."""

from datetime import date

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.prose import humanised
from policykit.model.registers import FieldShape, item_of_register


def label_of(code: str, shape: FieldShape) -> str:
    """A code of a field in words."""
    return shape.labels.get(code, humanised(code))


def cell_in_words(value: str | None, shape: FieldShape) -> str:
    """What stands in a field of one row of a list."""
    return "" if value is None else shape.labels.get(value, humanised(value) if shape.values else value)


def taken_on(register: str, page: Page) -> date | None:
    """The day an organisation's records of a register were taken; None where it has none."""
    records = page.trace.organisation.profile.records.get(register)
    return records.taken_on if records else None


def registers(page: Page) -> list[tuple[str, str, str, list[str]]]:
    """Anchor, heading, introduction and items of the registers of each origin."""
    lists, own = page.pack.lists, page.pack.registers
    built_in = [name for name in page.setting.registers if name not in own and name not in lists]
    groups = (
        ("kept", "Records that you keep", "What an export must hold, column by column.", own),
        ("lists", "Lists of this pack", "Kept here and read like records.", lists),
        ("built-in", "Always there", "Made from the pack itself.", built_in),
    )
    return [
        (f"registers-{anchor}", heading, about, list(map(item_of_register, names)))
        for anchor, heading, about, names in groups
        if names
    ]
