"""One confined process for visitors' queries, as the server sees it: started by exec, asked, and killed in time.

What runs in it is `ctl_graph.worker`. An answer is kept while it comes, and is one only when the worker has said that
it is whole: a process that ends in the middle, wherever that is, has given none.
"""

import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ctl_graph.errors import ClientGone, QueryCrashed, QueryTimeout, QueryTooLarge, StoreError, StoreUnavailable
from ctl_graph.spool import Caps, Spool
from ctl_graph.worker import HEAD, LONGEST_PART, OBJECT

_log: Final = logging.getLogger(__name__)

_START_SECONDS: Final = 30.0
_LONGEST_OBJECT: Final = 1 << 20
_LAST_WORDS: Final = 2_000
# Linux says by a flag of its own that the other end is closed, whatever it has sent before that; elsewhere a connection
# is noticed when it is reset.
_CLOSED: Final = getattr(select, "POLLRDHUP", 0)
# The package need not be installed: the worker finds it where this process did. Isolated mode keeps the folder where
# the server runs, and the variables of its environment, out of the worker's imports. It keeps no bytecode (-B): of a
# library that it imports first, the file would be cut at the length that its files may have, and be broken for all.
_PACKAGES: Final = str(Path(__file__).resolve().parents[1])
_START: Final = """\
import sys
if (packages := sys.argv.pop(1)) not in sys.path:
    sys.path.insert(0, packages)
from ctl_graph.worker import main
main()
"""


@dataclass(frozen=True)
class Limits:
    """What a sandbox grants: `seconds` and `memory` (megabytes) to a query, `caps` to its answer."""

    store: str
    seconds: float
    memory: int
    caps: Caps
    workers: int
    queue: int
    unconfined: bool
    ways: tuple[str, ...]

    def settings(self) -> str:
        """What a worker must know when it starts."""
        return json.dumps(
            {
                "store": self.store,
                "memory": self.memory,
                "unconfined": self.unconfined,
                "ways": self.ways,
                "parent": os.getpid(),
            }
        )


class Unheard(Exception):
    """The worker had ended before it read the question, which may therefore be put to another."""


def is_gone(client: socket.socket) -> bool:
    """Whether a visitor has closed the connection."""
    poller = select.poll()
    poller.register(client, _CLOSED)
    return bool(poller.poll(0))


