"""The colleagues' phones: each text as it lands, answered by a tap or by typing."""

from __future__ import annotations

from typing import Any

import pytest
from fake_site import DANA, PRIYA, TOCSIN, FakeSite
from playwright.sync_api import Page, expect
from visitors import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NUMBERS = {"+12025550112": DANA, "+12025550113": PRIYA}
RING = "SOS Maya Lindqvist\nLot B, 9 s ago\nDo not go out.\nAnswer 4711=coming 8822=with them 3093=cannot #k3f9"


@pytest.fixture
def board(visitor: Any, site: FakeSite) -> Page:
    site.phones = [{"number": number, "name": who["name"], "messages": []} for number, who in NUMBERS.items()]
    page: Page = visitor.open("/colleagues", None)
    expect(page.get_by_role("heading", name="Dana Okafor")).to_be_visible()
    return page


def test_a_text_lands_on_its_phone_and_lights_it_up(board: Page, site: FakeSite) -> None:
    site.text("+12025550112", site.message(TOCSIN, RING))
    dana = board.locator("[data-phone='+12025550112']")
    expect(dana).to_contain_text("SOS Maya Lindqvist")
    expect(dana).to_have_attribute("data-new", "")
    expect(board.locator("[data-phone='+12025550113']")).to_contain_text("No text yet.")


def test_a_tap_sends_the_number_beside_the_word(board: Page, site: FakeSite) -> None:
    site.text("+12025550112", site.message(TOCSIN, RING))
    dana = board.locator("[data-phone='+12025550112']")
    expect(dana.locator(".replies button")).to_have_count(3)
    dana.get_by_role("button", name="With them").click()
    expect(dana.locator("[data-mine]")).to_contain_text("8822")
    assert site.posted("/send") == [{"text": "8822"}]
    expect(dana.get_by_role("button", name="Coming")).to_be_visible()


def test_words_can_be_typed_as_any_colleague(board: Page, site: FakeSite) -> None:
    board.get_by_label("Text as Priya Raman").fill("SOS lot b")
    board.keyboard.press("Enter")
    expect(board.locator("[data-phone='+12025550113'] [data-mine]")).to_contain_text("SOS lot b")


def test_the_numbers_go_when_it_is_over(board: Page, site: FakeSite) -> None:
    site.text("+12025550112", site.message(TOCSIN, RING))
    dana = board.locator("[data-phone='+12025550112']")
    expect(dana.get_by_role("button", name="Coming")).to_be_visible()
    site.text("+12025550112", site.message(TOCSIN, "ALL CLEAR: Maya Lindqvist. The alert is over."))
    expect(dana.get_by_role("button", name="Coming")).to_have_count(0)


def test_texts_that_landed_before_the_page_opened_are_there(board: Page, site: FakeSite) -> None:
    site.phones[0]["messages"].append(site.message(TOCSIN, RING))
    board.reload()
    expect(board.locator("[data-phone='+12025550112']")).to_contain_text("Lot B, 9 s ago")


def test_a_phone_can_be_put_through_weather(board: Page, site: FakeSite) -> None:
    dana = board.locator("[data-phone='+12025550112']")
    dana.get_by_text("What goes wrong").click()
    dana.get_by_role("combobox").select_option("off")
    until(board, lambda: site.posted("/faults"))
    assert site.posted("/faults") == [{"number": "+12025550112", "fault": {"undelivered": 30003}}]


def test_a_lost_sandbox_is_said(board: Page, site: FakeSite) -> None:
    site.hang_up()
    expect(board.get_by_role("alert")).to_contain_text("Not live")
    site.deaf = False
    expect(board.get_by_role("alert")).to_have_count(0)


def test_a_link_in_a_text_is_tapped_as_on_a_phone(board: Page, site: FakeSite) -> None:
    said = "Noted: coming. Your page: https://tocsin.example.org/r/YHGGW5THBG0RPTSD"
    site.text("+12025550112", site.message(TOCSIN, said))
    dana = board.locator("[data-phone='+12025550112']")
    expect(dana.locator(".texts p")).to_have_text(said)
    expect(dana.get_by_role("link")).to_have_attribute("href", "/r/YHGGW5THBG0RPTSD")
