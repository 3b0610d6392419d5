"""Examples of a check, ready to be judged: the typical row with what the example changes laid over it, typed.

And proofs: the examples tried against every small mistake, and the lines of YAML that would catch the rest.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path

from policykit import english, rules
from policykit.english import say
from policykit.model.registers import ORGANISATION, Register, Value
from policykit.problems import Problem
from policykit.reading.ground import (
    BUILT_IN,
    EXAMPLE_ID,
    LAW,
    OPEN_END,
    Ground,
    Organisation,
    Pack,
    silent_organisation,
    typed,
)
from policykit.rules import (
    Case,
    Check,
    Example,
    Judgement,
    Proof,
    Row,
    Setting,
    Typical,
    Values,
    judge_unit,
    prove,
    reads,
)

Texts = Mapping[str, str | None]
_TYPICAL = Example(expect="pass", because="typical")
_MOST_DAYS = 6
_ORDER = ("expect", "as_at", "parameters", "facts", "each", "row", "related", "because")
_PLAIN = re.compile(r"(?!null\Z)[A-Za-z0-9][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")


class ExampleCases:
    """The examples of a pack's checks, ready to be judged. What examples share is made once."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._nobody = silent_organisation(pack)
        self._grounds: dict[object, Ground] = {}

    def case(self, check: Check, example: Example) -> Case:
        """The row of an example with all tables around it, and the setting that it is judged in.

        The check has a register and the example has passed loading.
        """
        ground, own = self._ground(check, example), check.register_ or ""
        registers = ground.setting.registers
        values = typed(row_of(check, example), registers[own].fields)
        tables = {
            **dict.fromkeys(self._pack.registers, ()),
            **ground.built_in,
            **{
                name: tuple(typed(row, registers[name].fields) for row in rows)
                for name, rows in related_of(check, example).items()
            },
        }
        tables[own] = (values,) if own in BUILT_IN else (values, *tables[own])
        return Case(example, Row(values, tables, next(iter(each_of(check, example).values()), None)), ground.setting)

    def _ground(self, check: Check, example: Example) -> Ground:
        as_at = example.as_at or check.examples_at or date.min
        key = (as_at, *example.parameters.items(), None, *example.facts.items())
        if key not in self._grounds:
            said = self._nobody.profile.model_copy(update={"facts": example.facts, "parameters": example.parameters})
            someone = replace(Organisation.of(self._pack, said, self._pack.folder, as_at), profile=self._nobody.profile)
            self._grounds[key] = Ground.of(self._pack, someone, as_at)
        return self._grounds[key]


def example_case(check: Check, example: Example, pack: Pack) -> tuple[Row, Setting]:
    """The row and the setting of one example."""
    case = ExampleCases(pack).case(check, example)
    return case.row, case.setting


def row_of(check: Check, example: Example) -> Texts:
    """The example's own row, laid over the typical one; that of `organisation` has the example's facts already."""
    built_in = {"id": EXAMPLE_ID, **example.facts} if check.register_ == ORGANISATION else {}
    return {**built_in, **(check.typical or Typical()).row, **example.row}


def related_of(check: Check, example: Example) -> Mapping[str, Sequence[Texts]]:
    """The rows of other registers, each laid over the first typical row of its register."""
    typical = (check.typical or Typical()).related
    firsts = {name: rows[0] for name, rows in typical.items() if rows}
    laid = {name: tuple({**firsts.get(name, {}), **row} for row in rows) for name, rows in example.related.items()}
    return {**typical, **laid}


def each_of(check: Check, example: Example) -> Mapping[str, str]:
    """The value of the for_each that the example is about, by its name; what is named wrongly too."""
    return {**(check.typical or Typical()).each, **example.each}


def false_examples(pack: Pack) -> tuple[Problem, ...]:
    """A problem for each example that its own check contradicts: one of the two is wrong, so no tick can be trusted."""
    cases = ExampleCases(pack)
    return tuple(problem for check in pack.checks.values() for problem in _false(check, pack, cases))


def _false(check: Check, pack: Pack, cases: ExampleCases) -> Iterator[Problem]:
    for number, example in enumerate(check.examples, 1):
        case = cases.case(check, example)
        came_to = judge_unit(check, case.row, case.setting)
        if came_to != example.expect:
            said = {"number": number, "expected": example.expect, "outcome": came_to}
            yield pack.problem(check.id, "example-outcome.contradicted", id=check.id, **said)


