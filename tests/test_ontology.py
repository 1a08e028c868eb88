"""The vocabulary: complete, bilingual, OWL 2 DL, consistent, and true to the vocabularies that it builds on."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyshacl
import pytest
from hermit import Verdict, profile_violations, reason
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ctl_graph import tables

ROOT: Final = Path(__file__).parents[1]
ONTOLOGY: Final = ROOT / "ontology"
DATA: Final = ROOT / "data"
SHARED: Final = ROOT.parent / "shared" / "conformance"

CTL: Final = Namespace("https://w3id.org/ctl/def/")
VOCABULARY: Final = URIRef(CTL)
THINGS: Final = "https://w3id.org/ctl/id/"
DCT: Final = Namespace("http://purl.org/dc/terms/")
VANN: Final = Namespace("http://purl.org/vocab/vann/")
BIBO: Final = Namespace("http://purl.org/ontology/bibo/")
SCHEMA: Final = Namespace("http://schema.org/")
SH: Final = Namespace("http://www.w3.org/ns/shacl#")
ORG: Final = Namespace("http://www.w3.org/ns/org#")
EURIO: Final = "http://data.europa.eu/s66#"

LANGUAGES: Final = ["en", "it"]
KINDS: Final = {
    OWL.Class: "class",
    OWL.ObjectProperty: "object property",
    OWL.DatatypeProperty: "datatype property",
    OWL.AnnotationProperty: "annotation property",
}
COUNTS: Final = {"class": 46, "object property": 83, "datatype property": 49, "annotation property": 1}

# The names that other people's queries depend on.
AGREED: Final = """
    Cluster RegionalCluster NationalCluster managingBody contributesToNationalCluster SpecialisationStrategy alignedWith
    SpecialisationArea areaOfStrategy TechnologyDomain Specialisation Recognition recognises recognisedBy legalBasis
    possibleLegalBasis Membership inCluster hasClusterMembership MemberOrganisation Enterprise SME LargeEnterprise
    StartUp University ResearchBody PublicBody Association Collaboration Project carriedOutBy Participation
    inCollaboration hasParticipation Programme Contribution WorkingGroup Initiative Agreement Excellence Label
    Objective Activity hasObjective performs Competence ValueChain hasCompetence leadsValueChain promotesValueChain
    SizeObservation Source Disagreement statement preferredStatement rationale SectorFigure Remark domain specialisedIn
    everMemberOf participatesIn collaboratesWith acronym foundedOn legalForm seat confidence dateAsStated startAsStated
    startEarliest startLatest endAsStated endEarliest endLatest attestedAsStated attestedEarliest attestedLatest
    relatedTo graphUrl
