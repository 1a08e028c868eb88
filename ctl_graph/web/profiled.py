"""Documents in the words of others, and the lists of the profiles that there are
(https://www.w3.org/TR/dx-prof-conneg/).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urljoin

from flask import Blueprint, Response, abort, render_template, request, url_for

from ctl_graph import profiles
from ctl_graph.formats import GRAPHS, HTML, QUERY, TURTLE, Format, write_graph
from ctl_graph.profiles import Profile
from ctl_graph.store import Literal, NamedNode, Triple
from ctl_graph.vocab import DCTERMS, PROF
from ctl_graph.web import errors, signposts, site
from ctl_graph.web.description import root
from ctl_graph.web.documents import Document, page_number
from ctl_graph.web.negotiation import DOCUMENTS, alternates, by_profile, choose, link, respond, split_suffix, uri
from ctl_graph.web.shown import t

bp = Blueprint("profiled", __name__)

# What asks for the list of the profiles of one document: in the draft, and in the software that there is.
LISTS: Final = ("all", "alt")
_ALTR: Final = "http://www.w3.org/ns/dx/connegp/altr#"
# What answers in the words of who asks: each answer there, an error or the way elsewhere too, varies on the wish.
_VARIES: Final = frozenset(
    (
        "resources.thing",
        "resources.document",
        "resources.term",
        "catalogue.catalogue",
        "catalogue.dataset",
        "releases.releases",
        "releases.release",
    )
)


@bp.after_app_request
def _say_that_it_varies(response: Response) -> Response:
    if request.endpoint in _VARIES and response.vary:
        response.vary.add("Accept-Profile")
    return response


@dataclass(frozen=True)
class Profiled:
    """A document: its name, where it is in each format, and the profiles that it is to be had in, asked when needed."""

    iri: str
    place: Callable[[Format], str]
    profiles: Callable[[], Sequence[Profile]]

    def address(self, format: Format, profile: Profile) -> str:
        """Where it is in these words; its own words need not be asked for."""
        place = self.place(format)
        return place if profile.question is None else with_profile(place, profile.token)


# -- a document in the words of a profile ----------------------------------------------------------------------------


def document(
    kind: str,
    name: str,
    canonical: str,
    wishes: Sequence[Profile],
    own: Callable[[Document, Format], bytes],
) -> Response:
    """The document about a thing in the words of the first of the profiles that speaks of such things.

    Where none does, that is an error. It is always whole. `own` writes it in our words.
    """
    stem, format = _chosen(name)
    tokens = ",".join(each.token for each in wishes)

    def address(offer: Format) -> str:
        return with_profile(signposts.document_place(kind, stem, offer), tokens)

    if format is None or format is HTML:
        Document.about(canonical)  # what is not there is a 404 before it is a 406
        return errors.not_acceptable(GRAPHS, address)
    if page_number() > 1:
        abort(404)
    held: list[tuple[Document, Profile]] = []

    def make() -> bytes:
        described = Document.about(canonical)
        used = next((each for each in wishes if each.fits(described.types)), None)
        if used is None:
            abort(_unspoken(tokens, about(kind, stem, canonical, described)))
        held.append((described, used))
        if used.question is None:
            return own(described, format)
        return write_graph(used.describe(site.store(), canonical), format)

    links = [
        *alternates(GRAPHS, address, format),
        link(site.document_iri(canonical), "canonical"),
        link(canonical, "describes"),
        *(post.header for post in signposts.of_document(kind, stem, canonical) if post.relation != "describedby"),
    ]
    response = respond(format, make, links=links, location=address(format), variant=tokens)
    for described, used in held:
        say_profile(response, used)
        for post in signposts.of_profiles(kind, stem, described.types):
            response.headers.add("Link", post.header)
    return response


def about(kind: str, stem: str, canonical: str, described: Document | None = None) -> Profiled:
    """The document about a thing, which is read where it is not `described` yet."""

    def fitting() -> list[Profile]:
        classes = (described or Document.about(canonical)).types
        return [each for each in profiles.load().values() if each.fits(classes)]

    def place(offer: Format) -> str:
        return signposts.document_place(kind, stem, offer)

    return Profiled(site.document_iri(canonical), place, fitting)


def _chosen(name: str) -> tuple[str, Format | None]:
    """Without a suffix, a browser that is sent to a profile gets it as Turtle."""
    stem, suffixed = split_suffix(name, DOCUMENTS)
    return (stem, suffixed) if suffixed else choose(name, GRAPHS)


def say_profile(response: Response, profile: Profile) -> None:
    """In whose words the answer is."""
    iri = profile.iri(site.config().base_iri)
    response.headers["Content-Profile"] = f"<{uri(iri)}>"
    response.headers.add("Link", link(iri, "profile"))


def _unspoken(tokens: str, whole: Profiled) -> Response:
    """406: there is the thing, and the profile, and no description of the one in the words of the other."""
    fitting = whole.profiles()
    known = ", ".join(each.token for each in fitting)
    response = errors.answer(406, detail=t("profile.unspoken", token=tokens, fitting=known))
    _link_profiles(response, whole, fitting)
    return response


def _link_profiles(response: Response, whole: Profiled, fitting: Iterable[Profile]) -> None:
    base_iri = site.config().base_iri
    for each in fitting:
        place = whole.address(TURTLE, each)
        response.headers.add("Link", link(place, "alternate", TURTLE.media_type, each.iri(base_iri)))


def with_profile(place: str, name: str) -> str:
    return f"{place}{'&' if '?' in place else '?'}{urlencode({'_profile': name}, safe=',')}"


# -- a document in the words of one profile only ---------------------------------------------------------------------


def gate(whole: Profiled, format: Format) -> Response | None:
    """What is answered to whoever asks such a document for other words, or for the list; None where it is itself.

    Raises:
        BadQuery: nobody knows the profile that the address names.
    """
    if request.args.get("_profile") in LISTS:
        return listed(whole, format)
    wishes, must = by_profile()
    if must and not set(whole.profiles()) & set(wishes):
        return _unspoken(",".join(each.token for each in wishes), whole)
    return errors.not_acceptable(GRAPHS, whole.place) if must and format is HTML else None


# -- the profiles of one document ------------------------------------------------------------------------------------


def listed(whole: Profiled, format: Format | None) -> Response:
    """In which words the document is to be had, as a page or in the words of the draft's own model."""
    list_name = request.args["_profile"]

    def address(offer: Format) -> str:
        return with_profile(whole.place(offer), list_name)

    if format is None:
        whole.profiles()  # what is not there is a 404 before it is a 406
        return errors.not_acceptable(DOCUMENTS, address)
    held: list[Profile] = []

    def make() -> str | bytes:
        held.extend(whole.profiles())
        return _page(held, whole) if format is HTML else write_graph(_alternatives(held, whole), format)

    links = [*alternates(DOCUMENTS, address, format), link(whole.iri, "canonical")]
    response = respond(format, make, links=links, location=address(format))
    _link_profiles(response, whole, held)
    for each in held:
        response.headers.add("Link", _token(each))
    return response


