"""Who is meant by a name: spellings of real bodies, and the Reconciliation API 0.2 held to its own schemas."""

import csv
import json
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from werkzeug.test import TestResponse

from ctl_graph import reconciliation
from ctl_graph.config import Config
from ctl_graph.errors import StoreUnavailable
from ctl_graph.reconciliation import Candidate, Index, Wanted
from ctl_graph.release import Release
from ctl_graph.spelling import Reading
from ctl_graph.store import Literal, NamedNode, OxigraphStore
from ctl_graph.vocab import CTL, FOAF, ORG, RDF_TYPE, SKOS, XSD
from ctl_graph.web import create_app, reconcile, site
from tests.conftest import BASE

HERE = Path(__file__).parent
REAL = "https://w3id.org/ctl/id/"
# Of each table of spellings: how many at least, known and of nobody; recall of matches, the right one first. With the
# first the rules were made; by the second, written without having read them, they were mended; of the third, nothing.
TABLES = {
    "reconciliation": (99, 50, 0.92, 0.98),
    "reconciliation-holdout": (130, 50, 0.79, 0.97),
    "reconciliation-unseen": (40, 70, 0.72, 0.94),
}
CLUSTER, UNIVERSITY = BASE + "id/cluster/alfa", BASE + "id/organisation/university"


@pytest.fixture(scope="module")
def real_names(real_release: Release) -> Index:
    return Index.read(real_release.names)


@pytest.fixture(scope="module")
def names(release: Release) -> Index:
    return Index.read(release.names)


def best(index: Index, text: str, **wanted: Any) -> Candidate | None:
    return next(iter(index.match(Wanted(text, **wanted))), None)


# -- names as words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "form"),
    [
        ("Brembo S.p.A.", "brembo", "spa"),
        ("BREMBO SOCIETA' PER AZIONI", "brembo", "spa"),
        ("Società per azioni Brembo", "brembo", "spa"),
        ("C&M Bioscience S. r. l.", "c m bioscience", "srl"),
        ("Tecnoalimenti S.C.p.A.", "tecnoalimenti", "scpa"),
        ("Rete s.c.a r.l.", "rete", "scarl"),
        ("Conast Soc. Coop. a r.l.", "conast", "coop"),
        ("Università degli Studi di Milano-Bicocca", "universita milano bicocca", ""),
        ("University of Milan", "universita milano", ""),
        ("C.N.R.", "cnr", ""),
        ("G. Barberi", "g barberi", ""),
        ("Łódzkie", "lodzkie", ""),
        ("DompÃ© Farmaceutici", "dompe farmaceutici", ""),
        ("Cluster Lombardo", "cluster lombardia", ""),
        ("CCIAA Brescia", "camera commercio brescia", ""),
        ("S.p.A.", "spa", ""),
        ("di", "di", ""),
        ("--", "", ""),
    ],
)
def test_a_name_is_read_as_words_without_its_legal_form(text: str, words: str, form: str) -> None:
    assert Reading.of(text) == Reading(tuple(words.split()), form)


# -- real spellings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_spellings_of_real_bodies(real_names: Index, conformance_counts: list[str], table: str) -> None:
    """Precision is of what is said to match; recall, of that and of the first candidates."""
    rows = list(csv.DictReader((HERE / f"{table}.csv").read_text(encoding="utf-8").splitlines()))
    wanted = [row for row in rows if row["expected"]]
    fewest, fewest_others, least_recall, least_at_one = TABLES[table]
    assert len(wanted) >= fewest
    assert len(rows) - len(wanted) >= fewest_others
    assert [row["expected"] for row in wanted if REAL + row["expected"] not in real_names.things] == []
    found, wrong, first = 0, [], 0
    for row in rows:
        types = (CTL + row["type"],) if row.get("type") else ()
        candidates = real_names.match(Wanted(row["written"], types))
        matching = [each.thing.iri.removeprefix(REAL) for each in candidates if each.match]
        assert len(matching) <= 1
        found += matching == [row["expected"]]
        wrong += [(row["written"], each) for each in matching if each != row["expected"]]
        first += bool(candidates) and candidates[0].thing.iri == REAL + row["expected"]
    precision, recall, at_one = found / (found + len(wrong)), found / len(wanted), first / len(wanted)
    conformance_counts.append(
        f"{table}: {len(rows)} spellings ({len(rows) - len(wanted)} of nobody we know): precision of matches "
        f"{precision:.3f}, recall of matches {recall:.3f}, right one first {at_one:.3f}"
    )
    assert wrong == []
    assert recall >= least_recall
    assert at_one >= least_at_one


