"""A pack's folder: every file read, every rule asked that its items keep; and lint: what still looks like a mistake."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from policykit.english import listed, say, say_day
from policykit.model.duties import Decision, Duty, Retired
from policykit.model.organisation import PolicyFile
from policykit.model.registers import ListOfRows, Parameter
from policykit.model.sources import Provision
from policykit.problems import PolicyError, Problem
from policykit.reading.checks import check_problems
from policykit.reading.decisions import decision_problems, prove_table
from policykit.reading.drafts import PackDraft, ids_used_twice, reference_problems, retired_problems
from policykit.reading.duties import duty_problems, read_duty
from policykit.reading.examples import Proofs, false_examples
from policykit.reading.files import Folder, joined
from policykit.reading.ground import Organisation, Pack, setting_of
from policykit.reading.registers import register_problems
from policykit.reading.settings import WEAKER, parameter_problems
from policykit.reading.sources import law_problems, read_source, source_problems, source_text_problems
from policykit.rules import Check, DeclaredRegister, Population, Setting, parameters_used, reads

RULES = (
    ids_used_twice,
    reference_problems,
    source_problems,
    law_problems,
    register_problems,
    parameter_problems,
    duty_problems,
    check_problems,
    decision_problems,
    retired_problems,
)

HEADINGS = ("good", "do-now", "do-if-not-met")
"""The headings that every duty has, by their names in the catalogue."""

LONGEST_SENTENCE = 25
FILES = ("law.yaml", "parameters.yaml", "policy.yaml", "populations.yaml", "registers.yaml", "retired.yaml")
_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[a-z]+|[0-9]+")
_ENDING = re.compile(r"(?<=...)(?:ations?|ities|ships?|ings?|ies|ed|es|e|s|y)$")


def load_pack(folder: Path) -> Pack:
    """The pack in a folder, whole and consistent. Raises PolicyError with every problem of the folder."""
    home = Folder(folder)
    draft = read_draft(home)
    found = (*home.problems, *(problem for rule in RULES for problem in rule(draft)))
    if found:
        raise PolicyError(found, home.more)
    return draft.pack


def read_draft(folder: Folder) -> PackDraft:
    """Every file of a pack's folder; all that is wrong with each taken by itself is noted there."""
    guidance = [read_source(folder, name) for name in folder.names("sources", ".yaml", required=True)]
    duties = [read_duty(folder, name) for name in folder.names("duties", ".md", required=True)]
    checks = [folder.many(name, Check) for name in folder.names("checks", ".yaml", required=True)]
    return PackDraft(
        folder=folder,
        policy=folder.one("policy.yaml", PolicyFile),
        sources=joined((source for source, _ in guidance), required=True),
        clauses=joined((clauses for _, clauses in guidance), required=True),
        provisions=folder.many("law.yaml", Provision, required=True),
        parameters=folder.many("parameters.yaml", Parameter),
        lists=joined(folder.one(name, ListOfRows) for name in folder.names("lists", ".yaml")),
        populations=folder.many("populations.yaml", Population),
        registers=folder.many("registers.yaml", DeclaredRegister, required=True),
        duties=joined(duties, required=True),
        checks=joined(checks, required=True),
        decisions=joined(folder.one(name, Decision) for name in folder.names("decisions", ".yaml")),
        retired=folder.many("retired.yaml", Retired),
    )


def lint(pack: Pack, organisation: Organisation | None, source_text: Path | None = None) -> tuple[Problem, ...]:
    """Notices about a pack that loads, in order of place. With the text of its guidance also whether the two agree.

    Reviews that are overdue and law that has ended are told as at the organisation's date; without an organisation they
    are not looked for.
    """
    found = [*_for_nothing(pack), *_parameters(pack, organisation), *false_examples(pack), *_grounds(pack)]
    for duty in pack.duties.values():
        found += _duty(pack, duty)
        found += _as_at(pack, duty, organisation.as_at) if organisation else ()
    found += source_text_problems(pack, source_text) if source_text else ()
    return tuple(sorted(found, key=lambda problem: (problem.path, problem.line, problem.what)))


def gaps(pack: Pack) -> tuple[Problem, ...]:
    """A notice for everything that the examples of a check leave open, in order of place."""
    proofs = Proofs(pack)
    found = [
        pack.problem(check.id, "example-gap.open", id=check.id, gap=gap.removesuffix("."))
        for check in pack.checks.values()
        if check.method == "rule"
        for gap in proofs.prove(check).gaps
    ]
    return tuple(sorted(found, key=lambda problem: (problem.path, problem.line)))


