"""Which representation a visitor gets, and what the answer says of it.

Werkzeug's `Accept` does the arithmetic (https://www.rfc-editor.org/rfc/rfc9110#name-accept). Ours are the list of
formats, the aliases, and the headers: every alternative is linked (https://www.rfc-editor.org/rfc/rfc8288), and a
release never changes, so that an ETag is known before the answer is.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph import profiles
from ctl_graph.errors import BadQuery, Message
from ctl_graph.formats import GRAPHS, HTML, Format
from ctl_graph.profiles import Profile
from ctl_graph.web import site

# The first is what a visitor gets who takes anything: browsers say text/html, harvesters and curl say */*.
DOCUMENTS: Final = (*GRAPHS, HTML)
IMMUTABLE: Final = "public, max-age=31536000, immutable"
_IN_HEADERS: Final = ":/?#[]@!$&()*+=%-._~"
# What programs write and mean: `q=.2` and a lone `*`, both from Java.
_BARE_FRACTION: Final = re.compile(r"(;\s*q=)\.", re.IGNORECASE)
# https://www.w3.org/TR/dx-prof-conneg/#http: IRIs in angle brackets, each with a quality.
_WISH: Final = re.compile(
    r"<([^<>\s]+)>(?:\s*;\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?", re.ASCII | re.IGNORECASE
)
# https://www.w3.org/TR/dx-prof-conneg/#qsa-getresourcebyprofile: tokens, and IRIs in angle brackets or as they are.
_NAMED: Final = re.compile(r"<([^<>]*)>|([^<>,\s]+)")
_MEDIA_RANGE: Final = re.compile(r"[^\s/]+/[^\s/]+")


def negotiate(offers: Sequence[Format], accept: str | None) -> Format | None:
    """The best of our offers for this Accept header; None where the visitor takes none of them.

    Without a header, or with one of which nothing can be read, it is the first offer. Parameters of media types do not
    count.
    """
    if not (wishes := _wishes(accept or "")):
        return offers[0]
    best, chosen = (0.0, 0), None
    for offer in offers:
        rank = _rank(offer, wishes)
        if rank > best and rank[0] > 0:
            best, chosen = rank, offer
    return chosen


def _wishes(accept: str) -> MIMEAccept:
    read = parse_accept_header(_BARE_FRACTION.sub(r"\g<1>0.", accept), MIMEAccept)
    ranges = [(value.partition(";")[0].strip().lower(), quality) for value, quality in read]
    meant = [("*/*" if value == "*" else value, quality) for value, quality in ranges]
    return MIMEAccept([(value, quality) for value, quality in meant if _MEDIA_RANGE.fullmatch(value)])


def _rank(offer: Format, wishes: MIMEAccept) -> tuple[float, int]:
    """Quality, then how exactly the wish was said: a type named counts before an alias, and that before a wildcard."""
    named = dict(reversed(list(wishes)))
    if offer.media_type in named:
        return named[offer.media_type], 3
    if aliases := [named[alias] for alias in offer.aliases if alias in named]:
        return max(aliases), 2
    return wishes.quality(offer.media_type), 1


def by_name(name: str, offers: Sequence[Format]) -> Format | None:
    """The offer of this suffix, name or media type, or of the short name (`json`, `n3`) that others use for it.

    Of several names between commas, as SPARQLWrapper sends them, the first that is known counts.
    """
    wishes = [wish.strip() for wish in name.lower().split(",")]
    return next((offer for wish in wishes for offer in offers if wish in _names(offer)), None)


def _names(offer: Format) -> set[str]:
    types = {offer.media_type, *offer.aliases}
    return {offer.suffix, offer.name.lower(), *types, *(each.partition("/")[2] for each in types)}


def split_suffix(name: str, offers: Sequence[Format]) -> tuple[str, Format | None]:
    """`cluster/afil.ttl` is `cluster/afil` in Turtle; a name without a known suffix stays as it is."""
    stem, dot, suffix = name.rpartition(".")
    for offer in offers:
        if dot and stem and suffix == offer.suffix:
            return stem, offer
    return name, None


def names(stem: str, offers: Sequence[Format]) -> str:
    """What stands in a route for the name, bare and with each suffix."""
    return ", ".join(map(repr, (stem, *(f"{stem}.{offer.suffix}" for offer in offers))))


def choose(name: str, offers: Sequence[Format]) -> tuple[str, Format | None]:
    """The name without its suffix, and the format: a suffix wins over `_mediatype`, which profiles are asked for with,
    and that over Accept. None where nothing is acceptable.
    """
    stem, wanted = split_suffix(name, offers)
    if wanted is None and (named := request.args.get("_mediatype")):
        return stem, by_name(named, offers)
    return stem, wanted or negotiate(offers, request.headers.get("Accept"))


def by_profile() -> tuple[tuple[Profile, ...], bool]:
    """The profiles that may answer, those wished most first; and whether it must be one of them.

    An address (`_profile`) must have one of those that it names. A header (Accept-Profile) is a wish: what nobody here
    knows is passed over, and after what is known come our own words. The address goes before the header.

    Raises:
        BadQuery: `_profile` names neither the token nor the IRI of a profile.
    """
    base_iri, known = site.config().base_iri, profiles.load()
    if name := request.args.get("_profile"):
        named = [profiles.find(iri or token, base_iri) for iri, token in _NAMED.findall(name)]
        if found := _once(named):
            return found, True
        given, tokens = repr(name[:100]), ", ".join(known)
        raise BadQuery(
            Message(
                f"_profile={given}: non c'è un profilo così. Ci sono {tokens}; che cosa sono sta in /profiles.",
                f"_profile={given}: there is no such profile. There are {tokens}; /profiles says what they are.",
            )
        )
    wishes = _WISH.findall(request.headers.get("Accept-Profile", ""))
    ranked = sorted(wishes, key=lambda wish: -float(wish[1] or 1))
    wished = [profiles.find(iri, base_iri) for iri, quality in ranked if float(quality or 1) > 0]
    return _once([*wished, known[profiles.OWN]]), False


def _once(found: Iterable[Profile | None]) -> tuple[Profile, ...]:
    return tuple({profile.token: profile for profile in found if profile}.values())


def respond(
    format: Format,
    make: Callable[[], str | bytes | Iterable[bytes]],
    *,
    links: Iterable[str] = (),
    location: str | None = None,
    negotiated: bool = True,
    translated: bool = False,
    version: str | None = None,
    closed: bool = False,
    variant: str = "",
) -> Response:
    """The answer in this format, or 304 where the visitor has it already; `make` is called only where it is needed.

    A page is in the reader's language, and so is what is `translated`. `version` changes when the answer may, where
    that is not the release. What is `closed` never changes, nor does what an address says of a release that it names;
    pages do, with the site around them. `variant` is what else the answer depends on (a profile, the history of
    releases), in words that are equal where the answers are.
    """
    translated = translated or format is HTML
    etag = _etag(format, translated, version, variant)
    # `If-None-Match: *` asks whether there is anything at all, which only `make` would know: it gets the answer itself.
    if etag is not None and request.if_none_match.contains_weak(etag) and not request.if_none_match.star_tag:
        response = Response(status=304)
        links = ()  # a cache would put them in the place of those it has, and not all are known here
    else:
        response = Response(make(), content_type=format.content_type)
    if etag is not None:
        response.set_etag(etag)
    # `no-cache` is: keep it, and ask each time whether it is still true
    is_for_ever = (closed or (version is None and site.pinned())) and format is not HTML
    response.headers["Cache-Control"] = IMMUTABLE if is_for_ever else "no-cache"
    _say_what_it_varies_on(response, negotiated, translated)
    if location:
        response.headers["Content-Location"] = uri(location)
    for value in links:
        response.headers.add("Link", value)
    return response


def _etag(format: Format, translated: bool, version: str | None, variant: str) -> str | None:
    """One for each representation: release, our files, address, format, language, variant; none without a release."""
    release = None if version else site.current_release()
    if (of := version or (release.id if release else None)) is None:
        return None
    language = site.language() if translated else ""
    parts = (of, site.fingerprint(), request.full_path, format.suffix, language, variant)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def vary(response: AnyResponse) -> None:
    """The same for every answer at an address that negotiates: a cache takes the list of whichever it saw last."""
    response.vary.update(("Accept", "Accept-Language", "Cookie"))


def _say_what_it_varies_on(response: Response, negotiated: bool, translated: bool) -> None:
    if negotiated:
        vary(response)
    if translated:
        response.vary.update(("Accept-Language", "Cookie"))
        response.content_language.add(site.language())


def uri(iri: str) -> str:
    """The IRI as a URI that may stand in a header, whatever characters it held."""
    return quote(iri.encode("utf-8", "replace"), safe=_IN_HEADERS)


def link(target: str, relation: str, media_type: str | None = None, profile: str | None = None) -> str:
    """One value of a Link header."""
    kind = f'; type="{media_type}"' if media_type else ""
    kind += f'; profile="{uri(profile)}"' if profile else ""
    return f'<{uri(target)}>; rel="{relation}"{kind}'


def alternates(offers: Iterable[Format], address: Callable[[Format], str], chosen: Format) -> list[str]:
    """Links to the other representations."""
    return [link(address(offer), "alternate", offer.media_type) for offer in offers if offer is not chosen]


def is_web_address(iri: str) -> bool:
    """Whether a page may link to it: `javascript:` and its like are shown as text."""
    try:
        return urlsplit(iri).scheme.lower() in ("http", "https", "mailto")
    except ValueError:
        return False
