"""What aggregators and libraries harvest: OAI-PMH 2.0 (http://www.openarchives.org/OAI/openarchivesprotocol.html).

An answer is the same bytes for the same question until something is published, but for `responseDate`: its ETag is
weak. Errors of the protocol are answers, too (200). What a harvester reads is not in its reader's language: errors and
names of sets are in both.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import XMLGenerator

from flask import Blueprint, Response, abort, request

from ctl_graph import dcat, dublin_core
from ctl_graph.config import Config
from ctl_graph.datasets import BY_NAME
from ctl_graph.dublin_core import Value
from ctl_graph.errors import Message
from ctl_graph.feed import Feed
from ctl_graph.formats import RDF_XML, Format, as_xml, write_graph
from ctl_graph.oai import DC, PREFIXES, SETS, Item, Refused, Repository, Token, Wish, no_format, no_token
from ctl_graph.store import Literal, Triple
from ctl_graph.vocab import RDF
from ctl_graph.web import site
from ctl_graph.web.description import root
from ctl_graph.web.negotiation import respond

bp = Blueprint("oai", __name__)

_FORMAT: Final = Format("OAI-PMH", "text/xml", "xml", utf8=True)
_OAI: Final = "http://www.openarchives.org/OAI/2.0/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
# A prefix, its schema and its namespace. Nobody has a schema for DCAT-AP; this one is what others name for RDF/XML.
_SCHEMAS: Final = {
    prefix: (f"{_OAI}oai_dc.xsd", f"{_OAI}oai_dc/") if prefix == DC else (f"{_OAI}rdf.xsd", RDF) for prefix in PREFIXES
}
# What the schema lets stand in an argument, so that it may stand in the answer.
_SYNTAX: Final = {
    "identifier": re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[\w.~:/?#\[\]@!$&'()*+,;=\-]|%[0-9A-Fa-f]{2})+", re.ASCII),
    "metadataPrefix": re.compile(r"[\w.!~*'()\-]+", re.ASCII),
    **dict.fromkeys(("from", "until"), re.compile(".+", re.DOTALL)),
    "set": re.compile(r"[\w.!~*'()\-]+(?::[\w.!~*'()\-]+)*", re.ASCII),
}
_DOMAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9\-]*(?:\.[A-Za-z][A-Za-z0-9\-]*)+")
_EMAIL: Final = re.compile(r"\S+@(?:\S+\.)+\S+")
# What https://www.w3.org/TR/xml/#charsets leaves out. One such character in one name would end a whole harvest, so that
# it gives way to the sign for what cannot be shown.
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A release has the time at which its line of the history was begun, and is seen when the line is on the disk. Who
# harvests from the date of an answer on must not miss what came in between.
_UNSEEN: Final = timedelta(seconds=5)
_DATASETS: Final = (
    Message("gli insiemi di dati", "the datasets"),
    Message("Ogni insieme di dati del catalogo.", "Each dataset of the catalogue."),
)
_Given = dict[str, str]


@bp.route("/oai", methods=["GET", "POST"])
def oai() -> Response:
    """Without a release of its own, before the first, or without a history, there is nothing to harvest."""
    now = datetime.now(UTC) - _UNSEEN
    feed = site.changes()
    if feed is None or site.current_release() is None or not feed.steps:
        abort(404)
    last = feed.steps[-1]
    response = respond(
        _FORMAT,
        lambda: _answer(_repository(site.config(), feed), f"{now:%Y-%m-%dT%H:%M:%SZ}"),
        negotiated=False,
        version=f"{last.sequence} {last.time}",
        variant=repr(sorted(request.form.items(multi=True))),
    )
    etag, _ = response.get_etag()
    assert etag is not None
    response.set_etag(etag, weak=True)
    return response


@lru_cache(maxsize=2)
def _repository(config: Config, feed: Feed) -> Repository:
    """A feed is opened anew when the history has grown."""
    return Repository(config, feed)


# -- the envelope ----------------------------------------------------------------------------------------------------


class _Xml(XMLGenerator):
    """XML, written from its beginning to its end."""

    def __init__(self) -> None:
        self._bytes = BytesIO()
        super().__init__(self._bytes, "utf-8")

    def element(self, name: str, text: str = "", **attributes: str) -> None:
        """An element with only text in it; an attribute without value is left out, and its first `_` is a colon."""
        with self.inside(name, **attributes):
            if text:
                self.characters(_clean(text))

    @contextmanager
    def inside(self, name: str, **attributes: str) -> Iterator[None]:
        self.startElement(name, {key.replace("_", ":", 1): _clean(each) for key, each in attributes.items() if each})  # type: ignore[arg-type]
        yield
        self.endElement(name)

    def raw(self, xml: bytes) -> None:
        """What is XML already."""
        self._bytes.write(xml)

    def written(self) -> bytes:
        return self._bytes.getvalue()


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _answer(repository: Repository, now: str) -> bytes:
    body, echo, verb = _Xml(), {}, ""
    try:
        verb, given = _checked()
        echo = {"verb": verb, **given}
        with body.inside(verb):
            _VERBS[verb].write(body, repository, given)
    except Refused as error:
        body = _Xml()
        body.element("error", _both(error.message), code=error.code)
        if error.code in ("badVerb", "badArgument"):
            echo = {}  # what is wrong is not repeated
    xml = _Xml()
    xml.startDocument()
    with xml.inside("OAI-PMH", xmlns=_OAI, xmlns_xsi=_XSI, xsi_schemaLocation=f"{_OAI} {_OAI}OAI-PMH.xsd"):
        xml.element("responseDate", now)
        xml.element("request", f"{root()}oai", **echo)
        xml.raw(body.written())
    return as_xml(xml.written())


@dataclass(frozen=True)
class _Verb:
    """What answers it, and its arguments; `resumptionToken` stands alone."""

    write: Callable[[_Xml, Repository, _Given], None]
    required: Sequence[str] = ()
    optional: Sequence[str] = ()
    is_resumed: bool = False


def _checked() -> tuple[str, _Given]:
    """The verb, and its arguments as the protocol wants them."""
    verbs = request.values.getlist("verb")
    if len(verbs) != 1 or verbs[0] not in _VERBS:
        names = ", ".join(_VERBS)
        raise Refused("badVerb", f"Ci vuole un verb, e uno solo, di {names}.", f"One verb is needed, of {names}.")
    verb = _VERBS[verbs[0]]
    given = {name: values for name, values in request.values.lists() if name != "verb"}
    is_resumed = verb.is_resumed and "resumptionToken" in given
    required = ("resumptionToken",) if is_resumed else verb.required
    allowed = required if is_resumed else (*verb.required, *verb.optional)
    for name, values in given.items():
        if name not in allowed:
            raise _bad(name, "qui non ci può stare", "must not stand here")
        if len(values) > 1:
            raise _bad(name, "c'è più di una volta", "stands here more than once")
        if (syntax := _SYNTAX.get(name)) and not syntax.fullmatch(values[0]):
            raise _bad(name, "non è scritto come dev'essere", "is not written as it must be")
    for name in required:
        if name not in given:
            raise _bad(name, "manca", "is missing")
    return verbs[0], {name: values[0] for name, values in given.items()}


def _bad(name: str, it: str, en: str) -> Refused:
    shown = repr(name[:50])
    return Refused("badArgument", f"L'argomento {shown} {it}.", f"The argument {shown} {en}.")


# -- the verbs -------------------------------------------------------------------------------------------------------


def _identify(xml: _Xml, repository: Repository, _: _Given) -> None:
    config = site.config()
    xml.element("repositoryName", _both(Message(config.title_it, config.title_en)))
    xml.element("baseURL", f"{root()}oai")
    xml.element("protocolVersion", "2.0")
    xml.element("adminEmail", _email(config.contact))
    xml.element("earliestDatestamp", repository.earliest)
    xml.element("deletedRecord", "persistent")
    xml.element("granularity", "YYYY-MM-DDThh:mm:ssZ")
    if _DOMAIN.fullmatch(repository.name):
        _describe_identifiers(xml, repository)


def _email(contact: str) -> str:
    """That of the setting; without one, whom https://www.rfc-editor.org/rfc/rfc2142 lets everyone write to."""
    address = contact.removeprefix("mailto:").partition("?")[0]
    return address if _EMAIL.fullmatch(address) else f"webmaster@{urlsplit(root()).hostname}"


