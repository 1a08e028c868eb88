"""The API described for programs: OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1), made of the stored questions.

Its schemas are JSON Schema 2020-12 (https://json-schema.org/draft/2020-12/schema). The page for people shows this same
description, so that nothing is said of the API in two places.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

import ctl_graph
from ctl_graph.config import Config
from ctl_graph.formats import GRAPHS, JSON, JSON_LD, SPARQL_JSON, SPARQL_XML, TABLES, Format
from ctl_graph.questions import Column, Parameter, Question
from ctl_graph.web.columns import heading
from ctl_graph.web.shown import t

Object = dict[str, Any]

# Browsers name application/xml before */*, and mean neither: they get JSON, as every program does that names nothing.
SOLUTIONS: Final = (JSON, *(replace(format, aliases=()) if format is SPARQL_XML else format for format in TABLES))
STATEMENTS: Final = (JSON, *(replace(format, aliases=()) for format in GRAPHS))

LONGEST_VALUE: Final = 500
MOST_ROWS: Final = 1_000_000
LONG_PAGE: Final = 5_000  # rows of an answer in JSON that is as long as the data
MOST_OFFSET: Final = 1_000_000_000
SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE: Final = "language"
DEFAULT_LANGUAGE: Final = "it"
# What is asked of the API itself; no question has a parameter of one of these names.
OF_THE_API: Final = ("format", "limit", "offset", "lang")

_PROBLEM: Final = "application/problem+json"
_TYPES: Final[dict[str, Object]] = {
    "iri": {"type": "string", "format": "iri"},
    "text": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "term": {"type": ["string", "number", "boolean"]},
}
# What other standards say of their own JSON.
_OTHER_JSON: Final[dict[str, Object]] = {
    SPARQL_JSON.suffix: {"type": "object", "required": ["head", "results"]},
    JSON_LD.suffix: {"type": ["object", "array"]},
}


def offers(question: Question) -> tuple[Format, ...]:
    """The formats of an answer; the first is what a visitor gets who takes anything."""
    return STATEMENTS if question.is_graph else SOLUTIONS


def takes_slug(parameter: Parameter) -> bool:
    """Whether `afil` is short for an IRI: where the parameter is named as the kind of thing that its example is."""
    return parameter.kind == "iri" and f"/id/{parameter.name}/" in parameter.example


def example(question: Question) -> str:
    """The parameters of the question with their examples, as they stand in an address."""
    return urlencode({parameter.name: parameter.example for parameter in question.parameters})


def limit_of(question: Question) -> str:
    """Which of the common parameters `limit` is."""
    return "limit-of-a-long-answer" if question.is_long else "limit"


def operation_id(question: Question) -> str:
    """`membersOnDate`, which is a name in the languages that clients are generated in."""
    first, *more = question.name.split("-")
    return first + "".join(word.capitalize() for word in more)


def rules() -> str:
    """What holds for all operations."""
    return t("api.rules", most=LONGEST_VALUE)


def document(questions: Iterable[Question], config: Config, server: str, language: str) -> Object:
    """The whole description; `server` is the address where the site runs, without a slash at its end."""
    asked = list(questions)
    title = config.title_it if language == "it" else config.title_en
    return {
        "openapi": "3.1.1",
        "info": {
            "title": f"{title}: API",
            "summary": t("api.summary"),
            "description": rules(),
            "version": ctl_graph.__version__,
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
            "contact": _contact(config, server),
        },
        "servers": [{"url": server, "description": t("api.server")}],
        "externalDocs": {"url": f"{server}/api", "description": t("api.page")},
        "tags": [{"name": "questions", "description": t("questions.lead")}, {"name": "description"}],
        "paths": {
            "/api": _list_operation(),
            "/api/openapi.json": _description_operation(),
            **{f"/api/{question.name}": {"get": _operation(question, server, language)} for question in asked},
        },
        "components": {
            "parameters": _common_parameters(),
            "headers": _headers(),
            "responses": _failures(),
            "schemas": {
                "Problem": _problem_schema(),
                "QuestionList": _list_schema(),
                **{question.name: answer_schema(question, language) for question in asked},
            },
        },
    }


def _contact(config: Config, server: str) -> Object:
    known = {"name": config.publisher}
    if config.contact.startswith("mailto:"):
        return {**known, "email": config.contact.removeprefix("mailto:")}
    return {**known, "url": config.contact or f"{server}/doc/method"}


def _operation(question: Question, server: str, language: str) -> Object:
    schema = {"$ref": f"#/components/schemas/{question.name}"}
    schemas = {JSON.suffix: schema, **_OTHER_JSON}
    bodies = {offer.media_type: {"schema": schemas.get(offer.suffix, {"type": "string"})} for offer in offers(question)}
    of_the_api = ("graph-format" if question.is_graph else "format", limit_of(question), "offset", "lang")
    return {
        "operationId": operation_id(question),
        "tags": ["questions"],
        "summary": question.title.in_language(language),
        "description": question.description.in_language(language),
        "externalDocs": {"url": f"{server}/questions/{question.name}", "description": t("api.question_page")},
        "parameters": [
            *(_parameter(parameter, language) for parameter in question.parameters),
            *({"$ref": f"#/components/parameters/{name}"} for name in of_the_api),
        ],
        "responses": {
            "200": {
                "description": t("api.answer"),
                "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _headers()},
                "content": bodies,
            },
            "304": {"description": t("api.unchanged")},
            # The server before us says it, in its own words.
            "414": {"description": t("api.failure.414"), "content": {"text/html": {}}},
            **{code: {"$ref": f"#/components/responses/{code}"} for code in _failures()},
        },
    }


def _parameter(parameter: Parameter, language: str) -> Object:
    name = heading(parameter.name).in_language(language)
    if parameter.name == LANGUAGE:
        schema: Object = {"type": "string", "maxLength": LONGEST_VALUE, "default": DEFAULT_LANGUAGE}
        words = t("api.language")
    else:
        schema = _parameter_schema(parameter)
        words = t("api.parameter_short", name=name) if takes_slug(parameter) else t("api.parameter", name=name)
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "allowEmptyValue": True,
        "description": words,
        "schema": schema,
        "example": int(parameter.example) if parameter.kind == "integer" else parameter.example,
    }


def _parameter_schema(parameter: Parameter) -> Object:
    whole = _TYPES.get(parameter.kind, _TYPES["text"])
    if whole["type"] == "string" and whole.get("format") != "date":
        whole = {**whole, "maxLength": LONGEST_VALUE}
    return {"anyOf": [whole, {"type": "string", "pattern": f"^{SLUG.pattern}$"}]} if takes_slug(parameter) else whole


def answer_schema(question: Question, language: str) -> Object:
    """What the JSON of an answer looks like: a row has a member for each column, null where there is no value."""
    names = [column.name for column in question.columns]
    address = {"type": ["string", "null"], "format": "uri"}
    return {
        "type": "object",
        "title": question.title.in_language(language),
        "required": ["question", "release", "language", "columns", "rows", "total", "offset", "next", "previous"],
        "additionalProperties": False,
        "properties": {
            "question": {"const": question.name},
            "release": {"type": ["string", "null"], "description": t("api.field.release")},
            "language": {"type": ["string", "null"], "description": t("api.field.language")},
            "columns": {"const": names, "description": t("api.field.columns")},
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": names,
                    "additionalProperties": False,
                    "properties": {column.name: _column(column, language) for column in question.columns},
                    "patternProperties": {"@language$": {"type": "string", "description": t("api.field.other")}},
                },
            },
            "total": {"type": "integer", "minimum": 0, "description": t("api.field.total")},
            "offset": {"type": "integer", "minimum": 0, "description": t("api.field.offset")},
            "next": {**address, "description": t("api.field.next")},
            "previous": {**address, "description": t("api.field.previous")},
        },
    }


def _column(column: Column, language: str) -> Object:
    known = _TYPES[column.kind]
    types = [known["type"]] if isinstance(known["type"], str) else list(known["type"])
    name = heading(column.name).in_language(language)
    title = t("api.name_of", name=name) if column.name.endswith("_label") else name
    return {**known, "type": [*types, "null"] if column.optional else known["type"], "title": title}


def _common_parameters() -> Object:
    def integer(name: str, lowest: int, highest: int, words: str) -> Object:
        schema = {"type": "integer", "minimum": lowest, "maximum": highest}
        return {"name": name, "in": "query", "allowEmptyValue": True, "description": words, "schema": schema}

    return {
        "format": _format_parameter(SOLUTIONS),
        "graph-format": _format_parameter(STATEMENTS),
        "limit": integer("limit", 1, MOST_ROWS, t("api.limit")),
        "limit-of-a-long-answer": integer("limit", 1, MOST_ROWS, t("api.limit_long", most=LONG_PAGE)),
        "offset": integer("offset", 0, MOST_OFFSET, t("api.offset")),
        "lang": {
            "name": "lang",
            "in": "query",
            "allowEmptyValue": True,
            "description": t("api.lang"),
            "schema": {"type": "string", "enum": ["it", "en"]},
        },
    }


def _format_parameter(known: Sequence[Format]) -> Object:
    return {
        "name": "format",
        "in": "query",
        "allowEmptyValue": True,
        "description": t("api.format"),
        "schema": {"type": "string", "enum": [offer.suffix for offer in known]},
    }


def _headers() -> Object:
    words = {"ETag": t("api.etag"), "Link": t("api.link"), "Content-Location": t("api.location")}
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in words.items()}


def _failures() -> Object:
    """Problem details (https://www.rfc-editor.org/rfc/rfc9457) for all that can go wrong."""
    words = {
        "400": t("api.failure.400"),
        "406": t("error.406"),
        "503": t("error.503"),
        "504": t("error.504"),
        "default": t("api.failure"),
    }
    body = {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {code: {"description": text, "content": body} for code, text in words.items()}


def _problem_schema() -> Object:
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "parameter": {**text, "description": t("api.field.parameter")},
            "example": {**text, "description": t("api.field.example")},
        },
    }


