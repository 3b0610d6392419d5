"""Which keys a format has at some place: for suggestions and for remedies."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from policykit.reading.flaws import Loc

Models = frozenset[type[BaseModel]]


@cache
def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the key that stands in a file."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def field_at(model: type[BaseModel], loc: Loc) -> FieldInfo | None:
    """The field that the last key of `loc` names, if every part before it says where we are."""
    for place in _models_at(model, loc[:-1]):
        if info := fields_of(place).get(str(loc[-1])):
            return info
    return None


def keys_at(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The keys that may stand where `loc` leads to, in the order of the format."""
    return tuple(dict.fromkeys(key for place in _models_at(model, loc) for key in fields_of(place)))


def alike(word: str, words: tuple[str, ...]) -> str | None:
    """The word that was probably meant."""
    return next(iter(get_close_matches(word, words, 1)), None)


def _models_at(model: type[BaseModel], loc: Loc) -> tuple[type[BaseModel], ...]:
    places: tuple[type[BaseModel], ...] = (model,)
    for part in loc:
        if isinstance(part, str):
            places = _step(places, part)
    return places


def _step(places: tuple[type[BaseModel], ...], part: str) -> tuple[type[BaseModel], ...]:
    """One key further in; the tag of a union narrows the choice; a key of a free mapping changes nothing."""
    below = tuple(
        found for place in places if part in fields_of(place) for found in _models_in(fields_of(place)[part].annotation)
    )
    if below:
        return tuple(dict.fromkeys(below))
    return tuple(place for place in places if part in _tags(place)) or places


@cache
def _tags(model: type[BaseModel]) -> frozenset[str]:
    test = fields_of(model).get("test")
    return frozenset(get_args(test.annotation)) if test else frozenset()


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation there is
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
