"""The records of one organisation: where they are, the bytes they have, and each register opened at most once a run."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PureWindowsPath

from policykit.engines import Engine, Opened, Refused, Source, Table
from policykit.model.organisation import RecordSource
from policykit.model.registers import Register
from policykit.model.results import RecordsUsed
from policykit.reading import Organisation
from policykit.rules import Values


def record_digests(organisation: Organisation) -> Mapping[str, str | None]:
    """The digest of each register's file as it is now; None where the file is not at hand, and for a database."""
    sources = organisation.profile.records
    return {register: _digest_of(locate(organisation.folder, source)) for register, source in sources.items()}


def locate(folder: Path, source: RecordSource) -> Source | Refused:
    """The table of a register, or its file, which must lie in the organisation's folder, links followed.

    What a Spark is to read may be a folder too.
    """
    if source.source is None:
        return Table(source.url_env or "", source.table or "")
    found = _locate_file(folder, source.source, may_be_folder=source.url_env is not None)
    return Table(source.url_env, "", found) if source.url_env and isinstance(found, Path) else found


def _locate_file(folder: Path, named: str, *, may_be_folder: bool) -> Path | Refused:
    if Path(named).is_absolute() or PureWindowsPath(named).anchor:
        return Refused("its file must be named from the organisation's folder")
    try:
        path = (folder / named).resolve()
        if not path.is_relative_to(folder.resolve()):
            return Refused("its file lies outside the organisation's folder")
        if not path.exists():
            return Refused(f"the file {named} is missing")
        return path if path.is_file() or may_be_folder else Refused(f"{named} is not a file")
    except (OSError, ValueError, RuntimeError):  # too long a name, a character no name has, links in a circle
        return Refused("its file cannot be found")


class Records:
    """The registers of one run, opened when a check first reads them."""

    def __init__(
        self,
        engine: Engine[Source],
        organisation: Organisation,
        registers: Mapping[str, Register],
        built_in: Mapping[str, Iterable[Values]],
    ) -> None:
        self._engine = engine
        self._organisation = organisation
        self._registers = registers
        self._built_in = built_in
        self._opened: dict[str, Opened | Refused | None] = {}

    def refusal(self, names: Iterable[str]) -> str | None:
        """The first register that cannot be opened and why; None where all are open."""
        opened = ((name, self._open(name)) for name in names)
        refused = ((name, found.why) for name, found in opened if isinstance(found, Refused))
        return next((f"{self._registers[name].title} cannot be opened: {why}" for name, why in refused), None)

    def used(self, names: Iterable[str]) -> tuple[RecordsUsed, ...]:
        """What is kept of the registers that the organisation takes from its systems."""
        dated = self._organisation.profile.records
        return tuple(self._used(name, dated[name]) for name in names if name in dated)

    def _used(self, name: str, source: RecordSource) -> RecordsUsed:
        found = self._open(name)
        rows = found.rows if isinstance(found, Opened) else None
        # A register that was refused has a digest too: once its file is mended, the result is no longer of these bytes.
        digest = found.digest if isinstance(found, Opened) else _digest_of(locate(self._organisation.folder, source))
        return RecordsUsed(register_=name, taken_on=source.taken_on, rows=rows, digest=digest, stale=False)

    def _open(self, name: str) -> Opened | Refused | None:
        """Open a register, once; None for one that is built in."""
        if name not in self._opened:
            self._opened[name] = None if self._build_in(name) else self._open_source(name)
        return self._opened[name]

    def _build_in(self, name: str) -> bool:
        if name in self._built_in:
            self._engine.build_in(self._registers[name], self._built_in[name])
        return name in self._built_in

    def _open_source(self, name: str) -> Opened | Refused:
        listed = self._organisation.profile.records.get(name)
        if listed is None:
            return Refused("the organisation lists no records for it")
        source = locate(self._organisation.folder, listed)
        return source if isinstance(source, Refused) else self._engine.open(self._registers[name], source)


def _digest_of(source: Source | Refused) -> str | None:
    if not isinstance(source, Path):
        return None
    try:
        with source.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError:
        return None
