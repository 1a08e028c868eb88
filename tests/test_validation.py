"""What the shapes say, and what no foreign key can: each thing that is named is described by some table or file."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph

from ctl_graph.build import build, check
from ctl_graph.config import Config
from ctl_graph.errors import Finding, InvalidData, Place, Severity, SourceError
from ctl_graph.validation import validate

REGION = "https://example.org/region/"


@pytest.fixture
def workshop(world: Config, tmp_path: Path) -> Config:
    """A copy of the world that a test may break."""
    shutil.copytree(world.data, tmp_path / "data")
    return replace(world, data=tmp_path / "data", releases=tmp_path / "releases")


def misspelt(config: Config, table: str, old: str, new: str) -> tuple[Finding, ...]:
    path = config.data / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidData) as error:
        build(config)
    assert not config.releases.exists() or not list(config.releases.glob("[!.]*"))
    return error.value.findings


@pytest.mark.parametrize(
    ("table", "old", "new", "line", "column"),
    [
        ("participations.csv", "ponte,cluster/alfa,", "ponte,cluster/afla,", 2, "party"),
        ("disagreements.csv", "founded,cluster/alfa,", "founded,cluster/aalfa,", 2, "about"),
        ("statements.csv", "alfa-founded-2014,cluster/alfa,", "alfa-founded-2014,cluster/alpha,", 3, "subject"),
        ("clusters.csv", "ALFA,materials,", "ALFA,material,", 2, "domain"),
    ],
)
def test_a_name_that_nothing_describes_is_told_with_its_row(
    workshop: Config, table: str, old: str, new: str, line: int, column: str
) -> None:
    (wrong,) = (cell for cell in new.split(",") if cell not in old.split(","))
    (right,) = (cell for cell in old.split(",") if cell not in new.split(","))
    findings = misspelt(workshop, table, old, new)
    assert {finding.code for finding in findings} == {"dangling"}
    assert {(finding.place.path, finding.place.line) for finding in findings} == {(f"data/{table}", line)}
    assert column in {finding.place.column for finding in findings}
    for finding in findings:
        assert wrong in finding.message.en
        assert right in finding.message.it, "the right name is proposed"


def test_a_row_that_is_not_accepted_is_no_excuse(workshop: Config) -> None:
    findings = misspelt(
        workshop,
        "participations.csv",
        "ponte-alfa,ponte,cluster/alfa,partner,,newspaper,medium,yes,",
        "ponte-alfa,ponte,cluster/afla,partner,,newspaper,medium,no,context",
    )
    assert {finding.place.line for finding in findings} == {2}


def test_a_name_in_turtle_is_told_with_its_statement(workshop: Config) -> None:
    findings = misspelt(workshop, "schemes/roles.ttl", "inScheme <https://example.org/region/id/scheme/roles>",
                        "inScheme <https://example.org/region/id/scheme/rolls>")  # fmt: skip
    assert {finding.code for finding in findings} == {"dangling"}
    assert all("scheme/rolls" in finding.message.en and "skos:inScheme" in finding.message.en for finding in findings)


def test_the_world_has_no_such_name(workshop: Config) -> None:
    assert check(workshop)[1].conforms


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix : <https://example.org/> .
:Shape a sh:NodeShape ; sh:targetNode :a ;
"""


def judged(shape: str) -> tuple[Finding, ...]:
    data = Graph().parse(data="<https://example.org/a> <https://example.org/p> 'x' .", format="turtle")
    shapes = Graph().parse(data=SHAPES + shape, format="turtle")
    return validate(data, shapes, lambda *_: Place("data")).findings


@pytest.mark.parametrize(
    "shape",
    [
        "sh:property [ sh:path :p ; sh:pattern '(' ] .",
        "sh:property [ sh:path 'x' ; sh:minCount 1 ] .",
        "sh:property [ sh:path :p ; sh:minCount 'x' ] .",
        "sh:property [ sh:minCount 1 ] .",
        "sh:sparql [ a sh:SPARQLConstraint ; sh:select 'SELECT $this WHERE {' ] .",
    ],
)
def test_wrong_shapes_are_said(shape: str) -> None:
    with pytest.raises(SourceError) as error:
        judged(shape)
    assert [finding.code for finding in error.value.findings] == ["shapes"]


def test_a_severity_that_is_not_known_is_a_violation() -> None:
    (finding,) = judged("sh:property [ sh:path :q ; sh:minCount 1 ; sh:severity :Odd ] .")
    assert finding.severity is Severity.VIOLATION


def test_findings_of_one_row_are_always_in_the_same_order() -> None:
    """They stand in the manifest, which is the same wherever the same sources are built."""
    shapes = Graph().parse(
        data="""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .
        :Shape a sh:NodeShape ; sh:targetNode :x ; sh:property [ sh:path :p ; sh:maxLength 1 ] ."""
    )
    values = ", ".join(f'"{number:03}"' for number in range(20))
    data = Graph().parse(data=f"<https://example.org/x> <https://example.org/p> {values} .")
    report = validate(data, shapes, lambda *_: Place("data/x.csv", 2))
    said = [finding.message.en for finding in report.findings if finding.code == "Shape"]
    assert len(said) == 20
    assert said == sorted(said)
