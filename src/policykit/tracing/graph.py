"""Everything on the as-at date, put together: the one object that the handbook, the terminal and exports read."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from policykit.model.results import CheckResult, Results
from policykit.reading import Organisation, Pack
from policykit.reading.ground import Ground
from policykit.running.overlays import statement_in_date
from policykit.tracing.due import due_dates, valid_until
from policykit.tracing.duties import duty_standing
from policykit.tracing.gaps import gaps
from policykit.tracing.provisions import provision_standing
from policykit.tracing.showing import shown, why_none_shown
from policykit.tracing.standing import DutyStanding, Trace
from policykit.tracing.waivers import waiver_standing


def trace(
    pack: Pack,
    organisation: Organisation,
    results: Results | None,
    as_at: date,
    record_digests: Mapping[str, str | None],
) -> Trace:
    """The whole graph as at a day, with the results that may be shown; every other check is Not checked.

    `record_digests` holds the digest of each register's file as it is now, None where the file is not at hand.
    """
    ground = Ground.of(pack, organisation, as_at)
    checks = shown(results, ground, record_digests)
    duties = _duties(checks, ground)
    provisions = {name: provision_standing(provision, ground) for name, provision in pack.provisions.items()}
    waivers = tuple(waiver_standing(waiver, checks, as_at) for waiver in organisation.waivers)
    statements = {check: statement_in_date(check, organisation, as_at) for check in pack.checks}
    run = results.run if results and why_none_shown(results, ground) is None else None
    return Trace(
        pack=pack,
        organisation=organisation,
        as_at=as_at,
        run=run,
        checks=checks,
        duties=duties,
        provisions=provisions,
        waivers=waivers,
        attestations={check: statement for check, statement in statements.items() if statement},
        due=due_dates(duties, checks, provisions, ground),
        gaps=gaps(duties, checks, waivers, ground),
        valid_until=valid_until(checks, ground) if run else None,
    )


def _duties(checks: Mapping[str, CheckResult], ground: Ground) -> dict[str, DutyStanding]:
    by_duty: dict[str, list[CheckResult]] = defaultdict(list)
    for name, check in ground.pack.checks.items():
        for duty in check.verifies:
            by_duty[duty].append(checks[name])
    return {name: duty_standing(duty, by_duty[name], ground) for name, duty in ground.pack.duties.items()}
