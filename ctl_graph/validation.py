"""What the shapes think of the data: SHACL (https://www.w3.org/TR/shacl/) by pySHACL, over an in-memory graph.

The shapes' messages are written for curators, in Italian and in English; each result is led back to the file, line and
column that the statement came from.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import rdflib
from pyshacl import validate as run_shacl
from rdflib import RDF, SH, Dataset, Graph, Literal, URIRef
from rdflib.term import Node

from ctl_graph.errors import Finding, Message, Place, Severity, SourceError
from ctl_graph.tables.wording import excerpt, nearest
from ctl_graph.vocab import CTL, compact

Locate = Callable[[Node, Node | None, Node | None], Place]


@dataclass(frozen=True)
class Report:
    """All findings of the shapes, in the order of files and lines; `shapes` counts those that were applied."""

    findings: tuple[Finding, ...]
    shapes: int

    @property
    def conforms(self) -> bool:
        return not any(finding.severity is Severity.VIOLATION for finding in self.findings)


def validate(data: Graph, shapes: Graph, locate: Locate) -> Report:
    """Hold `data` against `shapes`; `locate` says where (focus node, path, value) was written.

    Raises:
        SourceError: the shapes themselves are wrong.
    """
    results = _results(data, shapes)
    findings = [_finding(result, results, shapes, locate) for result in results.objects(None, SH.result)]
    findings += _undeclared(data, locate)
    findings.sort(key=_order)
    return Report(tuple(findings), len(set(_shapes(shapes))))


def _order(finding: Finding) -> tuple[object, ...]:
    """By all that is said of it, because the engine's own order is another in each process."""
    place, message = finding.place, finding.message
    return place.path, place.line or 0, finding.code, finding.focus or "", place.column or "", message.en, message.it


def _results(data: Graph, shapes: Graph) -> Graph:
    """What pySHACL says of a copy: it may add to the graph that it is given."""
    normalize = rdflib.NORMALIZE_LITERALS
    try:
        _, results, _ = run_shacl(Graph() + data, shacl_graph=shapes, inplace=True)
        if not isinstance(results, Graph):
            raise results  # pySHACL hands this failure over instead of raising it
    except Exception as error:  # of pySHACL, of its parser of queries, of a regular expression
        why = " ".join(str(error).split()) or type(error).__name__
        message = Message(it=f"le regole non si possono applicare: {why}", en=f"the shapes cannot be applied: {why}")
        raise SourceError([Finding(Place("ontology"), "shapes", message)]) from error
    finally:
        rdflib.NORMALIZE_LITERALS = normalize  # pySHACL turns it on when it leaves
    return results


def undescribed(stated: Dataset, things: str, locate: Locate) -> Iterator[Finding]:
    """The things (their addresses begin with `things`) that are named and that no row or file says the kind of.

    A column such as `subject` may lead to several tables (`cluster/afil`, `group/ctl`), which a foreign key cannot say:
    a slip of the pen there makes a thing that does not exist. To be asked before the reasoner gives it a class.
    """
    described = {subject for subject, _, _, _ in stated.quads((None, RDF.type, None, None))}
    names = {str(thing).removeprefix(things) for thing in described if str(thing).startswith(things)}
    told: set[tuple[Place, Node]] = set()
    for subject, predicate, value, _ in stated.quads():
        for thing in {subject, value} - described:
            place = locate(subject, predicate, value)
            if isinstance(thing, URIRef) and thing.startswith(things) and (place, thing) not in told:
                told.add((place, thing))
                name = thing.removeprefix(things)
                kind = name.partition("/")[0] + "/"
                hint = nearest(name, (other for other in names if other.startswith(kind)))
                about = "" if place.line else f" ({compact(str(subject))}, {compact(str(predicate))})"
                message = Message(
                    it=f"{excerpt(name)}: nessuna tabella e nessuno schema lo descrive{hint.it}{about}",
                    en=f"{excerpt(name)}: no table and no scheme describes it{hint.en}{about}",
                )
                yield Finding(place, "dangling", message, focus=str(subject))


def _undeclared(data: Graph, locate: Locate) -> Iterator[Finding]:
    """A property or class in the vocabulary's namespace that the vocabulary does not have: a slip of the pen."""
    for subject, predicate, value in data:
        for term in {predicate, value} if predicate == RDF.type else {predicate}:
            if str(term).startswith(CTL) and (term, None, None) not in data:
                name = str(term).removeprefix(CTL)
                message = Message(
                    it=f"il vocabolario non ha il termine «{name}»: si veda l'elenco in /def/",
                    en=f"the vocabulary has no term {name!r}: see the list in /def/",
                )
                yield Finding(locate(subject, predicate, value), "undeclared-term", message, focus=str(subject))


def _shapes(shapes: Graph) -> set[Node]:
    return set(shapes.subjects(RDF.type, SH.NodeShape)) | set(shapes.subjects(RDF.type, SH.PropertyShape))


def _finding(result: Node, results: Graph, shapes: Graph, locate: Locate) -> Finding:
    focus = results.value(result, SH.focusNode)
    path, value = results.value(result, SH.resultPath), results.value(result, SH.value)
    assert focus is not None
    return Finding(
        place=locate(focus, path, value),
        code=_code(results.value(result, SH.sourceShape), shapes),
        message=_message(_texts(result, results, shapes), focus, path, value),
        severity=_severity(results.value(result, SH.resultSeverity)),
        focus=str(focus),
    )


def _severity(of: Node | None) -> Severity:
    """SHACL lets shapes have severities of their own: what we do not know is as bad as can be."""
    return next((each for each in Severity if URIRef(SH[each]) == of), Severity.VIOLATION)


def _code(shape: Node | None, shapes: Graph) -> str:
    """The shape's own name, or that of the shape it stands in."""
    while shape is not None and not isinstance(shape, URIRef):
        shape = next(shapes.subjects(None, shape), None)
    return str(shape).rpartition("/")[2].rpartition("#")[2] if shape is not None else "shape"


def _texts(result: Node, results: Graph, shapes: Graph) -> dict[str | None, str]:
    """The shape's own words: pySHACL drops the languages of a SPARQL constraint's messages."""
    shape = results.value(result, SH.sourceShape)
    messages = (*results.objects(result, SH.resultMessage), *shapes.objects(shape, SH.message))
    return {text.language: str(text) for text in messages if isinstance(text, Literal)}


def _message(texts: dict[str | None, str], focus: Node, path: Node | None, value: Node | None) -> Message:
    english = texts.get("en") or next(iter(texts.values()), "the shape objects")
    about = f" ({', '.join(compact(str(node)) for node in (focus, path, value) if isinstance(node, URIRef | Literal))})"
    return Message(it=texts.get("it", english) + about, en=english + about)
