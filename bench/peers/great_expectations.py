"""Great Expectations on pandas: each rule as four expectations, because a clause is one and a blank passes it.

Its rows are counted apart: not the first clause; not the second where the first may hold; blank in either where the
other may hold. Validation results say how many rows each expectation found against it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import great_expectations as gx
import pandas as pd
from bench.peers.expressions import READS
from bench.rule_cases import AS_AT, DONE, SINCE, THRESHOLDS, Counts, answer, training_file
from great_expectations import expectations as gxe

DAY = "done_on"


def count(case: str, folder: Path) -> Iterator[Counts]:
    """Validate one suite, and add up what its expectations found; the results come in an order of their own."""
    frame = _read(folder, case)
    rules = list(_rules(case))
    source = gx.get_context(mode="ephemeral").data_sources.add_pandas("records")
    batch = source.add_dataframe_asset("training").add_batch_definition_whole_dataframe("all")
    suite = gx.ExpectationSuite("rules", expectations=[made for rule in rules for made in rule])
    against: Counter[str] = Counter()
    for result in batch.get_batch({"dataframe": frame}).validate(suite, result_format="SUMMARY").results:
        against[result.expectation_config.meta["adds_to"]] += int(result.result["unexpected_count"])
    for number in range(len(rules)):
        violate, unknown = against[f"violate {number}"], against[f"unknown {number}"]
        yield Counts(len(frame) - violate - unknown, violate, unknown)


def _rules(case: str) -> Iterator[list[gxe.Expectation]]:
    if case == "twenty":
        for number, rule in enumerate(THRESHOLDS):
            scored = partial(gxe.ExpectColumnValuesToBeBetween, column="score", min_value=rule.least)
            yield _rule(number, scored, f"score.isna() or score >= {rule.least}", rule.since)
        return
    listed = partial(gxe.ExpectColumnValuesToBeInSet, column="outcome", value_set=list(DONE))
    yield _rule(0, listed, f"outcome.isna() or outcome in {list(DONE)}", SINCE)


def _rule(number: int, first: Callable[..., gxe.Expectation], may_first: str, since: date) -> list[gxe.Expectation]:
    """The expectations of one rule: of its first clause, of its second, and of the blanks of each."""
    field = may_first.partition(".")[0]
    violate, unknown = {"adds_to": f"violate {number}"}, {"adds_to": f"unknown {number}"}
    first_holds = {"row_condition": f"({may_first}) and not {field}.isna()", "condition_parser": "pandas"}
    first_may = {"row_condition": may_first, "condition_parser": "pandas"}
    second_may = {
        "row_condition": f'{DAY}.isna() or ("{since}" <= {DAY} <= "{AS_AT}")',
        "condition_parser": "pandas",
    }
    days = {"min_value": pd.Timestamp(since), "max_value": pd.Timestamp(AS_AT)}
    return [
        first(meta=violate),
        gxe.ExpectColumnValuesToBeBetween(column=DAY, meta=violate, **days, **first_may),
        gxe.ExpectColumnValuesToNotBeNull(column=field, meta=unknown, **second_may),
        gxe.ExpectColumnValuesToNotBeNull(column=DAY, meta=unknown, **first_holds),
    ]


def _read(folder: Path, case: str) -> pd.DataFrame:
    path = training_file(folder, case)
    if case == "csv":
        return pd.read_csv(path, usecols=READS[case], parse_dates=[DAY])
    frame = pd.read_parquet(path, columns=READS[case])
    return frame.assign(done_on=pd.to_datetime(frame[DAY]))


if __name__ == "__main__":
    answer({case: partial(count, case) for case in ("row", "twenty", "csv")})