"""

# Reused terms whose vocabularies have no file among the conformance material, each looked up in its specification.
KNOWN_ELSEWHERE: Final = {
    "http://data.europa.eu/eli/ontology#": {
        *("LegalResource", "date_publication", "id_local", "number", "passed_by", "type_document"),
    },
    "http://www.w3.org/ns/dcat#": {"startDate", "endDate"},
    "http://purl.org/ontology/bibo/": {"status", "status/published"},
    "http://schema.org/": {
        *("CollegeOrUniversity", "Corporation", "CreativeWork", "DefinedTerm", "Event", "GovernmentOrganization"),
        *("NGO", "OrganizationRole", "Place", "ResearchOrganization", "ResearchProject", "Service", "award"),
        *("foundingDate", "includedInDataCatalog", "knowsAbout", "location", "memberOf", "Organization"),
    },
    "http://publications.europa.eu/resource/authority/": {
        *("data-theme/REGI", "data-theme/TECH", "frequency/IRREG", "language/ENG", "language/ITA"),
    },
    "https://creativecommons.org/licenses/": {"by/4.0/"},
}
LANGUAGE_ITSELF: Final = (str(RDF), str(RDFS), str(XSD), str(OWL))

# https://www.w3.org/TR/owl2-syntax/#Datatype_Maps: those that we use. xsd:date is not among them.
OWL_DATATYPES: Final = {RDFS.Literal, XSD.string, XSD.integer, XSD.decimal, XSD.boolean}

MAPPINGS: Final = {SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, SKOS.exactMatch}

RULES: Final = 15


def read(name: str) -> Graph:
    return Graph().parse(ONTOLOGY / name)


@pytest.fixture(scope="module")
def vocabulary() -> Graph:
    return read("ctl.ttl")


@pytest.fixture(scope="module")
def conformance() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the conformance material is not beside this repository (../shared/conformance)")
    return SHARED


@pytest.fixture(scope="module")
def published(conformance: Path) -> Graph:
    """What the vocabularies that we build on say themselves."""
    graph = Graph()
    for path in sorted(conformance.glob("vocab/*.nq")):
        for triple in _n_quads(path):
            graph.add(triple)
    for path in (*sorted(conformance.glob("semic-core/*_en.ttl")), *sorted(conformance.glob("ontopia/*-AP_IT.ttl"))):
        graph.parse(path)
    return graph


def _n_quads(path: Path) -> Iterator[tuple[Node, Node, Node]]:
    """The triples of an N-Quads file, whose graph names do not matter here."""
    triples = re.sub(r" <[^<>\s]+> \.$", " .", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return iter(Graph().parse(data=triples, format="nt"))


def terms(graph: Graph) -> dict[URIRef, str]:
    """Our terms, and of which kind each is."""
    kinds = {(s, KINDS[o]) for s, o in graph.subject_objects(RDF.type) if o in KINDS and str(s).startswith(CTL)}
    return {term: kind for term, kind in kinds if isinstance(term, URIRef)}


# --- the terms


def test_counts(vocabulary: Graph) -> None:
    assert Counter(terms(vocabulary).values()) == COUNTS


def test_a_term_is_of_one_kind(vocabulary: Graph) -> None:
    kinds = Counter(s for s, o in vocabulary.subject_objects(RDF.type) if o in KINDS)
    assert [term for term, count in kinds.items() if count > 1] == []


def test_agreed_names_are_terms(vocabulary: Graph) -> None:
    names = AGREED.split()
    assert len(names) == len(set(names)) == 80
    assert [name for name in names if CTL[name] not in terms(vocabulary)] == []


@pytest.mark.parametrize("predicate", [RDFS.label, SKOS.definition, RDFS.comment])
def test_every_term_speaks_italian_and_english(vocabulary: Graph, predicate: URIRef) -> None:
    texts = {term: sorted(vocabulary.objects(term, predicate)) for term in terms(vocabulary)}
    languages = {term: sorted(str(text.language) for text in found) for term, found in texts.items()}
    assert {term: found for term, found in languages.items() if found != LANGUAGES} == {}
    assert [term for term, found in texts.items() if any(not text.strip() for text in found)] == []


def test_sentences_end_and_differ(vocabulary: Graph) -> None:
    for term in terms(vocabulary):
        for language in LANGUAGES:
            definition, comment = (
                next(str(text) for text in vocabulary.objects(term, predicate) if text.language == language)
                for predicate in (SKOS.definition, RDFS.comment)
            )
            assert definition.endswith((".", "…")), f"{term}: {definition}"
            assert comment.endswith((".", "…")), f"{term}: {comment}"
            assert definition != comment, term


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_is_not_used_twice_for_one_kind(vocabulary: Graph, language: str) -> None:
    labels = Counter(
        (kind, str(label).casefold())
        for term, kind in terms(vocabulary).items()
        for label in vocabulary.objects(term, RDFS.label)
        if label.language == language
    )
    assert [label for label, count in labels.items() if count > 1] == []


def test_every_term_is_defined_by_the_vocabulary(vocabulary: Graph) -> None:
    elsewhere = {t: list(vocabulary.objects(t, RDFS.isDefinedBy)) for t in terms(vocabulary)}
    assert {term: found for term, found in elsewhere.items() if found != [VOCABULARY]} == {}


def test_nothing_is_said_about_terms_of_others(vocabulary: Graph) -> None:
    ours = {*terms(vocabulary), VOCABULARY, URIRef("https://w3id.org/ctl/id/publisher/ctl-graph")}
    said = {(s, p) for s, p in vocabulary.subject_predicates() if isinstance(s, URIRef) and s not in ours}
    assert {predicate for _, predicate in said} == {RDF.type}


def test_chains_use_our_own_properties_only(vocabulary: Graph) -> None:
    chains = {
        derived: list(Collection(vocabulary, steps))
        for derived, steps in vocabulary.subject_objects(OWL.propertyChainAxiom)
    }
    assert chains == {
        CTL.everMemberOf: [CTL.hasClusterMembership, CTL.inCluster],
        CTL.participatesIn: [CTL.hasParticipation, CTL.inCollaboration],
    }
    superproperties = {p for derived in chains for p in vocabulary.transitive_objects(derived, RDFS.subPropertyOf)}
    assert superproperties == set(chains), "a membership that has ended must not entail org:memberOf"


# --- the data use what is declared


def used_in_data() -> set[str]:
    """The IRIs of the terms that tables and schemes use as property or class, or name as the property in question."""
    names: set[str] = set()
    for path in DATA.rglob("*.ttl"):
        graph = Graph().parse(path)
        names |= {str(predicate) for predicate in graph.predicates()} | {str(o) for o in graph.objects(None, RDF.type)}
    for path in DATA.glob("*.csv-metadata.json"):
        metadata = json.loads(path.read_text(encoding="utf-8"))
        names |= {key for key in metadata if key.startswith("http")}
        for column in metadata["tableSchema"]["columns"]:
            names |= set(_terms_of(column, DATA / metadata["url"]))
    return names


def _terms_of(column: dict[str, str], table: Path) -> Iterator[str]:
    property_url = column.get("propertyUrl", "")
    names_a_term = property_url in (str(RDF.type), str(RDF.predicate))
    for template in (property_url, column.get("valueUrl", "") if names_a_term else ""):
        variable = re.search(r"\{\+?(\w+)\}", template)
        if variable is None:
            yield from [template] if template else []
            continue
        with table.open(encoding="utf-8", newline="") as file:
            cells = {name for row in csv.DictReader(file) for name in row[variable[1]].split(";") if name}
        yield from (template.replace(variable[0], cell) for cell in cells)


def test_the_data_use_declared_terms_only(vocabulary: Graph) -> None:
    ours = {URIRef(name) for name in used_in_data() if name.startswith(CTL)}
    assert len(ours) > 130
    assert sorted(ours - set(terms(vocabulary))) == []


def test_the_data_use_terms_of_others_that_exist(published: Graph) -> None:
    others = {name for name in used_in_data() if not name.startswith((str(CTL), *LANGUAGE_ITSELF))}
    known = {str(subject) for subject in published.subjects()} | known_elsewhere()
    assert len(others) > 30
    assert sorted(others - known) == []


@pytest.fixture(scope="module")
def accepted() -> Graph:
    """The accepted statements of all tables and schemes."""
    graph = Graph()
    for path in sorted(DATA.glob("*.csv-metadata.json")):
        quads = (quad for row in tables.read(path).rows for quad in tables.quads(row, "urn:accepted"))
        for quad in quads:
            if quad.graph == "urn:accepted":
                graph.add((quad.subject, quad.predicate, quad.object))
    for path in sorted(DATA.rglob("*.ttl")):
        graph.parse(path)
    return graph


def test_things_are_of_the_classes_that_our_properties_lead_to(vocabulary: Graph, accepted: Graph) -> None:
    """A reasoner would make an act of whatever stands where an act is expected; here it has to be one already."""
    axioms = vocabulary + read("reused.ttl")
    classes: dict[Node, set[Node]] = {}
    for thing, stated in accepted.subject_objects(RDF.type):
        classes.setdefault(thing, set()).update(axioms.transitive_objects(stated, RDFS.subClassOf))
    wrong = set()
    for subject, predicate, value in accepted:
        for wider in axioms.transitive_objects(predicate, RDFS.subPropertyOf):
            ends = ((subject, vocabulary.value(wider, RDFS.domain)), (value, vocabulary.value(wider, RDFS.range)))
            for thing, expected in ends:
                is_ours = isinstance(thing, URIRef) and thing.startswith(THINGS)
                if is_ours and expected is not None and expected not in classes.get(thing, ()):
                    wrong.add((thing, wider, expected))
    assert sorted(wrong) == []


def test_functional_properties_have_one_value(vocabulary: Graph, accepted: Graph) -> None:
    """Two values would make a reasoner take two things for one."""
    functional = {*vocabulary.subjects(RDF.type, OWL.FunctionalProperty), ORG.member, ORG.organization}
    values = Counter((s, p) for s, p, _ in accepted if p in functional)
    assert len(values) > 800
    assert sorted(key for key, count in values.items() if count > 1) == []


def test_the_accepted_data_are_consistent(with_foundations: Graph, accepted: Graph, tmp_path: Path) -> None:
    graph = Graph()
    graph += with_foundations
    for subject, predicate, value in accepted:
        reified = str(predicate).startswith(str(RDF)) and (predicate != RDF.type or value == RDF.Statement)
        if not isinstance(value, Literal) and not reified:  # HermiT knows no xsd:date; the shapes look at the values
            graph.add((subject, predicate, value))
    assert reason(graph, tmp_path) == Verdict(consistent=True, unsatisfiable=())


# --- the header: FOOPS! (https://w3id.org/foops/), the criteria that need no web, by their names


def value(graph: Graph, predicate: Node) -> list[Node]:
    return list(graph.objects(VOCABULARY, predicate))


def test_foops_purl1_persistent_url() -> None:
    assert VOCABULARY.startswith("https://w3id.org/")


def test_foops_http1_open_protocol() -> None:
    assert str(VOCABULARY).startswith(("http://", "https://"))


def test_foops_rdf1_available_as_rdf(vocabulary: Graph) -> None:
    for syntax in ("turtle", "xml", "nt"):
        assert len(Graph().parse(data=vocabulary.serialize(format=syntax), format=syntax)) == len(vocabulary)


def test_foops_uri2_consistent_identifier(vocabulary: Graph) -> None:
    assert list(vocabulary.subjects(RDF.type, OWL.Ontology)) == [VOCABULARY]


def test_foops_ver1_version_iri(vocabulary: Graph) -> None:
    (version,) = value(vocabulary, OWL.versionInfo)
    assert value(vocabulary, OWL.versionIRI) == [URIRef(f"{CTL}{version}/")]
    assert value(vocabulary, OWL.priorVersion) == [], "there is none before the first"
    notes = {str(each) for each in vocabulary.objects(VOCABULARY, SKOS.changeNote)}
    (day,) = value(vocabulary, DCT.issued)
    assert len(notes) == 2
    assert all(note.startswith(f"{version} ({day}): ") for note in notes)
    assert f"## {version} (" in (ONTOLOGY / "CHANGELOG.md").read_text(encoding="utf-8")


def test_foops_find1_prefix(vocabulary: Graph) -> None:
    assert value(vocabulary, VANN.preferredNamespacePrefix) == [Literal("ctl")]


def test_foops_find3bis_metadata_in_a_catalogue(vocabulary: Graph) -> None:
    assert value(vocabulary, SCHEMA.includedInDataCatalog)


def test_foops_om1_minimum_metadata(vocabulary: Graph) -> None:
    for predicate in (DCT.title, DCT.description, DCT.license, OWL.versionIRI, DCT.creator):
        assert value(vocabulary, predicate), predicate
    assert value(vocabulary, VANN.preferredNamespaceUri) == [Literal(CTL)]


def test_foops_om2_recommended_metadata(vocabulary: Graph) -> None:
    for predicate in (VANN.preferredNamespacePrefix, OWL.versionInfo, DCT.created, DCT.bibliographicCitation):
        assert value(vocabulary, predicate), predicate


def test_foops_om3_detailed_metadata(vocabulary: Graph) -> None:
    """All but the DOI, which a registry gives, and a logo, which the publication does not have."""
    for predicate in (DCT.publisher, BIBO.status, DCT.source, DCT.issued, DCT.modified):
        assert value(vocabulary, predicate), predicate


def test_foops_om41_licence(vocabulary: Graph) -> None:
    assert value(vocabulary, DCT.license) == [URIRef("https://creativecommons.org/licenses/by/4.0/")]


def test_foops_om51_basic_provenance(vocabulary: Graph) -> None:
    assert value(vocabulary, DCT.creator)
    assert value(vocabulary, DCT.created)


def test_foops_om52_detailed_provenance(vocabulary: Graph) -> None:
    assert value(vocabulary, DCT.issued)
    assert value(vocabulary, DCT.publisher)


def test_foops_voc1_metadata_vocabularies(vocabulary: Graph) -> None:
    used = {str(predicate) for predicate in vocabulary.predicates(VOCABULARY)}
    assert all(any(name.startswith(space) for name in used) for space in (str(DCT), str(VANN), str(OWL)))


def test_foops_voc2_reused_vocabularies(vocabulary: Graph) -> None:
    supers = {o for p in (RDFS.subClassOf, RDFS.subPropertyOf) for o in vocabulary.objects(None, p)}
    spaces = {str(o).rpartition("#")[0] for o in supers if isinstance(o, URIRef) and not o.startswith(CTL)}
    assert {"http://www.w3.org/ns/org", "http://www.w3.org/ns/prov", "http://www.w3.org/2004/02/skos/core"} <= spaces


def test_foops_voc3_all_terms_have_labels(vocabulary: Graph) -> None:
    assert all((term, RDFS.label, None) in vocabulary for term in terms(vocabulary))


def test_foops_voc4_all_terms_have_definitions(vocabulary: Graph) -> None:
    assert all((term, SKOS.definition, None) in vocabulary for term in terms(vocabulary))


def test_header_speaks_italian_and_english(vocabulary: Graph) -> None:
    for predicate in (DCT.title, DCT.description, RDFS.label, RDFS.comment):
        assert sorted(text.language for text in value(vocabulary, predicate)) == LANGUAGES


# --- the header: the rules of the national catalogue of semantic assets


@pytest.fixture(scope="module")
def rules(conformance: Path) -> Graph:
    return Graph().parse(conformance / "dcat-ap-it" / "ontopia-onto-rules.shacl", format="turtle")


def broken_rules(graph: Graph, rules: Graph) -> list[Node]:
    _, results, _ = pyshacl.validate(graph, shacl_graph=rules, advanced=True)
    return list(results.objects(None, SH.resultPath))


def test_national_rules(vocabulary: Graph, rules: Graph) -> None:
    paths = list(rules.objects(None, SH.path))
    assert len(paths) == RULES
    assert broken_rules(vocabulary, rules) == []


def test_national_rules_notice_what_is_missing(vocabulary: Graph, rules: Graph) -> None:
    for path in rules.objects(None, SH.path):
        lacking = Graph()
        lacking += vocabulary
        lacking.remove((VOCABULARY, path, None))
        assert broken_rules(lacking, rules) == [path]


# --- OWL 2 DL


def test_owl_2_dl(vocabulary: Graph, tmp_path: Path) -> None:
    violations, axioms = profile_violations(vocabulary, tmp_path)
    assert violations == []
    assert axioms > 1000


def test_owl_2_dl_notices_what_is_not(vocabulary: Graph, tmp_path: Path) -> None:
    wrong = Graph()
    wrong += vocabulary
    wrong.add((CTL.everMemberOf, RDF.type, OWL.FunctionalProperty))  # a chain makes it a property that is not simple
    violations, _ = profile_violations(wrong, tmp_path)
    assert len(violations) == 1
    assert "everMemberOf" in violations[0]


def test_ranges_are_datatypes_of_owl(vocabulary: Graph) -> None:
    properties = [term for term, kind in terms(vocabulary).items() if kind == "datatype property"]
    ranges = {found for term in properties for found in vocabulary.objects(term, RDFS.range)}
    assert ranges <= OWL_DATATYPES


def test_whatever_an_axiom_names_is_declared(vocabulary: Graph) -> None:
    declared = {s for s, o in vocabulary.subject_objects(RDF.type) if o in KINDS}
    axioms = (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, OWL.disjointWith, OWL.onProperty, OWL.someValuesFrom)
    named = {o for predicate in axioms for o in vocabulary.objects(None, predicate) if isinstance(o, URIRef)}
    named |= {p for s in terms(vocabulary) for p in vocabulary.predicates(s) if not str(p).startswith(LANGUAGE_ITSELF)}
    assert named - declared == set()


# --- consistent, with what ORG, PROV-O, SKOS and FOAF say


@pytest.fixture(scope="module")
def with_foundations(vocabulary: Graph, conformance: Path) -> Graph:
    graph = Graph()
    graph += vocabulary
    for name in ("org", "prov", "skos", "foaf"):
        for triple in _n_quads(conformance / "vocab" / f"{name}.nq"):
            graph.add(triple)
    return graph


def test_consistent_and_every_class_can_have_members(with_foundations: Graph, tmp_path: Path) -> None:
    verdict = reason(with_foundations, tmp_path)
    assert verdict.consistent
    assert verdict.unsatisfiable == ()


CONTRADICTIONS: Final = {
    "regional and national": "ctl:x a ctl:RegionalCluster , ctl:NationalCluster .",
    "an activity is derived from something": "ctl:x a ctl:Recognition ; prov:wasDerivedFrom ctl:y .",
    "a project is a cluster": "ctl:m ctl:inCollaboration ctl:x . ctl:x a ctl:Cluster .",
    "a source is an organisation": "ctl:x a ctl:Source , ctl:University .",
    "a membership is an organisation": "ctl:x ctl:inCluster ctl:y ; ctl:managingBody ctl:z .",
}


@pytest.mark.parametrize("facts", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictions_are_noticed(with_foundations: Graph, facts: str, tmp_path: Path) -> None:
    graph = Graph()
    graph += with_foundations
    graph.parse(data=f"@prefix ctl: <{CTL}> . @prefix prov: <http://www.w3.org/ns/prov#> . {facts}", format="turtle")
    assert not reason(graph, tmp_path).consistent


def test_unsatisfiable_class_is_noticed(with_foundations: Graph, tmp_path: Path) -> None:
    graph = Graph()
    graph += with_foundations
    graph.add((CTL.Impossible, RDF.type, OWL.Class))
    graph.add((CTL.Impossible, RDFS.subClassOf, CTL.Cluster))
    graph.add((CTL.Impossible, RDFS.subClassOf, CTL.Membership))
    assert reason(graph, tmp_path).unsatisfiable == (str(CTL.Impossible),)


# --- what is reused is true


def known_elsewhere() -> set[str]:
    return {space + term for space, local in KNOWN_ELSEWHERE.items() for term in local}


@pytest.mark.parametrize("name", ["ctl.ttl", "alignments.ttl", "reused.ttl"])
def test_reused_terms_exist(name: str, published: Graph, conformance: Path) -> None:
    eurio = (conformance / "vocab" / "eurio-terms.txt").read_text(encoding="utf-8").split()
    known = {str(subject) for subject in published.subjects()} | {EURIO + term for term in eurio}
    known |= known_elsewhere()
    used = {str(term) for triple in read(name) for term in triple if isinstance(term, URIRef)}
    reused = {iri for iri in used if not iri.startswith(("https://w3id.org/ctl/", *LANGUAGE_ITSELF))}
    assert len(reused) > 15
    assert sorted(reused - known) == []


def test_table_of_terms_known_elsewhere_has_nothing_too_much(published: Graph) -> None:
    graphs = [read(name) for name in ("ctl.ttl", "alignments.ttl", "reused.ttl")]
    used = {str(term) for graph in graphs for triple in graph for term in triple}
    assert sorted(known_elsewhere() - used) == []


def test_axioms_for_the_reasoner_are_those_published(published: Graph) -> None:
    axioms = set(read("reused.ttl"))
    assert len(axioms) == 20
    assert sorted(axioms - set(published)) == []
    assert (SKOS.altLabel, RDFS.subPropertyOf, RDFS.label) not in axioms


def test_alignments_entail_nothing(vocabulary: Graph) -> None:
    alignments = read("alignments.ttl")
    (header,) = alignments.subjects(RDF.type, OWL.Ontology)
    for predicate in (DCT.title, DCT.description):
        assert sorted(text.language for text in alignments.objects(header, predicate)) == LANGUAGES
    links = [triple for triple in alignments if triple[0] != header]
    assert len(links) == 56
    assert {predicate for _, predicate, _ in links} <= MAPPINGS
    assert sorted({subject for subject, _, _ in links} - set(terms(vocabulary))) == []


# --- the picture


def test_picture_shows_every_class(vocabulary: Graph) -> None:
    page = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"```mermaid\n(.*?)```", page, re.DOTALL)
    assert picture == draw(vocabulary)


def draw(graph: Graph) -> str:
    """The classes and the object properties between them, as a Mermaid class diagram."""
    names = graph.namespace_manager
    classes = sorted(term for term, kind in terms(graph).items() if kind == "class")
    lines = ["classDiagram", "    direction LR"]
    for term in classes:
        supers = sorted(o for o in graph.objects(term, RDFS.subClassOf) if isinstance(o, URIRef))
        lines += [f"    {_box(names.qname(parent))} <|-- {_box(names.qname(term))}" for parent in supers]
        lines += [] if supers else [f"    class {_box(names.qname(term))}"]
    for term in sorted(term for term, kind in terms(graph).items() if kind == "object property"):
        ends = [graph.value(term, RDFS.domain), graph.value(term, RDFS.range)]
        if all(end in classes for end in ends):
            domain, range_ = (_box(names.qname(end)) for end in ends)
            lines.append(f"    {domain} --> {range_} : {names.qname(term).removeprefix('ctl:')}")
    return "\n".join(lines) + "\n"


def _box(name: str) -> str:
    """Mermaid knows no colon in a name; our own classes need no prefix."""
    return name.removeprefix("ctl:").replace(":", "_")
