"""The confined processes of one server process, and the queue before them.

Who has fewer queries running goes first, and who has had much lately leaves the last worker to others: so nobody who
asks a lot keeps out those who ask a little.
"""

import logging
import math
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ctl_graph.errors import ClientGone, StoreBusy, StoreError, StoreUnavailable
from ctl_graph.process import Limits, Process, Unheard, is_gone
from ctl_graph.spool import Spool

_log: Final = logging.getLogger(__name__)

_ATTEMPTS: Final = 3
_JOIN_SECONDS: Final = 30.0
_GLANCE_SECONDS: Final = 0.5  # how often whoever waits looks whether the visitor is still there
_START_SECONDS: Final = 0.5  # what a worker takes to start, which whoever ends one costs the others
_LATELY: Final = 60.0  # seconds
_MUCH: Final = 3.0  # seconds of a worker
_NOTHING: Final = 0.001  # seconds of a worker
_MOST_KNOWN: Final = 1_000


@dataclass(eq=False)
class _Waiting:
    """A place in the queue, and who has it; `greedy` is who has had much lately, `came` when they came.

    Who waits only until a worker has started has not had to queue, so that this is time of their own.
    """

    who: str
    greedy: bool = False
    queues: bool = False
    came: float = field(default_factory=time.monotonic)


