"""Data into nouns. What does not fit is told at its line and in our own words; pydantic's are never shown."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from policykit import english
from policykit.problems import Notice, Problem, shown, suggest
from policykit.reading.yaml import Data, Lines, Loc

M = TypeVar("M", bound=BaseModel)
Told = tuple[str, str, Notice]
"""What is wrong, what to do, and which notice it is."""

KINDS: Mapping[str, str] = {
    "string_type": "one text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values",
    "mapping_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "date_type": "a day",
    "int_type": "a whole number",
    "bool_type": "true or false",
}
"""What must stand there, by pydantic's name for the misfit."""


class Misfit(NamedTuple):
    """One thing that does not fit: where (`kept` is the part of `loc` that exists in the data), and what stands there.

    `kind`, `context` and `message` are pydantic's; the message is only used where a model of ours wrote it.
    """

    model: type[BaseModel]
    kind: str
    loc: Loc
    kept: Loc
    value: Data
    context: Mapping[str, Any]
    message: str

    @property
    def name(self) -> str:
        """The key at fault, with the number of the item where it is one of a list."""
        keys = [(number, part) for number, part in enumerate(self.kept) if isinstance(part, str)]
        if not keys:
            return f"item {self.kept[-1] + 1}" if self.kept and isinstance(self.kept[-1], int) else "this"
        at, key = keys[-1]
        after = self.kept[at + 1] if at + 1 < len(self.kept) else None
        return f"item {after + 1} of `{key}`" if isinstance(after, int) else f"`{key}`"

    @property
    def said(self) -> str:
        """The sentence of a model of ours."""
        return str(self.context.get("error", self.message))

    @property
    def hint(self) -> str:
        """What the format says of the innermost key that it describes."""
        for end in range(len(self.kept), 0, -1):
            field = field_at(self.model, self.kept[:end])
            if field and field.description:
                return f"write here: {field.description}".rstrip(".")
        return "see the format"


def shape(model: type[M], data: Data, lines: Lines, path: str) -> tuple[M | None, tuple[Problem, ...]]:
    """The data as a noun, or None and a problem for each thing that does not fit."""
    try:
        return model.model_validate(data, by_alias=True, by_name=False), ()
    except ValidationError as error:
        found = (Problem(path, lines.at(misfit.kept), *told(misfit)) for misfit in _misfits(model, data, error))
        return None, tuple(dict.fromkeys(found))


def _misfits(model: type[BaseModel], data: Data, error: ValidationError) -> Iterator[Misfit]:
    for detail in error.errors(include_url=False, include_input=False):
        kept, value = _existing(data, detail["loc"])
        yield Misfit(model, detail["type"], detail["loc"], kept, value, detail.get("ctx", {}), detail["msg"])


def _existing(data: Data, loc: Loc) -> tuple[Loc, Data]:
    """The parts of a loc that exist in the data, for pydantic puts the tags of unions among them; and what is there."""
    kept: list[str | int] = []
    for part in loc:
        in_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if in_list or (isinstance(data, dict) and part in data):
            data = data[part]  # type: ignore[index] # it was looked for just now
            kept.append(part)
    return tuple(kept), data


def told(misfit: Misfit) -> Told:
    """What is wrong and what to do."""
    match misfit.kind:
        case "missing" if not isinstance(misfit.loc[-1], int):
            return _missing(misfit, str(misfit.loc[-1]))
        case "extra_forbidden":
            key, keys = str(misfit.loc[-1]), keys_at(misfit.model, misfit.loc[:-1])
            remedy = suggest(key, keys, f"take it out; the keys here are {listed(keys)}", mark="`")
            return f"the key {shown(key)} is not known here", remedy, Notice.KEY_UNKNOWN
        case "union_tag_not_found":
            remedy = "add `test:`, such as `test: recorded`"
            return f"{misfit.name} does not say its `test`", remedy, Notice.KEY_MISSING
        case "value_error" | "value_form" if "HTML" in misfit.said:
            return f"{misfit.name} {misfit.said}", "write plain text", Notice.HTML
        case _:
            return (*_wrong(misfit), Notice.VALUE_WRONG)


