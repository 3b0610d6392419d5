"""Whether all is as it was left: the ledger's chain, the results that it remembers, and the files of a handbook."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policykit.english import say, sentence
from policykit.memory.ledger import Ledger, read_ledger
from policykit.model.canonical import canonical, sha256_of
from policykit.model.results import LedgerEnd
from policykit.problems import ExitCode, PolicyError, Problem
from policykit.running import Results, read_results

MANIFEST, MANIFEST_SCHEMA = "manifest.json", "policykit-manifest/1"
_NO_PAGES = ".doctrees"
"""What Sphinx keeps of pages between builds, where it is told to keep it in their folder."""


@dataclass(frozen=True)
class Verified:
    """What was looked at, as sentences, and everything that differs from how it was left."""

    looked_at: tuple[str, ...]
    differs: tuple[Problem, ...]

    @property
    def exit_code(self) -> ExitCode:
        """0 where all is whole, 1 where something differs, 2 where there is nothing to verify."""
        if self.differs:
            return ExitCode.GATED
        return ExitCode.OK if self.looked_at else ExitCode.BAD_INPUT


def verify(ledger: Path, results: Path, site: Path | None) -> Verified:
    """Compare a ledger, a file of results and a handbook, as far as they are there, with each other and themselves."""
    looked_at, differs = list[str](), list[Problem]()
    try:
        found = read_ledger(ledger)
    except PolicyError as error:
        return Verified((), error.problems)
    if found.lines:
        runs = sum(line.kind == "run" for line in found.lines)
        looked_at.append(say("memory.verify.ledger", path=ledger, n=runs))
    differs += _faults_of_chain(found)
    if results.exists():
        looked_at.append(say("memory.verify.results", path=results))
        differs += _faults_of_file(results, found)
    if site is not None:
        looked_at.append(say("memory.verify.site", path=site))
        differs += _faults_of_site(site, found)
    return Verified(tuple(looked_at), tuple(dict.fromkeys(differs)))


def trouble(results: Results, ledger: Path) -> str | None:
    """What a page has to say of the memory behind its results, as a sentence; None where all is well, or has none."""
    if results.ledger is None:
        return None
    try:
        found = read_ledger(ledger)
    except PolicyError as error:
        return sentence(error.problems[0].what)
    faults = [*_faults_of_chain(found), *_faults_of_run(found, results.ledger, results.sum, "")]
    return sentence(faults[0].what) if faults else None


def _faults_of_chain(found: Ledger) -> Iterator[Problem]:
    if found.broken is not None:
        yield Problem.at(found.path.as_posix(), found.broken, "ledger.broken")
    if fault := found.fault_at(found.head):
        yield fault


def _faults_of_run(found: Ledger, end: LedgerEnd, total: str | None, path: str) -> Iterator[Problem]:
    """What is wrong with the line that follows an end, where the run of these results should be."""
    if fault := found.fault_at(end, more=1):
        yield fault
    elif found.lines[end.n].data.get("results") != total:
        yield Problem.at(path, 0, "ledger.other-results")


def _faults_of_file(path: Path, found: Ledger) -> Iterator[Problem]:
    try:
        results = read_results(path)
    except PolicyError as error:
        yield from error.problems
        return
    if results.changed_by_hand:
        yield Problem.at(path.as_posix(), 0, "ledger.results-changed")
    elif results.ledger:
        yield from _faults_of_run(found, results.ledger, results.sum, path.as_posix())


# The handbook


def manifest_of(site: Path, results: Results | None, ledger: Ledger) -> bytes:
    """The manifest of a handbook: every file with its digest, the sum of its results, and the ledger's line of them."""
    end = results.ledger if results else None
    if end and ledger.fault_at(end, more=1) is None:
        end = LedgerEnd(n=end.n + 1, head=ledger.lines[end.n].digest)
    said = {
        "schema": MANIFEST_SCHEMA,
        "files": dict(_files_of(site)),
        "results": results.sum if results else None,
        "ledger": end.model_dump() if end else None,
    }
    return canonical(said) + b"\n"


def _files_of(site: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(site.rglob("*")):
        name = file.relative_to(site)
        if file.is_file() and name.parts[0] != _NO_PAGES and name != Path(MANIFEST):
            yield name.as_posix(), sha256_of(file.read_bytes())


def _faults_of_site(site: Path, found: Ledger) -> Iterator[Problem]:
    manifest = _read_manifest(site / MANIFEST)
    if manifest is None:
        yield Problem.at((site / MANIFEST).as_posix(), 0, "ledger.no-manifest")
        return
    said, there = manifest["files"], dict(_files_of(site))
    for name in sorted(said.keys() | there.keys()):
        if said.get(name) != there.get(name):
            how = "added" if name not in said else "changed" if name in there else "gone"
            yield Problem.at((site / name).as_posix(), 0, f"ledger.site.{how}")
    end = manifest["ledger"] and LedgerEnd(**manifest["ledger"])
    if fault := found.fault_at(end):
        yield fault
    elif end and found.lines[end.n - 1].data.get("results", manifest["results"]) != manifest["results"]:
        yield Problem.at((site / MANIFEST).as_posix(), 0, "ledger.other-results")


def _read_manifest(path: Path) -> Mapping[str, Any] | None:
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        data: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        if data["schema"] == MANIFEST_SCHEMA and isinstance(data["files"], dict) and "results" in data:
            LedgerEnd(**(data["ledger"] or {"n": 0, "head": ""}))
            return data
    return None
