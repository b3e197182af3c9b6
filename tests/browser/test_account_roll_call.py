"""The roll call on one's own page in Chromium, for somebody without a phone app, with and without scripts."""

from __future__ import annotations

import pytest
from axe_core import axe_findings
from office_site import OfficeSite
from office_visitors import Opening
from playwright.sync_api import expect
from visitors import follow

from staff import ORG
from tocsin.core.access.roll_record import RollSaid

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ANSWER_MIN_PX = 68


@pytest.fixture
def me() -> str:
    return "teo"


def said(office: OfficeSite) -> list[str]:
    return [line.word.by for line in office.house.world.all_kept(ORG, RollSaid).values() if line.word.member == "teo"]


def rung(office: OfficeSite) -> int:
    return sum(alert.member == "teo" for alert in office.house.world.open_alerts(ORG))


@pytest.mark.parametrize("scripts", [True, False])
def test_one_press_says_safe_and_another_rings(signed_in: Opening, office: OfficeSite, scripts: bool) -> None:
    page = signed_in("/account", width=360, java_script_enabled=scripts)
    before = rung(office)
    for name in ("I am safe", "I need help"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None and box["height"] >= ANSWER_MIN_PX, name
    follow(page.get_by_role("button", name="I am safe"))
    expect(page.get_by_role("heading", name="Noted: you are safe")).to_be_visible()
    assert said(office) == ["page"] and rung(office) == before
    follow(page.get_by_role("button", name="I need help"))
    expect(page.get_by_text("Received. Your colleagues are being rung.")).to_be_visible()
    assert said(office) == ["page", "alert"] and rung(office) == before + 1


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_question_is_sound(signed_in: Opening, office: OfficeSite, language: str, scheme: str) -> None:
    office.house.change("teo", language=language)
    page = signed_in("/account", width=360, color_scheme=scheme)
    expect(page.locator("#roll-1")).to_be_visible()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
