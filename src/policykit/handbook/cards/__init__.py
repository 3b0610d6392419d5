"""Cards and views of the handbook as HTML: what a page shows of the policy. Nothing here knows Sphinx.

Templates are given the page and take from it what they show: one for each kind of item, for the front door, for the
overviews and for the reference. What is to be decided about their words is decided in the modules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from policykit.english import say, say_day
from policykit.handbook.cards import duty, grounds, overview, reference
from policykit.handbook.cards.duty import report_href, sprite
from policykit.handbook.cards.page import Command, Link, Page, render, say_in_html, share_with_templates, time
from policykit.handbook.cards.reference import REFERENCES
from policykit.model.registers import item_of_register
from policykit.reading import Pack
from policykit.tracing import Trace

share_with_templates(duty, grounds, overview, reference)
VIEWS: Mapping[str, tuple[str, str]] = {
    "front-door": ("front", "door"),
    "duties-due": ("overview", "due"),
    "source-ledger": ("clause", "ledger"),
    "law-register": ("provision", "register"),
    "trace-matrix": ("overview", "matrix"),
    "gaps": ("overview", "gaps"),
    "changes": ("overview", "changes"),
}
"""The views that take no argument, by their directive's name: the template and the part of it."""


def render_card(kind: str, item: str, page: Page, *, level: int = 3) -> str:
    """The card of one item: its outermost element has the item's id. Its title is a heading of that level."""
    return render(kind, "card", item=item, page=page, level=level)


def render_view(name: str, argument: str | None, page: Page, *, level: int = 2) -> str:
    """A view, its headings beginning at that level; `argument` says which reference."""
    if name == "reference" and argument:
        return render("reference", argument, entries=REFERENCES[argument](page), page=page, level=level)
    return render(*VIEWS[name], page=page, level=level)


def render_here(duties: Sequence[str], page: Page, *, begins_page: bool = True) -> str:
    """What stands above the first duty of a section: its duties with their results, where there are several.

    Above the first of a page it also says, once, what a blank counts as.
    """
    return render("duty", "here", duties=duties, page=page, begins_page=begins_page)


@dataclass(frozen=True)
class Frame:
    """Texts of the masthead and the foot; empty where the pack does not give them."""

    name: str
    urgent: str
    as_at: Markup
    edition: str
    organisation: str
    valid_until: Markup
    day: str
    last_day: str
    ends: tuple[str, ...]
    ask: str
    duties: int
    was_met: str
    as_counted: str
    disclaimer: str
    report_href: str
    notes: tuple[str, ...]


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
        day=trace.as_at.isoformat(),
        last_day=trace.valid_until.isoformat() if trace.valid_until else "",
        ends=tuple(overview.ends_of_duties(trace)),
        ask=_whom_to_ask(trace),
        duties=len(trace.duties),
        was_met=say("handbook.ran-out.was-met", day=say_day(trace.as_at)),
        as_counted=say("handbook.ran-out.as-counted", day=say_day(trace.as_at)),
        disclaimer=policy.disclaimer or "",
        report_href=report_href(policy.report_to, name),
        notes=trace.notes,
    )


def _whom_to_ask(trace: Trace) -> str:
    """Who owns the duty that runs out first."""
    ends = {name: day for name in trace.duties if (day := trace.until_of(name))}
    return trace.duties[min(ends, key=lambda name: ends[name])].duty.owner if ends else ""


def contents(name: str, argument: str | None, pack: Pack) -> tuple[Entry, ...]:
    """The lines that a directive adds to the menu of its page; none for what is too small for it."""
    match name, argument:
        case "duty", str(duty):
            noun = pack.duties[duty]
            return (Entry(duty, noun.short or noun.title),)
        case "provision", str(provision):
            return (Entry(provision, pack.provisions[provision].cited_as),)
        case "law-register", _:
            return tuple(Entry(anchor, title) for anchor, title, _ in grounds.instruments(pack))
        case "reference", "registers":
            return tuple(Entry(item_of_register(name), register.title) for name, register in pack.registers.items())
        case _:
            return ()


__all__ = [
    "REFERENCES",
    "VIEWS",
    "Command",
    "Entry",
    "Frame",
    "Link",
    "Page",
    "contents",
    "page_frame",
    "render_card",
    "render_here",
    "render_view",
    "say_in_html",
    "sprite",
]
