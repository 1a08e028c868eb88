"""A release: a folder that is written once, named by its content, and then only read.

    releases/
      history.jsonl          what was current when, one line each, only ever added to
      current -> <id>        what is served
      changes/               the same history thing by thing (see `ctl_graph.feed`)
      <id>/
        manifest.json        counts, sources, datasets and files with their SHA-256; equal sources give equal bytes
        dumps/*.gz           the same statements as the store answers, taken from it
        dumps/*              the datasets: a part of the accepted statements each, and its tables, described
        context.jsonld       the JSON-LD context of the vocabulary
        void.nt              what VoID counts of the accepted statements
        store/               Oxigraph; its files differ from build to build
        search.sqlite        the index of names, for words that a visitor types
        names.json           all names as they are compared, for lists that a visitor has
        store.sha256         checksums of all but the dumps, which the manifest has

The id is the beginning of a SHA-256 over `LAYOUT` and the content's quads in the canonical order of RDFC-1.0
(https://www.w3.org/TR/rdf-canon/), so that the same sources give the same name.
"""

import fcntl
import gzip
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)

from ctl_graph import catalog, datasets, mappings, reconciliation, search
from ctl_graph.config import Config
from ctl_graph.datasets import MAPPINGS, WHOLE, Edition, Statements, Table
from ctl_graph.errors import BrokenRelease, NoRelease, NotWritten
from ctl_graph.formats import (
    CSV,
    CSVM,
    DATASETS,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    SSSOM,
    TRIG,
    TURTLE,
    Format,
    write_graph,
)
from ctl_graph.remote import RemoteStore
from ctl_graph.store import OxigraphStore
from ctl_graph.store import Store as QueryStore
from ctl_graph.vocab import ACCEPTED, CTL, PREFIXES, graph_iri

