"""The cells of an answer as people read them: codes in words, days as they are said, long addresses short.

What is written in the answer itself, and in its CSV and JSON, is what one sees on pointing at a cell.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from ctl_graph.questions import Table
from ctl_graph.store import Literal, NamedNode, Term
from ctl_graph.web import site
from ctl_graph.web.columns import CODES, LISTS
from ctl_graph.web.shown import Reader, Shown, day

_LONGEST: Final = 48
_PERIOD: Final = re.compile("([0-9-]*)/([0-9-]*)")


def rows(table: Table) -> list[list[Shown | None]]:
    """The rows of an answer, cell by cell; nothing where a cell is empty."""
    terms = [term for row in table.rows for term in row]
    reader = Reader([*terms, *map(NamedNode, _listed(table))])
    return [
        [None if term is None else _cell(column, term, reader) for column, term in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]


def _listed(table: Table) -> Iterator[str]:
    """The IRIs that codes of lists of others stand for."""
    for row in table:
        for column, start in LISTS.items():
            if isinstance(term := row.get(column), Literal):
                yield from (start + code for code in term.value.split())


def _cell(column: str, term: Term, reader: Reader) -> Shown:
    shown = reader.show(term)
    if not isinstance(term, Literal):
        return _brief(shown) if shown.external else shown
    words = _in_words(column, term.value, reader)
    return shown if words is None else Shown(words, title=term.value)


def _in_words(column: str, text: str, reader: Reader) -> str | None:
    """What a code says; nothing where the text is none."""
    if message := CODES.get(column, {}).get(text):
        return site.say(message)
    if (start := LISTS.get(column)) is not None:
        return ", ".join(reader.name(start + code).text for code in text.split())
    if found := _PERIOD.fullmatch(text):
        return " – ".join(day(each) for each in found.groups() if each)
    return None


def _brief(shown: Shown) -> Shown:
    """An address of others without what begins them all, and no longer than a line."""
    text = shown.text.split("://", 1)[-1].removeprefix("www.")
    return replace(shown, text=text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def choices(column: str, codes: Sequence[str]) -> list[tuple[str, str]]:
    """Codes to choose from, each with what it says, in the order of the words."""
    start = LISTS.get(column, "")
    reader = Reader(NamedNode(start + code) for code in codes) if start else Reader(())
    found = [(code, _in_words(column, code, reader) or code) for code in codes]
    return sorted(found, key=lambda each: each[1].casefold())
