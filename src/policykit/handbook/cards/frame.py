"""What a page has around its cards: the masthead and the foot, the lines of its menu, and what search finds.

Menus and search are made before any result is there, from the pack alone.
"""

from dataclasses import dataclass

from markupsafe import Markup

from policykit.handbook.cards.grounds import instruments
from policykit.handbook.cards.page import time
from policykit.handbook.cards.prose import report_href
from policykit.model.registers import item_of_register
from policykit.reading import Pack
from policykit.tracing import Trace


@dataclass(frozen=True)
class Frame:
    """Texts of the masthead and the foot; empty where the pack does not give them."""

    name: str
    urgent: str
    as_at: Markup
    edition: str
    organisation: str
    valid_until: Markup
    disclaimer: str
    report_href: str


@dataclass(frozen=True)
class Entry:
    """A line of the page's menu."""

    anchor: str
    title: str
    entries: tuple["Entry", ...] = ()


def page_frame(trace: Trace) -> Frame:
    """The frame of every page."""
    policy, name = trace.pack.policy, trace.pack.policy.name or trace.pack.policy.title
    return Frame(
        name=name,
        urgent=policy.urgent or "",
        as_at=time(trace.as_at),
        edition=policy.edition,
        organisation=trace.organisation.profile.name,
        valid_until=time(trace.valid_until) if trace.valid_until else Markup(),
        disclaimer=policy.disclaimer or "",
        report_href=report_href(policy.report_to, name),
    )


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
