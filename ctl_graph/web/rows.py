"""Who says what a row of an answer says: the sources of what links the things in it.

A row names a cluster, a firm, a role; what says so is a membership that leads to all three, or one of them that leads
to another. Its sources are those of the row; where several memberships lead to the same, the days in the row tell which
of them is meant, and a source that the row names is the one that says it. A row with one thing has none: that thing's
own page has them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Final

from ctl_graph import questions
from ctl_graph.questions import Kept, Row, Table
from ctl_graph.store import Literal, NamedNode, Store
from ctl_graph.vocab import CTL, graph_iri
from ctl_graph.web import site
from ctl_graph.web.evidence import Evidence, Marks, Said

_DAYS: Final = tuple(f"{CTL}{each}AsStated" for each in ("start", "end", "attested"))
_DAY: Final = re.compile("[0-9]{4}(-[0-9]{2}){0,2}")
_MOST_KEPT: Final = 2_000  # things, of which some have hundreds of links
MOST: Final = 3  # marks in a row: where more say so, the pages of its things have them all
# For each thing: what leads to it, and the graphs that say so.
_Leading = Mapping[str, Mapping[str, set[str]]]


def sources(table: Table) -> tuple[list[tuple[Marks, str | None]], Evidence]:
    """For each row the notes of its sources and the place of the first thing in it; and what they are notes of."""
    rows = [_things(row) for row in table.rows]
    leading = site.once(_known_leading).of(sorted({thing for row in rows for thing in row}))
    ways = [_ways(row, leading) for row in rows]
    stated = site.once(_known_days).of(sorted({node for each in ways if len(each) > 1 for node in each}))
    said = [
        _said(_meant(row, table.columns, found, stated), things)
        for row, found, things in zip(table.rows, ways, rows, strict=True)
    ]
    evidence = Evidence({node for each in said for node, _ in each}, {graph for each in said for _, graph in each})
    notes = [_notes(each, evidence) for each in said]
    places = [site.path(row[0]) if row else None for row in rows]
    return list(zip(notes, places, strict=True)), evidence


def _things(row: Row) -> list[str]:
    """The things of ours that a row names: not classes, nor degrees of confidence, which everything leads to."""
    base = f"{site.config().base_iri}id/"
    iris = [each.value for each in row if isinstance(each, NamedNode)]
    return [iri for iri in dict.fromkeys(iris) if iri.startswith(base) and "/scheme/confidence/" not in iri]


def _known_leading() -> Kept[Mapping[str, set[str]]]:
    return Kept(partial(_leading, site.graphs()), _MOST_KEPT)


def _known_days() -> Kept[set[str]]:
    return Kept(partial(_days, site.store()), _MOST_KEPT)


def _leading(graphs: Store, things: Sequence[str]) -> _Leading:
    """For each thing what leads to it, and for that the graphs that say so."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in questions.ask(graphs, "_links", things=things):
        found[questions.text(row["thing"])][questions.text(row["node"])].add(questions.text(row["graph"]))
    return found


def _ways(things: Sequence[str], leading: _Leading) -> dict[str, set[str]]:
    """What says the row, whatever leads to most of its things, with the graphs that say all of it."""
    known = [leading[thing] for thing in things if thing in leading]
    reach = Counter(chain.from_iterable(known))
    reach.update(thing for thing in things if thing in reach)
    most = max(reach.values(), default=0)
    furthest = sorted(node for node, count in reach.items() if count == most > 1)
    return {node: set.intersection(*(each[node] for each in known if node in each)) for node in furthest}


def _days(accepted: Store, nodes: Sequence[str]) -> Mapping[str, set[str]]:
    """The days that nodes state, as they are written."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in questions.ask(accepted, "_values", things=nodes, properties=_DAYS):
        found[questions.text(row["thing"])].add(questions.text(row["value"]))
    return found


def _meant(
    row: Row, columns: Sequence[str], ways: dict[str, set[str]], stated: Mapping[str, set[str]]
) -> dict[str, set[str]]:
    """Of several, those that state the days in the row; all of them where the row tells no day."""
    cells = dict(zip(columns, row, strict=True))
    days = {day for each in row if isinstance(each, Literal) for day in each.value.split("/") if _DAY.fullmatch(day)}
    if len(ways) < 2 or not (days or cells.get("undated")):
        return ways
    told = {node: graphs for node, graphs in ways.items() if _tells(stated.get(node, set()), days)}
    return told or ways


def _tells(stated: set[str], days: set[str]) -> bool:
    return days <= stated if days else not stated


def _said(ways: Mapping[str, set[str]], things: Sequence[str]) -> list[tuple[str, str]]:
    """What says the row, with each graph in which it does; where the row names a source of it, with its graph only."""
    base = site.config().base_iri
    named = {graph_iri(base, each.rpartition("/")[2]) for each in things if each.startswith(f"{base}id/source/")}
    return [(node, graph) for node, graphs in ways.items() for graph in sorted(graphs & named or graphs)]


def _notes(said: Sequence[tuple[str, str]], evidence: Evidence) -> Marks:
    """A few sources, each once."""
    found: dict[str, Said] = {}
    for node, graph in said:
        for each in evidence.of(node, [graph]).said:
            found.setdefault(graph, each)
    return Marks(evidence, list(found.values())[:MOST])
