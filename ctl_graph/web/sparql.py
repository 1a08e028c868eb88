"""The endpoint for visitors' queries: the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), reading only.

A query is never looked into here: `ctl_graph.sandbox` parses, plans and runs it elsewhere. Asked for nothing, the
endpoint describes itself (https://www.w3.org/TR/sparql11-service-description/), to browsers as a form.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, abort, render_template, request, url_for

from ctl_graph.errors import BadQuery, Message, NoFormat, QueryCrashed, QueryTimeout, QueryTooLarge, StoreBusy
from ctl_graph.formats import BOOLEANS, CSV, GRAPHS, HTML, SPARQL_JSON, TABLES, TSV, TURTLE, Format, write_graph
from ctl_graph.store import Answer, BlankNode, Choices, Kind, NamedNode, Triple, iri
from ctl_graph.tokens import READS_ONLY
from ctl_graph.vocab import RDF_TYPE, SD, compact
from ctl_graph.web import errors, site, watch
from ctl_graph.web.negotiation import is_web_address, negotiate, respond, uri, vary
from ctl_graph.web.shown import Shown, t

bp = Blueprint("sparql", __name__)

# A page comes last: it is for those who say that they want one.
OFFERS: Final[dict[Kind, tuple[Format, ...]]] = {
    "graph": (*GRAPHS, HTML),
    "solutions": (*TABLES, HTML),
    "boolean": (*BOOLEANS, HTML),
}
DESCRIPTIONS: Final = (*GRAPHS, HTML)
_BEHIND_A_PAGE: Final[dict[Kind, Format]] = {"graph": TURTLE, "solutions": SPARQL_JSON, "boolean": SPARQL_JSON}

_LONGEST_QUERY: Final = 1_000_000
_LONGEST_PAGE: Final = 1_000_000
_LONGEST_LINK: Final = 6_000
_LONGEST_ALTERNATE: Final = 400
_MOST_PARAMETERS: Final = 1_000
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_NOT_UTF_8: Final = Message("La query non è in UTF-8.", "The query is not in UTF-8.")
_BAD_PARAMETERS: Final = Message(
    "I parametri sono troppi, o non sono in UTF-8 con i segni di percentuale.",
    "The parameters are too many, or not percent-encoded UTF-8.",
)
_CUT_SHORT: Final = Message("Il corpo è più corto di quanto dichiara.", "The body is shorter than it says.")

# https://www.w3.org/ns/formats/ names what an endpoint writes.
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_FORMAT_NAMES: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "JSON-LD", "N-Triples", "RDF_XML", "TriG", "N-Quads"),
)

Parameters = list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
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


@bp.route("/sparql", methods=["GET", "POST"])
def endpoint() -> Response:
    """Answer a query, or describe the endpoint to whoever asks none."""
    parameters = _parameters()
    if request.method in ("GET", "HEAD") and not {"query", "update"} & {name for name, _ in parameters}:
        return _introduce(_last(parameters, "format"))
    asked = _asked(parameters)
    choices = _choices(asked.format)
    try:
        return _page(asked, choices) if HTML in choices.values() else _data(asked, choices)
    except NoFormat as error:
        return _not_acceptable(error.kind, next(offers for kind, offers in OFFERS.items() if kind == error.kind))
    except (BadQuery, QueryTimeout, QueryTooLarge, QueryCrashed, StoreBusy) as error:
        if HTML not in choices.values():
            raise
        problem = {"line": None, "detail_language": None, **errors.explained(error)}
        return _form(asked.query, errors.status(error), problem=problem)


# -- what is asked ---------------------------------------------------------------------------------------------------


def _parameters() -> Parameters:
    """The parameters of the address and of the body, wherever the protocol lets them stand."""
    parameters = _decoded(request.query_string)
    if request.method != "POST":
        return parameters
    if request.mimetype == _UPDATE:
        raise BadQuery(READS_ONLY)
    if request.mimetype == _FORM:
        return parameters + _decoded(_body())
    if request.mimetype != _QUERY:
        _refuse_media_type()
    return [*parameters, ("query", _text(_body()))]


def _refuse_media_type() -> NoReturn:
    response = errors.answer(415, detail=t("sparql.media_type", known=f"{_FORM}, {_QUERY}"))
    response.headers["Accept-Post"] = f"{_FORM}, {_QUERY}"
    abort(response)


def _body() -> bytes:
    """The whole body: a chunked one that is too long, and one cut short on its way, would else pass as complete."""
    if request.mimetype_params.get("charset", "utf-8").lower().replace("-", "") != "utf8":
        raise BadQuery(_NOT_UTF_8)
    parts: list[bytes] = []
    while part := request.stream.read(1 << 16):
        parts.append(part)
        if sum(map(len, parts)) > _LONGEST_QUERY:
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


def _asked(parameters: Parameters) -> Asked:
    """Exactly one query, and graphs that are named by IRIs; unknown parameters are for others.

    Raises:
        BadQuery: it is not so, or an update is asked for.
    """
    if any(name == "update" for name, _ in parameters):
        raise BadQuery(READS_ONLY)
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
    return Asked(queries[0], default_graphs, named_graphs, _last(parameters, "format"))


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
    choices = {kind: _named(named, offers) for kind, offers in OFFERS.items()}
    if not any(choices.values()):
        known = ", ".join(dict.fromkeys(offer.suffix for offers in OFFERS.values() for offer in offers))
        given = repr(named[:100])
        raise BadQuery(
            Message(
                f"Il formato {given} qui non c'è; ci sono {known}.", f"There is no format {given}; there are {known}."
            )
        )
    return choices


def _named(name: str, offers: Sequence[Format]) -> Format | None:
    """By its suffix, its name, a media type of its, or the short name (`json`, `n3`) that other endpoints use for it.

    Of several names between commas, as SPARQLWrapper sends them, the first that is known counts.
    """
    wishes = [wish.strip() for wish in name.lower().split(",")]
    return next((offer for wish in wishes for offer in offers if wish in _names(offer)), None)


def _names(offer: Format) -> set[str]:
    types = {offer.media_type, *offer.aliases}
    return {offer.suffix, offer.name.lower(), *types, *(each.partition("/")[2] for each in types)}


def _not_acceptable(kind: str, offers: Sequence[Format]) -> Response:
    known = ", ".join(f"{offer.media_type} (format={offer.suffix})" for offer in offers)
    has_address = request.method in ("GET", "HEAD") and len(request.query_string) < _LONGEST_ALTERNATE
    address = _in_format if has_address else None
    return errors.not_acceptable(offers, address, detail=t("sparql.formats", known=known), kind=kind)


def _in_format(offer: Format) -> str:
    """The same question in another format; short enough that six of them make no header too long."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "format"]
    return f"{url_for('sparql.endpoint')}?{urlencode([*asked, ('format', offer.suffix)])}"


