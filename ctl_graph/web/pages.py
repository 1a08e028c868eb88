"""The pages that people read: triples with names, every one with its source."""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request, send_file, url_for
from jinja2 import StrictUndefined
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph import mappings, questions
from ctl_graph.errors import BrokenRelease, GraphError
from ctl_graph.formats import CSV, HTML, JSON, JSON_LD, TURTLE, Format
from ctl_graph.questions import Question, Table, Value
from ctl_graph.release import Release
from ctl_graph.store import NamedNode, Term
from ctl_graph.vocab import CTL, OWL, RDF_TYPE, compact
from ctl_graph.web import catalogue, cells, counted, errors, feeds, fields, rows, signposts, site, structured
from ctl_graph.web.chosen import one_of, refuse
from ctl_graph.web.columns import SUBJECTS, heading, repeats
from ctl_graph.web.documents import Document, page_number
from ctl_graph.web.evidence import Evidence, Marks
from ctl_graph.web.fair_use import fair_use
from ctl_graph.web.negotiation import DOCUMENTS, IMMUTABLE, respond
from ctl_graph.web.openapi import LONGEST_VALUE
from ctl_graph.web.shown import (
    Reader,
    Shown,
    as_shown,
    by_theme,
    day,
    euro,
    foreign,
    harmless,
    linked,
    number,
    release_name,
    size,
    speaking,
    t,
)
from ctl_graph.web.statements import MONEY, Page

bp = Blueprint("pages", __name__, static_folder="static", static_url_path="/static")

LIST_PAGE: Final = 100
QUESTION_PAGE: Final = 20
NEWS: Final = 5
_log: Final = logging.getLogger(__name__)
_EDITION: Final = 8
# Bundled from `assets/`: without it a field of the search is a plain one.
_SUGGESTIONS: Final = Path(__file__).parent / "static" / "build" / "search.js"


def init_app(app: Flask) -> None:
    app.jinja_options = {**app.jinja_options, "finalize": harmless, "undefined": StrictUndefined}
    app.context_processor(_frame)
    app.url_defaults(_name_edition_of_file)
    app.after_request(_keep_file)
    # Macros see no context.
    app.add_template_global(linked)
    app.add_template_global(number)
    app.add_template_global(size)
    app.jinja_env.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
    app.add_template_global(day)
    app.add_template_global(release_name)
    app.add_template_global(foreign)
    app.add_template_global(_question_title)
    app.add_template_global(_is_older)


def _name_edition_of_file(endpoint: str, values: dict[str, Any]) -> None:
    """What pages are made of has an address that changes with it, so that browsers need not ask again."""
    if endpoint == "pages.static":
        values.setdefault("v", site.fingerprint()[:_EDITION])


def _keep_file(response: Response) -> Response:
    """Letters have their version in their names, which the stylesheet says by itself."""
    is_named = request.args.get("v") == site.fingerprint()[:_EDITION] or request.path.endswith(".woff2")
    if request.endpoint == "pages.static" and is_named and response.status_code in (200, 304):
        response.headers["Cache-Control"] = IMMUTABLE
    return response


def _question_title(name: str) -> str:
    return site.say(questions.load()[name].title)


def _is_older() -> bool:
    return site.pinned() is not None


def _in_language(language: str) -> str:
    """The path of this page in a language; nothing where that is the same."""
    if "reader" not in g or request.endpoint is None:
        return ""
    return url_for(request.endpoint, **{**(request.view_args or {}), "reader": language})


def _frame() -> dict[str, Any]:
    """What every template may use; a page is shown even where nothing is published yet."""
    config, language = site.config(), site.language()
    try:
        release = site.current_release()
    except GraphError:  # the page that says so is this one
        release = None
    other = "en" if language == "it" else "it"
    kept = [(name, text) for name, text in request.args.items(multi=True) if name != "lang"]
    return {
        "t": speaking(language),
        "language": language,
        "other_language": other,
        "switch": f"{_in_language(other)}?{urlencode([*kept, ('lang', other)])}",
        "site_title": config.title_it if language == "it" else config.title_en,
        "here": request.script_root + request.path,
        "now": site.now(),
        "publisher": config.publisher,
        "authority": config.authority,
        "contact": config.contact,
        "release": release,
        "suggests": release is not None and _SUGGESTIONS.is_file(),
    }


# -- pages of things (called by `resources`, which has chosen the format) --------------------------------------------


