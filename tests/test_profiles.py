"""Content negotiation by profile (https://www.w3.org/TR/dx-prof-conneg/): who asks gets it, and it is what it says."""

import re
from functools import cache
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, ORG, SH, SKOS

from ctl_graph import profiles
from ctl_graph.formats import BY_SUFFIX, GRAPHS
from ctl_graph.release import Release
from ctl_graph.store import OxigraphStore

BASE = "https://example.org/region/"
TURTLE = {"Accept": "text/turtle"}
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ALFA = URIRef(f"{BASE}id/cluster/alfa")
SCHEMA = Namespace("http://schema.org/")
EURIO = Namespace("http://data.europa.eu/s66#")
M8G = Namespace("http://data.europa.eu/m8g/")
PROF = Namespace("http://www.w3.org/ns/dx/prof/")
TOKENS = ("ctl", "eurio", "org", "schema")
ALL = (*TOKENS, "dcat-ap")

# One thing of each kind, and in whose words it is to be had besides ours and schema.org's.
THINGS = {
    "cluster/alfa": {"org", "eurio"},
    "organisation/university": {"org", "eurio"},
    "organisation/town": {"org", "eurio"},
    "organisation/workshop": {"org", "eurio"},
    "managing-body/alfa-association": {"org", "eurio"},
    "membership/alfa-foundry-founder": {"org"},
    "membership/beta-startup-member": set(),
    "participation/ponte-alfa": {"org", "eurio"},
    "collaboration/ponte": {"org"},
    "project/ponte": {"eurio"},
    "domain/materials": set(),
    "source/statute": set(),
    "disagreement/alfa-founded": set(),
    "recognition/alfa-recognition": set(),
}
PAIRS = [(thing, token) for thing, fitting in THINGS.items() for token in ("ctl", "schema", *sorted(fitting))]


def read(client: FlaskClient, thing: str, token: str) -> Graph:
    response = client.get(f"/doc/{thing}.ttl?_profile={token}")
    assert response.status_code == 200, response.text
    return Graph().parse(data=response.data, format="turtle")


@cache
def shapes(token: str) -> Graph:
    return Graph().parse(data=profiles.load()[token].shapes, format="turtle")


def objections(data: Graph, shapes_graph: Graph) -> str:
    conforms, _, words = validate(data, shacl_graph=shapes_graph, inference="none")
    return "" if conforms else str(words)


# -- what a profile says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("thing", "token"), PAIRS, ids=lambda each: str(each))
def test_each_profile_meets_its_own_shapes_and_says_something(client: FlaskClient, thing: str, token: str) -> None:
    said = read(client, thing, token)
    assert objections(said, shapes(token)) == ""
    is_accepted = thing != "membership/beta-startup-member"
    assert (len(set(said.predicate_objects(URIRef(f"{BASE}id/{thing}")))) >= 2) is is_accepted


@pytest.mark.parametrize("token", ALL)
def test_the_shapes_of_a_profile_can_object(token: str) -> None:
    bad = {
        "ctl": "<x:x> a <https://w3id.org/ctl/def/Cluster> .",
        "org": "<x:x> a <http://www.w3.org/ns/org#Organization> .",
        "schema": "<x:x> a <http://schema.org/Place> .",
        "eurio": "<x:x> a <http://data.europa.eu/s66#Project> .",
        "dcat-ap": "<x:x> a <http://www.w3.org/ns/dcat#Catalog> .",
    }
    assert objections(Graph().parse(data=bad[token], format="turtle"), shapes(token))


