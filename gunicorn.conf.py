"""How gunicorn serves the application: `gunicorn server:app` reads this file by itself."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Whoever waits for a query holds a thread, and pages must not wait behind them: more than both lanes
# can hold (query_workers + query_queue, and one worker with a queue of the same length).
threads = 24
timeout = 60
graceful_timeout = 30
keepalive = 5
# A query in an address is easily longer than gunicorn's own limit of 4,094.
limit_request_line = 8190
# A socket for control would be opened in the home of whoever runs the server.
control_socket_disable = True
