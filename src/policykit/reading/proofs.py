"""Proofs: examples of a pack tried against every small mistake, and the lines of YAML that would catch the rest."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path

from policykit import english, rules
from policykit.model.registers import Register, Value
from policykit.reading.examples import ExampleCases, Texts, related_of, row_of
from policykit.reading.ground import LAW, OPEN_END, Pack, typed
from policykit.rules import Case, Check, Example, Judgement, Proof, Values, prove, reads

BECAUSE = "say what this shows"
"""Stands where only a person knows what to write."""

_TYPICAL = Example(expect="pass", because="the typical row")
_MOST_DAYS = 6
_ORDER = ("expect", "as_at", "parameters", "facts", "each", "row", "related", "because")
_PLAIN = re.compile(r"(?!null\Z)[A-Za-z0-9][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")


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
        """All that rules may name, and the code that proves them."""
        pack = self._pack
        named = (pack.registers, pack.lists, pack.populations, pack.parameters, pack.provisions, pack.policy.facts)
        digest = hashlib.sha256()
        for name, record in chain.from_iterable(each.items() for each in named):
            digest.update(f"{name}\0{record.model_dump_json()}".encode())
        words = Path(english.__file__).with_name("messages") / "rules.toml"
        for path in (Path(english.__file__), words, *sorted(Path(rules.__file__).parent.rglob("*.py"))):
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
        found = {
            "expect": expect,
            "because": BECAUSE,
            "row": _differing(case.row.values, row_of(check, bare), own),
            "related": dict(self._related(check, case, bare)),
            "each": _each(check, case),
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


def _each(check: Check, case: Case) -> Mapping[str, str]:
    usual = check.typical.each.values() if check.typical else ()
    if check.for_each is None or case.row.each is None or case.row.each in usual:
        return {}
    return {check.for_each.name: case.row.each}


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
