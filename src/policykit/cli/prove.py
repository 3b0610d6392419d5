"""`policykit prove`: whether the examples of a check would catch a small mistake in its rule."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated

import typer

import policykit as pk
from policykit.cli.options import POLICY, PolicyFolder, RefusedError, argument, find_check
from policykit.cli.screen import console, fitted, new_table, progress_bar
from policykit.english import say
from policykit.problems import ExitCode

if TYPE_CHECKING:
    from rich.table import Table

    from policykit.door import Proof

MaybeCheckId = Annotated[str | None, argument("CHECK", "maybe-check-id")]


def prove(check: MaybeCheckId = None, folder: PolicyFolder = POLICY) -> None:
    """Prove one check or all, print what each leaves open, and leave with 1 where that is anything."""
    policy = pk.load(folder)
    asked = _asked(check, policy)
    found: dict[str, Proof] = {}
    with progress_bar(say("terminal.progress.proving"), len(asked)) as through:
        for name in asked:
            found[name] = pk.prove(policy, name)
            through(name)
    console().print(_table(found))
    for name, proof in found.items():
        for line in (*_open(name, proof, policy), *(_alike(proof) if check else ())):
            typer.echo(line)
    typer.echo(f"\n{fitted(_in_all(found))}")
    raise typer.Exit(ExitCode.GATED if any(proof.gaps for proof in found.values()) else ExitCode.OK)


def _asked(check: str | None, policy: "pk.Policy") -> tuple[str, ...]:
    if check is None:
        return tuple(name for name, each in policy.checks.items() if each.method == "rule")
    if find_check(check, policy).method != "rule":
        raise RefusedError(say("terminal.prove.no-rule", check=check))
    return (check,)


def _table(proofs: Mapping[str, "Proof"]) -> "Table":
    table = new_table()
    table.add_column(say("terminal.prove.column.examples"), no_wrap=True)
    table.add_column(say("terminal.prove.column.check"), no_wrap=True)
    for column in ("changes", "caught", "alike"):
        table.add_column(say(f"terminal.prove.column.{column}"), justify="right")
    for name, proof in proofs.items():
        mark = say("terminal.prove.gaps") if proof.gaps else say("terminal.prove.complete")
        table.add_row(mark, name, *(str(count) for count in (proof.tried, proof.caught, len(proof.alike))))
    return table


def _open(check: str, proof: "Proof", policy: "pk.Policy") -> Iterator[str]:
    """What the examples of one check leave open, each with the example to paste, which stays in one line."""
    if proof.gaps:
        yield from ("", check)
    for wrong in proof.wrong:
        mend = say("terminal.prove.wrong", number=wrong.number, expects=wrong.expects, comes_to=wrong.comes_to)
        yield fitted(f"  {mend}")
    for missing in proof.missing:
        if missing.case is None:
            yield fitted(f"  {say('terminal.prove.missing-everywhere', judgement=missing.judgement)}")
        else:
            yield fitted(f"  {say('terminal.prove.missing', judgement=missing.judgement)}")
            yield f"    {policy.example_line(check, missing.case, missing.judgement)}"
    for line, changes in groupby(sorted(_lines(check, proof, policy)), key=itemgetter(0)):
        yield from ("", *(fitted(f"  {say('terminal.prove.open', change=change)}") for _, change in changes))
        yield f"    {line}"


def _lines(check: str, proof: "Proof", policy: "pk.Policy") -> Iterator[tuple[str, str]]:
    """The example to paste for each change that none catches, and the change; many a row catches more than one."""
    for survivor in proof.open:
        if telling := survivor.telling:
            yield policy.example_line(check, telling.case, telling.rule), survivor.says


def _alike(proof: "Proof") -> Iterator[str]:
    if proof.alike:
        yield from ("", fitted(say("terminal.prove.alike")))
    for survivor in proof.alike:
        yield fitted(f"  {say('terminal.prove.alike-in', rows=survivor.searched, change=survivor.says)}")


def _in_all(proofs: Mapping[str, "Proof"]) -> str:
    tried = sum(proof.tried for proof in proofs.values())
    caught = sum(proof.caught for proof in proofs.values())
    alike = sum(len(proof.alike) for proof in proofs.values())
    gaps = say("terminal.prove.checks-with-gaps", n=sum(bool(proof.gaps) for proof in proofs.values()))
    if alike:
        return f"{say('terminal.prove.caught-but', caught=caught, tried=tried, alike=alike)} {gaps}"
    return f"{say('terminal.prove.caught', caught=caught, tried=tried)} {gaps}"
