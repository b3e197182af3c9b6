"""Silence looks like something else: an ordinary list, with the truth in its ticks and nobody's name."""

from __future__ import annotations

import pytest
from fake_site import DANA, FakeSite
from playwright.sync_api import Page, expect
from visitors import held, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def hushed(phone: Page) -> Page:
    phone.get_by_role("button", name="Send silently").click()
    expect(phone).to_have_title("Notes")
    return phone


def test_the_screen_is_an_ordinary_list(hushed: Page, site: FakeSite) -> None:
    until(hushed, site.pressed)
    assert site.pressed()[0]["silent"] is True
    assert hushed.url.endswith("/notes")
    page = hushed.content().lower()
    body = hushed.locator("body").inner_text().lower()
    assert not any(word in body for word in ("tocsin", "sos", "alert", "maya", "911", "help"))
    assert 'role="alert"' not in page and 'role="status"' not in page
    assert "Tocsin Sans" not in hushed.locator("body").evaluate("body => getComputedStyle(body).fontFamily")


def test_the_ticks_tell_the_truth_without_a_name(hushed: Page, site: FakeSite) -> None:
    ticked = hushed.locator("input:checked")
    expect(ticked).to_have_count(2)
    site.change("alert-1", people_rung=6)
    expect(ticked).to_have_count(3)
    expect(hushed.locator("li").nth(2).locator("small")).to_have_text("6")
    site.change("alert-1", answers=[site.said(DANA, "coming")])
    expect(ticked).to_have_count(4)
    site.jump(80)
    expect(hushed.get_by_text("911")).to_have_count(0)
    site.change("alert-1", answers=[site.said(DANA, "with_them")])
    expect(ticked).to_have_count(5)
    assert "dana" not in hushed.locator("body").inner_text().lower()


def test_not_sent_is_not_synced_and_a_reload_keeps_the_list(phone: Page, site: FakeSite) -> None:
    site.refuse = 503
    phone.get_by_role("button", name="Send silently").click()
    expect(phone.get_by_text("Not synced")).to_be_visible()
    expect(phone.locator("input:checked")).to_have_count(0)
    phone.reload()
    expect(phone.get_by_text("Not synced")).to_be_visible()
    expect(phone).to_have_title("Notes")
    site.refuse = None
    expect(phone.locator("input:checked")).to_have_count(2)
    assert len(site.pressed()) == 1


def test_sharing_rings_again_and_a_new_item_is_a_note(hushed: Page, site: FakeSite) -> None:
    expect(hushed.locator("input:checked")).to_have_count(2)
    hushed.get_by_role("button", name="Share").click()
    hushed.get_by_role("button", name="+ New item").click()
    hushed.keyboard.type("he has a knife")
    hushed.keyboard.press("Enter")
    expect(hushed.get_by_text("he has a knife")).to_be_visible()
    until(hushed, lambda: len(site.pressed()) == 2 and site.posted("/notes"))
    assert [body["silent"] for body in site.pressed()] == [True, True]
    assert site.posted("/notes") == [{"text": "he has a knife"}]


def test_holding_the_title_asks_for_the_code_and_the_right_one_ends_it(hushed: Page, site: FakeSite) -> None:
    hushed.locator("button.title").focus()
    held(hushed, "Enter", "#pin")
    hushed.get_by_label("Passcode").fill(site.pin)
    hushed.keyboard.press("Enter")
    expect(hushed.locator("[data-screen=closed]")).to_be_visible()
    assert hushed.url.endswith("/phone")
