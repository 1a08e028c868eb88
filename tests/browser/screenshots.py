"""Pictures of the pages, for docs/site.md: each kind of page over the real data, wide and narrow, in Italian.

    make screenshots

A release must be there (make build). Chromium itself makes the pictures small: half the pixels, as WebP.
"""

import base64
import shutil
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from benchmarks.figures import ROOT, served, settings

from .conftest import BROWSER, FLAGS, PATIENCE
from .pages import KINDS

FOLDER: Final = ROOT / "docs" / "screenshots"
# By the width of the window: its height, and how many pixels of the picture are one of the window.
WINDOWS: Final = {1280: (860, 0.5), 360: (720, 0.75)}
LARGEST, LARGEST_TOGETHER = 16_000, 1_500_000  # bytes
QUALITIES: Final = (30, 22, 15, 10)


def main() -> None:
    release = (ROOT / "releases" / "current").resolve()
    if not release.exists():
        raise SystemExit("there is no release to show: make build")
    with served("server:app", settings(str(ROOT / "releases"))) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(BROWSER), args=FLAGS)
        shown = take(browser, f"http://127.0.0.1:{port}", release.name)
        browser.close()
    write(shown)
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(list(FOLDER.iterdir()))} pictures of {len(shown)} pages, {size} bytes")
    assert size < LARGEST_TOGETHER


def take(browser: Browser, site: str, release: str) -> dict[str, tuple[str, str]]:
    """The kinds of pages that have pictures now, each with its title and its address."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    shown: dict[str, tuple[str, str]] = {}
    for width, (height, scale) in WINDOWS.items():
        context = browser.new_context(viewport={"width": width, "height": height}, locale="it-IT")
        context.set_default_timeout(3 * PATIENCE)
        page = context.new_page()
        protocol = context.new_cdp_session(page)
        page.goto(site)  # a first page may do without the letters that come late
        for kind in KINDS:
            if kind.real is None or kind.is_twin or not kind.is_whole:
                continue
            path = kind.real.replace("{release}", release)
            answer = page.goto(site + path)
            assert answer is not None
            assert answer.status == kind.status, path
            if page.locator("script[src*=pictures], script[src*=editor]").count():
                page.wait_for_load_state("networkidle")
            shown[kind.name] = page.locator("h1").inner_text(), path
            file = FOLDER / f"{slug(kind.name)}-{width}.webp"
            for quality in QUALITIES:
                clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
                taken = protocol.send("Page.captureScreenshot", {"format": "webp", "quality": quality, "clip": clip})
                file.write_bytes(base64.b64decode(taken["data"]))
                if file.stat().st_size < LARGEST:
                    break
            assert file.stat().st_size < LARGEST, file
        context.close()
    return shown


def slug(name: str) -> str:
    return name.lower().replace(",", "").replace(" ", "-")


def write(shown: dict[str, tuple[str, str]]) -> None:
    """The page that shows them."""
    lines = [
        "# The site",
        "",
        "Each kind of page over the published data, in windows of 1,280 and 360 pixels (`make screenshots`).",
        "",
    ]
    for name, (title, path) in shown.items():
        wide, narrow = (f"screenshots/{slug(name)}-{width}.webp" for width in WINDOWS)
        address = (
            path if len(path) < 80 and "/release/" not in path else path.partition("?")[0].partition("release/")[0]
        )
        lines += [
            f"## {name[0].upper()}{name[1:]}",
            "",
            f"`{address}`",
            "",
            f'<img src="{wide}" alt="{plain(title)}" width="640"> '
            f'<img src="{narrow}" alt="{plain(title)}, in a narrow window" width="180">',
            "",
        ]
    Path(ROOT, "docs", "site.md").write_text("\n".join(lines), encoding="utf-8")


def plain(title: str) -> str:
    return " ".join(title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").split())


if __name__ == "__main__":
    main()
