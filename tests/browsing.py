"""A real Chromium that visits built handbooks, and what it noticed on each page."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
PATIENCE = 180_000
"""Milliseconds until Chromium is given up: a busy machine is no fault of a page."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WATCH_POLICY = """
window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation", event =>
  window.refusedByPolicy.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        """Have nothing kept: every page is weighed and watched as if it were the reader's first."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: the test speaks of what went wrong."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; gives its address, without a slash at the end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's own Chromium, without a window; the caller has made sure that there is one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A reader who opens one page of a site after another, and what the last page asked for and complained about."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Note every console error, script error, failed request and request to anywhere else."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._see_request)
        self.page.on("requestfailed", self._see_failure)
        self.page.on("response", self._see_response)
        self.page.add_init_script(WATCH_POLICY)

    def open(self, path: str) -> Page:
        """Open a page, wait until it has loaded, and open all its parts, so that nothing hides from the test."""
        self.complaints.clear()
        self.responses.clear()
        self.page.goto(f"{self.origin}/{path}", wait_until="load")
        self.page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        return self.page

    def all_complaints(self) -> list[str]:
        """Give what was noted, and what the page's own security policy refused."""
        return self.complaints + list(self.page.evaluate("window.refusedByPolicy"))

    def weight(self) -> int:
        """Give the bytes of everything the page loaded, as they lie on the disk."""
        return sum(int(response.headers["content-length"]) for response in self.responses)

    def _hear(self, said: ConsoleMessage) -> None:
        # A warning without arguments is the browser's own, and another in each of its versions.
        if said.type == "error" or (said.type == "warning" and said.args):
            self.complaints.append(f"console: {said.text}")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith(self.origin):
            self.complaints.append(f"off-origin: {request.url}")

    def _see_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # given up by the browser itself, because the reader has moved on
            self.complaints.append(f"{request.failure}: {request.url}")

    def _see_response(self, response: Response) -> None:
        self.responses.append(response)
        if not response.ok:
            self.complaints.append(f"{response.status}: {response.url}")


@contextmanager
def visiting(
    browser: Browser,
    origin: str,
    *,
    clock: str,
    width: int = 1280,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
) -> Iterator[Visitor]:
    """Give a visitor to a site, in a context of their own, for whom it is always the same day in the same country."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=scripts,
        locale="en-GB",
        timezone_id="Europe/London",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.clock.set_fixed_time(clock)
    yield Visitor(page, origin)
    context.close()
