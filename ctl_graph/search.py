"""The index of names and of what is said in words: words that a visitor types → things of the accepted graph.

Built at publication, one SQLite file a release (FTS5, https://sqlite.org/fts5.html), and only read afterwards. Accents
and capitals do not matter, and every word may be the beginning of one.
"""

import re
import sqlite3
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ctl_graph.errors import BadQuery, Message, NotWritten, QueryTimeout, StoreUnavailable
from ctl_graph.store import Literal, NamedNode, QuerySolutions, Store
from ctl_graph.vocab import CTL, DCTERMS, ORG, RDF_TYPE, RDFS, SKOS

SECONDS: Final = 2.0
WORDS_LIMIT: Final = 400

# The order is the order of preference where a thing has several.
NAMES: Final = (SKOS + "prefLabel", RDFS + "label", DCTERMS + "title")
_OTHER_NAMES: Final = (SKOS + "altLabel", SKOS + "hiddenLabel", CTL + "acronym", CTL + "name")
_IDENTIFIERS: Final = (
    SKOS + "notation",
    DCTERMS + "identifier",
    ORG + "identifier",
    *(CTL + name for name in ("grantNumber", "participantCode", "rorId", "taxCode", "wikidata")),
)
# What is said of a thing in sentences, in both languages.
_TEXTS: Final = (SKOS + "definition", SKOS + "scopeNote", DCTERMS + "description", RDFS + "comment", CTL + "text")
_PROPERTIES: Final = (RDF_TYPE, *NAMES, *_OTHER_NAMES, *_IDENTIFIERS, *_TEXTS)
_KIND: Final = re.compile(r"/id/([^/]+)/[^/]")
_TERM: Final = "term"

_TABLE: Final = """
CREATE VIRTUAL TABLE things USING fts5(
  iri UNINDEXED, kind UNINDEXED, classes UNINDEXED, label_it, label_en, other_names, identifiers, texts,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4'
)"""
# Who is looked for first, what is said in technical words after what they do, and documents last.
_TIERS: Final = {
    **dict.fromkeys(("cluster", "national-cluster", "group", "managing-body", "organisation"), 0),
    **dict.fromkeys((_TERM, "contribution", "disagreement", "period", "scheme", "statement"), 2),
    "source": 3,
}
_HIT: Final = "iri, kind, classes, label_it, label_en, other_names"
# What is only in a text weighs least: the weight of a column that is not named is 1. An index from before there were
# texts has none.
_WEIGHT: Final = "bm25(things, 0, 0, 0, 10, 10, 8, 6)"

_Values = Mapping[str, list[NamedNode | Literal]]


@dataclass(frozen=True)
class Hit:
    """A thing that was found. `kind` is the second step of its IRI (`cluster`), or `term` for the vocabulary's own."""

    iri: str
    kind: str
    classes: tuple[str, ...]
    label_it: str
    label_en: str
    other_names: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        """The name in this language, else in the other, else the IRI."""
        first, second = (self.label_it, self.label_en) if language == "it" else (self.label_en, self.label_it)
        return first or second or self.iri

    @property
    def tier(self) -> int:
        """Who is looked for comes before what speaks of it."""
        return _TIERS.get(self.kind, 1)

    def rank(self, words: str) -> tuple[bool, int, bool]:
        """Where it stands among what is found with these words: what is called just so is first, if it is a thing."""
        wanted = plain(words)
        is_called_so = any(plain(name) == wanted for name in (self.label_it, self.label_en, *self.other_names))
        return not (is_called_so and self.tier < 2), self.tier, not is_called_so

    def is_named(self, words: str) -> bool:
        """Whether these words are in its names, and not in a text about it."""
        names = " ".join((self.label_it, self.label_en, *self.other_names))
        return begins(plain(words).split(), plain(names).split())

    def other_name(self, words: str, language: str) -> str | None:
        """The name that these words are found in, where it is not the one that is shown to readers of this language."""
        own, wanted = self.label(language), plain(words)
        names = [own, self.label_it, self.label_en, *self.other_names]
        names.sort(key=lambda name: plain(name) != wanted)  # what is called just so comes first
        found = next((name for name in names if begins(wanted.split(), plain(name).split())), own)
        return found if found != own else None


def build(store: Store, path: Path) -> None:
    """Write the index of what the default graph of `store` names; the same graph gives the same rows in one order.

    Raises:
        NotWritten: there is no space, or SQLite was made without FTS5.
    """
    path.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(_TABLE)
            connection.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _rows(store))
            connection.execute("INSERT INTO things (things) VALUES ('optimize')")
            connection.commit()
            connection.execute("VACUUM")
    except sqlite3.OperationalError as error:
        raise NotWritten(f"the index of names cannot be written: {error}") from error


