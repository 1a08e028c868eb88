"""What is wrong with tables: all of it at once, each with file, line and column, for the curator to read."""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Final

from ctl_graph.errors import Finding, Message, Place, Severity
from ctl_graph.tables.cells import DATE_FORMAT, Column
from ctl_graph.tables.rows import BadTemplate, ForeignKey, Row, Table, iri, is_silent, property_url, variables
from ctl_graph.tables.wording import excerpt, finding, nearest, ranges

REASONS: Final = (
    "not-stated",
    "low-confidence",
    "contradicted",
    "less-precise",
    "undecided",
    "rejected",
    "negative",
    "context",
)
_A_COLUMN_OF_DATES: Final = 4  # fewer are said one by one


def findings(tables: Iterable[Table]) -> list[Finding]:
    """Everything that is wrong with these tables, on their own and with one another, in order of place."""
    tables = tuple(tables)
    found: list[Finding] = []
    for table in tables:
        found.extend(table.problems)
        for row in table.rows:
            if row.whole:
                found.extend(_check_row(row))
        found.extend(_check_primary_key(table))
    found.extend(_check_foreign_keys(tables))
    return sorted(_summed_up(_one_for_one_cause(found)), key=lambda one: (one.place.path, one.place.line or 0))


def _one_for_one_cause(found: Sequence[Finding]) -> Iterator[Finding]:
    """A blank that makes a reference dangle is named there already."""
    dangling = {one.place for one in found if one.code == "dangling"}
    return (one for one in found if one.code != "blanks" or one.place not in dangling)


def _summed_up(found: Iterable[Finding]) -> Iterator[Finding]:
    """A column of dates that Excel wrote in its own way is one mistake, with one remedy."""
    columns: dict[tuple[str, str | None], list[Finding]] = defaultdict(list)
    for one in found:
        if one.code == DATE_FORMAT:
            columns[one.place.path, one.place.column].append(one)
        else:
            yield one
    for dates in columns.values():
        yield from dates if len(dates) < _A_COLUMN_OF_DATES else (_dates_of_a_column(dates),)


def _dates_of_a_column(dates: Sequence[Finding]) -> Finding:
    lines, first = ranges(one.place.line or 0 for one in dates), dates[0]
    return replace(
        first,
        message=Message(
            f"{first.message.it} Così {len(dates)} date di questa colonna, alle righe {lines}: in Excel selezionare "
            "la colonna, Formato celle → Personalizzato → aaaa-mm-gg, e salvare di nuovo come CSV UTF-8",
            f"{first.message.en} So are {len(dates)} dates of this column, on lines {lines}: in Excel select the "
            "column, Format Cells → Custom → yyyy-mm-dd, and save it again as CSV UTF-8",
        ),
    )


def _check_row(row: Row) -> Iterator[Finding]:
    for column in row.schema.columns:
        if not column.virtual:
            yield from _check_cell(row, column)
    yield from _check_iris(row)
    yield from _check_dates(row)
    yield from _check_acceptance(row)


def _check_cell(row: Row, column: Column) -> Iterator[Finding]:
    cell = row.cells[column.name]
    for problem in cell.problems:
        yield Finding(Place(row.path, row.line, column.name), problem.code, problem.message)
    for character in dict.fromkeys(control_characters(cell.text)):
        code = f"U+{ord(character):04X}"
        it, en = f"la cella contiene il carattere invisibile {code}", f"the cell holds the invisible character {code}"
        if character == "\ufffd":
            it, en = f"una lettera è andata persa ({code})", f"a letter was lost ({code})"
        yield finding(row.path, "control-character", it, en, row.line, column.name)
    if not cell.problems and any(value.lexical != value.lexical.strip() for value in cell.values):
        yield finding(
            row.path,
            "blanks",
            f"{excerpt(cell.text)} comincia o finisce con uno spazio",
            f"{excerpt(cell.text)} begins or ends with a blank",
            row.line,
            column.name,
            Severity.WARNING,
        )


def _check_iris(row: Row) -> Iterator[Finding]:
    """Each template of the row once: a bad identifier is one mistake, however many columns speak of it."""
    speaking = [column for column in row.schema.columns if not column.suppressed and not is_silent(row, column)]
    templates: dict[str, Column | None] = {row.schema.graph_url: None} if row.schema.graph_url else {}
    for column in () if row.schema.suppressed else speaking:
        for template in (column.about_url, property_url(column), column.value_url):
            if template is not None:
                templates.setdefault(template, column)
    for template, speaker in templates.items():
        try:
            iri(row, speaker, template)
        except BadTemplate as bad:
            cells = [name for name in variables(template) if name in row.cells]
            said = bad.code == "template" or any(row.cells[name].problems for name in cells)
            if not said:  # of the metadata, or of the cell
                place = cells[0] if len(cells) == 1 else speaker.name if speaker else None
                yield finding(row.path, bad.code, bad.it, bad.en, row.line, place)


def _check_acceptance(row: Row) -> Iterator[Finding]:
    """The publisher's rule: see the columns `accepted`, `reason` and `confidence` of every table of statements."""
    reason = row.value("reason")
    malformed = "reason" in row.cells and row.cells["reason"].problems
    if reason is not None and reason not in REASONS and not malformed:
        hint = nearest(reason, REASONS)
        yield finding(
            row.path,
            "unknown-reason",
            f"{excerpt(reason)} non è un motivo previsto ({', '.join(REASONS)}){hint.it}",
            f"{excerpt(reason)} is no reason of the list ({', '.join(REASONS)}){hint.en}",
            row.line,
            "reason",
        )
    if row.accepted is False and "reason" in row.cells and reason is None:
        yield finding(
            row.path,
            "reason-missing",
            "la riga non è accettata: manca il motivo",
            "the row is not accepted: say the reason",
            row.line,
            "reason",
        )
    if row.accepted and reason is not None:
        yield finding(
            row.path,
            "reason-unexpected",
            "la riga è accettata, ma ha un motivo per non esserlo",
            "the row is accepted, but has a reason not to be",
            row.line,
            "reason",
        )
    if row.accepted and row.value("confidence") == "low":
        yield finding(
            row.path,
            "accepted-low",
            "una riga di affidabilità «low» non può essere accettata",
            "a row of low confidence cannot be accepted",
            row.line,
            "accepted",
        )


