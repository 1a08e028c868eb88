"""How machines find the pages: the site map, robots.txt, signposts in headers, sets of links, data in pages."""

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from ctl_graph import release
from ctl_graph.config import Config
from ctl_graph.formats import GRAPHS
from ctl_graph.release import Release
from ctl_graph.web import create_app, found

BASE = "https://example.org/region/"
HTML = {"Accept": "text/html"}
NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
LINK = re.compile(r'<([^>]*)>; rel="([^"]+)"(?:; type="([^"]+)")?(?:; profile="([^"]+)")?(?:; anchor="([^"]+)")?')
ALFA = "<https://example.org/region/id/cluster/alfa>"


def entries(client: FlaskClient, path: str = "/sitemap.xml") -> dict[str, str | None]:
    """Each address with its time."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.content_type == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(response.data)
    return {each.findtext("s:loc", "", NAMESPACE): each.findtext("s:lastmod", None, NAMESPACE) for each in root}


def posts(client: FlaskClient, path: str, **headers: str) -> dict[str, set[tuple[str, str]]]:
    """By relation, the targets with their types."""
    with client.get(path, headers=headers) as response:
        values = ", ".join(response.headers.getlist("Link"))
    found: dict[str, set[tuple[str, str]]] = {}
    for target, relation, media_type, _, _ in LINK.findall(values):
        found.setdefault(relation, set()).add((target, media_type))
    return found


def data(client: FlaskClient, path: str, language: str = "en") -> list[dict[str, Any]]:
    """What a page tells search engines."""
    page = client.get(path, headers={**HTML, "Accept-Language": language}).text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    document = json.loads(block)
    assert document["@context"] == "https://schema.org"
    return list(document["@graph"])


# -- the site map ------------------------------------------------------------------------------------------------------


def test_the_site_map_names_each_document_once_and_all_of_them_are_there(client: FlaskClient, world: Config) -> None:
    listed = entries(client)
    (time,) = {line.time for line in release.history(world.releases)}
    assert "http://localhost/doc/cluster/alfa" in listed
    assert "http://localhost/doc/membership/alfa-town-member" in listed
    assert "http://localhost/def/Cluster" in listed
    assert {"http://localhost/", "http://localhost/catalog", "http://localhost/dataset/areas"} <= listed.keys()
    assert not any("." in place.rpartition("/")[2] for place in listed), "one address for all formats"
    assert not any("beta-startup-member" in place for place in listed), "what is not accepted is no page to find"
    assert not any("vanished" in place for place in listed)
    assert set(listed.values()) == {time}
    assert len(listed) > 100
    for place in [*sorted(listed)[::40], "http://localhost/doc/cluster/alfa"]:
        assert client.get(place.removeprefix("http://localhost"), headers=HTML).status_code == 200, place


def test_the_site_map_is_known_to_whoever_has_it(client: FlaskClient) -> None:
    first = client.get("/sitemap.xml")
    again = client.get("/sitemap.xml", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.data == client.get("/sitemap.xml").data


def test_a_site_map_too_long_for_one_file_is_an_index(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = entries(client)
    monkeypatch.setattr(found, "MOST", 100)
    files = entries(client)
    assert len(files) == -(-len(whole) // 100) > 2
    parts = [entries(client, place.removeprefix("http://localhost")) for place in files]
    assert {place: time for part in parts for place, time in part.items()} == whole
    assert max(map(len, parts)) == 100
    assert client.get(f"/sitemap-{len(files) + 1}.xml").status_code == 404


def test_robots_may_read_all_but_queries(client: FlaskClient) -> None:
    response = client.get("/robots.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    lines = response.text.splitlines()
    assert lines[0] == "User-agent: *"
    refused = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")]
    asked = ["/sparql?", "/search?", "/sources?", "/collaborations?", "/map?", "/network?"]
    assert refused == [*asked, "/*?view=", "/*&view=", "/*?only=", "/*&only="]
    assert "Sitemap: http://localhost/sitemap.xml" in lines


def test_over_a_store_elsewhere_the_site_map_has_the_pages_of_the_site(world: Config) -> None:
    listed = entries(create_app(replace(world, endpoint="http://127.0.0.1:9/sparql")).test_client())
    assert "http://localhost/questions/counts" in listed
    assert not any("/doc/cluster/" in place for place in listed)
    assert set(listed.values()) == {None}


# -- signposts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_a_document_has_the_signposts_of_fair(client: FlaskClient, accept: str) -> None:
    said = posts(client, "/doc/cluster/alfa", Accept=accept)
    assert said["cite-as"] == {(f"{BASE}id/cluster/alfa", "")}
    assert said["describedby"] == {(f"/doc/cluster/alfa.{each.suffix}", each.media_type) for each in GRAPHS}
    assert said["license"] == {("https://creativecommons.org/licenses/by/4.0/", "")}
    assert said["collection"] == {("/", "text/html")}
    assert ("https://schema.org/AboutPage", "") in said["type"]
    assert ("https://w3id.org/ctl/def/RegionalCluster", "") in said["type"]
    assert said["linkset"] == {
        ("/linkset/doc/cluster/alfa", "application/linkset+json"),
        ("/linkset/doc/cluster/alfa", "application/linkset"),
    }


def test_the_home_page_leads_to_the_files_and_each_file_back(client: FlaskClient, release: Release) -> None:
    said = posts(client, "/", Accept="text/html")
    files = {target for target, media_type in said["item"] if media_type == "application/gzip"}
    assert files == {f"/dumps/{each['file']}" for each in release.manifest["dumps"]}
    assert len(said["item"]) == len(files) + 7, "and the sets of mappings"
    assert said["cite-as"] == {(BASE, "")}
    assert ("https://schema.org/Dataset", "") in said["type"]
    for place in (sorted(files)[0], "/mappings/areas-eurovoc.sssom.tsv"):
        back = posts(client, place)
        assert back["collection"] == {("/", "text/html")}
        assert ("/linkset", "application/linkset+json") in back["linkset"]
        assert back["license"]


@pytest.mark.parametrize("name", ["organisations", "areas"])
def test_a_dataset_leads_to_its_files_and_its_set_of_links_back(client: FlaskClient, name: str) -> None:
    said = posts(client, f"/dataset/{name}", Accept="text/html")
    assert said["cite-as"] == {(f"{BASE}dataset/{name}", "")}
    assert said["type"] == {("https://schema.org/AboutPage", ""), ("https://schema.org/Dataset", "")}
    assert said["describedby"] == {(f"/dataset/{name}.{each.suffix}", each.media_type) for each in GRAPHS}
    assert said["license"] == {("https://creativecommons.org/licenses/by/4.0/", "")}
    for place, media_type in said["item"]:
        with client.head(place) as response:
            assert (response.status_code, response.mimetype) == (200, media_type)
    for place, media_type in said["linkset"]:
        assert client.get(place, headers={"Accept": media_type}).mimetype == media_type
    first, *files = json.loads(client.get(f"/linkset/dataset/{name}").data)["linkset"]
    assert first["anchor"] == f"http://localhost/dataset/{name}"
    assert {each["href"].removeprefix("http://localhost") for each in first["item"]} == {
        place for place, _ in said["item"]
    }
    assert {each["anchor"] for each in files} == {each["href"] for each in first["item"]} != set()
    assert client.get("/linkset/dataset/nothing").status_code == 404


def test_a_dataset_of_many_files_leaves_them_to_its_set_of_links(client: FlaskClient) -> None:
    assert "item" not in posts(client, "/dataset/mappings")
    (place,) = {place for place, _ in posts(client, "/dataset/mappings")["linkset"]}
    assert len(json.loads(client.get(place).data)["linkset"][0]["item"]) > 10


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/catalog",
        "/dataset/organisations",
        "/dataset/mappings",
        "/dataset/mappings?x=" + "%3C" * 16,
        "/def/Cluster",
        "/doc/cluster/alfa",
        "/doc/cluster/alfa?x=" + "%3C" * 2000,
        "/doc/cluster/alfa?_profile=" + "org," * 1500,
        "/id/cluster/alfa?_profile=" + "org," * 1500,
        "/releases",
    ],
)
def test_headers_fit_into_what_proxies_read(client: FlaskClient, path: str) -> None:
    for accept in ("text/html", "text/turtle"):
        headers = client.get(path, headers={"Accept": accept}).headers
        assert sum(len(f"{name}: {value}\r\n") for name, value in headers) < 3_900


def test_a_long_name_leaves_its_signposts_to_the_set_of_links(app: Any) -> None:
    from ctl_graph.web import signposts

    with app.test_request_context("/"):
        short, long = (signposts.of_document("doc", "x" * length, BASE) for length in (60, 900))
    assert {each.relation for each in long} == {"cite-as", "license", "linkset"}
    assert len(short) > len(long)


def test_a_set_of_links_says_what_the_headers_say_in_both_formats(client: FlaskClient) -> None:
    response = client.get("/linkset/doc/cluster/alfa")
    assert response.content_type == "application/linkset+json"
    contexts = {each["anchor"]: each for each in json.loads(response.data)["linkset"]}
    whole = contexts["http://localhost/doc/cluster/alfa"]
    said = posts(client, "/doc/cluster/alfa", Accept="text/turtle")
    for relation in ("cite-as", "describedby", "license", "type", "collection", "linkset"):
        inside = {(each["href"].removeprefix("http://localhost"), each.get("type", "")) for each in whole[relation]}
        assert inside == said[relation], relation
    assert contexts["http://localhost/doc/cluster/alfa.ttl"]["describes"] == [
        {"href": "http://localhost/doc/cluster/alfa", "type": "text/html"}
    ]
    text = client.get("/linkset/doc/cluster/alfa", headers={"Accept": "application/linkset"})
    assert text.content_type == "application/linkset"
    assert client.get("/linkset/doc/cluster/alfa.linkset").data == text.data
    told = {(anchor, relation, target) for target, relation, _, _, anchor in LINK.findall(text.text)}
    assert told == {
        (anchor, relation, each["href"])
        for anchor, context in contexts.items()
        for relation, targets in context.items()
        if relation != "anchor"
        for each in targets
    }


def test_the_set_of_links_of_the_data_holds_each_file(client: FlaskClient, release: Release) -> None:
    first, *files = json.loads(client.get("/linkset").data)["linkset"]
    assert first["anchor"] == "http://localhost/"
    assert {each["anchor"] for each in files} == {each["href"] for each in first["item"]}
    assert len(files) == len(release.manifest["dumps"]) + 7


@pytest.mark.parametrize(
    "path", ["/linkset/doc/cluster/omega", "/linkset/graph/statute", "/linkset/doc/../x", "/linkset/x"]
)
def test_nothing_has_no_links(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


# -- data in pages -----------------------------------------------------------------------------------------------------


def test_the_home_page_is_a_dataset_with_its_files(client: FlaskClient, release: Release) -> None:
    (node,) = data(client, "/")
    assert node["@type"] == "Dataset"
    assert node["@id"] == BASE
    assert node["version"] == release.id
    assert 50 <= len(node["description"]) <= 5000
    for file in node["distribution"]:
        with client.head(file["contentUrl"].removeprefix("http://localhost")) as response:
            assert response.status_code == 200
    assert len(node["distribution"]) == len(release.manifest["dumps"])


def test_the_page_of_a_dataset_is_one(client: FlaskClient) -> None:
    (node,) = data(client, "/dataset/organisations")
    assert node["@type"] == "Dataset"
    assert node["@id"] == f"{BASE}dataset/organisations"
    assert node["name"] == "Valdoro Clusters: organisations and memberships"
    assert 50 <= len(node["description"]) <= 5000
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", node["dateModified"])
    assert client.get(node["includedInDataCatalog"]["url"].removeprefix("http://localhost")).status_code == 200
    for file in node["distribution"]:
        with client.head(file["contentUrl"].removeprefix("http://localhost")) as response:
            assert response.status_code == 200
            assert response.content_length == int(file["contentSize"].removesuffix(" B"))


def test_a_thing_is_told_in_the_readers_language_with_what_it_leads_to(client: FlaskClient) -> None:
    node, crumbs = data(client, "/doc/cluster/alfa")
    assert node["@type"] == "Organization"
    assert node["name"] == "Alfa Cluster"
    assert data(client, "/doc/cluster/alfa", "it")[0]["name"] == "Cluster Alfa"
    assert {each["name"] for each in node["member"]} >= {"University of Valdoro", "Town of Valdoro"}
    assert data(client, "/doc/organisation/university")[0]["@type"] == ["CollegeOrUniversity", "Organization"]
    steps = crumbs["itemListElement"]
    assert [each["position"] for each in steps] == [1, 2, 3]
    assert steps[0]["item"] == "http://localhost/"
    assert client.get(steps[1]["item"].removeprefix("http://localhost")).status_code == 200


@pytest.mark.parametrize("name", ["workshop", "foundry", "institute"])
def test_names_that_mean_harm_stay_in_their_block(client: FlaskClient, name: str) -> None:
    page = client.get(f"/doc/organisation/{name}", headers=HTML).text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert not set(block) & set("<>&'")
    assert json.loads(block)["@graph"][0]["name"]


def test_the_end_of_a_block_in_a_text_does_not_end_it(app: Any) -> None:
    hostile = "</script><script>alert(1)</script><!-- &amp; ]]> \u2028"
    with app.test_request_context("/"):
        from flask import render_template_string

        template = '{% import "_macros.html" as m %}{{ m.structured(data) }}'
        written = render_template_string(template, data={"name": hostile})
    assert written.count("<") == 2
    assert json.loads(written.partition(">")[2].rpartition("<")[0])["name"] == hostile


def test_what_is_not_accepted_is_not_told_to_search_engines(client: FlaskClient) -> None:
    page = client.get("/doc/membership/beta-startup-member", headers=HTML)
    assert page.status_code == 200
    assert '<script type="application/ld+json">' not in page.text


def test_a_page_says_what_it_is_to_whoever_shares_it(client: FlaskClient) -> None:
    page = client.get("/doc/cluster/alfa", headers={**HTML, "Accept-Language": "en"}).text
    told = dict(re.findall(r'<meta property="og:([a-z_:]+)" content="([^"]*)">', page))
    assert told["title"].startswith("Alfa Cluster")
    assert told["url"] == "http://localhost/doc/cluster/alfa"
    assert told["locale"] == "en_GB"
