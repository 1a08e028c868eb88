"""One list of questions, pages and queries on three backends: the embedded store, Virtuoso, and the Oxigraph server.

Both servers are real, and loaded by the command that an operator runs. Where an answer differs, `dialects.DIFFERENCES`
(questions) or the tables here (pages) say so, with the reason; `docs/backends.md` says it in words.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

import backends
import pictured
import pytest
from backends import Server
from click.testing import CliRunner, Result
from dialects import DIFFERENCES, OXIGRAPH_SERVER, VIRTUOSO, Difference
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat
from pyoxigraph import parse as parse_rdf

from ctl_graph import questions
from ctl_graph.cli import PASSWORD, main
from ctl_graph.config import Config
from ctl_graph.questions import Table, Value
from ctl_graph.release import Release
from ctl_graph.remote import GraphStore, RemoteStore
from ctl_graph.store import OxigraphStore
from ctl_graph.vocab import ACCEPTED, graph_iri
from ctl_graph.web import create_app

PROJECT = Path(__file__).parents[1]
PEOPLE: Final = {"Accept": "text/html", "Accept-Language": "en"}
QUESTIONS: Final = questions.load()
# Without a value it gives every statement with its sources: 30,000 rows, for which a server needs half a minute.
TOO_LONG: Final = frozenset({("who-says", "all")})
# What only a release in the same process has, and is no page's content: its id in the footer, and on the home page.
OF_THE_RELEASE: Final = re.compile(
    r"<li><a href=\"/release/[0-9a-f]{16}(#cite)?\"( title=\"[0-9a-f]{16}\")?>(Release of the data [^<]*|Cite)</a></li>"
    r"|<section aria-labelledby=\"release\">.*?</section>"
    r"|<li><a href=\"/(catalog|changes|releases)\">[^\n]*</li>"
    r"|<link rel=\"alternate\" type=\"application/atom\+xml\"[^\n]*>"
    r"|<script type=\"module\" src=\"/static/build/search\.js\?v=[0-9a-f]+\"></script>"
    r"| data-(suggest|go|count|none)=\"[^\"]*\""
    r"|(?<=<a href=\")/(dataset/organisations|data)(?=\">the table</a>)"
    r"|<script type=\"application/ld\+json\">[^\n]*\"@type\":\"Dataset\"[^\n]*</script>",
    re.DOTALL,
)
ITEM: Final = re.compile(r"<(li|dd)>.*?</\1>")

PAGES: Final = (
    "/",
    "/doc/method",
    "/clusters",
    "/class/Membership",
    "/class/RegionalCluster",
    "/disagreements",
    "/sources",
    "/collaborations",
    "/national-clusters",
    "/strategies",
    "/doc/agreement/patto",
    "/doc/area/2014-2020-materials",
    "/doc/cluster/alfa",
    "/doc/cluster/beta",
    "/doc/membership/alfa-university-founder",
    "/doc/organisation/university",
    "/doc/organisation/startup",
    "/doc/collaboration/ponte",
    "/doc/national-cluster/patria",
    "/doc/programme/futuro",
    "/doc/project/ponte",
    "/doc/source/statute",
    "/doc/strategy/s3-2014-2020",
    "/def/",
    "/def/Cluster",
    "/def/domain",
    "/vocabulary.svg",
    "/map",
    "/map?seat=unknown",
    "/network",
    "/network?show=all",
    "/questions",
    *(f"/questions/{name}" for name in sorted(QUESTIONS)),
)
# Pages that stand, but differ: each with the reason.
OTHER_PAGES: Final[Mapping[str, str]] = {
    "/data": "dumps are files of a release, and an endpoint has none",
    "/search?q=alfa": "the index of names is a file of a release, too",
    "/graph/statute": "statements come in the store's own order",
    "/def/everMemberOf": "the list of a property chain is made of blank nodes, too",
    "/def/Membership": "the blank node of a restriction stands in two graphs, and is a node of its own in each",
}
DOCUMENTS: Final = (
    "/doc/cluster/alfa",
    "/doc/organisation/university",
    "/doc/organisation/startup",
    "/def/Cluster",
    "/def/Membership",
    "/graph/statute",
    "/graph/newspaper",
)
ALFA: Final = "<https://example.org/region/id/cluster/alfa>"
BETA: Final = "<https://example.org/region/id/cluster/beta>"
STATUTE: Final = "https://example.org/region/graph/statute"
QUERIES: Final = (
    f"SELECT ?p ?o {{ {ALFA} ?p ?o }}",
    "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c",
    f"SELECT ?g ?o {{ GRAPH ?g {{ {ALFA} a ?o }} }}",
    f"SELECT ?p ?o {{ GRAPH <{STATUTE}> {{ {ALFA} ?p ?o }} }}",
    f"SELECT ?p ?o FROM <{STATUTE}> {{ {ALFA} ?p ?o }}",
    "SELECT ?o { <id/cluster/alfa> a ?o }",
    f"ASK {{ {ALFA} a <https://w3id.org/ctl/def/RegionalCluster> }}",
    f"ASK {{ {ALFA} a <https://w3id.org/ctl/def/Nothing> }}",
    f"CONSTRUCT {{ ?o ?p {ALFA} }} WHERE {{ {ALFA} ?p ?o FILTER (isIRI(?o)) }}",
    # What is not accepted is not to be seen without naming its graph.
    f"SELECT ?m {{ ?m <https://w3id.org/ctl/def/inCluster> {BETA} }}",
)


@pytest.fixture(scope="module", params=[VIRTUOSO, OXIGRAPH_SERVER])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    start = {VIRTUOSO: backends.virtuoso, OXIGRAPH_SERVER: backends.oxigraph}[request.param]
    with ExitStack() as stack:
        yield stack.enter_context(start(tmp_path_factory.mktemp(request.param)))


def publish(server: Server, config: Config, file: Path, **other: str) -> Result:
    """As an operator types it; the password is in the environment."""
    environment = {"CTL_GRAPH_CONFIG": str(file), "CTL_GRAPH_RELEASES": str(config.releases)}
    words = ["publish", "--to", server.store, *(["--user", server.user] if server.user else [])]
    return CliRunner().invoke(main, ["--language", "en", *words], env=environment | {PASSWORD: server.password} | other)


def remove(server: Server, graphs: Iterator[str] | list[str]) -> None:
    store = GraphStore(server.store, server.user, server.password)
    for graph in graphs:
        store.delete(graph)


def elsewhere(server: Server, config: Config, seconds: float = 30) -> FlaskClient:
    """The site over the server, without a release."""
    nothing = config.releases.with_name("nothing")
    return create_app(replace(config, endpoint=server.sparql, releases=nothing, query_seconds=seconds)).test_client()


def by_graph(body: bytes) -> dict[str, list[str]]:
    """The statements of each graph, whose blank nodes are the graph's own."""
    quads: dict[str, Dataset] = defaultdict(Dataset)
    for quad in parse_rdf(body, format=RdfFormat.N_QUADS):
        quads[str(quad.graph_name)].add(Quad(quad.subject, quad.predicate, quad.object))
    for dataset in quads.values():
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {name: sorted(map(str, dataset)) for name, dataset in quads.items()}


