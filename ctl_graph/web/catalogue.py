"""The catalogue for portals, a page and a document for each dataset, and the files at addresses that never change.

Harvesters ask with `Accept: */*`, follow no redirects and read pages until one is the last
(https://www.hydra-cg.com/spec/latest/core/).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph import dcat, profiles
from ctl_graph import release as releases
from ctl_graph.datasets import BY_NAME, MAPPINGS, WHOLE, Edition
from ctl_graph.errors import BrokenRelease
from ctl_graph.formats import BY_SUFFIX, CSV, CSVM, HTML, SSSOM, Format, write_graph
from ctl_graph.release import Release
from ctl_graph.store import Literal, NamedNode, Triple
from ctl_graph.vocab import HYDRA, LICENCE, RDF_TYPE
from ctl_graph.web import errors, memento, profiled, signposts, site, structured
from ctl_graph.web.description import root
from ctl_graph.web.documents import page_number
from ctl_graph.web.negotiation import DOCUMENTS, IMMUTABLE, alternates, choose, link, names, respond, split_suffix
from ctl_graph.web.signposts import GZIP

bp = Blueprint("catalogue", __name__)

# Datasets on one page of the catalogue.
PAGE: Final = 50
_SUBJECTS: Final = ("clusters", "organisations", "collaborations", "areas")
# As people look for them; what is not named comes last.
_ORDER: Final = (WHOLE, *_SUBJECTS, MAPPINGS, "vocabulary", "shapes")
_DIGEST: Final = re.compile(r"[0-9a-f]{16}")
_NAMES: Final = names("catalog", DOCUMENTS)


def _editions() -> tuple[Sequence[Edition], str]:
    """The datasets of the release that this request stands on, and what changes when they may look different.

    Of a release that came back, an address that names it says what was true when it came first, for ever.

    Without a release, or in one from before there were any, there is no catalogue: an empty one would tell portals to
    delete what they have.
    """
    release = site.current_release()
    if release is None or not release.datasets:
        abort(404)
    lines = [line.sequence for line in site.history() if line.digest == release.id]
    until = (lines[0] if site.pinned() else lines[-1]) if lines else 0
    return _known(release, until), str(until)


@lru_cache(maxsize=32)
def _known(release: Release, until: int) -> Sequence[Edition]:
    """The history only grows, so that a line of it says what it held before."""
    return sorted(releases.editions(release, until), key=_place_in_order)


def _place_in_order(edition: Edition) -> int:
    return _ORDER.index(edition.name) if edition.name in _ORDER else len(_ORDER)


@bp.get(f"/<any({_NAMES}):name>")
@bp.get(f"/release/<pinned>/<any({_NAMES}):name>")
def catalogue(name: str) -> AnyResponse:
    """All datasets, as the release has them that is current, or that the address names."""
    if then := memento.gate(name):
        return then
    number, (editions, state) = page_number(), _editions()
    first, last = (number - 1) * PAGE, -(-len(editions) // PAGE)
    if number > last:
        abort(404)
    stem, format = choose(name, DOCUMENTS)

    def address(offer: Format) -> str:
        return _paged(url_for("catalogue.catalogue", name=f"{stem}.{offer.suffix}"), number)

    def make() -> str | bytes:
        part = slice(first, first + PAGE)
        if format is HTML:
            return _page("catalog.html", editions[part], page=number, has_next=number < last)
        assert format is not None
        described = dcat.catalogue(site.config(), editions, root(), part)
        return write_graph([*described, *_view(number, last, len(editions))], format)

    return _answer(format, address, make, state, site.config().base_iri + stem)


@bp.get("/dataset/<name>")
@bp.get("/release/<pinned>/dataset/<name>")
def dataset(name: str) -> AnyResponse:
    """One dataset of the catalogue: a page, or the description of it alone."""
    if then := memento.gate(f"dataset/{name}"):
        return then
    editions, state = _editions()
    stem, format = choose(name, DOCUMENTS)
    found = next((each for each in editions if each.name == stem), None)
    if found is None:
        abort(404)

    def address(offer: Format) -> str:
        return url_for("catalogue.dataset", name=f"{stem}.{offer.suffix}")

    def make() -> str | bytes:
        if format is HTML:
            older = _older(found)
            return _page("dataset.html", [found], data=structured.part(found, _listed(found)), older=older)
        assert format is not None
        return write_graph(dcat.dataset(site.config(), found, root()), format)

    posts = signposts.in_headers(signposts.of_dataset(stem, _items(found)))
    return _answer(format, address, make, state, dcat.dataset_iri(site.config().base_iri, stem).value, posts)


def _older(edition: Edition) -> list[tuple[str, str]]:
    """The releases before that had this dataset otherwise, the latest first: the day, and the release's id."""
    found: dict[str, tuple[str, str]] = {}
    for line in site.kept():
        with suppress(BrokenRelease):
            listed = Release(site.config().releases / line.digest).datasets
            for entry in listed:
                if entry["name"] == edition.name and entry["digest"] != edition.entry["digest"]:
                    found[entry["digest"]] = line.time[:10], line.digest
    return sorted(found.values(), reverse=True)


