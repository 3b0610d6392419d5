"""The files of a made-up organisation, and that each says so; tables row by row, as they may not fit into memory."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from policykit.exports.made_up.original import Original, Texts
from policykit.model.registers import Register
from policykit.model.scalars import Record

_MADE_UP = "# A made-up organisation. Nothing in this folder is about a real organisation or person.\n"


def file_of(register: str) -> str:
    """Where the records of a register lie in the organisation's folder."""
    return f"records/{register}.csv"


def write_table(register: Register, path: Path, rows: Iterable[Texts]) -> None:
    """Write the records of a register."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(register.fields), restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_papers(base: Original, out: Path, copies: int) -> None:
    """The three files about the organisation; waivers accept as much more as there are copies, 0 for none at all."""
    organisation = base.organisation
    profile = organisation.profile
    records = {
        name: {"source": file_of(name), "taken_on": str(source.taken_on)} for name, source in profile.records.items()
    }
    _write(out / "organisation.yaml", {**_as_text(profile), "name": _made_up(profile.name), "records": records})
    waivers = [{**_as_text(waiver), "covers": str(waiver.covers * copies)} for waiver in organisation.waivers if copies]
    _write(out / "waivers.yaml", waivers)
    _write(out / "attestations.yaml", [_as_text(said) for said in organisation.attestations])


def _as_text(part: Any) -> Any:  # noqa: ANN401 - a tree of plain values, as a file writes it
    match part:
        case Record():
            return _as_text(part.model_dump(by_alias=True, exclude_unset=True))
        case dict():
            return {key: _as_text(value) for key, value in part.items()}
        case list() | tuple():
            return [_as_text(value) for value in part]
        case _:
            return None if part is None else str(part)


def _write(path: Path, content: Mapping[str, Any] | Sequence[Any]) -> None:
    """JSON, one item a line, is YAML."""
    items = (
        [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items()]
        if isinstance(content, Mapping)
        else [f"- {json.dumps(value, ensure_ascii=False)}" for value in content]
    )
    path.write_text(_MADE_UP + "".join(f"{item}\n" for item in items), "utf-8")


def _made_up(name: str) -> str:
    return name if "made up" in name else f"{name} (made up)"
