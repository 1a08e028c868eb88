"""One exchange over HTTP with a server that nobody here runs: it ends in time, and an answer is whole or an error.

urllib keeps what is well known (requests, headers, digest authentication of RFC 7616); the connection is ours. Alone,
urllib bounds each wait and not the whole, follows redirects, obeys the proxies of the environment, and takes an answer
that breaks off for a whole one. See https://www.rfc-editor.org/rfc/rfc9112#name-handling-incomplete-message.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from socket import IPPROTO_TCP, SHUT_RDWR, SOCK_STREAM, TCP_NODELAY, getaddrinfo, socket
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Final, Self
from urllib.error import HTTPError
from urllib.request import (
    BaseHandler,
    HTTPBasicAuthHandler,
    HTTPDigestAuthHandler,
    HTTPHandler,
    HTTPPasswordMgrWithDefaultRealm,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
    parse_http_list,
    parse_keqv_list,
)

from ctl_graph.errors import QueryTimeout, QueryTooLarge, StoreUnavailable

_PART: Final = 1 << 16
_SHORTEST_WAIT: Final = 0.001

Login = Sequence[BaseHandler]


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


def exchange(request: Request, seconds: float, limit: int, login: Login = ()) -> Reply:
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
            reply = _read(deadline.opener(login), request, limit)
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


def login(address: str, user: str, password: str) -> Login:
    """Digest where the server asks for it, else basic; sent to `address` and what lies below it, and nowhere else."""
    passwords = HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, address, user, password)
    return _Digest(passwords), HTTPBasicAuthHandler(passwords)


class _Digest(HTTPDigestAuthHandler):
    """Answers a challenge before it is made again: a server that refuses a long body does not wait for its end."""

    def __init__(self, passwords: HTTPPasswordMgrWithDefaultRealm) -> None:
        super().__init__(passwords)
        self._challenge: dict[str, str] = {}

    def retry_http_digest_auth(self, request: Request, challenge: str) -> HTTPResponse | None:
        self._challenge = parse_keqv_list(list(filter(None, parse_http_list(challenge.partition(" ")[2]))))
        return super().retry_http_digest_auth(request, challenge)

    def http_request(self, request: Request) -> Request:
        if self._challenge and (answer := self.get_authorization(request, self._challenge)):
            request.add_unredirected_header(self.auth_header, f"Digest {answer}")
        return request

    https_request = http_request


def _read(opener: OpenerDirector, request: Request, limit: int) -> Reply:
    try:
        response = opener.open(request)
    except HTTPError as error:
        response = error  # a status of its own is an answer, too
    with response:
        body = _body(response, limit)
        measured = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
        return Reply(response.status, response.headers, body, measured)


def _body(response: HTTPResponse, limit: int) -> bytes:
    parts, length = [], 0
    while part := response.read(_PART):
        parts.append(part)
        length += len(part)
        if length > limit:
            raise QueryTooLarge("bytes", limit / 1_000_000)
    if "Transfer-Encoding" not in response.headers and int(response.headers.get("Content-Length", length)) != length:
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
        self.is_over = False

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
        for family, kind, protocol, _, address in getaddrinfo(host, port, type=SOCK_STREAM):
            connection = socket(family, kind, protocol)
            try:
                connection.settimeout(max(_SHORTEST_WAIT, self._end - time.monotonic()))
                connection.connect(address)
            except OSError as error:
                connection.close()
                problem = error
            else:
                self._watch(connection)
                return connection
        raise problem

    def opener(self, login: Login) -> OpenerDirector:
        return build_opener(ProxyHandler({}), _NoRedirect(), _Plain(self), _Secure(self), *login)

    def _watch(self, connection: socket) -> None:
        """TLS takes the socket out of the object's hands; a second name for it stays good."""
        with self._lock:
            self._open.append(connection.dup())

    def _shut(self) -> None:
        with self._lock:
            self.is_over = True
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(SHUT_RDWR)


class _Connection(HTTPConnection):
    def __init__(self, *args: Any, deadline: _Deadline, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline = deadline

    def connect(self) -> None:
        self.sock = self._deadline.connect(self.host, self.port)
        self.sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)


class _SecureConnection(HTTPSConnection, _Connection):
    """TLS over the connection above: the order of the bases makes it the one that TLS is put on."""


class _Plain(HTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(partial(_Connection, deadline=self._deadline), request)


class _Secure(HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, request: Request) -> HTTPResponse:
        return self.do_open(partial(_SecureConnection, deadline=self._deadline), request)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect is an answer like others: nobody is sent to an address that the operator did not name."""

    def redirect_request(self, *_: Any) -> None:
        return None
