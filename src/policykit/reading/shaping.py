"""Data into nouns: what does not fit becomes problems, each at its line and in our own words."""

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from policykit.problems import Problem
from policykit.reading.composer import Data, Lines
from policykit.reading.flaws import Loc
from policykit.reading.misfits import Misfit, told

M = TypeVar("M", bound=BaseModel)


def shape(model: type[M], data: Data, lines: Lines, path: str) -> tuple[M | None, tuple[Problem, ...]]:
    """The data as a noun, or None and a problem for each thing that does not fit."""
    try:
        return model.model_validate(data, by_alias=True, by_name=False), ()
    except ValidationError as error:
        found = (_problem(misfit, lines, path) for misfit in _misfits(model, data, error))
        return None, tuple(dict.fromkeys(found))


def _misfits(model: type[BaseModel], data: Data, error: ValidationError) -> Iterator[Misfit]:
    for detail in error.errors(include_url=False, include_input=False):
        kept = tuple(_existing(data, detail["loc"]))
        value = _value(data, kept)
        yield Misfit(model, detail["type"], detail["loc"], kept, value, detail.get("ctx", {}), detail["msg"])


def _problem(misfit: Misfit, lines: Lines, path: str) -> Problem:
    what, remedy, notice = told(misfit)
    return Problem(path, lines.at(misfit.kept), what, remedy, notice)


def _existing(data: Data, loc: Loc) -> Iterator[str | int]:
    """The parts of a loc that exist in the data: pydantic puts the tags of unions among them."""
    here = data
    for part in loc:
        in_list = isinstance(here, list) and isinstance(part, int) and part < len(here)
        if in_list or (isinstance(here, dict) and part in here):
            here = here[part]  # type: ignore[index] # it was looked for just now
            yield part


def _value(data: Data, loc: Loc) -> Data:
    for part in loc:
        data = data[part]  # type: ignore[index] # every part of it exists
    return data
