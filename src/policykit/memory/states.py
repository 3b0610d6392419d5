"""What is remembered of a run: the state that it ran on, where that differs from the last, and what it came to.

And `keep`, which adds both to the ledger.
"""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from policykit.english import say_day
from policykit.memory.ledger import Ledger, LedgerLine, expect_whole, locked, read_ledger, refused, write_whole
from policykit.model.canonical import canonical, sha256_of
from policykit.model.results import CheckResult, LedgerEnd, RecordsUsed
from policykit.model.sources import Clause
from policykit.reading import Ground, Pack
from policykit.rules import Check, Setting, plain, quantity, words_of
from policykit.running import Results, in_effect, is_of_same, with_sum
from policykit.tracing import Trace

COUNTED = ("in_scope", "conform", "violate", "unknown", "out", "unreadable")
"""The counts of a check in a line of a run, behind the code of its outcome."""

DIGITS = 16
"""So many digits of a digest stand in a line of a run."""


def keep(results: Results, seen: Trace, ledger: Path, before: Results | None = None) -> Results:
    """Add a run to the ledger; gives the results with their sum, and with where the ledger ended before the run.

    A run that is not complete, or a what-if, leaves no line. `before` is what the results will take the place of: where
    the ledger has lost what they name, nothing is added. Raises PolicyError; OSError where it cannot be written.
    """
    if not results.run.complete or results.run.what_if:
        return with_sum(results)
    if before is not None and is_of_same(before.run, results.run):
        expect_whole(read_ledger(ledger).fault_at(before.ledger, more=1))
    with locked(ledger) as (there, append):
        _keep_words(seen.pack, ledger.parent / "packs")
        ours = there.lines_of(results.run.pack.id, results.run.organisation.id)
        _expect_no_later_day(there, ours, results.run.today)
        state, added = _state_line(seen, there, ours)
        end = LedgerEnd(n=len(there.lines) + len(added), head=sha256_of(added[0]) if added else there.end.head)
        summed = with_sum(results.model_copy(update={"ledger": end}))
        run = _run_of(summed, seen, ours) | {"n": end.n + 1, "state": state, "prev": end.head}
        append([*added, canonical(run)])
    return summed


def _expect_no_later_day(ledger: Ledger, ours: Sequence[LedgerLine], today: date | None) -> None:
    last = next((line for line in reversed(ours) if line.kind == "run"), None)
    if last and today and last.data["today"] > today.isoformat():
        day = say_day(date.fromisoformat(last.data["today"]))
        raise refused(ledger.path, last.number, "ledger.later", today=say_day(today), day=day)


# What a run ran on


def _state_line(seen: Trace, ledger: Ledger, ours: Sequence[LedgerLine]) -> tuple[str, list[bytes]]:
    """The digest of the state that a run was on, and the line to add, where the last state was another."""
    last = next((line for line in reversed(ours) if line.kind == "state"), None)
    state = state_of(seen)
    if last and not differs(state, last.data):
        return last.digest, []
    line = canonical(state | {"n": len(ledger.lines) + 1, "prev": ledger.end.head or None})
    return sha256_of(line), [line]


def state_of(seen: Trace) -> dict[str, Any]:
    """What a run is on: the pack and what the organisation says of itself, as far as it decides what is asked."""
    pack, organisation, setting = seen.pack, seen.organisation, _of_no_day(seen.ground.setting, seen.pack)
    return {
        "kind": "state",
        "pack": {"id": pack.policy.id, "edition": pack.policy.edition, "digest": pack.digest},
        "organisation": {"id": organisation.profile.id, "digest": organisation.digest},
        "duties": {name: _duty(duty) for name, duty in pack.duties.items()},
        "checks": {name: _check(check, seen, setting) for name, check in pack.checks.items()},
        "sentences": {name: _sentence(clause) for name, clause in pack.clauses.items()},
        "settings": {name: _written(value) for name, value in organisation.parameters.items()},
        "facts": {name: _written(value) for name, value in organisation.facts.items()},
        "waivers": {waiver.id: _dump(waiver) for waiver in organisation.waivers},
        "statements": {said.id: _dump(said) for said in organisation.attestations},
        "departures": {each.id: _dump(each) for each in organisation.departures},
        "expects": {name: said for name in pack.registers if (said := _expects(name, seen.ground))},
        "verification": {name: provision.verification.level for name, provision in pack.provisions.items()},
        "registers": {name: sorted(register.fields) for name, register in pack.registers.items()},
    }


def _sentence(clause: Clause) -> list[object]:
    return [clause.strength, clause.treated_as, *([[part.id for part in clause.parts]] if clause.parts else [])]


def _duty(duty: BaseModel) -> dict[str, Any]:
    kept = {"title", "summary", "strength", "today", "applies", "owner", "reviewed_on"}
    return duty.model_dump(mode="json", by_alias=True, include=kept)


def _check(check: Check, seen: Trace, setting: Setting) -> dict[str, Any]:
    kept = {"title", "method", "verifies", "grounds", "applies", "limits"}
    return check.model_dump(mode="json", by_alias=True, include=kept) | {
        "severity": seen.checks[check.id].severity,
        "words": _words(check, setting),
        "minimum": quantity(check.minimum, setting),
        "max_age_days": in_effect.max_age(check, seen.ground),
        "rule_digest": seen.ground.rule_digest(check),
    }


