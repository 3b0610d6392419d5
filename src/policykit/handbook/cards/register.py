"""The card of a register: what its records are, field by field, and which checks read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.saying import humanised
from policykit.model.registers import FieldShape, ListOfRows, Register, item_of_register

_TYPES = {
    "ref": "reference",
    "text": "text",
    "code": "one of a list",
    "date": "day, such as 2026-11-01",
    "flag": "yes or no",
    "integer": "whole number",
}


@dataclass(frozen=True)
class FieldLine:
    """One field: its name in the file, what it means, its type in words, and its codes with their words."""

    name: str
    means: str
    type: str
    values: tuple[tuple[str, str], ...]
    key: bool
    personal: bool


@dataclass(frozen=True)
class RegisterView:
    """All that a register's card shows; `rows` are those of a list of the pack."""

    item: str
    register: Register
    origin: str
    taken_on: date | None
    fields: tuple[FieldLine, ...]
    rows: tuple[tuple[str, ...], ...]
    checks: tuple[Ref, ...]
    own: str


def register_card(item: str, page: Page, level: int) -> Markup:
    """The card of one register, by its item id, as HTML; its title is a heading of that level."""
    name = next(name for name in page.setting.registers if item_of_register(name) == item)
    return render("register.html", view=_view(page.setting.registers[name], page), level=level)


def _view(register: Register, page: Page) -> RegisterView:
    item = item_of_register(register.id)
    records = page.trace.organisation.profile.records.get(register.id)
    own_list = page.pack.lists.get(register.id)
    return RegisterView(
        item=item,
        register=register,
        origin=_origin(register.id, page),
        taken_on=records.taken_on if records else None,
        fields=tuple(_field(name, shape, register.key) for name, shape in register.fields.items()),
        rows=tuple(_row(row, own_list) for row in own_list.rows) if own_list else (),
        checks=page.readers.get(register.id, ()),
        own=page.link(item) or f"#{item}",
    )


def _origin(register: str, page: Page) -> str:
    """Where its rows come from."""
    if register in page.pack.registers:
        return "records"
    return "list" if register in page.pack.lists else "built-in"


def _field(name: str, shape: FieldShape, key: str) -> FieldLine:
    return FieldLine(
        name=name,
        means=shape.means,
        type=_TYPES[shape.type.value],
        values=tuple((code, shape.labels.get(code, humanised(code))) for code in shape.values),
        key=name == key,
        personal=shape.personal,
    )


def _row(row: Mapping[str, str | None], shape: ListOfRows) -> tuple[str, ...]:
    return tuple(_cell(row.get(name), field) for name, field in shape.fields.items())


def _cell(value: str | None, shape: FieldShape) -> str:
    return "" if value is None else shape.labels.get(value, humanised(value) if shape.values else value)
