"""The datasets that a release is offered as: which statements each holds, and which tables they make.

A dataset is what a portal lists and a person downloads: the whole, or the things of some classes with what is said of
them. Each of our things stands in at most one dataset beside the whole, so that a change is announced where it matters.
A table has a line for each thing of some classes; beside it stands its description as CSV on the Web
(https://www.w3.org/TR/tabular-metadata/), from which csv2rdf makes the statements again.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final

from ctl_graph.errors import Message
from ctl_graph.store import BlankNode, Literal, NamedNode, Term, Triple
from ctl_graph.vocab import (
    ACCEPTED,
    CTL,
    DCTERMS,
    ELI,
    FOAF,
    LICENCE,
    ONTOLOGY,
    ORG,
    OWL,
    RDF_TYPE,
    RDFS,
    SH,
    SHAPES,
    SKOS,
)

# Between the values of one cell. No IRI can hold it; in a text, which could, the bar gives way to a slash.
_BAR: Final = "|"
SEPARATOR: Final = f" {_BAR} "
WHOLE: Final = "ctl-graph"
MAPPINGS: Final = "mappings"
_LABEL: Final = SKOS + "prefLabel"
_DAYS: Final = {CTL + f"{name}{end}" for name in ("start", "end", "attested") for end in ("Earliest", "Latest")}
_TYPE: Final = NamedNode(RDF_TYPE)


@dataclass(frozen=True)
class Column:
    """What a table says of its things by one property.

    `kind` is a datatype of CSVW, `it` or `en` for texts in this language, `words` for texts in any, `link` for the IRI
    of a thing, which a second column calls by its name.
    """

    name: str
    title: Message
    property: str
    kind: str = "words"


@dataclass(frozen=True)
class Table:
    """A file of a dataset: a line for each thing of these classes."""

    name: str
    title: Message
    classes: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Dataset:
    """One entry of the catalogue: what the graph says of things of these classes, or by these properties, or all."""

    name: str
    title: Message
    description: Message
    themes: tuple[str, ...]
    keywords: tuple[Message, ...]
    tables: tuple[Table, ...]
    classes: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    graph: str = ACCEPTED

    @property
    def heading(self) -> Message:
        """The title where it stands alone."""
        return Message(*(text[0].upper() + text[1:] for text in (self.title.it, self.title.en)))


@dataclass(frozen=True)
class Edition:
    """A dataset as one release has it: `entry` is of the release's manifest.

    `number` counts how often it has changed, from 1 on; the days are those on which it was first published and last
    changed; `added` and `removed` are the statements since the time before, None for the first.
    """

    entry: Mapping[str, Any]
    number: int
    issued: str
    modified: str
    added: int | None = None
    removed: int | None = None

    @property
    def name(self) -> str:
        return str(self.entry["name"])


# -- which there are -------------------------------------------------------------------------------------------------


def _names(label: str = _LABEL) -> tuple[Column, ...]:
    return (
        Column("name_it", Message("Nome", "Name in Italian"), label, "it"),
        Column("name_en", Message("Nome in inglese", "Name"), label, "en"),
    )


def _days(*names: tuple[str, str, str]) -> tuple[Column, ...]:
    """The first and the last day that a date can mean; `names` are of a property, in Italian and in English."""
    return tuple(
        Column(f"{name}_{end}", Message(f"{it}, {said_it}", f"{en}, {said_en}"), f"{CTL}{name}{suffix}", "date")
        for name, it, en in names
        for end, suffix, said_it, said_en in (
            ("earliest", "Earliest", "al più presto", "earliest"),
            ("latest", "Latest", "al più tardi", "latest"),
        )
    )


_START: Final = ("start", "Inizio", "Start")
_END: Final = ("end", "Fine", "End")
_ATTESTED: Final = ("attested", "Attestato", "Attested")
_PLACE: Final = Column("seat", Message("Comune della sede", "Municipality of the seat"), CTL + "seat", "link")
_HOMEPAGE: Final = Column("homepage", Message("Sito", "Website"), FOAF + "homepage", "anyURI")
_ACRONYM: Final = Column("acronym", Message("Sigla", "Acronym"), CTL + "acronym", "string")
_ROLE: Final = Column("role", Message("Ruolo", "Role"), ORG + "role", "link")
_PROGRAMME: Final = Column("programme", Message("Programma", "Programme"), CTL + "programme", "link")

_CLUSTERS: Final = Table(
    "clusters",
    Message("I cluster", "The clusters"),
    (CTL + "Cluster",),
    (
        *_names(),
        _ACRONYM,
        Column("domain", Message("Dominio tecnologico", "Technology domain"), CTL + "domain", "link"),
        Column("body", Message("Soggetto gestore", "Managing body"), CTL + "managingBody", "link"),
        Column("legal_form", Message("Forma giuridica", "Legal form"), CTL + "legalForm", "link"),
        Column("founded", Message("Fondazione", "Founded"), CTL + "foundedOn", "string"),
        _PLACE,
        _HOMEPAGE,
        Column("area", Message("Area S3", "S3 area"), CTL + "specialisedIn", "link"),
        Column(
            "national_cluster",
            Message("Cluster nazionale", "National cluster"),
            CTL + "contributesToNationalCluster",
            "link",
        ),
    ),
)
_ORGANISATIONS: Final = Table(
    "organisations",
    Message("Le organizzazioni", "The organisations"),
    (ORG + "Organization",),
    (
        *_names(),
        Column("type", Message("Tipo", "Type"), ORG + "classification", "link"),
        Column("country", Message("Paese", "Country"), CTL + "country", "link"),
        _PLACE,
        _HOMEPAGE,
        Column("ror", Message("Identificativo ROR", "ROR identifier"), CTL + "rorId", "words"),
        Column("wikidata", Message("Identificativo Wikidata", "Wikidata identifier"), CTL + "wikidata", "words"),
        Column(
            "cluster", Message("Cluster, in qualunque tempo", "Clusters, at any time"), CTL + "everMemberOf", "link"
        ),
    ),
)
_MEMBERSHIPS: Final = Table(
    "memberships",
    Message("Le adesioni ai cluster", "The memberships of clusters"),
    (CTL + "Membership",),
    (
        Column("cluster", Message("Cluster", "Cluster"), CTL + "inCluster", "link"),
        Column("organisation", Message("Organizzazione", "Organisation"), ORG + "member", "link"),
        _ROLE,
        Column("role_as_stated", Message("Ruolo secondo la fonte", "Role as stated"), CTL + "roleAsStated"),
        *_days(_START, _END, _ATTESTED),
    ),
)
_COLLABORATIONS: Final = Table(
    "collaborations",
    Message("Le collaborazioni e gli accordi", "The collaborations and agreements"),
    (CTL + "Collaboration",),
    (
        *_names(),
        Column("type", Message("Tipo", "Type"), DCTERMS + "type", "link"),
        _PROGRAMME,
        *_days(_START, _END, _ATTESTED),
        Column("partners", Message("Numero dei partner", "Number of partners"), CTL + "partnerCount", "integer"),
    ),
)
_PROJECTS: Final = Table(
    "projects",
    Message("I progetti", "The projects"),
    (CTL + "Project",),
    (
        *_names(),
        _ACRONYM,
        _PROGRAMME,
        Column("carried_out_by", Message("Collaborazione", "Collaboration"), CTL + "carriedOutBy", "link"),
        *_days(_START, _END),
        Column("grant", Message("Numero della convenzione", "Grant number"), CTL + "grantNumber", "string"),
        Column("budget", Message("Costo totale", "Total budget"), CTL + "totalBudget", "decimal"),
        Column("eu_contribution", Message("Contributo UE", "EU contribution"), CTL + "euContribution", "decimal"),
    ),
)
_PARTICIPATIONS: Final = Table(
    "participations",
    Message("Le partecipazioni", "The participations"),
    (CTL + "Participation",),
    (
        Column("collaboration", Message("Collaborazione", "Collaboration"), CTL + "inCollaboration", "link"),
        Column("party", Message("Partecipante", "Party"), ORG + "member", "link"),
        _ROLE,
        Column("role_as_stated", Message("Ruolo secondo la fonte", "Role as stated"), CTL + "roleAsStated"),
        Column("country", Message("Paese", "Country"), CTL + "country", "link"),
    ),
)
_AREAS: Final = Table(
    "areas",
    Message("Le aree della strategia", "The areas of the strategy"),
    (CTL + "SpecialisationArea",),
    (*_names(), Column("strategy", Message("Strategia", "Strategy"), CTL + "areaOfStrategy", "link")),
)
_SPECIALISATIONS: Final = Table(
    "specialisations",
    Message("Le specializzazioni dei cluster", "The specialisations of clusters"),
    (CTL + "Specialisation",),
    (
        Column("cluster", Message("Cluster", "Cluster"), CTL + "specialisationOf", "link"),
        Column("area", Message("Area S3", "S3 area"), CTL + "inArea", "link"),
        Column("evidence", Message("Su che base", "On what evidence"), CTL + "evidence", "link"),
    ),
)
_TERMS: Final = Table(
    "terms",
    Message("I termini", "The terms"),
    tuple(OWL + name for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    (
        *_names(RDFS + "label"),
        Column("definition_it", Message("Definizione", "Definition in Italian"), SKOS + "definition", "it"),
        Column("definition_en", Message("Definizione in inglese", "Definition"), SKOS + "definition", "en"),
        Column("broader", Message("Classe più ampia", "Broader class"), RDFS + "subClassOf", "anyURI"),
        Column("domain", Message("Dominio", "Domain"), RDFS + "domain", "anyURI"),
        Column("range", Message("Codominio", "Range"), RDFS + "range", "anyURI"),
    ),
)
_CONSTRAINTS: Final = Table(
    "constraints",
    Message("I vincoli", "The constraints"),
    (SH + "NodeShape", SH + "PropertyShape"),
    (
        Column("class", Message("Classe", "Class"), SH + "targetClass", "anyURI"),
        Column("property", Message("Proprietà", "Property"), SH + "path", "anyURI"),
        Column("severity", Message("Gravità", "Severity"), SH + "severity", "anyURI"),
        Column("message_it", Message("Messaggio", "Message in Italian"), SH + "message", "it"),
        Column("message_en", Message("Messaggio in inglese", "Message"), SH + "message", "en"),
    ),
)
_CLUSTER: Final = Message("cluster tecnologici", "technology clusters")
_S3: Final = Message("specializzazione intelligente", "smart specialisation")
_RESEARCH: Final = Message("ricerca e innovazione", "research and innovation")

# In the order in which a thing of several classes finds its place.
DATASETS: Final = (
    Dataset(
        WHOLE,
        Message("tutti i dati", "all data"),
        Message(
            "Tutte le affermazioni accettate sui cluster tecnologici, chi vi aderisce, le collaborazioni, i progetti "
            "e le aree di specializzazione, con ciò che ne segue e il vocabolario; nei formati TriG e N-Quads, ogni "
            "affermazione nel grafo della fonte che la fa, accettata o no.",
            "All accepted statements about the technology clusters, their members, collaborations, projects and areas "
            "of specialisation, with what follows from them and the vocabulary; in TriG and N-Quads every statement "
            "in the graph of the source that makes it, accepted or not.",
        ),
        ("TECH", "REGI", "ECON"),
        (_CLUSTER, _S3, _RESEARCH, Message("dati collegati", "linked data")),
        (Table("ctl-graph", Message("Le affermazioni accettate", "The accepted statements"), (), ()),),
    ),
    Dataset(
        "collaborations",
        Message("collaborazioni e progetti", "collaborations and projects"),
        Message(
            "Le collaborazioni, gli accordi e i progetti in cui si trovano i cluster, con programma, periodo, importi "
            "e chi vi partecipa in quale ruolo.",
            "The collaborations, agreements and projects that clusters are found in, with programme, period, amounts "
            "and who takes part in which role.",
        ),
        ("TECH", "ECON"),
        (_CLUSTER, Message("progetti di ricerca", "research projects"), Message("collaborazione", "collaboration")),
        (_COLLABORATIONS, _PROJECTS, _PARTICIPATIONS),
        tuple(CTL + name for name in ("Collaboration", "Project", "Participation", "Programme", "Relation")),
    ),
    Dataset(
        "areas",
        Message("aree di specializzazione intelligente", "smart specialisation areas"),
        Message(
            "Le strategie di specializzazione intelligente (S3), le loro aree nei periodi di programmazione, e quali "
            "cluster vi si specializzano secondo quale fonte.",
            "The smart specialisation strategies (S3), their areas in the programming periods, and which clusters "
            "specialise in them according to which source.",
        ),
        ("TECH", "REGI"),
        (_S3, _CLUSTER, Message("strategia regionale", "regional strategy")),
        (_AREAS, _SPECIALISATIONS),
        tuple(
            CTL + name
            for name in (
                "SpecialisationArea",
                "AreaMapping",
                "Specialisation",
                "SpecialisationStrategy",
                "Strategy",
                "TechnologyDomain",
            )
        ),
    ),
    Dataset(
        "clusters",
        Message("i cluster", "the clusters"),
        Message(
            "I cluster tecnologici: nomi, riconoscimento e atti, soggetto gestore, sede, competenze, filiere, gruppi "
            "di lavoro, iniziative, contributi e dimensioni.",
            "The technology clusters: names, recognition and acts, managing body, seat, competences, value chains, "
            "working groups, initiatives, contributions and sizes.",
        ),
        ("TECH", "REGI", "ECON"),
        (_CLUSTER, _RESEARCH, Message("competenze", "competences")),
        (_CLUSTERS,),
        (
            *(
                CTL + name
                for name in (
                    "Cluster",
                    "Recognition",
                    "RegulatoryStep",
                    "Designation",
                    "SizeObservation",
                    "SectorFigure",
                    "NationalClusterLink",
                    "WorkingGroup",
                    "Engagement",
                    "Competence",
                    "ValueChain",
                    "Excellence",
                    "Contribution",
                    "Initiative",
                    "Remark",
                )
            ),
            ELI + "LegalResource",
            ORG + "OrganizationalCollaboration",
        ),
    ),
    Dataset(
        "organisations",
        Message("organizzazioni e adesioni", "organisations and memberships"),
        Message(
            "Imprese, università, centri di ricerca ed enti pubblici, con tipo, sede e identificativi, e le loro "
            "adesioni ai cluster con ruolo e periodo. Solo organizzazioni, nessuna persona.",
            "Firms, universities, research centres and public bodies, with type, seat and identifiers, and their "
            "memberships of clusters with role and period. Organisations only, no persons.",
        ),
        ("TECH", "ECON", "REGI"),
        (_CLUSTER, Message("imprese", "firms"), Message("università", "universities")),
        (_ORGANISATIONS, _MEMBERSHIPS),
        (CTL + "Membership", CTL + "Place", ORG + "Organization", ORG + "Site"),
    ),
    Dataset(
        MAPPINGS,
        Message("corrispondenze con altri", "mappings to others"),
        Message(
            "Quali nostre organizzazioni, aree, domini e termini sono quelli di ROR, Wikidata, EuroVoc, EuroSciVoc, "
            "Eye@RIS3 e altri vocabolari, o vi si avvicinano: in RDF, e come insiemi SSSOM con fonte e fiducia.",
            "Which of our organisations, areas, domains and terms are those of ROR, Wikidata, EuroVoc, EuroSciVoc, "
            "Eye@RIS3 and other vocabularies, or come near: in RDF, and as sets of SSSOM with source and confidence.",
        ),
        ("TECH", "GOVE"),
        (Message("corrispondenze", "mappings"), Message("dati collegati", "linked data"), _S3),
        (Table(MAPPINGS, Message("Le corrispondenze", "The mappings"), (), ()),),
        properties=(
            *(CTL + name for name in ("rorId", "wikidata")),
            *(f"{SKOS}{kind}Match" for kind in ("exact", "close", "related", "broad", "narrow")),
        ),
    ),
    Dataset(
        "vocabulary",
        Message("il vocabolario in OWL", "the vocabulary in OWL"),
        Message(
            "Il vocabolario OWL dei cluster tecnologici e della specializzazione intelligente, con nomi e definizioni "
            "in italiano e in inglese.",
            "The OWL vocabulary of technology clusters and smart specialisation, with names and definitions in "
            "Italian and in English.",
        ),
        ("TECH", "GOVE"),
        (Message("vocabolario", "vocabulary"), Message("ontologia", "ontology"), _S3),
        (_TERMS,),
        graph=ONTOLOGY,
    ),
    Dataset(
        "shapes",
        Message("le regole sui dati in SHACL", "the rules for the data in SHACL"),
        Message(
            "I vincoli SHACL che le affermazioni accettate rispettano, con messaggi per chi compila le tabelle.",
            "The SHACL constraints that accepted statements meet, with messages for those who keep the tables.",
        ),
        ("TECH", "GOVE"),
        (Message("qualità dei dati", "data quality"), Message("vincoli SHACL", "SHACL shapes")),
        (_CONSTRAINTS,),
        graph=SHAPES,
    ),
)
BY_NAME: Final = {dataset.name: dataset for dataset in DATASETS}
TABLES: Final = {table.name: table for dataset in DATASETS for table in dataset.tables}


# -- which statements each holds -------------------------------------------------------------------------------------


@dataclass
class Statements:
    """Statements by their subjects, as they came."""

    by_subject: dict[Term, list[Triple]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> "Statements":
        """All of them, by subject."""
        found = cls()
        for triple in triples:
            found.by_subject[triple.subject].append(triple)
        return found

    def values(self, thing: Term, property: str) -> list[Term]:
        """In an order that does not depend on that of the statements."""
        found = (each.object for each in self.by_subject.get(thing, ()) if each.predicate.value == property)
        return sorted(found, key=str)

    def classes(self, thing: Term) -> set[str]:
        """The IRIs of its classes."""
        return {term.value for term in self.values(thing, RDF_TYPE) if isinstance(term, NamedNode)}

    def about(self, things: Iterable[Term]) -> Iterator[Triple]:
        """What is said of the things and of the nameless nodes that they lead to, and the names of what they link."""
        things = list(things)
        todo, seen, linked = things, set(things), set[Term]()
        while todo:
            said = self.by_subject.get(todo.pop(), ())
            yield from said
            linked.update(triple.object for triple in said)
            nameless = {each.object for each in said if isinstance(each.object, BlankNode)} - seen
            seen |= nameless
            todo += nameless
        for thing in linked - seen:
            yield from (triple for triple in self.by_subject.get(thing, ()) if triple.predicate.value == _LABEL)


def parts(accepted: Collection[Triple], base_iri: str) -> dict[str, list[Triple]]:
    """The accepted statements of each dataset that has classes or properties.

    A thing of ours goes where its class is found first.
    """
    known = Statements.of(accepted)
    homes: dict[str, list[Term]] = {dataset.name: [] for dataset in DATASETS if dataset.classes}
    for thing in list(known.by_subject):
        is_ours = isinstance(thing, NamedNode) and thing.value.startswith(f"{base_iri}id/")
        if is_ours and (name := home(known.classes(thing))):
            homes[name].append(thing)
    by_property = {
        dataset.name: [triple for triple in accepted if triple.predicate.value in dataset.properties]
        for dataset in DATASETS
        if dataset.properties
    }
    return {name: list(known.about(things)) for name, things in homes.items()} | by_property


def home(classes: Collection[str]) -> str | None:
    """The dataset where a thing of these classes stands, beside the whole."""
    return next((each.name for each in DATASETS if not set(each.classes).isdisjoint(classes)), None)


def days(triples: Iterable[Triple]) -> tuple[str, str] | None:
    """The first and the last day that the statements name as a bound of a period, where they name any."""
    found = sorted(day for each in triples if (day := _day(each)))
    return (found[0], found[-1]) if found else None


def _day(triple: Triple) -> str | None:
    return triple.object.value if triple.predicate.value in _DAYS and isinstance(triple.object, Literal) else None


# -- the tables ------------------------------------------------------------------------------------------------------

Line = dict[str, list[str]]


def write_table(table: Table, statements: Statements, file: str) -> tuple[bytes, bytes]:
    """The table as CSV (https://www.rfc-editor.org/rfc/rfc4180), and its description, in which it is called `file`.

    The first line is in Italian.
    """
    lines, columns = (_things(table, statements), _columns(table)) if table.columns else (_each(statements), _STATEMENT)
    described = [_described(column, lines) for column in columns]
    with io.StringIO(newline="") as text:
        writer = csv.writer(text)
        writer.writerow(column.title.it for column in columns)
        writer.writerows([_cell(line[each["name"]], "separator" in each) for each in described] for line in lines)
        body = text.getvalue().encode()
    return body, (json.dumps(_metadata(table, described, file), ensure_ascii=False, indent=2) + "\n").encode()


_ID: Final = Column("id", Message("Identificativo", "Identifier"), "", "anyURI")
_STATEMENT: Final = tuple(
    Column(name, title, "")
    for name, title in (
        ("subject", Message("Soggetto", "Subject")),
        ("property", Message("Proprietà", "Property")),
        ("value", Message("Valore", "Value")),
        ("datatype", Message("Tipo del valore", "Type of the value")),
        ("language", Message("Lingua", "Language")),
    )
)


def _columns(table: Table) -> tuple[Column, ...]:
    """The identifier first; behind a link, what it leads to by its name."""
    spread = [_ID]
    for column in table.columns:
        spread.append(column)
        if column.kind == "link":
            title = Message(f"{column.title.it} (nome)", f"{column.title.en} (name)")
            spread.append(Column(f"{column.name}_name", title, column.property, "name"))
    return tuple(spread)


def _things(table: Table, statements: Statements) -> list[Line]:
    things = [
        thing
        for thing in statements.by_subject
        if isinstance(thing, NamedNode) and not statements.classes(thing).isdisjoint(table.classes)
    ]
    return [
        {column.name: _values(column, thing, statements) for column in _columns(table)}
        for thing in sorted(things, key=str)
    ]


def _values(column: Column, thing: NamedNode, statements: Statements) -> list[str]:
    if column is _ID:
        return [thing.value]
    found = statements.values(thing, column.property)
    match column.kind:
        case "name":
            return [_name(each, statements) for each in found if isinstance(each, NamedNode)]
        case "link" | "anyURI":
            return [each.value for each in found if isinstance(each, NamedNode)]
        case "it" | "en":
            return [each.value for each in found if isinstance(each, Literal) and each.language == column.kind]
    return [each.value for each in found if not isinstance(each, BlankNode | Triple)]


def _name(thing: NamedNode, statements: Statements) -> str:
    """In Italian, like the first line; else in English; else the last part of the IRI."""
    names = {each.language: each.value for each in statements.values(thing, _LABEL) if isinstance(each, Literal)}
    return names.get("it") or names.get("en") or thing.value.rpartition("/")[2]


def _each(statements: Statements) -> list[Line]:
    """A line for each statement: the whole is too varied for columns of its own."""
    triples = [triple for said in statements.by_subject.values() for triple in said]
    lines = []
    for triple in sorted(triples, key=lambda each: (str(each.subject), str(each.predicate), str(each.object))):
        texts = [_text(triple.subject), _text(triple.predicate), _text(triple.object)]
        if isinstance(triple.object, Literal):
            texts += [triple.object.datatype.value, triple.object.language or ""]
        lines.append({column.name: [text] if text else [] for column, text in zip_longest(_STATEMENT, texts)})
    return lines


def _text(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def _cell(values: Sequence[str], is_list: bool) -> str:
    return SEPARATOR.join(each.replace(_BAR, "/") for each in values) if is_list else "".join(values)


def _described(column: Column, lines: Iterable[Line]) -> dict[str, Any]:
    """The column in the words of CSVW: a list where some thing has several values, which then leads to no statement
    unless they are texts, and all of them as they are.

    A title without a language is in that of the context, Italian: several readers of CSVW know no other.
    """
    values = [line[column.name] for line in lines]
    several = any(len(each) > 1 for each in values)
    is_exact = not (several and any(_BAR in value for each in values for value in each))
    said: dict[str, Any] = {"name": column.name, "titles": column.title.it, "dc:title": _in_both(column.title)}
    if several:
        said["separator"] = SEPARATOR
    match column.kind:
        case "it" | "en" if is_exact:
            said |= {"datatype": "string", "lang": column.kind, "propertyUrl": column.property}
        case "link" | "anyURI" if column is not _ID:
            said["datatype"] = "anyURI"
            if not several:
                said |= {"propertyUrl": column.property, "valueUrl": f"{{+{column.name}}}"}
        case "string" | "date" | "integer" | "decimal" if is_exact:
            said |= {"datatype": column.kind, "propertyUrl": column.property}
        case _:
            said["datatype"] = "string"
    return said if "propertyUrl" in said else {**said, "suppressOutput": True}


def _metadata(table: Table, columns: Sequence[Mapping[str, Any]], file: str) -> dict[str, Any]:
    about: dict[str, Any] = {"aboutUrl": "{+id}", "primaryKey": "id"} if table.columns else {}
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "it"}],
        "url": file,
        "dc:title": _in_both(table.title),
        "dc:license": {"@id": LICENCE},
        "tableSchema": {**about, "columns": [dict(column) for column in columns]},
    }


def _in_both(message: Message) -> list[dict[str, str]]:
    return [{"@value": message.it, "@language": "it"}, {"@value": message.en, "@language": "en"}]