def _words(check: Check, setting: Setting) -> str | None:
    return plain(words_of(check, setting)) if check.method == "rule" else check.words


def _of_no_day(setting: Setting, pack: Pack) -> Setting:
    """The setting on a day of the pack's own: days in the words of a rule change only where the rule does."""
    return replace(setting, as_at=max(duty.reviewed_on for duty in pack.duties.values()))


def _expects(register: str, ground: Ground) -> dict[str, Any]:
    """What decides whether the rows of a register look incomplete, as far as somebody said anything."""
    source, rows = ground.organisation.profile.records.get(register), in_effect.expected_rows(register, ground)
    said = source.model_dump(mode="json", include={"watch", "why", "confirmed"}, exclude_none=True) if source else {}
    return {**said, **({"rows": rows} if rows else {})}


def _dump(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True)


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


_APART = {"kind", "n", "prev"}
_BY_ID = {"duties", "checks", "waivers", "statements", "departures"}
"""What holds an object for each id, to which a later version may add keys."""


def differs(state: Mapping[str, Any], last: Mapping[str, Any]) -> bool:
    """Whether a state is another than the last. A key that the last has not is no difference.

    Nor is the digest of the organisation: each day on which records are taken changes that, and all else is compared.
    """
    return any(_is_other(key, state[key], last[key]) for key in (state.keys() & last.keys()) - _APART)


def _is_other(key: str, now: Any, then: Any) -> bool:  # noqa: ANN401 - any JSON
    if key == "organisation":
        return bool(now["id"] != then["id"])
    if key in _BY_ID and isinstance(then, dict):
        return now.keys() != then.keys() or any(_differ(now[name], then[name]) for name in now)
    return _differ(now, then) if key == "pack" else canonical(now) != canonical(then)


def _differ(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    return any(canonical(now[key]) != canonical(then[key]) for key in now.keys() & then.keys())


# What it came to


def _run_of(results: Results, seen: Trace, ours: Sequence[LedgerLine]) -> dict[str, Any]:
    run, used = results.run, {each.register_: each for result in results.checks for each in result.records}
    found, no_scope = first_found(ours), {each.register_: each.in_no_scope for each in results.registers}
    return {
        "kind": "run",
        "run": run.id,
        "today": _written(run.today),
        "as_at": run.as_at.isoformat(),
        "policykit": run.policykit,
        "results": results.sum,
        "duties": {name: standing.outcome.code for name, standing in seen.duties.items()},
        "checks": {result.id: _check_line(result, seen) for result in results.checks},
        "registers": {
            name: [
                *_register(each, str(_written(run.today)), found),
                in_effect.looks_incomplete(each, seen.ground),
                no_scope.get(name),
            ]
            for name, each in used.items()
        },
    }


def _check_line(result: CheckResult, seen: Trace) -> list[object]:
    counts, before = result.counts, result.scope_baseline
    check = seen.pack.checks[result.id]
    fell = counts and in_effect.scope_looks_incomplete(check, before, counts.in_scope, seen.ground)
    return [result.outcome.code, *_counts(result), bool(fell)]


def _counts(result: CheckResult) -> Iterator[int | None]:
    return (getattr(result.counts, name, None) for name in COUNTED)


def _register(used: RecordsUsed, today: str, found: Mapping[tuple[str, str], str]) -> list[object]:
    whole = used.values or used.digest
    digest = whole and whole.removeprefix("sha256:")[:DIGITS]
    found_on = digest and found.get((used.register_, digest), today)
    return [used.taken_on.isoformat(), used.rows, digest, found_on]


def first_found(lines: Sequence[LedgerLine]) -> dict[tuple[str, str], str]:
    """The day on which each register was first found with these values, by register and digest."""
    found = dict[tuple[str, str], str]()
    for line in lines:
        for register, (_, _, digest, found_on, *_) in line.data["registers"].items() if line.kind == "run" else ():
            found.setdefault((register, digest), found_on)
    return found


# The words of packs


def _keep_words(pack: Pack, folder: Path) -> None:
    """Keep the words of a pack beside the ledger, once: a state says only their digest."""
    file = folder / f"{pack.digest.removeprefix('sha256:')}.json.gz"
    if not file.exists():
        folder.mkdir(exist_ok=True)
        write_whole(file, gzip.compress(canonical(words_of_pack(pack)), mtime=0))


def words_of_pack(pack: Pack) -> dict[str, Any]:
    """The normative words of a pack: what its guidance asks for, its duties and its checks, without an organisation."""
    setting = _of_no_day(Ground.of(pack, None, date.min).setting, pack)
    duty, clause = {"title", "summary", "strength", "today"}, {"strength", "gist", "treated_as"}
    return {
        "clauses": {name: each.model_dump(mode="json", include=clause) for name, each in pack.clauses.items()},
        "duties": {
            name: each.model_dump(mode="json", by_alias=True, include=duty) for name, each in pack.duties.items()
        },
        "checks": {
            name: {"title": check.title, "words": _words(check, setting), "limits": check.limits}
            for name, check in pack.checks.items()
        },
    }