def _token(profile: Profile) -> str:
    """Which profile a token means (https://www.w3.org/TR/dx-prof-conneg/#http-tokens)."""
    anchor = uri(profile.iri(site.config().base_iri))
    return f'{link(f"{PROF}Profile", "type")}; token="{profile.token}"; anchor="{anchor}"'


def _alternatives(fitting: Sequence[Profile], whole: Profiled) -> Iterator[Triple]:
    base_iri, node = site.config().base_iri, NamedNode(whole.iri)
    for profile in fitting:
        for format in GRAPHS:
            place = NamedNode(uri(urljoin(request.host_url, whole.address(format, profile))))
            is_default = profile is fitting[0] and format is TURTLE
            relation = "hasDefaultRepresentation" if is_default else "hasRepresentation"
            yield Triple(node, NamedNode(_ALTR + relation), place)
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
        return write_graph(profiles.described(site.config().base_iri, root()), format)

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


def _page(known: Sequence[Profile], whole: Profiled | None = None) -> str:
    shown = [
        {
            "profile": each,
            "title": site.say(each.title),
            "description": site.say(each.description),
            "iri": each.iri(site.config().base_iri),
            "places": [(offer, whole.address(offer, each)) for offer in GRAPHS] if whole else [],
        }
        for each in known
    ]
    return render_template("profiles.html", profiles=shown, formats=DOCUMENTS, thing=whole and whole.iri)
