"""`policykit why`: what a rule says of one record, clause by clause, for the person at the terminal only."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from policykit.cli.fitting import fitted
from policykit.cli.options import POLICY, AsAt, CheckId, OrganisationFolder, PolicyFolder
from policykit.cli.wording import NO_RULE

if TYPE_CHECKING:
    from policykit.reading import Ground
    from policykit.rules import Check, Explained, Explanation
    from policykit.running import OneRecord

Key = Annotated[str, typer.Argument(metavar="KEY", help="The key of a record in the check's register.")]
ShowAnyway = Annotated[
    bool,
    typer.Option(
        "--show-anyway", help="Show it although the output goes to a file or another program, not a terminal."
    ),
]

TRUTHS = {True: "true", False: "false", None: "cannot tell"}
VERDICTS = {
    "pass": "It conforms.",
    "fail": "It does not conform.",
    "unknown": "It cannot be judged, because a value is blank.",
    "out": "It is not looked at by this check.",
}
MOST_ROWS = 20
"""More rows than this that are looked up by one clause are counted, not shown: first those that hold, or nearly."""
LONGEST = 200
"""A value longer than this, in characters, is cut."""


def why(
    check: CheckId,
    key: Key,
    policy: PolicyFolder = POLICY,
    organisation: OrganisationFolder = None,
    as_at: AsAt = None,
    show_anyway: ShowAnyway = False,
) -> None:
    """Show what a rule says of one record, clause by clause, down to the rows that it looks up.

    It shows what the records hold, so it is for your own terminal: nothing of it is kept.
    """
    from policykit.cli.endings import RefusedError
    from policykit.cli.loaded import find_check, load
    from policykit.reading import Ground

    if not (show_anyway or sys.stdout.isatty()):
        raise RefusedError(
            "This shows a record, and the output is not a terminal: add --show-anyway if nobody else can read it."
        )
    loaded = load(policy, organisation)
    found = find_check(check, loaded.pack)
    if found.method != "rule":
        raise RefusedError(f"{found.id} cannot be explained. {NO_RULE[found.method]}")
    ground = Ground.of(loaded.pack, loaded.organisation, as_at or loaded.organisation.as_at)
    for line in _lines(found, key, ground):
        typer.echo(fitted(_printable(line)))


def _lines(check: "Check", key: str, ground: "Ground") -> Iterator[str]:
    from policykit.model.calendar import say_day

    record = _explained(check, key, ground)
    register = ground.setting.registers[check.register_ or ""]
    yield check.title
    yield f"{register.title}: {register.row} {_cut(key)}, as at {say_day(ground.as_at)}"
    yield from _why_not_applicable(check, ground)
    if not record.units:
        yield from ("", "The check looks at no value: the list that it goes through is empty.")
    for value, explanation in record.units:
        yield from ("", value) if value else ("",)
        yield from _of_unit(explanation)


def _explained(check: "Check", key: str, ground: "Ground") -> "OneRecord":
    from policykit.cli.endings import RefusedError
    from policykit.engines import Refused
    from policykit.problems import ExitCode
    from policykit.running import explain_record

    found = explain_record(check, key.strip(" "), ground)
    if found is None:
        raise RefusedError(f"{ground.setting.registers[check.register_ or ''].title}: no record has this key.")
    if isinstance(found, Refused):
        typer.echo(f"{found.why}.", err=True)
        raise typer.Exit(ExitCode.CHECK_ERROR)
    return found


def _why_not_applicable(check: "Check", ground: "Ground") -> Iterator[str]:
    from policykit.running import why_not_applicable

    why = why_not_applicable(check, ground)
    if why is not None:
        yield f"The check does not apply, so this does not count: {why}"


def _of_unit(explanation: "Explanation") -> Iterator[str]:
    """Scope first, then what must hold, then what comes of it."""
    from policykit.english import listed

    yield f"Looked at: {TRUTHS[explanation.scope.truth]}"
    yield from _below(explanation.scope, 1)
    yield f"Must hold: {TRUTHS[explanation.must.truth]}"
    yield from _below(explanation.must, 1)
    if explanation.unreadable:
        fields = listed([f"the {field}" for field in explanation.unreadable])
        yield f"It is not counted: {fields} cannot be read, and is never guessed."
    else:
        yield VERDICTS[explanation.verdict]


def _below(whole: "Explained", depth: int) -> Iterator[str]:
    for part in whole.parts[:MOST_ROWS]:
        yield from _of_part(part, depth)
    left = len(whole.parts) - MOST_ROWS
    if left > 0:
        yield f"{'  ' * depth}... and {left:,} more"


def _of_part(part: "Explained", depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{TRUTHS[part.truth]}: {part.words}"
    for seen in part.seen:
        yield f"{indent}  [{seen.what}: {_cut(seen.value)}]"
    yield from _below(part, depth + 1)


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}... ({len(value):,} characters)"


def _printable(line: str) -> str:
    """The line without what a terminal would obey or hide: records may hold anything."""
    return "".join(each if each.isprintable() else "�" for each in line)