@pytest.fixture(scope="class")
def loaded(server: Server, world: Config, release: Release) -> Iterator[Result]:
    yield publish(server, world, PROJECT / "tests" / "world" / "ctl-graph.toml")
    remove(server, list(release.manifest["graphs"]))


@pytest.fixture(scope="class")
def site(loaded: Result, server: Server, world: Config) -> FlaskClient:
    assert loaded.exit_code == 0, loaded.output
    return elsewhere(server, world)


@pytest.fixture
def embedded(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="class")
def stores(server: Server, real_release: Release) -> tuple[OxigraphStore, RemoteStore]:
    config = replace(Config.load(PROJECT / "ctl-graph.toml", environ={}), releases=real_release.path.parent)
    loaded = publish(server, config, PROJECT / "ctl-graph.toml")
    assert loaded.exit_code == 0, loaded.output
    accepted = graph_iri(config.base_iri, ACCEPTED)
    return OxigraphStore(real_release.store, hold=1_000_000), RemoteStore(server.sparql, accepted, seconds=60)


# With all of them, Virtuoso forgets names of things that have one in each language, in any question.
FEW: Final = {name: pictured.COLLABORATIONS[name] for name in ("ponte", "isola", "faro")}


def linked() -> Iterator[dict[str, Value]]:
    """What the network is asked for, each with each."""
    clusters = ({}, *({"cluster": pictured.thing("cluster", name)} for name in ("alfa", "beta")))
    periods = ({}, {"from": "2019-01-01", "to": "2020-12-31"}, {"to": "2015-12-31"})
    others = ({}, {"least": 2}, {"dated": "dated"}, {"type": "Collaboration"})
    for cluster, period, other in product(clusters, periods, others):
        yield {**cluster, **period, **other}


