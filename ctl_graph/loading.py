"""Loading a release into a graph store elsewhere, and proving that it stands there."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final

from ctl_graph import release as releases
from ctl_graph.errors import BrokenRelease, StoreError, StoreUnavailable
from ctl_graph.release import Release
from ctl_graph.remote import GraphStore, RemoteStore
from ctl_graph.store import Literal, QuerySolutions
from ctl_graph.vocab import ACCEPTED, graph_iri

# The addresses at which known servers take graphs, and where the same servers answer queries.
SPARQL_BESIDE: Final = {
    "/sparql-graph-crud-auth": "/sparql",  # Virtuoso
    "/sparql-graph-crud": "/sparql",
    "/store": "/query",  # Oxigraph
    "/data": "/query",  # Fuseki
    "/rdf-graphs/service": "",  # RDF4J, GraphDB
}
_COUNTS: Final = (
    "SELECT ?graph (COUNT(*) AS ?statements) WHERE { GRAPH ?graph { ?subject ?predicate ?object } } GROUP BY ?graph"
)

Progress = Callable[[int, int, str], None]


def sparql_beside(address: str) -> str | None:
    """Where the server that takes graphs at this address answers queries, if it is one of the known kinds."""
    for ending, beside in SPARQL_BESIDE.items():
        if address.endswith(ending):
            return address.removesuffix(ending) + beside
    return None


def load(release: Release, into: GraphStore, read: RemoteStore, progress: Progress) -> Mapping[str, int]:
    """Put each named graph of the release, delete ours that it no longer has, and count what is there then.

    What is accepted, which readers ask first, comes last. It can be repeated at any time: whatever an interruption
    left, the next load makes the same of it. Graphs of others are left alone. Gives the number of statements by graph.

    Raises:
        BrokenRelease: the dump is not what the manifest says.
        StoreError: a graph could not be loaded, and the text says which; or the counts are not the release's.
    """
    graphs = _by_graph(release)
    accepted = graph_iri(release.manifest["base_iri"], ACCEPTED)
    stale = sorted(graph for graph in _counts(read) if _is_ours(graph, release) and graph not in graphs)
    order = sorted(graphs, key=lambda graph: (graph == accepted, graph))
    for number, graph in enumerate([*stale, *order], start=1):
        progress(number, len(stale) + len(order), graph)
        try:
            if graph in graphs:
                into.put(graph, graphs[graph])
            else:
                into.delete(graph)
        except StoreError as error:
            raise StoreUnavailable(f"the graph {graph} is not loaded, others may be: {error}") from error
    return _verified(release, read)


def _is_ours(graph: str, release: Release) -> bool:
    return graph.startswith(graph_iri(release.manifest["base_iri"], ""))


def _by_graph(release: Release) -> dict[str, bytes]:
    """The statements of each named graph as N-Triples: the lines of the dump without the name of the graph."""
    lines: dict[str, list[str]] = defaultdict(list)
    for line in sorted(releases.statements(release)):
        triple, _, graph = line.removesuffix(" .").rpartition(" ")
        lines[graph[1:-1]].append(f"{triple} .\n")
    if {graph: len(triples) for graph, triples in lines.items()} != release.manifest["graphs"]:
        raise BrokenRelease(f"release {release.id}: the dump's graphs are not those of the manifest")
    return {graph: "".join(triples).encode() for graph, triples in lines.items()}


def _counts(read: RemoteStore) -> dict[str, int]:
    rows = read.query(_COUNTS)
    if not isinstance(rows, QuerySolutions):
        raise StoreUnavailable("the endpoint gives no table where it is asked for one")
    return {row["graph"].value: int(row["statements"].value) for row in rows if isinstance(row["statements"], Literal)}


def _verified(release: Release, read: RemoteStore) -> Mapping[str, int]:
    found = {graph: count for graph, count in _counts(read).items() if _is_ours(graph, release)}
    expected: Mapping[str, int] = release.manifest["graphs"]
    for graph in sorted(expected.keys() | found.keys()):
        if found.get(graph, 0) != expected.get(graph, 0):
            raise StoreUnavailable(
                f"the graph {graph} has {found.get(graph, 0)} statements there, not {expected.get(graph, 0)}"
            )
    return expected
