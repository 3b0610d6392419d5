"""How a provision stands: whether it is law on the day, since when, and what it is to this organisation."""

from datetime import date, timedelta

from policykit.model.law import Period, Provision
from policykit.reading.ground import Ground
from policykit.running.strengths import meets_us
from policykit.tracing.standing import Force, ProvisionStanding, Reach

_REACH = {
    "duty": Reach.BINDS,
    "prohibition": Reach.BINDS,
    "standard": Reach.BINDS,
    "power": Reach.OPEN,
    "permission": Reach.OPEN,
    "exemption": Reach.OPEN,
    "guidance": Reach.MEANT,
}


def provision_standing(provision: Provision, ground: Ground) -> ProvisionStanding:
    """One provision on the as-at date."""
    run = _unbroken_run(provision.periods, ground.as_at)
    begun = [period.from_ for period in provision.periods if period.from_ <= ground.as_at]
    return ProvisionStanding(
        provision=provision,
        force=_force(provision, ground.as_at),
        reach=_REACH.get(provision.kind, Reach.CONTEXT) if meets_us(provision, ground) else Reach.CONTEXT,
        since=run[0].from_ if run else None,
        until=run[-1].to if run else None,
        words_since=max(begun, default=None),
        current=next((period for period in run if period.holds(ground.as_at)), None),
    )


def _force(provision: Provision, as_at: date) -> Force:
    if not provision.periods:
        return Force.UNKNOWN
    if provision.in_force(as_at):
        return Force.IN_FORCE
    return Force.NOT_BEGUN if as_at < provision.periods[0].from_ else Force.ENDED


def _unbroken_run(periods: tuple[Period, ...], as_at: date) -> tuple[Period, ...]:
    """The periods around the day, one beginning the day after the other ends; none where no period holds the day."""
    run: tuple[Period, ...] = ()
    for period in periods:
        if run and not _follows(period, run[-1]):
            if any(earlier.holds(as_at) for earlier in run):
                return run
            run = ()
        run = (*run, period)
    return run if any(period.holds(as_at) for period in run) else ()


def _follows(period: Period, earlier: Period) -> bool:
    return earlier.to is not None and period.from_ == earlier.to + timedelta(days=1)
