"""The classes of the vocabulary as a drawing: boxes in columns, from what leads to others to what is led to.

The same classes give the same drawing. An arrow with a triangle leads to the wider class, a plain one from a property
to the class of its values; long ones go around boxes through a place of their own in each column between. The method is
that of layered graphs: columns by the longest way, the order within them by the middle of the neighbours.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

# In units of the drawing.
_LETTER: Final = 7.1
_TITLE_LETTER: Final = 8.8
_PADDING: Final = 10
_TITLE: Final = 28
_LINE: Final = 19
_PASSAGE: Final = 10
_GAP: Final = 16
_BETWEEN: Final = 64
_MARGIN: Final = 16
_SWEEPS: Final = 12
_ROW_WIDTH: Final = 1400

Lane = tuple[str, str, int]


@dataclass(frozen=True)
class Property:
    """A property of a class whose values are things of another: its IRI, its name, and that class."""

    iri: str
    name: str
    to: str


@dataclass(frozen=True)
class Concept:
    """A class with what is drawn of it: the wider classes, and the properties that lead to others.

    `code` is how a query writes it, where it is a class of others.
    """

    iri: str
    name: str
    code: str = ""
    wider: Sequence[str] = ()
    properties: Sequence[Property] = ()


@dataclass(frozen=True)
class Line:
    """A property in the box of its class; `text` names the class that it leads to, too."""

    property: Property
    text: str
    y: int


@dataclass(frozen=True)
class Box:
    """A class in its place."""

    concept: Concept
    x: int
    y: int
    width: int
    height: int
    lines: Sequence[Line]


@dataclass(frozen=True)
class Arrow:
    """A line with an arrow, as the path of SVG; to the wider class, or from a property to its values."""

    path: str
    is_wider: bool


@dataclass(frozen=True)
class Diagram:
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    width: int
    height: int


def diagram(concepts: Sequence[Concept]) -> Diagram:
    """The drawing of these classes; what they lead to has to be among them."""
    return _Layout(concepts).drawn()


class _Layout:
    """The places of boxes, and of the passages of long arrows; both are nodes of columns."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self.concepts = {each.iri: each for each in concepts}
        edges = [(each.iri, wider) for each in concepts for wider in each.wider]
        edges += [(each.iri, property.to) for each in concepts for property in each.properties]
        self.edges = sorted({(start, end) for start, end in edges if start != end})
        linked = {iri for edge in self.edges for iri in edge}
        self.apart = [each for each in concepts if each.iri not in linked]
        self.column = self._columns([each.iri for each in concepts if each.iri in linked])
        self.ways = {edge: self._way(*edge) for edge in self.edges}
        self.order = self._ordered()
        self.width = {each.iri: _width(each, self.concepts) for each in concepts}
        self.height = {each.iri: _TITLE + _LINE * len(each.properties) + _PADDING // 2 for each in concepts}
        self.top = self._tops()
        self.left = self._lefts()

    def _columns(self, iris: Sequence[str]) -> dict[str, int]:
        """Each as far to the right as the longest way to it is; of a circle, the last edge leads back."""
        following: dict[str, list[str]] = defaultdict(list)
        for start, end in self.edges:
            following[start].append(end)
        done: list[str] = []
        open_: list[str] = []
        back: set[tuple[str, str]] = set()

        def visit(iri: str) -> None:
            open_.append(iri)
            for end in following[iri]:
                if end in open_:
                    back.add((iri, end))
                elif end not in done:
                    visit(end)
            open_.remove(iri)
            done.append(iri)

        for iri in iris:
            if iri not in done:
                visit(iri)
        column: dict[str, int] = {}
        for iri in done:  # what is led to comes first
            ends = [column[end] for end in following[iri] if (iri, end) not in back]
            column[iri] = max(ends, default=-1) + 1
        last = max(column.values(), default=0)
        return {iri: last - place for iri, place in column.items()}

    def _way(self, start: str, end: str) -> list[str | Lane]:
        """An edge from left to right, with a passage in each column between."""
        first, last = sorted((start, end), key=self.column.__getitem__)
        between = range(self.column[first] + 1, self.column[last])
        return [first, *((start, end, column) for column in between), last]

    def _ordered(self) -> list[list[str | Lane]]:
        columns: list[list[str | Lane]] = [[] for _ in range(max(self.column.values(), default=-1) + 1)]
        for iri, place in self.column.items():
            columns[place].append(iri)
        for way in self.ways.values():
            for lane in way[1:-1]:
                assert isinstance(lane, tuple)
                columns[lane[2]].append(lane)
        for sweep in range(_SWEEPS):
            forwards = sweep % 2 == 0
            for column in columns if forwards else reversed(columns):
                places = {node: float(index) for each in columns for index, node in enumerate(each)}
                wished = {**places, **self._middles(places, forwards)}
                column.sort(key=lambda node, wished=wished: (wished[node], str(node)))  # type: ignore[misc]
        return columns

    def _middles(self, place: Mapping[str | Lane, float], forwards: bool) -> dict[str | Lane, float]:
        """For each node the middle of its neighbours on the one side."""
        near: dict[str | Lane, list[float]] = defaultdict(list)
        for way in self.ways.values():
            for left, right in pairwise(way):
                one, other = (right, left) if forwards else (left, right)
                near[one].append(place[other])
        return {node: sum(places) / len(places) for node, places in near.items()}

    def _size(self, node: str | Lane) -> float:
        return self.height[node] if isinstance(node, str) else _PASSAGE

    def _tops(self) -> dict[str | Lane, float]:
        """From top to bottom in their order, as near to the middle of their neighbours as there is room."""
        top: dict[str | Lane, float] = {}
        for column in self.order:
            y = 0.0
            for node in column:
                top[node] = y
                y += self._size(node) + _GAP
        for sweep in range(_SWEEPS):
            for column in self.order if sweep % 2 else reversed(self.order):
                centre = {node: y + self._size(node) / 2 for node, y in top.items()}
                middles = self._middles(centre, bool(sweep % 2))
                wished = [middles.get(node, centre[node]) - self._size(node) / 2 for node in column]
                top |= dict(zip(column, _spread(wished, [self._size(node) + _GAP for node in column]), strict=True))
        least = min(top.values(), default=0)
        return {node: y - least + _MARGIN for node, y in top.items()}

    def _lefts(self) -> list[float]:
        lefts, x = [], float(_MARGIN)
        for column in self.order:
            lefts.append(x)
            x += self._widest(column) + _BETWEEN
        return lefts

    def _widest(self, column: Iterable[str | Lane]) -> float:
        return max((self.width[node] for node in column if isinstance(node, str)), default=0)

    def drawn(self) -> Diagram:
        boxes = {
            iri: self._box(self.concepts[iri], self.left[place], self.top[iri]) for iri, place in self.column.items()
        }
        bottom = max((each.y + each.height for each in boxes.values()), default=0)
        right = max((each.x + each.width for each in boxes.values()), default=_ROW_WIDTH)
        arrows = [self._wider(boxes, iri, wider) for iri, each in self.concepts.items() for wider in each.wider]
        arrows += [self._leading(boxes, boxes[iri], line) for iri in boxes for line in boxes[iri].lines]
        apart = list(self._rows(bottom + 3 * _GAP, right))
        every = [*boxes.values(), *apart]
        width = max((each.x + each.width for each in every), default=0) + _MARGIN
        height = max((each.y + each.height for each in every), default=0) + _MARGIN
        return Diagram(sorted(every, key=lambda each: each.concept.name.casefold()), arrows, width, height)

    def _rows(self, top: int, right: int) -> Iterable[Box]:
        """What neither leads anywhere nor is led to stands below the rest."""
        x, y = _MARGIN, top
        for each in self.apart:
            if x > _MARGIN and x + self.width[each.iri] > right:
                x, y = _MARGIN, y + _TITLE + _PADDING // 2 + _GAP
            yield self._box(each, x, y)
            x += self.width[each.iri] + _GAP

    def _box(self, concept: Concept, x: float, y: float) -> Box:
        lines = [
            Line(each, _text(each, self.concepts), _TITLE + _LINE * place + _LINE - 5)
            for place, each in enumerate(concept.properties)
        ]
        return Box(concept, round(x), round(y), self.width[concept.iri], self.height[concept.iri], lines)

    def _wider(self, boxes: Mapping[str, Box], iri: str, wider: str) -> Arrow:
        return Arrow(self._path(boxes, iri, wider, boxes[iri].y + _TITLE / 2), True)

    def _leading(self, boxes: Mapping[str, Box], box: Box, line: Line) -> Arrow:
        return Arrow(self._path(boxes, box.concept.iri, line.property.to, box.y + line.y - 4), False)

    def _path(self, boxes: Mapping[str, Box], start: str, end: str, y: float) -> str:
        """From the side of the box that faces the other, curve by curve through the passages."""
        one, other = boxes[start], boxes[end]
        if start == end:  # a loop on the right side
            x, low = one.x + one.width, one.y + _TITLE / 2
            return f"M{x} {y:.0f}C{x + 34} {y:.0f} {x + 34} {low:.0f} {x} {low:.0f}"
        way = self.ways[start, end]
        is_right = way[0] == start
        lanes = [node for node in (way if is_right else reversed(way)) if isinstance(node, tuple)]
        target = other.y + min(_TITLE / 2, other.height / 2)
        points: list[tuple[float, float]] = [(one.x + one.width if is_right else one.x, y)]
        for lane in lanes:
            left = self.left[lane[2]]
            sides = (left, left + self._widest(self.order[lane[2]]))
            points += [(x, self.top[lane] + _PASSAGE / 2) for x in (sides if is_right else sides[::-1])]
        points.append((other.x if is_right else other.x + other.width, target))
        return _curves(points)


def _spread(wished: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Places in this order that do not meet, as near to the wished ones as that goes: blocks that meet are joined."""
    blocks: list[tuple[float, float, list[float]]] = []  # top, height, sizes
    for place, size in zip(wished, sizes, strict=True):
        top, height, held = place, size, [size]
        while blocks and blocks[-1][0] + blocks[-1][1] > top:
            above = blocks.pop()
            top = (above[0] * len(above[2]) + (top - above[1]) * len(held)) / (len(above[2]) + len(held))
            height, held = above[1] + height, above[2] + held
        blocks.append((top, height, held))
    places: list[float] = []
    for top, _, held in blocks:
        for size in held:
            places.append(top)
            top += size
    return places


def _curves(points: Sequence[tuple[float, float]]) -> str:
    """Between columns a curve, along a column a straight line."""
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for place, (x, y) in enumerate(points[1:]):
        before = points[place]
        if place % 2:
            path += f"H{x:.0f}"
        else:
            middle = (before[0] + x) / 2
            path += f"C{middle:.0f} {before[1]:.0f} {middle:.0f} {y:.0f} {x:.0f} {y:.0f}"
    return path


def _text(property: Property, concepts: Mapping[str, Concept]) -> str:
    return f"{property.name} → {concepts[property.to].name}"


def _width(concept: Concept, concepts: Mapping[str, Concept]) -> int:
    texts = [len(_text(each, concepts)) * _LETTER for each in concept.properties]
    title = len(concept.name) * _TITLE_LETTER + len(concept.code) * _LETTER + _PADDING
    return round(max([title, *texts]) + 2 * _PADDING)