def _rows(store: Store) -> Iterator[tuple[str, ...]]:
    things: dict[str, dict[str, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    properties = " ".join(f"<{name}>" for name in _PROPERTIES)
    rows = store.query(f"SELECT * {{ VALUES ?property {{ {properties} }} ?thing ?property ?value }}")
    assert isinstance(rows, QuerySolutions)
    for row in rows:
        thing, value = row["thing"], row["value"]
        if isinstance(thing, NamedNode) and isinstance(value, NamedNode | Literal):
            things[thing.value][row["property"].value].append(value)
    for iri, values in sorted(things.items()):
        if any(name in values for name in NAMES):
            yield _row(iri, values)


def _row(iri: str, values: _Values) -> tuple[str, ...]:
    italian, english = _label(values, "it"), _label(values, "en")
    others = {name.value for name in _literals(values, NAMES + _OTHER_NAMES)} - {italian, english}
    identifiers = {_last_step(value.value) for name in _IDENTIFIERS for value in values.get(name, ())}
    classes = {value.value for value in values.get(RDF_TYPE, ()) if isinstance(value, NamedNode)}
    return (
        iri,
        kind_of(iri),
        " ".join(sorted(classes)),
        italian,
        english,
        "\n".join(sorted(others)),
        "\n".join(sorted(identifiers | {_last_step(iri)})),
        "\n".join(sorted({value.value for value in _literals(values, _TEXTS)})),
    )


def kind_of(iri: str) -> str:
    """The kind of a thing by its IRI, `cluster` for `…/id/cluster/afil`; `term` for the vocabulary's own."""
    found = _KIND.search(iri)
    return found[1] if found else _TERM


def _literals(values: _Values, properties: tuple[str, ...]) -> Iterator[Literal]:
    return (value for name in properties for value in values.get(name, ()) if isinstance(value, Literal))


def begins(beginnings: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each of the beginnings is that of one of the words."""
    return all(any(word.startswith(beginning) for word in words) for beginning in beginnings)


def _label(values: _Values, language: str) -> str:
    """The preferred name in this language; one without a language counts for every language."""
    for name in NAMES:
        fitting = [value.value for value in _literals(values, (name,)) if value.language in (language, None)]
        if fitting:
            return min(fitting)
    return ""


def _last_step(iri: str) -> str:
    return iri.rstrip("/").replace("#", "/").rpartition("/")[2]


def find(path: Path, words: str, *, seconds: float = SECONDS) -> list[Hit]:
    """The things that every one of these words, or a beginning of it, is found with, by their rank, then by weight.

    The other names of a hit are those of the index, in no order of preference.

    Raises:
        BadQuery: the text is longer than `WORDS_LIMIT` characters.
        QueryTimeout: the search took longer than `seconds`.
        StoreUnavailable: there is no index, or it is damaged.
    """
    if len(words) > WORDS_LIMIT:
        raise BadQuery(
            Message(f"si cercano al più {WORDS_LIMIT} caratteri", f"search for at most {WORDS_LIMIT} characters")
        )
    if not (expression := _expression(words)):
        return []
    with _reading(path, seconds) as connection:
        rows = connection.execute(
            f"SELECT {_HIT} FROM things WHERE things MATCH ? ORDER BY {_WEIGHT}, iri",  # noqa: S608 (our own words)
            [expression],
        ).fetchall()
    return sorted((_hit(*row) for row in rows), key=lambda hit: hit.rank(words))


def everything(path: Path, *, seconds: float = SECONDS) -> list[Hit]:
    """All things of the index, who is looked for before what speaks of it, then by name. Raises what `find` does."""
    with _reading(path, seconds) as connection:
        rows = connection.execute(f"SELECT {_HIT} FROM things").fetchall()  # noqa: S608 (our own words)
    hits = (_hit(*row) for row in rows)
    return sorted(hits, key=lambda hit: (hit.tier, f"{hit.label_it}{hit.label_en}".casefold(), hit.iri))


def _hit(iri: str, kind: str, classes: str, label_it: str, label_en: str, other_names: str) -> Hit:
    return Hit(iri, kind, tuple(classes.split()), label_it, label_en, tuple(other_names.splitlines()))


def _expression(words: str) -> str:
    """Each word in quotes, so that nothing a visitor types is FTS5's own syntax."""
    return " ".join(f'"{word}"*' for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", words)))


@lru_cache(maxsize=16_384)  # every name of a release
def plain(text: str) -> str:
    """The words of a text as they are compared: without accents, capitals and punctuation."""
    letters = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", "".join(letters)))


@contextmanager
def _reading(path: Path, seconds: float) -> Iterator[sqlite3.Connection]:
    deadline = time.monotonic() + seconds
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > deadline, 1_000)
            yield connection
    except sqlite3.OperationalError as error:
        if time.monotonic() > deadline:
            raise QueryTimeout(seconds) from error
        raise StoreUnavailable("the index of names cannot be read") from error
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable("the index of names cannot be read") from error
