"""What was undertaken over time, as a drawing: bars from a first day to a last, and what is not known said so."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from test_pages import HTML, Seen

from ctl_graph.config import Config
from ctl_graph.release import publish, write
from ctl_graph.web import clusters, collaborations, create_app
from ctl_graph.web.shown import Shown
from ctl_graph.web.timeline import Bar

BASE = "https://example.org/region/"
CTL = "https://w3id.org/ctl/def/"
DAY = "http://www.w3.org/2001/XMLSchema#date"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PAGES = ("/doc/cluster/alfa", "/collaborations")
HOSTILE = "]]><script>alert(1)</script>"
# Of each, whether a project carries it out, and between which days it began, ended, and was seen.
UNDERTAKEN = {
    "bridge": (True, {"start": ("2016-03-01", "2016-03-31"), "end": ("2018-01-01", "2018-12-31")}),
    "pact": (False, {"start": ("2019-01-01", "2019-12-31")}),
    "tower": (False, {"end": ("2017-06-30", "2017-06-30"), "attested": ("2016-10-01", "2016-10-31")}),
    "fair": (False, {"attested": ("2020-05-05", "2020-05-05")}),
    "talk": (False, {}),
    "myth": (False, {"start": ("-0044-03-15", "-0044-03-15")}),
}
FIRST, LAST = date(2016, 1, 1).toordinal(), date(2021, 1, 1).toordinal()


def statements() -> Iterator[str]:
    def said(thing: str, name: str, value: str) -> str:
        return f"<{BASE}id/{thing}> <{name}> {value} <{BASE}graph/accepted> ."

    yield said("cluster/alfa", TYPE, f"<{CTL}RegionalCluster>")
    yield said("cluster/alfa", LABEL, '"Alfa"@it')
    for name, (has_project, days) in UNDERTAKEN.items():
        dated = f"project/{name}" if has_project else f"collaboration/{name}"
        yield said(f"collaboration/{name}", TYPE, f"<{CTL}Collaboration>")
        yield said(f"collaboration/{name}", LABEL, f'"{HOSTILE if name == "pact" else name.title()}"@it')
        yield said(f"participation/{name}", TYPE, f"<{CTL}Participation>")
        yield said(f"participation/{name}", CTL + "inCollaboration", f"<{BASE}id/collaboration/{name}>")
        yield said(f"participation/{name}", "http://www.w3.org/ns/org#member", f"<{BASE}id/cluster/alfa>")
        yield said("cluster/alfa", CTL + "participatesIn", f"<{BASE}id/collaboration/{name}>")
        if has_project:
            yield said(dated, CTL + "carriedOutBy", f"<{BASE}id/collaboration/{name}>")
            yield said(dated, LABEL, f'"Progetto {name.title()}"@it')
        for what, limits in days.items():
            yield said(dated, f"{CTL}{what}AsStated", f'"{limits[0]}"')
            for limit, day in zip(("Earliest", "Latest"), limits, strict=True):
                yield said(dated, f"{CTL}{what}{limit}", f'"{day}"^^<{DAY}>')


@pytest.fixture(scope="module")
def client(world: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    config = replace(world, releases=tmp_path_factory.mktemp("timeline") / "releases")
    publish(write("\n".join(statements()).encode(), {}, config), "1")
    with create_app(config).test_client() as client:
        yield client


def drawing(client: FlaskClient, path: str, language: str = "it") -> str:
    response = client.get(path, headers={**HTML, "Accept-Language": language})
    assert response.status_code == 200
    assert "style=" not in response.text
    (figure,) = re.findall(r"<figure>.*?</figure>", response.text, re.DOTALL)
    (described,) = re.findall(r'aria-details="([^"]+)"', figure)
    assert f' id="{described}"' in response.text, "the same in words"
    return str(figure)


def bars(figure: str) -> dict[str, tuple[float, float, tuple[float, float] | None, bool]]:
    """Of each by its address: where it begins and ends, from where to where it is dashed, and whether it is empty."""
    found = {}
    for href, inside in re.findall(r'<a href="/doc/([^"]+)">(.*?)</a>', figure, re.DOTALL):
        (rect,) = re.findall(r"<rect [^>]*>", inside)
        left, width = (float(re.findall(rf' {name}="([\d.]+)%"', rect)[0]) for name in ("x", "width"))
        dashed = re.findall(r'<line x1="([\d.]+)%" x2="([\d.]+)%"', inside)
        ends = (float(dashed[0][0]), float(dashed[0][1])) if dashed else None
        found[href] = left, round(left + width, 1), ends, 'class="seen"' in rect
    return found


def place(day: str) -> float:
    return round(100 * (date.fromisoformat(day).toordinal() - FIRST) / (LAST - FIRST), 1)


@pytest.mark.parametrize("path", PAGES)
def test_each_bar_lasts_from_its_first_day_to_its_last(client: FlaskClient, path: str) -> None:
    found = bars(drawing(client, path))
    assert found == {
        "project/bridge": (place("2016-03-01"), place("2019-01-01"), None, False),
        # A year is whole, and goes on as far as is drawn where no source says its end.
        "collaboration/pact": (place("2019-01-01"), place("2020-01-01"), (place("2020-01-01"), 100), False),
        "collaboration/tower": (place("2016-10-01"), place("2017-07-01"), (0, place("2016-10-01")), False),
        "collaboration/fair": (place("2020-05-05"), round(place("2020-05-05") + 1.5, 1), None, True),
    }


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("language", "words"), [("it", "2 sono senza data"), ("en", "2 have no date")])
def test_what_has_no_date_is_counted_and_not_drawn(client: FlaskClient, path: str, language: str, words: str) -> None:
    assert words in Seen(drawing(client, path, language)).words


@pytest.mark.parametrize("path", PAGES)
def test_years_stand_where_they_begin(client: FlaskClient, path: str) -> None:
    years = re.findall(r'<text x="([\d.]+)%" y="16"[^>]*>(\d+)</text>', drawing(client, path))
    assert {int(year): float(at) for at, year in years} == {
        year: place(f"{year}-01-01") for year in (2016, 2017, 2018, 2019, 2020)
    }


def test_names_are_text_and_the_drawing_has_one_of_its_own(client: FlaskClient) -> None:
    for path in PAGES:
        figure = drawing(client, path)
        assert "<script" not in figure
        assert "]]&gt;&lt;script&gt;alert(1)&lt;/script&gt;</text>" in figure
        (svg,) = Seen(figure).of("svg")
        assert svg["role"] == "group"
        assert f'id="{svg["aria-labelledby"]}"' in figure
        assert drawing(client, path) == figure, "the same each time"


def test_no_more_is_drawn_than_is_listed(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "MOST_IN_TIME", 2)
    monkeypatch.setattr(collaborations, "LIST_PAGE", 2)
    for path in PAGES:
        assert bars(drawing(client, path)).keys() == {"collaboration/fair", "collaboration/pact"}
    assert bars(drawing(client, "/collaborations?page=2")).keys() == {"collaboration/tower", "project/bridge"}


def test_one_alone_is_not_drawn(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "MOST_IN_TIME", 1)
    monkeypatch.setattr(collaborations, "LIST_PAGE", 1)
    for path in PAGES:
        assert "<figure>" not in client.get(path, headers=HTML).text


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Ponte", "Ponte"),
        ("Alleanza dei comuni di Valdoro per i progetti europei", "Alleanza dei comuni di Valdoro per i…"),
        ("A" * 60, "A" * 39 + "…"),
    ],
)
def test_a_long_name_is_cut_between_words(name: str, drawn: str) -> None:
    """Who speaks the name of a link says the words that stand there (WCAG 2.5.3)."""
    assert Bar(Shown(name), 0, 1, None).name == drawn
