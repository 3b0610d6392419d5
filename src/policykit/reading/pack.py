"""A pack's folder: every file read, and every rule asked that its items keep with one another."""

from pathlib import Path

from policykit.model.duties import Decision
from policykit.model.organisation import PolicyFile
from policykit.model.registers import ListOfRows, Parameter, Register
from policykit.model.sources import Provision
from policykit.problems import PolicyError
from policykit.reading.checks import check_problems
from policykit.reading.decisions import decision_problems
from policykit.reading.drafts import PackDraft, ids_used_twice
from policykit.reading.duties import duty_problems, read_duty
from policykit.reading.files import Folder, Reader, joined
from policykit.reading.ground import Pack
from policykit.reading.registers import register_problems
from policykit.reading.sources import law_problems, read_source, source_problems
from policykit.rules import Check, Population

RULES = (
    ids_used_twice,
    source_problems,
    law_problems,
    register_problems,
    duty_problems,
    check_problems,
    decision_problems,
)


def load_pack(folder: Path) -> Pack:
    """The pack in a folder, whole and consistent. Raises PolicyError with every problem of the folder."""
    home = Folder(folder)
    draft = read_draft(home)
    found = (*home.problems, *(problem for rule in RULES for problem in rule(draft)))
    if found:
        raise PolicyError(found)
    return draft.pack


def read_draft(folder: Folder) -> PackDraft:
    """Every file of a pack's folder; all that is wrong with each taken by itself is noted there."""
    reader = Reader(folder)
    guidance = [read_source(reader, name) for name in folder.names("sources", ".yaml", required=True)]
    return PackDraft(
        folder=folder,
        policy=reader.one("policy.yaml", PolicyFile),
        sources=joined((source for source, _ in guidance), required=True),
        clauses=joined((clauses for _, clauses in guidance), required=True),
        provisions=reader.many("law.yaml", Provision, required=True),
        parameters=reader.many("parameters.yaml", Parameter),
        lists=reader.each(folder.names("lists", ".yaml"), ListOfRows),
        populations=reader.many("populations.yaml", Population),
        registers=reader.many("registers.yaml", Register, required=True),
        duties=joined(
            (read_duty(reader, name) for name in folder.names("duties", ".md", required=True)), required=True
        ),
        checks=joined(
            (reader.many(name, Check) for name in folder.names("checks", ".yaml", required=True)), required=True
        ),
        decisions=reader.each(folder.names("decisions", ".yaml"), Decision),
    )
