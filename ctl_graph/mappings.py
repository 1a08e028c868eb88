"""Mappings to the things of others, as sets in SSSOM (https://mapping-commons.github.io/sssom/): made from the release.

What is mapped stands in the tables and in the vocabulary's alignments, with its source; a set is a way to read it, and
nothing is kept twice. A file is a block of YAML in comments, then a table with tabs.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ctl_graph import questions
from ctl_graph.config import Config
from ctl_graph.errors import Message
from ctl_graph.store import Store
from ctl_graph.vocab import ACCEPTED, CTL, INFERRED, LICENCE, PREFIXES, SKOS, graph_iri

_CURATED: Final = "semapv:ManualMappingCuration"
# SSSOM counts from 0 to 1 what our sources are trusted in three words: an order, and no probability.
CONFIDENCE: Final[Mapping[str, float]] = {"high": 0.9, "medium": 0.6, "low": 0.3}
_COLUMNS: Final = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification",
    "mapping_source", "confidence",
)  # fmt: skip
# Prefixes that every reader of SSSOM has, and that a file leaves out.
_BUILT_IN: Final = frozenset({"owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd"})
_OTHERS: Final[Mapping[str, str]] = {
    "cov": "https://w3id.org/italia/onto/COV/",
    "euroscivoc": "http://data.europa.eu/8mn/euroscivoc/",
    "eurovoc": "http://eurovoc.europa.eu/",
    "her": "https://w3id.org/italia/onto/HER/",
    "prj": "https://w3id.org/italia/onto/Project/",
    "ro": "https://w3id.org/italia/onto/RO/",
    "ror": "https://ror.org/",
    "wikidata": "http://www.wikidata.org/entity/",
}


@dataclass(frozen=True)
class MappingSet:
    """One set: what of ours (below `subjects`, under the namespace of the data or of the vocabulary) is mapped to what.

    `confidence` is that of rows of which the graph does not tell it.
    """

    name: str
    title: Message
    subjects: str
    objects: str
    confidence: float | None = None

    def holds(self, subject: str, target: str, base_iri: str) -> bool:
        return subject.startswith(self.subjects.format(base=base_iri)) and target.startswith(
            self.objects.format(base=base_iri)
        )


# The first that holds a mapping has it.
SETS: Final = (
    MappingSet(
        "organisations-ror",
        Message(
            "Organizzazioni e Research Organization Registry", "Organisations and the Research Organization Registry"
        ),
        "{base}id/organisation/",
        _OTHERS["ror"],
    ),
    MappingSet(
        "organisations-wikidata",
        Message("Organizzazioni e Wikidata", "Organisations and Wikidata"),
        "{base}id/organisation/",
        _OTHERS["wikidata"],
    ),
    # The table of these links gives all of them the same confidence.
    MappingSet(
        "areas-eurovoc",
        Message("Aree e domini tecnologici e EuroVoc", "Areas and technology domains and EuroVoc"),
        "{base}id/",
        _OTHERS["eurovoc"],
        CONFIDENCE["medium"],
    ),
    MappingSet(
        "areas-euroscivoc",
        Message("Aree e domini tecnologici e EuroSciVoc", "Areas and technology domains and EuroSciVoc"),
        "{base}id/",
        _OTHERS["euroscivoc"],
        CONFIDENCE["medium"],
    ),
    MappingSet(
        "areas-eye-ris3",
        Message("Priorità di Eye@RIS3 e aree della strategia", "Eye@RIS3 priorities and areas of the strategy"),
        "{base}id/scheme/eye-ris3/",
        "{base}id/area/",
    ),
    MappingSet(
        "areas-periods",
        Message("Aree della strategia in due periodi", "Areas of the strategy in two periods"),
        "{base}id/area/",
        "{base}id/area/",
    ),
    MappingSet("vocabulary", Message("Vocabolario CTL e altri", "CTL vocabulary and others"), CTL, ""),
)
BY_NAME: Final[Mapping[str, MappingSet]] = {each.name: each for each in SETS}


@dataclass(frozen=True)
class Row:
    """One mapping, with the graph that states it."""

    subject: str
    predicate: str
    target: str
    source: str
    confidence: float | None


def read(store: Store, base_iri: str) -> dict[str, list[Row]]:
    """The accepted mappings, by the name of their set. `store` is asked by the names of its graphs.

    Raises:
        StoreError: there is no answer.
    """
    ours = {graph_iri(base_iri, slug) for slug in (ACCEPTED, INFERRED)}
    sets: dict[str, set[Row]] = {each.name: set() for each in SETS}
    for found in questions.ask(store, "_mappings", accepted=graph_iri(base_iri, ACCEPTED)):
        subject, predicate, target, graph, level = (questions.text(term) for term in found.values())
        chosen = next((each for each in SETS if each.holds(subject, target, base_iri)), None)
        if chosen and graph not in ours:
            known = CONFIDENCE.get(level.rpartition("/")[2], chosen.confidence)
            sets[chosen.name].add(Row(subject, _predicate(predicate), target, graph, known))
    return {name: sorted(rows, key=_order) for name, rows in sets.items()}


def _order(row: Row) -> tuple[str, str, str, str, float]:
    return row.subject, row.predicate, row.target, row.source, row.confidence or 0.0


def _predicate(predicate: str) -> str:
    """An identifier in a register says that the entry there is about just this organisation.

    `owl:sameAs` would say more: that what the register says of its entry, it says of ours.
    """
    return predicate if predicate.startswith(SKOS) else f"{SKOS}exactMatch"


def write(chosen: MappingSet, rows: Iterable[Row], store: Store, config: Config) -> str:
    """The set as a file, canonical as the specification has it: the same as long as the mappings and the names are.

    Raises:
        StoreError: the names of things cannot be asked for.
    """
    rows = list(rows)
    curies = _Curies(config.base_iri)
    iris = {iri for row in rows for iri in (row.subject, row.target)}
    labels = questions.Labels(store, "en", graph_iri(config.base_iri, ACCEPTED)).of(iris)
    names = {iri: labels[iri].text if iri in labels else "" for iri in iris}
    lines = [_cells(row, curies, names) for row in rows]
    kept = [number for number in range(len(_COLUMNS)) if any(line[number] for line in lines)] or range(len(_COLUMNS))
    table = io.StringIO()
    writer = csv.writer(table, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(_COLUMNS[number] for number in kept)
    writer.writerows([line[number] for number in kept] for line in lines)
    head = "".join(f"#{line}\n" for line in _head(chosen, curies, config))
    return head + table.getvalue()


def _cells(row: Row, curies: "_Curies", names: Mapping[str, str]) -> list[str]:
    subject, predicate, target, source = map(curies.of, (row.subject, row.predicate, row.target, row.source))
    confidence = "" if row.confidence is None else f"{row.confidence:g}"
    return [subject, names[row.subject], predicate, target, names[row.target], _CURATED, source, confidence]


def _head(chosen: MappingSet, curies: "_Curies", config: Config) -> Iterator[str]:
    """The metadata, in the order of the specification; a string of JSON is one of YAML.

    No version of ours: with another one, the same mappings would be another edition of their dataset.
    """
    yield "curie_map:" if curies.used else "curie_map: {}"
    yield from (f"  {prefix}: {json.dumps(namespace)}" for prefix, namespace in sorted(curies.used.items()))
    yield f"mapping_set_id: {json.dumps(f'{config.base_iri}mappings/{chosen.name}.sssom.tsv')}"
    yield f"mapping_set_title: {json.dumps(chosen.title.en)}"
    yield "creator_label:"
    yield f"  - {json.dumps(config.publisher)}"
    yield f"license: {json.dumps(LICENCE)}"
    yield f"mapping_provider: {json.dumps(config.base_iri)}"
    yield 'mapping_tool: "CTL Graph"'


class _Curies:
    """IRIs in short: `used` are the prefixes so far. What no prefix fits is cut at its last step."""

    def __init__(self, base_iri: str) -> None:
        self._base = base_iri
        self._known = {**PREFIXES, **_OTHERS}
        self.used: dict[str, str] = {}

    def of(self, iri: str) -> str:
        prefix, namespace = self._prefix(iri)
        if prefix not in _BUILT_IN:
            self.used[prefix] = namespace
        return f"{prefix}:{iri.removeprefix(namespace)}"

    def _prefix(self, iri: str) -> tuple[str, str]:
        if iri.startswith(self._base) and not iri.startswith(CTL):
            # `…/id/area/x` is `area:x`, and `…/graph/x` is `graph:x`.
            namespace = iri[: iri.rindex("/") + 1]
            return namespace.removeprefix(self._base).removeprefix("id/").strip("/").replace("/", "-"), namespace
        fitting = [(prefix, namespace) for prefix, namespace in self._known.items() if iri.startswith(namespace)]
        if fitting:
            return max(fitting, key=lambda each: len(each[1]))
        namespace = iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]
        return f"ns{len(self.used)}", self._known.setdefault(f"ns{len(self.used)}", namespace)
