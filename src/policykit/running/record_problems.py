"""What is wrong with records, as problems of organisation.yaml: said to whoever keeps them, and kept nowhere.

A problem says which field, how many rows and where the first of them stands; never a row, a key or a value.
"""

from collections.abc import Callable, Iterator

from policykit.engines import Engine, Odd, Refused, Source
from policykit.english import say
from policykit.model.organisation import RecordSource
from policykit.model.registers import FieldType, Register
from policykit.problems import Problem
from policykit.reading import Ground
from policykit.rules import Check, matched, reads
from policykit.running.in_effect import why_not_applicable
from policykit.running.records import Records, Shut

Pair = tuple[tuple[str, str], tuple[str, str]]
"""Two fields, each with the register that it is of."""


class Inspection:
    """Looks through registers that are open, and through pairs of fields that rules match: at each of them once."""

    def __init__(self, engine: Engine[Source], ground: Ground) -> None:
        self._engine, self._ground = engine, ground
        self._registers, self._sources = ground.setting.registers, ground.organisation.profile.records
        self._path = (ground.organisation.folder / "organisation.yaml").as_posix()
        self._seen = set[object]()

    def of_check(self, check: Check) -> Iterator[Problem]:
        """What was not said before of the registers that a check reads, all of which are open."""
        for name in reads(check, self._ground.setting):
            yield from self.of_register(name)
        for pair in matched(check, self._ground.setting):
            if self._are_references(pair) and self._is_new(frozenset(pair)):
                yield from self._of_pair(*pair)

    def of_register(self, name: str) -> Iterator[Problem]:
        """What was not said before of a register that is open; nothing of one that is built in."""
        if name not in self._sources or not self._is_new(name):
            return
        register = self._registers[name]
        found = self._engine.find_odd(register)
        if isinstance(found, Refused):
            yield self._problem("records-unseen.look", register, why=found.why)
        else:
            yield from (self._of_field(register, odd) if odd.field else self._of_totals(register, odd) for odd in found)

    def _of_field(self, register: Register, odd: Odd) -> Problem:
        shape, anywhere = register.fields[odd.field or ""], "anywhere" if odd.first is None else "from"
        places = {"field": odd.field, "n": odd.rows, "first": odd.first}
        wanted = say(f"running.wanted.{shape.type}", n=len(shape.values))
        return self._problem(f"records-values.{anywhere}", register, wanted=wanted, **places)

    def _of_totals(self, register: Register, odd: Odd) -> Problem:
        anywhere = "anywhere" if odd.first is None else "from"
        return self._problem(f"records-total.{anywhere}", register, n=odd.rows, first=odd.first)

    def _are_references(self, pair: Pair) -> bool:
        """Whether both are fields of different registers of the organisation, and of type ref."""
        (register, _), (there, _) = pair
        types = {self._registers[name].fields[field].type for name, field in pair}
        return register != there and {register, there} <= self._sources.keys() and types == {FieldType.REF}

    def _of_pair(self, own: tuple[str, str], other: tuple[str, str]) -> Iterator[Problem]:
        register, there = self._registers[own[0]], self._registers[other[0]]
        if n := self._engine.count_alike(own, other):
            if isinstance(n, Refused):
                yield self._problem("records-unseen.look", register, why=n.why)
            else:
                yield self._problem("records-case.pair", register, n=n, field=own[1], other=there.title)

    def _is_new(self, what: object) -> bool:
        is_new = what not in self._seen
        self._seen.add(what)
        return is_new

    def _problem(self, message: str, register: Register, **places: object) -> Problem:
        return Problem.at(self._path, 0, message, title=register.title, **places)


def record_problems(ground: Ground, engines: Callable[[], Engine[Source]]) -> tuple[Problem, ...]:
    """What is missing or wrong in the records of an organisation: those that it lists, and those that checks read."""
    checks = [check for check in ground.pack.checks.values() if why_not_applicable(check, ground) is None]
    read = {check.id: tuple(reads(check, ground.setting)) for check in checks}
    sources, found = ground.organisation.profile.records, list[Problem]()
    with engines() as engine:
        records, inspection, shut = Records(engine, ground), Inspection(engine, ground), set[str]()
        for name in dict.fromkeys([*sources, *(each for names in read.values() for each in names)]):
            if why := records.refusal([name]):
                shut.add(name)
                found.append(_why_shut(why, sources.get(name), ground))
            else:
                found += inspection.of_register(name)
        for check in checks:
            if shut.isdisjoint(read[check.id]):
                found += inspection.of_check(check)
    return tuple(found)


def _why_shut(shut: Shut, source: RecordSource | None, ground: Ground) -> Problem:
    """Why a register cannot be opened; where nobody has said yet how to reach it, that is no mistake of anybody's."""
    problem = shut.problem(ground.organisation.folder)
    if source and source.url_env and shut.refused.why == say("engines.database.not-set", variable=source.url_env):
        places = {"title": shut.register.title, "variable": source.url_env}
        return Problem.at(problem.path, 0, "records-unseen.not-set", **places)
    return problem
