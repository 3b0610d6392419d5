"""Data into nouns. What does not fit is told at its line and in our own words; pydantic's are never shown."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from policykit.english import listed, say
from policykit.problems import MOST_OF_A_FILE, Problem, shown, suggest
from policykit.reading.yaml import Data, Lines, Loc

M = TypeVar("M", bound=BaseModel)

MESSAGES: Mapping[str, str] = {
    "bool_type": "value-wrong.no-boolean",
    "date_type": "value-wrong.no-day",
    "dict_type": "value-wrong.no-keys",
    "enum": "value-wrong.not-allowed",
    "extra_forbidden": "key-unknown.key",
    "form": "value-wrong.text",
    "greater_than_equal": "value-wrong.less",
    "int_type": "value-wrong.no-integer",
    "list_type": "value-wrong.no-list",
    "literal_error": "value-wrong.not-allowed",
    "mapping_type": "value-wrong.no-keys",
    "missing": "value-wrong.count",
    "model_attributes_type": "value-wrong.no-keys",
    "model_type": "value-wrong.no-keys",
    "string_too_long": "value-wrong.count",
    "string_too_short": "value-wrong.empty",
    "string_type": "value-wrong.no-text",
    "too_long": "value-wrong.count",
    "too_short": "value-wrong.empty",
    "tuple_type": "value-wrong.no-list",
    "union_tag_invalid": "value-wrong.test",
    "union_tag_not_found": "key-missing.test",
    "value_error": "value-wrong.refused",
    "value_form": "value-wrong.none-of-these",
}
"""What is said of a misfit, by pydantic's name for it, where nothing more is known."""


class Misfit(NamedTuple):
    """One thing that does not fit: where (`kept` is the part of `loc` that exists in the data), and what stands there.

    `kind`, `context` and `said` are pydantic's; what it says is only used where a model of ours wrote it.
    """

    model: type[BaseModel]
    kind: str
    loc: Loc
    kept: Loc
    value: Data
    context: Mapping[str, Any]
    said: str

    def problem_at(self, path: str, line: int) -> Problem:
        """What is wrong and what to do, in a file."""
        kinds: Mapping[type, str] = {str: "text", list: "list", dict: "keys"}
        kind = kinds.get(type(self.value), "nothing")
        return Problem.at(
            path,
            line,
            self.message,
            name=self.name,
            value=shown(self.word),
            why=self.said,
            found=say(f"reading.found.{kind}", value=shown(self.value)),
            least=self.context.get("ge"),
            most=self.context.get("max_length"),
            remedy=self.remedy,
        )

    @property
    def message(self) -> str:
        """The message of the catalogue, with what is known besides pydantic's name."""
        text = self.value if isinstance(self.value, str) else None
        match self.kind:
            case "value_error" | "value_form" if "HTML" in self.said:
                return "html.value"
            case "value_error" if text and text.strip():
                return "value-wrong.text"
            case "too_long" | "string_too_long" if text is not None:
                return "value-wrong.too-long"
            case "missing" if isinstance(self.word, str):
                return "key-missing.below" if self.kept and self.kept[-1] != self.word else "key-missing.key"
        return MESSAGES.get(self.kind, "value-wrong.form")

    @property
    def name(self) -> str:
        """The key at fault, with the number of the item where it is one of a list."""
        keys = [(number, part) for number, part in enumerate(self.kept) if isinstance(part, str)]
        if not keys:
            return say("reading.name.this")
        at, key = keys[-1]
        item = self.kept[at + 1] if at + 1 < len(self.kept) else None
        if isinstance(item, int):
            return say("reading.name.item", key=key, number=item + 1)
        return say("reading.name.key", key=key)

    @property
    def word(self) -> object:
        """What is refused or missing: a key, the number of an item, the tag of a union, or the value."""
        match self.kind:
            case "extra_forbidden" | "missing":
                return self.loc[-1]
            case "union_tag_invalid":
                return self.context["tag"]
            case "form" if not isinstance(self.value, str):
                return self.loc[-2]  # a key has a place of its own in a loc
        return self.value

    @property
    def remedy(self) -> str:
        """The word that was probably meant, or what the format says of the place."""
        if self.kind == "extra_forbidden":
            keys = keys_at(self.model, self.loc[:-1])
            return suggest(str(self.word), keys, say("reading.remedy.keys-here", keys=listed(keys)), mark="`")
        if expected := self.context.get("expected") or self.context.get("expected_tags"):
            words = tuple(word.strip("' ") for word in expected.replace(" or ", ", ").split(", "))
            return suggest(str(self.word), words, say("reading.remedy.use", words=listed(words, "or")))
        if self.kind == "missing" and isinstance(self.word, str):
            field = field_at(self.model, self.loc)
            means = (field and field.description) or ""
            return say("reading.remedy.add-meaning" if means else "reading.remedy.add", means=means.rstrip("."))
        return str(self.context.get("remedy") or self.hint)

    @property
    def hint(self) -> str:
        """What the format says of the innermost key that it describes."""
        for end in range(len(self.kept), 0, -1):
            field = field_at(self.model, self.kept[:end])
            if field and field.description:
                return say("reading.remedy.write-here", means=field.description.rstrip("."))
        return say("reading.remedy.format")


def shape(model: type[M], data: Data, lines: Lines, path: str) -> tuple[M | None, tuple[Problem, ...], int]:
    """The data as a noun, or None and a problem for each thing that does not fit; of very many only how many more."""
    try:
        return model.model_validate(data, by_alias=True, by_name=False), (), 0
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        misfits = (_misfit(model, data, detail) for detail in details[:MOST_OF_A_FILE])
        found = dict.fromkeys(misfit.problem_at(path, lines.at(misfit.kept)) for misfit in misfits)
        return None, tuple(found), len(details[MOST_OF_A_FILE:])


def _misfit(model: type[BaseModel], data: Data, detail: ErrorDetails) -> Misfit:
    """A misfit from pydantic's details, which put the tags of unions among the parts of a loc."""
    kept: list[str | int] = []
    for part in detail["loc"]:
        in_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if in_list or (isinstance(data, dict) and part in data):
            data = data[part]  # type: ignore[index] # it was looked for just now
            kept.append(part)
    context = detail.get("ctx", {})
    said = str(context.get("said") or context.get("error") or detail["msg"])
    return Misfit(model, detail["type"], detail["loc"], tuple(kept), data, context, said)


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
    for part in (part for part in loc if isinstance(part, str)):
        fields = filter(None, (fields_of(place).get(part) for place in places))
        below = tuple(dict.fromkeys(found for field in fields for found in _models_in(field.annotation)))
        # The tag of a union narrows the choice; a key of a free mapping changes nothing.
        places = below or tuple(place for place in places if part in _tags(place)) or places
    return places


@cache
def _tags(model: type[BaseModel]) -> frozenset[str]:
    test = fields_of(model).get("test")
    return frozenset(get_args(test.annotation)) if test else frozenset()


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation there is
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
