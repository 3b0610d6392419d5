"""Put the figures of `build/bench.json` into the page docs/how-fast.md: tables, and a picture."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.rule_cases import CASES
from bench.rule_picture import picture
from bench.rule_run import CONTENDERS, ONCE, RESULTS, ROOT, TIMES, TOO_LONG, Figure, can

PAGE, PICTURE = ROOT / "docs" / "how-fast.md", ROOT / "docs" / "images" / "how-fast.svg"
START, END = "% What follows is written by make bench.\n", "% Until here.\n"
TITLES = {
    "policykit": "policykit check",
    "policykit_engine": "policykit from Python",
    "duckdb_sql": "SQL by hand (DuckDB)",
    "dataframely": "dataframely",
    "pointblank": "pointblank",
    "pandera": "pandera on polars",
    "great_expectations": "Great Expectations",
}
#: The most that counting may take beside SQL by hand, and MiB of memory at the peak.
BUDGETS, PEAK = {"row": 1.25, "related": 1.6}, 300
SIZES = {100_000: "100,000", 1_000_000: "1 million", 10_000_000: "10 million"}


@dataclass(frozen=True)
class Measured:
    """All figures of one run of the benchmark, and what it was run on."""

    figures: Mapping[tuple[int, str, str], Figure]
    conditions: Mapping[str, Any]

    @property
    def sizes(self) -> list[int]:
        """The sizes measured, in rows of training."""
        return sorted({rows for rows, _, _ in self.figures})

    def counting(self, rows: int, case: str) -> float:
        """The computing with which policykit counts what it has opened, beside that of the SQL by hand."""
        ours, hand = (self.figures[rows, case, name] for name in ("policykit_engine", "duckdb_sql"))
        return ours.counting / hand.counting

    def whole(self, rows: int, case: str) -> float:
        """The computing of the whole of `policykit check`, beside that of the whole process of the SQL by hand."""
        ours, hand = (self.figures[rows, case, name] for name in ("policykit", "duckdb_sql"))
        return ours.computing / hand.computing

    def was_slow(self, rows: int, case: str, name: str) -> bool:
        """Whether a contender took too long at a smaller size to be asked for so many rows."""
        before = (self.figures.get((smaller, case, name)) for smaller in self.sizes if smaller < rows)
        return any(figure.computing > TOO_LONG for figure in before if figure)


def read() -> Measured:
    """Read what the last run has left."""
    kept = json.loads(RESULTS.read_text("utf-8"))
    figures = [Figure(**one) for one in kept.pop("figures")]
    return Measured({(one.rows, one.case, one.contender): one for one in figures}, kept)


def size(rows: int) -> str:
    """A number of rows in words."""
    return SIZES.get(rows, f"{rows:,}")


def tables(measured: Measured) -> Iterator[str]:
    """One table for each case: a row for each contender, and for each size seconds of computing and peak memory."""
    for case, title in CASES.items():
        yield f"### {title}\n"
        if not any(measured_case == case for _, measured_case, _ in measured.figures):
            yield "Not measured in this run.\n"
            continue
        yield "| contender | " + " | ".join(f"{size(rows)} rows" for rows in measured.sizes) + " |"
        yield "| --- |" + " ---: |" * len(measured.sizes)
        for name in CONTENDERS:
            cells = (cell(measured, rows, case, name) for rows in measured.sizes)
            yield f"| {TITLES[name]} | {' | '.join(cells)} |"
        yield ""


def cell(measured: Measured, rows: int, case: str, name: str) -> str:
    """What one contender took for one case at one size, or why that is not known."""
    if not can(name, case):
        return "cannot say it"
    figure = measured.figures.get((rows, case, name))
    if figure is None:
        return "left out, too slow" if measured.was_slow(rows, case, name) else "not asked for"
    return f"{figure.computing:.1f} s, {figure.mebibytes:,.0f} MB{', run once' * (figure.times == 1)}"


def budgets(measured: Measured) -> Iterator[str]:
    """Each budget beside what was measured at the largest size, kept or not; and, without a budget, whole processes."""
    rows = measured.sizes[-1]
    yield f"| at {size(rows)} rows | budget | measured | within budget |"
    yield "| --- | ---: | ---: | --- |"
    for case, most in BUDGETS.items():
        ratio, whole = measured.counting(rows, case), measured.whole(rows, case)
        peak = measured.figures[rows, case, "policykit"].mebibytes
        yield f"| {CASES[case]}: counting, beside SQL by hand | {most}× | {ratio:.2f}× | {_within(ratio, most)} |"
        yield f"| {CASES[case]}: peak of `policykit check` | {PEAK} MB | {peak:,.0f} MB | {_within(peak, PEAK)} |"
        yield f"| {CASES[case]}: whole processes, beside SQL by hand | none | {whole:.1f}× | no budget |"
    yield ""


def _within(measured: float, most: float) -> str:
    return "yes" if measured <= most else "**no**"


def parts(measured: Measured) -> Iterator[str]:
    """What opening, counting and all else take, in seconds of computing, beside the SQL by hand."""
    rows = measured.sizes[-1]
    yield (
        f"| at {size(rows)} rows, seconds of computing | opening | counting | all else | `policykit check` in all "
        "| SQL by hand, counting | SQL by hand in all | in all, beside SQL by hand |"
    )
    yield "| --- |" + " ---: |" * 7
    for case, title in CASES.items():
        keys = [(rows, case, name) for name in ("policykit", "policykit_engine", "duckdb_sql")]
        if all(key in measured.figures for key in keys):
            yield f"| {title} | {_parts(*(measured.figures[key] for key in keys))} |"
    yield ""


def _parts(whole: Figure, engine: Figure, hand: Figure) -> str:
    opening = engine.opening or 0
    ours = [opening, engine.counting, whole.computing - opening - engine.counting, whole.computing]
    seconds = [f"{number:.2f} s" for number in (*ours, hand.counting, hand.computing)]
    return " | ".join([*seconds, f"{whole.computing / hand.computing:.1f}×"])


def setup(measured: Measured) -> str:
    """When, on what and with which versions it was measured."""
    about = measured.conditions
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (
        f"Measured on {about['date']} with {about['cores']} cores and {about['memory_gib']} GB of memory and Python "
        f"{about['python']}: {versions}.\n"
        f"Each figure is of {TIMES} runs; a contender that took more than {ONCE} s of computing was run once. Who took "
        f"more than {TOO_LONG} s is left out at the next size: ten times as many rows would take it minutes.\n"
    )


def write(measured: Measured) -> None:
    """Write the tables between the page's two marks, and the picture beside it."""
    before, _, rest = PAGE.read_text("utf-8").partition(START)
    after = rest.partition(END)[2]
    lines = [setup(measured), *budgets(measured), *parts(measured), *tables(measured)]
    PAGE.write_text(f"{before}{START}\n" + "\n".join(lines) + f"\n{END}{after}", "utf-8")
    rows = measured.sizes[-1]
    panels = {
        title: {TITLES[name]: measured.figures.get((rows, case, name)) for name in CONTENDERS if can(name, case)}
        for case, title in CASES.items()
    }
    known = {title: figures for title, figures in panels.items() if any(figures.values())}
    PICTURE.write_text(picture(f"{size(rows)} rows", known), "utf-8")


if __name__ == "__main__":
    write(read())
