"""Measure policykit beside plain Sphinx, plain sphinx-needs and SQL by hand: `make bench`, or `make bench SIZES=1000`.

Seconds depend on the machine and on what else it does; the ratios of one run are what counts, and those of computing
hardly depend on the neighbours.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.handbooks import write_needs, write_plain
from bench.made_pack import write_pack
from bench.measuring import SCRIPTS, Cost, cost_of, median_of, told_by
from bench.rows import write_rows
from bench.sizes import size_lines, weight_lines

ROOT = Path(__file__).parents[1]
TIMES = 3
CHECKED = (0, 1, 3)
LARGE, PLANTED = 1_000_000, {"CHK-TRAIN-TOPICS": 70, "CHK-DECISION-COMPLETE": 30}


def say(what: str, cost: Cost, beside: Cost | None = None) -> None:
    """Print one figure, and its ratio to another."""
    figures = f"{cost.seconds:8.2f} s, computing {cost.computing:6.2f} s, {cost.mebibytes:4.0f} MiB"
    ratios = (
        f"   {cost.seconds / beside.seconds:.2f}x, computing {cost.computing / beside.computing:.2f}x" if beside else ""
    )
    print(f"  {what:<44}{figures}{ratios}", flush=True)


def build(project: Path, *, fresh: bool) -> Cost:
    """Build a project, from nothing or on top of the last build."""
    out = Path(tempfile.mkdtemp(dir=project)) if fresh else project / "last"
    return cost_of((SCRIPTS / "sphinx-build", "-q", "-c", ".", "-d", out / "read", "docs", out / "html"), project)


def check(project: Path) -> Cost:
    """Run every check of a project and keep the results where its handbook looks for them."""
    command = (SCRIPTS / "policykit", "check", "--policy", "policy", "--results", "build/results.json")
    return cost_of(command, project, accepted=CHECKED)


def change_one_result(project: Path) -> None:
    """Let the first check come out differently, as if one record had changed."""
    path = project / "build" / "results.json"
    results = json.loads(path.read_text("utf-8"))
    results["checks"][0] |= {"outcome": "stale", "reason": "the records are old"}
    path.write_text(json.dumps(results), "utf-8")


def compare_builds(folder: Path, duties: int) -> None:
    """Build the same text three ways, clean and again, and say how they compare."""
    writers: dict[str, Callable[[Path, int], None]] = {"plain": write_plain, "needs": write_needs, "ours": write_pack}
    for name, write in writers.items():
        write(folder / name, duties)
    print(f"{duties} duties, {duties} checks, 50 provisions, 22 sentences on 20 pages")
    say("policykit check", check(folder / "ours"))
    costs = {name: median_of(TIMES, partial(build, folder / name, fresh=True)) for name in writers}
    say("plain Sphinx, admonitions: clean", costs["plain"])
    say("plain sphinx-needs: clean", costs["needs"], costs["plain"])
    say("policykit: clean, beside plain Sphinx", costs["ours"], costs["plain"])
    say("policykit: clean, beside sphinx-needs", costs["ours"], costs["needs"])
    rebuild(folder)


def rebuild(folder: Path) -> None:
    """Build again with nothing changed, three ways, and ours with one result changed."""
    for name, title in {"plain": "plain Sphinx", "needs": "plain sphinx-needs", "ours": "policykit"}.items():
        build(folder / name, fresh=False)
        unchanged = median_of(TIMES, partial(build, folder / name, fresh=False))
        say(f"{title}: nothing changed", unchanged)
    change_one_result(folder / "ours")
    say("policykit: one result changed, to the above", build(folder / "ours", fresh=False), unchanged)


def measure_example(folder: Path) -> None:
    """Check and build the handbook that is in the repository."""
    results = folder / "results.json"
    command = (SCRIPTS / "policykit", "check", "--results", results)
    print("The example organisation and its handbook")
    say("policykit check", median_of(TIMES, lambda: cost_of(command, ROOT, accepted=CHECKED)))
    shown = ("-D", f"policykit_results={results}", "-D", "policykit_organisation=policy/example")
    options = ("-q", "-c", ".", *shown, "-d", folder / "read")
    building = (SCRIPTS / "sphinx-build", *options, "docs", folder / "html")
    say("handbook: clean", cost_of(building, ROOT))
    say("handbook: nothing changed", cost_of(building, ROOT))
    for line in (*weight_lines(folder / "html"), *size_lines(ROOT / "src" / "policykit")):
        print(f"  {line}")


def measure_large(folder: Path) -> None:
    """Make an organisation of a million rows with planted breaches, and check it; ends where others are found."""
    folder.mkdir(parents=True)
    home, results = folder / "large", folder / "results.json"
    plants = [word for check, number in PLANTED.items() for word in ("--plant", f"{check}={number}")]
    print(f"A made-up organisation whose largest register has {LARGE:,} rows")
    say("made up", cost_of((sys.executable, "-m", "bench.made_up", home, "--size", LARGE, *plants), ROOT))
    command = (SCRIPTS / "policykit", "check", "--organisation", home, "--results", results)
    say("policykit check", cost_of(command, ROOT, accepted=CHECKED))
    checks = json.loads(results.read_text("utf-8"))["checks"]
    found = {check["id"]: (check["rows"] or check["counts"])["violate"] for check in checks if check["counts"]}
    if {check: number for check, number in found.items() if number} != PLANTED:
        sys.exit("policykit check does not find what was planted")


def compare_counting(folder: Path) -> None:
    """Count one rule on ten million rows, as policykit does and by hand."""
    write_rows(folder)
    print("One rule on a CSV of 10 million rows")
    for way, title in {"hand": "SQL by hand", "ours": "policykit"}.items():
        cost, said = told_by((sys.executable, "-m", "bench.rows", way, folder), ROOT)
        times = json.loads(said)
        print(f"  {title:<44} load {times['load']:.2f} s, query {times['query']:.3f} s, peak {cost.mebibytes:.0f} MiB")


def main(sizes: list[int]) -> None:
    """Measure everything, for packs of the given numbers of duties."""
    with tempfile.TemporaryDirectory() as folder:
        measure_example(Path(folder) / "example")
        measure_large(Path(folder) / "large")
        for duties in sizes:
            compare_builds(Path(folder) / str(duties), duties)
        compare_counting(Path(folder) / "rows")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