def test_every_name_finds_its_thing_and_no_query_is_slow(real_names: Index, conformance_counts: list[str]) -> None:
    asked, missed, times = 0, [], []
    for thing in real_names.things.values():
        if not thing.is_usual:
            continue
        for name in thing.names:
            began = time.thread_time()
            candidates = real_names.match(Wanted(name.text, limit=50))
            times.append(time.thread_time() - began)
            asked += 1
            if thing.iri not in [each.thing.iri for each in candidates[:3]]:
                missed.append(name.text)
    times.sort()
    p95 = times[int(0.95 * len(times))]
    conformance_counts.append(f"reconciliation: {asked} names asked, p95 {p95 * 1000:.1f} ms of one query")
    assert asked > 600
    assert missed == []
    assert p95 < 0.05


def test_a_letter_left_out_is_found_and_never_matched_to_another(
    real_names: Index, conformance_counts: list[str]
) -> None:
    """Of every longer name, one letter in the middle: no spelling of these was looked at beforehand."""
    asked, first, matched, wrong = 0, 0, 0, []
    for thing in real_names.things.values():
        text = thing.label("it")
        if not thing.is_usual or len(text) < 10:
            continue
        middle = next(place for place in range(len(text) // 2, 0, -1) if text[place].isalpha())
        candidates = real_names.match(Wanted(text[:middle] + text[middle + 1 :]))
        asked += 1
        first += bool(candidates) and candidates[0].thing is thing
        matched += any(each.match and each.thing is thing for each in candidates)
        wrong += [(text, each.thing.iri) for each in candidates if each.match and each.thing is not thing]
    conformance_counts.append(
        f"reconciliation: {asked} names without a letter: right one first {first / asked:.3f}, "
        f"matched {matched / asked:.3f}, wrongly {len(wrong)}"
    )
    assert asked > 200
    assert wrong == []
    assert first / asked >= 0.97


def test_the_names_are_read_soon(real_release: Release) -> None:
    began = time.thread_time()
    index = Index.read(real_release.names)
    assert time.thread_time() - began < 0.3
    assert len(index.things) > 1000


# -- the world -------------------------------------------------------------------------------------------------------


def test_the_file_is_what_the_store_says_and_always_the_same(release: Release, names: Index, tmp_path: Path) -> None:
    store = OxigraphStore(release.store)
    again = tmp_path / "names.json"
    reconciliation.write(store, again)
    assert again.read_bytes() == release.names.read_bytes()
    fresh = Index.of(store)
    assert fresh.things == names.things
    assert fresh.terms == names.terms
    assert len(names.things) == len({*names.things}) > 20


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"things": [[1]], "terms": []}', '{"things": 1, "terms": []}'])
def test_a_damaged_file_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "names.json").write_text(content, encoding="utf-8")
    with pytest.raises(StoreUnavailable):
        Index.read(tmp_path / "names.json")
    with pytest.raises(StoreUnavailable):
        Index.read(tmp_path / "missing.json")


def test_types_rule_out_or_put_behind(names: Index) -> None:
    text = "Università di Valdoro"
    found = best(names, text)
    assert found is not None
    assert (found.thing.iri, found.score, found.match) == (UNIVERSITY, 100.0, True)
    kind = (CTL + "University",)
    assert best(names, text, types=kind) == replace(found, features=best(names, text, types=kind).features)  # type: ignore[union-attr]
    none = Wanted(text, types=(CTL + "Cluster",))
    assert UNIVERSITY not in [each.thing.iri for each in names.match(none)]
    behind = best(names, text, types=(CTL + "Cluster",), strict="should")
    assert behind is not None
    assert (behind.thing.iri, behind.score, behind.match) == (UNIVERSITY, 80.0, False)
    both = (CTL + "University", CTL + "Cluster")
    assert best(names, text, types=both) is not None
    assert UNIVERSITY not in [each.thing.iri for each in names.match(Wanted(text, types=both, strict="all"))]


