"""What the editor of queries is given: words with its page; examples, and the terms that it offers while one writes.

The editor itself is JavaScript, bundled from `assets/`; where the bundle is not there, the page is the plain form.
"""

from pathlib import Path
from typing import Any, Final

from flask import url_for

from ctl_graph import questions
from ctl_graph.errors import GraphError
from ctl_graph.questions import Question
from ctl_graph.store import Kind
from ctl_graph.vocab import CTL, OWL, PREFIXES
from ctl_graph.web import pages, site
from ctl_graph.web.messages import TERMS
from ctl_graph.web.shown import t

BUNDLE: Final = Path(__file__).parent / "static" / "build" / "editor.js"
_Terms = list[tuple[str, str]]


def example(question: Question) -> str:
    """A stored question, asked as its own page asks it."""
    return question.bind(**pages.examples(question)).strip()


def setting(formats: dict[Kind, list[tuple[str, str]]]) -> dict[str, Any] | None:
    """All that the script needs to know, None where it was not built (`make assets`).

    `formats` are those of the downloads, by kind of answer.
    """
    if not BUNDLE.is_file():
        return None
    return {
        "language": site.language(),
        "endpoint": url_for("sparql.endpoint"),
        "places": _places(),
        "prefixes": dict(PREFIXES),
        "terms": url_for("sparql.terms"),
        "formats": formats,
        "words": _words(),
    }


def _places() -> list[tuple[str, str]]:
    """Where IRIs of ours are on this site, by how they begin; the longest come first."""
    base, root = site.config().base_iri, url_for("pages.home")
    return [(CTL, f"{root}def/"), (f"{base}id/", f"{root}doc/"), (base, root)]


def terms() -> dict[str, Any]:
    """What the editor offers while one writes."""
    classes, properties = _terms()
    return {"classes": classes, "properties": properties}


def _terms() -> tuple[_Terms, _Terms]:
    """Classes and properties with their names: the vocabulary's, and those of others that the data use.

    Where nothing is published there are no terms to offer; the page says so as soon as a query is run.
    """
    try:
        kinds = questions.terms(site.graphs(), CTL)
        labels = site.labels(term for terms in kinds.values() for term in terms)
    except GraphError:
        return [], []
    classes = kinds.get(OWL + "Class", [])
    properties = [term for kind in ("ObjectProperty", "DatatypeProperty") for term in kinds.get(OWL + kind, [])]
    others = {_expand(name): site.say(message) for name, message in TERMS.items()}
    foreign_classes = [iri for iri, _ in others.items() if _local(iri)[:1].isupper()]
    foreign_properties = [iri for iri in others if iri not in foreign_classes]

    def named(terms: list[str]) -> _Terms:
        return sorted((term, labels[term].text if term in labels else others.get(term, "")) for term in terms)

    return named(classes + foreign_classes), named(properties + foreign_properties)


def _expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def _local(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]


def _words() -> dict[str, str]:
    return {
        "query": t("sparql.query"),
        "run": t("sparql.run"),
        "stop": t("editor.stop"),
        "running": t("editor.running"),
        "stopped": t("editor.stopped"),
        "unreachable": t("editor.unreachable"),
        "mistake": t("editor.mistake"),
        "place": t("sparql.place", line="{line}", column="{column}"),
        "answer": t("question.answer"),
        "views": t("editor.views"),
        "truth": t("question.answer"),
        "table": t("editor.table"),
        "chart": t("editor.chart"),
        "map": t("editor.map"),
        "raw": t("editor.raw"),
        "yes": t("sparql.yes"),
        "no": t("sparql.no"),
        "row": t("question.rows", total=1),
        "rows": t("question.rows", total="{total}"),
        "seconds": t("editor.seconds", seconds="{seconds}"),
        "sort": t("editor.sort"),
        "first_rows": t("editor.first_rows", first="{first}", total="{total}"),
        "all_rows": t("editor.all_rows"),
        "chart_name": t("editor.chart_name"),
        "chart_figure": t("editor.chart_figure"),
        "chart_title": t("editor.chart_title", figure="{figure}", name="{name}", total="{total}"),
        "chart_cut": t("editor.chart_cut", first="{first}", total="{total}"),
        "chart_table": t("editor.chart_table"),
        "map_title": t("editor.map_title", total="{total}"),
        "map_points": t("editor.map_points", total="{total}", rows="{rows}"),
        "raw_cut": t("editor.raw_cut"),
        "too_long": t("editor.too_long"),
        "download": t("sparql.download"),
        "link": t("sparql.link"),
    }