class Process:
    """One process, and the channel to it.

    Raises:
        StoreUnavailable: it did not start; the text says why.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        try:
            self._start()
        except OSError as error:  # no descriptor, no process, no temporary file to be had
            _log.error("a query worker did not start: %s", error)
            raise StoreUnavailable("no process for visitors' queries can be started") from error
        self.pid: int = self._process.pid
        self.confinement = self._greeting()

    def _start(self) -> None:
        with ExitStack() as undone:
            self._words = undone.enter_context(tempfile.TemporaryFile())
            self._channel, theirs = map(undone.enter_context, socket.socketpair())
            self._process = subprocess.Popen(  # noqa: S603 (of our own words only)
                [sys.executable, "-I", "-B", "-c", _START, _PACKAGES, self._limits.settings()],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._words,
                env=_environment(),
                # Out of reach of a Ctrl-C, but in the session of the server: Linux may share the processors between
                # sessions first (autogroup), and then no niceness makes way for pages.
                process_group=0,
            )
            undone.pop_all()  # open as long as the worker lives; only the worker has the other end
            theirs.close()

    def _greeting(self) -> str:
        try:
            said = _Listener(self._channel, time.monotonic() + _START_SECONDS).answer(Spool(), 0)
        except (OSError, ValueError) as error:
            _log.error("a query worker did not start: %s", self.put_away())
            raise StoreUnavailable("no process for visitors' queries can be started") from error
        except BaseException:
            self.put_away()
            raise
        if "failed" in said:
            self.put_away()
            _log.error("a query worker did not start: %s", said["detail"])
            raise StoreUnavailable(said["failed"])
        return str(said["confinement"])

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(
        self, question: bytes, spool: Spool, client: socket.socket | None = None, gone: float = 0.0
    ) -> dict[str, Any]:
        """Send a question and keep the answer, until the deadline; what closes the answer is returned.

        `gone` is how many seconds of the time that a query has are over already.

        Raises:
            QueryTimeout, QueryCrashed, QueryTooLarge: the query has ended this process, or must.
            ClientGone: nobody waits for the answer any more.
            NoSpace: the answer does not fit on the disk.
            Unheard: nobody has read the question.
        """
        seconds = self._limits.seconds
        left = max(seconds - gone, 0.001)
        listener = _Listener(self._channel, time.monotonic() + left, client)
        try:
            self._channel.settimeout(left)
            self._channel.sendall(question)
            return listener.answer(spool, self._limits.caps.length)
        except TimeoutError as error:
            raise QueryTimeout(seconds) from error
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Unheard from error
        except (OSError, ValueError) as error:
            raise self._autopsy() from error

    def kill(self) -> None:
        """End the process, whatever it does; any thread may call this. It may take a while to let go of its memory."""
        self._process.kill()

    def wait(self) -> None:
        """Until it has ended."""
        self._process.wait()

    def put_away(self) -> str:
        """End the process and leave nothing of it behind; the answer is what it said last."""
        self.kill()
        self.wait()
        self._channel.close()
        if self._words.closed:
            return ""
        with self._words:
            self._words.seek(0)
            return self._words.read(_LAST_WORDS).decode("utf-8", "replace").strip()

    def _autopsy(self) -> StoreError:
        """Why the worker has ended, from how it ended and from the engine's last words."""
        words, code = self.put_away(), self._process.returncode
        _log.warning("a query worker has ended (%s): %s", code, words)
        if "memory allocation" in words:
            return QueryTooLarge("memory", self._limits.memory)
        if code == -signal.SIGXCPU:
            return QueryTimeout(self._limits.seconds)
        if code == -signal.SIGSEGV or "overflowed its stack" in words:
            return QueryCrashed("the query is nested too deeply for the engine")
        return QueryCrashed("the process that ran the query ended before the answer was complete")


class _Listener:
    """Reads from a channel until a deadline, and no longer than somebody waits for what comes.

    Raises:
        TimeoutError: the deadline has come.
        ClientGone: the visitor has closed the connection.
        OSError, ValueError: the worker has ended, or speaks as no worker does.
    """

    def __init__(self, channel: socket.socket, deadline: float, client: socket.socket | None = None) -> None:
        self._channel = channel
        self._deadline = deadline
        self._heard = bytearray()
        self._poller = select.poll()
        self._poller.register(channel, select.POLLIN)
        if client is not None:
            self._poller.register(client, _CLOSED)

    def answer(self, spool: Spool, most: int) -> dict[str, Any]:
        """Keep the parts that come, and return the object that ends them."""
        while True:
            kind, length = HEAD.unpack(self._read(HEAD.size))
            if kind == OBJECT:
                return self._end(length, spool.length)
            if length > LONGEST_PART or spool.length + length > most:
                raise ValueError("the worker does not speak as agreed")
            spool.write(self._read(length))

    def _end(self, length: int, kept: int) -> dict[str, Any]:
        if length > _LONGEST_OBJECT:
            raise ValueError("the worker does not speak as agreed")
        end: dict[str, Any] = json.loads(self._read(length))
        if end.get("length", kept) != kept:
            raise ValueError("the worker has not sent what it says")
        return end

    def _read(self, length: int) -> bytes:
        while len(self._heard) < length:
            self._wait()
            if not (data := self._channel.recv(LONGEST_PART)):
                raise ConnectionError("the worker has ended")
            self._heard += data
        data = bytes(self._heard[:length])
        del self._heard[:length]
        return data

    def _wait(self) -> None:
        left = self._deadline - time.monotonic()
        ready = {file for file, _ in self._poller.poll(left * 1000)} if left > 0 else set()
        if not ready:
            raise TimeoutError
        if ready != {self._channel.fileno()}:
            raise ClientGone


def _environment() -> dict[str, str]:
    """Nothing of the server's own environment but what finds shared libraries; it may hold secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
