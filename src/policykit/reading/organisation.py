"""An organisation's folder, read against a pack: whether what it says, sets and states fits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import combinations
from pathlib import Path

from policykit.english import say, say_day
from policykit.model.duties import Strength
from policykit.model.organisation import Attestation, Departure, Profile, Waiver
from policykit.model.registers import Parameter, read_parameter
from policykit.model.scalars import days_between
from policykit.problems import PolicyError, Problem, Severity, shown
from policykit.reading.checks import declared_severity, unexplained_age
from policykit.reading.drafts import possible, twice, unreadable
from policykit.reading.files import FiledItem, Folder, Shelf
from policykit.reading.ground import Ground, Organisation, Pack
from policykit.reading.settings import LONGEST_DAYS, in_use, misfit, post_problems, setting_problems
from policykit.rules import Check, Population, Setting, faults, parameters_used, reads


def load_organisation(folder: Path, pack: Pack, now: datetime | None = None) -> Organisation:
    """The organisation in a folder, read against a pack, with warnings. Raises PolicyError with every problem.

    Without a fixed day it is judged as at today; where nobody says what time it is, as at its latest records.
    """
    home = Folder(folder, "organisation")
    profiles = home.one("organisation.yaml", Profile)
    waivers, statements = home.many("waivers.yaml", Waiver), home.many("attestations.yaml", Attestation)
    departures = home.many("departures.yaml", Departure)
    found = (*home.problems, *_profile(profiles, pack), *_papers(waivers, statements, pack))
    for item in profiles.items:
        found += (*setting_problems(item, departures, pack, _as_at(item.model, now)),)
        found += (*post_problems(item, (waivers, statements, departures), pack),)
    if now is not None:
        found = (*found, *_to_come(profiles, statements, pack, now))
    if any(problem.notice.severity is Severity.ERROR for problem in found):
        raise PolicyError(found, home.more)
    profile, as_at = profiles.items[0].model, _as_at(profiles.items[0].model, now)
    return replace(
        Organisation.of(pack, profile, folder, as_at),
        waivers=tuple(waivers.models.values()),
        attestations=tuple(statements.models.values()),
        departures=in_use(departures, profile, pack, as_at),
        digest=home.digest(),
        warnings=found,
    )


def _as_at(profile: Profile, now: datetime | None) -> date:
    latest = max((source.taken_on for source in profile.records.values()), default=date.min)
    return profile.as_at or (profile.today(now) if now else latest)


def _to_come(profiles: Shelf[Profile], statements: Shelf[Attestation], pack: Pack, now: datetime) -> Iterator[Problem]:
    """What is said to have been done on a day that has not come: a typing error, or a clock that is wrong."""
    for item in profiles.items:
        profile, today = item.model, item.model.today(now)
        said: list[tuple[FiledItem[Profile] | FiledItem[Attestation], date | None, tuple[str | int, ...]]] = [
            (item, profile.as_at, ("as_at",)),
            (item, profile.facts_said.taken_on if profile.facts_said else None, ("facts_said", "taken_on")),
            *((item, source.taken_on, ("records", name, "taken_on")) for name, source in profile.records.items()),
            *(
                (item, getattr(source.confirmed, key), ("records", name, "confirmed", key))
                for name, source in profile.records.items()
                for key in ("taken_on", "said_on")
                if source.confirmed
            ),
            *((item, nil.said_on, ("nil_returns", n, "said_on")) for n, nil in enumerate(profile.nil_returns)),
            *((statement, statement.model.said_on, ("said_on",)) for statement in statements.items),
        ]
        places = {"today": say_day(today)}
        for whose, day, loc in said:
            if day and day > today:
                yield whose.problem("dates.later-than-today", *loc, key=loc[-1], day=say_day(day), **places)
        of_pack = [(duty.id, "reviewed_on", duty.reviewed_on) for duty in pack.duties.values()]
        for id_, key, day in (*of_pack, *((each.id, "on", each.on) for each in pack.retired.values())):
            if day > today:
                yield pack.problem(id_, "dates.later-than-today", key=key, day=say_day(day), **places)


def _profile(profiles: Shelf[Profile], pack: Pack) -> Iterator[Problem]:
    for item in profiles.items:
        setting = Ground.of(pack, None, _as_at(item.model, None)).setting
        yield from _facts(item, pack)
        yield from _parameters(item, pack, setting)
        yield from _registers(item, pack)
        yield from _apart(item, pack, setting)


def _papers(waivers: Shelf[Waiver], statements: Shelf[Attestation], pack: Pack) -> Iterator[Problem]:
    yield from twice(waivers)
    yield from twice(statements)
    for waiver in waivers.items:
        yield from _waiver(waiver, pack)
    for statement in statements.items:
        yield from _attestation(statement, pack)
    for retired in pack.retired.values():
        if retired.kind == "waiver" and retired.id in waivers.ids:
            yield pack.problem(retired.id, "retired.there", id=retired.id)
        if retired.kind == "waiver" and retired.replaced_by and not waivers.knows(retired.replaced_by):
            yield pack.problem(retired.id, "reference-unknown.waiver", id=retired.replaced_by)
    for one, other in combinations(waivers.items, 2):
        first, second = one.model, other.model
        if first.check == second.check and first.from_ <= second.until and second.from_ <= first.until:
            yield other.problem("waivers-overlap.same-days", "from", id=one.id, other=other.id, check=first.check)


def _facts(item: FiledItem[Profile], pack: Pack) -> Iterator[Problem]:
    declared, given = pack.policy.facts, item.model.facts
    for fact in given.keys() - declared.keys():
        yield item.unknown("reference-unknown.in-pack-fact", fact, declared, "facts", fact, mark="`", name=fact)
    for fact, shape in declared.items():
        if (written := given.get(fact)) is None:
            yield item.problem("facts.missing", "facts", fact, fact=fact, means=shape.means)
        elif why := unreadable(shape, written):
            one_of = say("reading.remedy.use-one-of", words=", ".join(shape.values))
            can = one_of if shape.values else possible(shape)
            yield item.problem("facts.refused", "facts", fact, fact=fact, why=why, possible=can)


def _parameters(item: FiledItem[Profile], pack: Pack, setting: Setting) -> Iterator[Problem]:
    for id_, written in item.model.parameters.items():
        loc = ("parameters", id_)
        if (parameter := pack.parameters.get(id_)) is None:
            yield item.unknown("reference-unknown.in-pack-parameter", id_, pack.parameters, *loc, mark="`", name=id_)
        elif not parameter.may_be_set:
            yield item.problem("statutory.set-by-law", *loc, id=id_)
        elif why := misfit(parameter, written):
            yield item.problem("parameter.value", *loc, id=id_, why=why, type=parameter.type)
        else:
            yield from _where_used(item, parameter, pack, setting)


def _where_used(item: FiledItem[Profile], parameter: Parameter, pack: Pack, setting: Setting) -> Iterator[Problem]:
    """The pack's rules, with this parameter alone set as the organisation sets it."""
    value = read_parameter(parameter, item.model.parameters[parameter.id])
    changed = replace(setting, parameters={**setting.parameters, parameter.id: value})
    using = [check for check in pack.checks.values() if parameter.id in parameters_used(check, setting)]
    rules: list[Check | Population] = [*pack.populations.values(), *using]
    for rule in rules:
        for fault in faults(rule, changed):
            said = {"id": parameter.id, "rule": rule.id, "what": fault.what, "remedy": fault.remedy}
            yield item.problem("parameter.rule", "parameters", parameter.id, **said)
    for check in using:
        if days := unexplained_age(check, changed):
            loc = ("parameters", parameter.id)
            yield item.problem("parameter.max-age", *loc, id=parameter.id, check=check.id, days=days)


