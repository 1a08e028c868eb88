"""Terms as people read them: with names, in the reader's language, with nothing in them that misleads."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from ctl_graph import questions
from ctl_graph.errors import BrokenRelease, Message
from ctl_graph.questions import Label, Question, Table
from ctl_graph.store import BlankNode, Literal, NamedNode, Term
from ctl_graph.vocab import compact
from ctl_graph.web import site
from ctl_graph.web.messages import MESSAGES, TERMS
from ctl_graph.web.negotiation import is_web_address, uri

# What programs need and readers seldom do: it is folded away under the rest.
PLUMBING: Final = re.compile(
    r"ctl:(confidence|dateAsStated|\w+Earliest|\w+Latest)|rdfs:(isDefinedBy|label)|skos:(topConceptOf|mappingRelation)"
    r"|skos:semanticRelation|rdf:(first|rest)|owl:versionIRI"
)
_DAY: Final = re.compile("(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?")
_MONTHS: Final = (
    Message("gennaio", "January"),
    Message("febbraio", "February"),
    Message("marzo", "March"),
    Message("aprile", "April"),
    Message("maggio", "May"),
    Message("giugno", "June"),
    Message("luglio", "July"),
    Message("agosto", "August"),
    Message("settembre", "September"),
    Message("ottobre", "October"),
    Message("novembre", "November"),
    Message("dicembre", "December"),
)
_TRUE: Final = ("true", "1")
_SHORT: Final = 8
_METHOD: Final = "ctl-graph-method"
_LANGUAGES: Final = {"it": Message("in italiano", "in Italian"), "en": Message("in inglese", "in English")}
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# Characters that turn the reading direction, and controls that no text needs: a name must not dress as another.
_TREACHEROUS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def harmless(value: Any) -> Any:
    """What a template may print; escaping comes after this. What Python holds printable has nothing of the kind."""
    if isinstance(value, str) and not isinstance(value, Markup) and not value.isprintable():
        return _TREACHEROUS.sub("", value)
    return value


def t(key: str, **values: object) -> str:
    """The sentence of the catalogue in the reader's language; of a total of one, the sentence that is said of one."""
    return speaking(site.language())(key, **values)


def speaking(language: str) -> Callable[..., str]:
    """`t` of a language: a page says hundreds of sentences to one reader."""

    def say(key: str, **values: object) -> str:
        one = f"{key}.one"
        message = MESSAGES[one if values.get("total") == 1 and one in MESSAGES else key].in_language(language)
        return message.format(**{name: _grouped(value, language) for name, value in values.items()})

    return say


def number(value: int) -> str:
    """12.345 in Italian, 12,345 in English."""
    return _number(value, site.language())


def _number(value: int, language: str) -> str:
    return f"{value:,}".replace(",", ".") if language == "it" else f"{value:,}"


_LONGEST_SUM: Final = 30  # digits; Python refuses to read thousands of them


def euro(amount: str) -> str:
    """12.603.930 € in Italian, € 12,603,930 in English; what is no plain decimal stays as it is."""
    whole, point, cents = amount.partition(".")
    if len(amount) > _LONGEST_SUM or not (whole.isdecimal() and (cents.isdecimal() or not point)):
        return amount
    italian = site.language() == "it"
    written = number(int(whole)) + (("," if italian else ".") + cents if cents else "")
    return f"{written} €" if italian else f"€ {written}"


def size(length: int) -> str:
    """How long a file is, in thousands or millions of bytes as storage is sold; never less than it is."""
    if length < 1_000_000:
        return f"{number(math.ceil(length / 1000))} kB"
    return f"{math.ceil(length / 100_000) / 10:.1f} MB".replace(".", "," if site.language() == "it" else ".")


def day(text: str) -> str:
    """A day or a month of ISO 8601 in words: 12 marzo 2024, March 2024. Any other text stays as it is."""
    found = _DAY.fullmatch(text)
    if found is None or not 1 <= int(found["month"]) <= len(_MONTHS):
        return text
    month = site.say(_MONTHS[int(found["month"]) - 1])
    return " ".join(filter(None, (found["day"] and str(int(found["day"])), month, found["year"])))


def source_title(iri: str, title: str | None) -> str:
    """What a source, or its graph, is called: our own method in the reader's language, any other as it is."""
    slug = iri.rpartition("/")[2]
    return t("method.source") if slug == _METHOD else title or slug


def foreign(language: str | None) -> str:
    """In which language a text is, where that is not the reader's."""
    if language is None or language.partition("-")[0] == site.language():
        return ""
    return site.say(_LANGUAGES[language]) if language in _LANGUAGES else language


def release_name(id: str) -> str:
    """A release as people name it, by the day on which it came out; others of that day have another id.

    Where the history cannot be read, which other pages say, the id is all there is.
    """
    try:
        time = next((line.time for line in site.history() if line.digest == id), None)
    except BrokenRelease:
        return id[:_SHORT]
    return t("release.of", day=day(time[:10]), id=id[:_SHORT]) if time else id


