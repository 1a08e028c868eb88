"""One exchange over HTTP with a server that nobody here runs: it ends in time, and an answer is whole or an error.

urllib keeps what is well known (requests, headers, TLS); the connection is ours. Alone, urllib bounds each wait and not
the whole, follows redirects, obeys the proxies of the environment, and takes an answer that breaks off for a whole one.
See https://www.rfc-editor.org/rfc/rfc9112#name-handling-incomplete-message.
"""

import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from socket import IPPROTO_TCP, SHUT_RDWR, SOCK_STREAM, TCP_NODELAY, getaddrinfo, socket
from threading import Lock, Thread, Timer
from types import TracebackType
from typing import Any, Final, Self
from urllib.error import HTTPError
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from ctl_graph.errors import QueryTimeout, QueryTooLarge, StoreUnavailable

_PART: Final = 1 << 16
_SHORTEST_WAIT: Final = 0.001


@dataclass(frozen=True)
class Reply:
    """An answer of any status, whole; `measured` is whether it said where it ends."""

    status: int
    headers: HTTPMessage
    body: bytes
    measured: bool

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()


def exchange(request: Request, seconds: float, limit: int) -> Reply:
    """Send the request and read the answer to its end, within `seconds` for all of it.

    No redirect is followed, no proxy of the environment is asked, no compressed answer is taken.

    Raises:
        QueryTimeout: it takes longer.
        QueryTooLarge: the answer is longer than `limit` bytes; it is never cut.
        StoreUnavailable: nobody is there, or the answer breaks off. Nothing that the server wrote is in the text.
    """
    request.add_header("Accept-Encoding", "identity")
    place = f"{request.type}://{request.host}{request.selector.partition('?')[0]}"
    with _Deadline(seconds) as deadline:
        try:
            reply = _read(deadline.opener(), request, limit)
        except (HTTPException, OSError, ValueError) as error:
            if deadline.is_over:
                raise QueryTimeout(seconds) from error
            raise StoreUnavailable(f"{place} does not answer ({type(error).__name__})") from error
        # Where the deadline ended the connection, an answer without a length looks complete.
        if deadline.is_over:
            raise QueryTimeout(seconds)
    if reply.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise StoreUnavailable(f"{place} sends its answer compressed, which nobody asked for")
    return reply


def _read(opener: OpenerDirector, request: Request, limit: int) -> Reply:
    try:
        response = opener.open(request)
    except HTTPError as error:
        response = error  # a status of its own is an answer, too
    with response:
        body = b"" if request.get_method() == "HEAD" else _body(response, limit)
        measured = response.chunked or "Content-Length" in response.headers
        return Reply(response.status, response.headers, body, measured)


def _body(response: HTTPResponse, limit: int) -> bytes:
    parts, length = [], 0
    while part := response.read(_PART):
        parts.append(part)
        length += len(part)
        if length > limit:
            raise QueryTooLarge("bytes", limit / 1_000_000)
    if not response.chunked and int(response.headers.get("Content-Length", length)) != length:
        raise OSError("the answer breaks off")
    return b"".join(parts)


class _Deadline:
    """Ends the connections of an exchange when its time is over, whatever they wait for."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._timer = Timer(seconds, self._shut)
        self._timer.daemon = True
        self._lock = Lock()
        self._open: list[socket] = []

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            for one in self._open:
                one.close()
            self._open.clear()

    def connect(self, host: str, port: int) -> socket:
        """A connection to the first address of the host that takes one, as `socket.create_connection` makes it.

        Raises:
            OSError: none does.
        """
        problem = OSError("the host has no address")
        for family, address in self._addresses(host, port):
            connection = socket(family, SOCK_STREAM)
            try:
                connection.settimeout(self._left)
                connection.connect(address)
                self._watch(connection)
            except OSError as error:
                connection.close()
                problem = error
            else:
                return connection
        raise problem

    @property
    def _left(self) -> float:
        return max(_SHORTEST_WAIT, self._end - time.monotonic())

    def _addresses(self, host: str, port: int) -> Sequence[tuple[int, Any]]:
        """The families and addresses of a host. Nothing bounds the wait of the resolver but not to wait for it."""
        found: Future[Sequence[tuple[int, Any]]] = Future()

        def resolve() -> None:
            try:
                found.set_result([(one[0], one[4]) for one in getaddrinfo(host, port, type=SOCK_STREAM)])
            except Exception as error:  # raised again where it is waited for
                found.set_exception(error)

        Thread(target=resolve, daemon=True).start()
        return found.result(self._left)

    def opener(self) -> OpenerDirector:
        return build_opener(ProxyHandler({}), _NoRedirect(), _Plain(self), _Secure(self))

    def _watch(self, connection: socket) -> None:
        """TLS takes the socket out of the object's hands; a second name for it stays good."""
        with self._lock:
            if self.is_over:  # nobody would end it any more
                raise TimeoutError("the time is over")
            self._open.append(connection.dup())

    def _shut(self) -> None:
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(SHUT_RDWR)


class _Connection(HTTPConnection):
    deadline: _Deadline

    def connect(self) -> None:
        self.sock = self.deadline.connect(self.host, self.port)
        self.sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)


class _SecureConnection(HTTPSConnection, _Connection):
    """TLS over the connection above: the order of the bases makes it the one that TLS is put on."""


class _Plain(HTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(partial(_connection, _Connection, self._deadline), request)


class _Secure(HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, request: Request) -> HTTPResponse:
        return self.do_open(partial(_connection, _SecureConnection, self._deadline), request)


def _connection(kind: type[_Connection], deadline: _Deadline, host: str, **options: Any) -> _Connection:
    connection = kind(host, **options)
    connection.deadline = deadline
    return connection


class _NoRedirect(HTTPRedirectHandler):
    """A redirect is an answer like others: nobody is sent to an address that the operator did not name."""

    def redirect_request(self, *_: Any) -> None:
        return None
