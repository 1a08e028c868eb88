"""What is undertaken over time, as a drawing: a bar for each, on a scale of years.

Places are per cent of the width, so that the drawing is as wide as the screen and its letters stay as large as they
are. A day of which only the year or the month is known is that whole year or month.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Final

from ctl_graph import questions
from ctl_graph.vocab import CTL
from ctl_graph.web import site
from ctl_graph.web.shown import Shown

# Below this there is nothing to compare.
_FEWEST: Final = 2
_MOST_YEARS: Final = 6  # so many stand beside each other on the narrowest screen
_STEPS: Final = (1, 2, 5)
_NARROWEST: Final = 1.5
_NAME: Final = 40  # letters
_LETTER: Final = 2.3  # of the narrowest screen
_ROW: Final = 36
_LIMIT: Final = re.compile("(Earliest|Latest)$")
_WHATS: Final = ("start", "end", "attested")


@dataclass(frozen=True)
class Bar:
    """One of them: `left` and `width` are of what is known, `dashed` from where to where it may go on."""

    shown: Shown
    left: float
    width: float
    dashed: tuple[float, float] | None = None
    is_seen: bool = False

    @property
    def name(self) -> str:
        """As long as the narrowest screen is wide; cut between words, as who speaks it has to say what stands there.

        https://www.w3.org/WAI/WCAG21/Understanding/label-in-name.html
        """
        text = self.shown.text
        if len(text) <= _NAME:
            return text
        cut = text[:_NAME]
        return f"{(cut.rpartition(' ')[0] or cut[:-1]).rstrip()}…"

    @property
    def at(self) -> tuple[float, str]:
        """Where the name stands, and which end of it: over the bar, where the narrowest screen has room for it."""
        long, right = len(self.name) * _LETTER, round(self.left + self.width, 1)
        if self.left + long <= 100:
            return self.left, "start"
        if long <= right:
            return right, "end"
        return (round(100 - long, 1), "start") if self.left < 50 else (round(long, 1), "end")


@dataclass(frozen=True)
class Timeline:
    """The drawing; `undated` are left out of it, and said to be."""

    bars: Sequence[Bar]
    years: Sequence[tuple[int, float]]
    undated: int

    @property
    def height(self) -> int:
        return _ROW * (len(self.bars) + 1)

    def top(self, place: int) -> int:
        """Where the row begins, under the one with the years."""
        return _ROW * place + 24


@dataclass(frozen=True)
class _Span:
    """From which day to which something is known to have lasted, both whole."""

    shown: Shown
    first: date
    last: date
    has_start: bool
    has_end: bool


def timeline(listed: Iterable[tuple[Shown, Iterable[str]]]) -> Timeline | None:
    """The drawing of these, each with the things whose dates are its own; None where it would show next to nothing."""
    found = [(shown, list(things)) for shown, things in listed]
    days = _days([thing for _, things in found for thing in things])
    spans = [span for shown, things in found if (span := _span(shown, [days[thing] for thing in things]))]
    if len(spans) < _FEWEST:
        return None
    first = date(min(span.first for span in spans).year, 1, 1).toordinal()
    last = date(max(span.last for span in spans).year, 12, 31).toordinal() + 1
    return Timeline([_bar(span, first, last) for span in spans], _years(first, last), len(found) - len(spans))


def _days(things: Sequence[str]) -> Mapping[str, Mapping[str, list[date]]]:
    """For each thing the days of its start, of its end and of when it is attested: the first and last possible."""
    found: dict[str, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    for row in questions.ask(site.store(), "_days", things=things) if things else ():
        what = _LIMIT.sub("", questions.text(row["property"]).removeprefix(CTL))
        with suppress(ValueError):  # a day that is none dates nothing
            found[questions.text(row["thing"])][what].append(date.fromisoformat(questions.text(row["day"])))
    return found


def _span(shown: Shown, days: Iterable[Mapping[str, Sequence[date]]]) -> _Span | None:
    """What is known of all these days together; None where there are none."""
    known = list(days)
    start, end, seen = ([day for each in known for day in each.get(what, ())] for what in _WHATS)
    begun, ended = start or [*end, *seen], end or [*start, *seen]
    if not begun:
        return None
    first = min(begun)
    return _Span(shown, first, max(first, *ended), bool(start), bool(end))


def _bar(span: _Span, first: int, last: int) -> Bar:
    left, right = _place(span.first.toordinal(), first, last), _place(span.last.toordinal() + 1, first, last)
    width = round(max(right - left, _NARROWEST), 1)
    left = round(min(left, 100 - width), 1)
    right = round(left + width, 1)
    if span.has_start:
        return Bar(span.shown, left, width, None if span.has_end else (right, 100))
    return Bar(span.shown, left, width, (0, left) if span.has_end else None, is_seen=not span.has_end)


def _place(day: int, first: int, last: int) -> float:
    return round(100 * (day - first) / (last - first), 1)


def _years(first: int, last: int) -> list[tuple[int, float]]:
    """The years that are written, each where it begins."""
    begin, end = date.fromordinal(first).year, date.fromordinal(last - 1).year
    steps = (step * 10**power for power in count() for step in _STEPS)
    step = next(step for step in steps if (end - begin) // step < _MOST_YEARS)
    years = range(-(-begin // step) * step, end + 1, step)
    return [(year, _place(date(year, 1, 1).toordinal(), first, last)) for year in years]