LAYOUT: Final = "5"
DUMPS: Final = (N_QUADS, TRIG, TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
_PARTS: Final = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
_CURRENT: Final = "current"
HISTORY: Final = "history.jsonl"
_CHECKSUMS: Final = "store.sha256"
_STATISTICS: Final = "void.nt"
_DRAFT: Final = ".draft-"
_ASIDE: Final = ".aside-"

_Files = list[dict[str, Any]]


@dataclass(frozen=True)
class Release:
    """One build, complete and never written again."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def store(self) -> Path:
        return self.path / "store"

    @property
    def search(self) -> Path:
        return self.path / "search.sqlite"

    @property
    def names(self) -> Path:
        """What reconciliation knows; a release from before there was any has none."""
        return self.path / "names.json"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Counts, sources and dumps (see `write`)."""
        return self._json("manifest.json")

    @cached_property
    def context(self) -> dict[str, Any]:
        """The JSON-LD context document of the vocabulary."""
        return self._json("context.jsonld")

    @cached_property
    def statistics(self) -> list[Triple]:
        """What `catalog.statistics` counted; none in a release from before there were any."""
        path = self.path / _STATISTICS
        if not path.exists():
            return []
        try:
            return [quad.triple for quad in parse(path.read_bytes(), format=RdfFormat.N_TRIPLES)]
        except (OSError, SyntaxError) as error:
            raise BrokenRelease(f"release {self.id}: {_STATISTICS} cannot be read") from error

    @property
    def datasets(self) -> list[dict[str, Any]]:
        """The manifest's entries of `datasets.DATASETS`; none in a release from before there were any."""
        found: list[dict[str, Any]] = self.manifest.get("datasets", [])
        return found

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """All that can be downloaded, by its name in `dumps/`, as the manifest describes it."""
        listed = (self.manifest["dumps"], *(dataset["files"] for dataset in self.datasets))
        return {file["file"]: file for files in listed for file in files}

    def dump(self, format: Format) -> Path:
        return self.path / "dumps" / dump_name(format)

    def _json(self, name: str) -> dict[str, Any]:
        try:
            value = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BrokenRelease(f"release {self.id}: {name} cannot be read") from error
        if not isinstance(value, dict):
            raise BrokenRelease(f"release {self.id}: {name} is not an object")
        return value


@dataclass(frozen=True)
class HistoryLine:
    """When a release became current: `digest` is the release's id, `time` is in UTC."""

    sequence: int
    digest: str
    time: str
    version: str


def dump_name(format: Format) -> str:
    return f"ctl-graph.{format.suffix}.gz"


# -- writing ---------------------------------------------------------------------------------------------------------


@contextmanager
def writing(releases: Path) -> Iterator[None]:
    """One writer at a time, the second waits; and what a crash of the one before left behind is put in order.

    Raises:
        NotWritten: the machine refuses: no space, no permission.
    """
    try:
        releases.mkdir(parents=True, exist_ok=True)
        with (releases / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _put_in_order(releases)
            yield
    except OSError as error:
        raise NotWritten(f"{releases} cannot be written: {error.strerror or error}; what was current stays") from error


def write(content: bytes, details: Mapping[str, Any], config: Config) -> Path:
    """Write a draft of the release that holds `content` (N-Quads); publish it with `publish`.

    Both belong in one `writing`: to another writer the draft is what a crash left. `details` (what the build knows:
    version, source files with their SHA-256, the validation's summary) goes into the manifest beside the counts. Where
    the release is there already, its folder is returned and nothing is written.

    Raises:
        BrokenRelease: the release is there already, but its files are not those of its manifest.
    """
    dataset = Dataset(parse(content, format=RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    quads = sorted(dataset, key=str)
    digest = _digest(quads)
    there = Release(config.releases / digest[:16])
    if there.store.exists():
        verify(there)
        return there.path
    draft = config.releases / f"{_DRAFT}{there.id}"
    (draft / "dumps").mkdir(parents=True)
    _write_store(quads, draft / "store", graph_iri(config.base_iri, ACCEPTED))
    _write_dumps(draft / "store", draft / "dumps")
    _write_statistics(quads, draft / _STATISTICS, config.base_iri)
    store = OxigraphStore(draft / "store")
    listed = _write_datasets(quads, store, draft / "dumps", config)
    _write_json(draft / "context.jsonld", _context(store))
    search.build(store, draft / "search.sqlite")
    reconciliation.write(store, draft / "names.json")
    manifest = _manifest(digest, quads, draft, {**details, "datasets": listed}, config)
    _write_json(draft / "manifest.json", manifest)
    (draft / _CHECKSUMS).write_text(_checksums(draft), encoding="utf-8")
    return draft


def publish(draft: Path, version: str) -> Release:
    """Make the draft durable, give it its name, and let `current` lead to it, in one rename."""
    release = Release(draft.with_name(draft.name.removeprefix(_DRAFT)))
    if draft != release.path:
        _sync_tree(draft)
        _rename(draft, release.path)
    _activate(release, version)
    return release


def activate(release: Release, version: str) -> None:
    """Serve this release from now on; rolling back is activating an older one.

    Raises:
        BrokenRelease: its files are not those of its manifest.
    """
    with writing(release.path.parent):
        verify(release)
        _activate(release, version)


def prune(releases: Path, keep: int = 3) -> list[Release]:
    """Drop the stores of all but the latest `keep` releases (and the current one); dumps and manifests stay."""
    with writing(releases):
        order = [line.digest for line in history(releases)]
        kept = list(dict.fromkeys(reversed(order)))[:keep]
        with suppress(NoRelease):
            kept.append(current(releases).id)
        old = [one for one in published(releases) if one.id not in kept and (one.store.exists() or one.search.exists())]
        for release in old:
            _remove(release.store)
            release.names.unlink(missing_ok=True)
            release.search.unlink(missing_ok=True)  # the last: while it is there, the release is pruned again
    return old


# -- reading ---------------------------------------------------------------------------------------------------------


def current(releases: Path) -> Release:
    """The release that is served.

    Raises:
        NoRelease: nothing is published yet.
    """
    try:
        return Release(releases / (releases / _CURRENT).readlink())
    except OSError as error:
        raise NoRelease(f"nothing is published in {releases.name}/ yet: run ctl-graph build") from error


def find(releases: Path, id: str) -> Release:
    """The release whose id begins with `id`.

    Raises:
        NoRelease: there is none, or more than one.
    """
    matching = [release for release in published(releases) if release.id.startswith(id)] if id else []
    if len(matching) != 1:
        known = ", ".join(release.id for release in published(releases)) or "none"
        raise NoRelease(f"{len(matching)} releases begin with {id!r}; there are: {known}")
    return matching[0]


def published(releases: Path) -> list[Release]:
    """All releases, by id."""
    return [
        Release(manifest.parent)
        for manifest in sorted(releases.glob("[!.]*/manifest.json"))
        if not manifest.parent.is_symlink()
    ]


def history(releases: Path) -> list[HistoryLine]:
    """What was current when, oldest first, each line later than the one before, whatever the clock said.

    Feeds are read in the order of time: a line that says otherwise (of a clock that was set back, or of the same
    second) counts as a second later than the line before it.

    Raises:
        BrokenRelease: it cannot be read.
    """
    path = releases / HISTORY
    if not path.exists():
        return []
    try:
        lines = [HistoryLine(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
        return list(_in_order(lines))
    except (ValueError, TypeError, OverflowError) as error:
        raise BrokenRelease(f"{HISTORY} cannot be read: {error}") from error


def _in_order(lines: Iterable[HistoryLine]) -> Iterator[HistoryLine]:
    before = datetime.min.replace(tzinfo=UTC)
    for line in lines:
        before = max(datetime.fromisoformat(line.time), before + timedelta(seconds=1))
        yield replace(line, time=before.astimezone(UTC).isoformat(timespec="seconds"))


def write_whole(path: Path, content: bytes) -> None:
    """Write the file in one rename, so that no reader and no crash meets half of it."""
    new = path.with_name(f".{path.name}")
    new.write_bytes(content)
    _sync(new)
    new.replace(path)
    _sync(path.parent)


def compressed(body: bytes) -> bytes:
    """Compressed without a name and a time, so that the same body gives the same bytes."""
    buffer = BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as file:
        file.write(body)
    return buffer.getvalue()


def editions(release: Release, until: int | None = None) -> list[Edition]:
    """The datasets of the release, with what the history until it became current says of each.

    `until` is the sequence number of the line with which it did; without it, of the last.

    Raises:
        BrokenRelease: the history, a manifest or a dump cannot be read.
    """
    known = history(release.path.parent)
    if until is None:
        until = max((line.sequence for line in known if line.digest == release.id), default=0)
    before = [(line, Release(release.path.with_name(line.digest))) for line in known if line.sequence <= until]
    there = [(line.time, each) for line, each in before if (each.path / "manifest.json").exists()]
    return [_edition(entry, there) for entry in release.datasets]


def _edition(entry: Mapping[str, Any], published: Iterable[tuple[str, Release]]) -> Edition:
    """What stood in the history between two equal editions counts: going back is a change, too."""
    steps: list[tuple[str, Release, dict[str, Any]]] = []
    for time, release in published:
        found = next((each for each in release.datasets if each["name"] == entry["name"]), None)
        if found and (not steps or steps[-1][2]["digest"] != found["digest"]):
            steps.append((time, release, found))
    if not steps:
        raise BrokenRelease(f"{HISTORY} does not say when {entry['name']} was published: activate the release again")
    if len(steps) == 1:
        return Edition(entry, 1, steps[0][0][:10], steps[0][0][:10])
    before, now = (_lines(release, found) for _, release, found in steps[-2:])
    return Edition(entry, len(steps), steps[0][0][:10], steps[-1][0][:10], len(now - before), len(before - now))


def _lines(release: Release, dataset: Mapping[str, Any]) -> set[bytes]:
    """The statements of a dataset, a line each."""
    name = next(each["file"] for each in dataset["files"] if each["media_type"] == N_TRIPLES.media_type)
    path = release.path / "dumps" / name
    try:
        body = path.read_bytes()
    except OSError as error:
        raise BrokenRelease(f"release {release.id}: dumps/{name} cannot be read ({error.strerror})") from error
    return set((gzip.decompress(body) if path.suffix == ".gz" else body).splitlines())


def verify(release: Release) -> None:
    """Compare every file of the release with the checksums that it carries.

    Raises:
        BrokenRelease: a file is missing, changed, or not accounted for.
        StoreUnavailable: the files are right, and this engine cannot read them.
    """
    if not release.store.exists():
        raise BrokenRelease(f"release {release.id} has no store any more: build it again from its sources")
    expected = _checksums_beside(release)
    _compare(release, expected)
    dumps = _checksums_of_dumps(release)
    _compare(release, dumps)
    if unknown := {_name(file, release.path) for file in _files(release.path)} - {_CHECKSUMS, *expected, *dumps}:
        raise BrokenRelease(f"release {release.id}: {min(unknown)} was not published with it")
    if release.manifest["id"] != release.id:
        raise BrokenRelease(f"release {release.id}: its manifest is of release {release.manifest['id']}")
    if (quads := len(OxigraphStore(release.store))) != release.manifest["stored_quads"]:
        raise BrokenRelease(
            f"release {release.id}: the store holds {quads} quads, not {release.manifest['stored_quads']}"
        )


def open_store(config: Config) -> QueryStore:
    """The endpoint where one is set, else the store of the current release."""
    if config.endpoint:
        return RemoteStore(config.endpoint, graph_iri(config.base_iri, ACCEPTED), config.query_seconds)
    return OxigraphStore(current(config.releases).store)


def difference(old: Release, new: Release) -> tuple[list[str], list[str]]:
    """The statements (lines of N-Quads) that the newer release no longer has, and those that it adds.

    Raises:
        BrokenRelease: a dump is not what its manifest says.
    """
    before, after = statements(old), statements(new)
    return sorted(before - after), sorted(after - before)


def statements(release: Release) -> set[str]:
    """The lines of the dump in N-Quads, which even a release without a store has.

    Raises:
        BrokenRelease: the dump is not what the manifest says.
    """
    dump = release.dump(N_QUADS)
    name = _name(dump, release.path)
    _compare(release, {name: _checksums_of_dumps(release)[name]})
    with gzip.open(dump, "rt", encoding="utf-8") as file:
        return {line.rstrip("\n") for line in file}


# -- how -------------------------------------------------------------------------------------------------------------


def _put_in_order(releases: Path) -> None:
    """What a crash left: a release that was set aside comes back unless its successor is there, drafts go."""
    for aside in releases.glob(f"{_ASIDE}*"):
        path = aside.with_name(aside.name.removeprefix(_ASIDE))
        if path.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(path)
    for draft in releases.glob(f"{_DRAFT}*"):
        shutil.rmtree(draft)


def _rename(draft: Path, path: Path) -> None:
    """Give the draft its name. What stands there was pruned, and its dumps stay until the last step."""
    aside = path.with_name(f"{_ASIDE}{path.name}")
    if path.exists():
        path.rename(aside)
    draft.rename(path)
    _sync(path.parent)
    if aside.exists():
        shutil.rmtree(aside)


def _remove(store: Path) -> None:
    """Out of its release in one step, then gone: a crash must not leave half of it there."""
    release = store.parent
    aside = release.with_name(f"{_DRAFT}{release.name}-{store.name}")
    if store.exists():
        store.rename(aside)
        shutil.rmtree(aside)


def _digest(quads: Iterable[Quad]) -> str:
    digest = hashlib.sha256(f"ctl-graph layout {LAYOUT}\n".encode())
    for quad in quads:
        digest.update(f"{quad}\n".encode())
    return digest.hexdigest()


def _write_store(quads: Iterable[Quad], path: Path, accepted: str) -> None:
    store = Store(str(path))
    store.bulk_extend(quads)
    store.bulk_extend(
        Quad(quad.subject, quad.predicate, quad.object) for quad in quads if quad.graph_name == NamedNode(accepted)
    )
    store.optimize()
    store.flush()


def _write_statistics(quads: Iterable[Quad], path: Path, base_iri: str) -> None:
    graph = NamedNode(graph_iri(base_iri, ACCEPTED))
    accepted = (quad.triple for quad in quads if quad.graph_name == graph)
    path.write_bytes(write_graph(catalog.statistics(accepted, base_iri), N_TRIPLES))


def _write_dumps(store: Path, folder: Path) -> None:
    quads = sorted(Store.read_only(str(store)), key=lambda quad: (str(quad.graph_name), str(quad)))
    named = [quad for quad in quads if quad.graph_name != DefaultGraph()]
    default = [quad.triple for quad in quads if quad.graph_name == DefaultGraph()]
    for format in DUMPS:
        statements: list[Quad] | list[Triple] = named if format in DATASETS else default
        assert isinstance(format.codec, RdfFormat)
        prefixes = None if format in (N_QUADS, JSON_LD) else dict(PREFIXES)
        body = serialize(statements, format=format.codec, prefixes=prefixes) or b""
        (folder / dump_name(format)).write_bytes(compressed(body))


def _write_mappings(store: QueryStore, folder: Path, config: Config) -> _Files:
    """A file for each set of mappings."""
    files = []
    for name, rows in mappings.read(store, config.base_iri).items():
        path = folder / f"{name}.{SSSOM.suffix}"
        text = mappings.write(mappings.BY_NAME[name], rows, store, config)
        path.write_text(text, encoding="utf-8", newline="")
        files.append({**_listed(path, SSSOM), "set": name})
    return files


def _write_datasets(quads: Iterable[Quad], store: QueryStore, folder: Path, config: Config) -> list[dict[str, Any]]:
    """The files of each dataset, and what the manifest says of them. What the whole is in RDF are the dumps."""
    base_iri = config.base_iri
    more = {MAPPINGS: _write_mappings(store, folder, config)}
    graphs: dict[str, list[Triple]] = {graph_iri(base_iri, each.graph): [] for each in datasets.DATASETS}
    for quad in quads:
        if (name := getattr(quad.graph_name, "value", "")) in graphs:
            graphs[name].append(quad.triple)
    parts = datasets.parts(graphs[graph_iri(base_iri, ACCEPTED)], base_iri)
    return [
        _write_dataset(
            each, parts.get(each.name, graphs[graph_iri(base_iri, each.graph)]), folder, more.get(each.name, [])
        )
        for each in datasets.DATASETS
    ]


def _write_dataset(dataset: datasets.Dataset, triples: list[Triple], folder: Path, more: _Files) -> dict[str, Any]:
    said = _canonical(triples)
    if dataset.name == WHOLE:
        files = [_listed(folder / dump_name(format), format) for format in DUMPS]
    else:
        files = [_write_part(folder / f"{dataset.name}.{format.suffix}", said, format) for format in _PARTS]
    statements = Statements.of(said)
    for table in dataset.tables:
        files += _write_table(table, statements, folder)
    files += more
    span = datasets.days(said)
    return {
        "name": dataset.name,
        "digest": hashlib.sha256("".join(f"{each['file']} {each['sha256']}\n" for each in files).encode()).hexdigest(),
        "triples": len(said),
        **({"begins": span[0], "ends": span[1]} if span else {}),
        "files": files,
    }


def _canonical(triples: Iterable[Triple]) -> list[Triple]:
    """Sorted, with names for the nameless that depend on these statements and on no others."""
    held = Dataset(Quad(*triple) for triple in triples)
    held.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in held), key=str)


def _write_part(path: Path, triples: Iterable[Triple], format: Format) -> dict[str, Any]:
    path.write_bytes(write_graph(triples, format, context=None))
    return _listed(path, format)


def _listed(path: Path, format: Format) -> dict[str, Any]:
    """A file of a dataset, with the second sum that catalogues give."""
    return {**_described(path, format), "sha512": hashlib.sha512(path.read_bytes()).hexdigest()}


def _write_table(table: Table, statements: Statements, folder: Path) -> list[dict[str, Any]]:
    """Not compressed: portals load a table to show it, and readers of CSVW, that find it beside its description."""
    path, beside = folder / f"{table.name}.{CSV.suffix}", folder / f"{table.name}.{CSVM.suffix}"
    body, metadata = datasets.write_table(table, statements, path.name)
    path.write_bytes(body)
    beside.write_bytes(metadata)
    return [{**_listed(path, CSV), "table": table.name}, {**_listed(beside, CSVM), "table": table.name}]


_TERMS: Final = """
PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?term ?kind ?range WHERE {
  VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty }
  ?term a ?kind . OPTIONAL { ?term rdfs:range ?range }
}"""


def _context(store: QueryStore) -> dict[str, Any]:
    """The vocabulary's terms by their local names; links and typed values are then plain JSON."""
    terms: dict[str, Any] = {}
    for row in store.query(_TERMS):  # type: ignore[union-attr]
        iri, kind, range_ = row["term"], row["kind"].value.rpartition("#")[2], row["range"]
        if not iri.value.startswith(CTL) or not (local := iri.value.removeprefix(CTL)):
            continue
        if kind == "ObjectProperty":
            terms[local] = {"@id": f"ctl:{local}", "@type": "@id"}
        elif kind == "DatatypeProperty" and isinstance(range_, NamedNode) and range_.value.startswith(PREFIXES["xsd"]):
            terms[local] = {"@id": f"ctl:{local}", "@type": "xsd:" + range_.value.removeprefix(PREFIXES["xsd"])}
        else:
            terms.setdefault(local, f"ctl:{local}")
    return {"@context": {**PREFIXES, **dict(sorted(terms.items()))}}


def _manifest(
    digest: str, quads: list[Quad], draft: Path, details: Mapping[str, Any], config: Config
) -> dict[str, Any]:
    graphs = Counter(quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode))
    accepted = graphs[graph_iri(config.base_iri, ACCEPTED)]
    return {
        "id": digest[:16],
        "digest": digest,
        "layout": LAYOUT,
        "base_iri": config.base_iri,
        "quads": len(quads),
        "stored_quads": len(quads) + accepted,
        "accepted": accepted,
        "graphs": dict(sorted(graphs.items())),
        **details,
        "dumps": [_described(draft / "dumps" / dump_name(format), format) for format in DUMPS],
    }


def _described(path: Path, format: Format) -> dict[str, Any]:
    return {
        "file": path.name,
        "media_type": format.media_type,
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
    }


def _checksums(draft: Path) -> str:
    """As `sha256sum` writes them, so that `sha256sum --check` reads them; the dumps stand in the manifest."""
    names = sorted(_name(file, draft) for file in _files(draft) if file.parent.name != "dumps")
    return "".join(f"{_sha256(draft / name)}  {name}\n" for name in names)


def _checksums_beside(release: Release) -> dict[str, str]:
    try:
        lines = (release.path / _CHECKSUMS).read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as error:
        raise BrokenRelease(f"release {release.id}: {_CHECKSUMS} cannot be read") from error


def _checksums_of_dumps(release: Release) -> dict[str, str]:
    return {f"dumps/{name}": file["sha256"] for name, file in release.files.items()}


def _compare(release: Release, expected: Mapping[str, str]) -> None:
    for name, digest in expected.items():
        try:
            found = _sha256(release.path / name)
        except OSError as error:
            raise BrokenRelease(f"release {release.id}: {name} cannot be read ({error.strerror})") from error
        if found != digest:
            raise BrokenRelease(f"release {release.id}: {name} has changed since it was published")


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def _files(folder: Path) -> Iterator[Path]:
    """The files that hold data: locks and logs of the engine change when it is only opened."""
    return (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith(("LOCK", "LOG")))


def _activate(release: Release, version: str) -> None:
    """First the history, then the link: after a crash between the two, the next activation brings them into step."""
    releases = release.path.parent
    lines = history(releases)
    if not lines or lines[-1].digest != release.id:
        line = HistoryLine(len(lines) + 1, release.id, _now(), version)
        text = "".join(json.dumps(asdict(each)) + "\n" for each in [*lines, line])
        write_whole(releases / HISTORY, text.encode())
    with suppress(NoRelease):
        if current(releases).id == release.id:
            return
    link = releases / f".{_CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(release.id)
    link.replace(releases / _CURRENT)
    _sync(releases)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_tree(path: Path) -> None:
    for entry in [*path.rglob("*"), path]:
        _sync(entry)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
