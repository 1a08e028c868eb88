"""The outlines of the maps: the provinces of a region and the countries of Europe, read from GeoJSON
(https://www.rfc-editor.org/rfc/rfc7946), laid flat and ready to be drawn.

A feature has the code of its territory as `id` (NUTS-3, https://ec.europa.eu/eurostat/web/nuts; ISO 3166-1 of three
letters), its `name` and, where it may choose, the point of its `label`. A `bbox` of the collection is what is shown.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ctl_graph.errors import ConfigError

HERE: Final = Path(__file__).parent
PROVINCES: Final = HERE / "provinces.geojson"
COUNTRIES: Final = HERE / "countries.geojson"
# How wide a plan is; a unit is less than a pixel of most screens, so that whole numbers will do.
WIDTH: Final = 800
_MARGIN: Final = 10

Point = tuple[float, float]
Ring = Sequence[Point]


@dataclass(frozen=True)
class Shape:
    """A territory on the globe: outer rings of longitude and latitude in degrees, holes left out."""

    code: str
    name: str
    rings: tuple[Ring, ...]
    label: Point


@dataclass(frozen=True)
class Outline:
    """A territory on paper: the path of SVG around it, where its label stands, and how wide it is."""

    code: str
    name: str
    path: str
    x: int
    y: int
    room: int


@dataclass(frozen=True)
class Plan:
    """A map without figures."""

    width: int
    height: int
    outlines: tuple[Outline, ...]


@cache
def plan(path: Path) -> Plan:
    """The map that a file of GeoJSON holds.

    Raises:
        ConfigError: it cannot be read, or holds something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        shapes = [_shape(each) for each in found["features"]]
        return _laid_flat(shapes, found.get("bbox"))
    except OSError as error:
        raise ConfigError(f"boundaries: {path}: {error.strerror}") from error
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        raise ConfigError(
            f"boundaries: {path} is not a GeoJSON collection of polygons, each with an id and a name ({error!r})"
        ) from error


def _shape(feature: Any) -> Shape:
    geometry, about = feature["geometry"], feature["properties"]
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    rings = tuple(tuple((float(x), float(y)) for x, y, *_ in polygon[0]) for polygon in polygons)
    x, y = about.get("label") or _centre(max(rings, key=len))
    return Shape(str(feature["id"]), str(about["name"]), rings, (float(x), float(y)))


def _centre(ring: Ring) -> Point:
    """The middle of what the ring spans."""
    west, south, east, north = _span(ring)
    return (west + east) / 2, (south + north) / 2


def _span(points: Iterable[Point]) -> tuple[float, float, float, float]:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _laid_flat(shapes: Sequence[Shape], box: Sequence[float] | None) -> Plan:
    """Lambert's azimuthal projection around the middle, true to area (Snyder, Map Projections, USGS 1395, page 185)."""
    west, south, east, north = box or _span(point for each in shapes for ring in each.rings for point in ring)
    middle = math.radians((west + east) / 2), math.radians((south + north) / 2)

    def flat(point: Point) -> Point:
        turn, height = math.radians(point[0]) - middle[0], math.radians(point[1])
        sine, cosine = math.sin(height), math.cos(height)
        near = math.sin(middle[1]) * sine + math.cos(middle[1]) * cosine * math.cos(turn)
        scale = math.sqrt(2 / (1 + near))
        across = math.cos(middle[1]) * sine - math.sin(middle[1]) * cosine * math.cos(turn)
        return scale * cosine * math.sin(turn), -scale * across

    edges = [
        (west + (east - west) * i / 8, south + (north - south) * j / 8)
        for i in range(9)
        for j in range(9)
        if {i, j} & {0, 8}
    ]
    shown = edges if box else [point for each in shapes for ring in each.rings for point in ring]
    left, top, right, bottom = _span(map(flat, shown))
    scale = (WIDTH - 2 * _MARGIN) / (right - left)

    def place(point: Point) -> tuple[int, int]:
        x, y = flat(point)
        return round((x - left) * scale) + _MARGIN, round((y - top) * scale) + _MARGIN

    def drawn(shape: Shape) -> Outline:
        rings = [list(map(place, ring)) for ring in shape.rings]
        xs = [x for x, _ in max(rings, key=len)]
        return Outline(shape.code, shape.name, "".join(map(_path, rings)), *place(shape.label), max(xs) - min(xs))

    outlines = map(drawn, shapes)
    return Plan(WIDTH, round((bottom - top) * scale) + 2 * _MARGIN, tuple(outlines))


def _path(points: Iterable[tuple[int, int]]) -> str:
    """A ring in relative steps (https://www.w3.org/TR/SVG2/paths.html#PathData); one without area leaves no trace."""
    (x, y), *rest = points
    start, steps = f"M{x} {y}l", []
    for u, v in rest:
        if (u, v) != (x, y):
            steps.append(f"{u - x} {v - y}")
            x, y = u, v
    return f"{start}{' '.join(steps).replace(' -', '-')}z" if len(steps) > 2 else ""
