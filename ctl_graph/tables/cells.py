"""What stands in one cell: text → typed values, as the tabular data model reads it.

The steps are those of https://www.w3.org/TR/tabular-data-model/#parsing-cells. The `csvw` library
holds the datatypes, their formats and their limits; the lexical forms of XML Schema are checked
here, because the library's parsers are Python's and take `1_000`, `２０１４` or text after a date.
"""

import datetime
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from csvw.datatypes import NumberPattern, dt_format_and_regex
from csvw.metadata import Datatype

from ctl_graph.errors import Message
from ctl_graph.tables.wording import excerpt, iso_date, neither, not_of_the_form
from ctl_graph.vocab import RDF, XSD

_CSVW: Final = "http://www.w3.org/ns/csvw#"
_UNLIKE_THEIR_NAME: Final = {
    "any": XSD + "anyAtomicType",
    "binary": XSD + "base64Binary",
    "datetime": XSD + "dateTime",
    "html": RDF + "HTML",
    "json": _CSVW + "JSON",
    "number": XSD + "double",
    "xml": RDF + "XMLLiteral",
}
_VERBATIM: Final = frozenset({"string", "json", "xml", "html", "any"})
_TEXTUAL: Final = _VERBATIM | {"normalizedString", "NMTOKEN", "QName", "anyURI"}
_FLOATS: Final = frozenset({"float", "double", "number"})
_INTEGERS: Final = frozenset(
    [
        "integer",
        "int",
        "long",
        "short",
        "byte",
        "nonNegativeInteger",
        "positiveInteger",
        "unsignedLong",
        "unsignedInt",
        "unsignedShort",
        "unsignedByte",
        "nonPositiveInteger",
        "negativeInteger",
    ]
)
_NUMBERS: Final = _INTEGERS | _FLOATS | {"decimal"}
_MOMENTS: Final = frozenset({"date", "datetime", "dateTime", "dateTimeStamp", "time"})

_YEAR, _MONTH, _DAY = "[0-9]{4}", "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
_CLOCK: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
_ZONE: Final = "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
_DAYS, _TIMES = "([0-9]+D)", r"(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)"
_INTEGER: Final = r"[+-]?[0-9]{1,1000}"
_FLOAT: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([Ee][+-]?[0-9]{1,4})?|[+-]?INF|NaN"
_LEXICAL: Final = {
    name: re.compile(pattern)
    for name, pattern in {
        "anyURI": r"[^\x00-\x20<>\"{}|\\^`\x7f]*",
        "base64Binary": r"(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){2}==|([A-Za-z0-9+/] ?){3}=)?",
        "binary": r"(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){2}==|([A-Za-z0-9+/] ?){3}=)?",
        "boolean": "true|false|1|0",
        "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?",
        "datetime": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}?",
        "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}?",
        "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
        "dayTimeDuration": f"-?P({_DAYS}{_TIMES}?|{_TIMES})",
        "decimal": r"[+-]?([0-9]{1,1000}(\.[0-9]{0,1000})?|\.[0-9]{1,1000})",
        "duration": f"-?P(?=[0-9T])([0-9]+Y)?([0-9]+M)?{_DAYS}?{_TIMES}?",
        "gDay": f"---{_DAY}{_ZONE}?",
        "gMonth": f"--{_MONTH}{_ZONE}?",
        "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}?",
        "gYear": f"{_YEAR}{_ZONE}?",
        "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
        "hexBinary": "([0-9A-Fa-f]{2})*",
        "NMTOKEN": r"[\w.:\-]+",
        "QName": r"([^\W\d][\w.\-]*:)?[^\W\d][\w.\-]*",
        "time": f"{_CLOCK}{_ZONE}?",
        "yearMonthDuration": "-?P(?=[0-9])([0-9]+Y)?([0-9]+M)?",
        **dict.fromkeys(_INTEGERS, _INTEGER),
        **dict.fromkeys(_FLOATS, _FLOAT),
    }.items()
}
_KINDS: Final = {
    "anyURI": ("un indirizzo senza spazi", "an address without blanks"),
    "boolean": ("true o false", "true or false"),
    "date": ("una data come 2014-05-31", "a date like 2014-05-31"),
    "dateTime": ("data e ora come 2014-05-31T10:00:00", "date and time like 2014-05-31T10:00:00"),
    "decimal": ("un numero con il punto decimale, come 12.5", "a number with a decimal point, like 12.5"),
    "gYear": ("un anno di quattro cifre, come 2014", "a year of four digits, like 2014"),
    "gYearMonth": ("anno e mese, come 2014-05", "year and month, like 2014-05"),
    "json": ("JSON ben formato", "well-formed JSON"),
    "xml": ("XML ben formato senza DOCTYPE", "well-formed XML without DOCTYPE"),
    **dict.fromkeys(_INTEGERS, ("un numero intero, come 12", "a whole number, like 12")),
    **dict.fromkeys(_FLOATS, ("un numero con il punto decimale, come 12.5", "a number like 12.5")),
}
DATE_FORMAT: Final = "date-format"  # the code of a date as Excel writes it
_LIMITS: Final = ("length", "minLength", "maxLength")
_BOUNDS: Final = ("minimum", "maximum", "minInclusive", "maxInclusive", "minExclusive", "maxExclusive")


