"""What pages tell search engines: JSON-LD in the words of schema.org (https://schema.org/), beside what people read.

A thing is described as its profile `schema` describes it, in the reader's language. A block of data is no script to a
browser, so the content security policy is not concerned; the template's `tojson` writes what could end it in escapes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urljoin

from flask import request, url_for

from ctl_graph import profiles
from ctl_graph.datasets import BY_NAME, Edition
from ctl_graph.store import Literal, NamedNode, Term, Triple
from ctl_graph.vocab import LICENCE, PREFIXES, RDF_TYPE
from ctl_graph.web import site
from ctl_graph.web.documents import Document
from ctl_graph.web.shown import Shown, t

_CONTEXT: Final = "https://schema.org"
_PROFILE: Final = "schema"
# Of long lists, so many: a page is to be found, and the data are elsewhere.
_MOST: Final = 8


def _document(*nodes: Mapping[str, Any]) -> dict[str, Any]:
    return {"@context": _CONTEXT, "@graph": nodes}


def described(thing: str) -> list[Triple]:
    """What the profile says of a thing."""
    return profiles.load()[_PROFILE].describe(site.store(), thing)


def thing(document: Document, crumbs: Sequence[Shown], said: Sequence[Triple] | None = None) -> dict[str, Any] | None:
    """The thing of a page (asked for unless it is `said`), and the way to it; nothing where nothing is accepted."""
    triples = described(document.thing) if said is None else said
    return _document(_node(document.thing, _by_subject(triples)), _way(crumbs)) if triples else None


def _way(crumbs: Sequence[Shown]) -> dict[str, Any]:
    """https://schema.org/BreadcrumbList; the last is the page itself, which needs no address."""
    home = Shown(_title(), url_for("pages.home"))
    items = [
        {"@type": "ListItem", "position": number, "name": each.text, **_item(each.href)}
        for number, each in enumerate((home, *crumbs), 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _item(place: str | None) -> dict[str, str]:
    return {"item": _absolute(place)} if place else {}


_Described = Mapping[str, Mapping[str, Sequence[Term]]]


def _by_subject(triples: Iterable[Triple]) -> _Described:
    """What is said of each, in one order."""
    said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in sorted(set(triples), key=str):
        if isinstance(triple.subject, NamedNode):
            said[triple.subject.value][triple.predicate.value].append(triple.object)
    return said


def _node(iri: str, said: _Described) -> dict[str, Any]:
    """A thing as JSON-LD, with what it leads to inside of it."""
    found: dict[str, Any] = {"@id": iri}
    for predicate, terms in said[iri].items():
        if predicate == RDF_TYPE:
            found["@type"] = _one_or_all(_kinds(terms))
        else:
            values = [_value(term, said, iri) for term in _for_the_reader(terms)[:_MOST]]
            found[_local(predicate)] = _one_or_all(values)
    return found


def _kinds(terms: Iterable[Term]) -> list[str]:
    """`Thing` says nothing beside another class."""
    kinds = [_local(term.value) for term in terms if isinstance(term, NamedNode)]
    return [kind for kind in kinds if kind != "Thing"] or kinds


def _for_the_reader(terms: Sequence[Term]) -> list[Term]:
    """Of texts in several languages those in the reader's, if there are any."""
    mine = [term for term in terms if not isinstance(term, Literal) or term.language in (None, site.language())]
    return mine or list(terms)


def _value(term: Term, said: _Described, above: str) -> Any:
    if isinstance(term, NamedNode):
        is_described = term.value in said and term.value != above
        return _leaf(term.value, said[term.value]) if is_described else {"@id": term.value}
    return term.value if isinstance(term, Literal) else str(term)


def _leaf(iri: str, said: Mapping[str, Sequence[Term]]) -> dict[str, Any]:
    """What a thing leads to: its kind and its name."""
    return _node(iri, defaultdict(dict, {iri: said}))


def _one_or_all(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(values)


def _local(iri: str) -> str:
    return iri.removeprefix(PREFIXES["schema"])


# -- the data set ----------------------------------------------------------------------------------------------------


def dataset() -> dict[str, Any]:
    """The data set as https://developers.google.com/search/docs/appearance/structured-data/dataset reads it."""
    config, current = site.config(), site.current_release()
    node: dict[str, Any] = {
        "@id": config.base_iri,
        "@type": "Dataset",
        "name": _title(),
        "description": t("home.lead"),
        "url": _absolute(url_for("pages.home")),
        "identifier": config.base_iri,
        **_published(),
    }
    if current:
        times = [line.time for line in site.history() if line.digest == current.id]
        node["version"] = current.id
        node["distribution"] = [
            _distribution(url_for("pages.dump", name=each["file"]), each) for each in current.manifest["dumps"]
        ]
        node |= {"datePublished": times[0]} if times else {}
    return _document(node)


def _published() -> dict[str, Any]:
    """What is the same of every data set here."""
    publisher = {"@type": "Organization", "name": site.config().publisher}
    return {
        "license": LICENCE,
        "inLanguage": list(site.LANGUAGES),
        "isAccessibleForFree": True,
        "creator": publisher,
        "publisher": publisher,
    }


def part(edition: Edition, files: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """A dataset of the catalogue; of each of its `files` its address and what the manifest says of it."""
    config, known = site.config(), BY_NAME[edition.name]
    return _document(
        {
            "@id": f"{config.base_iri}dataset/{edition.name}",
            "@type": "Dataset",
            "name": f"{_title()}: {site.say(known.title)}",
            "description": site.say(known.description),
            "keywords": [site.say(keyword) for keyword in known.keywords],
            "url": _absolute(url_for("catalogue.dataset", name=edition.name)),
            "identifier": f"{config.identifier}:{edition.name}",
            "version": str(edition.number),
            "datePublished": edition.issued,
            "dateModified": edition.modified,
            "includedInDataCatalog": {
                "@type": "DataCatalog",
                "@id": f"{config.base_iri}catalog",
                "url": _absolute(url_for("catalogue.catalogue", name="catalog")),
            },
            **_published(),
            "distribution": [_distribution(place, each) for place, each in files],
        }
    )


def _title() -> str:
    return site.config().title_it if site.language() == "it" else site.config().title_en


def _distribution(place: str, file: Mapping[str, Any]) -> dict[str, Any]:
    compressed = ["application/gzip"] if file["file"].endswith(".gz") else []
    return {
        "@type": "DataDownload",
        "name": file["file"],
        "contentUrl": _absolute(place),
        "encodingFormat": [file["media_type"], *compressed],
        "contentSize": f"{file['bytes']} B",
    }


def _absolute(place: str) -> str:
    return urljoin(request.host_url, place)