class _Had:
    """How many seconds of a worker each has had lately; of what was a minute ago a third is left.

    It is no budget, which comes back while one waits: who has one long query after another is held to have much.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: dict[str, tuple[float, float]] = {}

    def much(self, who: str) -> bool:
        return self._left(who) > _MUCH

    def add(self, who: str, seconds: float) -> None:
        """Whom nobody knows has nothing: there may be many of them. Who has had nothing lately is forgotten; of too
        many, who has not had much.
        """
        with self._lock:
            if who:
                self._seconds[who] = self._left(who) + seconds, time.monotonic()
            least = _NOTHING if len(self._seconds) <= _MOST_KNOWN else _MUCH
            self._seconds = {one: had for one, had in self._seconds.items() if self._left(one) > least}

    def _left(self, who: str) -> float:
        seconds, at = self._seconds.get(who, (0.0, 0.0))
        return seconds * math.exp((at - time.monotonic()) / _LATELY)


class Pool:
    """The workers of one process: one thread keeps them at their number, because a worker ends with the thread that
    started it; any thread may ask.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._changed = threading.Condition()
        self._idle: list[Process] = []
        self._alive: set[Process] = set()
        self._ended: list[Process] = []
        self._queue: list[_Waiting] = []
        self._running: Counter[str] = Counter()
        self._greedy = 0  # how many of the running
        self._had = _Had()
        self._started = self._killed = 0
        self._failure: StoreUnavailable | None = None
        self._closed = False
        self._keeper: threading.Thread | None = None

    def ask(
        self, question: bytes, who: str, client: socket.socket | None, gone: float = 0.0
    ) -> tuple[dict[str, Any], Spool]:
        """What closes the answer, with the seconds that a worker had it, and the answer itself.

        Raises:
            StoreError: as `Sandbox.answer`; `spent` is how long the worker had the question before it ended, or what
                starting another takes, if that is more.
        """
        for _ in range(_ATTEMPTS):
            place = _Waiting(who, self._had.much(who))
            worker, spool = self._take(place, client), Spool()
            if client is not None and is_gone(client):
                self._put_back(worker, place)
                raise ClientGone
            began = time.monotonic()
            waited = 0.0 if place.queues else began - place.came
            try:
                end = worker.ask(question, spool, client, gone + waited)
            except BaseException as error:
                spent = max(time.monotonic() - began, _START_SECONDS)
                if isinstance(error, StoreError):
                    error.spent = spent
                spool.close()
                self._drop(worker, place)
                if not isinstance(error, Unheard):
                    self._had.add(who, spent)
                    raise
                continue
            self._put_back(worker, place, fit=not end.get("worn", True))
            spent = time.monotonic() - began
            self._had.add(who, spent)
            return {**end, "seconds": spent}, spool
        raise StoreUnavailable("the processes for visitors' queries end before they are asked")

    def confinement(self) -> str:
        place = _Waiting("")
        worker = self._take(place, None)
        self._put_back(worker, place)
        return worker.confinement

    def figures(self) -> Mapping[str, int]:
        with self._changed:
            return {
                "workers": len(self._alive),
                "busy": len(self._alive) - len(self._idle),
                "waiting": len(self._queue),
                "started": self._started,
                "killed": self._killed,
            }

    def close(self) -> None:
        with self._changed:
            self._closed = True
            keeper, self._keeper = self._keeper, None
            self._changed.notify_all()
        if keeper is not None and keeper is not threading.current_thread():
            keeper.join(_JOIN_SECONDS)
        with self._changed:
            for worker in self._idle:
                self._end(worker)
            self._idle, busy = [], set(self._alive)
        self._bury()
        for worker in busy:  # whoever asked it sees its end, and puts it away
            worker.kill()
            worker.wait()

    # -- the queue --

    def _take(self, place: _Waiting, client: socket.socket | None) -> Process:
        deadline = time.monotonic() + max(self._limits.seconds, 1.0)
        with self._changed:
            self._start_keeping()
            self._queue_up(place)
            try:
                while not (worker := self._next_idle() if self._first() is place else None):
                    self._wait(deadline, client)
            finally:
                self._queue.remove(place)
                self._changed.notify_all()
            self._running[place.who] += 1
            self._greedy += place.greedy
            return worker

    def _queue_up(self, place: _Waiting) -> None:
        """A place in the queue, of which nobody holds more than half; whom nobody knows is nobody in particular.

        Who waits for a worker that is on its way does not stand in the queue.
        """
        free = self._free(place)
        places, half = self._limits.queue, max(1, self._limits.queue // 2)
        same = sum(place.who == other.who for other in self._queue) if place.who else 0
        if len(self._queue) >= places + free or same >= half + free:
            raise self._busy()
        place.queues = sum(map(self._may_go, self._queue)) >= free
        self._queue.append(place)

    def _free(self, place: _Waiting) -> int:
        """How many workers could take it, with those on their way."""
        free = len(self._idle) + self._missing()
        return min(free, self._left_to_greedy()) if place.greedy else free

    def _may_go(self, place: _Waiting) -> bool:
        return not place.greedy or self._left_to_greedy() > 0

    def _left_to_greedy(self) -> int:
        """They never get the last worker, where there is more than one."""
        return max(1, self._limits.workers - 1) - self._greedy

    def _first(self) -> _Waiting | None:
        """Of those who may go who has the fewest running, and of these who has waited longest."""
        able = filter(self._may_go, self._queue)
        return min(able, key=lambda place: self._running[place.who], default=None)

    def _missing(self) -> int:
        """How many workers are on their way."""
        return self._limits.workers - len(self._alive)

    def _wait(self, deadline: float, client: socket.socket | None) -> None:
        if self._closed:
            raise StoreUnavailable("the server is ending, or has moved on to another release")
        if self._failure is not None:
            raise self._failure
        if client is not None and is_gone(client):
            raise ClientGone
        left = deadline - time.monotonic()
        if left <= 0:
            raise self._busy()
        self._changed.wait(min(left, _GLANCE_SECONDS) if client else left)

    def _busy(self) -> StoreBusy:
        return StoreBusy(max(1, math.ceil(self._limits.seconds)))

    def _next_idle(self) -> Process | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive():
                return worker
            self._end(worker)
        return None

    def _put_back(self, worker: Process, place: _Waiting, *, fit: bool = True) -> None:
        with self._changed:
            self._leave(place)
            if fit and not self._closed:
                self._idle.append(worker)
                self._changed.notify_all()
            else:
                self._end(worker)
        if self._closed:
            self._bury()

    def _drop(self, worker: Process, place: _Waiting) -> None:
        with self._changed:
            self._killed += 1
        self._put_back(worker, place, fit=False)

    def _end(self, worker: Process) -> None:
        """It may take a while to let go of its memory, for which nobody waits but the keeper."""
        worker.kill()
        self._alive.discard(worker)
        self._ended.append(worker)
        self._changed.notify_all()

    def _bury(self) -> None:
        with self._changed:
            ended, self._ended = self._ended, []
        for worker in ended:
            worker.put_away()

    def _leave(self, place: _Waiting) -> None:
        self._greedy -= place.greedy
        self._running[place.who] -= 1
        if not self._running[place.who]:
            del self._running[place.who]

    # -- the keeper --

    def _start_keeping(self) -> None:
        self._failure = None  # each query asks for another attempt
        if not self._closed and (self._keeper is None or not self._keeper.is_alive()):
            self._keeper = self._new_keeper()
        self._changed.notify_all()

    def _new_keeper(self) -> threading.Thread:
        keeper = threading.Thread(target=self._keep, name="query workers", daemon=True)
        try:
            keeper.start()
        except (MemoryError, RuntimeError) as error:  # the machine has no thread to give
            raise _nobody_works() from error
        return keeper

    def _keep(self) -> None:
        while self._has_work():
            self._bury()
            if self._missing() and self._failure is None:
                self._start()

    def _has_work(self) -> bool:
        with self._changed:
            while not self._closed and not self._ended and (self._failure is not None or not self._missing()):
                self._changed.wait()
            return not self._closed

    def _start(self) -> None:
        try:
            worker = Process(self._limits)
        except StoreUnavailable as error:
            self._report(error)
        except (
            Exception
        ):  # whatever it is, the next query asks for another attempt, and somebody must be there to make it
            _log.exception("a query worker did not start")
            self._report(_nobody_works())
        else:
            self._add(worker)

    def _report(self, failure: StoreUnavailable) -> None:
        _log.error("no query worker can be started: %s", failure)
        with self._changed:
            self._failure = failure
            self._changed.notify_all()

    def _add(self, worker: Process) -> None:
        with self._changed:
            self._started += 1
            self._alive.add(worker)
            self._idle.append(worker)
            self._changed.notify_all()


def _nobody_works() -> StoreUnavailable:
    return StoreUnavailable("no process for visitors' queries can be started")
