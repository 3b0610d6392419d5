"""Registers: how many rows each has and should have, how many no check looks at, and how many match nobody's.

All of it is counts. That rows were replaced one for one cannot be seen from these, and the page of a register says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from policykit.english import listed, say, say_day
from policykit.model.results import CheckResult, LookupSeen, RecordsUsed, RegisterSeen
from policykit.model.scalars import read_day
from policykit.reading import Ground
from policykit.running import in_effect

SAID_FALL = 10
"""The fall of what is in scope, in percent, from which it is said."""


@dataclass(frozen=True)
class RegisterStanding:
    """One register that checks read, with what was counted of it.

    All texts are sentences: `unwatched` why nobody watches its rows, `explained` why some are in no scope, `lookups`
    what matches none, `nobody` those of them in which no row at all is met. `seen` is None where the results do not
    say. `same_as` is the day of earlier records with these very values.
    """

    title: str
    used: RecordsUsed
    incomplete: bool
    unwatched: str | None
    seen: RegisterSeen | None
    explained: tuple[str, ...]
    lookups: tuple[str, ...]
    nobody: tuple[str, ...]
    same_as: date | None = None

    @property
    def unexplained(self) -> int:
        """How many rows are in the scope of no check, and the pack does not say why."""
        return (self.seen.in_no_scope or 0) - (self.seen.outside or 0) if self.seen else 0

    def in_words(self) -> Iterator[str]:
        """What a reader is to know of the rows, as sentences."""
        yield say("tracing.register.rows", n=self.used.rows or 0)
        yield self.unwatched or _held_against(self.used)
        if self.incomplete and self.used.baseline:
            yield say("tracing.register.incomplete", rows=self.used.rows, before=self.used.baseline.rows)
        if self.same_as:
            yield say("tracing.register.same", day=say_day(self.same_as))
        if self.seen and self.seen.in_no_scope:
            yield say("tracing.register.in-no-scope", n=self.seen.in_no_scope, outside=self.seen.outside or 0)
            yield from self.explained
        yield from self.lookups

    def warnings(self) -> Iterator[str]:
        """What whoever runs the checks is to hear of it."""
        yield from self.nobody
        if self.same_as:
            yield say("tracing.register.same-of", title=self.title, day=say_day(self.same_as))


def register_standings(
    checks: Mapping[str, CheckResult], seen: tuple[RegisterSeen, ...], ground: Ground
) -> dict[str, RegisterStanding]:
    """Every register that a check read, in order of the pack."""
    used = {each.register_: each for result in checks.values() for each in result.records if each.rows is not None}
    found = {each.register_: each for each in seen}
    return {name: _standing(used[name], found.get(name), ground) for name in ground.pack.registers if name in used}


def _standing(used: RecordsUsed, seen: RegisterSeen | None, ground: Ground) -> RegisterStanding:
    name, registers = used.register_, ground.pack.registers
    source = ground.organisation.profile.records[name]
    unwatched = say("tracing.register.not-watched", why=source.why) if source.watch == "none" else None
    strangers = [lookup for lookup in seen.lookups if lookup.meets_nobody] if seen else []
    said = [(_lookup_in_words(lookup, seen, ground), lookup.meets_nobody == seen.rows) for lookup in strangers if seen]
    return RegisterStanding(
        title=registers[name].title,
        used=used,
        incomplete=in_effect.looks_incomplete(used, ground),
        unwatched=unwatched,
        seen=seen,
        explained=tuple(rest.why for rest in registers[name].outside),
        lookups=tuple(words for words, _ in said),
        nobody=tuple(words for words, is_all in said if is_all),
    )


def _held_against(used: RecordsUsed) -> str:
    baseline = used.baseline
    if baseline is None:
        return say("tracing.register.no-baseline")
    day = say_day(read_day(baseline.run[:10])) if baseline.run else None
    return say(f"tracing.register.held-against-{baseline.from_}", n=baseline.rows, day=day)


def _lookup_in_words(lookup: LookupSeen, seen: RegisterSeen, ground: Ground) -> str:
    registers = ground.pack.registers
    places = {"title": registers[seen.register_].title, "ours": registers[lookup.from_].title}
    fields = listed(list(lookup.match))
    message = "nobody" if lookup.meets_nobody == seen.rows else "strangers"
    return say(f"tracing.register.{message}", n=lookup.meets_nobody, all=seen.rows, fields=fields, **places)


def scope_in_words(result: CheckResult) -> str | None:
    """That so many fewer units are in scope than there were, where it is to be said."""
    before, counts = result.scope_baseline, result.counts
    if before is None or counts is None or not in_effect.has_fallen(before.in_scope, counts.in_scope, SAID_FALL, 1):
        return None
    return say("tracing.scope-fell", before=before.in_scope, now=counts.in_scope)
