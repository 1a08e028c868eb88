"""What follows is all that OWL 2 RL lets follow of our things, drawn without the equalities that say nothing."""

import pytest
from owlrl import OWLRL_Semantics
from rdflib import OWL, Graph

from ctl_graph.reasoning import infer

BASE = "https://example.org/"
PREFIXES = f"""
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <{BASE}id/> .
"""
AXIOMS = """
:founded owl:inverseOf :founder ; rdfs:subPropertyOf :supports .
:seat a owl:FunctionalProperty .
:Founder rdfs:subClassOf :Member .
"""
FACTS = ":a :founded :x ; a :Founder ; :seat :milan , :milano . :b owl:sameAs :a ; :knows :c ."


def graph(text: str) -> Graph:
    return Graph().parse(data=PREFIXES + text, format="turtle")


def test_what_is_equal_shares_what_is_said() -> None:
    facts, axioms = graph(FACTS), graph(AXIOMS)
    closure = facts + axioms
    OWLRL_Semantics(closure, axioms=False, daxioms=False, rdfs=False).closure()
    expected = {each for each in closure if each[0] != each[2] and each[2] != OWL.Thing} - set(facts)
    found = set(infer(facts, axioms, BASE).graph)
    assert found == {each for each in expected if str(each[0]).startswith(f"{BASE}id/")}
    assert set(graph(":b a :Member ; :supports :x . :milan owl:sameAs :milano . :a :knows :c .")) <= found


@pytest.mark.parametrize(
    "facts",
    [
        ":a owl:differentFrom :a .",
        ":a owl:sameAs :b . :b owl:differentFrom :a .",
        FACTS + ":milan owl:differentFrom :milano .",
    ],
)
def test_what_differs_is_not_equal(facts: str) -> None:
    assert infer(graph(facts), graph(AXIOMS), BASE).contradictions


def test_nothing_is_said_to_be_itself() -> None:
    assert (None, OWL.sameAs, None) not in infer(graph(":a :founded :b ."), graph(AXIOMS), BASE).graph
