"""The endpoint for visitors' queries: the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), reading only.

A query may also come by the method QUERY (https://www.rfc-editor.org/rfc/rfc10008), which is safe as GET is and has a
body as POST has. Whatever the way, the answer names the address where GET gives the same bytes.

A query is never looked into here: `ctl_graph.sandbox` parses, plans and runs it elsewhere. Asked for nothing, the
endpoint describes itself (https://www.w3.org/TR/sparql11-service-description/), to browsers as a form.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from markupsafe import escape
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import FileWrapper

from ctl_graph import questions
from ctl_graph.errors import (
    BadQuery,
    Message,
    NoFormat,
    NotXml,
    OverBudget,
    QueryCrashed,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    ReadOnly,
    StoreBusy,
)
from ctl_graph.formats import BOOLEANS, CSV, GRAPHS, HTML, JSON, QUERY, SPARQL_JSON, TABLES, TSV, TURTLE, Format
from ctl_graph.store import Answer, Choices, Kind, iri
from ctl_graph.tokens import READS_ONLY
from ctl_graph.vocab import compact
from ctl_graph.web import description, editor, errors, site, watch
from ctl_graph.web.documents import page_number
from ctl_graph.web.fair_use import fair_use
from ctl_graph.web.negotiation import DOCUMENTS, by_name, is_web_address, negotiate, respond, split_suffix, uri, vary
from ctl_graph.web.shown import Shown, by_theme, t

bp = Blueprint("sparql", __name__)

# A page comes last: it is for those who say that they want one.
OFFERS: Final[dict[Kind, tuple[Format, ...]]] = {
    "graph": (*GRAPHS, HTML),
    "solutions": (*TABLES, HTML),
    "boolean": (*BOOLEANS, HTML),
}
_BEHIND_A_PAGE: Final[dict[Kind, Format]] = {"graph": TURTLE, "solutions": SPARQL_JSON, "boolean": SPARQL_JSON}

_LONGEST_PAGE: Final = 1_000_000
# Of a page of 50 kB, what is left for the answer.
_ROOM: Final = 20_000
_LEAST_ROOM: Final = 4_000
_LONGEST_GIVEN: Final = 6_000
_LONGEST_CELL: Final = 1_000
_LONGEST_LINK: Final = 6_000
# Proxies read the headers of an answer into 4 or 8 kilobytes, and six of these stand in a 406.
_LONGEST_LOCATION: Final = 3_000
_LONGEST_ALTERNATE: Final = 400
_MOST_PARAMETERS: Final = 1_000
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_TAKEN: Final = f"{_QUERY}, {_FORM}"
_ASKS_FOR_NOTHING: Final = ("GET", "HEAD")
_NOT_UTF_8: Final = Message("La query non è in UTF-8.", "The query is not in UTF-8.")
_BAD_PARAMETERS: Final = Message(
    "I parametri sono troppi, o non sono in UTF-8 con i segni di percentuale.",
    "The parameters are too many, or not percent-encoded UTF-8.",
)
_CUT_SHORT: Final = Message("Il corpo è più corto di quanto dichiara.", "The body is shorter than it says.")

Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Operation:
    """One query with the dataset it is asked of, and the format named beside it, if any."""

    query: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None

    def parameters(self) -> Parameters:
        """The same question as parameters of the protocol."""
        return [
            ("query", self.query),
            *(("default-graph-uri", name) for name in self.default_graphs),
            *(("named-graph-uri", name) for name in self.named_graphs),
        ]


@bp.route("/sparql", methods=["GET", "POST", "QUERY"])
@bp.route("/release/<pinned>/sparql", methods=["GET", "POST", "QUERY"])
def endpoint() -> Response:
    """Answer a query, or describe the endpoint to whoever asks none."""
    parameters = _parameters()
    if request.method in _ASKS_FOR_NOTHING and not {"query", "update"} & {name for name, _ in parameters}:
        return _introduce(_last(parameters, "format"))
    asked = _asked(parameters)
    choices = _choices(asked.format)
    try:
        if HTML not in choices.values():
            return _data(asked, choices)
        return _page(asked, choices, page_number(_last(parameters, "page")))
    except NoFormat as error:
        offers = next(offers for kind, offers in OFFERS.items() if kind == error.kind)
        return _not_acceptable(error.kind, offers, asked.parameters())
    except (BadQuery, NotXml, QueryTimeout, QueryTooLarge, QueryCrashed, QueryRefused, OverBudget, StoreBusy) as error:
        if HTML not in choices.values():
            raise
        problem = {"line": None, "detail_language": None, **errors.explained(error)}
        return errors.say_when(_form(asked.query, errors.status(error), problem=problem), error)


@bp.get("/sparql/terms.json")
def terms() -> Response:
    """What the editor offers while one writes: classes and properties, with names in the reader's language."""
    return respond(JSON, lambda: json.dumps(editor.terms()), negotiated=False, translated=True)


