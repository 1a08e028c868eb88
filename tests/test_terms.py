"""The vocabulary as people read it: an overview, and a page for each term, in both languages."""

import re
from collections import Counter
from itertools import combinations
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from test_pages import CTL, HTML, see

from ctl_graph import questions
from ctl_graph.release import Release
from ctl_graph.store import OxigraphStore
from ctl_graph.web.diagram import Concept, Property, diagram

SVG = "{http://www.w3.org/2000/svg}"


def hrefs(client: FlaskClient, path: str) -> list[str]:
    return [str(each["href"]) for each in see(client, path).of("a")]


def test_the_overview_has_every_term_and_each_kind_has_its_definitions(client: FlaskClient, release: Release) -> None:
    kinds = questions.terms(OxigraphStore(release.store), CTL)
    defined = {kind.partition("#")[2]: terms for kind, terms in kinds.items()}
    assert len(defined["Class"]) > 40
    listed = hrefs(client, "/def/")
    for kind, terms in defined.items():
        places = {f"/def/{term.removeprefix(CTL)}" for term in terms}
        assert places <= set(listed), kind
        assert places <= set(hrefs(client, f"/def/?kind={kind}")), kind
    assert client.get("/def/?kind=Nothing", headers=HTML).status_code == 404
    assert client.get("/def/?page=2", headers=HTML).status_code == 404


def test_the_classes_are_a_tree(client: FlaskClient) -> None:
    html = client.get("/def/", headers={**HTML, "Accept-Language": "it"}).text
    cluster = html.index('<a href="/def/Cluster">')
    following = html[cluster : html.index("</li>", cluster)]
    assert '<ul class="tree">' in following, "what is narrower stands within"
    assert "Rete stabile di imprese" in following
    for name in ("RegionalCluster", "SME", "Recognition"):
        assert html.count(f'<a href="/def/{name}">') == 1, name


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_classes_are_drawn_and_each_leads_to_its_page(client: FlaskClient, release: Release, language: str) -> None:
    page = see(client, "/def/", language)
    assert "/vocabulary.svg" in {each["src"] for each in page.of("img")}
    assert [each for each in page.of("div") if each.get("class") == "diagram" and each.get("tabindex") == "0"]
    response = client.get("/vocabulary.svg", headers={"Accept-Language": language})
    assert response.content_type == "image/svg+xml; charset=utf-8"
    assert "style=" not in response.text
    drawn = ElementTree.fromstring(response.text)
    places = {each.get("href", "") for each in drawn.iter(f"{SVG}a")}
    classes = questions.terms(OxigraphStore(release.store), CTL)["http://www.w3.org/2002/07/owl#Class"]
    assert {f"/def/{term.removeprefix(CTL)}" for term in classes} <= places
    assert {"/def/inCluster", "/def/carriedOutBy", "http://www.w3.org/ns/org#Organization"} <= places
    words = "".join(drawn.itertext())
    assert ("nel cluster → Cluster" if language == "it" else "in cluster → Cluster") in words
    assert "org:Organization" in words


def test_nothing_in_the_diagram_covers_another() -> None:
    concepts = [
        Concept("a", "A", properties=[Property("p", "p", "c"), Property("loop", "loop", "a")]),
        Concept("b", "B", wider=["a", "c"], properties=[Property("q", "q", "a")]),
        Concept("c", "C", code="org:C", properties=[Property("back", "back", "b")]),
        *(Concept(f"alone-{number}", f"Alone {number}") for number in range(40)),
    ]
    drawn = diagram(concepts)
    assert drawn == diagram(concepts), "the same classes give the same drawing"
    assert len(drawn.boxes) == 43
    assert Counter(each.is_wider for each in drawn.arrows) == {False: 4, True: 2}
    for one, other in combinations(drawn.boxes, 2):
        is_beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert is_beside or one.y + one.height <= other.y or other.y + other.height <= one.y, (one, other)
    assert all(box.x + box.width <= drawn.width and box.y + box.height <= drawn.height for box in drawn.boxes)


def test_the_history_says_what_each_version_changed(client: FlaskClient) -> None:
    page = see(client, "/def/")
    history = page.words[page.words.index("The history of the versions") :]
    assert "1.0.0 (2026-11-22): the first version. Regional and national clusters" in history
    assert "/def/#history" in hrefs(client, "/def/Cluster")


def test_the_overview_says_its_version_and_how_to_use_it(client: FlaskClient) -> None:
    page = see(client, "/def/")
    assert "Version1.0.0 (2026-11-22). It is the first version that was published." in page.words
    assert "PREFIX org: <http://www.w3.org/ns/org#>" in page.words
    assert {"/def/ctl.ttl", "/def/ctl.rdf", "/context.jsonld", "/shapes.ttl"} <= set(hrefs(client, "/def/"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", ("Adesione", "L'appartenenza di un soggetto", "Caso particolare di", "org:Membership", "ha adesione")),
        (
            "en",
            (
                "Membership",
                "The belonging of a party",
                "Special case of",
                "has cluster membership",
                "since version 1.0.0",
            ),
        ),
    ],
)
def test_a_term_is_explained_in_both_languages(client: FlaskClient, language: str, words: tuple[str, ...]) -> None:
    page = see(client, "/def/Membership", language)
    for each in (*words, "Adesione", "Membership", "ctl:Membership"):
        assert each in page.words, each
    other = "en" if language == "it" else "it"
    assert [each for tag, each in page.tags if tag == "p" and each.get("lang") == other]


def test_a_class_has_examples_its_list_its_questions_and_its_rules(client: FlaskClient) -> None:
    page = see(client, "/def/Membership")
    places = {str(each["href"]) for each in page.of("a")}
    assert {
        "/class/Membership",
        "/questions/members-on-date",
        "/def/shapes/Membership",
        "/questions/things-by-class",
    } <= places
    assert len([place for place in places if place.startswith("/doc/membership/")]) == 5
    assert "All 6, as a list" in page.words
    assert [place for place in places if place.startswith("/sparql?query=") and "Membership" in place]
    assert "The membership says something that a membership cannot say" in page.words
    assert "schema:OrganizationRole" in page.words


def test_a_property_has_its_domain_its_range_and_its_uses(client: FlaskClient) -> None:
    page = see(client, "/def/domain")
    assert "What has it is of the class" in page.words
    assert "Its value is of the class or type" in page.words
    assert "/doc/cluster/alfa" in {each["href"] for each in page.of("a")}
    assert "All 2 uses of it, in SPARQL" in page.words
    chain = see(client, "/def/everMemberOf").words
    assert "All statements about the term" in chain


def test_what_nothing_uses_says_so(client: FlaskClient) -> None:
    assert "No accepted data use it so far." in see(client, "/def/SectorFigure").words


def test_every_term_has_a_page_that_is_short(client: FlaskClient, release: Release) -> None:
    for terms in questions.terms(OxigraphStore(release.store), CTL).values():
        for term in terms:
            response = client.get(f"/def/{term.removeprefix(CTL)}", headers=HTML)
            assert response.status_code == 200, term
            assert len(response.data) < 50_000, term
            assert len(re.findall("<h1", response.text)) == 1


def test_a_shape_is_read_as_any_document(client: FlaskClient) -> None:
    page = see(client, "/def/shapes/Membership")
    assert "https://w3id.org/ctl/def/shapes/Membership" in page.words
    assert client.get("/def/shapes/Nothing", headers=HTML).status_code == 404


def test_programs_have_all_that_points_at_a_term_as_before(client: FlaskClient) -> None:
    turtle = client.get("/def/Membership.ttl").text
    assert turtle.count("a ctl:Membership") >= 6
