"""What OAI-PMH 2.0 (http://www.openarchives.org/OAI/openarchivesprotocol.html) harvests: items, in the order of time.

An item is a thing of ours, a term of the vocabulary, or a dataset of the catalogue. Its record says what its own
statements say and no more, so that the time of its last change in the feed is that of its record; the names of its
classes are in it, and so their changes count. What is gone stays an item for ever.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from ctl_graph import datasets, release
from ctl_graph.config import Config
from ctl_graph.datasets import BY_NAME, Edition
from ctl_graph.dcat import dataset_iri
from ctl_graph.errors import Message
from ctl_graph.feed import Feed, State
from ctl_graph.formats import read_quads
from ctl_graph.release import Release
from ctl_graph.store import Literal, Triple
from ctl_graph.vocab import CTL

# Headers or records in one answer.
PAGE: Final = 100
DC, DCAT_AP, RDF_XML = PREFIXES = ("oai_dc", "dcat_ap", "rdf")
DATASETS: Final = "datasets"
# The vocabulary's things are its terms; the shapes are no things, and the whole is what is in no set, too.
SETS: Final = (*(name for name, each in BY_NAME.items() if each.classes), "vocabulary", DATASETS)
# What http://www.openarchives.org/OAI/2.0/oai-identifier.xsd lets stand in the last part of an identifier.
_LOCAL: Final = "-_.!~*'();/?:@&=+$,%"
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_IDENTIFIER: Final = re.compile("oai:[!-~]+")
_CURSOR: Final = re.compile("[1-9][0-9]{0,8}")
_LONGEST_TOKEN: Final = 6_000  # characters: an address with it is shorter than what the server reads


class Refused(Exception):
    """A request that the protocol answers with an error: its code, and why in words."""

    def __init__(self, code: str, it: str, en: str) -> None:
        self.code, self.message = code, Message(it, en)
        super().__init__(en)


class Place(NamedTuple):
    """Where an item stands in the list of all."""

    datestamp: str
    identifier: str


@dataclass(frozen=True)
class Item:
    """What has an identifier. `change` is the number of its last change; a dataset has none."""

    place: Place
    iri: str
    sets: tuple[str, ...] = ()
    change: int | None = None
    is_gone: bool = False

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The formats that its record is to be had in."""
        return PREFIXES if self.change is None else (DC, RDF_XML)


@dataclass(frozen=True)
class Wish:
    """What a list is to hold: a format, and as they were given, or empty, two dates and a set.

    Raises:
        Refused: a date is none, or the two do not go together; there is no such format.
    """

    prefix: str
    since: str = ""
    until: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        for date in filter(None, (self.since, self.until)):
            if not _is_date(date):
                given = repr(date[:50])
                raise Refused(
                    "badArgument",
                    f"{given} non è una data: si scrive come 2019-08-12 o 2019-08-12T10:00:00Z.",
                    f"{given} is not a date: it is written like 2019-08-12 or 2019-08-12T10:00:00Z.",
                )
        if self.since and self.until:
            if len(self.since) != len(self.until):
                raise Refused(
                    "badArgument",
                    "from e until sono scritti in due modi: o giorni, o secondi.",
                    "from and until are written in two ways: either days, or seconds.",
                )
            if self.since > self.until:
                raise Refused("badArgument", "from viene dopo until.", "from is later than until.")
        if self.prefix not in PREFIXES:
            raise no_format()

    def takes(self, item: Item) -> bool:
        """Whether the item belongs to the list."""
        last = f"{self.until}T23:59:59Z" if _DAY.fullmatch(self.until) else self.until
        return (
            self.prefix in item.prefixes
            and self.since <= item.place.datestamp <= (last or "9")
            and (not self.group or self.group in item.sets)
        )