def _check_dates(row: Row) -> Iterator[Finding]:
    for name in row.cells:
        earliest, latest = f"{name}_earliest", f"{name}_latest"
        if earliest not in row.cells or latest not in row.cells:
            continue
        if any(row.cells[column].problems for column in (name, earliest, latest)):
            continue  # a date that is none has no bounds
        stated, bounds = row.value(name), (row.value(earliest), row.value(latest))
        expected = _bounds(stated) if stated else (None, None)
        if expected is not None and bounds != expected:
            wanted = " / ".join(day or "—" for day in expected)
            shown = excerpt(stated) if stated else f"«{name}» —"
            yield finding(
                row.path,
                "date-bounds",
                f"{shown} vuole {earliest} / {latest} = {wanted}",
                f"{shown} asks for {earliest} / {latest} = {wanted}",
                row.line,
                earliest if bounds[0] != expected[0] else latest,
            )
        elif bounds[0] and bounds[1] and bounds[0] > bounds[1]:
            yield finding(
                row.path,
                "date-order",
                f"{earliest} viene dopo {latest}",
                f"{earliest} comes after {latest}",
                row.line,
                earliest,
            )


@lru_cache(maxsize=4096)
def _bounds(stated: str) -> tuple[str, str] | None:
    """The first and last day of a date as stated (`2014`, `2013-03`, `2022-2024`); None where it is in words."""
    day = r"([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)"
    match = re.fullmatch(f"{day}(?:/{day})?", stated) or re.fullmatch("([0-9]{4})-([0-9]{4})", stated)
    if not match:
        return None
    first, last = match.group(1), match.group(2) or match.group(1)
    try:
        return _first_day(first), _last_day(last)
    except ValueError:
        return None


def _first_day(prefix: str) -> str:
    return date.fromisoformat(prefix + "-01-01"[len(prefix) - 4 :]).isoformat()


def _last_day(prefix: str) -> str:
    if len(prefix) == 10:
        return date.fromisoformat(prefix).isoformat()
    year, _, month = prefix.partition("-")
    return date(int(year), int(month or 12), monthrange(int(year), int(month or 12))[1]).isoformat()


def _check_primary_key(table: Table) -> Iterator[Finding]:
    names = [name for name in table.schema.primary_key if name in table.schema.by_name]
    seen: dict[tuple[str, ...], int] = {}
    for row in table.rows if names else ():
        key = tuple(row.cells[name].text for name in names)
        first = seen.setdefault(key, row.line)
        if first != row.line:
            written = ", ".join(f"{name} {excerpt(text)}" for name, text in zip(names, key, strict=True))
            yield finding(
                row.path,
                "duplicate-key",
                f"{written}: è già alla riga {first}",
                f"{written}: already on line {first}",
                row.line,
                names[0],
            )


def _check_foreign_keys(tables: Sequence[Table]) -> Iterator[Finding]:
    by_url = {table.schema.url: table for table in tables}
    for table in tables:
        for key in table.schema.foreign_keys:
            target = by_url.get(key.resource)
            unknown = [name for name in key.referenced if target and name not in target.schema.by_name]
            if target is None or unknown:
                what = key.resource if target is None else f"{key.resource} ({', '.join(unknown)})"
                yield finding(
                    table.schema.path,
                    "foreign-key-target",
                    f"una chiave rimanda a {what}, che non c'è",
                    f"a foreign key refers to {what}, which does not exist",
                )
            elif all(name in table.schema.by_name for name in key.columns):
                yield from _check_foreign_key(table, key, target)


def _check_foreign_key(table: Table, key: ForeignKey, target: Table) -> Iterator[Finding]:
    known = {tuple(row.value(name) for name in key.referenced) for row in target.rows}
    words = sorted({part for parts in known for part in parts if part is not None})
    hints: dict[str, Message] = {}
    for row in filter(lambda row: row.whole, table.rows):
        for wanted in _references(row, key):
            if wanted in known:
                continue
            text = ", ".join(part or "" for part in wanted)
            if text not in hints and len(hints) < 50:
                hints[text] = nearest(text, words)
            hint = hints.get(text, Message("", ""))
            yield finding(
                row.path,
                "dangling",
                f"{excerpt(text)} non c'è in {target.schema.path}, colonna {', '.join(key.referenced)}{hint.it}",
                f"{excerpt(text)} is not in {target.schema.path}, column {', '.join(key.referenced)}{hint.en}",
                row.line,
                key.columns[0],
            )


def _references(row: Row, key: ForeignKey) -> Iterator[tuple[str | None, ...]]:
    if len(key.columns) == 1:
        yield from ((value.lexical,) for value in row.cells[key.columns[0]].values if not value.malformed)
        return
    wanted = tuple(row.value(name) for name in key.columns)
    malformed = any(value.malformed for name in key.columns for value in row.cells[name].values)
    if any(part is not None for part in wanted) and not malformed:
        yield wanted


def control_characters(text: str) -> Iterator[str]:
    """The characters of `text` that no sentence needs: controls, invisible reorderings, damaged letters."""
    return (found.group() for found in _UNWANTED.finditer(text))


_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd\ufffe\uffff]"
)
