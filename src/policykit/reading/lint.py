"""What is allowed and still looks like a mistake; and the text of the guidance beside its clauses."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from policykit.english import say, say_day
from policykit.model.duties import Duty
from policykit.problems import Notice, Problem
from policykit.reading.decisions import prove_table
from policykit.reading.examples import false_examples
from policykit.reading.ground import Organisation, Pack
from policykit.reading.proofs import Proofs
from policykit.reading.sources import source_text_problems

HEADINGS = tuple(say(f"format.duty-heading.{name}") for name in ("good", "do-now", "do-if-not-met"))
LONGEST_SENTENCE = 25
FILES = frozenset({"policy.yaml", "law.yaml", "parameters.yaml", "populations.yaml", "registers.yaml"})
_END = re.compile(r"(?<=[.!?])\s+")


def lint(pack: Pack, organisation: Organisation | None, source_text: Path | None = None) -> tuple[Problem, ...]:
    """Notices about a pack that loads, in order of place. With the text of its guidance also whether the two agree.

    Reviews that are overdue and law that has ended are told as at the organisation's date; without an organisation they
    are not looked for.
    """
    found = [*_roles(pack), *_parameters(pack, organisation), *_tables(pack), *_ignored(pack), *false_examples(pack)]
    for duty in pack.duties.values():
        found += [*_clauses(pack, duty), *_headings(pack, duty), *_summary(pack, duty)]
        found += _as_at(pack, duty, organisation.as_at) if organisation else ()
    found += source_text_problems(pack, source_text) if source_text else ()
    return tuple(sorted(found, key=lambda problem: (problem.path, problem.line, problem.what)))


def gaps(pack: Pack) -> tuple[Problem, ...]:
    """A notice for everything that the examples of a check leave open, in order of place."""
    return tuple(sorted(_gaps(pack), key=lambda problem: (problem.path, problem.line)))


def _gaps(pack: Pack) -> Iterator[Problem]:
    proofs = Proofs(pack)
    for check in pack.checks.values():
        for gap in proofs.prove(check).gaps if check.method == "rule" else ():
            remedy = f"`policykit prove {check.id}` prints the example to add"
            yield pack.problem(check.id, Notice.EXAMPLE_GAP, f"{check.id}: {gap.removesuffix('.')}", remedy)


def _roles(pack: Pack) -> Iterator[Problem]:
    if (roles := pack.policy.roles) is None:
        return
    bound = {role for provision in pack.provisions.values() for role in provision.binds}
    for role in roles.known:
        if role not in bound:
            what = f"no provision binds the role `{role}`"
            yield pack.problem(pack.policy.id, Notice.ROLE_UNBOUND, what, "take it out, or name it in `binds`")


def _parameters(pack: Pack, organisation: Organisation | None) -> Iterator[Problem]:
    own = organisation.profile.parameters if organisation else {}
    for id_, parameter in pack.parameters.items():
        if own.get(id_, parameter.default) == ():
            what = f"the parameter `{id_}` is an empty list, so rules that use it cannot tell"
            yield pack.problem(id_, Notice.PARAMETER_EMPTY, what, "name at least one code")


def _clauses(pack: Pack, duty: Duty) -> Iterator[Problem]:
    for id_ in duty.stated_in:
        if pack.clauses[id_].treated_as != "duty":
            what = f"{duty.id} is stated in {id_}, which is treated as {pack.clauses[id_].treated_as}"
            remedy = "write `treated_as: duty` there, or name the clause in `prompted_by`"
            yield pack.problem(duty.id, Notice.CLAUSE_EXPLAINED, what, remedy)


def _tables(pack: Pack) -> Iterator[Problem]:
    for table in pack.decisions.values():
        for row in prove_table(table).redundant:
            what = f"the row {row} of {table.id} changes nothing: without it every answer is the same"
            yield pack.problem(table.id, Notice.TABLE_REDUNDANT, what, "take it out")


def _ignored(pack: Pack) -> Iterator[Problem]:
    for path in sorted(pack.folder.glob("*.y*ml")):
        if path.name not in FILES:
            remedy = f"files of a pack are {', '.join(sorted(FILES))}; keep others elsewhere"
            yield Problem(path.as_posix(), 0, "this file is read by nobody", remedy, Notice.FILE_IGNORED)


def _headings(pack: Pack, duty: Duty) -> Iterator[Problem]:
    for heading in HEADINGS:
        if heading not in {section.heading for section in duty.sections}:
            what = f"{duty.id} has no heading `## {heading}`"
            yield pack.problem(duty.id, Notice.DUTY_HEADINGS, what, "write that part")


def _summary(pack: Pack, duty: Duty) -> Iterator[Problem]:
    for sentence in _END.split(duty.summary):
        if (words := len(sentence.split())) > LONGEST_SENTENCE:
            what = f"a sentence of the summary of {duty.id} has {words} words"
            yield pack.problem(duty.id, Notice.DUTY_SUMMARY, what, f"say it in at most {LONGEST_SENTENCE}")


def _as_at(pack: Pack, duty: Duty, as_at: date) -> Iterator[Problem]:
    if duty.next_review < as_at:
        what = f"the review of {duty.id} was due on {say_day(duty.next_review)}"
        yield pack.problem(duty.id, Notice.DUTY_REVIEW, what, "review it and write the day to `reviewed_on`")
    applies = duty.applies
    counts = not applies or (applies.from_ or as_at) <= as_at <= (applies.to or as_at)
    if counts and duty.rests_on and not any(pack.provisions[id_].in_force(as_at) for id_ in duty.rests_on):
        what = f"on {say_day(as_at)} nothing that {duty.id} rests on is law"
        remedy = "name law in force, or say in `applies` from when to when the duty counts"
        yield pack.problem(duty.id, Notice.DUTY_LAW_ENDED, what, remedy)
