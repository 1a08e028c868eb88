"""SERVICE, for the endpoints that the operator allows: asked from here, because a worker reaches nobody.

SPARQL evaluates a SERVICE pattern by itself and joins what comes back
(https://www.w3.org/TR/sparql11-federated-query/). So each is sent to its endpoint before the query runs, and what comes
back takes its place as VALUES. The patterns are found by the tokens of the query, which is never parsed here.
"""

import math
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from traceback import clear_frames
from typing import Final
from urllib.parse import urljoin, urlsplit

from ctl_graph.errors import (
    BadQuery,
    Message,
    QueryTimeout,
    QueryTooLarge,
    ServiceFailed,
    StoreBusy,
    StoreError,
    StoreUnavailable,
)
from ctl_graph.remote import RemoteStore
from ctl_graph.store import Literal, NamedNode, QuerySolutions, Term
from ctl_graph.tokens import FEDERATED, Token, is_update, place, tokens, unescaped

_LONGEST_QUERY: Final = 100_000  # characters: its pieces are looked at in the server itself
_MOST_CALLS: Final = 8
_MOST_DECLARATIONS: Final = 200
_LONGEST_BASE: Final = 2_000  # characters: each IRI that follows is joined with all of them
_MOST_ROWS: Final = 10_000
_MOST_VARIABLES: Final = 100
_MOST_BYTES: Final = 4_000_000
_END: Final = "} }"
# Whoever waits for an endpoint holds a thread of the server, which pages need, too.
_AT_ONCE: Final = 4
_OF_ONE_CLIENT: Final = 2
_VARIABLE: Final = re.compile(r"\w+")
_LANGUAGE: Final = re.compile(r"[A-Za-z]+(-[A-Za-z0-9]+)*")
_ESCAPED: Final = re.compile(r"\\(.)")
_CODEPOINT: Final = re.compile(r"\\[uU]")
_PORTS: Final = {"http": 80, "https": 443}

_NEEDS_IRI: Final = Message(
    "Dopo SERVICE ci vuole l'IRI di un endpoint, poi un gruppo fra graffe: una variabile qui non è ammessa.",
    "After SERVICE the IRI of an endpoint is needed, and a group in braces: a variable is not followed here.",
)
_UNENDED: Final = Message("Il gruppo di questo SERVICE non finisce.", "The group of this SERVICE does not end.")
_NESTED: Final = Message(
    "Un SERVICE dentro un altro qui non è ammesso: l'endpoint ne chiamerebbe altri.",
    "A SERVICE within another is not followed here: the endpoint would call others.",
)
_NOT_PLAIN: Final = Message(
    r"In ciò che SERVICE manda altrove i caratteri si scrivono come sono, non come \uXXXX: non tutti li leggono allo "
    "stesso modo.",
    r"In what SERVICE sends elsewhere characters are written as themselves, not as \uXXXX: not everybody reads those "
    "in the same way.",
)
_TOO_MANY_VARIABLES: Final = Message(
    f"In SERVICE possono stare al più {_MOST_VARIABLES} variabili.",
    f"Within SERVICE there may be no more than {_MOST_VARIABLES} variables.",
)
_TOO_LONG: Final = Message(
    "Una query con SERVICE può avere al più " + f"{_LONGEST_QUERY:,} caratteri.".replace(",", "."),
    f"A query with SERVICE may be no longer than {_LONGEST_QUERY:,} characters.",
)
_TOO_MANY_DECLARATIONS: Final = Message(
    f"Una query con SERVICE può dichiarare al più {_MOST_DECLARATIONS} prefissi e basi.",
    f"A query with SERVICE may declare no more than {_MOST_DECLARATIONS} prefixes and bases.",
)
_BASE_TOO_LONG: Final = Message(
    "La base di una query con SERVICE può avere al più " + f"{_LONGEST_BASE:,} caratteri.".replace(",", "."),
    f"The base of a query with SERVICE may be no longer than {_LONGEST_BASE:,} characters.",
)
_TOO_MANY_CALLS: Final = Message(
    f"Una query può avere al più {_MOST_CALLS} SERVICE.", f"A query may have no more than {_MOST_CALLS} SERVICE."
)


@dataclass(frozen=True)
class _Prologue:
    """What a query declares before it begins."""

    text: str
    base: str
    prefixes: dict[str, str]

    def resolve(self, token: Token) -> str | None:
        """The IRI that a token names; None where its prefix is not declared, or where it is no name."""
        if token.kind == "iri":
            return _joined(self.base, unescaped(token.text[1:-1]))
        prefix, _, local = token.text.partition(":")
        if token.kind != "name" or prefix not in self.prefixes:
            return None
        return self.prefixes[prefix] + _ESCAPED.sub(r"\1", local)


