"""The history as a feed: one change after the other, each of one thing, numbered from 1.

    changes/
      steps.jsonl              one for each line of the history: what it changed, and the number of its last change
      members/000001.jsonl     the changes, `PAGE` to a file
      differences/000002.rdfp.gz   the statements of all graphs that a line removed and added (RDF Patch)

It is written when a release is published, from the dumps and the history alone, so that the same history gives the same
bytes, and a request reads one file. What is written is never changed but for the last file of changes, which grows.
`steps.jsonl` is written last: what no step counts is not there yet.
"""

import fcntl
import gzip
import json
import shutil
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from ctl_graph import changes, release
from ctl_graph.config import Config, state_folder
from ctl_graph.errors import BrokenRelease, ConfigError, NotWritten, Unfollowed
from ctl_graph.formats import read_quads
from ctl_graph.release import HistoryLine, Release
from ctl_graph.search import NAMES
from ctl_graph.store import Literal, NamedNode
from ctl_graph.vocab import PROV, RDF_TYPE, SKOS

PAGE: Final = 250
FOLDER: Final = "changes"
_STEPS: Final = "steps.jsonl"
_INVALIDATED: Final = PROV + "invalidatedAtTime"
_LABEL: Final = SKOS + "prefLabel"
CREATE, UPDATE, DELETE = KINDS = ("Create", "Update", "Delete")


@dataclass(frozen=True)
class Change:
    """What became of a thing with a step: `kind` is one of `KINDS`, `time` that of the step.

    `statements` is what is accepted of it from then on, in N-Triples; `added` and `removed` count those that are new
    and those that went. The names are those that it has, or had.
    """

    number: int
    kind: str
    thing: str
    time: str
    release: str
    added: int
    removed: int
    label_it: str
    label_en: str
    statements: str

    def label(self, language: str) -> str:
        """The name in this language, else in the other, else the end of the IRI."""
        first, second = (self.label_it, self.label_en) if language == "it" else (self.label_en, self.label_it)
        return first or second or self.thing.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True)
class State:
    """What the last change of a thing left. It is gone when nothing is left of it, or a tombstone; the classes and the
    names are then those that it had.
    """

    number: int
    time: str
    classes: tuple[str, ...]
    label_it: str
    label_en: str
    is_gone: bool = False


@dataclass(frozen=True)
class Step:
    """A line of the history: `last` is the number of the last change that there is with it.

    `added` and `removed` count statements of all graphs, against the release `before`; `classes` counts the things of
    each class that were created, updated and deleted.
    """

    sequence: int
    release: str
    time: str
    before: str | None
    last: int
    added: int
    removed: int
    classes: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def belongs_to(self, line: HistoryLine) -> bool:
        return (self.sequence, self.release, self.time) == (line.sequence, line.digest, line.time)


