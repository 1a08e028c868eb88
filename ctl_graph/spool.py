"""An answer on its way out: its bytes and rows are counted, and it is kept until it is whole.

The engine writes solutions itself, so that rows are counted in what it writes; each count is linear in the bytes,
whatever the literals hold and wherever the engine cuts them.
"""

import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any, Final, Protocol

from ctl_graph.errors import NoSpace, QueryTooLarge

IN_MEMORY: Final = 4_000_000
_MEGABYTE: Final = 1_000_000
_ESCAPE: Final = re.compile(rb"\\.", re.DOTALL)


class Sink(Protocol):
    """Where the parts of an answer go."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True)
class Caps:
    """How long an answer may be: in bytes, and in rows or triples."""

    length: int = sys.maxsize
    rows: int = sys.maxsize

    def too_long(self) -> QueryTooLarge:
        return QueryTooLarge("bytes", self.length / _MEGABYTE)

    def too_many(self) -> QueryTooLarge:
        return QueryTooLarge("rows", self.rows)


class _Kept(tempfile.SpooledTemporaryFile[bytes]):
    """Closes itself: an answer may go unread, as that to HEAD does, and a warning would say nothing new."""

    def __del__(self) -> None:
        with suppress(OSError):
            self.close()


class Spool:
    """A file without a name, in memory up to `IN_MEMORY` bytes and then on the disk; it goes with the last reference.

    Raises (from `write` and `rewound`):
        NoSpace: the disk is full; what was kept is gone.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = _Kept(IN_MEMORY)
        self.length = 0
        self._digest = sha256()

    def write(self, data: bytes | memoryview) -> None:
        with self._on_the_disk():
            self._file.write(data)
        self.length += len(data)
        self._digest.update(data)

    def rewound(self) -> IO[bytes]:
        """The file, to be read from its beginning."""
        with self._on_the_disk():
            self._file.seek(0)  # writes what is still in a buffer
        return self._file

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Forget what was kept."""
        with suppress(OSError):  # the buffer may not fit, either; it is closed all the same
            self._file.close()

    @contextmanager
    def _on_the_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.close()
            raise NoSpace from error


class Capped:
    """Passes an answer on, and stops the engine in the middle of one that is too long.

    Raises (from `write`):
        QueryTooLarge: it is longer than the caps, or has more rows; an answer is never cut.
    """

    def __init__(self, sink: Sink, caps: Caps, table: str | None = None) -> None:
        """`table` is the suffix of the format, where rows are to be counted."""
        self._sink = sink
        self._caps = caps
        self._length = 0
        self._rows = _COUNTS[table]() if table else None

    def write(self, data: bytes) -> int:
        self._length += len(data)
        if self._length > self._caps.length:
            raise self._caps.too_long()
        if self._rows and self._rows.count(data) > self._caps.rows:
            raise self._caps.too_many()
        self._sink.write(data)
        return len(data)

    def flush(self) -> None:
        """The engine asks for it; there is nothing to do."""


class _Lines:
    """TSV (https://www.w3.org/TR/sparql11-results-csv-tsv/): a header, and a line for each row."""

    def __init__(self) -> None:
        self._seen = -1

    def count(self, data: bytes) -> int:
        self._seen += data.count(b"\n")
        return self._seen


class _Unquoted:
    """CSV: lines too, but those within quotation marks do not count. A doubled mark closes and opens again."""

    def __init__(self) -> None:
        self._seen = -1
        self._quoted = False

    def count(self, data: bytes) -> int:
        parts = data.split(b'"')
        self._seen += sum(part.count(b"\n") for part in parts[self._quoted :: 2])
        self._quoted ^= len(parts) % 2 == 0
        return self._seen


class _Elements:
    """XML (https://www.w3.org/TR/rdf-sparql-XMLres/): in its text and attributes no `<` stands as it is."""

    _TAG: Final = b"<result>"

    def __init__(self) -> None:
        self._seen = 0
        self._end = b""

    def count(self, data: bytes) -> int:
        data = self._end + data
        self._seen += data.count(self._TAG)
        self._end = data[1 - len(self._TAG) :]
        return self._seen


class _Objects:
    """JSON (https://www.w3.org/TR/sparql11-results-json/): the objects that stand in an array are the rows."""

    def __init__(self) -> None:
        self._seen = 0
        self._in_string = False
        self._escape = b""  # a backslash whose character is still to come
        self._end = b""

    def count(self, data: bytes) -> int:
        data = _ESCAPE.sub(b"", self._escape + data)
        self._escape = b"\\" if data.endswith(b"\\") else b""
        parts = data.removesuffix(b"\\").split(b'"')
        outside = self._end + b'"'.join(parts[self._in_string :: 2])
        self._in_string ^= len(parts) % 2 == 0
        self._seen += outside.count(b"[{") + outside.count(b",{")
        self._end = outside[-1:]
        return self._seen


_COUNTS: Final[Mapping[str, Callable[[], Any]]] = {
    "csv": _Unquoted,
    "srj": _Objects,
    "srx": _Elements,
    "tsv": _Lines,
}
