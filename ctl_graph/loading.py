"""A release in a graph store elsewhere: every named graph, put there whole (https://www.w3.org/TR/sparql11-http-rdf-update/).

Only named graphs: what stores call their default graph differs, and the accepted statements have a graph of their own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ctl_graph import release as releases
from ctl_graph.errors import StoreUnavailable
from ctl_graph.release import Release
from ctl_graph.remote import GraphStore, RemoteStore
from ctl_graph.store import Literal, NamedNode, QuerySolutions

_COUNTS = "SELECT ?graph (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


@dataclass(frozen=True)
class Loaded:
    """What was done: how many graphs were put and taken away, and where the store counts otherwise than the release.

    `differences` has for each such graph the statements in the release and in the store: a store that keeps values and
    not terms (1 and "1"^^xsd:boolean are one to some) may count fewer.
    """

    put: int
    deleted: int
    differences: Mapping[str, tuple[int, int]]


def load(
    release: Release, store: GraphStore, endpoint: RemoteStore, progress: Callable[[int, int], None] = lambda *_: None
) -> Loaded:
    """Put every graph of the release into the store, take away those of an earlier release, and count.

    It can be done again after a failure: each graph is put whole. `progress` is told how many of how many are there.

    Raises:
        BrokenRelease: the dump of the release is not what its manifest says.
        StoreError: the store does not take a graph, or the endpoint does not answer; the text says which.
    """
    graphs = by_graph(releases.statements(release))
    before = counts(endpoint)
    for number, (graph, lines) in enumerate(sorted(graphs.items()), 1):
        store.put(graph, "".join(sorted(lines)).encode())
        progress(number, len(graphs))
    namespace = release.manifest["base_iri"] + "graph/"
    stale = sorted(graph for graph in before if graph.startswith(namespace) and graph not in graphs)
    for graph in stale:
        store.delete(graph)
    return Loaded(len(graphs), len(stale), _differences({name: len(graphs[name]) for name in graphs}, counts(endpoint)))


def by_graph(lines: Iterable[str]) -> dict[str, list[str]]:
    """Lines of N-Quads as lines of N-Triples, by the name of the graph; those of the default graph are left out."""
    graphs: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        statement, graph, _ = line.rsplit(" ", 2)
        if graph.startswith("<") and statement.count(" ") >= 2:
            graphs[graph[1:-1]].append(f"{statement} .\n")
    return graphs


def counts(endpoint: RemoteStore) -> dict[str, int]:
    """How many statements each named graph there holds."""
    result = endpoint.query(_COUNTS)
    assert isinstance(result, QuerySolutions)
    return {graph.value: int(n.value) for graph, n in result if isinstance(graph, NamedNode) and isinstance(n, Literal)}


def _differences(wanted: Mapping[str, int], found: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    if missing := sorted(graph for graph in wanted if graph not in found):
        raise StoreUnavailable(f"the store took {missing[0]}, but does not hold it ({len(missing)} graphs are missing)")
    return {graph: (count, found[graph]) for graph, count in wanted.items() if found[graph] != count}
