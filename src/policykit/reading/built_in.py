"""What is always there: the registers `organisation` and `law`, the pack's lists, and the setting of every rule."""

from collections.abc import Iterator, Mapping
from datetime import date

from policykit.model.law import Provision
from policykit.model.parameters import ParameterValue, read_parameter
from policykit.model.policy import PolicyFile
from policykit.model.registers import FieldShape, FieldType, ListOfRows, Register, Value, read_value
from policykit.reading.pack import Organisation, Pack
from policykit.rules import Setting, Values

ORGANISATION, LAW = "organisation", "law"
BUILT_IN = frozenset({ORGANISATION, LAW})
OPEN_END = date(9999, 12, 31)
"""Stands for the last day of a period that has none."""

_KINDS = ("duty", "power", "permission", "prohibition", "definition", "exemption", "guidance", "standard")
_LAW = Register(
    id=LAW,
    title="Law, one row for each period of a provision",
    row="provision",
    about="document",
    key="id",
    fields={
        "id": FieldShape(type=FieldType.REF, phrase="reference", means="Id of the provision"),
        "instrument": FieldShape(type=FieldType.TEXT, means="Act, regulation or document"),
        "kind": FieldShape(type=FieldType.CODE, values=_KINDS, means="Kind of provision"),
        "valid_from": FieldShape(type=FieldType.DATE, phrase="first day as law", means="First day of the period"),
        "valid_to": FieldShape(type=FieldType.DATE, phrase="last day as law", means="Last day of the period"),
        "last_changed_on": FieldShape(type=FieldType.DATE, means="Day of the last change"),
        "verification": FieldShape(
            type=FieldType.CODE,
            values=("text", "secondary", "unverified"),
            phrase="level of verification",
            means="How far it was verified",
        ),
    },
)


def registers_of(pack: Pack) -> Mapping[str, Register]:
    """Every register that a rule can name: the pack's own, its lists, and those that are built in."""
    lists = {id_: _register_of(rows) for id_, rows in pack.lists.items()}
    return {**pack.registers, **lists, ORGANISATION: _organisation(pack.policy), LAW: _LAW}


def setting_of(pack: Pack, organisation: Organisation | None, as_at: date) -> Setting:
    """What rules may look up on a day: the organisation's facts and parameters, or the pack's own defaults."""
    own = organisation.profile.parameters if organisation else {}
    return Setting(
        as_at=as_at,
        registers=registers_of(pack),
        populations=pack.populations,
        parameters=organisation.parameters if organisation else defaults_of(pack),
        declared=pack.parameters,
        facts=organisation.facts if organisation else dict.fromkeys(pack.policy.facts),
        fact_shapes=pack.policy.facts,
        own_parameters=frozenset(own),
        cited_as={provision.id: provision.cited_as for provision in pack.provisions.values()},
        clauses=frozenset(pack.clauses),
        organisation=organisation.profile.name if organisation else "",
    )


def defaults_of(pack: Pack) -> Mapping[str, ParameterValue]:
    """The pack's own values of all parameters."""
    return {id_: read_parameter(parameter, parameter.default) for id_, parameter in pack.parameters.items()}


def built_in_rows(
    pack: Pack, facts: Mapping[str, Value | None], organisation_id: str, as_at: date
) -> Mapping[str, tuple[Values, ...]]:
    """The rows of `law`, `organisation` and every list, typed, as they stand on a day."""
    law = (row for provision in pack.provisions.values() for row in _periods(provision, as_at))
    organisation = {"id": organisation_id, **{fact: facts.get(fact) for fact in pack.policy.facts}}
    lists = {id_: tuple(_typed(rows)) for id_, rows in pack.lists.items()}
    return {**lists, ORGANISATION: (organisation,), LAW: tuple(law)}


def _periods(provision: Provision, as_at: date) -> Iterator[Values]:
    begun = [period.from_ for period in provision.periods if period.from_ <= as_at]
    for period in provision.periods:
        yield {
            "id": provision.id,
            "instrument": provision.instrument,
            "kind": provision.kind,
            "valid_from": period.from_,
            "valid_to": period.to or OPEN_END,
            "last_changed_on": max(begun, default=None),
            "verification": provision.verification.level,
        }


def _typed(rows: ListOfRows) -> Iterator[Values]:
    for row in rows.rows:
        yield {field: read_value(shape, row.get(field)) for field, shape in rows.fields.items()}


def _register_of(rows: ListOfRows) -> Register:
    return Register(id=rows.id, title=rows.title, row=rows.row, about="document", key=rows.key, fields=rows.fields)


def _organisation(policy: PolicyFile) -> Register:
    own = FieldShape(type=FieldType.REF, phrase="reference", means="Id of the organisation")
    return Register(
        id=ORGANISATION,
        title="Our organisation",
        row="our organisation",
        about="organisation",
        key="id",
        fields={"id": own, **policy.facts},
    )
