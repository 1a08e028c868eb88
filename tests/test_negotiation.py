"""Which format a visitor gets (https://www.rfc-editor.org/rfc/rfc9110#name-accept), and what may stand in a header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctl_graph.formats import (
    CSV,
    HTML,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    SPARQL_JSON,
    SPARQL_XML,
    TABLES,
    TRIG,
    TURTLE,
    Format,
)
from ctl_graph.web.negotiation import DOCUMENTS, is_web_address, link, negotiate, split_suffix, uri

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8,application/x;v=b3;q=0.7"
RDFLIB = "text/turtle, application/rdf+xml;q=0.8, application/n-triples;q=0.7, */*;q=0.1"
JENA = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, TURTLE),
        ("", TURTLE),
        ("*/*", TURTLE),
        (FIREFOX, HTML),
        (CHROME, HTML),
        (RDFLIB, TURTLE),
        (JENA, TURTLE),
        ("text/html", HTML),
        ("application/xhtml+xml", HTML),
        ("text/turtle", TURTLE),
        ("TEXT/Turtle", TURTLE),
        ("text/turtle;charset=utf-8", TURTLE),
        ("application/x-turtle", TURTLE),
        ("application/ld+json", JSON_LD),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', JSON_LD),
        ("application/json", JSON_LD),
        ("application/n-triples", N_TRIPLES),
        ("text/plain", N_TRIPLES),
        ("application/rdf+xml", RDF_XML),
        ("application/xml", RDF_XML),
        ("application/trig", TRIG),
        ("application/n-quads", N_QUADS),
        ("text/html;q=0.2, application/ld+json;q=0.3", JSON_LD),
        ("text/html;q=0.9, text/turtle", TURTLE),
        ("text/turtle;q=0, */*", JSON_LD),
        ("text/turtle;q=0", None),
        ("application/ld+json;q=0, application/json;q=0, */*;q=0.1", TURTLE),
        ("*/*;q=0", None),
        ("image/png", None),
        ("image/png, */*;q=0.1", TURTLE),
        ("text/*", TURTLE),
        ("text/*;q=0.5, text/html", HTML),
        ("application/*", JSON_LD),
        ("application/ld+json, */*", JSON_LD),
        ("text/html, */*;q=0.1", HTML),
        ("text/html;q=.2, application/ld+json;q=.3", JSON_LD),
        ("image/gif, *; q=.2", TURTLE),
        ("*", TURTLE),
        ("not a media type", TURTLE),
        ("garbage", TURTLE),
        (",,,", TURTLE),
        (";;;", TURTLE),
    ],
)
def test_what_a_visitor_of_a_document_gets(accept: str | None, expected: Format | None) -> None:
    assert negotiate(DOCUMENTS, accept) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, SPARQL_JSON),
        ("application/json", SPARQL_JSON),
        ("application/xml", SPARQL_XML),
        ("text/csv, application/sparql-results+json;q=0.5", CSV),
        ("text/turtle", None),
    ],
)
def test_what_a_visitor_of_a_table_gets(accept: str | None, expected: Format | None) -> None:
    assert negotiate(TABLES, accept) is expected


def test_a_type_named_wins_over_an_alias_and_that_over_a_wildcard() -> None:
    assert negotiate((JSON_LD, SPARQL_JSON), "application/sparql-results+json, application/json") is SPARQL_JSON
    assert negotiate((TURTLE, JSON_LD), "*/*, application/json") is JSON_LD


def test_an_alias_refused_does_not_refuse_the_type() -> None:
    assert negotiate((JSON_LD,), "application/ld+json, application/json;q=0") is JSON_LD
    assert negotiate((JSON_LD,), "application/ld+json;q=0, application/json") is None


@given(st.text(max_size=200))
def test_no_header_breaks_it(accept: str) -> None:
    assert negotiate(DOCUMENTS, accept) in (*DOCUMENTS, None)


@pytest.mark.parametrize(
    ("name", "stem", "format"),
    [
        ("cluster/alfa.ttl", "cluster/alfa", TURTLE),
        ("cluster/alfa.html", "cluster/alfa", HTML),
        ("cluster/alfa.jsonld", "cluster/alfa", JSON_LD),
        ("cluster/alfa", "cluster/alfa", None),
        ("cluster/alfa.exe", "cluster/alfa.exe", None),
        (".ttl", ".ttl", None),
        ("1.0.0", "1.0.0", None),
        ("a.ttl.nq", "a.ttl", N_QUADS),
    ],
)
def test_a_suffix_names_a_format(name: str, stem: str, format: Format | None) -> None:
    assert split_suffix(name, DOCUMENTS) == (stem, format)


@pytest.mark.parametrize("iri", ["https://e.org/>;rel=evil", "https://e.org/\r\nSet-Cookie: a=1", 'https://e.org/";x'])
def test_an_iri_cannot_leave_its_brackets(iri: str) -> None:
    written = link(iri, "alternate")
    assert written.count(">") == written.count("<") == 1
    assert written.endswith('>; rel="alternate"')
    assert not set(written[1 : written.index(">")]) & set("<>\"';, \r\n\t\x00")


@given(st.text(max_size=100))
def test_whatever_an_iri_holds_it_is_a_uri_in_a_header(iri: str) -> None:
    assert uri(iri).isascii()
    assert not set(uri(iri)) & set("<>\"';, \r\n\t\\^`{|}")


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("https://example.org/", True),
        ("HTTP://example.org/", True),
        ("mailto:a@example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,<script>", False),
        ("vbscript:x", False),
        ("urn:isbn:1", False),
        ("//example.org/", False),
        ("http://[", False),
    ],
)
def test_only_addresses_of_the_web_become_links(iri: str, expected: bool) -> None:
    assert is_web_address(iri) is expected
