"""All that can go wrong, and what is said of it.

    GraphError                                          exit code of the command
    ├─ ConfigError       a setting is missing or wrong            2
    ├─ SourceError       files cannot be read as they stand       1
    ├─ InvalidData       the shapes object                        1
    ├─ NoRelease         nothing is published yet                 1
    ├─ BrokenRelease     a release is not what its manifest says  1
    ├─ Pruned            the store of an old release was dropped  1
    ├─ NotWritten        there is no space, or no permission      1
    ├─ Unfollowed        published, but what it changes is not    3
    └─ StoreError
       ├─ BadQuery          not SPARQL, or SERVICE                1
       │  ├─ ReadOnly         an update                           1
       │  └─ ServiceFailed    an endpoint named in SERVICE fails  1
       ├─ QueryTimeout      took longer than allowed              1
       ├─ QueryTooLarge     more memory or a longer answer than allowed  1
       ├─ QueryCrashed      the engine did not survive it         1
       ├─ QueryRefused      has ended too many workers lately     1
       ├─ ClientGone        whoever asked has closed the connection  1
       ├─ NoSpace           the answer does not fit on the disk   1
       ├─ NoFormat          not to be had in the format asked for 1
       ├─ NotXml            holds what XML cannot carry           1
       ├─ OverBudget        a client has asked for too much work  1
       ├─ StoreBusy         the queue is full                     1
       └─ StoreUnavailable  the backend does not answer           1

"No such thing" is not in this tree: it is an empty answer, which a page turns into a 404.
HTTP is not in this module: `ctl_graph.web.errors` translates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters; the words are SHACL's (https://www.w3.org/TR/shacl/#severity)."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True)
class Message:
    """One sentence in the curator's language, and in English."""

    it: str
    en: str

    def in_language(self, language: str) -> str:
        return self.it if language == "it" else self.en


@dataclass(frozen=True)
class Place:
    """Where something stands in a file: a path as the curator knows it, a line (from 1), a column name."""

    path: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.path, *([str(self.line)] if self.line else []), *([self.column] if self.column else [])]
        return ":".join(parts)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, which rule (a stable code), and what to do, in two languages."""

    place: Place
    code: str
    message: Message
    severity: Severity = Severity.VIOLATION
    focus: str | None = None

    def line(self, language: str) -> str:
        """The finding as one line of text, whatever characters the data held: a terminal would obey some of them."""
        text = " ".join(f"{self.place}: {self.message.in_language(language)} [{self.code}]".split())
        return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)


class GraphError(Exception):
    """The root of every error of ours."""

    exit_code = 1


class ConfigError(GraphError):
    """A setting is missing or wrong; the text names it."""

    exit_code = 2


class SourceError(GraphError):
    """Files cannot be read as they stand: `findings` says which, where and why, all at once."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} findings in the source files")


class InvalidData(GraphError):
    """The shapes object: `findings` holds what they say, with file, line and column where known."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} findings of the shapes")


class NoRelease(GraphError):
    """Nothing is published yet, or the release asked for is not there."""


class BrokenRelease(GraphError):
    """The files of a release are not those that its manifest names."""


class Pruned(GraphError):
    """The release `id` has no store any more; its dumps and its manifest are there."""

    def __init__(self, id: str) -> None:
        self.id = id
        super().__init__(f"the store of release {id} was dropped; its dumps stay")


class NotWritten(GraphError):
    """A release cannot be written: there is no space, or no permission."""


class Unfollowed(GraphError):
    """A release is published and served, and what it changes could not be written."""

    exit_code = 3


class StoreError(GraphError):
    """A question could not be answered; `spent` is how many seconds of a worker it has cost all the same."""

    spent: float = 0.0


class BadQuery(StoreError):
    """The text is not a query that is answered here: not SPARQL, an update, or federated.

    What we say ourselves is a `Message`, which `explanation` keeps; the engine's own words are English only.
    """

    def __init__(self, message: str | Message, line: int | None = None, column: int | None = None) -> None:
        self.line = line
        self.column = column
        self.explanation = message if isinstance(message, Message) else None
        super().__init__(message.en if isinstance(message, Message) else message)


class ReadOnly(BadQuery):
    """A change of the data is asked for, where data are only read."""


class ServiceFailed(BadQuery):
    """An endpoint that the query names in SERVICE, and may name, has given no answer that can be used."""


class QueryTimeout(StoreError):
    """The query took longer than allowed; `seconds` is the limit."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the query took longer than {seconds:g} seconds")


class QueryTooLarge(StoreError):
    """The query needed more memory, or gave a longer answer, than is allowed.

    `reason` is which limit it met (memory, bytes or rows; of a graph, the triples are its rows), `limit` that limit in
    figures: `64 MB`, `1,000,000`.
    """

    def __init__(self, reason: str, limit: float) -> None:
        self.reason = reason
        self.limit = f"{limit:,}" if reason == "rows" else f"{limit:g} MB"
        super().__init__(_TOO_LARGE[reason].format(limit=self.limit))


_TOO_LARGE = {
    "memory": "the query needs more than {limit} of memory",
    "bytes": "the answer is longer than {limit}: ask for less, or take a dump",
    "rows": "the answer has more than {limit} rows or triples: ask for less, or take a dump",
}


class QueryCrashed(StoreError):
    """The process that ran the query ended before the answer was complete, and was replaced."""


class QueryRefused(StoreError):
    """The query has ended several workers lately, and is not tried again for a while; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__("the query has met its limits, or stopped the engine, too often lately")


class ClientGone(StoreError):
    """Whoever asked has closed the connection: there is nobody to answer."""

    def __init__(self) -> None:
        super().__init__("the client has closed the connection")


class NoSpace(StoreError):
    """The answer, which is kept whole before it is sent, does not fit on the disk."""

    def __init__(self) -> None:
        super().__init__("there is no space left to keep the answer until it is whole")


class NoFormat(StoreError):
    """What the query asks for (`kind`: graph, solutions or boolean) is not written in the format asked for."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"the answer is of the kind {kind!r}, which cannot be had in the format asked for")


class NotXml(StoreError):
    """What is to be written in XML holds what XML cannot carry: a control character, or a property without a name."""

    def __init__(self) -> None:
        super().__init__("XML cannot carry the answer: it holds control characters, or a property without a local name")


class OverBudget(StoreError):
    """A client has used its `budget` (seconds of work in `window` seconds); `retry_after` is in seconds, too."""

    def __init__(self, budget: float, window: int, used: float, retry_after: int) -> None:
        self.budget = budget
        self.window = window
        self.used = used
        self.retry_after = retry_after
        super().__init__(f"the client has used {used:.1f} of {budget:g} seconds of work in {window} seconds")


class StoreBusy(StoreError):
    """Every worker is busy and the queue is full; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__("too many queries at once")


class StoreUnavailable(StoreError):
    """The backend does not answer."""
