"""The questions as an API: described in OpenAPI, answered as described, and no value is ever more than a term."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.test import TestResponse

from ctl_graph import questions
from ctl_graph.config import Config
from ctl_graph.errors import StoreUnavailable
from ctl_graph.formats import GRAPHS, TABLES
from ctl_graph.release import Release
from ctl_graph.store import Literal, NamedNode
from ctl_graph.web import api, create_app, openapi, site
from tests.conftest import BASE
from tests.serving import listening
from tests.test_pages import HTML, see

ROOT = Path(__file__).parents[1]
NAMES = sorted(questions.load())
SELECTED = [name for name in NAMES if not questions.load()[name].is_graph]
HOSTILE = (
    '"', "'", "\\", "<>", "{", "}", "} #", "\n", "\r\n", "\0", "\u202eltr", "$cluster", "?cluster", "# comment",
    "/* */",
    '" } UNION { ?s ?p ?o } #', "'''", '"""', "\\u0022", "<https://e.org/>", "https://e.org/> } DROP ALL #", "è", "😀",
    "https://e.org/$date", "x" * 10_000, "https://e.org/" + "x" * 10_000, "  ", "%00", "\ufeff", "\ufffe", "1e9", "-1",
)  # fmt: skip


@pytest.fixture
def described(client: FlaskClient) -> dict[str, Any]:
    return ask(client, "openapi.json?lang=en")


@pytest.fixture(scope="module")
def real_client(real_release: Release) -> Iterator[FlaskClient]:
    """The server over the project's own data."""
    config = Config.load(ROOT / "ctl-graph.toml", environ={})
    with create_app(replace(config, releases=real_release.path.parent)).test_client() as client:
        yield client


@pytest.fixture(scope="module")
def remote(app: Flask, world: Config) -> Iterator[FlaskClient]:
    """The API over an endpoint elsewhere: our own, in a thread."""
    with listening(app) as root:
        yield create_app(replace(world, endpoint=f"{root}sparql")).test_client()


def ask(client: FlaskClient, path: str) -> Any:
    response = client.get(f"/api/{path}")
    assert response.status_code == 200, response.text
    assert response.content_type == "application/json"
    return response.json


def refused(client: FlaskClient, path: str, language: str = "en") -> dict[str, Any]:
    response = client.get(f"/api/{path}", headers={"Accept-Language": language})
    assert response.status_code == 400, response.text
    assert response.content_type == "application/problem+json"
    assert isinstance(response.json, dict)
    return response.json


