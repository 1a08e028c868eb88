"""The editor of queries in a real browser: by keyboard, in both languages, under the site's policy, without trust."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from ctl_graph.web import editor

from .conftest import Visit, Watched

COUNTS = {"it": "Quanti membri noti a una data, per cluster", "en": "How many members are known on a date, by cluster"}
RUN = {"it": "Esegui", "en": "Run"}
LOCALES = {"it": "it-IT", "en": "en-GB"}
EXECUTE = "window.executed = (window.executed || 0) + 1"
# Each would call EXECUTE if it were ever taken for anything but text.
PAYLOADS = [
    each.replace("X", EXECUTE)
    for each in (
        "<script>X</script>", "</script><script>X</script>", "<img src=x: onerror='X'>", "<svg onload='X'>",
        "<svg><script>X</script></svg>", "<iframe srcdoc=\"<script>parent.X</script>\">", "<body onload='X'>",
        "<details open ontoggle='X'>", "<input autofocus onfocus='X'>", "<a href=\"javascript:X\">x</a>",
        "'\"><img src=x: onerror='X'>", "\" autofocus onfocus=\"X", "' onmouseover='X' style='position:fixed;inset:0'",
        "<math><mtext><table><mglyph><style><img src=x: onerror='X'>", "<!--><img src=x: onerror='X'>-->",
        "<template><img src=x: onerror='X'></template>", "<style>@import 'x:';</style><img src=x: onerror='X'>",
        "{{constructor.constructor('X')()}}", "${X}", "]]><script>X</script>",
    )
]  # fmt: skip
SCHEMES = [
    f"{scheme}{EXECUTE}"
    for scheme in (
        "javascript:", "JaVaScRiPt:", " javascript:", "java\tscript:", "java\nscript:", "\x01javascript:",
        "vbscript:", "data:text/html,<script>", "javascript://example.org/%0A", "blob:", "view-source:javascript:",
    )
]  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _bundle() -> None:
    if not editor.BUNDLE.is_file():
        pytest.skip("the editor is not bundled: make assets")


def ask(address: str, query: str, media_type: str) -> bytes:
    request = Request(f"{address}/sparql?{urlencode({'query': query})}", headers={"Accept": media_type})
    with urlopen(request) as response:
        return bytes(response.read())


def query_of(page: Page) -> str:
    return str(page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()"))


def write(page: Page, query: str) -> None:
    """In the editor, as a person would, in place of what stands there."""
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)


def press_until(page: Page, key: str, selector: str) -> None:
    """Until the focus is there; a keyboard that gets nowhere fails."""
    for _ in range(120):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {selector}")


@pytest.mark.parametrize("language", ["it", "en"])
def test_an_example_is_chosen_run_and_seen_by_keyboard(visit: Visit, address: str, language: str) -> None:
    page = visit("/sparql", locale=LOCALES[language]).page
    page.locator("#examples a", has_text=COUNTS[language]).first.evaluate("link => link.id = 'wanted'")
    press_until(page, "Tab", "#wanted")
    page.keyboard.press("Enter")
    expect(page.locator(".results [role=status]")).to_contain_text({"it": "2 righe", "en": "2 rows"}[language])
    answer = json.loads(ask(address, query_of(page), "application/sparql-results+json"))
    shown = page.locator(".results tbody tr").evaluate_all("rows => rows.map(row => row.cells.length)")
    assert shown == [len(answer["head"]["vars"])] * len(answer["results"]["bindings"]) == [6, 6]
    press_until(page, "Tab", "#tab-table")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-chart")).to_be_focused()
    expect(page.locator(".chart rect")).to_have_count(2)
    name = page.locator(".chart svg").get_attribute("aria-label")
    assert name is not None
    assert "organisations" in name
    figures = [row["organisations"]["value"] for row in answer["results"]["bindings"]]
    assert page.locator(".chart .figure").all_text_contents() == figures
    lengths = page.locator(".chart rect").evaluate_all("bars => bars.map(bar => bar.width.baseVal.value)")
    assert lengths[0] / lengths[1] == pytest.approx(int(figures[0]) / int(figures[1]), rel=0.02)


def test_keys_enter_run_and_leave_the_editor(visit: Visit) -> None:
    page = visit("/sparql").page
    inside = ".CodeMirror textarea"
    press_until(page, "Tab", inside)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=RUN["it"], exact=True)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(inside)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".results tbody tr")).to_have_count(4)  # two clusters with a name in each language
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=RUN["it"], exact=True)).to_be_focused()


def test_terms_are_suggested_with_their_names(visit: Visit) -> None:
    page = visit("/sparql", locale="en-GB").page
    with page.expect_response("**/sparql/terms.json"):
        write(page, "PREFIX ctl: <https://w3id.org/ctl/def/>\nSELECT * { ?x a ctl:Regional")
    page.keyboard.press("Control+Space")
    hint = page.locator(".CodeMirror-hints li", has_text="ctl:RegionalCluster")
    expect(hint).to_contain_text("ctl:RegionalCluster – Regional cluster")
    hint.click()
    assert query_of(page).endswith("?x a ctl:RegionalCluster")


def test_a_prefix_is_declared_when_it_is_used(visit: Visit) -> None:
    page = visit("/sparql").page
    write(page, "SELECT * { ?x a ")
    page.keyboard.type("org:")
    page.wait_for_function("document.querySelector('.CodeMirror').CodeMirror.getValue().includes('PREFIX')")
    assert query_of(page).startswith("PREFIX org: <http://www.w3.org/ns/org#>\n")


def test_the_csv_is_the_endpoints(visit: Visit, address: str) -> None:
    page = visit("/sparql").page
    page.locator("#examples a", has_text=COUNTS["it"]).first.click()
    with page.expect_download() as download:
        page.locator(".results").get_by_role("button", name="CSV", exact=True).click()
    assert download.value.path().read_bytes() == ask(address, query_of(page), "text/csv")


def test_the_address_and_the_other_language_keep_the_query(visit: Visit) -> None:
    page = visit("/sparql").page
    write(page, "ASK { ?s ?p ?o }")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".results .truth")).to_have_text("Sì (true)")
    assert page.url.endswith("/sparql?query=ASK+%7B+%3Fs+%3Fp+%3Fo+%7D")
    page.locator(".switch a").click()
    expect(page.locator(".results .truth")).to_have_text("Yes (true)")
    assert query_of(page) == "ASK { ?s ?p ?o }"


def test_a_page_with_an_answer_is_taken_over_without_asking_again(visit: Visit) -> None:
    query = 'SELECT ?a ("</script><b>" AS ?b) { VALUES ?a { 1 2 3 } }'
    watched = visit("/sparql?" + urlencode({"query": query}))
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.method))
    expect(watched.page.locator("#answered")).to_have_count(0)
    expect(watched.page.locator(".results tbody tr")).to_have_count(3)
    expect(watched.page.locator(".results tbody td").nth(1)).to_have_text("</script><b>")
    assert "POST" not in asked


def test_a_graph_is_shown_as_it_comes(visit: Visit) -> None:
    page = visit("/sparql").page
    write(page, "CONSTRUCT { <urn:a> <urn:b> '<i>' } {}")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".results pre")).to_have_text('<urn:a> <urn:b> "<i>" .')
    expect(page.locator(".results").get_by_role("button", name="Turtle", exact=True)).to_be_visible()


def test_a_column_is_sorted_by_value(visit: Visit) -> None:
    page = visit("/sparql").page
    write(page, "SELECT ?n { VALUES ?n { 10 9 -1 UNDEF } }")
    page.keyboard.press("Control+Enter")
    heading = page.locator(".results th button")
    heading.click()
    assert page.locator(".results tbody td").all_inner_texts() == ["-1", "9", "10", ""]
    heading.click()
    assert page.locator(".results tbody td").all_inner_texts() == ["10", "9", "-1", ""]
    expect(page.locator(".results th")).to_have_attribute("aria-sort", "descending")


@pytest.mark.parametrize(
    "row",
    [
        '("POINT(9.19 45.46)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> 0 0)',
        '("" 45.46 9.19)',
    ],
)
def test_points_are_on_a_map(visit: Visit, row: str) -> None:
    page = visit("/sparql").page
    far = row.replace("45.46", "46.1")
    write(page, f'SELECT ?where ?lat ?long ("Milano" AS ?name) {{ VALUES (?where ?lat ?long) {{ {row} {far} }} }}')
    page.keyboard.press("Control+Enter")
    page.locator("#tab-map").click()
    expect(page.locator(".map circle")).to_have_count(2)
    south, north = page.locator(".map circle").evaluate_all("points => points.map(each => each.cy.baseVal.value)")
    assert north < south
    assert page.locator(".map title").first.text_content() == "Milano"


def test_many_rows_are_not_cut_silently(visit: Visit) -> None:
    page = visit("/sparql", locale="en-GB").page
    rows = [{"n": _number(index)} for index in range(1001)]
    answered(page, {"head": {"vars": ["n"]}, "results": {"bindings": rows}})
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".results")).to_contain_text("The table shows the first 1000 of 1001 rows.")
    expect(page.locator(".results tbody tr")).to_have_count(1000)
    page.get_by_role("button", name="Show all rows").click()
    expect(page.locator(".results tbody tr")).to_have_count(1001)


def test_an_answer_too_long_for_a_page_is_for_downloading(visit: Visit) -> None:
    page = visit("/sparql", locale="en-GB").page
    answered(page, "x" * 5_000_001)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".results [role=status]")).to_have_text("The answer is too long for a page: download it.")
    expect(page.locator(".results").get_by_role("button", name="CSV", exact=True)).to_be_visible()


@pytest.mark.parametrize(("language", "words"), [("it", r"Riga 2, colonna \d+"), ("en", r"Line 2, column \d+")])
def test_a_wrong_query_is_answered_with_its_place(visit: Visit, language: str, words: str) -> None:
    watched = visit("/sparql", locale=LOCALES[language])
    page = watched.page
    write(page, "SELECT * {\n ?s ?p } }")
    expect(page.locator(".mistake")).to_be_visible()
    page.locator(".mistake").hover()
    page.get_by_role("button", name=RUN[language], exact=True).click()
    expect(page.locator(".results [role=alert]")).to_contain_text(re.compile(words))
    # The browser itself writes to the console that the status was 400, and nothing else went wrong.
    assert [fault for fault in watched.faults if "400 (BAD REQUEST)" not in fault] == []
    watched.faults.clear()


def test_a_query_is_stopped(visit: Visit) -> None:
    page = visit("/sparql").page
    page.route("**/sparql", lambda route: None)  # no answer ever comes
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Esegui", exact=True).click()
    page.get_by_role("button", name="Ferma").click()
    expect(page.locator(".results [role=status]")).to_have_text("La query è stata fermata.")
    expect(page.get_by_role("button", name="Esegui", exact=True)).to_be_visible()


def test_without_scripts_the_form_answers(visit: Visit, address: str) -> None:
    page = visit("/sparql", scripts=False).page
    expect(page.locator(".CodeMirror")).to_have_count(0)
    page.locator("#examples a", has_text=COUNTS["it"]).first.click()
    expect(page.locator("#answered tbody tr")).to_have_count(2)
    page.locator("#query").fill("SELECT ?n { VALUES ?n { 1 2 3 } }")
    page.get_by_role("button", name="Esegui", exact=True).click()
    expect(page.locator("#answered tbody tr")).to_have_count(3)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_window_and_everything_is_named(visit: Visit, width: int) -> None:
    page = visit("/sparql", width=width).page
    page.locator("#examples a", has_text=COUNTS["it"]).first.click()
    page.locator("#tab-chart").click()
    expect(page.locator(".chart rect").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    nameless = """() => [...document.querySelectorAll("button, a[href], input, select, textarea, svg, .scroll")]
      .filter((each) => each.checkVisibility() && !(each.getAttribute("aria-label") || each.textContent.trim()
        || each.getAttribute("aria-labelledby") || each.labels?.length || each.type === "hidden"))
      .map((each) => each.outerHTML)"""
    assert page.evaluate(nameless) == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


# -- hostile answers -------------------------------------------------------------------------------------------------


def hostile_terms() -> list[dict[str, str]]:
    literals = [{"type": "literal", "value": payload} for payload in PAYLOADS]
    tagged = [{"type": "literal", "value": "x", "xml:lang": payload} for payload in PAYLOADS]
    typed = [{"type": "literal", "value": "x", "datatype": payload} for payload in PAYLOADS]
    iris = [{"type": "uri", "value": each} for each in [*SCHEMES, *(f"http://x/{each}" for each in PAYLOADS)]]
    places = ("https://w3id.org/ctl/def/", "https://example.org/region/", "https://example.org/region/id/")
    evil = ("//evil.example/", "../x", "\\evil.example", "/evil.example", "javascript:1")
    return [*literals, *tagged, *typed, *iris, *({"type": "uri", "value": a + b} for a in places for b in evil)]


def answered(page: Page, body: object, status: int = 200) -> None:
    """The endpoint answers this: what its engine would never write, another may."""
    kind = "application/sparql-results+json" if status == 200 else "application/problem+json"
    page.route("**/sparql", lambda route: _fulfil(route, body, kind, status))


def _fulfil(route: Route, body: object, kind: str, status: int) -> None:
    if route.request.method == "POST":
        route.fulfill(status=status, body=json.dumps(body), content_type=kind)
    else:
        route.continue_()


def executed(watched: Watched) -> int:
    return int(watched.page.evaluate("window.executed || 0"))


@pytest.mark.parametrize("policy", [True, False], ids=["under the policy", "with the policy off"])
def test_nothing_in_an_answer_is_executed(visit: Visit, policy: bool) -> None:
    terms = hostile_terms()
    assert len(terms) + len(PAYLOADS) >= 40
    variables = [*PAYLOADS, "__proto__", "constructor"]
    rows = [{variables[index % len(variables)]: term, "n": _number(index)} for index, term in enumerate(terms)]
    watched = visit("/sparql", policy=policy)
    page = watched.page
    answered(page, {"head": {"vars": [*variables, "n"]}, "results": {"bindings": rows}})
    page.get_by_role("button", name="Esegui", exact=True).click()
    expect(page.locator(".results tbody tr")).to_have_count(len(terms))
    protocols = page.locator(".results a").evaluate_all("links => links.map(link => link.protocol)")
    assert protocols
    assert set(protocols) <= {"http:", "https:"}
    hosts = page.locator(".results a:not([rel~=external])").evaluate_all("links => links.map(link => link.host)")
    assert {f"http://{host}" for host in hosts} == {watched.address}
    page.locator(".results th button").first.click()
    for view, drawing in (("#tab-chart", ".chart svg"), ("#tab-raw", ".results pre")):
        page.locator(view).click()
        expect(page.locator(drawing)).to_be_visible()
    assert page.locator(".results").locator("script, img, iframe, style, svg script, math, template").count() == 0
    assert executed(watched) == 0


def _number(value: int) -> dict[str, str]:
    return {"type": "literal", "value": str(value), "datatype": "http://www.w3.org/2001/XMLSchema#integer"}


@pytest.mark.parametrize("payload", [PAYLOADS[2], PAYLOADS[9]])
def test_nothing_in_an_error_is_executed(visit: Visit, payload: str) -> None:
    watched = visit("/sparql", policy=False)
    problem = {"title": payload, "detail": payload, "detail_language": payload, "line": payload, "column": payload}
    answered(watched.page, problem, 400)
    watched.page.get_by_role("button", name="Esegui", exact=True).click()
    expect(watched.page.locator(".results [role=alert]")).to_contain_text(payload)
    assert watched.page.locator(".results").locator("script, img, iframe, a").count() == 0
    assert executed(watched) == 0
    watched.faults[:] = [fault for fault in watched.faults if "400 (Bad Request)" not in fault]


def test_nothing_in_the_engines_own_answers_is_executed(visit: Visit) -> None:
    """The real way: through the engine, the page that holds the answer, and the script that takes it over."""
    values = " ".join(json.dumps(payload) for payload in PAYLOADS)
    iris = " ".join(f"<{each}>" for each in SCHEMES if not re.search(r"[\x00-\x20<>]", each))
    query = f"SELECT ?x {{ VALUES ?x {{ {values} {iris} }} }}"
    watched = visit("/sparql?" + urlencode({"query": query}), policy=False)
    expect(watched.page.locator(".results tbody tr")).to_have_count(len(PAYLOADS) + len(iris.split()))
    assert watched.page.locator(".results td a").count() == 0
    assert executed(watched) == 0


def with_parts(packages: dict[str, Any], name: str) -> set[str]:
    needed = packages[f"node_modules/{name}"].get("dependencies", {})
    return {name}.union(*(with_parts(packages, each) for each in needed))


def test_the_bundle_says_whose_parts_it_holds_and_names_no_machine() -> None:
    notices = (editor.BUNDLE.parent / "notices.txt").read_text(encoding="utf-8")
    lock = json.loads((Path(__file__).parents[2] / "assets" / "package-lock.json").read_text(encoding="utf-8"))
    # Of Bootstrap Italia only the style is taken, so that what its scripts need is not in the bundle.
    assert set(lock["packages"][""]["dependencies"]) == {"@zazuko/yasqe", "bootstrap-italia"}
    shipped = {"bootstrap-italia", *with_parts(lock["packages"], "@zazuko/yasqe")}
    named = set(re.findall(r"^(@?[\w./-]+) \d+\.\d+\.\d+$", notices, re.MULTILINE))
    assert named == {name for name in shipped if not name.startswith("@types/")}
    assert "Titillium Web" in notices
    assert not any("resolved" in each for each in lock["packages"].values())
    assert all("integrity" in each for path, each in lock["packages"].items() if path)
