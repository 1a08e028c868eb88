"""The WSGI entry, `gunicorn server:app`: the only module that does work when it is imported."""

from ctl_graph import logs
from ctl_graph.config import Config
from ctl_graph.web import create_app

config = Config.load()
logs.configure(config.logs)
app = create_app(config)