class Proofs:
    """Proves checks of one pack, one after the other. Pure: the same pack gives the same proofs."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._cases = ExampleCases(pack)
        self._given = frozenset(pack.registers)

    def prove(self, check: Check) -> Proof:
        """How the examples of a check fare; the check has a rule."""
        examples = tuple(self._cases.case(check, example) for example in check.examples)
        typical = self._cases.case(check, _TYPICAL)
        return prove(check, examples, (typical, *examples, *self._other_days(check, typical)), self._given)

    def digest(self, check: Check) -> str:
        """`sha256:...` of all that the proof of a check is found from."""
        found_from = [self._shared, check.model_dump(mode="json", by_alias=True)]
        return f"sha256:{hashlib.sha256(json.dumps(found_from).encode()).hexdigest()}"

    @cached_property
    def _shared(self) -> str:
        """All that rules may name, the code that proves them, and the messages that it speaks in."""
        pack = self._pack
        named = (pack.registers, pack.lists, pack.populations, pack.parameters, pack.provisions, pack.policy.facts)
        digest = hashlib.sha256()
        for name, record in chain.from_iterable(each.items() for each in named):
            digest.update(f"{name}\0{record.model_dump_json()}".encode())
        home = Path(english.__file__)
        said = home.parent.glob("messages/*.toml")
        for path in (home, *sorted(said), *sorted(Path(rules.__file__).parent.rglob("*.py"))):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _other_days(self, check: Check, typical: Case) -> Iterator[Case]:
        """The typical row seen from the next day, and from days on which law begins or ends: first that it names."""
        yield self._cases.case(check, _TYPICAL.model_copy(update={"as_at": typical.setting.as_at + timedelta(days=1)}))
        if LAW not in reads(check, typical.setting):
            return
        rows = typical.row.tables
        named = {value for table in rows if table != LAW for row in rows[table] for value in row.values()}
        for periods in ([row for row in rows[LAW] if row["id"] in named], rows[LAW]):
            days = {day for row in periods for day in _edges(row["valid_from"], row["valid_to"])}
            for day in sorted(days - {typical.setting.as_at}, reverse=True)[:_MOST_DAYS]:
                yield self._cases.case(check, _TYPICAL.model_copy(update={"as_at": day}))

    def line(self, check: Check, case: Case, expect: Judgement) -> str:
        """The case as a line of YAML to paste into the check's examples: what differs from the typical row."""
        written = self._as_example(check, case, expect).model_dump(mode="json", exclude_defaults=True)
        return f"- {_yaml({key: written[key] for key in _ORDER if written.get(key)})}"

    def _as_example(self, check: Check, case: Case, expect: Judgement) -> Example:
        """The case as an example; its day and parameters are those of the example that the case was made from."""
        facts = {fact: _written(value) for fact, value in case.setting.facts.items() if value is not None}
        bare = case.example.model_copy(update={"row": {}, "related": {}, "each": {}, "facts": facts})
        own = case.setting.registers[check.register_ or ""]
        each = {check.for_each.name: case.row.each} if check.for_each and case.row.each is not None else {}
        found = {
            "expect": expect,
            "because": say("reading.example.because"),
            "row": _differing(case.row.values, row_of(check, bare), own),
            "related": dict(self._related(check, case, bare)),
            "each": {} if each == each_of(check, bare) else each,
        }
        return bare.model_copy(update=found)

    def _related(self, check: Check, case: Case, bare: Example) -> Iterator[tuple[str, tuple[Texts, ...]]]:
        """The rows of each register that are not the typical ones, each as what differs from the first typical row."""
        typical = related_of(check, bare)
        for name in sorted(self._given):
            register, usual = case.setting.registers[name], typical.get(name, ())
            rows = case.row.tables[name][1 if name == check.register_ else 0 :]
            if rows != tuple(typed(row, register.fields) for row in usual):
                yield name, tuple(_differing(row, usual[0] if usual else {}, register) for row in rows)


def _edges(first: object, last: object) -> Iterator[date]:
    """The first day of a period and, where it has an end, its last day and the day after."""
    if isinstance(first, date):
        yield first
    if isinstance(last, date) and last < OPEN_END:
        yield from (last, last + timedelta(days=1))


def _differing(values: Values, usual: Texts, register: Register) -> Texts:
    typical = typed(usual, register.fields)
    return {field: _written(values[field]) for field in register.fields if values[field] != typical[field]}


def _written(value: Value | None) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _yaml(value: object) -> str:
    """A value in one line of YAML, as plain as it can stand: PyYAML would quote every day and number."""
    match value:
        case None:
            return "null"
        case dict():
            return f"{{{', '.join(f'{key}: {_yaml(each)}' for key, each in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_yaml, value))}]"
        case _:
            return str(value) if _PLAIN.fullmatch(str(value)) else json.dumps(str(value), ensure_ascii=False)
