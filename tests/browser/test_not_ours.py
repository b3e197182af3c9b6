"""Between a phone and its server stands what answers for it: a proxy, a guest network, a server in mid-exchange.

What it says is not the server's word: it takes the disc from nobody, loses nothing, and is not taken for a receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fake_site import DANA, FakeSite
from linked_site import LinkedSite
from playwright.sync_api import Page, Route, expect
from visitors import Tap, until

from tocsin.core.words import Answer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ME, NOTES = "**/api/v1/me", "**/notes"
Said = dict[str, Any]
LOGIN: Said = {"status": 401, "body": "<h1>Log in</h1>", "content_type": "text/html"}
BLOCKED: Said = {"status": 403, "body": "<h1>Blocked</h1>", "content_type": "text/html"}
ABSENT: Said = {"status": 404, "body": "404 page not found", "content_type": "text/plain"}
ANYTHING: Said = {"status": 200, "json": {}}
NOTHING: Said = {"status": 200, "body": ""}


def answers(page: Page, path: str, said: Said) -> list[str]:
    """Something on the way answers there, until `page.unroute(path)`; what it has answered so far."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.method)
        route.fulfill(**said)

    page.route(path, answer)
    return asked


def more(asked: list[str], than: int) -> Callable[[], bool]:
    return lambda: len(asked) > than


@pytest.mark.parametrize("said", [LOGIN, BLOCKED, ANYTHING, NOTHING], ids=["log in", "blocked", "anything", "nothing"])
def test_the_disc_stays_whatever_answers_for_the_server_and_is_there_again_after_a_reload(
    phone: Page, site: FakeSite, said: Said
) -> None:
    asked = answers(phone, ME, said)
    for _ in range(2):
        phone.reload()
        until(phone, more(asked, 0))
        expect(phone.get_by_role("heading", name="Ready")).to_be_visible()
        asked.clear()
    expect(phone.get_by_role("button", name="Start a walk")).to_be_visible()
    phone.locator(".sos").evaluate("button => button.click()")
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    assert len(site.pressed()) == 1


def test_an_alert_goes_on_where_something_on_the_way_says_that_there_is_none(phone: Page, site: FakeSite) -> None:
    phone.locator(".sos").evaluate("button => button.click()")
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    asked = answers(phone, "**/api/v1/alerts/alert-1", ABSENT)
    site.hang_up()
    until(phone, more(asked, 1))
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    expect(phone.get_by_text("The server does not know your last SOS.")).to_have_count(0)
    site.alerts["alert-1"]["answers"] = [site.said(DANA, "coming")]
    phone.unroute("**/api/v1/alerts/alert-1")
    expect(phone.get_by_role("heading", name="Dana is coming")).to_be_visible()


@pytest.mark.parametrize("said", [BLOCKED, ABSENT, ANYTHING, NOTHING], ids=["blocked", "absent", "anything", "nothing"])
def test_words_wait_for_the_server_itself(phone: Page, site: FakeSite, said: Said) -> None:
    phone.locator(".sos").evaluate("button => button.click()")
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    asked = answers(phone, NOTES, said)
    phone.get_by_label("What is happening").fill("he has a knife")
    phone.keyboard.press("Enter")
    until(phone, more(asked, 0))
    expect(phone.get_by_text("Your words are not sent yet. Trying again.")).to_be_visible()
    phone.unroute(NOTES)
    until(phone, lambda: site.posted("/notes"))
    assert site.posted("/notes") == [{"text": "he has a knife"}]


def test_a_code_that_something_else_took_is_said_to_be_not_sent(phone: Page, site: FakeSite) -> None:
    """It may be the one that calls for help."""
    phone.locator(".sos").evaluate("button => button.click()")
    phone.get_by_role("button", name="I am safe").click()
    answers(phone, "**/safe", ANYTHING)
    phone.get_by_label("Your code").fill(site.pin)
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("Not sent. Try again.")).to_be_visible()
    assert site.posted("/safe") == []


@pytest.mark.parametrize("said", [BLOCKED, ANYTHING, NOTHING], ids=["blocked", "anything", "nothing"])
def test_an_answer_is_said_to_be_sent_when_the_server_has_it(linked: LinkedSite, device: Tap, said: Said) -> None:
    alert = linked.press()
    page = device(linked.link("dana", alert))
    page.get_by_role("button", name="Open").tap()
    expect(page.locator("main[data-screen=called]")).to_be_visible()
    answers(page, "**/answers", said)
    page.get_by_role("button", name="I am coming").tap()
    expect(page.get_by_text("Your answer is not sent. Trying again.")).to_be_visible()
    page.unroute("**/answers")
    expect(page.locator(".loan")).to_contain_text("You said: Coming")
    assert linked.alert(alert).people["dana"].answer is Answer.COMING
