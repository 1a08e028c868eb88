"""Reconciliation Service API 0.2 at `/reconcile`: OpenRefine and its like match their lists to our things.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ is what it follows. `/reconcile/it` and
`/reconcile/en` are the same service with names in that language, because its clients do not say which one they wish.
Every address answers any origin (CORS); JSONP, which 0.2 leaves open, would run our text as code in the page of others,
and is not there.

Ids are IRIs: of things, of classes, of properties. Names are matched in `ctl_graph.reconciliation`, in memory; only an
extension asks the store, and only for things and properties that are there.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, Final, NoReturn

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

import ctl_graph
from ctl_graph import questions
from ctl_graph.errors import QueryTimeout
from ctl_graph.formats import HTML, JSON
from ctl_graph.reconciliation import COMPARED, Candidate, Index, Name, Thing, Wanted
from ctl_graph.spelling import fold as folded
from ctl_graph.store import Literal, NamedNode, Term
from ctl_graph.vocab import CTL, ORG, XSD, compact
from ctl_graph.web import errors, site
from ctl_graph.web.fair_use import fair_use
from ctl_graph.web.messages import MESSAGES, TERMS
from ctl_graph.web.negotiation import link, negotiate, respond, vary
from ctl_graph.web.reconcile_asked import (
    CONTENTS,
    MOST_QUERIES,
    Column,
    batch,
    extension,
    identifier,
    prefix,
    refuse,
    whole_number,
)
from ctl_graph.web.shown import PLUMBING, harmless, t

bp = Blueprint("reconcile", __name__)

_SECONDS: Final = 2.0  # for one batch
_PAGE: Final = 20
_FORM: Final = "application/x-www-form-urlencoded"
_DEFAULT_TYPES: Final = (
    ORG + "Organization",
    *(CTL + name for name in ("Cluster", "Enterprise", "University", "ResearchBody", "PublicBody", "Association")),
)
# What a candidate's score is made of; each is explained on the page.
FEATURES: Final = (
    "name", "words_of_query", "words_of_name", "misspelled_words", "acronym", "former_name", "initials",
    "part_of_query", "misspelled_town", "other_place", "other_legal_form", "only_in_address", "identifier",
    "other_identifier", "properties", "type", "usual_kind", "lead",
)  # fmt: skip
# Within a page of others, our preview is a frame: it may be shown anywhere, and do nothing.
_PREVIEW_POLICY: Final = (
    "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
)
_WIDTH, _HEIGHT = 420, 220


def init_app(app: Flask) -> None:
    """The service at its address, and at one for each language."""
    app.register_blueprint(bp, url_prefix="/reconcile")
    app.register_blueprint(bp, url_prefix="/reconcile/<any(it, en):reader>", name="reconcile_in")


@bp.url_value_preprocessor
def _choose_language(_: str | None, values: dict[str, Any] | None) -> None:
    if values and (reader := values.pop("reader", None)):
        g.language = g.reader = reader


@bp.url_defaults
def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint.startswith("reconcile_in.") and "reader" in g:
        values.setdefault("reader", g.reader)


def _names() -> Index:
    """The index of names of the release; a store elsewhere has none, and that is a 404 in words."""
    if (names := site.names()) is None:
        abort(errors.answer(404, detail=t("reconcile.elsewhere")))
    return names


# -- the service -----------------------------------------------------------------------------------------------------


@bp.get("", endpoint="service")
def service() -> Response:
    """The manifest (a page for browsers); or the answer to what the address asks."""
    if "callback" in request.args:
        refuse("callback", t("reconcile.callback"), 400)
    if answer := _asked_for(request.args):
        return respond(JSON, answer, translated=True)
    if "query" in request.args:
        refuse("query", t("reconcile.single"), 400)
    format = negotiate((JSON, HTML), request.headers.get("Accept"))
    if format is None:
        return errors.not_acceptable((JSON, HTML), None)
    if format is HTML:
        return _page()
    help = link(url_for(".help", _external=True), "service-doc", HTML.media_type)
    return respond(JSON, lambda: _written(_manifest(_names())), links=[help], translated=True)


@bp.post("", endpoint="posted")
def posted() -> Response:
    """The same in a form, which is as long as it needs to be."""
    if request.mimetype != _FORM:
        response = errors.answer(415, detail=t("reconcile.content", given=request.mimetype[:100] or "—"))
        response.headers["Accept-Post"] = _FORM
        return response
    answer = _asked_for(request.form)
    if answer is None:
        refuse("queries", t("reconcile.nothing"), 400)
    response = Response(answer(), content_type=JSON.content_type)
    response.headers["Cache-Control"] = "no-store"
    response.content_language.add(site.language())
    vary(response)
    return response


def _asked_for(given: Mapping[str, str]) -> Callable[[], bytes] | None:
    """How to make the answer to what is given: queries, or an extension; what is wrong with it is said at once."""
    if "queries" in given and "extend" in given:
        refuse("extend", t("reconcile.both"), 400)
    if "queries" in given:
        queries = batch(given["queries"])
        return lambda: _written(_matched(queries))
    if "extend" in given:
        ids, columns = extension(given["extend"], _proposed())
        return lambda: _written(_extended(ids, columns))
    return None


def _written(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


def _manifest(names: Index) -> dict[str, Any]:
    place = url_for(".service", _external=True)
    title = site.config().title_it if site.language() == "it" else site.config().title_en
    return {
        "versions": ["0.2"],
        "name": f"{title} ({site.language()})",
        "identifierSpace": f"{site.config().base_iri}id/",
        "schemaSpace": CTL,
        "documentation": url_for(".help", _external=True),
        "serviceVersion": ctl_graph.__version__,
        "logo": url_for("pages.static", filename="icon.svg", _external=True),
        "defaultTypes": [_typed(each) for each in _DEFAULT_TYPES if each in names.classes],
        "view": {"url": f"{place}/view?id={{{{id}}}}"},
        "feature_view": {"url": f"{place}/help#feature-{{{{id}}}}"},
        "preview": {"url": f"{place}/preview?id={{{{id}}}}", "width": _WIDTH, "height": _HEIGHT},
        "suggest": {
            kind: {
                "service_url": place,
                "service_path": f"/suggest/{kind}",
                "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
            }
            for kind in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": place, "service_path": "/properties"},
            "property_settings": _settings(),
        },
        "batchSize": MOST_QUERIES,
    }


def _settings() -> list[dict[str, Any]]:
    """What may be chosen for each property of an extension."""
    limit = {"label": t("reconcile.limit"), "help_text": t("reconcile.limit.help")}
    show = {"label": t("reconcile.show"), "help_text": t("reconcile.show.help")}
    choices = [{"value": each, "name": t(f"reconcile.show.{each}")} for each in CONTENTS]
    return [
        {"name": "limit", "type": "number", "default": 0, **limit},
        {"name": "content", "type": "select", "default": CONTENTS[0], "choices": choices, **show},
    ]


# -- candidates ------------------------------------------------------------------------------------------------------


def _matched(queries: Mapping[str, Wanted]) -> dict[str, Any]:
    """The candidates for each query; their time is on the client's bill.

    Raises:
        OverBudget: the client has used its budget.
        QueryTimeout: the batch took longer than `_SECONDS`.
    """
    names, answers = _names(), {}
    with fair_use():
        deadline = time.monotonic() + _SECONDS
        for key, wanted in queries.items():
            if time.monotonic() > deadline:
                raise QueryTimeout(_SECONDS)
            answers[key] = {"result": [_candidate(each) for each in names.match(wanted)]}
    return answers


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        **_named(candidate.thing),
        "score": candidate.score,
        "features": [{"id": name, "value": value} for name, value in candidate.features.items()],
        "match": candidate.match,
        "type": _types(candidate.thing),
    }


def _named(thing: Thing) -> dict[str, str]:
    return {"id": thing.iri, "name": thing.label(site.language()), "description": _description(thing)}


def _notable(thing: Thing) -> Sequence[str]:
    """Its classes, those of our vocabulary where there are any."""
    return [each for each in thing.classes if each.startswith(CTL)] or thing.classes


def _types(thing: Thing) -> list[dict[str, str]]:
    return [_typed(each) for each in _notable(thing)]


def _typed(iri: str) -> dict[str, str]:
    return {"id": iri, "name": _term(iri)}


def _term(iri: str) -> str:
    """What a class or property is called in the reader's language."""
    if message := TERMS.get(compact(iri)):
        return site.say(message)
    italian, english = _names().terms.get(iri, ("", ""))
    first, second = (italian, english) if site.language() == "it" else (english, italian)
    return first or second or compact(iri)


