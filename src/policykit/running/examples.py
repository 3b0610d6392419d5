"""How the examples of every check fare, as results keep it: proved again only where something changed.

Proving a pack takes as long as running its checks. So what the last results say is taken over wherever it was found
from the same check, with the same examples, over all the same that rules may name: the digest beside it says so.
"""

from pathlib import Path

from policykit.model.results import ExamplesTried, Results
from policykit.problems import PolicyError
from policykit.reading import Pack, Proofs
from policykit.rules import Check
from policykit.running.store import read_results


def with_examples(results: Results, pack: Pack, last: Path | None) -> Results:
    """The results, each with how the examples of its check fare; `last` is the file of the results before."""
    known, proofs = _known(last), Proofs(pack)
    found = {check.id: _tried(check, proofs, known) for check in pack.checks.values() if check.method == "rule"}
    checks = (result.model_copy(update={"examples": found.get(result.id)}) for result in results.checks)
    return results.model_copy(update={"checks": tuple(checks)})


def _tried(check: Check, proofs: Proofs, known: dict[str, ExamplesTried]) -> ExamplesTried:
    digest = proofs.digest(check)
    if digest in known:
        return known[digest]
    proof = proofs.prove(check)
    alike = len(proof.alike)
    return ExamplesTried(tried=proof.tried - alike, caught=proof.caught, alike=alike, gaps=proof.gaps, digest=digest)


def _known(last: Path | None) -> dict[str, ExamplesTried]:
    """What the last results found, by digest; nothing where there are none that can be read."""
    try:
        checks = read_results(last).checks if last else ()
    except PolicyError:
        return {}
    return {check.examples.digest: check.examples for check in checks if check.examples}
