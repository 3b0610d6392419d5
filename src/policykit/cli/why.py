"""`policykit why`: what a rule says of one record, clause by clause, for the person at the terminal only."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from policykit.cli.options import (
    POLICY,
    AsAt,
    CheckId,
    OrganisationFolder,
    PolicyFolder,
    RefusedError,
    argument,
    find_check,
    load,
    option,
)
from policykit.cli.screen import fitted
from policykit.english import listed, say, say_day
from policykit.problems import ExitCode

if TYPE_CHECKING:
    from policykit.door import Explained, Explanation, OneRecord, Rule

Key = Annotated[str, argument("KEY", "key")]
ShowAnyway = Annotated[bool, option("--show-anyway", None, "show-anyway")]

TRUTHS = {True: "yes", False: "no", None: "unknown"}
MOST_ROWS = 20
"""More rows than this that are looked up by one clause are counted, not shown: first those that hold, or nearly."""
LONGEST = 200
"""A value longer than this, in characters, is cut."""


def why(
    command: typer.Context,
    check: CheckId,
    key: Key,
    folder: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    as_at: AsAt = None,
    show_anyway: ShowAnyway = False,
) -> None:
    """Print what a rule says of one record, where only the one who asks can see it."""
    if not (show_anyway or sys.stdout.isatty()):
        raise RefusedError(say("terminal.why.no-terminal"))
    policy, firm = load(command, folder, organisation)
    if (method := find_check(check, policy).method) != "rule":
        raise RefusedError(say(f"terminal.why.no-rule.{method}", check=check))
    rule = policy.rule(check, firm, as_at)
    for line in _lines(rule, key, _explained(rule, key)):
        typer.echo(fitted(_printable(line)))


def _explained(rule: "Rule", key: str) -> "OneRecord":
    from policykit.door import RecordsRefusedError
    from policykit.model.values import stripped

    try:
        found = rule.why(stripped(key))
    except RecordsRefusedError as error:
        raise RefusedError(say("terminal.why.refused", why=error), ExitCode.CHECK_ERROR) from None
    if found is None:
        raise RefusedError(say("terminal.why.no-record", register=rule.register.title))
    return found


def _lines(rule: "Rule", key: str, record: "OneRecord") -> Iterator[str]:
    register, day = rule.register, say_day(rule.ground.as_at)
    yield rule.title
    yield say("terminal.why.record", register=register.title, row=register.row, key=_cut(key), day=day)
    if (reason := rule.why_not_applicable) is not None:
        yield say("terminal.why.not-applicable", why=reason)
    if not record.units:
        yield from ("", say("terminal.why.no-value"))
    for value, explanation in record.units:
        yield from ("", value) if value else ("",)
        yield from _of_unit(explanation)


def _of_unit(explanation: "Explanation") -> Iterator[str]:
    """Scope first, then what must hold, then what comes of it."""
    yield say("terminal.why.scope", truth=_truth(explanation.scope))
    yield from _below(explanation.scope, 1)
    yield say("terminal.why.must", truth=_truth(explanation.must))
    yield from _below(explanation.must, 1)
    fields = listed([say("terminal.why.the-field", field=field) for field in explanation.unreadable])
    yield say(f"terminal.why.verdict.{explanation.verdict}", fields=fields)


def _below(whole: "Explained", depth: int) -> Iterator[str]:
    for part in whole.parts[:MOST_ROWS]:
        yield from _of_part(part, depth)
    if (left := len(whole.parts) - MOST_ROWS) > 0:
        yield f"{'  ' * depth}{say('terminal.why.more', n=left)}"


def _of_part(part: "Explained", depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{say('terminal.why.clause', truth=_truth(part), words=part.words)}"
    for seen in part.seen:
        yield f"{indent}  {say('terminal.why.seen', what=seen.what, value=_cut(seen.value))}"
    yield from _below(part, depth + 1)


def _truth(part: "Explained") -> str:
    return say(f"terminal.why.truth.{TRUTHS[part.truth]}")


def _cut(value: str) -> str:
    if len(value) <= LONGEST:
        return value
    return say("terminal.why.cut", value=value[:LONGEST], length=len(value))


def _printable(line: str) -> str:
    """The line without what a terminal would obey or hide: records may hold anything."""
    return "".join(each if each.isprintable() else "�" for each in line)