def test_a_cluster_in_three_vocabularies(client: FlaskClient) -> None:
    org, schema, eurio = (read(client, "cluster/alfa", token) for token in ("org", "schema", "eurio"))
    assert (ALFA, RDF.type, ORG.Organization) in org
    assert (ALFA, SKOS.prefLabel, Literal("Alfa Cluster", lang="en")) in org
    memberships = set(org.subjects(ORG.organization, ALFA))
    founder = URIRef(f"{BASE}id/membership/alfa-foundry-founder")
    assert len(memberships) > 2
    assert org.value(founder, ORG.member) == URIRef(f"{BASE}id/organisation/foundry")
    assert (ALFA, SCHEMA.name, Literal("Cluster Alfa", lang="it")) in schema
    assert len(set(schema.objects(ALFA, SCHEMA.member))) == 4
    assert (ALFA, RDF.type, EURIO.Organisation) in eurio
    for graph in (org, schema, eurio):
        assert not any(str(predicate).startswith("https://w3id.org/ctl/def/") for predicate in graph.predicates())


def test_a_day_is_given_only_where_the_source_prints_one(client: FlaskClient) -> None:
    said = read(client, "membership/alfa-foundry-founder", "org")
    days = {str(day) for day in said.objects(None, URIRef("http://www.w3.org/2006/time#inXSDDate"))}
    assert days == {"2013-05-02"}, "it left in 2018, nobody says when"


def test_parties_have_their_roles_in_the_project_as_cordis_says_it(client: FlaskClient) -> None:
    project = URIRef(f"{BASE}id/project/ponte")
    parties = set(read(client, "project/ponte", "eurio").objects(project, EURIO.hasInvolvedParty))
    assert parties == {URIRef(f"{BASE}id/participation/ponte-{name}") for name in ("alfa", "university")}
    party = read(client, "participation/ponte-university", "eurio")
    (node,) = party.subjects(RDF.type, EURIO.OrganisationRole)
    assert set(party.objects(node, EURIO.isInvolvedIn)) == {project}


def test_a_thing_of_ones_own_description_only(client: FlaskClient) -> None:
    """A profile speaks of its thing and of the names of what that links, and of nothing else."""
    said = read(client, "organisation/university", "org")
    linked = {*said.objects(), URIRef(f"{BASE}id/organisation/university")}
    assert set(said.subjects()) <= linked


def test_equal_bytes_each_time(client: FlaskClient) -> None:
    for token in TOKENS:
        first, second = (client.get(f"/doc/membership/alfa-foundry-founder.ttl?_profile={token}") for _ in range(2))
        assert first.data == second.data


@pytest.mark.parametrize("name", ["core-business", "core-public-organisation"])
def test_the_core_vocabularies_have_nothing_to_object(client: FlaskClient, conformance: Path, name: str) -> None:
    core = Graph().parse(conformance / "semic-core" / f"{name}-ap-SHACL.ttl")
    whole = Graph()
    for thing in (thing for thing, fitting in THINGS.items() if "org" in fitting):
        whole += read(client, thing, "org")
    target = (
        M8G.PublicOrganisation if name.endswith("organisation") else URIRef("http://www.w3.org/ns/legal#LegalEntity")
    )
    assert set(whole.subjects(RDF.type, target)), "nothing would be checked"
    assert objections(whole, core) == ""


def test_only_words_that_eurio_has(conformance: Path) -> None:
    known = set(re.findall(r"\w+", (conformance / "vocab" / "eurio-terms.txt").read_text(encoding="utf-8")))
    question = profiles.load()["eurio"].question
    assert question is not None
    used = set(re.findall(r"eurio:(\w+)", question.body + profiles.load()["eurio"].shapes))
    assert len(used) > 25
    assert used <= known


