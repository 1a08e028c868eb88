"""The pages that people read: in two languages, every statement with its source, no data as markup."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ctl_graph import questions
from ctl_graph.config import Config
from ctl_graph.errors import (
    BadQuery,
    GraphError,
    InvalidData,
    Message,
    NoRelease,
    QueryTimeout,
    StoreBusy,
    StoreUnavailable,
)
from ctl_graph.release import Release, publish, write
from ctl_graph.sandbox import Sandbox
from ctl_graph.web import create_app, errors, finding, maps, messages, network, pages, pictures, reconcile
from ctl_graph.web.shown import t

BASE = "https://example.org/region/"
CTL = "https://w3id.org/ctl/def/"
HTML = {"Accept": "text/html"}
# The statements one by one, which a portrait leads to.
ALFA, BETA = (f"/doc/cluster/{name}?view=statements" for name in ("alfa", "beta"))
VOID = {"meta", "link", "input", "br", "hr", "img"}
PAGES = (
    "/",
    "/clusters",
    "/class/RegionalCluster",
    "/class/Membership",
    "/disagreements",
    "/map",
    "/map?seat=unknown",
    "/network",
    "/network?show=all",
    "/search",
    "/search?q=valdoro",
    "/search?q=universita&type=University",
    "/search?q=zzz",
    "/sources",
    "/sources?q=statuto",
    "/graphs",
    "/data",
    "/questions",
    "/questions/regional-clusters",
    "/questions/things-by-class",
    "/doc/method",
    "/accessibility",
    "/doc/cluster/alfa",
    ALFA,
    BETA,
    f"{ALFA}&page=2",
    "/doc/organisation/foundry",
    "/doc/membership/beta-startup-member",
    "/doc/disagreement/alfa-founded",
    "/doc/statement/alfa-founded-2014",
    "/doc/source/newspaper",
    "/def/",
    "/def/?kind=DatatypeProperty",
    "/def/Membership",
    "/def/everMemberOf",
    "/def/shapes/Label",
    "/graph/newspaper",
    "/graph/newspaper?only=1",
    "/graph/accepted",
    "/doc/organisation/vanished",
    "/doc/nothing",
)


SUGGESTIONS = re.compile(r"\[\('type', 'module'\), \('src', '(/\w+)?/static/build/search\.js(\?\w+=\w+)?'\)\]")


class Seen(HTMLParser):
    """What a browser would make of a page: tags with their attributes, text, and whether everything is closed.

    A block of JSON-LD is no script: `data` are its characters, which are JSON whatever texts stand in them. The script
    of suggestions, which is the same on every page, is left out.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.data, self.is_data = "", False
        self.feed(html)
        self.close()
        assert not self.data or json.loads(self.data)["@context"] == "https://schema.org"
        assert not set(self.data) & set("<>&")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_data = (tag, attrs) == ("script", [("type", "application/ld+json")])
        if self.is_data or (tag == "script" and SUGGESTIONS.fullmatch(str(attrs))):
            self.open.append(tag)
            return
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.open)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            self.data += data if self.is_data else ""
        else:
            self.text.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def see(client: FlaskClient, path: str, language: str = "en") -> Seen:
    response = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert response.content_type == "text/html; charset=utf-8", path
    return Seen(response.text)


def notes(client: FlaskClient, path: str, language: str = "en") -> dict[str, str]:
    """What the marks of a page open, by their numbers."""
    html = client.get(path, headers={**HTML, "Accept-Language": language}).text
    found = re.findall(r'<li id="n(\d+)" popover>(.*?)</li>', html, re.DOTALL)
    return {number: Seen(text).words for number, text in found}


# -- every page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands(client: FlaskClient, path: str, language: str) -> None:
    page = see(client, path, language)
    assert page.open == []
    assert page.of("html")[0]["lang"] == language
    territories = sum(tag == "a" and "data-code" in attributes for tag, attributes in page.tags)
    titles = len(page.of("title")) - territories  # each names its link on the map
    assert [*(len(page.of(tag)) for tag in ("main", "header", "footer", "h1")), titles] == [1, 1, 1, 1, 1]
    assert {"href": "#main", "class": "skip"} in page.of("a")
    unofficial = messages.MESSAGES["unofficial"].in_language(language).format(authority="Regione Valdoro")
    assert unofficial in page.words
    assert "Valdoro <b>Graph</b> & Co" in page.words
    labelled = {each.get("for") for each in page.of("label")}
    assert all(each["id"] in labelled for each in page.of("input"))
    ids = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids)), path
    targets = {str(each["href"])[1:] for each in page.of("a") if str(each["href"]).startswith("#")}
    assert targets | {str(each["popovertarget"]) for each in page.of("button") if "popovertarget" in each} <= set(ids)


def test_links_of_pages_lead_somewhere(client: FlaskClient) -> None:
    found = {str(each["href"]) for path in PAGES for each in see(client, path).of("a")}
    inside = {href for href in found if href.startswith("/") and not href.startswith("/sparql")}
    assert len(inside) > 100
    for href in sorted(inside):
        with client.get(unquote(href), headers=HTML) as response:
            assert response.status_code in (200, 303), href


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_may_do_in_a_browser_is_little(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers=HTML).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    page = see(client, path)
    islands = [str(each["src"]).partition("?")[0] for each in page.of("script")]
    assert islands == (["/static/build/pictures.js"] if path.startswith(("/map", "/network")) else [])
    assert not page.of("style")
    assert all("style" not in attributes for _, attributes in page.tags)


