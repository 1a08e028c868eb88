"""Words for what is not ours: the terms of other vocabularies and the codes of the European Union, in two languages."""

import re
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef

from ctl_graph.sources import Sources
from ctl_graph.vocab import ACCEPTED, CTL, ONTOLOGY, compact
from ctl_graph.web.messages import TERMS

ROOT = Path(__file__).parents[1]
HEADER = URIRef(CTL + "labels")
CODES = "http://publications.europa.eu/resource/authority/"
COUNTRY = CODES + "country/"


@pytest.fixture(scope="module")
def labels() -> Graph:
    return Graph().parse(ROOT / "ontology" / "labels.ttl")


@pytest.fixture(scope="module")
def used(real: Sources) -> set[URIRef]:
    """The predicates and classes of other vocabularies in all that is published."""
    quads = real.dataset.quads()
    terms = {term for _, predicate, value, _ in quads for term in (predicate, value if predicate == RDF.type else None)}
    return {term for term in terms if isinstance(term, URIRef) and not term.startswith(CTL)}


def named(graph: Graph) -> dict[URIRef, dict[str | None, str]]:
    names: dict[URIRef, dict[str | None, str]] = {}
    for term, label in graph.subject_objects(RDFS.label):
        assert isinstance(term, URIRef)
        assert isinstance(label, Literal)
        assert label.language not in names.setdefault(term, {}), term
        names[term][label.language] = str(label)
    return names


def test_each_term_of_others_that_is_used_has_a_name_in_two_languages(labels: Graph, used: set[URIRef]) -> None:
    names = named(labels)
    assert len(used) > 140
    assert sorted(used - set(names)) == []
    assert {frozenset(found) for found in names.values()} == {frozenset(("it", "en"))}


def test_no_term_is_named_that_is_not_used(labels: Graph, used: set[URIRef]) -> None:
    metadata = "".join(path.read_text("utf-8") for path in (ROOT / "data").glob("*-metadata.json"))
    ready = {URIRef(iri) for iri in re.findall(r'Url": "(http[^"{]+)"', metadata)}  # in a table that is still empty
    terms = {term for term in named(labels) if not term.startswith(CODES)}
    assert sorted(terms - used - ready) == []


def test_pages_and_data_say_the_same_word(labels: Graph) -> None:
    both = {term: names for term, names in named(labels).items() if compact(term) in TERMS}
    assert len(both) > 80
    for term, names in both.items():
        message = TERMS[compact(term)]
        assert names == {"it": message.it, "en": message.en}, term


def test_nothing_but_labels_is_said_of_others(labels: Graph, real: Sources) -> None:
    assert {predicate for subject, predicate, _ in labels if subject != HEADER} == {RDFS.label}
    assert (HEADER, RDF.type, OWL.Ontology) in labels
    published = real.graph(ONTOLOGY)
    assert [triple for triple in labels if triple not in published] == []


def test_codes_of_countries_languages_and_currencies_have_names(labels: Graph, real: Sources) -> None:
    accepted = real.graph(ACCEPTED)
    coded = re.compile(f"{CODES}(country|language|currency)/")
    codes = {value for value in accepted.objects() if isinstance(value, URIRef) and coded.match(value)}
    assert len(codes) > 20
    for code in codes:
        property = SKOS.prefLabel if code.startswith(COUNTRY) else RDFS.label
        found = {name.language for name in accepted.objects(code, property) if isinstance(name, Literal)}
        assert found == {"it", "en"}, code


def test_a_country_has_its_code() -> None:
    countries = Graph().parse(ROOT / "data" / "schemes" / "countries.ttl")
    concepts = set(countries.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) > 20
    for country in concepts:
        assert list(countries.objects(country, SKOS.notation)) == [Literal(str(country).removeprefix(COUNTRY))]
