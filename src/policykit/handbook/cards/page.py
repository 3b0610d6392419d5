"""What every card and view is given: the trace, the way to other items, and what stands elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from policykit.model.registers import item_of_register
from policykit.reading import Pack, setting_of
from policykit.rules import Check, Setting, parameters_used, reads
from policykit.tracing.standing import Trace


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


@dataclass(frozen=True)
class Command:
    """One command of the command line, as the reference shows it; options are (name, help)."""

    name: str
    help: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Page:
    """The page that is being written."""

    trace: Trace
    link: Link
    commands: tuple[Command, ...] = ()

    @property
    def pack(self) -> Pack:
        """The pack that the trace is about."""
        return self.trace.pack

    @cached_property
    def setting(self) -> Setting:
        """What rules look up on the as-at date."""
        return setting_of(self.trace.pack, self.trace.organisation, self.trace.as_at)

    @cached_property
    def readers(self) -> Mapping[str, tuple[Ref, ...]]:
        """The checks that read each register; one that none reads is not in it."""
        return self._checks_by(lambda check: reads(check, self.setting))

    @cached_property
    def users(self) -> Mapping[str, tuple[Ref, ...]]:
        """The checks that use each parameter; one that none uses is not in it."""
        return self._checks_by(lambda check: parameters_used(check, self.setting))

    @cached_property
    def testers(self) -> Mapping[str, tuple[Ref, ...]]:
        """The checks that test each sentence or provision; one that none tests is not in it."""
        return self._checks_by(lambda check: check.grounds)

    @cached_property
    def law_years(self) -> tuple[int, int]:
        """The first and the last year in which a period of the law begins, the as-at date included."""
        periods = (period for provision in self.pack.provisions.values() for period in provision.periods)
        years = [self.trace.as_at.year, *(period.from_.year for period in periods)]
        return min(years), max(years)

    def _checks_by(self, names_of: Callable[[Check], Iterable[str]]) -> Mapping[str, tuple[Ref, ...]]:
        found: dict[str, tuple[Ref, ...]] = {}
        for check in self.pack.checks.values():
            for name in names_of(check):
                found[name] = (*found.get(name, ()), self.check(check.id))
        return found

    def duty(self, duty: str, *, short: bool = False) -> Ref:
        """A duty by its title, or by its short title."""
        noun = self.pack.duties[duty]
        return Ref((noun.short if short else None) or noun.title, self.link(duty))

    def check(self, check: str) -> Ref:
        """A check by its title."""
        return Ref(self.pack.checks[check].title, self.link(check))

    def clause(self, clause: str) -> Ref:
        """A clause by its locator, such as P4.S1."""
        return Ref(self.pack.clauses[clause].at, self.link(clause))

    def provision(self, provision: str) -> Ref:
        """A provision as people cite it."""
        return Ref(self.pack.provisions[provision].cited_as, self.link(provision))

    def register(self, register: str) -> Ref:
        """A register by its title."""
        return Ref(self.setting.registers[register].title, self.link(item_of_register(register)))

    def ground(self, ground: str) -> Ref:
        """A sentence or a provision that a check tests."""
        if ground in self.pack.provisions:
            return self.provision(ground)
        return Ref(sentence_name(self, ground), self.link(ground))

    def item(self, item: str) -> Ref:
        """Any item of the handbook by its id; an id that is no item stands as it is."""
        if item in self.pack.duties:
            return self.duty(item)
        if item in self.pack.checks:
            return self.check(item)
        if item in self.pack.provisions or item in self.pack.clauses:
            return self.ground(item)
        named = (name for name in self.setting.registers if item_of_register(name) == item)
        return next((self.register(name) for name in named), Ref(item, None))


def sentence_name(page: Page, clause: str) -> str:
    """A clause as people name it: Sentence P4.S1, Heading H1."""
    noun = page.pack.clauses[clause]
    return f"{'Heading' if noun.clause_class == 'heading' else 'Sentence'} {noun.at}"
