"""What was taken away, and what is not as it was: every state of the ledger held beside how everything stands now.

What nobody can see here is in docs/results.md: rows of records that were replaced one for one.
"""

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from policykit.english import listed, say, say_day
from policykit.memory.ledger import Ledger, LedgerLine
from policykit.memory.states import state_of
from policykit.model.canonical import canonical
from policykit.model.duties import Strength
from policykit.model.results import Outcome
from policykit.model.scalars import months_from, read_day
from policykit.problems import Problem, shown
from policykit.tracing import Change, Gap, GapKind, Gone, Trace

MONTHS_SHOWN = 12
"""So long a change is shown, unless its duty is read again before."""

KEPT_IN = {
    "duty": "duties",
    "check": "checks",
    "sentence": "sentences",
    "register": "registers",
    "waiver": "waivers",
    "statement": "statements",
    "setting": "settings",
    "fact": "facts",
    "provision": "verification",
}
"""Where a state keeps each kind of thing."""

NEVER_LOST = ("duty", "check", "sentence", "register", "waiver")
"""The kinds that retired.yaml knows: none of them goes away in silence."""

COMPARED = (
    *("strength", "severity", "treated_as", "method", "today", "applies", "verifies", "grounds"),
    *("minimum", "max_age_days", "covers", "until", "setting", "fact", "provision", "register", "words", "rule_digest"),
    *("title", "summary", "limits", "owner", "check", "reason", "instead", "accepted_by", "statement", "by", "basis"),
)
"""The keys that are compared, the weightiest first; of a thing that a state keeps as one value, its kind."""

Leaf = tuple[str, str, str]
"""A kind, an id and a key."""


@dataclass(frozen=True)
class _Stretch:
    """A state, and what the first and the last run on it came to."""

    state: Mapping[str, Any]
    first: Mapping[str, Any]
    last: Mapping[str, Any]


def compared(seen: Trace, ledger: Ledger) -> Trace:
    """The same with what is gone and what changed since the runs of the ledger that are of its pack and organisation.

    What-ifs are not compared: they are of another day.
    """
    kept = _stretches(ledger.lines_of(seen.pack.policy.id, seen.organisation.profile.id))
    if not kept or (seen.run and seen.run.what_if):
        return seen
    now = state_of(seen)
    gone = tuple(_gone(kept, now, seen, ledger.path.parent / "packs"))
    changes = [each for each in _changes(kept, now, seen) if _is_shown(each, seen)]
    weightiest = sorted(changes, key=lambda each: (not each.weaker, -each.day.toordinal(), COMPARED.index(each.key)))
    return replace(seen, gone=gone, changes=tuple(weightiest), gaps=(*map(_gap, gone), *seen.gaps))


def _stretches(lines: Sequence[LedgerLine]) -> list[_Stretch]:
    states = {line.digest: line.data for line in lines if line.kind == "state"}
    runs: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        if line.kind == "run" and line.data["state"] in states:
            runs.setdefault(line.data["state"], []).append(line.data)
    return [_Stretch(states[state], of_it[0], of_it[-1]) for state, of_it in runs.items()]


# What is gone


def _gone(kept: Sequence[_Stretch], now: Mapping[str, Any], seen: Trace, words: Path) -> Iterator[Gone]:
    last, musts, day = dict[tuple[str, str], _Stretch](), set[tuple[str, str]](), seen.as_at.isoformat()
    for stretch in kept:
        for kind in NEVER_LOST:
            for id_, said in stretch.state.get(KEPT_IN[kind], {}).items():
                if kind != "waiver" or said["from"] <= day <= said["until"]:
                    last[kind, id_] = stretch
                    musts |= {(kind, id_)} if _is_must(kind, said) else set()
    for (kind, id_), stretch in last.items():
        retired = seen.pack.retired.get(id_)
        if id_ not in now[KEPT_IN[kind]] and (retired is None or retired.kind != kind):
            title, run = _title(kind, id_, stretch.state, words), stretch.last
            yield Gone(kind, id_, title, read_day(run["today"]), _outcome(kind, id_, run), (kind, id_) in musts)


def _is_must(kind: str, said: Any) -> bool:  # noqa: ANN401 - any JSON
    if kind == "duty":
        return Strength.MUST in {said.get("strength"), (said.get("today") or {}).get("strength")}
    return kind == "check" and said.get("severity") == Strength.MUST


def _outcome(kind: str, id_: str, run: Mapping[str, Any]) -> Outcome | None:
    code = run["duties"].get(id_) if kind == "duty" else run["checks"].get(id_, [None])[0] if kind == "check" else None
    return next((outcome for outcome in Outcome if outcome.code == code), None)