@bp.get("/examples/<name>")
@bp.get("/release/<pinned>/examples/<name>")
def example(name: str) -> AnyResponse:
    """A stored question with its examples: as a text for programs and for the editor, in the form for browsers."""
    stem, suffixed = split_suffix(name, (QUERY,))
    if (question := questions.load().get(stem)) is None:
        abort(404)
    query = editor.example(question)
    format = suffixed or negotiate((QUERY, HTML), request.headers.get("Accept"))
    if format is None:
        return errors.not_acceptable((QUERY,), lambda offer: url_for("sparql.example", name=f"{stem}.{offer.suffix}"))
    if format is QUERY:
        return respond(QUERY, lambda: f"{query}\n", translated=True)
    response = redirect(url_for("sparql.endpoint", query=query), 303)
    vary(response)
    return response


@bp.after_request
def _say_what_is_read(response: Response) -> Response:
    """https://www.rfc-editor.org/rfc/rfc10008#name-the-accept-query-header-fie"""
    response.headers["Accept-Query"] = _TAKEN
    return response


# -- what is asked ---------------------------------------------------------------------------------------------------


def _parameters() -> Parameters:
    """The parameters of the address and of the body, wherever the protocol lets them stand."""
    if len(request.full_path) > errors.LONGEST_ADDRESS or len(request.query_string) > errors.LONGEST_ADDRESS:
        abort(414)
    parameters = _decoded(request.query_string)
    if request.method in _ASKS_FOR_NOTHING:
        return parameters
    if request.mimetype == _UPDATE:
        raise ReadOnly(READS_ONLY)
    if request.mimetype == _FORM:
        return [*parameters, *_decoded(_body())]
    if request.mimetype != _QUERY:
        _refuse_media_type()
    return [*parameters, ("query", _text(_body()))]


def _refuse_media_type() -> NoReturn:
    response = errors.answer(415, detail=t("sparql.media_type", known=_TAKEN))
    response.headers["Accept-Post"] = _TAKEN
    # A body that is compressed is refused, too (https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding).
    response.headers["Accept-Encoding"] = "identity"
    abort(response)


def _body() -> bytes:
    """The whole body: a chunked one that is too long, and one cut short on its way, would else pass as complete."""
    if (request.content_encoding or "identity").lower() != "identity":
        _refuse_media_type()
    if request.mimetype_params.get("charset", "utf-8").lower().replace("-", "") != "utf8":
        raise BadQuery(_NOT_UTF_8)
    parts: list[bytes] = []
    while part := request.stream.read(1 << 16):
        parts.append(part)
        if sum(map(len, parts)) > errors.LONGEST_BODY:
            abort(413)
    body = b"".join(parts)
    if request.content_length is not None and len(body) != request.content_length:
        raise BadQuery(_CUT_SHORT)
    return body


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadQuery(_NOT_UTF_8) from error


def _decoded(data: bytes) -> Parameters:
    try:
        return parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError as error:
        raise BadQuery(_BAD_PARAMETERS) from error


def _asked(parameters: Parameters) -> Operation:
    """Exactly one query, and graphs that are named by IRIs; unknown parameters are for others.

    Raises:
        BadQuery: it is not so.
        ReadOnly: an update is asked for.
    """
    if any(name == "update" for name, _ in parameters):
        raise ReadOnly(READS_ONLY)
    queries = _values(parameters, "query")
    if len(queries) != 1:
        raise BadQuery(
            Message(
                f"Ci vuole una query, e una sola: qui sono {len(queries)}.",
                f"Exactly one query is asked for; there are {len(queries)}.",
            )
        )
    default_graphs, named_graphs = _values(parameters, "default-graph-uri"), _values(parameters, "named-graph-uri")
    for name in (*default_graphs, *named_graphs):
        _check_graph(name)
    return Operation(queries[0], default_graphs, named_graphs, _last(parameters, "format"))


def _check_graph(name: str) -> None:
    try:
        iri(name)
    except BadQuery as error:
        given = repr(name[:200])
        raise BadQuery(
            Message(
                f"Un grafo si nomina con il suo IRI intero; {given} non lo è.",
                f"A graph is named by its whole IRI, which {given} is not.",
            )
        ) from error


def _values(parameters: Parameters, name: str) -> tuple[str, ...]:
    return tuple(value for key, value in parameters if key == name)


