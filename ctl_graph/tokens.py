"""What the words of a query say before anyone parses it, so that a refusal can be a friendly one.

A scan over the tokens of https://www.w3.org/TR/sparql11-query/#sparqlGrammar that steps over comments, strings, IRIs,
variables and prefixed names. It guards nothing: that nobody is called is the work of `ctl_graph.worker`, which has no
network.
"""

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Final, NamedTuple

from ctl_graph.errors import BadQuery, Message, ReadOnly

_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# A string that never ends runs to the end (of the line, or of the text): no alternative is tried twice over a long way,
# so that the scan is linear.
_TOKEN: Final = re.compile(
    r"""
      \#[^\r\n]*
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | "{3}(?:[^"\\]|\\.|"{1,2}(?!"))*(?:"{3})? | '{3}(?:[^'\\]|\\.|'{1,2}(?!'))*(?:'{3})?
    | "(?:[^"\\\r\n]|\\[^\r\n])*"? | '(?:[^'\\\r\n]|\\[^\r\n])*'?
    | (?P<variable>[?$]\w+) | @\w[\w\-]*
    | (?P<words>\w[\w.\-]*)? (?P<local>:(?:[\w.\-:%]|\\.)*)?
    """,
    re.VERBOSE | re.DOTALL,
)
_NAME: Final = re.compile(r"(?:\s|#[^\r\n]*)*([?$]\w+|<[^<>]*>|[^\s{<]+)")
_WORD: Final = re.compile(r"[^.\-]+")
_READS: Final = frozenset(("ASK", "CONSTRUCT", "DESCRIBE", "SELECT"))
_WRITES: Final = frozenset(
    ("ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH", "USING")
)
FEDERATED: Final = "SERVICE"
READS_ONLY: Final = Message(
    "Qui si legge soltanto: i dati cambiano con una nuova edizione.",
    "This endpoint only reads: data change by a new release.",
)
_NO_SERVICE: Final = Message(
    "A SERVICE qui non si risponde: questo indirizzo non ne chiama altri.",
    "SERVICE is not answered here: this endpoint calls no other.",
)


def refuse_federation(query: str) -> None:
    """Refuse a query that would make the server call an address that a visitor names.

    Raises:
        BadQuery: the keyword SERVICE stands in it; with its line and column.
    """
    if FEDERATED not in query.upper() and "\\" not in query:
        return
    text = unescaped(query)
    for position in service_calls(text):
        raise BadQuery(_NO_SERVICE, *place(text, position))


def service_calls(text: str) -> Iterator[int]:
    """Where SERVICE stands, or may be read: some parsers find it glued to its neighbours (`1SERVICE`, `SERVICEex:a`).

    The name of a prefix may begin like it where the prefix is declared and no group follows the prefixed name.
    """
    declared: set[str] = set()
    before = ""
    for token, following in pairwise(chain(tokens(text), (Token("end", "", len(text)),))):
        prefix = token.text.partition(":")[0]
        if token.kind == "word" and FEDERATED in token.text.upper():
            yield token.start
        elif token.kind == "name" and prefix.upper().startswith(FEDERATED):
            if before.upper() == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared or following.text == "{":
                yield token.start
        before = token.text


def refuse_update(text: str) -> None:
    """Refuse what would change data, before it goes to a server that might obey.

    Raises:
        ReadOnly: the first operation that stands in it changes data.
    """
    if is_update(unescaped(text)):
        raise ReadOnly(READS_ONLY)


def mentions(query: str, keyword: str) -> bool:
    """Whether a keyword of SPARQL (in capitals) stands in the query as one."""
    return keyword in query.upper() and any(word.upper() == keyword for word, _ in _words(query))


def is_update(text: str) -> bool:
    """Whether the first operation that the text names is one that changes data."""
    for word, _ in _words(text):
        if word.upper() in _READS | _WRITES:
            return word.upper() in _WRITES
    return False


def graph_names(query: str) -> list[str]:
    """What follows each keyword GRAPH: a `?variable`, an `<iri>`, or a prefixed name, as it stands there."""
    if "GRAPH" not in query.upper():
        return []
    ends = (place + len(word) for word, place in _words(query) if word.upper() == "GRAPH")
    return [found[1] for end in ends if (found := _NAME.match(query, end))]


def chooses_dataset(query: str) -> bool:
    """Whether the query names its dataset itself: the keyword FROM stands in it."""
    return mentions(query, "FROM")


def _words(text: str) -> Iterator[tuple[str, int]]:
    """The bare words, keywords among them, each with its place."""
    for found in _pieces(text):
        if found["words"] and found["local"] is None:
            for word in _WORD.finditer(found["words"]):
                yield word[0], found.start() + word.start()


def _pieces(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        assert found is not None  # the last alternative matches nothing, too
        yield found
        position = max(found.end(), position + 1)


class Token(NamedTuple):
    """A piece of a query, and where it begins; the kinds are iri, variable, name (with a prefix), word, and other."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> Iterator[Token]:
    """The pieces of a query in their order, without what is between them: blanks and comments. In linear time."""
    for found in _pieces(text):
        start = found.start()
        if found["words"] and found["local"] is None:
            yield from (Token("word", word[0], start + word.start()) for word in _WORD.finditer(found["words"]))
        elif found.lastgroup:
            yield Token("name" if found["local"] else found.lastgroup, found[0], start)
        elif not (piece := found[0] or text[start]).isspace() and not piece.startswith("#"):
            yield Token("other", piece, start)


def unescaped(text: str) -> str:
    """The text with its codepoint escapes (https://www.w3.org/TR/sparql11-query/#codepointEscape) resolved."""
    return _ESCAPE.sub(_unescaped, text)


def place(text: str, position: int) -> tuple[int, int]:
    """The line and the column of a position, both from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if code <= 0x10FFFF else found[0]
