"""Signposts for programs that read headers (https://signposting.org/FAIR/), and the same as sets of links.

What a document's headers say, and more, stands in its set of links (https://www.rfc-editor.org/rfc/rfc9264). Names in
it are canonical, addresses are where the client has come.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

from flask import Blueprint, Response, abort, request, url_for

from ctl_graph import mappings, profiles, questions
from ctl_graph.formats import GRAPHS, HTML, LINKSET, LINKSET_JSON, SSSOM, TURTLE, Format
from ctl_graph.vocab import CTL, LICENCE
from ctl_graph.web import errors, site
from ctl_graph.web.documents import types
from ctl_graph.web.negotiation import alternates, choose, link, respond, split_suffix, uri

bp = Blueprint("signposts", __name__)

SETS: Final = (LINKSET_JSON, LINKSET)
_SCHEMA: Final = "https://schema.org/"
GZIP: Final = "application/gzip"
_ENDPOINTS: Final = {"doc": "resources.document", "def": "resources.term"}
# The name that the whole vocabulary has as a document.
ONTOLOGY_FILE: Final = "ctl"
# Proxies read the headers of an answer into a few kilobytes: beyond this length a name leaves most to its set of links.
_LONGEST_NAME: Final = 60
_SHORT: Final = ("cite-as", "license", "linkset")
_MOST_TYPES: Final = 3
_MOST_FILES: Final = 10


@dataclass(frozen=True)
class Signpost:
    """One link: how its target is related, and what stands there."""

    relation: str
    target: str
    media_type: str | None = None
    profile: str | None = None

    @property
    def header(self) -> str:
        return link(self.target, self.relation, self.media_type, self.profile)

    @property
    def absolute(self) -> "Signpost":
        """The same for whoever does not know where it was read."""
        target = urljoin(request.host_url, self.target) if self.target.startswith("/") else self.target
        return Signpost(self.relation, target, self.media_type, self.profile)


# -- what is said of what --------------------------------------------------------------------------------------------


def of_document(kind: str, name: str, canonical: str) -> list[Signpost]:
    """Of a document about a thing: `kind` is the first step of its address, `name` is the rest."""
    posts = [
        Signpost("cite-as", canonical),
        *(Signpost("describedby", document_place(kind, name, each), each.media_type) for each in GRAPHS),
        _collection(),
        Signpost("license", LICENCE),
        *_sets(url_for("signposts.document", name=f"{kind}/{name}")),
    ]
    return [post for post in posts if post.relation in _SHORT] if len(name) > _LONGEST_NAME else posts


def of_types(classes: Iterable[str]) -> list[Signpost]:
    """Of a document: it is a page about something, which is of these classes; those of ours are said."""
    ours = sorted(each for each in classes if each.startswith(CTL))
    return [Signpost("type", each) for each in (f"{_SCHEMA}AboutPage", *ours[:_MOST_TYPES])]


def of_profiles(kind: str, name: str, classes: Collection[str]) -> list[Signpost]:
    """Of a document: where the thing, which is of these classes, is described in the words of others."""
    known = [each for each in profiles.load().values() if each.question and each.fits(classes)]
    base_iri = site.config().base_iri
    return [
        Signpost(
            "alternate", f"{document_place(kind, name)}?_profile={each.token}", TURTLE.media_type, each.iri(base_iri)
        )
        for each in known
        if len(name) <= _LONGEST_NAME
    ]


def of_home() -> list[Signpost]:
    """Of the page that the data set begins with."""
    void = ((url_for("description.void", name=f"void.{each.suffix}"), each) for each in GRAPHS)
    return [
        Signpost("cite-as", site.config().base_iri),
        *(Signpost("describedby", place, format.media_type) for place, format in void),
        *(Signpost("item", place, media_type) for place, media_type in files()),
        Signpost("license", LICENCE),
        *(Signpost("type", _SCHEMA + name) for name in ("AboutPage", "Dataset")),
        *_sets(url_for("signposts.home", name="linkset")),
    ]


def of_dataset(name: str, files: Iterable[tuple[str, str]]) -> list[Signpost]:
    """Of the page of one dataset of the catalogue, which is had in these files: where each is, with its media type."""
    described = ((url_for("catalogue.dataset", name=f"{name}.{each.suffix}"), each) for each in GRAPHS)
    return [
        Signpost("cite-as", f"{site.config().base_iri}dataset/{name}"),
        *(Signpost("describedby", place, format.media_type) for place, format in described),
        *(Signpost("item", place, media_type) for place, media_type in files),
        Signpost("collection", url_for("catalogue.catalogue", name="catalog"), HTML.media_type),
        Signpost("license", LICENCE),
        *(Signpost("type", _SCHEMA + name) for name in ("AboutPage", "Dataset")),
        *_sets(url_for("catalogue.links", name=name)),
    ]


def in_headers(posts: Sequence[Signpost]) -> list[str]:
    """Of a dataset, what its headers have room for: no files where they are many, or where links lead to other times.

    Its description has them all, and so has its set of links.
    """
    is_long = site.pinned() or sum(post.relation == "item" for post in posts) > _MOST_FILES
    return [post.header for post in posts if not (is_long and post.relation == "item")]


def of_file() -> list[Signpost]:
    """Of a file that holds the data set, or a part of it."""
    return [
        _collection(),
        Signpost("license", LICENCE),
        Signpost("type", f"{_SCHEMA}DataDownload"),
        *_sets(url_for("signposts.home", name="linkset")),
    ]


def files() -> list[tuple[str, str]]:
    """Where each file of the data set is, with its media type."""
    release = site.current_release()
    dumps = [url_for("pages.dump", name=each["file"]) for each in (release.manifest["dumps"] if release else ())]
    sets = [url_for("description.mapping_set", name=name) for name in mappings.BY_NAME]
    return [*((place, GZIP) for place in dumps), *((place, SSSOM.media_type) for place in sets)]


def document_place(kind: str, name: str, format: Format | None = None) -> str:
    """Where a document about a thing is; without a format, where the visitor's own wish decides."""
    return url_for(_ENDPOINTS[kind], name=f"{name}.{format.suffix}" if format else name)