def test_files_of_pages_are_kept_until_they_change(client: FlaskClient) -> None:
    (icon,) = [str(each["href"]) for each in see(client, "/").of("link") if each["rel"] == "icon"]
    with client.get(icon) as kept, client.get(icon + "0") as other, client.get("/static/icon.svg") as bare:
        assert "immutable" in kept.headers["Cache-Control"]
        assert [each.headers["Cache-Control"] for each in (other, bare)] == ["no-cache", "no-cache"]
        assert kept.data == bare.data


# -- languages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "it"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("it-IT", "it"),
        ("de", "en"),
        ("fr-FR, de;q=0.8", "en"),
        ("de,en;q=0.5", "en"),
        ("*", "it"),
    ],
)
def test_the_language_is_what_the_browser_wishes(client: FlaskClient, accept: str | None, expected: str) -> None:
    headers = {"Accept-Language": accept} if accept else {}
    assert client.get("/", headers=headers).headers["Content-Language"] == expected


def test_the_switch_stays(client: FlaskClient) -> None:
    first = client.get("/?lang=en", headers={"Accept-Language": "it"})
    assert first.headers["Content-Language"] == "en"
    cookie = first.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/clusters", headers={"Accept-Language": "it"}).headers["Content-Language"] == "en"
    assert "Set-Cookie" not in client.get("/?lang=xx").headers


def test_the_switch_keeps_the_rest_of_the_address(client: FlaskClient) -> None:
    page = see(client, "/search?q=a%26b&page=1")
    (switch,) = [each for each in page.of("a") if "hreflang" in each]
    assert switch["href"] == "?q=a%26b&page=1&lang=it"


def test_the_switch_keeps_a_query_that_was_posted(client: FlaskClient) -> None:
    response = client.post("/sparql", data={"query": "ASK {}"}, headers={**HTML, "Accept-Language": "en"})
    (switch,) = [each for each in Seen(response.text).of("a") if "hreflang" in each]
    assert switch["href"] == "?query=ASK+%7B%7D&lang=it"


def test_no_sentence_is_missing_or_idle() -> None:
    folder = Path(pages.__file__).parent
    sources = [path.read_text() for path in [*folder.glob("*.py"), *folder.glob("templates/*.html")]]
    used = {key for text in sources for key in re.findall(r"""\b(?:t|_say)\(\s*["']([a-z_.A-Z0-9]+)["'][,)]""", text)}
    built = {f"error.{problem.status}" for problem in errors.PROBLEMS}
    built |= {f"error.{problem.name}" for problem in errors.PROBLEMS} & messages.MESSAGES.keys()
    built |= {f"problem.{problem.name}" for problem in errors.PROBLEMS} | {*errors._IN_SHORT.values()}
    built |= {f"detail.too_large.{reason}" for reason in ("memory", "bytes", "rows")}
    built |= {key for key in messages.MESSAGES if key.startswith("def.")}
    built |= {f"{key}.one" for key in used} & messages.MESSAGES.keys()
    of_tables = ("data.", "graph.", "how_many.", "search.by.", "search.facet.", "search.role.", "theme.", "void.")
    built |= {key for key in messages.MESSAGES if key.startswith(of_tables)}
    counted = {f"{key}.{each}" for each in pictures.COUNTED for key in ("map.column", "map.provinces")}
    counted |= {f"map.{each}.{key}" for each in pictures.COUNTED for key in ("of", "many")}
    counted |= {f"map.countries.{each}" for each in ("partners", "collaborations")}
    built |= counted | {f"{key}.one" for key in counted} & messages.MESSAGES.keys()
    built |= {f"map.{key}.{each}" for key in ("seat", "said") for each in maps.NOWHERE} | {"map.country.unknown"}
    built |= {
        f"map.said.{what}.{where}"
        for what in ("bodies", "collaborations")
        for where in ("seat.place-only", "seat.unknown", "country.unknown")
    }
    built |= {f"map.unplaced.{where}" for where in ("seat.place-only", "seat.unknown", "country.unknown")}
    built |= {f"network.period.{years}" for years in ("from", "to", "from_to")}
    built |= {f"collaborations.{moment}" for moment in ("start", "start.month", "end", "end.month")}
    built |= {f"network.type.{each}" for each in (network.CLUSTER, *network.TYPES)}
    built |= {f"network.show.{each}" for each in pictures.SHOWN}
    built |= {f"reconcile.feature.{name}" for name in reconcile.FEATURES}
    built |= {f"reconcile.show.{each}" for each in reconcile.CONTENTS}
    built |= {key for key in messages.MESSAGES if key.startswith(("matrix.basis.", "national.basis.", "match."))}
    assert used <= messages.MESSAGES.keys()
    assert messages.MESSAGES.keys() - (used | built) == set()
    assert len(messages.MESSAGES) == sum(len(part) for part in messages.PARTS)
    for key, message in {**messages.MESSAGES, **messages.TERMS}.items():
        assert message.it.strip(), key
        assert message.en.strip(), key
        assert re.findall(r"\{\w+\}", message.it) == re.findall(r"\{\w+\}", message.en), key


