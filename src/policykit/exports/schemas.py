"""JSON Schema of every file format, from the models, so that an editor helps while a pack is written."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policykit.model.duties import Decision, FrontMatter, Retired
from policykit.model.organisation import Attestation, Departure, PolicyFile, Profile, Waiver
from policykit.model.registers import ListOfRows, Parameter
from policykit.model.scalars import Record
from policykit.model.sources import Provision, Source
from policykit.rules import Check, DeclaredRegister, Population

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAPPINGS: Mapping[str, type[Record]] = {
    "policy": PolicyFile,
    "source": Source,
    "list": ListOfRows,
    "duty": FrontMatter,
    "decision": Decision,
    "organisation": Profile,
}
"""Formats whose files hold one mapping; that of a duty is for its front matter."""

LISTS: Mapping[str, type[Record]] = {
    "law": Provision,
    "parameters": Parameter,
    "populations": Population,
    "registers": DeclaredRegister,
    "checks": Check,
    "retired": Retired,
    "waivers": Waiver,
    "attestations": Attestation,
    "departures": Departure,
}
"""Formats whose files hold a list."""

_SCALARS: Mapping[str, list[str]] = {
    "string": ["string", "number", "boolean"],
    "integer": ["integer", "string"],
    "boolean": ["boolean", "string"],
}
"""Every scalar is read as text, so an editor must not mind how YAML would have read it."""

_NAMED = frozenset({"properties", "$defs"})
"""Parts of a schema whose keys are names of the format, not words of JSON Schema."""


def schemas() -> Mapping[str, Json]:
    """The schema of every format by its name, draft 2020-12."""
    return {name: _schema(name, model) for name, model in {**MAPPINGS, **LISTS}.items()}


def write_schemas(out: Path) -> tuple[Path, ...]:
    """Writes every schema to a folder as NAME.schema.json, and says which files these are."""
    out.mkdir(parents=True, exist_ok=True)
    found = {out / f"{name}.schema.json": schema for name, schema in schemas().items()}
    for path, schema in found.items():
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return tuple(found)


def _schema(name: str, model: type[Record]) -> Json:
    schema: Json = _loosened(model.model_json_schema(by_alias=True, mode="validation"))
    definitions = schema.get("$defs", {})
    if roles := definitions.get("Roles"):
        # In a file the roles of each kind stand beside `by`, not below a key of their own.
        roles["additionalProperties"] = roles["properties"].pop("of")["additionalProperties"]
    if name in LISTS:
        schema.pop("$defs", None)
        schema = {"type": "array", "items": schema, "$defs": definitions}
    return {"$schema": DIALECT, "$id": f"urn:policykit:schema:{name}", **schema}


def _loosened(part: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """The same part with scalars as YAML may have read them, without what only pydantic needs."""
    if isinstance(part, list):
        return [_loosened(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {
        key: {name: _loosened(below) for name, below in value.items()} if key in _NAMED else _loosened(value)
        for key, value in part.items()
        if key not in {"discriminator", "default"}
    }
    if kept.get("const") == "true":
        return {**{key: value for key, value in kept.items() if key not in {"const", "type"}}, "enum": ["true", True]}
    kind = kept.get("type")
    if isinstance(kind, str) and not kept.keys() & {"enum", "const", "format"}:
        kept["type"] = _SCALARS.get(kind, kind)
    return kept
