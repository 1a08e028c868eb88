"""The catalogue that portals harvest: DCAT-AP 3.0.1 and DCAT-AP_IT at once, every node typed in both.

https://semiceu.github.io/DCAT-AP/releases/3.0.1/ and, for Italy, https://www.dati.gov.it/content/dcat-ap-it-v10. What
is referenced from the authority tables of the EU is described here by its name, because harvesters show what they find
and fetch nothing. Names are canonical; an address to call is below `root`, where the client has come.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ctl_graph import mappings
from ctl_graph.config import Config
from ctl_graph.datasets import BY_NAME, TABLES, WHOLE, Dataset, Edition
from ctl_graph.errors import Message
from ctl_graph.formats import BY_SUFFIX, CSV, CSVM, SSSOM, Format
from ctl_graph.store import BlankNode, Literal, NamedNode, Triple
from ctl_graph.vocab import (
    ACCEPTED,
    ADMS,
    CTL,
    DCAT,
    DCATAP,
    DCATAPIT,
    DCTERMS,
    FOAF,
    LICENCE,
    ONTOLOGY,
    PREFIXES,
    RDF_TYPE,
    RDFS,
    SHAPES,
    SKOS,
    SPDX,
    VCARD,
    XSD,
)

_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
_MEDIA: Final = "http://www.iana.org/assignments/media-types/"
_SCHEMA: Final = PREFIXES["schema"]
_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"
_CSVW: Final = "https://www.w3.org/TR/tabular-data-model/"
_SSSOM: Final = "https://mapping-commons.github.io/sssom/"
_OPENAPI: Final = "https://spec.openapis.org/oas/v3.1.0"
_OWL: Final = "https://www.w3.org/TR/owl2-overview/"
_SHACL: Final = "https://www.w3.org/TR/shacl/"
_ATTRIBUTION: Final = "http://purl.org/adms/licencetype/Attribution"
# udata fails on the sums that it knows (MD5, SHA-1, SHA-256) when they are typed as DCAT-AP wants them.
_SHA512: Final = SPDX + "checksumAlgorithm_sha512"
_GZIP: Final = _MEDIA + "application/gzip"
_FILE_TYPES: Final = {
    "ttl": "RDF_TURTLE",
    "jsonld": "JSON_LD",
    "rdf": "RDF_XML",
    "nt": "RDF_N_TRIPLES",
    "trig": "RDF_TRIG",
    "nq": "RDF_N_QUADS",
    "csv": "CSV",
    "sssom.tsv": "TSV",
}
_BY_MEDIA_TYPE: Final = {format.media_type: format for format in (*BY_SUFFIX.values(), SSSOM)}

# A file type is called by its label where its first class is dct:IMT, by CKAN: it shows the IRI of any other that its
# list lacks, and that lacks Turtle. Written statements are sorted, so it comes first.
_FILE: Final = (DCTERMS + "IMT", DCTERMS + "MediaTypeOrExtent")
# What the authority tables call their concepts, in Italian and in English; with the classes that the profiles ask for.
_CONCEPTS: Final[Mapping[str, tuple[str, ...]]] = {
    "data-theme/TECH": ("Scienza e tecnologia", "Science and technology"),
    "data-theme/REGI": ("Regioni e città", "Regions and cities"),
    "data-theme/ECON": ("Economia e finanze", "Economy and finance"),
    "data-theme/GOVE": ("Governo e settore pubblico", "Government and public sector"),
    "frequency/IRREG": ("irregolare", "irregular", DCTERMS + "Frequency"),
    "language/ITA": ("italiano", "Italian", DCTERMS + "LinguisticSystem"),
    "language/ENG": ("inglese", "English", DCTERMS + "LinguisticSystem"),
    "access-right/PUBLIC": ("pubblico", "public", DCTERMS + "RightsStatement"),
    "planned-availability/STABLE": ("stabile", "stable"),
    "file-type/RDF_TURTLE": ("Turtle", "Turtle", *_FILE),
    "file-type/JSON_LD": ("JSON-LD", "JSON-LD", *_FILE),
    "file-type/RDF_XML": ("RDF/XML", "RDF/XML", *_FILE),
    "file-type/RDF_N_TRIPLES": ("N-Triples", "N-Triples", *_FILE),
    "file-type/RDF_TRIG": ("TriG", "TriG", *_FILE),
    "file-type/RDF_N_QUADS": ("N-Quads", "N-Quads", *_FILE),
    "file-type/CSV": ("CSV", "CSV", *_FILE),
    "file-type/TSV": ("TSV", "TSV", *_FILE),
}
_STANDARDS: Final = {
    _PROTOCOL: Message("Protocollo SPARQL 1.1", "SPARQL 1.1 Protocol"),
    _CSVW: Message("CSV on the Web", "CSV on the Web"),
    _SSSOM: Message("SSSOM", "SSSOM"),
    _OPENAPI: Message("OpenAPI 3.1", "OpenAPI 3.1"),
    _OWL: Message("OWL 2", "OWL 2"),
    _SHACL: Message("SHACL", "SHACL"),
    CTL: Message("Vocabolario CTL", "CTL vocabulary"),
}
_OF_FORMATS: Final = {CSV.suffix: _CSVW, SSSOM.suffix: _SSSOM}
# What the statements of each graph follow.
_FOLLOWED: Final = {ACCEPTED: CTL, ONTOLOGY: _OWL, SHAPES: _SHACL}
_TITLE: Final = Message("catalogo dei dati", "catalogue of the data")
_DESCRIPTION: Final = Message(
    "I dati aperti di questo sito: ogni insieme con i suoi formati, la licenza e le date.",
    "The open data of this site: every dataset with its formats, its licence and its dates.",
)
_EDITORS: Final = Message("redazione dei dati", "editors of the data")
_RDF: Final = Message("Tutto l'insieme in RDF.", "The whole dataset in RDF.")
_QUADS: Final = Message(
    "Ogni affermazione nel grafo della fonte che la fa.", "Every statement in the graph of the source that makes it."
)
_TABLE: Final = Message(
    "Una riga per ogni cosa; la descrizione delle colonne (CSV on the Web) è accanto al file, in {beside}.",
    "A line for each thing; the description of the columns (CSV on the Web) is beside the file, in {beside}.",
)
_STATEMENTS: Final = Message(
    "Una riga per ogni affermazione; la descrizione delle colonne (CSV on the Web) è accanto al file, in {beside}.",
    "A line for each statement; the description of the columns (CSV on the Web) is beside the file, in {beside}.",
)
_SET: Final = Message(
    "Una riga per ogni corrispondenza, con chi la afferma e quanto è affidabile (SSSOM).",
    "A line for each mapping, with who states it and how reliable it is (SSSOM).",
)
_RIGHTS: Final = Message(
    "Si riusa citando {publisher}; ciò che viene da vocabolari ed elenchi di altri mantiene le proprie condizioni.",
    "To be reused naming {publisher}; what comes from vocabularies and lists of others keeps its own terms.",
)
_FIRST: Final = Message("Prima edizione.", "First edition.")
_REWRITTEN: Final = Message(
    "Le affermazioni accettate sono le stesse: cambia chi le fa, o come i file le scrivono.",
    "The accepted statements are the same: who makes them has changed, or how the files write them.",
)
_CHANGED: Final = Message(
    "Affermazioni aggiunte: {added}; tolte: {removed}.", "Statements added: {added}; removed: {removed}."
)

Value = NamedNode | Literal


@dataclass(frozen=True)
class _Service:
    """A way to ask the whole: its path below the root, that of its description, and the standard that it follows."""

    path: str
    described: str
    standard: str
    title: Message
    description: Message


_SERVICES: Final = (
    _Service(
        "sparql",
        "sparql",
        _PROTOCOL,
        Message("endpoint SPARQL", "SPARQL endpoint"),
        Message(
            "Interrogazione di tutti i dati in SPARQL 1.1, in sola lettura.",
            "Queries over all data in SPARQL 1.1, read-only.",
        ),
    ),
    _Service(
        "api",
        "api/openapi.json",
        _OPENAPI,
        Message("API delle domande", "API of the questions"),
        Message(
            "Le domande già scritte, con parametri, in JSON e in CSV.",
            "The stored questions, with parameters, in JSON and CSV.",
        ),
    ),
)


def catalogue_iri(base_iri: str) -> NamedNode:
    return NamedNode(f"{base_iri}catalog")


def dataset_iri(base_iri: str, name: str) -> NamedNode:
    return NamedNode(f"{base_iri}dataset/{name}")


def place(edition: Edition, file: str) -> str:
    """The path of a file of a dataset, which holds the same bytes forever."""
    return f"dumps/{edition.name}/{edition.entry['digest'][:16]}/{file}"


def catalogue(config: Config, editions: Sequence[Edition], root: str, part: slice = slice(None)) -> list[Triple]:
    """The catalogue with the datasets of `part`, each with all that it refers to; `root` ends with /.

    The services are in the first part only: a harvester that meets one twice fails.
    """
    node, shown = catalogue_iri(config.base_iri), editions[part]
    services = [] if part.start else _SERVICES
    said = [
        *_both(node, "Catalog"),
        *_texts(node, DCTERMS + "title", _titled(config, _TITLE)),
        *_texts(node, DCTERMS + "description", _DESCRIPTION),
        *_said(
            node,
            (DCTERMS + "identifier", Literal(f"{config.identifier}:catalog")),
            (DCTERMS + "publisher", _publisher(config)),
            (DCTERMS + "creator", _publisher(config)),
            (DCAT + "contactPoint", _contact(config)),
            (DCTERMS + "issued", _day(min(each.issued for each in editions))),
            (DCTERMS + "modified", _day(max(each.modified for each in editions))),
            (DCTERMS + "language", _concept("language/ITA")),
            (DCTERMS + "language", _concept("language/ENG")),
            (DCTERMS + "license", NamedNode(LICENCE)),
            (FOAF + "homepage", NamedNode(root)),
            (DCAT + "themeTaxonomy", NamedNode(f"{_AUTHORITY}data-theme")),
            *((DCTERMS + "spatial", each) for each in _territory(config)),
            *((DCAT + "dataset", dataset_iri(config.base_iri, each.name)) for each in shown),
            *((DCAT + "service", _service_iri(config, each)) for each in services),
        ),
        *(each for edition in shown for each in _dataset(config, edition, root)),
        *(each for service in services for each in _service(config, service, root)),
    ]
    return [*said, *_explained(config, said, root)]


def dataset(config: Config, edition: Edition, root: str) -> list[Triple]:
    """One dataset with its distributions, by itself."""
    said = list(_dataset(config, edition, root))
    return [*said, *_explained(config, said, root)]


def notes(edition: Edition) -> Message:
    """What this edition of a dataset changes, in words."""
    if edition.added is None:
        return _FIRST
    if not (edition.added or edition.removed):
        return _REWRITTEN
    return _filled(_CHANGED, added=edition.added, removed=edition.removed)


# -- the parts -------------------------------------------------------------------------------------------------------


def _dataset(config: Config, edition: Edition, root: str) -> Iterator[Triple]:
    node, known = dataset_iri(config.base_iri, edition.name), BY_NAME[edition.name]
    page = NamedNode(f"{root}dataset/{edition.name}.html")
    yield from _both(node, "Dataset")
    yield from _texts(node, DCTERMS + "title", _titled(config, known.title))
    yield from _texts(node, DCTERMS + "description", known.description)
    for keyword in known.keywords:
        yield from _texts(node, DCAT + "keyword", keyword)
    yield from _texts(node, ADMS + "versionNotes", notes(edition))
    yield from _said(
        node,
        (DCTERMS + "identifier", Literal(f"{config.identifier}:{edition.name}")),
        *((DCTERMS + role, _publisher(config)) for role in ("publisher", "rightsHolder", "creator")),
        (DCAT + "contactPoint", _contact(config)),
        *((DCAT + "theme", _concept(f"data-theme/{theme}")) for theme in known.themes),
        (DCTERMS + "accrualPeriodicity", _concept("frequency/IRREG")),
        (DCTERMS + "language", _concept("language/ITA")),
        (DCTERMS + "language", _concept("language/ENG")),
        (DCTERMS + "accessRights", _concept("access-right/PUBLIC")),
        (DCTERMS + "conformsTo", NamedNode(_FOLLOWED[known.graph])),
        (DCTERMS + "issued", _day(edition.issued)),
        (DCTERMS + "modified", _day(edition.modified)),
        (DCAT + "version", Literal(str(edition.number))),
        (DCAT + "landingPage", page),
        *((DCTERMS + "spatial", each) for each in _territory(config)),
    )
    yield Triple(page, NamedNode(RDF_TYPE), NamedNode(FOAF + "Document"))
    if "begins" in edition.entry:
        yield from _period(node, edition.entry["begins"], edition.entry["ends"])
    for file in edition.entry["files"]:
        if file["media_type"] != CSVM.media_type:
            yield from _distribution(config, edition, file, root)


def _period(dataset: NamedNode, begins: str, ends: str) -> Iterator[Triple]:
    """In the words of each reader: DCAT's, those that the Italian profile reads, and its own.

    It has no name, because udata fetches what has one; its label is the same in every document.
    """
    node = BlankNode(f"period-{dataset.value.rpartition('/')[2]}")
    yield Triple(dataset, NamedNode(DCTERMS + "temporal"), node)
    yield Triple(node, NamedNode(RDF_TYPE), NamedNode(DCTERMS + "PeriodOfTime"))
    for words in (DCAT, _SCHEMA, DCATAPIT):
        yield from _said(node, (words + "startDate", _day(begins)), (words + "endDate", _day(ends)))


def _distribution(config: Config, edition: Edition, file: Mapping[str, Any], root: str) -> Iterator[Triple]:
    dataset, known = dataset_iri(config.base_iri, edition.name), BY_NAME[edition.name]
    format, name = _BY_MEDIA_TYPE[file["media_type"]], file["file"].removesuffix(".gz")
    node = NamedNode(f"{dataset.value}#{name}")
    yield Triple(dataset, NamedNode(DCAT + "distribution"), node)
    yield from _both(node, "Distribution")
    yield from _texts(node, DCTERMS + "title", file_title(known, file))
    yield from _texts(node, DCTERMS + "description", _file_description(file, format))
    yield from _said(
        node,
        (DCAT + "accessURL", NamedNode(f"{root}dataset/{edition.name}.html")),
        (DCAT + "downloadURL", NamedNode(f"{root}{place(edition, file['file'])}")),
        (DCTERMS + "format", _concept(f"file-type/{_FILE_TYPES[format.suffix]}")),
        (DCAT + "mediaType", NamedNode(_MEDIA + format.media_type)),
        *(((DCAT + "compressFormat", NamedNode(_GZIP)),) if name != file["file"] else ()),
        (DCAT + "byteSize", Literal(str(file["bytes"]), datatype=NamedNode(XSD + "nonNegativeInteger"))),
        (DCTERMS + "license", NamedNode(LICENCE)),
        (DCTERMS + "rights", _rights(config)),
        (DCTERMS + "issued", _day(edition.issued)),
        (DCTERMS + "modified", _day(edition.modified)),
        (DCTERMS + "language", _concept("language/ITA")),
        (DCTERMS + "language", _concept("language/ENG")),
        (DCTERMS + "conformsTo", NamedNode(_OF_FORMATS.get(format.suffix, _FOLLOWED[known.graph]))),
        (DCATAP + "availability", _concept("planned-availability/STABLE")),
    )
    checksum = NamedNode(f"{node.value}/sha512")
    yield from _said(node, (SPDX + "checksum", checksum))
    yield from _said(
        checksum,
        (RDF_TYPE, NamedNode(SPDX + "Checksum")),
        (SPDX + "algorithm", NamedNode(_SHA512)),
        (SPDX + "checksumValue", Literal(file["sha512"], datatype=NamedNode(XSD + "hexBinary"))),
    )


def file_title(dataset: Dataset, file: Mapping[str, Any]) -> Message:
    """What a file of a dataset is called: what it holds, and its format."""
    format = _BY_MEDIA_TYPE[file["media_type"]].name
    if "set" in file:
        held = mappings.BY_NAME[file["set"]].title
    else:
        held = TABLES[file["table"]].title if "table" in file else dataset.heading
    return Message(f"{held.it} ({format})", f"{held.en} ({format})")


def _file_description(file: Mapping[str, Any], format: Format) -> Message:
    if "table" in file:
        text = _TABLE if TABLES[file["table"]].columns else _STATEMENTS
        return _filled(text, beside=f"{file['table']}.{CSVM.suffix}")
    if "set" in file:
        return _SET
    return _QUADS if format.suffix in ("trig", "nq") else _RDF


def _service(config: Config, service: _Service, root: str) -> Iterator[Triple]:
    """A service over the whole. No distribution refers to it, or harvesters take it for a part of that."""
    node = _service_iri(config, service)
    yield Triple(node, NamedNode(RDF_TYPE), NamedNode(DCAT + "DataService"))
    yield from _texts(node, DCTERMS + "title", _titled(config, service.title))
    yield from _texts(node, DCTERMS + "description", service.description)
    yield from _texts(node, DCAT + "keyword", Message("API", "API"))
    yield from _said(
        node,
        (DCTERMS + "identifier", Literal(f"{config.identifier}:{service.path}")),
        (DCAT + "endpointURL", NamedNode(f"{root}{service.path}")),
        (DCAT + "endpointDescription", NamedNode(f"{root}{service.described}")),
        (DCAT + "servesDataset", dataset_iri(config.base_iri, WHOLE)),
        (DCAT + "theme", _concept("data-theme/TECH")),
        (DCTERMS + "publisher", _publisher(config)),
        (DCAT + "contactPoint", _contact(config)),
        (DCTERMS + "license", NamedNode(LICENCE)),
        (DCTERMS + "accessRights", _concept("access-right/PUBLIC")),
        (DCTERMS + "conformsTo", NamedNode(service.standard)),
    )


# -- what they refer to ----------------------------------------------------------------------------------------------


def _explained(config: Config, said: Iterable[Triple], root: str) -> Iterator[Triple]:
    """What the profiles and the harvesters want to know of each thing that the statements lead to."""
    linked = {each.object.value for each in said if isinstance(each.object, NamedNode)}
    yield from _agents(config, root)
    yield from _licence(config)
    yield from _concepts(linked)
    yield from _taxonomy(linked)
    for iri in sorted(each for each in linked if each.startswith(_MEDIA)):
        node, kind = NamedNode(iri), Literal(iri.removeprefix(_MEDIA))
        yield from _said(node, (RDF_TYPE, NamedNode(DCTERMS + "MediaType")), (RDFS + "label", kind))
    for iri in sorted(linked & _STANDARDS.keys()):
        yield from _both(NamedNode(iri), "Standard", of=DCTERMS)
        yield from _texts(NamedNode(iri), DCTERMS + "title", _STANDARDS[iri])
        yield from _said(NamedNode(iri), (DCTERMS + "identifier", Literal(iri)))
    for iri, concept in ((root, FOAF + "Document"), (_SHA512, SPDX + "ChecksumAlgorithm")):
        if iri in linked:
            yield Triple(NamedNode(iri), NamedNode(RDF_TYPE), NamedNode(concept))
    yield from _place(config)


def _concepts(linked: Container[str]) -> Iterator[Triple]:
    for slug, (it, en, *kinds) in _CONCEPTS.items():
        if (node := _concept(slug)).value in linked:
            scheme = NamedNode(_AUTHORITY + slug.partition("/")[0])
            yield from _texts(node, SKOS + "prefLabel", Message(it, en))
            yield from _said(node, *((RDF_TYPE, NamedNode(kind)) for kind in (SKOS + "Concept", *kinds)))
            yield from _said(node, (SKOS + "inScheme", scheme))
            if kinds == [*_FILE]:
                yield from _said(node, (RDFS + "label", Literal(en)))


def _taxonomy(linked: Container[str]) -> Iterator[Triple]:
    node = NamedNode(f"{_AUTHORITY}data-theme")
    if node.value in linked:
        yield from _said(node, (RDF_TYPE, NamedNode(SKOS + "ConceptScheme")))
        for name in (DCTERMS + "title", SKOS + "prefLabel"):
            yield from _texts(node, name, Message("Temi dei dati", "Data theme"))


def _agents(config: Config, root: str) -> Iterator[Triple]:
    """Two nodes, because a publisher is no address to write to. The name without a language is the same in all."""
    publisher, contact = _publisher(config), _contact(config)
    yield from _both(publisher, "Agent", of=FOAF)
    yield from _said(
        publisher,
        (RDF_TYPE, NamedNode(FOAF + "Organization")),
        (FOAF + "name", Literal(config.publisher)),
        (DCTERMS + "identifier", Literal(config.identifier)),
    )
    yield from _both(contact, "Organization", of=VCARD)
    said = Literal(f"{config.publisher}: {_EDITORS.it}")
    yield from _said(contact, (RDF_TYPE, NamedNode(VCARD + "Kind")), (VCARD + "fn", said))
    if config.contact.startswith("mailto:"):
        yield from _said(contact, (VCARD + "hasEmail", NamedNode(config.contact)))
        yield from _said(NamedNode(config.contact), (RDF_TYPE, NamedNode(VCARD + "Email")))
    yield from _said(contact, (VCARD + "hasURL", NamedNode(_page_of_contact(config, root))))


def _page_of_contact(config: Config, root: str) -> str:
    is_page = config.contact and not config.contact.startswith("mailto:")
    return config.contact if is_page else f"{root}doc/method#report"


def _licence(config: Config) -> Iterator[Triple]:
    """With what it leaves to be said. CKAN knows it by its title, the Italian profile by its name in both languages."""
    node, kind = NamedNode(LICENCE), NamedNode(_ATTRIBUTION)
    yield from _both(node, "LicenseDocument", of=DCTERMS)
    yield from _said(node, (DCTERMS + "title", Literal("Creative Commons Attribution")), (DCTERMS + "type", kind))
    name = Message(
        "Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)",
        "Creative Commons Attribution 4.0 International (CC BY 4.0)",
    )
    yield from _texts(node, FOAF + "name", name)
    yield from _texts(kind, SKOS + "prefLabel", Message("Attribuzione", "Attribution"))
    yield from _said(
        kind,
        (RDF_TYPE, NamedNode(SKOS + "Concept")),
        (SKOS + "inScheme", NamedNode("http://purl.org/adms/licencetype/1.0")),
    )
    yield from _said(_rights(config), (RDF_TYPE, NamedNode(DCTERMS + "RightsStatement")))
    yield from _texts(_rights(config), RDFS + "label", _filled(_RIGHTS, publisher=config.publisher))


def _place(config: Config) -> Iterator[Triple]:
    """The identifier is a text: the Italian profile fails on an IRI."""
    identifier = Literal(config.territory, datatype=NamedNode(XSD + "anyURI"))
    for node in _territory(config):
        kind = NamedNode(DCTERMS + "Location")
        yield from _said(node, (RDF_TYPE, kind), (DCATAPIT + "geographicalIdentifier", identifier))
        if config.territory_name:
            yield from _said(node, (SKOS + "prefLabel", Literal(config.territory_name)))


def _service_iri(config: Config, service: _Service) -> NamedNode:
    return NamedNode(f"{config.base_iri}{service.path}#service")


def _publisher(config: Config) -> NamedNode:
    return NamedNode(f"{config.base_iri}catalog#publisher")


def _contact(config: Config) -> NamedNode:
    return NamedNode(f"{config.base_iri}catalog#contact")


def _rights(config: Config) -> NamedNode:
    return NamedNode(f"{config.base_iri}catalog#rights")


def _territory(config: Config) -> list[NamedNode]:
    return [NamedNode(config.territory)] if config.territory else []


def _concept(slug: str) -> NamedNode:
    return NamedNode(_AUTHORITY + slug)


# -- how -------------------------------------------------------------------------------------------------------------


def _titled(config: Config, title: Message) -> Message:
    return Message(f"{config.title_it}: {title.it}", f"{config.title_en}: {title.en}")


def _filled(message: Message, **values: object) -> Message:
    return Message(message.it.format(**values), message.en.format(**values))


def _both(node: NamedNode, name: str, of: str = DCAT) -> Iterator[Triple]:
    """Its class in the European profile and in the Italian."""
    yield from _said(node, (RDF_TYPE, NamedNode(of + name)), (RDF_TYPE, NamedNode(DCATAPIT + name)))


def _said(node: NamedNode | BlankNode, *properties: tuple[str, Value]) -> Iterator[Triple]:
    yield from (Triple(node, NamedNode(name), value) for name, value in properties)


def _texts(node: NamedNode, name: str, message: Message) -> Iterator[Triple]:
    yield Triple(node, NamedNode(name), Literal(message.it, language="it"))
    yield Triple(node, NamedNode(name), Literal(message.en, language="en"))


def _day(day: str) -> Literal:
    return Literal(day, datatype=NamedNode(XSD + "date"))
