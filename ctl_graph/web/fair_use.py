"""What a visitor's question costs, and whether there is budget for it: the same for every client, whatever it calls
itself.

Answers say how the client stands (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/); the unit is
a millisecond of work. What is counted, and how, is in `ctl_graph.budget`.
"""

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Final

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from ctl_graph.budget import WINDOW, Balance, Budget
from ctl_graph.config import Config, state_folder
from ctl_graph.errors import ClientGone, ConfigError, OverBudget, StoreBusy, StoreError
from ctl_graph.store import Answer
from ctl_graph.web import metrics

_EXTENSION: Final = "ctl_graph.fair_use"
_POLICY: Final = "work"
_UNIT: Final = "milliseconds"
_log: Final = logging.getLogger(__name__)


class _Rules:
    """What the settings say, and the file that follows from it, opened with the first question."""

    def __init__(self, config: Config) -> None:
        self._config = config

    @cached_property
    def budget(self) -> Budget | None:
        if not self._config.query_budget:
            return None
        try:
            return Budget(state_folder(self._config), self._config.query_budget)
        except ConfigError:
            _log.exception("the budgets of clients cannot be counted: every query is answered")
            return None


def init_app(app: Flask, config: Config) -> None:
    app.extensions[_EXTENSION] = _Rules(config)
    app.after_request(_tell)


class Bill:
    """What a question has cost so far, in seconds: of a worker's time as the sandbox measures it, and `elsewhere`.

    Where no worker says what it took, all the time that has passed counts.
    """

    def __init__(self) -> None:
        self.elsewhere = 0.0
        self._worker: float | None = None
        self._began = time.monotonic()

    @contextmanager
    def calling(self) -> Iterator[None]:
        """The time of this block, in which others are asked for the visitor, is on the bill however it ends."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.elsewhere += time.monotonic() - began

    def add(self, answer: Answer) -> Answer:
        """Put an answer on the bill, beside those that are on it already."""
        self._worker = self._with(answer.seconds) if answer.seconds else self._passed()
        return answer

    def add_failure(self, error: StoreError) -> None:
        """What ends without an answer is to be paid, too; not that somebody has waited for a worker in vain."""
        costs = error.spent or isinstance(error, StoreBusy | ClientGone)
        self._worker = self._with(error.spent) if costs else self._passed()

    def _with(self, seconds: float) -> float:
        return (self._worker or 0.0) + seconds

    def total(self) -> float:
        return self.elsewhere + (self._passed() if self._worker is None else self._worker)

    def _passed(self) -> float:
        return time.monotonic() - self._began - self.elsewhere


@contextmanager
def fair_use() -> Iterator[Bill]:
    """Whatever makes a worker run for a visitor stands in such a block, and puts what it took on the bill.

    Raises:
        OverBudget: the client has used its budget; the block is not entered.
    """
    rules = current_app.extensions[_EXTENSION]
    assert isinstance(rules, _Rules)
    # Behind a socket of the system there is no address unless a proxy tells it: nobody can be told apart.
    budget, address, bill = rules.budget, request.remote_addr, Bill()
    if budget is None or not address or not _begin(budget, address):
        yield bill
        return
    try:
        yield bill
    except StoreError as error:
        bill.add_failure(error)
        raise
    finally:
        g.balance = budget.settle(address, bill.total())


def _begin(budget: Budget, address: str) -> bool:
    try:
        g.balance = budget.begin(address)
    except OverBudget as error:
        metrics.budget_refused()
        g.balance = Balance(max(0.0, error.budget - error.used), error.used * error.window / error.budget)
        raise
    return g.balance is not None


def _tell(response: Response) -> Response:
    """How the client stands now; where nobody is counted, nothing is said."""
    balance = g.get("balance")
    rules = current_app.extensions[_EXTENSION]
    if isinstance(balance, Balance) and rules.budget is not None:
        quota, left = round(rules.budget.seconds * 1000), math.floor(balance.left * 1000)
        response.headers["RateLimit-Policy"] = f'"{_POLICY}";q={quota};w={WINDOW};qu="{_UNIT}"'
        response.headers["RateLimit"] = f'"{_POLICY}";r={left};t={math.ceil(balance.whole)}'
    return response
