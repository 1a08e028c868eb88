"""Each line of code has a room: imports only reach down, and each library stays where this table lets it in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "ctl_graph"

FLOORS = (
    {"errors", "vocab"},
    {"boundaries", "budget", "formats", "config", "logs", "spool", "tokens", "transport"},
    {"tables", "store"},
    {"sources", "worker", "search", "questions", "remote", "datasets", "spelling"},
    {
        "catalog",
        "dublin_core",
        "federation",
        "mappings",
        "process",
        "profiles",
        "reasoning",
        "reconciliation",
        "validation",
    },
    {"dcat", "pool", "release"},
    {"changes", "loading", "sandbox"},
    {"feed"},
    {"build", "oai"},
    {"web", "cli"},
    {"__main__"},
)
LIBRARIES = {
    "SPARQLWrapper": {"remote"},
    "click": {"cli"},
    "csvw": {"tables"},
    "flask": {"web"},
    "jinja2": {"web"},
    "owlrl": {"reasoning"},
    "prometheus_client": {"web"},
    "pyld": {"formats"},
    "pyoxigraph": {"formats", "store", "worker", "release"},
    "pyseccomp": {"worker"},
    "pyshacl": {"validation"},
    "rapidfuzz": {"spelling", "reconciliation"},
    "rdflib": {"tables", "sources", "reasoning", "validation"},
    "sqlite3": {"budget", "search"},
    "uritemplate": {"tables"},
    "werkzeug": {"web"},
}
# `ctl-graph serve` starts the web application, which stands on the same floor.
NEIGHBOURS = {("cli", "web")}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The first name below the package: a module, or the package that a module stands in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_used(path: Path) -> set[str]:
    names = {name.split(".")[1] for name in imported(path) if name.startswith("ctl_graph.")}
    return names - {"__version__", room(path)}


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_only_reach_down(path: Path) -> None:
    if room(path) == "__init__":
        assert not rooms_used(path)
        return
    for used in rooms_used(path):
        beside = (room(path), used) in NEIGHBOURS
        assert floor(used) < floor(room(path)) or beside, f"{room(path)} reaches up to {used}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    for name in imported(path):
        library = name.split(".")[0]
        assert room(path) in LIBRARIES.get(library, {room(path)}), f"{library} has no business in {room(path)}"


def test_every_room_stands_on_a_floor() -> None:
    assert {room(path) for path in modules()} - {"__init__"} == set().union(*FLOORS)


def test_the_picture_in_the_documentation_is_this_table() -> None:
    page = (PACKAGE.parent / "docs" / "design.md").read_text(encoding="utf-8")
    drawn = dict(re.findall(r"^floor (\d+) +(.+)$", page, re.MULTILINE))
    words = {int(number): set(re.findall(r"\w+", line)) for number, line in drawn.items()}
    assert {number: words[number] & rooms for number, rooms in enumerate(FLOORS)} == dict(enumerate(FLOORS))
    assert not any(words[number] & rooms for number in words for other, rooms in enumerate(FLOORS) if other != number)
