"""The worker sees the truth, as a ladder: who is coming, who is there, and when nobody is."""

from __future__ import annotations

from typing import Any

import pytest
from fake_site import DANA, PRIYA, TOMASZ, FakeSite
from playwright.sync_api import Page, expect
from visitors import lose_answers, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


WAITS = """() => Object.entries({ ...localStorage }).some(
    ([name, kept]) => name.startsWith("tocsin.press.") && JSON.parse(kept).additions.length > 0)"""


@pytest.fixture
def pressed(phone: Page) -> Page:
    phone.locator(".sos").evaluate("button => button.click()")
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    return phone


def test_received_then_ringing_then_coming_then_with_you(pressed: Page, site: FakeSite) -> None:
    band, ladder = pressed.locator("[data-screen=live]"), pressed.locator(".ladder")
    expect(band.get_by_role("heading")).to_have_text("Received")
    site.change("alert-1", people_rung=6)
    expect(band.get_by_role("heading")).to_have_text("Ringing 6 people")
    expect(ladder.locator("[data-step=coming]")).to_have_attribute("data-next", "")
    site.change("alert-1", answers=[site.said(DANA, "coming"), site.said(PRIYA, "seen")])
    expect(band.get_by_role("heading")).to_have_text("Dana is coming")
    expect(ladder.locator("[data-now]")).to_contain_text("Dana is coming")
    site.change("alert-1", answers=[site.said(DANA, "with_them"), site.said(PRIYA, "coming")])
    expect(band.get_by_role("heading")).to_have_text("Dana is with you")
    expect(band).to_contain_text("Priya is coming too.")
    expect(ladder.locator("[data-now]")).to_contain_text("Dana is with you")


def test_after_a_minute_with_nobody_coming_the_worker_is_told_to_call(pressed: Page, site: FakeSite) -> None:
    site.change("alert-1", people_rung=6, answers=[site.said(TOMASZ, "seen"), site.said(PRIYA, "cannot", None)])
    site.jump(30)  # Not 59: a busy machine may need the rest.
    expect(pressed.get_by_text("Nobody is on the way yet")).to_have_count(0)
    site.jump(31)
    expect(pressed.get_by_role("heading", name="Nobody is on the way yet")).to_be_visible()
    expect(pressed.locator("[data-screen=live]")).to_contain_text("Call 911 if you can.")
    call = pressed.locator("main").get_by_role("link", name="Call 911")
    expect(call).to_have_attribute("href", "tel:911")


def test_while_nobody_could_be_rung_nobody_is_said_to_be(pressed: Page, site: FakeSite) -> None:
    band = pressed.locator("[data-screen=live]")
    expect(band).to_contain_text("Nobody has been rung yet.")
    expect(pressed.locator("[data-step=ringing]")).to_have_attribute("data-next", "")
    site.jump(61)
    expect(band).to_contain_text("Nobody is on the way yet")
    expect(band).to_contain_text("Nobody has been reached yet. Call 911 if you can. We keep trying.")
    site.change("alert-1", people_rung=2)
    expect(band).to_contain_text("Call 911 if you can. We keep ringing.")


def test_a_lapsed_coming_is_no_longer_believed(pressed: Page, site: FakeSite) -> None:
    site.change("alert-1", people_rung=6, answers=[site.said(DANA, "coming", 100)])
    expect(pressed.get_by_role("heading", name="Dana is coming")).to_be_visible()
    site.jump(101)
    expect(pressed.locator("[data-step=coming]")).to_contain_text("Dana said coming")
    expect(pressed.locator("[data-step=coming]")).to_contain_text("Asked again.")
    expect(pressed.get_by_role("heading", name="Nobody is on the way yet")).to_be_visible()


def test_words_and_a_place_follow_the_press(pressed: Page, site: FakeSite) -> None:
    pressed.get_by_label("What is happening").fill("He is by the gate <b>now</b>")
    pressed.get_by_label("What is happening").press("Enter")
    pressed.get_by_label("Where you are").fill("Lot B, stall 9")
    pressed.get_by_label("Where you are").press("Enter")
    expect(pressed.get_by_label("Where you are")).to_have_value("")
    until(pressed, lambda: site.posted("/places"))
    assert site.posted("/notes") == [{"text": "He is by the gate <b>now</b>"}]
    place = site.posted("/places")[0]
    assert (place["kind"], place["label"]) == ("spoken", "Lot B, stall 9")


def test_words_whose_answer_was_lost_are_sent_again_and_stand_once(pressed: Page, site: FakeSite) -> None:
    lose_answers(pressed.context, "**/notes")
    pressed.get_by_label("What is happening").fill("He has a knife")
    pressed.get_by_label("What is happening").press("Enter")
    until(pressed, lambda: len(site.posted("/notes")) >= 2)
    pressed.reload()
    pressed.context.unroute("**/notes")
    until(pressed, lambda: not pressed.evaluate(WAITS))
    assert [note["text"] for note in site.alerts["alert-1"]["notes"]] == ["He has a knife"]


def test_typing_survives_every_change_on_the_page(pressed: Page, site: FakeSite) -> None:
    field = pressed.get_by_label("What is happening")
    field.press_sequentially("He is")
    site.change("alert-1", people_rung=6, answers=[site.said(DANA, "coming")])
    expect(pressed.get_by_role("heading", name="Dana is coming")).to_be_visible()
    field.press_sequentially(" here")
    expect(field).to_have_value("He is here")
    expect(field).to_be_focused()


