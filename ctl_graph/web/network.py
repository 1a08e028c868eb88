"""The network of clusters, members and collaborations as a drawing: who links whom, and where each stands.

The same links give the same drawing. The clusters are on a ring; what belongs to one of them is fanned out outside of
it, what belongs to several stands inside, near the middle of its clusters, where it covers no name.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from ctl_graph import questions
from ctl_graph.questions import Table
from ctl_graph.store import Literal, Term
from ctl_graph.web import site

CLUSTER: Final = "Cluster"
COLLABORATION: Final = "Collaboration"
# The kinds of nodes, in the order of the legend: each has a shape and a colour of its own.
TYPES: Final = ("University", "ResearchBody", "Enterprise", "PublicBody", "Association", "unknown", COLLABORATION)
# In units of the drawing.
_RING: Final = 330
# A name inside takes so much of the ring's radius, squared.
_ROOM: Final = 75
_FIRST_ROW: Final = 75
_ROW: Final = 34
_BESIDE: Final = 30
_LETTER: Final = 7.2
_LINE: Final = 16
_LINE_LENGTH: Final = 22
_IN_CIRCLE: Final = 6
_IN_LINE: Final = 10
_IN_LINES: Final = 4
_MARGIN: Final = 60
_STEP: Final = 12
_TRIES: Final = 2000
_GOLDEN: Final = math.pi * (3 - math.sqrt(5))
# https://www.w3.org/TR/xml/#charsets leaves these out; the rest is done by `harmless`.
_NOT_XML: Final = re.compile("[\ufffe\uffff]")

Point = tuple[float, float]
# With its language where that is not the reader's.
Name = tuple[str, str | None]


@dataclass(frozen=True)
class Link:
    """A row of the question, as the drawing and the table need it: days are as in the answer, empty if not known."""

    cluster: str
    thing: str
    type: str
    first_day: str
    last_day: str
    is_dated: bool


@dataclass(frozen=True)
class Node:
    """A cluster, member or collaboration in its place; `short` are lines written there, `linked` are other numbers."""

    number: int
    iri: str
    name: str
    language: str | None
    short: tuple[str, ...]
    type: str
    x: int
    y: int
    linked: tuple[int, ...]

    @property
    def is_cluster(self) -> bool:
        return self.type == CLUSTER

    @property
    def inside(self) -> Sequence[str]:
        """The lines that the circle of a cluster holds: its short name, or its name in small letters, where it fits."""
        if len("".join(self.short)) <= _IN_CIRCLE:
            return self.short
        lines = wrap(self.name, _IN_LINE, break_long_words=False)
        return lines if len(lines) <= _IN_LINES and max(map(len, lines)) <= _IN_LINE else ()


@dataclass(frozen=True)
class Edge:
    """A line from a cluster to what is linked to it."""

    cluster: Node
    thing: Node
    is_dated: bool


@dataclass(frozen=True)
class Network:
    """The drawing: `left`, `top`, `width` and `height` are what is shown of the plane."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    left: int
    top: int
    width: int
    height: int


def links(table: Table) -> list[Link]:
    def read(row: Mapping[str, Term | None]) -> Link:
        words = {column: questions.text(term) for column, term in row.items()}
        return Link(
            words["cluster"],
            words["thing"],
            words["type"],
            words["first_day"],
            words["last_day"],
            words["dated"] == "dated",
        )

    return [read(row) for row in table]


def counts(found: Sequence[Link]) -> dict[str, int]:
    """How many nodes there are of each type that there is, in the order of the legend; clusters come first."""
    types = {link.thing: link.type for link in found}
    numbers = {type: sum(each == type for each in types.values()) for type in TYPES}
    return {
        CLUSTER: len({link.cluster for link in found}),
        **{type: number for type, number in numbers.items() if number},
    }


def network(table: Table, acronyms: Mapping[str, str]) -> Network:
    """The drawing of the answer to the question `network`."""
    found = links(table)
    called = names(table)
    of_thing: dict[str, list[str]] = defaultdict(list)
    types: dict[str, str] = {}
    for link in found:
        if link.cluster not in of_thing[link.thing]:
            of_thing[link.thing].append(link.cluster)
        types.setdefault(link.thing, link.type)
    clusters = sorted({link.cluster for link in found})
    short = {iri: _lines(_NOT_XML.sub("", acronyms.get(iri) or name)) for iri, (name, _) in called.items()}
    places = _places(clusters, of_thing, short)
    order = [*clusters, *sorted(of_thing, key=lambda iri: (TYPES.index(types[iri]), called[iri][0].casefold(), iri))]
    numbers = {iri: number for number, iri in enumerate(order)}
    linked: dict[str, set[int]] = defaultdict(set)
    for link in found:
        linked[link.cluster].add(numbers[link.thing])
        linked[link.thing].add(numbers[link.cluster])

    def node(iri: str) -> Node:
        type = types.get(iri, CLUSTER)
        is_named = type == CLUSTER or len(of_thing[iri]) > 1
        x, y = places[iri]
        name, language = called[iri]
        beside = short[iri] if is_named else ()
        return Node(numbers[iri], iri, name, language, beside, type, round(x), round(y), tuple(sorted(linked[iri])))

    nodes = [node(iri) for iri in order]
    dated = {(link.cluster, link.thing) for link in found if link.is_dated}
    pairs = sorted({(numbers[link.cluster], numbers[link.thing]) for link in found})
    edges = [Edge(nodes[a], nodes[b], (order[a], order[b]) in dated) for a, b in pairs]
    return Network(nodes, edges, *_frame(nodes))


