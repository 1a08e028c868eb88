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


def looked_at(release: Release, base_iri: str) -> list[str]:
    """Each kind of page, each cluster, the largest thing of each class, each question: what a browser has time for."""
    kinds = (kind.real.format(release=release.id) for kind in KINDS if kind.real and kind.status == 200)
    largest = [place for name, places in _things(release, base_iri) for place in places[: None if _is_few(name) else 1]]
    asked = (f"/questions/{name}" for name in questions.load())
    return list(dict.fromkeys([*kinds, *largest, *asked]))


def read(release: Release, base_iri: str) -> list[str]:
    """All of those, and more of each: lists, terms, all statements of things, older releases, queries."""
    found = looked_at(release, base_iri)
    for name, places in _things(release, base_iri):
        found += (f"/class/{name}", f"/def/{name}")
        for place in places if _is_few(name) else places[:MOST]:
            found += (place, f"{place}?view=statements", f"/release/{release.id}{place}")
            if name == "Source":
                found.append(place.replace("/doc/source/", "/graph/"))
    return list(dict.fromkeys([*found, *_questions()]))


def _is_few(name: str) -> bool:
    """Whether all things of the class are looked at."""
    return name == "RegionalCluster"


def _things(release: Release, base_iri: str) -> list[tuple[str, list[str]]]:
    """The classes of ours, each with the documents about its things, the largest first."""
    rows = OxigraphStore(release.store).query(_SIZES)
    assert isinstance(rows, QuerySolutions)
    found: dict[str, list[str]] = {}
    for row in rows:
        thing, concept = questions.text(row["thing"]), questions.text(row["class"])
        if thing.startswith(f"{base_iri}id/"):
            places = found.setdefault(concept.removeprefix(CTL), [])
            places.append(f"/doc/{quote(thing.removeprefix(f'{base_iri}id/'))}")
    return list(found.items())


def _questions() -> Iterator[str]:
    """Each question of all, what it is for programs, and in the form for queries."""
    for name, question in questions.load().items():
        empty = "&".join(f"{each.name}=" for each in question.parameters)
        yield from (f"/questions/{name}?{empty}", f"/api/help/{name}")
        yield f"/sparql?query={quote(question.by_example())}"
