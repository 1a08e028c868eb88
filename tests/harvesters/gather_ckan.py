"""What CKAN makes of a catalogue: the harvester of ckanext-dcat itself, up to where it would write into a database.

    .venv-harvest/bin/python tests/harvesters/gather_ckan.py http://127.0.0.1:8000/catalog

Prints JSON: what `gather_stage` gathered (a CKAN package each) and what it objected to.
"""

import json
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

SETTINGS = """
[app:main]
use = egg:ckan
sqlalchemy.url = sqlite://
SECRET_KEY = {key}
WTF_CSRF_SECRET_KEY = {key}
ckan.site_url = http://127.0.0.1
ckan.site_id = default
ckan.locale_default = it
solr_url = http://127.0.0.1:8983/solr
ckan.plugins = dcat
"""


def settings() -> None:
    """CKAN reads a file, and keeps what it read in a global."""
    from ckan.cli import CKANConfigLoader
    from ckan.common import config

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ckan.ini"
        path.write_text(SETTINGS.format(key="k" * 40), encoding="utf-8")
        config.update(CKANConfigLoader(str(path)).get_config())


def gather(url: str) -> dict[str, list[object]]:
    """The real gather stage; the four things that a database is for are written down instead."""
    from ckanext.dcat.harvesters import rdf

    gathered: list[object] = []
    errors: list[object] = []

    class Object:
        id = "object"

        def __init__(self, guid: str, job: object, content: str) -> None:
            self.content = {"guid": guid, **json.loads(content)}

        def save(self) -> None:
            gathered.append(self.content)

    source = SimpleNamespace(id="source", url=url, config=None)
    harvester = rdf.DCATRDFHarvester()
    harvester._save_gather_error = lambda message, job: errors.append(str(message))
    harvester._mark_datasets_for_deletion = lambda guids, job: []
    harvester._gen_new_name = lambda title: title.lower().replace(" ", "-")
    package = SimpleNamespace(owner_org=None, url=url)
    with patch.object(rdf, "HarvestObject", Object), patch.object(rdf.model.Package, "get", lambda _: package):
        harvester.gather_stage(SimpleNamespace(source=source))
    return {"datasets": gathered, "errors": errors}


if __name__ == "__main__":
    settings()
    json.dump(gather(sys.argv[1]), sys.stdout)