# What has one name in every language: formats, protocols, and the parts of addresses.
NAMES_OF_NO_LANGUAGE = {
    "API", "Atom", "CSV", "JSON", "JSON-LD", "LDES", "N-Quads", "OAI-PMH", "RDF", "Reconciliation", "SPARQL", "Service",
    "TriG", "Turtle", "UTC", "release", "sparql",
}  # fmt: skip
ASSETS = Path(pages.__file__).parents[2] / "assets" / "src"


def words_outside_the_catalogue(template: str) -> set[str]:
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", template, flags=re.DOTALL)
    text = re.sub(r"<(pre|code|script)\b.*?</\1>", "", text, flags=re.DOTALL)
    named = re.findall(r'(?:title|aria-label|aria-description|alt|placeholder)="([^"]*)"', text)
    return {word for said in (re.sub(r"<[^>]*>", " ", text), *named) for word in re.findall(r"[^\W\d_][\w-]+", said)}


def test_no_sentence_stands_outside_the_catalogue() -> None:
    """A file that is written in one language (`_method.it.html`) has its like in the other."""
    found = {path.name: path.read_text() for path in (Path(pages.__file__).parent / "templates").glob("*.html")}
    italian, english = ({name for name in found if name.endswith(f".{it}.html")} for it in ("it", "en"))
    assert {name.replace(".it.", ".en.") for name in italian} == english
    assert len(found.keys() - italian - english) > 25
    for name in found.keys() - italian - english:
        assert words_outside_the_catalogue(found[name]) <= NAMES_OF_NO_LANGUAGE, name
    for path in ASSETS.glob("*.js"):
        assert not re.findall(r"""["'`][A-Z][a-z]+ [a-z]+[^"'`]*["'`]""", path.read_text()), path.name


def test_the_test_for_sentences_outside_the_catalogue_finds_them() -> None:
    template = '<p title="Hello {{ x }}">{% if y %}per favore{% endif %} <code>z z</code></p>'
    assert words_outside_the_catalogue(template) == {"Hello", "per", "favore"}


# -- what a page says --------------------------------------------------------------------------------------------------


def test_every_statement_on_a_page_shows_its_source(client: FlaskClient) -> None:
    page = see(client, ALFA)
    assert "Statuto del cluster Alfa" in page.words
    assert 'Il Corriere di "Valdoro" & dintorni' in page.words
    html = client.get(ALFA, headers=HTML).text
    values = re.findall(r"<dd>.*?</dd>", html, re.DOTALL)
    assert len(values) > 15
    for value in values:
        assert 'popovertarget="n' in value or 'class="mark"' in value, value


def test_a_mark_opens_who_says_so_when_and_with_which_confidence(client: FlaskClient) -> None:
    assert notes(client, "/doc/membership/alfa-foundry-founder") == {
        "1": "Statuto del cluster Alfa, Cluster Alfa, May 2013 · confidence: high · original Close"
    }
    assert '<a href="/doc/method#confidence">' in client.get("/doc/membership/alfa-foundry-founder", headers=HTML).text
    assert 'id="confidence"' in client.get("/doc/method", headers=HTML).text
    newspaper = 'Il Corriere di "Valdoro" & dintorni, Il Corriere & C., 2014 · affidabilità: {} · originale Chiudi'
    assert notes(client, "/doc/membership/beta-startup-member", "it") == {
        "1": newspaper.format("bassa (1), media (1b)"),  # the second of the organisation that points at its membership
    }
    page = see(client, "/doc/membership/alfa-foundry-founder")
    assert {each["aria-label"] for each in page.of("button") if "aria-label" in each} == {"Source 1"}
    assert {"/graph/statute", "https://example.org/statute?page=1&lang=it"} <= {each["href"] for each in page.of("a")}


def test_a_dispute_shows_its_sides_and_which_one_is_preferred(client: FlaskClient) -> None:
    html = client.get(ALFA, headers={**HTML, "Accept-Language": "en"}).text
    (dispute,) = re.findall(r'<dd>\s*<a class="mark warn" href="(/doc/disagreement/[^"]+)">(.*?)</dd>', html, re.DOTALL)
    assert dispute[0] == "/doc/disagreement/alfa-founded"
    sides = re.findall(r"<li>(.*?)</li>", dispute[1], re.DOTALL)
    assert [Seen(side).words for side in sides] == ["costituito nel maggio 20132 preferred", "nato nel 20141"]
    opened = notes(client, ALFA)
    said_by = [opened[mark] for side in sides for mark in re.findall(r'popovertarget="n(\d+)"', side)]
    assert ["Statuto" in said_by[0], "Corriere" in said_by[1]] == [True, True]


def test_disputed_inferred_and_rejected_values_are_marked(client: FlaskClient) -> None:
    alfa = see(client, ALFA).words
    assert "sources disagree" in alfa
    assert "Foundation of the Alfa Cluster" in alfa
    assert "inferred" in alfa
    assert "not accepted" not in see(client, "/doc/cluster/alfa").words, "a portrait shows what is accepted"
    assert "not accepted" in see(client, BETA).words


def test_the_page_of_a_source_tells_accepted_from_rejected(client: FlaskClient) -> None:
    def rows(path: str) -> list[str]:
        html = client.get(path, headers={**HTML, "Accept-Language": "en"}).text
        return re.findall(r"<tr><td>.*?</tr>", html, re.DOTALL)

    rejected = [row for row in rows("/graph/newspaper") if "not accepted" in row]
    assert rejected
    assert all("beta-startup-member" in row for row in rejected)
    assert len(rejected) < len(rows("/graph/newspaper")) / 2
    assert not [row for row in rows("/graph/statute") if "not accepted" in row]
    (shared,) = [row for row in rows("/graph/statute") if "Alfa Cluster</span>" in row]
    (mark,) = re.findall(r'popovertarget="n(\d+)"', shared)
    assert "Corriere" in notes(client, "/graph/statute")[mark], "the newspaper says so too"


