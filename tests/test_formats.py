"""Every format says the same, and equal graphs are equal bytes."""

import json
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld.jsonld import JsonLdError
from pyoxigraph import Dataset, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from ctl_graph.formats import BY_SUFFIX, GRAPHS, HTML, JSON_LD, N_TRIPLES, TABLES, TRIG, TURTLE, Format, write_graph

LABEL = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
ROSE = NamedNode("https://w3id.org/ctl/id/cluster/rose")
GRAPH = NamedNode("https://w3id.org/ctl/graph/herald")
# What XML 1.0 can hold: the others are refused where data are read.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n"))


def read_back(body: bytes, format: Format) -> set[Triple]:
    assert isinstance(format.codec, RdfFormat)
    return {Triple(quad.subject, quad.predicate, quad.object) for quad in parse(body, format=format.codec)}


@pytest.mark.parametrize("format", GRAPHS, ids=lambda one: one.suffix)
@given(text=TEXTS)
def test_what_is_written_is_read_back(format: Format, text: str) -> None:
    triples = {
        Triple(ROSE, LABEL, Literal(text, language="it")),
        Triple(ROSE, LABEL, Literal(text)),
        Triple(ROSE, NamedNode("https://example.org/p"), ROSE),
    }
    assert read_back(write_graph(triples, format), format) == triples


@pytest.mark.parametrize("format", GRAPHS, ids=lambda one: one.suffix)
def test_the_order_of_statements_does_not_matter(format: Format) -> None:
    triples = [Triple(ROSE, LABEL, Literal(str(number), language="it")) for number in range(9)]
    assert write_graph(triples, format) == write_graph(reversed(triples), format)


def test_only_formats_for_datasets_name_graphs() -> None:
    quad = Quad(ROSE, LABEL, Literal("Rose", language="it"), GRAPH)
    assert list(parse(write_graph([quad], TRIG), format=RdfFormat.TRIG)) == [quad]
    assert Dataset(parse(write_graph([quad], N_TRIPLES), format=RdfFormat.N_TRIPLES)) == Dataset(
        [Quad(ROSE, LABEL, Literal("Rose", language="it"))]
    )


def test_turtle_begins_with_the_prefixes_that_it_uses() -> None:
    written = write_graph([Triple(ROSE, LABEL, Literal("Rose", language="it"))], TURTLE).decode()
    assert [line for line in written.splitlines() if line.startswith("@prefix")] == [
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
    ]


def test_json_ld_is_compact_and_brings_its_context() -> None:
    context = {"@context": {"prefLabel": {"@id": LABEL.value, "@container": "@language"}}}
    triples = [Triple(ROSE, LABEL, Literal("Rose", language="it")), Triple(ROSE, LABEL, Literal("Rosa", language="la"))]
    written = json.loads(write_graph(triples, JSON_LD, context))
    assert written == {**context, "@id": ROSE.value, "prefLabel": {"it": "Rose", "la": "Rosa"}}


def test_a_context_elsewhere_is_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(socket, "socket", lambda *address, **_: opened.append(address))
    with pytest.raises(JsonLdError):
        write_graph([Triple(ROSE, LABEL, Literal("Rose"))], JSON_LD, {"@context": "http://127.0.0.1:9/context"})
    assert opened == []


def test_suffixes_are_the_formats_own() -> None:
    assert len(BY_SUFFIX) == len((HTML, *GRAPHS, *TABLES))
    assert {format.content_type for format in (TURTLE, HTML)} == {
        "text/turtle; charset=utf-8",
        "text/html; charset=utf-8",
    }