# -- how it is asked for -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [format.suffix for format in GRAPHS])
def test_a_profile_is_had_in_every_format(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"/doc/cluster/alfa.{suffix}?_profile=org")
    assert response.content_type == BY_SUFFIX[suffix].content_type
    assert response.headers["Content-Profile"] == f"<{BASE}profiles#org>"
    assert response.headers["Content-Location"] == f"/doc/cluster/alfa.{suffix}?_profile=org"
    assert f'<{BASE}profiles#org>; rel="profile"' in response.headers.getlist("Link")


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (f"<{BASE}profiles#org>", "org"),
        ("<http://www.w3.org/ns/org#>", "org"),
        ("<https://schema.org/>", "schema"),
        ("<http://data.europa.eu/s66#>;q=0.4, <http://schema.org/>; q=0.7", "schema"),
        ("<https://example.net/unknown>, <http://data.europa.eu/s66#>;q=0.1", "eurio"),
        ("<http://schema.org/>;q=0", "ctl"),
        ("<https://example.net/unknown>", "ctl"),
        ("schema", "ctl"),
        ("<", "ctl"),
        ("<>;q=x,,;", "ctl"),
        ("<http://schema.org/" + "x" * 3000 + ">", "ctl"),
    ],
)
def test_a_header_is_a_wish(client: FlaskClient, header: str, token: str) -> None:
    response = client.get("/doc/cluster/alfa", headers={**TURTLE, "Accept-Profile": header})
    assert response.status_code == 200
    assert response.headers["Content-Profile"] == f"<{BASE}profiles#{token}>"
    assert response.data == client.get(f"/doc/cluster/alfa.ttl?_profile={token}").data


def test_what_the_profile_does_not_speak_of_comes_in_our_words_or_not_at_all(client: FlaskClient) -> None:
    wish = client.get("/doc/domain/materials", headers={**TURTLE, "Accept-Profile": "<http://www.w3.org/ns/org#>"})
    assert wish.headers["Content-Profile"] == f"<{BASE}profiles#ctl>"
    assert wish.data == client.get("/doc/domain/materials.ttl").data
    must = client.get("/doc/domain/materials?_profile=org", headers={**TURTLE, "Accept-Language": "en"})
    assert must.status_code == 406
    assert "ctl, schema" in must.get_json(force=True)["detail"]


@pytest.mark.parametrize("name", ["unknown", "<script>", "org/../x", "x" * 500, "\x00"])
def test_an_unknown_profile_in_an_address_is_an_error_in_words(client: FlaskClient, name: str) -> None:
    response = client.get(
        "/doc/cluster/alfa", query_string={"_profile": name}, headers={**TURTLE, "Accept-Language": "en"}
    )
    assert response.status_code == 400
    problem = response.get_json(force=True)
    assert "ctl, eurio, org, schema" in problem["detail"]
    assert len(problem["detail"]) < 400


def test_the_address_goes_before_the_header(client: FlaskClient) -> None:
    headers = {**TURTLE, "Accept-Profile": "<http://schema.org/>"}
    assert client.get("/doc/cluster/alfa?_profile=org", headers=headers).headers["Content-Profile"].endswith("#org>")


def test_a_browser_gets_the_page_by_wish_and_turtle_by_address(client: FlaskClient) -> None:
    page = client.get("/doc/cluster/alfa", headers={**HTML, "Accept-Profile": "<http://schema.org/>"})
    assert page.content_type.startswith("text/html")
    assert client.get("/doc/cluster/alfa?_profile=org", headers=HTML).content_type.startswith("text/turtle")
    assert client.get("/doc/cluster/alfa.html?_profile=org").status_code == 406
    named = client.get("/doc/cluster/alfa?_profile=org&_mediatype=application/ld%2Bjson")
    assert named.content_type == "application/ld+json"
    assert client.get("/doc/cluster/alfa?_mediatype=image/png").status_code == 406


@pytest.mark.parametrize("path", ["/doc/cluster/omega", "/doc/organisation/vanished"])
def test_what_is_not_there_is_not_there_in_any_words(client: FlaskClient, path: str) -> None:
    for query in ("", "?_profile=org", "?_profile=alt"):
        assert client.get(path + query, headers=TURTLE).status_code in (404, 410)
        assert client.get(path + query, headers={"Accept": "image/png"}).status_code in (404, 410)
    assert client.get("/doc/cluster/alfa.ttl?_profile=org&page=2").status_code == 404