@bp.get("/linkset/dataset/<name>")
def links(name: str) -> Response:
    """The links of a dataset, and of each of its files."""
    stem, _ = split_suffix(name, signposts.SETS)
    found = next((each for each in _editions()[0] if each.name == stem), None)
    if found is None:
        abort(404)

    def posted() -> signposts.Posted:
        page = url_for("catalogue.dataset", name=stem)
        back = [signposts.Signpost("collection", page, HTML.media_type), signposts.Signpost("license", LICENCE)]
        return [(page, signposts.of_dataset(stem, _items(found))), *((place, back) for place, _ in _items(found))]

    return signposts.answer(name, lambda offer: url_for("catalogue.links", name=f"{stem}.{offer.suffix}"), posted)


def _items(edition: Edition) -> list[tuple[str, str]]:
    """Where the files are, with the media types that they are sent with."""
    return [(place, GZIP if each["file"].endswith(".gz") else each["media_type"]) for place, each in _listed(edition)]


def _listed(edition: Edition) -> list[tuple[str, dict[str, Any]]]:
    """Where the files are, with what the manifest says of them; what describes one of them is none."""
    files = (each for each in edition.entry["files"] if each["media_type"] != CSVM.media_type)
    return [(_place(edition, each["file"]), each) for each in files]


def _answer(
    format: Format | None,
    address: Callable[[Format], str],
    make: Callable[[], str | bytes],
    state: str,
    canonical: str,
    posts: Iterable[str] = (),
) -> Response:
    if format is None:
        return errors.not_acceptable(DOCUMENTS, address)
    profile = profiles.load()[profiles.DCAT_AP]
    if then := profiled.gate(profiled.Profiled(canonical, address, lambda: [profile]), format):
        return then
    links = [*alternates(DOCUMENTS, address, format), link(canonical, "canonical"), *posts]
    response = respond(format, make, links=links, location=address(format), variant=state)
    if format is not HTML and response.status_code == 200:
        profiled.say_profile(response, profile)
    return response


def _paged(place: str, number: int) -> str:
    return f"{place}?page={number}" if number > 1 else place


def _view(number: int, last: int, total: int) -> list[Triple]:
    """Where the pages before and after are, on every page of several."""
    if last == 1:
        return []
    whole, address = dcat.catalogue_iri(site.config().base_iri), root() + request.path.lstrip("/")
    here = NamedNode(_paged(address, number))
    steps = {"first": 1, "last": last, "previous": number - 1, "next": number + 1}
    return [
        Triple(whole, NamedNode(HYDRA + "view"), here),
        Triple(whole, NamedNode(HYDRA + "totalItems"), Literal(total)),
        Triple(here, NamedNode(RDF_TYPE), NamedNode(HYDRA + "PartialCollectionView")),
        *(
            Triple(here, NamedNode(HYDRA + step), NamedNode(_paged(address, other)))
            for step, other in steps.items()
            if 1 <= other <= last
        ),
    ]


