"""What a reader of feeds makes of an Atom feed and of its archives: feedparser.

    .venv-harvest-history/bin/python tests/harvesters/read_atom.py http://127.0.0.1:8000/changes.atom

Prints JSON: what is wrong with each of the documents, and the entries of all, the latest first.
"""

import json
import sys
from typing import Any

import feedparser


def read(url: str | None) -> dict[str, list[Any]]:
    """From archive to archive (https://www.rfc-editor.org/rfc/rfc5005#section-4)."""
    wrong: list[str] = []
    entries: list[dict[str, str]] = []
    while url:
        feed = feedparser.parse(url)
        wrong += [f"{url}: {feed.get('bozo_exception')}"] if feed.bozo or feed.version != "atom10" else []
        entries += [
            {
                "id": each.id,
                "title": each.title,
                "link": each.link,
                "updated": each.updated,
                "parsed": list(each.updated_parsed),
                "kind": each.tags[0].term,
            }
            for each in feed.entries
        ]
        url = next((link.href for link in feed.feed.links if link.rel == "prev-archive"), None)
    return {"wrong": wrong, "entries": entries}


if __name__ == "__main__":
    json.dump(read(sys.argv[1]), sys.stdout)