def test_a_thing_without_a_name_is_called_by_what_it_links(client: FlaskClient) -> None:
    founder = "Università di Valdoro — fondatore — Cluster Alfa — 2013-05-02"
    assert founder in see(client, "/class/Membership", "it").words
    page = see(client, ALFA, "it").words
    assert "Università di Valdoro — fondatore — 2013-05-02" in page, "the cluster is not repeated on its own page"
    assert founder not in page


def test_what_few_will_read_is_folded_and_nothing_is_lost(client: FlaskClient) -> None:
    shown, folded = client.get(ALFA, headers={**HTML, "Accept-Language": "en"}).text.split("<details>")[:2]
    folded = folded.partition("</details>")[0]
    assert "managing body" in shown
    assert 'title="http://www.w3.org/ns/org#linkedTo"' in folded
    assert 'title="http://www.w3.org/ns/org#linkedTo"' not in shown
    assert "inferred" in folded


def test_the_list_of_disagreements_says_what_each_source_says(client: FlaskClient) -> None:
    page = see(client, "/disagreements").words
    for words in ("Foundation of the Alfa Cluster", "2013", "2014", "Statuto del cluster Alfa", "preferred"):
        assert words in page


def test_graphs_of_ours_are_no_sources(client: FlaskClient) -> None:
    assert "The accepted statements" in see(client, "/graph/accepted").words
    assert "What this source says" in see(client, "/graph/statute").words
    assert "What this source says" not in see(client, "/graph/accepted").words


def test_every_document_names_its_other_formats_in_its_head(client: FlaskClient) -> None:
    for path in ("/doc/cluster/alfa", "/def/", "/def/Cluster", "/graph/statute"):
        heads = [each for each in see(client, path).of("link") if each["rel"] == "alternate"]
        assert {"text/turtle", "application/ld+json"} <= {each["type"] for each in heads}, path


def test_footnotes_count_up_as_they_are_read(client: FlaskClient) -> None:
    html = client.get(ALFA, headers=HTML).text
    marks = [int(number) for number in re.findall(r'popovertarget="n(\d+)"', html)]
    assert list(dict.fromkeys(marks)) == list(range(1, max(marks) + 1))


def test_awkward_names_are_shown_as_they_are(client: FlaskClient) -> None:
    assert 'Fonderia "A < B" & Figli' in see(client, "/doc/organisation/foundry").words
    assert "The \"Golden Wing\" Workshop' onmouseover='alert(1)" in see(client, "/doc/organisation/workshop").words
    assert "Istituto {{ 7 * 7 }}" in see(client, "/doc/organisation/institute", "it").words
    assert "Institute ${7*7}" in see(client, "/doc/organisation/institute", "en").words


def test_figures_are_those_of_their_questions(client: FlaskClient) -> None:
    home = client.get("/", headers=HTML).text
    counted = dict(re.findall(r'href="/class/(\w+)">.*?<td class="number">(\d+)</td>', home, re.DOTALL))
    assert counted["RegionalCluster"] == "2"
    assert counted["Membership"] == "6"
    assert "/questions/things-by-class" in home
    assert "How many things of each class" in see(client, "/").words
    figures = dict(re.findall(r'href="/class/(\w+)">[^<]*</a></dt>\s*<dd>(\d+)</dd>', home))
    assert figures.items() >= {"RegionalCluster": "2", "Membership": "6", "Project": "1"}.items()
    assert "4 known, at any time" in see(client, "/").words
    for name in ("RegionalCluster", "Membership"):
        listed = see(client, f"/class/{name}").words
        assert f"{counted[name]} of this class" in listed


def test_a_question_has_its_answer_its_text_and_a_way_on(client: FlaskClient) -> None:
    page = see(client, "/questions/regional-clusters")
    assert "2 rows" in page.words
    assert "SELECT DISTINCT ?cluster ?acronym ?domain" in page.words
    assert any(str(each["href"]).startswith("/sparql?query=") for each in page.of("a"))


