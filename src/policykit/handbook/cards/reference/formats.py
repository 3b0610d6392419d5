"""The file formats, key by key, from the models that read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.reference.shapes import KeyLine, key_lines
from policykit.handbook.cards.rendering import render
from policykit.model.decisions import Decision
from policykit.model.duties import Duty
from policykit.model.law import Provision
from policykit.model.organisation import Attestation, Profile, Waiver
from policykit.model.parameters import Parameter
from policykit.model.policy import Policy
from policykit.model.registers import ListOfRows, Register
from policykit.model.results import Results
from policykit.model.sources import Source
from policykit.rules import Check, Population

_FILES: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("policy/policy.yaml", "One mapping.", Policy),
    ("policy/sources/*.yaml", "One mapping in each file.", Source),
    ("policy/law.yaml", "A list.", Provision),
    ("policy/parameters.yaml", "A list.", Parameter),
    ("policy/lists/*.yaml", "One mapping in each file.", ListOfRows),
    ("policy/populations.yaml", "A list.", Population),
    ("policy/registers.yaml", "A list.", Register),
    ("policy/duties/*.md", "Front matter in each file; the prose stands below it, under its headings.", Duty),
    ("policy/checks/*.yaml", "A list in each file.", Check),
    ("policy/decisions/*.yaml", "One mapping in each file.", Decision),
    ("organisation.yaml", "One mapping, in the organisation’s own folder.", Profile),
    ("waivers.yaml", "A list, in the organisation’s own folder.", Waiver),
    ("attestations.yaml", "A list, in the organisation’s own folder.", Attestation),
    ("results.json", "One mapping, written by a run of the checks.", Results),
)


@dataclass(frozen=True)
class ShapeView:
    """One mapping of a format: its name, what it is, and its keys."""

    name: str
    about: str
    keys: tuple[KeyLine, ...]


@dataclass(frozen=True)
class FormatView:
    """One file: its path, whether it holds one mapping or a list, and every mapping that occurs in it."""

    path: str
    holds: str
    shapes: tuple[ShapeView, ...]


def formats(page: Page, level: int) -> str:
    """Every file with every key; the same for every pack, so `page` is not used."""
    del page
    views = [FormatView(path, holds, tuple(_shapes(model))) for path, holds, model in _FILES]
    return render("formats.html", formats=views, level=level)


def _shapes(model: type[BaseModel]) -> Iterator[ShapeView]:
    schema = model.model_json_schema(by_alias=True)
    yield _shape(model.__name__, schema)
    for name, part in schema.get("$defs", {}).items():
        if part.get("type") == "object" and "test" not in part.get("properties", {}):
            yield _shape(name, part)


def _shape(name: str, schema: dict[str, Any]) -> ShapeView:
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name).strip()
    about = str(schema.get("description", "")).split("\n\n")[0].replace("\n", " ")
    return ShapeView(spaced.capitalize(), about, key_lines(schema))
