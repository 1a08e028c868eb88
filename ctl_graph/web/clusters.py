"""The portraits of clusters and of organisations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import url_for

from ctl_graph.questions import Table
from ctl_graph.vocab import CTL
from ctl_graph.web import site, structured
from ctl_graph.web.documents import Document
from ctl_graph.web.portrait import Portrait, Row, ask, by, by_time, draw, latest_first, only
from ctl_graph.web.shown import Shown, day, t
from ctl_graph.web.timeline import Timeline, timeline

# Longer lists go on at the page of their question.
MOST: Final = 12
MOST_IN_TIME: Final = 6
MOST_SIZES: Final = 6
MOST_FACTS: Final = 5
_WHO: Final = (
    "skos:prefLabel", "ctl:acronym", "skos:altLabel", "ctl:domain", "ctl:managingBody", "ctl:seat", "ctl:legalForm",
    "ctl:foundedOn", "foaf:homepage", "foaf:page",
)  # fmt: skip
_DOES: Final = (
    "ctl:hasObjective", "ctl:performs", "ctl:leadsValueChain", "ctl:promotesValueChain", "ctl:coversCompetence",
)  # fmt: skip
_WHAT: Final = (
    "skos:prefLabel", "skos:altLabel", "ctl:acronym", "org:classification", "ctl:seat", "ctl:country", "ctl:legalForm",
    "ctl:legalPersonalityAct", "ctl:taxCode", "ctl:participantCode", "ctl:foundedOn", "foaf:homepage", "foaf:page",
    "ctl:rorId", "ctl:wikidata", "skos:exactMatch", "skos:closeMatch", "dct:isPartOf", "org:subOrganizationOf",
    "dct:replaces", "dct:isReplacedBy", "skos:note",
)  # fmt: skip


def cluster(document: Document) -> str:
    """The portrait of a regional cluster."""
    thing = document.thing
    portrait = Portrait(
        document,
        site.once(_answers, thing, site.language()),
        facts={*_WHO, *_DOES},
    )
    members, sizes = portrait.rows("members"), latest_first(portrait.rows("sizes"))
    collaborations = latest_first(portrait.rows("collaborations"))
    countries = portrait.table("countries")
    areas = [row for row in portrait.rows("areas") if row["area"]]
    return draw(
        "cluster.html",
        portrait,
        site.once(structured.described, thing),
        who=_WHO,
        does=_DOES,
        most_facts=MOST_FACTS,
        members=_some_of_each_type(members),
        most=MOST,
        total=len({row.text("member") for row in members}),
        areas=[(strategy, by(rows, "area")) for strategy, rows in by(areas, "strategy")],
        collaborations=collaborations,
        most_in_time=MOST_IN_TIME,
        in_time=_in_time(collaborations),
        all_collaborations=url_for("collaborations.index", cluster=thing.rpartition("/")[2]),
        countries=sorted(countries, key=lambda row: "country" not in row),
        known=sum("country" in row for row in countries),
        sizes=[(row, _how_many(row)) for row in sizes[:MOST_SIZES]],
        more_sizes=len(sizes) - MOST_SIZES,
        chart=_chart(sizes[:MOST_SIZES]),
    )


def _answers(cluster: str, _language: str) -> Mapping[str, Table]:
    """What the portrait of a cluster is made of: there are few of them, and each is asked a lot, so that it is kept."""
    return {
        "names": ask("designations", party=cluster),
        "steps": ask("regulatory-steps", cluster=cluster),
        "areas": only(ask("s3-areas"), "cluster", cluster),
        "members": ask("memberships", party=cluster),
        "collaborations": ask("participations", party=cluster),
        "countries": ask("partner-countries", cluster=cluster),
        "excellences": ask("excellences", party=cluster),
        "sizes": ask("size-observations", about=cluster),
        "national": only(ask("national-clusters"), "cluster", cluster),
    }


def organisation(document: Document) -> str:
    """The portrait of an organisation: a member, a managing body, a party."""
    thing = document.thing
    portrait = Portrait(
        document,
        {
            "managed": ask("who-says", predicate=f"{CTL}managingBody", object=thing),
            "members": ask("memberships", party=thing),
            "collaborations": ask("participations", party=thing),
            "excellences": ask("excellences", party=thing),
        },
        facts=_WHAT,
    )
    collaborations = latest_first(portrait.rows("collaborations"))
    return draw(
        "organisation.html",
        portrait,
        what=_WHAT,
        members=by(by_time(portrait.rows("members")), "cluster"),
        collaborations=collaborations,
        most_in_time=MOST_IN_TIME,
        in_time=_in_time(collaborations),
    )


def _some_of_each_type(members: Sequence[Row]) -> list[tuple[Shown | None, list[tuple[Shown | None, list[Row]]], int]]:
    """The types of members, each with those that there is room for and how many there are."""
    types = [(type, by(rows, "member")) for type, rows in by(members, "type")]
    shares = _shares([len(of_type) for _, of_type in types], MOST)
    return [(type, of_type[:share], len(of_type)) for (type, of_type), share in zip(types, shares, strict=True)]


def _shares(lengths: Sequence[int], most: int) -> list[int]:
    """How many of each list there is room for: as many of each, as far as each goes."""
    shares = [0] * len(lengths)
    while most > sum(shares) and (longer := [each for each, length in enumerate(lengths) if shares[each] < length]):
        for each in longer[: most - sum(shares)]:
            shares[each] += 1
    return shares


def _in_time(rows: Sequence[Row]) -> Timeline | None:
    """What is listed, as a drawing: each by its project, where it carries one out."""
    listed = ([*row["project"], *row["collaboration"]] for row in rows[:MOST_IN_TIME])
    return timeline((things[0], [each.title for each in things if each.title]) for things in listed)


def _how_many(row: Row) -> str:
    """What a source counts, in words: its own are noted in one language only."""
    least, most = row.text("minimum"), row.text("maximum")
    if not (least or most) or not all(_is_count(each) for each in (least, most) if each):
        return row.words("as_stated")
    if least and most and least != most:
        return t("how_many.between", least=int(least), most=int(most))
    kind = "most" if not least else "least" if not most else "about" if row.text("approximate") == "true" else "just"
    return t(f"how_many.{kind}", number=int(least or most))


def _is_count(text: str) -> bool:
    """Whether it is a number that somebody can have counted: a store elsewhere may hold anything."""
    return len(text) < 10 and text.isascii() and text.isdecimal()


@dataclass(frozen=True)
class Bar:
    """An observation in a chart: when, how many, and how long its bar is, of 1000."""

    when: str
    number: int
    length: int


@dataclass(frozen=True)
class Chart:
    """How what a cluster is said to count has changed."""

    counted: Shown
    bars: Sequence[Bar]


def _chart(sizes: Iterable[Row]) -> Chart | None:
    """The observations of what is counted most often, over time, where there are two with a date and a number."""
    drawn = [row for row in sizes if row.text("first_day") and _is_count(row.text("minimum"))]
    groups = [(counted, rows) for counted, rows in by(drawn, "counted") if counted and len(rows) > 1]
    if not groups:
        return None
    counted, rows = max(groups, key=lambda group: len(group[1]))
    greatest = max(int(row.text("minimum")) for row in rows) or 1
    bars = [
        Bar(day(row.text("attested")), int(row.text("minimum")), int(row.text("minimum")) * 1000 // greatest)
        for row in by_time(rows)
    ]
    return Chart(counted, bars)
