"""A store of a release says what went wrong: the query, or the store itself."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from ctl_graph.errors import BadQuery, StoreUnavailable
from ctl_graph.spool import Caps
from ctl_graph.store import ANY_FORMAT, OxigraphStore, engine_errors, evaluate, written

NAME = NamedNode("https://example.org/name")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with so many names that they fill several blocks of its file."""
    path = tmp_path / "store"
    store = Store(str(path))
    names = ((NamedNode(f"https://example.org/{number}"), Literal(f"{number:0100}")) for number in range(5_000))
    store.bulk_extend(Quad(thing, NAME, name) for thing, name in names)
    store.optimize()
    store.flush()
    return path


def damage(folder: Path) -> None:
    """Change bytes where the data stand; the ends of the files, which are read when a store is opened, stay right."""
    for file in folder.glob("*.sst"):
        body = bytearray(file.read_bytes())
        for place in range(100, len(body) - 4_000, 500):
            body[place] ^= 0xFF
        file.write_bytes(body)


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_damage_that_a_query_meets_is_no_bad_query(folder: Path, query: str) -> None:
    assert written(evaluate(Store.read_only(str(folder)), query), ANY_FORMAT, Caps()).length
    damage(folder)
    with pytest.raises(StoreUnavailable) as caught, engine_errors():
        written(evaluate(Store.read_only(str(folder)), query), ANY_FORMAT, Caps())
    assert str(folder) not in str(caught.value)


def test_a_damaged_store_is_not_opened(folder: Path) -> None:
    """The engine would go round for ever in some queries (ASK, for one)."""
    assert len(OxigraphStore(folder)) == 5_000
    damage(folder)
    for hold in (0, 1_000_000):
        with pytest.raises(StoreUnavailable, match="cannot be read"):
            OxigraphStore(folder, hold)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * WHERE {", "line 1, column 17"),
        ("SELECT (<https://example.org/unknown>(1) AS ?n) {}", "custom function"),
        ('SELECT * { ?s ?p "\ud800" }', "surrogate"),
        ("DELETE WHERE { ?s ?p ?o }", "line 1, column 1"),
    ],
)
def test_a_bad_query_is_said(folder: Path, query: str, words: str) -> None:
    with pytest.raises(BadQuery) as caught:
        written(OxigraphStore(folder).query(query), ANY_FORMAT, Caps())
    assert words in f"{caught.value} at line {caught.value.line}, column {caught.value.column}"


def test_no_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        OxigraphStore(tmp_path / "none")
