"""Budgets of work: what a client may ask for in a minute, in every process of a server, and how it is told."""

import re
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from ctl_graph import budget as room
from ctl_graph.budget import Budget, client
from ctl_graph.config import Config, state_folder
from ctl_graph.errors import OverBudget, QueryTimeout, StoreBusy
from ctl_graph.formats import SPARQL_JSON
from ctl_graph.release import Release
from ctl_graph.sandbox import Sandbox
from ctl_graph.spool import Spool
from ctl_graph.store import Answer
from ctl_graph.web import create_app

HERE, THERE = "192.0.2.7", "198.51.100.9"
HTML = {"Accept": "text/html"}


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(tmp_path: Path, clock: Clock) -> Iterator[Budget]:
    made = Budget(tmp_path, 60, clock)
    yield made
    made.close()


def spend(budget: Budget, seconds: float, address: str = HERE) -> None:
    budget.begin(address)
    budget.settle(address, seconds)


# -- the bucket ------------------------------------------------------------------------------------------------------


def test_a_budget_is_used_up_and_comes_back_evenly(budget: Budget, clock: Clock) -> None:
    for _ in range(6):
        spend(budget, 10)
    with pytest.raises(OverBudget) as refused:
        budget.begin(HERE)
    assert (refused.value.budget, refused.value.window, refused.value.used) == (60, 60, 60)
    assert refused.value.retry_after == 1
    clock.now += 1
    balance = budget.begin(HERE)
    assert balance is not None
    assert balance.left == pytest.approx(0)
    clock.now += 30
    balance = budget.begin(HERE)
    assert balance is not None
    assert balance.left == pytest.approx(29)
    assert balance.whole == pytest.approx(31)


def test_who_waits_as_long_as_is_said_is_served(budget: Budget, clock: Clock) -> None:
    for _ in range(4):
        spend(budget, 17)
        clock.now += 1
    with pytest.raises(OverBudget) as refused:
        budget.begin(HERE)
    clock.now += refused.value.retry_after
    budget.begin(HERE)


def test_each_client_has_its_own(budget: Budget) -> None:
    spend(budget, 60)
    with pytest.raises(OverBudget):
        budget.begin(HERE)
    assert budget.begin(THERE) is not None


@pytest.mark.parametrize("seconds", [0.5, 5, 60, 600])
def test_a_classroom_never_meets_it(tmp_path: Path, clock: Clock, seconds: float) -> None:
    budget = Budget(tmp_path, seconds, clock)
    for _ in range(30):  # all at once, then all answered, then again and again
        budget.begin(HERE)
    for _ in range(30):
        budget.settle(HERE, seconds / 60 * 0.02)
    for _ in range(300):
        spend(budget, 0.001)
    budget.close()


def test_queries_that_run_at_the_same_time_all_count(budget: Budget) -> None:
    for _ in range(60):
        budget.begin(HERE)
    with pytest.raises(OverBudget):
        budget.begin(HERE)


def test_what_was_put_down_is_given_back(budget: Budget) -> None:
    budget.begin(HERE)
    balance = budget.settle(HERE, 0.02)
    assert balance is not None
    assert balance.left == pytest.approx(59.98)


def test_a_machine_started_anew_begins_anew(tmp_path: Path) -> None:
    late, early = Clock(), Clock()
    early.now = 5
    before, after = Budget(tmp_path, 60, late), Budget(tmp_path, 60, early)
    spend(before, 60)
    assert after.begin(HERE) is not None
    before.close()
    after.close()


# -- whom it counts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("fe80::1%eth0", "fe80::1", True),
        ("unix:", "unix:", True),
        ("no address", "192.0.2.7", False),
    ],
)
def test_a_client_is_an_address_or_a_network(one: str, other: str, same: bool) -> None:
    assert (client(one, b"key") == client(other, b"key")) is same
    assert client(one, b"key") != client(one, b"another")


def test_no_address_is_kept(budget: Budget, tmp_path: Path) -> None:
    spend(budget, 1)
    spend(budget, 1, "2001:db8:1:2::1")
    for file in tmp_path.iterdir():
        held = file.read_bytes()
        assert HERE.encode() not in held
        assert bytes([192, 0, 2, 7]) not in held
        assert bytes.fromhex("20010db800010002") not in held


