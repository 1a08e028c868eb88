"""Who says what a row of an answer says: the sources of what links the things in it.

A row names a cluster, a firm, a role; what says so is a membership that leads to all three, or one of them that leads
to another. Its sources are those of the row. A row with one thing has none: that thing's own page has them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from ctl_graph import questions
from ctl_graph.questions import Row, Table
from ctl_graph.store import NamedNode
from ctl_graph.web import site
from ctl_graph.web.evidence import Evidence, Footnote, Marks

MOST: Final = 3  # marks in a row: where more say so, the pages of its things have them all
# For each thing: what leads to it, and the graphs that say so.
_Leading = Mapping[str, Mapping[str, set[str]]]


def sources(table: Table, kept: bool) -> tuple[list[tuple[Marks, str | None]], list[Footnote]]:
    """For each row the notes of its sources and the place of the first thing in it; and all notes.

    What says the rows of an answer that is `kept` is kept, too.
    """
    rows = [_things(row) for row in table.rows]
    things = tuple(sorted({thing for row in rows for thing in row}))
    leading = site.once(_leading, things) if kept else _leading(things)
    said = [_said(row, leading) for row in rows]
    evidence = Evidence({node for each in said for node, _ in each}, {graph for each in said for _, graph in each})
    notes = [_notes(each, evidence) for each in said]
    places = [site.path(row[0]) if row else None for row in rows]
    return list(zip(notes, places, strict=True)), evidence.footnotes()


def _things(row: Row) -> list[str]:
    """The things of ours that a row names: not classes, nor degrees of confidence, which everything leads to."""
    base = f"{site.config().base_iri}id/"
    iris = [each.value for each in row if isinstance(each, NamedNode)]
    return [iri for iri in dict.fromkeys(iris) if iri.startswith(base) and "/scheme/confidence/" not in iri]


def _leading(things: tuple[str, ...]) -> _Leading:
    """For each thing what leads to it, and for that the graphs that say so."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in questions.ask(site.graphs(), "_links", things=things) if things else ():
        found[questions.text(row["thing"])][questions.text(row["node"])].add(questions.text(row["graph"]))
    return found


def _said(things: Sequence[str], leading: _Leading) -> list[tuple[str, str]]:
    """What says the row, with a graph in which it does: whatever leads to most of its things."""
    ways: dict[str, list[set[str]]] = defaultdict(list)
    for thing in things:
        for node, graphs in leading.get(thing, {}).items():
            ways[node].append(graphs)
    reach = {node: len(graphs) + (node in things) for node, graphs in ways.items()}
    most = max(reach.values(), default=0)
    found = [(node, ways[node]) for node in sorted(ways) if reach[node] == most > 1]
    return [(node, graph) for node, graphs in found for graph in sorted(set.intersection(*graphs))]


def _notes(said: Sequence[tuple[str, str]], evidence: Evidence) -> Marks:
    """A few sources, each once."""
    found: dict[str, Footnote] = {}
    for node, graph in said:
        if graph not in found and len(found) < MOST:
            found |= {note.source.graph: note for note in evidence.of(node, [graph])}
    return Marks(list(found.values()))
