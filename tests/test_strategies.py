"""Strategies, areas, collaborations, projects and national clusters: what their pages say, held to the tables."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse, serialize
from test_pages import LANGUAGES, TEXTS, assert_inert, escaped, notes, see

from ctl_graph.config import Config
from ctl_graph.release import publish, write
from ctl_graph.web import collaborations, create_app, documents

BASE = "https://example.org/region/"
CTL = "https://w3id.org/ctl/def/"
WORLD = Path(__file__).parent / "world" / "data"
PERIODS = ("2014-2020", "2021-2027")
PAGES = (
    "/strategies",
    "/national-clusters",
    "/collaborations",
    "/doc/strategy/s3-2014-2020",
    "/doc/area/2014-2020-materials",
    "/doc/area/2021-2027-sea",
    "/doc/national-cluster/patria",
    "/doc/national-cluster/solo",
    "/doc/project/ponte",
    "/doc/collaboration/ponte",
    "/doc/agreement/patto",
    "/doc/programme/futuro",
)
SIGNS = {"stated": "●", "weaker": "◐", "thematic-match": "○"}
STATED = {"declared-by-cluster": "stated", "stated-by-region": "stated", "thematic-match": "thematic-match"}
Cell = frozenset[tuple[str, str]]
# A release with datasets is written in XML, too, which has no word for control characters.
WRITABLE = [text for text in TEXTS if not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]", text)]


def rows(table: str) -> list[Mapping[str, str]]:
    """The accepted rows of a table of Valdoro."""
    with (WORLD / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["accepted"] == "yes"]


def html(client: FlaskClient, path: str, language: str = "en") -> str:
    response = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert response.status_code == 200, path
    return response.text


def matrices(page: str) -> list[tuple[list[str], dict[str, list[Cell]]]]:
    """Of each table: its areas, and for each cluster the basis and the specialisation of each tie in each cell."""
    found = []
    for table in re.findall(r'<table class="matrix">(.*?)</table>', page, re.DOTALL):
        head, body = table.split("<tbody>")
        areas = re.findall(r'<th scope="col"><a href="/doc/area/([^"]+)"', head)
        lines = {}
        for line in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
            (cluster,) = re.findall(r'<th scope="row"><a href="/doc/cluster/([^"]+)"', line)
            cells = re.findall(r"<td(.*?)</td>", line, re.DOTALL)
            ties = r'href="/doc/specialisation/([^"]+)"><span class="tie tie-([\w-]+)"'
            lines[cluster] = [frozenset((basis, iri) for iri, basis in re.findall(ties, cell)) for cell in cells]
        found.append((areas, lines))
    return found


# -- clusters and areas ------------------------------------------------------------------------------------------------


def test_the_matrix_is_that_of_the_tables(client: FlaskClient) -> None:
    expected: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for row in rows("specialisations"):
        expected[row["cluster"], row["area"]].add((STATED.get(row["evidence"], "weaker"), row["id"]))
    clusters = {row["id"] for row in rows("clusters")}
    found = matrices(html(client, "/strategies"))
    assert [areas for areas, _ in found] == [
        sorted(row["id"] for row in rows("areas") if row["strategy"] == f"s3-{period}") for period in PERIODS
    ]
    counted = 0
    for areas, lines in found:
        assert lines.keys() == clusters
        for cluster, cells in lines.items():
            assert cells == [expected[cluster, area] for area in areas], cluster
            counted += sum(map(len, cells))
    assert counted == len(rows("specialisations")) == 5


@pytest.mark.parametrize(("language", "none"), [("it", "nessuna fonte"), ("en", "no source")])
def test_cells_tell_stated_from_thematic_without_colour_and_say_that_they_are_empty(
    client: FlaskClient, language: str, none: str
) -> None:
    page = html(client, "/strategies", language)
    cells = [cell for table in re.findall(r"<tbody>(.*?)</tbody>", page.split('id="across"')[0], re.DOTALL)
             for cell in re.findall(r"<td.*?</td>", table, re.DOTALL)]  # fmt: skip
    empty = [cell for cell in cells if f'<span class="visually-hidden">{none}</span>' in cell]
    assert len(cells) == len({row["id"] for row in rows("clusters")}) * len(rows("areas"))
    assert len(empty) == len(cells) - len({(row["cluster"], row["area"]) for row in rows("specialisations")})
    words = {
        "it": ("dichiarata dal cluster", "corrispondenza di tema"),
        "en": ("declared by the cluster", "thematic match"),
    }
    for sign, each in zip("●○", words[language], strict=True):
        assert re.search(rf'<span aria-hidden="true">{sign}</span> {each}</span>', page), each
    for cell in cells:
        for basis, sign in re.findall(r'tie-([\w-]+)"><span aria-hidden="true">(.)</span>', cell):
            assert SIGNS[basis] == sign
    assert {sign for sign in SIGNS.values() if f">{sign}</span>" in page.split("<table")[0]} == {*SIGNS.values()}


@pytest.mark.parametrize("path", ["/strategies", "/doc/strategy/s3-2014-2020"])
def test_the_legend_has_the_words_of_the_cells(client: FlaskClient, path: str) -> None:
    legend, cells = (re.search(rf"<{tag}.*</{end}>", html(client, path), re.DOTALL) for tag, end in
                     (('dl class="legend"', "dl"), ('table class="matrix"', "table")))  # fmt: skip
    assert legend
    assert cells
    words = r'<span class="tie (tie-[\w-]+)"><span aria-hidden="true">(.)</span> (.*?)</span>'
    said, used = (set(re.findall(words, each[0])) for each in (legend, cells))
    assert used
    assert used <= said
    explained = {each for each in said if each[0] != "tie-none"}
    assert {basis for basis, _, _ in explained} == {"tie-stated", "tie-weaker", "tie-thematic-match"}
    for basis in {basis for basis, _, _ in used}:
        assert {each for each in explained if each[0] == basis} == {each for each in used if each[0] == basis}


def test_each_tie_names_its_area_where_there_are_no_columns(client: FlaskClient) -> None:
    for areas, lines in matrices(html(client, "/strategies")):
        assert sum(bool(cell) for cells in lines.values() for cell in cells) > 0, areas
    table = re.findall(r'<table class="matrix">(.*?)</table>', html(client, "/strategies"), re.DOTALL)[0]
    names = re.findall(r'<th scope="col"><a [^>]*>(.*?)</a>', table)
    for line in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", table, re.DOTALL):
        for place, cell in enumerate(re.findall(r"<td(.*?)</td>", line, re.DOTALL)):
            assert re.findall(r'<span class="area">(.*?)</span>', cell) == ([names[place]] if "tie-" in cell else [])


def test_every_tie_opens_who_says_so(client: FlaskClient) -> None:
    page = html(client, "/strategies")
    ties = re.findall(r'<div><a href="/doc/specialisation/[^"]+">.*?</div>', page, re.DOTALL)
    assert len(ties) == 5
    assert all('popovertarget="n' in each for each in ties)
    said = notes(client, "/strategies")
    assert any("Statuto del cluster Alfa" in each for each in said.values())
    assert any("The method" in each and "medium" in each for each in said.values())


def test_what_is_not_accepted_ties_no_cluster_to_an_area(client: FlaskClient) -> None:
    assert "alfa-2021-2027-sea-thematic-match" not in html(client, "/strategies")
    assert "No source ties a cluster to this area." in see(client, "/doc/area/2021-2027-sea").words


def test_areas_lead_from_one_period_to_the_next(client: FlaskClient) -> None:
    for path in ("/strategies", "/doc/area/2014-2020-materials"):
        words = see(client, path).words
        assert "Matter ${7*7}" in words
        assert "almost the same" in words
        assert "Same theme & < more." in words
    assert "Before: Materials 'new' & < old" in see(client, "/doc/area/2021-2027-matter").words


def test_the_data_of_the_matrix_are_a_step_away(client: FlaskClient) -> None:
    page = see(client, "/strategies")
    links = [str(each["href"]) for each in page.of("a")]
    (table,) = [each for each in links if each.startswith("/api/s3-areas.csv")]
    assert len(client.get(table).text.splitlines()) == 1 + len(rows("specialisations"))
    assert [each for each in links if each.startswith("/sparql?query=")]
    assert "/questions/s3-areas" in links


def test_a_strategy_shows_its_own_matrix_only(client: FlaskClient) -> None:
    ((areas, lines),) = matrices(html(client, "/doc/strategy/s3-2014-2020"))
    assert areas == ["2014-2020-health", "2014-2020-materials"]
    assert lines["alfa"][1]
    assert lines["beta"][0]


# -- collaborations and projects ---------------------------------------------------------------------------------------


def test_a_project_says_what_it_is_with_its_money_and_its_grant(client: FlaskClient) -> None:
    words = see(client, "/doc/project/ponte").words
    for each in ("VAL-2016-01", "123456", "€ 1,234,567.5", "2016", "European project", "It built a bridge."):
        assert each in words, each
    assert "1.234.567,5 €" in see(client, "/doc/project/ponte", "it").words
    links = {str(each["href"]) for each in see(client, "/doc/project/ponte").of("a")}
    assert {"https://cordis.europa.eu/project/id/123456", "/doc/programme/futuro", "/doc/collaboration/ponte"} <= links


@pytest.mark.parametrize("path", PAGES)
def test_marks_count_up_as_they_are_read_and_each_source_has_one(client: FlaskClient, path: str) -> None:
    page = html(client, path)
    found = [int(number) for number in re.findall(r'popovertarget="n(\d+)" aria', page)]
    listed = page.partition('<ol class="sources">')[2].partition("</ol>")[0]
    assert list(dict.fromkeys(found)) == list(range(1, listed.count("<li ") + 1))
    places = re.findall(r'<li [^>]*><a href="([^"]+)"', listed)
    assert len(places) == len(set(places)) == listed.count("<li ")


@pytest.mark.parametrize("path", ["/doc/project/ponte", "/doc/collaboration/ponte"])
def test_who_takes_part_is_that_of_the_tables(client: FlaskClient, path: str) -> None:
    page = html(client, path)
    ((table,),) = [re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)]
    found = re.findall(r'<th scope="row"><a href="/doc/([^"]+)".*?</th>\s*<td>(.*?)</td>', table, re.DOTALL)
    expected = [(row["party"], row["role"]) for row in rows("participations") if row["collaboration"] == "ponte"]
    assert found == sorted(expected)  # the clusters of the region are first
    assert table.count('popovertarget="n') == len(expected)


def test_a_project_and_its_consortium_lead_to_each_other(client: FlaskClient) -> None:
    assert '"/doc/collaboration/ponte"' in html(client, "/doc/project/ponte")
    words = see(client, "/doc/collaboration/ponte").words
    assert "The project that it carries out, with its times and money, is Project Bridge" in words


def test_a_programme_shows_what_is_carried_out_in_it(client: FlaskClient) -> None:
    assert "Project Bridge" in see(client, "/doc/programme/futuro").words


def test_a_portrait_says_how_much_it_leaves_out(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "among all statements" not in see(client, "/doc/programme/futuro").words
    monkeypatch.setattr(documents, "MOST_POINTING", 0)
    words = see(client, "/doc/programme/futuro").words
    assert re.search(r"Of \d+ statements that lead here, this page shows 0", words)
    assert "Project Bridge" not in words
    assert "Project Bridge" in see(client, "/doc/programme/futuro?view=statements").words


def listed(client: FlaskClient, **values: str) -> list[str]:
    response = client.get("/collaborations", query_string=values, headers={"Accept": "text/html"})
    assert response.status_code == 200
    entries = re.findall(r'<p class="name">.*?</li>', response.text, re.DOTALL)
    return [re.findall(r'href="/doc/((?:collaboration|agreement)/[^"]+)"', each)[0] for each in entries]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["collaboration/ponte", "agreement/patto"]),
        ({"cluster": "alfa"}, ["collaboration/ponte"]),
        ({"cluster": "beta", "kind": ""}, ["agreement/patto"]),
        ({"kind": "memorandum"}, ["agreement/patto"]),
        ({"kind": "european-project"}, ["collaboration/ponte"]),
        ({"cluster": "alfa", "kind": "memorandum"}, []),
        ({"country": "unknown"}, ["collaboration/ponte"]),
        ({"country": "unknown", "cluster": "beta"}, []),
    ],
)
def test_collaborations_are_chosen_by_cluster_kind_and_country(
    client: FlaskClient, values: dict[str, str], expected: list[str]
) -> None:
    assert listed(client, **values) == expected
    links = [str(each["href"]) for each in see(client, "/collaborations?" + urlencode(values)).of("a")]
    (file,) = (link for link in links if link.startswith("/api/collaborations-with-parties.csv?"))
    told = list(csv.DictReader(io.StringIO(client.get(file).text)))
    assert list(dict.fromkeys(row["collaboration"].removeprefix(BASE + "id/") for row in told)) == expected
    for row in told:
        assert row["source"].startswith(BASE + "id/source/")


@pytest.mark.parametrize("value", [BASE + "id/cluster/alfa", "gamma", "<script>alert(1)</script>", "x" * 7900])
def test_a_choice_that_there_is_not_is_explained(client: FlaskClient, value: str) -> None:
    for name in ("cluster", "kind", "country"):
        response = client.get("/collaborations", query_string={name: value}, headers={"Accept": "text/html"})
        assert response.status_code == 400
        assert f"{name}=" in response.text
        assert "non è un valore che la pagina conosce" in response.text
        assert "<script>alert" not in response.text


def test_a_choice_that_nothing_has_is_said_to_be_empty(client: FlaskClient) -> None:
    page = see(client, "/collaborations?cluster=alfa&kind=memorandum")
    assert "No source speaks of such a collaboration." in page.words


def test_partners_by_country_lead_to_their_collaborations(client: FlaskClient) -> None:
    page = html(client, "/doc/cluster/alfa")
    (link,) = re.findall(r'<a href="(/collaborations\?[^"]*country=[^"]*)">country unknown</a>', page)
    assert link == "/collaborations?cluster=alfa&amp;country=unknown"
    assert listed(client, cluster="alfa", country="unknown") == ["collaboration/ponte"]


def test_the_list_is_paged_and_keeps_the_choice(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collaborations, "LIST_PAGE", 1)
    assert listed(client, page="1") + listed(client, page="2") == ["collaboration/ponte", "agreement/patto"]
    assert 'rel="next" href="?page=2"' in html(client, "/collaborations")
    assert client.get("/collaborations?page=3", headers={"Accept": "text/html"}).status_code == 404


# -- national clusters -------------------------------------------------------------------------------------------------


def test_national_clusters_say_who_contributes(client: FlaskClient) -> None:
    page = html(client, "/national-clusters")
    lines = re.findall(
        r'<tr><th scope="row"><a href="/doc/national-cluster/([^"]+)".*?</th>(.*?)</tr>', page, re.DOTALL
    )
    found = {(cluster, national) for national, rest in lines for cluster in re.findall('/doc/cluster/([^"]+)', rest)}
    assert found == {(row["cluster"], row["national_cluster"]) for row in rows("national-cluster-links")}
    assert {national for national, _ in lines} == {row["id"] for row in rows("national-clusters")}
    assert "no source" in dict(lines)["solo"]
    assert "Without a national cluster Beta Cluster" in see(client, "/national-clusters").words


# -- every page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_in_both_languages(client: FlaskClient, path: str, language: str) -> None:
    page = see(client, path, language)
    assert_inert(page, path)
    assert len(page.of("h1")) == 1
    assert len(html(client, path, language)) < 50_000
    ids = [str(each["id"]) for _, each in page.tags if "id" in each]
    assert len(ids) == len(set(ids))
    assert all("scope" in each for each in page.of("th"))


def hostile_quads() -> str:
    """Each text as the name of a strategy, area, cluster, collaboration, project, role, kind and national cluster."""
    lines: list[str] = []

    def say(subject: str, predicate: str, value: str) -> None:
        lines.append(f"<{subject}> <{predicate}> {value} <{BASE}graph/accepted> .")

    rdf_type, dct = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://purl.org/dc/terms/"
    org = "http://www.w3.org/ns/org#"
    for number, text in enumerate(WRITABLE):
        language = LANGUAGES[number % len(LANGUAGES)]
        made = {name: f"{BASE}id/{name}/t{number}" for name in ("strategy", "area", "cluster", "national", "project")}
        made |= {
            name: f"{BASE}id/{name}/t{number}" for name in ("collaboration", "participation", "link", "kind", "tie")
        }
        for iri in made.values():
            say(iri, "http://www.w3.org/2004/02/skos/core#prefLabel", f'"{escaped(text)}"@{language}')
        for name, concept in (
            ("strategy", "SpecialisationStrategy"),
            ("area", "SpecialisationArea"),
            ("cluster", "RegionalCluster"),
            ("national", "NationalCluster"),
            ("collaboration", "Collaboration"),
            ("project", "Project"),
        ):
            say(made[name], rdf_type, f"<{CTL}{concept}>")
        say(made["area"], CTL + "areaOfStrategy", f"<{made['strategy']}>")
        say(made["strategy"], CTL + "startAsStated", f'"{escaped(text)}"')
        for name, value in (("specialisationOf", "cluster"), ("inArea", "area"), ("evidence", "kind")):
            say(made["tie"], CTL + name, f"<{made[value]}>")
        say(made["project"], CTL + "carriedOutBy", f"<{made['collaboration']}>")
        for name in ("startAsStated", "grantNumber", "totalBudget", "call"):
            say(made["project"], CTL + name, f'"{escaped(text)}"')
        say(made["project"], dct + "type", f"<{made['kind']}>")
        say(made["cluster"], CTL + "participatesIn", f"<{made['collaboration']}>")
        say(made["participation"], CTL + "inCollaboration", f"<{made['collaboration']}>")
        say(made["participation"], org + "member", f"<{made['cluster']}>")
        say(made["participation"], org + "role", f"<{made['kind']}>")
        for name, value in (("regionalCluster", "cluster"), ("nationalCluster", "national")):
            say(made["link"], CTL + name, f"<{made[value]}>")
        say(made["link"], dct + "type", f"<{made['kind']}>")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def hostile(world: Config, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    config = replace(world, releases=tmp_path_factory.mktemp("hostile") / "releases")
    publish(write(hostile_quads().encode(), {}, config), "1")
    return create_app(config).test_client()


@pytest.mark.parametrize("path", ["/strategies", "/national-clusters", "/collaborations"])
def test_hostile_names_are_shown_and_do_nothing(hostile: FlaskClient, path: str) -> None:
    assert_inert(see(hostile, path), path)


@pytest.mark.parametrize("number", range(len(WRITABLE)))
def test_hostile_portraits_do_nothing(hostile: FlaskClient, number: int) -> None:
    for kind in ("strategy", "area", "national", "collaboration", "project"):
        path = f"/doc/{kind}/t{number}"
        assert_inert(see(hostile, path), path)


# -- in words ----------------------------------------------------------------------------------------------------------

SAID = """
@prefix ctl: <https://w3id.org/ctl/def/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix id: <https://example.org/region/id/> . @prefix graph: <https://example.org/region/graph/> .
graph:accepted {
  graph:book a prov:Entity ; prov:hadPrimarySource <https://example.org/region/id/source/book> .
  <https://example.org/region/id/project/dam> a ctl:Project ; skos:prefLabel "Diga"@it, "Dam"@en ;
    ctl:startAsStated "2019-10" ; ctl:endAsStated "2022-06" ; ctl:euContribution 1844459.74 .
  <https://example.org/region/id/disagreement/dam> a ctl:Disagreement ; skos:prefLabel "Contributo"@it ;
    ctl:about <https://example.org/region/id/project/dam> ; ctl:statement id:one, id:two ;
    ctl:preferredStatement id:one .
  id:one rdf:subject <https://example.org/region/id/project/dam> ;
    rdf:predicate ctl:euContribution ; rdf:object 1844459.74 .
  id:two rdf:subject <https://example.org/region/id/project/dam> ;
    rdf:predicate ctl:euContribution ; rdf:object 2169952.0 .
  <https://example.org/region/id/relation/dam> ctl:relationTo <https://example.org/region/id/project/dam> .
  <https://example.org/region/id/cluster/lake> a ctl:RegionalCluster ; skos:prefLabel "Cluster del Lago"@it .
  id:size-1 a ctl:SizeObservation ; ctl:about <https://example.org/region/id/cluster/lake> ; ctl:counted id:members ;
    ctl:valueAsStated "over 150" .
  id:size-2 a ctl:SizeObservation ; ctl:about <https://example.org/region/id/cluster/lake> ; ctl:counted id:firms ;
    ctl:valueAsStated "close to one hundred" .
  <https://example.org/region/id/cluster/hill> a ctl:RegionalCluster ; skos:prefLabel "Cluster del Colle"@it .
  <https://example.org/region/id/organisation/office> a ctl:MemberOrganisation ; skos:prefLabel "Ufficio"@it .
  <https://example.org/region/id/cluster/lake> ctl:managingBody <https://example.org/region/id/organisation/office> .
  <https://example.org/region/id/source/book> a ctl:Source .
  id:members skos:prefLabel "aderenti"@it . id:firms skos:prefLabel "imprese"@it .
}
graph:book {
  <https://example.org/region/id/cluster/lake> ctl:managingBody <https://example.org/region/id/organisation/office> .
  <https://example.org/region/id/cluster/hill> ctl:managingBody <https://example.org/region/id/organisation/office> .
  <https://example.org/region/id/project/dam> ctl:startAsStated "2019" ; ctl:endAsStated "2021" .
  id:size-1 ctl:valueAsStated "over 150" ; ctl:counted id:members ; ctl:minimum 150 ; ctl:approximate true ;
    ctl:attestedAsStated "2023-02" .
  id:size-2 ctl:valueAsStated "close to one hundred" ; ctl:counted id:firms ; ctl:minimum 100 ; ctl:maximum 100 ;
    ctl:approximate true . }
