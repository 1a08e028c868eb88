"""A client of event streams as small as one can be: it follows the relations, and keeps the last graph of each thing.

It knows the specifications only (https://w3id.org/tree/specification, https://w3id.org/ldes/specification), and nothing
of how our pages are made.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

AS = "https://www.w3.org/ns/activitystreams#"
LDES = "https://w3id.org/ldes#"
TREE = "https://w3id.org/tree#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

Get = Callable[[str], bytes]
Term = NamedNode | BlankNode


class Page:
    """What a page says, read against its own address."""

    def __init__(self, address: str, body: bytes) -> None:
        self.node = NamedNode(address)
        quads = parse(body, format=RdfFormat.TRIG, base_iri=address, rename_blank_nodes=True)
        self.dataset = Dataset(quads)

    def values(self, subject: Term, predicate: str) -> list[Term]:
        found = self.dataset.quads_for_subject(subject)
        return [quad.object for quad in found if quad.predicate.value == predicate and _is_default(quad)]

    def value(self, subject: Term, predicate: str) -> str:
        (value,) = self.values(subject, predicate)
        return value.value

    def graph(self, name: Term) -> set[Triple]:
        return {quad.triple for quad in self.dataset.quads_for_graph_name(name)}


def _is_default(quad: Quad) -> bool:
    return quad.graph_name == DefaultGraph()


@dataclass
class Follower:
    """A copy of the data; `follow` brings it up to date, from nothing or from where it was."""

    address: str
    get: Get
    things: dict[str, set[Triple]] = field(default_factory=dict)
    last: tuple[str, int] = ("", 0)
    fetched: list[str] = field(default_factory=list)

    def follow(self) -> list[tuple[str, str]]:
        """The kinds and things of what is new, in the order of the stream."""
        root = self._page(self.address)
        (stream,) = [quad.subject for quad in root.dataset if quad.predicate.value == TREE + "view"]
        assert root.values(stream, TREE + "view") == [root.node]
        time, order = root.value(stream, LDES + "timestampPath"), root.value(stream, LDES + "sequencePath")
        thing = root.value(stream, LDES + "versionOfPath")
        gone = root.value(stream, LDES + "versionDeleteObject")
        found = {}
        for address in self._ways(root, time):
            page = self._page(address)
            for member in page.values(stream, TREE + "member"):
                place = page.value(member, time), int(page.value(member, order))
                found[place] = page.value(member, TYPE), page.value(member, thing), page.graph(member)
        new = {place: found[place] for place in sorted(found) if place > self.last}
        for place, (kind, what, graph) in new.items():
            self.last = place
            self.things.pop(what, None)
            if kind != gone:
                self.things[what] = graph
        return [(kind.removeprefix(AS), what) for kind, what, _ in new.values()]

    def _ways(self, root: Page, time: str) -> list[str]:
        """The pages that may hold what is new, by the times that they begin with."""
        bounds: dict[str, dict[str, str]] = {}
        for relation in root.values(root.node, TREE + "relation"):
            assert root.value(relation, TREE + "path") == time
            node, kind = root.value(relation, TREE + "node"), root.value(relation, TYPE).removeprefix(TREE)
            bounds.setdefault(node, {})[kind] = root.value(relation, TREE + "value")
        new = [node for node, of in bounds.items() if of.get("LessThanRelation", "9") > self.last[0]]
        return sorted(
            new, key=lambda node: (bounds[node]["GreaterThanOrEqualToRelation"], int(node.rpartition("/")[2]))
        )

    def _page(self, address: str) -> Page:
        self.fetched.append(address)
        return Page(urljoin(self.address, address), self.get(address))

    def triples(self) -> set[Triple]:
        return set().union(*self.things.values())


def same(one: Iterable[Triple], other: Iterable[Triple]) -> bool:
    """Whether they are the same graph, whatever their blank nodes are called."""
    return _canonical(one) == _canonical(other)


def _canonical(triples: Iterable[Triple]) -> set[str]:
    dataset = Dataset(Quad(each.subject, each.predicate, each.object) for each in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, dataset))
