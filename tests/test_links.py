"""What a reader can follow: from each duty to its clauses, its law and its checks, and back."""

import json
from collections import Counter, defaultdict
from typing import Any

import pytest
from tests.pages import Page, leads, read_page
from tests.sites import Site

LINKS_OF_A_DUTY = ("stated_in", "prompted_by", "rests_on")


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, Page]:
    """Every page of the site, read."""
    return {path: read_page(site.folder, path) for path in site.pages}


@pytest.fixture(scope="module")
def needs(site: Site) -> dict[str, dict[str, Any]]:
    """The items of the handbook, as needs.json hands them on."""
    published = json.loads((site.folder / "needs.json").read_text("utf-8"))
    found: dict[str, dict[str, Any]] = published["versions"][published["current_version"]]["needs"]
    return found


def within_two(steps: dict[str, set[str]], start: str) -> set[str]:
    """Every card that can be reached from `start` in at most two clicks."""
    return steps[start] | {far for near in steps[start] for far in steps[near]}


def test_each_duty_leads_to_what_it_rests_on_and_back(pages: dict[str, Page], needs: dict[str, dict[str, Any]]) -> None:
    """From a duty to each of its clauses, provisions and checks is at most two clicks, and as many back."""
    steps: dict[str, set[str]] = defaultdict(set)
    for start, end in leads(pages):
        steps[start].add(end)
    pairs = {(duty, end) for duty, need in needs.items() for link in LINKS_OF_A_DUTY for end in need.get(link, ())}
    pairs |= {(duty, check) for check, need in needs.items() for duty in need.get("verifies", ())}
    both_ways = sorted(pairs | {(end, duty) for duty, end in pairs})

    assert both_ways
    assert [] == [f"{start} does not lead to {end}" for start, end in both_ways if end not in within_two(steps, start)]


def test_each_item_has_one_card(pages: dict[str, Page], needs: dict[str, dict[str, Any]]) -> None:
    """Every item of needs.json has exactly one card in all the handbook, of its kind, and there is no other card."""
    cards = Counter((card, kind) for page in pages.values() for card, kind in page.cards.items())

    assert Counter((item, need["type"]) for item, need in needs.items()) == cards


def test_cards_show_the_outcomes_that_are_published(pages: dict[str, Page], needs: dict[str, dict[str, Any]]) -> None:
    """A duty's and a check's card carry the outcome that needs.json hands on; no other card carries one."""
    shown = {card: outcome for page in pages.values() for card, outcome in page.outcomes.items()}

    assert {item: need["outcome"] for item, need in needs.items() if need["type"] in {"duty", "check"}} == shown


def test_no_link_is_dead(site: Site, pages: dict[str, Page]) -> None:
    """Every link inside the handbook leads to a file that is there, and to a place on it that exists."""
    dead = set()
    for page in pages.values():
        for anchor in page.anchors:
            there = anchor.fragment in {"", *pages[anchor.page].ids} if anchor.page in pages else not anchor.fragment
            if not there or not (site.folder / anchor.page).is_file():
                dead.add(f"{page.path}: {anchor.page}#{anchor.fragment}")

    assert set() == dead


def test_no_id_stands_twice(pages: dict[str, Page]) -> None:
    """An id names one place on its page, so a link to it is never a guess."""
    twice = {path: [name for name, times in Counter(page.ids).items() if times > 1] for path, page in pages.items()}

    assert {} == {path: names for path, names in twice.items() if names}
