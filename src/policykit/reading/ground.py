"""The ground that everything is judged on: a pack, an organisation and a day.

Here alone they become what rules may look up, and the rows of the registers that are always there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import get_args

from policykit.english import say
from policykit.model.duties import Decision, Duty, Retired
from policykit.model.organisation import Attestation, Departure, PolicyFile, Profile, Waiver
from policykit.model.registers import (
    ORGANISATION,
    FieldShape,
    FieldType,
    ListOfRows,
    Parameter,
    ParameterValue,
    Register,
    Value,
    read_parameter,
    read_value,
)
from policykit.model.sources import Clause, Provision, Source, Verification
from policykit.problems import Problem
from policykit.rules import Check, DeclaredRegister, Population, Setting, Values, rule_digest

Tables = Mapping[str, tuple[Values, ...]]
"""Typed rows by the register they are of."""

LAW = "law"
BUILT_IN = frozenset({ORGANISATION, LAW})
OPEN_END = date(9999, 12, 31)
"""Stands for the last day of a period that has none."""

EXAMPLE_ID = "EXAMPLE"
"""The id of the organisation that says nothing about itself: examples are judged on its ground."""

_LAW_FIELDS: Mapping[str, FieldType] = {
    "id": FieldType.REF,
    "instrument": FieldType.TEXT,
    "kind": FieldType.CODE,
    "valid_from": FieldType.DATE,
    "valid_to": FieldType.DATE,
    "last_changed_on": FieldType.DATE,
    "verification": FieldType.CODE,
}
_LAW_PHRASED = {"id", "valid_from", "valid_to", "verification"}


@dataclass(frozen=True)
class Position:
    """Where an item stands: its file, relative to the pack's folder, and its line."""

    path: str
    line: int


@dataclass(frozen=True)
class Pack:
    """One pack: everything under `policy/`, every reference resolved. Mappings go by id, in order of the files."""

    folder: Path
    policy: PolicyFile
    sources: Mapping[str, Source]
    provisions: Mapping[str, Provision]
    parameters: Mapping[str, Parameter]
    lists: Mapping[str, ListOfRows]
    populations: Mapping[str, Population]
    registers: Mapping[str, DeclaredRegister]
    duties: Mapping[str, Duty]
    checks: Mapping[str, Check]
    decisions: Mapping[str, Decision]
    retired: Mapping[str, Retired]
    places: Mapping[str, Position]
    digest: str

    @cached_property
    def clauses(self) -> Mapping[str, Clause]:
        """Every clause of every source, by id."""
        return {clause.id: clause for source in self.sources.values() for clause in source.clauses}

    def problem(self, item: str, message: str, /, **places: object) -> Problem:
        """What a message of the catalogue says of an item, at its place."""
        return Problem.at(*self.place_of(item), message, **places)

    def place_of(self, item: str) -> tuple[str, int]:
        """Where an item stands, as problems say it."""
        place = self.places[item]
        return (self.folder / place.path).as_posix(), place.line


@dataclass(frozen=True)
class Organisation:
    """One organisation's folder, read against a pack: facts and parameters typed, the pack's defaults among them.

    `as_at` is the day as of which it asks to be judged: its own fixed one, else the day on which it was read.
    `departures` are those in date, each for what its parameter is set to; `warnings` is what still looks like a mistake
    in the folder.
    """

    folder: Path
    profile: Profile
    as_at: date
    facts: Mapping[str, Value | None]
    parameters: Mapping[str, ParameterValue]
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    departures: tuple[Departure, ...] = ()
    digest: str = ""
    warnings: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, pack: Pack, profile: Profile, folder: Path, as_at: date) -> "Organisation":
        """The organisation that a profile describes, without its papers. Raises ValueError."""
        facts = {fact: read_value(shape, profile.facts.get(fact)) for fact, shape in pack.policy.facts.items()}
        parameters = {
            id_: read_parameter(parameter, profile.parameters.get(id_, parameter.default))
            for id_, parameter in pack.parameters.items()
        }
        return cls(folder, profile, as_at, facts, parameters)