def _collection() -> Signpost:
    return Signpost("collection", url_for("pages.home"), HTML.media_type)


def _sets(place: str) -> Iterator[Signpost]:
    return (Signpost("linkset", place, each.media_type) for each in SETS)


# -- sets of links ---------------------------------------------------------------------------------------------------

Posted = Sequence[tuple[str, Sequence[Signpost]]]


@bp.get("/<any('linkset', 'linkset.json', 'linkset.linkset'):name>")
def home(name: str) -> Response:
    """The links of the data set as a whole, and of each of its files."""

    def posted() -> Posted:
        return [(url_for("pages.home"), of_home()), *((place, of_file()) for place, _ in files())]

    return answer(name, lambda offer: url_for("signposts.home", name=f"linkset.{offer.suffix}"), posted)


@bp.get("/linkset/<path:name>")
def document(name: str) -> Response:
    """The links of a document, and of each of its formats."""
    stem, _ = split_suffix(name, SETS)
    kind, _, rest = stem.partition("/")
    if kind not in _ENDPOINTS:
        abort(404)
    canonical = site.iri(f"id/{rest}") if kind == "doc" else CTL if rest == ONTOLOGY_FILE else site.term(rest)

    def posted() -> Posted:
        if not (said := questions.describe(site.graphs(), canonical)):
            abort(404)
        page = Signpost("describes", document_place(kind, rest), HTML.media_type)
        classes = types(said, canonical)
        profiled = of_profiles(kind, rest, classes)
        whole = [*of_document(kind, rest, canonical), *of_types(classes), *profiled]
        parts = ((document_place(kind, rest, each), [page, Signpost("license", LICENCE)]) for each in GRAPHS)
        return [(document_place(kind, rest), whole), *parts]

    return answer(name, lambda offer: url_for("signposts.document", name=f"{stem}.{offer.suffix}"), posted)


def answer(name: str, address: Callable[[Format], str], posted: Callable[[], Posted]) -> Response:
    """A set of links in the format chosen."""
    _, format = choose(name, SETS)
    if format is None:
        return errors.not_acceptable(SETS, address)
    write = _json if format is LINKSET_JSON else _text
    links = alternates(SETS, address, format)
    return respond(format, lambda: write(posted()), links=links, location=address(format))


def _json(posted: Posted) -> bytes:
    contexts: list[dict[str, Any]] = []
    for place, posts in posted:
        context: dict[str, Any] = {"anchor": Signpost("", place).absolute.target}
        for post in posts:
            known = {"href": uri(post.absolute.target), "type": post.media_type, "profile": post.profile}
            target = {name: value for name, value in known.items() if value}
            context.setdefault(post.relation, []).append(target)
        contexts.append(context)
    return json.dumps({"linkset": contexts}, ensure_ascii=False, indent=2).encode() + b"\n"


def _text(posted: Posted) -> str:
    """In the syntax of the header, in which every link says whose it is."""
    return ",\n".join(
        f'{post.absolute.header}; anchor="{uri(Signpost("", place).absolute.target)}"'
        for place, posts in posted
        for post in posts
    )
