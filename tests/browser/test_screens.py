"""The desk and the wallboard: a key held on a desk's page calls for help; neither shows anything without a link."""

from __future__ import annotations

import re

import pytest
from axe_core import axe_findings
from fake_site import FakeSite
from visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_key_held_anywhere_on_a_desks_page_calls_for_help(visitor: Visitor, site: FakeSite) -> None:
    desk = visitor.open("/desk", "desk-token")
    desk.get_by_role("heading", name="Ready").wait_for()
    assert axe_findings(desk) == []
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press(" ")
    assert site.pressed() == [], "a touch of the key is no press"
    desk.keyboard.down(" ")
    desk.get_by_role("heading", name=re.compile("Sent|Ringing|Received")).wait_for()
    desk.keyboard.up(" ")
    assert len(site.pressed()) == 1
    assert axe_findings(desk) == []


def test_a_screen_without_its_link_says_what_it_needs(visitor: Visitor) -> None:
    for path in ("/desk", "/wallboard"):
        page = visitor.open(path, None)
        page.get_by_role("heading", name="Open the link you were given.").wait_for()
        assert axe_findings(page) == []
