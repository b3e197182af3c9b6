"""The watch in the hands of two shifts: who runs an alert, what is said aloud, what is heard, and every key."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_core import axe_findings
from fake_site import DANA, LUIS, TOMASZ, FakeSite
from playwright.sync_api import Browser, Page, Route, expect
from visitors import Visitor, lose_answers, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def watching(visitor: Any, who: str = "lead") -> Page:
    page: Page = visitor.open("/console", f"{who}-token")
    page.set_viewport_size({"width": 1440, "height": 900})
    return page


@pytest.fixture
def live(visitor: Any, site: FakeSite) -> Page:
    site.raise_alert(people_rung=4)
    page = watching(visitor)
    expect(page.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    return page


def test_one_shift_hands_it_over_and_the_next_says_that_it_has_it(live: Page, site: FakeSite, visitor: Any) -> None:
    board = live.locator("[data-key=runs]")
    expect(board).to_contain_text("Nobody runs it")
    board.get_by_role("button", name="I run it").click()
    expect(board).to_contain_text("Luis Ferreira runs it.")
    board.locator("summary").click()
    board.get_by_label("To whom").select_option("dana")
    board.get_by_label("What they must know").fill("Gate <b>open</b>")
    board.get_by_role("button", name="Hand it over").click()
    expect(board).to_contain_text("Luis Ferreira hands it to Dana Okafor.")
    assert site.posted("/handover") == [{"to": "dana", "text": "Gate <b>open</b>"}]
    other = watching(visitor, "chief")
    expect(other.locator("[data-key=handover]")).to_contain_text("Luis Ferreira hands it to you.")
    expect(other.locator("[data-key=handover]")).to_contain_text("Gate <b>open</b>")
    other.get_by_role("button", name="I have it").click()
    expect(board).to_contain_text("Dana Okafor runs it.")


def test_a_handover_that_nobody_took_is_not_relied_on(live: Page, site: FakeSite) -> None:
    site.change("alert-1", run_by=LUIS, handover={"by": LUIS, "to": DANA, "at": site.stamp(-5)})
    note = live.locator("[data-key=handover]")
    expect(note).to_contain_text(re.compile(r"Asked \d+ s ago\."))
    expect(live.locator("[data-key=handover][data-doubt]")).to_have_count(0)
    site.jump(60)
    expect(note).to_contain_text("Not taken. Asked")
    expect(note).to_have_attribute("data-doubt", "")


def test_what_is_not_done_yet_is_listed_in_words(live: Page, site: FakeSite) -> None:
    open_ = live.locator("[data-open]")
    expect(open_).to_have_text(["Nobody is with them", "Their place is not known"])
    site.change("alert-1", still_open=["under_duress"])
    expect(open_).to_have_text(["Under duress"])


def test_each_duty_has_its_words_to_be_read_aloud(live: Page, site: FakeSite) -> None:
    floor = live.locator("[data-key=floor]")
    expect(floor.get_by_role("heading", name="Say on the floor")).to_be_visible()
    expect(floor.locator("[data-duty=everyone]")).to_contain_text("Do not go out.")
    expect(floor.locator("[data-duty=door]")).to_contain_text("At a door")


def test_the_words_of_a_silent_alert_are_never_read_aloud(live: Page, site: FakeSite) -> None:
    site.change("alert-1", silent=True)
    floor = live.locator("[data-key=floor]")
    expect(floor.get_by_role("heading", name="Tell them one by one")).to_be_visible()
    expect(floor).to_contain_text("Do not read this aloud.")


def test_a_screen_that_cannot_be_heard_yet_says_so_until_the_first_key(live: Page) -> None:
    expect(live.get_by_text("No sound here.")).to_be_visible()
    expect(live.locator("html[data-sounding]")).to_have_count(0)
    live.keyboard.press("Shift")
    expect(live.get_by_text("No sound here.")).to_have_count(0)
    expect(live.locator("html")).to_have_attribute("data-sounding", "")


ONLY_AT_ONCE = """
  const [later, oscillator] = [self.setInterval, AudioContext.prototype.createOscillator];
  self.setInterval = (work, ms, ...given) => (ms === 4000 ? 0 : later(work, ms, ...given));  // None comes again.
  self.tones = 0;
  AudioContext.prototype.createOscillator = function () { self.tones += 1; return oscillator.call(this); };
