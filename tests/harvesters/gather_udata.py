"""What udata (data.gouv.fr) makes of a catalogue: its own DCAT harvester in a dry run, over a database in memory.

    .venv-harvest-udata/bin/python tests/harvesters/gather_udata.py http://127.0.0.1:8000/catalog

Prints JSON: a line for each item of the job, and what it objected to.
"""

import json
import sys

# What a portal knows; each dataset finds its own among them.
LICENCES = {"cc-by": "Creative Commons Attribution", "cc-by-sa": "Creative Commons Attribution Share-Alike"}


def harvest(url: str) -> dict[str, object]:
    """A job of the real backend."""
    import mongoengine
    import mongomock
    from udata.app import create_app
    from udata.core.dataset.models import License
    from udata.harvest.backends.dcat import DcatBackend
    from udata.harvest.models import HarvestSource
    from udata.settings import Defaults

    class Settings(Defaults):
        SECRET_KEY = API_TOKEN_SECRET = "k" * 40
        SECURITY_PASSWORD_SALT = "k" * 40
        URLS_ALLOW_LOCAL = True
        URLS_ALLOW_PRIVATE = True
        DEFAULT_LANGUAGE = "en"
        CACHE_TYPE = "flask_caching.backends.NullCache"
        CELERY_TASK_ALWAYS_EAGER = True

    app = create_app(Settings)
    mongoengine.disconnect_all()
    mongoengine.connect("udata", mongo_client_class=mongomock.MongoClient)
    with app.app_context(), app.test_request_context():
        for id, title in LICENCES.items():
            License(id=id, title=title, url=f"https://creativecommons.org/licenses/{id[3:]}/4.0/").save()
        job = DcatBackend(HarvestSource(name="ctl", url=url, backend="dcat", config={}), dryrun=True).harvest()
        return {
            "status": job.status,
            "errors": [each.message for each in job.errors],
            "items": list(map(item, job.items)),
        }


def item(found: object) -> dict[str, object]:
    """What came of one dataset or service."""
    dataset = getattr(found, "dataset", None)
    return {
        "id": found.remote_id,
        "status": found.status,
        "errors": [each.message for each in found.errors],
        "title": getattr(dataset, "title", None),
        "license": getattr(getattr(dataset, "license", None), "id", None),
        "resources": [
            {"title": each.title, "format": each.format, "url": each.url, "mime": each.mime}
            for each in getattr(dataset, "resources", [])
        ],
    }


if __name__ == "__main__":
    json.dump(harvest(sys.argv[1]), sys.stdout)
