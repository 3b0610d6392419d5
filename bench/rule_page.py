"""Put the figures of `build/bench.json` into the page docs/how-fast.md: tables, and a picture."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.rule_cases import CASES
from bench.rule_picture import picture
from bench.rule_run import CONTENDERS, RESULTS, ROOT, TOO_LONG, Figure, can

PAGE, PICTURE = ROOT / "docs" / "how-fast.md", ROOT / "docs" / "images" / "how-fast.svg"
START, END = "% What follows is written by make bench.\n", "% Until here.\n"
TITLES = {
    "policykit": "policykit",
    "duckdb_sql": "SQL by hand (DuckDB)",
    "dataframely": "dataframely",
    "pointblank": "pointblank",
    "pandera": "pandera on polars",
    "great_expectations": "Great Expectations",
}
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

    def ratio(self, rows: int, case: str) -> float:
        """The computing with which policykit counts what it has opened, beside those of the SQL by hand."""
        ours, hand = (self.figures[rows, case, name] for name in ("policykit", "duckdb_sql"))
        return ours.counting / hand.counting


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
    """What one contender took for one case at one size."""
    if not can(name, case):
        return "cannot say it"
    figure = measured.figures.get((rows, case, name))
    return f"{figure.computing:.1f} s, {figure.mebibytes:,.0f} MB" if figure else "not measured"


def budgets(measured: Measured) -> Iterator[str]:
    """Each budget beside what was measured at the largest size, met or not."""
    rows = measured.sizes[-1]
    yield f"| at {size(rows)} rows | budget | measured | so it is |"
    yield "| --- | ---: | ---: | --- |"
    for case, most in {"row": 1.25, "related": 1.6}.items():
        ratio = measured.ratio(rows, case)
        yield f"| {CASES[case]}: counting, beside SQL by hand | {most}× | {ratio:.2f}× | {_met(ratio, most)} |"
    for case in ("row", "related"):
        peak = measured.figures[rows, case, "policykit"].mebibytes
        yield f"| {CASES[case]}: peak memory | 300 MB | {peak:,.0f} MB | {_met(peak, 300)} |"
    yield ""


def _met(measured: float, most: float) -> str:
    return "met" if measured <= most else "**missed**"


def parts(measured: Measured) -> Iterator[str]:
    """What opening and counting take apart, in seconds of computing, beside the SQL by hand."""
    rows = measured.sizes[-1]
    yield f"| at {size(rows)} rows, seconds of computing | opening | counting | SQL by hand | whole processes |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for case, title in CASES.items():
        ours, hand = (measured.figures.get((rows, case, name)) for name in ("policykit", "duckdb_sql"))
        if ours and hand:
            ratio = ours.computing / hand.computing
            times = f"{ours.opening or 0:.1f} s | {ours.counting:.1f} s | {hand.counting:.1f} s"
            yield f"| {title} | {times} | {ratio:.1f}× |"
    yield ""


def setup(measured: Measured) -> str:
    """When, on what and with which versions it was measured."""
    about = measured.conditions
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (
        f"Measured on {about['date']} with {about['cores']} cores and {about['memory_gib']} GB of memory, shared with "
        f"other work, and Python {about['python']}: {versions}.\n"
        f"Not measured is what took longer than {TOO_LONG} s of computing at the size before, and would need about two "
        "minutes, and what this run was not asked for.\n"
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