def names(table: Table) -> dict[str, Name]:
    """What each is called, with the language of the name where it is another than the reader's."""
    found: dict[str, Name] = {}
    readers = site.language()
    for row in table:
        for column in ("cluster", "thing"):
            iri, label = questions.text(row[column]), row[f"{column}_label"]
            name = questions.text(label) or iri.rstrip("/").rpartition("/")[2]
            tag = label.language if isinstance(label, Literal) else None
            found[iri] = (_NOT_XML.sub("", name), tag if tag != readers else None)
    return found


def _lines(name: str) -> tuple[str, ...]:
    """The name in two lines at most; what does not fit is left out, and said so."""
    first, *rest = wrap(name, _LINE_LENGTH, max_lines=2, placeholder="…") or [""]
    return first, *rest


# -- where each stands -------------------------------------------------------------------------------------------------


def _places(
    clusters: Sequence[str], of_thing: Mapping[str, Sequence[str]], short: Mapping[str, Sequence[str]]
) -> dict[str, Point]:
    inside = sum(len(linked) > 1 for linked in of_thing.values())
    ring = max(_RING, _ROOM * math.sqrt(inside)) if len(clusters) > 1 else 0
    angles = {iri: 2 * math.pi * place / len(clusters) - math.pi / 2 for place, iri in enumerate(clusters)}
    places = {iri: _at(angle, ring) for iri, angle in angles.items()}
    alone: dict[str, list[str]] = defaultdict(list)
    between: list[str] = []
    for thing, linked in of_thing.items():
        if len(linked) == 1:
            alone[linked[0]].append(thing)
        else:
            between.append(thing)
    width = 2 * math.pi / max(len(clusters), 1)
    for iri, things in alone.items():
        places |= dict(zip(sorted(things), _fan(angles[iri], ring, width), strict=False))
    taken = [_box(places[iri], _BESIDE, _BESIDE) for iri in clusters]
    for thing in sorted(between, key=lambda each: (-len(of_thing[each]), each)):
        near = _middle([places[iri] for iri in of_thing[thing]])
        places[thing] = _free(near, _half(short[thing]), len(short[thing]), ring - _BESIDE, taken)
    return places


def _at(angle: float, radius: float) -> Point:
    return radius * math.cos(angle), radius * math.sin(angle)


def _fan(angle: float, ring: float, width: float) -> Iterator[Point]:
    """Places outside of a cluster, row behind row, as many in each as the sector of the cluster holds."""
    radius = ring + _FIRST_ROW
    while True:
        room = max(1, math.floor(width * 0.86 * radius / _BESIDE))
        for place in range(room):
            yield _at(angle + (place - (room - 1) / 2) * _BESIDE / radius, radius)
        radius += _ROW


def _middle(points: Sequence[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


Box = tuple[float, float, float, float]


def _box(point: Point, wide: float, high: float) -> Box:
    return point[0] - wide, point[1] - high, point[0] + wide, point[1] + high


def _half(lines: Sequence[str]) -> float:
    """Half of how wide these lines are."""
    return max((len(line) for line in lines), default=0) * _LETTER / 2 + 4


def _free(near: Point, half: float, lines: int, within: float, taken: list[Box]) -> Point:
    """The first place inside, on a spiral around this one, where a name covers no other; it is taken from now on."""
    for turn in range(_TRIES):
        x, y = _at(turn * _GOLDEN, _STEP * math.sqrt(turn))
        place = near[0] + x, near[1] + y
        box = place[0] - half, place[1] - _LINE, place[0] + half, place[1] + (lines + 0.5) * _LINE
        if math.hypot(*place) < within and not any(_meet(box, other) for other in taken):
            break
    taken.append(box)
    return place


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _frame(nodes: Iterable[Node]) -> tuple[int, int, int, int]:
    xs, ys = [0], [0]
    for each in nodes:
        half = round(_half(each.short))
        xs += [each.x - half, each.x + half]
        ys += [each.y, each.y + len(each.short) * _LINE]
    left, top = min(xs) - _MARGIN, min(ys) - _MARGIN
    return left, top, max(xs) + _MARGIN - left, max(ys) + _MARGIN - top