def test_properties_decide_or_count(names: Index) -> None:
    site = FOAF + "homepage"
    alone = names.match(Wanted(properties=((site, ("www.university.example.org",)),)))
    assert [(each.thing.iri, each.score, each.match) for each in alone] == [(UNIVERSITY, 100.0, True)]
    other = best(names, "Università di Valdoro", properties=((site, ("https://elsewhere.example/",)),))
    assert other is not None
    assert (other.thing.iri, other.score, other.match) == (UNIVERSITY, 60.0, False)
    assert other.features["other_identifier"] is True
    assert names.match(Wanted(properties=((site, ("https://elsewhere.example/",)),))) == []


def test_a_property_without_a_value_says_nothing_and_one_given_twice_counts_once(names: Index) -> None:
    site, text = FOAF + "homepage", "Università di Valdoro"
    assert names.match(Wanted(text, properties=((site, ("", " ")), (site, ())))) == names.match(Wanted(text))
    cluster = (CTL + "everMemberOf", ("Nowhere",))
    once = best(names, text, properties=((site, ("university.example.org",)), cluster))
    twice = best(names, text, properties=((site, ("university.example.org",)), cluster, (site, ("www.x.example",))))
    assert once is not None
    assert once.features["properties"] == 0.5
    assert once == twice


def test_an_id_finds_its_thing(names: Index) -> None:
    for iri in names.things:
        found = best(names, iri)
        assert found is not None
        assert (found.thing.iri, found.score) == (iri, 100.0)


# -- the API ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schemas(conformance: Path) -> dict[str, Draft7Validator]:
    folder = conformance / "reconciliation" / "0.2" / "schemas"
    texts = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    swagger = {"definitions": {"securityDefinitions": {"additionalProperties": {}}}}
    resources = [(text["$id"], Resource(text, DRAFT7)) for text in texts.values() if "$id" in text]
    registry: Registry[Any] = Registry().with_resources(
        [*resources, ("http://swagger.io/v2/schema.json", Resource(swagger, DRAFT7))]
    )
    assert len(texts) == 11
    return {name: Draft7Validator({**text, "$schema": ""}, registry=registry) for name, text in texts.items()}


def ask(client: FlaskClient, **given: Any) -> Any:
    """The answer to a form; what is not text is written as JSON."""
    form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    response = client.post("/reconcile/en", data=form)
    assert response.status_code == 200, response.text
    return response.json


def refused(response: TestResponse, code: int) -> dict[str, Any]:
    assert response.status_code == code, response.text
    assert response.content_type == "application/problem+json"
    assert isinstance(response.json, dict)
    assert response.json["detail"]
    return response.json


def test_every_answer_is_valid(
    client: FlaskClient, schemas: dict[str, Draft7Validator], conformance_counts: list[str]
) -> None:
    counted: Counter[str] = Counter()

    def hold(schema: str, document: Any) -> Any:
        schemas[schema].validate(document)
        counted[schema] += 1
        return document

    def get(path: str) -> Any:
        response = client.get(path)
        assert response.status_code == 200, response.text
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        return response.json

    for place in ("/reconcile", "/reconcile/it", "/reconcile/en"):
        hold("manifest", get(place))
        for kind, prefix in (("entities", "uni"), ("types", "u"), ("properties", "s"), ("entities", "zzz")):
            path = {"entities": "entity", "types": "type", "properties": "property"}[kind]
            found = hold(f"suggest-{kind}-response", get(f"{place}/suggest/{path}?prefix={prefix}"))
            assert bool(found["result"]) == (prefix != "zzz")
        proposed = hold(
            "data-extension-property-proposal", get(f"{place}/properties?{urlencode({'type': CTL + 'University'})}")
        )
        assert FOAF + "homepage" in [each["id"] for each in proposed["properties"]]
        queries = {"a": {"query": "universita valdoro"}, "b": {"query": "nobody whom we know"}, "": {"query": "alfa"}}
        results = hold("reconciliation-result-batch", get(f"{place}?{urlencode({'queries': json.dumps(queries)})}"))
        assert [bool(results[key]["result"]) for key in queries] == [True, False, True]
        asked = {
            "ids": [UNIVERSITY, CLUSTER, "x"],
            "properties": [{"id": each["id"]} for each in proposed["properties"][:20]],
        }
        extended = hold("data-extension-response", get(f"{place}?{urlencode({'extend': json.dumps(asked)})}"))
        assert list(extended["rows"]) == asked["ids"]
    assert counted.total() == 3 * 8
    conformance_counts.append(f"reconciliation API 0.2: {counted.total()} answers of {len(counted)} kinds, all valid")