def test_a_name_leads_on_with_the_profile(client: FlaskClient) -> None:
    response = client.get("/id/cluster/alfa?_profile=org&x=1")
    assert (response.status_code, response.headers["Location"]) == (303, "/doc/cluster/alfa?_profile=org")
    named = client.get("/id/cluster/alfa", query_string={"_profile": "<http://schema.org/>,x,org"})
    assert named.headers["Location"] == "/doc/cluster/alfa?_profile=schema,org"
    assert client.get("/id/cluster/alfa?_profile=alt").headers["Location"] == "/doc/cluster/alfa?_profile=alt"


@pytest.mark.parametrize(
    ("named", "token"),
    [
        ("<http://www.w3.org/ns/org#>", "org"),
        ("http://www.w3.org/ns/org#", "org"),
        (f"<{BASE}profiles#schema>", "schema"),
        ("unknown,<https://example.net/unknown>,schema,org", "schema"),
        ("dcat-ap, <http://data.europa.eu/s66#>", "eurio"),
        ("ctl,org", "ctl"),
        ("org,org,org", "org"),
    ],
)
def test_an_address_takes_tokens_and_iris_in_the_order_of_preference(
    client: FlaskClient, named: str, token: str
) -> None:
    """https://www.w3.org/TR/dx-prof-conneg/#qsa-getresourcebyprofile"""
    response = client.get("/doc/cluster/alfa.ttl", query_string={"_profile": named})
    assert response.headers["Content-Profile"] == f"<{BASE}profiles#{token}>"
    assert response.data == client.get(f"/doc/cluster/alfa.ttl?_profile={token}").data


def test_the_next_best_profile_answers_where_the_best_does_not_speak_of_the_thing(client: FlaskClient) -> None:
    wish = {**TURTLE, "Accept-Profile": "<http://data.europa.eu/s66#>, <http://www.w3.org/ns/org#>;q=0.2"}
    response = client.get("/doc/collaboration/ponte", headers=wish)
    assert response.headers["Content-Profile"] == f"<{BASE}profiles#org>"
    assert client.get("/doc/collaboration/ponte.ttl?_profile=eurio,org").data == response.data
    assert client.get("/doc/domain/materials.ttl?_profile=eurio,org").status_code == 406


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json", "application/trig"])
@pytest.mark.parametrize("path", ["/doc/cluster/alfa", "/doc/domain/materials"])
def test_the_address_of_an_answer_to_a_wish_gives_the_same(client: FlaskClient, path: str, accept: str) -> None:
    wish = {"Accept": accept, "Accept-Profile": "<http://www.w3.org/ns/org#>"}
    response = client.get(path, headers=wish)
    again = client.get(response.headers["Content-Location"])
    assert (again.status_code, again.data) == (200, response.data)
    assert again.headers["Content-Profile"] == response.headers["Content-Profile"]


