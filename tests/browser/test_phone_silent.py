"""Silence looks like something else: an ordinary list, with the truth in its ticks and nobody's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_site import DANA, TOMASZ, FakeSite
from playwright.sync_api import Page, expect
from visitors import Visitor, held, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SOURCES = Path(__file__).resolve().parents[2] / "ui" / "src"


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


def test_a_silent_call_that_waits_opens_as_the_ordinary_thing_after_the_battery_died(
    phone: Page, visitor: Visitor, site: FakeSite
) -> None:
    """Opened by its icon, and not where the last page stood: the phone may be in somebody else's hand."""
    site.refuse = 503
    phone.get_by_role("button", name="Send silently").click()
    expect(phone.get_by_text("Not synced")).to_be_visible()
    phone.close()
    visitor.context.add_init_script(
        "self.seen = []; new MutationObserver(() => document.body && seen.push(document.body.innerText.toLowerCase()))"
        ".observe(document, { childList: true, subtree: true, characterData: true })"
    )
    again = visitor.open("/phone", "worker-token")
    expect(again.get_by_text("Not synced")).to_be_visible()
    site.refuse = None
    expect(again.locator("input:checked")).to_have_count(2)
    told = ("sos", "alert", "maya", "911", "help", "not sent")
    assert [word for text in again.evaluate("seen") for word in told if word in text] == []


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


def test_what_is_typed_twice_stands_there_twice_and_every_tick_stays_where_it_is(hushed: Page, site: FakeSite) -> None:
    """A first one that is typed again must not take its truth to the end of the list."""
    items, ticked = hushed.locator("main li span"), hushed.locator("input:checked")
    expect(ticked).to_have_count(2)
    ordinary = items.all_inner_texts()
    typed = [ordinary[0], ordinary[6], ordinary[0]]
    for words in typed:
        hushed.get_by_role("button", name="+ New item").click()
        hushed.keyboard.type(words)
        hushed.keyboard.press("Enter")
        expect(hushed.locator("#item")).to_have_count(0)
    hushed.get_by_role("checkbox", name=ordinary[6]).last.check()
    site.change("alert-1", people_rung=6)
    expect(ticked).to_have_count(4)
    assert items.all_inner_texts() == [*ordinary, *typed]
    boxes = hushed.get_by_role("checkbox").all()
    assert [place for place, box in enumerate(boxes) if box.is_checked()] == [0, 1, 2, len(ordinary) + 1]


def test_holding_the_title_asks_for_the_code_and_the_right_one_ends_it(hushed: Page, site: FakeSite) -> None:
    hushed.locator("button.title").focus()
    held(hushed, "Enter", "#pin")
    hushed.get_by_label("Passcode").fill(site.pin)
    hushed.keyboard.press("Enter")
    expect(hushed.locator("[data-screen=closed]")).to_be_visible()
    assert hushed.url.endswith("/phone")


def test_the_next_silent_call_begins_with_the_ordinary_thing(hushed: Page, site: FakeSite) -> None:
    """Neither the question for the code nor what was told in the last one stands there."""
    expect(hushed.locator("input:checked")).to_have_count(2)
    hushed.get_by_role("button", name="+ New item").click()
    hushed.keyboard.type("he has a knife")
    hushed.keyboard.press("Enter")
    until(hushed, lambda: site.posted("/notes"))
    hushed.locator("button.title").focus()
    held(hushed, "Enter", "#pin")
    site.change("alert-1", state="closed", outcome="safe")
    expect(hushed.locator("[data-screen=closed]")).to_be_visible()
    hushed.get_by_role("button", name="Send silently").click()
    expect(hushed.locator("input:checked")).to_have_count(2)
    expect(hushed.locator("#pin")).to_have_count(0)
    expect(hushed.get_by_text("he has a knife")).to_have_count(0)


LOUD = """
self.loud = [];
navigator.vibrate = () => { loud.push("shook"); return true; };
for (const name of ["AudioContext", "webkitAudioContext", "Audio", "Notification"]) {
  self[name] = class { constructor() { loud.push(name); } static permission = "default"; };
}
speechSynthesis.speak = () => loud.push("spoke");
"""