def test_the_examples_of_the_specification_are_read_as_its_schemas_say(client: FlaskClient, conformance: Path) -> None:
    """What 0.2 calls valid is never a mistake of JSON; what it calls invalid is refused, and never a fault."""
    folder = conformance / "reconciliation" / "0.2" / "examples" / "reconciliation-query-batch"
    answers = {}
    for path in sorted(folder.glob("*/*.json")):
        text = path.read_text(encoding="utf-8")
        response = client.post("/reconcile", data={"queries": text})
        answers[f"{path.parent.name}/{path.stem}"] = response.status_code
    # The examples compare properties of the GND, which we do not have.
    assert answers == {
        "invalid/empty-properties": 422, "invalid/empty-query": 422, "invalid/misnamed-property": 422,
        "valid/example-full": 422, "valid/example-min": 200, "valid/multi-values": 422, "valid/no-query-string": 422,
    }  # fmt: skip


def test_the_manifest_leads_to_what_there_is(client: FlaskClient) -> None:
    manifest = client.get("/reconcile/en").json
    assert isinstance(manifest, dict)
    assert manifest["batchSize"] == reconcile.MOST_QUERIES
    assert manifest["identifierSpace"] == BASE + "id/"
    for address in (manifest["view"]["url"], manifest["preview"]["url"], manifest["feature_view"]["url"]):
        place = address.removeprefix("http://localhost").partition("#")[0]
        response = client.get(place.replace("{{id}}", UNIVERSITY.replace(":", "%3A").replace("/", "%2F")))
        assert response.status_code in (200, 303), place
    for kind, id in (("entity", UNIVERSITY), ("type", CTL + "University"), ("property", FOAF + "homepage")):
        service = manifest["suggest"][kind]
        place = service["service_url"].removeprefix("http://localhost")
        assert place == "/reconcile/en"
        flyout = client.get(place + service["flyout_service_path"].replace("${id}", id)).json
        assert isinstance(flyout, dict)
        assert flyout["id"] == id
        assert flyout["html"].startswith("<p><strong>")
        found = client.get(f"{place}{service['service_path']}?{urlencode({'prefix': id})}").json
        assert isinstance(found, dict)
        assert [each["id"] for each in found["result"]] == [id]
    for cut in ("http://www.w3.org/ns/org", "", "https://elsewhere.example/"):
        proposed = client.get(f"/reconcile/en/properties?type={cut}").json
        assert isinstance(proposed, dict)
        assert FOAF + "homepage" in [each["id"] for each in proposed["properties"]]
    page = client.get("/reconcile", headers={"Accept": "text/html"})
    assert page.content_type.startswith("text/html")
    assert all(f'id="feature-{name}"' in page.text for name in reconcile.FEATURES)
    assert "http://localhost/reconcile/it" in page.text
    assert page.headers["ETag"] != client.get("/reconcile").headers["ETag"]


