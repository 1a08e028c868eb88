"""How gunicorn serves the application: `gunicorn server:app` reads this file by itself."""

import ctypes
import os
import shutil
from contextlib import suppress
from pathlib import Path

from gunicorn.glogging import Logger

from ctl_graph import logs
from ctl_graph.config import Config, state_folder

settings = Config.load()

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Whoever waits for a query holds a thread, and pages must not wait behind them: more than both lanes
# can hold (query_workers + query_queue, and one worker with a queue of the same length).
threads = 24
# After so many seconds without a sign of life a process is replaced; how long a request takes does not matter here.
timeout = 60
# A query that is running when the server ends has time to be answered.
graceful_timeout = 30
keepalive = 5
# A query in an address is easily longer than gunicorn's own limit of 4,094.
limit_request_line = 8190
# Each of so many threads would get a heap of its own, which stays as large as the longest query that it has met: with
# two for all, a process under long queries grows by half and stays there. The number is M_ARENA_MAX of glibc.
with suppress(AttributeError, OSError):
    ctypes.CDLL(None).mallopt(-8, 2)
# Nothing is known to grow from request to request, and a new process verifies the whole release first.
max_requests = 0
# A socket for control would be opened in the home of whoever runs the server.
control_socket_disable = True
# The sign of life is a file's time: in memory, because a disk that hangs would look like a process that does.
if Path("/dev/shm").is_dir():  # noqa: S108 (the library makes a file there that nobody else can open)
    worker_tmp_dir = "/dev/shm"  # noqa: S108


class Log(Logger):
    """gunicorn's messages in our lines; requests have lines of their own (`ctl_graph.web.watch`), without addresses."""

    def setup(self, cfg):
        super().setup(cfg)
        self.error_log.handlers[:] = [logs.handler(settings.logs)]


logger_class = Log

# -- figures: each process writes its own into a folder, and the first process sums them for Prometheus --------------

_figures = None


def on_starting(server):
    """The folder is named before any process counts, and before the library that counts is imported."""
    global _figures
    if not settings.metrics:
        return
    folder = state_folder(settings) / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    host, _, port = settings.metrics.rpartition(":")
    _figures, _ = start_http_server(int(port), host.strip("[]"), registry)
    server.log.info("Figures at: http://%s:%s/metrics", host, _figures.server_port)


def post_fork(_server, _worker):
    """The address belongs to the first process alone."""
    if _figures is not None:
        _figures.socket.close()


def child_exit(_server, worker):
    """What a process had in hand is gone with it; what it counted stays."""
    if _figures is not None:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)
