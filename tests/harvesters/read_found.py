"""What programs of others find: readers of robots.txt, site maps, signposts, data in pages, mappings.

    .venv-harvest-found/bin/python tests/harvesters/read_found.py http://127.0.0.1:8000

Prints JSON.
"""

import json
import logging
import sys
from io import StringIO
from typing import Any
from urllib.request import Request, urlopen

PAGES = ("/", "/doc/cluster/alfa", "/def/Cluster", "/dataset/organisations")
SETS = ("organisations-ror", "vocabulary")


def fetched(url: str) -> str:
    with urlopen(Request(url, headers={"Accept": "text/html, */*;q=0.1"}), timeout=60) as response:
        return str(response.read().decode())


def robots(site: str) -> dict[str, Any]:
    from protego import Protego

    rules = Protego.parse(fetched(f"{site}/robots.txt"))
    places = ("/", "/doc/cluster/alfa", "/sparql", "/sparql?query=x", "/search?q=x")
    return {"may": {place: rules.can_fetch(site + place, "any") for place in places}, "maps": list(rules.sitemaps)}


def sitemap(site: str) -> list[list[str]]:
    from usp.tree import sitemap_tree_for_homepage

    tree = sitemap_tree_for_homepage(f"{site}/", use_known_paths=False)
    return [[page.url.removeprefix(site), str(page.last_modified)] for page in tree.all_pages()]


def signposts(page: str) -> dict[str, Any]:
    """Level 1, and for each set of links whether it says the same of the page: level 2."""
    from signposting import find_signposting_http, find_signposting_linkset

    said = find_signposting_http(page)
    sets = [find_signposting_linkset(each.target, each.type).for_context(page) for each in said.linksets]
    return {**told(said), "sets": [told(each) for each in sets]}


def told(said: Any) -> dict[str, Any]:
    return {
        "cite-as": said.citeAs.target,
        "license": said.license.target,
        "type": sorted(each.target for each in said.types),
        "item": sorted(each.target for each in said.items),
        "describedby": sorted(each.target for each in said.describedBy),
    }


def data(page: str) -> dict[str, Any]:
    import extruct

    found = extruct.extract(fetched(page), base_url=page, syntaxes=["json-ld", "opengraph"])
    kinds = [node["@type"] for block in found["json-ld"] for node in block["@graph"]]
    return {"kinds": kinds, "opengraph": dict(found["opengraph"][0]["properties"])}


def mappings(url: str) -> dict[str, Any]:
    from sssom.constants import DEFAULT_VALIDATION_TYPES
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    table = parse_sssom_table(StringIO(fetched(url)))
    reports = validate(table, DEFAULT_VALIDATION_TYPES, fail_on_error=True)
    found = [result.message for report in reports.values() for result in report.results]
    return {"rows": len(table.df), "license": table.metadata["license"], "objections": found}


if __name__ == "__main__":
    logging.disable(logging.ERROR)
    at = sys.argv[1]
    answer = {
        "robots": robots(at),
        "sitemap": sitemap(at),
        "signposts": {page: signposts(at + page) for page in PAGES},
        "data": {page: data(at + page) for page in PAGES},
        "mappings": {name: mappings(f"{at}/mappings/{name}.sssom.tsv") for name in SETS},
    }
    print(json.dumps(answer))
