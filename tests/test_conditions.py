"""Who has an answer already is told so, and the store is not asked: at each address that there is, or why not there."""

import re
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import ctl_graph
from ctl_graph import search
from ctl_graph.release import Release
from ctl_graph.sandbox import Sandbox
from ctl_graph.store import OxigraphStore
from ctl_graph.web import site

ALFA = "https://example.org/region/id/cluster/alfa"
# What a 304 says again (https://www.rfc-editor.org/rfc/rfc9110#section-15.4.5).
SAID_AGAIN = ("Cache-Control", "Content-Location", "ETag", "Expires", "Vary")
WISHES = (
    {"Accept": "text/html, */*;q=0.1", "Accept-Language": "en"},
    {"Accept": "text/html, */*;q=0.1", "Accept-Language": "it"},
    {"Accept": "text/turtle, application/json;q=0.9, */*;q=0.1"},
    {"Accept": "application/ld+json, application/trig;q=0.9, */*;q=0.1", "Accept-Profile": "<http://schema.org/>"},
)

# What is asked at the address of each rule: `{release}` is the current one, `{dump}` and `{file}` are files of it.
EXERCISED = {
    "/": ["/"],
    "/<catalog>": ["/catalog", "/catalog.rdf"],
    "/<examples>": ["/examples.ttl"],
    "/<ldes>": ["/ldes.trig"],
    "/<linkset>": ["/linkset"],
    "/<prefixes>": ["/prefixes"],
    "/<releases>": ["/releases"],
    "/<shapes>": ["/shapes.ttl"],
    "/<void>": ["/void"],
    "/accessibility": ["/accessibility"],
    "/api": ["/api"],
    "/api/help/<name>": ["/api/help/members-on-date"],
    "/api/<name>": ["/api/members-on-date", "/api/members-on-date?cluster=alfa", "/api/counts.csv"],
    "/api/openapi.json": ["/api/openapi.json"],
    "/changes": ["/changes"],
    "/changes.atom": ["/changes.atom"],
    "/changes/<name>": ["/changes/1.atom"],
    "/class/<name>": ["/class/RegionalCluster"],
    "/clusters": ["/clusters"],
    "/collaborations": ["/collaborations", "/collaborations?cluster=alfa&country=ESP"],
    "/context.jsonld": ["/context.jsonld"],
    "/data": ["/data"],
    "/dataset/<name>": ["/dataset/organisations"],
    "/def": ["/def"],
    "/def/": ["/def/"],
    "/def/<path:name>": ["/def/Cluster", "/def/ctl.ttl"],
    "/disagreements": ["/disagreements"],
    "/doc/<path:name>": ["/doc/cluster/alfa", "/doc/cluster/alfa?_profile=org", "/doc/cluster/alfa?_profile=alt"],
    "/doc/method": ["/doc/method"],
    "/dumps/<name>": ["/dumps/{dump}"],
    "/dumps/<name>/<digest>/<file>": ["{file}"],
    "/examples/<name>": ["/examples/counts.rq"],
    "/graph/<path:name>": ["/graph/statute"],
    "/graphs": ["/graphs", "/graphs?default", "/graphs?graph=https://example.org/region/graph/statute"],
    "/ldes/<name>": ["/ldes/1"],
    "/linkset/dataset/<name>": ["/linkset/dataset/organisations"],
    "/linkset/<path:name>": ["/linkset/doc/cluster/alfa", "/linkset/def/Cluster"],
    "/map": ["/map", "/map?seat=unknown", "/map?cluster=alfa&counted=partners"],
    "/mappings/<name>.sssom.tsv": ["/mappings/vocabulary.sssom.tsv"],
    "/network": ["/network", "/network?show=all&from=2010"],
    "/network.svg": ["/network.svg", "/network.svg?show=all"],
    "/national-clusters": ["/national-clusters"],
    "/oai": ["/oai?verb=Identify", "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai?verb=nothing"],
    "/problems": ["/problems"],
    "/profiles": ["/profiles"],
    "/profiles.<suffix>": ["/profiles.ttl"],
    "/profiles/<token>.rq": ["/profiles/org.rq"],
    "/profiles/<token>.ttl": ["/profiles/org.ttl"],
    "/questions": ["/questions"],
    "/questions/<name>": ["/questions/counts", f"/questions/members-on-date?cluster={ALFA}"],
    "/reconcile": ["/reconcile", "/reconcile?queries=%7B%22q%22%3A%7B%22query%22%3A%22Alfa%22%7D%7D"],
    "/reconcile/<it>": ["/reconcile/it"],
    "/reconcile/<it>/flyout/<entity>": [f"/reconcile/en/flyout/entity?id={ALFA}"],
    "/reconcile/<it>/help": ["/reconcile/it/help"],
    "/reconcile/<it>/preview": [f"/reconcile/en/preview?id={ALFA}"],
    "/reconcile/<it>/properties": ["/reconcile/en/properties"],
    "/reconcile/<it>/suggest/<entity>": ["/reconcile/en/suggest/entity?prefix=alf"],
    "/reconcile/flyout/<entity>": [f"/reconcile/flyout/entity?id={ALFA}"],
    "/reconcile/help": ["/reconcile/help"],
    "/reconcile/preview": [f"/reconcile/preview?id={ALFA}"],
    "/reconcile/properties": ["/reconcile/properties"],
    "/reconcile/suggest/<entity>": ["/reconcile/suggest/entity?prefix=alf"],
    "/release/<id>/<report>": ["/release/{release}/report"],
    "/release/<id>/citation.<txt>": ["/release/{release}/citation.bib"],
    "/release/<name>": ["/release/{release}"],
    "/release/<pinned>/<catalog>": ["/release/{release}/catalog", "/release/{release}/catalog.rdf"],
    "/release/<pinned>/dataset/<name>": ["/release/{release}/dataset/organisations"],
    "/release/<pinned>/doc/<path:name>": ["/release/{release}/doc/cluster/alfa"],
    "/release/<pinned>/doc/method": ["/release/{release}/doc/method"],
    "/release/<pinned>/dumps/<name>": ["/release/{release}/dumps/{dump}"],
    "/release/<pinned>/graph/<path:name>": ["/release/{release}/graph/statute"],
    "/robots.txt": ["/robots.txt"],
    "/search": ["/search", "/search?q=alfa", "/search?cluster=cluster/alfa"],
    "/sitemap.xml": ["/sitemap.xml"],
    "/sources": ["/sources", "/sources?q=statuto&year=2013"],
    "/sparql": ["/sparql"],
    "/sparql/terms.json": ["/sparql/terms.json"],
    "/static/<path:filename>": ["/static/icon.svg"],
    "/strategies": ["/strategies"],
    "/timemap/<path:place>": ["/timemap/doc/cluster/alfa"],
    "/vocabulary.svg": ["/vocabulary.svg"],
}
LEADS_ELSEWHERE = "answers 303 or 302, which has nothing that a client could have already"
CHANGES_ALONE = "there is nothing to compare with before the second release: tests/test_history.py"
NOT_EXERCISED = {
    "/.well-known/void": LEADS_ELSEWHERE,
    "/about": LEADS_ELSEWHERE,
    "/change/<name>": LEADS_ELSEWHERE,
    "/dataset": LEADS_ELSEWHERE,
    "/dataset/": LEADS_ELSEWHERE,
    "/id/<path:name>": LEADS_ELSEWHERE,
    "/mappings": LEADS_ELSEWHERE,
    "/mappings/": LEADS_ELSEWHERE,
    "/reconcile/<it>/view": LEADS_ELSEWHERE,
    "/reconcile/view": LEADS_ELSEWHERE,
    "/release": LEADS_ELSEWHERE,
    "/release/": LEADS_ELSEWHERE,
    "/release/<id>/<added>": CHANGES_ALONE,
    "/release/<id>/changes.rdfp": CHANGES_ALONE,
    "/release/<pinned>/examples/<name>": "the same view as /examples/<name>",
    "/release/<pinned>/sparql": "the same view as /sparql",
    "/sitemap-<int:number>.xml": "one file holds all of them here; the same function as /sitemap.xml",
    "/health/live": "is kept by nobody",
    "/health/ready": "is kept by nobody",
}


