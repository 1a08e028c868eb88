"""The index of names: what is found, in which order, and that a visitor's words are only ever words."""

import sqlite3
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat
from pyoxigraph import Store as Oxigraph

from ctl_graph import search
from ctl_graph.errors import BadQuery, QueryTimeout, StoreUnavailable
from ctl_graph.store import OxigraphStore

DATA = """
@prefix id: <https://example.org/region/id/> . @prefix ctl: <https://w3id.org/ctl/def/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
id:oaks a ctl:Cluster . # has no name, so nothing to find it by
<https://example.org/region/id/cluster/moon> a ctl:Cluster, ctl:RegionalCluster ;
  skos:prefLabel "Cluster della Luna"@it, "Moon Cluster"@en ; skos:altLabel "Selenopoli"@it ; ctl:acronym "MOON" .
<https://example.org/region/id/organisation/citta> a ctl:PublicBody ;
  skos:prefLabel "Città dell'Università"@it ; skos:notation "ITX01" .
<https://example.org/region/id/organisation/selene> a ctl:Enterprise ;
  rdfs:label "Selene <script>alert(1)</script>" ; ctl:rorId <https://ror.org/05xyz> ;
  skos:altLabel "supplier of the Moon Cluster"@en .
ctl:Cluster rdfs:label "Cluster tecnologico"@it, "Technology cluster"@en .
<https://example.org/region/id/source/star-star> skos:prefLabel "Star star star"@en .
<https://example.org/region/id/scheme/stars> skos:prefLabel "Star"@en .
<https://example.org/region/id/project/star> skos:prefLabel "STAR"@en .
<https://example.org/region/id/organisation/astro> skos:prefLabel "A long name of a firm that makes star charts"@en .
<https://example.org/region/id/cluster/sirius> skos:prefLabel "Association for the Sky"@en ; ctl:acronym "S.T.À.R." ;
  skos:altLabel "STAR-Lab" .
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> OxigraphStore:
    folder = tmp_path_factory.mktemp("search") / "store"
    writable = Oxigraph(str(folder))
    writable.load(DATA.encode(), format=RdfFormat.TURTLE)
    writable.flush()
    del writable
    return OxigraphStore(folder)


@pytest.fixture(scope="module")
def index(store: OxigraphStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "a name with # and ?.sqlite"
    search.build(store, path)
    return path


def found(index: Path, words: str) -> list[str]:
    return [hit.iri.rpartition("/")[2] for hit in search.find(index, words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("moon", ["moon", "selene"]),  # a name counts for more than another name
        ("LUNA", ["moon"]),
        ("citta", ["citta"]),  # accents do not matter
        ("CITTÀ universita\u0300", ["citta"]),  # nor does the way they are written
        ("sele", ["moon", "selene"]),  # the beginning of a word is enough
        ("cluster moon", ["moon", "selene"]),  # every word is needed, in any order
        ("cluster citta", []),
        ("itx01", ["citta"]),
        ("05xyz", ["selene"]),
        ("technology", ["Cluster"]),
        ("oaks", []),
        ("", []),
        ("-- !?", []),
    ],
)
def test_words_find_things(index: Path, words: str, expected: list[str]) -> None:
    assert sorted(found(index, words)) == sorted(expected)


def test_a_thing_named_so_stands_before_one_that_mentions_it(index: Path) -> None:
    assert found(index, "moon cluster") == ["moon", "selene"]


def test_who_has_just_this_name_or_acronym_is_first_then_clusters_and_organisations(index: Path) -> None:
    assert found(index, "star") == ["star", "astro", "sirius", "stars", "star-star"]
    assert found(index, "s.t.a.r")[:1] == ["sirius"]
    assert found(index, "Stàr LAB") == ["sirius"]


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '""',
        'moon"',
        "moon OR citta",
        "NOT moon",
        "moon*",
        "iri : moon",
        "^moon",
        "NEAR(moon, 2)",
        "{",
        "a\x00b",
        "'",
    ],
)
def test_no_syntax_of_the_index_passes(index: Path, words: str) -> None:
    assert len(search.find(index, words)) <= 2


def test_operators_are_words(index: Path) -> None:
    assert found(index, "moon OR citta") == []
    assert found(index, "label_it : luna") == []


def test_a_hit_has_its_names_and_classes(index: Path) -> None:
    (hit,) = search.find(index, "luna")
    assert (hit.kind, hit.label("it"), hit.label("en")) == ("cluster", "Cluster della Luna", "Moon Cluster")
    assert hit.classes == ("https://w3id.org/ctl/def/Cluster", "https://w3id.org/ctl/def/RegionalCluster")
    (citta,) = search.find(index, "citta")
    assert citta.label("en") == "Città dell'Università"
    (selene,) = search.find(index, "05xyz")
    assert selene.label("it") == selene.label("en") == "Selene <script>alert(1)</script>"


def test_the_same_graph_gives_the_same_index(store: OxigraphStore, index: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.sqlite"
    search.build(store, again)
    search.build(store, again)
    assert again.read_bytes() == index.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.sqlite"]


def test_too_many_words_are_refused(index: Path) -> None:
    with pytest.raises(BadQuery, match="400"):
        search.find(index, "a" * 401)


def test_no_index_is_said_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        search.find(tmp_path / "missing.sqlite", "moon")
    assert not list(tmp_path.iterdir())


def test_a_damaged_index_is_said(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite").write_bytes(b"not a database, only long enough to look like one" * 100)
    with pytest.raises(StoreUnavailable):
        search.find(tmp_path / "index.sqlite", "moon")


def test_a_search_ends(tmp_path: Path) -> None:
    path = tmp_path / "large.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(search._TABLE)
        text = " ".join(f"a{number}" for number in range(400))
        rows = ((str(number), "", "", text, text, text, text, text) for number in range(2_000))
        connection.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.close()
    with pytest.raises(QueryTimeout):
        search.find(path, "a", seconds=sys.float_info.min)