def test_the_code_closes_it_and_a_wrong_one_says_so(pressed: Page, site: FakeSite) -> None:
    pressed.get_by_role("button", name="I am safe").click()
    expect(pressed.get_by_label("Your code")).to_be_focused()
    pressed.keyboard.type("1111")
    pressed.keyboard.press("Enter")
    expect(pressed.locator("#pin-said")).to_have_text("That code is not right.")
    expect(pressed.get_by_label("Your code")).to_have_value("")
    pressed.get_by_label("Your code").fill(site.pin)
    pressed.keyboard.press("Enter")
    clear = pressed.locator("[data-screen=closed]")
    expect(clear).to_contain_text("Your alert is closed.")
    expect(pressed.locator(".sos")).to_be_visible()
    clear.get_by_role("button", name="Put it away").click()
    expect(clear).to_have_count(0)
    expect(pressed.get_by_role("heading", name="Ready")).to_be_visible()


def test_a_press_after_the_close_is_a_new_alert(pressed: Page, site: FakeSite) -> None:
    site.change("alert-1", state="closed", outcome="safe")
    expect(pressed.locator("[data-screen=closed]")).to_be_visible()
    pressed.locator(".sos").evaluate("button => button.click()")
    expect(pressed.locator("[data-screen=live]")).to_be_visible()
    until(pressed, lambda: list(site.alerts) == ["alert-1", "alert-2"])


def test_an_alert_raised_by_text_shows_on_the_phone(phone: Page, site: FakeSite) -> None:
    site.raise_alert(people_rung=4)
    site.tell("alert-1")
    expect(phone.get_by_role("heading", name="Ringing 4 people")).to_be_visible()


def test_a_new_call_from_elsewhere_takes_the_place_of_one_that_is_over_and_was_not_put_away(
    pressed: Page, site: FakeSite
) -> None:
    """Two phones for one person, or a text: an all-clear that nobody has put away must not stand before it."""
    site.change("alert-1", state="closed", outcome="safe")
    expect(pressed.locator("[data-screen=closed]")).to_be_visible()
    site.jump(60)
    site.raise_alert(people_rung=4)
    site.tell("alert-2")
    expect(pressed.get_by_role("heading", name="Ringing 4 people")).to_be_visible()
    expect(pressed.locator("[data-screen=closed]")).to_have_count(0)
    site.change("alert-2", state="closed", outcome="safe")
    expect(pressed.locator("[data-screen=closed]")).to_be_visible()


def test_a_code_that_was_asked_for_in_one_alert_does_not_stand_before_the_next(pressed: Page, site: FakeSite) -> None:
    pressed.get_by_role("button", name="I am safe").click()
    expect(pressed.locator("#pin")).to_be_visible()
    site.change("alert-1", state="closed", outcome="safe")
    expect(pressed.locator("[data-screen=closed]")).to_be_visible()
    pressed.locator(".sos").evaluate("button => button.click()")
    expect(pressed.get_by_role("button", name="Ring everyone again")).to_be_visible()
    expect(pressed.locator("#pin")).to_have_count(0)


def test_a_code_that_was_not_looked_at_is_not_called_wrong(pressed: Page, site: FakeSite) -> None:
    pressed.context.route("**/safe", lambda route: route.fulfill(status=429, json={"code": "too_many"}))
    pressed.get_by_role("button", name="I am safe").click()
    pressed.get_by_label("Your code").fill(site.pin)
    pressed.keyboard.press("Enter")
    expect(pressed.locator("#pin-said")).to_have_text("Not sent. Try again.")


def test_a_drill_says_so_and_shows_no_red(pressed: Page, site: FakeSite) -> None:
    site.change("alert-1", drill=True, people_rung=6)
    expect(pressed.get_by_role("heading", name="Drill: Ringing 6 people")).to_be_visible()
    expect(pressed.locator("html")).to_have_attribute("data-drill", "")
    colours: Any = pressed.evaluate("[...document.querySelectorAll('*')].map(e => getComputedStyle(e).backgroundColor)")
    assert "rgb(193, 18, 31)" not in colours


def test_a_lost_stream_is_said_and_the_phone_asks_by_itself(pressed: Page, site: FakeSite) -> None:
    site.hang_up()
    expect(pressed.get_by_text("No live connection.")).to_be_visible()
    site.alerts["alert-1"].update(people_rung=6, answers=[site.said(DANA, "coming")])
    expect(pressed.get_by_role("heading", name="Dana is coming")).to_be_visible()


def test_two_people_closing_is_shown_with_the_way_to_stop_it(pressed: Page, site: FakeSite) -> None:
    closing = {"by": DANA, "confirmed_by": PRIYA, "commits_at": site.stamp(60), "outcome": "safe"}
    site.change("alert-1", closing=closing)
    expect(pressed.get_by_text("Press again if you still need help.")).to_be_visible()


def test_a_server_that_lost_the_alert_does_not_leave_the_worker_waiting(pressed: Page, site: FakeSite) -> None:
    site.alerts.clear()
    pressed.reload()
    expect(pressed.get_by_text("The server does not know your last SOS.")).to_be_visible()
    expect(pressed.locator(".sos")).to_be_visible()


def test_a_lost_alert_is_still_said_after_a_reload_and_until_the_next_press(pressed: Page, site: FakeSite) -> None:
    said = pressed.get_by_text("The server does not know your last SOS.")
    site.alerts.clear()
    site.hang_up()
    expect(said).to_be_visible()
    pressed.reload()
    expect(said).to_be_visible()
    pressed.locator(".sos").evaluate("button => button.click()")
    expect(pressed.locator("[data-screen=live]")).to_be_visible()
    pressed.reload()
    expect(pressed.locator("[data-screen=live]")).to_be_visible()
    expect(said).to_have_count(0)