def _wrong(misfit: Misfit) -> tuple[str, str]:
    name, context, value = misfit.name, misfit.context, misfit.value
    match misfit.kind:
        case "literal_error" | "enum":
            return f"{name} cannot be {shown(value)}", _one_of(context["expected"], str(value))
        case "union_tag_invalid":
            return f"there is no test {shown(context['tag'])}", _one_of(context["expected_tags"], context["tag"])
        case "form":
            text = value if isinstance(value, str) else misfit.loc[-2]  # a key has a place of its own in a loc
            return f"{name}: {shown(text)} {context['said']}", context["remedy"]
        case "value_error" if isinstance(value, str) and value.strip():
            return f"{name}: {shown(value)} {misfit.said}", misfit.hint
        case "string_too_long" | "too_long" if isinstance(value, str):
            return f"{name} is longer than {context['max_length']} characters", "shorten it"
    return f"{name} {_misshapen(misfit)}", "write one of these" if misfit.kind == "value_form" else misfit.hint


def _missing(misfit: Misfit, key: str) -> Told:
    field = field_at(misfit.model, misfit.loc)
    remedy = f"add it: {field.description}" if field and field.description else "add it"
    where = f" in {misfit.name}" if misfit.kept and misfit.kept[-1] != key else ""
    return f"`{key}` is missing or blank{where}", remedy.rstrip("."), Notice.KEY_MISSING


def _one_of(expected: str, value: str) -> str:
    words = tuple(word.strip("' ") for word in expected.replace(" or ", ", ").split(", "))
    return suggest(value, words, f"use {listed(words, 'or')}")


def _misshapen(misfit: Misfit) -> str:
    match misfit.kind:
        case kind if kind in KINDS:
            return f"must be {KINDS[kind]}, not {_kind_of(misfit.value)}"
        case "missing" | "too_long" | "string_too_long":
            return "does not have as many values as it must have"
        case "string_too_short" | "too_short":
            return "is empty"
        case "value_error" | "value_form":
            return misfit.said
        case "greater_than_equal":
            return f"is less than {misfit.context['ge']}"
        case _:
            return "does not have the form that it must have"


def _kind_of(value: Data) -> str:
    match value:
        case None:
            return "blank"
        case str():
            return f"the text {shown(value)}"
        case list():
            return "a list"
        case dict():
            return "keys with values"


def listed(words: Iterable[str], joint: str = "and") -> str:
    """Words as a list in a sentence: a, b and c; `nothing` where there is none."""
    return english.listed(tuple(words) or ("nothing",), joint)


@cache
def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the key that stands in a file."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def field_at(model: type[BaseModel], loc: Loc) -> FieldInfo | None:
    """The field that the last key of `loc` names, if every part before it says where we are."""
    fields = (fields_of(place).get(str(loc[-1])) for place in _models_at(model, loc[:-1]))
    return next(filter(None, fields), None)


def keys_at(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The keys that may stand where `loc` leads to, in the order of the format."""
    return tuple(dict.fromkeys(key for place in _models_at(model, loc) for key in fields_of(place)))


def _models_at(model: type[BaseModel], loc: Loc) -> tuple[type[BaseModel], ...]:
    places: tuple[type[BaseModel], ...] = (model,)
    for part in loc:
        if isinstance(part, str):
            places = _step(places, part)
    return places


def _step(places: tuple[type[BaseModel], ...], part: str) -> tuple[type[BaseModel], ...]:
    """One key further in; the tag of a union narrows the choice; a key of a free mapping changes nothing."""
    fields = (fields_of(place).get(part) for place in places)
    below = tuple(dict.fromkeys(found for field in fields if field for found in _models_in(field.annotation)))
    return below or tuple(place for place in places if part in _tags(place)) or places


@cache
def _tags(model: type[BaseModel]) -> frozenset[str]:
    test = fields_of(model).get("test")
    return frozenset(get_args(test.annotation)) if test else frozenset()


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation there is
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