def _kinds(thing: Thing) -> list[str]:
    return sorted(_term(each) for each in _notable(thing))


def _description(thing: Thing) -> str:
    """What tells it from its namesakes: what it is, and what else it is called."""
    kinds = ", ".join(_kinds(thing))
    others = thing.other_names(site.language())[:3]
    return str(harmless(f"{kinds} · {'; '.join(others)}" if others else kinds))


# -- suggestions, and what they show ---------------------------------------------------------------------------------


@bp.get("/suggest/<any(entity, type, property):kind>")
def suggest(kind: str) -> Response:
    """What begins with `prefix`, from the place `cursor` on."""
    beginning, cursor = prefix(), whole_number("cursor")
    page = slice(cursor, cursor + _PAGE)

    def make() -> bytes:
        if kind == "entity":
            with fair_use():
                found = _names().beginning_with(beginning)
            return _written({"result": [_suggested(beginning, *each) for each in found[page]]})
        return _written({"result": _beginning_with(beginning, _terms(kind))[page]})

    return respond(JSON, make, negotiated=False, translated=True)


def _suggested(beginning: str, thing: Thing, name: Name | None) -> dict[str, Any]:
    """A thing, with the name that begins so where the one that is shown does not."""
    why = _why(beginning, thing, name)
    description = {"description": f"{', '.join(_kinds(thing))} · {why}"} if why else {}
    return {**_named(thing), **description, "notable": _types(thing)}