def _page(template: str, editions: Sequence[Edition], **values: object) -> str:
    return render_template(
        template,
        editions=editions,
        known=BY_NAME,
        notes=lambda edition: site.say(dcat.notes(edition)),
        say=site.say,
        files=_files,
        whole=WHOLE,
        formats=DOCUMENTS,
        **values,
    )


def _files(edition: Edition) -> list[tuple[str, str, str | None, int, str]]:
    """Of each file: what it is called, where it is, where its columns are described, its length and its checksum."""
    beside = {each["table"]: each["file"] for each in edition.entry["files"] if each["media_type"] == CSVM.media_type}
    return [
        (
            site.say(dcat.file_title(BY_NAME[edition.name], each)),
            _place(edition, each["file"]),
            _place(edition, beside[each["table"]]) if "table" in each else None,
            each["bytes"],
            each["sha256"],
        )
        for each in edition.entry["files"]
        if each["media_type"] != CSVM.media_type
    ]


def _place(edition: Edition, file: str) -> str:
    return _address(edition.entry, file)


def _address(entry: Mapping[str, Any], file: str) -> str:
    return url_for("catalogue.file", name=entry["name"], digest=entry["digest"][:16], file=file)


def tables() -> list[tuple[str, str, int]]:
    """The tables of the current release that a spreadsheet opens, by subject: what is in each, where it is, its length.

    The whole and the mappings are tables of statements, which are for programs.
    """
    release = site.current_release()
    entries = {each["name"]: each for each in (release.datasets if release else ())}
    return [
        (site.say(dcat.file_title(BY_NAME[name], each)), _address(entries[name], each["file"]), each["bytes"])
        for name in _SUBJECTS
        if name in entries
        for each in entries[name]["files"]
        if each["media_type"] == CSV.media_type
    ]


# -- files -----------------------------------------------------------------------------------------------------------


@bp.get("/dumps/<name>/<digest>/<file>")
def file(name: str, digest: str, file: str) -> Response:
    """A file of a dataset as it is or once was: the address has a digest of it in it, so that a cache may keep it."""
    release = site.current_release()
    if release is None or not _DIGEST.fullmatch(digest):
        abort(404)
    path, known = _index(release.path.parent, len(site.history())).get((name, digest, file), (None, {}))
    if path is None or not path.is_file():
        abort(404)
    format = _FORMATS[known["media_type"]]
    kind = GZIP if file.endswith(".gz") else format.media_type
    response = send_file(path, kind, conditional=True, etag=known["sha256"], download_name=file)
    if kind != GZIP:
        response.content_type = format.content_type
    response.headers["Cache-Control"] = IMMUTABLE
    if format is CSV:
        beside = url_for("catalogue.file", name=name, digest=digest, file=f"{known['table']}.{CSVM.suffix}")
        response.headers.add("Link", link(beside, "describedby", CSVM.media_type))
    return response


_FORMATS: Final = {format.media_type: format for format in (*BY_SUFFIX.values(), CSVM, SSSOM)}


@lru_cache(maxsize=2)
def _index(folder: Path, _sequence: int) -> dict[tuple[str, str, str], tuple[Path, dict[str, str]]]:
    """The files of all datasets of all releases that were ever current, by dataset, digest and name: of the latest that
    has them.

    Where a manifest cannot be read the others' files are still to be had: the catalogue says what is wrong.
    """
    found = {}
    for path in [folder / line.digest for line in releases.history(folder)]:
        with suppress(BrokenRelease):
            for each in Release(path).datasets:
                for one in each["files"]:
                    found[each["name"], each["digest"][:16], one["file"]] = (path / "dumps" / one["file"], one)
    return found
