"""Proofs: the examples of a pack's checks tried against every small mistake, and the lines that would catch the rest."""

from collections.abc import Iterator
from datetime import date, timedelta

from policykit.loading.built_in import LAW
from policykit.loading.examples import ExampleCases
from policykit.loading.pack import Pack
from policykit.loading.pasting import as_example, as_line
from policykit.rules import Case, Check, Example, Judgement, Proof, prove, reads

_TYPICAL = Example(expect="pass", because="the typical row")
_MOST_DAYS = 6


class Proofs:
    """Proves checks of one pack, one after the other. Pure: the same pack gives the same proofs."""

    def __init__(self, pack: Pack) -> None:
        self._cases = ExampleCases(pack)
        self._given = frozenset(pack.registers)

    def prove(self, check: Check) -> Proof:
        """How the examples of a check fare; the check has a rule."""
        examples = tuple(self._cases.case(check, example) for example in check.examples)
        typical = self._cases.case(check, _TYPICAL)
        return prove(check, examples, (typical, *examples, *self._other_days(check, typical)), self._given)

    def line(self, check: Check, case: Case, expect: Judgement) -> str:
        """The case as a line of YAML to paste into the check's examples."""
        return as_line(as_example(check, case, expect, sorted(self._given)))

    def _other_days(self, check: Check, typical: Case) -> Iterator[Case]:
        """The typical row seen from days on which something changes in the law that it names."""
        if LAW not in reads(check, typical.setting):
            return
        rows = typical.row.tables
        named = {value for table in rows if table != LAW for row in rows[table] for value in row.values()}
        edges = {day for row in rows[LAW] if row["id"] in named for day in _edges(row["valid_from"], row["valid_to"])}
        for day in sorted(edges - {typical.setting.as_at}, reverse=True)[:_MOST_DAYS]:
            yield self._cases.case(check, _TYPICAL.model_copy(update={"as_at": day}))


def _edges(first: object, last: object) -> Iterator[date]:
    """The first day of a period and, where it has an end, the first day after it."""
    if isinstance(first, date):
        yield first
    if isinstance(last, date) and last.year < date.max.year:
        yield last + timedelta(days=1)