@pytest.fixture(scope="class")
def pictures(
    server: Server, world: Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[OxigraphStore, RemoteStore]]:
    """The region of the pictures, in both stores."""
    _, region = pictured.published(world, tmp_path_factory.mktemp("pictured"), FEW)
    store, accepted = GraphStore(server.store, server.user, server.password), graph_iri(world.base_iri, ACCEPTED)
    store.put(accepted, "\n".join(f"{' '.join(each)} ." for each in pictured.triples(FEW)).encode())
    yield OxigraphStore(region.store), RemoteStore(server.sparql, accepted)
    store.delete(accepted)


class TestPictures:
    """A region with dates and countries of all kinds, some missing."""

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            *(("network", values) for values in linked()),
            *(("collaborations-over-time", {"country": code}) for code in (*pictured.COUNTRIES, "unknown")),
            ("collaborations-over-time", {"country": "ESP", "cluster": pictured.thing("cluster", "alfa")}),
            ("collaborations-with-parties", {"language": "it"}),
            ("collaborations-with-parties", {"country": "CAN", "language": "it"}),
            ("partner-countries", {"language": "it"}),
            ("partners-in-country", {"language": "it"}),
            ("members-by-province", {"language": "it"}),
            ("_collaborations", {}),
            ("_days", {"things": [pictured.thing("project", name) for name in FEW]}),
        ],
    )
    def test_questions_have_the_same_rows(
        self, pictures: tuple[OxigraphStore, RemoteStore], name: str, values: dict[str, Value]
    ) -> None:
        here, there = (Counter(questions.ask(store, name, **values).rows) for store in pictures)
        assert there == here