def test_an_answer_says_why(client: FlaskClient) -> None:
    result = ask(client, queries={"q": {"query": "Univ. of Valdorro", "limit": 1}})["q"]["result"]
    (candidate,) = result
    assert (candidate["id"], candidate["name"], candidate["match"]) == (UNIVERSITY, "University of Valdoro", True)
    features = {each["id"]: each["value"] for each in candidate["features"]}
    assert features["misspelled_words"] == 1
    assert set(features) <= set(reconcile.FEATURES)
    assert CTL + "University" in [each["id"] for each in candidate["type"]]


def test_what_openrefine_sends_is_answered(client: FlaskClient) -> None:
    """Read off its sources and its requests, 3.6.2: a type as text, values as entities, settings as text."""
    matched = {"id": CLUSTER, "name": "Alfa Cluster"}
    queries = {
        "q0": {"query": "Valdoro", "limit": 3},
        "q1": {"query": "Università di Valdoro", "type": ORG + "Organization", "type_strict": "should", "limit": 5,
               "properties": [{"pid": CTL + "everMemberOf", "v": matched}, {"pid": FOAF + "homepage", "v": ""}]},
        "q2": {"query": "Beta Cluster", "type": "", "properties": []},
    }  # fmt: skip
    answers = ask(client, queries=queries)
    assert list(answers) == list(queries)
    (first, *_) = answers["q1"]["result"]
    assert (first["id"], first["match"]) == (UNIVERSITY, True)
    assert {"id": "properties", "value": 1.0} in first["features"]
    homepage = {"id": FOAF + "homepage", "name": "homepage", "settings": {"limit": "1", "content": "name"}}
    rows = ask(client, extend={"ids": [UNIVERSITY, CLUSTER], "properties": [homepage]})["rows"]
    assert [len(rows[id][FOAF + "homepage"]) for id in (UNIVERSITY, CLUSTER)] == [1, 1]
    found = client.get("/reconcile/en/suggest/entity?prefix=alfa&type=%2Fx&_=1").json
    assert isinstance(found, dict)
    assert found["result"][0]["id"] == CLUSTER
    # An address in a frame is escaped as a whole, so that the colon and the slashes of the id arrive as they are.
    assert client.get(f"/reconcile/en/preview?id={UNIVERSITY}").status_code == 200


def test_extension_gives_what_is_accepted_in_the_form_asked_for(client: FlaskClient) -> None:
    def extend(property: str, **settings: Any) -> Any:
        asked = {"ids": [UNIVERSITY], "properties": [{"id": property, "settings": settings}]}
        return ask(client, extend=asked)["rows"][UNIVERSITY][property]

    assert extend(FOAF + "homepage") == [{"str": "https://university.example.org/"}]
    names = extend(SKOS + "prefLabel")
    assert sorted(each["str"] for each in names) == ["University of Valdoro", "Università di Valdoro"]
    assert len(extend(SKOS + "prefLabel", limit="1")) == 1
    clusters = extend(CTL + "everMemberOf")
    assert {"id": CLUSTER, "name": "Alfa Cluster"} in clusters or CLUSTER in [each["id"] for each in clusters]
    assert {"str": CLUSTER} in extend(CTL + "everMemberOf", content="id")
    assert {"str": "University"} in extend(RDF_TYPE)


def test_a_number_that_json_has_not_is_text() -> None:
    for text, cell in (("INF", {"str": "INF"}), ("NaN", {"str": "NaN"}), ("1.5", {"float": 1.5}), ("x", {"str": "x"})):
        assert reconcile._literal(Literal(text, datatype=NamedNode(XSD + "double"))) == cell


def test_a_preview_may_be_framed_and_escapes_what_it_shows(client: FlaskClient) -> None:
    hostile = BASE + "id/organisation/workshop"
    response = client.get("/reconcile/preview", query_string={"id": hostile, "lang": "en"})
    assert response.status_code == 200
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert "onmouseover='" not in response.text
    assert "&#34;Golden Wing&#34;" in response.text
    assert "style=" not in response.text
    flyout = client.get("/reconcile/en/flyout/entity", query_string={"id": hostile}).json
    assert isinstance(flyout, dict)
    assert "onmouseover='" not in flyout["html"]
    assert client.get("/reconcile/preview?id=x").status_code == 404