def _last(parameters: Parameters, name: str) -> str | None:
    return next(iter(reversed(_values(parameters, name))), None) or None


# -- which format ----------------------------------------------------------------------------------------------------


def _choices(named: str | None) -> Choices:
    """The format for each kind of answer, chosen before anyone knows which kind it will be."""
    if named is None:
        return {kind: negotiate(offers, request.headers.get("Accept")) for kind, offers in OFFERS.items()}
    choices = {kind: by_name(named, offers) for kind, offers in OFFERS.items()}
    if not any(choices.values()):
        known = ", ".join(dict.fromkeys(offer.suffix for offers in OFFERS.values() for offer in offers))
        given = repr(named[:100])
        raise BadQuery(
            Message(
                f"Il formato {given} qui non c'è; ci sono {known}.", f"There is no format {given}; there are {known}."
            )
        )
    return choices


def _not_acceptable(kind: str, offers: Sequence[Format], parameters: Parameters = ()) -> Response:
    known = ", ".join(f"{offer.media_type} (format={offer.suffix})" for offer in offers)
    is_short = len(_in_format(parameters, offers[0])) < _LONGEST_ALTERNATE
    address = (lambda offer: _in_format(parameters, offer)) if is_short else None
    return errors.not_acceptable(offers, address, detail=t("sparql.formats", known=known), kind=kind)


def _in_format(parameters: Parameters, offer: Format) -> str:
    """The address of the same question in this format, whatever Accept says."""
    return f"{url_for('sparql.endpoint')}?{urlencode([*parameters, ('format', offer.suffix)])}"


# -- answers ---------------------------------------------------------------------------------------------------------


def _ask(asked: Operation, choices: Choices) -> Answer:
    with watch.query(asked.query) as answered, fair_use() as bill:
        with bill.calling():
            query = site.federation().expand(asked.query, _address(), request.remote_addr or "")
        answer = site.visitors_store().answer(
            query,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            choices=choices,
            base=_address(),
            client=site.connection(),
            who=request.remote_addr or "",
            gone=bill.elsewhere,
        )
        return answered(bill.add(answer))


def _data(asked: Operation, choices: Choices) -> Response:
    answer = _ask(asked, choices)
    response = _sent(answer)
    if answer.format in (CSV, TSV):
        response.headers["Content-Disposition"] = f'attachment; filename="answer.{answer.format.suffix}"'
    location = _in_format(asked.parameters(), answer.format)
    if len(location) <= _LONGEST_LOCATION:
        response.headers["Content-Location"] = location
    # What a cache may know of an answer: keep it, but ask each time whether it is still true.
    response.headers["Cache-Control"] = "no-cache"
    vary(response)
    if request.method != "POST":
        # QUERY is as safe as GET, so that a condition means the same; Werkzeug knows it of GET and HEAD only.
        is_query = request.method == "QUERY"
        response.make_conditional({**request.environ, "REQUEST_METHOD": "GET"} if is_query else request)
    return response


def _sent(answer: Answer) -> Response:
    """The whole answer, with a tag for its bytes and their format: N-Triples are N-Quads, too."""
    response = Response(FileWrapper(answer.file), content_type=answer.format.content_type)
    response.content_length = answer.length
    response.set_etag(f"{answer.digest[:32]}-{answer.format.suffix}")
    return response


def _page(asked: Operation, choices: Choices, number: int) -> Response:
    answer = _ask(asked, {kind: _BEHIND_A_PAGE[kind] for kind, format in choices.items() if format is HTML})
    parameters = asked.parameters()
    link = f"{url_for('sparql.endpoint')}?{urlencode(parameters)}"
    # The query stands in the page too: in its field, and in addresses.
    shown = _shown(answer, number, max(_LEAST_ROOM, _ROOM - 5 * len(asked.query)))
    return _form(
        asked.query,
        answer=answer,
        shown=shown,
        given=_given(answer) if shown is not None and number == 1 and len(parameters) == 1 else None,
        parameters=parameters,
        link=link if len(link) <= _LONGEST_LINK else None,
        downloads=OFFERS[answer.kind][:-1],
    )


def _given(answer: Answer) -> dict[str, str]:
    """What the editor takes over: an answer that is short; it asks again for one that is not."""
    return {"kind": answer.kind, "raw": answer.read().decode()} if answer.length <= _LONGEST_GIVEN else {}


@dataclass(frozen=True)
class Part:
    """What a page shows of an answer: lines of a text, or rows of a table, from the one of the number `first` on."""

    lines: Sequence[Any]
    first: int
    total: int
    page: int
    has_next: bool
    columns: Sequence[str] = ()


