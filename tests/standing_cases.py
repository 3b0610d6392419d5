"""What tests of tracing share: the second pack as loaded, and checks and organisations changed in one respect."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from policykit import __version__
from policykit.model.canonical import sha256_of
from policykit.model.organisation import NilReturn, RecordSource
from policykit.model.registers import ExpectedOfFact
from policykit.model.results import (
    CheckResult,
    Counts,
    Finding,
    Identity,
    RecordsUsed,
    Refusal,
    RowCounts,
    Run,
    ValueCounts,
)
from policykit.reading import Ground, Organisation, Pack, load_organisation, load_pack
from policykit.rules import Check, Each, each_of
from policykit.running import Results, dated, folder_of, judge, why_not_applicable

TESTS = Path(__file__).parent
KITCHENS = TESTS / "packs" / "kitchens"
AS_AT = date(2026, 10, 15)


@cache
def kitchens() -> tuple[Pack, Organisation]:
    """The second pack and its firm."""
    pack = load_pack(KITCHENS / "policy")
    return pack, load_organisation(KITCHENS / "larkrise", pack)


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file that anybody can read and add to."""
    found: list[dict[str, Any]] = yaml.safe_load((TESTS / "cases" / "tracing" / f"{name}.yaml").read_text("utf-8"))
    return found


def found(counts: Mapping[str, int], rows: RowCounts | None = None, refused: Refusal | None = None) -> Finding:
    """What counting brought; what is not said is 0."""
    said = {"conform": 0, "violate": 0, "unknown": 0, "out": 0, "unreadable": 0, **counts}
    in_scope = said["conform"] + said["violate"] + said["unknown"]
    return Finding(counts=Counts(in_scope=in_scope, **said), rows=rows, refused=refused)


def found_by(each: Each | None, counts: Mapping[str, int]) -> Finding:
    """What counting brought where, of a for_each, only the first value is in scope of any row."""
    plain = found(counts)
    if each is None or plain.counts is None:
        return plain
    rows = RowCounts(**plain.counts.model_dump(include=set(RowCounts.model_fields)))
    none = ValueCounts(conform=0, violate=0, unknown=0)
    first = ValueCounts(**rows.model_dump(exclude={"in_scope"}))
    by = {**dict.fromkeys(each.codes, none), each.codes[0]: first}
    out = (len(each.codes) - 1) * rows.in_scope
    return Finding(counts=plain.counts.model_copy(update={"out": out}), rows=rows, by=by)


def taken(organisation: Organisation, days: Mapping[str, date]) -> Organisation:
    """The organisation with the records of some registers taken on other days."""
    records = dict(organisation.profile.records)
    for register, day in days.items():
        records[register] = records[register].model_copy(update={"taken_on": day})
    return replace(organisation, profile=organisation.profile.model_copy(update={"records": records}))


def with_nil_return(organisation: Organisation, nil: NilReturn | None) -> Organisation:
    """The organisation with this nil return and no other."""
    update = {"nil_returns": (nil,) if nil else ()}
    return replace(organisation, profile=organisation.profile.model_copy(update=update))


def with_check(pack: Pack, check: Check) -> Pack:
    """The pack with one check changed."""
    return replace(pack, checks={**pack.checks, check.id: check})


def results_of(pack: Pack, organisation: Organisation, checks: Iterable[CheckResult]) -> Results:
    """The results of a complete run on the organisation's own day."""
    noon = datetime(2026, 10, 15, 12, tzinfo=UTC)
    run = Run(
        id="2026-10-15T12:00:00Z-1",
        as_at=organisation.as_at,
        today=organisation.as_at,
        started=noon,
        finished=noon,
        complete=True,
        policykit=__version__,
        engine="by hand",
        pack=Identity(id=pack.policy.id, edition=pack.policy.edition, digest=pack.digest),
        organisation=Identity(
            id=organisation.profile.id,
            folder=folder_of(Ground.of(pack, organisation, organisation.as_at)),
            digest=organisation.digest,
        ),
    )
    return Results(run=run, checks=tuple(checks))


def digest_of(text: str) -> str:
    """The digest of a file that holds this text."""
    return sha256_of(text.encode())


THEN = digest_of("then")


def used(register: str, day: date, digest: str | None = THEN, rows: int = 1) -> RecordsUsed:
    """One register that a check read."""
    return RecordsUsed(register_=register, taken_on=day, rows=rows, digest=digest, stale=False)


def all_met(pack: Pack, organisation: Organisation) -> Results:
    """The results of a run in which every check that applies had nine units in scope, and all of them conformed."""
    ground = Ground.of(pack, organisation, organisation.as_at)

    def result(check: Check) -> CheckResult:
        if why_not_applicable(check, ground):
            return judge(check, None, ground)
        records = tuple(used(register, day, rows=9) for register, day in dated(check, ground).items())
        finding = found_by(each_of(check, ground.setting), {"conform": 9})
        return judge(check, finding.model_copy(update={"records": records}), ground)

    return results_of(pack, organisation, map(result, pack.checks.values()))


def watching_ground(case: Mapping[str, Any]) -> Ground:
    """The second pack and its firm: one register has what a case `says` in its record and `expects` in the pack."""
    pack, organisation = kitchens()
    name = case["register"]
    source = RecordSource.model_validate(
        {"source": f"records/{name}.csv", "taken_on": case["taken_on"], **case.get("says", {})}
    )
    profile = organisation.profile
    nils = tuple(NilReturn.model_validate({"register": name, **said}) for said in case.get("nil_returns", ()))
    profile = profile.model_copy(update={"records": {**profile.records, name: source}, "nil_returns": nils})
    register = pack.registers[name]
    if "expects" in case:
        register = register.model_copy(update={"expect": ExpectedOfFact.model_validate(case["expects"])})
    pack = replace(pack, registers={**pack.registers, name: register})
    return Ground.of(pack, replace(organisation, profile=profile), date.fromisoformat(case["today"]))
