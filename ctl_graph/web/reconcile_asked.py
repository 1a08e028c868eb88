"""What a client of the Reconciliation API asks, each member checked for itself, so that a mistake has a place."""

import json
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from flask import abort, request

from ctl_graph.reconciliation import COMPARED, LONGEST_TEXT, MOST_CANDIDATES, Wanted
from ctl_graph.web import errors
from ctl_graph.web.shown import t

MOST_QUERIES: Final = 50
MOST_IDS: Final = 100
MOST_PROPERTIES: Final = 20
CONTENTS: Final = ("name", "id")
_MOST_VALUES: Final = 50
_LONGEST_ID: Final = 1_000
_LARGEST: Final = 100_000
_CANDIDATES: Final = 5
_STRICT: Final = ("any", "should", "all")
_MEMBERS: Final = {"query", "type", "limit", "properties", "type_strict"}


@dataclass(frozen=True)
class Column:
    """A property to extend by: at most `limit` values (0 is all), of what is linked its `content`, name or id."""

    id: str
    limit: int = 0
    content: str = "name"


def refuse(where: str, detail: str, code: int = 422) -> NoReturn:
    """An error that names the place: a parameter, or within it the query and the member."""
    name = {422: "reconcile", 413: "batch", 400: "request"}[code]
    abort(errors.answer(code, name=name, detail=detail, parameter=where[:100]))


# -- parameters ------------------------------------------------------------------------------------------------------


def whole_number(name: str, highest: int = _LARGEST) -> int:
    """The parameter of this name, which is 0 where it is not there."""
    return _whole(name, request.args.get(name, "") or "0", highest, 400)


def identifier(name: str = "id", *, optional: bool = False) -> str:
    id = request.args.get(name, "")
    if len(id) > _LONGEST_ID or not (id or optional):
        refuse(name, t("reconcile.id"), 400)
    return id


def prefix() -> str:
    return _text("prefix", request.args.get("prefix", "")).strip()


def _whole(where: str, text: str, highest: int = _LARGEST, code: int = 422) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= highest):
        refuse(where, t("reconcile.whole", name=where, lowest=0, highest=highest), code)
    return int(text)


# -- queries ---------------------------------------------------------------------------------------------------------


def batch(text: str) -> dict[str, Wanted]:
    """The queries by their keys."""
    parsed = _parsed(text, "queries")
    if len(parsed) > MOST_QUERIES:
        refuse("queries", t("reconcile.batch", given=len(parsed), most=MOST_QUERIES), 413)
    return {key: _wanted(f"queries.{key[:40]}", value) for key, value in parsed.items()}


def _parsed(text: str, parameter: str) -> dict[str, Any]:
    """The JSON object that the parameter holds, with nothing in it that could not be said in an answer."""
    try:
        value = json.loads(text, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        refuse(parameter, t("reconcile.json", name=parameter), 400)
    return _object(parameter, value)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _wanted(where: str, value: Any) -> Wanted:
    asked = _object(where, value)
    if unknown := sorted(asked.keys() - _MEMBERS):
        known = ", ".join(sorted(_MEMBERS))
        refuse(f"{where}.{unknown[0]}", t("reconcile.member", given=unknown[0][:40], known=known))
    properties = [_compared(f"{where}.properties", each) for each in _list(f"{where}.properties", asked)]
    if "query" not in asked and not properties:
        refuse(where, t("reconcile.empty", where=where))
    strict = asked.get("type_strict", "any")
    if strict not in _STRICT:
        refuse(f"{where}.type_strict", t("reconcile.strict", known=", ".join(_STRICT)))
    types = [
        _text(f"{where}.type", each) for each in _one_or_more(f"{where}.type", asked.get("type", [])) if each != ""
    ]
    return Wanted(
        _text(f"{where}.query", asked.get("query", "")),
        tuple(types),
        strict,
        tuple(properties),
        _limit(f"{where}.limit", asked.get("limit", _CANDIDATES)),
    )


def _object(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        refuse(where, t("reconcile.object", where=where))
    return value


def _list(where: str, asked: dict[str, Any], *, needed: bool = False) -> list[Any]:
    """The properties that are asked for."""
    value = asked.get("properties", [])
    if not isinstance(value, list) or len(value) > MOST_PROPERTIES or (needed and not value):
        refuse(where, t("reconcile.list", where=where, most=MOST_PROPERTIES))
    return value


def _one_or_more(where: str, value: Any) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    if len(values) > _MOST_VALUES:
        refuse(where, t("reconcile.many", where=where, most=_MOST_VALUES))
    return values


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str):
        refuse(where, t("reconcile.text", where=where))
    if len(value) > LONGEST_TEXT:
        refuse(where, t("reconcile.long", where=where, most=LONGEST_TEXT))
    return value


def _limit(where: str, value: Any) -> int:
    """How many candidates; more than there may be is as many as there may be."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 1 or value != value // 1:
        refuse(where, t("reconcile.number", where=where))
    return int(min(value, MOST_CANDIDATES))


def _compared(where: str, value: Any) -> tuple[str, tuple[str, ...]]:
    """A property with the values that it should have."""
    if not isinstance(value, dict) or not {"pid", "v"} <= value.keys():
        refuse(where, t("reconcile.property", where=where))
    if (property := value["pid"]) not in COMPARED:
        known = ", ".join(COMPARED)
        refuse(f"{where}.pid", t("reconcile.not_compared", given=repr(property)[:100], known=known))
    return property, tuple(_value(f"{where}.v", each) for each in _one_or_more(f"{where}.v", value["v"]))


def _value(where: str, value: Any) -> str:
    """A value as a text; of an entity that was matched before, its id."""
    match value:
        case dict():
            return _text(where, value.get("id"))
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)[:LONGEST_TEXT]
    return _text(where, value)


# -- extensions ------------------------------------------------------------------------------------------------------


def extension(text: str, known: Container[str]) -> tuple[list[str], list[Column]]:
    """Which things are asked for, and which of the properties that are `known`."""
    asked = _parsed(text, "extend")
    ids = asked.get("ids")
    if not isinstance(ids, list) or not all(isinstance(each, str) and len(each) <= _LONGEST_ID for each in ids):
        refuse("extend.ids", t("reconcile.ids"))
    if len(ids) > MOST_IDS:
        refuse("extend.ids", t("reconcile.too_many_ids", given=len(ids), most=MOST_IDS), 413)
    where = "extend.properties"
    return ids, [_column(where, each, known) for each in _list(where, asked, needed=True)]


def _column(where: str, value: Any, known: Container[str]) -> Column:
    if not isinstance(value, dict) or not isinstance(property := value.get("id"), str):
        refuse(where, t("reconcile.extended", where=where))
    if property not in known:
        refuse(f"{where}.id", t("reconcile.no_property", given=repr(property)[:200]))
    settings = _object(f"{where}.settings", value.get("settings") or {})
    content = settings.get("content") or "name"
    if content not in CONTENTS:
        refuse(f"{where}.settings.content", t("reconcile.contents", known=", ".join(CONTENTS)))
    return Column(property, _whole(f"{where}.settings.limit", str(settings.get("limit") or "0")), content)