@dataclass(frozen=True)
class _Call:
    """One SERVICE: where it stands in the query, from `start` to `end`, and what it asks of whom."""

    start: int
    end: int
    endpoint: str
    pattern: str
    silent: bool
    line: int
    column: int

    @property
    def shown(self) -> str:
        return _shown(self.endpoint)

    def refuse(self, message: Message) -> BadQuery:
        return BadQuery(message, self.line, self.column)

    def failed(self, italian: str, english: str) -> ServiceFailed:
        message = Message(f"L'endpoint {self.shown} {italian}.", f"The endpoint {self.shown} {english}.")
        return ServiceFailed(message, self.line, self.column)


class Federation:
    """The endpoints that queries may name; `seconds` is what a query may take in all.

    An endpoint has half of the time that is left, so that a query survives the silence of one.
    """

    def __init__(self, endpoints: Iterable[str], seconds: float) -> None:
        self._endpoints = {_normal(endpoint): endpoint for endpoint in endpoints}
        self._seconds = seconds
        self._places = threading.Lock()
        self._taken: Counter[str] = Counter()

    def expand(self, query: str, base: str, who: str = "") -> str:
        """The query with each SERVICE replaced by what its endpoint answers; relative IRIs are taken against `base`.

        Where no endpoint is allowed, SERVICE stays and is refused by whoever runs the query. `who` is any name for
        whoever asks; nobody has all the places where such queries run, and nameless ones are not told apart.

        Raises:
            BadQuery: a SERVICE cannot be followed; with its line and column.
            ServiceFailed: an endpoint gives no answer that can be used, and the query does not say SILENT.
            StoreBusy: too many such queries are under way.
        """
        if not self._endpoints or FEDERATED not in query.upper():
            return query
        pieces = list(tokens(query[: _LONGEST_QUERY + 1]))
        if is_update(query) or not any(_is_word(piece, FEDERATED) for piece in pieces):
            return query
        if len(query) > _LONGEST_QUERY:
            raise BadQuery(_TOO_LONG)
        prologue = _prologue(query, pieces, base)
        _refuse_escapes(query, 0, len(prologue.text))
        calls = [self._allowed(call) for call in _calls(query, pieces, prologue)]
        if len(calls) > _MOST_CALLS:
            raise calls[_MOST_CALLS].refuse(_TOO_MANY_CALLS)
        with self._place(who):
            return "".join(self._expanded(query, calls, f"BASE <{base}>\n{prologue.text}\n"))

    @contextmanager
    def _place(self, who: str) -> Iterator[None]:
        with self._places:
            if self._taken.total() == _AT_ONCE or (who and self._taken[who] == _OF_ONE_CLIENT):
                raise StoreBusy(max(1, math.ceil(self._seconds)))
            self._taken[who] += 1
        try:
            yield
        finally:
            with self._places:
                self._taken[who] -= 1
                if not self._taken[who]:
                    del self._taken[who]

    def _allowed(self, call: _Call) -> _Call:
        """The call, to the endpoint as the operator has written it."""
        endpoint = self._endpoints.get(_normal(call.endpoint))
        if endpoint is None:
            known, given = ", ".join(map(_shown, self._endpoints.values())), repr(call.endpoint[:200])
            raise call.refuse(
                Message(
                    f"Qui SERVICE è ammesso solo verso {known}, non verso {given}.",
                    f"SERVICE is followed here to {known} only, and not to {given}.",
                )
            )
        return _Call(call.start, call.end, endpoint, call.pattern, call.silent, call.line, call.column)

    def _expanded(self, query: str, calls: Sequence[_Call], prologue: str) -> Iterator[str]:
        deadline = time.monotonic() + self._seconds
        position, room = 0, _MOST_BYTES
        for call in calls:
            seconds = (deadline - time.monotonic()) / 2
            values = self._ask(call, f"{prologue}SELECT * WHERE {call.pattern}", max(seconds, 0.1), room)
            room -= len(values)
            yield query[position : call.start]
            yield values
            # What follows keeps its line, for whoever reads where an error is.
            yield "\n" * query.count("\n", call.start, call.end)
            position = call.end
        yield query[position:]

    def _ask(self, call: _Call, query: str, seconds: float, room: int) -> str:
        try:
            return _answered(call, query, seconds, room)
        except StoreError as error:
            _forget_tables(error)
            if call.silent and isinstance(error, ServiceFailed):
                return "{ }"
            raise


