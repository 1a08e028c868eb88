"""The pages of the real data that are looked at: chosen by the data, with the largest of each kind among them."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from ctl_graph import questions
from ctl_graph.release import Release
from ctl_graph.store import OxigraphStore, QuerySolutions
from ctl_graph.vocab import CTL

from .pages import KINDS

MOST: Final = 3  # of each class, those with most statements
# Of each thing, what it is and how many statements are by and about it.
_SIZES: Final = """
SELECT ?thing ?class (COUNT(*) AS ?statements) WHERE {
  ?thing a ?class . FILTER (STRSTARTS(STR(?class), "https://w3id.org/ctl/def/"))
  { ?thing ?p ?o } UNION { ?s ?p ?thing }
} GROUP BY ?thing ?class ORDER BY ?class DESC(?statements) ?thing
"""


def addresses(release: Release, base_iri: str) -> list[str]:
    """Each kind of page, each cluster, the largest things of each class, each list, question and term."""
    store = OxigraphStore(release.store)
    kinds = (kind.real.format(release=release.id) for kind in KINDS if kind.real and kind.status == 200)
    found = [*kinds, *_things(store, release, base_iri), *_questions()]
    return list(dict.fromkeys(found))


def _things(store: OxigraphStore, release: Release, base_iri: str) -> Iterator[str]:
    rows = store.query(_SIZES)
    assert isinstance(rows, QuerySolutions)
    of_class: dict[str, list[str]] = {}
    for row in rows:
        thing, concept = questions.text(row["thing"]), questions.text(row["class"])
        if thing.startswith(f"{base_iri}id/"):
            of_class.setdefault(concept, []).append(thing.removeprefix(f"{base_iri}id/"))
    for concept, things in of_class.items():
        name = concept.removeprefix(CTL)
        yield f"/class/{name}"
        yield f"/def/{name}"
        for thing in things if name == "RegionalCluster" else things[:MOST]:
            place = f"/doc/{quote(thing)}"
            yield from (place, f"{place}?view=statements", f"/release/{release.id}{place}")
        for thing in things[:MOST] if name == "Source" else ():
            yield f"/graph/{quote(thing.removeprefix('source/'))}"


def _questions() -> Iterator[str]:
    """Each with its examples and of all, what it is for programs, and in the form for queries."""
    for name, question in questions.load().items():
        empty = "&".join(f"{each.name}=" for each in question.parameters)
        yield from (f"/questions/{name}", f"/questions/{name}?{empty}", f"/api/help/{name}")
        yield f"/sparql?query={quote(question.by_example())}"