def _list_operation() -> Object:
    body = {JSON.media_type: {"schema": {"$ref": "#/components/schemas/QuestionList"}}, "text/html": {}}
    return {
        "get": {
            "operationId": "listQuestions",
            "tags": ["description"],
            "summary": t("api.list"),
            "responses": {
                "200": {"description": t("api.list"), "content": body},
                "default": {"$ref": "#/components/responses/default"},
            },
        }
    }


def _description_operation() -> Object:
    return {
        "get": {
            "operationId": "describeApi",
            "tags": ["description"],
            "summary": t("api.description"),
            "parameters": [{"$ref": "#/components/parameters/lang"}],
            "responses": {
                "200": {
                    "description": t("api.description"),
                    "content": {JSON.media_type: {"schema": {"type": "object"}}},
                },
                "default": {"$ref": "#/components/responses/default"},
            },
        }
    }


def _list_schema() -> Object:
    text, address = {"type": "string"}, {"type": "string", "format": "uri"}
    words = {"type": "object", "required": ["it", "en"], "properties": {"it": text, "en": text}}
    parameter = {
        "type": "object",
        "required": ["name", "type", "example"],
        "properties": {"name": text, "type": {"enum": ["iri", "date", "string", "integer"]}, "example": text},
    }
    item = {
        "type": "object",
        "required": ["name", "title", "description", "address", "page", "example", "parameters", "columns", "formats"],
        "properties": {
            "name": text,
            "title": words,
            "description": words,
            **dict.fromkeys(("address", "page", "example"), address),
            "parameters": {"type": "array", "items": parameter},
            "columns": {"type": "array", "items": text},
            "formats": {"type": "array", "items": text},
        },
    }
    return {
        "type": "object",
        "required": ["openapi", "questions"],
        "properties": {"openapi": address, "questions": {"type": "array", "items": item}},
    }