def thing(document: Document, has_portrait: bool = False) -> str:
    """All that is said of a thing, one statement after the other."""
    page = Page(document)
    properties, incoming = page.properties(), page.incoming()
    is_term = document.thing.startswith(CTL)
    base = CTL if is_term else site.config().base_iri + "id/"
    return render_template(
        "thing.html",
        page=page,
        properties=properties,
        incoming=incoming,
        formats=DOCUMENTS,
        first=document.portion.start + 1 if document.portion else 1,
        shown=sum(len(group.values) for group in (*properties, *incoming)),
        is_marked=any(each.notes for group in properties for each in group.values),
        has_portrait=has_portrait,
        is_class=_is_class(document),
        data=None if has_portrait or document.page > 1 else structured.thing(document, [*page.types[:1], page.title]),
        endpoint="resources.term" if is_term else "resources.document",
        name=document.thing.removeprefix(base),
    )


def _is_class(document: Document) -> bool:
    is_a = ((each.predicate.value, questions.text(each.object)) for each in document.statements)
    return document.thing.startswith(CTL) and (RDF_TYPE, OWL + "Class") in is_a


# -- pages of the site -----------------------------------------------------------------------------------------------


def _html(template: str, **values: Any) -> Response:
    return respond(HTML, lambda: render_template(template, **values), negotiated=False)


@bp.get("/")
def home() -> Response:
    feed = site.news()

    def make() -> str:
        classes = site.answer("things-by-class")
        shown = {"clusters": _clusters(), "figures": _figures(), "classes": as_shown(classes)}
        step, news = feed.steps[-1] if feed else None, []
        if feed and step and step.before and (step.added or step.removed):
            try:
                news = feeds.latest(feed, NEWS)
            except BrokenRelease as error:  # the rest of the page does not depend on it
                _log.warning("the first page tells no news: %s", error)
        return render_template("home.html", **shown, step=step, news=news, data=structured.dataset())

    # A release that is published again has other news.
    variant = feed.steps[-1].time if feed else ""
    links = [post.header for post in signposts.of_home()]
    return respond(HTML, make, negotiated=False, variant=variant, links=links)


def _figures() -> list[tuple[str, str | None, int]]:
    """What the data hold most of interest: the words, the list where there is one, and how many."""
    table = site.answer("counts")
    return [
        (
            questions.text(row[f"name_{site.language()}"]),
            counted.of_class(row["class"]),
            int(questions.text(row["number"])),
        )
        for row in table
    ]


def _members() -> dict[str, int]:
    """How many organisations are known as members of each cluster, at any time."""
    table = site.answer("member-counts")
    return {questions.text(row["cluster"]): int(questions.text(row["organisations"])) for row in table}


def _seats() -> Mapping[str, list[tuple[Term, Term | None]]]:
    """The places that sources give as the seat of each cluster, each with its province."""
    seats: dict[str, list[tuple[Term, Term | None]]] = defaultdict(list)
    for row in site.answer("cluster-seats"):
        if (place := row["place"]) is not None:
            seats[questions.text(row["cluster"])].append((place, row["province"]))
    return seats


def _clusters() -> list[Mapping[str, Any]]:
    """One line a cluster: a cluster with two acronyms is still one."""
    members, seats = _members(), _seats()
    table = site.answer("regional-clusters")
    places = (seat for of_cluster in seats.values() for seat in of_cluster)
    reader = Reader(term for terms in (*table.rows, *places) for term in terms)
    lines: dict[str, dict[str, Any]] = {}
    for row in table:
        iri = questions.text(row["cluster"])
        known = {"members": members[iri], "seats": [_seat(reader, *seat) for seat in seats[iri]]}
        line = lines.setdefault(iri, {**known, **{column: [] for column in table.columns}})
        for column, term in row.items():
            if term is not None and (shown := reader.show(term)) not in line[column]:
                line[column].append(shown)
    return sorted(lines.values(), key=lambda line: line["cluster"][0].text)


def _seat(reader: Reader, place: Term, province: Term | None) -> tuple[Shown, str]:
    """A place, and its province where that is called otherwise."""
    shown, around = reader.show(place), reader.show(province).text if province else ""
    return shown, around if around != shown.text else ""


@bp.get("/clusters")
def clusters() -> Response:
    return respond(HTML, lambda: render_template("clusters.html", clusters=_clusters()), negotiated=False)


@bp.get("/class/<name>")
def class_list(name: str) -> Response:
    """The accepted things of a class of the vocabulary, by name, in pages."""
    page = page_number()

    def make() -> str:
        concept = site.term(name)
        if not questions.describe(site.graphs(), concept):
            abort(404)
        things = questions.members(site.graphs(), concept, site.accepted())
        reader = Reader(NamedNode(iri) for iri in (concept, *things))
        shown = reader.by_name(things)
        first = (page - 1) * LIST_PAGE
        if page > 1 and first >= len(shown):
            abort(404)
        return render_template(
            "class.html",
            concept=reader.show(NamedNode(concept)),
            things=shown[first : first + LIST_PAGE],
            total=len(shown),
            first=first + 1,
            page=page,
            has_next=first + LIST_PAGE < len(shown),
        )

    return respond(HTML, make, negotiated=False)


