"""Releases as things of their own: `/releases` lists them, `/release/<id>` says all that is known of one.

What else is below `/release/<id>/` (documents, graphs, SPARQL, dumps) are the rooms of the current release, which
`site` leads to the release that the address names. What is there never changes, so that a cache may keep it for a year.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph import profiles
from ctl_graph.errors import Message
from ctl_graph.feed import Feed, Step
from ctl_graph.formats import DATASETS, GRAPHS, HTML, N_QUADS, TRIG, Format, read_quads, write_graph
from ctl_graph.release import HistoryLine, Release
from ctl_graph.store import BlankNode, Literal, NamedNode, Term, Triple
from ctl_graph.vocab import DCAT, DCTERMS, FOAF, LICENCE, OWL, PROV, RDF_TYPE, SH, SPDX, VOID, XSD
from ctl_graph.web import citation, errors, profiled, site
from ctl_graph.web.description import root
from ctl_graph.web.negotiation import DOCUMENTS, alternates, choose, link, names, respond
from ctl_graph.web.shown import Reader, Shown

bp = Blueprint("releases", __name__)

PATCH: Final = Format("RDF Patch", "application/rdf-patch", "rdfp", utf8=True)
_MEDIA_TYPES: Final = "http://www.iana.org/assignments/media-types/"
_RELEASE: Final = Message(
    "Il grafo intero come è stato pubblicato una volta: non cambia più.",
    "The whole graph as it was once published: it never changes again.",
)
_SERIES: Final = Message("Le edizioni del grafo, dalla prima.", "The releases of the graph, from the first on.")
Node = NamedNode | BlankNode


@dataclass(frozen=True)
class Known:
    """A release with its place in the history: when it was current, and with which step it came."""

    release: Release
    lines: Sequence[HistoryLine]
    step: Step | None
    is_current: bool

    @property
    def issued(self) -> datetime | None:
        return datetime.fromisoformat(self.lines[0].time) if self.lines else None

    @property
    def has_store(self) -> bool:
        """Whether its documents and its SPARQL answer."""
        return self.release.store.exists()

    @property
    def version(self) -> str:
        """Changes with what its page says of it."""
        times = " ".join(line.time for line in self.lines)
        return f"{self.release.id} {times} {self.is_current} {self.has_store} {self.step is not None}"


def _feed() -> Feed:
    if (feed := site.changes()) is None:
        abort(404)
    return feed


def _known(named: Release) -> Known:
    lines = [line for line in site.history() if line.digest == named.id]
    current = site.current_release()
    return Known(named, lines, _feed().step_of(named.id), current is not None and current.id == named.id)


def _find(id: str) -> Known:
    if (named := site.find_release(id)) is None:
        abort(404)
    return _known(named)


# -- the list --------------------------------------------------------------------------------------------------------


@bp.get(f"/<any({names('releases', DOCUMENTS)}):name>")
def releases(name: str) -> Response:
    """What was current when, the latest first."""
    feed = _feed()
    steps = [(step, step.release == _current()) for step in reversed(feed.steps)]
    stored = {line.digest for line in site.kept()}

    def write(format: Format) -> str | bytes:
        if format is HTML:
            return render_template("releases.html", steps=steps, stored=stored, formats=DOCUMENTS)
        return write_graph(_series(feed.steps), format)

    version = f"releases {len(feed.steps)} {_current()} {sorted(stored)}"
    return _answer(name, "releases.releases", write, version, f"{site.config().base_iri}releases")


def _current() -> str:
    current = site.current_release()
    return current.id if current else ""


def _series(steps: Iterable[Step]) -> Iterator[Triple]:
    base = site.config().base_iri
    series = NamedNode(f"{base}releases")
    yield from _titled(series, "DatasetSeries", _SERIES)
    for step in steps:
        node = NamedNode(f"{base}release/{step.release}")
        yield from _titled(node, "Dataset", _RELEASE)
        yield _triple(node, DCAT + "inSeries", series)
        yield _triple(node, DCAT + "version", Literal(step.release))
        yield _triple(node, DCTERMS + "issued", _moment(step.time))
        if step.before:
            yield _triple(node, PROV + "wasRevisionOf", NamedNode(f"{base}release/{step.before}"))


# -- one of them -----------------------------------------------------------------------------------------------------


@bp.get("/release/<name>")
def release(name: str) -> Response:
    """Metadata, files, what the shapes said, what it changed, how it is cited."""
    stem, _ = choose(name, DOCUMENTS)
    known = _find(stem)

    def write(format: Format) -> str | bytes:
        return _page(known) if format is HTML else write_graph(_described(known), format)

    return _answer(name, "releases.release", write, known.version, f"{site.config().base_iri}release/{stem}")


def _answer(name: str, endpoint: str, write: Any, version: str, canonical: str) -> Response:
    stem, format = choose(name, DOCUMENTS)

    def address(offer: Format) -> str:
        return url_for(endpoint, name=f"{stem}.{offer.suffix}")

    if format is None:
        return errors.not_acceptable(DOCUMENTS, address)
    profile = profiles.load()[profiles.DCAT_AP]
    if then := profiled.gate(profiled.Profiled(canonical, address, lambda: [profile]), format):
        return then
    links = [*alternates(DOCUMENTS, address, format), link(canonical, "canonical")]
    response = respond(format, lambda: write(format), links=links, location=address(format), version=version)
    if format is not HTML and response.status_code == 200:
        profiled.say_profile(response, profile)
    return response


def _page(known: Known) -> str:
    manifest, step = known.release.manifest, known.step
    reader = Reader(NamedNode(name) for name in step.classes) if step else None
    cited = citation.of(known.release.id, known.issued) if known.issued else None
    return render_template(
        "release.html",
        known=known,
        manifest=manifest,
        step=step,
        classes=_classes(step, reader) if step and reader else [],
        report={"results": (), **manifest.get("validation", {"shapes": 0, "findings": 0})},
        citations=[(style, cited.written(suffix), suffix) for suffix, (style, _) in citation.SUFFIXES.items()]
        if cited
        else [],
        formats=DOCUMENTS,
    )


def _classes(step: Step, reader: Reader) -> list[tuple[Shown, Sequence[int]]]:
    lines = [(reader.show(NamedNode(name)), counts) for name, counts in step.classes.items()]
    return sorted(lines, key=lambda line: (-sum(line[1]), line[0].text))


def _described(known: Known) -> Iterator[Triple]:
    """In the words of DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/); addresses to call are where the client has come."""
    base, manifest, id = site.config().base_iri, known.release.manifest, known.release.id
    node, place = NamedNode(f"{base}release/{id}"), f"{root()}release/{id}"
    for kind in (VOID + "Dataset", PROV + "Entity"):
        yield _triple(node, RDF_TYPE, NamedNode(kind))
    yield from _titled(node, "Dataset", _RELEASE)
    yield from _titled(NamedNode(f"{base}releases"), "DatasetSeries", _SERIES)
    yield _triple(node, DCTERMS + "identifier", Literal(manifest["digest"]))
    yield _triple(node, DCAT + "version", Literal(id))
    yield _triple(node, OWL + "versionInfo", Literal(id))
    yield _triple(node, DCAT + "inSeries", NamedNode(f"{base}releases"))
    yield from _of_class(node, DCAT + "landingPage", NamedNode(f"{place}.html"), FOAF + "Document")
    yield _triple(node, VOID + "triples", Literal(manifest["quads"]))
    for line in known.lines:
        yield _triple(node, DCTERMS + "available", _moment(line.time))
    if known.issued:
        yield _triple(node, DCTERMS + "issued", _moment(known.lines[0].time))
    if known.step and known.step.before:
        before = NamedNode(f"{base}release/{known.step.before}")
        yield _triple(node, PROV + "wasRevisionOf", before)
        yield _triple(node, DCAT + "previousVersion", before)
        for name in (f"changes.{PATCH.suffix}", "added", "removed"):
            yield _triple(node, DCTERMS + "relation", NamedNode(f"{place}/{name}"))
    yield _triple(node, DCTERMS + "relation", NamedNode(f"{place}/report"))
    if known.has_store:
        yield _triple(node, VOID + "sparqlEndpoint", NamedNode(f"{place}/sparql"))
    for dump in manifest["dumps"]:
        yield from _distribution(node, NamedNode(f"{place}/dumps/{dump['file']}"), dump)


def _titled(node: NamedNode, kind: str, description: Message) -> Iterator[Triple]:
    """What DCAT-AP wants to know of every dataset and every series of datasets."""
    config = site.config()
    yield _triple(node, RDF_TYPE, NamedNode(DCAT + kind))
    for language in site.LANGUAGES:
        text = Literal(description.in_language(language), language=language)
        yield _triple(node, DCTERMS + "description", text)
    publisher = NamedNode(f"{config.base_iri}void#publisher")
    for language, title in (("it", config.title_it), ("en", config.title_en)):
        yield _triple(node, DCTERMS + "title", Literal(title, language=language))
    yield from _of_class(node, DCTERMS + "license", NamedNode(LICENCE), DCTERMS + "LicenseDocument")
    yield from _of_class(node, DCTERMS + "publisher", publisher, FOAF + "Agent")
    yield _triple(publisher, FOAF + "name", Literal(config.publisher))


def _distribution(node: NamedNode, address: NamedNode, dump: Mapping[str, Any]) -> Iterator[Triple]:
    part, checksum = BlankNode(dump["file"].replace(".", "")), BlankNode(f"sum{dump['file'].replace('.', '')}")
    yield _triple(node, DCAT + "distribution", part)
    yield _triple(part, RDF_TYPE, NamedNode(DCAT + "Distribution"))
    yield _triple(part, DCAT + "accessURL", address)
    yield _triple(part, DCAT + "downloadURL", address)
    for relation, media_type in (("mediaType", dump["media_type"]), ("compressFormat", "application/gzip")):
        yield from _of_class(part, DCAT + relation, NamedNode(_MEDIA_TYPES + media_type), DCTERMS + "MediaType")
    yield _triple(part, DCAT + "byteSize", Literal(str(dump["bytes"]), datatype=NamedNode(XSD + "nonNegativeInteger")))
    yield _triple(part, DCTERMS + "license", NamedNode(LICENCE))
    yield _triple(part, SPDX + "checksum", checksum)
    yield _triple(checksum, RDF_TYPE, NamedNode(SPDX + "Checksum"))
    yield _triple(checksum, SPDX + "algorithm", NamedNode(SPDX + "checksumAlgorithm_sha256"))
    value = Literal(dump["sha256"], datatype=NamedNode(XSD + "hexBinary"))
    yield _triple(checksum, SPDX + "checksumValue", value)


# -- what the shapes said --------------------------------------------------------------------------------------------


@bp.get(f"/release/<id>/<any({names('report', GRAPHS)}):name>")
def report(id: str, name: str) -> Response:
    """The report of the validation that let the release through (https://www.w3.org/TR/shacl/#validation-report)."""
    known = _find(id)
    stem, format = choose(name, GRAPHS)

    def address(offer: Format) -> str:
        return url_for("releases.report", id=id, name=f"{stem}.{offer.suffix}")

    if format is None:
        return errors.not_acceptable(GRAPHS, address)
    return respond(
        format,
        lambda: write_graph(_report(known.release), format),
        links=alternates(GRAPHS, address, format),
        version=f"report of {id}",
        closed=True,
    )


def _report(one: Release) -> Iterator[Triple]:
    node = NamedNode(f"{site.config().base_iri}release/{one.id}/report")
    yield _triple(node, RDF_TYPE, NamedNode(SH + "ValidationReport"))
    yield _triple(node, SH + "conforms", Literal(True))
    for number, found in enumerate(one.manifest.get("validation", {}).get("results", ()), 1):
        result = NamedNode(f"{node.value}#{number}")
        yield _triple(node, SH + "result", result)
        yield _triple(result, RDF_TYPE, NamedNode(SH + "ValidationResult"))
        yield _triple(result, SH + "resultSeverity", NamedNode(SH + found["severity"]))
        yield _triple(result, DCTERMS + "identifier", Literal(found["rule"]))
        where = [str(found[name]) for name in ("file", "row", "column") if name in found]
        yield _triple(result, DCTERMS + "source", Literal(":".join(where)))
        if "focus" in found:
            yield _triple(result, SH + "focusNode", _term(found["focus"]))
        for language, text in found["message"].items():
            yield _triple(result, SH + "resultMessage", Literal(text, language=language))


def _term(text: str) -> Term:
    try:
        return NamedNode(text)
    except ValueError:
        return Literal(text)


# -- what it changed -------------------------------------------------------------------------------------------------


@bp.get("/release/<id>/changes.rdfp")
def patch(id: str) -> Response:
    """The statements of all graphs that it removed and added, as RDF Patch."""
    feed, step = _difference(id)
    made = f"patch of {step.sequence} {step.time}"
    return respond(PATCH, lambda: feed.patch(step), negotiated=False, version=made, closed=True)


@bp.get(f"/release/<id>/<any({names('added', DATASETS)}, {names('removed', DATASETS)}):name>")
def part(id: str, name: str) -> Response:
    """One half of it, each statement in its graph."""
    feed, step = _difference(id)
    stem, format = choose(name, DATASETS)

    def address(offer: Format) -> str:
        return url_for("releases.part", id=id, name=f"{stem}.{offer.suffix}")

    if format is None:
        return errors.not_acceptable(DATASETS, address)

    def make() -> bytes:
        statements = feed.statements(step, "A" if stem == "added" else "D")
        return statements if format is N_QUADS else write_graph(read_quads(statements), TRIG)

    version = f"{stem} of {step.sequence} {step.time}"
    links = alternates(DATASETS, address, format)
    return respond(format, make, links=links, version=version, closed=True)


def _difference(id: str) -> tuple[Feed, Step]:
    """The first release of all has none."""
    known = _find(id)
    if known.step is None or known.step.before is None:
        abort(404)
    return _feed(), known.step


@bp.get("/release/<id>/citation.<any(txt, bib, ris):suffix>")
def cited(id: str, suffix: str) -> AnyResponse:
    """The citation in one style, to be taken into a tool that keeps references."""
    known = _find(id)
    if known.issued is None:
        abort(404)
    style, media_type = citation.SUFFIXES[suffix]
    format, text = Format(style, media_type, suffix, utf8=True), citation.of(id, known.issued).written(suffix)
    return respond(format, lambda: text, negotiated=False, translated=True, version=known.version)


def _of_class(subject: Node, predicate: str, object: NamedNode, kind: str) -> Iterator[Triple]:
    """A link, with the class that DCAT-AP asks for of what it leads to."""
    yield _triple(subject, predicate, object)
    yield _triple(object, RDF_TYPE, NamedNode(kind))


def _triple(subject: Node, predicate: str, object: Term) -> Triple:
    return Triple(subject, NamedNode(predicate), object)


def _moment(time: str) -> Literal:
    return Literal(time.replace("+00:00", "Z"), datatype=NamedNode(XSD + "dateTime"))
