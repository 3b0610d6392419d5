"""Value forms: what may stand where a rule needs a value, be it written out or looked up."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from policykit.model.scalars import Name, Record


class OfParameter(Record):
    """The value of a parameter."""

    parameter: Name = Field(description="The parameter's id.")


class OfFact(Record):
    """What the organisation says about itself."""

    fact: Name = Field(description="The fact's id.")


class OfEach(Record):
    """The value that the for_each stands at."""

    each: Name = Field(description="The name that the for_each gives it.")


class AsAt(Record):
    """The as-at date."""

    as_at: Literal["true"] = Field(description="Always `true`.")


class OfField(Record):
    """A field of the row one level out; of the same row for the `day` of `in_force`."""

    field: Name = Field(description="The field's id.")


class Moved(Record):
    """Another form's value, one more or one less; of a day the next one or the one before.

    No file can write it: alternatives of a rule are made of it. It has words and a meaning, and no SQL.
    """

    of: "str | OfParameter | OfFact | OfEach | AsAt | OfField"
    by: Literal[-1, 1]


class Without(Record):
    """The codes of a parameter but one. Like `Moved`, no file can write it."""

    of: OfParameter
    code: str


def _form(value: object) -> str | None:
    """Which form a value has: its only key says so, in a file as in a model."""
    if isinstance(value, str):
        return "literal"
    if isinstance(value, list | tuple):
        return "list"
    keys = list(value if isinstance(value, dict) else getattr(type(value), "model_fields", ()))
    return keys[0] if len(keys) == 1 else None


def _told(forms: str) -> Discriminator:
    return Discriminator(_form, custom_error_type="value_form", custom_error_message=f"is not {forms}")


Literally = Annotated[str, Tag("literal")]
Listed = Annotated[tuple[str, ...], Tag("list")]
_Parameter = Annotated[OfParameter, Tag("parameter")]
_Fact = Annotated[OfFact, Tag("fact")]
_Each = Annotated[OfEach, Tag("each")]
_AsAt = Annotated[AsAt, Tag("as_at")]
_Field = Annotated[OfField, Tag("field")]

Form = OfParameter | OfFact | OfEach | AsAt | OfField | Moved | Without
"""Any value form but one that is written out."""

Operand = Annotated[
    Literally | _Parameter | _Fact | _Each | _AsAt | _Field,
    _told("a value, nor one of {parameter: ...}, {fact: ...}, {each: ...}, {as_at: true} and {field: ...}"),
]
"""One value."""

Operands = Annotated[
    Literally | Listed | _Parameter | _Fact | _Each | _AsAt | _Field,
    _told("a list of values, nor one of {parameter: ...}, {fact: ...}, {each: ...}, {as_at: true} and {field: ...}"),
]
"""Several values; one value counts as a list of one."""

Other = Annotated[Literally | _Field, _told("a field, nor {field: ...} for one of the row one level out")]
"""Another field: of the same row, or of the row one level out."""

Day = Annotated[_AsAt | _Field, _told("{as_at: true}, nor {field: ...} for a date of the same row")]
"""The day on which a provision must have been law."""

Quantity = Annotated[Literally | _Parameter, _told("a number, nor {parameter: ...}")]
"""A number that holds for the whole check."""

Listing = Annotated[Listed | _Parameter, _told("a list of codes, nor {parameter: ...}")]
"""The codes of a for_each."""
