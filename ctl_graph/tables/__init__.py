"""CSV tables and their CSVW metadata → rows that know where they stand → quads.

    table = tables.read(Path("data/clusters.csv-metadata.json"))
    tables.findings([table])                 everything that is wrong, with file, line and column
    tables.quads(row, accepted=graph)        what a row of the table says

The step to RDF follows csv2rdf's minimal mode (https://www.w3.org/TR/csv2rdf/) with two additions: the annotation
`ctl:graphUrl` names the graph of a row, and a virtual column whose template needs an empty cell says nothing.
"""

from ctl_graph.tables.cells import Cell, Column, Value
from ctl_graph.tables.checks import REASONS, findings
from ctl_graph.tables.reading import GRAPH_URL, read, read_group
from ctl_graph.tables.rows import Quad, Row, Schema, Table, quads

__all__ = [
    "GRAPH_URL",
    "REASONS",
    "Cell",
    "Column",
    "Quad",
    "Row",
    "Schema",
    "Table",
    "Value",
    "findings",
    "quads",
    "read",
    "read_group",
]