def _shown(answer: Answer, number: int, room: int) -> bool | Part | None:
    """What the page shows of it: a part of a text, a truth, a part of a table; what is too long is for downloading."""
    if answer.length > _LONGEST_PAGE:
        return None
    if answer.kind == "graph":
        return _part(_pieces(answer.read().decode()), number, room, lambda piece: len(escape(piece)))
    try:
        document = json.loads(answer.read())
    except RecursionError:  # triples within triples within triples
        return None
    if answer.kind == "boolean":
        return bool(document["boolean"])
    columns = document["head"]["vars"]
    part = _part(document["results"]["bindings"], number, room, _weight)
    rows = [[_term(row.get(column)) for column in columns] for row in part.lines]
    return replace(part, lines=rows, columns=columns)


def _part(lines: Sequence[Any], number: int, room: int, weight: Callable[[Any], int]) -> Part:
    """The page of this number, where each has so many of the lines as there is room for, and at least one."""
    starts, left = [0], room
    for place, line in enumerate(lines):
        left -= weight(line)
        if left < 0 and place > starts[-1]:
            starts.append(place)
            left = room - weight(line)
    if number > len(starts):
        abort(404)
    bounds = [*starts, len(lines)]
    first, end = bounds[number - 1], bounds[number]
    return Part(lines[first:end], first + 1, len(lines), number, number < len(starts))


def _pieces(text: str) -> list[str]:
    """The lines of a text, those that are too long for a page in pieces."""
    lines, most = text.rstrip("\n").split("\n"), _LONGEST_CELL
    return [line[start : start + most] for line in lines for start in range(0, len(line) or 1, most)]


def _weight(row: Mapping[str, Mapping[str, Any]]) -> int:
    """How long a row is as HTML, about: an IRI stands there three times."""
    return sum(60 + _length(term) * (3 if term["type"] == "uri" else 1) for term in row.values())


def _length(term: Mapping[str, Any]) -> int:
    return len(escape(str(term["value"])[:_LONGEST_CELL]))


def _term(term: dict[str, Any] | None) -> Shown | None:
    if term is None:
        return None
    if term["type"] == "triple":
        return Shown(_clipped(json.dumps(term["value"], ensure_ascii=False)))
    value = str(term["value"])
    if term["type"] != "uri":
        prefix, language = "_:" if term["type"] == "bnode" else "", term.get("xml:lang", "")
        is_tag = language.isascii() and language.replace("-", "").isalnum()
        return Shown(prefix + _clipped(value), language=language if is_tag else None, title=term.get("datatype"))
    place = site.path(value)
    href = place or (uri(value) if is_web_address(value) else None)
    if len(value) > _LONGEST_CELL:
        return Shown(_clipped(value))
    return Shown(compact(value), href, external=place is None, title=value)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"


def _form(query: str, code: int = 200, **answered: Any) -> Response:
    response = Response(_written(query, **answered), code, content_type=HTML.content_type)
    vary(response)
    response.content_language.add(site.language())
    response.headers["Cache-Control"] = "no-cache" if code == 200 else "no-store"
    return response


def _written(query: str, **answered: Any) -> str:
    nothing = {"problem": None, "answer": None, "shown": None, "given": None, "link": None}
    given = {**nothing, "parameters": [], "downloads": (), **answered}
    here = url_for("sparql.endpoint", _external=True)
    # The switch of language is made from the address, where the query may not be.
    if request.method not in _ASKS_FOR_NOTHING and given["link"]:
        other = "en" if site.language() == "it" else "it"
        given["switch"] = "?" + urlencode([*given["parameters"], ("lang", other)])
    formats = {kind: [(offer.suffix, offer.name) for offer in offers[:-1]] for kind, offers in OFFERS.items()}
    given["editor"], given["themes"] = editor.setting(formats), by_theme()
    return render_template("sparql.html", query=query, endpoint=here, **given)


# -- the endpoint itself ---------------------------------------------------------------------------------------------


def _address() -> str:
    """The canonical one."""
    return site.config().base_iri + "sparql"


def _introduce(named: str | None) -> Response:
    format = by_name(named, DOCUMENTS) if named else negotiate(DOCUMENTS, request.headers.get("Accept"))
    if format is None:
        return _not_acceptable("graph", DOCUMENTS)
    return respond(HTML, lambda: _written(_example())) if format is HTML else description.introduce(format)


def _example() -> str:
    return """\
PREFIX ctl: <https://w3id.org/ctl/def/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?cluster ?name WHERE {
  ?cluster a ctl:RegionalCluster ;
           skos:prefLabel ?name .
}
LIMIT 100
"""