def test_a_view_leads_to_this_site_only(client: FlaskClient) -> None:
    assert (
        client.get("/reconcile/view", query_string={"id": UNIVERSITY}).headers["Location"]
        == "/doc/organisation/university"
    )
    for id in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", BASE + "id/../x", "x"):
        assert client.get("/reconcile/view", query_string={"id": id}).status_code == 404


def test_what_is_unchanged_is_said_without_the_store(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [
        "/reconcile",
        "/reconcile/it",
        "/reconcile/suggest/entity?prefix=uni",
        "/reconcile?" + urlencode({"queries": '{"q":{"query":"Alfa"}}'}),
        "/reconcile/properties?type=" + CTL + "University",
    ]
    tags = [client.get(place).headers["ETag"] for place in places]
    assert len(set(tags)) == len(places)

    def unwanted(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(site, "names", unwanted)
    monkeypatch.setattr(site, "store", unwanted)
    for place, tag in zip(places, tags, strict=True):
        assert client.get(place, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("queries", "code"),
    [
        ("", 400), ("{", 400), ("[" * 100_000, 400), ('{"q":{"query":"\\ud800"}}', 400), ('{"q":{"limit":NaN}}', 400),
        ("[]", 422), ("1", 422), ('{"q":1}', 422), ('{"q":{}}', 422), ('{"q":{"query":1}}', 422),
        ('{"q":{"query":"a","limit":0}}', 422), ('{"q":{"query":"a","limit":true}}', 422),
        ('{"q":{"query":"a","limit":1.5}}', 422), ('{"q":{"query":"a","limit":"5"}}', 422),
        ('{"q":{"query":"a","type":1}}', 422), ('{"q":{"query":"a","type_strict":"never"}}', 422),
        ('{"q":{"query":"a","type_strict":[]}}', 422), ('{"q":{"query":"a","x":1}}', 422),
        ('{"q":{"properties":{}}}', 422), ('{"q":{"properties":[{"pid":"x","v":1}]}}', 422),
        ('{"q":{"properties":[{"pid":[],"v":1}]}}', 422), ('{"q":{"properties":[{"pid":"x"}]}}', 422),
        (json.dumps({"q": {"query": "a" * 401}}), 422),
        (json.dumps({str(number): {"query": "a"} for number in range(51)}), 413),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_in_words(client: FlaskClient, queries: str, code: int) -> None:
    problem = refused(client.post("/reconcile/en", data={"queries": queries}), code)
    assert problem["parameter"].startswith("queries")


@pytest.mark.parametrize(
    ("extend", "code"),
    [
        ("{}", 422), ('{"ids":1}', 422), ('{"ids":[1],"properties":[]}', 422), ('{"ids":[],"properties":[]}', 422),
        ('{"ids":[],"properties":[{"id":"x"}]}', 422), ('{"ids":[],"properties":[{"id":"x> } #"}]}', 422),
        (json.dumps({"ids": ["x"] * 101, "properties": [{"id": FOAF + "homepage"}]}), 413),
        (json.dumps({"ids": [], "properties": [{"id": FOAF + "homepage", "settings": {"limit": -1}}]}), 422),
        (json.dumps({"ids": [], "properties": [{"id": FOAF + "homepage", "settings": {"content": "x"}}]}), 422),
        (json.dumps({"ids": [], "properties": [{"id": FOAF + "homepage", "settings": [1]}]}), 422),
    ],
)  # fmt: skip
def test_what_cannot_be_extended_is_said_in_words(client: FlaskClient, extend: str, code: int) -> None:
    english = refused(client.post("/reconcile/en", data={"extend": extend}), code)
    italian = refused(client.post("/reconcile/it", data={"extend": extend}), code)
    assert english["detail"] != italian["detail"]


def test_other_ways_to_ask_are_refused_in_words(client: FlaskClient) -> None:
    assert "CORS" in refused(client.get("/reconcile/en?callback=alert"), 400)["detail"]
    assert "queries" in refused(client.get("/reconcile/en?query=alfa"), 400)["detail"]
    refused(client.post("/reconcile/en", data={"nothing": "1"}), 400)
    refused(client.post("/reconcile/en", data={"queries": "{}", "extend": "{}"}), 400)
    other = client.post("/reconcile/en", data="{}", content_type="application/json")
    assert refused(other, 415)
    assert other.headers["Accept-Post"] == "application/x-www-form-urlencoded"
    refused(client.post("/reconcile", data={"queries": "a" * 1_100_000}), 413)
    for path in ("suggest/entity?prefix=a&cursor=-1", "suggest/entity?prefix=a&cursor=x", "flyout/entity", "view"):
        refused(client.get(f"/reconcile/{path}"), 400)
    refused(client.get("/reconcile/suggest/entity?prefix=" + "a" * 401), 422)
    assert client.get("/reconcile/suggest/nothing").status_code == 404
    assert client.get("/reconcile/fr").status_code == 404


def test_a_page_elsewhere_may_ask(client: FlaskClient) -> None:
    asked = client.options("/reconcile", headers={"Origin": "https://e.org", "Access-Control-Request-Method": "POST"})
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    posted = client.post("/reconcile", data={"queries": "{}"})
    assert (posted.json, posted.headers["Access-Control-Allow-Origin"]) == ({}, "*")
    assert posted.headers["Cache-Control"] == "no-store"


def test_a_suggestion_says_which_name_it_is_for(client: FlaskClient) -> None:
    def why(prefix: str) -> str:
        answer = client.get("/reconcile/en/suggest/entity", query_string={"prefix": prefix}).json
        assert isinstance(answer, dict)
        return next(str(each["description"]) for each in answer["result"] if each["id"] == UNIVERSITY)

    assert why("università").endswith("also: Università di Valdoro")
    assert "also:" not in why("university of")


def test_suggestions_come_in_parts(client: FlaskClient) -> None:
    def part(cursor: int) -> list[str]:
        answer = client.get(f"/reconcile/suggest/entity?prefix=a&cursor={cursor}").json
        assert isinstance(answer, dict)
        return [each["id"] for each in answer["result"]]

    assert len(part(0)) > 1
    assert part(1)[: len(part(0)) - 1] == part(0)[1:]
    assert part(1000) == []
    assert part(0)[0] == CLUSTER


def test_a_batch_is_on_the_bill_and_ends(world: Config, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    with create_app(replace(world, query_budget=30.0)).test_client() as client:
        answer = client.post("/reconcile", data={"queries": '{"q":{"query":"Alfa"}}'})
        assert "RateLimit" in answer.headers
        monkeypatch.setattr(reconcile, "_SECONDS", -1.0)
        late = client.post("/reconcile", data={"queries": '{"q":{"query":"Alfa"}}'})
        assert late.status_code == 504


def test_the_longest_queries_end_soon(real_names: Index) -> None:
    for text in ("abcdefghij " * 36, "a b c d " * 50, "x" * 400, "universita milano " * 22, "(" * 400, "a-b " * 100):
        began = time.thread_time()
        real_names.match(Wanted(text[:400], limit=50))
        assert time.thread_time() - began < 0.5
    values = tuple(f"{number} " + "x y " * 98 for number in range(50))
    began = time.thread_time()
    real_names.match(
        Wanted("cluster lombardia", properties=tuple((name, values) for name in reconciliation.COMPARED * 2))
    )
    assert time.thread_time() - began < 0.5


def test_a_release_from_before_the_names_is_read_from_its_store(
    client: FlaskClient, names: Index, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ctl_graph.web.site import Opened

    monkeypatch.setattr(Release, "names", property(lambda self: self.path / "nothing.json"))
    opened = Opened.__new__(Opened)
    opened.release, opened.store = release, OxigraphStore(release.store)
    assert opened.names.things == names.things


def test_a_store_elsewhere_cannot_be_reconciled_with(world: Config) -> None:
    with create_app(replace(world, endpoint="http://127.0.0.1:9/sparql")).test_client() as client:
        refused(client.get("/reconcile", headers={"Accept": "application/json"}), 404)
