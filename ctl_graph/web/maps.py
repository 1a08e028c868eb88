"""Figures on maps: what is counted in each territory, in shades, with the numbers and the names beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Final

from ctl_graph import boundaries, questions
from ctl_graph.boundaries import Outline, Plan
from ctl_graph.config import Config
from ctl_graph.questions import Table
from ctl_graph.web import site

# How many shades there are for what is counted at all; the shade 0 is for nothing.
SHADES: Final = 5
# What stands in a row of a question instead of a code: it is on no map, and is said in words.
NOWHERE: Final = ("place-only", "unknown")


@dataclass(frozen=True)
class Territory:
    """A province or a country: what is counted there, by column; an outline where it is on the map."""

    code: str
    name: str
    figures: Mapping[str, int]
    outline: Outline | None = None


@dataclass(frozen=True)
class Shade:
    """From how many to how many one shade of the map stands for."""

    number: int
    low: int
    high: int


@dataclass(frozen=True)
class Map:
    """A map with the figures of one column, and all that its table holds."""

    width: int
    height: int
    counted: str
    territories: Sequence[Territory]
    land: str
    shades: Sequence[Shade]

    @property
    def drawn(self) -> list[tuple[Territory, Outline]]:
        """What has a number on the map."""
        return [(each, each.outline) for each in self.territories if each.outline]

    @property
    def elsewhere(self) -> list[Territory]:
        """What has a code and is not on the map."""
        return [each for each in self.territories if not each.outline and each.code not in NOWHERE]

    @property
    def nowhere(self) -> list[Territory]:
        return [each for each in self.territories if each.code in NOWHERE]

    def number(self, territory: Territory) -> int:
        return territory.figures[self.counted]

    def shade(self, territory: Territory) -> int:
        """The number of its shade; 0 where nothing is counted."""
        return next((each.number for each in self.shades if each.low <= self.number(territory) <= each.high), 0)


def shades(numbers: Iterable[int]) -> list[Shade]:
    """At most five steps up to the largest number, each a multiple of the one before: few have much, many little."""
    if not (largest := max(numbers, default=0)):
        return []
    several = {ceil(round(largest ** (step / SHADES), 6)) for step in range(1, SHADES + 1)}
    tops = [0, *sorted(several if largest > SHADES else range(1, largest + 1))]
    found = [(low + 1, high) for low, high in pairwise(tops)]
    # Where there are fewer steps than shades, the darkest are kept apart as far as they can be.
    return [Shade(round((place + 1) * SHADES / len(found)), low, high) for place, (low, high) in enumerate(found)]


def provinces(table: Table, counted: str) -> Map:
    """The map of the region: a province where nobody has a seat stands there with zero."""
    plan = plan_of_provinces(site.config())
    return _map(plan, table, "seat", "province_label", counted, everywhere=True)


def plan_of_provinces(config: Config) -> Plan:
    """The region without figures; raises ConfigError where its own file holds no map."""
    return boundaries.plan(Path(config.boundaries) if config.boundaries else boundaries.PROVINCES)


def countries(table: Table, counted: str) -> Map:
    """The map of Europe: a country without partners is land."""
    return _map(boundaries.plan(boundaries.COUNTRIES), table, "code", "country_label", counted, everywhere=False)


def _map(plan: Plan, table: Table, code: str, name: str, counted: str, *, everywhere: bool) -> Map:
    outlines = {each.code: each for each in plan.outlines}
    columns = [each for each in table.columns if each in ("members", "partners", "collaborations")]
    found: dict[str, Territory] = {}
    for row in table:
        here = questions.text(row[code])
        outline = outlines.get(here)
        label = questions.text(row[name]) or (outline.name if outline else here)
        found[here] = Territory(here, label, {each: int(questions.text(row[each])) for each in columns}, outline)
    nothing = dict.fromkeys(columns, 0)
    for each in plan.outlines if everywhere else ():
        found.setdefault(each.code, Territory(each.code, each.name, nothing, each))
    land = "".join(each.path for each in plan.outlines if each.code not in found)
    territories = sorted(found.values(), key=lambda each: (-each.figures[counted], each.name.casefold()))
    steps = shades(each.figures[counted] for each in territories if each.outline)
    return Map(plan.width, plan.height, counted, territories, land, steps)
