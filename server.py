"""The WSGI entry, `gunicorn server:app`: the only module that does work when it is imported.

It does not start where visitors' queries cannot be confined, unless the settings allow that.
"""

from ctl_graph import logs
from ctl_graph.config import Config
from ctl_graph.sandbox import prove_confinement
from ctl_graph.web import create_app

config = Config.load()
logs.configure(config.logs)
prove_confinement(config)
app = create_app(config)
