"""Finding what is there: the search by names, narrowed down by facets, and the list of sources.

The index of names is a file of the release; what a search is narrowed down by is asked of the store, so that releases
from before there were facets have them too.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request, url_for

from ctl_graph import questions, search
from ctl_graph.errors import BadQuery, Message
from ctl_graph.formats import HTML
from ctl_graph.questions import Label, Table
from ctl_graph.reconciliation import Wanted
from ctl_graph.search import Hit
from ctl_graph.store import Term
from ctl_graph.vocab import CTL, compact
from ctl_graph.web import site, terms
from ctl_graph.web.chosen import one_of, refuse_value
from ctl_graph.web.documents import page_number
from ctl_graph.web.fair_use import fair_use
from ctl_graph.web.messages import TERMS
from ctl_graph.web.negotiation import respond
from ctl_graph.web.shown import Shown, source_title, t

bp = Blueprint("finding", __name__)

PAGE: Final = 20
SOURCES_PAGE: Final = 25
_NEAR: Final = 5
_YEAR: Final = re.compile(r"\b[12][0-9]{3}\b")
# In the order in which they stand on the page; the values of the first are classes.
_FACETS: Final = ("type", "cluster", "area", "discussed", "province")
_CLASSES, _CLUSTERS, _PLACE, _PROVINCE, _FIELD, _LIST = "type", "cluster", "place", "province", "field", "list"
_TERM: Final = "term"  # what stands for the class of a term of the vocabulary
_CHOICES_SHOWN: Final = 8
_TOO_LONG: Final = Message(
    f"Si cerca con al più {search.WORDS_LIMIT} caratteri.", f"Search for at most {search.WORDS_LIMIT} characters."
)

# So many letters name a place or a field; fewer begin the names of half of them.
_SHORTEST_REASON: Final = 2
# The address of each choice names all the others.
_MOST_CHOSEN: Final = 20
_TOO_MANY: Final = Message(
    f"Si scelgono al più {_MOST_CHOSEN} caselle: togline qualcuna.", f"Choose at most {_MOST_CHOSEN} boxes: clear some."
)
_NONE: Final[frozenset[str]] = frozenset()
_Chosen = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Choice:
    """A value of a facet: what it is called, its name in the address, and how many of what is found have it."""

    text: str
    token: str
    count: int
    chosen: bool
    without: str


@dataclass(frozen=True)
class Facet:
    """One way to narrow a search down; the values that are `shown` at once are the most frequent and those chosen."""

    name: str
    shown: Sequence[Choice]
    folded: Sequence[Choice]


@dataclass(frozen=True)
class Result:
    """A thing that was found, with what tells it from its namesakes. `role` is the kind of its `other` name.

    Where that does not do, it has its `identifier`. The `fields` are those for which it is found; one that is
    `only_mentioned` is found for its description or its identifiers, which the page does not show.
    """

    shown: Shown
    kinds: Sequence[str]
    places: Sequence[str]
    clusters: Sequence[Shown]
    other: str | None
    role: str
    lists: Sequence[str]
    fields: Sequence[str]
    identifier: str | None
    only_mentioned: bool


class Catalogue:
    """The things that have a name, with the values of their facets: read once for a release, which never changes."""

    def __init__(self, path: Path) -> None:
        self._named = {hit.iri: hit for hit in search.everything(path)}
        base = site.config().base_iri
        # What has no page here is only what things are called by.
        self.hits = {iri: hit for iri, hit in self._named.items() if iri.startswith((CTL, base))}
        found: dict[str, dict[str, set[str]]] = {facet: defaultdict(set) for facet in (*_FACETS, _PLACE, _FIELD, _LIST)}
        for row in site.answer("_facets", accepted=site.accepted()):
            thing, facet, value = (questions.text(row[name]) for name in ("thing", "facet", "value"))
            found[facet][thing].add(value)
        self._broader = terms.broader()
        for iri, hit in self.hits.items():
            ours = {each for each in hit.classes if each.startswith(CTL)}
            found[_CLASSES][iri] = {CTL} if iri.startswith(CTL) else ours or set(hit.classes)
        self._facets = {
            facet: {iri: frozenset(values) for iri, values in things.items()} for facet, things in found.items()
        }
        self.fields = frozenset().union(*self._facets[_FIELD].values())
        self._by_token = {
            facet: {_token(value): value for iri, values in things.items() if iri in self.hits for value in values}
            for facet, things in self._facets.items()
        }

    def values(self, facet: str, iri: str) -> frozenset[str]:
        """Of a facet, what a thing has; a class of others counts where there is none of ours, and of terms none."""
        return self._facets[facet].get(iri, _NONE)

    def kinds(self, iri: str) -> list[str]:
        """The names of its classes, without those that follow from another of them."""
        classes = self.values(_CLASSES, iri)
        following = {each for one in classes for each in self._broader.get(one, ())}
        return sorted(map(self.name, (classes - following) or classes))

    def name(self, iri: str) -> str:
        if message := TERMS.get(compact(iri)):
            return site.say(message)
        if iri == CTL:
            return t("vocabulary")
        return self._named[iri].label(site.language()) if iri in self._named else iri.rstrip("/").rpartition("/")[2]

    def seated_in(self, places: set[str]) -> list[Hit]:
        """The things whose seat is in one of these places."""
        seats = self._facets[_PLACE]
        return [hit for iri, hit in self.hits.items() if not places.isdisjoint(seats.get(iri, ()))]

    def working_in(self, fields: set[str]) -> list[Hit]:
        """The clusters and others that work in one of these fields: a competence, a theme, a domain, an area."""
        return [self.hits[iri] for iri, own in self._facets[_FIELD].items() if iri in self.hits and own & fields]

    def narrowed(self, hits: Iterable[Hit], chosen: _Chosen) -> list[Hit]:
        """Those that have, of each facet with a choice, at least one value that is chosen."""
        found = list(hits)
        for facet, wanted in chosen.items():
            if wanted:
                found = [hit for hit in found if not wanted.isdisjoint(self.values(facet, hit.iri))]
        return found

    def facets(self, hits: Sequence[Hit], words: str, chosen: _Chosen) -> list[Facet]:
        """Each with how many of the hits a value leaves, given what is chosen of the other facets."""
        return [self._facet(name, hits, words, chosen) for name in _FACETS]

    def _facet(self, name: str, hits: Sequence[Hit], words: str, chosen: _Chosen) -> Facet:
        others = {facet: wanted for facet, wanted in chosen.items() if facet != name}
        found = self.narrowed(hits, others)
        counts = Counter(value for hit in found for value in self.values(name, hit.iri))
        counts.update(dict.fromkeys(chosen[name], 0))
        choices = [
            Choice(self.name(iri), _token(iri), count, iri in chosen[name], _without(words, chosen, name, iri))
            for iri, count in counts.items()
        ]
        choices.sort(key=lambda each: (not each.chosen, -each.count, each.text.casefold(), each.token))
        first = max(_CHOICES_SHOWN, sum(each.chosen for each in choices))
        if len(choices) == first + 1:  # one alone is not worth a fold
            first += 1
        return Facet(name, choices[:first], choices[first:])

    def known(self, facet: str, tokens: Iterable[str]) -> frozenset[str]:
        """The values that an address names; what is no value of the facet is answered 400."""
        known, named = self._by_token[facet], [token for token in tokens if token]
        for token in named:
            if token not in known:
                refuse_value(facet, token, sorted(known))
        return frozenset(known[token] for token in named)

    def results(self, found: Sequence[Hit], words: str, fields: set[str]) -> list[Result]:
        """Those of a page, each with what tells it from the others there: two that look the same by identifiers."""
        results = [self._result(hit, words, fields) for hit in found]
        looks = Counter(map(_look, results))
        return [replace(each, identifier=None) if looks[_look(each)] == 1 else each for each in results]

    def _result(self, hit: Hit, words: str, fields: set[str]) -> Result:
        other = hit.other_name(words, site.language()) if words else None
        seats = [*self.values(_PLACE, hit.iri), *self.values(_PROVINCE, hit.iri)]
        places = list(dict.fromkeys(map(self.name, seats)))
        clusters = sorted(set(self.values(_CLUSTERS, hit.iri)) - {hit.iri}, key=lambda iri: self.name(iri).casefold())
        own = {name.casefold(): name for name in map(self.name, self.values(_FIELD, hit.iri) & fields)}
        is_seated = search.begins(search.plain(words).split(), search.plain(" ".join(places)).split())
        return Result(
            self.shown(hit),
            self.kinds(hit.iri),
            places,
            [self.shown(self.hits[iri]) for iri in clusters if iri in self.hits],
            other,
            _role(hit.iri, other) if other else "",
            sorted(map(self.name, self.values(_LIST, hit.iri))),
            sorted(own.values()),
            _token(hit.iri),
            not (own or is_seated or hit.is_named(words)),
        )

    def shown(self, hit: Hit) -> Shown:
        return Shown(hit.label(site.language()), site.path(hit.iri), title=hit.iri)


def _look(result: Result) -> tuple[object, ...]:
    """What a reader sees of a result, but its identifier."""
    return result.shown.text, *result.kinds, *result.places, *result.lists, *(each.text for each in result.clusters)


def _token(iri: str) -> str:
    """What an address calls a value."""
    if iri == CTL:
        return _TERM
    return iri.removeprefix(CTL).removeprefix(f"{site.config().base_iri}id/")


def _role(iri: str, name: str) -> str:
    """What kind of name it is: acronym, former or another."""
    names = site.names()
    thing = names.things.get(iri) if names else None
    roles = {each.role for each in thing.names if each.text == name} if thing else set()
    return next((role for role in ("former", "acronym") if role in roles), "other")


def _parameters(words: str, chosen: _Chosen) -> list[tuple[str, str]]:
    """What the address of a search holds beside the number of the page."""
    asked = [("q", words)] if words else []
    return asked + [(facet, _token(iri)) for facet in _FACETS for iri in sorted(chosen[facet])]


def _without(words: str, chosen: _Chosen, facet: str, iri: str) -> str:
    asked = _parameters(words, {**chosen, facet: chosen[facet] - {iri}})
    return url_for("finding.search_page") + (f"?{urlencode(asked)}" if asked else "")


@bp.get("/search")
def search_page() -> Response:
    """Things by the beginnings of the words of their names, and by where they have their seat."""
    words, page = request.args.get("q", "").strip(), page_number()
    release = site.current_release()
    if len(words) > search.WORDS_LIMIT:
        raise BadQuery(_TOO_LONG)
    if sum(len(request.args.getlist(facet)) for facet in _FACETS) > _MOST_CHOSEN:
        raise BadQuery(_TOO_MANY)
    if release is None:
        return respond(HTML, lambda: render_template("search.html", words=words, indexed=False), negotiated=False)
    return respond(HTML, lambda: _found(release.search, words, page), negotiated=False)


def _found(index: Path, words: str, page: int) -> str:
    catalogue = site.once(Catalogue, index)
    chosen = {facet: catalogue.known(facet, request.args.getlist(facet)) for facet in _FACETS}
    hits, fields = _hits(catalogue, index, words)
    found = catalogue.narrowed(hits, chosen)
    first = (page - 1) * PAGE
    if page > 1 and first >= len(found):
        abort(404)
    facets = catalogue.facets(hits, words, chosen)
    return render_template(
        "search.html",
        indexed=True,
        words=words,
        results=catalogue.results(found[first : first + PAGE], words, fields),
        total=len(found),
        first=first + 1,
        page=page,
        has_next=len(found) > first + PAGE,
        facets=[facet for facet in facets if facet.shown],
        chosen=[(facet.name, each) for facet in facets for each in facet.shown if each.chosen],
        parameters=_parameters(words, chosen),
        near=_near(words) if words and not hits else [],
        fields=_fields() if words and not hits else {},
    )


def _hits(catalogue: Catalogue, index: Path, words: str) -> tuple[Sequence[Hit], set[str]]:
    """What is called so, what has its seat in a place that is, and who works in a field that is; and these fields.

    Without words, everything.
    """
    if not words:
        return list(catalogue.hits.values()), set()
    named = search.find(index, words)
    places = {hit.iri for hit in named if hit.kind == _PLACE}
    if len(words) < _SHORTEST_REASON:
        return [hit for hit in named if hit.iri in catalogue.hits], set()
    # One that only speaks of it is no reason.
    fields = {hit.iri for hit in named if hit.iri in catalogue.fields and hit.is_named(words)}
    tied = (*(catalogue.seated_in(places) if places else ()), *catalogue.working_in(fields))
    found = {hit.iri: hit for hit in (*named, *tied) if hit.iri in catalogue.hits}
    return sorted(found.values(), key=lambda hit: hit.rank(words)), fields


def _fields() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Ways in by field: S3 areas (of one name in two strategies, both), domains of clusters and themes."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in site.answer("_fields", language=site.language()):
        kind, field, label = (questions.text(row[name]) for name in ("kind", "field", "label"))
        found[kind][label].append(_token(field))

    def place(kind: str, label: str, areas: Sequence[str]) -> str:
        asked = [("area", each) for each in areas] if kind == "area" else [("q", label)]
        return f"{url_for('finding.search_page')}?{urlencode(asked)}"

    return {
        kind: [(label, place(kind, label, labels[label])) for label in sorted(labels, key=str.casefold)]
        for kind, labels in found.items()
    }


def _near(words: str) -> list[Shown]:
    """The things whose names come near, where none has these words."""
    names = site.names()
    with fair_use():
        found = names.match(Wanted(words, limit=_NEAR)) if names else []
    return [Shown(each.thing.label(site.language()), site.path(each.thing.iri), title=each.thing.iri) for each in found]


# -- sources ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A source in the list: the document, and how much of the data comes from it, and from it alone.

    What `is_ours` is a page of this site, the method or a list of concepts.
    """

    title: str
    place: str
    publisher: str
    issued: str
    statements: int
    only_here: int
    is_ours: bool = False

    @property
    def year(self) -> str:
        """The year that it prints; nothing where it prints none."""
        found = _YEAR.search(self.issued)
        return found[0] if found else ""

    def has(self, words: Sequence[str]) -> bool:
        return search.begins(words, search.plain(f"{self.title} {self.publisher}").split())


