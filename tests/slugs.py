"""The lock of identifiers: every thing that the data name, one `kind/slug` a line.

An identifier is a promise: it may be bookmarked, cited, linked to. New ones enter `data/slugs.lock` by

    python tests/slugs.py

and none leaves it: a thing that goes away gets a row in `data/tombstones.csv` (see `tests/test_data.py`).
"""

from pathlib import Path

from rdflib import URIRef

from ctl_graph import sources
from ctl_graph.config import Config
from ctl_graph.sources import Sources

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "data" / "slugs.lock"


def locked() -> set[str]:
    return set(LOCK.read_text(encoding="utf-8").split()) if LOCK.exists() else set()


def named(read: Sources) -> set[str]:
    """What the data speak of, in any graph."""
    things = read.config.base_iri + "id/"
    subjects = {subject for subject, _, _, _ in read.dataset.quads() if isinstance(subject, URIRef)}
    return {str(subject).removeprefix(things) for subject in subjects if subject.startswith(things)}


if __name__ == "__main__":
    before, now = locked(), named(sources.read(Config.load(ROOT / "ctl-graph.toml", environ={})))
    LOCK.write_text("".join(f"{name}\n" for name in sorted(before | now)), encoding="utf-8")
    print(f"{len(now - before)} new, {len(before - now)} vanished (each needs a row in data/tombstones.csv)")
