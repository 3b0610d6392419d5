"""Load, check and trace a pack where the given packages cannot be imported: absent,absent POLICY ORGANISATION."""

import sys
from datetime import UTC, datetime
from importlib.machinery import ModuleSpec
from pathlib import Path


class Absent:
    """An importer that finds none of the packages named, as if they were not installed."""

    def __init__(self, names: str) -> None:
        self.names = frozenset(names.split(","))

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Refuse the packages named, and leave all others to the next importer."""
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(name, name=name)
        return None


absent, policy, organisation_folder = sys.argv[1:]
sys.meta_path.insert(0, Absent(absent))

from policykit.reading import Ground, load_organisation, load_pack  # noqa: E402 - only now can nothing absent come in
from policykit.running import record_digests, run_checks  # noqa: E402
from policykit.tracing import trace  # noqa: E402

pack = load_pack(Path(policy))
organisation = load_organisation(Path(organisation_folder), pack)
ground = Ground.of(pack, organisation, organisation.as_at)
results = run_checks(ground, now=lambda: datetime.now(UTC))
traced = trace(ground, results, record_digests(organisation))
print(f"{len(results.checks)} checks run, {len(traced.duties)} duties traced")  # noqa: T201 - read by the test
