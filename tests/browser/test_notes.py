"""The notes behind marks, in a real browser: beside their marks, closed by their buttons, and without scripts."""

import pytest
from playwright.sync_api import expect

from .conftest import Visit


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_note_opens_beside_its_mark_and_is_closed(visit: Visit, width: int, scripts: bool) -> None:
    page = visit("/doc/cluster/alfa", width=width, scripts=scripts).page
    mark = page.locator("section[aria-labelledby=members] [popovertarget]").first
    mark.click()
    note = page.locator(".sources > :popover-open")
    expect(note).to_be_visible()
    here, there = mark.bounding_box(), note.bounding_box()
    assert here
    assert there
    below, above = there["y"] - here["y"] - here["height"], here["y"] - there["y"] - there["height"]
    assert 0 <= max(below, above) < 20
    assert there["x"] >= 0
    assert there["x"] + there["width"] <= width
    note.get_by_role("button", name="Chiudi").click()
    expect(note).to_have_count(0)
    expect(mark).to_be_focused()


def test_in_the_list_a_note_has_no_button(visit: Visit) -> None:
    page = visit("/doc/cluster/alfa").page
    expect(page.locator(".sources > li").first).to_be_visible()
    expect(page.locator(".sources button").first).to_be_hidden()
