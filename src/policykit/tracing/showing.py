"""Which results may be shown: only those of the rule, pack, organisation, records and day that are being published.

And of these only the ones that what was counted comes to.
"""

from collections.abc import Mapping

from policykit.model.calendar import say_day
from policykit.model.results import CheckResult, Results
from policykit.reading.ground import Ground
from policykit.rules import Check
from policykit.running import reasons
from policykit.running.judging import not_run
from policykit.tracing.again import judged_again


def why_none_shown(results: Results | None, ground: Ground) -> str | None:
    """Why nothing of a run may be shown; None where it may."""
    if results is None:
        return reasons.NOT_RUN
    run, policy, organisation = results.run, ground.pack, ground.organisation
    facts = (
        (run.pack.id == policy.policy.id, "the last run was of another pack"),
        (run.organisation.id == organisation.profile.id, "the last run was of another organisation"),
        (run.pack.digest == policy.digest, "the policy was changed after the last run"),
        (run.organisation.digest == organisation.digest, "the organisation's files were changed after the last run"),
        (run.as_at == ground.as_at, f"the last run was as at {say_day(run.as_at)}"),
    )
    return next((why for same, why in facts if not same), None)


def shown(results: Results | None, ground: Ground, digests: Mapping[str, str | None]) -> Mapping[str, CheckResult]:
    """The result of every check of the pack: as it was found, or Not checked with the reason.

    `digests` holds the digest of each register's file as it is now, None where the file is not at hand.
    """
    why_none = why_none_shown(results, ground)
    found = {result.id: result for result in results.checks} if results and why_none is None else {}
    return {
        name: _shown(check, found.get(name), why_none, ground, digests) for name, check in ground.pack.checks.items()
    }


def _shown(
    check: Check, result: CheckResult | None, why_none: str | None, ground: Ground, digests: Mapping[str, str | None]
) -> CheckResult:
    why = why_none or _why_not(check, result, ground, digests)
    if result is None or why is not None:
        return not_run(check, ground, why or reasons.NOT_RUN)
    return judged_again(check, result, ground) or not_run(check, ground, reasons.CHANGED_BY_HAND)


def _why_not(check: Check, result: CheckResult | None, ground: Ground, digests: Mapping[str, str | None]) -> str | None:
    if result is None:
        return "it was not part of the last run"
    if result.rule_digest != ground.rule_digest(check):
        return "its rule was changed after the last run"
    changed = (used.register_ for used in result.records if digests.get(used.register_) not in {None, used.digest})
    title = next((ground.pack.registers[register].title for register in changed), None)
    return title and f"the records “{title}” were changed after the last run"