@bp.get("/disagreements")
def disagreements() -> Response:
    """Where sources differ, both sides beside each other; `about` keeps those about one property."""

    def make() -> str:
        found = _disagreements()
        kinds = Counter(each["kind"] for each in found)
        wanted = one_of("about", sorted(kind.token for kind in kinds if kind.token))
        return render_template(
            "disagreements.html",
            disagreements=[each for each in found if wanted in ("", each["kind"].token)],
            kinds=sorted(kinds.items(), key=lambda entry: (-entry[1], entry[0].text.casefold())),
            wanted=wanted,
            total=len(found),
        )

    return respond(HTML, make, negotiated=False)


@dataclass(frozen=True)
class Kind:
    """What a disagreement is about: a property, by its name and by what an address calls it."""

    text: str
    token: str


def _kind(property: Shown, token: str) -> Kind:
    subject = SUBJECTS.get(token)
    return Kind(site.say(subject) if subject else property.text, token)


def _disagreements() -> list[dict[str, Any]]:
    """Each with what its sources say; the value is shown in the words of the source where they are known."""
    table = site.answer("disagreeing-statements", language=site.language())
    reader = Reader(row[column] for row in table for column in ("disagreement", "about", "property", "source", "value"))

    def show(term: Term | None) -> Shown | None:
        return None if term is None else reader.show(term)

    found: dict[str, dict[str, Any]] = {}
    for row in table:
        once = {name: show(row[name]) for name in ("disagreement", "about", "why")}
        property = show(row["property"])
        kind = _kind(property, compact(questions.text(row["property"]))) if property else Kind("", "")
        each = found.setdefault(questions.text(row["disagreement"]), {**once, "kind": kind, "statements": []})
        said = {name: show(row[name]) for name in ("property", "value", "as_stated", "attested", "source", "issued")}
        words, value = said["as_stated"], said["value"]
        if value and property and property.title in MONEY:
            value = replace(value, text=euro(value.text))
        said["value"] = words if words and words.text != questions.text(row["value"]) else value
        each["statements"].append({**said, "preferred": questions.text(row["preferred"])})
    return list(found.values())


@bp.get("/data")
def data() -> Response:
    def make() -> str:
        release = site.current_release()
        return render_template(
            "data.html",
            tables=catalogue.tables(),
            dumps=release.manifest["dumps"] if release else [],
            counts=_counts(release),
            sparql=request.url_root.rstrip("/") + "/sparql",
            base_iri=site.config().base_iri,
            mappings=[(each.name, site.say(each.title)) for each in mappings.SETS],
        )

    return respond(HTML, make, negotiated=False)


def _counts(release: Release | None) -> dict[str, int]:
    """How many statements are accepted, and how many the files with all graphs hold, which have each in every graph."""
    manifest = release.manifest if release else {}
    return {"accepted": manifest.get("accepted", 0), "quads": manifest.get("quads", 0)}


@bp.get("/mappings")
@bp.get("/mappings/")
def mapping_sets() -> AnyResponse:
    return redirect(url_for("pages.data") + "#mappings", 303)


@bp.get("/dataset")
@bp.get("/dataset/")
def dataset_list() -> AnyResponse:
    return redirect(url_for("catalogue.catalogue", name="catalog"), 303)


@bp.get("/release")
@bp.get("/release/")
def release_list() -> AnyResponse:
    return redirect(url_for("releases.releases", name="releases"), 303)


@bp.get("/dumps/<name>")
@bp.get("/release/<pinned>/dumps/<name>")
def dump(name: str) -> Response:
    """A file of the release that this request began with; only names of its manifest are looked up."""
    release = site.current_release()
    known = {each["file"]: each for each in release.manifest["dumps"]} if release else {}
    if release is None or name not in known:
        abort(404)
    path = release.path / "dumps" / name
    response = send_file(path, "application/gzip", as_attachment=True, conditional=True, etag=known[name]["sha256"])
    response.headers["Cache-Control"] = IMMUTABLE if site.pinned() else "no-cache"
    for post in signposts.of_file():
        response.headers.add("Link", post.header)
    return response


@bp.get("/questions")
def question_list() -> Response:
    return _html("questions.html", themes=by_theme())


