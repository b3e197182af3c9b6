"""Ready: would this phone get through now, what it cannot do, and how to be off the page at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fake_site import FakeSite
from playwright.sync_api import Page, expect
from visitors import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def way(page: Page, name: str) -> Any:
    return page.locator(f"[data-way={name}]")


def test_each_way_says_whether_it_would_get_through(visitor: Any, site: FakeSite) -> None:
    site.push = {"state": "proven", "proven_at": site.stamp(-7_200)}
    page = visitor.open("/phone", "worker-token")
    expect(way(page, "server")).to_have_text(re.compile("Server reached"))
    expect(way(page, "push")).to_contain_text("Push proven 2 h ago")
    expect(way(page, "push")).to_have_attribute("data-state", "proven")
    expect(way(page, "text")).to_contain_text("By text too: SOS to +12025550199")
    site.hang_up()
    expect(way(page, "server")).to_contain_text("Server last heard")
    expect(way(page, "server")).to_have_attribute("data-state", "unknown")


@pytest.mark.parametrize(
    ("push", "said"),
    [
        (None, "Push: not known"),
        ({"state": "none"}, "This phone is not rung by push"),
        ({"state": "unproven", "proven_at": None}, "Push not proven yet"),
        ({"state": "ended"}, "Push has ended on this phone"),
        ({"state": "a word of a newer server"}, "Push: not known"),
    ],
)
def test_what_is_not_proven_is_amber_and_an_older_server_makes_nothing_worse(
    visitor: Any, site: FakeSite, push: Any, said: str
) -> None:
    site.push = push
    page = visitor.open("/phone", "worker-token")
    expect(way(page, "push")).to_contain_text(said)
    expect(way(page, "push")).to_have_attribute("data-state", "unknown")
    page.locator(".sos").evaluate("button => button.click()")
    expect(page.locator("[data-screen=live]")).to_be_visible()


def test_how_many_would_be_rung_is_said_where_the_server_knows(visitor: Any, site: FakeSite) -> None:
    site.more = {"would_ring": 4}
    expect(visitor.open("/phone", "worker-token").get_by_text("4 people would be rung.")).to_be_visible()
    site.more = {}
    expect(visitor.open("/phone", "worker-token").get_by_text("6 people on shift.")).to_be_visible()


def test_an_empty_battery_is_said_and_a_full_one_is_not(visitor: Any) -> None:
    visitor.context.add_init_script(
        "const cell = Object.assign(new EventTarget(), { level: 0.14, charging: false });"
        "navigator.getBattery = async () => cell; self.charge = () => { cell.level = 0.9;"
        " cell.dispatchEvent(new Event('levelchange')); };"
    )
    page = visitor.open("/phone", "worker-token")
    expect(way(page, "battery")).to_contain_text("Battery at 14 %")
    page.evaluate("charge()")
    expect(way(page, "battery")).to_have_count(0)


def test_a_link_lives_in_its_tab_until_the_phone_keeps_it(phone: Page, visitor: Any) -> None:
    expect(way(phone, "tab")).to_contain_text("In this tab only.")
    way(phone, "tab").get_by_role("button").click()
    expect(way(phone, "tab")).to_have_count(0)
    other = visitor.open("/phone", None)
    expect(other.get_by_role("heading", name="Ready")).to_be_visible()


def test_a_phone_whose_clock_is_a_day_off_says_so_and_counts_by_the_servers(visitor: Any, site: FakeSite) -> None:
    page = visitor.open("/phone", "worker-token")  # The site's clock stands in another month.
    expect(way(page, "clock")).to_contain_text("This phone's clock is wrong. The server's counts.")
    page.locator(".sos").evaluate("button => button.click()")
    until(page, site.pressed)
    assert site.pressed()[0]["occurred_at"].startswith("2026-06-11T23:0")


def test_what_a_phone_cannot_do_is_one_tap_away_each_with_what_to_do_instead(phone: Page) -> None:
    phone.get_by_text("How it works here").click()
    phone.get_by_role("button", name="What this phone cannot do").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("What this phone cannot do")
    for name in ("On every phone", "On a computer", "On an iPhone or iPad", "On an Android phone"):
        expect(phone.get_by_text(name, exact=True)).to_be_visible()
    assert phone.locator("dl.gaps dt").count() == phone.locator("dl.gaps dd").count() > 10
    phone.get_by_role("button", name="Go back").click()
    expect(phone.locator(".sos")).to_be_visible()


def test_the_quick_exit_is_off_the_page_at_once_and_sends_nothing(phone: Page, site: FakeSite) -> None:
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Quick exit").click()
    expect(phone).to_have_title("Notes")
    assert phone.url.endswith("/notes")
    body = phone.locator("body").inner_text().lower()
    assert not any(word in body for word in ("tocsin", "sos", "alert", "maya", "911", "help"))
    expect(phone.locator("input:checked")).to_have_count(0)
    phone.context.set_offline(False)
    phone.reload()
    expect(phone).to_have_title("Notes")
    expect(phone.locator("button.title")).to_be_visible()
    assert site.tries() == []
    phone.locator("button.title").dispatch_event("pointerdown")
    expect(phone.get_by_role("heading", name="Ready")).to_be_visible()
    assert phone.url.endswith("/phone")


def test_from_behind_the_quick_exit_help_is_one_tap_away_and_silent(phone: Page, site: FakeSite) -> None:
    phone.get_by_role("button", name="Quick exit").click()
    phone.get_by_role("button", name="Share").click()
    expect(phone.locator("input:checked")).to_have_count(2)
    assert [body["silent"] for body in site.pressed()] == [True]
    expect(phone).to_have_title("Notes")


def test_what_is_typed_behind_the_quick_exit_is_told_to_nobody_then_or_later(phone: Page, site: FakeSite) -> None:
    phone.get_by_role("button", name="Quick exit").click()
    phone.get_by_role("button", name="+ New item").click()
    phone.keyboard.type("lemons, six")
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("lemons, six")).to_be_visible()
    phone.get_by_role("button", name="Share").click()
    expect(phone.locator("input:checked")).to_have_count(2)
    phone.get_by_role("button", name="+ New item").click()
    phone.keyboard.type("by the gate")
    phone.keyboard.press("Enter")
    until(phone, lambda: site.posted("/notes"))
    assert site.posted("/notes") == [{"text": "by the gate"}]


def test_where_nothing_can_be_kept_the_page_says_so_and_sends_all_the_same(visitor: Any, site: FakeSite) -> None:
    visitor.context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
        "IDBFactory.prototype.open = () => { throw new DOMException('private', 'SecurityError'); };"
    )
    page = visitor.open("/phone", "worker-token")
    page.get_by_role("heading", name="Ready").wait_for()
    site.refuse = 503
    page.locator(".sos").evaluate("button => button.click()")
    expect(page.get_by_text("This phone cannot keep it")).to_be_visible()
    site.refuse = None
    expect(page.locator("[data-screen=live]")).to_be_visible()
    assert len(site.pressed()) == 1


def test_a_browser_that_forbids_every_store_still_calls_for_help(visitor: Any, site: FakeSite) -> None:
    visitor.context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])"
        " Object.defineProperty(self, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page = visitor.open("/phone", "worker-token")
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    page.locator(".sos").evaluate("button => button.click()")
    expect(page.locator("[data-screen=live]")).to_be_visible()
    assert len(site.pressed()) == 1
