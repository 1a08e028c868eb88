"""The stored questions as an API: `/api/<name>` answers one, `/api` lists them, `/api/openapi.json` describes them all.

A question without values asks for all, which its page does not: a program says what it wants, and a person is shown an
example. An answer is whole unless `limit` asks for a part of it, or it is JSON and as long as the data. Values become
terms (`Question.bind`), never text, and a question with a visitor's values runs in the short lane, confined.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from io import SEEK_END
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, abort, render_template, request, url_for
from werkzeug.wsgi import FileWrapper

from ctl_graph import questions
from ctl_graph.errors import BadQuery
from ctl_graph.formats import CSV, HTML, JSON, TSV, Format
from ctl_graph.questions import Column, Parameter, Question
from ctl_graph.sandbox import Visit
from ctl_graph.store import BlankNode, Literal, NamedNode, Store, Term
from ctl_graph.vocab import XSD
from ctl_graph.web import errors, openapi, site
from ctl_graph.web.fair_use import fair_use
from ctl_graph.web.negotiation import alternates, link, negotiate, respond, split_suffix, uri
from ctl_graph.web.openapi import DEFAULT_LANGUAGE, LANGUAGE, LONGEST_VALUE, OF_THE_API, SLUG, offers, takes_slug
from ctl_graph.web.shown import by_theme, cluster_names, t

bp = Blueprint("api", __name__)

_MOST_PARAMETERS: Final = 100
# Proxies read the headers of an answer into a few kilobytes. Each format is a link with the whole address in it; the
# parts before and after, and the answer's own address, are three more.
_LONGEST_ALTERNATE: Final = 400
_LONGEST_LOCATION: Final = 3_000
_BLANKS: Final = " \t\r\n"
_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,10}", re.ASCII)
_INTEGERS: Final = re.compile(r"integer|long|int|short|byte|(non)?(Negative|Positive)Integer|unsigned\w+")
_NUMBERS: Final = {XSD + name for name in ("decimal", "double", "float")}


@dataclass(frozen=True)
class Call:
    """One request to a question: `values` are the terms to bind, `given` is what the address says, without `format`."""

    question: Question
    values: Mapping[str, str]
    given: Mapping[str, str]
    offset: int = 0
    limit: int | None = None
    links: list[str] = field(default_factory=list)

    @property
    def language(self) -> str | None:
        """The language that names were asked for in; None where the question does not ask."""
        knows = any(each.name == LANGUAGE for each in self.question.parameters)
        return self.values.get(LANGUAGE, DEFAULT_LANGUAGE) if knows else None

    @property
    def is_part(self) -> bool:
        return self.limit is not None or self.offset > 0

    @property
    def length(self) -> int:
        """How long its address is in a header."""
        return len(uri(self.address(None)))

    def address(self, offer: Format | None, **changes: int) -> str:
        """The same question in this format, or from another row on."""
        name = f"{self.question.name}.{offer.suffix}" if offer else self.question.name
        place = url_for("api.answer", name=name, _external=True)
        given = {**self.given, **{name: str(value) for name, value in changes.items()}}
        return f"{place}?{urlencode(given)}" if given else place


@bp.get("/api")
def index() -> Response:
    """What can be asked: a list for programs, a page for browsers."""
    format = negotiate((JSON, HTML), request.headers.get("Accept"))
    if format is None:
        return errors.not_acceptable((JSON, HTML), None)
    links = [link(url_for("api.description", _external=True), "service-desc", JSON.media_type)]
    return respond(format, _page if format is HTML else _list, links=links)


@bp.get("/api/openapi.json")
def description() -> Response:
    """OpenAPI in the reader's language, which `lang` chooses: a generator of clients has no Accept-Language."""
    if (lang := request.args.get("lang", "")) and lang not in site.LANGUAGES:
        return errors.answer(
            400, name="query", detail=t("api.wrong_lang", given=_short(lang)), parameter="lang", example="en"
        )
    return respond(JSON, lambda: _written(_described()), negotiated=False, translated=True)


@bp.get("/api/help/<name>")
def operation(name: str) -> Response:
    """How one question is asked by programs, for people."""
    if (question := questions.load().get(name)) is None:
        abort(404)
    links = [link(url_for("api.description", _external=True), "service-desc", JSON.media_type)]
    return respond(HTML, lambda: _operation_page(question), links=links, negotiated=False)