class Problem(NamedTuple):
    """What is wrong with a cell: a stable code, and the sentence for the curator."""

    code: str
    message: Message


class Value(NamedTuple):
    """One value: its lexical form in XML Schema, and the IRI of its datatype. A malformed one is a plain string."""

    lexical: str
    datatype: str
    malformed: bool = False


class Cell(NamedTuple):
    """A cell as written and as understood. A malformed value stays, as a plain string."""

    text: str
    values: tuple[Value, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def value(self) -> str | None:
        """The lexical form of the first value; None where the cell is empty."""
        return self.values[0].lexical if self.values else None


class Malformed(ValueError):
    """A value is not of its column's kind; `problem` is for the curator."""

    def __init__(self, code: str, message: Message) -> None:
        self.problem = Problem(code, message)
        super().__init__(message.en)


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table with all that it inherits; see https://www.w3.org/TR/tabular-metadata/#columns."""

    name: str
    titles: tuple[str, ...] = ()
    datatype: Datatype = field(default_factory=lambda: Datatype.fromvalue("string"))
    about_url: str | None = None
    property_url: str | None = None
    value_url: str | None = None
    language: str = "und"
    null: tuple[str, ...] = ("",)
    default: str = ""
    separator: str | None = None
    ordered: bool = False
    required: bool = False
    suppressed: bool = False
    virtual: bool = False
    _read: dict[str, Cell] = field(default_factory=dict, repr=False)

    def read(self, text: str) -> Cell:
        """Read one cell of this column; what is wrong stands in the cell's problems."""
        cell = self._read.get(text)
        if cell is None:
            cell = self._parse(text)
            if len(self._read) < 10_000 and len(text) < 100:
                self._read[text] = cell
        return cell

    def _parse(self, written: str) -> Cell:
        text = self._normalise(written) or self.default
        if self.separator is None:
            parts = [text]
        elif text == "" or text in self.null:
            parts = []
        else:
            parts = [self._item(part) for part in text.split(self.separator)]
        values: list[Value] = []
        problems: list[Problem] = []
        for part in parts:
            if (part or self.default) in self.null:
                continue
            try:
                values.append(self._value(part or self.default))
            except Malformed as malformed:
                values.append(Value(part, XSD + "string", malformed=True))
                problems.append(malformed.problem)
        if self.required and not values:
            problems.append(_missing(self.name))
        return Cell(written, tuple(values), tuple(problems))

    def _normalise(self, text: str) -> str:
        base = self.datatype.base
        if base in _VERBATIM:
            return text
        return re.sub("[ \r\n\t]+", " ", text).strip(" ")

    def _item(self, part: str) -> str:
        return part if self.datatype.base in ("string", "any") else part.strip()

    def _value(self, text: str) -> Value:
        try:
            value = Value(self._lexical(text), self.datatype_iri)
            self._check_limits(text, value.lexical)
        except Malformed:
            raise
        except (ValueError, ArithmeticError, TypeError, AttributeError, RecursionError) as error:
            raise self._malformed(text) from error
        return value

    @cached_property
    def datatype_iri(self) -> str:
        """The IRI of the datatype: its own, or that of XML Schema or RDF."""
        named = self.datatype.at_props.get("id")
        base = str(self.datatype.base)
        return str(named) if named else _UNLIKE_THEIR_NAME.get(base, XSD + base)

    @cached_property
    def _lexical(self) -> Callable[[str], str]:
        """How a text of this column becomes a lexical form of XML Schema; chosen once for all cells."""
        base = str(self.datatype.base)
        if base in _NUMBERS:
            return self._number
        if base == "boolean":
            return self._boolean
        if base in _MOMENTS and self._format:
            return self._moment
        return self._text

    @cached_property
    def _format(self) -> str | None:
        """The format of the datatype, where it is one: an invalid format counts as none."""
        format = self.datatype.format
        if not isinstance(format, str):
            return None
        try:
            if self.datatype.base in _NUMBERS:
                return format
            if self.datatype.base in _MOMENTS:
                dt_format_and_regex(format, no_date=self.datatype.base == "time")
            elif self.datatype.base != "boolean":
                re.compile(format)
        except (ValueError, re.error):
            return None
        return format

    def _text(self, text: str) -> str:
        base = str(self.datatype.base)
        if base == "json":
            json.loads(text)
        elif base == "xml":
            _check_xml(text)
        else:
            self._check_lexical(text)
            if base in _MOMENTS:
                _check_calendar(text)
        if self._format and base not in ("json", *_MOMENTS) and not re.fullmatch(self._format, text):
            raise self._of_a_day(text) or Malformed("format", not_of_the_form(text, self._format))
        return text

    def _check_lexical(self, text: str) -> None:
        pattern = _LEXICAL.get(str(self.datatype.base))
        if pattern and not pattern.fullmatch(text):
            raise self._malformed(text)

    def _boolean(self, text: str) -> str:
        format = self._format or ""
        if format.count("|") != 1:
            self._check_lexical(text)
            return {"1": "true", "0": "false"}.get(text, text)
        true, false = format.split("|")
        if text not in (true, false):
            raise Malformed("format", neither(text, (true, false)))
        return "true" if text == true else "false"

    def _number(self, text: str) -> str:
        if not self.datatype.format:
            self._check_lexical(text)
            return text
        described = self.datatype.derived_description
        pattern, group = described.get("pattern"), described.get("groupChar")
        group = group or ("," if pattern and "," in pattern else None)
        point = described.get("decimalChar") or "."
        plain = text.translate({**({ord(group): ","} if group else {}), ord(point): "."})
        if (group and ",," in plain) or (pattern and not NumberPattern(pattern).is_valid(plain)):
            raise self._malformed(text)
        plain = plain.replace(",", "") if group else plain
        places = 2 if "%" in plain else 3 if "‰" in plain else 0
        plain = re.sub("^[%‰]|[%‰]$", "", plain)
        self._check_lexical(plain)
        return _scaled(plain, places) if places else plain

    def _moment(self, text: str) -> str:
        base = str(self.datatype.base)
        described = dt_format_and_regex(self._format, no_date=base == "time")
        marker = described["tz_marker"] or ""
        zone = "(?P<zone>" + _ZONES[marker.strip()] + ")" if marker else "(?P<zone>)"
        blank = " " if marker.startswith(" ") else ""
        match = re.fullmatch(described["regex"].pattern + blank + zone, text, re.ASCII)
        if not match or match.groupdict().get("extramicroseconds"):
            raise self._malformed(text)
        return _xsd_moment(match.groupdict(), base)

    def _check_limits(self, text: str, lexical: str) -> None:
        datatype, base = self.datatype, str(self.datatype.base)
        if base in _INTEGERS and datatype.basetype.range:
            lowest, highest = datatype.basetype.range
            if not lowest <= int(lexical) <= highest:
                raise self._malformed(text)
        limits = {name: getattr(datatype, name) for name in (*_LIMITS, *_BOUNDS) if getattr(datatype, name) is not None}
        if not limits:
            return
        if base in _FLOATS:
            value: Any = float(lexical.replace("INF", "inf"))
        elif base in _NUMBERS:
            value = Datatype.fromvalue(base).parse(lexical)
        else:
            value = text if base in _TEXTUAL else datatype.parse(text)
        try:
            datatype.validate(value)
        except ValueError as error:
            rule = ", ".join(f"{name} {limit}" for name, limit in limits.items())
            code, it, en = ("range", "fuori dai limiti", "out of bounds")
            if set(limits) & set(_LIMITS):
                code, it, en = ("length", "di lunghezza sbagliata", "of the wrong length")
            message = Message(f"{excerpt(text)} è {it} ({rule})", f"{excerpt(text)} is {en} ({rule})")
            raise Malformed(code, message) from error

    def _malformed(self, text: str) -> Malformed:
        base = str(self.datatype.base)
        if base == "date" and (day := self._of_a_day(text)):
            return day
        it, en = _KINDS.get(base, (f"del tipo {base}", f"of the type {base}"))
        format = self.datatype.format
        form_it, form_en = (f" (nella forma {format})", f" (in the form {format})") if format else ("", "")
        return Malformed(
            "datatype",
            Message(f"{excerpt(text)} non è {it}{form_it}", f"{excerpt(text)} is not {en}{form_en}"),
        )

    def _of_a_day(self, text: str) -> Malformed | None:
        """What there is to say of a day in a column that takes days: that no calendar has it, or how to write it."""
        if not self._takes_iso_dates:
            return None
        try:
            day = iso_date(text)
        except ValueError:
            message = Message(f"{excerpt(text)}: questo giorno non esiste", f"{excerpt(text)}: there is no such day")
            return Malformed("datatype", message)
        if day is None or day == text:
            return None
        it, en = _KINDS["date"]
        return Malformed(
            DATE_FORMAT,
            Message(f"{excerpt(text)} non è {it}; forse {day}?", f"{excerpt(text)} is not {en}; perhaps {day}?"),
        )

    @cached_property
    def _takes_iso_dates(self) -> bool:
        if self.datatype.base == "date":
            return self._format in (None, "yyyy-MM-dd")
        return self.datatype.base == "string" and bool(self._format and re.fullmatch(self._format, "2014-05-31"))


_ZONES: Final = {
    "X": "Z|[+-][0-9]{2}([0-9]{2})?",
    "XX": "Z|[+-][0-9]{4}",
    "XXX": "Z|[+-][0-9]{2}:[0-9]{2}",
    "x": "[+-][0-9]{2}([0-9]{2})?",
    "xx": "[+-][0-9]{4}",
    "xxx": "[+-][0-9]{2}:[0-9]{2}",
}


def _missing(name: str) -> Problem:
    return Problem(
        "required",
        Message(f"la cella è vuota, ma «{name}» è obbligatoria", f"the cell is empty, but «{name}» is required"),
    )


def _check_calendar(text: str) -> None:
    """Raise ValueError for a day that no calendar has."""
    if text[4:5] == "-":
        datetime.date.fromisoformat(text[:10])


def _xsd_moment(parts: dict[str, str | None], base: str) -> str:
    """The lexical form of a date or time from the parts that a format found in the text."""
    number = {name: int(part) for name, part in parts.items() if part and part.isdigit()}
    day = clock = ""
    if "year" in number:
        day = datetime.date(number["year"], number["month"], number["day"]).isoformat()
    if "hour" in number or base in ("datetime", "dateTime", "dateTimeStamp"):
        clock = datetime.time(number.get("hour", 0), number.get("minute", 0), number.get("second", 0)).isoformat()
        clock += f".{parts['microsecond']}" if parts.get("microsecond") else ""
    zone = parts["zone"] or ""
    if zone and zone != "Z":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    return ("T" if day and clock else "").join((day, clock)) + zone


def _scaled(number: str, places: int) -> str:
    """`number` with its decimal point moved to the left: no arithmetic, so no rounding."""
    sign = number[:1] if number[:1] in ("+", "-") else ""
    whole, _, fraction = number[len(sign) :].partition(".")
    whole = whole.rjust(places + 1, "0")
    return f"{sign}{whole[:-places]}.{whole[-places:]}{fraction}"


def _check_xml(text: str) -> None:
    """Raise ValueError unless `text` is the content of an XML element. Entities are never declared, so none expand."""
    if "<!DOCTYPE" in text:
        raise ValueError("DOCTYPE")
    try:
        expat.ParserCreate().Parse(f"<x>{text}</x>".encode(), True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error
