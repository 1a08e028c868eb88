"""What changed between two releases, thing by thing; `release.difference` has each statement.

Only accepted statements count: what follows from them is among them, once.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ctl_graph import release
from ctl_graph.formats import canonical
from ctl_graph.release import Release
from ctl_graph.search import kind_of
from ctl_graph.vocab import ACCEPTED, graph_iri

_NAMELESS: Final = re.compile(r"""^_:\S+|(?<= )_:[^\s"]+$""")


@dataclass(frozen=True)
class Changes:
    """The IRIs of what was added, removed and changed: of changed things other statements are accepted than before."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def by_kind(self) -> dict[str, "Changes"]:
        """The same for each kind of thing, in the order of their names."""
        added, removed, changed = (_by_kind(iris) for iris in (self.added, self.removed, self.changed))
        kinds = sorted(added.keys() | removed.keys() | changed.keys())
        return {kind: Changes(added[kind], removed[kind], changed[kind]) for kind in kinds}


def between(old: Release, new: Release) -> Changes:
    """What the newer release has that the older has not, what it has no longer, and what it has otherwise.

    Raises:
        BrokenRelease: a dump is not what its manifest says.
    """
    return compared(things(old), things(new))


def compared(before: Mapping[str, str], after: Mapping[str, str]) -> Changes:
    """The same of two answers of `things`."""
    return Changes(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(before.keys() - after.keys())),
        tuple(sorted(iri for iri in before.keys() & after.keys() if before[iri] != after[iri])),
    )


def things(one: Release) -> dict[str, str]:
    """The accepted statements of each thing with its blank nodes, as sorted N-Triples; together they are all there are.

    Every release labels blank nodes in its own way, so they are named anew for each thing. Several things may speak of
    one blank node: the first by IRI then has all its statements. Those of which none speaks belong to the graph itself.

    Raises:
        BrokenRelease: the dump is not what the manifest says.
    """
    graph = graph_iri(one.manifest["base_iri"], ACCEPTED)
    end = f" <{graph}> ."
    statements = [line.removesuffix(end) for line in release.statements(one) if line.endswith(end)]
    owners = _owners(statements, graph)
    found: dict[str, list[str]] = defaultdict(list)
    for statement in statements:
        nameless = _NAMELESS.findall(statement)
        found[owners[nameless[0]] if nameless else _subject(statement)].append(f"{statement} .\n")
    owned = set(owners.values())
    return {
        iri: canonical("".join(lines)) if iri in owned else "".join(sorted(lines))
        for iri, lines in sorted(found.items())
    }


def _subject(statement: str) -> str:
    return statement.partition(" ")[0].strip("<>")


def _owners(statements: Iterable[str], otherwise: str) -> dict[str, str]:
    """The thing that each blank node belongs to; nodes that are linked have the same."""
    groups: dict[str, set[str]] = {}
    pointing: dict[str, set[str]] = defaultdict(set)
    for statement in statements:
        nodes = _NAMELESS.findall(statement)
        joined = set(nodes).union(*(groups.get(node, ()) for node in nodes))
        groups.update(dict.fromkeys(joined, joined))
        if len(nodes) == 1 and not statement.startswith("_:"):
            pointing[nodes[0]].add(_subject(statement))
    return {node: min(_pointing_at(group, pointing), default=otherwise) for node, group in groups.items()}


def _pointing_at(group: Iterable[str], pointing: Mapping[str, set[str]]) -> Iterator[str]:
    return (iri for node in group for iri in pointing.get(node, ()))


def _by_kind(iris: Iterable[str]) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for iri in iris:
        kinds[kind_of(iri)] += (iri,)
    return kinds
