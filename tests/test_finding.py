"""The search narrowed down by facets, the list of sources, and what only one of them says: over a region of its own."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse, serialize
from test_pages import BASE, HTML, Seen, see

from ctl_graph.config import Config
from ctl_graph.release import publish, write
from ctl_graph.store import Literal
from ctl_graph.web import create_app, finding, stated
from ctl_graph.web import rows as answer_rows

# Two clusters and their members: the Moon's has a works by the lake and a school; so has the Sun's.
REGION = """
@prefix source: <https://example.org/region/id/source/> .
@prefix cluster: <https://example.org/region/id/cluster/> .
@prefix designation: <https://example.org/region/id/designation/> .
@prefix area: <https://example.org/region/id/area/> .
@prefix strategy: <https://example.org/region/id/strategy/> .
@prefix competence: <https://example.org/region/id/competence/> .
@prefix place: <https://example.org/region/id/place/> .
@prefix nuts: <https://example.org/region/id/nuts/> .
@prefix organisation: <https://example.org/region/id/organisation/> .
@prefix scheme: <https://example.org/region/id/scheme/> .
@prefix graph: <https://example.org/region/graph/> .
@prefix ctl: <https://w3id.org/ctl/def/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .

graph:ontology { ctl:RegionalCluster rdfs:subClassOf ctl:Cluster . }

