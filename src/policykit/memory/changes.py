"""What was taken away, and what is not as it was: every state of the ledger held beside how everything stands now."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from policykit.english import listed, raised, say, say_day
from policykit.memory.ledger import Ledger
from policykit.memory.records import with_records_remembered
from policykit.memory.states import state_of
from policykit.model.canonical import canonical
from policykit.model.duties import Strength
from policykit.model.results import Outcome
from policykit.model.scalars import months_from, read_day
from policykit.problems import Complaint, Problem, complaint, shown
from policykit.tracing import Change, Gap, GapKind, Gone, Trace

NEVER_LOST = ("duty", "check", "sentence", "register", "waiver")
KINDS = (*NEVER_LOST, "statement", "setting", "fact", "provision")
TABLES = (*("duties", "checks", "sentences", "registers"), "waivers", "statements", "settings", "facts", "verification")
"""Where a state keeps each kind of thing. The first kinds are those of retired.yaml: none goes away in silence."""

RANKED = ("strength", "severity", "today")
COMPARED = (
    *(
        *RANKED,
        "treated_as",
        "parts",
        "method",
        "applies",
        "verifies",
        "grounds",
        "minimum",
        "max_age_days",
        "covers",
        "until",
    ),
    *("watch", "rows", "setting", "fact", "provision", "register", "words", "rule_digest", "title", "summary"),
    *("limits", "owner", "check", "reason", "instead", "accepted_by", "statement", "by", "basis"),
)
"""The keys that are compared, the weightiest first; of what a state keeps as one value, its kind."""

Leaf = tuple[str, str, str]  # a kind, an id and a key
Kept = Sequence[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]  # states in order, each with the runs on it


def remembered(seen: Trace, ledger: Ledger) -> Trace:
    """The same with all that only earlier runs can say; no state is held beside a what-if, which is of another day."""
    lines = ledger.lines_of(seen.pack.policy.id, seen.organisation.profile.id)
    seen = with_records_remembered(seen, lines)
    states = {line.digest: line.data for line in lines if line.kind == "state"}
    runs = groupby((line.data for line in lines if line.kind == "run"), key=lambda run: str(run["state"]))
    kept = [(states[state], list(of_it)) for state, of_it in runs]
    if not kept or (seen.run and seen.run.what_if):
        return seen
    now = state_of(seen)
    gone = tuple(_gone(kept, _leaves(now), seen, ledger.path.parent / "packs"))
    changes = [each for each in _changes(kept, now, seen) if _is_shown(each, seen)]
    changes.sort(key=lambda each: (not each.weaker, -each.day.toordinal(), COMPARED.index(each.key)))
    found = (Gap(GapKind.GONE, each.id, raised(_complaint(each).what)) for each in gone)
    return replace(seen, gone=gone, changes=tuple(changes), gaps=(*found, *seen.gaps))


def _leaves(state: Mapping[str, Any]) -> dict[Leaf, Any]:
    """What a state says by kind, id and key; what is of no shape that we know is no part of it."""
    leaves = dict[Leaf, Any]()
    for kind, table in zip(KINDS, TABLES, strict=True):
        found = state.get(table)
        for id_, said in found.items() if isinstance(found, dict) else ():
            pair = zip_longest(("strength", "treated_as", "parts"), said) if isinstance(said, list) else ()
            parts = said if isinstance(said, dict) else dict(pair) if kind == "sentence" else {kind: said}
            if kind == "register":
                parts |= {"watch": None, "rows": None, **state.get("expects", {}).get(id_, {})}
            leaves |= {(kind, id_, key): value for key, value in parts.items() if key in COMPARED}
    return leaves


def _gone(kept: Kept, now: Mapping[Leaf, Any], seen: Trace, words: Path) -> Iterator[Gone]:
    last, musts = dict[tuple[str, ...], Any](), set[tuple[str, ...]]()
    for state, runs in kept:
        leaves = _leaves(state)
        last |= {leaf[:2]: (state, runs[-1]) for leaf in leaves if leaf[0] in NEVER_LOST}
        musts |= {leaf[:2] for leaf, said in leaves.items() if leaf[2] in RANKED and _rank(said) == Strength.MUST.rank}
    there = {*(leaf[:2] for leaf in now), *((each.kind, each.id) for each in seen.pack.retired.values())}
    for (kind, id_), (state, run) in last.items():
        waiver, day = state["waivers"][id_] if kind == "waiver" else {}, seen.as_at.isoformat()
        if (kind, id_) in there or not str(waiver.get("from", day)) <= day <= str(waiver.get("until", day)):
            continue
        code = {**run["duties"], **{check: said[0] for check, said in run["checks"].items()}}.get(id_)
        outcome = next((outcome for outcome in Outcome if outcome.code == code), None)
        yield Gone(kind, id_, _title(kind, id_, state, words), read_day(run["today"]), outcome, (kind, id_) in musts)


def _title(kind: str, id_: str, state: Mapping[str, Any], words: Path) -> str:
    """What it was called: a sentence by its gist, where the words of its pack are still there; else its kind."""
    said = state[TABLES[KINDS.index(kind)]][id_]
    with suppress(OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError):
        if kind == "sentence":
            file = words / f"{state['pack']['digest'].removeprefix('sha256:')}.json.gz"
            return str(from_json(gzip.decompress(file.read_bytes()))["clauses"][id_]["gist"])
        return str(said.get("title") or said["reason"])
    return kind


def _changes(kept: Kept, now: Mapping[str, Any], seen: Trace) -> Iterator[Change]:
    """Every key that is not as it was when it was last there, even if it was away in between."""
    today = max(kept[-1][1][-1]["today"], seen.as_at.isoformat())
    last = dict[Leaf, Any]()
    for state, day in (*((state, runs[0]["today"]) for state, runs in kept), (now, today)):
        leaves = _leaves(state)
        differ = [leaf for leaf, value in leaves.items() if canonical(value) != canonical(last.get(leaf, value))]
        for kind, id_, key in differ:
            others = {other for _, name, other in differ if name == id_} - {key}
            # Words name days, too, and change without their rule; a rule alone is named where nothing says why.
            if (key != "words" or "rule_digest" in others) and (key != "rule_digest" or not others):
                yield _change((kind, id_, key), last[kind, id_, key], leaves[kind, id_, key], read_day(day))
        last |= leaves


def _change(leaf: Leaf, before: Any, now: Any, day: date) -> Change:  # noqa: ANN401 - any JSON
    if leaf[2] == "rule_digest":
        return Change(*leaf, say("memory.value.rule-before"), say("memory.value.rule-now"), day, weaker=False)
    old, new = _in_words(before).splitlines(), _in_words(now).splitlines()
    apart = [[line for line in one if line not in other] for one, other in ((old, new), (new, old))]
    left, right = ("\n".join(lines) or say("memory.value.nothing") for lines in (apart if any(apart) else (old, new)))
    weaker = False
    with suppress(TypeError, AttributeError, KeyError):  # what a later version writes there is not for certain
        weaker = leaf[0] != "statement" and bool(_WEAKER[leaf[2]](before, now))
    return Change(*leaf, left, right, day, weaker)


def _in_words(value: Any) -> str:  # noqa: ANN401 - any JSON
    match value:
        case list():
            return listed([_in_words(each) for each in value])
        case dict():
            return "; ".join(f"{key}: {_in_words(each)}" for key, each in value.items() if each)
        case bool():
            return str(value).lower()
    return "" if value is None else str(value)


def _rank(said: Any) -> int:  # noqa: ANN401 - any JSON
    strengths = said if isinstance(said, list) else [said.get("strength") if isinstance(said, dict) else said]
    return max((strength.rank for strength in Strength if strength in strengths), default=0)


_WEAKER: Mapping[str, Callable[[Any, Any], object]] = {
    **dict.fromkeys(RANKED, lambda before, now: _rank(now) < _rank(before)),
    **dict.fromkeys(
        ("verifies", "grounds", "parts", "register"), lambda before, now: set(now or ()) < set(before or ())
    ),
    **dict.fromkeys(("covers", "until"), lambda before, now: now > before),
    "applies": lambda before, now: before is None and any(map(now.get, ("when", "from", "to"))),
    "max_age_days": lambda before, now: now is None or (before is not None and now > before),
    "method": lambda _, now: now == "attestation",
    **dict.fromkeys(("minimum", "rows"), lambda before, now: (now or 0) < (before or 0)),
    "treated_as": lambda before, _: before == "duty",
    "watch": lambda _, now: now == "none",
}
"""By key, whether what stands there now asks for less than what stood there."""


def _is_shown(change: Change, seen: Trace) -> bool:
    """Whether it is of the last year, and not all of its duties were read again since."""
    checks, duties = seen.pack.checks, seen.pack.duties
    of_check = checks[change.id].verifies if change.kind == "check" and change.id in checks else ()
    read_on = [duties[name].reviewed_on for name in (change.id, *of_check) if name in duties]
    is_read_again = bool(read_on) and min(read_on) > change.day
    return not is_read_again and change.day > months_from(seen.as_at, -12)


def notices(seen: Trace) -> Iterator[Problem]:
    """A notice for everything that is gone, asks for less or is another, in that order."""
    for gone in seen.gone:
        yield _complaint(gone).at((seen.pack.folder / "retired.yaml").as_posix(), 0)
    for change in seen.changes:
        key, message = change.key.replace("_", "-"), "weakened.item" if change.weaker else "changed.item"
        said = {"before": shown(change.before), "now": shown(change.now), "day": say_day(change.day)}
        here = change.id in seen.pack.places
        place = seen.pack.place_of(change.id) if here else (seen.organisation.folder.as_posix(), 0)
        yield Problem.at(*place, message, key=say(f"memory.key.{key}"), id=change.id, **said)


def _complaint(gone: Gone) -> Complaint:
    word, message = gone.outcome and gone.outcome.word, "gone.was" if gone.outcome else "gone.is"
    return complaint(message, id=gone.id, title=gone.title, day=say_day(gone.day), word=word)
