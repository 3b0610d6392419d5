"""Examples that do not come to what they claim: the rule is wrong or the example is, so no tick can be trusted."""

from collections.abc import Iterator

from policykit.problems import Notice, Problem
from policykit.reading.examples import ExampleCases
from policykit.reading.pack import Pack
from policykit.rules import Check, judge_unit


def false_examples(pack: Pack) -> tuple[Problem, ...]:
    """A problem for each example of the pack that its own check contradicts."""
    cases = ExampleCases(pack)
    return tuple(problem for check in pack.checks.values() for problem in _false(check, pack, cases))


def _false(check: Check, pack: Pack, cases: ExampleCases) -> Iterator[Problem]:
    place = pack.places[check.id]
    for number, example in enumerate(check.examples, 1):
        case = cases.case(check, example)
        came_to = judge_unit(check, case.row, case.setting)
        if came_to != example.expect:
            what = f"example {number} of {check.id} expects {example.expect} and comes to {came_to}"
            path = (pack.folder / place.path).as_posix()
            yield Problem(path, place.line, what, "mend the example or the rule", Notice.EXAMPLE_OUTCOME)
