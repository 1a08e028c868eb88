"""Print how long each kind of page takes over the real data, how large it is, and the ratio to a bare Flask app.

    python -m benchmarks.pages

One visitor asks, on a kept connection, for pages that were asked for before; each round asks for every page once, and
for the bare app beside it, so that the machine's noise cancels in the ratios. What takes more than 50 ms or 50 kB is
named.
"""

import statistics
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection

from benchmarks.figures import ROOT, served, settings
from tests.browser.pages import KINDS, Kind

ROUNDS = 30
SLOW = 50.0  # milliseconds
LARGE = 50_000  # bytes


@dataclass
class Measured:
    """The times of one page in milliseconds, and its size in bytes."""

    kind: Kind
    times: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.times, n=20)[-1]


def main() -> None:
    current = ROOT / "releases" / "current"
    if not current.exists():
        raise SystemExit("there is no release to serve: make build")
    release = current.resolve().name
    with served("benchmarks.hello:app", {}) as hello, served("server:app", settings(str(ROOT / "releases"))) as ours:
        print_pages(hello, ours, release)


def print_pages(hello: int, ours: int, release: str) -> None:
    bare, site = HTTPConnection("127.0.0.1", hello), HTTPConnection("127.0.0.1", ours)
    pages = [Measured(kind) for kind in KINDS if kind.real is not None]
    base: list[float] = []
    for number in range(ROUNDS + 1):
        for page in pages:
            begun, _ = ask(bare, "/", 200)
            taken, page.size = ask(site, str(page.kind.real).replace("{release}", release), page.kind.status)
            if number:  # the first round warms
                base.append(begun)
                page.times.append(taken)
    usual = statistics.median(base)
    print(f"pages: milliseconds of {ROUNDS} visits each; a bare Flask app answers in {usual:.2f}")
    for page in sorted(pages, key=lambda page: -page.median):
        told = (
            f"{page.median:8.1f} {page.p95:8.1f} (95 %) {page.size:8d} bytes {page.median / usual:7.1f} of bare Flask"
        )
        print(f"{page.kind.name:36} {told}")
    print(f"over {SLOW:.0f} ms: {', '.join(page.kind.name for page in pages if page.median > SLOW) or 'none'}")
    print(f"over {LARGE / 1000:.0f} kB: {', '.join(page.kind.name for page in pages if page.size > LARGE) or 'none'}")


def ask(connection: HTTPConnection, path: str, status: int) -> tuple[float, int]:
    """The time that one page takes, in milliseconds, and its size."""
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Language": "it"})
    response = connection.getresponse()
    body = response.read()
    taken = (time.perf_counter() - begun) * 1000
    assert response.status == status, f"{path}: {response.status}"
    return taken, len(body)


if __name__ == "__main__":
    main()