# -- answers ---------------------------------------------------------------------------------------------------------


def _ask(asked: Asked, choices: Choices) -> Answer:
    with watch.query(asked.query) as answered:
        answer = site.visitors_store().answer(
            asked.query,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            choices=choices,
            base=_address(),
        )
        return answered(answer)


def _data(asked: Asked, choices: Choices) -> Response:
    answer = _ask(asked, choices)
    response = Response(answer.body, content_type=answer.format.content_type)
    if answer.format in (CSV, TSV):
        response.headers["Content-Disposition"] = f'attachment; filename="answer.{answer.format.suffix}"'
    return _kept(response)


def _kept(response: Response) -> Response:
    """What a cache may know of an answer: keep it, but ask each time whether it is still true."""
    vary(response)
    response.headers["Cache-Control"] = "no-cache"
    if request.method == "POST":
        return response
    response.set_etag(sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _page(asked: Asked, choices: Choices) -> Response:
    answer = _ask(asked, {kind: _BEHIND_A_PAGE[kind] for kind, format in choices.items() if format is HTML})
    parameters = asked.parameters()
    link = f"{url_for('sparql.endpoint')}?{urlencode(parameters)}"
    return _form(
        asked.query,
        answer=answer,
        too_long=len(answer.body) > _LONGEST_PAGE,
        shown=_shown(answer),
        parameters=parameters,
        link=link if len(link) <= _LONGEST_LINK else None,
        downloads=OFFERS[answer.kind][:-1],
    )


def _shown(answer: Answer) -> Any:
    """What the page shows of it: a text, a truth, or a table; one that is too long is for downloading only."""
    if len(answer.body) > _LONGEST_PAGE:
        return None
    if answer.kind == "graph":
        return answer.body.decode()
    document = json.loads(answer.body)
    if answer.kind == "boolean":
        return bool(document["boolean"])
    columns = document["head"]["vars"]
    rows = [[_term(row.get(column)) for column in columns] for row in document["results"]["bindings"]]
    return {"columns": columns, "rows": rows}


def _term(term: dict[str, Any] | None) -> Shown | None:
    if term is None:
        return None
    if term["type"] == "triple":
        return Shown(json.dumps(term["value"], ensure_ascii=False))
    value = str(term["value"])
    if term["type"] != "uri":
        prefix, language = "_:" if term["type"] == "bnode" else "", term.get("xml:lang", "")
        is_tag = language.isascii() and language.replace("-", "").isalnum()
        return Shown(prefix + value, language=language if is_tag else None, title=term.get("datatype"))
    place = site.path(value)
    href = place or (uri(value) if is_web_address(value) else None)
    return Shown(compact(value), href, external=place is None, title=value)


def _form(query: str, code: int = 200, **answered: Any) -> Response:
    given = {"problem": None, "answer": None, "link": None, "parameters": [], "downloads": (), **answered}
    here = url_for("sparql.endpoint", _external=True)
    if request.method == "POST" and given["link"]:  # the query is not in the address, from which the switch is made
        other = "en" if site.language() == "it" else "it"
        given["switch"] = "?" + urlencode([*given["parameters"], ("lang", other)])
    page = render_template("sparql.html", query=query, endpoint=here, **given)
    response = Response(page, code, content_type=HTML.content_type)
    vary(response)
    response.content_language.add(site.language())
    response.headers["Cache-Control"] = "no-cache" if code == 200 else "no-store"
    return response


# -- the endpoint itself ---------------------------------------------------------------------------------------------


def _address() -> str:
    """The canonical one."""
    return site.config().base_iri + "sparql"


def _introduce(named: str | None) -> Response:
    format = _named(named, DESCRIPTIONS) if named else negotiate(DESCRIPTIONS, request.headers.get("Accept"))
    if format is None:
        return _not_acceptable("graph", DESCRIPTIONS)
    if format is HTML:
        return _form(_example())
    return respond(format, lambda: write_graph(_description(), format))


def _description() -> Iterator[Triple]:
    """The service at its canonical place, whatever host it runs on now."""
    service, dataset, default, named = (BlankNode(name) for name in ("service", "dataset", "default", "accepted"))
    yield from _statements(service, "Service", endpoint=NamedNode(_address()), defaultDataset=dataset)
    yield from _statements(service, None, supportedLanguage=NamedNode(SD + "SPARQL11Query"))
    for name in _FORMAT_NAMES:
        yield from _statements(service, None, resultFormat=NamedNode(_FORMATS + name))
    yield from _statements(dataset, "Dataset", defaultGraph=default, namedGraph=named)
    yield from _statements(default, "Graph")
    yield from _statements(named, "NamedGraph", name=NamedNode(site.accepted()), graph=default)


def _statements(subject: BlankNode, kind: str | None, **properties: NamedNode | BlankNode) -> Iterator[Triple]:
    if kind:
        yield Triple(subject, NamedNode(RDF_TYPE), NamedNode(SD + kind))
    for name, value in properties.items():
        yield Triple(subject, NamedNode(SD + name), value)


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
