"""Collaborations, agreements and projects: all of them over time, and the portrait of each with who takes part."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from flask import Blueprint, Response, abort, render_template, url_for

from ctl_graph import questions
from ctl_graph.formats import HTML
from ctl_graph.store import NamedNode, Term
from ctl_graph.vocab import CTL
from ctl_graph.web import chosen, site
from ctl_graph.web.asked import Asked
from ctl_graph.web.described import described
from ctl_graph.web.documents import Document, page_number
from ctl_graph.web.evidence import Evidence, Marks
from ctl_graph.web.matrix import acronyms
from ctl_graph.web.negotiation import respond
from ctl_graph.web.shown import Reader, Shown, cluster_names, day, t
from ctl_graph.web.statements import Page
from ctl_graph.web.timeline import timeline

bp = Blueprint("collaborations", __name__)

LIST_PAGE: Final = 20
# Who takes part beyond these stands in the answer to the question, in pages.
_PARTIES: Final = 60
_WHEN: Final = ("ctl:startAsStated", "ctl:endAsStated", "ctl:attestedAsStated")
_PROJECT: Final = (
    "dct:title", "ctl:acronym", "dct:type", "ctl:programme", "ctl:call", "ctl:grantNumber", "foaf:page", *_WHEN,
    "ctl:durationMonths", "ctl:totalBudget", "ctl:euContribution", "ctl:publicContribution", "ctl:carriedOutBy",
)  # fmt: skip
_COLLABORATION: Final = (
    "dct:title", "dct:type", "ctl:programme", *_WHEN, "ctl:amountEuro", "ctl:partnerCount", "ctl:regionCount",
    "ctl:country", "ctl:partnersAsStated",
)  # fmt: skip
_PROGRAMME: Final = ("skos:altLabel", "dct:type", "dct:isPartOf")


@dataclass(frozen=True)
class Party:
    """Who takes part, in which roles, of which countries, and who says so."""

    shown: Shown
    roles: Sequence[Shown]
    countries: Sequence[Shown]
    notes: Marks
    is_cluster: bool


# -- portraits -------------------------------------------------------------------------------------------------------


def project(document: Document) -> str:
    """A project with its call, its grant and its money, and who takes part in its consortium."""
    carried_out = [each.object for each in document.statements if each.predicate.value == CTL + "carriedOutBy"]
    return _with_parties("project.html", document, _PROJECT, [questions.text(each) for each in carried_out])


def collaboration(document: Document) -> str:
    """A collaboration or an agreement, who takes part, and the project that it carries out, where it does."""
    return _with_parties("collaboration.html", document, _COLLABORATION, [document.thing])


def programme(document: Document) -> str:
    """A programme, and what is carried out in it."""
    page = Page(document.drawn())
    carried_out = page.values_in(CTL + "programme")
    return described("programme.html", page, _PROGRAMME, ["ctl:programme", "skos:note"], carried_out=carried_out)


def _with_parties(template: str, document: Document, facts: Sequence[str], collaborations: Sequence[str]) -> str:
    table = [
        row
        for iri in dict.fromkeys(collaborations)
        for row in questions.ask(site.store(), "parties", collaboration=iri, language=site.language())
    ]
    links = ["ctl:inCollaboration", "org:organization", "ctl:participatesIn", "ctl:collaboratesWith"]
    page = Page(document.drawn(links), {questions.text(row["participation"]) for row in table})
    parties = _parties(table[:_PARTIES], page.evidence)
    projects = page.values_in(CTL + "carriedOutBy")
    consortia = [page.reader.show(NamedNode(iri)) for iri in collaborations if iri != document.thing]
    return described(
        template,
        page,
        facts,
        [*links, "ctl:carriedOutBy", "skos:note"],
        parties=parties,
        total=len(table),
        is_cut=len(table) > _PARTIES,
        of=collaborations,
        projects=projects,
        consortia=consortia,
    )


def _parties(rows: Sequence[Mapping[str, Term | None]], evidence: Evidence) -> list[Party]:
    """The clusters of the region first, then the others as the question orders them; each once."""
    reader, clusters = Reader(row[name] for row in rows for name in ("party", "role", "country")), acronyms()

    def made(iri: str, own: Sequence[Mapping[str, Term | None]]) -> Party:
        participations = dict.fromkeys(questions.text(row["participation"]) for row in own)
        return Party(
            reader.show(NamedNode(iri)),
            _each(reader, (row["role"] for row in own)),
            _each(reader, (row["country"] for row in own)),
            evidence.together(participations),
            iri in clusters,
        )

    grouped = groupby(rows, key=lambda row: questions.text(row["party"]))
    ordered = sorted(((iri, list(own)) for iri, own in grouped), key=lambda each: each[0] not in clusters)
    return [made(iri, own) for iri, own in ordered]


def _each(reader: Reader, terms: Iterable[Term | None]) -> list[Shown]:
    return [reader.show(term) for term in dict.fromkeys(terms) if term is not None]


# -- all of them -----------------------------------------------------------------------------------------------------


@dataclass
class _Found:
    """A collaboration with what it is chosen by, as IRIs: `said` by the names of `_collaborations`."""

    iri: str
    said: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def things(self) -> list[str]:
        """What is listed in its line: the projects that it carries out, and itself."""
        return [*sorted(self.said["project"]), self.iri]

    @property
    def kinds(self) -> set[str]:
        """That of its projects says more than that they have a consortium."""
        return self.said["kind"] or self.said["own kind"]

    @property
    def day(self) -> str:
        """The first on which it may have begun; empty, where no source dates it."""
        return min(self.said["day"], default="")


@dataclass(frozen=True)
class Entry:
    """A line of the list; dates are as sources print them."""

    collaboration: Shown
    projects: Sequence[Shown]
    kinds: Sequence[Shown]
    programmes: Sequence[Shown]
    clusters: Sequence[Shown]
    start: Sequence[str]
    end: Sequence[str]
    attested: Sequence[str]
    notes: Marks

    @property
    def begins(self) -> str:
        return _moment("collaborations.start", self.start)

    @property
    def ends(self) -> str:
        return _moment("collaborations.end", self.end)


def _moment(key: str, dates: Sequence[str]) -> str:
    """When something began or ended, in words; nothing where no source says it. Italian has other words for months."""
    days = ", ".join(map(day, dates))
    return t(f"{key}.month" if days[:1].isalpha() else key, day=days) if days else ""


@bp.get("/collaborations")
def index() -> Response:
    """Collaborations and projects over time, of a cluster or of a kind where the reader chooses."""
    return respond(HTML, _page, negotiated=False)


def _page() -> str:
    """The page of all of them, the latest first, or of those of a cluster, of a kind, with partners from a country.

    What the address chooses and there is not is answered 400.
    """
    found, page, given = _found(), page_number(), chosen.given("cluster", "kind", "country")
    kinds = _by_end({iri for each in found for iri in each.kinds})
    countries = {_code(iri): iri for each in found for iri in each.said["country"]}
    cluster = chosen.cluster()
    kind = kinds.get(chosen.one_of("kind", kinds), "")
    country = chosen.one_of("country", sorted(countries))
    listed = [
        each
        for each in found
        if (not cluster or cluster in each.said["cluster"])
        and (not kind or kind in each.kinds)
        and (not country or country in {_code(iri) for iri in each.said["country"]})
    ]
    first = (page - 1) * LIST_PAGE
    part = listed[first : first + LIST_PAGE]
    if page > 1 and not part:
        abort(404)
    evidence = Evidence(iri for each in part for iri in each.things)
    linked = {iri for each in part for iri in (*each.things, *each.said["programme"], *each.said["cluster"])}
    reader = Reader(NamedNode(iri) for iri in {*linked, *kinds.values(), *countries.values()} - {""})
    entries = _entries(part, reader, evidence)
    choice = {"cluster": cluster, "kind": kind, "country": country}
    return render_template(
        "collaborations.html",
        years=[(year, [entry for _, entry in own]) for year, own in groupby(entries, key=lambda each: each[0])],
        total=len(listed),
        first=first + 1,
        page=page,
        has_next=len(listed) > first + LIST_PAGE,
        given=given,
        shown=len(part),
        clusters=cluster_names(),
        kinds=_choices(reader, kinds),
        countries=_choices(reader, countries),
        in_time=timeline(_drawn(entry) for _, entry in entries),
        evidence=evidence,
        asked=Asked.of("collaborations-over-time", **choice),
        file=Asked.of("collaborations-with-parties", **choice),
        on_the_map=url_for("pictures.map", counted="collaborations", cluster=given.get("cluster"), _anchor="countries"),
    )


def _by_end(iris: Collection[str]) -> dict[str, str]:
    """The IRIs by what an address calls them: by their ends, and by more where two end alike."""
    ends = Counter(_code(iri) for iri in iris)
    schemes = f"{site.config().base_iri}id/scheme/"
    return {_code(iri) if ends[_code(iri)] == 1 else iri.removeprefix(schemes): iri for iri in sorted(iris)}


def _code(iri: str) -> str:
    """What is not known has a code, too."""
    return iri.rpartition("/")[2] or "unknown"


def _choices(reader: Reader, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """What can be chosen, with its name; what is not known comes last."""
    named = [(code, reader.show(NamedNode(iri)).text) for code, iri in known.items() if iri]
    unknown = [(code, t("map.country.unknown")) for code, iri in known.items() if not iri]
    return sorted(named, key=lambda each: (each[1].casefold(), each[0])) + unknown


def _drawn(entry: Entry) -> tuple[Shown, list[str]]:
    """A project stands for the consortium that carries it out."""
    things = [*entry.projects, entry.collaboration]
    return things[0], [each.title for each in things if each.title]


def _found() -> list[_Found]:
    """All of them, the latest first, those without a date last."""
    found: dict[str, _Found] = {}
    for row in site.answer("_collaborations"):
        iri, what, value = (questions.text(row[name]) for name in ("collaboration", "what", "value"))
        found.setdefault(iri, _Found(iri)).said[what].add(value)
    by_name = sorted(found.values(), key=lambda each: each.iri)
    return sorted(by_name, key=lambda each: each.day, reverse=True)


def _entries(part: Sequence[_Found], reader: Reader, evidence: Evidence) -> list[tuple[str, Entry]]:
    """Each with the year in which it may have begun first; none, where no source dates it."""
    things, short = [iri for each in part for iri in each.things], acronyms()
    dates: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in questions.ask(site.store(), "_printed-dates", things=things) if things else ():
        name = questions.text(row["property"]).removeprefix(CTL)
        dates[questions.text(row["thing"]), name].append(questions.text(row["date"]))

    def printed(each: _Found, name: str) -> list[str]:
        return list(dict.fromkeys(date for iri in each.things for date in dates[iri, name]))

    def made(each: _Found) -> Entry:
        return Entry(
            reader.show(NamedNode(each.iri)),
            reader.by_name(each.said["project"]),
            reader.by_name(each.kinds),
            reader.by_name(each.said["programme"]),
            [replace(one, text=short.get(one.title or "", one.text)) for one in reader.by_name(each.said["cluster"])],
            printed(each, "startAsStated"),
            printed(each, "endAsStated"),
            printed(each, "attestedAsStated"),
            evidence.together(each.things),
        )

    return [(each.day[:4], made(each)) for each in part]
