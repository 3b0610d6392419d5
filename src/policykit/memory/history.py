"""The runs of a ledger in order: which verdicts were new, changed or stayed, and since when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from policykit.english import say, say_day
from policykit.memory.ledger import LedgerLine
from policykit.model.results import Outcome
from policykit.problems import PolicyError, Problem, complaint
from policykit.reading import Organisation

MOST_RUNS = 12
"""So many runs stand on the card of a check."""

_WELL = {Outcome.PASS, Outcome.ATTESTED, Outcome.NOT_APPLICABLE}


@dataclass(frozen=True)
class RunOfCheck:
    """What one check came to in one run; numbers are None where nothing was counted."""

    day: date
    outcome: str
    in_scope: int | None
    conform: int | None
    violate: int | None
    unknown: int | None

    @property
    def word(self) -> str:
        """The outcome as a reader sees it."""
        return word_of(self.outcome)


@dataclass(frozen=True)
class Verdict:
    """What an item came to in a run, and since when; `change` is new, now, still or gone.

    `before` is the verdict that it had until then.
    """

    code: str
    change: str
    since: date
    before: "Verdict | None" = None


def word_of(code: str) -> str:
    """An outcome as a reader sees it; one of a later version by its code."""
    return Outcome(code).word if code in {outcome.code for outcome in Outcome} else code


def last_runs(lines: Sequence[LedgerLine], check: str) -> tuple[RunOfCheck, ...]:
    """The last runs of a check, each of another day, in order; `lines` are of one pack and organisation."""
    found = {line.data["today"]: line.data["checks"][check] for line in _runs(lines) if check in line.data["checks"]}
    return tuple(RunOfCheck(date.fromisoformat(day), *said[:5]) for day, said in found.items())[-MOST_RUNS:]


def accepted_beyond(lines: Sequence[LedgerLine], organisation: Organisation) -> Iterator[Problem]:
    """Waivers not yet over that cover more than did not conform in the last run of their check when they began.

    Where no such run is known nothing is said; `lines` are of the organisation and one pack.
    """
    for waiver in organisation.waivers:
        before = [line.data for line in _runs(lines) if line.data["today"] <= waiver.from_.isoformat()]
        counted = [(run["today"], run["checks"][waiver.check]) for run in before if waiver.check in run["checks"]]
        day, said = next(((day, said) for day, said in reversed(counted) if said[1] is not None), ("", ()))
        if said and waiver.until >= organisation.as_at and waiver.covers > (found := said[3] + said[4]):
            places = {"id": waiver.id, "covers": waiver.covers, "found": found, "day": say_day(date.fromisoformat(day))}
            yield Problem.at((organisation.folder / "waivers.yaml").as_posix(), 0, "waiver-covers.more", **places)


def _runs(lines: Sequence[LedgerLine]) -> Iterator[LedgerLine]:
    return (line for line in lines if line.kind == "run")


def verdicts(lines: Sequence[LedgerLine]) -> Iterator[tuple[date, Mapping[str, Verdict]]]:
    """Of each run its day and what every check and duty came to, with those that are gone since the run before."""
    last: dict[str, Verdict] = {}
    for line in _runs(lines):
        day = date.fromisoformat(line.data["today"])
        codes = {**line.data["duties"], **{check: said[0] for check, said in line.data["checks"].items()}}
        now = {item: _verdict(code, last.get(item), day) for item, code in codes.items()}
        gone = {item: Verdict(was.code, "gone", day, was) for item, was in last.items() if item not in now}
        yield day, now | gone
        last = now


def _verdict(code: str, last: Verdict | None, day: date) -> Verdict:
    if last is None:
        return Verdict(code, "new", day)
    return Verdict(code, "still", last.since) if code == last.code else Verdict(code, "now", day, last)


def history_in_words(ledger: Path, lines: Sequence[LedgerLine], item: str | None = None) -> Iterator[str]:
    """The runs of one pack and organisation as lines of text, those of one check or duty where it is named.

    Raises PolicyError where there are none.
    """
    runs = list(verdicts(lines))
    known = {name for _, found in runs for name in found}
    if not runs or item not in {None, *known}:
        fault = complaint("ledger.no-item", item=item).or_meant(str(item), known) if runs else complaint("ledger.empty")
        raise PolicyError((fault.at(ledger.as_posix(), 0),))
    yield say("memory.history.runs", n=len(runs), first=say_day(runs[0][0]), last=say_day(runs[-1][0]))
    if item is not None:
        counted = [line.data["checks"].get(item) for line in _runs(lines)]
        for (day, found), counts in zip(runs, counted, strict=True):
            if item in found:
                yield say("memory.history.day", day=say_day(day), what=_change(item, found[item]) + _numbers(counts))
        return
    for changed, group in groupby(runs, key=lambda run: any(each.change != "still" for each in run[1].values())):
        stretch = list(group)
        yield from _changes(stretch) if changed else _no_changes([day for day, _ in stretch])
    for name, verdict in sorted(runs[-1][1].items()):
        if verdict.change != "gone" and verdict.code not in {outcome.code for outcome in _WELL}:
            yield _change(name, Verdict(verdict.code, "still", verdict.since))


def _changes(runs: Sequence[tuple[date, Mapping[str, Verdict]]]) -> Iterator[str]:
    for day, found in runs:
        for name, verdict in sorted(found.items()):
            if verdict.change != "still":
                yield say("memory.history.day", day=say_day(day), what=_change(name, verdict))


def _no_changes(days: Sequence[date]) -> Iterator[str]:
    yield say("memory.history.same", n=len(days), first=say_day(days[0]), last=say_day(days[-1]))


def _change(item: str, verdict: Verdict) -> str:
    was = verdict.before or verdict
    places = {"word": word_of(verdict.code).lower(), "was": word_of(was.code).lower(), "since": say_day(was.since)}
    return say(f"memory.change.{verdict.change}", item=item, **places)


def _numbers(said: Sequence[object] | None) -> str:
    if said is None or said[1] is None:
        return ""
    in_scope, conform, violate, unknown = said[1:5]
    return " " + say("memory.numbers", in_scope=in_scope, conform=conform, violate=violate, unknown=unknown)
