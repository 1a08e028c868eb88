"""Linked data through the front door: things, documents, terms, graphs, and addresses that mean harm."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse
from rdflib import Graph
from rdflib.compare import isomorphic
from werkzeug.test import TestResponse

from ctl_graph.config import Config
from ctl_graph.formats import BY_SUFFIX, DATASETS, GRAPHS, Format
from ctl_graph.release import Release, current, publish, write
from ctl_graph.store import OxigraphStore
from ctl_graph.web import create_app, documents, site

BASE = "https://example.org/region/"
CTL = "https://w3id.org/ctl/def/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
ALFA = NamedNode(BASE + "id/cluster/alfa")
TURTLE = {"Accept": "text/turtle"}
# Documents have a past, too.
VARIES = {"Accept", "Accept-Datetime", "Accept-Language", "Accept-Profile", "Cookie"}
HTML = {"Accept": "text/html"}


def triples(response: TestResponse, suffix: str = "ttl") -> set[Triple]:
    codec = BY_SUFFIX[suffix].codec
    assert isinstance(codec, RdfFormat)
    return {quad.triple for quad in parse(response.data, format=codec)}


def links(response: TestResponse) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value in response.headers.getlist("Link"):
        target, _, rest = value.partition(">; rel=")
        found.setdefault(rest.split('"')[1], []).append(target.removeprefix("<"))
    return found


# -- from a name to a document -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "*/*"])
def test_a_thing_leads_to_its_document(client: FlaskClient, accept: str) -> None:
    response = client.get("/id/cluster/alfa", headers={"Accept": accept})
    assert (response.status_code, response.headers["Location"]) == (303, "/doc/cluster/alfa")
    followed = client.get("/id/cluster/alfa", headers={"Accept": accept}, follow_redirects=True)
    assert followed.status_code == 200


def test_the_document_holds_the_thing_its_links_names_and_what_points_at_it(client: FlaskClient) -> None:
    said = triples(client.get("/doc/cluster/alfa", headers=TURTLE))
    assert Triple(ALFA, NamedNode(CTL + "domain"), NamedNode(BASE + "id/domain/materials")) in said
    name_of_link = Triple(
        NamedNode(BASE + "id/domain/materials"), NamedNode(SKOS + "prefLabel"), Literal("materials", language="en")
    )
    assert name_of_link in said
    membership = NamedNode(BASE + "id/membership/alfa-university-founder")
    assert Triple(membership, NamedNode(CTL + "inCluster"), ALFA) in said


def test_every_format_says_the_same(client: FlaskClient) -> None:
    turtle = triples(client.get("/doc/cluster/alfa.ttl"))
    assert len(turtle) > 20
    for suffix in ("nt", "rdf", "jsonld"):
        assert triples(client.get(f"/doc/cluster/alfa.{suffix}"), suffix) == turtle, suffix


def test_rdflib_reads_the_same_from_turtle_and_xml(client: FlaskClient) -> None:
    turtle = Graph().parse(data=client.get("/doc/cluster/alfa.ttl").data, format="turtle")
    xml = Graph().parse(data=client.get("/doc/cluster/alfa.rdf").data, format="xml")
    assert isomorphic(turtle, xml)


@pytest.mark.parametrize("format", GRAPHS, ids=lambda each: each.suffix)
def test_suffix_and_accept_give_the_same_bytes(client: FlaskClient, format: Format) -> None:
    by_suffix = client.get(f"/doc/cluster/alfa.{format.suffix}", headers=HTML)
    by_accept = client.get("/doc/cluster/alfa", headers={"Accept": format.media_type})
    assert by_suffix.data == by_accept.data
    assert by_suffix.content_type == by_accept.content_type == format.content_type
    assert by_accept.headers["Content-Location"] == f"/doc/cluster/alfa.{format.suffix}"


def test_turtle_says_its_charset(client: FlaskClient) -> None:
    assert client.get("/doc/cluster/alfa.ttl").headers["Content-Type"] == "text/turtle; charset=utf-8"


def test_json_ld_is_compacted_with_the_context_that_we_serve(client: FlaskClient) -> None:
    document = json.loads(client.get("/doc/cluster/alfa.jsonld").data)
    served = json.loads(client.get("/context.jsonld").data)
    assert document["@context"] == served["@context"]
    alfa = next(node for node in document["@graph"] if node["@id"] == ALFA.value)
    assert alfa["domain"] == BASE + "id/domain/materials"


@pytest.mark.parametrize("suffix", [format.suffix for format in DATASETS])
def test_datasets_say_who_says_it(client: FlaskClient, suffix: str) -> None:
    codec = BY_SUFFIX[suffix].codec
    assert isinstance(codec, RdfFormat)
    quads = set(parse(client.get(f"/doc/cluster/alfa.{suffix}").data, format=codec))
    name = (ALFA, NamedNode(SKOS + "prefLabel"), Literal("Cluster Alfa", language="it"))
    for source in ("statute", "newspaper", "accepted"):
        assert Quad(*name, NamedNode(f"{BASE}graph/{source}")) in quads


def test_what_is_not_accepted_is_in_datasets_only(client: FlaskClient) -> None:
    rejected = NamedNode(BASE + "id/membership/beta-startup-member")
    assert all(triple.subject != rejected for triple in triples(client.get("/doc/cluster/beta.ttl")))
    assert any(triple.subject == rejected for triple in triples(client.get("/doc/cluster/beta.nq"), "nq"))
    assert triples(client.get("/doc/membership/beta-startup-member.ttl")) == set()
    assert len(triples(client.get("/doc/membership/beta-startup-member.nq"), "nq")) > 5


# -- statuses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/doc/cluster/omega",
        "/doc/cluster/omega.ttl",
        "/doc/cluster/alfa.exe",
        "/doc/nothing",
        "/def/Nothing",
        "/def/0.0.1/",
        "/graph/nothing",
        "/class/Nothing",
        "/nothing",
        "/dumps/nothing.gz",
        "/questions/nothing",
    ],
)
def test_what_is_not_there_is_a_404(client: FlaskClient, path: str) -> None:
    for headers in (HTML, TURTLE):
        response = client.get(path, headers=headers)
        assert response.status_code == 404
        assert response.headers["Cache-Control"] == "no-store"


def test_what_vanished_is_a_410_with_its_date_and_the_reason(client: FlaskClient) -> None:
    page = client.get("/doc/organisation/vanished", headers={**HTML, "Accept-Language": "en"})
    assert page.status_code == 410
    assert "2020-03-01" in page.text
    assert "Withdrawn on request." in page.text
    problem = client.get("/doc/organisation/vanished", headers=TURTLE)
    assert problem.status_code == 410
    assert problem.content_type == "application/problem+json"
    assert "2020-03-01" in json.loads(problem.data)["detail"]


def test_a_406_lists_what_there_is_in_the_readers_language(client: FlaskClient) -> None:
    titles = set()
    for language in ("it", "en"):
        headers = {"Accept": "image/png", "Accept-Language": language}
        response = client.get("/doc/cluster/alfa", headers=headers)
        assert response.status_code == 406
        assert response.content_type == "application/problem+json"
        assert set(response.vary) == VARIES
        problem = json.loads(response.data)
        titles.add(problem["title"])
        listed = {each["media_type"]: each["address"] for each in problem["formats"]}
        for format in GRAPHS:
            assert listed[format.media_type] == f"/doc/cluster/alfa.{format.suffix}"
            assert f"/doc/cluster/alfa.{format.suffix}" in links(response)["alternate"]
    assert len(titles) == 2


def test_what_is_not_there_is_not_to_be_had_in_any_format(client: FlaskClient) -> None:
    for path, status in (("/doc/cluster/omega", 404), ("/doc/organisation/vanished", 410), ("/graph/nothing", 404)):
        assert client.get(path, headers={"Accept": "image/png"}).status_code == status


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "", "9" * 30, "٣"])
def test_a_page_that_is_no_number_is_a_400(client: FlaskClient, page: str) -> None:
    response = client.get("/doc/cluster/alfa.ttl", query_string={"page": page}, headers={"Accept-Language": "en"})
    assert response.status_code == 400
    assert "an integer from 1 upwards" in json.loads(response.data)["detail"]


def test_documents_can_only_be_read(client: FlaskClient) -> None:
    response = client.post("/doc/cluster/alfa")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "GET" in json.loads(response.data)["detail"]


def test_a_404_says_what_was_asked_for_and_the_way_on(client: FlaskClient) -> None:
    for headers in (HTML, TURTLE):
        assert "/doc/cluster/omega" in client.get("/doc/cluster/omega", headers=headers).text


# -- headers -----------------------------------------------------------------------------------------------------------


def test_links_lead_to_the_other_formats_and_name_the_document(client: FlaskClient) -> None:
    found = links(client.get("/doc/cluster/alfa", headers=HTML))
    assert found["canonical"] == [BASE + "doc/cluster/alfa"]
    assert found["describes"] == [ALFA.value]
    formats = {f"/doc/cluster/alfa.{format.suffix}" for format in GRAPHS}
    assert set(found["describedby"]) == formats
    assert {place for place in found["alternate"] if "_profile" not in place} == formats


def test_every_answer_of_an_address_varies_on_the_same(client: FlaskClient) -> None:
    page = client.get("/doc/cluster/alfa", headers={**HTML, "Accept-Language": "en"})
    unchanged = client.get("/doc/cluster/alfa", headers={**HTML, "If-None-Match": page.headers["ETag"]})
    asked = [client.get("/doc/cluster/alfa", headers=headers) for headers in (TURTLE, {"Accept": "image/png"})]
    past = client.get("/doc/cluster/alfa", headers={"Accept-Datetime": "Thu, 26 Nov 2026 08:00:00 GMT"})
    assert past.status_code == 302
    for response in (page, unchanged, *asked, past):
        assert set(response.vary) == VARIES
    assert set(client.get("/id/cluster/alfa").vary) == VARIES - {"Accept-Datetime"}
    assert page.headers["Content-Language"] == "en"


def test_any_page_may_read(client: FlaskClient) -> None:
    response = client.get("/doc/cluster/alfa", headers={**TURTLE, "Origin": "https://elsewhere.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Link" in response.headers["Access-Control-Expose-Headers"]
    assert client.options("/doc/cluster/alfa").headers["Access-Control-Allow-Methods"].startswith("GET")


def test_head_is_get_without_a_body(client: FlaskClient) -> None:
    for path in ("/doc/cluster/alfa", "/def/Cluster", "/", "/graph/statute"):
        same = {"X-Request-Id": "0" * 32}
        get, head = client.get(path, headers=same), client.head(path, headers=same)
        assert head.data == b""
        assert dict(head.headers) == dict(get.headers)


def test_each_representation_has_an_etag_of_its_own(client: FlaskClient) -> None:
    asked: list[tuple[str, Mapping[str, str]]] = [
        (f"/doc/{thing}", {"Accept": format.media_type})
        for format in GRAPHS
        for thing in ("cluster/alfa", "cluster/beta")
    ]
    asked += [("/doc/cluster/alfa", {**HTML, "Accept-Language": language}) for language in ("it", "en")]
    etags = [client.get(path, headers=headers).headers["ETag"] for path, headers in asked]
    assert len(set(etags)) == len(etags) == 14


def test_a_304_costs_no_query(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = ["/doc/cluster/alfa", "/def/Cluster", "/def/", "/graph/statute", "/context.jsonld"]
    etags = {path: client.get(path, headers=TURTLE).headers["ETag"] for path in paths}

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a query was asked")

    monkeypatch.setattr(OxigraphStore, "query", refuse)
    for path, etag in etags.items():
        response = client.get(path, headers={**TURTLE, "If-None-Match": f'"other", W/{etag}'})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == etag


def test_another_etag_is_answered_in_full(client: FlaskClient) -> None:
    assert client.get("/doc/cluster/alfa.ttl", headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get("/doc/cluster/omega.ttl", headers={"If-None-Match": "*"}).status_code == 404


HYDRA_NEXT = NamedNode("http://www.w3.org/ns/hydra/core#next")

# -- pages of long documents -------------------------------------------------------------------------------------------


def test_a_long_document_is_paged_and_loses_nothing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = triples(client.get("/doc/cluster/alfa.ttl"))
    monkeypatch.setattr(documents, "PAGE", 3)
    path, gathered, pages = "/doc/cluster/alfa.ttl", set[Triple](), 0
    while path:
        response = client.get(path)
        assert response.status_code == 200
        page = triples(response)
        views = {triple for triple in page if triple.subject.value.startswith(f"{BASE}doc/cluster/alfa")}
        gathered |= page - views
        assert (HYDRA_NEXT in {triple.predicate for triple in views}) == ("next" in links(response))
        assert ("prev" in links(response)) == (pages > 0)
        pages += 1
        path = links(response).get("next", [""])[0]
    assert gathered == whole
    assert pages > 2
    assert client.get(f"/doc/cluster/alfa.ttl?page={pages + 1}").status_code == 404


def test_a_long_graph_is_paged_and_loses_nothing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = triples(client.get("/graph/newspaper.nt"), "nt")
    monkeypatch.setattr(documents, "GRAPH_PAGE", 20)
    path, gathered = "/graph/newspaper.nt", set[Triple]()
    while path:
        response = client.get(path)
        gathered |= {triple for triple in triples(response, "nt") if "hydra" not in str(triple)}
        path = links(response).get("next", [""])[0]
    assert gathered == whole


# -- the vocabulary and the graphs -------------------------------------------------------------------------------------


def test_the_vocabulary_is_one_document_and_a_document_a_term(client: FlaskClient, release: Release) -> None:
    whole = triples(client.get("/def/", headers=TURTLE))
    assert len(whole) == release.manifest["graphs"][BASE + "graph/ontology"]
    for path in ("/def", "/def/ctl.ttl", "/def/1.0.0/"):
        assert client.get(path, headers=TURTLE).data == client.get("/def/", headers=TURTLE).data
    cluster = NamedNode(CTL + "Cluster")
    said = {triple for triple in triples(client.get("/def/Cluster", headers=TURTLE)) if triple.subject == cluster}
    assert said == {triple for triple in whole if triple.subject == cluster}


def test_a_term_brings_its_anonymous_descriptions(client: FlaskClient) -> None:
    """`ctl:Membership` is a subclass of a restriction, and a property chain is a list: both have no name."""
    turtle = client.get("/def/Membership.ttl").text
    assert "owl:someValuesFrom ctl:Cluster" in turtle
    chain = Graph().parse(data=client.get("/def/everMemberOf.ttl").data, format="turtle")
    links = "SELECT ?p WHERE { ?t <http://www.w3.org/2002/07/owl#propertyChainAxiom>/(<{0}rest>*)/<{0}first> ?p }"
    found = chain.query(links.replace("{0}", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"))
    assert {str(row[0]) for row in found} == {CTL + "hasClusterMembership", CTL + "inCluster"}


def test_a_graph_says_what_its_source_says_accepted_or_not(client: FlaskClient) -> None:
    said = triples(client.get("/graph/newspaper", headers=TURTLE))
    rejected = NamedNode(BASE + "id/membership/beta-startup-member")
    assert any(triple.subject == rejected for triple in said)
    page = NamedNode("http://xmlns.com/foaf/0.1/page")
    address = NamedNode("https://example.org/news/'onmouseover='alert(1)")
    assert Triple(NamedNode(BASE + "id/source/newspaper"), page, address) in said
    quads = set(parse(client.get("/graph/newspaper.nq").data, format=RdfFormat.N_QUADS))
    stated = {quad for quad in quads if quad.graph_name == NamedNode(BASE + "graph/newspaper")}
    assert any(quad.subject == rejected for quad in stated)
    assert {quad.predicate.value.partition("#")[2] for quad in quads - stated if quad.subject == ALFA} == {
        "prefLabel",
        "label",
    }, "of what others say only names"


# -- addresses that mean harm (T25) ------------------------------------------------------------------------------------

EVIL = (
    "//evil.example",
    "/%2fevil.example",
    "%2f%2fevil.example",
    "/\\evil.example",
    "%5cevil.example",
    "\\\\evil.example",
    "%5c%5cevil.example",
    "..",
    "../..",
    "../../etc/passwd",
    "%2e%2e",
    "%2e%2e/%2e%2e/admin",
    "..%2f..%2fadmin",
    "./x",
    "x/./y",
    "x/../y",
    "x/%2e/y",
    "x//y",
    "x%2f%2fy",
    "x%0d%0aSet-Cookie:%20a=1",
    "%0d%0aLocation:%20//evil.example",
    "%0aevil",
    "%0d",
    "%00",
    "x%00.ttl",
    "x%7f",
    "x%1b[31m",
    "%3E;rel=evil",
    "x%3E%3B%20rel=%22canonical",
    "x%22",
    "x%27",
    "x%3Fq=1",
    "x%23fragment",
    "x%3F%23",
    "%E2%80%AEfdp",
    "x%E2%81%A6y",
    "%C0%AE%C0%AE",
    "%ED%A0%80",
    "%FF%FE",
    "%F0%9F%92%A9",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://evil.example",
    "https:%2f%2fevil.example",
    "@evil.example",
    "x@evil.example",
    ":80",
    "%",
    "%zz",
    "a" * 5000,
    "a/" * 2000,
    "{{7*7}}",
    "${7*7}",
    "%7B%7B7*7%7D%7D",
    "<script>",
    "%3Cscript%3E",
    "x;jsessionid=1",
    "x,y",
    "x y",
    "x%20y",
    "x+y",
    "*",
    "~",
    "%25",
    "%2525",
    "%252e%252e",
    "é",
    "例え",
)
ENTRANCES = ("/id/", "/doc/", "/def/", "/graph/", "/class/", "/dumps/", "/questions/", "/static/", "/")


def test_there_are_enough_addresses() -> None:
    assert len(EVIL) * len(ENTRANCES) >= 150


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_no_address_breaks_out(app: Flask, entrance: str) -> None:
    client = app.test_client()
    for end in EVIL:
        for accept in ("text/html", "text/turtle"):
            response = client.get(entrance + end, headers={"Accept": accept})
            assert_harmless(response, entrance + end)


@pytest.mark.parametrize("value", EVIL)
def test_no_parameter_breaks_out(client: FlaskClient, value: str) -> None:
    for path in ("/", "/search", "/doc/cluster/alfa", "/questions/regional-clusters"):
        for name in ("page", "lang", "q", "cluster"):
            assert_harmless(client.get(path, query_string={name: value}, headers=HTML), f"{path}?{name}={value}")


HEADERS = ("Accept", "Accept-Language", "If-None-Match", "Cookie", "Origin", "Referer", "X-Forwarded-Host", "Range")
VALUES = (
    "\x00",
    "é",
    ";q=" * 500,
    "*/*;q=x",
    "a=" + "b" * 3000,
    "//evil.example",
    '"',
    "language=../..",
    "bytes=0-1,9-",
)


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_breaks_out(client: FlaskClient, name: str) -> None:
    for value in VALUES:
        assert_harmless(client.get("/doc/cluster/alfa", headers={name: value}), f"{name}: {value}")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "a b", "[", "evil.example\\@x", ""])
def test_the_host_of_a_request_is_in_no_location(client: FlaskClient, host: str) -> None:
    for path in ("/id/cluster/alfa", "/def", "/def/", "/about", "/clusters/", "/questions/"):
        assert_harmless(client.get(path, headers={"Host": host}), f"{path} at {host}")


def assert_harmless(response: TestResponse, asked: str) -> None:
    assert response.status_code < 500, (asked, response.status_code)
    assert "Set-Cookie" not in response.headers or "lang=" in asked, asked
    location = response.headers.get("Location", "/")
    assert location.startswith("/"), (asked, location)
    assert not location.startswith("//"), (asked, location)
    assert not set("\\\r\n\x00") & set(location), (asked, location)
    assert "/../" not in location + "/", (asked, location)
    for value in response.headers.getlist("Link"):
        assert value.count("<") == value.count(">") == 1, (asked, value)
        assert value.isascii(), (asked, value)
    assert "49" not in response.headers.get("Content-Location", ""), asked


def test_only_trusted_hosts_are_answered(world: Config) -> None:

    client = create_app(replace(world, trusted_hosts="valdoro.example .example.org")).test_client()
    assert client.get("/health/live", headers={"Host": "valdoro.example"}).status_code == 200
    assert client.get("/health/live", headers={"Host": "data.example.org"}).status_code == 200
    assert client.get("/health/live", headers={"Host": "evil.example"}).status_code == 400


def test_a_browser_that_claims_a_host_of_others_is_told_so(world: Config) -> None:
    client = create_app(replace(world, trusted_hosts="valdoro.example")).test_client()
    response = client.get("/doc/cluster/alfa", headers={**HTML, "Host": "evil.example"})
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert "evil.example" not in response.text


@pytest.mark.parametrize(
    "path", ["/class/a%20b", "/class/%3Cx%3E", "/def/a%20b", "/def/%7Bx", "/doc/a%20b", "/graph/a%22b"]
)
def test_a_name_that_nothing_has_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=HTML).status_code == 404


def test_a_revalidation_takes_no_links_away(client: FlaskClient) -> None:
    first = client.get("/doc/cluster/alfa.ttl")
    again = client.get("/doc/cluster/alfa.ttl", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert first.headers.getlist("Link")
    assert not again.headers.getlist("Link")


def test_a_request_sees_one_release_from_beginning_to_end(app: Flask) -> None:
    with app.test_request_context("/"):
        assert site.store() is site.store()
        assert site.current_release() == site.current_release()


def test_names_and_places_of_the_site(app: Flask) -> None:
    with app.test_request_context("/", base_url="http://elsewhere.example/below/"):
        assert site.path(BASE + "id/cluster/alfa") == "/below/doc/cluster/alfa"
        assert site.path(CTL + "Cluster") == "/below/def/Cluster"
        assert site.path(BASE + "graph/statute") == "/below/graph/statute"
        assert site.path("https://example.org/other") is None
        assert site.path(BASE + "/evil.example") is None
        assert site.path(BASE + "id/../../x") is None
        assert site.iri("id/cluster/alfa") == BASE + "id/cluster/alfa"
        assert site.document_iri(BASE + "id/cluster/alfa") == BASE + "doc/cluster/alfa"


def test_without_a_release_the_answer_is_503(world: Config, tmp_path: Path) -> None:

    client = create_app(replace(world, releases=tmp_path)).test_client()
    for path in ("/", "/doc/cluster/alfa", "/health/ready"):
        response = client.get(path)
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert str(tmp_path) not in response.text
    assert client.get("/health/live").status_code == 200
    assert client.get("/doc/cluster/alfa", headers=HTML).status_code == 503


def test_a_new_release_is_served_at_once(world: Config, tmp_path: Path) -> None:

    config = replace(world, releases=tmp_path / "releases")
    line = f'<{BASE}id/cluster/%s> <{SKOS}prefLabel> "x"@it <{BASE}graph/accepted> .\n'
    client = create_app(config).test_client()
    for name, other in (("one", "two"), ("two", "one")):
        publish(write((line % name).encode(), {}, config), "1")
        assert client.get(f"/doc/cluster/{name}.nt").status_code == 200
        assert client.get(f"/doc/cluster/{other}.nt").status_code == 404
        assert current(config.releases).id in client.get("/doc/method").text


def test_pyoxigraph_reads_what_we_write(client: FlaskClient) -> None:
    store = pyoxigraph.Store()
    store.load(client.get("/doc/cluster/alfa.trig").data, format=RdfFormat.TRIG)
    assert len(store) > 50


def test_behind_a_proxy_links_stay_where_the_site_runs(world: Config, release: Release) -> None:

    forwarded = {"X-Forwarded-Host": "clusters.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/below"}
    behind = create_app(replace(world, proxies=1)).test_client()
    assert behind.get("/id/cluster/alfa", headers=forwarded).headers["Location"] == "/below/doc/cluster/alfa"
    page = behind.get("/doc/cluster/alfa?view=statements", headers={**HTML, **forwarded}).text
    assert 'href="/below/def/domain"' in page
    assert BASE + "id/cluster/alfa" in page, "names stay canonical"
    alone = create_app(world).test_client()
    assert alone.get("/id/cluster/alfa", headers=forwarded).headers["Location"] == "/doc/cluster/alfa"
    assert "clusters.example" not in alone.get("/data", headers={**HTML, **forwarded}).text
