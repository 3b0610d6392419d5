"""results.json: written whole or not at all, and never by a run that knows less than the one it would replace."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NoReturn, Self

from pydantic import Field, PrivateAttr, ValidationError

from policykit.english import say
from policykit.model.canonical import canonical, sha256_of
from policykit.model.results import CheckResult, Digest, ExamplesTried, LedgerEnd, RegisterSeen, Run, Stored
from policykit.problems import Complaint, PolicyError, Problem, complaint, why_of
from policykit.reading import Pack, Proofs
from policykit.rules import Check
from policykit.running import output_file
from policykit.running.output_file import GIVEN_AWAY, OutputFile

SCHEMA = "policykit-results/2"
OLDER = frozenset({"policykit-results/1"})
_BEGINNING = re.compile(rb'\s*\{\s*"schema"\s*:\s*"policykit-results/\d+"')
"""How a file of results begins, of any format there ever was or will be."""

_NOT_OURS = {**GIVEN_AWAY, "organisation.yaml": "running.place.of-organisation"}

Keeper = Callable[["Results", Path], bool]
"""Writes results to a file and remembers the run; False where a complete run that is there keeps its place."""


class Results(Stored):
    """results.json: one run and every declared check, in order of id.

    `sum` is over all else in the file, None until they are written; `ledger` is None where no ledger has the run.
    `changed_by_hand` says that a file was read whose sum is another.
    """

    schema_: Literal["policykit-results/2"] = Field(default="policykit-results/2", alias="schema")
    run: Run
    ledger: LedgerEnd | None = None
    checks: tuple[CheckResult, ...]
    registers: tuple[RegisterSeen, ...] = ()
    sum: Digest | None = None
    _changed: bool = PrivateAttr(default=False)
    _keep: Keeper | None = PrivateAttr(default=None)

    @property
    def changed_by_hand(self) -> bool:
        """Whether the file that they were read from is not as it was written."""
        return self._changed

    def kept_by(self, keep: Keeper) -> Self:
        """The same; whoever saves them has them kept so: the run is remembered as well."""
        found = self.model_copy()
        found._keep = keep  # noqa: SLF001 - of its own class
        return found

    def _adds_up(self) -> bool:
        return len({result.id for result in self.checks}) == len(self.checks)

    def __getitem__(self, check: str) -> CheckResult:
        """The result of a check; raises PolicyError, with the nearest id there is."""
        found = {result.id: result for result in self.checks}
        if check in found:
            return found[check]
        gone = complaint("reference-unknown.result", check=check).or_meant(check, found)
        raise PolicyError((gone.at("results", 0),))

    def __iter__(self) -> Iterator[CheckResult]:  # type: ignore[override] # of a run, not of its fields
        """The result of each check, in order of id."""
        return iter(self.checks)

    def save(self, path: str | PathLike[str]) -> bool:
        """Write them to a file, guarded as `policykit check` guards it; raises PolicyError where they may not be there.

        False, and nothing written, where the run is not complete and the file holds a complete one, or one that cannot
        be read.
        """
        file = Path(path)
        try:
            why = why_no_results_here(file)
            if why is None:
                return (self._keep or write_results)(self, file)
        except OSError as error:
            why = complaint("results.unwritable", why=why_of(error))
        raise PolicyError((why.at(file.as_posix(), 0),))


def why_no_results_here(path: Path) -> Complaint | None:
    """Why no results may be written there; None where they may. Raises OSError where nobody can tell."""
    if str(path) == "-":
        return complaint("results.no-name")
    replaced = output_file.why_not_replaced(path, lambda start: bool(_BEGINNING.match(start)), "results.others")
    return replaced or output_file.why_not_within(path, _why_not_in, "results.elsewhere")


def _why_not_in(folder: Path) -> str | None:
    if folder.name.casefold() == "docs" and output_file.is_beside_conf(folder):
        return say("running.place.pages", folder=folder.name)
    return output_file.why_given_away(folder, _NOT_OURS)


def write_results(results: Results, path: Path) -> bool:
    """Write results, so that at every moment the old file or the new one is there, whole.

    False, and nothing written, where the run is not complete and the file holds a complete run of the same pack and
    organisation, or something that cannot be read.
    """
    if not results.run.complete and not _may_be_replaced(path, results):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with OutputFile(path) as file:
        file.write(as_json(with_sum(results)))
        file.put()
    return True


def _may_be_replaced(path: Path, results: Results) -> bool:
    """Whether nothing is lost when a run that is not complete takes the place of what is there."""
    if not path.exists():
        return True
    try:
        there = read_results(path).run
    except PolicyError:
        return False
    ours = results.run
    return not (there.complete and is_of_same(there, ours))


def is_of_same(one: Run, other: Run) -> bool:
    """Whether two runs are about the same pack and the same organisation."""
    return (one.pack.id, one.organisation.id) == (other.pack.id, other.organisation.id)


def as_json(results: Results) -> str:
    """The text of results.json: the same results give the same bytes."""
    return json.dumps(_plain(results), indent=2, ensure_ascii=False) + "\n"


def _plain(results: Results) -> dict[str, Any]:
    one_of_two = {"run": {"organisation": {"edition"}, "pack": {"folder"}}}  # packs have editions, the others folders
    return results.model_dump(mode="json", by_alias=True, exclude=one_of_two)


def with_sum(results: Results) -> Results:
    """The results with the sum over all else in them."""
    return results.model_copy(update={"sum": _sum_of(_plain(results))})


def _sum_of(data: Mapping[str, object]) -> str:
    return sha256_of(canonical({key: value for key, value in data.items() if key != "sum"}))


def read_results(path: Path, now: datetime | None = None) -> Results:
    """Results as they were written; raises PolicyError where the file is missing, broken or of another format.

    Nothing stands for something else: no `true`, `"3"` or `3.0` for a count, no second key for the first. Where it is
    said what time it is, no run is of a day to come.
    """
    try:
        text = _text_of(path)
        data = json.loads(text, object_pairs_hook=partial(_once_each, path), parse_constant=_no_number)
    except OSError:
        raise _refused(path, "results.missing") from None
    except (ValueError, RecursionError):
        raise _refused(path, "results.not-json") from None
    if not isinstance(data, dict) or data.get("schema") not in (SCHEMA, *OLDER):
        raise _refused(path, "results.other-format", format=SCHEMA)
    if data.get("schema") in OLDER:
        raise _refused(path, "results.older")
    try:
        results = Results.model_validate_json(text, strict=True)
    except ValidationError:
        raise _refused(path, "results.not-as-written") from None
    if results.sum is None or (now and results.run.finished.date() > now.date()):
        raise _refused(path, "results.not-as-written" if results.sum is None else "results.to-come")
    results._changed = results.sum != _sum_of(data)  # noqa: SLF001 - it is made here
    return results


def _text_of(path: Path) -> str:
    """The text of a file; raises OSError, also for what is no file: a pipe is never waited for."""
    if not path.is_file():
        raise FileNotFoundError
    return path.read_text(encoding="utf-8")


def _once_each(path: Path, pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON; other tools keep other ones of two values with one key."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _refused(path, "results.key-twice")
    return found


def _no_number(name: str) -> NoReturn:
    """JSON has no NaN and no Infinity."""
    raise ValueError(name)


def _refused(path: Path, message: str, **places: object) -> PolicyError:
    return PolicyError((Problem.at(path.as_posix(), 0, message, **places),))


def with_examples(results: Results, pack: Pack, last: Path | None) -> Results:
    """The results, each with how the examples of its check fare; `last` is the file of the results before.

    Proving a pack takes as long as running its checks. So what the last results say is taken over wherever it was found
    from the same check, with the same examples, over all the same that rules may name: the digest beside it says so.
    """
    known, proofs = _known(last), Proofs(pack)
    found = {check.id: _tried(check, proofs, known) for check in pack.checks.values() if check.method == "rule"}
    checks = (result.model_copy(update={"examples": found.get(result.id)}) for result in results.checks)
    return results.model_copy(update={"checks": tuple(checks)})


def _known(last: Path | None) -> dict[str, ExamplesTried]:
    """What the last results found, by digest; nothing where there are none that can be read."""
    try:
        checks = read_results(last).checks if last else ()
    except PolicyError:
        return {}
    return {check.examples.digest: check.examples for check in checks if check.examples}


def _tried(check: Check, proofs: Proofs, known: dict[str, ExamplesTried]) -> ExamplesTried:
    digest = proofs.digest(check)
    if digest in known:
        return known[digest]
    proof = proofs.prove(check)
    alike = len(proof.alike)
    return ExamplesTried(tried=proof.tried - alike, caught=proof.caught, alike=alike, gaps=proof.gaps, digest=digest)
