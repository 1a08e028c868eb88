"""What follows from the accepted statements by OWL 2 RL (https://www.w3.org/TR/owl2-profiles/#OWL_2_RL).

`owlrl` draws the conclusions; most of what it draws (every literal equals itself, everything is a thing) is true and of
no use, so only statements about our own things are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from owlrl import OWLRL_Semantics
from rdflib import OWL, RDF, RDFS, BNode, Graph, URIRef
from rdflib.graph import _TripleType

# rdflib makes a term of these anew whenever it is named, which is half of the time that owlrl takes.
for _vocabulary in (OWL, RDF, RDFS):
    for _name in _vocabulary.__annotations__:
        setattr(_vocabulary, _name, _vocabulary[_name])
_EMPTY_TYPES = frozenset({OWL.Thing, RDFS.Resource})


@dataclass(frozen=True)
class Conclusions:
    """What follows: `graph` holds the new statements, `contradictions` the reasoner's words where it finds any."""

    graph: Graph
    contradictions: tuple[str, ...]


class _Semantics(OWLRL_Semantics):  # type: ignore[misc]  # owlrl has no types
    """Does not write that each term is itself (eq-ref): nothing else follows from it, and it is most of the work.

    Only what is said to differ from itself needs it, to contradict (eq-diff1).
    """

    def store_triple(self, t: _TripleType) -> None:
        subject, predicate, value = t
        if predicate != OWL.sameAs or subject != value or (subject, OWL.differentFrom, subject) in self.graph:
            super().store_triple(t)


def infer(accepted: Graph, axioms: Graph, base_iri: str) -> Conclusions:
    """The statements that follow from `accepted` under `axioms` and are not in `accepted`.

    Kept are those whose subject is a thing under `base_iri`, whose object is neither a blank node nor a class that
    holds everything, and that say more than that a thing is itself.
    """
    closure = accepted + axioms
    semantics = _Semantics(closure, axioms=False, daxioms=False, rdfs=False)
    semantics.closure()
    conclusions = Graph()
    for triple in _worth_keeping(closure, f"{base_iri}id/"):
        if triple not in accepted:
            conclusions.add(triple)
    return Conclusions(conclusions, tuple(sorted(set(semantics.error_messages))))


def _worth_keeping(closure: Graph, things: str) -> Iterator[_TripleType]:
    for subject, predicate, value in closure:
        is_ours = isinstance(subject, URIRef) and subject.startswith(things) and isinstance(predicate, URIRef)
        says_nothing = isinstance(value, BNode) or value in _EMPTY_TYPES or subject == value
        if is_ours and not says_nothing:
            yield subject, predicate, value