def test_old_clients_are_forgotten(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MOST_CLIENTS", 50)
    monkeypatch.setattr(room, "_CHANGES_BETWEEN_CLEANINGS", 10)
    budget = Budget(tmp_path, 60, clock)
    for number in range(200):
        spend(budget, 60, f"10.0.0.{number}")
    assert rows(tmp_path) <= 50 + 10
    clock.now += 61
    for _ in range(10):
        spend(budget, 0)
    assert rows(tmp_path) <= 2
    budget.close()


def rows(folder: Path) -> int:
    connection = sqlite3.connect(folder / "budget.sqlite")
    found = connection.execute("SELECT count(*) FROM client").fetchone()[0]
    connection.close()
    return int(found)


# -- all processes together ------------------------------------------------------------------------------------------

_ELSEWHERE = """
import sys
from pathlib import Path
from ctl_graph.budget import Budget
budget = Budget(Path(sys.argv[1]), 600)
for _ in range(50):
    assert budget.begin("192.0.2.7") is not None
    assert budget.settle("192.0.2.7", 1.0) is not None
"""


def test_processes_and_threads_count_together(tmp_path: Path) -> None:
    budget = Budget(tmp_path, 600)
    others = [subprocess.Popen([sys.executable, "-c", _ELSEWHERE, str(tmp_path)]) for _ in range(2)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: spend(budget, 1), range(50)))
    assert [other.wait(60) for other in others] == [0, 0]
    balance = budget.begin(HERE)
    budget.close()
    assert balance is not None
    # Ten seconds come back in each that passes; nothing was lost beyond that.
    assert 600 - 150 - 10 <= balance.left < 600


# -- a file that cannot be used --------------------------------------------------------------------------------------


def test_a_file_that_is_none_stops_nobody_and_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "budget.sqlite").write_bytes(b"no database" * 1000)
    budget = Budget(tmp_path, 1)
    for _ in range(10):
        assert budget.begin(HERE) is None
        assert budget.settle(HERE, 10) is None
    assert len(caplog.records) == 1


def test_a_folder_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    assert Budget(tmp_path / "gone", 1).begin(HERE) is None


