"""Where a store elsewhere answers a stored question otherwise than the embedded one, and why.

The table is what `docs/backends.md` tells in words. A question that is not in it has the same rows everywhere; in which
order rows come that `ORDER BY` leaves open, nobody says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ctl_graph.questions import Row, Table
from ctl_graph.store import BlankNode, Literal

VIRTUOSO: Final = "virtuoso"
OXIGRAPH_SERVER: Final = "oxigraph-server"
BACKENDS: Final = (VIRTUOSO, OXIGRAPH_SERVER)


@dataclass(frozen=True)
class Difference:
    """Why answers differ; `alike` makes the answers of both stores comparable, where only the spelling differs.

    Without `alike` there is nothing to compare.
    """

    reason: str
    alike: Callable[[Table], Table] | None = None


def _sorted_parts(separator: str, *columns: str) -> Callable[[Table], Table]:
    """The texts that GROUP_CONCAT joined, joined again in the order of the alphabet, without a language."""

    def alike(table: Table) -> Table:
        places = {table.columns.index(column) for column in columns}
        return Table(table.columns, tuple(sorted_row(row, places) for row in table.rows))

    def sorted_row(row: Row, places: set[int]) -> Row:
        return tuple(
            Literal(separator.join(sorted(term.value.split(separator))))
            if place in places and isinstance(term, Literal)
            else term
            for place, term in enumerate(row)
        )

    return alike


def _nameless(table: Table) -> Table:
    """Each row once, with all blank nodes alike."""
    anyone = BlankNode("anyone")
    rows = (tuple(anyone if isinstance(term, BlankNode) else term for term in row) for row in table.rows)
    return Table(table.columns, tuple(dict.fromkeys(rows)))


_ORDER: Final = "SPARQL does not say in which order GROUP_CONCAT joins its parts, and each store has its own."
_BLANK: Final = (
    "The graphs are loaded one by one, so that a blank node that two graphs share becomes one node in each of them."
)
_COUNTRIES: Final = Difference(_ORDER, _sorted_parts(" ", "countries"))
_ACTS: Final = Difference(_ORDER, _sorted_parts("; ", "acts", "possible_acts"))
_PART: Final = Difference("A part of a graph is counted in the store's own order, so that only the whole is the same.")
_NODES: Final = Difference(_BLANK, _nameless)

DIFFERENCES: Final[Mapping[tuple[str, str], Difference]] = {
    (question, backend): difference
    for question, difference in {
        "_about": _NODES,
        "_about-nested": _NODES,
        "_pointing-at": _NODES,
        "_stated-in": _PART,
        "collaborations": _COUNTRIES,
        "recognised-clusters": _ACTS,
    }.items()
    for backend in BACKENDS
}