def rules(app: Flask) -> set[str]:
    """The rules that answer GET; of an address with one of several names the first stands for all."""
    found = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return {re.sub(r"<any\('?(\w+)'?[^>]*>", r"<\1>", rule) for rule in found}


@pytest.fixture
def silenced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """With a name in it, nothing may be asked any more: of the store, of a worker, of the index of names."""
    now: list[str] = []

    def watching(kind: type | object, name: str) -> None:
        asked = getattr(kind, name)

        def ask(*given: object, **named: object) -> object:
            assert not now, f"{now[0]} asks {name}"
            return asked(*given, **named)

        monkeypatch.setattr(kind, name, ask)

    for kind, name in ((OxigraphStore, "query"), (Sandbox, "answer"), (Sandbox, "query"), (search, "find")):
        watching(kind, name)
    return now


def test_no_address_is_forgotten(app: Flask) -> None:
    assert rules(app) == EXERCISED.keys() | NOT_EXERCISED.keys()
    assert not EXERCISED.keys() & NOT_EXERCISED.keys()


@pytest.mark.parametrize("rule", EXERCISED)
def test_what_a_client_has_is_confirmed_without_a_question(
    client: FlaskClient, release: Release, silenced: list[str], rule: str
) -> None:
    seen: dict[str, tuple[str | None, str | None, bytes]] = {}
    for place, wish in product(EXERCISED[rule], WISHES):
        target = filled(place, release)
        silenced.clear()
        with client.get(target, headers=wish) as first:
            if first.status_code != 200:
                assert "ETag" not in first.headers
                continue
            tag = first.headers["ETag"]
            # All that differs under a weak tag is the time at which OAI-PMH answers.
            body = re.sub(rb"<responseDate>[^<]*", b"", first.data) if tag.startswith("W/") else first.data
            is_it = (first.content_type, first.headers.get("Content-Language"), body)
            assert seen.setdefault(tag, is_it) == is_it, "one tag for two representations"
        silenced.append(target)
        for ask in (client.get, client.head):
            with ask(target, headers={**wish, "If-None-Match": f'"another", {tag}'}) as again:
                assert (again.status_code, again.data) == (304, b""), (target, wish)
                said = again.headers
            assert [said.get(name) for name in SAID_AGAIN] == [first.headers.get(name) for name in SAID_AGAIN]
            assert "Content-Type" not in said
            # A cache puts them in place of those that it has: all of them, or none.
            assert said.getlist("Link") in ([], first.headers.getlist("Link"))
    assert seen


def filled(place: str, release: Release) -> str:
    dataset = release.datasets[0]
    file = f"/dumps/{dataset['name']}/{dataset['digest'][:16]}/{dataset['files'][0]['file']}"
    return place.format(release=release.id, dump=release.manifest["dumps"][0]["file"], file=file)


def test_each_kind_of_file_that_an_answer_is_made_of_changes_its_tag() -> None:
    files = (path for path in Path(ctl_graph.__file__).parent.rglob("*") if path.is_file())
    sent_as_they_are = {".woff2"}
    assert {path.suffix for path in files} - {".pyc", *sent_as_they_are} == site._OURS