def _registers(item: FiledItem[Profile], pack: Pack) -> Iterator[Problem]:
    message = "reference-unknown.in-pack-register"
    for name in item.model.records.keys() - pack.registers.keys():
        yield item.unknown(message, name, pack.registers, "records", name, mark="`", name=name)
    for number, nil in enumerate(item.model.nil_returns):
        if nil.register_ not in pack.registers:
            loc = ("nil_returns", number, "register")
            yield item.problem("reference-unknown.nil-return", *loc, register=shown(nil.register_))
        if nil.to < nil.from_:
            yield item.problem("dates.nil-return", "nil_returns", number, "to")


def _apart(item: FiledItem[Profile], pack: Pack, setting: Setting) -> Iterator[Problem]:
    """Registers that one check reads and that no one query can reach; each pair is told with its first check."""
    told = set[tuple[str, str]]()
    for check in pack.checks.values():
        kept = {name: item.model.records[name] for name in reads(check, setting) if name in item.model.records}
        for (one, here), (other, there) in combinations(kept.items(), 2):
            if here.place != there.place and (one, other) not in told:
                told.add((one, other))
                places = {"one": one, "here": here.place, "other": other, "there": there.place}
                yield item.problem("records-apart.two-places", "records", other, check=check.id, **places)


def _waiver(item: FiledItem[Waiver], pack: Pack) -> Iterator[Problem]:
    yield from _length(item, item.model.from_, item.model.until, "from")
    if (check := item.model.check) not in pack.checks:
        yield item.unknown("waiver-orphan.no-check", check, pack.checks, "check", id=item.id, check=check)


def _attestation(item: FiledItem[Attestation], pack: Pack) -> Iterator[Problem]:
    yield from _length(item, item.model.said_on, item.model.until, "said_on")
    if (check := item.model.check) not in pack.checks:
        yield item.unknown("reference-unknown.attested-check", check, pack.checks, "check", id=item.id, check=check)
    elif pack.checks[check].method != "attestation":
        yield item.problem("attestation-unused.another-method", "check", id=item.id, check=check)
    elif item.model.basis is None and declared_severity(pack.checks[check], pack) is Strength.MUST:
        yield item.problem("key-missing.basis", id=item.id, check=check)


def _length(
    item: FiledItem[Waiver] | FiledItem[Attestation], first: date, last: date, begins: str
) -> Iterator[Problem]:
    if last < first:
        yield item.problem("dates.until-first", "until", begins=begins)
    elif days_between(first, last) > LONGEST_DAYS:
        yield item.problem("dates.too-long", "until", most=LONGEST_DAYS, begins=begins)