def _title(kind: str, id_: str, state: Mapping[str, Any], words: Path) -> str:
    """What it was called: a sentence by its gist, where the words of its pack are still beside the ledger."""
    said = state[KEPT_IN[kind]][id_]
    if kind == "sentence":
        digest = str(state["pack"]["digest"]).removeprefix("sha256:")
        with suppress(OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
            return str(from_json(gzip.decompress((words / f"{digest}.json.gz").read_bytes()))["clauses"][id_]["gist"])
    return str(said.get("title") or said.get("reason") or id_) if isinstance(said, dict) else id_


def _gap(gone: Gone) -> Gap:
    places = {"title": gone.title, "day": say_day(gone.day)}
    what = say("memory.gone.was", **places, word=gone.outcome.word) if gone.outcome else say("memory.gone.is", **places)
    return Gap(GapKind.GONE, gone.id, what)


# What is not as it was


def _changes(kept: Sequence[_Stretch], now: Mapping[str, Any], seen: Trace) -> Iterator[Change]:
    """Every key that is not as it was when it was last there, even if it was away in between."""
    until = max(read_day(kept[-1].last["today"]), seen.as_at)
    states = [*((stretch.state, read_day(stretch.first["today"])) for stretch in kept), (now, until)]
    last: dict[Leaf, Any] = {}
    for state, day in states:
        leaves = {(kind, id_, key): value for kind, id_, key, value in _leaves(state)}
        differ = [leaf for leaf, value in leaves.items() if leaf in last and canonical(value) != canonical(last[leaf])]
        for leaf in differ:
            if leaf[2] != "rule_digest" or not _is_explained(leaf, differ):
                yield _change(leaf, last[leaf], leaves[leaf], day)
        last |= leaves


def _leaves(state: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    for kind, key in KEPT_IN.items():
        for id_, said in state.get(key, {}).items():
            parts = dict(zip(("strength", "treated_as"), said, strict=False)) if kind == "sentence" else {kind: said}
            for name, value in (said if isinstance(said, dict) else parts).items():
                if name in COMPARED:
                    yield kind, id_, name, value


def _is_explained(leaf: Leaf, differ: Sequence[Leaf]) -> bool:
    """Whether a rule is another because of what is listed itself: a key of its check, a setting, a fact or a field."""
    return any(kind in {"setting", "fact", "register"} or (id_ == leaf[1] and key != leaf[2]) for kind, id_, key in differ)


def _change(leaf: Leaf, before: Any, now: Any, day: date) -> Change:  # noqa: ANN401 - any JSON
    if leaf[2] == "rule_digest":
        return Change(*leaf, say("memory.value.rule-before"), say("memory.value.rule-now"), day, weaker=False)
    return Change(*leaf, _in_words(before), _in_words(now), day, _is_weaker(leaf, before, now))


def _in_words(value: Any) -> str:  # noqa: ANN401 - any JSON
    match value:
        case None | "" | [] | {}:
            return say("memory.value.nothing")
        case bool():
            return say("memory.value.yes" if value else "memory.value.no")
        case list():
            return listed([_in_words(each) for each in value])
        case dict():
            return "; ".join(f"{key}: {_in_words(each)}" for key, each in value.items() if each)
    return str(value)


def _is_weaker(leaf: Leaf, before: Any, now: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether less is asked for certain; what a later version writes there is not for certain."""
    with suppress(TypeError, ValueError, AttributeError):
        match leaf[2]:
            case "strength" | "severity" | "today":
                return _rank(now) < _rank(before)
            case "treated_as":
                return bool(before == "duty")
            case "method":
                return bool(now == "attestation")
            case "applies":
                return before is None and any(map(now.get, ("when", "from", "to")))
            case "verifies" | "grounds" | "register":
                return set(now) < set(before)
            case "minimum":
                return bool((now or 0) < (before or 0))
            case "max_age_days":
                return now is None or bool(before is not None and now > before)
            case "covers" | "until":
                return leaf[0] == "waiver" and bool(now > before)
    return False


def _rank(said: Any) -> int:  # noqa: ANN401 - any JSON
    strengths = said if isinstance(said, list) else [said["strength"] if isinstance(said, dict) else said or "none"]
    return max((Strength(each).rank for each in strengths), default=0)


def _is_shown(change: Change, seen: Trace) -> bool:
    """Whether it is of the last year, and not all of its duties were read again since."""
    checks, duties = seen.pack.checks, seen.pack.duties
    of_check = checks[change.id].verifies if change.kind == "check" and change.id in checks else ()
    of_sentence = [each.duty.id for each in seen.duties_stated_in(change.id)]
    names = [name for name in (change.id, *of_check, *of_sentence) if name in duties]
    is_reviewed = bool(names) and all(duties[name].reviewed_on > change.day for name in names)
    return not is_reviewed and change.day > months_from(seen.as_at, -MONTHS_SHOWN)


# What is said of both


def notices(seen: Trace) -> Iterator[Problem]:
    """A notice for everything that is gone, was weakened or is another, in that order."""
    for gone in seen.gone:
        item = say("memory.gone.item", id=gone.id, title=gone.title) if gone.title != gone.id else gone.id
        places, path = {"item": item, "day": say_day(gone.day)}, (seen.pack.folder / "retired.yaml").as_posix()
        if gone.outcome:
            yield Problem.at(path, 0, "gone.was", **places, word=gone.outcome.word)
        else:
            yield Problem.at(path, 0, "gone.is", **places)
    for change in seen.changes:
        key, notice = change.key.replace("_", "-"), "weakened" if change.weaker else "changed"
        said = {"before": shown(change.before), "now": shown(change.now), "day": say_day(change.day)}
        place = seen.pack.place_of(change.id) if change.id in seen.pack.places else (_folder(change, seen), 0)
        yield Problem.at(*place, f"{notice}.item", key=say(f"memory.key.{key}"), id=change.id, **said)


def _folder(change: Change, seen: Trace) -> str:
    of_pack = change.kind in {"duty", "check", "sentence", "register", "provision"}
    return (seen.pack.folder if of_pack else seen.organisation.folder).as_posix()
