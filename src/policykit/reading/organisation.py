"""An organisation's folder, read against a pack: whether what it says, sets and states fits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from pathlib import Path

from policykit.model.organisation import Attestation, Profile, Waiver
from policykit.model.registers import Parameter, read_parameter
from policykit.model.scalars import days_between
from policykit.problems import Notice, PolicyError, Problem, Severity, shown, suggest
from policykit.reading.drafts import twice, unreadable
from policykit.reading.files import FiledItem, Folder, Reader, Shelf
from policykit.reading.ground import Organisation, Pack, setting_of
from policykit.reading.registers import misfit
from policykit.rules import Check, Population, faults, parameters_used, reads

LONGEST_DAYS = 365


@dataclass(frozen=True)
class ProfileDraft:
    """The files of an organisation's folder as far as they could be read."""

    profiles: Shelf[Profile]
    waivers: Shelf[Waiver]
    attestations: Shelf[Attestation]


def load_organisation(folder: Path, pack: Pack) -> tuple[Organisation, tuple[Problem, ...]]:
    """The organisation in a folder, read against a pack, and warnings. Raises PolicyError with every problem."""
    home = Folder(folder)
    reader = Reader(home)
    draft = ProfileDraft(
        reader.one("organisation.yaml", Profile),
        reader.many("waivers.yaml", Waiver),
        reader.many("attestations.yaml", Attestation),
    )
    found = (*home.problems, *organisation_problems(draft, pack))
    if any(problem.notice.severity is Severity.ERROR for problem in found):
        raise PolicyError(found)
    papers = (tuple(draft.waivers.models.values()), tuple(draft.attestations.models.values()))
    organisation = Organisation.of(pack, draft.profiles.items[0].model, folder, papers, home.digest())
    return organisation, found


def organisation_problems(draft: ProfileDraft, pack: Pack) -> Iterator[Problem]:
    """Everything that does not fit, warnings too."""
    for item in draft.profiles.items:
        yield from _facts(item, pack)
        yield from _parameters(item, pack)
        yield from _registers(item, pack)
        yield from _apart(item, pack)
    yield from twice(draft.waivers)
    yield from twice(draft.attestations)
    for waiver in draft.waivers.items:
        yield from _waiver(waiver, pack)
    for statement in draft.attestations.items:
        yield from _attestation(statement, pack)
    yield from _overlaps(draft.waivers)


def _unknown(item: FiledItem[Profile], what: str, known: tuple[str, ...], *loc: str | int) -> Problem:
    remedy = suggest(str(loc[-1]), known, "take it out, or declare it in the pack", mark="`")
    return item.problem(Notice.REFERENCE_UNKNOWN, f"there is no {what} `{loc[-1]}` in the pack", remedy, *loc)


def _facts(item: FiledItem[Profile], pack: Pack) -> Iterator[Problem]:
    declared, given = pack.policy.facts, item.model.facts
    for fact in given.keys() - declared.keys():
        yield _unknown(item, "fact", tuple(declared), "facts", fact)
    for fact, shape in declared.items():
        if (written := given.get(fact)) is None:
            said, remedy = "is missing or blank", f"say it: {shape.means}"
        else:
            said = unreadable(shape, written) or ""
            remedy = f"use one of {', '.join(shape.values)}" if shape.values else f"write a {shape.type}"
        if said:
            yield item.problem(Notice.FACTS, f"the fact `{fact}` {said}", remedy, "facts", fact)


def _parameters(item: FiledItem[Profile], pack: Pack) -> Iterator[Problem]:
    for id_, written in item.model.parameters.items():
        if (parameter := pack.parameters.get(id_)) is None:
            yield _unknown(item, "parameter", tuple(pack.parameters), "parameters", id_)
        elif parameter.statutory and parameter.at_least is None and parameter.at_most is None:
            what = f"the parameter `{id_}` is set by law and cannot be set here"
            yield item.problem(Notice.STATUTORY, what, "take it out", "parameters", id_)
        elif said := misfit(parameter, written):
            remedy = f"write a value that fits its type, {parameter.type}, and its bounds"
            yield item.problem(Notice.PARAMETER, f"the parameter `{id_}` {said}", remedy, "parameters", id_)
        else:
            yield from _where_used(item, parameter, pack)


