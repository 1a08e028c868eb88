"""Data that mean harm, in every page that shows them: nothing is executed, and all of it is read as text."""

import gzip
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from zlib import crc32

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route
from playwright.sync_api import Error as PlaywrightError

from ctl_graph.config import Config
from ctl_graph.release import Release, publish, write
from ctl_graph.web import create_app, editor
from tests.serving import listening
from tests.test_pages import TEXTS, escaped

from .conftest import PATIENCE, Watched, settle
from .test_editor_page import EXECUTE, PAYLOADS, SCHEMES

TAGS = (
    "img src=x:", "svg", "body", "video", "input autofocus", "details open", "iframe", "object data=x:", "marquee",
    "x tabindex=1", "audio src=x:", "style", "math",
)  # fmt: skip
HANDLERS = ("onload", "onerror", "onfocus", "ontoggle", "onmouseover", "onanimationstart", "onpointerenter", "onstart")
ENDS = ("", "'>", '">', "</script>", "</title>", "-->", "</textarea>", "</svg>")


def payloads() -> list[str]:
    """More than two hundred; each would call EXECUTE or open a dialog if it were taken for anything but text."""
    made = [
        f"{ENDS[(number + index) % len(ENDS)]}<{tag} {handler}='{EXECUTE}'>"
        for number, tag in enumerate(TAGS)
        for index, handler in enumerate(HANDLERS)
    ]
    ended = [f"{end}<script>{EXECUTE}</script>{end}" for end in ENDS]
    urls = [
        f"<a {name}='{scheme}{EXECUTE}'>x</a>"
        for name in ("href", "xlink:href")
        for scheme in ("javascript:", "data:text/html,")
    ]
    written = [each for each in TEXTS if each.isprintable() and len(each) < 300]
    quoted = [quote(each) for each in PAYLOADS] + [each.replace("<", "&lt;") for each in PAYLOADS]
    return list(dict.fromkeys([*PAYLOADS, *made, *ended, *urls, *written, *quoted]))


HARM = payloads()
CONTACT = "mailto:corrections@example.org"  # as the settings of Valdoro say
# What may not stand in an IRI is percent-encoded there; an apostrophe may.
IN_IRIS = "'()=;&!*,$+@:/?-._~"
BASES = ("https://evil.example/", "https://example.org/region/id/x/", "https://w3id.org/ctl/def/", "urn:x:")


def harmful_iris() -> list[str]:
    """One for each payload: schemes that run, and payloads in the paths of others' things, of ours, and of terms."""
    schemes = [quote(each, safe=IN_IRIS) for each in SCHEMES if each[0].isalpha() and each.split(":")[0].isalnum()]
    paths = [f"{BASES[number % len(BASES)]}{quote(each, safe=IN_IRIS)}" for number, each in enumerate(HARM)]
    return list(dict.fromkeys([*schemes, *paths]))[: len(HARM)]


HARMFUL_IRIS = harmful_iris()
# All that the grammar of tags lets through (https://www.w3.org/TR/n-quads/#grammar-production-LANGTAG).
TAGS_OF_LANGUAGES = ("javascri-pt", "x-script-alert", "onload", "it-onerror", "svg-x-onload", "script")
NAMES = quote("SELECT ?name { ?thing <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }")
# The names of things, of the site's data only: those of the vocabulary are ours.
NAMED = re.compile(
    r"(?<=^<https://example\.org/region/)(id/[^>]*> "
    r"<(?:http://www\.w3\.org/2004/02/skos/core#(?:prefLabel|altLabel|note)"
    r"|http://purl\.org/dc/terms/title|https://w3id\.org/ctl/def/(?:publisherName|acronym|asStated))>)"
    r' "((?:[^"\\]|\\.)*)"'
)
LISTS = (
    "/", "/clusters", "/class/MemberOrganisation", "/class/MemberOrganisation?page=2",
    "/class/MemberOrganisation?page=3", "/class/Project", "/doc/cluster/alfa", "/doc/cluster/alfa?page=2",
    "/doc/cluster/beta", "/doc/project/ponte", "/doc/collaboration/ponte", "/doc/agreement/patto",
    "/doc/strategy/s3-2014-2020", "/doc/area/2014-2020-materials", "/strategies", "/collaborations",
    "/national-clusters", "/map", "/map?seat=unknown", "/network", "/network?show=all", "/search?q=x",
    "/search?q=script", "/search?q=img&page=2", "/sources", "/doc/source/newspaper", "/graph/statute",
    "/graph/statute?page=2", "/disagreements", "/doc/disagreement/alfa-founded", "/questions/members-on-date",
    "/questions/sources", "/questions/regional-clusters", "/changes", "/graphs?page=2",
    "/questions/who-says?subject=&predicate=&object=", "/doc/organisation/h0", "/doc/organisation/h0?view=statements",
    "/doc/organisation/h9?view=statements", "/doc/organisation/h21?view=statements", "/doc/source/h3",
    "/doc/source/h14",
    "/changes?page=2", "/releases", "/catalog", "/data", "/graphs", "/void", "/def/RegionalCluster",
    f"/sparql?query={NAMES}", "/reconcile/preview?id=https://example.org/region/id/organisation/h0",
)  # fmt: skip