def test_a_wish_leaves_the_pages_of_a_long_document(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctl_graph.web.documents.PAGE", 2)
    wish = {**TURTLE, "Accept-Profile": "<http://www.w3.org/ns/org#>"}
    second = client.get("/doc/cluster/alfa?page=2", headers=wish)
    assert second.status_code == 200
    assert second.headers["Content-Profile"] == f"<{BASE}profiles#ctl>"


def test_a_name_says_which_profile_it_leads_to(client: FlaskClient) -> None:
    link = f'<{BASE}profiles#org>; rel="profile"'
    response = client.get("/id/cluster/alfa", headers={"Accept-Profile": "<http://www.w3.org/ns/org#>"})
    assert link in response.headers.getlist("Link")
    assert link not in client.get("/id/cluster/alfa").headers.getlist("Link")


# -- the other documents -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Cluster", "inCluster", "ctl"])
def test_a_term_is_told_in_schema_org_too(client: FlaskClient, name: str) -> None:
    plain, schema = (client.get(f"/def/{name}.ttl{query}") for query in ("", "?_profile=schema"))
    assert plain.headers["Content-Profile"] == f"<{BASE}profiles#ctl>"
    assert schema.headers["Content-Profile"] == f"<{BASE}profiles#schema>"
    said = Graph().parse(data=schema.data, format="turtle")
    assert said
    assert objections(said, shapes("schema")) == ""
    assert client.get(f"/def/{name}?_profile=eurio", headers=TURTLE).status_code == 406
    assert "_profile=schema" in client.get(f"/def/{name}?_profile=alt", headers=HTML).text


@pytest.mark.parametrize("path", ["/catalog", "/dataset/organisations", "/releases", "/release/{release}"])
def test_the_catalogue_is_in_dcat_ap_and_in_nothing_else(client: FlaskClient, release: Release, path: str) -> None:
    path = path.format(release=release.id)
    plain = client.get(path, headers=TURTLE)
    assert plain.headers["Content-Profile"] == f"<{BASE}profiles#dcat-ap>"
    assert f'<{BASE}profiles#dcat-ap>; rel="profile"' in plain.headers.getlist("Link")
    assert objections(Graph().parse(data=plain.data, format="turtle"), shapes("dcat-ap")) == ""
    for name in ("dcat-ap", "http://data.europa.eu/r5r/", "<http://www.w3.org/ns/dcat#>", "org,dcat-ap"):
        named = client.get(path, query_string={"_profile": name}, headers=TURTLE)
        assert (named.status_code, named.data) == (200, plain.data)
    wish = client.get(path, headers={**TURTLE, "Accept-Profile": "<http://schema.org/>"})
    assert (wish.status_code, wish.data) == (200, plain.data)
    assert client.get(f"{path}?_profile=org", headers=TURTLE).status_code == 406
    assert client.get(f"{path}.html?_profile=dcat-ap").status_code == 406
    assert client.get(f"{path}?_profile=x", headers=TURTLE).status_code == 400
    listed = Graph().parse(data=client.get(f"{path}.ttl?_profile=alt").data, format="turtle")
    assert {str(each).partition("#")[2] for each in listed.objects(None, DCTERMS.conformsTo)} == {"dcat-ap"}
    assert client.get(f"{path}.html?_profile=alt").content_type.startswith("text/html")


@pytest.mark.parametrize("shapes_name", ["shapes", "range", "deprecateduris"])
@pytest.mark.parametrize("path", ["/releases.ttl", "/release/{release}.ttl"])
def test_the_shapes_of_dcat_ap_find_no_violation_in_releases(
    client: FlaskClient, release: Release, conformance: Path, path: str, shapes_name: str
) -> None:
    said = Graph().parse(data=client.get(path.format(release=release.id)).data, format="turtle")
    theirs = Graph().parse(conformance / "dcat-ap" / "3.0.1-html-shacl" / f"{shapes_name}.ttl")
    results = validate(said, shacl_graph=theirs)[1]
    assert isinstance(results, Graph)
    assert list(results.subjects(SH.resultSeverity, SH.Violation)) == []


# -- caches ------------------------------------------------------------------------------------------------------------


def test_every_answer_varies_on_the_profile_and_each_profile_has_an_etag(client: FlaskClient) -> None:
    etags = set()
    for wish in ("", "<http://schema.org/>", "<http://www.w3.org/ns/org#>", "<http://data.europa.eu/s66#>"):
        response = client.get("/doc/cluster/alfa", headers={**TURTLE, "Accept-Profile": wish})
        assert "Accept-Profile" in response.vary
        etags.add(response.headers["ETag"])
    assert len(etags) == 4


def test_a_condition_is_answered_without_a_question(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = ["/doc/cluster/alfa.ttl?_profile=org", "/doc/cluster/alfa.ttl?_profile=alt", "/profiles"]
    etags = {place: client.get(place, headers=TURTLE).headers["ETag"] for place in addresses}

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the store was asked")

    monkeypatch.setattr(OxigraphStore, "query", refuse)
    for place, etag in etags.items():
        again = client.get(place, headers={**TURTLE, "If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        assert "Content-Profile" not in again.headers, "nobody has read which it is"


# -- lists -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("thing", ["cluster/alfa", "project/ponte", "domain/materials"])
def test_a_document_lists_the_profiles_that_it_can_deliver(client: FlaskClient, thing: str) -> None:
    response = client.get(f"/doc/{thing}", headers=TURTLE)
    listed = re.findall(
        r'<([^>]*)>; rel="alternate"; type="text/turtle"; profile="[^"#]*#(\w+)"', str(response.headers)
    )
    assert {token for _, token in listed} == {"schema", *THINGS[thing]}
    for place, token in listed:
        assert client.get(place, headers=TURTLE).headers["Content-Profile"].endswith(f"#{token}>")
    said = Graph().parse(data=client.get(f"/doc/{thing}.ttl?_profile=alt").data, format="turtle")
    altr = Namespace("http://www.w3.org/ns/dx/connegp/altr#")
    (default,) = said.objects(URIRef(f"{BASE}doc/{thing}"), altr.hasDefaultRepresentation)
    assert str(default) == f"http://localhost/doc/{thing}.ttl"
    others = set(said.objects(URIRef(f"{BASE}doc/{thing}"), altr.hasRepresentation))
    assert len(others) == (len(THINGS[thing]) + 2) * len(GRAPHS) - 1
    page = client.get(f"/doc/{thing}?_profile=all", headers=HTML)
    assert page.text.count("_profile=schema") > len(GRAPHS)


def test_the_list_is_in_the_format_of_its_address_and_says_what_tokens_mean(client: FlaskClient) -> None:
    """https://www.w3.org/TR/dx-prof-conneg/#http-tokens"""
    page = client.get("/doc/cluster/alfa.html?_profile=alt", headers=TURTLE)
    assert page.content_type.startswith("text/html")
    data = client.get("/doc/cluster/alfa.ttl?_profile=alt", headers=HTML)
    assert data.content_type.startswith("text/turtle")
    for response in (page, data):
        tokens = re.findall(
            r'<http://www.w3.org/ns/dx/prof/Profile>; rel="type"; token="([a-z-]+)"; anchor="([^"]+)"',
            str(response.headers),
        )
        assert tokens == [(token, f"{BASE}profiles#{token}") for token in TOKENS]
        assert sum(len(f"{name}: {value}\r\n") for name, value in response.headers) < 3_900


def test_all_profiles_are_described_with_their_files(client: FlaskClient) -> None:
    said = Graph().parse(data=client.get("/profiles", headers=TURTLE).data, format="turtle")
    assert {str(token) for token in said.objects(None, PROF.hasToken)} == set(ALL)
    artifacts = [str(each) for each in said.objects(None, PROF.hasArtifact)]
    assert len(artifacts) == 8, "shapes for all, and how three are made"
    for artifact in artifacts:
        response = client.get(artifact.removeprefix("http://localhost"))
        assert response.status_code == 200
        assert response.content_type.startswith(("text/turtle", "application/sparql-query"))
    assert (URIRef(f"{BASE}profiles#org"), PROF.isProfileOf, URIRef("http://www.w3.org/ns/org#")) in said


def test_the_page_of_profiles_has_a_part_for_each(client: FlaskClient) -> None:
    for language in ("it", "en"):
        page = client.get("/profiles", headers={**HTML, "Accept-Language": language})
        assert page.status_code == 200
        assert [token for token in ALL if f'id="{token}"' not in page.text] == []
    assert client.get("/profiles/nothing.ttl").status_code == 404
    assert client.get("/profiles/ctl.rq").status_code == 404
    assert client.get("/profiles.exe").status_code == 404


def test_the_first_profile_is_ours_and_needs_no_query() -> None:
    assert tuple(profiles.load()) == ALL
    assert [token for token, profile in profiles.load().items() if profile.question is None] == ["ctl", "dcat-ap"]
