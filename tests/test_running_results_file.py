"""results.json: the published shape, always whole, and never replaced by a run that knows less."""

import itertools
import json
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from policykit.model.results import (
    CheckResult,
    Counts,
    ExamplesTried,
    Identity,
    Outcome,
    ParameterUsed,
    RecordsUsed,
    RowCounts,
    Run,
    ValueCounts,
    WaiverUsed,
)
from policykit.problems import PolicyError
from policykit.running import Results, read_results, with_sum, write_results

DIGESTS = [f"sha256:{number:064}" for number in range(5)]
NINE = datetime(2026, 11, 1, 9, tzinfo=UTC)


def made_up(
    *, complete: bool = True, pack: str = "PACK", organisation: str = "HOMES", seconds: float = 0.04
) -> Results:
    """Results as a run hands them on, with something in every place."""
    run = Run(
        id="2026-11-01T09:00:00Z-1",
        as_at=date(2026, 11, 1),
        today=date(2026, 11, 1),
        started=NINE,
        finished=NINE,
        complete=complete,
        policykit="0.1.0",
        engine="duckdb 2.0.0",
        pack=Identity(id=pack, edition="2026.11", digest=DIGESTS[1]),
        organisation=Identity(id=organisation, folder="homes", digest=DIGESTS[2]),
    )
    counted = {"in_scope": 6, "conform": 5, "violate": 1, "unknown": 0}
    check = CheckResult(
        id="CHK-TRAIN-TOPICS",
        verifies=("DUTY-TRAIN",),
        method="rule",
        severity="must",
        outcome=Outcome.FAIL,
        reason="1 of 6 people in post – “all” – does not conform",
        counts=Counts(**counted, out=2, unreadable=0),
        rows=RowCounts(**counted),
        by={"law": ValueCounts(conform=5, violate=1, unknown=0), "fire": ValueCounts(conform=0, violate=0, unknown=0)},
        minimum=1,
        waiver=WaiverUsed(id="WAIVE-1", state="covers", until=date(2026, 12, 31), covers=1),
        records=(RecordsUsed(register_="staff", taken_on=date(2026, 10, 30), rows=8, digest=DIGESTS[3], stale=False),),
        rule_digest=DIGESTS[4],
        parameters=(ParameterUsed(id="required_topics", source="default"),),
        examples=ExamplesTried(tried=24, caught=24, gaps=()),
        seconds=seconds,
    )
    return with_sum(Results(run=run, checks=(check,)))


def test_the_file_has_the_published_keys_in_the_published_order(tmp_path: Path) -> None:
    """Other people's tools hold on to these keys: they stand as docs/specification.md, results.json, shows them."""
    write_results(made_up(), file := tmp_path / "results.json")
    data: dict[str, Any] = json.loads(file.read_text("utf-8"))
    assert list(data) == ["schema", "run", "ledger", "checks", "registers", "sum"]
    assert (
        " ".join(data["run"]) == "id as_at today what_if started finished complete policykit engine pack organisation"
    )
    assert data["run"]["started"] == "2026-11-01T09:00:00Z"
    assert data["run"]["pack"] == {"id": "PACK", "edition": "2026.11", "digest": DIGESTS[1]}
    assert data["run"]["organisation"] == {"id": "HOMES", "folder": "homes", "digest": DIGESTS[2]}
    (check,) = data["checks"]
    assert " ".join(check) == (
        "id verifies method severity outcome reason counts rows by minimum waiver "
        "records scope_baseline refused code rule_digest parameters examples seconds"
    )
    assert list(check["counts"]) == ["in_scope", "conform", "violate", "unknown", "out", "unreadable"]
    assert next(iter(check["by"].items())) == ("law", {"conform": 5, "violate": 1, "unknown": 0})
    assert check["waiver"] == {"id": "WAIVE-1", "state": "covers", "until": "2026-12-31", "covers": 1}
    assert check["records"] == [
        {
            "register": "staff",
            "taken_on": "2026-10-30",
            "rows": 8,
            "digest": DIGESTS[3],
            "values": None,
            "stale": False,
            "baseline": None,
        }
    ]