class TestValdoro:
    """The small world: the pages, the documents, and what visitors ask."""

    def test_the_command_says_what_it_did(self, loaded: Result, release: Release) -> None:
        graphs = release.manifest["graphs"]
        assert f"{len(graphs)}/{len(graphs)}  {graph_iri(release.manifest['base_iri'], ACCEPTED)}" in loaded.output
        assert f"{sum(graphs.values())} statements in {len(graphs)} graphs" in loaded.output

    def test_it_can_be_repeated_and_leaves_nothing_of_what_went_and_all_of_what_is_others(
        self, loaded: Result, server: Server, world: Config, release: Release
    ) -> None:
        store, read = GraphStore(server.store, server.user, server.password), RemoteStore(server.sparql)
        stale, others = world.base_iri + "graph/of-an-earlier-release", "https://example.org/others/graph"
        for graph in (stale, others, STATUTE):
            store.put(graph, b"<a:b> <a:b> <a:b> .\n")
        again = publish(server, world, PROJECT / "tests" / "world" / "ctl-graph.toml")
        assert again.exit_code == 0, again.output
        found = [row[0].value for row in read.query("SELECT ?g { GRAPH ?g { <a:b> <a:b> <a:b> } }")]  # type: ignore[misc,union-attr,index]
        store.delete(others)
        assert found == [others]

    def test_a_password_that_is_not_taken_is_said(self, server: Server, world: Config, release: Release) -> None:
        if not server.user:
            pytest.skip("the Oxigraph server asks nobody for a password")
        file = PROJECT / "tests" / "world" / "ctl-graph.toml"
        refused = publish(server, world, file, **{PASSWORD: "wr0ng"})
        assert refused.exit_code == 1
        assert "does not let us in" in refused.output
        assert "wr0ng" not in refused.output

    @pytest.mark.parametrize("page", PAGES)
    def test_pages_have_the_same_content(self, embedded: FlaskClient, site: FlaskClient, page: str) -> None:
        here, there = embedded.get(page, headers=PEOPLE), site.get(page, headers=PEOPLE)
        assert (here.status_code, there.status_code) == (200, 200)
        assert lines(there.text) == lines(here.text)

    @pytest.mark.parametrize("page", OTHER_PAGES)
    def test_other_pages_stand(self, site: FlaskClient, page: str) -> None:
        assert site.get(page, headers=PEOPLE).status_code == 200

    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_documents_hold_the_same_statements(self, embedded: FlaskClient, site: FlaskClient, document: str) -> None:
        here, there = embedded.get(f"{document}.nq"), site.get(f"{document}.nq")
        assert (here.status_code, there.status_code) == (200, 200)
        assert by_graph(there.data) == by_graph(here.data)

    @pytest.mark.parametrize("query", QUERIES)
    def test_visitors_get_the_same_answer(self, embedded: FlaskClient, site: FlaskClient, query: str) -> None:
        accept = "text/csv, application/n-triples" if "CONSTRUCT" in query else "text/csv"
        here, there = (
            one.post("/sparql", data={"query": query}, headers={"Accept": accept}) for one in (embedded, site)
        )
        assert (here.status_code, there.status_code) == (200, 200), there.text
        assert here.content_type == there.content_type
        assert Counter(there.text.splitlines()) == Counter(here.text.splitlines())
        assert len(here.data.splitlines()) > 0

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("/doc/cluster/omega", 404),
            ("/def/Omega", 404),
            ("/graph/omega", 404),
            ("/doc/organisation/vanished", 410),
            ("/sparql?query=SELECT+nonsense", 400),
            ("/sparql?query=SELECT+*+{+SERVICE+<http://127.0.0.1:9/>+{+?s+?p+?o+}+}", 400),
            ("/sparql?query=DELETE+WHERE+{+?s+?p+?o+}", 403),
            ("/health/live", 200),
            ("/health/ready", 200),
        ],
    )
    def test_statuses_are_the_same(self, embedded: FlaskClient, site: FlaskClient, address: str, status: int) -> None:
        assert embedded.get(address).status_code == status
        assert site.get(address).status_code == status

    def test_a_query_that_takes_too_long_is_a_504(self, loaded: Result, server: Server, world: Config) -> None:
        bomb = (
            "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STR(?c) < STR(?f) && STR(?f) < STR(?i)) }"
        )
        asked = elsewhere(server, world, seconds=1).post("/sparql", data={"query": bomb})
        assert asked.status_code == 504
        assert server.sparql not in asked.text

    def test_nothing_is_left_out(self) -> None:
        assert (len(PAGES), len(DOCUMENTS), len(QUERIES)) == (83, 7, 10)


@pytest.mark.slow
class TestRelease:
    """The project's own data: every stored question, as it is and with its examples."""

    @pytest.mark.parametrize("values", ["all", "examples"])
    @pytest.mark.parametrize("name", sorted(QUESTIONS))
    def test_questions_have_the_same_answer(
        self, stores: tuple[OxigraphStore, RemoteStore], server: Server, name: str, values: str
    ) -> None:
        if (name, values) in TOO_LONG:
            return  # listed, with its reason, and counted below
        examples: dict[str, Value] = {one.name: one.example for one in QUESTIONS[name].parameters}
        here, there = (questions.ask(store, name, **(examples if values == "examples" else {})) for store in stores)
        difference = DIFFERENCES.get((name, server.name), Difference("", lambda table: table))
        assert difference.alike is not None
        assert there.columns == here.columns
        assert rows(difference.alike(there)) == rows(difference.alike(here))

    def test_nothing_is_left_out(self) -> None:
        compared = {(name, values) for name in QUESTIONS for values in ("all", "examples")} - TOO_LONG
        assert (len(QUESTIONS), len(compared)) == (51, 101)
        assert len({name for name, _ in DIFFERENCES if name in QUESTIONS}) == 2


def rows(table: Table) -> Counter[tuple[str, ...]]:
    return Counter(tuple(map(str, row)) for row in table.rows)


def lines(page: str) -> Counter[str]:
    """What a page says; rows and items of a list whose order the question leaves open may come in another."""
    apart = ITEM.sub(r"\n\g<0>\n", OF_THE_RELEASE.sub("", page))
    return Counter(line.strip() for line in apart.splitlines() if line.strip())
