"""What a document holds, whatever the format: the thing, its blank nodes, the names of what it links, what links it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

from flask import abort, request

from ctl_graph import questions
from ctl_graph.errors import BadQuery, Message
from ctl_graph.questions import Gone, Statement
from ctl_graph.store import NamedNode, Quad, Triple
from ctl_graph.vocab import CTL, PROV, RDF_TYPE
from ctl_graph.web import site

PAGE: Final = 500
GRAPH_PAGE: Final = 500
# What people read is a page of HTML that is quickly there: so many statements, those of the thing itself first.
PORTION: Final = 50
_WITHDRAWN: Final = PROV + "invalidatedAtTime"
# Of all that points at a thing, its members and parties are read first.
FIRST_TO_POINT: Final = tuple(
    CTL + name for name in ("inCluster", "inCollaboration", "carriedOutBy", "contributedBy", "relationOf", "about")
)


class Withdrawn(Exception):
    """The thing asked for went away; a tombstone says when."""

    def __init__(self, thing: str, gone: Gone) -> None:
        self.thing = thing
        self.gone = gone
        super().__init__(thing)


def page_number(named: str | None = None) -> int:
    """The page that the address names, or that is `named` elsewhere.

    Raises:
        BadQuery: it is no number that a page can have.
    """
    text = named or request.args.get("page", "1")
    if not re.fullmatch("[1-9][0-9]{0,7}", text):
        given = repr(text[:50])
        raise BadQuery(
            Message(
                f"page={given}: il numero di una pagina è un intero da 1 in su.",
                f"page={given}: the number of a page is an integer from 1 upwards.",
            )
        )
    return int(text)


def types(statements: Iterable[Statement], thing: str) -> frozenset[str]:
    """The classes that the thing is accepted to be of."""
    accepted = site.accepted()
    return frozenset(
        questions.text(each.object)
        for each in statements
        if each.predicate.value == RDF_TYPE and questions.text(each.subject) == thing and accepted in each.graphs
    )


def _rank(statement: Statement) -> int:
    predicate = statement.predicate.value
    return FIRST_TO_POINT.index(predicate) if predicate in FIRST_TO_POINT else len(FIRST_TO_POINT)


def _said(thing: str) -> tuple[list[Statement], list[Statement]]:
    """What the graphs say of the thing, and what points at it, the most telling first."""
    statements = questions.describe(site.graphs(), thing)
    if not statements:
        abort(404)
    if any(statement.predicate.value == _WITHDRAWN for statement in statements) and (
        gone := questions.gone(site.graphs(), thing)
    ):
        raise Withdrawn(thing, gone)
    incoming = questions.pointing_at(site.graphs(), thing)
    incoming.sort(key=lambda each: (_rank(each), each.predicate.value, str(each.subject)))
    return statements, incoming


def _own(statements: Iterable[Statement], thing: str) -> list[Statement]:
    return [each for each in statements if questions.text(each.subject) == thing and each.predicate.value != RDF_TYPE]


@dataclass(frozen=True)
class Document:
    """One page of a document about `thing`: what is said of it, and a part of what points at it.

    A document about a graph (`is_graph`) holds a part of what the graph says instead. One in portions is for people:
    of what is said of the thing itself, too, `portion` is the part that its page shows.
    """

    thing: str
    statements: Sequence[Statement]
    incoming: Sequence[Statement]
    page: int = 1
    has_next: bool = False
    total: int = 0
    is_graph: bool = False
    portion: range | None = None
    pointing: Sequence[Statement] = ()

    @property
    def whole(self) -> Self:
        """One in portions with all of it: `pointing` is all that points at the thing."""
        return replace(self, incoming=self.pointing, portion=None)

    @classmethod
    def about(cls, thing: str) -> Self:
        """What the graphs say of the thing. Unknown is a 404.

        Raises:
            Withdrawn: only its tombstone is left.
        """
        page = page_number()
        statements, incoming = _said(thing)
        part = incoming[(page - 1) * PAGE : page * PAGE]
        if page > 1 and not part:
            abort(404)
        return cls(thing, statements, part, page, len(incoming) > page * PAGE, len(incoming))

    @classmethod
    def in_portions(cls, thing: str) -> Self:
        """The same for people. Unknown is a 404. Raises what `about` does."""
        page = page_number()
        first, last = (page - 1) * PORTION, page * PORTION
        statements, incoming = _said(thing)
        own = len(_own(statements, thing))
        total = own + len(incoming)
        if page > 1 and first >= total:
            abort(404)
        part = incoming[max(first - own, 0) : max(last - own, 0)]
        return cls(thing, statements, part, page, last < total, total, portion=range(first, last), pointing=incoming)

    @classmethod
    def stated_in(cls, graph: str, size: int = GRAPH_PAGE) -> Self:
        """What one graph says, and what is said of the graph and of its source. An unknown graph is a 404."""
        page = page_number()
        stated = questions.stated_in(site.graphs(), graph, (page - 1) * size, size)
        following = questions.stated_in(site.graphs(), graph, page * size, 1)
        about = questions.describe(site.graphs(), graph)
        if (source := questions.sources(site.graphs(), [graph])[graph]).iri:
            about += questions.describe(site.graphs(), source.iri)
        if not stated and (page > 1 or not about):
            abort(404)
        return cls(graph, about, stated, page, bool(following), is_graph=True)

    @cached_property
    def types(self) -> frozenset[str]:
        """The classes that the thing is accepted to be of."""
        return types(self.statements, self.thing)

    @property
    def own(self) -> list[Statement]:
        """What is said of the thing itself, but its classes."""
        return _own(self.statements, self.thing)

    @cached_property
    def all(self) -> list[Statement]:
        return [*self.statements, *self.incoming]

    def triples(self) -> list[Triple]:
        """The accepted statements, with the names of what they link."""
        accepted = site.accepted()
        mine = [statement for statement in self.all if accepted in statement.graphs]
        named = [statement for statement in self._names(mine) if accepted in statement.graphs]
        return [statement.triple for statement in (*mine, *named)]

    def stated_triples(self) -> list[Triple]:
        """The statements, accepted or not: what one source says is what it says."""
        return [statement.triple for statement in (*self.all, *self._names(self.all))]

    def quads(self) -> list[Quad]:
        """The statements in the graphs that hold them; of the statements of a graph, only those in it."""
        stated = [quad for statement in self.incoming for quad in statement.quads]
        if self.is_graph:
            stated = [quad for quad in stated if quad.graph_name == NamedNode(self.thing)]
        others = [quad for statement in (*self.statements, *self._names(self.all)) for quad in statement.quads]
        return stated + others

    def _names(self, statements: Iterable[Statement]) -> list[Statement]:
        terms = [term for statement in statements for term in (statement.subject, statement.object)]
        iris = {term.value for term in terms if isinstance(term, NamedNode)} - {self.thing}
        return questions.names(site.graphs(), iris)
