"""docs/specification.md as data: its chapters, tables, samples, and what the code knows of the same things."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel
from tests.sites import ROOT

from policykit.exports.schemas import LISTS, MAPPINGS
from policykit.reading.yaml import compose
from policykit.rules import Condition, values
from policykit.rules.language import Node

SPECIFICATION = (ROOT / "docs" / "specification.md").read_text("utf-8")
FILES = {
    "policy": ("The files of a pack", "policy.yaml"),
    "source": ("The files of a pack", "sources/*.yaml"),
    "law": ("The files of a pack", "law.yaml"),
    "parameters": ("The files of a pack", "parameters.yaml"),
    "list": ("The files of a pack", "lists/*.yaml"),
    "populations": ("The files of a pack", "populations.yaml"),
    "retired": ("The files of a pack", "retired.yaml"),
    "duty": ("Duties",),
    "registers": ("Registers and records", "registers.yaml"),
    "checks": ("Checks",),
    "decision": ("Decisions",),
    "organisation": ("The organisation's folder", "organisation.yaml"),
    "waivers": ("The organisation's folder", "waivers.yaml"),
    "attestations": ("The organisation's folder", "attestations.yaml"),
    "departures": ("The organisation's folder", "departures.yaml"),
}
"""The chapter of each file format, by the name of its schema."""

Key = tuple[type[BaseModel], str]
"""A model and a key of it, as the file writes it."""


def chapter(*headings: str) -> str:
    """The text below a heading, and below one within it; raises ValueError where the page has no such chapter."""
    text = SPECIFICATION
    for level, heading in enumerate(headings, 2):
        _, _, text = text.partition(f"\n{'#' * level} {heading}\n")
        if not text:
            raise ValueError(f"the specification has no chapter {heading}")
        text = re.split(rf"^#{{2,{level}}} ", text, maxsplit=1, flags=re.MULTILINE)[0]
    return text


def rows(*headings: str) -> list[list[str]]:
    """The cells of all tables in a chapter, row by row, without the heads."""
    lines = [line for line in chapter(*headings).splitlines() if line.startswith("|")]
    ruled = [number for number, line in enumerate(lines) if re.fullmatch(r"[| :-]+", line)]
    heads = {place for number in ruled for place in (number - 1, number)}
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for number, line in enumerate(lines)
        if number not in heads
    ]


def ticked(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def blocks(kind: str, *headings: str) -> list[str]:
    """The fenced blocks of one kind in a chapter."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", chapter(*headings), re.MULTILINE | re.DOTALL)


def samples(schema: str) -> Iterator[BaseModel]:
    """What the chapter of a file shows, read as the file is read; raises where the format would refuse it."""
    model = {**MAPPINGS, **LISTS}[schema]
    for block in blocks("yaml", *FILES[schema]):
        composed = compose(block)
        assert not composed.flaws
        items = composed.data if isinstance(composed.data, list) else [composed.data]
        assert isinstance(composed.data, list) == (schema in LISTS)
        yield from (model.model_validate(item, by_alias=True, by_name=False) for item in items)


def shown(part: Any) -> Iterator[Key]:  # noqa: ANN401 - any value of a model
    """Every key that stands in what was read, but for those of conditions and forms of values."""
    if isinstance(part, BaseModel):
        for name in () if _is_of_rules(type(part)) else part.model_fields_set:
            yield type(part), type(part).model_fields[name].alias or name
            yield from shown(getattr(part, name))
    elif isinstance(part, dict):
        yield from shown(tuple(part.values()))
    elif isinstance(part, tuple):
        for each in part:
            yield from shown(each)


def models(model: type[BaseModel]) -> frozenset[type[BaseModel]]:
    """A model and all that may stand in it, but for conditions and forms of values."""
    found, ahead = {model}, [model]
    while ahead:
        for info in ahead.pop().model_fields.values():
            new = {each for each in _models_in(info.annotation) if not _is_of_rules(each)} - found
            found |= new
            ahead.extend(new)
    return frozenset(found)


def keys(model: type[BaseModel], *, required: bool = False) -> set[str]:
    """The keys of a model as the file writes them: all, or those that are required."""
    return {info.alias or name for name, info in model.model_fields.items() if info.is_required() or not required}


def words(model: type[BaseModel]) -> set[str]:
    """Every word that some key of a model is limited to."""
    return {
        str(word)
        for info in model.model_fields.values()
        for word in _constants(info.annotation)
        if isinstance(word, str) and word
    }


def conditions() -> dict[str, type[Node]]:
    """Every test of the rule language by its name."""
    nodes: tuple[type[Node], ...] = get_args(get_args(Condition)[0])
    return {node.test_name(): node for node in nodes}


def _is_of_rules(model: type[BaseModel]) -> bool:
    return issubclass(model, Node) or model.__module__ == values.__name__


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation there is
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _constants(annotation: Any) -> Iterable[object]:  # noqa: ANN401 - any annotation there is
    inner = get_args(annotation)
    return [each for part in inner for each in _constants(part)] if inner else [annotation]
