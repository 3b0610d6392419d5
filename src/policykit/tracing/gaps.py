"""What is not covered: shown as openly as what is."""

from collections.abc import Iterator, Mapping

from policykit.english import say_day
from policykit.model.results import CheckResult
from policykit.reading import Ground
from policykit.rules import Check
from policykit.tracing.standing import DutyStanding, Gap, GapKind, WaiverStanding, WaiverState


def gaps(
    duties: Mapping[str, DutyStanding],
    checks: Mapping[str, CheckResult],
    waivers: tuple[WaiverStanding, ...],
    ground: Ground,
) -> tuple[Gap, ...]:
    """Every gap, kind by kind, in order of the pack."""
    return (
        *_defects(ground),
        *_out_of_scope(ground),
        *_without_check(duties),
        *_unverified(ground),
        *_open_examples(checks, ground),
        *_waivers(waivers),
    )


def _defects(ground: Ground) -> Iterator[Gap]:
    for source in ground.pack.sources.values():
        for defect in source.defects:
            yield Gap(GapKind.DEFECT, defect.clause, defect.note)


def _out_of_scope(ground: Ground) -> Iterator[Gap]:
    for name, clause in ground.pack.clauses.items():
        if clause.treated_as == "out_of_scope":
            yield Gap(GapKind.OUT_OF_SCOPE, name, clause.why or clause.gist)


def _without_check(duties: Mapping[str, DutyStanding]) -> Iterator[Gap]:
    for name, standing in duties.items():
        if not standing.checks:
            yield Gap(GapKind.NO_CHECK, name, standing.duty.title)


def _unverified(ground: Ground) -> Iterator[Gap]:
    rested_on = {provision for duty in ground.pack.duties.values() for provision in duty.rests_on}
    for name, provision in ground.pack.provisions.items():
        if name in rested_on and provision.verification.level == "unverified":
            yield Gap(GapKind.UNVERIFIED, name, f"{provision.cited_as}: nobody has yet read it in the law itself.")


def _open_examples(checks: Mapping[str, CheckResult], ground: Ground) -> Iterator[Gap]:
    for name, check in ground.pack.checks.items():
        for what in _open_in(check, checks[name]):
            yield Gap(GapKind.EXAMPLES, name, what)


def _open_in(check: Check, result: CheckResult) -> tuple[str, ...]:
    if check.method == "rule" and not check.examples:
        return ("No example shows what this rule means.",)
    return result.examples.gaps if result.examples else ()


def _waivers(waivers: tuple[WaiverStanding, ...]) -> Iterator[Gap]:
    for standing in waivers:
        waiver = standing.waiver
        if standing.state is WaiverState.EXPIRED:
            yield Gap(GapKind.WAIVER, waiver.check, f"{waiver.id} ended on {say_day(waiver.until)}.")
        if standing.state is WaiverState.ORPHAN:
            yield Gap(GapKind.WAIVER, waiver.check, f"{waiver.id} is for a check that does not exist.")
