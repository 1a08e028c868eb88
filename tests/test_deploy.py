"""The configuration for nginx that ships, run as it stands but for ports, paths and rates, before a real server."""

import gzip
import http.client
import itertools
import json
import random
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from serving import ROOT, Server, gunicorn

from ctl_graph import release
from ctl_graph.config import Config
from ctl_graph.release import Release

SHIPPED = ROOT / "docs" / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")
pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: apt install nginx-light)"),
    pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed (Debian: apt install openssl)"),
]
ACCEPTS = {
    "text/turtle": "text/turtle",
    "application/ld+json": "application/ld+json",
    "application/n-triples": "application/n-triples",
    "application/rdf+xml": "application/rdf+xml",
    "application/trig": "application/trig",
    "application/n-quads": "application/n-quads",
    "text/html": "text/html",
    "*/*": "text/turtle",
}
LANGUAGES = ("it", "en", "de")
ENCODINGS = ("identity", "gzip", "br")
MAIN = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
    default_type application/octet-stream;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/site.conf;
    # Two caches before the site, which tell apart by address and Vary only. One keeps whatever it can, an hour long;
    # the other what it is told to keep.
    proxy_cache_path {folder}/greedy keys_zone=greedy:2m;
    proxy_cache_path {folder}/honest keys_zone=honest:1m;
    proxy_http_version 1.1; proxy_set_header Host $http_host;
    proxy_cache_key $request_uri; proxy_buffer_size 16k; proxy_buffers 16 16k;
    add_header X-Cache-Status $upstream_cache_status always;
    server {{
        listen 127.0.0.1:{greedy};
        location / {{
            proxy_pass https://127.0.0.1:{tls};
            proxy_cache greedy; proxy_cache_valid any 1h; proxy_ignore_headers Cache-Control Set-Cookie;
        }}
    }}
    server {{
        listen 127.0.0.1:{honest};
        location / {{ proxy_pass https://127.0.0.1:{tls}; proxy_cache honest; }}
    }}
}}
"""


@dataclass(frozen=True)
class Proxy:
    plain: int
    tls: int
    greedy: int
    honest: int
    folder: Path

    def connection(self, timeout: float = 30) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("127.0.0.1", self.tls, context=trusting(), timeout=timeout)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> "Answer":
        return asked(self.connection(), method, path, body, headers)

    def socket(self) -> ssl.SSLSocket:
        return trusting().wrap_socket(socket.create_connection(("127.0.0.1", self.tls), timeout=30))


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        zipped = self.headers["Content-Encoding"] == "gzip"
        return (gzip.decompress(self.body) if zipped else self.body).decode()

    @property
    def type(self) -> str:
        return self.headers.get_content_type()


@cache
def trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def asked(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> Answer:
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def placed(folder: Path, upstream: int, plain: int, tls: int, rates: bool) -> str:
    """The shipped file for this machine: other ports, other paths; rates as they are, or none to speak of."""
    text = SHIPPED.read_text(encoding="utf-8")
    changes = {
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{tls} ssl http2;",
        "server 127.0.0.1:8000 ": f"server 127.0.0.1:{upstream} ",
        "/etc/ssl/ctl-graph/": f"{folder}/",
        "/var/log/nginx/": f"{folder}/",
        **({} if rates else {"rate=50r/s": "rate=9000r/s", "rate=5r/s": "rate=9000r/s"}),
    }
    for shipped, here in changes.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    return text


def certificate(folder: Path) -> None:
    assert OPENSSL
    subprocess.run(
        [
            *(OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", "/CN=data.example.org"),
            *("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )


@contextmanager
def nginx(folder: Path, upstream: int, rates: bool = False) -> Iterator[Proxy]:
    assert NGINX
    plain, tls, greedy, honest = free_ports(4)
    folder.mkdir(exist_ok=True)
    certificate(folder)
    (folder / "site.conf").write_text(placed(folder, upstream, plain, tls, rates), encoding="utf-8")
    (folder / "main.conf").write_text(
        MAIN.format(folder=folder, greedy=greedy, honest=honest, tls=tls), encoding="utf-8"
    )
    command = [NGINX, "-c", str(folder / "main.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert (tried.returncode, "[warn]" in tried.stderr) == (0, False), tried.stderr
    process = subprocess.Popen(command)
    try:
        wait_for(tls)
        yield Proxy(plain, tls, greedy, honest, folder)
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(scope="module")
def served(world: Config, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    config = replace(world, proxies=1, query_budget=0, trusted_hosts="data.example.org 127.0.0.1 a")
    with gunicorn(config, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(served: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with nginx(tmp_path_factory.mktemp("nginx"), served.port) as proxy:
        yield proxy


Client = Callable[..., "Answer"]


@contextmanager
def client(connection: http.client.HTTPConnection) -> Iterator[Client]:
    """One connection for many requests, with a name for the site that is the same wherever they are sent."""

    def ask(address: str, **headers: str) -> Answer:
        connection.request("GET", address, headers={"Host": "data.example.org", **headers})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    with closing(connection):
        yield ask


def cached(port: int) -> AbstractContextManager[Client]:
    """The cache at this port."""
    return client(http.client.HTTPConnection("127.0.0.1", port, timeout=30))


@pytest.fixture
def site(proxy: Proxy) -> Iterator[Client]:
    with client(proxy.connection()) as site:
        yield site


@pytest.fixture
def greedy(proxy: Proxy) -> Iterator[Client]:
    with cached(proxy.greedy) as cache:
        yield cache


@pytest.fixture
def honest(proxy: Proxy) -> Iterator[Client]:
    with cached(proxy.honest) as cache:
        yield cache


def test_ordinary_requests(proxy: Proxy) -> None:
    page = proxy.ask("GET", "/clusters", Accept="text/html", Accept_Language="it")
    assert (page.status, page.type) == (200, "text/html")
    head = proxy.ask("HEAD", "/clusters", Accept="text/html", Accept_Language="it")
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", page.headers["ETag"])
    there = proxy.ask("GET", "/id/cluster/alfa")
    assert (there.status, there.headers["Location"]) == (303, "/doc/cluster/alfa")
    assert "nginx/" not in page.headers["Server"]


def test_queries_by_every_method(proxy: Proxy) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded", "Accept": "text/csv"}
    direct = {"Content_Type": "application/sparql-query", "Accept": "text/csv"}
    query = "SELECT (1 AS ?n) {}"
    answers = [
        proxy.ask("GET", "/sparql?query=SELECT%20(1%20AS%20%3Fn)%20%7B%7D", Accept="text/csv"),
        proxy.ask("POST", "/sparql", b"query=SELECT%20(1%20AS%20%3Fn)%20%7B%7D", **form),
        proxy.ask("POST", "/sparql", query.encode(), **direct),
    ]
    assert [(each.status, each.text) for each in answers] == [(200, "n\r\n1\r\n")] * 3


def test_the_method_query_reaches_the_server_with_its_body(tmp_path: Path) -> None:
    """With a server that says what it was sent, because the method is new (RFC 10008)."""
    with stub(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as (port, heard, _), nginx(tmp_path, port) as proxy:
        assert proxy.ask("QUERY", "/sparql", b"ASK {}", Content_Type="application/sparql-query").body == b"ok"
        proxy.ask("GET", "/x", X_Forwarded_For="192.0.2.1", Forwarded="for=192.0.2.1", X_Forwarded_Prefix="/p")
    query, get = (each.decode() for each in heard)
    assert query.startswith("QUERY /sparql HTTP/1.1\r\n")
    assert query.endswith("ASK {}")
    assert "X-Forwarded-For: 127.0.0.1\r\n" in get
    assert "192.0.2.1" not in get
    assert "X-Forwarded-Prefix" not in get
    assert re.search(r"X-Request-Id: [0-9a-f]{32}\r\n", get)


@contextmanager
def stub(answer: bytes | None) -> Iterator[tuple[int, list[bytes], threading.Event]]:
    """A server that keeps what it is sent, and either answers at once or waits until it is left alone."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []
    left = threading.Event()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(20)
                got = connection.recv(65536)
                if b"ontent-Length: 6" in got and not got.endswith(b"ASK {}"):
                    got += connection.recv(65536)
                heard.append(got)
                if answer is not None:
                    connection.sendall(answer)
                elif connection.recv(1) == b"":
                    left.set()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], heard, left
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(20)


