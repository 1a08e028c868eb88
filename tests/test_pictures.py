"""The map and the network: each figure held to a count of its own, each drawing whole without scripts."""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pictured
import pytest
from flask.testing import FlaskClient
from pictured import CLUSTERS, COLLABORATIONS, ORGANISATIONS, thing

from ctl_graph import boundaries, questions
from ctl_graph.config import Config
from ctl_graph.errors import ConfigError
from ctl_graph.questions import Table
from ctl_graph.release import Release
from ctl_graph.store import Literal, NamedNode, OxigraphStore
from ctl_graph.web import create_app, maps, network

SVG = "{http://www.w3.org/2000/svg}"
EVERY = ["", *CLUSTERS]
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle"}


@pytest.fixture(scope="module")
def published(world: Config, tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, Release]:
    return pictured.published(world, tmp_path_factory.mktemp("pictured"))


@pytest.fixture(scope="module")
def client(published: tuple[Config, Release]) -> Iterator[FlaskClient]:
    with create_app(published[0]).test_client() as client:
        yield client


@pytest.fixture(scope="module")
def store(published: tuple[Config, Release]) -> OxigraphStore:
    return OxigraphStore(published[1].store)


class Seen(HTMLParser):
    """A page: its elements with their attributes, and the text in each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.handle_data(" ")
        if self._open and self.elements[self._open[-1]][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.texts[place] += data

    def of(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        pairs = zip(self.elements, self.texts, strict=True)
        return [(attributes, " ".join(text.split())) for (name, attributes), text in pairs if name == tag]

    @property
    def words(self) -> str:
        return self.of("main")[0][1]


def see(client: FlaskClient, path: str, language: str = "it", **query: str) -> Seen:
    response = client.get(
        path, query_string=query or None, headers={"Accept": "text/html", "Accept-Language": language}
    )
    assert response.status_code == 200, (path, query, response.text[:500])
    assert response.content_type == "text/html; charset=utf-8"
    assert len(response.data) < 50_000
    assert "style=" not in response.text
    return Seen(response.text)


def on_the_map(page: Seen, number: int) -> dict[str, str]:
    """The names of the links of one map, by code."""
    maps = [each for each in page.of("a") if "data-code" in each[0]]
    codes = [str(attributes["data-code"]) for attributes, _ in maps]
    provinces = [place for place, code in enumerate(codes) if code.startswith("ITC")]
    chosen = [each for place, each in enumerate(maps) if (place in provinces) == (number == 0)]
    return {str(attributes["data-code"]): re.sub(r"(\D)[\d.,]+$", r"\1", text) for attributes, text in chosen}


def ask(store: OxigraphStore, name: str, **values: Any) -> list[dict[str, str]]:
    table = questions.ask(store, name, **{key: value for key, value in values.items() if value})
    return [{column: questions.text(term) for column, term in row.items()} for row in table]


def cluster_of(name: str) -> str:
    return thing("cluster", name) if name else ""


# -- the questions -----------------------------------------------------------------------------------------------------


def by_province(cluster: str) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(
        lambda: {"members": set(), "partners": set(), "collaborations": set()}
    )
    for name, each in pictured.members(cluster).items():
        for seat in each.seats:
            found[seat]["members"].add(thing("organisation", name))
    for name, shared in pictured.collaborations(cluster).items():
        for party in shared.parties:
            for seat in ORGANISATIONS[party].seats:
                found[seat]["partners"].add(thing("organisation", party))
                found[seat]["collaborations"].add(thing("collaboration", name))
    return found


@pytest.mark.parametrize("cluster", EVERY)
def test_provinces_are_counted(store: OxigraphStore, cluster: str) -> None:
    expected = by_province(cluster)
    answer = ask(store, "members-by-province", cluster=cluster_of(cluster), language="it")
    assert {
        row["seat"]: {name: int(row[name]) for name in ("members", "partners", "collaborations")} for row in answer
    } == {seat: {name: len(each) for name, each in counted.items()} for seat, counted in expected.items()}
    assert {row["seat"]: row["province_label"] for row in answer if row["province"]} == {
        seat: pictured.PROVINCES[seat] for seat in expected if seat in pictured.PROVINCES
    }
    listed: dict[str, dict[str, set[str]]] = defaultdict(
        lambda: {name: set() for name in ("members", "partners", "collaborations")}
    )
    for row in ask(store, "organisations-in-province", cluster=cluster_of(cluster)):
        listed[row["seat"]][row["counted"]].add(row["thing"])
    assert listed == expected
    some = ask(store, "organisations-in-province", cluster=cluster_of(cluster), seat="ITC46", counted="members")
    assert {row["thing"] for row in some} == expected["ITC46"]["members"]


@pytest.mark.parametrize("cluster", EVERY)
def test_countries_are_counted(store: OxigraphStore, cluster: str) -> None:
    expected: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for name, each in pictured.collaborations(cluster).items():
        for party, stated in each.parties.items():
            expected[pictured.country(party, stated)].add((thing("organisation", party), thing("collaboration", name)))
        if each.counterpart:
            expected[each.counterpart].add(("", thing("collaboration", name)))
    answer = ask(store, "partner-countries", cluster=cluster_of(cluster), language="en")
    assert {row["code"]: (int(row["partners"]), int(row["collaborations"])) for row in answer} == {
        code: (len({party for party, _ in pairs} - {""}), len({each for _, each in pairs}))
        for code, pairs in expected.items()
    }
    assert {row["code"]: row["country_label"] for row in answer if row["country"]} == {
        code: pictured.COUNTRIES[code][1] for code in expected if code != "unknown"
    }
    listed: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in ask(store, "partners-in-country", cluster=cluster_of(cluster)):
        listed[row["code"]].add((row["partner"], row["collaboration"]))
    assert listed == expected


def expected_links(
    cluster: str = "", type: str = "", least: int = 1, first: str = "", last: str = "", dated: str = ""
) -> dict[tuple[str, str], tuple[str, str]]:
    """What links whom, with the type and whether there is a date."""
    found = {}
    things = [("organisation", name, each.type or "unknown", each.clusters) for name, each in ORGANISATIONS.items()]
    for name, each in COLLABORATIONS.items():
        things.append(("collaboration", name, "Collaboration", dict.fromkeys(each.clusters, (each.start, each.end))))
    for kind, name, its_type, links in things:
        if (cluster and cluster not in links) or (type and type != its_type) or len(links) < least:
            continue
        for linked, (begun, ended) in links.items():
            is_in = not (last and begun > last) and not (first and ended and ended < first)
            when = "dated" if begun else "undated"
            if is_in and dated in ("", when):
                found[thing("cluster", linked), thing(kind, name)] = its_type, when
    return found


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"cluster": "alfa"},
        {"cluster": "gamma"},
        {"least": 2},
        {"type": "University"},
        {"type": "unknown"},
        {"type": "Collaboration"},
        {"first": "2019-01-01"},
        {"last": "2015-12-31"},
        {"first": "2019-01-01", "last": "2020-12-31", "dated": "dated"},
        {"dated": "undated"},
        {"cluster": "beta", "least": 2, "dated": "dated"},
    ],
)
def test_links_are_those_that_are_asked_for(store: OxigraphStore, asked: dict[str, Any]) -> None:
    values = {{"first": "from", "last": "to"}.get(name, name): value for name, value in asked.items()}
    values["cluster"] = cluster_of(asked.get("cluster", ""))
    rows = ask(store, "network", **values)
    expected = expected_links(**asked)
    assert {(row["cluster"], row["thing"]): (row["type"], row["dated"]) for row in rows} == expected
    assert len(rows) == len(expected) > 0
    for row in rows:
        kind, name = row["thing"].removeprefix(f"{pictured.BASE}id/").split("/")
        clusters = (ORGANISATIONS if kind == "organisation" else COLLABORATIONS)[name].clusters  # type: ignore[index]
        assert int(row["clusters"]) == len(clusters)


# -- the map -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("counted", ["members", "partners", "collaborations"])
@pytest.mark.parametrize("cluster", EVERY)
def test_a_province_says_its_number_on_the_map_and_in_the_table(
    client: FlaskClient, cluster: str, counted: str, language: str
) -> None:
    page = see(client, "/map", language, cluster=cluster, counted=counted)
    expected = {seat: len(each[counted]) for seat, each in by_province(cluster).items()}
    drawn = on_the_map(page, 0)
    assert len(drawn) == 12
    for code, words in drawn.items():
        assert re.search(rf": {expected.get(code, 0)} ", words + " "), words
    rows = {each["data-code"]: text for each, text in page.of("tr") if "data-code" in each}
    assert {"ITC46", "ITC41"} <= rows.keys()
    for code in ("ITC46", "ITC4C", "ITC41"):
        figures = by_province(cluster)[code]
        numbers = " ".join(str(len(figures[each])) for each in ("members", "partners", "collaborations"))
        assert rows[code].replace(" ", "").endswith(numbers.replace(" ", ""))


def test_names_of_links_are_said_in_words(client: FlaskClient) -> None:
    italian, english = see(client, "/map"), see(client, "/map", "en")
    assert on_the_map(italian, 0)["ITC46"].startswith("Bergamo: 2 membri")
    assert on_the_map(italian, 0)["ITC4C"].startswith("Milano: 1 membro")
    assert on_the_map(english, 0)["ITC46"].startswith("Bergamo: 2 members")
    assert on_the_map(italian, 1)["ESP"].startswith("Spagna: 3 partner")
    assert on_the_map(english, 1)["ESP"].startswith("Spain: 3 partners")


def test_what_is_not_known_is_said_and_counted(client: FlaskClient) -> None:
    page = see(client, "/map")
    assert "Per 2 membri nessuna fonte dice una sede" in page.words
    assert "Per 1 membro le fonti dicono un luogo ma non la provincia" in page.words
    assert "Per 1 partner nessuna fonte dice il Paese" in page.words
    assert "Fuori da questa mappa: Canada: 1 partner" in page.words
    rows = [text for _, text in page.of("tr")]
    assert any(text.startswith("Sede ignota") for text in rows)
    assert any(text.startswith("Oltremonte & <Valle>") for text in rows), "a province that is not on the map"
    assert "nessuna fonte" not in see(client, "/map", cluster="gamma", counted="partners").words


def test_a_province_leads_to_its_list(client: FlaskClient) -> None:
    page = see(client, "/map", cluster="alfa")
    (link,) = {str(each["href"]) for each, _ in page.of("a") if each.get("data-code") == "ITC46"}
    assert link == "?cluster=alfa&seat=ITC46#list"
    listed = see(client, "/map", cluster="alfa", seat="ITC46")
    names = {text for _, text in listed.of("li")}
    assert {"Università di Valdoro", 'Fonderia "A < B" & Figli'} <= names
    assert "Bergamo: 2 membri" in [text for _, text in listed.of("h2")]
    assert "Comune di Valdoro" not in listed.words
    unknown = see(client, "/map", seat="unknown")
    assert "Sede ignota: 2 membri" in [text for _, text in unknown.of("h2")]
    assert "Corporazione &lt;b&gt;" in unknown.words


def test_a_country_leads_to_its_partners(client: FlaskClient) -> None:
    page = see(client, "/map", country="ESP", counted="collaborations")
    assert "Spagna: 2 collaborazioni" in [text for _, text in page.of("h2")]
    assert any("Paese Basco Collaborazione Isola" in text for _, text in page.of("tr"))


@pytest.mark.parametrize("cluster", EVERY)
def test_the_collaborations_of_a_country_are_as_many_as_are_listed(client: FlaskClient, cluster: str) -> None:
    page = see(client, "/map", cluster=cluster, counted="collaborations")
    links = [(str(each["href"]), text) for each, text in page.of("a") if "/collaborations?" in str(each.get("href"))]
    counted = {parse_qs(urlsplit(href).query)["country"][0]: (href, int(text)) for href, text in links}
    codes = {code for each in pictured.collaborations(cluster).values() for code in each.countries}
    assert counted.keys() == codes
    for code, (href, number) in counted.items():
        found = [each for each in pictured.collaborations(cluster).values() if code in each.countries]
        listed = see(client, href)
        entries = [text for each, text in listed.of("p") if each.get("class") == "name"]
        assert number == len(entries) == len(found), code
        (file,) = (str(a["href"]) for a, _ in listed.of("a") if str(a.get("href")).startswith("/api/collab"))
        assert len({row["collaboration"] for row in csv.DictReader(io.StringIO(client.get(file).text))}) == number
        assert (
            f"{number} collabora" in see(client, "/map", cluster=cluster, counted="collaborations", country=code).words
        )


def test_the_file_of_the_list_has_who_takes_part(client: FlaskClient) -> None:
    file = "/api/collaborations-with-parties.csv?country=CAN&language=it"
    told = list(csv.DictReader(io.StringIO(client.get(file).text)))
    columns = ("collaboration_label", "party_label", "regional_cluster", "party_country")
    assert {tuple(row[each] for each in columns) for row in told} == {
        ("Collaborazione Ponte", "Cluster Alfa", "true", "ITA"),
        ("Collaborazione Ponte", "Cluster Beta", "true", "ITA"),
        ("Collaborazione Ponte", "Università di Valdoro", "false", ""),
        ("Collaborazione Ponte", 'Fonderia "A < B" & Figli', "false", "ESP"),
        ("Collaborazione Ponte", "Aéro Montréal", "false", "CAN"),
        ("Collaborazione Guado", "Aéro Montréal", "false", "CAN"),
        ("Collaborazione Guado", 'Fonderia "A < B" & Figli', "false", "ITA"),
        ("Collaborazione Guado", "", "false", ""),
        ("Collaborazione Nave", "Cluster Alfa", "true", "ITA"),
        ("Collaborazione Nave", "", "", "CAN"),
    }
    assert len(told) == 10


@pytest.mark.parametrize(
    ("language", "said", "link"),
    [
        (
            "it",
            "Per 1 membro le fonti dicono un luogo ma non la provincia",
            "Eccoli: in un luogo senza provincia nota",
        ),
        (
            "en",
            "For 1 member the sources give a place but no province",
            "Here they are: in a place without a known province",
        ),
    ],
)
def test_beside_a_zero_stands_how_many_are_not_known(client: FlaskClient, language: str, said: str, link: str) -> None:
    page = see(client, "/map", language, cluster="alfa", counted="members", seat="ITC41")
    assert any("0 memb" in text for _, text in page.of("h2"))
    assert said in page.words
    (href,) = (str(each["href"]) for each, text in page.of("a") if text == link)
    assert href == "?cluster=alfa&counted=members&seat=place-only#list"
    listed = see(client, f"/map{href.partition('#')[0]}", language)
    assert "Officina 'onmouseover='alert(1)" in listed.words
    assert said not in listed.words, "the list of them needs no word about them"


def test_the_country_alone_may_be_the_counterpart(client: FlaskClient) -> None:
    page = see(client, "/map", country="CAN", counted="collaborations")
    assert any(text.startswith("nessun ente nominato: solo il Paese Collaborazione Nave") for _, text in page.of("tr"))
    assert any(each.get("href") == "/doc/collaboration/nave#sources" for each, _ in page.of("a")), "who says so"
    assert "Le 3 collaborazioni, nel tempo" in page.words


def test_a_long_list_comes_in_pages(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from ctl_graph.web import pictures

    monkeypatch.setattr(pictures, "LIST_PAGE", 1)
    monkeypatch.setattr(pictures, "TABLE_PAGE", 1)
    first, second = (see(client, "/map", seat="ITC46", page=page) for page in ("1", "2"))
    assert "1–1 di 2" in first.words
    assert [each for each in (first, second) if "Università di Valdoro" in [text for _, text in each.of("li")]]
    assert client.get("/map?seat=ITC46&page=3").status_code == 404
    assert "1–1 di" in see(client, "/network").words
    assert client.get("/network?page=99").status_code == 404


def test_each_map_is_a_group_with_a_name_and_a_legend(client: FlaskClient) -> None:
    page = see(client, "/map")
    ids = {str(each["id"]) for _, each in page.elements if "id" in each}
    drawings = [each for each, _ in page.of("svg") if each.get("role") == "group"]
    assert [each["aria-labelledby"] for each in drawings] == ["provinces", "countries"]
    assert {"provinces", "countries"} <= ids
    shades = {str(each["class"]) for each, _ in page.of("rect")}
    assert shades <= {f"shade-{number}" for number in range(6)}
    assert "Natural Earth" in page.words


def test_figures_have_their_question_their_file_and_the_editor(client: FlaskClient) -> None:
    for path, names in (("/map", ("members-by-province", "partner-countries")), ("/network", ("network",))):
        links = [str(each["href"]) for each, _ in see(client, path, cluster="alfa").of("a") if each.get("href")]
        for name in names:
            (file,) = (link for link in links if link.startswith(f"/api/{name}.csv?"))
            assert parse_qs(urlsplit(file).query)["cluster"] == [thing("cluster", "alfa")]
            rows = list(csv.DictReader(io.StringIO(client.get(file).text)))
            assert rows
            (page,) = (link for link in links if link.startswith(f"/questions/{name}?"))
            assert client.get(page).status_code == 200
            assert any(link.startswith("/sparql?query=") for link in links)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"from": "2019"}, "non ancora finiti il 1º gennaio 2019. Restano anche quelli senza data."),
        ({"to": "2021"}, "cominciati, o noti, entro il 31 dicembre 2021. Restano anche quelli senza data."),
        ({"from": "2019", "to": "2021", "dated": "yes"}, "entro il 31 dicembre 2021 e non ancora finiti il 1º gennaio"),
    ],
)
def test_years_stay_as_they_are_given_and_what_they_mean_is_said(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str], words: str
) -> None:
    from ctl_graph.web import pictures

    monkeypatch.setattr(pictures, "TABLE_PAGE", 1)
    page = see(client, "/network", show="all", **asked)
    assert words in page.words
    assert ("Restano anche quelli senza data" in page.words) == ("dated" not in asked)
    fields = {str(each["name"]): each.get("value") for each, _ in page.of("input") if each["name"] in ("from", "to")}
    assert fields == {"from": asked.get("from", ""), "to": asked.get("to", "")}
    (further,) = (str(each["href"]) for each, _ in page.of("a") if each.get("rel") == "next")
    assert {name: value for name, (value,) in parse_qs(urlsplit(further).query).items()}.items() >= asked.items()


def test_the_file_of_the_network_has_the_rows_of_the_page(client: FlaskClient) -> None:
    page = see(client, "/network", show="all", **{"from": "2015", "to": "2019", "dated": "yes"})
    (file,) = (str(each["href"]) for each, _ in page.of("a") if str(each.get("href")).startswith("/api/network.csv?"))
    rows = list(csv.DictReader(io.StringIO(client.get(file).text)))
    expected = expected_links(first="2015-01-01", last="2019-12-31", dated="dated")
    assert {(row["cluster"], row["thing"]) for row in rows} == expected.keys()
    assert f"1–{len(rows)} di {len(rows)}" in page.words


# -- the network -------------------------------------------------------------------------------------------------------


def drawn(client: FlaskClient, language: str = "it", **query: str) -> ElementTree.Element:
    response = client.get("/network.svg", query_string=query, headers={"Accept-Language": language})
    assert response.status_code == 200
    assert response.content_type == "image/svg+xml; charset=utf-8"
    assert response.content_language.as_set() == {language}
    assert response.headers["ETag"]
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert (
        client.get(
            "/network.svg",
            query_string=query,
            headers={"Accept-Language": language, "If-None-Match": response.headers["ETag"]},
        ).status_code
        == 304
    )
    return ElementTree.fromstring(response.data)


def nodes(root: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {str(each.get("data-number", each.get("data-node"))): each for each in root.iter() if each.get("data-node")}


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ({}, {"least": 2}),
        ({"show": "all"}, {}),
        ({"cluster": "alfa"}, {"cluster": "alfa"}),
        ({"cluster": "alfa", "show": "shared"}, {"cluster": "alfa", "least": 2}),
        ({"show": "all", "type": "Enterprise"}, {"type": "Enterprise"}),
        ({"show": "all", "from": "2019", "to": "2020"}, {"first": "2019-01-01", "last": "2020-12-31"}),
        ({"show": "all", "dated": "yes"}, {"dated": "dated"}),
    ],
)
def test_the_drawing_has_each_node_and_each_link(
    client: FlaskClient, query: dict[str, str], asked: dict[str, Any]
) -> None:
    root = drawn(client, **query)
    found = nodes(root)
    places = {number: str(each.get("href")) for number, each in found.items()}
    lines = {
        tuple(places[number] for number in str(each.get("data-ends")).split()): each.get("stroke-dasharray") is None
        for each in root.iter(f"{SVG}line")
    }
    expected = expected_links(**asked)
    assert lines == {
        tuple(iri.replace(f"{pictured.BASE}id/", "/doc/") for iri in pair): when == "dated"
        for pair, (_, when) in expected.items()
    }
    assert len(found) == len({iri for pair in expected for iri in pair})
    for number, each in found.items():
        for other in str(each.get("data-linked")).split():
            assert number in str(found[other].get("data-linked")).split()
    positions = [each.get("transform") for each in found.values()]
    assert len(set(positions)) == len(positions), "one upon the other"
    assert ElementTree.tostring(root) == ElementTree.tostring(drawn(client, **query)), "the same each time"


def test_names_in_the_drawing_are_text_in_the_readers_language(client: FlaskClient) -> None:
    root = drawn(client, show="all")
    names = {str(each.get("data-name")) for each in nodes(root).values()}
    assert {'Fonderia "A < B" & Figli', "Officina 'onmouseover='alert(1)", "Corporazione &lt;b&gt;"} <= names
    assert "]]><script>alert(1)</script>" in names, "without what turns the reading direction, or is no XML"
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags <= {"svg", "title", "g", "line", "a", "circle", "path", "text"}
    for each in root.iter():
        assert not [name for name in each.attrib if name.startswith("on") or name in ("style", "class")]
        assert str(each.get("href", "/doc/")).startswith("/doc/")
    assert "Alfa Cluster" in {str(each.get("data-name")) for each in nodes(drawn(client, "en", show="all")).values()}


def test_a_cluster_without_a_short_name_has_its_name_in_its_circle(client: FlaskClient) -> None:
    found = {str(each.get("data-name")): each for each in nodes(drawn(client, show="all")).values()}
    for name, lines in (("Cluster Alfa", ["ALFA"]), ("Cluster Gamma", ["Cluster", "Gamma"])):
        texts = found[name].findall(f"{SVG}text")
        assert [each.text for each in texts] == lines
        assert {each.get("fill") for each in texts} == {"#fff"}, "on the colour of the circle"
    with client.application.test_request_context("/"):
        node = network.Node(0, "", "Ecosistema dell'autotrasporto", None, ("Ecosistema",), network.CLUSTER, 0, 0, ())
    assert node.inside == (), "a name that does not fit stands beneath"


def test_what_is_no_xml_is_left_out_of_a_drawing(client: FlaskClient) -> None:
    columns = ("cluster", "cluster_label", "thing", "thing_label", "type", "clusters", "first_day", "last_day", "dated")
    iris = [NamedNode(thing(kind, "x")) for kind in ("cluster", "organisation")]
    words = [Literal(text) for text in ("a", "b\ufffe\uffffc", "University", "1", "undated")]
    row = (iris[0], words[0], iris[1], words[1], words[2], words[3], None, None, words[4])
    with client.application.test_request_context("/"):
        found = network.network(Table(columns, (row,)), {})
    assert [each.name for each in found.nodes] == ["a", "bc"]


def test_the_page_of_the_network_is_the_same_in_words(client: FlaskClient) -> None:
    page = see(client, "/network")
    (image,) = (each for each in page.of("img") if str(each[0]["src"]).startswith("/network"))
    assert image[0]["src"] == "/network.svg"
    assert str(image[0]["alt"]).startswith("Disegno della rete")
    assert "3 cluster, 2 organizzazioni, 1 collaborazione." in page.words
    assert "2 legami sono senza data" not in page.words
    assert "1 legame è senza data nelle fonti: è a puntini." in page.words
    rows = [text for _, text in page.of("tr")][1:]
    assert len(rows) == len(expected_links(least=2))
    assert any(text.startswith("Cluster Beta Università di Valdoro università senza data") for text in rows)
    assert "Con questi filtri non resta nulla." in see(client, "/network", type="Association").words
    english = see(client, "/network", "en", cluster="beta")
    assert "/network.svg?cluster=beta" in {each["src"] for each, _ in english.of("img")}
    assert "research body" in english.words


def test_what_a_reader_chose_stays_chosen(client: FlaskClient) -> None:
    page = see(client, "/network", cluster="beta", type="University", show="all", dated="yes", **{"from": "2013"})
    assert {"beta", "all", "University"} == {str(each["value"]) for each, _ in page.of("option") if "selected" in each}
    fields = {str(each["id"]): each for each, _ in page.of("input")}
    assert fields["from"]["value"] == "2013"
    assert fields["to"]["value"] == ""
    assert "checked" in fields["dated"]
    labelled = {each.get("for") for each, _ in page.of("label")}
    assert {"cluster", "show", "type", "from", "to", "dated"} <= labelled


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("/map", {"cluster": "omega"}, "cluster"),
        ("/map", {"cluster": "https://example.org/region/id/cluster/alfa"}, "cluster"),
        ("/map", {"counted": "firms"}, "counted"),
        ("/map", {"seat": "ITC4Z"}, "seat"),
        ("/map", {"seat": "<script>alert(1)</script>"}, "seat"),
        ("/map", {"country": "ATL"}, "country"),
        ("/network", {"type": "Guild"}, "type"),
        ("/network", {"show": "some"}, "show"),
        ("/network", {"from": "12"}, "from"),
        ("/network", {"to": "٢٠١٩"}, "to"),
        ("/network", {"dated": "perhaps"}, "dated"),
        ("/network.svg", {"cluster": "omega"}, "cluster"),
    ],
)
def test_a_value_that_there_is_not_is_refused_in_words(
    client: FlaskClient, path: str, query: dict[str, str], parameter: str
) -> None:
    for language, words in (("it", "non è un valore"), ("en", "knows no such value")):
        response = client.get(path, query_string=query, headers={"Accept-Language": language})
        assert response.status_code == 400
        problem = response.get_json()
        assert problem["parameter"] == parameter
        assert words in problem["detail"]
        page = client.get(
            path, query_string=query or None, headers={"Accept": "text/html", "Accept-Language": language}
        )
        assert page.status_code == 400
        assert "<script>alert" not in page.text
        assert words in page.text


@pytest.mark.parametrize(
    ("path", "query", "parameter", "words"),
    [
        ("/map", {"country": "ESP", "seat": "ITC46"}, "country", ("una provincia o un Paese", "one province or one")),
        ("/network", {"from": "2020", "to": "2019"}, "to", ("viene dopo l’ultimo", "is after the last")),
        ("/network.svg", {"from": "2020", "to": "2019"}, "to", ("from=2020 e to=2019", "from=2020 and to=2019")),
    ],
)
def test_values_that_contradict_each_other_are_refused_in_words(
    client: FlaskClient, path: str, query: dict[str, str], parameter: str, words: tuple[str, str]
) -> None:
    for language, said in zip(("it", "en"), words, strict=True):
        response = client.get(path, query_string=query, headers={"Accept-Language": language})
        assert response.status_code == 400
        assert response.get_json()["parameter"] == parameter
        assert said in response.get_json()["detail"]


def test_a_refusal_says_what_works(client: FlaskClient) -> None:
    few, clusters, many = (
        client.get(path).get_json()["detail"] for path in ("/map?counted=x", "/map?cluster=x", "/network?type=x")
    )
    assert few.endswith("Vanno bene: counted=members, counted=partners, counted=collaborations.")
    assert "Vanno bene: cluster=alfa, cluster=beta, cluster=gamma." in clusters
    assert "Un esempio che va bene: type=University." in many
    nobody = client.get("/map?cluster=gamma&country=ESP").get_json()["detail"]
    assert "qui non ce n’è nessuno. Togliete country dall’indirizzo." in nobody


def test_collaborations_are_chosen_by_the_country_of_a_partner(client: FlaskClient) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for name, each in COLLABORATIONS.items():
        for code in each.countries:
            expected[code].add(f"/doc/collaboration/{name}")
    page = see(client, "/collaborations")
    choices = {str(each["value"]): text for each, text in page.of("option")}
    assert choices.keys() & {"ESP", "CAN", "ITA", "unknown"} == expected.keys()
    assert choices["ESP"] == "Spagna"
    assert list(choices)[-1] == "unknown"
    for code, collaborations in expected.items():
        shown = see(client, "/collaborations", country=code)
        links = {str(each["href"]) for each, _ in shown.of("a") if str(each.get("href")).startswith("/doc/collab")}
        assert links == collaborations, code
        assert [str(each["value"]) for each, _ in shown.of("option") if "selected" in each] == [code]


def test_an_empty_value_is_one_that_is_not_given(client: FlaskClient) -> None:
    query = {"cluster": "", "type": "", "from": "", "to": ""}
    assert see(client, "/network", **query).words == see(client, "/network").words
    assert see(client, "/map", cluster="", counted="", seat="", country="").words == see(client, "/map").words


# -- how a picture is made ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], []),
        ([0, 0], []),
        ([1, 1], [(5, 1, 1)]),
        ([0, 1, 2], [(2, 1, 1), (5, 2, 2)]),
        ([12, 5, 4, 3, 2, 1], [(1, 1, 2), (2, 3, 3), (3, 4, 5), (4, 6, 8), (5, 9, 12)]),
        ([243], [(1, 1, 3), (2, 4, 9), (3, 10, 27), (4, 28, 81), (5, 82, 243)]),
    ],
)
def test_shades_cover_all_numbers_without_gap(numbers: list[int], expected: list[tuple[int, int, int]]) -> None:
    assert [(each.number, each.low, each.high) for each in maps.shades(numbers)] == expected


def test_nothing_of_the_fan_or_the_middle_covers_another() -> None:
    clusters = [f"c{number}" for number in range(9)]
    of_thing = {f"t{number}": clusters[number % 9 : number % 9 + 1 + (number % 3 == 0)] for number in range(300)}
    short = dict.fromkeys([*clusters, *of_thing], ("a name of", "two lines"))
    places = network._places(clusters, of_thing, short)
    points = sorted(places.values())
    near = [
        (a, b) for i, a in enumerate(points) for b in points[i + 1 : i + 40] if abs(a[0] - b[0]) + abs(a[1] - b[1]) < 12
    ]
    assert near == []


def test_the_boundaries_are_small_and_say_where_they_are_from() -> None:
    files = (boundaries.PROVINCES, boundaries.COUNTRIES)
    assert sum(file.stat().st_size for file in files) < 100_000
    for file in files:
        head = file.read_text(encoding="utf-8")[:500]
        assert "Natural Earth" in head
        assert "public domain" in head
        plan = boundaries.plan(file)
        for each in plan.outlines:
            assert re.fullmatch(r"(M\d+ \d+l|M-?\d+ -?\d+l|-?\d+[ -]\d+ ?|z)*", each.path), each.code
        inside = [each for each in plan.outlines if 0 < each.x < plan.width and 0 < each.y < plan.height]
        assert len(inside) > len(plan.outlines) * 0.9
    assert {each.code for each in boundaries.plan(boundaries.PROVINCES).outlines} == {
        f"ITC4{end}" for end in "12346789ABCD"
    }


def test_another_region_has_a_map_of_its_own(published: tuple[Config, Release], tmp_path: Path) -> None:
    own = tmp_path / "own.geojson"
    geometry = {"type": "Polygon", "coordinates": [[[7, 45], [8, 45], [8, 46], [7, 46], [7, 45]]]}
    feature = {"type": "Feature", "id": "ITC46", "properties": {"name": "X & Y"}, "geometry": geometry}
    own.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    client = create_app(replace(published[0], boundaries=str(own))).test_client()
    assert list(on_the_map(see(client, "/map"), 0)) == ["ITC46"]
    (outline,) = boundaries.plan(own).outlines
    assert outline.path.startswith("M")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "[]",
        '{"features": [{}]}',
        '{"features": []}',
        '{"features": [{"id": "x", "properties": {"name": "n"}, "geometry": {"type": "Point", "coordinates": [1]}}]}',
    ],
)
def test_boundaries_that_are_none_are_told_at_the_start(
    published: tuple[Config, Release], tmp_path: Path, text: str | None
) -> None:
    own = tmp_path / "own.geojson"
    if text is not None:
        own.write_text(text)
    with pytest.raises(ConfigError, match=r"boundaries: .*own\.geojson"):
        create_app(replace(published[0], boundaries=str(own)))
