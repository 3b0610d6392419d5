"""The page that cards stand on: what they show, the way from it to every item, and how templates are filled in."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from inspect import isfunction
from types import ModuleType
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from policykit.english import form_of, humanised, in_digits, listed, raised, say, say_day, sentence
from policykit.memory import LedgerLine
from policykit.model.registers import Register, item_of_register
from policykit.reading import Pack
from policykit.rules import Setting, parameters_used, quantity, reads, say_each, words_of
from policykit.tracing import Trace, scope_in_words

_ID = re.compile(r"\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b")


class Link(Protocol):
    """The way from the page being written to the items of the handbook."""

    def __call__(self, item: str) -> str | None:
        """An address relative to the page, `#ID` on the same page; None where the item stands nowhere.

        Besides ids of items it takes views: `view:gaps`, `view:reference/results`, and `view:duties`, the first page
        with a duty.
        """

    def alone(self, item: str) -> bool:
        """Whether a directive of its own places the item, so that other cards only link to it."""


@dataclass(frozen=True)
class Ref:
    """Something named in a card: its words, and the way to it where it stands in the handbook."""

    text: str
    href: str | None

    def __html__(self) -> str:
        """As templates show it."""
        if self.href is None:
            return Markup("<span>{}</span>").format(self.text)
        return Markup('<a href="{}">{}</a>').format(self.href, self.text)

    def called(self, text: str) -> "Ref":
        """The same in other words."""
        return Ref(text, self.href)


@dataclass(frozen=True)
class Command:
    """One command of the command line, as the reference shows it; options are (name, help)."""

    name: str
    help: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Page:
    """What cards show and the way to it. One serves a whole build, as long as its link knows which page is written."""

    trace: Trace
    link: Link
    commands: tuple[Command, ...] = ()
    remembered: tuple[LedgerLine, ...] = ()

    @property
    def pack(self) -> Pack:
        """The pack that the trace is about."""
        return self.trace.pack

    @property
    def setting(self) -> Setting:
        """What rules look up on the as-at date."""
        return self.trace.ground.setting

    def until(self, item: str) -> date | None:
        """The last day, included, on which a duty or check stands as it does; None where that does not end."""
        return self.trace.until_of(item) if item in self.trace.duties else self.trace.until.get(item)

    @cached_property
    def registers(self) -> Mapping[str, Register]:
        """Every register by its id as an item: REG-STAFF."""
        return {item_of_register(name): register for name, register in self.setting.registers.items()}

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """The checks that read each register, by its name; one that none reads is not in it."""
        return _turned_round((check.id, reads(check, self.setting)) for check in self.pack.checks.values())

    @cached_property
    def users(self) -> Mapping[str, tuple[str, ...]]:
        """The checks that use each parameter; one that none uses is not in it."""
        return _turned_round((check.id, parameters_used(check, self.setting)) for check in self.pack.checks.values())

    @cached_property
    def testers(self) -> Mapping[str, tuple[str, ...]]:
        """The checks that test each sentence or provision; one that none tests is not in it."""
        return _turned_round((check.id, check.grounded_in) for check in self.pack.checks.values())

    @cached_property
    def citing(self) -> Mapping[str, tuple[str, ...]]:
        """The clauses that name each provision; one that none names is not in it."""
        return _turned_round((clause.id, clause.cites) for clause in self.pack.clauses.values())

    @cached_property
    def law_years(self) -> tuple[int, int]:
        """The first and the last year in which a period of the law begins, the as-at date included."""
        periods = (period for provision in self.pack.provisions.values() for period in provision.periods)
        years = [self.trace.as_at.year, *(period.from_.year for period in periods)]
        return min(years), max(years)

    def own(self, item: str) -> str:
        """The address of an item for others to keep."""
        return self.link(item) or f"#{item}"

    def short_duty(self, duty: str) -> Ref:
        """A duty by its short title, where it has one."""
        noun = self.pack.duties[duty]
        return Ref(noun.short or noun.title, self.link(duty))

    def clause(self, clause: str) -> Ref:
        """A clause by its locator: P4.S1."""
        return Ref(self.pack.clauses[clause].at, self.link(clause))

    def register(self, register: str) -> Ref:
        """A register, by its name."""
        return self.item(item_of_register(register))

    def items(self, items: Iterable[str]) -> list[Ref]:
        """Any items of the handbook by their ids."""
        return list(map(self.item, items))

    def item(self, item: str) -> Ref:
        """Any item of the handbook by its id, as people name it; an id that is no item stands as it is."""
        if item in self.pack.provisions:
            return Ref(self.pack.provisions[item].cited_as, self.link(item))
        named, _, part = item.partition("#")
        if clause := self.pack.clauses.get(named):
            kind = "part" if part else "heading" if clause.clause_class == "heading" else "sentence"
            words = next((each.words for each in clause.parts if each.id == part), "")
            return Ref(say(f"handbook.clause.named.{kind}", at=clause.at, part=words), self.link(named))
        noun = self.pack.duties.get(item) or self.pack.checks.get(item) or self.registers.get(item)
        return Ref(noun.title, self.link(item)) if noun else Ref(item, None)

    def linked(self, text: str) -> Markup:
        """The text, escaped; every item of the handbook that it names by its id becomes a link with its title."""
        parts, end = [], 0
        for found in _ID.finditer(text):
            ref = self.item(found.group())
            if ref.href is not None:
                parts += [escape(text[end : found.start()]), escape(ref)]
                end = found.end()
        return Markup("").join([*parts, escape(text[end:])])


def _turned_round(named: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, tuple[str, ...]]:
    """From who names what to what is named by whom."""
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for name, things in named:
        for thing in things:
            found[thing] = (*found[thing], name)
    return dict(found)


def time(day: date) -> Markup:
    """A day for people and for machines."""
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), say_day(day))


def say_in_html(message: str, /, **places: object) -> Markup:
    """A message of the catalogue, which holds no markup; what fills its places is escaped, unless it is markup."""
    return Markup(form_of(message, places.get("n"))).format(**places)  # noqa: S704 - the catalogue is our own


_TEMPLATES = Environment(
    loader=PackageLoader("policykit.handbook.cards", "templates"),
    autoescape=True,
    auto_reload=False,  # templates do not change while a handbook is written
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {
    "time": time,
    "sentence": sentence,
    "raised": raised,
    "number": in_digits,
    "humanised": humanised,
    "listed": lambda items: Markup(listed(list(map(escape, items)))),  # noqa: S704 - escaped
    "said": lambda code, table: say_in_html(f"{table}{code}"),
}
_TEMPLATES.globals |= {
    "say": say_in_html,
    "quantity": quantity,
    "say_each": say_each,
    "words_of": words_of,
    "reads": reads,
    "scope_in_words": scope_in_words,
}


def share_with_templates(*chapters: ModuleType) -> None:
    """Let templates call the functions of those modules by name: what is to be decided is decided there."""
    for chapter in chapters:
        functions = (
            part for part in vars(chapter).values() if isfunction(part) and part.__module__ == chapter.__name__
        )
        _TEMPLATES.globals |= {part.__name__: part for part in functions if not part.__name__.startswith("_")}


def render(template: str, part: str, **values: object) -> Markup:
    """One part of a template, which is a macro there, filled in; blank lines are left out.

    Every value is escaped, and a name that nobody gave is an error.
    """
    text: str = getattr(_TEMPLATES.get_template(f"{template}.html").module, part)(**values)
    return Markup("\n".join(line for line in text.splitlines() if line.strip()))  # noqa: S704 - escaped by the template