def links(response: TestResponse) -> dict[str, str]:
    found = (value.partition(">; rel=") for value in response.headers.getlist("Link"))
    return {relation.split('"')[1]: target[1:] for target, _, relation in found}


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Those of the questions, by the name of the question."""
    return {path.removeprefix("/api/"): each["get"] for path, each in document["paths"].items() if "/" in path[1:]}


# -- the description ---------------------------------------------------------------------------------------------------


def test_the_description_is_openapi(described: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(described).validate()


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_description_is_of_all_questions(client: FlaskClient, language: str) -> None:
    document = ask(client, f"openapi.json?lang={language}")
    assert document["openapi"].startswith("3.1")
    assert operations(document).keys() - {"openapi.json"} == set(NAMES)
    title = questions.load()["member-counts"].title
    assert document["paths"]["/api/member-counts"]["get"]["summary"] == title.in_language(language)
    assert document["servers"][0]["url"] == "http://localhost"
    assert document["info"]["license"]["identifier"] == "CC-BY-4.0"
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_description_is_in_the_readers_language(client: FlaskClient) -> None:
    italian, english = (client.get("/api/openapi.json", headers={"Accept-Language": each}) for each in ("it", "en"))
    assert italian.get_etag() != english.get_etag()
    assert italian.text != english.text
    assert "Accept-Language" in italian.vary
    assert italian.headers["Content-Language"] == "it"


def test_the_description_is_in_one_of_two_languages(client: FlaskClient) -> None:
    assert refused(client, "openapi.json?lang=de")["parameter"] == "lang"
    assert client.get("/api/openapi.json?lang=").status_code == 200


def test_names_of_operations_differ_and_no_parameter_is_one_of_the_api(described: dict[str, Any]) -> None:
    names = [each["get"]["operationId"] for each in described["paths"].values()]
    assert len(names) == len(set(names)) == len(NAMES) + 2
    parameters = {each.name for question in questions.load().values() for each in question.parameters}
    assert not parameters & {*openapi.OF_THE_API}
    assert {each.kind for question in questions.load().values() for each in question.parameters} <= {
        *("iri", "date", "string", "integer")
    }


@pytest.mark.parametrize("where", ["world", pytest.param("real", marks=pytest.mark.slow)])
def test_every_operation_answers_as_it_is_described(where: str, request: pytest.FixtureRequest) -> None:
    """With its examples and without, on the small world and on the real data."""
    client = request.getfixturevalue("client" if where == "world" else "real_client")
    document = ask(client, "openapi.json")
    filled = set()
    for name, operation in operations(document).items():
        examples = {each["name"]: each["example"] for each in operation["parameters"] if "example" in each}
        schema = {**document["components"]["schemas"].get(name, {})}
        for asked in (examples, {}):
            if where == "real" and not asked and name == "who-says":
                continue  # as long as the data: see `test_a_long_question_takes_its_time_elsewhere`
            answer = ask(client, f"{name}?{urlencode(asked)}")
            Draft202012Validator(schema).validate(answer)
            if name in NAMES:
                assert answer["total"] == len(answer["rows"])
                filled |= {name} if answer["rows"] else set()
    assert len(filled) > (15 if where == "world" else 34)


def test_columns_are_those_of_the_text(client: FlaskClient) -> None:
    for name in NAMES:
        assert ask(client, name)["columns"] == [column.name for column in questions.load()[name].columns], name


def test_every_kind_of_parameter_has_a_schema() -> None:
    head = "".join(f"# {what}@{language}: a\n" for what in ("title", "description") for language in ("it", "en"))
    kinds = "# parameter: n integer 5\n# parameter: x iri https://e.org/\n# parameter: w string a\n"
    question = questions.parse("q", f"{head}{kinds}# columns: a number?, b term\nSELECT * {{ $x ?p $n, $w }}")
    with create_app(Config.load(ROOT / "tests/world/ctl-graph.toml", environ={})).test_request_context("/"):
        document = openapi.document([question], site.config(), "http://localhost", "en")
    OpenAPIV31SpecValidator(document).validate()
    number, iri, words = operations(document)["q"]["parameters"][:3]
    assert (number["schema"], number["example"]) == ({"type": "integer"}, 5)
    assert (iri["schema"]["format"], words["schema"]["type"]) == ("iri", "string")
    columns = document["components"]["schemas"]["q"]["properties"]["rows"]["items"]["properties"]
    assert columns["a"]["type"] == ["number", "null"]


# -- answers -----------------------------------------------------------------------------------------------------------


def test_values_are_json_values(client: FlaskClient) -> None:
    answer = ask(client, "members-on-date?cluster=alfa&date=2014-01-01&language=en")
    assert answer["question"] == "members-on-date"
    assert answer["language"] == "en"
    assert {row["cluster"] for row in answer["rows"]} == {BASE + "id/cluster/alfa"}
    assert {True, None} >= {row["undated"] for row in answer["rows"]} >= {True}
    counts = ask(client, "member-counts")
    assert all(isinstance(row["organisations"], int) for row in counts["rows"])


def test_a_text_in_another_language_says_which(client: FlaskClient) -> None:
    answer = ask(client, "member-counts?language=de")
    assert {row["cluster_label@language"] for row in answer["rows"]} <= {"it", "en"}
    assert not any("cluster_label@language" in row for row in ask(client, "member-counts?language=it")["rows"])


@pytest.mark.parametrize(
    ("literal", "kind", "expected"),
    [
        ("12", "integer", 12),
        ("1.10", "decimal", 1.1),
        ("INF", "double", "INF"),
        ("true", "boolean", True),
        ("2014", "gYear", "2014"),
        ("2014-01-01", "date", "2014-01-01"),
        ("5", "nonNegativeInteger", 5),
    ],
)
def test_a_value_of_any_kind_is_read_by_its_datatype(literal: str, kind: str, expected: object) -> None:
    term = Literal(literal, datatype=NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}"))
    found = api._json(term, questions.Column("value", "term"))
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("name", ["member-counts", "collaborates-with"])
def test_every_format_by_suffix_by_parameter_and_by_accept(client: FlaskClient, name: str) -> None:
    for offer in openapi.offers(questions.load()[name]):
        by_suffix = client.get(f"/api/{name}.{offer.suffix}")
        others = (
            client.get(f"/api/{name}?format={offer.suffix}"),
            client.get(f"/api/{name}", headers={"Accept": offer.media_type}),
        )
        assert by_suffix.status_code == 200, offer
        for each in (by_suffix, *others):
            assert each.mimetype == offer.media_type
            assert each.data == by_suffix.data
            assert each.headers["Content-Location"] == f"http://localhost/api/{name}.{offer.suffix}"
            assert "Accept" in each.vary


def test_the_formats_say_the_same(client: FlaskClient) -> None:
    rows = ask(client, "member-counts")["rows"]
    table = list(csv.DictReader(io.StringIO(client.get("/api/member-counts.csv").text)))
    assert [{name: str(value) for name, value in row.items()} for row in rows] == table
    bindings = json.loads(client.get("/api/member-counts.srj").data)["results"]["bindings"]
    assert [row["cluster"]["value"] for row in bindings] == [row["cluster"] for row in rows]
    assert client.get("/api/member-counts.csv").headers["Content-Disposition"].endswith('"member-counts.csv"')


def test_a_browser_gets_json_and_who_takes_nothing_of_ours_is_told(client: FlaskClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for name in ("member-counts", "collaborates-with"):
        assert client.get(f"/api/{name}", headers={"Accept": accept}).mimetype == "application/json"
    response = client.get("/api/member-counts", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert {each["media_type"] for each in response.json["formats"]} == {  # type: ignore[index]
        "application/json",
        *(offer.media_type for offer in TABLES),
    }
    assert client.get("/api/member-counts.ttl").status_code == 404
    assert client.get(f"/api/collaborates-with?format={TABLES[2].suffix}").status_code == 400
    assert client.get(f"/api/collaborates-with.{GRAPHS[0].suffix}").status_code == 200


def test_what_an_answer_leads_to(client: FlaskClient) -> None:
    response = client.get("/api/member-counts")
    found = links(response)
    for relation, place in found.items():
        assert client.get(place, headers=HTML if relation != "alternate" else {}).status_code == 200
    assert {"alternate", "service-desc", "service-doc", "describedby"} == set(found)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("length", "alternates"), [(10, 4), (400, 0)])
@pytest.mark.parametrize("suffix", ["", ".csv"])
def test_headers_stay_short(client: FlaskClient, length: int, alternates: int, suffix: str) -> None:
    """Within what a proxy reads: nginx takes 16 kilobytes, as `docs/deploy` sets it up."""
    values = dict.fromkeys(("subject", "predicate", "object"), "https://e.org/" + "è" * length)
    response = client.get(f"/api/who-says{suffix}?{urlencode({**values, 'limit': '10', 'offset': '10'})}")
    assert response.status_code == 200
    assert len(str(response.headers)) < 12_000
    found = [value for value in response.headers.getlist("Link") if 'rel="alternate"' in value]
    assert len(found) == alternates
    assert ("Content-Location" in response.headers) == (length < 100)
    if not suffix:
        assert isinstance(response.json, dict)
        assert response.json["previous"]
    refusal = client.get(f"/api/who-says?{urlencode(values)}", headers={"Accept": "image/png"})
    assert refusal.status_code == 406
    assert len(str(refusal.headers)) < 12_000


def test_a_release_does_not_change_and_neither_does_an_answer(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/api/members-on-date?cluster=alfa")
    head = client.head("/api/members-on-date?cluster=alfa")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == first.headers["ETag"]

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a query is asked for what the visitor has already")

    monkeypatch.setattr(questions, "rows", fail)
    again = client.get("/api/members-on-date?cluster=alfa", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    other = client.get("/api/members-on-date.csv?cluster=alfa", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


# -- parts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sources", "collaborates-with", "who-says"])
def test_parts_make_up_the_whole(client: FlaskClient, name: str) -> None:
    whole = ask(client, name)
    assert (whole["next"], whole["previous"]) == (None, None)
    size = max(1, whole["total"] // 3)
    place, rows, parts = f"/api/{name}?limit={size}", [], 0
    while place:
        response = client.get(place)
        assert isinstance(response.json, dict)
        answer, found, parts = response.json, links(response), parts + 1
        assert found.get("next") == answer["next"]
        assert found.get("prev") == answer["previous"]
        assert answer["total"] == whole["total"]
        rows += answer["rows"]
        place = answer["next"]
    assert rows == whole["rows"]
    assert parts >= 2


def test_what_is_as_long_as_the_data_comes_in_parts_as_json(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/api/who-says.csv")
    total = len(list(csv.reader(io.StringIO(whole.text)))) - 1
    size = total // 3
    monkeypatch.setattr(openapi, "LONG_PAGE", size)
    response = client.get("/api/who-says")
    first = response.json
    assert isinstance(first, dict)
    assert (first["total"], len(first["rows"]), first["previous"]) == (total, size, None)
    assert links(response)["next"] == first["next"] == f"http://localhost/api/who-says.json?offset={size}"
    second = client.get(first["next"]).json
    assert isinstance(second, dict)
    assert (len(second["rows"]), second["offset"]) == (size, size)
    assert second["rows"] != first["rows"]
    assert refused(client, f"who-says?limit={size + 1}")["parameter"] == "limit"
    assert client.get(f"/api/who-says.csv?limit={total}").data == whole.data
    assert client.get("/api/who-says.csv").data == whole.data


@pytest.mark.parametrize("suffix", ["csv", "tsv", "srj", "srx"])
def test_a_long_answer_is_sent_as_the_worker_wrote_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    expected = client.get(f"/api/who-says.{suffix}")
    monkeypatch.setattr(questions, "written", None)
    monkeypatch.setattr("ctl_graph.sandbox.decode", None)
    monkeypatch.setattr("ctl_graph.store.Answer.read", None)
    again = client.get(f"/api/who-says.{suffix}")
    assert (again.status_code, again.data) == (200, expected.data)
    head = client.head(f"/api/who-says.{suffix}")
    assert head.headers["Content-Length"] == again.headers["Content-Length"] == str(len(expected.data))


def test_the_description_says_which_answers_come_in_parts(client: FlaskClient, described: dict[str, Any]) -> None:
    for name, operation in operations(described).items():
        if name in NAMES:
            limits = [each["$ref"] for each in operation["parameters"] if "/limit" in each.get("$ref", "")]
            long = questions.load()[name].is_long
            assert limits == [f"#/components/parameters/limit{'-of-a-long-answer' if long else ''}"]
    words = described["components"]["parameters"]["limit-of-a-long-answer"]["description"]
    assert "5,000" in words
    (long,) = [name for name, each in questions.load().items() if each.is_long]
    assert words in client.get(f"/api/help/{long}?lang=en", headers=HTML).text
    assert words not in client.get("/api/help/counts?lang=en", headers=HTML).text


def test_a_part_in_another_format_leads_on_too(client: FlaskClient) -> None:
    response = client.get("/api/sources.csv?limit=1&offset=1")
    assert len(list(csv.reader(io.StringIO(response.text)))) == 2
    assert links(response)["next"] == "http://localhost/api/sources.csv?limit=1&offset=2"
    assert links(response)["prev"] == "http://localhost/api/sources.csv?limit=1&offset=0"


def test_past_the_end_there_is_nothing(client: FlaskClient) -> None:
    answer = ask(client, "member-counts?offset=1000&limit=10")
    assert answer["rows"] == []
    assert answer["total"] == 2
    assert answer["next"] is None


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("members-on-date?cluster=not%20an%20iri", "cluster"),
        ("members-on-date?cluster=Alfa", "cluster"),
        ("members-on-date?date=2019-13-01", "date"),
        ("members-on-date?date=20190812", "date"),
        ("members-on-date?date=2019-W33-1", "date"),
        ("members-on-date?colour=red", "colour"),
        ("members-on-date?colour=", "colour"),
        ("members-on-date?query=ASK%7B%7D", "query"),
        ("members-on-date?cluster=alfa&cluster=beta", "cluster"),
        ("members-on-date?cluster=alfa&cluster=", "cluster"),
        ("members-on-date?language=" + "x" * 501, "language"),
        ("members-on-date?language=it" + "%C2%85" * 501, "language"),
        ("who-says?subject=afil", "subject"),
        ("member-counts?limit=0", "limit"),
        ("member-counts?limit=ten", "limit"),
        ("member-counts?limit=%D9%A1", "limit"),
        ("member-counts?offset=-1", "offset"),
        ("member-counts?offset=99999999999", "offset"),
        ("member-counts?format=xls", "format"),
        ("member-counts.csv?format=json", "format"),
        ("member-counts?lang=de", "lang"),
    ],
)
def test_a_mistake_is_named_and_an_example_shown(client: FlaskClient, path: str, parameter: str) -> None:
    italian, english = refused(client, path, "it"), refused(client, path, "en")
    assert italian["parameter"] == english["parameter"] == parameter
    assert parameter in english["detail"]
    assert italian["detail"] != english["detail"]
    assert client.get(english["request"]).status_code == 200
    if parameter in english["request"] and parameter != "format":
        name = path.partition("?")[0]
        assert client.get(f"/api/{name}?{urlencode({parameter: english['example']})}").status_code == 200


def test_parameters_that_are_no_text_are_refused(client: FlaskClient) -> None:
    assert "UTF-8" in refused(client, "members-on-date?cluster=%FF")["detail"]
    assert client.get("/api/members-on-date?" + "&".join(f"a{n}=1" for n in range(200))).status_code == 400


def test_a_person_reads_the_mistake_on_a_page(client: FlaskClient) -> None:
    response = client.get("/api/members-on-date?date=x", headers=HTML)
    assert response.status_code == 400
    assert response.mimetype == "text/html"
    assert "2019-08-12" in response.text


@pytest.mark.parametrize("name", ["member-count", "nothing-like-it", "_ready", "member-counts.xls", "a'b"])
def test_an_unknown_name_leads_to_the_list(client: FlaskClient, name: str) -> None:
    response = client.get(f"/api/{quote(name)}")
    assert response.status_code == 404
    assert isinstance(response.json, dict)
    assert client.get(response.json["questions"]).status_code == 200
    assert links(response)["index"] == response.json["questions"]
    if name == "member-count":
        assert "member-counts" in response.json["near"]


def test_an_empty_value_is_none_at_all(client: FlaskClient) -> None:
    assert ask(client, "members-on-date?cluster=&date=+&limit=")["rows"] == ask(client, "members-on-date")["rows"]


def test_a_short_name_is_completed_only_where_the_parameter_says_of_what(client: FlaskClient) -> None:
    whole = ask(client, f"members-on-date?{urlencode({'cluster': BASE + 'id/cluster/alfa'})}")
    assert 0 < whole["total"] < ask(client, "members-on-date")["total"]
    assert ask(client, "members-on-date?cluster=alfa")["rows"] == whole["rows"]
    short = {each.name for question in questions.load().values() for each in question.parameters if takes(each)}
    assert short == {"cluster", "collaboration"}


def takes(parameter: questions.Parameter) -> bool:
    return openapi.takes_slug(parameter)


# -- where it runs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "lane"),
    [
        ("member-counts", "store"),
        ("member-counts?language=en&limit=1", "store"),
        ("members-on-date", "store"),
        ("members-on-date?cluster=alfa", "short_lane"),
        ("member-counts?language=de", "short_lane"),
        ("who-says", "visitors_store"),
        ("who-says?subject=https://e.org/", "short_lane"),
    ],
)
def test_a_visitors_values_never_run_in_this_process(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str, lane: str
) -> None:
    asked = []
    for name in ("store", "short_lane", "visitors_store"):
        real = getattr(site, name)
        monkeypatch.setattr(site, name, lambda name=name, real=real: asked.append(name) or real())
    ask(app.test_client(), path)
    assert set(asked) == {lane}


def test_a_long_question_takes_its_time_elsewhere(client: FlaskClient) -> None:
    assert [name for name in NAMES if questions.load()[name].is_long] == ["who-says"]
    assert ask(client, "who-says")["total"] > 100


@pytest.mark.parametrize(
    "path", ["member-counts", "members-on-date?cluster=alfa&language=en", "disagreeing-statements", "collaborates-with"]
)
def test_an_endpoint_elsewhere_answers_the_same(client: FlaskClient, remote: FlaskClient, path: str) -> None:
    here, there = ask(client, path), ask(remote, path)
    assert there["release"] is None
    assert there["total"] > 0
    assert sorted(map(str, there.pop("rows"))) == sorted(map(str, here.pop("rows")))
    assert there == {**here, "release": None}
    name, _, asked = path.partition("?")
    suffix = "nt" if questions.load()[name].is_graph else "csv"
    texts = [each.get(f"/api/{name}.{suffix}?{asked}").text.splitlines() for each in (client, remote)]
    assert sorted(texts[0]) == sorted(texts[1])
    assert "ETag" not in remote.get(f"/api/{path}").headers


def test_a_store_that_does_not_answer_is_a_failure(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("no")

    monkeypatch.setattr(site, "store", fail)
    assert client.get("/api/sources").status_code == 502


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60)), st.sampled_from(["cluster", "date", "language"]))
@example('" } UNION { ?s ?p ?o } #', "language")
def test_a_value_is_only_ever_a_term(client: FlaskClient, value: str, parameter: str) -> None:
    """Nothing that a visitor writes asks for more than the question: an answer with it is a part of the whole."""
    if any("\ud800" <= character <= "\udfff" for character in value):
        return
    response = client.get(f"/api/members-on-date?{urlencode({parameter: value})}")
    assert response.status_code in (200, 400), (value, response.text)
    assert isinstance(response.json, dict)
    if response.status_code == 400:
        assert response.json["parameter"] == parameter
        return
    whole = ask(client, "members-on-date")
    assert response.json["columns"] == whole["columns"]
    if parameter == "language":
        assert response.json["total"] == whole["total"]
    else:
        assert response.json["total"] == 0 or value.strip(" \t\r\n") in ("", "alfa", "beta") or parameter == "date"
        assert response.json["total"] <= whole["total"]


@pytest.mark.parametrize("value", HOSTILE)
def test_what_is_bound_is_one_token(value: str) -> None:
    """The text around the value is that of the question, whatever the value holds."""
    question = questions.load()["member-counts"]
    before, after = question.bind(date="2020-01-01").split('COALESCE($language, "it")')[:2]
    bound = question.bind(date="2020-01-01", language=value)
    assert bound.startswith(before)
    term = bound[len(before) : bound.index(after, len(before))].removeprefix("COALESCE(").removesuffix(', "it")')
    assert term == str(Literal(value))


# -- for people --------------------------------------------------------------------------------------------------------


def test_the_list_for_programs(client: FlaskClient) -> None:
    listed = client.get("/api").json
    assert isinstance(listed, dict)
    document = ask(client, "openapi.json")
    Draft202012Validator(document["components"]["schemas"]["QuestionList"]).validate(listed)
    assert [each["name"] for each in listed["questions"]] == NAMES
    assert client.get("/api/").json == listed
    assert client.get("/api", headers={"Accept": "image/png"}).status_code == 406
    for each in listed["questions"][:3]:
        assert client.get(each["example"]).status_code == 200


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_pages_are_the_description(client: FlaskClient, language: str) -> None:
    """An index, and a page of each operation, which says all that the description says of it."""
    document = ask(client, f"openapi.json?lang={language}")
    index = see(client, "/api", language)
    described = {name: each for name, each in operations(document).items() if name in NAMES}
    assert len(described) == len(NAMES)
    for name, operation in described.items():
        assert operation["summary"] in index.words
        assert f"GET /api/{name}" in index.words
        page = see(client, f"/api/help/{name}", language)
        assert page.open == []
        assert operation["summary"] in page.words
        assert operation["description"] in page.words
        assert f"GET /api/{name}" in page.words
        columns = document["components"]["schemas"][name]["properties"]["rows"]["items"]["properties"]
        assert all(column in page.words and schema["title"] in page.words for column, schema in columns.items())
        labelled = {each.get("for") for each in page.of("label")}
        assert all(each["id"] in labelled for each in (*page.of("input"), *page.of("select")))
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert "ttl" in {option["value"] for option in page.of("option")} or not questions.load()[name].is_graph
    options = see(client, "/api/help/members-on-date").of("option")
    assert {option["value"] for option in options} >= {"alfa", "beta", "csv"}


def test_the_index_leads_to_each_operation_by_the_old_addresses_too(client: FlaskClient) -> None:
    index = see(client, "/api")
    assert {str(each["id"]) for each in index.of("dt")} == {*NAMES}
    assert {f"/api/help/{name}" for name in NAMES} <= {str(each["href"]) for each in index.of("a")}
    assert client.get("/api/help/nothing").status_code == 404


def test_forms_and_links_of_the_pages_work(client: FlaskClient) -> None:
    pages = {name: see(client, f"/api/help/{name}") for name in NAMES}
    for name, page in pages.items():
        assert f"/api/{name}" in {str(each["action"]) for each in page.of("form")}
    empty = {"cluster": "", "date": "", "language": "", "limit": "", "format": "csv"}
    assert client.get(f"/api/members-on-date?{urlencode(empty)}").mimetype == "text/csv"
    places = {str(each["href"]) for page in pages.values() for each in page.of("a")}
    answers = sorted(place for place in places if place.startswith("/api/") and "collaborat" in place)
    assert len(answers) > 10
    for place in answers:
        assert client.get(place).status_code == 200, place
    for place in ("/data", "/questions", "/questions/member-counts"):
        assert any("/api" in str(each["href"]) for each in see(client, place).of("a")), place


@pytest.mark.parametrize("name", SELECTED)
def test_every_line_of_the_page_can_be_copied(client: FlaskClient, name: str) -> None:
    assert f"curl 'http://localhost/api/{name}.csv" in see(client, f"/api/help/{name}").words
