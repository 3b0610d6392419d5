"""DuckDB's SQL as somebody who knows it well writes it for just these files: three counts, and nothing else.

It does not look whether a key is blank or stands twice, whether a value can be read, or which bytes were counted.
"""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import duckdb
from bench.rule_cases import AS_AT, DONE, SINCE, THRESHOLDS, TOPIC, Counts, answer

RIGHT = f"outcome IN {DONE} AND done_on BETWEEN DATE '{SINCE}' AND DATE '{AS_AT}'"
PARQUET = "read_parquet('{folder}/training.parquet')"
CSV = (
    "read_csv('{folder}/training.csv', auto_detect = false, header = true, delim = ',', columns = "
    "{{'training_ref': 'VARCHAR', 'person_ref': 'VARCHAR', 'topic': 'VARCHAR', 'outcome': 'VARCHAR', "
    "'done_on': 'DATE', 'score': 'INTEGER'}})"
)
THREE = (
    "sum(CASE WHEN {it} THEN 1 ELSE 0 END), sum(CASE WHEN NOT ({it}) THEN 1 ELSE 0 END), "
    "sum(CASE WHEN ({it}) IS NULL THEN 1 ELSE 0 END)"
)
#: The best row of each person decides: 2 where one conforms, 1 where one may, else nothing.
RELATED = f"""
WITH best AS (
  SELECT person_ref, max(CASE WHEN {RIGHT} AND topic = '{TOPIC}' THEN 2 ELSE 1 END) AS found
  FROM read_parquet('{{folder}}/training.parquet')
  WHERE (topic = '{TOPIC}' OR topic IS NULL) AND ({RIGHT} OR ({RIGHT}) IS NULL)
  GROUP BY person_ref
)
SELECT sum(CASE WHEN status = 'working' AND found = 2 THEN 1 ELSE 0 END),
       sum(CASE WHEN status = 'working' AND found IS NULL THEN 1 ELSE 0 END),
       sum(CASE WHEN status IS NULL OR (status = 'working' AND found = 1) THEN 1 ELSE 0 END)
FROM read_parquet('{{folder}}/staff.parquet') LEFT JOIN best USING (person_ref)
"""  # noqa: S608 - of our own constants


def ask(query: Callable[[], str], folder: Path) -> Iterator[Counts]:
    """Ask one query, and give its numbers three by three."""
    with duckdb.connect() as database:
        database.execute("SET enable_progress_bar = false")
        start = time.process_time()
        numbers = database.execute(query().format(folder=folder)).fetchone() or ()
        print(json.dumps({"counting": time.process_time() - start}))
    for first in range(0, len(numbers), 3):
        yield Counts(*map(int, numbers[first : first + 3]))


def one_rule(rows: str) -> str:
    """The rule of two clauses over some rows."""
    return f"SELECT {THREE.format(it=RIGHT)} FROM {rows}"  # noqa: S608 - of our own constants


def twenty_rules() -> str:
    """All twenty rules in one pass, which is faster than twenty queries."""
    rules = (f"score >= {rule.least} AND done_on BETWEEN DATE '{rule.since}' AND DATE '{AS_AT}'" for rule in THRESHOLDS)
    return f"SELECT {', '.join(THREE.format(it=it) for it in rules)} FROM {PARQUET}"  # noqa: S608 - of our own constants


QUERIES: dict[str, Callable[[], str]] = {
    "row": partial(one_rule, PARQUET),
    "related": lambda: RELATED,
    "twenty": twenty_rules,
    "csv": partial(one_rule, CSV),
}

if __name__ == "__main__":
    answer({case: partial(ask, query) for case, query in QUERIES.items()})
