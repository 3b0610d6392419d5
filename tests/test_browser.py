"""Both handbooks in a real Chromium: every page, in light and dark, on a small phone, served and from the disk."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Literal
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from tests.browsing import CHROMIUM, chromium, served, visiting
from tests.sites import Site

from policykit.english import say_day

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium on this machine (Debian: apt install chromium)"
)

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEAVIEST_PAGE = 300 * 1024
SMALL_PHONE = 320
CODE = [
    "<script>window.ran = true</script>",
    '"><img src=x onerror="window.ran = true">',
    "'><svg onload='window.ran = true'>",
    '</title><iframe src="javascript:parent.ran = true">',
    "javascript:window.ran=true",
]
"""What pages that show a search as it comes would run."""
LETTERS = {
    "as the page has them": "",
    "wide": "* { font-family: monospace !important }",
    "with serifs": "* { font-family: serif !important }",
    "spaced as WCAG 1.4.12 says": "* { letter-spacing: .12em !important; word-spacing: .16em !important }",
}
"""Fonts differ by machine, so a page is measured in several; spaced letters are wide whatever the font."""
WIDTH = """letters => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(letters);
  document.adoptedStyleSheets = [sheet];
  return document.documentElement.scrollWidth;
}"""
BROKEN = """letters => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(letters);
  document.adoptedStyleSheets = [sheet];
  const lines = number => {
    const range = document.createRange();
    range.selectNodeContents(number);
    return new Set([...range.getClientRects()].map(box => box.top)).size;
  };
  const numbers = [...document.querySelectorAll(".stand b, .tally b")];
  return numbers.filter(each => lines(each) > 1).map(each => each.textContent);
}"""
"""The large numbers that stand in more than one line."""
WORDS = """() => {
  const main = document.querySelector("main").cloneNode(true);
  main.querySelectorAll("noscript").forEach(instead => instead.remove());
  return main.textContent;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    """The site, served on loopback."""
    with served(site.folder) as started:
        yield started


def test_every_page_loads_quietly(browser: Browser, site: Site, address: str) -> None:
    """No page has an error in its console, a request that fails or leaves the site, or a refusal by its own policy."""
    found = {}
    with visiting(browser, address, clock=site.sources.as_at) as visitor:
        for path in site.pages:
            visitor.open(path)
            found[path] = visitor.all_complaints()

    assert {} == {path: complaints for path, complaints in found.items() if complaints}


def test_a_search_for_code_runs_nothing(browser: Browser, site: Site, address: str) -> None:
    """What somebody puts into an address to search for is text, whatever it looks like."""
    with visiting(browser, address, clock=site.sources.as_at) as visitor:
        for code in CODE:
            page = visitor.open(f"search.html?q={quote(code)}")
            page.wait_for_load_state("networkidle")
            assert code in page.evaluate("[...document.querySelectorAll('input')].map(field => field.value)")
            assert page.evaluate("window.ran ?? null") is None
        assert visitor.all_complaints() == []


def test_every_page_opens_from_the_disk(browser: Browser, site: Site) -> None:
    """A handbook that was copied to a folder is read without any server, as quietly."""
    found = {}
    with visiting(browser, site.folder.as_uri(), clock=site.sources.as_at) as visitor:
        for path in site.pages:
            visitor.open(path)
            found[path] = visitor.all_complaints()

    assert {} == {path: complaints for path, complaints in found.items() if complaints}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(browser: Browser, site: Site, address: str, scheme: Literal["light", "dark"]) -> None:
    """With every part open, axe finds nothing against WCAG 2.2 AA or its best practice."""
    found = {}
    with visiting(browser, address, clock=site.sources.as_at, scheme=scheme) as visitor:
        for path in site.pages:
            results = Axe().run(visitor.open(path), options={"runOnly": STANDARDS, "resultTypes": ["violations"]})
            found[path] = results.generate_report() if results.violations_count else ""

    assert {} == {path: report for path, report in found.items() if report}


def test_every_page_fits_a_small_phone(browser: Browser, site: Site, address: str) -> None:
    """At 320 pixels, with every part open, no page scrolls sideways, whatever its letters are like."""
    widths: dict[tuple[str, str], int] = {}
    with visiting(browser, address, clock=site.sources.as_at, width=SMALL_PHONE) as visitor:
        for path in site.pages:
            page = visitor.open(path)
            widths |= {(path, name): page.evaluate(WIDTH, letters) for name, letters in LETTERS.items()}

    assert {} == {where: width for where, width in widths.items() if width > SMALL_PHONE}


@pytest.mark.parametrize("width", [SMALL_PHONE, 768])
def test_no_number_is_broken(browser: Browser, site: Site, address: str, width: int) -> None:
    """A large number stands in one line, whatever its letters are like: 16 is never a 1 above a 6."""
    broken: dict[tuple[str, str], list[str]] = {}
    with visiting(browser, address, clock=site.sources.as_at, width=width) as visitor:
        for path in site.pages:
            page = visitor.open(path)
            broken |= {(path, name): page.evaluate(BROKEN, letters) for name, letters in LETTERS.items()}

    assert {} == {where: numbers for where, numbers in broken.items() if numbers}


def test_every_page_is_light(browser: Browser, site: Site, address: str) -> None:
    """A page with its stylesheet and script weighs at most 300 KiB before compression."""
    weights = {}
    with visiting(browser, address, clock=site.sources.as_at) as visitor:
        for path in site.pages:
            visitor.open(path)
            weights[path] = visitor.weight()

    assert {} == {path: weight for path, weight in weights.items() if weight > HEAVIEST_PAGE}


def test_every_page_reads_without_scripts(browser: Browser, site: Site, address: str) -> None:
    """The same words are on a page whether its script runs or not; a page may say more where it does not run."""
    visit = partial(visiting, browser, address, clock=site.sources.as_at)
    with visit() as scripted, visit(scripts=False) as plain:
        words = {path: [visitor.open(path).evaluate(WORDS) for visitor in (scripted, plain)] for path in site.pages}

    assert {} == {path: both for path, both in words.items() if both[0] != both[1] or not both[0].strip()}


AGED = """() => {
  const all = (what, of) => [...document.querySelectorAll(what)].map(of);
  const shown = what => [...document.querySelectorAll(what)].filter(each => each.checkVisibility());
  const mark = each => each.querySelector("use").getAttribute("href").slice(3);
  return {
    band: shown(".outdated").map(each => each.innerText),
    strip: shown(".good-until, .ran-out").map(each => each.innerText.slice(0, 10)),
    words: all("[data-until]", each => [each.dataset.until, each.querySelector(".word").textContent, mark(each)]),
    met: all(".word", each => each.textContent).filter(word => word === "Met").length,
    stale: all("[data-tally=stale] b", each => Number(each.textContent)),
    ends: (document.querySelector(".outdated")?.dataset.ends ?? "").split(" ").map(each => each.split(":")),
  };
}"""
"""What a page says of its own age."""
STAYING = {"fail", "error"}
"""What age makes no better."""


@pytest.fixture
def last_day(site: Site) -> date:
    """The last day on which all that the site shows holds."""
    index = (site.folder / "index.html").read_text("utf-8")
    (found,) = re.findall(r'data-valid-until="([0-9-]+)"', index)
    return date.fromisoformat(found)


def test_a_page_in_date_says_until_when(browser: Browser, site: Site, address: str, last_day: date) -> None:
    """On its last day a page is as it was written, and says in bold until when it is good."""
    with visiting(browser, address, clock=f"{last_day}T22:30:00") as visitor:
        for path in site.pages:
            seen = visitor.open(path).evaluate(AGED)
            assert (seen["band"], seen["strip"]) == ([], ["Good until", "Results ma"]), path


def test_a_page_ages_on_the_day_of_each_of_its_results(
    browser: Browser, site: Site, address: str, last_day: date
) -> None:
    """From the next day on a band says so, and each result turns to Out of date on its own day.

    What is not met stays so, and what still counts as met was met on the day that it was counted.
    """
    day = last_day + timedelta(days=11)
    with visiting(browser, address, clock=f"{day}T08:00:00", width=SMALL_PHONE) as visitor:
        for path in site.pages:
            seen = visitor.open(path).evaluate(AGED)
            gone = sum(end < day.isoformat() and outcome not in STAYING for outcome, end in seen["ends"])
            (band,) = seen["band"]
            assert f"ran out on {say_day(last_day)}" in band, path
            assert f"out of date by now: {gone} of " in band
            assert seen["strip"] == ["Ran out on"]
            over = {(word, mark) for end, word, mark in seen["words"] if end < day.isoformat() and mark not in STAYING}
            assert over <= {("Out of date", "stale")}
            assert seen["met"] == 0
            assert visitor.page.evaluate("document.documentElement.scrollWidth") <= SMALL_PHONE
            assert visitor.all_complaints() == []
        front = visitor.open("index.html").evaluate(AGED)
        assert front["stale"][0] > 0
        assert Axe().run(visitor.page, options={"runOnly": STANDARDS}).violations_count == 0


def test_without_scripts_a_page_still_says_until_when(browser: Browser, address: str) -> None:
    """Whoever runs no script reads the day in bold, and no word claims to know what day it is."""
    with visiting(browser, address, clock="2030-01-01", scripts=False) as visitor:
        visitor.page.goto(f"{address}/index.html")
        assert visitor.page.locator(".good-until strong").is_visible()
        assert not visitor.page.locator(".outdated").is_visible()
