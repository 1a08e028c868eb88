"""What the server writes of itself: one line that a program reads, nothing of who asked or what."""

import io
import json
import logging
import re

import pytest

from ctl_graph import logs
from ctl_graph.errors import BadQuery, StoreUnavailable
from ctl_graph.logs import Json, Text


def record(
    message: str, *args: object, name: str = "ctl_graph.test", error: BaseException | None = None, **fields: object
) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.WARNING, "file.py", 1, message, args, info)
    made.fields = fields
    return made


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_a_line_is_an_object_with_its_time_in_utc() -> None:
    line = json.loads(Json().format(record("%s quads", 3, release="r1")))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line == {"level": "warning", "logger": "ctl_graph.test", "message": "3 quads", "release": "r1"}


@pytest.mark.parametrize("form", [Json(), Text()])
def test_a_line_stays_one_line_whatever_it_holds(form: logging.Formatter) -> None:
    line = form.format(record("a\nb\r\x1b[31m\x00", path="x\ny\u2028z\ud800"))
    assert line.isprintable() or "\u2028" in line
    assert "\n" not in line
    assert "\x1b" not in line


def test_a_line_says_which_request_it_belongs_to() -> None:
    token = logs.request_id.set("abcdefabcdefabcd")
    assert json.loads(Json().format(record("x")))["request"] == "abcdefabcdefabcd"
    logs.request_id.reset(token)
    assert "request" not in json.loads(Json().format(record("x")))


def test_a_trace_says_where_and_not_what() -> None:
    error = raised(RuntimeError("secret"), raised(ValueError("SELECT secret")))
    line = Json().format(record("fault", error=error))
    assert "secret" not in line
    trace = json.loads(line)["trace"]
    assert [each for each in trace if ":" not in each] == ["RuntimeError", "ValueError"]
    assert any(re.search(r"test_logs\.py:\d+ raised$", each) for each in trace)


def test_our_own_errors_keep_their_words_but_those_about_a_query() -> None:
    line = Json().format(record("x", error=raised(StoreUnavailable("no memory"), raised(BadQuery("secret")))))
    assert "StoreUnavailable: no memory" in line
    assert "secret" not in line
    assert "No space left" in Text().format(record("x", error=raised(OSError(28, "No space left", "secret"))))


def test_gunicorn_names_no_client_and_no_address_asked_for() -> None:
    for message, args in (
        ("Invalid request from ip=192.0.2.7: secret", ()),
        ("Error handling request %s %s", ("GET", "/sparql?query=secret")),
        ("Error handling request secret", ()),
    ):
        line = json.loads(Json().format(record(message, *args, name="gunicorn.error")))
        assert line["message"] in ("Invalid request", "Error handling request")
    assert "pid: 7" in Json().format(record("Booting worker with pid: %s", 7, name="gunicorn.error"))


def test_a_log_that_cannot_be_written_fails_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

    for sink in (logs.handler("json"), logs.handler("text")):
        assert isinstance(sink, logging.StreamHandler)
        sink.setStream(Full())
        sink.handle(record("secret"))
        sink.handle(record("%d", "not a number"))
    assert capsys.readouterr().err == ""
