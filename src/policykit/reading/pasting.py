"""Pasting: a row that was found, as a line of YAML for the examples of a check: what differs from the typical row."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from policykit.model.registers import Register, Value
from policykit.reading.examples import Texts, related_of, row_of, typed
from policykit.rules import Case, Check, Example, Judgement, Values

BECAUSE = "say what this shows"
"""Stands where only a person knows what to write."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_BLANK = ("null", "~")


def as_example(check: Check, case: Case, expect: Judgement, given: Iterable[str]) -> Example:
    """The case as an example that expects this; `given` are the registers whose rows an example may give.

    The as-at date and the parameters are those of the example that the case was made from.
    """
    facts = {fact: _written(value) for fact, value in case.setting.facts.items() if value is not None}
    bare = case.example.model_copy(update={"row": {}, "related": {}, "each": {}, "facts": facts})
    own = case.setting.registers[check.register_ or ""]
    found = {
        "expect": expect,
        "because": BECAUSE,
        "row": _differing(case.row.values, row_of(check, bare), own),
        "related": dict(_tables(check, case, bare, given)),
        "each": _each(check, case),
    }
    return bare.model_copy(update=found)


def as_line(example: Example) -> str:
    """The example as one line of a YAML list."""
    written = example.model_dump(mode="json", exclude_defaults=True)
    order = ("expect", "as_at", "parameters", "facts", "each", "row", "related", "because")
    return f"- {_yaml({key: written[key] for key in order if written.get(key)})}"


def _tables(check: Check, case: Case, bare: Example, given: Iterable[str]) -> Iterator[tuple[str, tuple[Texts, ...]]]:
    """The rows of each register that are not the typical ones, each as what differs from the first typical row."""
    typical = related_of(check, bare)
    for name in given:
        register = case.setting.registers[name]
        rows = case.row.tables[name][1 if name == check.register_ else 0 :]
        usual = typical.get(name, ())
        if rows != tuple(typed(row, register) for row in usual):
            yield name, tuple(_differing(row, usual[0] if usual else {}, register) for row in rows)


def _differing(values: Values, usual: Texts, register: Register) -> Texts:
    typical = typed(usual, register)
    return {field: _written(values[field]) for field in register.fields if values[field] != typical[field]}


def _each(check: Check, case: Case) -> Mapping[str, str]:
    usual = check.typical.each.values() if check.typical else ()
    if check.for_each is None or case.row.each is None or case.row.each in usual:
        return {}
    return {check.for_each.name: case.row.each}


def _written(value: Value | None) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _yaml(value: object) -> str:
    match value:
        case None:
            return "null"
        case dict():
            return f"{{{', '.join(f'{key}: {_yaml(each)}' for key, each in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_yaml, value))}]"
        case _:
            text = str(value)
            return text if _PLAIN.fullmatch(text) and text not in _BLANK else json.dumps(text, ensure_ascii=False)
