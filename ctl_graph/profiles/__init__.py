"""Profiles: a thing described in the words that others read, for content negotiation by profile
(https://www.w3.org/TR/dx-prof-conneg/).

A profile is data, two files a token: `<token>.rq` is a CONSTRUCT over one thing, `$thing`, under the head of a stored
question, and `<token>.ttl` are the shapes (https://www.w3.org/TR/shacl/) that what it constructs meets. Three lines of
the head are its own:

    # profile of: http://www.w3.org/ns/org# …     the standards whose words it uses; who asks for one of them gets it
    # classes: http://www.w3.org/ns/org#Site …    what it speaks of; without this line, of everything
    # not of: http://www.w3.org/ns/org#…          nor of these, though they are of a class above

Two have shapes and no CONSTRUCT: our own words, because what is said of a thing is the description itself, and DCAT-AP,
because the catalogue is no thing of the graph but is made from the release (`ctl_graph.dcat`).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from ctl_graph import questions
from ctl_graph.errors import Message
from ctl_graph.questions import Question
from ctl_graph.store import Literal, NamedNode, Store, Triple
from ctl_graph.vocab import CTL, DCAT, DCATAP, DCTERMS, PROF, RDF_TYPE, SH

OWN: Final = "ctl"
DCAT_AP: Final = "dcat-ap"
_TYPE: Final = NamedNode(RDF_TYPE)
_SPARQL: Final = "http://www.w3.org/TR/sparql11-query/"
_OF_CATALOGUES: Final = frozenset((f"{DCAT}Catalog", f"{DCAT}Dataset"))
_OWN_TITLE: Final = Message("Con le parole di questo grafo", "In this graph's own words")
_OWN_DESCRIPTION: Final = Message(
    "Ciò che i grafi dicono di una cosa, con il vocabolario CTL, e i nomi di ciò a cui porta.",
    "What the graphs say of a thing, in the CTL vocabulary, with the names of what it leads to.",
)
_CATALOGUE_TITLE: Final = Message("DCAT-AP", "DCAT-AP")
_CATALOGUE_DESCRIPTION: Final = Message(
    "Il catalogo, i suoi insiemi di dati e le edizioni come li leggono i portali dei dati aperti.",
    "The catalogue, its datasets and the releases as the portals of open data read them.",
)


@dataclass(frozen=True)
class Profile:
    """One way to describe a thing; without a `question`, it is made elsewhere than in the graph."""

    token: str
    title: Message
    description: Message
    standards: tuple[str, ...]
    shapes: str
    question: Question | None = None
    classes: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()

    def iri(self, base_iri: str) -> str:
        """Its name: the page of profiles has a part about it."""
        return f"{base_iri}profiles#{self.token}"

    def fits(self, classes: Collection[str]) -> bool:
        """Whether it speaks of a thing of these classes."""
        is_of = not self.classes or not self.classes.isdisjoint(classes)
        return is_of and self.excluded.isdisjoint(classes)

    def describe(self, store: Store, thing: str) -> list[Triple]:
        """The thing in the words of the profile, as the default graph of `store` has it.

        Raises:
            BadQuery: `thing` is no IRI.
            StoreError: there is no answer.
        """
        assert self.question is not None
        table = questions.rows(store, self.question, {"thing": thing})
        return [Triple(*row) for row in table.rows]  # type: ignore[arg-type]


def _read(token: str) -> Profile:
    question = questions.parse(token, (files(__name__) / f"{token}.rq").read_text(encoding="utf-8"))
    standards, classes, excluded = (_iris(question.text, line) for line in ("profile of", "classes", "not of"))
    shown = (token, question.title, question.description)
    return Profile(*shown, standards, _shapes(token), question, frozenset(classes), frozenset(excluded))


def _iris(text: str, name: str) -> tuple[str, ...]:
    """What a line of the head lists."""
    found = re.search(rf"^# {name}: (.+)$", text, re.MULTILINE)
    return tuple(found[1].split()) if found else ()


def _shapes(token: str) -> str:
    return (files(__name__) / f"{token}.ttl").read_text(encoding="utf-8")


@cache
def load() -> Mapping[str, Profile]:
    """The profiles by token; the first is what is given of a thing where nobody asks for one."""
    own = Profile(OWN, _OWN_TITLE, _OWN_DESCRIPTION, (CTL,), _shapes(OWN))
    tokens = sorted(file.name.removesuffix(".rq") for file in files(__name__).iterdir() if file.name.endswith(".rq"))
    shown = (DCAT_AP, _CATALOGUE_TITLE, _CATALOGUE_DESCRIPTION)
    catalogue = Profile(*shown, (DCATAP, DCAT), _shapes(DCAT_AP), classes=_OF_CATALOGUES)
    return {OWN: own, **{token: _read(token) for token in tokens}, DCAT_AP: catalogue}


def find(name: str, base_iri: str) -> Profile | None:
    """The profile of this token or IRI, or the one that uses the words of the standard of this IRI."""
    known = load()
    if name in known:
        return known[name]
    exact = next((each for each in known.values() if each.iri(base_iri) == name), None)
    return exact or next((each for each in known.values() if name in each.standards), None)


def described(base_iri: str, root: str) -> Iterator[Triple]:
    """The profiles in the words of PROF (https://www.w3.org/TR/dx-prof/); their files are below `root`."""
    for profile in load().values():
        node = NamedNode(profile.iri(base_iri))
        yield Triple(node, _TYPE, NamedNode(f"{PROF}Profile"))
        yield Triple(node, NamedNode(f"{PROF}hasToken"), Literal(profile.token))
        yield from (Triple(node, NamedNode(f"{PROF}isProfileOf"), NamedNode(iri)) for iri in profile.standards)
        for name, words in (("title", profile.title), ("description", profile.description)):
            for language in ("it", "en"):
                text = Literal(words.in_language(language), language=language)
                yield Triple(node, NamedNode(DCTERMS + name), text)
        yield from _resource(node, "validation", f"{root}profiles/{profile.token}.ttl", "text/turtle", SH)
        if profile.question:
            yield from _resource(
                node, "mapping", f"{root}profiles/{profile.token}.rq", "application/sparql-query", _SPARQL
            )


def _resource(profile: NamedNode, role: str, artifact: str, media_type: str, standard: str) -> Iterator[Triple]:
    node = NamedNode(f"{profile.value}-{role}")
    yield Triple(profile, NamedNode(f"{PROF}hasResource"), node)
    yield Triple(node, _TYPE, NamedNode(f"{PROF}ResourceDescriptor"))
    yield Triple(node, NamedNode(f"{PROF}hasRole"), NamedNode(f"{PROF}role/{role}"))
    yield Triple(node, NamedNode(f"{PROF}hasArtifact"), NamedNode(artifact))
    yield Triple(node, NamedNode(f"{DCTERMS}format"), Literal(media_type))
    yield Triple(node, NamedNode(f"{DCTERMS}conformsTo"), NamedNode(standard))
