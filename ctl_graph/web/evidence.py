"""Who says so: the marks behind the values and rows of a page, and the notes that they open.

A note names a source with its publisher, its date as printed and the confidence that its graph states. It stands once
on a page, in the list at the foot; marks refer to it by number, and numbers count up as the page is read. Where its
source states something with another confidence than the first, the mark has a letter, too (3b), which it explains.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


Said = tuple[str, tuple[str, ...]]  # the graph of a source, and the confidence that it states


@dataclass(frozen=True)
class Footnote:
    """A source under a page, with its number; `marks` are those that refer to it, each with the confidence it means."""

    number: int
    source: Source
    shown: Shown
    original: Shown | None
    marks: dict[str, Sequence[Shown]] = field(default_factory=dict)


@dataclass(frozen=True)
class Marks:
    """Who says a value or a row, which a template prints as marks; of its sources, `more` are left out.

    Sources have their numbers from being printed: whoever puts marks together needs not know where they will stand.
    """

    evidence: "Evidence"
    said: Sequence[Said] = ()
    more: int = 0

    def __html__(self) -> str:
        return "".join(map(self.evidence.mark, self.said)) + (_more(self.more) if self.more else "")

    def __len__(self) -> int:
        return len(self.said)

    @property
    def graphs(self) -> set[str]:
        return {graph for graph, _ in self.said}


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
        self._notes: dict[str, Footnote] = {}
        self._marks: dict[Said, Markup] = {}

    def marks(self, thing: str) -> Marks:
        """The sources that say something of the thing."""
        return self.of(thing, self._said.get(thing, ()))

    def together(self, things: Iterable[str]) -> Marks:
        """The sources that say something of any of the things, each once with each confidence."""
        return Marks(self, list(dict.fromkeys(each for thing in things for each in self.marks(thing).said)))

    def of(self, thing: str, graphs: Iterable[str]) -> Marks:
        """Those of these graphs that are sources, each with the confidence that it states for the thing."""
        said = self._said.get(thing, {})
        found = [(graph, said.get(graph, ())) for graph in graphs if graph not in self._ours]
        shown = found if self._most is None else sorted(found, key=lambda each: _rank(each[1]))[: self._most]
        return Marks(self, shown, len(found) - len(shown))

    def is_inferred(self, graphs: Collection[str]) -> bool:
        """Whether what stands in these graphs only follows from other statements."""
        return self._inferred in graphs and all(graph in self._ours for graph in graphs)

    @property
    def is_known(self) -> bool:
        """Whether any source says something of these things."""
        return any(graph not in self._ours for graphs in self._said.values() for graph in graphs)

    def mark(self, said: Said) -> Markup:
        """The mark of a source, to be printed now: its number is that of its first mark."""
        if said not in self._marks:
            graph, confidence = said
            note = self._notes.setdefault(graph, self._note(graph))
            name = f"{note.number}{_letter(len(note.marks))}"
            note.marks[name] = [self._confidences.show(NamedNode(each)) for each in confidence]
            self._marks[said] = _mark(note.number, name)
        return self._marks[said]

    def footnotes(self) -> list[Footnote]:
        """The notes that the marks printed so far refer to."""
        return list(self._notes.values())

    @cached_property
    def _sources(self) -> Mapping[str, Source]:
        graphs = self._graphs.union(*self._said.values())
        return site.sources(graphs - self._ours)

    @cached_property
    def _confidences(self) -> Reader:
        stated = {each for graphs in self._said.values() for found in graphs.values() for each in found}
        return Reader(NamedNode(each) for each in stated)

    def _note(self, graph: str) -> Footnote:
        source = self._sources.get(graph, Source(graph))
        shown = Shown(source_title(graph, source.title), site.path(graph), title=graph)
        return Footnote(len(self._notes) + 1, source, shown, _original(source))


def _more(total: int) -> str:
    """Where all sources are named."""
    return f'<a class="more" href="?view=statements">{escape(t("evidence.more", total=total))}</a>'


def _mark(number: int, name: str) -> Markup:
    """A button that opens the note, named for those who do not see where it stands; a page has hundreds."""
    label = escape(t("evidence.mark", number=name))
    return Markup(f'<button popovertarget="n{number}" aria-label="{label}">{name}</button>')  # noqa: S704


@cache
def _rank(confidence: tuple[str, ...]) -> int:
    """Another region has its own namespace, so the level is known by the end of its name."""
    levels = [each.rpartition("/")[2] for each in confidence]
    return min((_LEVELS.index(each) for each in levels if each in _LEVELS), default=len(_LEVELS))


def _original(source: Source) -> Shown | None:
    if source.address is None or not is_web_address(source.address):
        return None
    return Shown(t("evidence.original"), uri(source.address), external=True)


def _letter(place: int) -> str:
    """What tells the marks of one source: nothing for the first, then b, c …; three levels make fewer than letters."""
    return "" if not place else chr(ord("a") + place) if place < 26 else f"-{place + 1}"
