"""Answers on their way: counted exactly, kept whole, and nothing left behind where they do not fit."""

import csv
import errno
import io
import os
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple, parse_query_results

from ctl_graph import spool
from ctl_graph.errors import NoSpace, NotXml, QueryTooLarge
from ctl_graph.formats import BOOLEANS, CSV, GRAPHS, SPARQL_JSON, SPARQL_XML, TABLES, TSV, Format
from ctl_graph.spool import Capped, Caps, Spool
from ctl_graph.store import ANY_FORMAT, Answer, Term, decode, evaluate, written

P = NamedNode("https://example.org/p")
NASTY = ['"', "\\", "[{", ",{", "\r\n", "\n", "\r", "<result>", "</result>", "\t", ",", '\\"', "&lt;result&gt;", "\x00"]
ALL = "SELECT * { ?s ?p ?o }"


def suffix(format: Format) -> str:
    return format.suffix


texts = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=5)), max_size=8).map("".join)
literals = st.one_of(
    texts.map(Literal),
    texts.map(lambda text: Literal(text, language="it")),
    texts.map(lambda text: Literal(text, datatype=P)),
)
terms: st.SearchStrategy[Term] = st.one_of(literals, literals.map(lambda literal: Triple(P, P, literal)))


def table(objects: list[Term]) -> Store:
    store = Store()
    store.extend(Quad(NamedNode(f"https://example.org/{n}"), P, term) for n, term in enumerate(objects))
    return store