def test_a_visitors_value_is_asked_in_the_sandbox(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = Sandbox.answer
    monkeypatch.setattr(
        Sandbox, "answer", lambda self, query, **given: asked.append(query) or original(self, query, **given)
    )
    path, alfa = "/questions/members-on-date", BASE + "id/cluster/alfa"
    assert client.get(path, headers=HTML).status_code == 200
    assert asked == []
    page = see(client, f"{path}?cluster={alfa}&date=2015-01-01")
    assert "University of Valdoro" in page.words
    chosen = [each["value"] for each in page.of("option") if "selected" in each]
    assert chosen == [alfa]
    assert len(page.of("option")) == 3
    assert len(asked) == 1
    assert f"<{alfa}>" in asked[0]
    assert '"2015-01-01"^^<http://www.w3.org/2001/XMLSchema#date>' in asked[0]
    wrong = client.get(f"{path}?date=2015-02-30", headers=HTML)
    assert wrong.status_code == 400
    assert "2015-02-30" in wrong.text


def test_a_list_is_paged_and_loses_nothing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {
        each["href"] for each in see(client, "/class/Membership").of("a") if "/doc/membership" in str(each["href"])
    }
    monkeypatch.setattr(pages, "LIST_PAGE", 4)
    found = [each["href"] for n in (1, 2) for each in see(client, f"/class/Membership?page={n}").of("a")]
    assert {href for href in found if "/doc/membership" in str(href)} == whole
    assert client.get("/class/Membership?page=3").status_code == 404


def test_a_page_of_the_search_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/search?q=universit&page=2", headers=HTML).status_code == 404


def test_links_to_the_next_page_stay_where_a_proxy_puts_the_site(
    world: Config, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LIST_PAGE", 2)
    monkeypatch.setattr(pages, "QUESTION_PAGE", 2)
    monkeypatch.setattr(finding, "PAGE", 2)
    client = create_app(replace(world, proxies=1)).test_client()
    headers = {**HTML, "X-Forwarded-Prefix": "/below"}
    for path in ("/class/Membership", "/questions/things-by-class", "/search?q=a"):
        seen = Seen(client.get(path, headers=headers).text)
        ours = [
            str(each[name])
            for tag, name in (("a", "href"), ("form", "action"))
            for each in seen.of(tag)
            if name in each
        ]
        assert any("page=2" in address for address in ours), path
        assert [address for address in ours if address.startswith("/") and not address.startswith("/below/")] == []


def test_words_are_those_of_one_or_of_many(app: Flask) -> None:
    for language, rows, many in (("it", "Una riga", "12.345 righe"), ("en", "One row", "12,345 rows")):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            assert t("question.rows", total=1) == rows
            assert t("question.rows", total=12345) == many


def test_a_visitors_mistake_is_explained_in_the_visitors_language(client: FlaskClient) -> None:
    for path in (
        "/questions/members-on-date?date=xx",
        "/search?q=" + "x" * 500,
        "/class/Membership?page=0",
        "/sparql?query=ASK{}&query=ASK{}",
        "/sparql?query=DROP+ALL",
        "/sparql?query=SELECT*{SERVICE<http://e.org/>{}}",
    ):
        italian, english = (
            client.get(path, headers={**HTML, "Accept-Language": language}).text for language in ("it", "en")
        )
        sentences = [re.search(r'<p( class="detail")?>([^<]+)</p>', text) for text in (italian, english)]
        assert all(sentences), path
        assert sentences[0][2] != sentences[1][2], path  # type: ignore[index]
    engines = client.get("/sparql?query=SELEC", headers={**HTML, "Accept-Language": "it"})
    assert engines.status_code == 400
    assert '<p lang="en">' in engines.text


def test_a_page_of_an_answer_does_not_read_all_of_it(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = Sandbox.answer
    monkeypatch.setattr(
        Sandbox, "answer", lambda self, query, **given: asked.append(query) or original(self, query, **given)
    )
    page = see(client, "/questions/who-says?subject=&page=2")
    assert "21–40 of" in page.words
    assert asked[0].endswith("OFFSET 20\nLIMIT 200")  # so many tell of most answers how long they are
    assert "COUNT(*)" in asked[1]
    assert client.get("/questions/who-says?subject=&page=999", headers=HTML).status_code == 404


def test_search_finds_names(client: FlaskClient) -> None:
    hrefs = [each["href"] for each in see(client, "/search?q=universit").of("a")]
    assert "/doc/organisation/university" in hrefs


def test_the_method_page_says_where_to_write(client: FlaskClient) -> None:
    page = see(client, "/doc/method")
    assert "What the figures count" in page.words
    assert "regional clusters 2" in page.words
    assert {"href": "mailto:corrections@example.org"} in page.of("a")


def test_dumps_are_those_of_the_release(client: FlaskClient, release: Release) -> None:
    for dump in release.manifest["dumps"]:
        with client.get(f"/dumps/{dump['file']}") as response:
            assert response.data == (release.path / "dumps" / dump["file"]).read_bytes()
            assert response.content_type == "application/gzip"
        with client.get(f"/dumps/{dump['file']}", headers={"If-None-Match": response.headers["ETag"]}) as again:
            assert again.status_code == 304
    assert client.get("/dumps/manifest.json").status_code == 404


def test_health(client: FlaskClient) -> None:
    assert client.get("/health/live").text == "live\n"
    assert client.get("/health/ready").text == "ready\n"


# -- failures ----------------------------------------------------------------------------------------------------------


def test_every_failure_of_ours_has_a_status() -> None:
    def kinds(kind: type[GraphError]) -> set[type[GraphError]]:
        return {kind}.union(*(kinds(each) for each in kind.__subclasses__()))

    own = {BadQuery: 400, InvalidData: 422, NoRelease: 503, QueryTimeout: 504, StoreBusy: 503, StoreUnavailable: 502}
    assert own.items() <= errors.STATUS.items()
    for kind in kinds(GraphError):
        code = next(errors.STATUS[each] for each in kind.__mro__ if each in errors.STATUS)
        assert code != 404
        assert errors.problem(kind.__new__(kind)).status == code


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (QueryTimeout(2), 504, "2 seconds"),
        (StoreBusy(7), 503, "7 seconds"),
        (NoRelease("/secret/place"), 503, "No release"),
        (StoreUnavailable("http://secret.example said: password"), 502, "Try again"),
        (BadQuery("a } is missing", 3, 4), 400, "a } is missing"),
        (BadQuery(Message("manca una }", "a } is missing here"), 3, 4), 400, "a } is missing here"),
        (RuntimeError("/secret/trace"), 500, "logged"),
    ],
)
def test_a_visitor_reads_the_kind_of_a_failure_and_no_secret(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, words: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(questions, "describe", fail)
    client = app.test_client()
    page = client.get("/doc/cluster/alfa", headers={**HTML, "Accept-Language": "en"})
    problem = client.get("/doc/cluster/alfa", headers={"Accept": "text/turtle", "Accept-Language": "en"})
    for response in (page, problem):
        assert response.status_code == code
        assert response.headers["Cache-Control"] == "no-store"
        assert "secret" not in response.text
        assert words in response.text
    assert page.content_type == "text/html; charset=utf-8"
    assert problem.content_type == "application/problem+json"
    read = json.loads(problem.text)
    assert read["status"] == code
    known = errors.problem(error if isinstance(error, GraphError) else GraphError())
    assert read["title"] == known.title.en
    assert read["type"] == f"{BASE}problems#{known.name}"
    assert (problem.headers.get("Retry-After") is not None) == (code == 503)
    if isinstance(error, BadQuery):
        assert (read["line"], read["column"]) == (3, 4)


# -- data that mean harm (T24) -----------------------------------------------------------------------------------------

TEXTS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "'><svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<style>@import '//evil'</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<form action=//evil><input name=a>",
    "<body onload=alert(1)>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "</title><script>alert(1)</script>",
    "</textarea>",
    "</table>",
    "</main></body></html>",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "&amp;",
    "&",
    "{{7*7}}",
    "{% raw %}",
    "{#",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "a\u200fb",
    "\ufeffx",
    "\x00x",
    "\x1b[31mred",
    "x\ty\nz",
    "\u2028x",
    "\u0000<script>",
    "＜script＞",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<\u202escript>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "x" * 20000,
    "<" * 5000,
    "é" * 100,
    "%3Cscript%3E",
    "\\u003cscript\\u003e",
    "<details open ontoggle=alert(1)>",
    "<math><mi//xlink:href>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>",
    "<object data=javascript:alert(1)>",
    "<link rel=stylesheet href=//evil>",
    "<video><source onerror=alert(1)>",
    "`${alert(1)}`",
    "';alert(1)//",
    '";alert(1)//',
)
IRIS = (
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "javascript://%0aalert(1)",
    "data:text/html,alert(1)",
    "vbscript:alert(1)",
    "https://evil.example/'onmouseover='alert(1)",
    "https://evil.example/%22%3E%3Cscript%3E",
    "https://evil.example/\u202efdp.exe",
    "https://xn--e1awd7f.example/",
    "https://\u0435xample.org/",
    "http://[::1]/",
    "https://example.org:99999999999/",
    "urn:x:y",
    "file:///etc/passwd",
    "mailto:a@example.org?subject='",
    "https://example.org/region/id/organisation/'x'",
    "https://example.org/region//evil.example",
    "https://example.org/region/id/../../x",
    "https://w3id.org/ctl/def/'x",
    "https://example.org/region/graph/x;y,z",
)
LANGUAGES = ("en", "it", "x-a", "en-Latn-GB-x-private", "qaa")


# The tags of our own templates.
INERT = {
    "text",
    "svg",
    "rect",
    "line",
    "figure",
    "figcaption",
    "a",
    "blockquote",
    "body",
    "button",
    "caption",
    "code",
    "dd",
    "cite",
    "details",
    "div",
    "fieldset",
    "legend",
    "dl",
    "dt",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "input",
    "label",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
}


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(c):04X}" if c < " " or c in '"\\' else c for c in text)


