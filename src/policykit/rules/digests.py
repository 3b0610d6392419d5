"""The digest of a rule: whatever could change its outcome changes it."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from policykit.model.scalars import Record
from policykit.rules.check import Check
from policykit.rules.setting import Setting, Values
from policykit.rules.usage import facts_used, parameters_used, populations_used, reads


def rule_digest(check: Check, setting: Setting, built_in: Mapping[str, Sequence[Values]]) -> str:
    """`sha256:...` of the check with the populations, parameters, facts, fields and built-in rows that it reads."""
    fields = reads(check, setting)
    what = {
        "check": check.model_dump(mode="json", by_alias=True, exclude_none=True),
        "populations": [_dump(setting.populations[each]) for each in populations_used(check, setting)],
        "parameters": {each: setting.parameters[each] for each in parameters_used(check, setting)},
        "facts": {
            each: [_dump(setting.fact_shapes[each]), setting.facts.get(each)] for each in facts_used(check, setting)
        },
        "fields": {register: _shapes(register, fields[register], setting) for register in fields},
        "rows": {register: _rows(built_in[register], fields[register]) for register in fields if register in built_in},
    }
    text = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _dump(record: Record) -> object:
    return record.model_dump(mode="json", by_alias=True, exclude_none=True)


def _shapes(register: str, fields: frozenset[str], setting: Setting) -> dict[str, object]:
    return {field: _dump(setting.registers[register].fields[field]) for field in sorted(fields)}


def _rows(rows: Sequence[Values], fields: frozenset[str]) -> list[list[object]]:
    """The rows as the rule sees them, in order of what they hold."""
    return sorted(([row.get(field) for field in sorted(fields)] for row in rows), key=repr)