@bp.get("/api/<name>")
def answer(name: str) -> Response:
    """The answer to a stored question, in the format that the suffix, `format` or Accept asks for."""
    stem, suffixed = split_suffix(name, (*openapi.SOLUTIONS, *openapi.STATEMENTS))
    question = questions.load().get(stem)
    if question is None or (suffixed and suffixed not in offers(question)):
        return _unknown(name)
    given = _given(question, suffixed)
    named = given.pop("format", "")
    asked = _asked(question, given)
    if (format := suffixed or _format(question, named)) is None:
        return errors.not_acceptable(offers(question), asked.address if asked.length < _LONGEST_ALTERNATE else None)
    if format is JSON and question.is_long:
        asked = _by_pages(asked)
    asked.links.extend(_links(asked, format))
    response = respond(
        format,
        lambda: _answer(asked, format),
        links=asked.links,
        location=asked.address(format) if asked.length <= _LONGEST_LOCATION else None,
    )
    _measure(response)
    if format in (CSV, TSV):
        response.headers["Content-Disposition"] = f'attachment; filename="{question.name}.{format.suffix}"'
    return response


def _measure(response: Response) -> None:
    """Say how long an answer is that is sent from a file."""
    if isinstance(response.response, FileWrapper):
        response.response.seek(0, SEEK_END)
        response.content_length = response.response.tell() or 0
        response.response.seek(0)


# -- what is asked ---------------------------------------------------------------------------------------------------


def _given(question: Question, suffixed: Format | None) -> dict[str, str]:
    """The parameters of the address, each once and each known; an empty one is one that is not given."""
    try:
        text = request.query_string.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        abort(errors.answer(400, detail=t("api.bad_parameters")))
    known = [*(each.name for each in question.parameters), *OF_THE_API]
    names = [name for name, _ in pairs]
    if unknown := [name for name in names if name not in known]:
        _refuse(question, unknown[0], t("api.unknown", name=_short(unknown[0]), known=", ".join(known)))
    given = {name: value.strip(_BLANKS) for name, value in pairs if value.strip(_BLANKS)}
    if repeated := [name for name in names if names.count(name) > 1]:
        _refuse(question, repeated[0], t("api.repeated", name=repeated[0]))
    if suffixed and "format" in given:
        _refuse(question, "format", t("api.repeated", name="format"))
    return given


def _format(question: Question, named: str) -> Format | None:
    if not named:
        return negotiate(offers(question), request.headers.get("Accept"))
    found = [offer for offer in offers(question) if named in (offer.suffix, offer.media_type)]
    if not found:
        known = ", ".join(offer.suffix for offer in offers(question))
        _refuse(question, "format", t("api.wrong_format", given=_short(named), known=known))
    return found[0]


def _asked(question: Question, given: Mapping[str, str]) -> Call:
    """The request with its values checked: each is bound once on its own, so that a mistake has a name."""
    if given.get("lang", "it") not in site.LANGUAGES:
        _refuse(question, "lang", t("api.wrong_lang", given=_short(given["lang"])))
    values = {each.name: _value(question, each, given[each.name]) for each in question.parameters if each.name in given}
    limit = _number(question, given, "limit", 1, openapi.MOST_ROWS)
    offset = _number(question, given, "offset", 0, openapi.MOST_OFFSET) or 0
    return Call(question, values, given, offset, limit)


def _value(question: Question, parameter: Parameter, text: str) -> str:
    if len(text) > LONGEST_VALUE:
        _refuse(question, parameter.name, t("api.too_long", name=parameter.name, most=LONGEST_VALUE))
    if takes_slug(parameter) and SLUG.fullmatch(text):
        text = f"{site.config().base_iri}id/{parameter.name}/{text}"
    try:
        question.bind(**{parameter.name: text})
    except BadQuery as error:
        why = site.say(error.explanation) if error.explanation else str(error)
        _refuse(question, parameter.name, t("api.wrong", name=parameter.name, why=why))
    return text


def _number(question: Question, given: Mapping[str, str], name: str, lowest: int, highest: int) -> int | None:
    if name not in given:
        return None
    if not _WHOLE_NUMBER.fullmatch(given[name]) or not lowest <= int(given[name]) <= highest:
        given_words = _short(given[name])
        _refuse(question, name, t("api.wrong_number", name=name, given=given_words, lowest=lowest, highest=highest))
    return int(given[name])


