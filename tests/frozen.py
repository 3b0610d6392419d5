"""Frozen outputs: all that readers, officers and developers see of some packs, to hold beside that of another checkout.

Before a change that must change nothing: `python -m tests.frozen make ONE`; after it, `python -m tests.frozen make
OTHER --packs ONE/packs` and `python -m tests.frozen compare ONE OTHER`, which names what differs and ends with 1.
"""

import argparse
import filecmp
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import reference
from tests.judging import run
from tests.random_packs import write_firm, write_pack
from tests.sites import POLICY, ROOT, SECOND, Sources

from policykit.engines.dialects import PostgresDialect, SqliteDialect
from policykit.engines.query import count_query
from policykit.engines.spark_joins import with_joins
from policykit.reading import load_organisation, load_pack, setting_of
from policykit.rules import plain, reads, words_of

RANDOM_PACKS, CHECKS_A_PACK = 60, 30
PACKS = ROOT / "tests" / "packs"
LADDERS = Sources("ladders", PACKS / "ladders", PACKS / "ladders/policy", PACKS / "ladders/street", "2026-10-01")
WRITTEN = (POLICY, SECOND, LADDERS)
VOLATILE = ("id", "started", "finished", "policykit", "engine")
"""What two runs of the same code on the same records need not share."""
BUILT_IN = {"law", "organisation"}


def make(out: Path, packs: Path | None) -> None:
    """Write everything into a folder; the random packs are made there too, where none are given."""
    packs = packs or _random_packs(out / "packs")
    folders = {folder.name: (folder / "policy", folder / "firm") for folder in sorted(packs.iterdir())}
    folders |= {sources.name: (sources.policy, sources.organisation) for sources in WRITTEN}
    for number, (name, (policy, firm)) in enumerate(folders.items(), 1):
        _write(out / "results" / f"{name}.json", lasting(run(policy, firm).model_dump(mode="json", by_alias=True)))
        _write(out / "rules" / f"{name}.txt", "\n".join(_rules(policy, firm)))
        _write(out / "oracle" / f"{name}.txt", "\n".join(map(str, reference.judge(policy, firm))))
        print(f"{number} of {len(folders)}: {name}", flush=True)  # noqa: T201 - progress of long work
    for sources in WRITTEN:
        _of_commands(sources, out)


def _random_packs(folder: Path) -> Path:
    """Packs with random rules on random records, the same ones each time."""
    for number in range(RANDOM_PACKS):
        chance = random.Random(number)  # noqa: S311 - a seed, so that two checkouts see the same
        pack = folder / f"random-{number:02}"
        shutil.copytree(SECOND.policy, pack / "policy")
        write_pack(pack / "policy", chance, CHECKS_A_PACK)
        write_firm(pack / "firm", chance)
    return folder


def _rules(policy: Path, firm: Path) -> Iterator[str]:
    """Of every check with a rule its words, and the query that counts it in four dialects."""
    pack = load_pack(policy)
    organisation = load_organisation(firm, pack)
    setting = setting_of(pack, organisation, organisation.as_at)
    for name, check in sorted(pack.checks.items()):
        if check.method != "rule":
            continue
        marked = {register: fields for register, fields in reads(check, setting).items() if register not in BUILT_IN}
        query = count_query(check, setting, marked)
        yield f"== {name}\n{plain(words_of(check, setting))}"
        yield query.sql("duckdb")
        yield from (said.fit(query.copy()).sql(said.types.dialect) for said in (SqliteDialect(), PostgresDialect()))
        yield with_joins(query).sql("spark")


def lasting(results: dict[str, Any]) -> str:
    """Results without what differs from run to run."""
    run_of = {key: value for key, value in results["run"].items() if key not in VOLATILE}
    checks = [{key: value for key, value in check.items() if key != "seconds"} for check in results["checks"]]
    return json.dumps({"run": run_of, "checks": checks}, indent=1)


def _of_commands(sources: Sources, out: Path) -> None:
    """What check and lint print, results.json, and the digest of every file of the handbook."""
    results, built, at = out / "results.json", out / "handbooks" / sources.name, out / "commands" / sources.name
    options = ["--policy", str(sources.policy), "--organisation", str(sources.organisation)]
    _write(at / "lint.txt", _typed(["lint", *options]))
    _write(at / "check.txt", _typed(["check", *options, "--results", str(results)]).replace(str(out), "OUT"))
    _write(at / "results.json", lasting(json.loads(results.read_text("utf-8"))))
    shown = ("-D", f"policykit_results={results}", "-D", f"policykit_organisation={sources.organisation}")
    settings = [*shown, "-d", str(out / "read")]
    command = ["-m", "sphinx", "-q", "-c", str(sources.conf), *settings, str(sources.docs), str(built)]
    _write(at / "build.txt", _said(command).replace(str(out), "OUT"))
    files = sorted(path for path in built.rglob("*") if path.is_file())
    _write(at / "handbook.txt", "\n".join(f"{_digest(path)} {path.relative_to(built)}" for path in files))
    shutil.rmtree(out / "read")
    results.unlink()


def _typed(words: list[str]) -> str:
    return _said(["-c", "from policykit.cli import main; main()", *words])


def _said(words: list[str]) -> str:
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, env=env, cwd=ROOT)
    return f"{done.stdout}{done.stderr}exit code {done.returncode}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", "utf-8")


def differences(one: Path, other: Path) -> Iterator[str]:
    """The files that differ, or that only one folder has."""
    ours, theirs = (set(_files_of(folder)) for folder in (one, other))
    yield from (f"only in one of them: {path}" for path in sorted(ours ^ theirs))
    both = sorted(ours & theirs)
    yield from (f"differs: {path}" for path in both if not filecmp.cmp(one / path, other / path, shallow=False))


def _files_of(folder: Path) -> Iterator[Path]:
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return (path for path in paths if path.parts[0] != "packs")


def main() -> None:
    """Make, or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("make")
    making.add_argument("out", type=Path)
    making.add_argument("--packs", type=Path)
    comparing = verbs.add_parser("compare")
    comparing.add_argument("one", type=Path)
    comparing.add_argument("other", type=Path)
    given = parser.parse_args()
    if given.verb == "make":
        make(given.out.absolute(), given.packs and given.packs.absolute())
        return
    found = list(differences(given.one, given.other))
    print("\n".join(found) or "equal")  # noqa: T201 - the answer
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
