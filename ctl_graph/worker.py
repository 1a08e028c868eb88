"""The process in which a visitor's query is parsed, planned, run and written: it may crash, and it may be killed.

`ctl_graph.process` starts it by exec and speaks with it over descriptor 0 in frames: what it is, a length, and a JSON
object or a part of an answer. Before it hears the first query it has given up the network, new processes, big files and
unbounded memory; it says so in its first frame, or says why it cannot.

An answer is sent while it is written: its parts, and at last an object that says how many bytes there were. Without
that last frame it is no answer, wherever the process ended.
"""

import ctypes
import json
import math
import os
import resource
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from pyoxigraph import Store

from ctl_graph.errors import BadQuery, NoFormat, NotXml, QueryTooLarge, ReadOnly, StoreUnavailable
from ctl_graph.formats import BY_SUFFIX, Format
from ctl_graph.logs import trace
from ctl_graph.spool import Caps
from ctl_graph.store import Kind, engine_errors, evaluate, write
from ctl_graph.tokens import READS_ONLY, is_update, refuse_federation

HEAD: Final = struct.Struct(">BI")
OBJECT: Final = 0
PART: Final = 1
LONGEST_PART: Final = 1 << 16
SECCOMP: Final = "seccomp"
LANDLOCK: Final = "landlock"
UNCONFINED: Final = "none"

_MEGABYTE: Final = 1 << 20
_LARGEST_FILE: Final = 64 << 10  # room for the engine's last words, and for nothing else
_CPU_SECONDS_MORE: Final = 5
_NICE: Final = 10  # pages come before queries where processors are few
_QUERIES_IN_A_LIFE: Final = 1_000

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_CLONE_THREAD: Final = 0x10000
_REFUSED_CALLS: Final = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg"),
    *("execve", "execveat", "fork", "vfork", "kill", "tkill", "ptrace", "process_vm_readv", "process_vm_writev"),
    *("rt_sigqueueinfo", "rt_tgsigqueueinfo"),
    *("pidfd_open", "pidfd_getfd", "pidfd_send_signal", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("bpf", "perf_event_open", "userfaultfd", "unshare", "setns", "mount", "umount2", "chroot", "keyctl", "add_key"),
)
# https://docs.kernel.org/userspace-api/landlock.html: the numbers are the same on every architecture.
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION_QUESTION: Final = 1
_LANDLOCK_NETWORK: Final = 4  # the first version that knows TCP
_LANDLOCK_TCP: Final = 0b11  # bind and connect


def frame(header: Mapping[str, Any]) -> bytes:
    """A JSON object, after its length."""
    body = json.dumps(header).encode()
    return HEAD.pack(OBJECT, len(body)) + body


def _read_frame(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next object; None where the other end has closed."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    _, length = HEAD.unpack(head)
    body = stream.read(length)
    return json.loads(body) if len(body) == length else None


def main() -> None:
    """Confine this process, open the store, answer until the other end closes."""
    settings = json.loads(sys.argv[1])
    with open(0, "rb", closefd=False) as questions, open(0, "wb", closefd=False) as answers:
        try:
            worker = Worker(settings)
        except StoreUnavailable as error:
            answers.write(frame({"failed": str(error), "detail": traceback.format_exc()}))
            return
        answers.write(frame({"confinement": worker.confinement}))
        answers.flush()
        while (question := _read_frame(questions)) is not None:
            answers.write(frame(worker.answer(question, Channel(answers))))
            answers.flush()


class Channel:
    """The way to the server: the parts of an answer leave in frames that are neither small nor large."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._parts: list[bytes] = []
        self._held = 0
        self.sent = 0

    def write(self, data: bytes) -> None:
        self._parts.append(bytes(data))
        self._held += len(data)
        if self._held >= LONGEST_PART:
            self.flush()

    def flush(self) -> None:
        """Send what is held."""
        data = memoryview(b"".join(self._parts))
        self._parts, self._held = [], 0
        for place in range(0, len(data), LONGEST_PART):
            part = data[place : place + LONGEST_PART]
            self._stream.write(HEAD.pack(PART, len(part)))
            self._stream.write(part)
        self.sent += len(data)


class Worker:
    """A confined process with an open store; without the name of one, with an empty one.

    Raises:
        StoreUnavailable: the store cannot be opened, or the machine cannot confine and the settings insist on it.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        _end_with_parent(settings["parent"])
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_FSIZE, _LARGEST_FILE)
        os.nice(_NICE)
        _offer_to_be_killed_first()
        # Before the store, so that the threads which the engine starts for itself are confined, too.
        self.confinement = confine(settings["ways"])
        if self.confinement == UNCONFINED and not settings["unconfined"]:
            raise StoreUnavailable(
                "visitors' queries cannot be confined here: install libseccomp2, or use a kernel with Landlock 4, "
                "or set allow_unconfined"
            )
        self._store = _open(settings["store"]) if settings["store"] else Store()
        budget = settings["memory"] * _MEGABYTE
        _limit(resource.RLIMIT_AS, _address_space() + budget)
        self._worn = _address_space() + budget // 2
        self._answered = 0

    def answer(self, question: Mapping[str, Any], channel: Channel) -> dict[str, Any]:
        """Send the answer to a question; what is returned closes it, or says which error it met."""
        _limit_processor(question["seconds"])
        self._answered += 1
        end = self._attempt(question, channel)
        return {**end, "worn": self._answered >= _QUERIES_IN_A_LIFE or _address_space() > self._worn}

    def _attempt(self, question: Mapping[str, Any], channel: Channel) -> dict[str, Any]:
        try:
            kind, format = self._evaluate(question, channel)
            channel.flush()
            return {"kind": kind, "format": format.suffix, "length": channel.sent}
        except BadQuery as error:
            italian = error.explanation.it if error.explanation else None
            return {
                "error": "read-only" if isinstance(error, ReadOnly) else "bad-query",
                "text": str(error),
                "it": italian,
                "line": error.line,
                "column": error.column,
            }
        except NoFormat as error:
            return {"error": "no-format", "text": error.kind}
        except NotXml:
            return {"error": "not-xml"}
        except QueryTooLarge as error:
            return {"error": "too-large", "reason": error.reason}
        except MemoryError:
            return {"error": "too-large", "reason": "memory"}
        except StoreUnavailable as error:
            return {"error": "unavailable", "text": str(error)}
        except Exception as error:
            return {"error": "bug", "text": "\n".join(trace(error))}

    def _evaluate(self, question: Mapping[str, Any], channel: Channel) -> tuple[Kind, Format]:
        query = question["query"]
        if question["scan"]:
            refuse_federation(query)
        choices = {kind: BY_SUFFIX[suffix] for kind, suffix in question["choices"].items() if suffix}
        dataset = question["default_graphs"], question["named_graphs"]
        try:
            with engine_errors():
                result = evaluate(self._store, query, *dataset, base=question["base"])
            return write(result, choices, Caps(question["length"], question["rows"]), channel)
        except BadQuery as error:
            raise _refused(query, error) from error


