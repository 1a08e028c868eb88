"""How much work each client has asked for lately, counted by all processes of a server together.

A token bucket per client, filled with seconds of a worker and not with requests: who asks little may ask often. It
fills evenly within a minute. The processes share one SQLite file, which keeps no address: a client is named by a keyed
hash, and the key is random and stays in the file. A file that cannot be used stops nobody: then nobody is counted, and
the log says so.
"""

import logging
import math
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Final

from ctl_graph.errors import OverBudget

_log: Final = logging.getLogger(__name__)

WINDOW: Final = 60  # seconds
_FILE: Final = "budget.sqlite"
_MOST_CLIENTS: Final = 20_000
_CHANGES_BETWEEN_CLEANINGS: Final = 500
_BUSY_SECONDS: Final = 0.25
_SECONDS_BETWEEN_COMPLAINTS: Final = 3600
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS secret (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS client (name BLOB PRIMARY KEY, used REAL NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Balance:
    """How a client stands: seconds of work that are `left`, and in how many seconds the `whole` budget is back."""

    left: float
    whole: float


class Budget:
    """The budgets of all clients: `seconds` of work within `WINDOW` seconds, counted in a file in `folder`.

    `clock` is one that all processes share and nobody sets: seconds since the machine was started.
    """

    def __init__(self, folder: Path, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._file = folder / _FILE
        self._clock = clock
        self._lock = threading.Lock()
        self._changes = 0
        self._complained = -math.inf
        # By process: a connection does not survive a fork.
        self._files: dict[int, _File] = {}
        self.close = weakref.finalize(self, _close, self._files)

    @property
    def reserve(self) -> float:
        """What a query puts down when it begins, in seconds: as much as comes back within one.

        However many begin at once, each counts; who has many small ones under way does not feel it.
        """
        return self.seconds / WINDOW

    def begin(self, address: str) -> Balance | None:
        """A query of this client begins; None where it is not counted.

        Raises:
            OverBudget: the client has used what there is; the error says when to come back.
        """
        return self._change(address, self._put_down)

    def settle(self, address: str, spent: float) -> Balance | None:
        """A query that was counted has ended, and has cost so many seconds of work."""
        return self._change(address, lambda used: max(0.0, used + spent - self.reserve))

    def _put_down(self, used: float) -> float:
        if used + self.reserve > self.seconds:
            wait = (used + self.reserve - self.seconds) * WINDOW / self.seconds
            raise OverBudget(self.seconds, WINDOW, used, max(1, math.ceil(wait)))
        return used + self.reserve

    def _change(self, address: str, change: Callable[[float], float]) -> Balance | None:
        try:
            with self._lock:
                file = self._opened()
                self._changes += 1
                with file.connection:
                    file.connection.execute("BEGIN IMMEDIATE")
                    used = self._changed(file, client(address, file.key), change)
        except (OSError, sqlite3.Error):
            self._complain()
            return None
        return Balance(max(0.0, self.seconds - used), used * WINDOW / self.seconds)

    def _changed(self, file: "_File", name: bytes, change: Callable[[float], float]) -> float:
        now = self._clock()
        if self._changes % _CHANGES_BETWEEN_CLEANINGS == 1:
            self._forget(file, now)
        found = file.connection.execute("SELECT used, at FROM client WHERE name = ? AND at <= ?", (name, now))
        before, at = found.fetchone() or (0.0, now)
        used = change(max(0.0, before - (now - at) * self.seconds / WINDOW))
        file.connection.execute("INSERT OR REPLACE INTO client VALUES (?, ?, ?)", (name, used, now))
        return used

    def _forget(self, file: "_File", now: float) -> None:
        """Drop whom nothing is held against; whom the time before the last start of the machine knew; and the oldest of
        too many.
        """
        file.connection.execute(
            "DELETE FROM client WHERE at + used * ? < ? OR at > ?", (WINDOW / self.seconds, now, now)
        )
        file.connection.execute(
            "DELETE FROM client WHERE name IN (SELECT name FROM client ORDER BY at DESC LIMIT -1 OFFSET ?)",
            (_MOST_CLIENTS,),
        )

    def _opened(self) -> "_File":
        if (file := self._files.get(os.getpid())) is None:
            file = self._files[os.getpid()] = _File.open(self._file)
        return file

    def _complain(self) -> None:
        if time.monotonic() > self._complained + _SECONDS_BETWEEN_COMPLAINTS:
            self._complained = time.monotonic()
            _log.exception("the budgets of clients cannot be counted in %s: every query is answered", self._file)


@dataclass(frozen=True)
class _File:
    """The file, open in this process, and the key that is in it."""

    connection: sqlite3.Connection
    key: bytes

    @classmethod
    def open(cls, path: Path) -> "_File":
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            # Counts of a minute need not survive a machine that stops, so nobody waits for the disk.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(_SCHEMA)
            connection.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (os.urandom(32),))
            (key,) = connection.execute("SELECT key FROM secret").fetchone()
        except BaseException:
            connection.close()
            raise
        return cls(connection, key)


def _close(files: Mapping[int, _File]) -> None:
    if file := files.get(os.getpid()):
        file.connection.close()


def client(address: str, key: bytes) -> bytes:
    """The name under which a client is counted: whoever has an IPv6 network of the usual size (/64) is one client."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return blake2b(address.encode("utf-8", "replace"), key=key, digest_size=16).digest()
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or ip_network((found, 64), strict=False).network_address
    return blake2b(found.packed, key=key, digest_size=16).digest()
