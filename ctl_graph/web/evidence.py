"""Who says so: the marks behind the values and rows of a page, and the notes that they open.

A note names a source with its publisher, its date as printed and the confidence that its graph states. It stands once
on a page, in the list at the foot; marks refer to it by number, and numbers count up as the page is read.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from markupsafe import Markup, escape

from ctl_graph.questions import Source
from ctl_graph.store import NamedNode
from ctl_graph.vocab import ACCEPTED, INFERRED, ONTOLOGY, graph_iri
from ctl_graph.web import site
from ctl_graph.web.negotiation import is_web_address, uri
from ctl_graph.web.shown import Reader, Shown, source_title, t

_LEVELS: Final = ("high", "medium", "low")


@dataclass(frozen=True)
class Footnote:
    """A source under a page: its `mark` with its `number` stands behind each statement of it with this confidence."""

    number: int
    mark: Markup
    source: Source
    shown: Shown
    confidence: Sequence[Shown] = ()
    original: Shown | None = None


@dataclass(frozen=True)
class Marks:
    """The notes of a value or a row, which a template prints as their marks; of its sources, `more` are left out."""

    notes: Sequence[Footnote] = ()
    more: int = 0

    def __html__(self) -> str:
        return "".join(note.mark for note in self.notes) + (_more(self.more) if self.more else "")

    def __iter__(self) -> Iterator[Footnote]:
        return iter(self.notes)

    def __len__(self) -> int:
        return len(self.notes)


class Evidence:
    """What the sources say of any number of things, asked once: of `things`, and in `graphs` already known.

    Graphs of ours are no sources: what is accepted and what follows repeat the others. Nor is any of `but`. Where
    a page shows at `most` so many sources of each value, they are those of the highest confidence.
    """

    def __init__(
        self,
        things: Iterable[str],
        graphs: Iterable[str] = (),
        but: Iterable[str] = (),
        most: int | None = None,
    ) -> None:
        base = site.config().base_iri
        self._inferred = graph_iri(base, INFERRED)
        self._ours = {*(graph_iri(base, slug) for slug in (ACCEPTED, INFERRED, ONTOLOGY)), *but}
        self._graphs = {*graphs}
        self._most = most
        self._said = site.evidence(things)
        self._notes: dict[tuple[str, Sequence[str]], Footnote] = {}

    def marks(self, thing: str) -> Marks:
        """The notes of the sources that say something of the thing."""
        return self.of(thing, self._said.get(thing, ()))

    def of(self, thing: str, graphs: Iterable[str]) -> Marks:
        """The notes of those of these graphs that are sources, with the confidence that they state for the thing."""
        said = self._said.get(thing, {})
        found = [(graph, said.get(graph, ())) for graph in graphs if graph not in self._ours]
        shown = found if self._most is None else sorted(found, key=lambda each: _rank(each[1]))[: self._most]
        return Marks([self._note(*each) for each in shown], len(found) - len(shown))

    def is_inferred(self, graphs: Collection[str]) -> bool:
        """Whether what stands in these graphs only follows from other statements."""
        return self._inferred in graphs and all(graph in self._ours for graph in graphs)

    def footnotes(self) -> list[Footnote]:
        """The notes that marks have referred to so far."""
        return list(self._notes.values())

    @cached_property
    def _sources(self) -> Mapping[str, Source]:
        graphs = self._graphs.union(*self._said.values())
        return site.sources(graphs - self._ours)

    @cached_property
    def _confidences(self) -> Reader:
        stated = {each for graphs in self._said.values() for found in graphs.values() for each in found}
        return Reader(NamedNode(each) for each in stated)

    def _note(self, graph: str, confidence: Sequence[str]) -> Footnote:
        key = graph, confidence
        if key not in self._notes:
            source = self._sources.get(graph, Source(graph))
            shown = Shown(source_title(graph, source.title), site.path(graph), title=graph)
            levels = [self._confidences.show(NamedNode(each)) for each in confidence]
            number = len(self._notes) + 1
            self._notes[key] = Footnote(number, _mark(number), source, shown, levels, _original(source))
        return self._notes[key]


def _more(total: int) -> str:
    """Where all sources are named."""
    return f'<a class="more" href="?view=statements">{escape(t("evidence.more", total=total))}</a>'


def _mark(number: int) -> Markup:
    """A button that opens the note, named for those who do not see where it stands; a page has hundreds."""
    name = escape(t("evidence.mark", number=number))
    return Markup(f'<button popovertarget="n{number}" aria-label="{name}">{number}</button>')  # noqa: S704


@cache
def _rank(confidence: tuple[str, ...]) -> int:
    """Another region has its own namespace, so the level is known by the end of its name."""
    levels = [each.rpartition("/")[2] for each in confidence]
    return min((_LEVELS.index(each) for each in levels if each in _LEVELS), default=len(_LEVELS))


def _original(source: Source) -> Shown | None:
    if source.address is None or not is_web_address(source.address):
        return None
    return Shown(t("evidence.original"), uri(source.address), external=True)
