"""A region with seats, countries and dates, for the pictures: what the tests count from, and the statements it makes.

Names are awkward on purpose. Nothing is checked before it is published: the pictures must hold by themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ctl_graph.config import Config
from ctl_graph.release import Release, publish, write

BASE = "https://example.org/region/"
CTL = "https://w3id.org/ctl/def/"
NUTS = "http://data.europa.eu/nuts/code/"
COUNTRY = "http://publications.europa.eu/resource/authority/country/"
_A = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
_MEMBER = "http://www.w3.org/ns/org#member"
_DATE = "http://www.w3.org/2001/XMLSchema#date"
CLUSTERS = {"alfa": "ALFA", "beta": "BETA", "gamma": ""}
PROVINCES = {"ITC46": "Bergamo", "ITC4C": "Milano", "ITC99": "Oltremonte & <Valle>"}
COUNTRIES = {"ITA": ("Italia", "Italy"), "ESP": ("Spagna", "Spain"), "CAN": ("Canada", "Canada")}


@dataclass(frozen=True)
class Organisation:
    """A member of clusters, each with the day it is first attested and the day it ended, if they are known."""

    name: str
    type: str
    clusters: dict[str, tuple[str, str]]
    provinces: tuple[str, ...] = ()
    has_place: bool = False
    country: str = ""

    @property
    def seats(self) -> set[str]:
        return set(self.provinces) or {"place-only" if self.has_place else "unknown"}


@dataclass(frozen=True)
class Collaboration:
    """Who takes part, with the country that is stated of it, or what country is the counterpart.

    The days are those of the project.
    """

    clusters: tuple[str, ...]
    parties: dict[str, str]
    start: str = ""
    end: str = ""
    counterpart: str = ""

    @property
    def countries(self) -> set[str]:
        """The codes of those that it is with; `unknown` where a party's is not known."""
        of_parties = {country(party, stated) for party, stated in self.parties.items()}
        return of_parties | ({self.counterpart} - {""})


ORGANISATIONS = {
    "university": Organisation(
        "Università di Valdoro", "University", {"alfa": ("2013-05-02", ""), "beta": ("", "")}, ("ITC46",)
    ),
    "foundry": Organisation(
        'Fonderia "A < B" & Figli',
        "Enterprise",
        {"alfa": ("2013-05-02", "2018-12-31")},
        ("ITC46", "ITC4C"),
        country="ITA",
    ),
    "workshop": Organisation(
        "Officina 'onmouseover='alert(1)", "Enterprise", {"alfa": ("", "")}, has_place=True, country="ESP"
    ),
    "institute": Organisation("]]><script>alert(1)</script>\u202e", "ResearchBody", {"beta": ("2014-12-31", "")}),
    "town": Organisation(
        "Comune di Valdoro", "PublicBody", {"beta": ("2020-01-01", ""), "gamma": ("2021-01-01", "")}, ("ITC99",)
    ),
    "guild": Organisation("Corporazione &lt;b&gt;", "", {"gamma": ("", "")}),
    "montreal": Organisation("Aéro Montréal", "", {}, country="CAN"),
    "basque": Organisation("Paese Basco", "", {}),
}
COLLABORATIONS = {
    "ponte": Collaboration(
        ("alfa", "beta"), {"university": "", "foundry": "ESP", "montreal": ""}, "2016-12-31", "2018-06-30"
    ),
    "isola": Collaboration(("alfa",), {"basque": "ESP", "workshop": "", "university": ""}),
    "faro": Collaboration(("gamma",), {}, "2022-01-01"),
    "guado": Collaboration((), {"montreal": "", "foundry": ""}),
    "nave": Collaboration(("alfa",), {}, counterpart="CAN"),
}


def members(cluster: str = "") -> dict[str, Organisation]:
    return {
        name: each for name, each in ORGANISATIONS.items() if (cluster in each.clusters if cluster else each.clusters)
    }


def collaborations(cluster: str = "") -> dict[str, Collaboration]:
    return {name: each for name, each in COLLABORATIONS.items() if not cluster or cluster in each.clusters}


def country(party: str, stated: str) -> str:
    """What is stated of the participation goes first."""
    return stated or ORGANISATIONS[party].country or "unknown"


def thing(kind: str, name: str) -> str:
    return f"{BASE}id/{kind}/{name}"


def _text(text: str, language: str) -> str:
    written = "".join(f"\\u{ord(c):04X}" if c < " " or c in '"\\' else c for c in text)
    return f'"{written}"@{language}'