def _why(beginning: str, thing: Thing, name: Name | None) -> str:
    if name is None or f" {folded(beginning)}" in f" {folded(thing.label(site.language()))}":
        return ""
    role = name.role if name.role in ("acronym", "former", "slug") else "other"
    return str(harmless(f"{t(f'search.role.{role}')} {name.text}"))


def _terms(kind: str) -> Iterable[str]:
    """The classes; or the properties, of which those that a query may compare come first."""
    return _names().classes if kind == "type" else dict.fromkeys((*COMPARED, *_proposed()))


def _beginning_with(prefix: str, terms: Iterable[str]) -> list[dict[str, Any]]:
    """The terms of which a word in the reader's language begins so, or with this IRI."""
    wanted = folded(prefix)
    return [
        {"id": iri, "name": name, "description": compact(iri)}
        for iri, name in ((iri, _term(iri)) for iri in terms)
        if wanted and (prefix in (iri, compact(iri)) or f" {wanted}" in f" {folded(name)}")
    ]


@bp.get("/flyout/<any(entity, type, property):kind>")
def flyout(kind: str) -> Response:
    """A few words about a suggestion, as HTML."""
    id = identifier()
    if kind == "entity":
        thing = _thing(id)
        title, words = thing.label(site.language()), _description(thing)
    elif id in _terms(kind):
        title, words = _term(id), id
    else:
        _unknown()
    html = Markup("<p><strong>{}</strong></p><p>{}</p>").format(harmless(title), words)
    return respond(JSON, lambda: _written({"id": id, "html": html}), negotiated=False, translated=True)


def _thing(id: str) -> Thing:
    return _names().things.get(id) or _unknown()


def _unknown() -> NoReturn:
    abort(errors.answer(404, detail=t("reconcile.unknown")))


@bp.get("/view")
def view() -> AnyResponse:
    """To the page of a thing (or of a class or property), which is on this site or nowhere."""
    return redirect(site.path(identifier()) or _unknown(), 303)


@bp.get("/preview")
def preview() -> Response:
    """A small page about a thing, for a frame in the client."""
    thing = _thing(identifier())

    def make() -> str:
        names = thing.other_names(site.language())
        return render_template(
            "preview.html", thing=thing, names=names, kinds=_kinds(thing), place=url_for(".view", id=thing.iri)
        )

    response = respond(HTML, make, negotiated=False)
    response.headers["Content-Security-Policy"] = _PREVIEW_POLICY
    return response


