"""What the portraits of things have in common: facts and rows of stored questions, each with its names and marks."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from flask import render_template
from markupsafe import Markup

from ctl_graph import questions
from ctl_graph.questions import Table, Value
from ctl_graph.store import NamedNode, Term, Triple
from ctl_graph.web import site, structured
from ctl_graph.web.columns import repeats
from ctl_graph.web.documents import Document
from ctl_graph.web.evidence import Evidence, Marks
from ctl_graph.web.negotiation import DOCUMENTS
from ctl_graph.web.shown import Shown, linked, t
from ctl_graph.web.statements import Page

_KEYS: Final = {
    "membership",
    "participation",
    "step",
    "specialisation",
    "excellence",
    "designation",
    "link",
    "observation",
    "thing",
}
# Of those, what has a name of its own that a page shows.
_NAMED: Final = {"excellence", "thing"}
_MOST_SOURCES: Final = 2
_DATE: Final = re.compile(r"[12][0-9]{3}(?:-[01][0-9](?:-[0-3][0-9])?)?")


@dataclass
class Row:
    """One thing of an answer, whose rows are one here: for each column its values, in the order in which they came.

    Most columns of most rows are on no page: a value is made ready to be shown where it is asked for.
    """

    iri: str
    evidence: Evidence
    show: Callable[[Term], Shown]
    terms: dict[str, list[Term]] = field(default_factory=dict)

    def __getitem__(self, column: str) -> list[Shown]:
        return [self.show(term) for term in self.terms.get(column, ())]

    def text(self, column: str) -> str:
        """The first value of a column as it stands in the data; nothing where there is none."""
        return questions.text(self.terms[column][0]) if self.terms.get(column) else ""

    def words(self, *columns: str) -> str:
        """The values of the first of these columns that has any, as a list in words."""
        return ", ".join(each.text for each in self._first(columns))

    def links(self, *columns: str) -> Markup:
        """The same, each leading to what it is about."""
        return Markup(", ").join(linked(each, brief=True) for each in self._first(columns))

    def _first(self, columns: Iterable[str]) -> list[Shown]:
        return next((self[column] for column in columns if self[column]), [])

    @property
    def notes(self) -> Marks:
        """Who says so."""
        return self.evidence.marks(self.iri)

    @cached_property
    def period(self) -> str:
        """The dates as the sources print them: when it began and ended, else when it was seen."""
        first, last, seen = (" / ".join(each.text for each in self[column]) for column in ("start", "end", "attested"))
        if last and not first:
            return t("portrait.until", day=last)
        return f"{first} – {last}" if last and last != first else first or seen

    @cached_property
    def first_date(self) -> str:
        """The first date that the sources print; nothing where they print none."""
        columns = ("start", "attested", "end")
        printed = [questions.text(each) for column in columns for each in self.terms.get(column, ())]
        return min((date for text in printed for date in _DATE.findall(text)), default="")


def by_time(rows: Iterable[Row]) -> list[Row]:
    """From the first to the last; what no source dates comes after."""
    return sorted(rows, key=lambda row: (not row.first_date, row.first_date))


def latest_first(rows: Iterable[Row]) -> list[Row]:
    """From the last to the first; what no source dates comes after."""
    return sorted(rows, key=lambda row: row.first_date, reverse=True)


class Portrait(Page):
    """The page of one thing: its facts, and answers of stored questions about it, by names.

    A column of each answer (`_KEYS`) holds what the row tells of, such as a membership, whose sources are its marks.
    """

    def __init__(self, document: Document, tables: Mapping[str, Table], facts: Collection[str]) -> None:
        self._tables = {name: _without_labels(table) for name, table in tables.items()}
        lines = [line for table in self._tables.values() for line in table]
        things = {questions.text(line[column]) for line in lines for column in _KEYS & line.keys()} - {""}
        terms = [term for line in lines for column, term in line.items() if column not in _KEYS - _NAMED]
        super().__init__(document, things, terms, _MOST_SOURCES, facts)

    def rows(self, name: str) -> list[Row]:
        """The rows of an answer, one for each thing that it tells of."""
        found: dict[str, Row] = {}
        for line in self._tables[name]:
            key = questions.text(line[next(iter(_KEYS & line.keys()))])
            row = found.setdefault(key, Row(key, self.evidence, self.reader.show))
            for column, term in line.items():
                if term is not None and term not in row.terms.setdefault(column, []):
                    row.terms[column].append(term)
        return list(found.values())

    def said(self, name: str) -> list[tuple[Shown, Marks]]:
        """The things of an answer to `who-says` of which it is accepted, each with the sources that say so."""
        graphs: dict[str, list[str]] = {}
        for line in self._tables[name]:
            if questions.text(line["accepted"]) == "true":
                graphs.setdefault(questions.text(line["thing"]), []).append(questions.text(line["graph"]))
        return [(self.reader.show(NamedNode(iri)), self.evidence.of(iri, each)) for iri, each in graphs.items()]

    def table(self, name: str) -> list[dict[str, Shown]]:
        """The rows of an answer that counts; an empty cell is missing."""
        lines = self._tables[name]
        return [{column: self.reader.show(term) for column, term in line.items() if term is not None} for line in lines]


def ask(name: str, **values: Value) -> Table:
    """The answer to a stored question in the reader's language, with values that the data hold themselves."""
    is_named = any(each.name == "language" for each in questions.load()[name].parameters)
    spoken = {"language": site.language()} if is_named else {}
    return questions.ask_nameless(site.store(), name, **spoken, **values) if values else site.answer(name, **spoken)


def only(table: Table, column: str, thing: str) -> Table:
    """The rows that have the thing in this column."""
    place = table.columns.index(column)
    return Table(table.columns, tuple(row for row in table.rows if questions.text(row[place]) == thing))


def _without_labels(table: Table) -> Table:
    """Pages name things themselves, and say in which language."""
    kept = [place for place, column in enumerate(table.columns) if not repeats(column, table.columns)]
    columns = tuple(table.columns[place] for place in kept)
    return Table(columns, tuple(tuple(row[place] for place in kept) for row in table.rows))


def by(rows: Iterable[Row], column: str) -> list[tuple[Shown | None, list[Row]]]:
    """The rows by the first value of a column, those without it last."""
    groups: dict[Shown | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[column][0] if row[column] else None, []).append(row)
    return sorted(groups.items(), key=lambda group: (group[0] is None, group[0].text if group[0] else ""))


def draw(template: str, portrait: Page, said: Sequence[Triple] | None = None, **values: Any) -> str:
    """The page in a template that extends `portrait.html`; what it tells search engines is asked for unless `said`."""
    document = portrait.document
    return render_template(
        template,
        page=portrait,
        formats=DOCUMENTS,
        data=structured.thing(document, [*portrait.types[:1], portrait.title], said),
        endpoint="resources.document",
        name=document.thing.removeprefix(site.config().base_iri + "id/"),
        **values,
    )