def _forget_tables(error: BaseException | None) -> None:
    """The engine's tables may be dropped by no other thread than this; an error would carry them with its frames."""
    while error:
        clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _answered(call: _Call, query: str, seconds: float, room: int) -> str:
    end = time.monotonic() + seconds
    try:
        return _values(call, RemoteStore(call.endpoint, seconds=seconds, limit=_MOST_BYTES).query(query), end, room)
    except QueryTooLarge as error:
        raise _too_much(call) from error
    except QueryTimeout as error:
        raise call.failed(
            f"non ha risposto entro {seconds:.1f} secondi", f"has not answered within {seconds:.1f} seconds"
        ) from error
    except StoreUnavailable as error:
        raise call.failed("non risponde", "does not answer") from error
    except BadQuery as error:
        if error.line is not None:  # it is ours already
            raise
        raise call.failed(
            "non accetta ciò che questo SERVICE chiede", "does not take what this SERVICE asks"
        ) from error


# -- the text of the query -------------------------------------------------------------------------------------------


def _is_word(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word


def _prologue(query: str, pieces: Sequence[Token], base: str) -> _Prologue:
    prefixes: dict[str, str] = {}
    end = 0
    for number, (keyword, *names, iri) in enumerate(_declarations(pieces)):
        if number == _MOST_DECLARATIONS:
            raise BadQuery(_TOO_MANY_DECLARATIONS, *place(query, keyword.start))
        resolved = _Prologue("", base, prefixes).resolve(iri) or ""
        if names:
            prefixes[names[0].text[:-1]] = resolved
        elif len(resolved) > _LONGEST_BASE:
            raise BadQuery(_BASE_TOO_LONG, *place(query, keyword.start))
        else:
            base = resolved or base
        end = iri.end
    return _Prologue(query[:end], base, prefixes)


def _declarations(pieces: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """What the query begins with: BASE and its IRI, PREFIX with its name and its IRI."""
    position = 0
    while True:
        declared = pieces[position : position + 3]
        if len(declared) > 1 and _is_word(declared[0], "BASE") and declared[1].kind == "iri":
            declared = declared[:2]
        elif len(declared) < 3 or not _is_word(declared[0], "PREFIX") or not _declares(*declared[1:]):
            return
        yield declared
        position += len(declared)


def _declares(name: Token, iri: Token) -> bool:
    is_prefix = name.kind == "name" and name.text.endswith(":") and (name.text == ":" or name.text[0].isalpha())
    return is_prefix and iri.kind == "iri"


def _calls(query: str, pieces: Sequence[Token], prologue: _Prologue) -> Iterator[_Call]:
    position = 0
    while position < len(pieces):
        if not _is_word(pieces[position], FEDERATED):
            position += 1
            continue
        begin, where = position, place(query, pieces[position].start)
        silent = _is_word(_at(pieces, position + 1), "SILENT")
        name, brace = position + 1 + silent, position + 2 + silent
        if _at(pieces, name).kind not in ("iri", "name") or _at(pieces, brace).text != "{":
            raise BadQuery(_NEEDS_IRI, *where)
        if (endpoint := prologue.resolve(pieces[name])) is None:
            prefix = pieces[name].text.partition(":")[0]
            raise BadQuery(
                Message(f"Il prefisso {prefix}: non è dichiarato.", f"The prefix {prefix}: is not declared."), *where
            )
        position = _closing(query, pieces, brace, where, prologue) + 1
        start, end = pieces[begin].start, pieces[position - 1].end
        _refuse_escapes(query, pieces[brace].start, end)
        if len({piece.text[1:] for piece in pieces[brace:position] if piece.kind == "variable"}) > _MOST_VARIABLES:
            raise BadQuery(_TOO_MANY_VARIABLES, *where)
        yield _Call(start, end, endpoint, query[pieces[brace].start : end], silent, *where)


def _at(pieces: Sequence[Token], position: int) -> Token:
    return pieces[position] if position < len(pieces) else Token("end", "", 0)


def _refuse_escapes(query: str, start: int, end: int) -> None:
    """An escape that is resolved before the text is read may be a quote, a brace or a letter of a keyword."""
    if found := _CODEPOINT.search(query, start, end):
        raise BadQuery(_NOT_PLAIN, *place(query, found.start()))


def _may_call(token: Token, prologue: _Prologue) -> bool:
    """Whether an endpoint may read the keyword in this piece, which some split where others do not (`1SERVICE`)."""
    if FEDERATED not in token.text.upper():
        return False
    if token.kind == "name":
        prefix = token.text.partition(":")[0]
        return FEDERATED in prefix.upper() and prefix not in prologue.prefixes
    return token.kind == "word" or token.text.startswith("@")


def _closing(query: str, pieces: Sequence[Token], opening: int, where: tuple[int, int], prologue: _Prologue) -> int:
    """Where the group that begins at `opening` ends."""
    depth = 0
    for position in range(opening, len(pieces)):
        token = pieces[position]
        if _may_call(token, prologue):
            raise BadQuery(_NESTED, *place(query, token.start))
        if token.kind == "other" and token.text in "{}":
            depth += 1 if token.text == "{" else -1
            if depth == 0:
                return position
    raise BadQuery(_UNENDED, *where)


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:  # no address, and therefore nobody's
        return reference


def _normal(endpoint: str) -> str:
    """The address in the form in which two that mean the same are the same text (RFC 3986, section 6.2.3)."""
    try:
        parts = urlsplit(urljoin(endpoint, urlsplit(endpoint).path or "/"))
        port = parts.port
        scheme, host, query = parts.scheme, parts.hostname or "", urlsplit(endpoint).query
    except ValueError:
        return endpoint
    if "@" in parts.netloc or "#" in endpoint:  # never the same as an address without
        return endpoint
    port = None if port == _PORTS.get(scheme) else port
    return repr((scheme, host, port, parts.path, query))


def _shown(endpoint: str) -> str:
    """The address without what may be a secret of the operator."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


# -- the answer as part of the query ---------------------------------------------------------------------------------


def _values(call: _Call, result: object, end: float, room: int) -> str:
    """The solutions as a group of their own, https://www.w3.org/TR/sparql11-query/#inline-data.

    It has at most `room` characters and is written before the moment `end`, or is an error.
    """
    if not isinstance(result, QuerySolutions):
        raise call.failed("non dà una tabella", "gives no table")
    names = _names(call, result)
    parts = [f"{{ VALUES ({' '.join('?' + name for name in names)}) {{ "]
    room -= len(parts[0]) + len(_END)
    try:
        for number, solution in enumerate(result):
            parts.append(f"({' '.join(_written(call, term) for term in solution)}) ")
            room -= len(parts[-1])
            if room < 0 or number == _MOST_ROWS:
                raise _too_much(call)
            if time.monotonic() > end:
                raise QueryTimeout(0)
    except (SyntaxError, ValueError) as error:
        raise _unreadable(call) from error
    return "".join(parts) + _END


def _names(call: _Call, result: QuerySolutions) -> list[str]:
    if len(result.variables) > _MOST_VARIABLES:
        raise _too_much(call)
    names = [variable.value for variable in result.variables]
    if not all(map(_VARIABLE.fullmatch, names)) or len(set(names)) < len(names):
        raise _unreadable(call)
    return names


def _written(call: _Call, term: Term | None) -> str:
    """The term as it stands in a query; what the endpoint says is believed in nothing, least of all in its form."""
    match term:
        case None:
            return "UNDEF"
        case NamedNode():
            return str(NamedNode(term.value))
        case Literal():
            NamedNode(term.datatype.value)
            if term.language and not _LANGUAGE.fullmatch(term.language):
                raise ValueError(term.language)
            # A backslash is written as an escape of its own, so that nobody reads one with what follows it.
            return _ESCAPED.sub(lambda found: "\\u005C" if found[1] == "\\" else found[0], str(term))
    raise call.refuse(
        Message(
            f"L'endpoint {call.shown} risponde con nodi anonimi, che qui non si possono unire a nulla: in SERVICE "
            "scegli con SELECT le variabili che servono, o scartali con FILTER(!isBlank(…)).",
            f"The endpoint {call.shown} answers with blank nodes, which nothing here can be joined with: choose the "
            "variables that you need by SELECT within SERVICE, or leave them out by FILTER(!isBlank(…)).",
        )
    )


def _unreadable(call: _Call) -> ServiceFailed:
    return call.failed("risponde in un modo che non si può leggere", "answers what cannot be read")


def _too_much(call: _Call) -> BadQuery:
    megabytes = _MOST_BYTES // 1_000_000
    return call.refuse(
        Message(
            f"L'endpoint {call.shown} dà più di {_MOST_ROWS} righe, di {_MOST_VARIABLES} variabili o di {megabytes} "
            "MB: chiedi meno in SERVICE.",
            f"The endpoint {call.shown} gives more than {_MOST_ROWS:,} rows, {_MOST_VARIABLES} variables or "
            f"{megabytes} MB: ask for less within SERVICE.",
        )
    )
