"""Rosters and reach in Chromium: with people on, gaps, what waits, a night of the changed clock; and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from axe_core import axe_findings
from office_site import OfficeSite
from office_visitors import Opening
from playwright.sync_api import Page, expect
from visitors import follow

from rostered import DAY, HOUR, SITE, Rostered
from tocsin.core.attendance import Attendance, AttendancePhase
from tocsin.core.directory import Contact, Shift
from tocsin.core.words import Channel

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NIGHT_MS = 1_793_505_600_000  # The first of November 2026 in Chicago, on which the clock goes back.
CHANGE = "ul.shifts a.button"
PAGES = ("/office/roster", "/office/roster?by=person", "/office/reach", "/office/reach?who=all", "/account/shifts")


@pytest.fixture
def house() -> Rostered:
    """Wale came in, Noor has gone; Ana is proven, Teo half reachable; and every hour of two days has its shift."""
    known = Rostered(began_ms=NIGHT_MS)
    now_ms = known.clock.ms
    voice = Contact("ana/voice", Channel.VOICE, "+12025550160", verified=True)
    proven = Contact(
        "ana/sms", Channel.SMS, "+12025550160", verified=True, asked_ms=now_ms - DAY, answered_ms=now_ms - DAY
    )
    known.change("ana", contacts=(proven, voice))
    more = [Shift(SITE, ("teo", "bo"), known.second[2] + n * DAY, known.second[2] + n * DAY + HOUR) for n in range(3)]
    known.shifts(*known.directory.shifts, *more, Shift(SITE, (), now_ms + DAY, now_ms + DAY + HOUR))
    for id, phase in (("wale", AttendancePhase.HERE), ("noor", AttendancePhase.GONE)):
        known.attend(Attendance(id=id, site=SITE, since_ms=now_ms - 1, until_ms=now_ms + HOUR, phase=phase))
    return known


@pytest.fixture
def me() -> str:
    return "teo"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(signed_in: Opening, theme: str) -> None:
    width = 360 if theme == "dark" else 1280
    page = signed_in("/office/roster", width=width, color_scheme=theme)
    shift = page.locator(CHANGE).first.get_attribute("href")
    for path in (*PAGES, shift, "/office/roster/shift?site=centre"):
        page.goto(page.url.partition("/office")[0].partition("/account")[0] + str(path))
        assert axe_findings(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_two_supervisors_change_a_shift_at_once_and_both_are_shown(signed_in: Opening, office: OfficeSite) -> None:
    first, second = signed_in("/office/roster"), signed_in("/office/roster")
    for page in (first, second):
        follow(page.locator(CHANGE).first)
    first.get_by_label("Add people").fill("bo")
    follow(first.get_by_role("button", name="Save"))
    expect(first.get_by_role("status")).to_contain_text("Saved.")
    second.get_by_label("Add people").fill("wale")
    follow(second.get_by_role("button", name="Save"))
    expect(second.get_by_role("alert")).to_contain_text("Somebody else changed this")
    assert axe_findings(second) == []


def test_somebody_clocks_in_asks_and_is_answered_with_nothing_but_a_keyboard(
    signed_in: Opening, office: OfficeSite
) -> None:
    page = signed_in("/account/shifts", "ana")
    press(page, "link", "Ask somebody to take it", last=True)
    page.get_by_label("Who").focus()
    page.keyboard.type("Wale Invented")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Asked.")
    other = signed_in("/account/shifts", "wale")
    press(other, "button", "I take it")
    expect(other.get_by_role("status")).to_contain_text("You said yes.")
    press(other, "button", "Clock out")
    expect(other.get_by_role("heading", level=1)).to_have_text("You are not on shift")
    assert "wale" not in office.house.directory.attendance


def press(page: Page, role: Any, name: str, *, last: bool = False) -> None:
    found = page.get_by_role(role, name=name)
    found.nth(-1 if last else 0).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_test_that_cannot_be_made_here_says_so(signed_in: Opening) -> None:
    page = signed_in("/office/reach", width=360)
    expect(page.get_by_text("Proven: answered 1 day ago")).to_be_visible()
    follow(page.get_by_role("button", name="Test everybody on shift now"))
    expect(page.get_by_role("status")).to_contain_text("Nobody was asked")