def without_checks(pack: Pack) -> Iterator[Problem]:
    """That a pack has no check at all: nothing would be counted, and nothing could fail."""
    if not pack.checks:
        yield pack.problem(pack.policy.id, "check-none.pack", id=pack.policy.id)


def _for_nothing(pack: Pack) -> Iterator[Problem]:
    """A pack without a check, roles that nothing binds, rows of tables that change nothing, files that nobody reads."""
    yield from without_checks(pack)
    bound = {role for provision in pack.provisions.values() for role in provision.binds}
    for role in pack.policy.roles.known if pack.policy.roles else ():
        if role not in bound:
            yield pack.problem(pack.policy.id, "role-unbound.nobody", role=role)
    for table in pack.decisions.values():
        for row in prove_table(table).redundant:
            yield pack.problem(table.id, "table-redundant.row", row=row, id=table.id)
    for path in sorted(pack.folder.glob("*.y*ml")):
        if path.name not in FILES:
            yield Problem.at(path.as_posix(), 0, "file-ignored.unknown", files=", ".join(FILES))


def _parameters(pack: Pack, organisation: Organisation | None) -> Iterator[Problem]:
    own = organisation.profile.parameters if organisation else {}
    for id_, parameter in pack.parameters.items():
        if own.get(id_, parameter.default) == ():
            yield pack.problem(id_, "parameter-empty.list", id=id_)
        if parameter.weaker is None and parameter.may_be_set and (words := WEAKER.get(parameter.type)):
            yield pack.problem(id_, "parameter-weaker.unsaid", id=id_, words=listed(words, "or"))
    if organisation and not (pack.policy.posts or organisation.profile.posts):
        yield pack.problem(pack.policy.id, "posts-unsaid.nobody")


def _grounds(pack: Pack) -> Iterator[Problem]:
    """Grounds that no word of their check speaks of: it tests something else, or does not say how it tests that."""
    setting = setting_of(pack, None, date.min)
    for check in pack.checks.values():
        ours = _stems(_spoken(check, setting))
        for ground in check.grounds:
            if ours.isdisjoint(_stems(_meant(ground, pack))):
                yield pack.problem(check.id, "ground-unspoken.no-word", id=check.id, ground=ground)


def _spoken(check: Check, setting: Setting) -> Iterator[str]:
    """What a check says of itself, and the registers, fields and settings that it reads."""
    yield from filter(None, (check.title, check.noun, check.words))
    for name, fields in reads(check, setting).items():
        yield setting.registers[name].title
        for field in fields:
            shape = setting.registers[name].fields[field]
            yield from (field, shape.means, *shape.values, *shape.labels.values())
    for name in parameters_used(check, setting):
        yield from (setting.declared[name].title, str(setting.declared[name].default))


def _meant(ground: str, pack: Pack) -> tuple[str, ...]:
    """What a sentence, a part of one or a provision says, in our own words."""
    named, _, part = ground.partition("#")
    if clause := pack.clauses.get(named):
        return tuple(each.words for each in clause.parts if each.id == part) or (clause.gist,)
    return pack.provisions[named].title, pack.provisions[named].effect


def _stems(texts: Iterable[str]) -> set[str]:
    """The words of texts, but small ones, without their usual endings: to share is said by sharing, too."""
    small = set(say("reading.small-words").split())
    return {_ENDING.sub("", word) for word in _WORD.findall(" ".join(texts).lower()) if word not in small}


def _duty(pack: Pack, duty: Duty) -> Iterator[Problem]:
    for id_ in duty.stated_in:
        treated = pack.clauses[id_].treated_as
        if treated != "duty":
            yield pack.problem(duty.id, "clause-explained.stated", id=duty.id, clause=id_, treated=treated)
    for heading in (say(f"format.duty-heading.{name}") for name in HEADINGS):
        if heading not in {section.heading for section in duty.sections}:
            yield pack.problem(duty.id, "duty-headings.missing", id=duty.id, heading=heading)
    for sentence in _END.split(duty.summary):
        if (words := len(sentence.split())) > LONGEST_SENTENCE:
            yield pack.problem(duty.id, "duty-summary.long", id=duty.id, words=words, most=LONGEST_SENTENCE)


def _as_at(pack: Pack, duty: Duty, as_at: date) -> Iterator[Problem]:
    if duty.next_review < as_at:
        yield pack.problem(duty.id, "duty-review.overdue", id=duty.id, day=say_day(duty.next_review))
    applies = duty.applies
    counts = not applies or (applies.from_ or as_at) <= as_at <= (applies.to or as_at)
    if counts and duty.rests_on and not any(pack.provisions[id_].in_force(as_at) for id_ in duty.rests_on):
        yield pack.problem(duty.id, "duty-law-ended.not-law", id=duty.id, day=say_day(as_at))