def _where_used(item: FiledItem[Profile], parameter: Parameter, pack: Pack) -> Iterator[Problem]:
    """The pack's rules, with this parameter alone set as the organisation sets it."""
    setting = setting_of(pack, None, item.model.as_at)
    value = read_parameter(parameter, item.model.parameters[parameter.id])
    changed = replace(setting, parameters={**setting.parameters, parameter.id: value})
    using = [check for check in pack.checks.values() if parameter.id in parameters_used(check, setting)]
    rules: list[Check | Population] = [*pack.populations.values(), *using]
    for rule in rules:
        for fault in faults(rule, changed):
            what = f"the parameter `{parameter.id}` does not fit {rule.id}: {fault.what}"
            yield item.problem(Notice.PARAMETER, what, fault.remedy, "parameters", parameter.id)


def _registers(item: FiledItem[Profile], pack: Pack) -> Iterator[Problem]:
    for register in item.model.records.keys() - pack.registers.keys():
        yield _unknown(item, "register", tuple(pack.registers), "records", register)
    for number, nil in enumerate(item.model.nil_returns):
        if nil.register_ not in pack.registers:
            what, loc = f"there is no register {shown(nil.register_)} in the pack", ("nil_returns", number, "register")
            yield item.problem(Notice.REFERENCE_UNKNOWN, what, "name a register of the pack", *loc)
        if nil.to < nil.from_:
            what = "the nil return ends before it begins"
            yield item.problem(Notice.DATES, what, "mend `from` or `to`", "nil_returns", number, "to")


def _apart(item: FiledItem[Profile], pack: Pack) -> Iterator[Problem]:
    """Registers that one check reads and that no one query can reach; each pair is told with its first check."""
    setting, told = setting_of(pack, None, item.model.as_at), set[tuple[str, str]]()
    for check in pack.checks.values():
        kept = {name: item.model.records[name] for name in reads(check, setting) if name in item.model.records}
        for (one, here), (other, there) in combinations(kept.items(), 2):
            if here.place != there.place and (one, other) not in told:
                told.add((one, other))
                what = f"{check.id} reads `{one}` in {here.place} and `{other}` in {there.place}"
                remedy = "keep both as files, or both in one database"
                yield item.problem(Notice.RECORDS_APART, what, remedy, "records", other)


def _waiver(item: FiledItem[Waiver], pack: Pack) -> Iterator[Problem]:
    yield from _length(item, item.model.from_, item.model.until, "from")
    if item.model.check not in pack.checks:
        what = f"the waiver {item.id} is for {item.model.check}, which is no check"
        yield item.problem(Notice.WAIVER_ORPHAN, what, _meant(item.model.check, pack), "check")


def _attestation(item: FiledItem[Attestation], pack: Pack) -> Iterator[Problem]:
    yield from _length(item, item.model.said_on, item.model.until, "said_on")
    check = pack.checks.get(item.model.check)
    if check is None:
        what = f"the statement {item.id} is about {item.model.check}, which is no check"
        yield item.problem(Notice.REFERENCE_UNKNOWN, what, _meant(item.model.check, pack), "check")
    elif check.method != "attestation":
        what = f"the statement {item.id} is about {check.id}, which is not confirmed by statements"
        yield item.problem(Notice.ATTESTATION_UNUSED, what, "take it out: it counts for nothing", "check")


def _meant(check: str, pack: Pack) -> str:
    return suggest(check, pack.checks, "take it out, or name a check of the pack")


def _length(
    item: FiledItem[Waiver] | FiledItem[Attestation], first: date, last: date, begins: str
) -> Iterator[Problem]:
    if last < first:
        what = f"`until` is before `{begins}`"
        yield item.problem(Notice.DATES, what, "mend one of the two", "until")
    elif days_between(first, last) > LONGEST_DAYS:
        what = f"`until` is more than {LONGEST_DAYS} days after `{begins}`"
        yield item.problem(Notice.DATES, what, "choose an earlier day and renew it then", "until")


def _overlaps(waivers: Shelf[Waiver]) -> Iterator[Problem]:
    for one, other in combinations(waivers.items, 2):
        first, second = one.model, other.model
        if first.check == second.check and first.from_ <= second.until and second.from_ <= first.until:
            what = f"{one.id} and {other.id} are in date for {first.check} on the same days"
            yield other.problem(Notice.WAIVERS_OVERLAP, what, "let one end before the other begins", "from")