def test_a_client_who_goes_away_is_known_to_the_server(tmp_path: Path) -> None:
    with stub(None) as (port, heard, left), nginx(tmp_path, port) as proxy:
        connection = proxy.connection()
        connection.request("GET", "/sparql?query=x")
        while not heard:
            time.sleep(0.02)
        connection.sock.close()
        connection.close()
        assert left.wait(10)


def test_big_answers_are_whole(proxy: Proxy) -> None:
    """Longer than nginx's buffers in memory, so that it goes through a file."""
    digits = "0123456789abcdef" * 64
    query = f"SELECT ?x {{ VALUES ?a {{ '{digits}' }} BIND(REPLACE(?a, '.', ?a) AS ?x) }}"
    answer = proxy.ask("POST", "/sparql", query.encode(), Content_Type="application/sparql-query", Accept="text/csv")
    assert (answer.status, answer.text) == (200, f"x\r\n{digits * len(digits)}\r\n")


def test_a_big_file_is_whole_and_may_be_asked_for_in_parts(proxy: Proxy, release: Release) -> None:
    name = release.manifest["dumps"][0]["file"]
    whole = (release.path / "dumps" / name).read_bytes()
    answer = proxy.ask("GET", f"/dumps/{name}", Accept_Encoding="gzip")
    assert (answer.status, answer.body, answer.headers["Content-Encoding"]) == (200, whole, None)
    part = proxy.ask("GET", f"/dumps/{name}", Range="bytes=10-19")
    assert (part.status, part.body) == (206, whole[10:20])


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_a_client_has_is_not_sent_again(proxy: Proxy, encoding: str) -> None:
    """nginx turns the tag of what it compresses into a weak one."""
    first = proxy.ask("GET", "/doc/cluster/alfa.ttl", Accept_Encoding=encoding)
    assert first.headers["ETag"].startswith("W/") == (encoding == "gzip")
    again = proxy.ask("GET", "/doc/cluster/alfa.ttl", Accept_Encoding=encoding, If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


def test_types_languages_and_encodings_are_negotiated_behind_it(site: Client) -> None:
    """8 types, 3 languages, 3 encodings."""
    for accept, language, encoding in itertools.product(ACCEPTS, LANGUAGES, ENCODINGS):
        wish = {"Accept": accept, "Accept-Language": language, "Accept-Encoding": encoding}
        answer = site("/doc/cluster/alfa", **wish)
        assert (answer.status, answer.type) == (200, ACCEPTS[accept])
        assert answer.headers["Content-Encoding"] == ("gzip" if encoding == "gzip" else None)
        if accept == "text/html":
            assert f'<html lang="{"it" if language == "it" else "en"}"' in answer.text


# -- caches ----------------------------------------------------------------------------------------------------------

WISHES = {
    "Accept": (
        None,
        "text/html",
        "text/turtle",
        "application/ld+json",
        "application/json, text/csv;q=0.5",
        "image/png",
    ),
    "Accept-Language": ("it", "en"),
    "Accept-Encoding": ("identity", "gzip"),
    "Accept-Profile": (None, "<http://schema.org/>", "<http://data.europa.eu/s66#>, <http://www.w3.org/ns/org#>;q=0.5"),
    "Accept-Datetime": (None, "Thu, 26 Nov 2026 08:00:00 GMT"),
    "Cookie": (None, "language=en"),
}
ADDRESSES = (
    "/",
    "/api/counts",
    "/catalog",
    "/changes.atom",
    "/dataset/organisations",
    "/def/Cluster",
    "/doc/cluster/alfa",
    "/doc/domain/materials?_profile=schema",
    "/examples",
    "/graph/statute",
    "/graphs?default",
    "/id/cluster/alfa",
    "/ldes",
    "/linkset/doc/cluster/alfa",
    "/profiles",
    "/questions/counts",
    "/reconcile",
    "/release/{release}",
    "/release/{release}/doc/cluster/alfa",
    "/sitemap.xml",
    "/sparql",
    "/sparql?query=SELECT%20(1%20AS%20%3Fn)%20%7B%7D",
    "/void",
)
# What is of one transfer, not of what is transferred.
OF_THE_WAY = {"connection", "content-length", "date", "server", "transfer-encoding", "x-cache-status", "x-request-id"}


def wishes(address: str, number: int) -> list[dict[str, str]]:
    """So many of all combinations, others for each address."""
    whole = list(itertools.product(*WISHES.values()))
    chosen = random.Random(address).sample(whole, number)
    return [{name: value for name, value in zip(WISHES, each, strict=True) if value} for each in chosen]


def said(answer: Answer) -> tuple[int, str | bytes, list[tuple[str, str]]]:
    """What must be the same, wherever an answer comes from; compressed bytes are compared as what they hold."""
    headers = sorted((name.lower(), value) for name, value in answer.headers.items() if name.lower() not in OF_THE_WAY)
    return answer.status, answer.text, headers


def test_no_cache_serves_one_representation_for_another(site: Client, greedy: Client, release: Release) -> None:
    """Types, languages, encodings, profiles, times and cookies, asked in another order each time."""
    asked = [(each.format(release=release.id), wish) for each in ADDRESSES for wish in wishes(each, 12)]
    for name, values in WISHES.items():
        assert {wish.get(name) for _, wish in asked} == set(values)
    order = random.Random(1)
    direct = {number: site(address, **wish) for number, (address, wish) in enumerate(asked)}
    statuses = Counter(answer.status for answer in direct.values())
    assert statuses.keys() == {200, 302, 303, 406}
    for address in {place for place, _ in asked}:
        kept = [direct[n] for n, (place, _) in enumerate(asked) if place == address and direct[n].status != 406]
        assert len({answer.headers["Vary"] for answer in kept}) <= 1, address
    found: list[Counter[str]] = [Counter(), Counter()]
    for counted in found:
        for number in order.sample(range(len(asked)), len(asked)):
            answer = greedy(asked[number][0], **asked[number][1])
            assert said(answer) == said(direct[number]), asked[number]
            counted[answer.headers["X-Cache-Status"]] += 1
    first, second = found
    assert first["MISS"] > len(asked) / 2
    assert second == {"HIT": len(asked)}, "or nothing was tried"
    assert len({answer.headers["ETag"] for answer in direct.values()}) > 70


def test_what_a_cache_keeps_it_confirms_by_the_tag_of_each_representation(greedy: Client) -> None:
    types, profiles = ("text/html", "text/turtle", "application/trig"), ("", "<http://schema.org/>")
    wishes = [{"Accept": type, "Accept-Profile": profile} for type, profile in itertools.product(types, profiles)]
    tags = [greedy("/doc/organisation/university", **wish).headers["ETag"] for wish in wishes]
    for wish, tag in zip(wishes, tags, strict=True):
        own = greedy("/doc/organisation/university", **wish, **{"If-None-Match": tag})
        assert (own.status, own.body, own.headers["X-Cache-Status"]) == (304, b"", "HIT")
        others = ", ".join(other for other in tags if other != tag)
        assert greedy("/doc/organisation/university", **wish, **{"If-None-Match": others}).status == 200


NEVER_KEPT = {
    "/doc/cluster/alfa": (200, {"Accept": "text/html"}),
    "/clusters?lang=en": (200, {"Accept": "text/html"}),
    "/id/cluster/beta": (303, {}),
    "/about": (303, {}),
    "/.well-known/void": (302, {}),
    "/doc/cluster/omega": (404, {}),
    "/doc/organisation/vanished": (410, {}),
    "/doc/cluster/beta": (406, {"Accept": "image/png"}),
    "/doc/cluster/alfa?_profile=x": (400, {}),
    "/sparql?query=x": (400, {}),
    "/search?q=alfa": (200, {}),
    "/health/ready": (200, {}),
}


@pytest.mark.parametrize("address", NEVER_KEPT)
def test_what_may_change_is_kept_by_nobody_who_reads_what_they_are_told(honest: Client, address: str) -> None:
    status, wish = NEVER_KEPT[address]
    for _ in range(3):
        answer = honest(address, **wish)
        assert (answer.status, answer.headers["X-Cache-Status"]) == (status, "MISS")
    if status >= 400 or address.startswith("/health"):
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("suffix", ["", ".ttl", ".jsonld"])
def test_what_never_changes_is_kept(honest: Client, release: Release, suffix: str) -> None:
    address = f"/release/{release.id}/doc/cluster/alfa{suffix}"
    for profile in ("", "<http://schema.org/>"):
        wish = {"Accept": "application/n-triples", "Accept-Profile": profile}
        first, second = (honest(address, **wish) for _ in range(2))
        assert [each.headers["X-Cache-Status"] for each in (first, second)] == ["MISS", "HIT"]
        assert said(first) == said(second)


def test_a_host_or_a_way_that_is_claimed_poisons_no_cache(greedy: Client, honest: Client) -> None:
    """What comes first at an address is a lie, which a cache must not tell to who comes next."""
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-Prefix": "/evil"}
    lies |= {"Forwarded": "host=evil.example", "X-Original-URL": "/evil", "X-Host": "evil.example"}
    for ask, address in itertools.product((greedy, honest), ("/robots.txt", "/sitemap.xml?x=1", "/api")):
        ask(address, **lies)
        answer = ask(address)
        assert "evil" not in answer.text + str(answer.headers)
        assert answer.status == 200
    refused = honest("/data", Host="evil.example", Accept="text/html")
    assert (refused.status, refused.headers["Cache-Control"]) == (400, "no-store")
    assert honest("/data", Accept="text/html").status == 200


def problem(answer: Answer, status: int) -> None:
    assert (answer.status, answer.type) == (status, "application/problem+json")
    assert json.loads(answer.text)["status"] == status
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_too_long_is_said_so(proxy: Proxy) -> None:
    problem(proxy.ask("POST", "/sparql", b"x" * 1_100_000, Content_Type="application/sparql-query"), 413)
    problem(proxy.ask("GET", "/sparql?query=" + "x" * 20_000), 414)
    problem(proxy.ask("GET", "/", X_Long="x" * 20_000), 431)
    assert proxy.ask("GET", "/nothing?x=" + "x" * 7_000).status == 404


def test_the_figures_are_nowhere_to_be_had(proxy: Proxy) -> None:
    problem(proxy.ask("GET", "/metrics"), 404)
    problem(proxy.ask("GET", "/metrics/"), 404)


def test_a_server_that_is_down_is_said_so(tmp_path: Path) -> None:
    with nginx(tmp_path, free_ports(1)[0]) as proxy:
        problem(proxy.ask("GET", "/clusters"), 502)
        problem(proxy.ask("POST", "/sparql", b"ASK {}", Content_Type="application/sparql-query"), 502)


def test_a_client_of_1996_gets_the_whole_answer(proxy: Proxy) -> None:
    with proxy.socket() as connection:
        connection.sendall(b"GET /doc/cluster/alfa.nt HTTP/1.0\r\nHost: data.example.org\r\n\r\n")
        received = b""
        while part := connection.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert sorted(body.splitlines()) == sorted(proxy.ask("GET", "/doc/cluster/alfa.nt").body.splitlines())


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=30)
    answer = asked(plain, "GET", "/clusters?lang=en", None, {"Host": "data.example.org"})
    assert (answer.status, answer.headers["Location"]) == (308, "https://data.example.org/clusters?lang=en")


