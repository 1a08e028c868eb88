"""The region's strategies for smart specialisation, the areas of each with their clusters; and national clusters."""

from collections.abc import Collection, Mapping
from typing import Final

from flask import Blueprint, Response, render_template

from ctl_graph import questions
from ctl_graph.formats import HTML
from ctl_graph.store import NamedNode
from ctl_graph.vocab import CTL, compact
from ctl_graph.web import site
from ctl_graph.web.asked import Asked
from ctl_graph.web.described import described
from ctl_graph.web.documents import Document
from ctl_graph.web.evidence import Evidence
from ctl_graph.web.matrix import BASES, matrices, words_of
from ctl_graph.web.negotiation import respond
from ctl_graph.web.shown import Reader, Shown, as_shown
from ctl_graph.web.statements import Page, ShownValue

bp = Blueprint("strategies", __name__)

_STRATEGY: Final = (
    "ctl:startAsStated", "ctl:endAsStated", "dct:spatial", "ctl:adoptedBy", "ctl:updatedBy", "ctl:alignedWith",
)  # fmt: skip
_AREA: Final = ("ctl:areaOfStrategy", "dct:type", "skos:altLabel", "skos:definition")
_NATIONAL: Final = ("ctl:acronym", "skos:altLabel", "ctl:foundedOn")
_SCHEME: Final = ("skos:inScheme", "skos:topConceptOf", "skos:hasTopConcept")
_TIES: Final = ("ctl:inArea", "ctl:specialisedIn", "ctl:mappingFrom", "ctl:mappingTo", "skos:note")
_MATCHES: Final = tuple(f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related"))


@bp.get("/strategies")
def index() -> Response:
    """Clusters × areas for every period, with what each tie rests on, and how the areas of one lead to the next."""

    def make() -> str:
        found = matrices()
        evidence = Evidence(tie.iri for matrix in found for tie in matrix.ties())
        return render_template(
            "strategies.html",
            matrices=found,
            bases=BASES,
            words=words_of(found),
            successions=_successions(),
            evidence=evidence,
            asked=Asked.of("s3-areas"),
        )

    return respond(HTML, make, negotiated=False)


def _successions() -> list[Mapping[str, Shown | None]]:
    return as_shown(site.answer("s3-areas-across-periods", language=site.language()))


@bp.get("/national-clusters")
def national() -> Response:
    """Which regional cluster contributes to which national one, and who says so."""

    def make() -> str:
        rows = as_shown(site.answer("national-clusters", language=site.language()))
        known = questions.members(site.graphs(), CTL + "NationalCluster", site.accepted())
        evidence = Evidence(_iris(rows, "link"))
        reader = Reader(NamedNode(iri) for iri in known)
        return render_template(
            "national_clusters.html",
            clusters=[(each, _ties(rows, "national_cluster", each.title)) for each in reader.by_name(known)],
            alone=[row for row in rows if row["national_cluster"] is None],
            evidence=evidence,
            asked=Asked.of("national-clusters"),
        )

    return respond(HTML, make, negotiated=False)


def _ties(
    rows: Collection[Mapping[str, Shown | None]], column: str, iri: str | None
) -> list[Mapping[str, Shown | None]]:
    return [row for row in rows if (named := row[column]) and named.title == iri]


def _iris(rows: Collection[Mapping[str, Shown | None]], column: str) -> list[str]:
    return [each.title for row in rows if (each := row[column]) and each.title]


# -- portraits -------------------------------------------------------------------------------------------------------


def strategy(document: Document) -> str:
    """A strategy: its period and acts, its areas, and the clusters in each."""
    matrix = next((each for each in matrices() if each.iri == document.thing), None)
    page = Page(document.drawn(["ctl:areaOfStrategy"]), [tie.iri for tie in matrix.ties()] if matrix else ())
    words = words_of([matrix] if matrix else [])
    return described("strategy.html", page, _STRATEGY, ["skos:note"], matrix=matrix, bases=BASES, words=words)


def area(document: Document) -> str:
    """An area: its strategy, the clusters in it, the areas before and after, and the same theme in other lists."""
    table = site.answer("s3-areas", language=site.language())
    rows = _ties(as_shown(table), "area", document.thing)
    successions = _successions()
    before, after = (_ties(successions, column, document.thing) for column in ("later_area", "area"))
    page = Page(document.drawn([*_SCHEME, *_TIES]), _iris(rows, "specialisation"))
    strategies = [each.object for each in document.statements if each.predicate.value == CTL + "areaOfStrategy"]
    return described(
        "area.html",
        page,
        _AREA,
        [*_MATCHES, *_SCHEME, *_TIES],
        of=[shown for each in strategies if (shown := page.reader.show(each)).href and not shown.external],
        rows=rows,
        before=before,
        after=after,
        matches=_matches(page, {*_iris(before, "area"), *_iris(after, "later_area")}),
    )


def _matches(page: Page, but: Collection[str]) -> list[tuple[Shown, ShownValue]]:
    """What is matched with the thing of the page, whoever has it in a list: how closely, and what, except for `but`."""
    groups = [each for each in (*page.properties(), *page.incoming()) if compact(each.label.title or "") in _MATCHES]
    return [(each.label, value) for each in groups for value in each.values if value.shown.title not in but]


def national_cluster(document: Document) -> str:
    """A national cluster, and which regional cluster contributes to it."""
    table = site.answer("national-clusters", language=site.language())
    rows = _ties(as_shown(table), "national_cluster", document.thing)
    links = ["ctl:nationalCluster", "ctl:contributesToNationalCluster", "ctl:thematicCounterpart"]
    page = Page(document.drawn(links), _iris(rows, "link"))
    return described("national_cluster.html", page, _NATIONAL, [*links, "skos:note"], rows=rows)