@dataclass(frozen=True)
class Token:
    """How a list goes on: the wish, how many items were given, and the last of them.

    Whatever is published meanwhile stands behind that one, because nothing gets an earlier time: what has changed comes
    again, and nothing is left out. A token says nothing secret and never grows old, so that nothing need be kept of it.
    """

    wish: Wish
    given: int
    last: Place

    def __str__(self) -> str:
        """In letters that nobody forgets to escape in an address."""
        wish = self.wish
        parts = (str(self.given), wish.prefix, wish.group, wish.since, wish.until, *self.last)
        return urlsafe_b64encode(",".join(parts).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Token":
        """The token that is written so, and in no other way.

        Raises:
            Refused: it is none of ours.
        """
        try:
            if len(text) > _LONGEST_TOKEN:
                raise ValueError("too long")
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            given, prefix, group, since, until, *last = urlsafe_b64decode(padded).decode("ascii").split(",", 6)
            token = cls(Wish(prefix, since, until, group), int(given), Place(*last))
            is_place = _SECOND.fullmatch(token.last.datestamp) and _IDENTIFIER.fullmatch(token.last.identifier)
            if not (is_place and _CURSOR.fullmatch(given) and str(token) == text):
                raise ValueError("written otherwise")
        except (Refused, TypeError, ValueError) as error:
            raise no_token() from error
        return token


def no_format() -> Refused:
    prefixes = ", ".join(PREFIXES)
    return Refused(
        "cannotDisseminateFormat",
        f"Non c'è in questo formato. I formati sono {prefixes}; dcat_ap è dei soli insiemi di dati.",
        f"It is not to be had in this format. The formats are {prefixes}; dcat_ap is of datasets only.",
    )


def no_token() -> Refused:
    return Refused(
        "badResumptionToken",
        "Da qui non si può continuare: si ricominci la lista senza resumptionToken.",
        "There is no way on from here: begin the list again without resumptionToken.",
    )


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return bool(_DAY.fullmatch(text) or _SECOND.fullmatch(text))


class Repository:
    """All items as of the last step of the feed, which must have one.

    Raises:
        BrokenRelease: the feed or a manifest cannot be read.
    """

    def __init__(self, config: Config, feed: Feed) -> None:
        self._config, self._feed = config, feed
        items = (*self._things(), *self._datasets())
        self.items: Sequence[Item] = sorted(items, key=lambda item: item.place)
        self._by_identifier = {item.place.identifier: item for item in self.items}

    @property
    def name(self) -> str:
        """What its identifiers begin with, behind `oai:`: the host of the namespace."""
        return urlsplit(self._config.base_iri).hostname or ""

    @property
    def earliest(self) -> str:
        """No item has an earlier time."""
        return _zulu(self._feed.steps[0].time)

    def find(self, identifier: str) -> Item:
        """The item of this identifier.

        Raises:
            Refused: there is none.
        """
        if identifier not in self._by_identifier:
            raise Refused("idDoesNotExist", "Qui nulla ha questo identificativo.", "Nothing here has this identifier.")
        return self._by_identifier[identifier]

    def select(self, wish: Wish, after: Place | None = None) -> tuple[list[Item], int]:
        """The first items of the list, or those behind a place in it, and how many there are from there on."""
        start = bisect_left(self.items, after or Place("", ""), key=lambda item: item.place)
        found = [item for item in self.items[start:] if item.place != after and wish.takes(item)]
        return found[:PAGE], len(found)

    def statements(self, items: Sequence[Item]) -> dict[str, list[Triple]]:
        """What is said of each of the things (not of datasets, nor of what is gone), by its IRI."""
        numbers = {item.change: item.iri for item in items if item.change is not None and not item.is_gone}
        changes = self._feed.changes(numbers)
        return {
            iri: [quad.triple for quad in read_quads(changes[number].statements.encode())]
            for number, iri in numbers.items()
        }

    def labels(self, iri: str) -> list[Literal]:
        """The names of a class that is accepted."""
        state = self._feed.states.get(iri)
        named = (("it", state.label_it), ("en", state.label_en)) if state and not state.is_gone else ()
        return [Literal(text, language=language) for language, text in named if text]

    @cached_property
    def editions(self) -> Mapping[str, Edition]:
        """The datasets that there are now, by their IRIs: those of the last release that says anything of datasets."""
        last = next((each for _, each in reversed(self._releases()) if each.datasets), None)
        known = release.editions(last) if last else ()
        return {dataset_iri(self._config.base_iri, each.name).value: each for each in known}

    def _releases(self) -> Sequence[tuple[str, Release]]:
        """What was current from which time on, as far as its manifest is there."""
        steps = ((step.time, Release(self._config.releases / step.release)) for step in self._feed.steps)
        return [(time, each) for time, each in steps if (each.path / "manifest.json").exists()]

    def _things(self) -> Iterator[Item]:
        base, states = self._config.base_iri, self._feed.states
        for iri, state in states.items():
            if iri.startswith(f"{base}id/"):
                home, local = datasets.home(state.classes), iri.removeprefix(base)
            elif iri.startswith(CTL):
                home, local = "vocabulary", f"def/{iri.removeprefix(CTL)}"
            else:
                continue  # what others named, we only quote
            time = state.time if state.is_gone else max(_times(state, states))
            yield Item(self._place(time, local), iri, (home,) if home else (), state.number, state.is_gone)

    def _datasets(self) -> Iterator[Item]:
        """Each with the time since when its content is what it is; a release without any says nothing of them."""
        last: dict[str, tuple[str | None, str]] = {}
        for time, one in self._releases():
            known = {each["name"]: each["digest"] for each in one.datasets}
            for name in (*known, *last) if known else ():
                if last.get(name, ("",))[0] != known.get(name):
                    last[name] = known.get(name), time
        for name, (digest, time) in last.items():
            iri = dataset_iri(self._config.base_iri, name).value
            yield Item(self._place(time, f"dataset/{name}"), iri, (DATASETS,), is_gone=digest is None)

    def _place(self, time: str, local: str) -> Place:
        """https://www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm; the host may have several namespaces."""
        path = urlsplit(self._config.base_iri).path.removeprefix("/") + local
        return Place(_zulu(time), f"oai:{quote(self.name, safe='')}:{quote(path, safe=_LOCAL)}")


def _times(state: State, states: Mapping[str, State]) -> Iterator[str]:
    """When it last changed, and its classes."""
    yield state.time
    yield from (states[each].time for each in state.classes if each in states)


def _zulu(time: str) -> str:
    return time.replace("+00:00", "Z")