def test_slow_clients_stop_nobody(proxy: Proxy) -> None:
    """110 that send a letter of their headers, 20 that send a letter of their body, 10 that never read."""
    beginnings = [b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] * 110
    beginnings += [
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nContent-Length: 900\r\n\r\nA"
    ] * 20
    beginnings += [b"GET /doc/cluster/alfa.html HTTP/1.1\r\nHost: a\r\n\r\n"] * 10
    with ExitStack() as held:
        for beginning in beginnings:
            held.enter_context(slow := proxy.socket()).sendall(beginning)
        begun = time.monotonic()
        answers = [proxy.ask("GET", "/clusters", Accept_Language="en") for _ in range(30)]
        assert [each.status for each in answers] == [200] * 30
        assert time.monotonic() - begun < 20
        assert slow.fileno() > 0


def test_who_asks_too_often_is_told_so_by_nginx(tmp_path: Path) -> None:
    """With the rates that ship."""
    quick = stub(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    with quick as (port, _, _), nginx(tmp_path, port, rates=True) as proxy:
        answers = [proxy.ask("GET", "/sparql?query=x") for _ in range(100)]
    assert {each.status for each in answers} == {200, 429}
    assert [each.status for each in answers[:20]] == [200] * 20
    problem(next(each for each in answers if each.status == 429), 429)


def test_nothing_of_the_visitor_is_in_the_logs(proxy: Proxy, served: Server) -> None:
    proxy.ask("GET", "/search?q=word-secret", User_Agent="agent-secret", Cookie="a=cookie-secret")
    proxy.ask("POST", "/sparql", b"x" * 1_100_000, Content_Type="application/sparql-query", User_Agent="agent-secret")
    ours = proxy.ask("GET", "/clusters").headers["X-Request-Id"]
    log, deadline = proxy.folder / "ctl-graph.log", time.monotonic() + 10
    while ours not in log.read_text(encoding="utf-8") and time.monotonic() < deadline:
        time.sleep(0.05)  # nginx writes the line when the client has had its answer
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    written = json.dumps(lines) + (proxy.folder / "ctl-graph-error.log").read_text() + served.log.read_text()
    assert "secret" not in written
    assert not re.search(r"(?<!http://)127\.0\.0\.1(?!:)", written)
    assert ours in {line["request"] for line in lines}
    assert ours in {line.get("request") for line in served.lines()}


def test_releases_change_under_load_and_nobody_notices(world: Config, tmp_path: Path) -> None:
    config = replace(world, releases=tmp_path / "releases", proxies=1)
    quad = "<{0}id/x> <https://example.org/number> <{0}id/{1}> <{0}graph/accepted> .\n"
    for number in range(2):
        release.publish(release.write(quad.format(config.base_iri, number).encode(), {}, config), "1")
    one, other = release.published(config.releases)
    over, failed, seen = threading.Event(), [], []
    with gunicorn(config, tmp_path) as server, nginx(tmp_path / "nginx", server.port) as proxy:

        def load() -> None:
            while not over.is_set():
                answer = proxy.ask("GET", "/doc/x.nt")
                seen.append(answer.body)
                if answer.status != 200:
                    failed.append(answer)

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        for number in range(10):
            before = len(seen)
            release.activate((one, other)[number % 2], "1")
            while len(seen) < before + 8 and time.monotonic() < deadline:
                time.sleep(0.01)
        over.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert len(set(seen)) == 2
    assert len(seen) >= 80