def hostile_quads() -> str:
    """Each text as a name, a note, a source's title and publisher; each IRI as a link, class, property and graph."""
    lines: list[str] = []

    def say(subject: str, predicate: str, value: str, graph: str = "accepted") -> None:
        names = (name if ":" in name else f"{BASE}graph/{name}" for name in {graph, "accepted"})
        lines.extend(f"<{subject}> <{predicate}> {value} <{name}> ." for name in names)

    skos, dct, prov = "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/", "http://www.w3.org/ns/prov#"
    rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    for number, text in enumerate(TEXTS):
        thing, language = f"{BASE}id/organisation/t{number}", LANGUAGES[number % len(LANGUAGES)]
        say(thing, rdf_type, f"<{CTL}Enterprise>", f"s{number}")
        say(thing, skos + "prefLabel", f'"{escaped(text)}"@{language}', f"s{number}")
        say(thing, skos + "note", f'"{escaped(text)}"', f"s{number}")
        say(f"{BASE}graph/s{number}", prov + "hadPrimarySource", f"<{BASE}id/source/s{number}>")
        say(f"{BASE}id/source/s{number}", dct + "title", f'"{escaped(text)}"')
        say(f"{BASE}id/source/s{number}", CTL + "publisherName", f'"{escaped(text)}"')
        say(f"{BASE}id/source/s{number}", "http://xmlns.com/foaf/0.1/page", f"<{IRIS[number % len(IRIS)]}>")
    for number, iri in enumerate(IRIS):
        thing = f"{BASE}id/organisation/i{number}"
        say(thing, skos + "prefLabel", f'"i{number}"@it', iri)
        say(thing, rdf_type, f"<{iri}>", iri)
        say(thing, iri, f"<{iri}>", iri)
        say(thing, skos + "closeMatch", f"<{iri}>", iri)
        say(iri, skos + "closeMatch", f"<{thing}>", iri)
    return "\n".join(
        [*lines, f"<{CTL}Enterprise> <{rdf_type}> <http://www.w3.org/2002/07/owl#Class> <{BASE}graph/accepted> ."]
    )