def _describe_identifiers(xml: _Xml, repository: Repository) -> None:
    """http://www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm"""
    space = f"{_OAI}oai-identifier"
    with (
        xml.inside("description"),
        xml.inside("oai-identifier", xmlns=space, xsi_schemaLocation=f"{space} {space}.xsd"),
    ):
        xml.element("scheme", "oai")
        xml.element("repositoryIdentifier", repository.name)
        xml.element("delimiter", ":")
        xml.element("sampleIdentifier", repository.items[0].place.identifier)


def _formats(xml: _Xml, repository: Repository, given: _Given) -> None:
    prefixes = repository.find(given["identifier"]).prefixes if "identifier" in given else PREFIXES
    for prefix in prefixes:
        with xml.inside("metadataFormat"):
            schema, namespace = _SCHEMAS[prefix]
            xml.element("metadataPrefix", prefix)
            xml.element("schema", schema)
            xml.element("metadataNamespace", namespace)


def _sets(xml: _Xml, _: Repository, given: _Given) -> None:
    if given:
        raise no_token()  # they are never so many that they come in parts
    for name in SETS:
        known = BY_NAME.get(name)
        title, description = (known.title, known.description) if known else _DATASETS
        with xml.inside("set"):
            xml.element("setSpec", name)
            xml.element("setName", _both(title))
            with xml.inside("setDescription"):
                _dublin_core(xml, [*_in_all_languages("title", title), *_in_all_languages("description", description)])


