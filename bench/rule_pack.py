"""The four cases as a pack of policykit, with an organisation whose records are the generated files."""

import json
import sys
from pathlib import Path

from bench.made_pack import Duty, provision_id, sentence_id, write_pack
from bench.rule_cases import AS_AT, CASES, DONE, MONTHS, THRESHOLDS, TOPIC, training_file
from bench.rule_records import TOPICS, write_records

_TRAINING = {
    "training_ref": {"type": "ref", "means": "Reference"},
    "person_ref": {"type": "ref", "means": "Whose it is"},
    "topic": {"type": "code", "values": TOPICS, "means": "What it is about"},
    "outcome": {"type": "code", "values": [*DONE, "failed"], "means": "How it ended"},
    "done_on": {"type": "date", "means": "The day it was done"},
    "score": {"type": "integer", "means": "The score"},
}
_STAFF = {
    "person_ref": {"type": "ref", "means": "Reference"},
    "status": {"type": "code", "values": ["working", "left"], "means": "Whether the person works here"},
}
_KEYS = {"training": "training_ref", "staff": "person_ref"}
_TYPICAL = {"training_ref": "T1", "person_ref": "P1", "topic": TOPIC, "outcome": "passed"}
_RECENT = _TYPICAL | {"done_on": "2026-10-01", "score": 100}
_TWO_CLAUSES: list[dict[str, object]] = [
    {"test": "one_of", "field": "outcome", "values": DONE},
    {"test": "within", "field": "done_on", "months": MONTHS},
]


def write_cases(folder: Path, rows: int) -> None:
    """Write the records of a size into a new folder, and beside them the pack of each case."""
    write_records(folder, rows)
    for case in CASES:
        write_rules(folder, case)


def write_rules(folder: Path, case: str) -> None:
    """Write the pack of one case beside the records it is about."""
    write_pack(folder / case, 22)
    policy = folder / case / "policy"
    registers = [
        {"id": name, "title": name.title(), "about": "event", "key": _KEYS[name], "fields": fields}
        for name, fields in {"training": _TRAINING, "staff": _STAFF}.items()
    ]
    _write(policy / "registers.yaml", registers)
    for checks in (policy / "checks").iterdir():
        checks.unlink()
    _write(policy / "checks" / "rules.yaml", _checks(case))
    sources = {"training": training_file(folder, case), "staff": folder / "staff.parquet"}
    records = {name: {"source": f"{path.name}", "taken_on": str(AS_AT)} for name, path in sources.items()}
    about = {"id": "MADE-UP", "name": "A made-up organisation", "as_at": str(AS_AT), "facts": {}, "records": records}
    _write(policy / "example" / "organisation.yaml", about)
    for path in sources.values():  # an organisation's records lie in its own folder, and no link may lead out of it
        (policy / "example" / path.name).hardlink_to(path)


def _checks(case: str) -> list[dict[str, object]]:
    if case == "related":
        return [_related()]
    if case != "twenty":
        return [_check(0, _TWO_CLAUSES)]
    return [
        _check(
            number,
            [
                {"test": "at_least", "field": "score", "value": rule.least},
                {"test": "within", "field": "done_on", "months": rule.months},
            ],
        )
        for number, rule in enumerate(THRESHOLDS)
    ]


def _check(number: int, must: list[dict[str, object]]) -> dict[str, object]:
    examples = [
        {"expect": "pass", "because": "done last month"},
        {"expect": "fail", "row": {"done_on": "2020-01-01"}, "because": "too long ago"},
    ]
    return _about(number, "training") | {"must": must, "typical": {"row": _RECENT}, "examples": examples}


def _related() -> dict[str, object]:
    topic = {"test": "is", "field": "topic", "value": TOPIC}
    found = {"test": "exists_in", "register": "training", "match": {"person_ref": "person_ref"}}
    return _about(0, "staff") | {
        "where": [{"test": "is", "field": "status", "value": "working"}],
        "must": [found | {"where": [topic, *_TWO_CLAUSES]}],
        "typical": {"row": {"person_ref": "P1", "status": "working"}, "related": {"training": [_RECENT]}},
        "examples": [
            {"expect": "pass", "because": "done last month"},
            {"expect": "fail", "related": {"training": []}, "because": "nothing is recorded"},
        ],
    }


def _about(number: int, register: str) -> dict[str, object]:
    return {
        "id": Duty(number).check,
        "verifies": [Duty(number).id],
        "grounds": [sentence_id(number), provision_id(number)],
        "title": f"Made-up rule {number}",
        "register": register,
        "noun": "row",
        "plural": "rows",
        "key": _KEYS[register],
        "max_age_days": 92,
        "limits": "Shows nothing about anybody: everything here is made up.",
        "examples_at": str(AS_AT),
    }


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), "utf-8")


if __name__ == "__main__":
    write_cases(Path(sys.argv[1]), int(sys.argv[2]))
