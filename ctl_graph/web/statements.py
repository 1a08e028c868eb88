"""The statements of a document as people read them: in the order in which they matter, every value with its marks."""

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from flask import url_for

from ctl_graph import questions
from ctl_graph.questions import Dispute, Side, Statement
from ctl_graph.store import BlankNode, NamedNode, Term
from ctl_graph.vocab import CTL, RDF_TYPE, compact
from ctl_graph.web import site
from ctl_graph.web.documents import FIRST_TO_POINT, Document
from ctl_graph.web.evidence import Evidence, Marks
from ctl_graph.web.messages.pointing import POINTING
from ctl_graph.web.shown import PLUMBING, Reader, Shown, euro, t

_FIRST: Final = (
    "skos:prefLabel", "skos:altLabel", "ctl:acronym", "dct:title", "skos:definition", "dct:description", "ctl:text",
    "ctl:about", "ctl:property", "ctl:statement", "ctl:preferredStatement", "ctl:rationale", "rdfs:comment",
    "rdf:subject", "rdf:predicate", "rdf:object", "org:member", "org:role", "ctl:inCluster", "ctl:inCollaboration",
    "ctl:valueAsStated", "ctl:startAsStated", "ctl:endAsStated", "ctl:attestedAsStated", "ctl:domain",
    "ctl:managingBody", "ctl:foundedAsStated", "ctl:foundedOn", "ctl:legalForm", "ctl:seat", "foaf:homepage",
    "skos:note",
)  # fmt: skip


# What is a sum in euro.
MONEY: Final = frozenset(CTL + name for name in ("totalBudget", "euContribution", "publicContribution", "amountEuro"))
_VAGUE: Final = re.compile("[0-9]{4}(-[0-9]{2})?")
_DATE: Final = re.compile("[0-9]{4}-[01][0-9](-[0-3][0-9])?")


@dataclass(frozen=True)
class ShownSide:
    """One side of a disagreement: the value, who says so, and whether it is preferred; None where that is undecided."""

    shown: Shown
    notes: Marks
    preferred: bool | None


@dataclass(frozen=True)
class ShownDispute:
    """A disagreement with its sides, one beside the other."""

    shown: Shown
    sides: Sequence[ShownSide]


@dataclass(frozen=True)
class ShownValue:
    """A value with all that is known of it: who says it, and whether it is accepted or inferred.

    One that is `vague` is not accepted because another says the same more exactly.
    """

    shown: Shown
    notes: Marks
    inferred: bool = False
    accepted: bool = True
    vague: bool = False
    nested: Sequence["ShownProperty"] = ()


@dataclass(frozen=True)
class ShownProperty:
    """A property of a thing with its values as they are read, and where sources differ; `folded` where few read it.

    Of its values, `more` are left out.
    """

    label: Shown
    values: Sequence[ShownValue]
    folded: bool = False
    disputes: Sequence[ShownDispute] = ()
    more: int = 0


def _is_among(facts: Collection[str], statement: Statement) -> bool:
    """Whether it is one of the facts, or says of what class the thing is, or stands within a value."""
    predicate = statement.predicate.value
    return predicate == RDF_TYPE or compact(predicate) in facts or isinstance(statement.subject, BlankNode)


def _by_predicate(statements: Iterable[Statement]) -> dict[NamedNode, list[Statement]]:
    groups: dict[NamedNode, list[Statement]] = defaultdict(list)
    for each in statements:
        groups[each.predicate].append(each)
    return groups


def _is_vague(term: Term, accepted: Collection[str]) -> bool:
    """Whether it is a year or a month in which a date falls that is accepted."""
    text = questions.text(term)
    return _VAGUE.fullmatch(text) is not None and any(
        each.startswith(f"{text}-") and _DATE.fullmatch(each) for each in accepted
    )


def _from_its_end(property: Shown) -> Shown:
    """What a property says to who stands at its end: a name says it from its beginning."""
    words = POINTING.get(compact(property.title or ""))
    return replace(property, text=site.say(words) if words else t("thing.inverse", property=property.text))


def spoken(group: ShownProperty) -> ShownProperty:
    """Of notes, which are written in two languages, those in the reader's; of a source that has none, the others."""
    if compact(group.label.title or "") != "skos:note":
        return group
    own = [each for each in group.values if each.shown.language in (site.language(), None)]
    heard = {graph for each in own for graph in each.notes.graphs}
    rest = [each for each in group.values if each not in own and not heard & each.notes.graphs]
    return replace(group, values=own + rest)


