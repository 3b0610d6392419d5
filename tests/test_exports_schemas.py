"""JSON Schemas: what loads is valid, and what an editor should underline is not."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from policykit.exports import schemas, write_schemas

PACKS = ("policy", "tests/packs/kitchens/policy", "tests/cases/loading/good/policy")
ORGANISATIONS = ("policy/example", "tests/packs/kitchens/larkrise", "tests/cases/loading/good/organisation")
FILES = {
    "policy": "policy.yaml",
    "law": "law.yaml",
    "parameters": "parameters.yaml",
    "populations": "populations.yaml",
    "registers": "registers.yaml",
    "source": "sources/*.yaml",
    "list": "lists/*.yaml",
    "checks": "checks/*.yaml",
    "decision": "decisions/*.yaml",
    "duty": "duties/*.md",
}


def _as_an_editor_reads(path: Path) -> object:
    text = path.read_text("utf-8")
    parsed = yaml.safe_load(text.split("\n---", 1)[0] if path.suffix == ".md" else text)
    return json.loads(json.dumps(parsed, default=str))


def _all() -> list[Any]:
    packs = [(name, path) for pack in PACKS for name, glob in FILES.items() for path in Path(pack).glob(glob)]
    own = [
        (name, path)
        for folder in ORGANISATIONS
        for name in ("organisation", "waivers", "attestations")
        for path in Path(folder).glob(f"{name}.yaml")
    ]
    return [pytest.param(name, path, id=str(path)) for name, path in packs + own]


@pytest.mark.parametrize(("name", "path"), _all())
def test_every_file_that_loads_is_valid(name: str, path: Path) -> None:
    """Also where YAML reads a number, a truth or a day that we read as text."""
    validator = jsonschema_rs.Draft202012Validator(schemas()[name])
    assert [error.message for error in validator.iter_errors(_as_an_editor_reads(path))] == []


def test_every_schema_is_a_schema() -> None:
    """Draft 2020-12, with an id of its own."""
    for name, schema in schemas().items():
        assert jsonschema_rs.meta.is_valid(schema)
        assert schema["$id"] == f"urn:policykit:schema:{name}"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("policy", {"id": "A", "title": "B", "edition": 1}),
        ("policy", {"id": "A.B", "title": "B", "edition": 1, "organisation": "c"}),
        ("parameters", [{"id": "a", "title": "b", "type": "number", "default": 1, "source": {"why": "c"}}]),
        (
            "populations",
            [{"id": "a", "register": "b", "noun": "c", "plural": "d", "where": [{"test": "is", "feild": "e"}]}],
        ),
        ("waivers", [{"id": "A", "check": "B"}]),
    ],
)
def test_a_mistake_is_not_valid(name: str, data: object) -> None:
    """A missing key, a wrong id, a word that is not allowed, a misspelt key in a condition."""
    assert not jsonschema_rs.Draft202012Validator(schemas()[name]).is_valid(data)


def test_schemas_are_written_one_a_file(tmp_path: Path) -> None:
    """Into a folder that is made where it is not there."""
    written = write_schemas(tmp_path / "new")
    assert sorted(path.name for path in written) == sorted(f"{name}.schema.json" for name in schemas())
    assert json.loads(written[0].read_text("utf-8")) == schemas()["policy"]