# -- values of properties --------------------------------------------------------------------------------------------


@bp.get("/properties")
def properties() -> Response:
    """The properties that things of a class have, those of most things first; of any class, where it is none of ours.

    OpenRefine writes the class into the address as it is, so that nothing behind a `#` arrives.
    """
    of_class, limit = identifier("type", optional=True), whole_number("limit")

    def make() -> bytes:
        known = of_class if of_class in _names().classes else ""
        found = [{"id": each, "name": _term(each)} for each in _proposed(known)]
        answer = {"type": of_class, "properties": found[:limit] if limit else found}
        return _written({**answer, "limit": limit} if limit else answer)

    return respond(JSON, make, negotiated=False, translated=True)


def _proposed(of_class: str = "") -> list[str]:
    """The properties of a class that people read; without one, of any class."""
    known = site.properties()
    counts: dict[str, int] = defaultdict(int)
    for concept, properties in known.items():
        if concept in _names().classes and of_class in ("", concept):
            for property, things in properties.items():
                counts[property] += things
    shown = [each for each in counts if not PLUMBING.fullmatch(compact(each))]
    return sorted(shown, key=lambda each: (-counts[each], each))


def _extended(ids: Sequence[str], columns: Sequence[Column]) -> dict[str, Any]:
    """The accepted values; a thing that we do not know has none."""
    known = sorted({id for id in ids if id in _names().things})
    asked = sorted({column.id for column in columns})
    values: dict[tuple[str, str], list[Term]] = defaultdict(list)
    with fair_use():
        table = questions.ask(site.store(), "_values", things=known, properties=asked) if known else ()
        for row in table:
            if (value := row["value"]) is not None:
                values[questions.text(row["thing"]), questions.text(row["property"])].append(value)
        labels = site.labels(
            {value.value for found in values.values() for value in found if isinstance(value, NamedNode)}
        )
    shown = {iri: label.text for iri, label in labels.items()}
    return {
        "meta": [{"id": column.id, "name": _term(column.id)} for column in columns],
        "rows": {
            id: {column.id: _cell(values[id, column.id], column, shown) for column in columns}
            for id in dict.fromkeys(ids)
        },
    }


def _cell(values: Sequence[Term], column: Column, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each value once, as many as are wanted."""
    cells = {json.dumps(cell): cell for cell in (_in_cell(value, column.content, labels) for value in values)}
    return list(cells.values())[: column.limit or None]


def _in_cell(value: Term, content: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """A thing of ours with its id, which can be extended further; everything else as text, number or date."""
    if isinstance(value, NamedNode):
        if content == "id":
            return {"str": value.value}
        if value.value.startswith(f"{site.config().base_iri}id/"):
            name = labels.get(value.value) or value.value.rstrip("/").rpartition("/")[2]
            return {"id": value.value, "name": harmless(name)}
        return {"str": _term(value.value) if value.value in _names().terms else value.value}
    return _literal(value) if isinstance(value, Literal) else {"str": str(value)}


def _literal(value: Literal) -> dict[str, Any]:
    datatype = value.datatype.value
    try:
        if datatype == XSD + "integer":
            return {"int": int(value.value)}
        if datatype in (XSD + "decimal", XSD + "double"):
            return {"float": number} if isfinite(number := float(value.value)) else {"str": value.value}
    except ValueError:
        return {"str": value.value}
    if datatype == XSD + "date" and len(value.value) == len("2013-03-13"):
        return {"date": f"{value.value}T00:00:00Z"}
    return {"str": value.value}


# -- for people ------------------------------------------------------------------------------------------------------


@bp.get("/help")
def help() -> Response:
    """What the service is for, how to add it, and what its scores mean."""
    return _page()


def _page() -> Response:
    def make() -> str:
        root = url_for("reconcile.service", _external=True)
        return render_template(
            "reconcile.html",
            places=[(site_language, f"{root}/{site_language}") for site_language in site.LANGUAGES],
            place=root,
            features=[(name, MESSAGES[f"reconcile.feature.{name}"]) for name in FEATURES],
            say=site.say,
        )

    return respond(HTML, make, negotiated=True)
