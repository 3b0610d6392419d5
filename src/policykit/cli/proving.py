"""`policykit prove`: whether the examples of a check would catch a small mistake in its rule."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated

import typer

from policykit.cli.fitting import fitted
from policykit.cli.options import POLICY, PolicyFolder

if TYPE_CHECKING:
    from rich.table import Table

    from policykit.reading import Pack, Proofs
    from policykit.rules import Check, Proof

MaybeCheckId = Annotated[
    str | None, typer.Argument(metavar="CHECK", help="The id of a check; without it all that have a rule.")
]


def prove(check: MaybeCheckId = None, policy: PolicyFolder = POLICY) -> None:
    """Try the examples of checks against small changes to their rules, and print the examples that are missing.

    An example catches a change if it comes out otherwise than under the rule. For a change that none catches, rows near
    the examples are searched for one that would. Exit code 1 where something is left open.
    """
    from policykit.cli.showing import Progress, console
    from policykit.problems import ExitCode
    from policykit.reading import Proofs, load_pack

    pack = load_pack(policy)
    asked, proofs = _asked(check, pack), Proofs(pack)
    found: dict[str, Proof] = {}
    with Progress("Proving", len(asked)) as progress:
        for each in asked:
            found[each.id] = proofs.prove(each)
            progress.step(each.id)
    console().print(_table(found))
    for each in asked:
        for line in (*_open(each, found[each.id], proofs), *(_alike(found[each.id]) if check else ())):
            typer.echo(line if line.startswith(TO_PASTE) else fitted(line))
    typer.echo(f"\n{fitted(_in_all(found))}")
    raise typer.Exit(ExitCode.GATED if any(proof.gaps for proof in found.values()) else ExitCode.OK)


def _asked(check: str | None, pack: "Pack") -> "tuple[Check, ...]":
    from policykit.cli.endings import RefusedError
    from policykit.cli.loaded import find_check

    if check is None:
        return tuple(each for each in pack.checks.values() if each.method == "rule")
    found = find_check(check, pack)
    if found.method != "rule":
        raise RefusedError(f"{check} has no rule that examples could show.")
    return (found,)


def _table(proofs: "Mapping[str, Proof]") -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Examples", no_wrap=True)
    table.add_column("Check", no_wrap=True)
    for title in ("Changes", "Caught", "Not told apart"):
        table.add_column(title, justify="right")
    for name, proof in proofs.items():
        mark = "◆ Gaps" if proof.gaps else "● Complete"
        table.add_row(mark, name, *(str(count) for count in (proof.tried, proof.caught, len(proof.alike))))
    return table


TO_PASTE = "    - {"
"""What begins an example to paste, which stays in one line."""


def _open(check: "Check", proof: "Proof", proofs: "Proofs") -> Iterator[str]:
    """What the examples of one check leave open, each with the example to paste."""
    if proof.gaps:
        yield from ("", check.id)
    for wrong in proof.wrong:
        yield f"  Example {wrong.number} expects {wrong.expects} and comes to {wrong.comes_to}: mend it, or the rule."
    for missing in proof.missing:
        yield f"  No example comes to {missing.judgement}{'.' if missing.case else ', nor does any row searched.'}"
        if missing.case:
            yield f"    {proofs.line(check, missing.case, missing.judgement)}"
    for line, caught in groupby(sorted(_lines(check, proof, proofs)), key=itemgetter(0)):
        yield from ("", *(f"  No example catches this: {says}." for _, says in caught), f"    {line}")


def _lines(check: "Check", proof: "Proof", proofs: "Proofs") -> Iterator[tuple[str, str]]:
    """The example to paste for each change that none catches, and the change; many a row catches more than one."""
    for survivor in proof.open:
        if telling := survivor.telling:
            yield proofs.line(check, telling.case, telling.rule), survivor.says


def _alike(proof: "Proof") -> Iterator[str]:
    if proof.alike:
        yield from ("", "Not told apart from the rule: perhaps they are the same rule")
    for survivor in proof.alike:
        yield f"  in {survivor.searched:,} rows: {survivor.says}"


def _in_all(proofs: "Mapping[str, Proof]") -> str:
    tried = sum(proof.tried for proof in proofs.values())
    caught = sum(proof.caught for proof in proofs.values())
    alike = sum(len(proof.alike) for proof in proofs.values())
    gaps = sum(bool(proof.gaps) for proof in proofs.values())
    said = f"The examples catch {caught:,} of {tried:,} small changes"
    told = f"; {alike} could not be told apart from the rule by any row searched" if alike else ""
    return f"{said}{told}. {gaps or 'No'} {'check has' if gaps == 1 else 'checks have'} gaps."