@pytest.mark.parametrize(("guise", "title"), [("list", "Notes"), ("habits", "Habits"), ("recipe", "Recipes")])
def test_somebody_watches_and_sees_an_ordinary_thing_from_the_press_to_the_end(
    visitor: Visitor, site: FakeSite, guise: str, title: str
) -> None:
    visitor.context.add_init_script(LOUD)
    page = visitor.open("/phone", "worker-token")
    page.get_by_text("How it works here").click()
    page.locator(f"input[value={guise}]").check()
    learned = [text.partition(":")[0] for text in page.locator(".legendlist li").all_inner_texts()]
    page.get_by_role("button", name="Send silently").click()
    expect(page).to_have_title(title)
    ticked, seen = page.locator("input:checked"), []
    for ticks, change in (
        (2, {}),
        (3, {"people_rung": 6}),
        (4, {"answers": [site.said(DANA, "coming"), site.said(TOMASZ, "seen")]}),
        (5, {"answers": [site.said(DANA, "with_them")], "says_safe": True}),
    ):
        until(page, site.pressed)
        if change:
            site.change("alert-1", **change)
        expect(ticked).to_have_count(ticks)
        seen.append(page.locator("body").inner_text().lower())
    stands = page.locator("label:has(input:checked) > span").all_inner_texts()
    assert stands == learned, "what the worker learned"
    site.jump(91)
    expect(ticked).to_have_count(3)  # Nobody has said so for too long; and nothing is said of it in words.
    seen.append(page.locator("body").inner_text().lower())
    told = ("tocsin", "sos", "alert", "maya", "dana", "tomasz", "911", "help", "wren", "police", "+1")
    assert [word for text in seen for word in told if word in text] == []
    assert page.locator("a, audio, video, [role=alert], [role=status], [aria-live]").count() == 0
    assert page.evaluate("loud") == [] and page.locator("html").get_attribute("data-guise") == guise


def test_the_guise_stays_chosen_and_differs_from_person_to_person(visitor: Visitor) -> None:
    lists = []
    for token in ("worker-token", "lead-token", "chief-token"):
        page = visitor.open("/phone", token)
        page.get_by_text("How it works here").click()
        page.locator("input[value=habits]").check()
        page.reload()
        page.get_by_text("How it works here").click()
        expect(page.locator("input[value=habits]")).to_be_checked()
        lists.append(tuple(page.locator(".legendlist strong").all_inner_texts()))
    assert len(set(lists)) == 3


def test_a_wrong_code_and_the_right_one_leave_no_trace_of_themselves_in_the_phone(hushed: Page, site: FakeSite) -> None:
    """I11: what is kept after a close is the same, whichever code it was; no code is kept at all."""
    hushed.locator("button.title").dispatch_event("pointerdown")
    hushed.locator("#pin").fill("9731")
    hushed.keyboard.press("Enter")
    expect(hushed.locator("#pin-said")).to_have_text("That code is not right.")
    hushed.locator("#pin").fill(site.pin)
    hushed.keyboard.press("Enter")
    expect(hushed.locator("[data-screen=closed]")).to_be_visible()
    kept = hushed.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.state])")
    assert site.pin not in kept and "9731" not in kept and "safe" not in kept
    names = hushed.evaluate("Object.keys(localStorage).map(name => name.replace(/[.][a-z0-9]+$/, '')).sort()")
    assert set(names) <= {"tocsin.me", "tocsin.press", "tocsin.places", "tocsin"}  # The last: how far its clock is off.


def test_a_code_on_a_phone_that_may_only_call_is_sent_all_the_same_and_looks_like_a_wrong_one(
    phone: Page, site: FakeSite
) -> None:
    """Such a phone is told no alert's id, and the code may be the one that calls for help."""
    site.revoked = True
    phone.get_by_role("button", name="Send silently").click()
    expect(phone.locator("input:checked")).to_have_count(2)
    phone.locator("button.title").dispatch_event("pointerdown")
    phone.locator("#pin").fill(site.pin)
    phone.keyboard.press("Enter")
    expect(phone.locator("#pin-said")).to_have_text("That code is not right.")
    assert site.posted("/safe") == [{"pin": site.pin}]


def test_no_code_is_typed_where_a_browser_would_offer_to_keep_it(hushed: Page, site: FakeSite) -> None:
    """A password that was kept shows whoever searches the phone by which code an alert was ended."""
    hushed.locator("button.title").dispatch_event("pointerdown")
    expect(hushed.locator("#pin")).to_have_attribute("autocomplete", "one-time-code")
    typed = [path.name for path in SOURCES.glob("*.ts") for _ in range(path.read_text("utf-8").count('"password"'))]
    assert typed == ["parts.ts"], "one field for every code, wherever it is asked for"


def test_a_silent_call_by_another_way_is_no_less_silent_after_a_reload_without_a_network(
    phone: Page, visitor: Visitor, site: FakeSite
) -> None:
    """From another device of theirs: here is no press of it, and nobody to say that it is still open."""
    site.tell(site.raise_alert(silent=True)["id"])
    expect(phone).to_have_title("Notes")
    visitor.context.add_init_script(
        "self.seen = []; new MutationObserver(() => document.body && seen.push(document.body.innerText.toLowerCase()))"
        ".observe(document, { childList: true, subtree: true, characterData: true })"
    )
    site.hang_up()
    phone.route("**/api/v1/alerts**", lambda route: route.abort())
    phone.reload()
    expect(phone.get_by_role("checkbox").first).to_be_visible()
    until(phone, lambda: phone.evaluate("() => performance.now() > 1_500"))
    assert [text for text in phone.evaluate("() => seen") if "sos" in text or "maya" in text] == []
    phone.unroute("**/api/v1/alerts**")
    site.change("alert-1", state="closed", outcome="safe")
    site.deaf = False
    expect(phone.get_by_role("heading", name="Your alert is closed.")).to_be_visible()