"""


def test_what_is_loud_is_heard_with_the_first_key_and_not_at_the_next_turn(live: Page) -> None:
    live.context.add_init_script(ONLY_AT_ONCE)
    live.reload()
    expect(live.get_by_text("No sound here.")).to_be_visible()
    assert live.evaluate("tones") == 0
    live.keyboard.press("Shift")
    until(live, lambda: live.evaluate("tones") == len(("high", "low")))


def test_a_press_that_turns_the_sound_on_still_does_what_it_was_meant_to(live: Page, site: FakeSite) -> None:
    site.raise_alert(member=TOMASZ)
    site.tell("alert-2")
    live.get_by_role("navigation", name="Live alerts").get_by_role("button", name="Maya").hover()
    live.mouse.down()
    live.wait_for_timeout(300)  # As long as a finger takes: nothing may move away under it.
    live.mouse.up()
    expect(live.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    expect(live.get_by_text("No sound here.")).to_have_count(0)


def test_what_is_typed_while_a_note_is_on_its_way_stays(live: Page, site: FakeSite) -> None:
    under_way: list[Route] = []
    live.route("**/notes", lambda route: under_way.append(route))
    note = live.get_by_label("Note for everybody rung")
    note.fill("gate")
    note.press("Enter")
    until(live, lambda: under_way)
    note.press_sequentially(" is open")
    under_way[0].continue_()
    expect(live.locator(".story")).to_contain_text("gate")
    expect(live.get_by_role("button", name="Ring them now")).to_be_enabled()
    expect(note).to_have_value("gate is open")


def heard(page: Page) -> Page:
    page.get_by_role("button", name="Turn the sound on").click()
    expect(page.locator("html")).to_have_attribute("data-sounding", "")
    return page


def test_whoever_only_runs_the_system_is_not_told_that_nothing_is_known(live: Page, site: FakeSite) -> None:
    whole = site.alerts["alert-1"]
    for field in ("answers", "places", "notes", "police", "run_by", "still_open", "scripts", "can_take"):
        del whole[field]
    site.may = []
    site.change("alert-1", member={"id": "", "name": "A colleague"}, people_rung=4)
    expect(live.get_by_role("heading", name="A colleague")).to_be_visible()
    expect(live.locator(".band[data-alert]")).to_contain_text("Who and where: for those it rang.")
    expect(live.locator(".band[data-alert]")).to_contain_text("4 people are rung.")
    for claim in ("Nobody is with", "Place not known", "No police call recorded", "Nobody runs it"):
        expect(live.get_by_text(claim)).to_have_count(0)
    expect(live.get_by_text("This alert has not rung you")).to_be_visible()


def test_a_banner_that_goes_takes_no_focus_with_it(live: Page, site: FakeSite) -> None:
    live.get_by_label("Note for everybody rung").focus()
    live.keyboard.type("gate")
    expect(live.get_by_text("No sound here.")).to_have_count(0)
    live.keyboard.type(" is open")
    expect(live.get_by_label("Note for everybody rung")).to_have_value("gate is open")


def test_a_silent_alert_and_a_drill_make_no_sound(live: Page, site: FakeSite) -> None:
    heard(live)
    site.change("alert-1", silent=True)
    expect(live.locator("html[data-sounding]")).to_have_count(0)
    expect(live.get_by_role("button", name="Quiet here for two minutes")).to_have_count(0)
    site.change("alert-1", silent=False, drill=True)
    expect(live.get_by_role("heading", name="Drill: Maya Lindqvist")).to_be_visible()
    expect(live.locator("html[data-sounding]")).to_have_count(0)


def test_whoever_makes_it_quiet_borrows_that_and_a_second_alert_sounds(live: Page, site: FakeSite) -> None:
    heard(live)
    live.get_by_role("button", name="Quiet here for two minutes").click()
    expect(live.get_by_text("This screen is quiet for two minutes.")).to_be_visible()
    expect(live.locator("html[data-sounding]")).to_have_count(0)
    site.raise_alert(member=TOMASZ)
    site.tell("alert-2")
    expect(live.locator("html")).to_have_attribute("data-sounding", "")


def test_a_whole_alert_by_keyboard_alone(live: Page, site: FakeSite) -> None:
    expect(live.get_by_role("button", name="I run it")).to_be_visible()
    live.keyboard.press("n")
    live.keyboard.type("gate is open? n h x")
    live.keyboard.press("Enter")
    expect(live.locator(".story")).to_contain_text("gate is open? n h x")
    leave(live)
    live.keyboard.press("p")
    live.keyboard.type("R. Oduya")
    live.keyboard.press("Tab")
    live.keyboard.type("+12025550177")
    live.keyboard.press("Enter")
    expect(live.locator("#police-who")).not_to_be_visible()
    until(live, lambda: [call["who"] for call in site.posted("/police")] == ["R. Oduya"])
    leave(live)
    live.keyboard.press("h")
    expect(live.locator("#handover-to")).to_be_focused()
    live.keyboard.press("ArrowDown")
    live.keyboard.press("Tab")
    live.keyboard.press("Enter")
    expect(live.locator("[data-key=runs]")).to_contain_text("Luis Ferreira hands it to Priya Raman.")
    leave(live)
    live.keyboard.press("x")
    live.keyboard.press("Tab")
    live.keyboard.press("Enter")
    expect(live.locator(".closing")).to_contain_text("Luis Ferreira proposes to close: Safe")
    leave(live)
    expect(live.get_by_role("button", name="Take it back")).to_be_enabled()
    live.keyboard.press("o")
    expect(live.locator(".closing")).to_have_count(0)
    expect(live.get_by_role("button", name="Ring them now")).to_be_enabled()
    live.keyboard.press("r")
    until(live, lambda: site.posted("/climb"))
    assert len(site.posted("/climb")) == 1


def leave(page: Page) -> None:
    """Out of the field, by the keyboard."""
    page.evaluate("document.activeElement.blur()")


def test_a_note_that_is_sent_twice_by_one_hand_is_said_once(live: Page, site: FakeSite) -> None:
    live.get_by_label("Note for everybody rung").fill("gate")
    live.evaluate("""() => { const form = document.querySelector("[data-form=note]");
        form.requestSubmit(); form.requestSubmit(); }""")
    expect(live.locator(".story")).to_contain_text("gate")
    expect(live.get_by_label("Note for everybody rung")).to_have_value("")
    assert len(site.posted("/notes")) == 1


def test_a_note_whose_answer_was_lost_and_that_is_sent_again_stands_once(live: Page, site: FakeSite) -> None:
    lose_answers(live.context, "**/notes")
    note = live.get_by_label("Note for everybody rung")
    note.fill("gate")
    note.press("Enter")
    expect(live.get_by_text("No answer came: it may be done or not.")).to_be_visible()
    live.context.unroute("**/notes")
    note.press("Enter")
    expect(note).to_have_value("")
    assert len(site.posted("/notes")) == 2 and len(site.alerts["alert-1"]["notes"]) == 1


def test_numbers_choose_among_several_alerts(live: Page, site: FakeSite) -> None:
    site.raise_alert(member=TOMASZ)
    site.tell("alert-2")
    expect(live.get_by_role("heading", name="Tomasz Zieliński")).to_be_visible()
    live.keyboard.press("2")
    expect(live.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    live.keyboard.press("9")
    expect(live.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()


def test_an_alert_that_comes_while_somebody_writes_takes_neither_their_words_nor_their_place(
    live: Page, site: FakeSite
) -> None:
    """What is typed for one person in danger must not be told to those who run to another."""
    note = live.get_by_label("Note for everybody rung")
    note.press_sequentially("She is in the ")
    site.raise_alert(member=TOMASZ)
    site.tell("alert-2")
    strip = live.get_by_role("navigation", name="Live alerts")
    expect(strip.get_by_role("button")).to_have_count(2)
    expect(strip.get_by_role("status")).to_have_text("2 alerts are live.")
    expect(live.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    note.press_sequentially("stairwell")
    note.press("Enter")
    until(live, lambda: site.posted("/alert-1/notes"))
    assert site.posted("/alert-1/notes") == [{"text": "She is in the stairwell"}] and not site.posted("/alert-2/notes")


def test_what_was_typed_for_an_alert_that_is_over_stands_under_no_other(live: Page, site: FakeSite) -> None:
    site.raise_alert(member=TOMASZ)
    site.tell("alert-2")
    expect(live.get_by_role("heading", name="Tomasz Zieliński")).to_be_visible()
    live.keyboard.press("2")
    expect(live.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    live.get_by_label("Note for everybody rung").fill("She is found")
    live.get_by_text("Close: two people needed").click()
    live.get_by_label("How it ended").select_option("medical")
    site.change("alert-1", state="closed", outcome="safe")
    expect(live.get_by_role("heading", name="Tomasz Zieliński")).to_be_visible()
    expect(live.get_by_label("Note for everybody rung")).to_have_value("")
    expect(live.get_by_label("How it ended")).to_be_hidden()


def test_the_keys_are_listed_and_can_be_turned_off_for_good(live: Page, site: FakeSite) -> None:
    live.keyboard.press("?")
    dialog = live.get_by_role("dialog", name="Shortcut keys")
    expect(dialog).to_contain_text("Write a note")
    live.keyboard.press("r")  # Whoever reads what a key does has not done it.
    dialog.get_by_label("Use single keys on this screen").click()
    live.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    live.keyboard.press("r")
    live.keyboard.press("n")
    assert site.posted("/climb") == []
    live.reload()
    expect(live.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    live.keyboard.press("r")
    live.keyboard.press("?")
    expect(dialog).to_be_visible()
    assert site.posted("/climb") == []


def test_a_quiet_watch_says_who_can_be_relied_on_and_where_the_night_has_a_hole(visitor: Any, site: FakeSite) -> None:
    site.be_calm()
    page = watching(visitor)
    expect(page.get_by_role("heading", name="All quiet.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("An SOS now would ring 6 people before the last step.")
    expect(page.locator("main")).to_contain_text("4 of those on shift are not proven reachable.")
    expect(page.locator("[data-on=owen]")).to_contain_text("Not reached")
    expect(page.locator("[data-on=maya]")).to_contain_text("Half reachable")
    expect(page.locator("[data-on=dana]")).to_contain_text("Reachable")
    expect(page.locator("[data-key=ways]")).to_contain_text("5 of 6")
    cover = page.locator("[data-key=cover]")
    expect(cover.locator("tbody td")).to_have_count(24)
    expect(cover.locator("td[data-n='0']")).to_have_text("0: nobody before the last step")
    expect(cover).to_contain_text(": too few, nobody who may close.")


def test_a_watch_on_which_nobody_is_on_shift_says_so(visitor: Any, site: FakeSite) -> None:
    site.be_calm(on_shift=0, people=[], ways=[])
    page = watching(visitor)
    expect(page.locator("[data-key=shift]")).to_contain_text("Nobody is on shift")
    expect(page.locator("[data-key=ways]")).to_contain_text("None that a test could prove")


def test_whoever_may_not_read_rosters_is_asked_for_once_and_keeps_the_plain_page(visitor: Any, site: FakeSite) -> None:
    page = watching(visitor)
    expect(page.locator("main")).to_contain_text("6 people are on shift.")
    expect(page.locator("[data-key=cover]")).to_have_count(0)


@pytest.mark.parametrize("language", ["en-GB", "es-MX"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_part_of_it_keeps_anybody_out(browser: Browser, site: FakeSite, theme: Any, language: str) -> None:
    context = browser.new_context(color_scheme=theme, locale=language, viewport={"width": 360, "height": 800})
    visitor = Visitor(context, site)
    site.be_calm()
    calm = visitor.open("/console", "lead-token")
    calm.locator("[data-key=cover]").wait_for()
    assert axe_findings(calm) == []
    assert calm.evaluate("document.documentElement.scrollWidth <= innerWidth")
    site.raise_alert(silent=True, run_by=LUIS, handover={"by": LUIS, "to": LUIS, "at": site.stamp(-90), "text": "x"})
    page = visitor.open("/console", "lead-token")
    page.locator("#who").wait_for()
    page.locator("[data-key=handover-form] summary").click()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    leave(page)
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    assert axe_findings(page) == []
    context.close()
    assert visitor.complaints == []
