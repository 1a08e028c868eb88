"""OAI-PMH through the front door: over Valdoro, and over a history of a few made-up things.

What every answer must look like by the protocol's schema (http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd) is written
below in our own words, and held against each answer that a test reads.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from ctl_graph import changes, feed, oai, release
from ctl_graph.config import Config
from ctl_graph.datasets import DATASETS
from ctl_graph.oai import Place, Token, Wish
from ctl_graph.release import Release
from ctl_graph.vocab import CTL, LICENCE
from ctl_graph.web import create_app
from tests.following import same

BASE = "https://example.org/region/"
START = "oai:example.org:region/"
ALFA = f"{START}id/cluster/alfa"
VANISHED = f"{START}id/organisation/vanished"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
OAI_DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}"
DC = "{http://purl.org/dc/elements/1.1/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ELEMENTS = {
    *("title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format"),
    *("identifier", "source", "language", "relation", "coverage", "rights"),
}

# -- what an answer looks like -----------------------------------------------------------------------------------------

# The children of each element, in their order.
CHILDREN = {
    "OAI-PMH": "responseDate request (error )+|responseDate request (Identify|ListMetadataFormats|ListSets|GetRecord"
    "|ListIdentifiers|ListRecords) ",
    "Identify": "repositoryName baseURL protocolVersion (adminEmail )+earliestDatestamp deletedRecord granularity "
    "(compression )*(description )*",
    "ListMetadataFormats": "(metadataFormat )+",
    "metadataFormat": "metadataPrefix schema metadataNamespace ",
    "ListSets": "(set )+(resumptionToken )?",
    "set": "setSpec setName (setDescription )*",
    "GetRecord": "record ",
    "ListRecords": "(record )+(resumptionToken )?",
    "ListIdentifiers": "(header )+(resumptionToken )?",
    "record": "header (metadata (about )*)?",
    "header": "identifier datestamp (setSpec )*",
}
SECOND = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
URI = r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+"
SET = r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*"
TEXTS = {
    "responseDate": SECOND,
    "request": URI,
    "protocolVersion": r"2\.0",
    "adminEmail": r"\S+@(\S+\.)+\S+",
    "earliestDatestamp": SECOND,
    "datestamp": SECOND,
    "deletedRecord": "no|persistent|transient",
    "granularity": "YYYY-MM-DDThh:mm:ssZ",
    "setSpec": SET,
    "metadataPrefix": r"[A-Za-z0-9\-_.!~*'()]+",
    "schema": URI,
    "metadataNamespace": URI,
    "identifier": r"oai:[a-zA-Z][a-zA-Z0-9\-]*(\.[a-zA-Z][a-zA-Z0-9\-]*)+:[a-zA-Z0-9\-_.!~*'();/?:@&=+$,%]+",
}
ATTRIBUTES = {
    "request": {
        "verb": "Identify|ListMetadataFormats|ListSets|GetRecord|ListIdentifiers|ListRecords",
        "identifier": URI,
        "metadataPrefix": TEXTS["metadataPrefix"],
        "set": SET,
        "from": rf"\d{{4}}-\d\d-\d\d|{SECOND}",
        "until": rf"\d{{4}}-\d\d-\d\d|{SECOND}",
        "resumptionToken": r"[^\x00-\x08]*",
    },
    "error": {
        "code": "cannotDisseminateFormat|idDoesNotExist|badArgument|badVerb|noMetadataFormats|noRecordsMatch"
        "|badResumptionToken|noSetHierarchy"
    },
    "header": {"status": "deleted"},
    "resumptionToken": {"completeListSize": r"[1-9]\d*", "cursor": r"\d+"},
}


def check(node: Xml.Element) -> None:
    """The element and all below it, as far as they are of the protocol."""
    name = node.tag.removeprefix(OAI)
    if name in CHILDREN:
        children = "".join(f"{each.tag.removeprefix(OAI)} " for each in node)
        assert re.fullmatch(CHILDREN[name], children), f"{name}: {children}"
    elif name in ("metadata", "setDescription", "description"):
        (inner,) = node
        if inner.tag == f"{OAI_DC}dc":
            assert {each.tag.removeprefix(DC) for each in inner} <= ELEMENTS
            assert all(set(each.attrib) <= {LANG} and each.text and not len(each) for each in inner)
            assert inner.attrib[f"{XSI}schemaLocation"].split()[0] == OAI_DC.strip("{}")
        return
    assert re.fullmatch(TEXTS.get(name, r"[\s\S]*"), node.text or ""), f"{name}: {node.text}"
    for key, value in node.attrib.items():
        if not key.startswith(XSI):
            assert re.fullmatch(ATTRIBUTES[name][key], value), f"{name}: {key}={value}"
    for child in node:
        check(child)


@dataclass(frozen=True)
class Answer:
    """A document of the protocol, which is as it must be."""

    document: Xml.Element

    def texts(self, name: str) -> list[str]:
        return [node.text or "" for node in self.document.iter(f"{OAI}{name}")]

    @property
    def errors(self) -> list[str]:
        return [node.attrib["code"] for node in self.document.findall(f"{OAI}error")]

    @property
    def headers(self) -> dict[str, tuple[str, bool]]:
        """Of each item, the datestamp and whether it is deleted; none is there twice."""
        found = [
            (node[0].text or "", (node[1].text or "", node.get("status") == "deleted"))
            for node in self.document.iter(f"{OAI}header")
        ]
        assert len(dict(found)) == len(found)
        return dict(found)

    @property
    def token(self) -> str | None:
        return self.document.findtext(f".//{OAI}resumptionToken") or None

    @property
    def part(self) -> tuple[int, int]:
        """The cursor and the size of the whole list."""
        (node,) = self.document.iter(f"{OAI}resumptionToken")
        return int(node.attrib["cursor"]), int(node.attrib["completeListSize"])

    def values(self, element: str, language: str | None = None) -> list[str]:
        return [each.text or "" for each in self.document.iter(f"{DC}{element}") if each.get(LANG) == language]


def read(body: bytes) -> Answer:
    document = Xml.fromstring(body)
    check(document)
    return Answer(document)


def ask(client: FlaskClient, verb: str, **arguments: str) -> Answer:
    """`since` stands for `from`, which is a word of Python."""
    query = urlencode({"from" if name == "since" else name: value for name, value in arguments.items()})
    response = client.get(f"/oai?verb={verb}&{query}")
    assert response.status_code == 200
    assert response.content_type == "text/xml; charset=utf-8"
    return read(response.data)


def harvest(
    client: FlaskClient, verb: str = "ListIdentifiers", prefix: str = "oai_dc", **arguments: str
) -> list[Answer]:
    """All parts of a list."""
    parts = [ask(client, verb, metadataPrefix=prefix, **arguments)]
    while token := parts[-1].token:
        parts.append(ask(client, verb, resumptionToken=token))
    return parts


def all_headers(parts: Sequence[Answer]) -> dict[str, tuple[str, bool]]:
    return {identifier: said for part in parts for identifier, said in part.headers.items()}


# -- over Valdoro ------------------------------------------------------------------------------------------------------


def test_identify_says_who_answers_and_how(client: FlaskClient, release: Release) -> None:
    answer = ask(client, "Identify")
    (line,) = releases_of(release)
    said = {node.tag.removeprefix(OAI): node.text for node in answer.document.find(f"{OAI}Identify") or ()}
    assert said["repositoryName"] == "Cluster di Valdoro / Valdoro Clusters"
    assert said["baseURL"] == "http://localhost/oai" == answer.document.findtext(f"{OAI}request")
    assert said["adminEmail"] == "corrections@example.org"
    assert said["earliestDatestamp"] == line
    assert said["deletedRecord"] == "persistent"
    space = "{http://www.openarchives.org/OAI/2.0/oai-identifier}"
    (described,) = answer.document.iter(f"{space}oai-identifier")
    names = {node.tag.removeprefix(space): node.text or "" for node in described}
    assert (names["scheme"], names["repositoryIdentifier"], names["delimiter"]) == ("oai", "example.org", ":")
    assert ask(client, "GetRecord", identifier=names["sampleIdentifier"], metadataPrefix="oai_dc").errors == []


def releases_of(one: Release) -> list[str]:
    return [line.time.replace("+00:00", "Z") for line in release.history(one.path.parent)]


def test_each_item_has_dublin_core_and_rdf_and_datasets_dcat_ap(client: FlaskClient) -> None:
    assert ask(client, "ListMetadataFormats").texts("metadataPrefix") == ["oai_dc", "dcat_ap", "rdf"]
    of_thing = ask(client, "ListMetadataFormats", identifier=ALFA)
    assert of_thing.texts("metadataPrefix") == ["oai_dc", "rdf"]
    assert of_thing.texts("metadataNamespace") == [OAI_DC.strip("{}"), RDF.strip("{}")]
    of_dataset = ask(client, "ListMetadataFormats", identifier=f"{START}dataset/clusters")
    assert of_dataset.texts("metadataPrefix") == ["oai_dc", "dcat_ap", "rdf"]


def test_sets_are_the_datasets_that_things_stand_in(client: FlaskClient) -> None:
    answer = ask(client, "ListSets")
    names = dict(zip(answer.texts("setSpec"), answer.texts("setName"), strict=True))
    assert set(names) == {"clusters", "organisations", "collaborations", "areas", "vocabulary", "datasets"}
    assert names["clusters"] == "i cluster / the clusters"
    assert "the technology clusters" in " ".join(answer.values("description", "en")).lower()
    assert len(answer.values("title", "it")) == len(names)
    for name, part in {
        "clusters": "id/cluster/alfa",
        "organisations": "id/organisation/university",
        "collaborations": "id/collaboration/ponte",
        "vocabulary": "def/Cluster",
        "datasets": "dataset/clusters",
    }.items():
        found = all_headers(harvest(client, set=name))
        assert START + part in found, name
        assert all(each.startswith(START) for each in found)
    assert set(all_headers(harvest(client, set="datasets"))) == {f"{START}dataset/{each.name}" for each in DATASETS}


def test_a_thing_in_dublin_core_says_what_the_graph_says(client: FlaskClient) -> None:
    answer = ask(client, "GetRecord", identifier=ALFA, metadataPrefix="oai_dc")
    assert answer.values("title", "it") == ["Cluster Alfa"]
    assert answer.values("title", "en") == ["Alfa Cluster"]
    assert answer.values("identifier") == [f"{BASE}id/cluster/alfa"]
    assert answer.values("publisher") == ["Valdoro <b>Graph</b> & Co"]
    assert answer.values("rights") == [LICENCE]
    assert answer.values("date") == ["2013"]
    assert {"Cluster", "Regional cluster"} <= set(answer.values("type", "en"))
    assert f"{CTL}Cluster" in answer.values("type")
    assert f"{BASE}id/collaboration/ponte" in answer.values("relation")
    assert "https://alfa.example.org/" in answer.values("relation")
    assert answer.texts("setSpec") == ["clusters"]


def test_what_somebody_else_publishes_is_not_ours(client: FlaskClient) -> None:
    answer = ask(client, "GetRecord", identifier=f"{START}id/source/statute", metadataPrefix="oai_dc")
    assert answer.values("publisher") == ["Cluster Alfa"]
    assert answer.values("rights") == []


def test_what_was_withdrawn_is_deleted(client: FlaskClient, release: Release) -> None:
    """Its document is a 410, whatever is said on its tombstone."""
    answer = ask(client, "GetRecord", identifier=VANISHED, metadataPrefix="oai_dc")
    assert answer.headers == {VANISHED: (releases_of(release)[0], True)}
    assert client.get("/doc/organisation/vanished").status_code == 410


def test_a_dataset_in_dublin_core(client: FlaskClient) -> None:
    answer = ask(client, "GetRecord", identifier=f"{START}dataset/clusters", metadataPrefix="oai_dc")
    assert answer.values("title", "en") == ["Valdoro Clusters: the clusters"]
    assert "technology clusters" in answer.values("subject", "en")
    assert "Dataset" in answer.values("type")
    assert answer.values("language") == ["eng", "ita"]
    assert LICENCE in answer.values("rights")
    assert answer.values("coverage") == ["Italia"]
    assert {"text/turtle", "text/csv"} <= set(answer.values("format"))
    assert "http://localhost/dataset/clusters.html" in answer.values("identifier")
    (dump,) = [each for each in answer.values("relation") if each.endswith("/clusters.ttl")]
    with client.get(dump.removeprefix("http://localhost")) as file:
        assert file.status_code == 200


def graphs(answer: Answer) -> Iterator[tuple[str, set[object]]]:
    for record in answer.document.iter(f"{OAI}record"):
        for node in record.iter(f"{RDF}RDF"):
            quads = parse(Xml.tostring(node), format=RdfFormat.RDF_XML, rename_blank_nodes=True)
            yield record[0][0].text or "", {quad.triple for quad in quads}


def test_the_rdf_of_all_things_is_what_is_accepted_of_them(client: FlaskClient, release: Release) -> None:
    things = {
        iri.replace(BASE, START).replace(CTL, f"{START}def/"): text for iri, text in changes.things(release).items()
    }
    found = {name: graph for part in harvest(client, "ListRecords", "rdf") for name, graph in graphs(part)}
    mine = {name: text for name, text in things.items() if name.startswith((f"{START}id/", f"{START}def/"))}
    assert mine.pop(VANISHED), "it has a tombstone, and no record"
    assert set(found) - {f"{START}dataset/{each.name}" for each in DATASETS} == set(mine)
    for name, text in mine.items():
        said = {quad.triple for quad in parse(text.encode(), format=RdfFormat.N_TRIPLES)}
        assert same(found[name], said), name  # type: ignore[arg-type]


def test_the_rdf_of_a_dataset_is_that_of_the_catalogue(client: FlaskClient) -> None:
    found = {name: graph for part in harvest(client, "ListRecords", "dcat_ap") for name, graph in graphs(part)}
    assert set(found) == {f"{START}dataset/{each.name}" for each in DATASETS}
    for name, graph in found.items():
        said = client.get(f"/dataset/{name.rpartition('/')[2]}.nt").data
        assert same(graph, {quad.triple for quad in parse(said, format=RdfFormat.N_TRIPLES)})  # type: ignore[arg-type]
    assert ask(client, "ListRecords", metadataPrefix="dcat_ap", set="clusters").errors == ["noRecordsMatch"]


@pytest.mark.parametrize("verb", ["ListIdentifiers", "ListRecords"])
def test_a_list_in_parts_has_every_item_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    whole = all_headers(harvest(client, verb))
    assert len(whole) > 200
    monkeypatch.setattr(oai, "PAGE", 37)
    parts = harvest(client, verb)
    assert sum(len(part.headers) for part in parts) == len(whole)
    assert list(all_headers(parts)) == list(whole)
    assert [part.part for part in parts] == [(number * 37, len(whole)) for number in range(len(parts))]
    assert [len(part.headers) for part in parts[:-1]] == [37] * (len(parts) - 1)
    assert parts[-1].token is None


def test_a_list_that_fits_into_one_answer_has_no_token(client: FlaskClient) -> None:
    answer = ask(client, "ListIdentifiers", metadataPrefix="dcat_ap")
    assert list(answer.document.iter(f"{OAI}resumptionToken")) == []


ERRORS = {
    "": "badVerb",
    "junk": "badVerb",
    "verb=junk": "badVerb",
    "verb=": "badVerb",
    "verb=identify": "badVerb",
    "verb=Identify&verb=Identify": "badVerb",
    "verb=Identify&identifier=oai:a:b": "badArgument",
    "verb=Identify&lang=it": "badArgument",
    "verb=Identify&%01=%02": "badArgument",
    "verb=ListSets&set=clusters": "badArgument",
    "verb=ListSets&resumptionToken=junk": "badResumptionToken",
    "verb=ListMetadataFormats&metadataPrefix=oai_dc": "badArgument",
    "verb=ListMetadataFormats&identifier=oai:example.org:region/id/cluster/omega": "idDoesNotExist",
    "verb=GetRecord": "badArgument",
    "verb=GetRecord&metadataPrefix=oai_dc": "badArgument",
    f"verb=GetRecord&identifier={ALFA}": "badArgument",
    'verb=GetRecord&metadataPrefix=oai_dc&identifier=invalid"id': "badArgument",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:%00": "badArgument",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:y": "idDoesNotExist",
    f"verb=GetRecord&metadataPrefix=oai_dc&identifier={BASE}id/cluster/alfa": "idDoesNotExist",
    f"verb=GetRecord&metadataPrefix=marc21&identifier={ALFA}": "cannotDisseminateFormat",
    f"verb=GetRecord&metadataPrefix=dcat_ap&identifier={ALFA}": "cannotDisseminateFormat",
    f"verb=GetRecord&metadataPrefix=oai_dc&metadataPrefix=rdf&identifier={ALFA}": "badArgument",
    f"verb=GetRecord&metadataPrefix=oai_dc&identifier={ALFA}&set=clusters": "badArgument",
    "verb=ListRecords": "badArgument",
    "verb=ListRecords&metadataPrefix=": "badArgument",
    "verb=ListRecords&metadataPrefix=oai%20dc": "badArgument",
    "verb=ListRecords&metadataPrefix=marc21": "cannotDisseminateFormat",
    "verb=ListRecords&metadataPrefix=oai_dc&set=%22": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=none": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&set=clusters:alfa": "noRecordsMatch",
    "verb=ListIdentifiers&from=junk": "badArgument",
    "verb=ListIdentifiers&until=junk": "badArgument",
    **{
        f"verb=ListIdentifiers&metadataPrefix=oai_dc&{dates}": "badArgument"
        for dates in (
            "from=junk",
            "from=",
            "from=2019",
            "from=2019-02-30",
            "from=2019-W01-1",
            "from=20190101",
            "from=2019-01-01T00:00:00",
            "from=2019-01-01T00:00:00%2B01:00",
            "from=2019-01-01T00:00:00.5Z",
            "from=2019-01-01T25:00:00Z",
            "until=2019-01-01T00:00Z",
            "until=%D9%A2019-01-01",
            "from=2019-01-02&until=2019-01-01",
            "from=2019-01-01&until=2019-01-02T00:00:00Z",
            "from=2019-01-01&from=2019-01-01",
        )
    },
    "verb=ListIdentifiers&metadataPrefix=oai_dc&until=1990-01-01": "noRecordsMatch",
    "verb=ListIdentifiers&metadataPrefix=oai_dc&from=9990-01-01": "noRecordsMatch",
    "verb=ListIdentifiers&resumptionToken=junk": "badResumptionToken",
    "verb=ListIdentifiers&resumptionToken=": "badResumptionToken",
    "verb=ListIdentifiers&resumptionToken=%00": "badResumptionToken",
    "verb=ListIdentifiers&resumptionToken=junk&until=2000-02-05": "badArgument",
    "verb=ListIdentifiers&resumptionToken=junk&metadataPrefix=oai_dc": "badArgument",
}


@pytest.mark.parametrize("query", ERRORS)
def test_every_mistake_has_its_code(client: FlaskClient, query: str) -> None:
    """By GET and by POST, as XML that repeats nothing that is wrong."""
    got, posted = (
        client.get(f"/oai?{query}"),
        client.post("/oai", data=query, content_type="application/x-www-form-urlencoded"),
    )
    assert (got.status_code, posted.status_code) == (200, 200)
    answer = read(got.data)
    assert answer.errors == [ERRORS[query]] == read(posted.data).errors
    request = answer.document.find(f"{OAI}request")
    assert request is not None
    assert request.text == "http://localhost/oai"
    assert bool(request.attrib) == (ERRORS[query] not in ("badVerb", "badArgument"))
    (error,) = answer.document.iter(f"{OAI}error")
    assert " / " in (error.text or ""), "in both languages"


def test_a_request_is_repeated(client: FlaskClient) -> None:
    arguments = {"metadataPrefix": "oai_dc", "from": "2000-01-01", "until": "8000-01-01", "set": "clusters"}
    response = client.post("/oai", data={"verb": "ListIdentifiers", **arguments})
    request = read(response.data).document.find(f"{OAI}request")
    assert request is not None
    assert request.attrib == {"verb": "ListIdentifiers", **arguments}


def test_arguments_in_the_address_and_in_the_form_are_too_many(client: FlaskClient) -> None:
    assert read(client.post("/oai?verb=Identify", data={"verb": "Identify"}).data).errors == ["badVerb"]


def test_answers_are_the_same_but_for_their_date(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/oai?verb=ListRecords&metadataPrefix=oai_dc"
    first, second = client.get(path), client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
    without_date = [re.sub(b"<responseDate>[^<]+", b"", each.data) for each in (first, second)]
    assert without_date[0] == without_date[1]
    date = read(first.data).document.findtext(f"{OAI}responseDate") or ""
    assert 0 <= (datetime.now(UTC) - datetime.fromisoformat(date)).total_seconds() < 60
    etag = first.headers["ETag"]
    assert etag == second.headers["ETag"]
    assert etag.startswith('W/"'), "two answers are equal, but not byte for byte"
    assert first.headers["Cache-Control"] == "no-cache"
    head = client.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", etag)

    def fail(*_: object) -> None:
        raise AssertionError("it is read")

    monkeypatch.setattr(feed.Feed, "page", fail)
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    other = client.get("/oai?verb=Identify").headers["ETag"]
    assert other != etag
    forms = [client.post("/oai", data={"verb": verb}).headers["ETag"] for verb in ("Identify", "ListSets")]
    assert len({other, *forms}) == 3


def test_only_what_an_answer_shows_is_read(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(client, "Identify")  # which makes the list of all
    asked: list[int] = []
    real = feed.Feed.changes

    def counted(self: feed.Feed, numbers: Sequence[int]) -> object:
        asked.extend(numbers)
        return real(self, numbers)

    monkeypatch.setattr(feed.Feed, "changes", counted)
    ask(client, "ListIdentifiers", metadataPrefix="oai_dc")
    assert asked == []
    monkeypatch.setattr(oai, "PAGE", 5)
    answer = ask(client, "ListRecords", metadataPrefix="oai_dc", set="clusters")
    assert len(asked) == len(answer.headers) > 0


@pytest.mark.parametrize("contact", ["https://example.org/contact", "", "mailto:nobody"])
def test_without_an_address_of_mail_it_is_that_of_every_site(world: Config, release: Release, contact: str) -> None:
    client = create_app(replace(world, contact=contact, trusted_hosts="")).test_client()
    answer = client.get("/oai?verb=Identify", base_url="https://graph.example.org:8443")
    assert read(answer.data).texts("adminEmail") == ["webmaster@graph.example.org"]
    assert read(answer.data).texts("baseURL") == ["https://graph.example.org:8443/oai"]


def test_over_an_endpoint_there_is_nothing_to_harvest(world: Config) -> None:
    client = create_app(replace(world, endpoint="http://127.0.0.1:9/sparql")).test_client()
    assert client.get("/oai?verb=Identify").status_code == 404


def test_before_the_first_release_there_is_nothing_yet(world: Config, tmp_path: Path) -> None:
    client = create_app(replace(world, releases=tmp_path / "none", state=str(tmp_path / "state"))).test_client()
    response = client.get("/oai?verb=Identify")
    assert response.status_code == 503
    assert response.headers["Retry-After"]


@pytest.mark.parametrize("page", ["/", "/data", "/changes"])
def test_pages_lead_there(client: FlaskClient, page: str) -> None:
    assert 'href="/oai?verb=Identify"' in client.get(page, headers={"Accept": "text/html"}).text


# -- over a history ----------------------------------------------------------------------------------------------------

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"


def named(iri: str, name: str, of: str = f"{CTL}Cluster") -> str:
    graph = f"<{BASE}graph/accepted> ."
    return f'<{iri}> <{TYPE}> <{of}> {graph}\n<{iri}> <{LABEL}> "{name}"@it {graph}\n'


def cluster(letter: str, name: str = "x") -> str:
    return named(f"{BASE}id/cluster/{letter}", name)


@dataclass
class History:
    """What is published at a time of our choosing, and the server over it."""

    config: Config
    tell: Callable[[str], None]

    def publish(self, time: str, *content: str) -> Release:
        self.tell(time)
        with release.writing(self.config.releases):
            published = release.publish(release.write("".join(content).encode(), {"version": "1"}, self.config), "1")
        feed.update(self.config.releases)
        return published

    def activate(self, time: str, one: Release) -> None:
        self.tell(time)
        release.activate(one, "1")
        feed.update(self.config.releases)

    @property
    def client(self) -> FlaskClient:
        return create_app(self.config).test_client()


def begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    config = Config(
        BASE,
        folder,
        folder,
        folder / "releases",
        contact="mailto:corrections@example.org",
        state=str(folder / "state"),
        allow_unconfined=True,
    )

    def tell(time: str) -> None:
        monkeypatch.setattr(release, "_now", lambda: time.replace("Z", "+00:00"))

    return History(config, tell)


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    return begun(tmp_path, monkeypatch)


FIRST, SECOND_DAY, THIRD = "2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z", "2026-01-03T10:00:00Z"


def letters(found: dict[str, tuple[str, bool]]) -> dict[str, tuple[str, bool]]:
    start = f"{START}id/cluster/"
    return {name.removeprefix(start): said for name, said in found.items() if name.startswith(start)}


def test_the_deleted_stay_and_what_comes_back_is_new(history: History) -> None:
    first = history.publish(FIRST, *map(cluster, "abc"))
    history.publish(SECOND_DAY, cluster("a"), cluster("c", "y"))
    client = history.client
    assert letters(all_headers(harvest(client))) == {
        "a": (FIRST, False),
        "b": (SECOND_DAY, True),
        "c": (SECOND_DAY, False),
    }
    record = ask(client, "GetRecord", identifier=f"{START}id/cluster/b", metadataPrefix="rdf")
    assert record.headers == {f"{START}id/cluster/b": (SECOND_DAY, True)}
    assert list(record.document.iter(f"{OAI}metadata")) == []
    assert record.texts("setSpec") == ["clusters"], "whoever harvests the set learns that it went"
    assert letters(all_headers(harvest(client, "ListRecords", set="clusters"))).keys() == set("abc")
    assert ask(client, "ListMetadataFormats", identifier=f"{START}id/cluster/b").errors == []
    history.activate(THIRD, first)
    assert letters(all_headers(harvest(client))) == {
        "a": (FIRST, False),
        "b": (THIRD, False),
        "c": (THIRD, False),
    }
    assert ask(client, "Identify").texts("earliestDatestamp") == [FIRST]


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """On each of them one cluster more."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        history = begun(tmp_path_factory.mktemp("three"), monkeypatch)
        for number, time in enumerate((FIRST, SECOND_DAY, THIRD), 1):
            history.publish(time, *map(cluster, "abc"[:number]))
    return history.client


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"since": FIRST}, "abc"),
        ({"since": "2026-01-01T10:00:01Z"}, "bc"),
        ({"since": "2026-01-02"}, "bc"),
        ({"since": SECOND_DAY, "until": SECOND_DAY}, "b"),
        ({"until": FIRST}, "a"),
        ({"until": "2026-01-01"}, "a"),
        ({"since": "2026-01-02", "until": "2026-01-02"}, "b"),
        ({"since": "2026-01-03", "until": "2999-12-31"}, "c"),
        ({"until": "2026-01-01T09:59:59Z"}, ""),
        ({"since": "2026-01-03T10:00:01Z"}, ""),
    ],
)
def test_harvesting_between_two_times(three_days: FlaskClient, dates: dict[str, str], expected: str) -> None:
    answer = ask(three_days, "ListIdentifiers", metadataPrefix="oai_dc", set="clusters", **dates)
    assert set(letters(answer.headers)) == set(expected)
    assert answer.errors == ([] if expected else ["noRecordsMatch"])


