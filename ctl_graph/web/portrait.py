"""What the portraits of things have in common: facts and rows of stored questions, each with its names and marks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from flask import render_template

from ctl_graph import questions
from ctl_graph.questions import Table, Value
from ctl_graph.store import Term
from ctl_graph.web import site, structured
from ctl_graph.web.columns import repeats
from ctl_graph.web.documents import Document
from ctl_graph.web.negotiation import DOCUMENTS
from ctl_graph.web.shown import Shown
from ctl_graph.web.statements import Page

_YEAR: Final = re.compile(r"[12][0-9]{3}")


@dataclass
class Row:
    """One thing of an answer, whose rows are one here: for each column its values, in the order in which they came."""

    iri: str
    cells: dict[str, list[Shown]] = field(default_factory=dict)
    raw: dict[str, Term] = field(default_factory=dict)

    def __getitem__(self, column: str) -> list[Shown]:
        return self.cells.get(column, [])

    @property
    def period(self) -> str:
        """The dates as the sources print them: when it began and ended, else when it was seen."""
        first, last = ([each.text for each in self[column]] for column in ("start", "end"))
        if not first and not last:
            return " · ".join(each.text for each in self["attested"])
        return f"{' / '.join(first)}–{' / '.join(last)}" if last else " / ".join(first)

    @property
    def years(self) -> tuple[int, ...]:
        """The first year that a source prints and the last; none where it prints none."""
        printed = [each.text for column in ("start", "attested", "end") for each in self[column]]
        found = sorted(int(year) for text in printed for year in _YEAR.findall(text))
        return (found[0], found[-1]) if found else ()


class Portrait(Page):
    """The page of one thing: its facts, and answers of stored questions about it, by their names.

    The first column of each answer names what the row is about, whose sources are its marks.
    """

    def __init__(self, document: Document, tables: Mapping[str, Table]) -> None:
        self._tables = {name: _without_labels(table) for name, table in tables.items()}
        keys = {questions.text(row[0]) for table in tables.values() for row in table.rows}
        terms = [term for table in self._tables.values() for row in table.rows for term in row[1:]]
        super().__init__(replace(document, incoming=()), things=keys, terms=terms)

    def rows(self, name: str) -> list[Row]:
        """The rows of an answer, one for each thing that its first column names."""
        found: dict[str, Row] = {}
        for line in self._tables[name]:
            key = questions.text(next(iter(line.values())))
            row = found.setdefault(key, Row(key))
            for column, term in line.items():
                if term is not None and (shown := self.reader.show(term)) not in row.cells.setdefault(column, []):
                    row.cells[column].append(shown)
                    row.raw.setdefault(column, term)
        return list(found.values())


def ask(name: str, **values: Value) -> Table:
    """The answer to a stored question in the reader's language, with values that the data hold themselves."""
    return questions.ask(site.store(), name, language=site.language(), **values)


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


def draw(template: str, portrait: Portrait, **values: Any) -> str:
    """The page in a template that extends `portrait.html`."""
    document = portrait.document
    return render_template(
        template,
        page=portrait,
        about=portrait.about,
        formats=DOCUMENTS,
        data=structured.thing(document, [*portrait.types[:1], portrait.title]),
        endpoint="resources.document",
        name=document.thing.removeprefix(site.config().base_iri + "id/"),
        **values,
    )
