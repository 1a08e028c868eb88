"""Clusters × areas: what ties each cluster to each area of a strategy, and what the tie rests on."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ctl_graph import questions
from ctl_graph.store import NamedNode, Term
from ctl_graph.web import site
from ctl_graph.web.shown import Reader, Shown

# The strongest first: how a cell with several ties is coloured. The last is not of this list: no source says anything.
BASES: Final = ("stated", "weaker", "thematic-match")


@dataclass(frozen=True)
class Tie:
    """What ties a cluster to an area: what it rests on (`BASES`), and the specialisation, in words of its evidence."""

    basis: str
    shown: Shown

    @property
    def iri(self) -> str:
        return self.shown.title or ""


@dataclass(frozen=True)
class Line:
    """A cluster, by its short name and its long one, with its ties to each of the areas, in their order."""

    cluster: Shown
    name: Shown
    cells: Sequence[Sequence[Tie]]


@dataclass
class Matrix:
    """A strategy with its period as the source prints it, its areas, and a line for each cluster."""

    strategy: Shown
    first: str
    last: str
    areas: list[Shown] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def iri(self) -> str:
        return self.strategy.title or ""

    def ties(self) -> list[Tie]:
        return [tie for line in self.lines for cell in line.cells for tie in cell]

    def count(self, basis: str) -> int:
        """How many ties rest on this; of `no-source`, how many cells are empty."""
        if basis == "no-source":
            return sum(not cell for line in self.lines for cell in line.cells)
        return sum(tie.basis == basis for tie in self.ties())


def matrices() -> list[Matrix]:
    """One for each strategy that is published, in the order of their periods."""
    listed = list(site.answer("areas-of-strategies", language=site.language()))
    rows = list(site.answer("s3-areas", language=site.language()))
    named = [row[name] for row in listed for name in ("strategy", "area")]
    named += [row[name] for row in rows for name in ("cluster", "evidence")]
    reader, short = Reader(named), acronyms()
    ties: dict[tuple[str, str], list[Tie]] = defaultdict(list)
    for row in rows:
        if (specialisation := row["specialisation"]) is not None:
            iri, place = questions.text(specialisation), (questions.text(row["cluster"]), questions.text(row["area"]))
            shown = replace(_show(reader, row["evidence"]), href=site.path(iri), external=False, title=iri)
            ties[place].append(Tie(questions.text(row["basis"]), shown))
    found: dict[str, Matrix] = {}
    for row in listed:
        iri, period = questions.text(row["strategy"]), (questions.text(row["from"]), questions.text(row["to"]))
        matrix = found.setdefault(iri, Matrix(_show(reader, row["strategy"]), *period))
        if row["area"] is not None and (area := _show(reader, row["area"])) not in matrix.areas:
            matrix.areas.append(area)
    clusters = [reader.show(NamedNode(iri)) for iri in dict.fromkeys(questions.text(row["cluster"]) for row in rows)]
    for matrix in found.values():
        for cluster in clusters:
            iri = cluster.title or ""
            cells = [sorted(ties[iri, area.title or ""], key=_rank) for area in matrix.areas]
            matrix.lines.append(Line(replace(cluster, text=short.get(iri, cluster.text)), cluster, cells))
        matrix.lines.sort(key=lambda line: line.cluster.text.casefold())
    return list(found.values())


def words_of(found: Iterable[Matrix]) -> dict[str, list[str]]:
    """For each basis the words of the ties that rest on it, as they stand in the cells."""
    ties = [tie for matrix in found for tie in matrix.ties()]
    return {basis: sorted({tie.shown.text for tie in ties if tie.basis == basis}) for basis in BASES}


def acronyms() -> dict[str, str]:
    """The short name of each regional cluster that has one."""
    table = site.answer("regional-clusters")
    return {questions.text(row["cluster"]): questions.text(row["acronym"]) for row in table if row["acronym"]}


def _rank(tie: Tie) -> tuple[int, str]:
    return BASES.index(tie.basis), tie.shown.text


def _show(reader: Reader, term: Term | None) -> Shown:
    assert term is not None
    return reader.show(term)
