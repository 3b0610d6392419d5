"""Rules on rows that a program has: one row judged, tables counted, and the statement that counts."""

import csv
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chance import drawing
from tests.databases import Server
from tests.ladders import LADDERS
from tests.sites import POLICY, SECOND, Sources
from tests.strategies import checks, worlds
from tests.test_door import told
from tests.test_engines_sql_property import fill
from tests.units import World, opened, units

import policykit as pk
from policykit.door import Rule
from policykit.engines import Counted, Engines
from policykit.model.registers import Value
from policykit.model.results import Counts
from policykit.reading import Ground
from policykit.rules import Check, Values, judge_unit

CHECKS_IN_A_WORLD = 10
LOAN = {"loan_ref": "B-1", "due_on": "2026-09-10", "back_on": "2026-09-10"}
LATE = {**LOAN, "loan_ref": "B-2", "back_on": "2026-09-11"}

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Streaming:
    """A table of no library: nothing but an Arrow stream, which DuckDB makes of a query."""

    query: str

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The capsule."""
        return duckdb.connect().sql(self.query).__arrow_c_stream__(requested_schema)


@pytest.fixture(scope="module")
def back() -> Rule:
    """The rule that a loan is back on its day."""
    return pk.load(LADDERS / "policy").rule("CHK-BACK")


@pytest.fixture(scope="module")
def topics() -> Rule:
    """A rule of the first policy with a for_each, which looks up another register and the law."""
    return pk.load(POLICY.policy).rule("CHK-TRAIN-TOPICS")


@st.composite
def rules(draw: st.DrawFn) -> tuple[World, list[Check], bool]:
    """A world, checks that fit it, and whether its rows are given as text."""
    world = draw(worlds())
    found = draw(st.lists(checks(world.setting.as_at), min_size=CHECKS_IN_A_WORLD, max_size=CHECKS_IN_A_WORLD))
    return world, found, draw(st.booleans())


def rule_in(world: World, check: Check, ground: Ground) -> Rule:
    """A check as a rule on the ground of a world; only where it stands is that of a real policy."""
    ours = Ground.of(ground.pack, ground.organisation, world.setting.as_at)
    vars(ours).update(setting=world.setting, built_in={"law": world.tables["law"]})
    return Rule(check, ours)


def written(value: Value | None, *, as_text: bool) -> object:
    """A value as a program may give it; a blank in two ways."""
    if not as_text or value is None:
        return "" if as_text else value
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def given_as(rows: Sequence[Values], *, as_text: bool) -> Rows:
    """Rows as a program may give them."""
    return [{field: written(value, as_text=as_text) for field, value in row.items()} for row in rows]


def others_of(check: Check, world: World, *, as_text: bool) -> dict[str, Rows]:
    """The rows of all registers but the check's own and the law."""
    names = world.tables.keys() - {check.register_, "law"}
    return {name: given_as(world.tables[name], as_text=as_text) for name in names}


@drawing(CHECKS_IN_A_WORLD)
@given(case=rules())
def test_a_row_is_judged_as_the_reference_meaning_says(back: Rule, case: tuple[World, list[Check], bool]) -> None:
    """Every unit of random rules over random rows, given as text or as values."""
    world, found, as_text = case
    for check in found:
        rule, related = rule_in(world, check, back.ground), others_of(check, world, as_text=as_text)
        for unit in units(check, world):
            rest = [row for row in world.tables[str(check.register_)] if row is not unit.values]
            mine = {str(check.register_): given_as(rest, as_text=as_text)}
            (row,) = given_as([unit.values], as_text=as_text)
            assert rule.judge(row, related | mine, unit.each) == judge_unit(check, unit, world.setting)


