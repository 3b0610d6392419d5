"""What a handbook publishes of the examples of its checks: in needs.json, on cards and among what is not covered."""

import json

from tests.sites import Site


def test_needs_json_says_of_every_check_whether_its_examples_are_complete(kitchens: Site) -> None:
    """`complete` or `gaps` for a check with a rule, nothing for one that somebody confirms."""
    needs = json.loads((kitchens.folder / "needs.json").read_text("utf-8"))
    (version,) = needs["versions"].values()
    said = {name: need["examples"] for name, need in version["needs"].items() if need["type"] == "check"}
    checks = {check["id"]: check for check in json.loads(kitchens.results.read_text("utf-8"))["checks"]}

    assert {name for name, examples in said.items() if examples == "gaps"} == {"CHK-CLEAN-LOGGED", "CHK-DISH-LAW"}
    assert {name for name, examples in said.items() if not examples} == {
        name for name, check in checks.items() if check["method"] != "rule"
    }


def test_what_the_examples_leave_open_is_among_what_is_not_covered(kitchens: Site) -> None:
    """In the words in which `policykit prove` says it."""
    page = (kitchens.folder / "gaps.html").read_text("utf-8")

    assert "No example catches this change: “on trial” left out of what the status may be." in page
