"""What changed between two releases, thing by thing, for people; `release.difference` has each statement.

Only accepted statements count: what follows from them is among them, once.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ctl_graph import release
from ctl_graph.release import Release
from ctl_graph.search import kind_of
from ctl_graph.vocab import ACCEPTED, graph_iri


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
    before, after = _things(old), _things(new)
    return Changes(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(before.keys() - after.keys())),
        tuple(sorted(iri for iri in before.keys() & after.keys() if before[iri] != after[iri])),
    )


def _things(one: Release) -> dict[str, set[str]]:
    """The accepted statements of each thing, without the labels of blank nodes: each release has its own."""
    things: dict[str, set[str]] = defaultdict(set)
    end = f" <{graph_iri(one.manifest['base_iri'], ACCEPTED)}> ."
    for line in release.statements(one):
        subject, _, rest = line.removesuffix(end).partition(" ")
        if line.endswith(end) and subject.startswith("<"):
            things[subject.strip("<>")].add(re.sub(r" _:\S+$", " _:", rest))
    return things


def _by_kind(iris: Iterable[str]) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for iri in iris:
        kinds[kind_of(iri)] += (iri,)
    return kinds
