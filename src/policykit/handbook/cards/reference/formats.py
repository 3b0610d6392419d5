"""The file formats, key by key, from the models that read them."""

from collections.abc import Iterator
from dataclasses import dataclass

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.reference.rules import is_part_of_a_rule
from policykit.handbook.cards.reference.shapes import KeyLine, Shapes, spaced, summary_of
from policykit.handbook.cards.rendering import render
from policykit.model.decisions import Decision
from policykit.model.duties import FrontMatter
from policykit.model.law import Provision
from policykit.model.organisation import Attestation, Profile, Waiver
from policykit.model.parameters import Parameter
from policykit.model.policy import PolicyFile
from policykit.model.registers import ListOfRows, Register
from policykit.model.results import Stored
from policykit.model.scalars import Record
from policykit.model.sources import Source
from policykit.rules import Check, Population
from policykit.running import Results

_FILES: tuple[tuple[str, str, type[Record | Stored]], ...] = (
    ("policy/policy.yaml", "One mapping.", PolicyFile),
    ("policy/sources/*.yaml", "One mapping in each file.", Source),
    ("policy/law.yaml", "A list.", Provision),
    ("policy/parameters.yaml", "A list.", Parameter),
    ("policy/lists/*.yaml", "One mapping in each file.", ListOfRows),
    ("policy/populations.yaml", "A list.", Population),
    ("policy/registers.yaml", "A list.", Register),
    ("policy/duties/*.md", "Front matter in each file; the prose stands below it, under its headings.", FrontMatter),
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


def _shapes(model: type[Record | Stored]) -> Iterator[ShapeView]:
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    shapes = Shapes(definitions)
    yield ShapeView(spaced(model.__name__).capitalize(), summary_of(schema), shapes.key_lines(schema))
    for name, part in definitions.items():
        if part.get("type") == "object" and not is_part_of_a_rule(part):
            yield ShapeView(spaced(name).capitalize(), summary_of(part), shapes.key_lines(part))
