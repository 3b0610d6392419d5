"""What the handbook's menus and its search know of a directive before any result is there."""

from dataclasses import dataclass

from policykit.handbook.cards.law import instruments
from policykit.model.registers import item_of_register
from policykit.reading import Pack


@dataclass(frozen=True)
class Entry:
    """A line of the page's menu."""

    anchor: str
    title: str
    entries: tuple["Entry", ...] = ()


def contents(name: str, argument: str | None, pack: Pack) -> tuple[Entry, ...]:
    """The lines that a directive adds to the menu of its page; none for what is too small for it."""
    match name, argument:
        case "duty", str(duty):
            noun = pack.duties[duty]
            return (Entry(duty, noun.short or noun.title),)
        case "provision", str(provision):
            return (Entry(provision, pack.provisions[provision].cited_as),)
        case "law-register", _:
            return tuple(Entry(anchor, title) for anchor, title, _ in instruments(pack))
        case "reference", "registers":
            return tuple(Entry(item_of_register(name), register.title) for name, register in pack.registers.items())
        case _:
            return ()


def search_words(kind: str, item: str, pack: Pack) -> str:
    """What search finds an item by: its title and what it says, never a result."""
    match kind:
        case "duty":
            return f"{pack.duties[item].title} {pack.duties[item].summary}"
        case "check":
            return f"{pack.checks[item].title} {pack.checks[item].limits}"
        case "clause":
            return f"{pack.clauses[item].at} {pack.clauses[item].gist}"
        case "provision":
            provision = pack.provisions[item]
            return f"{provision.cited_as} {provision.title} {provision.effect}"
        case _:
            titles = {item_of_register(name): register.title for name, register in pack.registers.items()}
            return titles.get(item, "")