"""


@pytest.fixture(scope="module")
def said(world: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    config = replace(world, releases=tmp_path_factory.mktemp("said") / "releases")
    publish(write(serialize(parse(SAID.encode(), format=RdfFormat.TRIG), format=RdfFormat.N_QUADS), {}, config), "1")
    with create_app(config).test_client() as client:
        yield client


def test_sums_are_written_as_people_write_them_also_where_sources_disagree(said: FlaskClient) -> None:
    for path in ("/doc/project/dam", "/doc/project/dam?view=statements", "/disagreements"):
        words = see(said, path, "it").words
        assert "1.844.459,74 €" in words, path
        assert "1844459.74" not in words.partition("Chi ne parla")[0], path
    assert "€ 1,844,459.74" in see(said, "/doc/project/dam").words


def test_a_less_exact_date_is_told_from_one_that_is_not_accepted(said: FlaskClient) -> None:
    words = see(said, "/doc/project/dam", "it").words
    assert re.search(r"ottobre 2019 2019\d meno preciso", words)
    assert re.search(r"giugno 2022 2021\d non accettato", words)


def test_what_points_at_a_thing_is_told_in_plain_words(said: FlaskClient) -> None:
    words = see(said, "/doc/project/dam", "it").words
    assert "In che rapporto, e con chi" in words
    assert "di questi" not in words
    assert "Che cosa ne dicono singole fonti" not in words, "a side of a disagreement stands in it"


def test_what_a_source_counts_is_told_in_the_readers_language(said: FlaskClient) -> None:
    words = see(said, "/doc/cluster/lake", "it").words
    for each in ("aderentialmeno 150", "impresecirca 100", "febbraio 2023"):
        assert each in words, each
    assert "over 150" not in words
    assert "2023-02" not in words


def test_an_organisation_manages_what_is_accepted_and_says_who_says_so(said: FlaskClient) -> None:
    page = html(said, "/doc/organisation/office", "it")
    managed = page.partition('<h2 id="manages">')[2].partition("</section>")[0]
    assert "Cluster del Lago" in managed
    assert "popovertarget" in managed
    assert "Cluster del Colle" not in managed, "a source says so, but it is not accepted"


@pytest.mark.parametrize("path", ["/doc/cluster/lake", "/doc/organisation/office", "/doc/project/dam"])
def test_a_long_page_begins_with_its_sections(said: FlaskClient, path: str) -> None:
    page = html(said, path)
    listed = page.partition('<nav class="here"')[2].partition("</nav>")[0]
    places = re.findall('href="#([a-z-]+)"', listed)
    assert "sources" in places
    assert [place for place in places if f'id="{place}"' not in page] == []


@pytest.mark.parametrize("path", [path for path in PAGES if path.startswith("/doc/")])
def test_each_part_of_a_page_is_among_its_sections(client: FlaskClient, path: str) -> None:
    page = html(client, path)
    listed = page.partition('<nav class="here"')[2].partition("</nav>")[0]
    sections = re.findall('<section aria-labelledby="([a-z-]+)">', page.partition("<main")[2].partition("</main>")[0])
    assert set(sections) - {"matches"} == set(re.findall('href="#([a-z-]+)"', listed))


def test_what_is_not_accepted_stands_once_among_the_sides_of_its_disagreement(said: FlaskClient) -> None:
    assert see(said, "/doc/project/dam", "it").words.count("2.169.952") == 1


def test_an_answer_with_the_words_of_sources_says_that_they_are_notes(said: FlaskClient) -> None:
    about = urlencode({"about": BASE + "id/cluster/lake"})
    assert "it is no quotation" in see(said, f"/questions/size-observations?{about}").words
    assert "it is no quotation" not in see(said, "/questions/counts").words
