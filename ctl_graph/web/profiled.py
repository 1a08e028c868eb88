"""Documents in the words of others, and the lists of the profiles that there are
(https://www.w3.org/TR/dx-prof-conneg/).
"""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode, urljoin

from flask import Blueprint, Response, abort, render_template, request, url_for

from ctl_graph import profiles
from ctl_graph.formats import GRAPHS, HTML, QUERY, TURTLE, Format, write_graph
from ctl_graph.profiles import Profile
from ctl_graph.store import Literal, NamedNode, Triple
from ctl_graph.vocab import DCTERMS
from ctl_graph.web import errors, signposts, site
from ctl_graph.web.documents import Document, page_number
from ctl_graph.web.negotiation import DOCUMENTS, alternates, choose, link, respond, split_suffix, uri
from ctl_graph.web.shown import t

bp = Blueprint("profiled", __name__)

# What asks for the list of the profiles of one document: in the draft, and in the software that there is.
LISTS: Final = ("all", "alt")
_ALTR: Final = "http://www.w3.org/ns/dx/connegp/altr#"


# -- a document in the words of a profile ----------------------------------------------------------------------------


def document(name: str, canonical: str, profile: Profile, must: bool) -> Response:
    """The document about a thing in the words of the profile; where it does not speak of such things, in ours.

    Where it `must` be the profile, because the address names it, that is an error instead. It is always whole.
    """
    stem, format = _chosen(name)
    if format is None or format is HTML:
        return errors.not_acceptable(GRAPHS, lambda offer: _address(stem, offer, profile))
    if page_number() > 1:
        abort(404)
    held: list[tuple[Document, Profile]] = []

    def make() -> bytes:
        described = Document.about(canonical)
        fits = profile.fits(described.types)
        if must and not fits:
            abort(_unspoken(stem, profile, described))
        held.append((described, profile if fits else profiles.load()[profiles.OWN]))
        triples = profile.describe(site.store(), canonical) if fits else described.triples()
        return write_graph(triples, format)

    links = [
        *alternates(GRAPHS, lambda offer: _address(stem, offer, profile), format),
        link(site.document_iri(canonical), "canonical"),
        link(canonical, "describes"),
        *(post.header for post in signposts.of_document("doc", stem, canonical) if post.relation != "describedby"),
    ]
    # The address says what must be; a wish, by which the answer differs at one address, does not.
    response = respond(
        format, make, links=links, location=_address(stem, format, profile), variant="" if must else profile.token
    )
    for described, used in held:
        say_profile(response, used)
        for post in signposts.of_profiles("doc", stem, described.types):
            response.headers.add("Link", post.header)
    return response


def _chosen(name: str) -> tuple[str, Format | None]:
    """Without a suffix, a browser that is sent to a profile gets it as Turtle."""
    stem, suffixed = split_suffix(name, DOCUMENTS)
    return (stem, suffixed) if suffixed else choose(name, GRAPHS)


def say_profile(response: Response, profile: Profile) -> None:
    """In whose words the answer is."""
    iri = profile.iri(site.config().base_iri)
    response.headers["Content-Profile"] = f"<{uri(iri)}>"
    response.headers.add("Link", link(iri, "profile"))


def _unspoken(stem: str, profile: Profile, described: Document) -> Response:
    """406: there is the thing, and the profile, and no description of the one in the words of the other."""
    fitting = ", ".join(each.token for each in profiles.load().values() if each.fits(described.types))
    response = errors.answer(406, detail=t("profile.unspoken", token=profile.token, fitting=fitting))
    for post in signposts.of_profiles("doc", stem, described.types):
        response.headers.add("Link", post.header)
    return response


def _address(stem: str, format: Format, profile: Profile) -> str:
    place = url_for("resources.document", name=f"{stem}.{format.suffix}")
    return with_profile(place, profile.token) if profile.question else place


