"""What people would rather look at than read: the map and the network, each with the same figures as a table.

Both are whole without JavaScript. What a reader chooses is an entry of a closed list (a cluster that there is, a code
of the map, a year), so that it may be asked in this process; anything else is refused in words.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, url_for

from ctl_graph.config import Config
from ctl_graph.formats import HTML, SVG
from ctl_graph.questions import Table
from ctl_graph.web import chosen, maps, matrix, network, rows, site
from ctl_graph.web.asked import Asked
from ctl_graph.web.documents import page_number
from ctl_graph.web.maps import Map
from ctl_graph.web.negotiation import respond
from ctl_graph.web.shown import Shown, as_shown, cluster_names, t

bp = Blueprint("pictures", __name__)

# How many lines of a list stand on one page: beside the maps, and under the network.
LIST_PAGE: Final = 24
TABLE_PAGE: Final = 30
COUNTED: Final = ("members", "partners", "collaborations")
SHOWN: Final = ("shared", "all")


def init_app(config: Config) -> None:
    """Read the boundaries at once. Raises ConfigError, as `boundaries.plan` does."""
    maps.plan_of_provinces(config)


def _at(endpoint: str, **values: str | int) -> str:
    return url_for(endpoint, **values)  # type: ignore[arg-type]  # names of parameters, none that Flask keeps for itself


# -- the map -----------------------------------------------------------------------------------------------------------


@bp.get("/map")
def map() -> Response:
    """Where the members and partners are: in the provinces of the region, and in Europe."""
    page = page_number()
    return respond(HTML, partial(_map_page, page), negotiated=False)


def _map_page(page: int) -> str:
    cluster, counted = chosen.cluster(), chosen.one_of("counted", COUNTED, "members")
    of_provinces = Asked.of("members-by-province", cluster=cluster)
    of_countries = Asked.of("partner-countries", cluster=cluster)
    provinces = maps.provinces(of_provinces.answer, counted)
    countries = maps.countries(of_countries.answer, "partners" if counted == "members" else counted)
    seat, country = chosen.one_of("seat", _codes(provinces)), chosen.one_of("country", _codes(countries))
    if seat and country:
        chosen.refuse("country", t("map.both", seat=seat, country=country), example=f"/map?seat={seat}")
    given, collaborations = chosen.given("cluster", "counted"), _at("collaborations.index")

    def place(parameter: str, code: str) -> str:
        """The same page with a list; it says no more than where it differs, for it is said a hundred times."""
        return f"?{urlencode({**given, parameter: code})}#list"

    def undertaken(code: str) -> str:
        """Where the collaborations that are counted of a country are listed."""
        return f"{collaborations}?{urlencode({**chosen.given('cluster'), 'country': code})}"

    return render_template(
        "map.html",
        clusters=cluster_names(),
        given=given,
        counted=counted,
        choices=COUNTED,
        provinces=provinces,
        countries=countries,
        of_provinces=of_provinces,
        of_countries=of_countries,
        place=place,
        undertaken=undertaken,
        whole=_at("pictures.map", **given),
        list=_list(page, cluster, counted, seat, country, provinces, countries),
    )


def _codes(map: Map) -> list[str]:
    return [each.code for each in map.territories]


def _list(
    page: int, cluster: str, counted: str, seat: str, country: str, provinces: Map, countries: Map
) -> dict[str, Any] | None:
    """What is counted in the territory that was chosen."""
    if seat:
        asked = Asked.of("organisations-in-province", cluster=cluster, counted=counted, seat=seat)
        map, parameter, code, columns = provinces, "seat", seat, ["thing"]
    elif country:
        asked = Asked.of("partners-in-country", cluster=cluster, code=country)
        map, parameter, code, columns = countries, "country", country, ["partner", "collaboration"]
    else:
        return None
    # As fast as a part of it and its length, which are two questions.
    answer = asked.answer
    first, total = (page - 1) * LIST_PAGE, len(answer)
    if page > 1 and first >= total:
        abort(404)
    table = Table(answer.columns, answer.rows[first : first + LIST_PAGE])
    said, evidence = rows.sources(table)
    (territory,) = (each for each in map.territories if each.code == code)
    return {
        "asked": asked,
        "parameter": parameter,
        "territory": territory,
        "counted": map.counted,
        "rows": [
            ([row[column] for column in columns], notes, thing)
            for row, (notes, thing) in zip(as_shown(table), said, strict=True)
        ],
        "evidence": evidence,
        "columns": columns,
        "total": total,
        "page": page,
        "first": first + 1,
        "has_next": first + LIST_PAGE < total,
        "given": chosen.given("cluster", "counted", "seat", "country"),
    }


# -- the network -------------------------------------------------------------------------------------------------------

_OF_THE_NETWORK: Final = ("cluster", "type", "show", "from", "to", "dated")


@bp.get("/network")
def network_page() -> Response:
    """Who links the clusters: the drawing is an address of its own."""
    return respond(HTML, partial(_network_page, page_number()), negotiated=False)


@bp.get("/network.svg")
def drawing() -> Response:
    """The same as a drawing, with names in the reader's language."""
    return respond(SVG, _drawing, negotiated=False, translated=True)


def _links_asked() -> Asked:
    """What the address asks of the network: without a cluster, only what links two or more."""
    cluster, first, last = chosen.cluster(), chosen.year("from"), chosen.year("to")
    if first and last and first > last:
        chosen.refuse("to", t("network.backwards", first=str(first), last=str(last)), example=str(first))
    show = chosen.one_of("show", SHOWN, "all" if cluster else "shared")
    return Asked.of(
        "network",
        cluster=cluster,
        type=chosen.one_of("type", network.TYPES),
        least=2 if show == "shared" else None,
        **{"from": f"{first}-01-01" if first else None, "to": f"{last}-12-31" if last else None},
        dated="dated" if chosen.one_of("dated", ("yes",)) else None,
    )


def _drawing() -> str:
    drawn = network.network(_links_asked().answer, matrix.acronyms())
    return render_template("network.svg", drawn=drawn, path=site.path, types=network.TYPES)


def _period(given: Mapping[str, str]) -> str:
    """What the years of the address mean; nothing where there are none."""
    words = "_".join(each for each in ("from", "to") if each in given)
    years = {"first": given.get("from", ""), "last": given.get("to", "")}
    return t(f"network.period.{words}", **years) if words else ""


def _linked(names: Mapping[str, network.Name], iri: str) -> Shown:
    name, language = names[iri]
    return Shown(name, site.path(iri), language=language, title=iri)


def _network_page(page: int) -> str:
    asked = _links_asked()
    answer = asked.answer
    found, names = network.links(answer), network.names(answer)
    first = (page - 1) * TABLE_PAGE
    if page > 1 and first >= len(found):
        abort(404)
    part = slice(first, first + TABLE_PAGE)
    said, evidence = rows.sources(Table(answer.columns, answer.rows[part]))
    given = chosen.given(*_OF_THE_NETWORK)
    return render_template(
        "network.html",
        period=_period(given),
        asked=asked,
        drawing=_at("pictures.drawing", **given),
        counts=network.counts(found),
        clusters=cluster_names(),
        types=network.TYPES,
        shown=SHOWN,
        show="shared" if asked.values.get("least") else "all",
        given=given,
        undated=sum(not link.is_dated for link in found),
        lines=[
            (_linked(names, link.cluster), _linked(names, link.thing), link, notes)
            for link, (notes, _) in zip(found[part], said, strict=True)
        ],
        evidence=evidence,
        total=len(found),
        page=page,
        first=first + 1,
        has_next=first + TABLE_PAGE < len(found),
    )
