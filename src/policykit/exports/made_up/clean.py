"""The example without the rows that breach anything, so that what is planted is all there is to find."""

from dataclasses import replace

from policykit.engines import Refused, open_engine
from policykit.exports.made_up.original import NotMadeError, Original
from policykit.loading import built_in_rows, setting_of
from policykit.runs.records import locate

_MANY = 100_000


def without_breaches(base: Original) -> Original:
    """The example less the rows that violate or cannot be judged. Raises NotMadeError where it cannot be opened."""
    breaching = _breaching(base)
    tables = {
        name: tuple(row for row in rows if (name, row[base.pack.registers[name].key]) not in breaching)
        for name, rows in base.tables.items()
    }
    return replace(base, tables=tables)


def _breaching(base: Original) -> set[tuple[str, str]]:
    """The register and the key of each such row."""
    pack, organisation = base.pack, base.organisation
    setting = setting_of(pack, organisation, base.as_at)
    found: set[tuple[str, str]] = set()
    with open_engine() as engine:
        for name, rows in built_in_rows(pack, organisation.facts, organisation.profile.id, base.as_at).items():
            engine.build_in(setting.registers[name], rows)
        for name, source in organisation.profile.records.items():
            place = locate(organisation.folder, source)
            if isinstance(place, Refused) or isinstance(engine.open(pack.registers[name], place), Refused):
                msg = f"The example's {name} cannot be opened."
                raise NotMadeError(msg)
        for check in pack.checks.values():
            if check.register_ in base.tables:
                units = engine.keys(check, setting, _MANY)
                if not isinstance(units, Refused):
                    found |= {(check.register_ or "", unit.key) for unit in units}
    return found
