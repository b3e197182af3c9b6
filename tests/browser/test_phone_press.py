"""The worker's press: it is kept before it is sent, sent until it is taken, and never twice another press."""

from __future__ import annotations

from typing import Any

import pytest
from fake_site import FakeSite
from playwright.sync_api import Page, Route, expect
from visitors import held, lose_answers, touched, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


CALLED = "[data-screen=live], [data-screen=unsent]"


def hold_disc(page: Page) -> None:
    """For as long as it takes: a second of the page's own clock."""
    page.locator(".sos").hover()
    page.mouse.down()
    expect(page.locator(CALLED).first).to_be_visible()
    page.mouse.up()


class Held:
    """A road on which requests wait until they are let go."""

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self._open = False

    def __call__(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self.routes.append(route)

    def let_go(self) -> None:
        self._open = True
        for route in self.routes:
            route.continue_()


def test_a_second_of_holding_rings_and_the_page_turns_red(phone: Page, site: FakeSite) -> None:
    hold_disc(phone)
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    assert [body["kind"] for body in site.pressed()] == ["sos"]
    assert site.pressed()[0]["silent"] is False


def test_letting_go_early_sends_nothing(phone: Page, site: FakeSite) -> None:
    touched(phone.locator(".sos"))
    phone.wait_for_timeout(900)
    expect(phone.get_by_role("heading", name="Ready")).to_be_visible()
    assert site.pressed() == []


LATE = """([button, down, up]) => {
    const heard = (kind, ago) => {
        const event = new PointerEvent(kind, { bubbles: true, isPrimary: true, button: 0 });
        Object.defineProperty(event, "timeStamp", { value: performance.now() - ago });
        button.dispatchEvent(event);
    };
    heard("pointerdown", down);
    heard("pointerup", up);
}"""


def test_a_whole_second_counts_on_a_phone_that_hears_of_it_late(phone: Page, site: FakeSite) -> None:
    phone.evaluate(LATE, [phone.locator(".sos").element_handle(), 1_300, 200])
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    assert len(site.pressed()) == 1


def test_a_short_touch_is_none_on_a_phone_that_hears_of_it_late(phone: Page, site: FakeSite) -> None:
    phone.evaluate(LATE, [phone.locator(".sos").element_handle(), 1_300, 1_200])
    phone.wait_for_timeout(900)
    assert site.pressed() == []


def test_words_on_their_way_are_not_sent_a_second_time_beside_themselves(phone: Page, site: FakeSite) -> None:
    hold_disc(phone)
    phone.route("**/notes", on_their_way := Held())
    phone.locator("#words").fill("He is at the gate")
    phone.keyboard.press("Enter")
    until(phone, lambda: bool(on_their_way.routes))
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.locator("#spoken").fill("Lot B")
    phone.keyboard.press("Enter")
    expect(phone.locator("#spoken")).to_have_value("")
    on_their_way.let_go()
    until(phone, lambda: any(path.endswith("/places") for _, path, _ in site.asked))
    assert [path.rsplit("/", 1)[1] for method, path, _ in site.asked if method == "POST"][1:] == ["notes", "places"]


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_the_keyboard_can_hold_too(phone: Page, site: FakeSite, key: str) -> None:
    phone.locator(".sos").focus()
    held(phone, key, CALLED)
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    assert len(site.pressed()) == 1


def test_a_short_key_press_sends_nothing(phone: Page, site: FakeSite) -> None:
    touched(phone.locator(".sos"), by="Enter")
    phone.wait_for_timeout(900)
    assert site.pressed() == []


def test_one_press_is_enough_where_the_worker_chose_it(phone: Page, site: FakeSite) -> None:
    phone.get_by_text("How it works here").click()
    phone.get_by_label("Cannot hold?").check()
    phone.reload()
    phone.locator(".sos").click()
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    assert len(site.pressed()) == 1


def test_a_click_by_assistive_technology_is_a_whole_press(phone: Page, site: FakeSite) -> None:
    phone.locator(".sos").evaluate("button => button.click()")
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    assert len(site.pressed()) == 1


def test_not_sent_is_amber_and_says_what_else_to_do(phone: Page, site: FakeSite) -> None:
    site.refuse = 503
    hold_disc(phone)
    band = phone.locator("[data-screen=unsent]")
    expect(band).to_contain_text("Not sent. Trying again.")
    expect(band).to_contain_text("Nobody has been told yet.")
    expect(band).to_have_attribute("data-doubt", "")
    expect(phone.locator("[data-screen=unsent][data-alert]")).to_have_count(0)
    text = phone.get_by_role("link", name="Send a text instead")
    expect(text).to_have_attribute("href", "sms:+12025550199?body=SOS%20Maya%20Lindqvist")
    expect(phone.get_by_role("link", name="Call the floor")).to_have_attribute("href", "tel:+12025550100")


def test_what_answers_without_a_receipt_is_not_the_server(phone: Page, site: FakeSite) -> None:
    """Some networks answer for everybody: a phone that believed them would show red, and nobody would come."""
    phone.context.route("**/api/v1/alerts", lambda route: route.fulfill(status=200, json={"welcome": "guest"}))
    hold_disc(phone)
    expect(phone.locator("[data-screen=unsent]")).to_contain_text("Not sent. Trying again.")
    assert site.pressed() == []
    phone.context.unroute("**/api/v1/alerts")
    expect(phone.locator("[data-screen=live]")).to_be_visible()


def test_a_silent_press_while_a_loud_one_is_not_sent_yet_goes_out_silently(phone: Page, site: FakeSite) -> None:
    phone.context.set_offline(True)
    hold_disc(phone)
    expect(phone.locator("[data-screen=unsent]")).to_contain_text("Not sent. Trying again.")
    phone.get_by_role("button", name="Go silent").click()
    phone.get_by_role("button", name="Share").click()
    phone.context.set_offline(False)
    until(phone, site.pressed)
    assert [body["silent"] for body in site.tries()] == [True]


def test_a_press_made_since_is_not_lost_on_an_alert_that_is_over(phone: Page, site: FakeSite) -> None:
    """Its answer was lost, colleagues came and closed it; the same person presses again before any of that is known."""
    heard_again = lose_answers(phone.context, "**/api/v1/alerts")
    hold_disc(phone)
    until(phone, site.pressed)
    expect(phone.locator("[data-screen=unsent]")).to_be_visible()
    site.change("alert-1", state="closed", outcome="safe")
    phone.get_by_role("button", name="Go silent").click()
    phone.get_by_role("button", name="Share").click()
    heard_again()
    until(phone, lambda: list(site.alerts) == ["alert-1", "alert-2"])
    assert site.alerts["alert-2"]["silent"] is True
    expect(phone.locator("input:checked")).to_have_count(2)


def test_every_try_is_the_same_press_until_it_is_taken(phone: Page, site: FakeSite) -> None:
    site.refuse = 500
    hold_disc(phone)
    until(phone, lambda: len(site.tries()) >= 3)
    site.refuse = None
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    tries = site.tries()
    assert len({body["key"] for body in tries}) == 1
    assert len({body["occurred_at"] for body in tries}) == 1


def test_a_lost_connection_is_not_sent_either(phone: Page, site: FakeSite) -> None:
    phone.context.set_offline(True)
    hold_disc(phone)
    expect(phone.locator("[data-screen=unsent]")).to_contain_text("No connection")
    phone.context.set_offline(False)
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    assert len(site.pressed()) == 1


def test_a_reload_keeps_the_press_that_was_not_sent(phone: Page, site: FakeSite) -> None:
    site.refuse = 503
    hold_disc(phone)
    expect(phone.locator("[data-screen=unsent]")).to_be_visible()
    phone.reload()
    expect(phone.locator("[data-screen=unsent]")).to_be_visible()
    site.refuse = None
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    assert len(site.pressed()) == 1


def test_a_full_store_does_not_hold_a_press_back(phone: Page, site: FakeSite) -> None:
    phone.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    phone.reload()
    phone.get_by_role("heading", name="Ready").wait_for()
    site.refuse = 503
    hold_disc(phone)
    expect(phone.locator("[data-screen=unsent]")).to_be_visible()
    site.refuse = None
    expect(phone.locator("[data-screen=live]")).to_be_visible()


def test_an_unknown_token_says_not_sent_and_goes_on_trying(phone: Page, site: FakeSite) -> None:
    site.refuse = 401
    hold_disc(phone)
    expect(phone.locator("[data-screen=unsent]")).to_contain_text("Not enrolled")
    expect(phone.locator(".ladder")).to_contain_text("This phone is not known to the server")
    until(phone, lambda: len(site.tries()) >= 2)


def test_ringing_again_is_a_new_press_on_the_same_alert(phone: Page, site: FakeSite) -> None:
    hold_disc(phone)
    phone.get_by_role("button", name="Ring everyone again").click()
    until(phone, lambda: len(site.pressed()) == 2)
    assert list(site.alerts) == ["alert-1"]
    expect(phone.locator("[data-screen=live]")).to_be_visible()


def test_an_unsent_second_press_is_said_in_amber_under_the_live_band(phone: Page, site: FakeSite) -> None:
    hold_disc(phone)
    site.refuse = 503
    phone.get_by_role("button", name="Ring everyone again").click()
    expect(phone.locator(".note[data-doubt]")).to_contain_text("Your second press is not sent. Trying again.")
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    site.refuse = None
    expect(phone.get_by_text("second press")).to_have_count(0)


def test_the_token_leaves_the_address_and_a_page_without_one_says_so(phone: Page, visitor: Any) -> None:
    assert phone.url.endswith("/phone")
    assert phone.evaluate("sessionStorage.getItem('tocsin.token')") == "worker-token"
    assert "worker-token" not in phone.evaluate("JSON.stringify(localStorage)")
    other = visitor.open("/phone", None)
    expect(other.get_by_role("heading", name="Open the link you were given.")).to_be_visible()


def test_a_phone_cut_off_in_mid_call_says_why_its_code_closes_nothing(phone: Page, site: FakeSite) -> None:
    hold_disc(phone)
    phone.get_by_role("button", name="I am safe").click()
    site.revoked = True
    phone.locator("#pin").fill(site.pin)
    phone.keyboard.press("Enter")
    expect(phone.locator("#pin-said")).to_have_text("This credential may only call for help.")
    assert site.posted("/safe") == [{"pin": site.pin}]


def test_a_cut_off_phone_still_calls_for_help_and_learns_only_received(visitor: Any, site: FakeSite) -> None:
    site.revoked = True
    page = visitor.open("/phone", "worker-token")
    expect(page.get_by_text("This phone can call for help, and nothing else.")).to_be_visible()
    hold_disc(page)
    expect(page.locator("[data-screen=live]")).to_contain_text("Received")
    assert len(site.pressed()) == 1
    expect(page.get_by_text("coming")).to_have_count(0)
    expect(page.get_by_role("button", name="I am safe")).to_have_count(0)
    page.get_by_role("button", name="Put it away").click()
    expect(page.locator(".sos")).to_be_visible()


def test_the_ring_of_the_disc_goes_on_while_the_page_is_drawn_anew(phone: Page, site: FakeSite) -> None:
    """Whoever sees it run back lets go too early."""
    phone.locator(".sos").hover()
    phone.mouse.down()
    after = phone.evaluate(
        "async () => { const mark = document.body.appendChild(document.createElement('i'));"
        " while (mark.isConnected) await new Promise(requestAnimationFrame);"
        " return document.querySelector('.sos')?.dataset.held; }"
    )
    phone.mouse.up()
    assert after == ""
