"""The portraits of clusters and of organisations."""

from collections.abc import Sequence
from typing import Final

from ctl_graph.web.documents import Document
from ctl_graph.web.portrait import Portrait, Row, ask, by, draw

# Longer lists go on at the page of their question.
MOST: Final = 60
_WHO: Final = (
    "skos:prefLabel", "ctl:acronym", "skos:altLabel", "ctl:domain", "ctl:managingBody", "ctl:seat", "ctl:legalForm",
    "ctl:foundedOn", "foaf:homepage", "foaf:page", "skos:note",
)  # fmt: skip
_DOES: Final = (
    "ctl:hasObjective", "ctl:performs", "ctl:leadsValueChain", "ctl:promotesValueChain", "ctl:involvedInValueChain",
    "ctl:coversCompetence", "ctl:offersCompetence", "ctl:declaresCompetence", "ctl:worksOnCompetence",
)  # fmt: skip
_WHAT: Final = (
    "skos:prefLabel", "skos:altLabel", "ctl:acronym", "org:classification", "ctl:seat", "ctl:country", "ctl:legalForm",
    "ctl:legalPersonalityAct", "ctl:taxCode", "ctl:participantCode", "ctl:foundedOn", "foaf:homepage", "foaf:page",
    "ctl:rorId", "ctl:wikidata", "skos:exactMatch", "skos:closeMatch", "dct:isPartOf", "org:subOrganizationOf",
    "dct:replaces", "dct:isReplacedBy", "skos:note",
)  # fmt: skip


def cluster(document: Document) -> str:
    """The portrait of a cluster, regional or national."""
    thing = document.thing
    portrait = Portrait(
        document,
        {
            "names": ask("designations", party=thing),
            "steps": ask("regulatory-steps", cluster=thing),
            "areas": ask("specialisations", cluster=thing),
            "members": ask("memberships", party=thing),
            "collaborations": ask("participations", party=thing),
            "excellences": ask("excellences", party=thing),
            "national": ask("national-cluster-links", cluster=thing),
        },
    )
    members = portrait.rows("members")
    return draw(
        "cluster.html",
        portrait,
        who=_WHO,
        does=_DOES,
        members=by(members[:MOST], "type"),
        total=len(members),
        shown=min(len(members), MOST),
        areas=by(portrait.rows("areas"), "strategy"),
        collaborations=_by_time(portrait.rows("collaborations")),
    )


def organisation(document: Document) -> str:
    """The portrait of an organisation: a member, a managing body, a party."""
    thing = document.thing
    portrait = Portrait(
        document,
        {
            "members": ask("memberships", party=thing),
            "collaborations": ask("participations", party=thing),
            "excellences": ask("excellences", party=thing),
        },
    )
    return draw(
        "organisation.html",
        portrait,
        what=_WHAT,
        members=portrait.rows("members"),
        collaborations=_by_time(portrait.rows("collaborations")),
    )


def _by_time(rows: Sequence[Row]) -> list[Row]:
    """From the first to the last; what no source dates comes after."""
    return sorted(rows, key=lambda row: (not row.years, row.years))