class Parts:
    """A place where an answer can go, whatever it is."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.parts.append(bytes(data))


# -- rows ------------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(objects=st.lists(terms, max_size=6), cuts=st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_rows_are_counted_exactly_wherever_the_engine_cuts(objects: list[Term], cuts: list[int]) -> None:
    for format in TABLES:
        try:
            body = written(evaluate(table(objects), ALL), {"solutions": format}, Caps()).read()
        except NotXml:
            assert format is SPARQL_XML
            continue
        assert _passes(Capped(Parts(), Caps(rows=len(objects)), format.suffix), body, cuts), (format.name, body)
        if objects:
            short = Capped(Parts(), Caps(rows=len(objects) - 1), format.suffix)
            assert not _passes(short, body, cuts), (format.name, body)


def _passes(capped: Capped, body: bytes, cuts: list[int]) -> bool:
    """Whether the body passes, cut into parts of these lengths again and again."""
    place, turn = 0, 0
    try:
        while place < len(body):
            length = cuts[turn % len(cuts)]
            capped.write(body[place : place + length])
            place, turn = place + length, turn + 1
    except QueryTooLarge as error:
        return error.reason != "rows"
    return True


@pytest.mark.parametrize("format", TABLES, ids=suffix)
@pytest.mark.parametrize("query", ["SELECT * {}", "SELECT ?x { VALUES ?x { UNDEF 1 } }", "SELECT ?x { FILTER(false) }"])
def test_rows_without_values_count_too(format: Format, query: str) -> None:
    rows = {"SELECT * {}": 1, "SELECT ?x { VALUES ?x { UNDEF 1 } }": 2}.get(query, 0)
    written(evaluate(Store(), query), {"solutions": format}, Caps(rows=rows))
    if rows:
        with pytest.raises(QueryTooLarge):
            written(evaluate(Store(), query), {"solutions": format}, Caps(rows=rows - 1))


@pytest.mark.parametrize("format", TABLES, ids=suffix)
def test_one_huge_literal_is_counted_in_linear_time(format: Format) -> None:
    began = time.monotonic()
    for text in ('"', "\\", ",{", "\r\n", "<result>", "a"):
        huge = table([Literal(text * (3_000_000 // len(text)))])
        assert written(evaluate(huge, ALL), {"solutions": format}, Caps(rows=1)).length > 2_900_000
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("format", TABLES, ids=suffix)
def test_a_table_of_exactly_so_many_rows_passes(format: Format) -> None:
    store = table([Literal(str(n)) for n in range(5_000)])
    body = written(evaluate(store, ALL), {"solutions": format}, Caps(rows=5_000)).read()
    rows: list[object] = (
        list(csv.reader(io.StringIO(body.decode()))) if format is CSV else list(_solutions(body, format))
    )
    assert len(rows) == 5_000 + (format is CSV)
    with pytest.raises(QueryTooLarge, match="4,999 rows") as caught:
        written(evaluate(store, ALL), {"solutions": format}, Caps(rows=4_999))
    assert (caught.value.reason, caught.value.limit) == ("rows", "4,999")


def _solutions(body: bytes, format: Format) -> list[object]:
    return list(parse_query_results(body, format=format.codec))  # type: ignore[arg-type]


@pytest.mark.parametrize("format", GRAPHS, ids=suffix)
def test_a_graph_of_exactly_so_many_triples_passes(format: Format) -> None:
    store = table([Literal(str(n)) for n in range(1_000)])
    query = (
        "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o . ?t ?q ?u VALUES ?t { <https://example.org/1> <https://example.org/2> } }"
    )
    answer = written(evaluate(store, query), {"graph": format}, Caps(rows=1_000))
    assert answer.length > 10_000
    with pytest.raises(QueryTooLarge, match="999 rows or triples"):
        written(evaluate(store, query), {"graph": format}, Caps(rows=999))


# -- bytes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", TABLES, ids=suffix)
def test_a_table_of_exactly_so_many_bytes_passes(format: Format) -> None:
    _exact(table([Literal("x" * 100)] * 500), ALL, format, "solutions")


@pytest.mark.parametrize("format", GRAPHS, ids=suffix)
def test_a_graph_of_exactly_so_many_bytes_passes(format: Format) -> None:
    _exact(table([Literal("x" * 100) for _ in range(100)]), "CONSTRUCT WHERE { ?s ?p ?o }", format, "graph")


@pytest.mark.parametrize("format", BOOLEANS, ids=suffix)
def test_a_truth_of_exactly_so_many_bytes_passes(format: Format) -> None:
    _exact(Store(), "ASK {}", format, "boolean")


def _exact(store: Store, query: str, format: Format, kind: str) -> None:
    choices = {kind: format}
    length = written(evaluate(store, query), choices, Caps()).length  # type: ignore[arg-type]
    answer = written(evaluate(store, query), choices, Caps(length))  # type: ignore[arg-type]
    assert len(answer.read()) == answer.length == length
    with pytest.raises(QueryTooLarge) as caught:
        written(evaluate(store, query), choices, Caps(length - 1))  # type: ignore[arg-type]
    assert caught.value.reason == "bytes"


def test_a_limit_is_said_in_figures() -> None:
    assert str(QueryTooLarge("memory", 512)) == "the query needs more than 512 MB of memory"
    assert "longer than 64 MB" in str(Caps(64_000_000).too_long())
    assert "more than 1,000,000 rows" in str(Caps(rows=1_000_000).too_many())


# -- the spool -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [-1, 0, 1, 100_000])
def test_what_is_kept_is_what_was_written_in_memory_and_on_the_disk(more: int) -> None:
    data = os.urandom(1_000) * (spool.IN_MEMORY // 1_000) + bytes(100_000)
    data = data[: spool.IN_MEMORY + more]
    kept = Spool()
    for place in range(0, len(data), 65_536):
        kept.write(memoryview(data)[place : place + 65_536])
    answer = Answer.kept("solutions", TSV, kept, 0.5)
    assert (answer.length, answer.digest, answer.seconds) == (len(data), sha256(data).hexdigest(), 0.5)
    assert answer.file.read() == data
    assert answer.read() == answer.read() == data
    assert answer.file.read(3) == data[:3]
    assert kept._file._rolled is (more > 0)  # type: ignore[attr-defined]


def test_an_answer_can_be_decoded() -> None:
    answer = written(evaluate(table([Literal("x")]), ALL), ANY_FORMAT, Caps())
    assert [str(row["o"]) for row in decode(answer.read(), graph=False)] == ['"x"']  # type: ignore[union-attr,index,call-overload]


@pytest.mark.parametrize("when", ["at once", "later", "at the end"])
def test_a_full_disk_is_said_and_nothing_is_left_behind(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = len(list(Path("/proc/self/fd").iterdir()))
    kept = Spool()
    if when == "at the end":
        kept.write(b"x")
    else:
        kept.write(bytes(spool.IN_MEMORY + (when == "later")))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    real = kept._file
    monkeypatch.setattr(real, "seek" if when == "at the end" else "write", full)
    with pytest.raises(NoSpace, match="no space"):
        kept.rewound() if when == "at the end" else kept.write(b"y")
    assert real.closed
    assert list(tmp_path.iterdir()) == []
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_disk_that_is_really_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """`/dev/full` takes nothing."""
    if sys.platform != "linux":
        pytest.skip("only Linux has /dev/full")
    kept = Spool()
    monkeypatch.setattr("tempfile.TemporaryFile", lambda *_, **__: Path("/dev/full").open("w+b"))  # noqa: SIM115
    with pytest.raises(NoSpace):
        written(evaluate(table([Literal("x" * 5_000_000)]), ALL), ANY_FORMAT, Caps())
    with pytest.raises(NoSpace):
        kept.write(bytes(spool.IN_MEMORY + 1))
    kept.close()


@pytest.mark.parametrize("format", [SPARQL_JSON, SPARQL_XML], ids=suffix)
def test_a_row_cap_reached_in_the_middle_keeps_nothing(format: Format) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(QueryTooLarge):
        written(evaluate(table([Literal("x" * 1_000_000)] * 9), ALL), {"solutions": format}, Caps(rows=8))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
