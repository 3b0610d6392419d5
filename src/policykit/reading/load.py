"""The doors of this room: a folder becomes a pack, or an organisation, or every problem there is."""

from pathlib import Path

from policykit.model.organisation import Attestation, Profile, Waiver
from policykit.problems import PolicyError, Problem, Severity
from policykit.reading.consistency import problems_of
from policykit.reading.draft import read_draft
from policykit.reading.folder import Folder
from policykit.reading.organisation_rules import ProfileDraft, organisation_problems
from policykit.reading.pack import Organisation, Pack
from policykit.reading.reader import Reader
from policykit.reading.settings import facts_of, parameters_of


def load_pack(folder: Path) -> Pack:
    """The pack in a folder, whole and consistent. Raises PolicyError with every problem of the folder."""
    home = Folder(folder)
    if not home.exists:
        raise PolicyError(tuple(home.problems))
    draft, problems = read_draft(home)
    found = (*problems, *problems_of(draft))
    if found:
        raise PolicyError(found)
    return draft.pack


def load_organisation(folder: Path, pack: Pack) -> tuple[Organisation, tuple[Problem, ...]]:
    """The organisation in a folder, read against a pack, and warnings. Raises PolicyError with every problem."""
    home = Folder(folder)
    if not home.exists:
        raise PolicyError(tuple(home.problems))
    reader = Reader(home)
    draft = ProfileDraft(
        reader.one("organisation.yaml", Profile),
        reader.many("waivers.yaml", Waiver),
        reader.many("attestations.yaml", Attestation),
    )
    found = (*home.problems, *reader.problems, *organisation_problems(draft, pack))
    if any(problem.notice.severity is Severity.ERROR for problem in found):
        raise PolicyError(found)
    profile = draft.profiles.items[0].model
    organisation = Organisation(
        folder=folder,
        profile=profile,
        facts=facts_of(profile, pack),
        parameters=parameters_of(profile, pack),
        waivers=tuple(draft.waivers.models.values()),
        attestations=tuple(draft.attestations.models.values()),
        digest=home.digest(),
    )
    return organisation, found
