"""What changed between two releases, thing by thing, for people; `release.difference` has each statement.

Only accepted statements count: what follows from them is among them, once.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ctl_graph import release
from ctl_graph.release import Release
from ctl_graph.search import kind_of


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
    before, after = old.things, new.things
    return Changes(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(before.keys() - after.keys())),
        tuple(sorted(iri for iri in before.keys() & after.keys() if before[iri] != after[iri])),
    )


def modified(current: Release) -> dict[str, str]:
    """When the accepted statements of each thing of this release last changed, as far back as the history goes.

    Raises:
        BrokenRelease: the history, or a release of it, cannot be read.
    """
    releases = current.path.parent
    lines = release.history(releases)
    until = max((line.sequence for line in lines if line.digest == current.id), default=0)
    known = {one.id: one for one in release.published(releases)}
    times: dict[str, str] = {}
    before: dict[str, str] = {}
    for line in lines[:until]:
        if line.digest in known:
            after = known[line.digest].things
            times = {iri: times[iri] if before.get(iri) == mark else line.time for iri, mark in after.items()}
            before = after
    return times


def _by_kind(iris: Iterable[str]) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for iri in iris:
        kinds[kind_of(iri)] += (iri,)
    return kinds