@bp.get("/questions/<name>")
def question(name: str) -> Response:
    """A stored question with its answer: by its examples in this process, by a visitor's values in a confined one."""
    if (asked := questions.load().get(name)) is None:
        abort(404)
    page = page_number()
    given = {each.name: request.args[each.name] for each in asked.parameters if each.name in request.args}
    # Without a value it is the same for everybody; what is long is not kept, nor read to its end in this process.
    is_visitors = bool(given) if asked.is_long else any(text.strip() for text in given.values())
    values = _given(asked) if given else examples(asked)

    first = (page - 1) * QUESTION_PAGE

    def make() -> str:
        if is_visitors:
            with fair_use() as bill:
                store = site.for_the_visitor(site.short_lane(), bill.add)
                table, total = questions.ask_part(store, name, first, QUESTION_PAGE, **values)
        else:
            whole = site.answer(name, **{parameter: str(value) for parameter, value in values.items()})
            table, total = Table(whole.columns, whole.rows[first : first + QUESTION_PAGE]), len(whole)
        if page > 1 and not len(table):
            abort(404)
        sources = rows.sources(table)
        return _question_page(asked, table, total, values, page, given, sources)

    return respond(HTML, make, negotiated=False)


def _given(question: Question) -> dict[str, Value]:
    texts = {each: request.args.get(each.name, "").strip() for each in question.parameters}
    for each, text in texts.items():
        if len(text) > LONGEST_VALUE:
            refuse(each.name, t("api.too_long", name=each.name, most=LONGEST_VALUE))
    return _in_the_readers_language(question) | {
        each.name: fields.meant(each, text) for each, text in texts.items() if text
    }


def examples(question: Question) -> dict[str, Value]:
    """The values that a stored question is asked with where a reader gives none."""
    return {each.name: each.example for each in question.parameters} | _in_the_readers_language(question)


def _in_the_readers_language(question: Question) -> dict[str, Value]:
    return {each.name: site.language() for each in question.parameters if each.name == "language"}


def _question_page(
    asked: Question,
    table: Table,
    total: int,
    values: Mapping[str, Value],
    page: int,
    given: Mapping[str, str],
    said: tuple[Sequence[tuple[Marks, str | None]], Evidence],
) -> str:
    # A column of which the reader has asked for one value says nothing more.
    columns = [each for each in table.columns if each not in values and not repeats(each, table.columns)]
    ways = [
        (notes, counted.listed(asked, row, values), place) for row, (notes, place) in zip(table, said[0], strict=True)
    ]
    return render_template(
        "question.html",
        question=asked,
        given=given,
        title=site.say(asked.title),
        description=site.say(asked.description),
        empty=site.say(asked.empty) if asked.empty else t("question.empty"),
        headings=[site.say(heading(column)) for column in columns],
        is_noted="as_stated" in columns,
        name_of=lambda parameter: site.say(heading(parameter)),
        rows=list(zip(cells.rows(_only(columns, table)), ways, strict=True)),
        has_sources=any(any(way) for way in ways),
        evidence=said[1],
        total=total,
        first=(page - 1) * QUESTION_PAGE + 1,
        page=page,
        has_next=page * QUESTION_PAGE < total,
        fields=fields.fields(asked, given, values),
        files=[
            (format.name, format.media_type, _file(asked, format, values))
            for format in ((TURTLE, JSON_LD) if asked.is_graph else (CSV, JSON))
        ],
        form=url_for("sparql.endpoint", query=asked.bind(**values)),
    )


def _file(asked: Question, format: Format, values: Mapping[str, Value]) -> str:
    """Where the whole answer is had in this format."""
    place = url_for("api.answer", name=f"{asked.name}.{format.suffix}")
    return f"{place}?{urlencode(values)}" if values else place


def _only(columns: Sequence[str], table: Table) -> Table:
    places = [table.columns.index(column) for column in columns]
    return Table(tuple(columns), tuple(tuple(row[place] for place in places) for row in table.rows))


@bp.get("/doc/method")
@bp.get("/release/<pinned>/doc/method")
def method() -> Response:
    """What is accepted and why, the limits, and how to ask for a correction: the source of what we state ourselves."""
    return respond(HTML, lambda: render_template("method.html", figures=_figures()), negotiated=False)


@bp.get("/accessibility")
def accessibility() -> Response:
    """How far the site is accessible, in the sections of https://eur-lex.europa.eu/eli/dec_impl/2018/1523/oj."""
    config = site.config()
    return _html(
        "accessibility.html",
        status=config.accessibility_status,
        stated=config.accessibility_date,
        stated_in_words=day(config.accessibility_date),
        barriers_to=config.accessibility_contact or config.contact,
    )


@bp.get("/problems")
def problems() -> Response:
    """What each error means and what to do: the `type` of problem details leads here."""
    return respond(HTML, lambda: render_template("problems.html", problems=errors.PROBLEMS), negotiated=False)


@bp.get("/about")
def about() -> AnyResponse:
    return redirect(url_for("pages.method"), 303)