def _in_all_languages(element: str, message: Message) -> Iterator[Value]:
    return (Value(element, message.in_language(language), language) for language in site.LANGUAGES)


def _record(xml: _Xml, repository: Repository, given: _Given) -> None:
    item = repository.find(given["identifier"])
    if given["metadataPrefix"] not in item.prefixes:
        raise no_format()
    _records(xml, repository, [item], given["metadataPrefix"])


def _identifiers(xml: _Xml, repository: Repository, given: _Given) -> None:
    with _listed(xml, repository, given) as (items, _):
        for item in items:
            _header(xml, item)


def _list_records(xml: _Xml, repository: Repository, given: _Given) -> None:
    with _listed(xml, repository, given) as (items, prefix):
        _records(xml, repository, items, prefix)


_VERBS: Final = {
    "Identify": _Verb(_identify),
    "ListMetadataFormats": _Verb(_formats, optional=("identifier",)),
    "ListSets": _Verb(_sets, is_resumed=True),
    "GetRecord": _Verb(_record, ("identifier", "metadataPrefix")),
    "ListIdentifiers": _Verb(_identifiers, ("metadataPrefix",), ("from", "until", "set"), is_resumed=True),
    "ListRecords": _Verb(_list_records, ("metadataPrefix",), ("from", "until", "set"), is_resumed=True),
}


# -- lists and records -----------------------------------------------------------------------------------------------


@contextmanager
def _listed(xml: _Xml, repository: Repository, given: _Given) -> Iterator[tuple[list[Item], str]]:
    """The items of this part of the list, with the format that is asked for; behind them, how it goes on."""
    token = Token.read(given["resumptionToken"]) if "resumptionToken" in given else None
    wish = token.wish if token else Wish(*(given.get(name, "") for name in ("metadataPrefix", "from", "until", "set")))
    items, left = repository.select(wish, token.last if token else None)
    if not items and token:
        raise no_token()
    if not items:
        raise Refused("noRecordsMatch", "Nulla corrisponde alla richiesta.", "Nothing matches the request.")
    yield items, wish.prefix
    before = token.given if token else 0
    following = str(Token(wish, before + len(items), items[-1].place)) if left > len(items) else ""
    if token or following:
        xml.element("resumptionToken", following, completeListSize=str(before + left), cursor=str(before))


def _header(xml: _Xml, item: Item) -> None:
    with xml.inside("header", status="deleted" if item.is_gone else ""):
        xml.element("identifier", item.place.identifier)
        xml.element("datestamp", item.place.datestamp)
        for name in item.sets:
            xml.element("setSpec", name)


def _records(xml: _Xml, repository: Repository, items: Sequence[Item], prefix: str) -> None:
    things = repository.statements(items)
    for item in items:
        with xml.inside("record"):
            _header(xml, item)
            if not item.is_gone:
                triples = things[item.iri] if item.iri in things else _dataset(repository, item.iri)
                _metadata(xml, repository, item.iri, triples, prefix)


def _dataset(repository: Repository, iri: str) -> list[Triple]:
    return dcat.dataset(site.config(), repository.editions[iri], root())


def _metadata(xml: _Xml, repository: Repository, iri: str, triples: Sequence[Triple], prefix: str) -> None:
    if prefix == DC:
        with xml.inside("metadata"):
            _dublin_core(xml, dublin_core.described(iri, triples, site.config().publisher, repository.labels))
        return
    written = write_graph(map(_carried, triples), RDF_XML)
    schema, namespace = _SCHEMAS[prefix]
    # On the element of RDF an attribute for its schema would be an error of RDF/XML.
    with xml.inside("metadata", xsi_schemaLocation=f"{namespace} {schema}"):
        xml.raw(written.partition(b"?>\n")[2])


def _dublin_core(xml: _Xml, values: Sequence[Value]) -> None:
    schema, space = _SCHEMAS[DC]
    attributes = {"xmlns_oai_dc": space, "xmlns_dc": "http://purl.org/dc/elements/1.1/", "xmlns_xsi": _XSI}
    with xml.inside("oai_dc:dc", **attributes, xsi_schemaLocation=f"{space} {schema}"):
        for value in values:
            xml.element(f"dc:{value.element}", value.text, xml_lang=value.language)


def _carried(triple: Triple) -> Triple:
    """The statement as XML can carry it."""
    term = triple.object
    if not isinstance(term, Literal) or not _NOT_XML.search(term.value):
        return triple
    datatype = None if term.language else term.datatype
    carried = Literal(_clean(term.value), language=term.language, datatype=datatype)
    return Triple(triple.subject, triple.predicate, carried)


def _both(message: Message) -> str:
    """Where there is room for one text only."""
    return message.it if message.it == message.en else f"{message.it} / {message.en}"
