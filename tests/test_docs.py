"""The documentation is held to the code; `python tests/test_docs.py` writes the page of settings and commands."""

import re
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from ctl_graph.cli import main
from ctl_graph.config import PREFIX, Config

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "ontology").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
SETTINGS = ROOT / "docs" / "settings.md"
HEAD = f"""# Settings and commands

A setting stands in `ctl-graph.toml`, in the folder where the command runs (or in the file that `{PREFIX}CONFIG`
names), or in the environment, which has the last word: `{PREFIX}` and its name in capitals. Paths start from the folder
of the settings file.
The server also reads `PORT` (8000), `HOST` (127.0.0.1) and `WEB_CONCURRENCY` (2 processes): see `gunicorn.conf.py`.
`ctl-graph publish` reads the password of a store elsewhere from `{PREFIX}STORE_PASSWORD`, which is no setting.

| setting | default | what it is for |
|---|---|---|
"""


def settings_page() -> str:
    """`docs/settings.md`, from the help texts of the code."""
    rows = []
    for setting in fields(Config):
        default = "required" if setting.default is MISSING else f"`{setting.default!r}`".replace("'", '"')
        rows.append(f"| `{setting.name}` | {default} | {setting.metadata['help']} |")
    commands = [
        f"| `ctl-graph {name}` | {command.get_short_help_str(200)} |" for name, command in main.commands.items()
    ]
    return HEAD + "\n".join([*rows, "", "| command | what it does |", "|---|---|", *commands]) + "\n"


def local_links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            yield page, link


def test_settings_and_commands_are_documented_as_they_are() -> None:
    assert SETTINGS.read_text(encoding="utf-8") == settings_page()


def test_links_between_pages_lead_somewhere() -> None:
    links = list(local_links())
    assert len(links) > 10
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_place_on_a_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(home|root|work|Users)/", page.read_text(encoding="utf-8"))


def test_every_library_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    declared = re.findall(
        r'^    "([a-z0-9]+)[>=<]', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(declared) >= 18
    assert [name for name in declared if name not in reasons] == []


if __name__ == "__main__":
    sys.exit(SETTINGS.write_text(settings_page(), encoding="utf-8") == 0)
