"""What the site, the API and the command ask: one `.rq` file each, and how to ask it.

A question's file is SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/) under a head of comments:

    # title@it: …                                     and title@en, description@it, description@en
    # theme: clusters                                 what it is about (`THEMES`)
    # parameter: cluster iri https://w3id.org/…       a name, a kind (`KINDS`) and an example
    # empty@it: …                                     why the answer may be empty, and empty@en
    # columns: cluster iri, cluster_label text?, …    what a row holds (`COLUMN_KINDS`); with `?`, not every row does
    # long                                            asked for all, the answer is as long as the data

A parameter stands in the text as `$name`, which is a variable of SPARQL: the text as it is asks for all. `bind` puts a
checked term in the place of the variable, and never a piece of text. Files whose names begin with `_` are what the
pages ask for themselves; they name the graphs, so that a page can say who says what.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Final, Generic, TypeVar

from ctl_graph.errors import BadQuery, Message
from ctl_graph.formats import Format
from ctl_graph.spool import Caps
from ctl_graph.store import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    Result,
    Store,
    Term,
    Triple,
    engine_errors,
    iri,
)
from ctl_graph.store import written as as_answer
from ctl_graph.vocab import LONGEST_KEPT, XSD

Row = tuple[Term | None, ...]
Value = str | int | date | Sequence[str]

_HEADER: Final = re.compile(r"^#\s*(title|description|empty)@(it|en):\s*(.+)$")
_PARAMETER: Final = re.compile(r"^#\s*parameter:\s*(\w+)\s+(\w+)\s+(.+)$")
_COLUMNS: Final = re.compile(r"^#\s*columns:\s*(.+)$")
_THEME: Final = re.compile(r"^#\s*theme:\s*(\w+)\s*$")
_LONG: Final = re.compile(r"^#\s*long\s*$", re.MULTILINE)
# In the order in which they are read; a question that names none is of the last.
THEMES: Final = (
    "clusters", "members", "firms", "collaborations", "strategies", "competences", "sources", "data", "other",
)  # fmt: skip
_COLUMN: Final = re.compile(r"(\w+) (\w+)(\??)")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A statement is called by its subject, which may be a membership, which is called by its member.
_DEPTH: Final = 2
MOST_KEPT: Final = 50_000  # some ten megabytes
_READ_AT_ONCE: Final = 200
_LONGEST_INTEGER: Final = 20
_TRIPLE: Final = ("subject", "predicate", "object")
_PROLOGUE: Final = re.compile(r"(?:\s*(?:PREFIX[^\n]*|BASE[^\n]*|#[^\n]*)?\n)*", re.IGNORECASE)
_CLASS: Final = re.compile(r"\bctl:([A-Z]\w*)")
# How every question asks what a thing in its answer is called.
_NAMING: Final = re.compile(
    r"OPTIONAL \{\s*\?(\w+) skos:prefLabel \?\1_label\s+FILTER \([^{}]*NOT EXISTS \{[^{}]*\}\)\s*\}"
)
_TEMPLATE: Final = re.compile(r"^CONSTRUCT\s*\{[^{}]*\}")
# What may hold a `$` that is no parameter comes first: comments, IRIs and the four kinds of strings.
_TOKEN: Final = re.compile(
    r"""<[^<>"{}|^`\\\s]*> | \#[^\n]*"""
    r""" | \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''"""
    r""" | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'"""
    r""" | \$(?P<name>\w+)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Parameter:
    """A place in a question that a reader may fill: `kind` is one of `KINDS`."""

    name: str
    kind: str
    example: str


@dataclass(frozen=True)
class Column:
    """A column of an answer: `kind` is one of `COLUMN_KINDS`; an `optional` one is empty in some rows."""

    name: str
    kind: str
    optional: bool = False


@dataclass(frozen=True)
class Question:
    """A stored question: its text asks for all until it is bound."""

    name: str
    text: str
    title: Message
    description: Message
    parameters: tuple[Parameter, ...] = ()
    empty: Message | None = None
    columns: tuple[Column, ...] = ()
    is_long: bool = False
    theme: str = THEMES[-1]

    @property
    def is_graph(self) -> bool:
        """Whether it constructs statements; the columns are then those of a statement."""
        return tuple(column.name for column in self.columns) == _TRIPLE

    @cached_property
    def nameless(self) -> "Question":
        """The same question, which leaves the columns of names empty: asked in half the time by who names things."""
        return replace(self, text=_NAMING.sub("", self.text))

    @cached_property
    def body(self) -> str:
        """The text without its head."""
        lines = self.text.splitlines(keepends=True)
        return "".join(
            line
            for line in lines
            if not any(head.match(line) for head in (_HEADER, _THEME, _PARAMETER, _COLUMNS, _LONG))
        )

    @property
    def form(self) -> str:
        """SELECT or CONSTRUCT."""
        prologue = _PROLOGUE.match(self.body)
        assert prologue is not None
        return self.body[prologue.end() :].split(None, 1)[0].upper()

    @property
    def classes(self) -> tuple[str, ...]:
        """The local names of the vocabulary's classes that the query names."""
        return tuple(sorted(set(_CLASS.findall(self.body))))

    def bind(self, **values: Value) -> str:
        """The body with terms in the places of the parameters named; the others stay variables.

        Raises:
            BadQuery: there is no such parameter, or the value is not of its kind.
        """
        kinds = {parameter.name: parameter.kind for parameter in self.parameters}
        if unknown := sorted(values.keys() - kinds.keys()):
            raise BadQuery(f"the question {self.name} has no parameter {', '.join(unknown)}")
        terms = {name: KINDS[kinds[name]](value) for name, value in values.items()}
        return _TOKEN.sub(lambda token: terms.get(token["name"] or "", token[0]), self.body)

    def by_example(self) -> str:
        """The body with the examples in the places of all parameters."""
        return self.bind(**{each.name: each.example for each in self.parameters})


@dataclass(frozen=True)
class Table:
    """The answer to a question, read to its end."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Mapping[str, Term | None]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def _date_term(value: Value) -> str:
    try:
        if not isinstance(value, date) and not _DAY.fullmatch(str(value)):
            raise ValueError("Python reads more ways to write a date than XML Schema does")
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        given = repr(str(value)[:50])
        raise BadQuery(
            Message(
                f"{given} non è una data: si scrive come 2019-08-12 (anno, mese, giorno).",
                f"{given} is not a date: it is written like 2019-08-12 (year, month, day).",
            )
        ) from error
    return str(Literal(day.isoformat(), datatype=NamedNode(XSD + "date")))


def _integer_term(value: Value) -> str:
    written = str(value)
    if not re.fullmatch(r"\s*[+-]?[0-9]+\s*", written) or len(written) > _LONGEST_INTEGER:
        given = repr(written[:50])
        raise BadQuery(
            Message(
                f"{given} non è un numero intero di al più {_LONGEST_INTEGER} cifre.",
                f"{given} is not an integer of at most {_LONGEST_INTEGER} digits.",
            )
        )
    return str(int(written))  # SPARQL's own way to write an xsd:integer, and the one LIMIT takes


def _string_term(value: Value) -> str:
    try:
        return str(Literal(str(value)))
    except ValueError as error:
        raise BadQuery(
            Message("Nel testo c'è un carattere che non è Unicode.", "The text holds a character that is not Unicode.")
        ) from error


def _iri_term(value: Value) -> str:
    try:
        return iri(str(value))
    except BadQuery as error:
        given = repr(str(value)[:200])
        raise BadQuery(
            Message(
                f"{given} non è un IRI intero: si scrive come https://w3id.org/ctl/id/cluster/afil.",
                f"{given} is not a whole IRI: it is written like https://w3id.org/ctl/id/cluster/afil.",
            )
        ) from error


def _iri_terms(value: Value) -> str:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise BadQuery("not a list of IRIs")
    return " ".join(iri(each) for each in value)


KINDS: Final[Mapping[str, Callable[[Value], str]]] = {
    "iri": _iri_term,
    "date": _date_term,
    "string": _string_term,
    "integer": _integer_term,
    # Only for the pages: `VALUES ?thing { $things }` is no SPARQL before it is bound.
    "iris": _iri_terms,
}

# `term` is any of the others: the values of a property that the question does not choose.
COLUMN_KINDS: Final = frozenset({"iri", "text", "date", "integer", "number", "boolean", "term"})


def parse(name: str, text: str) -> Question:
    """The question that a file holds.

    Raises:
        BadQuery: the head lacks a title or description in either language, or names an unknown kind or theme.
    """
    words: dict[str, dict[str, str]] = defaultdict(dict)
    parameters: list[Parameter] = []
    columns: tuple[Column, ...] = ()
    theme = THEMES[-1]
    for line in text.splitlines():
        if found := _HEADER.match(line):
            words[found[1]][found[2]] = found[3].strip()
        elif found := _PARAMETER.match(line):
            parameters.append(Parameter(found[1], found[2], found[3].strip()))
        elif found := _THEME.match(line):
            theme = found[1]
        elif found := _COLUMNS.match(line):
            columns = tuple(Column(column, kind, bool(mark)) for column, kind, mark in _COLUMN.findall(found[1]))
    kinds = [parameter.kind for parameter in parameters if parameter.kind not in KINDS]
    if wrong := kinds + [column.kind for column in columns if column.kind not in COLUMN_KINDS]:
        raise BadQuery(f"question {name}: there is no kind {wrong[0]!r}")
    if theme not in THEMES:
        raise BadQuery(f"question {name}: there is no theme {theme!r}")
    empty = Message(**words["empty"]) if len(words["empty"]) == 2 else None
    try:
        title, description = Message(**words["title"]), Message(**words["description"])
    except TypeError as error:
        raise BadQuery(f"question {name}: title and description are needed in both languages") from error
    return Question(name, text, title, description, tuple(parameters), empty, columns, bool(_LONG.search(text)), theme)


@cache
def _all() -> Mapping[str, Question]:
    found = sorted((file.name.removesuffix(".rq"), file) for file in files(__name__).iterdir() if ".rq" in file.name)
    return {name: parse(name, file.read_text(encoding="utf-8")) for name, file in found}


def load() -> Mapping[str, Question]:
    """The stored questions by name, those of the pages left out."""
    return {name: question for name, question in _all().items() if not name.startswith("_")}


def ask(store: Store, name: str, **values: Value) -> Table:
    """Ask a stored question (SELECT or CONSTRUCT) and read the answer to its end: no lazy result leaves this room.

    Raises:
        KeyError: there is no such question.
        BadQuery: a value is not of its parameter's kind.
        StoreError: there is no answer.
    """
    return _read(name, store.query(_all()[name].bind(**values)))


def ask_nameless(store: Store, name: str, **values: Value) -> Table:
    """The same answer with empty columns of names, for pages, which name things themselves. Raises what `ask` does."""
    return _read(name, store.query(_all()[name].nameless.bind(**values)))


def ask_part(store: Store, name: str, offset: int, limit: int, **values: Value) -> tuple[Table, int]:
    """A part of the answer, and how many rows (of a CONSTRUCT: solutions) the whole has; of the rest few rows are read.

    No stored question has a LIMIT of its own. Raises what `ask` does.
    """
    question = _all()[name]
    text = question.bind(**values)
    # More rows than are wanted tell of most answers how long they are, without asking twice.
    read = limit if question.is_graph else max(limit, _READ_AT_ONCE)
    found = _read(name, store.query(_part(text, offset, read)))
    part = found if question.is_graph else Table(found.columns, found.rows[:limit])
    if 0 < len(found) < read or (not len(found) and not offset):
        return part, offset + len(found)
    return part, _count(store, text)


def rows(
    store: Store, question: Question, values: Mapping[str, Value], offset: int = 0, limit: int | None = None
) -> Table:
    """The answer from its row `offset` on, at most `limit` rows of it. Raises what `ask` does."""
    with engine_errors():
        return _read(question.name, store.query(part(question, values, offset, limit)))


def part(question: Question, values: Mapping[str, Value], offset: int = 0, limit: int | None = None) -> str:
    """The query for the same rows. Raises BadQuery as `Question.bind` does."""
    return _part(question.bind(**values), offset, limit)


def written(
    store: Store,
    question: Question,
    values: Mapping[str, Value],
    format: Format,
    offset: int = 0,
    limit: int | None = None,
) -> bytes:
    """The same rows in a format of query results; of a CONSTRUCT, the statements in a format of graphs.

    Raises what `ask` does, and NotXml.
    """
    with engine_errors():
        result = store.query(part(question, values, offset, limit))
    return as_answer(result, {"solutions": format, "graph": format}, Caps()).read()


def count(store: Store, question: Question, values: Mapping[str, Value]) -> int:
    """How many rows the whole answer has. Raises what `ask` does."""
    return _count(store, question.bind(**values))


def _part(text: str, offset: int, limit: int | None) -> str:
    return text + (f"\nOFFSET {offset:d}" if offset else "") + (f"\nLIMIT {limit:d}" if limit is not None else "")


def _count(store: Store, text: str) -> int:
    ((total,),) = _read("count", store.query(_counting(text))).rows
    return int(total.value) if isinstance(total, Literal) else 0


def _counting(query: str) -> str:
    """The query that counts the rows of this one."""
    prologue = _PROLOGUE.match(query)
    assert prologue is not None
    form = _TEMPLATE.sub("SELECT *", query[prologue.end() :])
    return f"{prologue[0]}SELECT (COUNT(*) AS ?total) WHERE {{ {{\n{form}\n}} }}"


def _read(name: str, result: Result) -> Table:
    if isinstance(result, QuerySolutions):
        columns = tuple(variable.value for variable in result.variables)
        return Table(columns, tuple(tuple(solution) for solution in result))
    if not isinstance(result, Iterable):
        raise BadQuery(f"the question {name} is neither a SELECT nor a CONSTRUCT")
    return Table(_TRIPLE, tuple(tuple(triple) for triple in result))


# -- what the pages ask ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """A triple and the named graphs that hold it."""

    subject: NamedNode | BlankNode
    predicate: NamedNode
    object: Term
    graphs: tuple[str, ...]

    @property
    def triple(self) -> Triple:
        return Triple(self.subject, self.predicate, self.object)

    @property
    def quads(self) -> list[Quad]:
        return [Quad(self.subject, self.predicate, self.object, NamedNode(graph)) for graph in self.graphs]


@dataclass(frozen=True)
class Label:
    """A name for people, in the language asked for where there is one."""

    text: str
    language: str | None = None


@dataclass(frozen=True)
class Source:
    """What a named graph was taken from, as far as the data describe it."""

    graph: str
    iri: str | None = None
    title: str | None = None
    address: str | None = None
    publisher: str | None = None
    issued: str | None = None


@dataclass(frozen=True)
class Side:
    """A statement in dispute: what a source says of one property of a thing, `as_stated` in its own words."""

    statement: str
    subject: str
    predicate: str
    object: Term | None
    as_stated: Term | None


@dataclass(frozen=True)
class Dispute:
    """A disagreement: the statements that differ, and which one is preferred, where that is decided."""

    disagreement: str
    sides: tuple[Side, ...]
    preferred: str | None = None


@dataclass(frozen=True)
class Gone:
    """What is known of a thing that went away."""

    date: str
    notes: tuple[Label, ...]


def describe(store: Store, thing: str) -> list[Statement]:
    """What all graphs say of the thing, with its blank nodes."""
    statements = _statements(ask(store, "_about", thing=thing))
    if any(isinstance(statement.object, BlankNode) for statement in statements):
        return _statements(ask(store, "_about-nested", thing=thing))
    return statements


def pointing_at(store: Store, thing: str) -> list[Statement]:
    """The statements of all graphs whose object is the thing."""
    return _statements(ask(store, "_pointing-at", thing=thing))


def stated_in(store: Store, graph: str, offset: int, limit: int) -> list[Statement]:
    """Statements of one graph, with the other graphs that make them too.

    They are counted in the store's own order, which never changes within a release.
    """
    return _statements(ask(store, "_stated-in", **{"from": graph}, offset=offset, limit=limit))


def stated_only_in(
    store: Store, graph: str, *, accepted: str, inferred: str, offset: int, limit: int
) -> list[Statement]:
    """Those of its statements that no other graph makes, but for that of what is accepted and that of what follows."""
    values: dict[str, Value] = {"from": graph, "accepted": accepted, "inferred": inferred}
    return _statements(ask(store, "_stated-only", **values, offset=offset, limit=limit))


def whole(store: Store, graph: str) -> list[Triple]:
    """All that one graph says, and nothing else; nothing where there is no such graph."""
    return [Triple(*row) for row in ask(store, "_graph", **{"from": graph}).rows]  # type: ignore[arg-type]


def names(store: Store, things: Iterable[str]) -> list[Statement]:
    """The statements that name these things."""
    wanted = sorted(set(things))
    return _statements(ask(store, "_names", things=wanted)) if wanted else []


def terms(store: Store, ontology: str) -> dict[str, list[str]]:
    """The terms that an ontology defines, by the kind that each is of."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in ask(store, "_terms", ontology=ontology):
        found[text(row["kind"])].append(text(row["term"]))
    return {kind: sorted(terms) for kind, terms in found.items()}


def members(store: Store, concept: str, accepted: str) -> list[str]:
    """The accepted things of a class."""
    return [text(row["thing"]) for row in ask(store, "_members", **{"class": concept}, accepted=accepted)]


def disputes(store: Store, thing: str, accepted: str) -> list[Dispute]:
    """The disagreements about the thing, each with its sides; the one that is preferred comes first."""
    sides: dict[str, list[Side]] = defaultdict(list)
    preferred: dict[str, str] = {}
    for row in ask(store, "_disputes", thing=thing, accepted=accepted):
        statement, subject, predicate = (text(row[name]) for name in ("statement", "subject", "predicate"))
        sides[text(row["disagreement"])].append(Side(statement, subject, predicate, row["object"], row["as_stated"]))
        preferred[text(row["disagreement"])] = text(row["chosen"])
    return [
        Dispute(name, tuple(sorted(found, key=lambda side: side.statement != preferred[name])), preferred[name] or None)
        for name, found in sides.items()
    ]


def gone(store: Store, thing: str) -> Gone | None:
    """What the tombstone says, where there is one."""
    rows = list(ask(store, "_gone", thing=thing))
    if not rows:
        return None
    notes = {Label(text(row["note"]), language(row["note"])) for row in rows if row["note"] is not None}
    return Gone(text(rows[0]["date"]), tuple(sorted(notes, key=lambda note: (note.language or "", note.text))))


def withdrawn(store: Store) -> set[str]:
    """The things of which only a tombstone is left."""
    return {text(row["thing"]) for row in ask(store, "_withdrawn")}


# The graphs that say something of a thing, each with the degrees of confidence (IRIs) that it states for it.
Said = Mapping[str, tuple[str, ...]]


def evidence(store: Store, things: Iterable[str]) -> Mapping[str, Said]:
    """For each thing the graphs that say something of it, with the confidences (IRIs) that each states for it."""
    wanted = sorted(set(things))
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in ask(store, "_evidence", things=wanted) if wanted else ():
        found[text(row["thing"])][text(row["graph"])] |= {text(row["confidence"])} - {""}
    return {
        thing: {graph: tuple(sorted(stated)) for graph, stated in sorted(graphs.items())}
        for thing, graphs in found.items()
    }


def sources(store: Store, graphs: Iterable[str]) -> dict[str, Source]:
    """The source of each graph; a graph that nobody describes has only its name."""
    wanted = sorted(set(graphs))
    known = {text(row["graph"]): _source(row) for row in (ask(store, "_sources", graphs=wanted) if wanted else ())}
    return {graph: known.get(graph, Source(graph)) for graph in wanted}


def _source(row: Mapping[str, Term | None]) -> Source:
    known = {name: _text_or_none(row[name]) for name in ("iri", "title", "address", "publisher", "issued")}
    return Source(text(row["graph"]), **known)


_Known = TypeVar("_Known")


class Kept(Generic[_Known]):
    """What is known of things by their IRIs, asked for once, many at a time; to be held while the data are the same."""

    def __init__(self, ask: Callable[[Sequence[str]], Mapping[str, _Known]], most: int = MOST_KEPT) -> None:
        self._ask = ask
        self._most = most
        self._known: dict[str, _Known | None] = {}

    def of(self, things: Iterable[str]) -> dict[str, _Known]:
        """What is known of those of the things of which something is. Raises what `ask` does."""
        known, wanted = self._known, list(things)
        if asked := [thing for thing in wanted if thing not in known]:
            if len(known) + len(asked) > self._most:  # another thread may be reading: nothing is taken out
                known = self._known = {thing: known[thing] for thing in wanted if thing in known}
            found = self._ask(asked)
            # What nobody knows may be a visitor's: it is kept as long as it is short.
            known.update({thing: found.get(thing) for thing in asked if thing in found or len(thing) <= LONGEST_KEPT})
        return {thing: value for thing in wanted if (value := known.get(thing)) is not None}


class Labels:
    """Names for people in one language: the thing's own, or one composed of what it links (member, role, cluster).

    What a thing is called is asked once and kept, so these live no longer than the data of `store` stay as they are.
    """

    def __init__(self, store: Store, in_language: str, accepted: str) -> None:
        self._store = store
        self._language = in_language
        self._accepted = accepted
        self._own = Kept(self._ask)

    def of(self, things: Iterable[str], context: str | None = None) -> dict[str, Label]:
        """The names of those things that have one. A composed name leaves out `context`, what the page is about anyway.

        Raises:
            StoreError: there is no answer.
        """
        wanted = sorted(set(things))
        found = self._own.of(wanted)
        if nameless := [thing for thing in wanted if thing not in found]:
            found |= self._composed(nameless, context, _DEPTH)
        return found

    def _ask(self, things: Sequence[str]) -> dict[str, Label]:
        candidates: dict[str, list[tuple[int, int, Label]]] = defaultdict(list)
        for row in ask(self._store, "_labels", things=things, graph=self._accepted):
            label = Label(text(row["label"]), language(row["label"]))
            fit = {self._language: 0, None: 1}.get(label.language, 2)
            candidates[text(row["thing"])].append((fit, int(text(row["rank"])), label))
        return {thing: min(fitting, key=_fittest)[2] for thing, fitting in candidates.items()}

    def _composed(self, things: Sequence[str], context: str | None, depth: int) -> dict[str, Label]:
        parts: dict[str, dict[int, Term]] = defaultdict(dict)
        for row in ask(self._store, "_label-parts", things=things):
            part, ranked = row["part"], parts[text(row["thing"])]
            assert part is not None
            if text(part) == context:
                continue
            rank = int(text(row["rank"]))
            ranked[rank] = min(part, ranked.get(rank, part), key=_in(self._language))
        linked = {part.value for ranked in parts.values() for part in ranked.values() if isinstance(part, NamedNode)}
        names = self._own.of(sorted(linked))
        if depth > 1 and (nameless := sorted(linked - names.keys())):
            names |= self._composed(nameless, context, depth - 1)
        return {thing: _compose(ranked, names) for thing, ranked in parts.items() if ranked}


def _fittest(candidate: tuple[int, int, Label]) -> tuple[int, int, str]:
    fit, rank, label = candidate
    return fit, rank, label.text


def _in(wanted: str) -> Callable[[Term], tuple[bool, str]]:
    return lambda term: (language(term) not in (wanted, None), text(term))


def _compose(parts: Mapping[int, Term], names: Mapping[str, Label]) -> Label:
    """`Politecnico di Milano — founder — AFIL`; where some source names the thing, that name alone."""
    if (name := parts.get(0)) is not None:
        return Label(text(name), language(name))
    known = (names.get(text(part)) for _, part in sorted(parts.items()))
    ends = (text(part).rstrip("/").rpartition("/")[2] for _, part in sorted(parts.items()))
    return Label(" — ".join(name.text if name else end for name, end in zip(known, ends, strict=True)))


def _statements(table: Table) -> list[Statement]:
    graphs: dict[tuple[Term | None, ...], set[str]] = defaultdict(set)
    for row in table.rows:
        *triple, graph = row
        graphs[tuple(triple)].add(text(graph))
    found = [_statement(triple, sorted(names)) for triple, names in graphs.items()]
    return sorted(
        found, key=lambda statement: (str(statement.subject), str(statement.predicate), str(statement.object))
    )


def _statement(triple: tuple[Term | None, ...], graphs: Sequence[str]) -> Statement:
    subject, predicate, value = triple
    assert isinstance(subject, NamedNode | BlankNode)
    assert isinstance(predicate, NamedNode)
    assert value is not None
    return Statement(subject, predicate, value, tuple(graphs))


def text(term: Term | None) -> str:
    """The characters of a term: an IRI, a literal's text, a blank node's label."""
    return "" if term is None else str(term) if isinstance(term, Triple) else term.value


def _text_or_none(term: Term | None) -> str | None:
    return None if term is None else text(term)


def language(term: Term | None) -> str | None:
    return term.language if isinstance(term, Literal) else None