@dataclass(frozen=True)
class Ground:
    """A pack, an organisation and a day. Made once and handed on: what follows from the three is worked out here."""

    pack: Pack
    organisation: Organisation
    as_at: date

    @classmethod
    def of(cls, pack: Pack, organisation: Organisation | None, as_at: date) -> "Ground":
        """The ground for one day; without an organisation that of one that says nothing and sets nothing."""
        return cls(pack, organisation or silent_organisation(pack), as_at)

    @cached_property
    def setting(self) -> Setting:
        """What rules may look up on that day."""
        return Setting(
            as_at=self.as_at,
            registers=registers_of(self.pack),
            populations=self.pack.populations,
            parameters=self.organisation.parameters,
            declared=self.pack.parameters,
            facts=self.organisation.facts,
            fact_shapes=self.pack.policy.facts,
            own_parameters=frozenset(self.organisation.profile.parameters),
            cited_as={provision.id: provision.cited_as for provision in self.pack.provisions.values()},
            clauses=frozenset(self.pack.clauses),
            organisation=self.organisation.profile.name,
        )

    @cached_property
    def built_in(self) -> Tables:
        """The rows of `law`, `organisation` and every list, typed, as they stand on that day."""
        return built_in_rows(self.pack, self.organisation.facts, self.organisation.profile.id, self.as_at)

    def rule_digest(self, check: Check) -> str:
        """The digest of a check's rule on this ground, made once: it takes longer than all other judging."""
        made_for, digest = self._digests.get(check.id, (None, ""))
        if made_for is not check:
            digest = rule_digest(check, self.setting, self.built_in)
            self._digests[check.id] = check, digest
        return digest

    @cached_property
    def _digests(self) -> dict[str, tuple[Check, str]]:
        return {}


def setting_of(pack: Pack, organisation: Organisation | None, as_at: date) -> Setting:
    """What rules may look up on a day: the organisation's facts and parameters, or the pack's own defaults."""
    return Ground.of(pack, organisation, as_at).setting


def silent_organisation(pack: Pack) -> Organisation:
    """The organisation of examples: no fact is known, and every parameter is as the pack sets it."""
    profile = Profile.model_construct(id=EXAMPLE_ID, name="", facts={}, records={})
    return Organisation.of(pack, profile, pack.folder, date.min)


@cache
def _law() -> Register:
    """The shape of the register `law`: one row for each period of a provision."""
    coded = {"kind": Provision.model_fields["kind"], "verification": Verification.model_fields["level"]}
    fields = {
        name: FieldShape(
            type=type_,
            means=say(f"reading.law.{name}"),
            values=get_args(coded[name].annotation) if name in coded else (),
            phrase=say(f"reading.law-phrase.{name}") if name in _LAW_PHRASED else None,
        )
        for name, type_ in _LAW_FIELDS.items()
    }
    title, row = say("reading.law.title"), say("reading.law.row")
    return Register(id=LAW, title=title, row=row, about="document", key="id", fields=fields)


def registers_of(pack: Pack) -> Mapping[str, Register]:
    """Every register that a rule can name: the pack's own, its lists, and those that are built in."""
    lists = {
        id_: Register(id=rows.id, title=rows.title, row=rows.row, about="document", key=rows.key, fields=rows.fields)
        for id_, rows in pack.lists.items()
    }
    own_id = FieldShape(type=FieldType.REF, phrase=say("reading.law-phrase.id"), means=say("reading.organisation.id"))
    organisation = Register(
        id=ORGANISATION,
        title=say("reading.organisation.title"),
        row=say("reading.organisation.row"),
        about="organisation",
        key="id",
        fields={"id": own_id, **pack.policy.facts},
    )
    return {**pack.registers, **lists, ORGANISATION: organisation, LAW: _law()}


def built_in_rows(pack: Pack, facts: Mapping[str, Value | None], organisation_id: str, as_at: date) -> Tables:
    """The rows of `law`, `organisation` and every list, typed, as they stand on a day."""
    law = (row for provision in pack.provisions.values() for row in _periods(provision, as_at))
    organisation = {"id": organisation_id, **{fact: facts.get(fact) for fact in pack.policy.facts}}
    lists = {id_: tuple(typed(row, rows.fields) for row in rows.rows) for id_, rows in pack.lists.items()}
    return {**lists, ORGANISATION: (organisation,), LAW: tuple(law)}


def typed(row: Mapping[str, str | None], fields: Mapping[str, FieldShape]) -> Values:
    """Every field with its typed value, None where the row says nothing. Raises ValueError."""
    return {field: read_value(shape, row.get(field)) for field, shape in fields.items()}


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