def _open(path: str) -> Store:
    try:
        return Store.read_only(path)
    except (OSError, RuntimeError) as error:
        raise StoreUnavailable("the store cannot be opened") from error


def _refused(query: str, error: BadQuery) -> BadQuery:
    if is_update(query):
        return ReadOnly(READS_ONLY, error.line, error.column)
    return error


# -- giving up --------------------------------------------------------------------------------------------------------


def _end_with_parent(parent: int) -> None:
    """Be killed when the thread that started this process ends; other systems than Linux notice the closed channel."""
    if sys.platform == "linux":
        _c_library().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise StoreUnavailable("the server ended while a query worker was starting")


def _offer_to_be_killed_first() -> None:
    with suppress(OSError):  # a belt only, and /proc may be read-only in a container
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _limit(kind: int, most: int) -> None:
    """From now on for ever; where the machine allows less already, that stands."""
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def _limit_processor(seconds: float) -> None:
    """A second belt, should the server that holds the deadline hang."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + seconds) + _CPU_SECONDS_MORE
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _address_space() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split(maxsplit=1)[0]
    return int(pages) * resource.getpagesize()


def confine(ways: list[str]) -> str:
    """Give up the network by the first of these ways that works, and say which; nothing is believed without trying."""
    for way in ways:
        with suppress(ImportError, OSError, RuntimeError):
            _WAYS[way]()
            if not _reaches_out():
                return way
    return UNCONFINED


def _seccomp() -> None:
    """Refuse the system calls that reach beyond this process, in all its threads."""
    import pyseccomp  # not above: it looks for libseccomp2 at once, and fails where there is none

    refuse = pyseccomp.ERRNO(1)  # EPERM
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.set_attr(pyseccomp.Attr.CTL_TSYNC, 1)
    for name in _REFUSED_CALLS:
        with suppress(OSError):  # a call that this architecture, or this libseccomp, does not have
            rules.add_rule(refuse, name)
    no_thread = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0)
    rules.add_rule(refuse, "clone", no_thread)
    rules.add_rule(refuse, "tgkill", pyseccomp.Arg(0, pyseccomp.NE, os.getpid()))
    rules.add_rule(pyseccomp.ERRNO(38), "clone3")  # ENOSYS: its flags cannot be seen, and clone is then tried instead
    rules.load()


def _landlock() -> None:
    """Refuse TCP (the kernel's own way, without a library); name look-ups by UDP it cannot refuse."""
    library = _c_library()
    if library.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION_QUESTION) < _LANDLOCK_NETWORK:
        raise OSError("this kernel's Landlock does not know the network")
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    handled = struct.pack("=QQ", 0, _LANDLOCK_TCP)
    rules = library.syscall(_LANDLOCK_CREATE, handled, ctypes.c_size_t(len(handled)), 0)
    if rules < 0 or library.syscall(_LANDLOCK_RESTRICT, rules, 0) != 0:
        raise OSError("Landlock refuses the rules")
    os.close(rules)


def _reaches_out() -> bool:
    """Whether this process could still call an address; asked of itself, at a port where nobody listens."""
    try:
        with socket.socket() as caller:
            caller.setblocking(False)
            caller.connect(("127.0.0.1", 9))
    except PermissionError:
        return False
    except OSError:
        return True
    return True


def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


_WAYS: Final[Mapping[str, Callable[[], None]]] = {SECCOMP: _seccomp, LANDLOCK: _landlock}