@drawing(4 * CHECKS_IN_A_WORLD)
@given(case=rules())
def test_rows_are_counted_as_their_csv_files_are(
    back: Rule, case: tuple[World, list[Check], bool], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Random rules over random rows, given as text or as values."""
    world, found, as_text = case
    folder = tmp_path_factory.mktemp("csv")
    with Engines() as engine:
        engine.build_in(world.setting.registers["law"], world.tables["law"])
        for name in world.tables.keys() - {"law"}:
            engine.open(world.setting.registers[name], csv_of(world, name, folder))
        for check in found:
            counted, rule = engine.count(check, world.setting), rule_in(world, check, back.ground)
            own = given_as(world.tables[str(check.register_)], as_text=as_text)
            assert isinstance(counted, Counted)
            assert rule.count(own, others_of(check, world, as_text=as_text)) == counted.counts


def csv_of(world: World, name: str, folder: Path) -> Path:
    """The records of a register as a CSV file."""
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(world.setting.registers[name].fields))
        writer.writeheader()
        writer.writerows(given_as(world.tables[name], as_text=True))
    return path


@pytest.mark.parametrize("sources", [POLICY, SECOND], ids=["policy", "kitchens"])
def test_records_are_counted_as_a_run_counts_them(sources: Sources) -> None:
    """Every rule of a policy, on the texts of the very files."""
    assert_counted_as_in_a_run(sources, texts_of)


def texts_of(path: Path) -> Rows:
    """The records of a CSV file, as text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def assert_counted_as_in_a_run(sources: Sources, read: Callable[[Path], object]) -> None:
    """Each rule that a run counts on an organisation's files counts the same on what somebody else reads there."""
    policy = pk.load(sources.policy)
    firm = policy.organisation(sources.organisation)
    files = {name: firm.folder / str(record.source) for name, record in firm.profile.records.items()}
    tables: dict[str, Any] = {name: read(path) for name, path in files.items() if path.exists()}
    results = [each for each in pk.check(policy, firm, as_at=sources.as_at) if each.method == "rule" and each.counts]

    assert len(results) > 10
    for result in results:
        rule = policy.rule(result.id, firm, sources.as_at)
        own = str(rule.check.register_)
        related = {name: table for name, table in tables.items() if name != own}
        table = tables.get(own, [{**firm.facts, "id": firm.profile.id}])
        assert (result.id, rule.count(table, related)) == (result.id, result.counts)


@drawing(4 * CHECKS_IN_A_WORLD)
@given(case=rules())
def test_the_statement_that_is_shown_counts(back: Rule, case: tuple[World, list[Check], bool]) -> None:
    """On tables that are named and typed as the registers are, in DuckDB and in SQLite, it says what `count` says."""
    world, found, _ = case
    with opened(World(world.setting, {**world.tables, "law": ()})) as duck, in_sqlite(world) as lite:
        for check in found:
            rule = rule_in(world, check, back.ground)
            own = given_as(world.tables[str(check.register_)], as_text=False)
            counts = rule.count(own, others_of(check, world, as_text=False))
            assert states(duck.execute(rule.sql("duckdb")).fetchall()) == counts
            assert states(lite.execute(rule.sql("sqlite")).fetchall()) == counts


@drawing(16 * CHECKS_IN_A_WORLD)
@given(case=rules())
def test_postgres_understands_the_statement_that_is_shown(
    back: Rule, case: tuple[World, list[Check], bool], server: Server
) -> None:
    """On tables of its own types, and with the law in the statement itself."""
    world, found, _ = case
    schema = server.new_schema()
    fill(schema, world, as_text=False)
    with psycopg.connect(schema.url) as connection:
        for check in found:
            rule = rule_in(world, check, back.ground)
            own = given_as(world.tables[str(check.register_)], as_text=False)
            lines = connection.execute(rule.sql("postgres").encode()).fetchall()
            assert states(lines) == rule.count(own, others_of(check, world, as_text=False))


def states(lines: Sequence[tuple[Any, ...]]) -> Counts:
    """The counts from the answer of a statement."""
    found = [0, 0, 0, 0]
    for part, _, state, number in lines:
        if part == "unit":
            found[state] += number
    out, conform, unknown, violate = found
    in_scope = conform + unknown + violate
    return Counts(in_scope=in_scope, conform=conform, violate=violate, unknown=unknown, out=out, unreadable=0)


def in_sqlite(world: World) -> sqlite3.Connection:
    """The records of a world but the law: days are text there, yes and no 1 and 0."""
    database = sqlite3.connect(":memory:")
    for name in world.tables.keys() - {"law"}:
        fields = list(world.setting.registers[name].fields)
        columns = [f'"{field}{" or not" if field in {"true", "false"} else ""}"' for field in fields]
        database.execute(f'CREATE TABLE "{name}" ({", ".join(columns)})')
        rows = [[day_as_text(row[field]) for field in fields] for row in world.tables[name]]
        database.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" for _ in fields)})', rows)  # noqa: S608 - names are our own
    return database


def day_as_text(value: Value | None) -> Value | None:
    """A value as SQLite keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def test_a_rule_speaks_every_dialect_and_brings_the_law_with_it() -> None:
    """Each statement is of its own dialect and holds the periods of every provision: it needs nothing else."""
    policy = pk.load(POLICY.policy)
    rule = policy.rule("CHK-MODULE-LAW")
    begun = [id_ for id_, provision in policy.provisions.items() if provision.periods]
    statements = {dialect: rule.sql(dialect) for dialect in ("duckdb", "postgres", "spark", "sqlite")}

    assert len(set(statements.values())) == len(statements)
    assert all(f"'{id_}'" in statement for statement in statements.values() for id_ in begun)
    assert rule.sql() == statements["duckdb"]
    assert "EXISTS" not in statements["spark"]


def test_a_row_passes_fails_cannot_be_told_or_is_out(back: Rule) -> None:
    """The four things that a rule can say, of values of every form."""
    assert back.judge(LOAN) == "pass"
    assert back.judge(LATE) == "fail"
    assert back.judge({**LOAN, "due_on": date(2026, 9, 9)}) == "fail"
    assert back.judge({**LOAN, "due_on": datetime(2026, 9, 10)}) == "pass"  # noqa: DTZ001 - of no time zone
    assert {back.judge({**LOAN, "due_on": blank}) for blank in (None, "", "  ", float("nan"))} == {"unknown"}


def test_a_row_is_judged_on_any_day(back: Rule) -> None:
    """On the day of the rule, unless another is given."""
    unreturned = {**LOAN, "back_on": None, "due_on": "2026-12-24"}

    assert back.judge(unreturned, as_at="2026-12-24") != back.judge(unreturned, as_at=date(2026, 12, 25)) == "fail"


def test_a_rule_that_looks_up_rows_is_given_them(topics: Rule) -> None:
    """A register that was forgotten is no empty one, or a row could pass because nobody looked."""
    row = dict.fromkeys(topics.ground.setting.registers[str(topics.check.register_)].fields)

    (missing,) = told(lambda: topics.judge(row, each="basis"))
    misspelt = told(lambda: topics.count([], {"trainng": []}))

    assert "the rule looks up `training`, and `related` has no rows of it - give them, an empty list" in missing
    assert told(lambda: topics.count([])) == [missing]
    assert len(misspelt) == 2
    assert misspelt[0].endswith(
        "`related` names `trainng`, which is no register of the policy - did you mean `training`?"
    )


def test_a_row_is_judged_among_the_other_rows_of_its_register(back: Rule) -> None:
    """What a rule asks of all rows, it asks of those that are given beside the one that is judged."""
    once = back.check.model_dump(by_alias=True) | {"must": [{"test": "unique", "fields": ["due_on"]}]}
    rule = Rule(Check.model_validate(once), back.ground)

    assert rule.judge(LOAN) == rule.judge(LOAN, {"loans": [{**LATE, "due_on": "2026-09-11"}]}) == "pass"
    assert rule.judge(LOAN, {"loans": [LATE]}) == "fail"
    assert rule.count([LOAN, LATE]).violate == 2


def test_the_value_of_a_for_each_is_given_where_there_is_one(back: Rule, topics: Rule) -> None:
    """Neither side guesses it."""
    assert any("say for which in `each`" in each for each in told(lambda: topics.judge({})))
    assert told(lambda: back.judge(LOAN, each="x"))


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "missing": ({"loan_ref": "B-1", "due_on": None}, "a row of `loans` has no `back_on`"),
    "float": ({**LOAN, "back_on": 20260910.25}, "`back_on` of `loans` is given as float, and a day is needed"),
    "int": ({**LOAN, "back_on": 46275}, "`back_on` of `loans` is given as int, and a day is needed"),
    "noon": ({**LOAN, "back_on": datetime(2026, 9, 10, 12)}, "as datetime that is not midnight"),  # noqa: DTZ001
    "zone": ({**LOAN, "back_on": datetime(2026, 9, 10, tzinfo=UTC)}, "as datetime with a time zone"),
    "bytes": ({**LOAN, "back_on": b"2026-09-10"}, "given as bytes"),
    "surrogate": ({**LOAN, "back_on": "2026-09-1\ud800"}, "text that is no Unicode"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_value_that_cannot_be_is_told_by_its_field_and_type_only(case: str, back: Rule) -> None:
    """The same of a row that is judged and of a table that is counted, where the check stands; never the value."""
    row, what = WRONG[case]

    judged, counted = told(lambda: back.judge(row)), told(lambda: back.count([LATE, row, row]))

    assert judged == counted
    (problem,) = judged
    assert problem.startswith(f"{(LADDERS / 'policy' / 'checks' / 'all.yaml').as_posix()}:")
    assert what in problem
    assert not any(part in problem for part in ("2026-09", "20260910", "46275", "B-1"))


def test_text_that_cannot_be_read_is_not_judged_and_is_counted_as_such(back: Rule) -> None:
    """Nothing is guessed: of one row there is no verdict, of a table it is one that was not counted."""
    wrong = {**LOAN, "loan_ref": "B-3", "back_on": "10/09/2026"}

    (problem,) = told(lambda: back.judge(wrong))
    counts = back.count([LOAN, LATE, wrong])

    assert "`back_on` of `loans` cannot be read as a date" in problem
    assert "10/09" not in problem
    assert (counts.conform, counts.violate, counts.unreadable) == (1, 1, 1)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([LOAN, LOAN], "two rows have the same key"),
        ([LOAN, {**LATE, "loan_ref": None}], "the key of 1 row is blank or cannot be read"),
        ([{"due_on": None, "back_on": None}], "a row of `loans` has no `loan_ref`"),
        ("B-1", "the rows of `loans` are no list of dicts"),
        ({"loan_ref": ["B-1"]}, "the rows of `loans` are no list of dicts"),
        (7, "the rows of `loans` are no list of dicts"),
        (Streaming("SELECT 'B-1' AS loan_ref"), "the columns due_on and back_on are missing"),
        (
            Streaming("SELECT 'B-1' AS loan_ref, DATE '2026-09-10' AS due_on, 20260910 AS back_on"),
            "the column back_on holds whole numbers, and days are needed",
        ),
        (
            Streaming("SELECT 'B-1' AS loan_ref, DATE '2026-09-10' AS due_on, TIMESTAMP '2026-09-10 12:00' AS back_on"),
            "the column back_on holds a time of day, and days are needed",
        ),
        (
            Streaming("SELECT NULL AS loan_ref, DATE '2026-09-10' AS due_on, NULL AS back_on FROM RANGE(2)"),
            "the keys of 2 rows are blank or cannot be read",
        ),
    ],
    ids=["same", "blank", "none", "text", "dict", "number", "missing", "int", "noon", "keys"],
)
def test_a_table_that_is_no_register_is_refused_without_a_value(rows: object, why: str, back: Rule) -> None:
    """Its keys are recorded and unique, and it has every field that the rule reads."""
    (problem,) = told(lambda: back.count(rows))

    assert why in problem
    assert "B-1" not in problem


STREAMS = {
    "typed": "SELECT 'B-' || i AS loan_ref, DATE '2026-09-10' AS due_on, DATE '2026-09-09' + i::INT AS back_on",
    "text": "SELECT 'B-' || i AS loan_ref, ' 2026-09-10 ' AS due_on, (DATE '2026-09-09' + i::INT)::TEXT AS back_on",
    "midnight": "SELECT 'B-' || i AS loan_ref, TIMESTAMP_NS '2026-09-10' AS due_on,"
    " TIMESTAMP '2026-09-09' + INTERVAL 1 DAY * i AS back_on",
    "more": "SELECT i AS other, DATE '2026-09-09' + i::INT AS back_on, 'B-' || i AS loan_ref, '2026-09-10' AS due_on",
}


@pytest.mark.parametrize("kind", STREAMS)
def test_a_stream_is_counted_as_its_rows_are(kind: str, back: Rule) -> None:
    """Typed, as text, with times of midnight, with columns that nobody needs."""
    rows = [{"loan_ref": f"B-{i}", "due_on": "2026-09-10", "back_on": date(2026, 9, 9 + i)} for i in range(4)]

    counts = back.count(Streaming(f"{STREAMS[kind]} FROM RANGE(4) AS t(i)"))

    assert counts == back.count(rows)
    assert (counts.conform, counts.violate) == (2, 2)


def test_a_column_of_a_stream_without_a_value_is_blank(back: Rule) -> None:
    """Whatever its type says: a number that is no number and nothing at all are no days, and are blank."""
    blank = "SELECT 'B-1' AS loan_ref, 'NaN'::DOUBLE AS due_on, NULL::DOUBLE AS back_on"

    assert back.count(Streaming(blank)) == back.count([{"loan_ref": "B-1", "due_on": None, "back_on": None}])


def test_what_goes_wrong_in_a_stream_is_told_by_its_name_only(back: Rule) -> None:
    """A stream is anybody's code: what it says might quote a row."""

    class Broken:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise LookupError("B-1")

    (problem,) = told(lambda: back.count(Broken()))

    assert "LookupError" in problem
    assert "B-1" not in problem