@pytest.fixture(scope="module")
def region(world: Config, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Valdoro as no check of ours would let it through: each name is a payload, and each payload an organisation."""
    config = replace(
        world, releases=tmp_path_factory.mktemp("hostile") / "releases", title_it=HARM[0], publisher=HARM[2]
    )
    quads = gzip.decompress((release.path / "dumps" / "ctl-graph.nq.gz").read_bytes()).decode().splitlines()
    publish(write("\n".join([*map(spoilt, quads), *more(quads), *hostile_terms()]).encode(), {}, config), "1")
    return create_app(config)


def spoilt(quad: str) -> str:
    """The same text is always the same payload, so that both graphs of a statement agree."""
    return NAMED.sub(lambda found: f'{found[1]} "{escaped(HARM[crc32(found[2].encode()) % len(HARM)])}"', quad)


def hostile_terms() -> Iterator[str]:
    """On each payload's organisation: tags, datatypes, links, properties, classes; and a graph with a source each."""
    region = "https://example.org/region/"
    skos, foaf, prov = (
        "http://www.w3.org/2004/02/skos/core#",
        "http://xmlns.com/foaf/0.1/",
        "http://www.w3.org/ns/prov#",
    )
    for number, (payload, iri) in enumerate(zip(HARM, HARMFUL_IRIS, strict=True)):
        thing, tag = f"<{region}id/organisation/h{number}>", TAGS_OF_LANGUAGES[number % len(TAGS_OF_LANGUAGES)]
        source, accepted = f"<{region}id/source/h{number}>", f"<{region}graph/accepted>"
        for graph in (accepted, f"<{iri}>"):
            yield f'{thing} <{skos}note> "{escaped(payload)}"@{tag} {graph} .'
            yield f'{thing} <{skos}note> "{number}"^^<{iri}> {graph} .'
            yield f"{thing} <{foaf}homepage> <{iri}> {graph} ."
            yield f"{thing} <{iri}#p> <{iri}> {graph} ."  # a property without a local name is none in XML
        yield f"<{iri}> <{prov}hadPrimarySource> {source} {accepted} ."
        yield f'{source} <http://purl.org/dc/terms/title> "{escaped(payload)}" {accepted} .'
        yield f"{source} <{foaf}page> <{iri}> {accepted} ."


def more(quads: list[str]) -> Iterator[str]:
    """The town and its membership, over and over, each time with another name."""
    models = [quad for quad in quads if "/organisation/town>" in quad or "/membership/alfa-town-member" in quad]
    for number, payload in enumerate(HARM):
        for quad in models:
            named = NAMED.sub(lambda found: f'{found[1]} "{escaped(payload)}"', quad)  # noqa: B023 (used at once)
            yield named.replace("/organisation/town>", f"/organisation/h{number}>").replace(
                "alfa-town-member", f"h{number}"
            )


@pytest.fixture(scope="module")
def place(region: Flask) -> Iterator[str]:
    with listening(region) as address:
        yield address.rstrip("/")


# Under the policy whatever would be executed is a violation, which is a fault as well.
POLICIES = [
    pytest.param(True, id="under the policy"),
    pytest.param(False, id="with the policy off", marks=pytest.mark.slow),
]


@pytest.fixture(params=POLICIES)
def watched(request: pytest.FixtureRequest, browser: Browser, place: str) -> Iterator[Watched]:
    context = browser.new_context(locale="it-IT", bypass_csp=not request.param)
    context.set_default_timeout(PATIENCE)
    watched = Watched(context.new_page(), place)
    yield watched
    context.close()


def executed(page: Page) -> bool:
    """Handlers of the mouse and of the focus have had their chance, too."""
    page.evaluate("""() => {
      for (const each of document.querySelectorAll("main *")) {
        for (const kind of ["mouseover", "pointerenter"]) each.dispatchEvent(new Event(kind, { bubbles: true }));
      }
    }""")
    return bool(page.evaluate("window.executed !== undefined"))


def leads(page: Page) -> set[str]:
    """The schemes of all links but that to the address of the settings."""
    of = "link => new URL(link.href.baseVal ?? link.href, location.href).protocol"  # a drawing has its links elsewhere
    return set(page.locator(f'a[href]:not([href="{CONTACT}"])').evaluate_all(f"links => links.map({of})"))


def test_there_are_enough_payloads() -> None:
    assert len(HARM) >= 200
    assert len(HARMFUL_IRIS) == len(HARM)


def raw(page: Page, place: str) -> None:
    """The first page, with a payload of each kind in it as a template would write it that escapes nothing."""

    def spoil(route: Route) -> None:
        answer = route.fetch()
        harm = "".join(each for each in PAYLOADS if not each.startswith("<!--"))
        route.fulfill(response=answer, body=answer.text().replace("<main", f"{harm}<main", 1))

    page.route(place, spoil)
    page.goto(place)
    page.wait_for_load_state("networkidle")


def test_what_is_executed_would_be_seen(watched: Watched) -> None:
    """Else the other tests here would say nothing: under the policy as a violation, without it as an execution."""
    raw(watched.page, f"{watched.address}/")
    violations = [each for each in watched.faults if "Content Security Policy" in each or each.startswith("CSP")]
    assert executed(watched.page) or len(violations) > 10
    assert not (executed(watched.page) and violations)


# What the data and a visitor can put where, beyond names: each place is a page, with all payloads in it.
FILES = (
    "/api/members-on-date.csv?cluster=", "/api/memberships.tsv?party=", "/api/memberships.srx?party=",
    "/api/memberships.json?party=", "/api/memberships.srj?party=", "/graph/accepted.rdf", "/graph/accepted.ttl",
    "/graph/accepted.jsonld", "/graph/accepted.trig", "/doc/organisation/h1.rdf", "/doc/organisation/h2.ttl",
    "/doc/organisation/h3.jsonld", "/catalog.rdf", "/void.rdf", "/changes.atom", "/ldes/1.trig", "/sitemap.xml",
    "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
    "/network.svg?show=all",
    "/context.jsonld", "/api/openapi.json", "/robots.txt", "/linkset/doc/organisation/h4",
    f"/sparql?query={NAMES}&format=csv", f"/sparql?query={NAMES}&format=srx", f"/sparql?query={NAMES}&format=tsv",
)  # fmt: skip


def test_no_file_that_a_browser_opens_is_executed(watched: Watched) -> None:
    """A table is downloaded; what the browser opens itself, such as XML, is no page of HTML and runs nothing."""
    page, opened, kept = watched.page, 0, 0
    for path in FILES:
        with suppress(PlaywrightError):  # a download is the end of the visit
            page.goto(watched.address + path)
            assert page.evaluate("window.executed === undefined"), path
            opened += 1
            continue
        kept += 1
    assert opened + kept == len(FILES)
    assert opened > 8
    assert kept > 4
    # The browser's own view of XML has a style, which the policy refuses.
    own = ("favicon", "inline style", "style-src-elem inline")
    assert [fault for fault in watched.faults if not any(each in fault for each in own)] == []


def post(page: Page, query: str) -> None:
    """As the form does for a query that is too long for an address."""
    page.evaluate(
        """(query) => {
          const form = document.querySelector("#form");
          form.query.value = query;
          form.query.required = false;
          form.method = "post";
          form.submit();
        }""",
        query,
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["editor", "form alone"])
def test_nothing_in_a_query_or_in_its_answer_is_executed(
    watched: Watched, scripts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Payloads as comments, texts, datatypes and IRIs of a query, in its answer, and in what is wrong with it."""
    if not scripts:
        monkeypatch.setattr(editor, "BUNDLE", Path("nowhere"))
    page, asked, seen = watched.page, 0, ""
    page.goto(f"{watched.address}/sparql")
    for query in queries():
        with page.expect_navigation():
            post(page, query)
        settle(page)
        assert not executed(page), query
        assert page.locator("main").locator("iframe, object, embed, base, marquee, template, img").count() == 0
        assert leads(page) <= {"http:", "https:"}
        seen += str(page.evaluate("document.querySelector('#query').value + document.body.textContent"))
        asked += 1
    mistakes = [each for each in watched.faults if "400 (BAD REQUEST)" not in each and "favicon" not in each]
    assert mistakes == []
    assert asked > 12
    assert len([each for each in HARM if each in seen]) >= 200


def queries() -> Iterator[str]:
    """Of each payload one line in one of them; the last are wrong."""
    on_one_line = [each for each in HARM if each.isprintable()]
    for first in range(0, len(on_one_line), 60):
        harm = on_one_line[first : first + 60]
        iris = [f"<{each}>" for each in HARMFUL_IRIS[first : first + 60]]
        comments = "\n".join(f"# {each}" for each in harm)
        texts = " ".join(f'"{escaped(each)}"' for each in harm)
        tagged = " ".join(f'"{escaped(each)}"@{TAGS_OF_LANGUAGES[0]}' for each in harm)
        typed = " ".join(f'"x"^^{each}' for each in iris)
        yield f"{comments}\nSELECT * {{ VALUES ?constructor {{ {texts} {tagged} }} }}"
        yield f"SELECT * {{ VALUES ?__proto__ {{ {typed} {' '.join(iris)} }} }}"
    yield f"CONSTRUCT {{ <urn:x> ?p ?o }} {{ VALUES (?p ?o) {{ {' '.join(f'({each} {each})' for each in iris)} }} }}"
    for each in PAYLOADS[::4]:
        yield f"SELECT ({each}"


def test_nothing_in_a_page_is_executed(watched: Watched) -> None:
    """Each page that shows names of others; the texts stand there as they are."""
    page, seen = watched.page, ""
    for path in LISTS:
        answer = page.goto(watched.address + path)
        assert answer is not None
        assert answer.status == 200, path
        settle(page)
        assert not executed(page), path
        assert page.locator("main").locator("iframe, object, embed, base, style, marquee, template").count() == 0, path
        assert leads(page) <= {"http:", "https:"}, path
        seen += str(page.evaluate("document.body.textContent"))
    # Of a page that names no icon the browser wants one.
    assert [fault for fault in watched.faults if not fault.endswith("/favicon.ico")] == []
    shown = [each for each in HARM if each in seen]
    assert len(shown) >= 200


def test_nothing_that_is_typed_is_executed(watched: Watched) -> None:
    page = watched.page
    page.goto(watched.address + "/")
    for words in ("<img", "<svg", "script", PAYLOADS[2]):
        page.locator("#words").fill("")
        page.locator("#words").press_sequentially(words)
        page.wait_for_load_state("networkidle")
        assert not executed(page), words
    assert watched.faults == []


@pytest.mark.slow
def test_nothing_of_a_thing_or_of_a_visitor_is_executed(watched: Watched) -> None:
    """The page of each payload, and each payload as what a visitor asks for."""
    page, visited = watched.page, 0
    for number, payload in enumerate(HARM):
        for path in (
            f"/doc/organisation/h{number}?view=statements",
            f"/doc/source/h{number}",
            f"/search?q={quote(payload[:200])}",
            f"/sources?q={quote(payload[:200])}",
        ):
            page.goto(watched.address + path)
            assert not executed(page), path
            assert leads(page) <= {"http:", "https:"}, path
            visited += 1
        assert payload in str(page.evaluate("[...document.querySelectorAll('input')].map(each => each.value).join()"))
    assert watched.faults == []
    assert visited >= 800