def _grouped(value: object, language: str) -> object:
    return _number(value, language) if isinstance(value, int) else value


@dataclass(frozen=True)
class Shown:
    """A term on a page: its text, and where it leads, if anywhere."""

    text: str
    href: str | None = None
    external: bool = False
    language: str | None = None
    title: str | None = None


def linked(shown: Shown, brief: bool = False) -> Markup:
    """The text as a link to where it leads; a `brief` page does without the IRIs behind names.

    Not a macro of the templates: a page has hundreds, and a macro takes ten times as long. Every part is escaped.
    """
    title = f' title="{_escaped(shown.title)}"' if shown.title and not brief else ""
    language = f' lang="{_escaped(shown.language)}"' if shown.language else ""
    text = _escaped(shown.text)
    if not shown.href:
        return Markup(f"<span{title}{language}>{text}</span>")  # noqa: S704
    external = ' rel="external nofollow ugc"' if shown.external else ""
    return Markup(f'<a href="{_escaped(shown.href)}"{title}{language}{external}>{text}</a>')  # noqa: S704


def _escaped(text: str) -> str:
    return escape(harmless(text))


class Reader:
    """Shows terms to the reader of this request, with the names of all of them asked for at once."""

    def __init__(self, terms: Iterable[Term | None], context: str | None = None) -> None:
        iris = {term.value for term in terms if isinstance(term, NamedNode)}
        self._labels = site.labels(sorted(iris), context)
        self._language = site.language()
        self._shown: dict[str, Shown] = {}

    def show(self, term: Term) -> Shown:
        match term:
            case NamedNode():
                if term.value not in self._shown:
                    self._shown[term.value] = self._link(term.value)
                return self._shown[term.value]
            case Literal():
                return _literal(term)
            case BlankNode():
                return Shown(t("thing.anonymous"))
        return Shown(str(term))

    def by_name(self, iris: Iterable[str]) -> list[Shown]:
        """The things in the order of their names."""
        return sorted((self.show(NamedNode(iri)) for iri in iris), key=lambda each: each.text.casefold())

    def name(self, iri: str) -> Shown:
        """The name alone, where the page itself is about the thing."""
        label = self.label(iri)
        return Shown(label.text, language=self._foreign(label))

    def _link(self, iri: str) -> Shown:
        place = site.path(iri)
        href = place or (uri(iri) if is_web_address(iri) else None)
        label = self.label(iri)
        return Shown(label.text, href, place is None, self._foreign(label), iri)

    def _foreign(self, label: Label) -> str | None:
        """The language of a name that is not in the reader's."""
        return _language_tag(label.language) if label.language != self._language else None

    def label(self, iri: str) -> Label:
        """The name of a term of others from our catalogue, else what the data call it, else the end of its IRI."""
        if message := TERMS.get(compact(iri)):
            return Label(message.in_language(self._language))
        if known := self._labels.get(iri):
            return known
        return Label(iri.rstrip("/").rpartition("/")[2] if site.path(iri) else _readable(iri))


def as_shown(table: Table) -> list[Mapping[str, Shown | None]]:
    """The rows of an answer as a page shows them; an empty cell is None."""
    reader = Reader(term for row in table.rows for term in row)
    return [{name: None if term is None else reader.show(term) for name, term in row.items()} for row in table]


def _literal(term: Literal) -> Shown:
    """Its text; what is written for programs (a day, true) in words, with what is written on pointing at it."""
    datatype = compact(term.datatype.value) if not term.language else None
    words = day(term.value)
    if datatype == "xsd:boolean":
        words = t("yes") if term.value in _TRUE else t("no")
    return Shown(words, language=_language_tag(term.language), title=datatype if words == term.value else term.value)


def cluster_names() -> list[tuple[str, str]]:
    """The regional clusters to choose from: the ends of their IRIs, each with its name in words."""
    base = f"{site.config().base_iri}id/cluster/"
    iris = {questions.text(row["cluster"]) for row in site.answer("regional-clusters")}
    labels = site.labels(iris)
    slugs = {iri: iri.removeprefix(base) for iri in iris}
    named = ((slugs[iri], labels[iri].text if iri in labels else slugs[iri]) for iri in iris)
    return sorted(named, key=lambda each: (each[1].casefold(), each[0]))


def by_theme() -> dict[str, list[Question]]:
    """The stored questions of each theme that has any, by their titles in the reader's language."""
    listed = sorted(questions.load().values(), key=lambda each: site.say(each.title).casefold())
    found = {theme: [each for each in listed if each.theme == theme] for theme in questions.THEMES}
    return {theme: each for theme, each in found.items() if each}


def _readable(iri: str) -> str:
    """An IRI of others as text: a host in foreign letters is shown as it is looked up, lest it pass for another."""
    try:
        host = urlsplit(iri).hostname or ""
        return compact(iri).replace(host, host.encode("idna").decode()) if host and not host.isascii() else compact(iri)
    except ValueError:
        return uri(iri)


def _language_tag(language: str | None) -> str | None:
    return language if language and _LANGUAGE_TAG.fullmatch(language) else None