@pytest.fixture(scope="module")
def hostile(world: Config, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A release that no check of ours would let through: the pages must hold by themselves."""
    config = replace(world, releases=tmp_path_factory.mktemp("hostile") / "releases")
    publish(write(hostile_quads().encode(), {}, config), "1")
    return create_app(config).test_client()


def assert_inert(page: Seen, path: str) -> None:
    assert page.open == [], path
    assert {tag for tag, _ in page.tags} <= INERT, path
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (path, tag, attributes)
            assert name not in ("style", "srcdoc", "autofocus"), (path, attributes)
            if name in ("href", "src", "action"):
                assert str(value).startswith(("/", "?", "#", "http://", "https://", "mailto:")), (path, value)
                assert not str(value).startswith("//"), (path, value)
            if name == "lang":
                assert re.fullmatch(r"[A-Za-z0-9-]+", str(value)), (path, value)
    everything = "".join(page.text) + "".join(str(value) for _, each in page.tags for value in each.values())
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x1b]", everything), path


def test_there_are_enough_payloads() -> None:
    assert len(TEXTS) * 4 + len(IRIS) * 5 >= 200


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_no_text_of_the_data_becomes_markup(hostile: FlaskClient, number: int) -> None:
    for path in (f"/doc/organisation/t{number}", f"/doc/source/s{number}", f"/graph/s{number}"):
        page = see(hostile, path)
        assert_inert(page, path)
        expected = re.sub(
            r"[\x00-\x20\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028]+", "", TEXTS[number]
        )
        assert expected in re.sub(r"\s+", "", page.words), path


@pytest.mark.parametrize("number", range(len(IRIS)))
def test_no_iri_of_the_data_becomes_a_trap(hostile: FlaskClient, number: int) -> None:
    path = f"/doc/organisation/i{number}"
    page = see(hostile, path)
    assert_inert(page, path)
    for each in page.of("a"):
        if str(each["href"]).startswith(("http:", "https:", "mailto:")) and "rel" not in each:
            assert str(each["href"]).startswith(("mailto:corrections", "http://localhost")), each
    for suffix in ("ttl", "nt", "jsonld", "nq", "trig"):
        response = hostile.get(f"{path}.{suffix}")
        assert response.status_code == 200, (suffix, IRIS[number])


@pytest.mark.parametrize(
    "path", ["/", "/clusters", "/class/Enterprise", "/disagreements", "/graph/accepted", "/questions/things-by-class"]
)
def test_lists_of_hostile_things_are_inert(hostile: FlaskClient, path: str) -> None:
    assert_inert(see(hostile, path), path)


@pytest.mark.parametrize("text", TEXTS)
def test_no_words_of_a_visitor_become_markup(hostile: FlaskClient, client: FlaskClient, text: str) -> None:
    for path, name in (("/search", "q"), ("/", "lang"), ("/", text[:50]), ("/questions/things-by-class", "x")):
        response = client.get(path, query_string={name: text[:300]}, headers=HTML)
        assert response.status_code in (200, 400)
        assert_inert(Seen(response.text), path)


@pytest.mark.parametrize(
    "path", ["/disagreements?about=ctl:nothing", "/doc/cluster/alfa?view=all", "/graph/newspaper?only=2"]
)
def test_a_choice_that_there_is_not_is_refused_in_words(client: FlaskClient, path: str) -> None:
    for language, words in (("it", "non è un valore che la pagina conosce"), ("en", "the page knows no such value")):
        answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
        assert answer.status_code == 400
        assert words in answer.text


@pytest.mark.parametrize("disagreement", ["urn:uuid:1", "https://elsewhere.example/1", BASE + "id/disagreement/1"])
def test_a_dispute_leads_on_only_where_it_has_a_page(world: Config, tmp_path: Path, disagreement: str) -> None:
    alfa, statement = f"<{BASE}id/cluster/alfa>", f"<{BASE}id/statement/1>"
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    said = [
        f"{alfa} <{rdf}type> <{CTL}RegionalCluster>",
        f"<{disagreement}> <{rdf}type> <{CTL}Disagreement>",
        f"<{disagreement}> <{CTL}about> {alfa}",
        f"<{disagreement}> <{CTL}statement> {statement}",
        f"{statement} <{rdf}subject> {alfa}",
        f"{statement} <{rdf}predicate> <{CTL}foundedOn>",
        f'{statement} <{rdf}object> "2014"',
    ]
    config = replace(world, releases=tmp_path / "releases")
    publish(write("\n".join(f"{each} <{BASE}graph/accepted> ." for each in said).encode(), {}, config), "1")
    html = create_app(config).test_client().get("/doc/cluster/alfa", headers=HTML).text
    assert "2014" in html
    assert 'href="None"' not in html
    links = re.findall(r'<a (?:class="mark warn" )?href="(#disagreements|/doc/disagreement/[^"]+)"', html)
    assert links == ["#disagreements", *(["/doc/disagreement/1"] if disagreement.startswith(BASE) else [])]
    assert len(re.findall(r'class="mark warn"', html)) == 1


def test_an_answer_says_codes_and_days_in_words(client: FlaskClient) -> None:
    page = see(client, f"/questions/members-on-date?cluster={BASE}id/cluster/alfa&date=2015-01-01", "it")
    assert "2 maggio 2013" in page.words
    assert "2013-05-02" in {each["title"] for each in page.of("span") if "title" in each}
    basis = see(client, "/questions/national-clusters", "it").words
    assert "dichiarato da una fonte" in basis
    answer = client.get("/api/national-clusters.csv").text
    assert "stated" in answer, "programs have the code"


@pytest.mark.parametrize("name", ["alfa", "cluster/alfa", "Alfa Cluster", f"{BASE}id/cluster/alfa"])
def test_a_thing_is_asked_for_by_its_name_or_address(client: FlaskClient, name: str) -> None:
    page = see(client, "/questions/memberships?" + urlencode({"party": name}))
    assert "University of Valdoro" in page.words
    (field,) = [each for each in page.of("input") if each.get("name") == "party"]
    assert field["value"] == name
    assert "/class/MemberOrganisation" in {each["href"] for each in page.of("a")}


@pytest.mark.parametrize("value", ["a b", "{", "<x>", '"><b>', "x" * 400])
@pytest.mark.parametrize(
    "place", ["partners-in-country?code", "organisations-in-province?seat", "collaborations-over-time?country"]
)
def test_a_code_that_nobody_has_is_shown_as_it_was_written(client: FlaskClient, place: str, value: str) -> None:
    name, _, parameter = place.partition("?")
    page = see(client, f"/questions/{name}?{urlencode({parameter: value})}")
    assert [each["value"] for each in page.of("option") if "selected" in each] == [value]


def test_a_choice_of_what_no_source_says_is_kept_in_the_form(client: FlaskClient) -> None:
    page = see(client, "/questions/collaborations-over-time?cluster=&kind=&country=unknown")
    assert [each["value"] for each in page.of("option") if "selected" in each] == ["unknown"]


def test_a_value_that_is_too_long_is_refused(client: FlaskClient) -> None:
    response = client.get("/questions/partners-in-country?code=" + "x" * 501, headers=HTML)
    assert response.status_code == 400
    assert "500" in response.text


def test_a_name_that_is_nobodys_is_explained(client: FlaskClient) -> None:
    response = client.get("/questions/memberships?party=xyzzy", headers={**HTML, "Accept-Language": "en"})
    assert response.status_code == 400
    assert "&#39;xyzzy&#39; is not the name, acronym or address of one thing." in response.text


def test_what_is_a_list_is_chosen_from_it(client: FlaskClient) -> None:
    page = see(client, "/questions/partners-in-country", "it")
    names = {each["name"] for each in page.of("select")}
    assert names == {"cluster", "code"}


def test_the_accessibility_statement_says_what_its_publisher_has_said(world: Config, release: Release) -> None:
    def read(config: Config, language: str) -> str:
        return see(create_app(config).test_client(), "/accessibility", language).words

    silent = read(replace(world, contact=""), "en")
    for each in ("has not stated yet", "has not given the date", "has not given an address to write to yet"):
        assert each in silent, each
    said = replace(
        world,
        accessibility_status="partial",
        accessibility_date="2026-11-27",
        accessibility_contact="mailto:access@valdoro.example",
    )
    italian = read(said, "it")
    for each in ("parzialmente conforme", "redatta il 27 novembre 2026", "access@valdoro.example"):
        assert each in italian, each
    assert "fully compliant" in read(replace(said, accessibility_status="full"), "en")
    assert "not compliant" in read(replace(said, accessibility_status="none"), "en")


@pytest.mark.parametrize("contact", ["mailto:corrections@example.org", "https://example.org/write"])
def test_who_finds_an_error_is_told_where_to_write(world: Config, release: Release, contact: str) -> None:
    client = create_app(replace(world, contact=contact)).test_client()
    for path, places in (("/doc/method", 2), ("/accessibility", 2), ("/clusters", 1)):  # the foot is on every page
        page = see(client, path, "en")
        assert [each["href"] for each in page.of("a")].count(contact) == places, path
        assert "no address yet" not in page.words


def test_the_menu_has_a_button_that_closes_it(client: FlaskClient) -> None:
    buttons = [each for each in see(client, "/").of("button") if each.get("popovertarget") == "menu"]
    assert [each.get("popovertargetaction") for each in buttons] == [None, "hide"]


def test_the_data_begin_with_the_tables_that_a_spreadsheet_opens(client: FlaskClient) -> None:
    html = client.get("/data", headers=HTML).text
    tables = html.partition('id="tables"')[2].partition('id="downloads"')[0]
    places = re.findall(r'href="(/dumps/[^"]+\.csv)"', tables)
    assert places
    for place in places:
        with client.get(place) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "text/csv")
            assert not answer.data.startswith(b"\xef\xbb\xbf"), "programs read these files, too"


def test_where_nobody_can_be_written_to_the_pages_say_so(world: Config, release: Release) -> None:
    client = create_app(replace(world, contact="")).test_client()
    for language, foot, said in (
        ("it", "chi pubblica non ha ancora indicato un recapito", "non ha ancora indicato un recapito"),
        ("en", "the publisher has given no address yet", "has not given an address to write to yet"),
    ):
        assert foot in see(client, "/clusters", language).words
        assert said in see(client, "/doc/method", language).words.replace(foot, "")
        assert said in see(client, "/accessibility", language).words.replace(foot, "")