@bp.get("/sources")
def sources() -> Response:
    """The documents that the data were taken from, by the words of title and publisher and by year."""
    words, page = request.args.get("q", "").strip(), page_number()
    if len(words) > search.WORDS_LIMIT:
        raise BadQuery(_TOO_LONG)

    def make() -> str:
        known = _sources()
        years = sorted({each.year for each in known} - {""}, reverse=True)
        year = one_of("year", years)
        wanted = search.plain(words).split()
        found = [each for each in known if each.has(wanted) and year in ("", each.year)]
        first = (page - 1) * SOURCES_PAGE
        if page > 1 and first >= len(found):
            abort(404)
        return render_template(
            "sources.html",
            sources=found[first : first + SOURCES_PAGE],
            words=words,
            year=year,
            years=years,
            total=len(found),
            first=first + 1,
            page=page,
            has_next=len(found) > first + SOURCES_PAGE,
            parameters={name: value for name, value in (("q", words), ("year", year)) if value},
        )

    return respond(HTML, make, negotiated=False)


def _sources() -> list[Listed]:
    """Those of others first, then ours; of each those that say most."""
    table, base = site.answer("sources"), site.config().base_iri
    ours = {address: f"{base}id/{address.removeprefix(base).removeprefix('doc/')}" for address in _ours(table)}
    names = site.labels(ours.values())
    found = [
        Listed(
            _title(row, names.get(ours.get(questions.text(row["address"]), ""))),
            url_for("resources.graph", name=questions.text(row["source"]).rpartition("/")[2]),
            questions.text(row["publisher"]),
            questions.text(row["issued"]),
            int(questions.text(row["statements"])),
            int(questions.text(row["only_here"])),
            questions.text(row["address"]) in ours,
        )
        for row in table
    ]
    return sorted(found, key=lambda each: each.is_ours)


def _ours(table: Table) -> set[str]:
    """The addresses of those that are pages of this site."""
    addresses = {questions.text(row["address"]) for row in table}
    return {address for address in addresses if address.startswith(site.config().base_iri)}


def _title(row: Mapping[str, Term | None], name: Label | None) -> str:
    """What it is called: of a list of ours its name in the reader's language."""
    return name.text if name else source_title(questions.text(row["source"]), questions.text(row["title"]))
