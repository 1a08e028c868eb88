"""What the server says of itself: one JSON object a line on standard error, and nothing of who asks or what they ask.

Neither an address, a user agent, a cookie nor the value of a parameter stands in a line; so the words of an exception
are left out too where they may quote the visitor, and its trace names places in the code only.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

from ctl_graph.errors import BadQuery, GraphError

# The request that a thread works on, so that a line says which one it belongs to.
request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")
# gunicorn adds the client's address to the first, the whole request line to the second.
_OF_A_REQUEST: Final = re.compile(r"(Invalid request|Error handling request)\b")


def configure(form: str) -> None:
    """Let all loggers of this process write to standard error, as `json` or as `text`."""
    logging.basicConfig(handlers=[handler(form)], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it would print each request with the client's address


def handler(form: str) -> logging.Handler:
    """Where lines go."""
    lines = _Sink(sys.stderr)
    lines.setFormatter(Json() if form == "json" else Text())
    return lines


class _Sink(logging.StreamHandler[Any]):
    """A log that cannot be written costs its line and never the request, and repeats the line nowhere else."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 (the library's name)
        return


class Json(logging.Formatter):
    """One object a line; JSON itself escapes control characters, and what is not ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_members(record), default=str)


class Text(logging.Formatter):
    """The same for a person at a terminal, which would obey some characters: they are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        members = _members(record)
        head = " ".join(_harmless(members.pop(name)) for name in ("time", "level", "logger", "message"))
        trace = members.pop("trace", [])
        rest = (f"{name}={_harmless(value)}" for name, value in members.items())
        return "\n    ".join([" ".join([head, *rest]), *map(_harmless, trace)])


def _members(record: logging.LogRecord) -> dict[str, Any]:
    """What a line holds: its `extra={"fields": …}` beside what every line has."""
    fields: Mapping[str, Any] = getattr(record, "fields", {})
    error = record.exc_info[1] if record.exc_info else None
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": _message(record),
        **({"request": request} if (request := request_id.get()) else {}),
        **fields,
        **({"trace": list(trace(error))} if error else {}),
    }


def _message(record: logging.LogRecord) -> str:
    if record.name == "gunicorn.error" and (begins := _OF_A_REQUEST.match(str(record.msg))):
        return begins[0]
    return record.getMessage()


def trace(error: BaseException) -> Iterator[str]:
    """The kind of the error and where it came from, then the same of what caused it."""
    cause: BaseException | None = error
    while cause is not None:
        words = _words(cause)
        yield f"{type(cause).__name__}: {words}" if words else type(cause).__name__
        for frame in reversed(traceback.extract_tb(cause.__traceback__)):
            yield f"{frame.filename}:{frame.lineno} {frame.name}"
        cause = cause.__cause__ or cause.__context__


def _words(error: BaseException) -> str:
    """What it says, where that cannot be the visitor's words."""
    match error:
        case BadQuery():
            return ""
        case GraphError() | ImportError():
            return str(error)
        case OSError():
            return error.strerror or ""
    return ""


def _harmless(value: object) -> str:
    return json.dumps(str(value), ensure_ascii=False)[1:-1]
