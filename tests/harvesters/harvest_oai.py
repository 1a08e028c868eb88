"""What a harvester of OAI-PMH takes away: that of oaipmh-scythe, from the beginning or from a date on.

    .venv-harvest-oai/bin/python tests/harvesters/harvest_oai.py http://127.0.0.1:8000/oai rdf [from]

Prints JSON: the date of the first answer, from which the next harvest goes on, and of each record its identifier and
its metadata, nothing where it is deleted.
"""

import json
import sys

from lxml import etree
from oaipmh_scythe import Scythe
from oaipmh_scythe.exceptions import NoRecordsMatch
from oaipmh_scythe.iterator import OAIResponseIterator
from oaipmh_scythe.models import Record

OAI = "{http://www.openarchives.org/OAI/2.0/}"


def metadata(record: Record) -> str | None:
    if record.deleted:
        return None
    (inner,) = record.xml.find(f"{OAI}metadata")
    return etree.tostring(inner, encoding="unicode", with_tail=False)


def harvest(address: str, prefix: str, since: str | None) -> dict[str, object]:
    with Scythe(address, iterator=OAIResponseIterator) as scythe:
        name = scythe.identify().repositoryName
        sets = [each.setSpec for each in Scythe(address).list_sets()]
        found: dict[str, object] = {"name": name, "sets": sets, "date": since, "records": []}
        try:
            answers = list(scythe.list_records(metadata_prefix=prefix, from_=since))
        except NoRecordsMatch:
            return found
    found["date"] = answers[0].xml.findtext(f"{OAI}responseDate")
    records = [Record(node) for answer in answers for node in answer.xml.iter(f"{OAI}record")]
    found["records"] = [(record.header.identifier, metadata(record)) for record in records]
    return found


if __name__ == "__main__":
    print(json.dumps(harvest(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)))
