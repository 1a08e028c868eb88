"""A real browser on a real server over Valdoro: whatever goes wrong in a page that is watched fails its test."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

# Chromium without its windows: with them each test took a third longer.
BROWSER = "chromium-headless-shell"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Milliseconds; on a busy machine a page takes its time.
PATIENCE = 20_000
# Chromium writes most violations to the console; the event is for those that it does not.
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Watched:
    """A page, and all that went wrong in it: errors, violations of its policy, requests to other hosts, dialogs."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(REPORT_VIOLATIONS)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._see)
        self.page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"request: {request.url}")


Visit = Callable[..., Watched]


def settle(page: Page) -> None:
    """Until a page is what it will be: of those with an island, what that has asked for has come."""
    if page.locator('script[src*="/pictures.js"], script[src*="/editor.js"]').count():
        page.wait_for_load_state("networkidle")


def pytest_itemcollected(item: pytest.Item) -> None:
    """A browser that goes on to the next page hangs up, and Werkzeug's server leaves the file that it was sending."""
    item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(scope="package")
def address(app: Flask) -> Iterator[str]:
    """Where the server over Valdoro listens."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


# Not for the whole session: Playwright's loop would stand in the way of tests that run one of their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = shutil.which(BROWSER)
    if executable is None:
        pytest.skip(f"there is no browser: apt install {BROWSER}")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Open a page of the site as a reader would; at the end nothing may have gone wrong in it."""
    visits: list[Watched] = []

    def go(path: str, *, locale: str = "it", width: int = 1280, scripts: bool = True, policy: bool = True) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale=locale,
            java_script_enabled=scripts,
            bypass_csp=not policy,
            accept_downloads=True,
        )
        watched = Watched(context.new_page(), address)
        visits.append(watched)
        watched.page.set_default_timeout(PATIENCE)
        watched.page.goto(address + path)
        return watched

    yield go
    for watched in visits:
        watched.page.context.close()
    assert [watched.faults for watched in visits] == [[] for _ in visits]