def _by_pages(asked: Call) -> Call:
    """An answer as long as the data is made as JSON in parts, because the whole takes this process seconds."""
    _number(asked.question, asked.given, "limit", 1, openapi.LONG_PAGE)
    return replace(asked, limit=asked.limit or openapi.LONG_PAGE)


def _refuse(question: Question, parameter: str, detail: str) -> NoReturn:
    """400 that names the parameter and shows a request that works."""
    place = f"{url_for('api.answer', name=question.name, _external=True)}?{openapi.example(question)}"
    examples = {each.name: each.example for each in question.parameters}
    shown = {"limit": "100", "offset": "0", "format": "csv", "lang": "en", **examples}
    if question.is_graph:
        shown["format"] = "ttl"
    example = shown.get(parameter, place)
    abort(errors.answer(400, name="query", detail=detail, parameter=parameter[:100], example=example, request=place))


def _short(text: str) -> str:
    return repr(text[:100])


def _unknown(name: str) -> Response:
    """404 that says where the names are, and which are like this one."""
    near = get_close_matches(name.partition(".")[0][:100], questions.load(), 3, 0.5)
    detail = t("api.none", name=_short(name), near=", ".join(near)) if near else t("api.none_near", name=_short(name))
    place = url_for("api.index", _external=True)
    response = errors.answer(404, detail=detail, questions=place, near=near or None)
    response.headers.add("Link", link(place, "index"))
    return response


# -- what is answered ------------------------------------------------------------------------------------------------


def _is_visitors(asked: Call) -> bool:
    return any(name != LANGUAGE or value not in site.LANGUAGES for name, value in asked.values.items())


def _answer(asked: Call, format: Format) -> bytes | FileWrapper:
    """As it is written, a question runs as the pages ask it; with a visitor's values confined and soon over.

    One that is as long as the data takes its time where visitors' queries do, and no time of the pages. What runs
    confined is on the visitor's bill.
    """
    if not _is_visitors(asked) and not asked.question.is_long:
        return _answered_by(site.store(), asked, format)
    with fair_use() as bill:
        lane = site.short_lane() if _is_visitors(asked) else site.visitors_store()
        return _answered_by(site.for_the_visitor(lane, bill.add), asked, format)


def _answered_by(store: Store, asked: Call, format: Format) -> bytes | FileWrapper:
    if format is JSON:
        return _as_json(store, asked)
    if asked.is_part:
        _lead_on(asked, _ways_on(asked, format, questions.count(store, asked.question, asked.values)))
    given = (asked.question, asked.values)
    if not isinstance(store, Visit):
        return questions.written(store, *given, format, asked.offset, asked.limit)
    # What a worker has written is sent as it stands, in a file where it is long.
    query = questions.part(*given, asked.offset, asked.limit)
    return FileWrapper(store.answer(query, choices={"graph": format, "solutions": format}).file)


def _lead_on(asked: Call, ways: Mapping[str, str | None]) -> None:
    if asked.length <= _LONGEST_LOCATION:
        asked.links.extend(link(place, relation) for relation, place in ways.items() if place)


def _total(store: Store, asked: Call, found: int) -> int:
    """How many rows the whole has, of which this part has so many; the store counts where the part does not tell."""
    is_last = asked.limit is None or found < asked.limit
    if is_last and (found or not asked.offset):
        return asked.offset + found
    return questions.count(store, asked.question, asked.values)


def _as_json(store: Store, asked: Call) -> bytes:
    question = asked.question
    table = questions.rows(store, question, asked.values, asked.offset, asked.limit)
    total = _total(store, asked, len(table))
    ways_on = _ways_on(asked, JSON, total)
    _lead_on(asked, ways_on)
    release = site.current_release()
    kinds = {column.name: column for column in question.columns}
    return _written(
        {
            "question": question.name,
            "release": release.id if release else None,
            "language": asked.language,
            "columns": list(table.columns),
            "rows": [_row(row, kinds, asked.language) for row in table],
            "total": total,
            "offset": asked.offset,
            "next": ways_on["next"],
            "previous": ways_on["prev"],
        }
    )


def _ways_on(asked: Call, format: Format, total: int) -> dict[str, str | None]:
    """The addresses of the parts before and after this one, where there are any."""
    ways: dict[str, str | None] = {"next": None, "prev": None}
    if asked.limit is None:
        return ways
    if asked.offset + asked.limit < total:
        ways["next"] = asked.address(format, offset=asked.offset + asked.limit)
    if asked.offset:
        ways["prev"] = asked.address(format, offset=max(0, asked.offset - asked.limit))
    return ways


