"""One visit of a page, in which everything that is measured of it is measured."""

import gzip
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Response

from .conftest import PATIENCE, Watched, settle
from .pages import Kind

ROOT: Final = Path(__file__).parents[2]
CHECKERS: Final = ROOT / "tests" / "checkers" / "node_modules"
AXE: Final = CHECKERS / "axe-core" / "axe.min.js"
VALIDATOR: Final = CHECKERS / "vnu-jar" / "build" / "dist" / "vnu.jar"
LANGUAGES: Final = {"it": "it-IT", "en": "en-GB"}
WIDE, NARROW = 1280, 320  # a window of 1,280 pixels at 400 % has room for 320

# What https://www.w3.org/TR/WCAG21/ asks at level AA, and what the makers of axe-core advise beyond it.
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
_CHECK: Final = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  const told = found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html }) => `${id}: ${help}: ${target}: ${html.slice(0, 300)}`));
  return [found.passes.length, told];
}"""

# https://web.dev/articles/cls: what moves without the reader having done anything.
_WATCH_SHIFTS: Final = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifted += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_SETTLED: Final = """async () => {
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""

# What has text of its own, or is for clicking, and is to be seen: within the window, whole, and not under another.
_OUT_OF_SIGHT: Final = """() => {
  const root = document.documentElement, width = root.clientWidth, faults = [];
  if (root.scrollWidth > width) faults.push(`the page is ${root.scrollWidth} wide`);
  const name = (each) => each.outerHTML.replace(/\\s+/g, " ").slice(0, 120);
  const scrolls = (each) => ["auto", "scroll"].includes(getComputedStyle(each).overflowX);
  const isClipped = (each) => {
    const { clip, clipPath } = getComputedStyle(each);
    return clip !== "auto" || clipPath !== "none";
  };
  const above = (each) => each.parentElement ? [each.parentElement, ...above(each.parentElement)] : [];
  for (const each of document.body.querySelectorAll("*:not(svg *)")) {
    if (!each.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const hasText = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const isUsed = each.matches("a[href], button, input:not([type=hidden]), select, textarea, summary");
    if (!(hasText || isUsed) || [each, ...above(each)].some(isClipped) || each.matches("option, optgroup")) continue;
    if (each.closest(".skip, .CodeMirror")) continue;  // one comes to sight with the focus; the other scrolls by itself
    const inScroll = above(each).some(scrolls);
    const { left, right } = each.getBoundingClientRect();
    if (!inScroll && (right > width + 0.5 || left < -0.5)) faults.push(`outside: ${name(each)}`);
    const style = getComputedStyle(each);
    if (hasText && ["hidden", "clip"].includes(style.overflowX) && each.scrollWidth > each.clientWidth + 1)
      faults.push(`cut off: ${name(each)}`);
    if (!isUsed || inScroll || each.disabled) continue;
    each.scrollIntoView({ block: "center", behavior: "instant" });
    const box = each.getClientRects()[0];
    if (!box) continue;
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const own = [each, ...(each.labels || [])];
    if (!top || !(top.contains(each) || own.some((part) => part.contains(top))))
      faults.push(`covered: ${name(each)} by ${top && name(top)}`);
  }
  scrollTo({ top: 0, behavior: "instant" });
  return faults;
}"""

# Each text that is read or read out, with the language that it is said to be in.
_TEXTS: Final = """() => {
  const found = new Set();
  const say = (text, element) => {
    if (text && text.trim() && !element.closest("script, style, pre, code, textarea, .CodeMirror"))
      found.add(JSON.stringify([text.trim().replace(/\\s+/g, " "), element.closest("[lang]").lang]));
  };
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) say(texts.currentNode.data, texts.currentNode.parentElement);
  for (const name of ["aria-label", "title", "alt", "placeholder", "aria-description"])
    for (const each of document.querySelectorAll(`[${name}]`)) say(each.getAttribute(name), each);
  return [...found].map((each) => JSON.parse(each));
}"""


@dataclass
class Visited:
    """What one visit found; `violations` and `hidden` by the width of the window in pixels."""

    kind: Kind
    language: str
    address: str
    status: int = 0
    html: bytes = b""
    faults: list[str] = field(default_factory=list)
    loaded: dict[str, int] = field(default_factory=dict)  # bytes as nginx sends them, by address
    shifted: float = 0.0
    violations: dict[int, list[str]] = field(default_factory=dict)
    rules_passed: int = 0
    out_of_sight: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    switches: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)


class Reader:
    """Who comes to each page for the first time: nothing is in the cache, and the window is wide, then narrow."""

    def __init__(self, browser: Browser, site: str, language: str) -> None:
        self.context = browser.new_context(viewport={"width": WIDE, "height": 900}, locale=LANGUAGES[language])
        self.context.set_default_timeout(PATIENCE)
        self.language, self.site = language, site
        self.watched = Watched(self.context.new_page(), site)
        self.page = self.watched.page
        self.responses: list[Response] = []
        self.page.on("response", lambda response: self.responses.append(response))
        self.page.add_init_script(_WATCH_SHIFTS)
        self.page.add_init_script(path=AXE)
        protocol = self.context.new_cdp_session(self.page)
        protocol.send("Network.enable")
        protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def visit(self, kind: Kind, path: str) -> Visited:
        page, found = self.page, Visited(kind, self.language, path)
        self.watched.faults.clear()
        self.responses.clear()
        page.set_viewport_size({"width": WIDE, "height": 900})
        answer = page.goto(self.site + path)
        assert answer is not None
        settle(page)
        page.evaluate(_SETTLED)
        found.status, found.html = answer.status, answer.body()
        found.loaded = {each.url: sent(each) for each in self.responses}
        found.shifted = page.evaluate("window.shifted")
        found.texts = [(text, tag) for text, tag in page.evaluate(_TEXTS)]
        found.switches = page.locator("header a[hreflang]").evaluate_all("links => links.map(link => link.href)")
        found.faults = [each for each in self.watched.faults if not _tells_status(each, kind.status)]
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            passed, found.violations[width] = page.evaluate(_CHECK, _RULES)
            found.rules_passed += passed
        found.out_of_sight = page.evaluate(_OUT_OF_SIGHT)
        found.cookies = [str(each["name"]) for each in self.context.cookies()]
        return found


def _tells_status(fault: str, status: int) -> bool:
    """The browser itself writes to the console that the page was one of a failure."""
    return status >= 400 and fault.startswith("error: Failed to load resource") and f"status of {status}" in fault


@cache
def _compressed() -> frozenset[str]:
    """The media types that nginx compresses."""
    text = (ROOT / "docs" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    (types,) = re.findall(r"gzip_types\s+([^;]+);", text)
    return frozenset(["text/html", *types.split()])


def sent(response: Response) -> int:
    """How many bytes the body has as nginx sends it with the settings of docs/deploy."""
    body = response.body()
    kind = response.headers.get("content-type", "").partition(";")[0]
    return len(gzip.compress(body, 5)) if kind in _compressed() and len(body) >= 1000 else len(body)