class Page:
    """The statements of a document as properties with values, and the footnotes that they lead to."""

    def __init__(
        self,
        document: Document,
        things: Iterable[str] = (),
        terms: Iterable[Term | None] = (),
        most: int | None = None,
        facts: Collection[str] | None = None,
    ) -> None:
        """`things` are others whose sources the page marks, at `most` so many of each, `terms` others that it names.

        Of the thing itself the page shows these `facts` (`foaf:homepage`), or all that is said.
        """
        self.document = document
        self._disputes = questions.disputes(site.graphs(), document.thing, site.accepted())
        sides = [side for dispute in self._disputes for side in dispute.sides]
        shown = document.all if facts is None else [each for each in document.all if _is_among(facts, each)]
        said = [term for each in shown for term in (each.subject, each.predicate, each.object)]
        named = [document.thing, *(each.disagreement for each in self._disputes)]
        self.reader = Reader([*said, *terms, *map(NamedNode, named), *(side.object for side in sides)], document.thing)
        subjects = [each.subject for each in document.all if isinstance(each.subject, NamedNode)]
        # On the page of a source, what is marked is who else says so.
        self.evidence = Evidence(
            {*(term.value for term in subjects), *(side.statement for side in sides), *things},
            {graph for each in document.all for graph in each.graphs},
            but=[document.thing],
            most=most,
        )
        self._nested: dict[str, list[Statement]] = defaultdict(list)
        for each in document.statements:
            self._nested[str(each.subject)].append(each)

    @property
    def title(self) -> Shown:
        return self.reader.name(self.document.thing)

    @property
    def types(self) -> list[Shown]:
        """The classes of the thing that are of our vocabulary, each with its list; others only where there is none."""
        thing, said = self.document.thing, self.document.statements
        stated = [
            each.object for each in said if (questions.text(each.subject), each.predicate.value) == (thing, RDF_TYPE)
        ]
        types = [term for term in stated if isinstance(term, NamedNode)]
        ours = [term for term in types if term.value.startswith(CTL)]
        shown = [self._class(term) for term in ours or types]
        return sorted(shown, key=lambda each: each.text)

    def _class(self, term: NamedNode) -> Shown:
        shown = self.reader.show(term)
        name = term.value.removeprefix(CTL)
        if name == term.value or self.document.thing.startswith(CTL):
            return shown
        return Shown(shown.text, url_for("pages.class_list", name=name), False, shown.language, shown.title)

    def facts(self, *names: str, most: int | None = None) -> list[ShownProperty]:
        """What is said of the thing by these properties (`foaf:homepage`), in order, at `most` so many values each."""
        groups = {compact(each.value): (each, group) for each, group in _by_predicate(self.document.own).items()}
        found = [groups[name] for name in names if name in groups]
        end = operator.attrgetter("object")
        return [self._fact(each, self._in_order(group, end), end, most) for each, group in found]

    def _fact(
        self, predicate: NamedNode, statements: Sequence[Statement], end: Callable[[Statement], Term], most: int | None
    ) -> ShownProperty:
        """What is not accepted stands among the sides of its disagreement, where there is one."""
        if any(self._is_in(each, predicate, statements) for each in self._disputes):
            statements = [each for each in statements if site.accepted() in each.graphs]
        shown = self._shown_property(predicate, statements[:most], end)
        return spoken(replace(shown, more=len(statements) - len(shown.values)))

    def properties(self) -> list[ShownProperty]:
        """What is said of the thing, as far as this page goes."""
        return self._grouped(self.document.own, frozenset(), self.document.portion)

    def _grouped(
        self, statements: Iterable[Statement], above: frozenset[str], portion: range | None = None
    ) -> list[ShownProperty]:
        """By property: those that matter most first, those that only follow from others last."""
        return self._ranked(_by_predicate(statements), lambda each: each.object, above, portion=portion)

    def incoming(self) -> list[ShownProperty]:
        """What points at the thing, grouped by how."""
        first = tuple(compact(name) for name in FIRST_TO_POINT)
        found = self._ranked(_by_predicate(self.document.incoming), lambda each: each.subject, frozenset(), first)
        return [replace(each, label=_from_its_end(each.label)) for each in found]

    def values_in(self, predicate: str) -> list[ShownValue]:
        """What points at the thing by this property."""
        found = [each for each in self.incoming() if each.label.title == predicate]
        return [value for each in found for value in each.values]

    def _ranked(
        self,
        groups: Mapping[NamedNode, Sequence[Statement]],
        end: Callable[[Statement], Term],
        above: frozenset[str],
        first: Sequence[str] = _FIRST,
        portion: range | None = None,
    ) -> list[ShownProperty]:
        order = {name: rank for rank, name in enumerate(first)}
        inferred = {
            each for each, group in groups.items() if all(self.evidence.is_inferred(one.graphs) for one in group)
        }
        named = {compact(each.value) for each in groups}
        said = {end(one) for each, group in groups.items() if each not in inferred for one in group}

        def is_folded(predicate: NamedNode) -> bool:
            """Plumbing, or an inferred copy of what stands under a property that says it better."""
            name = compact(predicate.value)
            is_copy = predicate in inferred and all(end(one) in said for one in groups[predicate])
            has_value = name.endswith("AsStated") and name.removesuffix("AsStated") in named
            return is_copy or has_value or PLUMBING.fullmatch(name) is not None

        def rank(predicate: NamedNode) -> tuple[bool, bool, int, str]:
            place = order.get(compact(predicate.value), len(order))
            return is_folded(predicate), predicate in inferred, place, self.reader.show(predicate).text

        in_order = [one for each in sorted(groups, key=rank) for one in self._in_order(groups[each], end)]
        return [
            self._shown_property(each, group, end, above, is_folded(each))
            for each, group in _by_predicate(
                in_order if portion is None else in_order[portion.start : portion.stop]
            ).items()
        ]

    def _in_order(self, statements: Iterable[Statement], end: Callable[[Statement], Term]) -> list[Statement]:
        """What is accepted first, and what is in the reader's language."""
        accepted = site.accepted()

        def place(statement: Statement) -> tuple[bool, bool, str]:
            shown = self.reader.show(end(statement))
            is_foreign = shown.language not in (site.language(), None)
            return accepted not in statement.graphs, is_foreign, shown.text.casefold()

        return sorted(statements, key=place)

    def _shown_property(
        self,
        predicate: NamedNode,
        statements: Sequence[Statement],
        end: Callable[[Statement], Term],
        above: frozenset[str] = frozenset(),
        folded: bool = False,
    ) -> ShownProperty:
        accepted = {questions.text(end(each)) for each in statements if site.accepted() in each.graphs}
        values = [self._value(each, end(each), above, accepted) for each in statements]
        disputes = [self._shown_dispute(each) for each in self._disputes if self._is_in(each, predicate, statements)]
        return ShownProperty(self.reader.show(predicate), values, folded, disputes)

    def _value(
        self, statement: Statement, term: Term, above: frozenset[str] = frozenset(), others: Collection[str] = ()
    ) -> ShownValue:
        nested: list[ShownProperty] = []
        if isinstance(term, BlankNode) and str(term) not in above:
            nested = self._grouped(self._nested[str(term)], above | {str(term)})
        accepted = site.accepted() in statement.graphs
        return ShownValue(
            self._shown(statement.predicate.value, term),
            self.evidence.of(questions.text(statement.subject), statement.graphs),
            inferred=self.evidence.is_inferred(statement.graphs),
            accepted=accepted,
            vague=not accepted and _is_vague(term, others),
            nested=nested,
        )

    def _shown(self, predicate: str, term: Term) -> Shown:
        """A term as the value of this property: a sum of money as people write it."""
        shown = self.reader.show(term)
        return replace(shown, text=euro(shown.text)) if predicate in MONEY else shown

    @cached_property
    def about(self) -> list[ShownDispute]:
        """The disagreements about the thing that stand at no property of it."""
        stated = {each.predicate.value for each in self.document.own}
        return [self._shown_dispute(each) for each in self._disputes if not self._properties_in(each) & stated]

    def _is_in(self, dispute: Dispute, predicate: NamedNode, statements: Sequence[Statement]) -> bool:
        """Whether the disagreement is about this property of the thing."""
        is_own = all(questions.text(each.subject) == self.document.thing for each in statements)
        return is_own and predicate.value in self._properties_in(dispute)

    def _properties_in(self, dispute: Dispute) -> set[str]:
        return {side.predicate for side in dispute.sides if side.subject == self.document.thing}

    def _shown_dispute(self, dispute: Dispute) -> ShownDispute:
        sides = [self._shown_side(each, dispute.preferred) for each in dispute.sides]
        return ShownDispute(self.reader.show(NamedNode(dispute.disagreement)), sides)

    def _shown_side(self, side: Side, preferred: str | None) -> ShownSide:
        """The value in the words of the source, where they are known and say more than the value."""
        words = side.as_stated
        if words is not None and (side.object is None or questions.text(words) != questions.text(side.object)):
            shown = self.reader.show(words)
        else:
            shown = Shown(t("thing.anonymous")) if side.object is None else self._shown(side.predicate, side.object)
        is_preferred = None if preferred is None else side.statement == preferred
        return ShownSide(shown, self.evidence.marks(side.statement), is_preferred)

    def lines(self) -> list[tuple[Shown, Shown, ShownValue]]:
        """The statements of a graph one by one."""
        show = self.reader.show
        return [
            (show(each.subject), show(each.predicate), self._value(each, each.object))
            for each in self.document.incoming
        ]