def _row(row: Mapping[str, Term | None], kinds: Mapping[str, Column], language: str | None) -> dict[str, Any]:
    """A row as JSON: beside a text in another language than was asked for stands which one it is."""
    found: dict[str, Any] = {name: None if term is None else _json(term, kinds[name]) for name, term in row.items()}
    for name, term in row.items():
        if isinstance(term, Literal) and term.language and term.language != language:
            found[f"{name}@language"] = term.language
    return found


def _json(term: Term, column: Column) -> str | int | float | bool:
    """A term as a JSON value of its column's kind; in a column of any kind, by its datatype."""
    match term:
        case NamedNode():
            return term.value
        case BlankNode():
            return f"_:{term.value}"
        case Literal():
            kind = _kind(term) if column.kind == "term" else column.kind
            return _number_or_text(term.value, kind)
    return str(term)


def _kind(literal: Literal) -> str:
    datatype = literal.datatype.value
    if datatype in _NUMBERS:
        return "number"
    if datatype.startswith(XSD) and _INTEGERS.fullmatch(datatype.removeprefix(XSD)):
        return "integer"
    return "boolean" if datatype == XSD + "boolean" else "text"


def _number_or_text(value: str, kind: str) -> str | int | float | bool:
    match kind:
        case "boolean":
            return value in ("true", "1")
        case "integer":
            return int(value)
        case "number":
            # JSON has no infinity, and is told in words.
            return float(value) if math.isfinite(float(value)) else value
    return value


def _written(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


def _links(asked: Call, format: Format) -> list[str]:
    return [
        *(alternates(offers(asked.question), asked.address, format) if asked.length < _LONGEST_ALTERNATE else ()),
        link(url_for("api.description", _external=True), "service-desc", JSON.media_type),
        link(url_for("api.index", _external=True), "service-doc", HTML.media_type),
        link(url_for("pages.question", name=asked.question.name, _external=True), "describedby", HTML.media_type),
    ]


# -- what there is ---------------------------------------------------------------------------------------------------


def _described() -> dict[str, Any]:
    server = request.url_root.rstrip("/")
    return openapi.document(questions.load().values(), site.config(), server, site.language())


def _list() -> bytes:
    return _written(
        {
            "openapi": url_for("api.description", _external=True),
            "questions": [_listed(question) for question in questions.load().values()],
        }
    )


def _listed(question: Question) -> dict[str, Any]:
    place = url_for("api.answer", name=question.name, _external=True)
    return {
        "name": question.name,
        "title": {"it": question.title.it, "en": question.title.en},
        "description": {"it": question.description.it, "en": question.description.en},
        "address": place,
        "page": url_for("pages.question", name=question.name, _external=True),
        "example": f"{place}?{openapi.example(question)}" if question.parameters else place,
        "parameters": [{"name": each.name, "type": each.kind, "example": each.example} for each in question.parameters],
        "columns": [column.name for column in question.columns],
        "formats": [offer.suffix for offer in offers(question)],
    }


def _page() -> str:
    """The description for people: what holds for all questions, and the way to each."""
    return render_template("api.html", rules=openapi.rules(), themes=by_theme())


def _operation_page(question: Question) -> str:
    """One operation of the description, with the addresses that a person may follow."""
    document = openapi.document([question], site.config(), request.url_root.rstrip("/"), site.language())
    given = openapi.example(question)
    place = url_for("api.answer", name=question.name)
    tail = f"?{given}" if given else ""
    is_of_clusters = any(each.name == "cluster" for each in question.parameters)
    return render_template(
        "operation.html",
        question=question,
        operation=document["paths"][f"/api/{question.name}"]["get"],
        limit=document["components"]["parameters"][openapi.limit_of(question)],
        columns=document["components"]["schemas"][question.name]["properties"]["rows"]["items"]["properties"],
        place=place,
        address=f"{request.url_root.rstrip('/')}/api/{question.name}",
        tail=tail,
        formats=[(offer, f"{place}.{offer.suffix}{tail}") for offer in offers(question)],
        editor=url_for("sparql.endpoint", query=question.by_example()),
        clusters=cluster_names() if is_of_clusters else [],
    )