graph:accepted {
  graph:gazette a prov:Entity ; prov:hadPrimarySource source:gazette .
  graph:almanac a prov:Entity ; prov:hadPrimarySource source:almanac .
  source:gazette a ctl:Source ; dct:title "Gazzetta della Luna" ;
    ctl:publisherName "Città di Selene" ; ctl:issuedAsStated "12 maggio 2014" ; foaf:page <https://example.org/g> .
  source:almanac a ctl:Source ; dct:title "Almanacco" ; ctl:issuedAsStated "2016-03" .

  cluster:moon a ctl:RegionalCluster, ctl:Cluster ;
    skos:prefLabel "Cluster della Luna"@it, "Moon Cluster"@en ; skos:altLabel "Selenopoli"@it ; ctl:acronym "LUNA" ;
    ctl:specialisedIn area:light ; skos:definition "Studia i crateri."@it .
  cluster:sun a ctl:RegionalCluster, ctl:Cluster ; skos:prefLabel "Cluster del Sole"@it .
  designation:moon-1 ctl:designates cluster:moon ;
    ctl:name "Selenopoli" ; dct:type scheme:kinds\\/former .
  area:light a ctl:SpecialisationArea ; skos:prefLabel "Luce"@it, "Light"@en ; ctl:areaOfStrategy strategy:s3 .
  strategy:s3 skos:prefLabel "Strategia lunare"@it, "Lunar strategy"@en .
  cluster:sun ctl:hasCompetence competence:tides-1, competence:tides-2, competence:silver .
  competence:tides-1 a ctl:Competence ; skos:prefLabel "Maree"@it ; ctl:theme scheme:themes\\/water .
  competence:tides-2 a ctl:Competence ; skos:prefLabel "Maree"@it .
  competence:silver a ctl:Competence ; skos:prefLabel "Argento fino"@it ; skos:inScheme scheme:metals .
  scheme:metals a skos:ConceptScheme ; skos:prefLabel "Metalli"@it .
  scheme:themes\\/water a skos:Concept ; skos:prefLabel "acqua"@it .
  place:lago a ctl:Place ; skos:prefLabel "Lago"@it ;
    ctl:nuts3 nuts:north .
  nuts:north skos:prefLabel "Provincia del Nord"@it, "North"@en .
  organisation:works a ctl:Enterprise ; skos:prefLabel "Officine <Argento> & C."@it ;
    ctl:seat place:lago ; ctl:everMemberOf cluster:moon .
  organisation:school a ctl:University ; skos:prefLabel "Università degli Astri"@it ;
    ctl:everMemberOf cluster:moon, cluster:sun .
}
graph:gazette {
  organisation:works ctl:everMemberOf cluster:moon ;
    ctl:confidence scheme:confidence\\/high .
  organisation:school ctl:everMemberOf cluster:moon .
}
graph:almanac {
  organisation:school ctl:everMemberOf cluster:moon .
}
"""


@pytest.fixture(scope="module")
def site(world: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    config = replace(world, releases=tmp_path_factory.mktemp("moon") / "releases")
    quads = serialize(parse(REGION.encode(), format=RdfFormat.TRIG), format=RdfFormat.N_QUADS)
    publish(write(quads, {}, config), "1")
    with create_app(config).test_client() as client:
        yield client


def found(site: FlaskClient, query: str) -> list[str]:
    """The ends of the addresses of what is found, in order."""
    html = site.get(f"/search?{query}", headers=HTML).text
    return re.findall(r'<h3><a href="/(?:doc|def)/(?:[^"]*/)?([^"/]+)"', html)


def counts(site: FlaskClient, query: str, facet: str) -> dict[str, int]:
    html = site.get(f"/search?{query}", headers={**HTML, "Accept-Language": "en"}).text
    lines = re.findall(rf'name="{facet}" value="([^"]*)".*?<span class="count">\((\d+)\)', html)
    return {token: int(number) for token, number in lines}


def checked(site: FlaskClient, query: str) -> list[str | None]:
    return [each["value"] for each in see(site, f"/search?{query}").of("input") if "checked" in each]


# -- the search --------------------------------------------------------------------------------------------------------


def test_facets_narrow_what_is_found_and_count_what_each_would_leave(site: FlaskClient) -> None:
    assert found(site, "q=univer") == ["school"]
    assert found(site, "type=Enterprise&type=University") == ["works", "school"]
    assert found(site, "type=Enterprise&type=University&cluster=cluster/sun") == ["school"]
    assert counts(site, "type=University", "type")["Enterprise"] == 1, "of one facet, what is chosen does not count"
    assert counts(site, "type=University", "cluster") == {"cluster/moon": 1, "cluster/sun": 1}
    assert counts(site, "type=Enterprise", "cluster") == {"cluster/moon": 1}
    assert checked(site, "type=Enterprise&cluster=cluster/moon") == ["Enterprise", "cluster/moon"]


def test_an_organisation_has_the_areas_of_its_clusters_and_the_province_of_its_seat(site: FlaskClient) -> None:
    assert found(site, "area=area/light") == ["moon", "works", "school", "light"]
    assert found(site, "province=nuts/north&type=Enterprise") == ["works"]


def test_so_many_boxes_are_refused_in_words(site: FlaskClient) -> None:
    answer = site.get("/search?" + "&".join(["type=Source"] * 21), headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert "Choose at most 20 boxes" in answer.text


def test_what_no_facet_has_is_refused_in_words(site: FlaskClient) -> None:
    for query in ("type=Nothing", "cluster=%22%3E%3Cscript%3E", "type=Enterprise&type=Nothing"):
        answer = site.get(f"/search?{query}", headers={**HTML, "Accept-Language": "en"})
        assert answer.status_code == 400, query
        assert "the page knows no such value" in answer.text
        assert "<script>" not in answer.text
    assert found(site, "type=&cluster=") == found(site, "")


def test_each_choice_can_be_taken_back(site: FlaskClient) -> None:
    page = see(site, "/search?q=univer&type=University&cluster=cluster/moon")
    chips = [each["href"] for each in page.of("a") if each.get("class") == "chip"]
    assert chips == ["/search?q=univer&cluster=cluster%2Fmoon", "/search?q=univer&type=University"]


def test_a_place_finds_what_has_its_seat_there(site: FlaskClient) -> None:
    assert found(site, "q=lago") == ["lago", "works"]


def test_a_card_says_what_it_is_where_and_in_which_clusters(site: FlaskClient) -> None:
    words = see(site, "/search?q=argento", "it").words
    assert "Officine <Argento> & C. Enterprise — Lago, Provincia del Nord Cluster: Cluster della Luna" in words
    regional = see(site, "/search?q=luna&type=RegionalCluster", "it").words
    assert "Cluster della Luna RegionalCluster" in regional
    assert "Cluster · RegionalCluster" not in regional, "what follows from a class is not said beside it"


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("selenopoli", "former name: Selenopoli"),
        ("LUNA", "acronym: LUNA"),
        ("cluster della luna", "also: Cluster della"),
    ],
)
def test_a_name_that_is_not_shown_is_told_with_its_kind(site: FlaskClient, words: str, role: str) -> None:
    assert role in see(site, f"/search?q={words}").words
    assert "also:" not in see(site, "/search?q=moon").words


def test_nothing_found_gives_near_names_and_ways_on(site: FlaskClient) -> None:
    page = see(site, "/search?q=Univresita+degli+Astri")
    assert "No name and no description has all of these words." in page.words
    assert "Perhaps you meant Università degli Astri" in page.words
    assert {"/doc/organisation/school", "/search", "/questions"} <= {each["href"] for each in page.of("a")}
    assert "Perhaps you meant" not in see(site, "/search?q=zzzz").words


def test_who_works_in_a_field_is_found_by_it_and_told_why(site: FlaskClient) -> None:
    assert found(site, "q=acqua") == ["sun", "water"], "by the theme of a competence"
    assert "Cluster del Sole RegionalCluster works on: acqua" in see(site, "/search?q=acqua").words
    assert found(site, "q=luce") == ["light", "moon"]
    assert "works on:" not in see(site, "/search?q=sole").words


def test_what_is_found_for_its_description_says_so(site: FlaskClient) -> None:
    said = "It is not in its name"
    assert found(site, "q=crateri") == ["moon"]
    assert said in see(site, "/search?q=crateri").words
    for words in ("luna", "lago", "acqua", ""):
        assert said not in see(site, f"/search?q={words}").words.partition("Gazzetta")[0], words


def test_namesakes_are_told_by_their_list_else_by_their_identifier(site: FlaskClient) -> None:
    words = see(site, "/search?q=maree", "it").words
    for each in ("tides-1", "tides-2"):
        assert f"Maree Competence · identificativo competence/{each}" in words
    assert "Competence · Metalli Cluster:" in see(site, "/search?q=fino", "it").words
    assert "identificativo" not in see(site, "/search?q=fino", "it").words


def test_nothing_found_offers_ways_in_by_field(site: FlaskClient) -> None:
    page = see(site, "/search?q=meccatronica")
    hrefs = {str(each["href"]) for each in page.of("a")}
    assert {"/search?area=area%2Flight", "/search?q=acqua"} <= hrefs
    assert found(site, "area=area%2Flight") == ["moon", "works", "school", "light"]
    assert "Look by S3 area" in page.words
    assert "Look by S3 area" not in see(site, "/search?q=luna").words


def test_the_page_of_the_search_has_one_field(site: FlaskClient) -> None:
    assert len([each for each in see(site, "/search").of("input") if each.get("name") == "q"]) == 1
    assert len([each for each in see(site, "/search").of("form") if each.get("role") == "search"]) == 1


def test_things_stand_before_what_speaks_of_them(site: FlaskClient) -> None:
    assert found(site, "q=luna") == ["moon", "s3", "gazette"]


def test_results_are_paged_with_their_facets(site: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(site, "cluster=cluster/moon")
    monkeypatch.setattr(finding, "PAGE", 2)
    page = see(site, "/search?cluster=cluster/moon&type=Enterprise&type=University&type=RegionalCluster&page=1")
    (following,) = [str(each["href"]) for each in page.of("a") if each.get("rel") == "next"]
    assert following.count("type=") == 3
    parts = [found(site, f"cluster=cluster/moon&page={number}") for number in range(1, len(whole) // 2 + 2)]
    assert [each for part in parts for each in part] == whole
    assert site.get("/search?cluster=cluster/moon&page=99", headers=HTML).status_code == 404


# -- sources -----------------------------------------------------------------------------------------------------------


def listed(site: FlaskClient, query: str = "") -> list[str]:
    html = site.get(f"/sources{query}", headers=HTML).text
    return re.findall(r'<th scope="row"><a href="/graph/([^"]*)"', html)


def test_sources_are_found_by_words_of_title_or_publisher_and_by_year(site: FlaskClient) -> None:
    assert listed(site) == ["gazette", "almanac"], "who says most is first"
    assert listed(site, "?q=gazz+citta") == ["gazette"]
    assert listed(site, "?q=selene") == ["gazette"]
    assert listed(site, "?year=2016") == ["almanac"]
    assert listed(site, "?q=luna&year=2016") == []
    years = [each.get("value") for each in see(site, "/sources").of("option")]
    assert years == ["", None, None]
    assert "12 maggio 2014" in see(site, "/sources").words, "a date is as the source prints it"
    assert site.get("/sources?page=2", headers=HTML).status_code == 404
    assert site.get("/sources?year=1999", headers=HTML).status_code == 400, "no source is of that year"
    assert site.get("/sources?q=" + "x" * 500, headers=HTML).status_code == 400


def test_a_source_tells_what_it_says_and_what_only_it_says(site: FlaskClient) -> None:
    page = see(site, "/graph/gazette")
    assert "Statements3 (2 of these only here)" in page.words
    assert "high: one thing" in page.words
    assert "https://example.org/g" in {each["href"] for each in page.of("a")}
    assert len(rows(page)) == 3
    only = see(site, "/graph/gazette?only=1")
    assert len(rows(only)) == 2
    assert "Università" not in " ".join(map(str, rows(only)))
    assert len(rows(see(site, "/graph/almanac?only=1"))) == 0
    assert site.get("/graph/nobody?only=1", headers=HTML).status_code == 404


def test_pages_of_a_source_lose_nothing_and_lead_to_the_first_part_of_the_data(
    site: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stated, "PAGE", 2)
    first, second = (site.get(f"/graph/gazette?page={number}", headers=HTML) for number in (1, 2))
    assert [len(rows(Seen(each.text))) for each in (first, second)] == [2, 1]
    assert site.get("/graph/gazette?page=3", headers=HTML).status_code == 404
    assert '<http://localhost/graph/gazette.ttl>; rel="alternate"' in second.headers["Link"].replace(
        "</graph", "<http://localhost/graph"
    )
    assert "page=2" not in str([each for each in second.headers.getlist("Link") if "alternate" in each])
    assert [each for each in first.headers.getlist("Link") if 'rel="next"' in each]


def rows(page: Seen) -> list[dict[str, str | None]]:
    """The things of the lines of a table of statements."""
    cells = [attributes for tag, attributes in page.tags if tag == "tr"]
    return cells[1:]


# -- who says a row ----------------------------------------------------------------------------------------------------


def test_a_row_of_an_answer_has_the_sources_of_what_links_its_things(client: FlaskClient) -> None:
    html = client.get("/questions/members-on-date?cluster=&date=", headers={**HTML, "Accept-Language": "en"}).text
    notes = dict(re.findall(r'<li id="n(\d+)" popover><a href="([^"]*)"', html))
    for line in re.findall(r"<tr><td>.*?</tr>", html, re.DOTALL):
        marks = {notes[mark] for mark in re.findall(r'popovertarget="n(\d+)"', line)}
        if "workshop" in line or "institute" in line:
            assert marks == {"/graph/newspaper"}, line
        if "foundry" in line or "town" in line:
            assert marks == {"/graph/statute"}, line
    assert BASE.startswith("https://")


def test_a_row_with_one_thing_leads_to_the_sources_on_its_page(client: FlaskClient) -> None:
    hrefs = [each["href"] for each in see(client, "/questions/member-counts").of("a")]
    assert "/doc/cluster/alfa#sources" in hrefs


def test_of_two_memberships_the_days_in_a_row_tell_which_is_meant() -> None:
    ways = {"early": {"a"}, "late": {"b"}, "undated": {"c"}}
    stated = {"early": {"2009"}, "late": {"2009-02-23", "2024"}}
    columns = ("member", "since", "undated")

    def meant(since: str | None, undated: str | None = None) -> set[str]:
        row = (None, Literal(since) if since else None, Literal(undated) if undated else None)
        return set(answer_rows._meant(row, columns, ways, stated))

    assert meant("2009") == {"early"}
    assert meant("2009-02-23") == {"late"}
    assert meant("2009-02-23/2024") == {"late"}
    assert meant(None, "true") == {"undated"}
    assert meant(None) == set(ways), "where the row tells no day, each of them may be meant"
    assert meant("1999") == set(ways), "and where none of them states it"


def test_our_own_lists_come_after_the_sources_of_others(client: FlaskClient) -> None:
    page = client.get("/sources", headers={**HTML, "Accept-Language": "it"}).text
    assert page.index("Statuto del cluster Alfa") < page.index("Tabelle e schemi di chi pubblica") < page.index("Ruoli")


def test_disagreements_are_told_in_words_and_stand_in_the_menu(client: FlaskClient) -> None:
    page = see(client, "/disagreements", "it")
    assert "fondazione" in page.words
    assert "Che cosa non è una discordanza" in page.words
    assert "/questions/size-observations" in {each["href"] for each in page.of("a")}
    menu = client.get("/", headers=HTML).text.partition("<main")[0]
    assert 'href="/disagreements"' in menu


def test_what_a_cluster_only_dealt_with_is_told_apart(client: FlaskClient) -> None:
    legends = re.findall(
        r"<legend>(.*?)</legend>", client.get("/search", headers={**HTML, "Accept-Language": "en"}).text
    )
    names = {each["name"] for each in see(client, "/search").of("input") if each.get("type") == "checkbox"}
    assert {"area", "type", "cluster"} <= names
    assert ("S3 area that was only dealt with" in legends) == ("discussed" in names)