def with_profile(place: str, name: str) -> str:
    return f"{place}?{urlencode({'_profile': name})}"


# -- the profiles of one document ------------------------------------------------------------------------------------


def listed(name: str, canonical: str) -> Response:
    """In which words the document is to be had, as a page or in the words of the draft's own model."""
    stem, _ = split_suffix(name, DOCUMENTS)
    list_name = request.args["_profile"]

    def address(offer: Format) -> str:
        return with_profile(url_for("resources.document", name=f"{stem}.{offer.suffix}"), list_name)

    _, format = choose(name, DOCUMENTS)
    if format is None:
        return errors.not_acceptable(DOCUMENTS, address)

    def make() -> str | bytes:
        described = Document.about(canonical)
        fitting = [each for each in profiles.load().values() if each.fits(described.types)]
        if format is HTML:
            return _page(fitting, stem, canonical)
        return write_graph(_alternatives(fitting, stem, canonical), format)

    return respond(format, make, links=alternates(DOCUMENTS, address, format), location=address(format))


def _alternatives(fitting: list[Profile], stem: str, canonical: str) -> Iterator[Triple]:
    base_iri, whole = site.config().base_iri, NamedNode(site.document_iri(canonical))
    for profile in fitting:
        for format in GRAPHS:
            place = NamedNode(uri(urljoin(request.host_url, _address(stem, format, profile))))
            is_default = profile.token == profiles.OWN and format is TURTLE
            relation = "hasDefaultRepresentation" if is_default else "hasRepresentation"
            yield Triple(whole, NamedNode(_ALTR + relation), place)
            yield Triple(place, NamedNode(f"{DCTERMS}format"), Literal(format.media_type))
            yield Triple(place, NamedNode(f"{DCTERMS}conformsTo"), NamedNode(profile.iri(base_iri)))


# -- all profiles ----------------------------------------------------------------------------------------------------


@bp.get("/profiles", defaults={"suffix": ""})
@bp.get("/profiles.<suffix>")
def index(suffix: str) -> Response:
    """All profiles: a page, or a description (https://www.w3.org/TR/dx-prof/)."""
    name = f"profiles.{suffix}" if suffix else "profiles"
    stem, format = choose(name, DOCUMENTS)
    if stem != "profiles":
        abort(404)

    def address(offer: Format) -> str:
        return url_for("profiled.index", suffix=offer.suffix)

    if format is None:
        return errors.not_acceptable(DOCUMENTS, address)

    def make() -> str | bytes:
        if format is HTML:
            return _page(list(profiles.load().values()))
        return write_graph(profiles.described(site.config().base_iri, _root()), format)

    links = [*alternates(DOCUMENTS, address, format), link(f"{site.config().base_iri}profiles", "canonical")]
    return respond(format, make, links=links, location=address(format))


@bp.get("/profiles/<token>.rq")
def query(token: str) -> Response:
    """How a profile is made of our words."""
    found = profiles.load().get(token)
    if found is None or found.question is None:
        abort(404)
    text = found.question.text
    return respond(QUERY, lambda: text, negotiated=False)


@bp.get("/profiles/<token>.ttl")
def shapes(token: str) -> Response:
    """The shapes that a description in the words of a profile meets."""
    if (found := profiles.load().get(token)) is None:
        abort(404)
    return respond(TURTLE, lambda: found.shapes, negotiated=False)


def _root() -> str:
    return urljoin(request.host_url, url_for("pages.home"))


def _page(known: list[Profile], stem: str | None = None, canonical: str | None = None) -> str:
    shown = [
        {
            "profile": each,
            "title": site.say(each.title),
            "description": site.say(each.description),
            "iri": each.iri(site.config().base_iri),
            "places": [(offer, _address(stem, offer, each)) for offer in GRAPHS] if stem else [],
        }
        for each in known
    ]
    return render_template("profiles.html", profiles=shown, formats=DOCUMENTS, thing=canonical)
