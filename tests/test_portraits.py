"""The portraits: a cluster and an organisation in short, with who says what, in pages that are quickly there."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ctl_graph import questions
from ctl_graph.config import Config
from ctl_graph.release import Release
from ctl_graph.store import Literal, OxigraphStore
from ctl_graph.web import clusters, create_app, documents
from ctl_graph.web.evidence import Evidence, _letter
from ctl_graph.web.portrait import Row
from ctl_graph.web.shown import Reader, euro
from tests.test_pages import HTML, Seen, notes, see

ALFA, UNIVERSITY = "/doc/cluster/alfa", "/doc/organisation/university"
LONGEST = 50_000


def section(client: FlaskClient, path: str, id: str, language: str = "en") -> str:
    """A section of a page, by the id of its heading."""
    html = client.get(path, headers={**HTML, "Accept-Language": language}).text
    (found,) = re.findall(rf'<section aria-labelledby="{id}">.*?</section>', html, re.DOTALL)
    return str(found)


def opened(client: FlaskClient, path: str, html: str) -> list[str]:
    """What the marks in a piece of the page open, one after the other."""
    known = notes(client, path)
    return [known[number] for number in re.findall(r'popovertarget="n(\d+)"', html)]


def test_a_cluster_says_who_it_is_and_who_says_so(client: FlaskClient) -> None:
    who = section(client, ALFA, "who")
    for words in ("ALFA", "Alfa Cluster Association", "https://alfa.example.org/"):
        assert words in Seen(who).words
    for value in re.findall(r"<dd>.*?</dd>", who, re.DOTALL):
        assert opened(client, ALFA, value), value


def test_marks_count_up_as_they_are_read(client: FlaskClient) -> None:
    for path in (ALFA, UNIVERSITY):
        html = client.get(path, headers=HTML).text
        found = [int(number) for number in re.findall(r'popovertarget="n(\d+)"', html)]
        assert list(dict.fromkeys(found)) == list(range(1, len(notes(client, path)) + 1))


def test_a_cluster_shows_its_recognition_members_and_collaborations(client: FlaskClient) -> None:
    assert "2014" in section(client, ALFA, "recognition")
    members = section(client, ALFA, "members")
    rows = {Seen(row).words: opened(client, ALFA, row) for row in re.findall(r"<li>.*?</li>", members, re.DOTALL)}
    (university,) = [words for words in rows if words.startswith("University of Valdoro")]
    assert "founder, 2 May 2013" in university
    assert len(rows) == 4
    assert all(len(marks) == 1 for marks in rows.values())
    assert "Statuto" in rows[university][0]
    (foundry,) = [words for words in rows if words.startswith("Fonderia")]
    assert "2 May 2013 – 2018" in foundry
    collaborations = section(client, ALFA, "collaborations")
    assert 'href="/doc/project/ponte"' in collaborations
    assert "partner" in Seen(collaborations).words


def test_every_section_names_its_question_about_this_cluster(client: FlaskClient) -> None:
    page = see(client, ALFA)
    asked = {str(each["href"]) for each in page.of("a") if str(each["href"]).startswith("/questions/")}
    thing = "https://example.org/region/id/cluster/alfa"
    for name, parameter in (("memberships", "party"), ("participations", "party"), ("regulatory-steps", "cluster")):
        assert f"/questions/{name}?{parameter}={thing}" in asked
    shown = dict(re.findall(r'<a href="#(\w+)">[^<]*</a></dt><dd>(\d+)</dd>', client.get(ALFA, headers=HTML).text))
    assert shown["members"] == "4"
    assert shown["collaborations"] == "1"


def test_an_organisation_says_where_it_belongs_and_what_it_takes_part_in(client: FlaskClient) -> None:
    clusters = section(client, UNIVERSITY, "clusters")
    assert "Alfa Cluster founder, 2 May 2013" in Seen(clusters).words
    assert "member, 2014" in Seen(clusters).words
    assert ["Statuto" in opened(client, UNIVERSITY, clusters)[0], "Corriere" in opened(client, UNIVERSITY, clusters)[1]]
    assert "coordinator" in section(client, UNIVERSITY, "collaborations")
    assert "Alfa Cluster" in section(client, "/doc/managing-body/alfa-association", "manages")


def test_a_portrait_leads_to_the_statements_one_by_one_and_back(client: FlaskClient) -> None:
    assert "?view=statements" in {each["href"] for each in see(client, ALFA).of("a")}
    statements = see(client, f"{ALFA}?view=statements")
    assert ALFA in {each["href"] for each in statements.of("a")}
    assert "managing body" in statements.words


def test_statements_are_shown_in_portions_and_none_is_lost(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def values(path: str) -> list[str]:
        html = client.get(path, headers=HTML).text
        return re.findall(r'<span class="value.*?</dd>', html, re.DOTALL)

    monkeypatch.setattr(documents, "PORTION", 1000)
    whole = values(f"{ALFA}?view=statements")
    monkeypatch.setattr(documents, "PORTION", 7)
    pages = range(1, len(whole) // 7 + 2)
    found = [each for number in pages for each in values(f"{ALFA}?view=statements&page={number}")]
    assert len(found) == len(whole) > 14
    after = client.get(f"{ALFA}?view=statements&page={len(whole) // 7 + 2}", headers=HTML)
    assert after.status_code == 404
    assert 'rel="next"' in client.get(f"{ALFA}?view=statements", headers=HTML).text


def test_other_formats_hold_the_whole_document(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = client.get(f"{ALFA}.nt").data
    monkeypatch.setattr(documents, "PORTION", 3)
    assert client.get(f"{ALFA}.nt").data == before


def test_a_long_list_goes_on_at_its_question(world: Config, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "MOST", 2)
    monkeypatch.setattr(clusters, "MOST_IN_TIME", 0)
    client = create_app(world).test_client()
    members = section(client, ALFA, "members")
    assert len(re.findall(r"<li>", members)) == 2
    assert "All 4, membership by membership" in members
    assert "Here are 2 of 4" in members
    assert re.findall(r"\(([^()]+)\)</h3>", members) == ["1 of 2", "1", "0 of 1"]
    assert "participations" in section(client, ALFA, "collaborations")


@pytest.mark.parametrize("name", ["foundry", "workshop", "institute"])
@pytest.mark.parametrize("language", ["it", "en"])
def test_awkward_names_stay_text(client: FlaskClient, name: str, language: str) -> None:
    for path in (f"/doc/organisation/{name}", ALFA, "/doc/cluster/beta"):
        page = see(client, path, language)
        assert page.open == []
        assert not [attributes for _, attributes in page.tags if any(each.startswith("on") for each in attributes)]


def test_pages_of_the_real_data_are_short(real_release: Release) -> None:
    """All portraits of clusters; and of the rest, those that most points at, with their statements."""
    config = Config.load(Path(__file__).parents[1] / "ctl-graph.toml", environ={})
    client = create_app(replace(config, releases=real_release.path.parent)).test_client()
    store = OxigraphStore(real_release.store)
    clusters = [questions.text(row["cluster"]) for row in questions.ask(store, "regional-clusters")]
    often = questions.ask(store, "organisations-in-several-clusters")
    things = {*clusters, *(questions.text(row["organisation"]) for row in often)}
    for iri in sorted(things):
        for view in ("", "?view=statements", "?view=statements&page=2"):
            path = "/doc/" + iri.removeprefix(f"{config.base_iri}id/") + view
            answer = client.get(path, headers=HTML)
            assert answer.status_code == 200 or "page=2" in path
            assert len(answer.data) < LONGEST, (path, len(answer.data))


@pytest.mark.parametrize(
    ("lengths", "most", "expected"),
    [([19, 4, 2, 1], 12, [5, 4, 2, 1]), ([3, 1], 12, [3, 1]), ([], 12, []), ([9, 9, 9], 2, [1, 1, 0])],
)
def test_room_is_shared_among_the_types_of_members(lengths: list[int], most: int, expected: list[int]) -> None:
    assert clusters._shares(lengths, most) == expected


@pytest.mark.parametrize("minimum", ["many", "1.5", "-3", "9" * 5_000])
def test_a_count_that_is_no_number_is_told_in_the_words_of_its_source(app: Flask, minimum: str) -> None:
    with app.test_request_context("/"):
        said = {"as_stated": [Literal("a few firms")], "minimum": [Literal(minimum)]}
        row = Row("x", Evidence(()), Reader(()).show, said)
        assert clusters._how_many(row) == "a few firms"
        row.terms |= {"first_day": [Literal("2014-01-01")], "counted": [Literal("members")]}
        assert clusters._chart([row, row]) is None


def test_each_mark_of_a_source_has_a_name_of_its_own() -> None:
    names = [_letter(place) for place in range(100)]
    assert names[:3] == ["", "b", "c"]
    assert len(set(names)) == 100


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("12603930", "12.603.930 €"),
        ("1844459.74", "1.844.459,74 €"),
        ("about 100", "about 100"),
        ("9" * 5_000, "9" * 5_000),
    ],
)
def test_sums_are_written_as_people_write_them(app: Flask, amount: str, written: str) -> None:
    with app.test_request_context("/?lang=it"):
        assert euro(amount) == written
