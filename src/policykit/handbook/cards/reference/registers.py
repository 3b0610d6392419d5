"""All registers: those an organisation keeps, the pack's own lists, and the two that are always there."""

from dataclasses import dataclass

from markupsafe import Markup

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.register import register_card
from policykit.handbook.cards.rendering import render
from policykit.model.registers import item_of_register


@dataclass(frozen=True)
class RegisterGroup:
    """Registers of one origin, as cards, or as links where their cards stand elsewhere."""

    anchor: str
    heading: str
    about: str
    cards: tuple[Markup, ...]


def registers(page: Page, level: int) -> str:
    """Every register, by origin."""
    lists, own = page.pack.lists, page.pack.registers
    built_in = [name for name in page.setting.registers if name not in own and name not in lists]
    groups = [
        _group("kept", "Records that you keep", "What an export must hold, column by column.", list(own), page, level),
        _group("lists", "Lists of this pack", "Kept here and read like records.", list(lists), page, level),
        _group("built-in", "Always there", "Made from the pack itself.", built_in, page, level),
    ]
    return render("registers.html", groups=[group for group in groups if group.cards], level=level)


def _group(anchor: str, heading: str, about: str, names: list[str], page: Page, level: int) -> RegisterGroup:
    cards = (_card(item_of_register(name), page, level + 1) for name in names)
    return RegisterGroup(f"registers-{anchor}", heading, about, tuple(cards))


def _card(item: str, page: Page, level: int) -> Markup:
    return render("elsewhere.html", to=page.item(item)) if page.link.alone(item) else register_card(item, page, level)