class Feed:
    """What the folder holds; the steps are read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steps = _steps(folder)

    @property
    def total(self) -> int:
        """How many changes there are."""
        return self.steps[-1].last if self.steps else 0

    @property
    def pages(self) -> int:
        """How many pages there are; the last may still grow, and there is always one."""
        return max(1, -(-self.total // PAGE))

    def is_closed(self, page: int) -> bool:
        """Whether nothing will ever be added to the page."""
        return page * PAGE <= self.total

    def page(self, number: int) -> list[Change]:
        """The changes of a page, oldest first.

        Raises:
            BrokenRelease: the file cannot be read.
        """
        return _members(self.folder, number, self.total)

    def page_of(self, number: int) -> int:
        """The page of the change of this number."""
        return (number - 1) // PAGE + 1

    def times(self, page: int) -> tuple[str, str]:
        """The time of the first change of the page and of its last."""
        first, last = (page - 1) * PAGE + 1, min(page * PAGE, self.total)
        return self.time_of(first), self.time_of(last)

    def time_of(self, number: int) -> str:
        return next(step.time for step in self.steps if number <= step.last)

    def step_of(self, id: str) -> Step | None:
        """The step with which the release came first."""
        return next((step for step in self.steps if step.release == id), None)

    def patch(self, step: Step) -> bytes:
        """The RDF Patch (https://afs.github.io/rdf-delta/rdf-patch.html) of a step after the first.

        Raises:
            BrokenRelease: the file cannot be read.
        """
        try:
            return gzip.decompress((self.folder / _difference(step.sequence)).read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise _unreadable(_difference(step.sequence)) from error

    def statements(self, step: Step, sign: str) -> bytes:
        """The statements in N-Quads that the step added (`A`) or removed (`D`)."""
        lines = self.patch(step).splitlines(keepends=True)
        start = f"{sign} ".encode()
        return b"".join(line.removeprefix(start) for line in lines if line.startswith(start))

    @cached_property
    def lives(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """When each thing that was ever accepted was created and deleted: times and kinds, oldest first."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for page in range(1, self.pages + 1):
            for change in self.page(page):
                if change.kind != UPDATE:
                    found[change.thing].append((change.time, change.kind))
        return found

    @cached_property
    def states(self) -> Mapping[str, State]:
        """How each thing that was ever accepted is now.

        Raises:
            BrokenRelease: a file cannot be read.
        """
        found: dict[str, State] = {}
        for page in range(1, self.pages + 1):
            for each in self.page(page):
                before = found.get(each.thing)
                if each.kind != DELETE and not _is_withdrawn(each):
                    classes = tuple(_types(each.thing, each.statements))
                    found[each.thing] = State(each.number, each.time, classes, each.label_it, each.label_en)
                elif before:
                    found[each.thing] = replace(before, number=each.number, time=each.time, is_gone=True)
                else:
                    found[each.thing] = State(each.number, each.time, (), each.label_it, each.label_en, is_gone=True)
        return found

    def changes(self, numbers: Iterable[int]) -> dict[int, Change]:
        """The changes of these numbers; each page that has one of them is read once.

        Raises:
            BrokenRelease: a file cannot be read.
        """
        wanted = set(numbers)
        pages = sorted({self.page_of(number) for number in wanted})
        return {each.number: each for page in pages for each in self.page(page) if each.number in wanted}

    def modified(self, id: str) -> dict[str, str]:
        """When each thing that the release accepts last changed, as of its last step.

        Raises:
            BrokenRelease: a file cannot be read.
        """
        last = max((step.last for step in self.steps if step.release == id), default=0)
        times: dict[str, str] = {}
        for page in range(1, self.page_of(last) + 1 if last else 1):
            for change in self.page(page):
                if change.number > last:
                    break
                times[change.thing] = change.time
                if change.kind == DELETE:
                    del times[change.thing]
        return times


def of(config: Config) -> Feed:
    """The feed beside the history; where it lacks a step (the release is older than feeds are), one of our own.

    A server may not write where releases are: it keeps its own in the folder of its state.

    Raises:
        BrokenRelease: a dump or the history is damaged.
        NotWritten: it is to be written, and cannot be.
    """
    lines, folder = release.history(config.releases), config.releases / FOLDER
    with suppress(BrokenRelease):
        feed = Feed(folder)
        if _is_whole(feed.steps, lines):
            return feed
    try:
        folder = state_folder(config) / FOLDER
        with folder.with_name(f"{FOLDER}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return _up_to_date(config.releases, folder)
    except (OSError, ConfigError) as error:
        raise NotWritten(f"the changes cannot be kept: {error}") from error


def written(releases: Path) -> Feed | None:
    """The feed beside the history, if it ends with what is current: who only wants to tell the news makes nothing.

    Raises:
        BrokenRelease: it, or the history, is damaged.
    """
    feed, lines = Feed(releases / FOLDER), release.history(releases)
    return feed if feed.steps and lines and feed.steps[-1].belongs_to(lines[-1]) else None


def update(releases: Path) -> Feed:
    """Bring the feed beside the history up to date, after what was published.

    What fails here undoes nothing, and the next time makes up for it.

    Raises:
        Unfollowed: a dump or the history is damaged, or the machine refuses.
    """
    try:
        with release.writing(releases):
            return _up_to_date(releases, releases / FOLDER)
    except (BrokenRelease, NotWritten) as error:
        raise Unfollowed(
            f"what is published stays, but {FOLDER}/ lacks what it changes: {error}. Mend that (a dump comes back from "
            "a backup, or from a build of its sources) and build again; until then /ldes and /changes stay behind"
        ) from error


# -- how -------------------------------------------------------------------------------------------------------------


def _is_whole(steps: Sequence[Step], lines: Sequence[HistoryLine]) -> bool:
    return len(steps) == len(lines) and _begins(steps, lines)


def _begins(steps: Sequence[Step], lines: Sequence[HistoryLine]) -> bool:
    """Whether the history goes on from these steps."""
    return len(steps) <= len(lines) and all(map(Step.belongs_to, steps, lines))


def _up_to_date(releases: Path, folder: Path) -> Feed:
    """Of another history, or damaged, it is made anew."""
    lines, steps = release.history(releases), []
    with suppress(BrokenRelease):
        steps = _steps(folder)
    if not _begins(steps, lines):
        steps = []
    if not steps and folder.exists():
        shutil.rmtree(folder)
    before = Release(releases / steps[-1].release) if steps else None
    things = changes.things(before) if before and len(steps) < len(lines) else {}
    for line in lines[len(steps) :]:
        after = Release(releases / line.digest)
        new = changes.things(after)
        made = list(_changes(things, new, line, steps[-1].last if steps else 0))
        steps.append(_step(line, before, after, made, things, new, folder))
        _write_members(folder, made)
        _write(folder / _STEPS, map(asdict, steps))
        before, things = after, new
    return Feed(folder)


def _changes(old: Mapping[str, str], new: Mapping[str, str], line: HistoryLine, last: int) -> Iterator[Change]:
    """By IRI, so that the same history gives the same numbers."""
    for thing in sorted(old.keys() | new.keys()):
        was, now = old.get(thing, ""), new.get(thing, "")
        if was == now:
            continue
        last += 1
        kind = UPDATE if was and now else CREATE if now else DELETE
        before, after = set(_lines(was)), set(_lines(now))
        counts = len(after - before), len(before - after)
        labels = _labels(thing, now or was)
        yield Change(last, kind, thing, line.time, line.digest, *counts, *labels, now)


def _labels(thing: str, statements: str) -> tuple[str, str]:
    found: dict[tuple[str, str | None], str] = {}
    for quad in read_quads(statements.encode()):
        if quad.subject == NamedNode(thing) and quad.predicate.value in NAMES and isinstance(quad.object, Literal):
            found.setdefault((quad.predicate.value, quad.object.language), quad.object.value)

    def first(language: str) -> str:
        named = (found.get((name, tag)) for tag in (language, None) for name in NAMES)
        return next((text for text in named if text), "")

    return first("it"), first("en")


def _step(
    line: HistoryLine,
    before: Release | None,
    after: Release,
    made: Sequence[Change],
    old: Mapping[str, str],
    new: Mapping[str, str],
    folder: Path,
) -> Step:
    removed, added = release.difference(before, after) if before else ([], [])
    if before:
        _write_difference(folder / _difference(line.sequence), before, after, removed, added)
    last = made[-1].number if made else _steps(folder)[-1].last if before else 0
    counts = len(added) if before else int(after.manifest["quads"]), len(removed)
    return Step(
        line.sequence, line.digest, line.time, before.id if before else None, last, *counts, _classes(made, old, new)
    )


def _classes(made: Iterable[Change], old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, list[int]]:
    counts = {kind: Counter[str]() for kind in KINDS}
    for change in made:
        counts[change.kind].update(_types(change.thing, new.get(change.thing) or old[change.thing]))
    names = sorted(set().union(*counts.values()))
    return {name: [counts[kind][name] for kind in KINDS] for name in names}


def _is_withdrawn(change: Change) -> bool:
    """As the question `_withdrawn` has it."""
    said = f"<{change.thing}> <"
    return f"{said}{_INVALIDATED}> " in change.statements and f"{said}{_LABEL}> " not in change.statements


def _types(thing: str, statements: str) -> list[str]:
    start = f"<{thing}> <{RDF_TYPE}> <"
    lines = (line for line in _lines(statements) if line.startswith(start))
    return [line.removeprefix(start).removesuffix("> .") for line in lines]


def _write_difference(path: Path, before: Release, after: Release, removed: list[str], added: list[str]) -> None:
    base = after.manifest["base_iri"]
    head = [f"H id <{base}release/{after.id}> .", f"H prev <{base}release/{before.id}> .", "TX ."]
    body = [*(f"D {line}" for line in removed), *(f"A {line}" for line in added)]
    path.parent.mkdir(parents=True, exist_ok=True)
    release.write_whole(path, release.compressed("".join(f"{line}\n" for line in [*head, *body, "TC ."]).encode()))


def _write_members(folder: Path, made: Sequence[Change]) -> None:
    pages: dict[int, list[Change]] = defaultdict(list)
    for change in made:
        pages[(change.number - 1) // PAGE + 1].append(change)
    for number, fresh in pages.items():
        kept = [] if (before := fresh[0].number - 1) % PAGE == 0 else _members(folder, number, before)
        _write(folder / _page(number), map(asdict, [*kept, *fresh]))


def _members(folder: Path, page: int, last: int) -> list[Change]:
    """Those with numbers up to `last`: what stands behind them may be half of a step."""
    first = (page - 1) * PAGE + 1
    if last < first:
        return []
    found = [change for change in (Change(**line) for line in _read(folder / _page(page))) if change.number <= last]
    if [change.number for change in found] != list(range(first, min(last, page * PAGE) + 1)):
        raise _unreadable(_page(page))
    return found


def _steps(folder: Path) -> list[Step]:
    return [Step(**line) for line in _read(folder / _STEPS)] if (folder / _STEPS).exists() else []


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in _lines(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError) as error:
        raise _unreadable(path.name) from error


def _lines(text: str) -> list[str]:
    """`splitlines` would break them at characters that may stand in a name, too."""
    return text.removesuffix("\n").split("\n") if text else []


def _write(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
    release.write_whole(path, text.encode())


def _page(number: int) -> str:
    return f"members/{number:06}.jsonl"


def _difference(sequence: int) -> str:
    return f"differences/{sequence:06}.rdfp.gz"


def _unreadable(name: str) -> BrokenRelease:
    return BrokenRelease(f"{FOLDER}/{name} cannot be read: remove {FOLDER}/ and build, it is made again from the dumps")
