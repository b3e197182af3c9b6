"""The list of a roll call in Chromium: it changes by itself, says when it may be old, and stops when it is over."""

from __future__ import annotations

import pytest
from axe_core import axe_findings
from office_site import OfficeSite
from office_visitors import Opening
from playwright.sync_api import expect

from staff import ORG
from tocsin.core.access.record import By
from tocsin.core.access.roll_commands import CloseRoll, SaySafe
from tocsin.core.access.words import Via
from tocsin.core.commands import Done, Press, PressTaken
from tocsin.core.words import Came

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROLL, READS = "/office/roll-calls/r1", "**/api/v1/roll-calls/r1"


def by(member: str) -> By:
    return By(member, Via.SYSTEM)


def test_the_list_changes_as_people_answer_and_keeps_what_has_the_focus(signed_in: Opening, office: OfficeSite) -> None:
    page = signed_in(ROLL)
    expect(page.get_by_role("heading", level=1)).to_have_text("Of 4 people nothing is known")
    page.locator("[data-part=people] li", has_text="Noor").get_by_role("link").focus()
    with page.expect_response(READS):
        pass  # What is said before the first reading is no news.
    assert office.house.decide(SaySafe(org=ORG, by=by("teo"), roll="r1")) == Done()
    expect(page.get_by_role("heading", level=1)).to_have_text("Of 3 people nothing is known")
    expect(page.locator("[data-part=people] li", has_text="Teo")).to_contain_text("on their own page")
    expect(page.locator("[data-part=counts] li", has_text="Safe")).to_contain_text("3")
    told = page.locator("[data-part=told]")
    expect(told).to_have_text("Of 3 people nothing is known. Teo Invented: Safe.")
    assert told.get_attribute("role") == "status", "said when nothing else is being said"
    press = Press(org=ORG, credential="noor", key="k", member="noor", device=None, came=Came.DEVICE)
    assert isinstance(office.house.decide(press), PressTaken)
    expect(page.get_by_role("heading", level=1)).to_have_text("1 person needs help")
    expect(page.locator("[data-part=people] li").first).to_contain_text("by an SOS")
    expect(page.locator(":focus")).to_contain_text("Noor")
    assert axe_findings(page) == []


def test_what_the_script_draws_is_what_the_server_draws(signed_in: Opening, office: OfficeSite) -> None:
    for language in ("en", "es"):
        office.house.change("long", language=language)
        written = signed_in(ROLL, java_script_enabled=False).locator("main").inner_text()
        assert ("nothing is known" in written) is (language == "en")
        page = signed_in(ROLL)
        with page.expect_response(READS):
            pass
        with page.expect_response(READS):
            pass  # The one before this is drawn by now.
        assert page.locator("main").inner_text() == written, language


NAME_ABOVE = """row => {
  const name = document.createRange();
  name.selectNodeContents(row.querySelector('bdi'));
  const end = row.querySelector('bdi').getBoundingClientRect().bottom;  // Further lines of a name are cut off.
  const lines = [...name.getClientRects()].every(line => line.bottom <= end + 2 || line.top >= end - 2);
  return lines && end <= row.querySelector('small').getBoundingClientRect().top;
}"""


@pytest.mark.parametrize("path", [ROLL, "/office/announced"])
def test_however_long_a_name_is_it_stands_above_what_is_said_of_them(signed_in: Opening, path: str) -> None:
    page = signed_in(path, width=360, java_script_enabled=False)
    rows = page.locator("li:has(> .grow > .hit + small)")
    assert rows.count() and all(row.evaluate(NAME_ABOVE) for row in rows.all())


def test_a_list_that_hears_nothing_says_so_until_it_does(signed_in: Opening) -> None:
    page = signed_in(ROLL)
    page.route(READS, lambda route: route.abort())
    expect(page.locator("[data-part=live]")).to_contain_text("Not live")
    assert axe_findings(page) == []
    page.unroute(READS)
    expect(page.locator("[data-part=live]")).to_be_empty()


def test_a_session_that_has_lain_idle_is_asked_to_look_again(signed_in: Opening) -> None:
    page = signed_in(ROLL)
    page.route(READS, lambda route: route.fulfill(status=403, json={"code": "not_allowed"}))
    expect(page.locator("[data-part=live]")).to_contain_text("Not live Look again.")
    assert page.get_by_role("link", name="Look again").get_attribute("href") == ROLL


def test_it_stops_when_the_roll_call_is_over(signed_in: Opening, office: OfficeSite) -> None:
    page = signed_in(ROLL)
    assert office.house.decide(CloseRoll(org=ORG, by=by("long"), roll="r1")) == Done()
    expect(page.locator(".opening")).to_contain_text("Closed")
    expect(page.get_by_role("button", name="Close the roll call")).to_have_count(0)
    expect(page.get_by_role("link", name="Look again")).to_have_count(0)
    expect(page.locator("[data-part=told]")).to_have_text("Closed. This is the report.")
    assert axe_findings(page) == []