def test_a_publication_between_two_parts_loses_nothing(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thing that was given has changed, one that was not given, one has gone, and one is new."""
    monkeypatch.setattr(oai, "PAGE", 2)
    history.publish(FIRST, *map(cluster, "abcdef"))
    client = history.client
    first = ask(client, "ListIdentifiers", metadataPrefix="oai_dc", set="clusters")
    assert list(letters(first.headers)) == ["a", "b"]
    assert first.part == (0, 6)
    history.publish(SECOND_DAY, cluster("a"), cluster("b", "y"), cluster("c", "y"), cluster("d"), *map(cluster, "eg"))
    parts, token = [], first.token
    while token:
        parts.append(ask(client, "ListIdentifiers", resumptionToken=token))
        token = parts[-1].token
    given = [letters(part.headers) for part in parts]
    assert [list(each) for each in given] == [["d", "e"], ["b", "c"], ["f", "g"]]
    assert {name: said for part in given for name, said in part.items()} == {
        "d": (FIRST, False),
        "e": (FIRST, False),
        "b": (SECOND_DAY, False),
        "c": (SECOND_DAY, False),
        "f": (SECOND_DAY, True),
        "g": (SECOND_DAY, False),
    }
    assert [part.part for part in parts] == [(2, 8), (4, 8), (6, 8)]
    again = ask(client, "ListIdentifiers", resumptionToken=first.token or "")
    assert again.headers == parts[0].headers, "a token may be used twice"


def test_a_list_of_which_nothing_is_left_is_to_be_begun_again(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai, "PAGE", 2)
    history.publish(FIRST, *map(cluster, "abc"))
    client = history.client
    first = ask(client, "ListIdentifiers", metadataPrefix="oai_dc", set="clusters", until="2026-01-01")
    history.publish(SECOND_DAY, *map(cluster, "ab"))
    assert ask(client, "ListIdentifiers", resumptionToken=first.token or "").errors == ["badResumptionToken"]


def test_datasets_have_the_times_of_their_content_and_tombstones(history: History) -> None:
    first = history.publish(FIRST, *map(cluster, "ab"))
    history.publish(SECOND_DAY, *map(cluster, "abc"))
    path = first.path / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["datasets"].append({"name": "flowers", "digest": "0" * 64, "files": []})
    path.write_text(json.dumps(manifest))
    client = history.client
    found = all_headers(harvest(client, prefix="dcat_ap"))
    assert {name: found[f"{START}dataset/{name}"] for name in ("clusters", "organisations", "flowers")} == {
        "clusters": (SECOND_DAY, False),
        "organisations": (FIRST, False),
        "flowers": (SECOND_DAY, True),
    }
    records = harvest(client, "ListRecords", "dcat_ap")
    assert all_headers(records) == found
    assert sum(len(list(part.document.iter(f"{OAI}metadata"))) for part in records) == len(found) - 1


def test_a_release_from_before_there_were_datasets_that_comes_back_takes_none_away(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(release, "_write_datasets", lambda *_: [])
        first = history.publish(FIRST, *map(cluster, "ab"))
    history.publish(SECOND_DAY, *map(cluster, "abc"))
    history.activate(THIRD, first)
    (answer,) = harvest(history.client, "ListRecords", "dcat_ap")
    assert set(all_headers([answer]).values()) == {(SECOND_DAY, False)}
    assert len(list(answer.document.iter(f"{OAI}metadata"))) == len(DATASETS)


def test_without_a_history_there_is_nothing_to_harvest_and_no_feed(history: History) -> None:
    history.publish(FIRST, cluster("a"))
    (history.config.releases / release.HISTORY).unlink()
    client = history.client
    codes = {path: client.get(path).status_code for path in ("/oai?verb=Identify", "/changes.atom", "/changes")}
    assert codes == {"/oai?verb=Identify": 404, "/changes.atom": 404, "/changes": 200}


def test_what_is_withdrawn_stays_in_its_set(history: History) -> None:
    history.publish(FIRST, *map(cluster, "ab"))
    tombstone = named(f"{BASE}id/cluster/b", "", "http://www.w3.org/ns/prov#Entity").splitlines()[0]
    date = f'<{BASE}id/cluster/b> <http://www.w3.org/ns/prov#invalidatedAtTime> "2026-01-02" <{BASE}graph/accepted> .'
    history.publish(SECOND_DAY, cluster("a"), f"{tombstone}\n{date}\n")
    found = all_headers(harvest(history.client, set="clusters"))
    assert letters(found) == {"a": (FIRST, False), "b": (SECOND_DAY, True)}


def test_a_class_with_another_name_changes_the_records_that_show_it(history: History) -> None:
    history.publish(FIRST, named(f"{CTL}Cluster", "Grappolo", "http://www.w3.org/2002/07/owl#Class"), cluster("a"))
    history.publish(SECOND_DAY, named(f"{CTL}Cluster", "Polo", "http://www.w3.org/2002/07/owl#Class"), cluster("a"))
    record = ask(history.client, "GetRecord", identifier=f"{START}id/cluster/a", metadataPrefix="oai_dc")
    assert record.values("type", "it") == ["Polo"]
    assert record.headers == {f"{START}id/cluster/a": (SECOND_DAY, False)}


def test_what_xml_cannot_carry_gives_way_to_a_sign(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a release is older than datasets are: with one of them it would not have been published."""
    monkeypatch.setattr(release, "_write_datasets", lambda *_: [])
    history.publish(FIRST, cluster("a", r"one\u0001two\uFFFFthree\u000Dfour <&> \u2028"))
    for prefix in ("oai_dc", "rdf"):
        record = ask(history.client, "GetRecord", identifier=f"{START}id/cluster/a", metadataPrefix=prefix)
        texts = [node.text for node in record.document.iter() if "four" in (node.text or "")]
        assert texts == ["one\ufffdtwo\ufffdthree\rfour <&> \u2028"], prefix


def test_names_of_others_stand_under_their_own_host_only(history: History) -> None:
    strange = f"{BASE}id/cluster/naïve%20#x"
    history.publish(FIRST, named(strange, "x"), named("https://elsewhere.example.com/id/cluster/a", "x"))
    found = [name for name in all_headers(harvest(history.client)) if "/dataset/" not in name]
    assert found == [f"{START}id/cluster/na%C3%AFve%20%23x"]
    assert ask(history.client, "GetRecord", identifier=found[0], metadataPrefix="oai_dc").values("identifier") == [
        strange
    ]


# -- tokens ------------------------------------------------------------------------------------------------------------

DATES = st.sampled_from(["", "2026-01-01", "2026-12-31"])
TOKENS = st.builds(
    Token,
    st.builds(Wish, st.sampled_from(oai.PREFIXES), st.just(""), DATES, st.sampled_from(["", *oai.SETS])),
    st.integers(1, 999_999_999),
    st.builds(Place, st.just(FIRST), st.from_regex(r"oai:[!-~]{1,3000}", fullmatch=True)),
)


@given(TOKENS)
def test_a_token_is_read_as_it_was_written_in_letters_that_need_no_escape(token: Token) -> None:
    assert Token.read(str(token)) == token
    assert re.fullmatch(r"[A-Za-z0-9_-]+", str(token))


def written(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


GOOD = f"2,oai_dc,,,,{FIRST},oai:a:b"


@pytest.mark.parametrize(
    "token",
    [
        "x" * 100_000,
        written(GOOD) + "=",
        written(GOOD) + "A",
        f" {written(GOOD)}",
        written("é"),
        *(
            written(text)
            for text in (
                "",
                ",,,,,,",
                GOOD.replace("2,", "0,", 1),
                GOOD.replace("2,", "-2,", 1),
                GOOD.replace("2,", "02,", 1),
                GOOD.replace("2,", "1_0,", 1),
                GOOD.replace("2,", "9" * 5000 + ",", 1),
                GOOD.replace("oai_dc", "marc"),
                GOOD.replace(",,,,", ",,junk,,"),
                GOOD.replace(",,,,", ",,2026-01-02,2026-01-01,"),
                GOOD.replace(",,,,", ",none,,,"),
                GOOD.replace(FIRST, "2026-01-01"),
                GOOD.replace(FIRST, "junk"),
                GOOD.rpartition(",")[0],
                GOOD.replace("oai:a:b", "oai:a:è"),
                GOOD.replace(FIRST, "8000-01-01T00:00:00Z"),
            )
        ),
    ],
)
def test_a_token_that_is_none_of_ours(client: FlaskClient, token: str) -> None:
    response = client.post("/oai", data={"verb": "ListIdentifiers", "resumptionToken": token})
    assert response.status_code == 200
    assert read(response.data).errors == ["badResumptionToken"]
    good = client.post("/oai", data={"verb": "ListIdentifiers", "resumptionToken": written(GOOD)})
    assert read(good.data).errors == []


@given(
    st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_whatever_stands_for_a_token_gets_an_answer(client: FlaskClient, token: str) -> None:
    response = client.post("/oai", data={"verb": "ListRecords", "resumptionToken": token.encode("utf-8", "replace")})
    assert response.status_code == 200
    assert read(response.data).errors == ["badResumptionToken"]


@given(
    st.dictionaries(st.sampled_from(["verb", "identifier", "metadataPrefix", "set", "from", "until", "x"]), st.text())
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_whatever_is_asked_gets_an_answer(client: FlaskClient, arguments: dict[str, str]) -> None:
    data = {name: value.encode("utf-8", "replace") for name, value in arguments.items()}
    response = client.post("/oai", data={"verb": "ListIdentifiers", **data})
    assert response.status_code == 200
    assert read(response.data).errors != []
