"""Ask the OWL reasoner HermiT and the OWL API, both of which owlready2 ships as Java archives."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
from rdflib import OWL, RDF, Graph, URIRef

PROFILE_SOURCE: Final = Path(__file__).parent / "conformance" / "OwlProfile.java"
UNSATISFIABLE: Final = re.compile(r"^\t<([^>]+)>$", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What HermiT says of an ontology."""

    consistent: bool
    unsatisfiable: tuple[str, ...]


def reason(graph: Graph, folder: Path) -> Verdict:
    """Is the graph consistent, and which of its classes can have no member?"""
    archive = _archive("hermit/HermiT.jar")
    document = _document(graph, folder)
    answer = _java("-cp", str(archive), "org.semanticweb.HermiT.cli.CommandLine", "-U", document.as_uri())
    if "InconsistentOntologyException" in answer.stderr:
        return Verdict(consistent=False, unsatisfiable=())
    assert "Classes equivalent to 'owl:Nothing'" in answer.stdout, answer.stderr
    return Verdict(consistent=True, unsatisfiable=tuple(UNSATISFIABLE.findall(answer.stdout)))


def profile_violations(graph: Graph, folder: Path) -> tuple[list[str], int]:
    """The ways in which the graph is not OWL 2 DL (https://www.w3.org/TR/owl2-syntax/#Ontologies), and its axioms."""
    if shutil.which("javac") is None:
        pytest.skip("needs a Java development kit (javac): the OWL API's profile check is a few lines of Java")
    archive = _archive("pellet/owlapi-distribution-3.4.3-bin.jar")
    document = folder / "ontology.rdf"
    graph.serialize(document, format="xml")
    answer = _java("-cp", str(archive), str(PROFILE_SOURCE), str(document))
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    violations = [line.removeprefix("violation ") for line in lines if line.startswith("violation ")]
    return violations, int(lines[-1].removeprefix("axioms "))


def _archive(name: str) -> Path:
    if shutil.which("java") is None:
        pytest.skip("needs Java: HermiT and the OWL API run on it")
    package = find_spec("owlready2")
    if package is None or package.origin is None:
        pytest.skip("needs owlready2, which ships HermiT and the OWL API")
    return Path(package.origin).parent / name


def _document(graph: Graph, folder: Path) -> Path:
    """One document without imports: the reasoner must not go and fetch any."""
    merged = Graph()
    merged += graph
    for ontology in list(merged.subjects(RDF.type, OWL.Ontology)):
        merged.remove((ontology, None, None))
    merged.add((URIRef("urn:merged"), RDF.type, OWL.Ontology))
    path = folder / "merged.rdf"
    merged.serialize(path, format="xml")
    return path


def _java(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["java", "-Xmx1000M", *arguments]
    environment = os.environ | {"LC_ALL": "C"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
