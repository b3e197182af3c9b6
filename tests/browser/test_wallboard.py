"""The wallboard at rest and in the red, in a bright room and a dark one, read by whoever cannot see its colours."""

from __future__ import annotations

import pytest
from axe_core import axe_findings
from fake_site import LUIS, FakeSite
from playwright.sync_api import expect
from screen_states import heard
from visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_wallboard_says_in_words_that_all_is_quiet_and_that_it_is_not(
    visitor: Visitor, site: FakeSite, scheme: str
) -> None:
    page = visitor.open("/wallboard", "lead-token")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.get_by_role("heading", name="No alert").wait_for()
    assert axe_findings(page) == []
    alert = site.raise_alert(places=[{"kind": "planned", "label": "Lot B, bay 12"}])
    site.tell(alert["id"])
    page.get_by_role("heading", name="SOS: Lot B, bay 12").wait_for()
    page.get_by_text("Ringing", exact=True).wait_for()
    assert axe_findings(page) == []
    site.change(alert["id"], answers=[site.said(LUIS, "with_them")])
    page.get_by_text("With them").wait_for()
    assert "Luis" not in page.content(), "who it is, a public screen does not say"
    assert axe_findings(page) == []
    site.change(alert["id"], state="closed", outcome="safe")
    page.get_by_role("heading", name="No alert").wait_for()
    assert axe_findings(page) == []


def test_a_public_screen_says_how_many_come_and_never_who(visitor: Visitor, site: FakeSite) -> None:
    page = visitor.open("/wallboard", "lead-token")
    heard(page, site)
    site.raise_alert(coming=0)
    site.tell("alert-1")
    page.get_by_text("Ringing", exact=True).wait_for()
    site.change("alert-1", coming=2)
    page.get_by_text("2 coming", exact=True).wait_for()
    site.change("alert-1", coming=0)
    page.get_by_text("Ringing", exact=True).wait_for()
    expect(page.get_by_text("coming")).to_have_count(0)
