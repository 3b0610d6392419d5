"""Proofs: examples of a pack tried against every small mistake, and the lines that would catch the rest."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path

from policykit import rules
from policykit.reading.built_in import LAW, OPEN_END
from policykit.reading.examples import ExampleCases
from policykit.reading.pack import Pack
from policykit.reading.pasting import as_example, as_line
from policykit.rules import Case, Check, Example, Judgement, Proof, prove, reads

_TYPICAL = Example(expect="pass", because="the typical row")
_MOST_DAYS = 6


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
        for path in sorted(Path(rules.__file__).parent.rglob("*.py")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def line(self, check: Check, case: Case, expect: Judgement) -> str:
        """The case as a line of YAML to paste into the check's examples."""
        return as_line(as_example(check, case, expect, sorted(self._given)))

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


def _edges(first: object, last: object) -> Iterator[date]:
    """The first day of a period and, where it has an end, its last day and the day after."""
    if isinstance(first, date):
        yield first
    if isinstance(last, date) and last < OPEN_END:
        yield from (last, last + timedelta(days=1))
