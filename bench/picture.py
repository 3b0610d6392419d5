"""Take the README's picture of a duty from the built handbook: `python -m bench.picture`, after `make handbook`."""

import sys
from pathlib import Path

from tests.browsing import chromium, served, visiting

ROOT = Path(__file__).parents[1]
CARD = "DUTY-TRAIN"
WIDTH, MARGIN = 900, 24
INTO = ROOT / "docs" / "images" / "duty-card.png"


def main() -> None:
    """Photograph one duty as a reader first meets it: its parts closed, in light."""
    INTO.parent.mkdir(exist_ok=True)
    site = ROOT / "build" / "handbook"
    page = next(path for path in sorted(site.rglob("*.html")) if f'id="{CARD}"' in path.read_text("utf-8"))
    with (
        chromium() as browser,
        served(site) as address,
        visiting(browser, address, clock="2026-11-01", width=WIDTH) as visitor,
    ):
        visitor.page.goto(f"{address}/{page.relative_to(site).as_posix()}")
        card = visitor.page.locator(f"#{CARD}").bounding_box()
        if card is None:
            sys.exit(f"{CARD} is not to be seen on its page")
        visitor.page.set_viewport_size({"width": WIDTH, "height": int(card["height"]) + 2 * MARGIN})
        visitor.page.evaluate(f"scrollTo(0, {card['y'] - MARGIN})")
        visitor.page.screenshot(path=INTO)


if __name__ == "__main__":
    main()
