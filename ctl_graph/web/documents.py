"""What a document holds, whatever the format: the thing, its blank nodes, the names of what it links, what links it."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

from flask import abort, request

from ctl_graph import questions
from ctl_graph.errors import BadQuery, Message
from ctl_graph.questions import Gone, Statement
from ctl_graph.store import NamedNode, Quad, Triple
from ctl_graph.vocab import CTL, PROV, RDF_TYPE, compact
from ctl_graph.web import site

PAGE: Final = 500
GRAPH_PAGE: Final = 500
# What people read is a page of HTML that is quickly there: so many statements, those of the thing itself first.
PORTION: Final = 50
# What points at a thing is the smaller part of its portrait, which says how much more there is.
MOST_POINTING: Final = 100
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


def _said(thing: str) -> list[Statement]:
    """What the graphs say of the thing."""
    statements = questions.describe(site.graphs(), thing)
    if not statements:
        abort(404)
    if any(statement.predicate.value == _WITHDRAWN for statement in statements) and (
        gone := questions.gone(site.graphs(), thing)
    ):
        raise Withdrawn(thing, gone)
    return statements


@dataclass(frozen=True)
class Document:
    """One page of a document about `thing`: what is said of it, and a part of what points at it.

    A document about a graph (`is_graph`) holds a part of what the graph says instead. One that is a portion is for
    people: of what is said of the thing itself, too, `portion` is the part that its page shows.
    """

    thing: str
    statements: Sequence[Statement]
    incoming: Sequence[Statement]
    page: int = 1
    has_next: bool = False
    total: int = 0
    is_graph: bool = False
    portion: range | None = None

    @classmethod
    def about(cls, thing: str) -> Self:
        """What the graphs say of the thing. Unknown is a 404.

        Raises:
            Withdrawn: only its tombstone is left.
        """
        page = page_number()
        alone = cls.alone(thing)
        incoming = alone.pointing
        part = incoming[(page - 1) * PAGE : page * PAGE]
        if page > 1 and not part:
            abort(404)
        return cls(thing, alone.statements, part, page, len(incoming) > page * PAGE, len(incoming))

    @classmethod
    def alone(cls, thing: str) -> Self:
        """What the graphs say of the thing, without what points at it. Unknown is a 404. Raises what `about` does."""
        return cls(thing, _said(thing), ())

    @cached_property
    def pointing(self) -> Sequence[Statement]:
        """All that points at the thing, the most telling first."""
        found = questions.pointing_at(site.graphs(), self.thing)
        return sorted(found, key=lambda each: (_rank(each), each.predicate.value, str(each.subject)))

    def drawn(self, but: Collection[str] = ()) -> Self:
        """For a portrait: with what points at the thing, except by the properties (`ctl:about`) that it leaves out.

        Of so many statements, the `total`, it has the most telling.
        """
        incoming = [each for each in self.pointing if compact(each.predicate.value) not in but]
        return replace(self, incoming=incoming[:MOST_POINTING], total=len(incoming))

    def in_portions(self) -> Self:
        """The portion that the address names, for people. One that is not there is a 404."""
        page = page_number()
        first, last = (page - 1) * PORTION, page * PORTION
        incoming = self.pointing
        own = len(self.own)
        total = own + len(incoming)
        if page > 1 and first >= total:
            abort(404)
        part = incoming[max(first - own, 0) : max(last - own, 0)]
        return replace(self, incoming=part, page=page, has_next=last < total, total=total, portion=range(first, last))

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

    @cached_property
    def own(self) -> list[Statement]:
        """What is said of the thing itself, but its classes."""
        mine = [each for each in self.statements if questions.text(each.subject) == self.thing]
        return [each for each in mine if each.predicate.value != RDF_TYPE]

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
