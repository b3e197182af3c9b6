"""The code on a wall, opened: nothing before a tap, and then where somebody is, or a call for help from there."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_core import axe_findings
from fake_site import LUIS, FakeSite
from playwright.sync_api import Page, expect
from visitors import Visitor, held, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CODE = "7K2M9QXR4T"
HERE = {"kind": "zone", "code": CODE}
ENROLLED = "location.protocol == 'http:' && localStorage.setItem('tocsin.token', 'worker-token')"


def scanned(visitor: Visitor, *, enrolled: bool = True, code: str = CODE) -> Page:
    """The code of a wall, opened in a browser in which a phone was enrolled, or was not."""
    if enrolled:
        visitor.context.add_init_script(ENROLLED)
    return visitor.open(f"/z/{code}", None)


def said(page: Page, words: str) -> None:
    expect(page.locator("[data-told]")).to_contain_text(words)


def test_a_code_asks_nothing_and_shows_nothing_before_a_tap(visitor: Visitor, site: FakeSite) -> None:
    asked: list[str] = []
    visitor.context.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page = scanned(visitor)
    expect(page.get_by_role("heading", name="In danger here?")).to_be_visible()
    page.wait_for_timeout(1_200)
    assert all(path.startswith(("/static/", "/z/")) for path in asked), asked
    assert site.asked == [] and site.alerts == {}
    assert CODE not in page.locator("body").inner_text()
    assert axe_findings(page, both_themes=True) == []


def test_the_disc_calls_for_help_with_the_place_and_the_phones_page_goes_on(visitor: Visitor, site: FakeSite) -> None:
    page = scanned(visitor)
    page.locator(".sos").hover()
    page.mouse.down()
    page.wait_for_url("**/phone")
    page.mouse.up()
    expect(page.locator("[data-screen=live]")).to_be_visible()
    (press,) = site.pressed()
    assert (press["kind"], press["silent"], press["place"]) == ("sos", False, HERE)


def test_the_space_bar_calls_too(visitor: Visitor, site: FakeSite) -> None:
    page = scanned(visitor)
    expect(page.locator(".sos")).to_be_visible()
    held(page, "Space", "[data-screen=live], [data-screen=sending]")
    page.wait_for_url("**/phone")
    assert [press["place"] for press in site.pressed()] == [HERE]


def test_whoever_has_called_already_says_here_i_am(visitor: Visitor, site: FakeSite) -> None:
    other = site.raise_alert(member=LUIS)
    mine = site.raise_alert()
    page = scanned(visitor)
    page.get_by_role("button", name="I am here").click()
    said(page, "Noted.")
    assert site.posted(f"/{mine['id']}/places") == [HERE] and site.posted(f"/{other['id']}/places") == []
    assert site.pressed() == []


def test_a_code_that_was_replaced_says_so_to_whoever_relied_on_it(visitor: Visitor, site: FakeSite) -> None:
    site.raise_alert(warnings=["place.code was dropped: it names no place here"])
    page = scanned(visitor)
    page.get_by_role("button", name="I am here").click()
    said(page, "This code is not in use any more.")
    expect(page.get_by_role("link", name="Go to your phone's page")).to_be_visible()


def test_a_place_is_not_noted_because_something_on_the_way_says_so(visitor: Visitor, site: FakeSite) -> None:
    site.raise_alert()
    visitor.context.route("**/places", lambda route: route.fulfill(json={}))
    page = scanned(visitor)
    page.get_by_role("button", name="I am here").click()
    said(page, "Not sent. Try again.")
    assert site.posted("/places") == []


def test_a_code_that_cannot_be_read_calls_for_help_all_the_same(visitor: Visitor, site: FakeSite) -> None:
    page = scanned(visitor, code="7K%2")
    page.locator(".sos").hover()
    page.mouse.down()
    page.wait_for_url("**/phone")
    page.mouse.up()
    assert [press["place"] for press in site.pressed()] == [{"kind": "zone", "code": "7K%2"}]


def test_whoever_has_not_called_is_told_so_and_nothing_is_sent(visitor: Visitor, site: FakeSite) -> None:
    site.raise_alert(state="closed")
    page = scanned(visitor)
    page.get_by_role("button", name="I am here").click()
    said(page, "You have no open call for help.")
    assert site.posted("/places") == []


def test_a_press_that_does_not_get_through_says_so_and_goes_on_with_its_place(visitor: Visitor, site: FakeSite) -> None:
    site.refuse = 503
    page = scanned(visitor)
    page.locator(".sos").hover()
    page.mouse.down()
    expect(page.get_by_role("heading", name="Not sent. Trying again.")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_text("If you can, call 911.")).to_be_visible()
    assert axe_findings(page) == []
    site.refuse = None
    page.wait_for_url("**/phone")
    assert {press["key"]: press["place"] for press in site.tries()} == {site.pressed()[0]["key"]: HERE}


def test_a_press_that_waits_from_before_goes_out_with_the_place_at_a_tap(visitor: Visitor, site: FakeSite) -> None:
    site.refuse = 503
    page = scanned(visitor)
    page.locator(".sos").hover()
    page.mouse.down()
    until(page, site.tries)
    page.mouse.up()
    page.reload()
    expect(page.get_by_role("heading", name="In danger here?")).to_be_visible()
    before = len(site.tries())
    site.refuse = None
    page.wait_for_timeout(2_500)
    assert len(site.tries()) == before, "opening the page sends nothing"
    page.get_by_role("button", name="I am here").click()
    page.wait_for_url("**/phone")
    assert len(site.pressed()) == 1 and site.pressed()[0]["place"] == HERE


def test_a_phone_that_may_only_raise_is_told_so_and_raises(visitor: Visitor, site: FakeSite) -> None:
    site.revoked = True
    page = scanned(visitor)
    page.get_by_role("button", name="I am here").click()
    said(page, "This phone can call for help, and nothing else.")
    page.locator(".sos").hover()
    page.mouse.down()
    page.wait_for_url("**/phone")
    page.mouse.up()
    assert [press["place"] for press in site.pressed()] == [HERE]


def test_a_phone_that_is_not_enrolled_is_told_what_to_do_and_no_name_or_number(
    visitor: Visitor, site: FakeSite
) -> None:
    page = scanned(visitor, enrolled=False)
    expect(page.get_by_role("heading", name="This phone is not enrolled here.")).to_be_visible()
    expect(page.get_by_text("call 911, or tell the nearest colleague")).to_be_visible()
    expect(page.locator(".sos")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)
    words = page.locator("body").inner_text()
    assert "Wrenfield" not in words and "+1202" not in words and site.asked == []
    assert axe_findings(page, both_themes=True) == []


def test_a_sign_cannot_choose_by_whose_phone_it_calls(visitor: Visitor, site: FakeSite) -> None:
    page = visitor.open(f"/z/{CODE}", "lead-token")
    expect(page.get_by_role("heading", name="This phone is not enrolled here.")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0 and site.asked == []


def test_the_quick_exit_leads_off_the_code_and_a_press_from_there_is_silent(visitor: Visitor, site: FakeSite) -> None:
    page = scanned(visitor)
    page.get_by_role("button", name="Quick exit").click()
    expect(page).to_have_title("Notes")
    expect(page.locator("button.title")).to_be_visible()
    assert site.tries() == []
    page.get_by_role("button", name="Share").click()
    expect(page.locator("input:checked")).to_have_count(2)
    assert [press["silent"] for press in site.pressed()] == [True]
