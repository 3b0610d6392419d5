"""Which results may be shown: those of the rule, pack, organisation, records and day that are being published.

And of these only what was found: each is judged again from its counts, its records and what was refused, so that no
outcome that somebody typed is ever believed. What nobody can notice here is in docs/results.md: counts that were
changed, agree with each other, and have a new sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from policykit import __version__
from policykit.english import say, say_day
from policykit.model.canonical import sha256_of
from policykit.model.results import CheckResult, FunctionCode, RecordsUsed
from policykit.reading import Ground
from policykit.rules import Check, each_of
from policykit.running import Results, dated, finding_of, folder_of, judge, not_run


@dataclass(frozen=True)
class AtHand:
    """What is there to hold results beside: the digest of each register's file, None where that is not at hand.

    `elsewhere` says that records are kept away from where the handbook is made, so that none of them need be at hand.
    """

    digests: Mapping[str, str | None]
    elsewhere: bool = False


def why_none_valid(results: Results | None, ground: Ground) -> str | None:
    """Why nothing of a run may be shown; None where it may."""
    if results is None:
        return say("running.reason.not-run")
    run, policy, organisation = results.run, ground.pack, ground.organisation
    fixed = organisation.profile.as_at
    facts = (
        (run.pack.id == policy.policy.id, say("tracing.not-shown.other-pack")),
        (run.organisation.id == organisation.profile.id, say("tracing.not-shown.other-organisation")),
        (run.organisation.folder == folder_of(ground), say("tracing.not-shown.other-folder")),
        (run.pack.digest == policy.digest, say("tracing.not-shown.policy-changed")),
        (run.organisation.digest == organisation.digest, say("tracing.not-shown.organisation-changed")),
        (run.as_at == ground.as_at, say("tracing.not-shown.other-day", day=say_day(run.as_at))),
        (run.as_at <= run.today, say("tracing.not-shown.day-to-come", day=say_day(run.as_at))),
        (fixed is None or run.what_if == (run.as_at != fixed), say("tracing.not-shown.sum-differs")),
    )
    return next((why for same, why in facts if not same), None)


def valid_results(results: Results | None, ground: Ground, at_hand: AtHand) -> dict[str, CheckResult]:
    """The result of every check of the pack: as what was found is judged, or Not checked with the reason."""
    why_none = why_none_valid(results, ground)
    found = {result.id: result for result in results.checks} if results and why_none is None else {}

    def shown(check: Check) -> CheckResult:
        result = found.get(check.id)
        why = why_none or _why_not(check, result, ground, at_hand)
        if results is None or result is None or why is not None:
            return not_run(check, ground, why or say("running.reason.not-run"))
        again = _judged_again(check, result, ground)
        as_written = again == result or results.run.policykit != __version__
        if not (as_written and _is_as_counted(check, result, ground)):
            return not_run(check, ground, say("tracing.not-shown.changed-by-hand", check=check.id))
        return not_run(check, ground, say("tracing.not-shown.sum-differs")) if results.changed_by_hand else again

    return {name: shown(check) for name, check in ground.pack.checks.items()}


def _why_not(check: Check, result: CheckResult | None, ground: Ground, at_hand: AtHand) -> str | None:
    if result is None:
        return say("tracing.not-shown.not-part")
    if result.rule_digest != ground.rule_digest(check):
        return say("tracing.not-shown.rule-changed")
    if result.code and _is_changed(result.code, ground):
        return say("tracing.not-shown.code-changed")
    for used in result.records:
        there, register = at_hand.digests.get(used.register_), ground.pack.registers.get(used.register_)
        if register and used.digest and there not in {None, used.digest}:
            return say("tracing.not-shown.records-changed", title=register.title)
        if register and used.digest and there is None and not at_hand.elsewhere:
            return say("tracing.not-shown.records-away", title=register.title)
    return None


def _is_changed(code: FunctionCode, ground: Ground) -> bool:
    """Whether the module of a test function is at hand, and is not the one that was run."""
    module = Path(ground.pack.folder.parent, code.path)
    if not module.is_file():
        return False
    return sha256_of(module.read_bytes()) != code.sha256


def _judged_again(check: Check, result: CheckResult, ground: Ground) -> CheckResult:
    """What was found, judged as on the day of the run."""
    again = judge(check, finding_of(check, result), ground)
    return again.model_copy(update={"examples": result.examples})


def _is_as_counted(check: Check, result: CheckResult, ground: Ground) -> bool:
    """Whether a result holds what carrying out its check brings."""
    if check.method == "attestation" and (result.counts or result.refused or result.records):
        return False
    if result.counts is None:
        return result.rows is None and result.by is None and result.code is None
    if result.refused or (check.method == "python") != bool(result.code):
        return False
    return (
        _has_its_records(check, result, ground)
        and _has_values_of(check, result, ground)
        and _has_units_of(check, result, ground)
    )


def _has_its_records(check: Check, result: CheckResult, ground: Ground) -> bool:
    """Whether the records are exactly the dated registers that the check reads, each opened, with its day."""
    sources = ground.organisation.profile.records
    days = {used.register_: used.taken_on for used in result.records}
    return days == dated(check, ground) and all(
        used.rows is not None and (used.digest is not None or sources[used.register_].url_env is not None)
        for used in result.records
    )


def _has_values_of(check: Check, result: CheckResult, ground: Ground) -> bool:
    """Whether rows and values are given where the rule counts each row by value, with the values that it names."""
    each = each_of(check, ground.setting) if check.method == "rule" else None
    if each is None:
        return result.rows is None and result.by is None
    return result.rows is not None and result.by is not None and result.by.keys() == set(each.codes)


def _has_units_of(check: Check, result: CheckResult, ground: Ground) -> bool:
    """Whether a rule judged every row of its register, and every value of it, but for rows that cannot be read.

    A test function counts as it likes, but no more than there are rows. Only a file has as many rows when it is counted
    as it had when it was opened.
    """
    counts, files = result.counts, [used for used in result.records if used.digest]
    if counts is None or not files:
        return True
    if check.method == "python":
        return len(files) < len(result.records) or counts.in_scope <= _rows_of(*files)
    own = next((used for used in files if used.register_ == check.register_), None)
    if own is None:
        return True
    each = each_of(check, ground.setting)
    values = 1 if each is None else len(each.codes)
    least, most = (_rows_of(own) - counts.unreadable) * values, _rows_of(own) * values
    return least <= counts.in_scope + counts.out <= most


def _rows_of(*records: RecordsUsed) -> int:
    return sum(used.rows or 0 for used in records)
