"""What is wrong with records, as problems of organisation.yaml: said to whoever keeps them, and kept nowhere.

A problem says which field, how many rows and where the first of them stands; never a row, a key or a value.
"""

from collections.abc import Callable, Iterator

from policykit.engines import Engine, Odd, Refused, Source
from policykit.english import say
from policykit.model.registers import FieldType
from policykit.problems import Problem
from policykit.reading import Ground
from policykit.rules import Check, pairs_of, reads
from policykit.running.in_effect import why_not_applicable
from policykit.running.records import Records, Shut


class Inspection:
    """Looks through registers that are open, and through pairs of fields that rules match: at each of them once."""

    def __init__(self, engine: Engine[Source], ground: Ground) -> None:
        self._engine, self._setting = engine, ground.setting
        self._registers, self._sources = ground.setting.registers, ground.organisation.profile.records
        self._path = (ground.organisation.folder / "organisation.yaml").as_posix()
        self._seen = set[object]()

    def of_check(self, check: Check) -> Iterator[Problem]:
        """What was not said before of the registers that a check reads, all of which are open."""
        for name in reads(check, self._setting):
            yield from self.of_register(name)
        for pair in pairs_of(check, self._setting):
            for theirs, ours in pair.match:
                own, other = (pair.ours, ours), (pair.register, theirs)
                if self._are_keys(own, other) and self._is_new(frozenset({own, other})):
                    yield from self._of_pair(own, other)

    def of_register(self, name: str) -> Iterator[Problem]:
        """What was not said before of a register that is open; nothing of one that is built in."""
        if name in self._sources and self._is_new(name):
            found = self._engine.find_odd(self._registers[name])
            if isinstance(found, Refused):
                yield self._problem("records-unseen.look", name, why=found.why)
                return
            yield from (self._of_rows(name, odd) for odd in found)

    def _of_rows(self, name: str, odd: Odd) -> Problem:
        where, places = "anywhere" if odd.first is None else "from", {"n": odd.rows, "first": odd.first}
        if odd.field is None:
            return self._problem(f"records-total.{where}", name, **places)
        shape = self._registers[name].fields[odd.field]
        wanted = say(f"running.wanted.{shape.type}", n=len(shape.values))
        return self._problem(f"records-values.{where}", name, field=odd.field, wanted=wanted, **places)

    def _are_keys(self, *fields: tuple[str, str]) -> bool:
        """Whether these are fields of registers of the organisation, and of type ref."""
        types = {self._registers[name].fields[field].type for name, field in fields}
        return {name for name, _ in fields} <= self._sources.keys() and types == {FieldType.REF}

    def _of_pair(self, own: tuple[str, str], other: tuple[str, str]) -> Iterator[Problem]:
        found = self._engine.count_alike(own, other)
        if isinstance(found, Refused):
            yield self._problem("records-unseen.look", own[0], why=found.why)
        elif found:
            there = self._registers[other[0]].title
            yield self._problem("records-case.pair", own[0], n=found, field=own[1], other=there)

    def _is_new(self, what: object) -> bool:
        is_new = what not in self._seen
        self._seen.add(what)
        return is_new

    def _problem(self, message: str, register: str, **places: object) -> Problem:
        return Problem.at(self._path, 0, message, title=self._registers[register].title, **places)


def record_problems(ground: Ground, engines: Callable[[], Engine[Source]]) -> tuple[Problem, ...]:
    """What is missing or wrong in the records of an organisation: those that it lists, and those that checks read."""
    checks = [check for check in ground.pack.checks.values() if why_not_applicable(check, ground) is None]
    names = [*ground.organisation.profile.records, *(name for check in checks for name in reads(check, ground.setting))]
    found, shut = list[Problem](), set[str]()
    with engines() as engine:
        records, inspection = Records(engine, ground), Inspection(engine, ground)
        for name in dict.fromkeys(names):
            if why := records.refusal([name]):
                shut.add(name)
                found.append(_why_shut(why, ground))
            else:
                found += inspection.of_register(name)
        for check in checks:
            if shut.isdisjoint(reads(check, ground.setting)):
                found += inspection.of_check(check)
    return tuple(found)


def _why_shut(shut: Shut, ground: Ground) -> Problem:
    """Why a register cannot be opened; that nobody has said yet how to reach it is no mistake in the records."""
    problem, source = (
        shut.problem(ground.organisation.folder),
        ground.organisation.profile.records.get(shut.register.id),
    )
    variable = source and source.url_env
    if variable and shut.refused.why == say("engines.database.not-set", variable=variable):
        return Problem.at(problem.path, 0, "records-unseen.not-set", title=shut.register.title, variable=variable)
    return problem
