"""Namespaces, the one table of prefixes, and how IRIs of ours are made.

The vocabulary is everyone's, so its namespace is fixed; the namespace of the data is a setting
(`Config.base_iri`), and every region has its own.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote

ADMS: Final = "http://www.w3.org/ns/adms#"
CTL: Final = "https://w3id.org/ctl/def/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
DCATAP: Final = "http://data.europa.eu/r5r/"
DCATAPIT: Final = "http://dati.gov.it/onto/dcatapit#"
DCTERMS: Final = "http://purl.org/dc/terms/"
ELI: Final = "http://data.europa.eu/eli/ontology#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
HYDRA: Final = "http://www.w3.org/ns/hydra/core#"
ORG: Final = "http://www.w3.org/ns/org#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
PROF: Final = "http://www.w3.org/ns/dx/prof/"
PROV: Final = "http://www.w3.org/ns/prov#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"
SH: Final = "http://www.w3.org/ns/shacl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
SPDX: Final = "http://spdx.org/rdf/terms#"
VCARD: Final = "http://www.w3.org/2006/vcard/ns#"
VOID: Final = "http://rdfs.org/ns/void#"
VOID_EXT: Final = "http://ldf.fi/void-ext#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: Final[Mapping[str, str]] = {
    "adms": ADMS,
    "ctl": CTL,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dcatapit": DCATAPIT,
    "dct": DCTERMS,
    "eli": ELI,
    "eurio": "http://data.europa.eu/s66#",
    "foaf": FOAF,
    "hydra": HYDRA,
    "legal": "http://www.w3.org/ns/legal#",
    "locn": "http://www.w3.org/ns/locn#",
    "m8g": "http://data.europa.eu/m8g/",
    "org": ORG,
    "owl": OWL,
    "prof": PROF,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "sd": SD,
    "sh": SH,
    "skos": SKOS,
    "schema": "http://schema.org/",
    "spdx": SPDX,
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": VCARD,
    "void": VOID,
    "void-ext": VOID_EXT,
    "xsd": XSD,
}

RDF_TYPE: Final = RDF + "type"
# Of the data.
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"

# An IRI with more characters is asked for anew each time.
LONGEST_KEPT: Final = 300

ACCEPTED: Final = "accepted"
INFERRED: Final = "inferred"
ONTOLOGY: Final = "ontology"
SHAPES: Final = "shapes"


def graph_iri(base_iri: str, slug: str) -> str:
    """The name of the graph `slug` under the namespace of the data."""
    return f"{base_iri}graph/{quote(slug, safe='')}"


def compact(iri: str) -> str:
    """The IRI as a prefixed name where a prefix fits, else the IRI itself: for people to read."""
    # What is long may be a visitor's, and is not kept.
    return _compact(iri) if len(iri) <= LONGEST_KEPT else _compact.__wrapped__(iri)


@lru_cache(maxsize=10_000)
def _compact(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local and not set(local) & set("/#:"):
            return f"{prefix}:{local}"
    return iri