def test_a_file_that_somebody_holds_stops_nobody_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_BUSY_SECONDS", 0.05)
    budget = Budget(tmp_path, 60)
    assert budget.begin(HERE) is not None
    holder = sqlite3.connect(tmp_path / "budget.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert budget.begin(HERE) is None
    holder.execute("ROLLBACK")
    holder.close()
    assert budget.begin(HERE) is not None
    budget.close()


def test_a_folder_that_others_may_enter_is_not_used(world: Config, release: Release, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    site = create_app(replace(world, state=str(tmp_path), query_budget=0.5)).test_client()
    answers = [site.get("/sparql?query=ASK{}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert "RateLimit" not in answers[0].headers
    assert list(tmp_path.iterdir()) == []


# -- what a client is told -------------------------------------------------------------------------------------------


@pytest.fixture
def frugal(world: Config, release: Release, tmp_path: Path) -> Iterator[FlaskClient]:
    """The site where a minute has sixty seconds of work, and a proxy of ours tells addresses."""
    app = create_app(replace(world, state=str(tmp_path / "state"), query_budget=60.0, proxies=1))
    with app.test_client() as site:
        yield site


@pytest.fixture
def costly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every query takes thirty-one seconds of a worker, as far as is said."""

    def answer(*_: object, **__: object) -> Answer:
        spool = Spool()
        spool.write(b'{"head":{},"boolean":true}')
        return Answer.kept("boolean", SPARQL_JSON, spool, 31.0)

    monkeypatch.setattr(Sandbox, "answer", answer)


def left(headers: object) -> int:
    found = re.fullmatch(r'"work";r=(\d+);t=(\d+)', headers["RateLimit"])  # type: ignore[index]
    assert found
    return int(found[1])


def test_an_answer_says_how_the_client_stands(frugal: FlaskClient) -> None:
    response = frugal.get("/sparql?query=ASK{}")
    assert response.headers["RateLimit-Policy"] == '"work";q=60000;w=60;qu="milliseconds"'
    assert 50_000 < left(response.headers) <= 60_000
    exposed = response.headers["Access-Control-Expose-Headers"]
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed.split(", "))
    again = frugal.get("/sparql?query=ASK{}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert "RateLimit" in again.headers


def test_pages_and_documents_cost_nothing(frugal: FlaskClient) -> None:
    for path in ("/", "/sparql", "/doc/cluster/alfa.ttl"):
        response = frugal.get(path)
        assert response.status_code == 200
        assert "RateLimit" not in response.headers


@pytest.mark.usefixtures("costly")
@pytest.mark.parametrize(
    ("language", "words"),
    [("it", "Ciascuno ha 60 secondi di calcolo ogni 60 secondi"), ("en", "60 seconds of computing in 60 seconds")],
)
def test_over_budget_is_said_in_words(frugal: FlaskClient, language: str, words: str) -> None:
    statuses = [frugal.get("/sparql?query=ASK{}").status_code for _ in range(2)]
    response = frugal.get("/sparql?query=ASK{}", headers={"Accept-Language": language})
    assert [*statuses, response.status_code] == [200, 200, 429]
    assert response.mimetype == "application/problem+json"
    problem = response.get_json()
    seconds = int(response.headers["Retry-After"])
    assert 1 <= seconds <= 5
    assert words in problem["detail"]
    assert str(seconds) in problem["detail"]
    assert re.search(r"6[0-2]\.\d", problem["detail"])
    assert problem["dumps"].endswith("/data")
    assert problem["type"].endswith("#budget")
    assert left(response.headers) == 0
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("costly")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_browser_over_budget_keeps_its_query(frugal: FlaskClient, method: str) -> None:
    query = "ASK { ?s ?p 'kept <b>' }"
    for _ in range(2):
        frugal.get("/sparql?query=ASK{}")
    place = "query_string" if method == "GET" else "data"
    response = frugal.open("/sparql", method=method, headers=HTML, **{place: {"query": query}})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) >= 1
    assert "ASK { ?s ?p &#39;kept &lt;b&gt;&#39; }</textarea>" in response.text
    assert 'role="alert"' in response.text


@pytest.mark.usefixtures("costly")
def test_the_address_is_what_our_proxy_tells(frugal: FlaskClient) -> None:
    def ask(address: str) -> int:
        return frugal.get("/sparql?query=ASK{}", headers={"X-Forwarded-For": address}).status_code

    assert [ask(HERE) for _ in range(3)] == [200, 200, 429]
    assert ask(f"{HERE}, {THERE}") == 200, "only the last hop is ours to believe"
    assert ask(THERE) == 200
    assert ask(THERE) == 429


@pytest.mark.usefixtures("costly")
def test_what_a_client_calls_itself_makes_no_difference(frugal: FlaskClient) -> None:
    names = ["curl/8", "python-requests/2", "Comunica", "SomeBot", "Mozilla/5.0", ""]
    for number, name in enumerate(names):
        headers = {"User-Agent": name, "X-Forwarded-For": f"10.1.1.{number}"}
        assert [frugal.get("/sparql?query=ASK{}", headers=headers).status_code for _ in range(3)] == [200, 200, 429]


def test_thirty_pupils_behind_one_address(frugal: FlaskClient) -> None:
    answers = [frugal.get("/sparql", query_string={"query": f"ASK {{ ?s ?p {n} }}"}) for n in range(30)]
    assert {answer.status_code for answer in answers} == {200}


def test_a_bomb_costs_what_it_took_and_waiting_costs_nothing(
    frugal: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Answer:
        raise error

    monkeypatch.setattr(Sandbox, "answer", fail)
    error: Exception = StoreBusy(3)
    assert left(frugal.get("/sparql?query=ASK{}").headers) == 60_000
    error = QueryTimeout(10)
    error.spent = 10.0
    response = frugal.get("/sparql?query=ASK{}")
    assert response.status_code == 504
    assert 50_000 <= left(response.headers) < 50_200
    for _ in range(4):
        frugal.get("/sparql?query=ASK{}")
    assert left(frugal.get("/sparql?query=ASK{}").headers) < 2_000
    assert frugal.get("/sparql?query=ASK{}").status_code == 429


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/api/members-on-date?cluster=alfa", 1),
        ("/api/members-on-date.csv?cluster=alfa", 1),
        ("/api/members-on-date?cluster=alfa&limit=1", 2),
        ("/api/who-says", 1),
        ("/questions/members-on-date?date=2014-01-01", 1),
    ],
)
def test_a_question_waits_and_is_paid_in_the_visitors_name(
    frugal: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, queries: int
) -> None:
    """It is the worker's time that counts, however many queries a question takes."""
    asked = []

    def answer(self: Sandbox, query: str, **given: Any) -> Answer:
        asked.append((given["who"], given["client"]))
        return replace(real(self, query, **given), seconds=10.0)

    real = Sandbox.answer
    monkeypatch.setattr(Sandbox, "answer", answer)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        response = frugal.get(path, environ_overrides={"werkzeug.socket": ours})
    assert response.status_code == 200
    assert asked == [("127.0.0.1", ours)] * queries
    assert 0 <= left(response.headers) - (60_000 - 10_000 * queries) < 1_000


def test_a_question_whose_visitor_is_gone_is_not_asked(frugal: FlaskClient) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        for path in ("/api/members-on-date?cluster=alfa", "/questions/members-on-date?date=2014-01-01"):
            response = frugal.get(path, environ_overrides={"werkzeug.socket": ours})
            assert response.status_code == 499
            assert left(response.headers) == 60_000


def test_without_a_budget_nothing_is_counted(client: FlaskClient, world: Config) -> None:
    assert world.query_budget == 0
    assert "RateLimit" not in client.get("/sparql?query=ASK{}").headers


def test_the_file_is_in_the_folder_of_the_server(frugal: FlaskClient, world: Config, tmp_path: Path) -> None:
    frugal.get("/sparql?query=ASK{}")
    folder = state_folder(replace(world, state=str(tmp_path / "state")))
    assert (folder / "budget.sqlite").is_file()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
