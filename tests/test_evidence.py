"""Who says so: each row of each stored question is one click away from its sources, and each figure from its list.

Valdoro tells nothing of some questions, which are asked of the real data.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from ctl_graph import questions
from ctl_graph.config import Config
from ctl_graph.release import Release
from ctl_graph.web import create_app

STORED = questions.load()


class Evidence:
    """What the rows of answers lead to, over one site; each page is read once."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._pages: dict[str, str] = {}

    def page(self, address: str) -> str:
        if address not in self._pages:
            response = self.client.get(address, headers={"Accept": "text/html"})
            assert response.status_code == 200, address
            self._pages[address] = response.text
        return self._pages[address]

    def rows(self, address: str) -> list[str]:
        table = self.page(address).partition("<tbody>")[2].partition("</tbody>")[0]
        return re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)

    def is_said(self, address: str, row: str) -> bool:
        """A row opens a note of this page, or leads to the sources of its thing, or is of a source itself."""
        notes = re.findall(r'popovertarget="([^"]+)"', row)
        if notes:
            return all(f'id="{note}"' in self.page(address) for note in notes)
        place = next(iter(re.findall(r'href="(/doc/[^"]*)#sources"', row)), None)
        return place is not None and (place.startswith("/doc/source/") or 'id="sources"' in self.page(place))

    def is_listed(self, row: str) -> bool:
        """A figure leads to the list of what it counts: rows with their sources, or things with pages of their own."""
        figures = re.findall(r"<td>(?:<[^>]+>)*(\d+)(?:<[^>]+>)*</td>", row)
        assert figures, f"no figure in {row}"
        if not any(map(int, figures)):
            return True  # of nothing there is no list
        place = unescape(re.findall(r'<a href="([^"]+)">[^<]*</a></td>$', row)[0])
        if place.startswith(("/class/", "/graph/")):
            return bool(re.search(r'<main.*href="/doc/', self.page(place), re.DOTALL))
        listed = self.rows(place)
        return bool(listed) and all(self.is_said(place, each) for each in listed)


FIGURES = {"counts", "things-by-class", "members-by-province", "organisations-by-province", "partner-countries"}


# What Valdoro tells nothing of.
ELSEWHERE = {
    "competence-map", "contributions-to-eu-programmes", "contributions-to-regional-strategy",
    "designations", "excellences", "excellences-on-date", "objectives-and-activities", "organisation-seats",
    "organisations-with-identifiers", "recognition-acts", "shared-themes", "size-observations", "start-ups",
    "support-for-small-firms", "value-chains",
}  # fmt: skip
NOWHERE = {"start-ups"}  # no source calls a member so


@pytest.fixture
def here(client: FlaskClient) -> Evidence:
    return Evidence(client)


@pytest.fixture(scope="module")
def there(real_release: Release) -> Iterator[Evidence]:
    """Over the project's own data."""
    config = Config.load(Path(__file__).parents[1] / "ctl-graph.toml", environ={})
    with create_app(replace(config, releases=real_release.path.parent)).test_client() as client:
        yield Evidence(client)


def check(evidence: Evidence, name: str, address: str) -> int:
    """How many rows there are, of which each leads to its evidence."""
    rows = evidence.rows(address)
    for row in rows:
        assert evidence.is_listed(row) if name in FIGURES else evidence.is_said(address, row), row
    return len(rows)


@pytest.mark.parametrize("name", STORED)
def test_each_row_of_valdoro_leads_to_its_evidence(here: Evidence, name: str) -> None:
    everything = {each.name: "" for each in STORED[name].parameters}
    assert bool(check(here, name, f"/questions/{name}?{urlencode(everything)}")) != (name in ELSEWHERE)


@pytest.mark.parametrize("name", STORED)
def test_each_row_of_the_real_data_leads_to_its_evidence(there: Evidence, name: str) -> None:
    """With the question's examples, which are of these data."""
    assert bool(check(there, name, f"/questions/{name}")) != (name in NOWHERE)