def test_results_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Reading is the other way round of writing."""
    write_results(made_up(), file := tmp_path / "build" / "results.json")
    assert read_results(file) == made_up()
    assert not read_results(file).changed_by_hand


def test_the_same_results_are_the_same_bytes(tmp_path: Path) -> None:
    """Two writes of one run cannot be told apart."""
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file in files:
        write_results(made_up(), file)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (None, "there is no file of results that can be read"),
        ("", "the file is not JSON"),
        ('{"schema": "policykit-results/2"', "the file is not JSON"),
        ("[" * 100_000, "the file is not JSON"),
        ("\udcff", "the file is not JSON"),
        ("[]", "the file is not of the format policykit-results/2"),
        ('{"schema": "policykit-results/3"}', "the file is not of the format policykit-results/2"),
        ('{"schema": "policykit-results/1"}', "the file is of an earlier format"),
        ('{"schema": "policykit-results/2"}', "the file is not as `policykit check` writes it"),
    ],
)
def test_a_file_that_is_no_results_is_refused_in_plain_words(text: str | None, what: str, tmp_path: Path) -> None:
    """Missing, broken or of another format: one sentence, and nothing of the reader's own."""
    file = tmp_path / "results.json"
    if text is not None:
        file.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(PolicyError) as refused:
        read_results(file)
    (problem,) = refused.value.problems
    assert problem.what == what


@pytest.mark.parametrize(
    ("place", "value"), [("outcome", "green"), ("outcome", 1), ("counts", {"in_scope": "many"}), ("seconds", [])]
)
def test_results_that_somebody_changed_by_hand_are_refused(place: str, value: object, tmp_path: Path) -> None:
    """An outcome or a count that no run can write is refused whole."""
    write_results(made_up(), file := tmp_path / "results.json")
    data = json.loads(file.read_text("utf-8"))
    data["checks"][0][place] = value
    file.write_text(json.dumps(data), "utf-8")
    with pytest.raises(PolicyError, match="not as `policykit check` writes it"):
        read_results(file)


def test_a_folder_is_no_file_of_results(tmp_path: Path) -> None:
    """A folder where the file should be is refused like a missing file."""
    with pytest.raises(PolicyError, match="there is no file of results"):
        read_results(tmp_path)


@pytest.mark.parametrize(
    ("there", "then", "replaced"),
    [
        (made_up(), made_up(complete=False), False),
        (made_up(), made_up(seconds=9), True),
        (made_up(complete=False), made_up(complete=False, seconds=9), True),
        (made_up(complete=False), made_up(), True),
        (made_up(pack="OTHER"), made_up(complete=False), True),
        (made_up(organisation="OTHER"), made_up(complete=False), True),
        (None, made_up(complete=False), True),
    ],
)
def test_a_run_that_knows_less_never_replaces_one_that_knows_all(
    tmp_path: Path, *, there: Results | None, then: Results, replaced: bool
) -> None:
    """An incomplete run leaves a complete file of the same pack and organisation as it is, and says so."""
    file = tmp_path / "results.json"
    if there:
        write_results(there, file)
    assert write_results(then, file) is replaced
    assert read_results(file) == (then if replaced else there)


@pytest.mark.parametrize("text", ["{", '{"schema": "policykit-results/9"}'])
def test_what_cannot_be_read_is_replaced_by_a_complete_run_only(text: str, tmp_path: Path) -> None:
    """What is there may be evidence in a newer format: only a run of everything takes its place."""
    (file := tmp_path / "results.json").write_text(text, encoding="utf-8")
    assert not write_results(made_up(complete=False), file)
    assert file.read_text("utf-8") == text
    assert write_results(made_up(), file)


def test_nothing_but_the_file_is_left_in_the_folder(tmp_path: Path) -> None:
    """No temporary file stays behind, whether or not the file was written."""
    write_results(made_up(), tmp_path / "results.json")
    write_results(made_up(complete=False), tmp_path / "results.json")
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


WRITER = """
import itertools, sys
from pathlib import Path
from policykit.running import read_results, write_results
short, long, file = (Path(name) for name in sys.argv[1:])
both = itertools.cycle([read_results(short), read_results(long)])
for results in both:
    write_results(results, file)
    print("written", flush=True)
"""


def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    """Killed while it writes again and again, a run leaves the old results or the new ones, never half of them."""
    check = made_up().checks[0]
    checks = tuple(check.model_copy(update={"id": f"CHK-{n}"}) for n in range(500))
    many = with_sum(made_up().model_copy(update={"checks": checks}))
    short, long, file = tmp_path / "short.json", tmp_path / "long.json", tmp_path / "out" / "results.json"
    write_results(made_up(), short)
    write_results(many, long)
    for writes in (1, 2, 3, 5, 8, 13):
        with subprocess.Popen([sys.executable, "-c", WRITER, short, long, file], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            assert len(list(itertools.islice(writer.stdout, writes))) == writes
            writer.send_signal(signal.SIGKILL)
        assert read_results(file) in (made_up(), many)
    assert write_results(made_up(), file)