def _statements(shared: Mapping[str, Collaboration]) -> Iterator[tuple[str, str, str]]:
    for name, acronym in CLUSTERS.items():
        iri = thing("cluster", name)
        yield iri, _A, f"<{CTL}RegionalCluster>"
        yield iri, _LABEL, _text(f"Cluster {name.title()}", "it")
        yield iri, _LABEL, _text(f"{name.title()} Cluster", "en")
        if acronym:
            yield iri, CTL + "acronym", f'"{acronym}"'
    for code, label in PROVINCES.items():
        yield NUTS + code, _LABEL, _text(label, "it")
        yield thing("place", code.lower()), CTL + "nuts3", f"<{NUTS}{code}>"
    for code, labels in COUNTRIES.items():
        for language, label in zip(("it", "en"), labels, strict=True):
            yield COUNTRY + code, _LABEL, _text(label, language)
    for name, each in ORGANISATIONS.items():
        yield from _organisation(thing("organisation", name), name, each)
    for name, one in shared.items():
        yield from _collaboration(thing("collaboration", name), name, one)


def _organisation(iri: str, name: str, each: Organisation) -> Iterator[tuple[str, str, str]]:
    yield iri, _LABEL, _text(each.name, "it")
    if each.type:
        yield iri, _A, f"<{CTL}{each.type}>"
    if each.country:
        yield iri, CTL + "country", f"<{COUNTRY}{each.country}>"
    for place in each.provinces or (("nowhere",) if each.has_place else ()):
        yield iri, CTL + "seat", f"<{thing('place', place.lower())}>"
    for cluster, (begun, ended) in each.clusters.items():
        membership = thing("membership", f"{cluster}-{name}")
        yield iri, CTL + "everMemberOf", f"<{thing('cluster', cluster)}>"
        yield membership, _A, f"<{CTL}Membership>"
        yield membership, CTL + "inCluster", f"<{thing('cluster', cluster)}>"
        yield membership, _MEMBER, f"<{iri}>"
        if begun:
            yield membership, CTL + "attestedLatest", f'"{begun}"^^<{_DATE}>'
        if ended:
            yield membership, CTL + "endLatest", f'"{ended}"^^<{_DATE}>'


def _collaboration(iri: str, name: str, each: Collaboration) -> Iterator[tuple[str, str, str]]:
    project = thing("project", name)
    yield iri, _A, f"<{CTL}Collaboration>"
    yield iri, _LABEL, _text(f"Collaborazione {name.title()}", "it")
    yield project, CTL + "carriedOutBy", f"<{iri}>"
    if each.start:
        yield project, CTL + "startLatest", f'"{each.start}"^^<{_DATE}>'
    if each.end:
        yield project, CTL + "endLatest", f'"{each.end}"^^<{_DATE}>'
    if each.counterpart:
        yield iri, CTL + "country", f"<{COUNTRY}{each.counterpart}>"
    parties = {f"organisation/{party}": stated for party, stated in each.parties.items()}
    if not each.clusters:  # all clusters together are nobody's partner
        yield thing("group", "all"), _A, "<http://www.w3.org/ns/org#OrganizationalCollaboration>"
        parties["group/all"] = ""
    for party, stated in {**parties, **{f"cluster/{cluster}": "ITA" for cluster in each.clusters}}.items():
        participation = thing("participation", f"{name}-{party.replace('/', '-')}")
        yield f"{BASE}id/{party}", CTL + "participatesIn", f"<{iri}>"
        yield participation, CTL + "inCollaboration", f"<{iri}>"
        yield participation, _MEMBER, f"<{BASE}id/{party}>"
        if stated:
            yield participation, CTL + "country", f"<{COUNTRY}{stated}>"


def triples(shared: Mapping[str, Collaboration] = COLLABORATIONS) -> Iterator[tuple[str, str, str]]:
    """What is accepted, as N-Triples write it."""
    for subject, predicate, value in _statements(shared):
        yield f"<{subject}>", f"<{predicate}>", value


def published(
    config: Config, folder: Path, shared: Mapping[str, Collaboration] = COLLABORATIONS
) -> tuple[Config, Release]:
    """The region, published without checks."""
    settings = replace(config, releases=folder / "releases")
    lines = (f"{' '.join(each)} <{BASE}graph/accepted> ." for each in triples(shared))
    return settings, publish(write("\n".join(lines).encode(), {}, settings), "1")
