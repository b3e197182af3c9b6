"""The console: who, where, do; every message and every loan; and two people to close."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fake_site import DANA, LUIS, MAYA, OWEN, PRIYA, TOMASZ, FakeSite, Json
from playwright.sync_api import Page, expect
from visitors import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def sent(site: FakeSite, member: Json, state: str, ago: float, reason: str | None = None, attempts: int = 1) -> Json:
    identity = {"id": f"d-{member['id']}-{ago}", "member": member, "channel": "sms", "contact": "ends 0111"}
    return {**identity, "state": state, "reason": reason, "attempts": attempts, "at": site.stamp(-ago)}


@pytest.fixture
def console(visitor: Any) -> Page:
    page: Page = visitor.open("/console", "lead-token")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("heading", name="All quiet.")).to_be_visible()
    return page


@pytest.fixture
def live(console: Page, site: FakeSite) -> Page:
    site.raise_alert(people_rung=4, next_rung_at=site.stamp(59))
    site.tell("alert-1")
    expect(console.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    return console


def test_a_calm_console_says_who_is_on_shift(console: Page, site: FakeSite) -> None:
    expect(console.locator("main")).to_contain_text("6 people are on shift.")
    expect(console.locator("main")).to_contain_text("+12025550199")


def test_each_place_has_its_source_and_age_and_none_is_merged(live: Page, site: FakeSite) -> None:
    expect(live.locator("dl.where")).to_contain_text("Place not known")
    places = [
        {"kind": "planned", "label": "North door to stall 14", "at": site.stamp(-300)},
        {"kind": "zone", "label": "Car park, Row C", "at": site.stamp(-120)},
        {"kind": "fix", "lat": 38.9, "lon": -77.03, "radius_m": 17.2, "at": site.stamp(-9)},
        {"kind": "spoken", "label": "by the gate", "at": site.stamp(-6)},
    ]
    site.change("alert-1", places=places)
    rows = live.locator("dl.where > div")
    expect(rows).to_have_count(4)
    expect(live.locator("[data-place=fix]")).to_contain_text("Within 17 m")
    expect(live.locator("[data-place=zone]")).to_contain_text(re.compile("[23] min ago"))
    expect(live.locator(".band[data-alert]")).to_contain_text(re.compile(r"by the gate. In their words, \d+ s ago."))


def test_answers_show_their_loans_running_down_and_lapsing(live: Page, site: FakeSite) -> None:
    answers = [site.said(DANA, "coming", 115, 5), site.said(TOMASZ, "seen", 20, 40), site.said(PRIYA, "cannot", None)]
    site.change("alert-1", answers=answers)
    dana = live.locator("[data-person=dana]")
    expect(dana).to_contain_text("Coming")
    expect(dana).to_contain_text("Asked again in 1:")
    expect(live.locator("[data-person=priya]")).to_contain_text("Cannot come")
    expect(live.get_by_text("Nobody is with Maya yet.")).to_be_visible()
    site.jump(116)
    expect(dana).to_contain_text("No word since")
    expect(live.get_by_text("Nobody is coming yet.")).to_be_visible()


def test_every_message_shows_its_state_and_its_reason(live: Page, site: FakeSite) -> None:
    messages = [
        sent(site, DANA, "delivered", 3), sent(site, PRIYA, "handed_over", 2), sent(site, TOMASZ, "queued", 1),
        sent(site, OWEN, "undeliverable", 5, "opted_out", 3),
    ]  # fmt: skip
    site.change("alert-1", deliveries=messages)
    expect(live.locator("[data-delivery='d-owen-5']")).to_contain_text("Not reached: they texted STOP, 3 tries")
    expect(live.locator("[data-delivery='d-dana-3']")).to_contain_text("On their phone")
    expect(live.locator("[data-person=owen]")).to_contain_text("Not reached")
    expect(live.locator("tbody tr").first).to_contain_text("Tomasz")


def test_mail_that_a_server_took_reaches_nobody(live: Page, site: FakeSite) -> None:
    mail = {**sent(site, OWEN, "handed_over", 4), "id": "d-owen-mail", "channel": "email"}
    site.change("alert-1", deliveries=[sent(site, OWEN, "undeliverable", 5, "voicemail"), mail])
    expect(live.locator("[data-person=owen]")).to_contain_text("Not reached")
    expect(live.locator("[data-person=owen]")).to_contain_text("A machine took the call.")
    expect(live.locator("[data-delivery='d-owen-mail']")).to_contain_text("mail")


def test_the_next_rung_counts_down_and_can_be_rung_now(live: Page, site: FakeSite) -> None:
    expect(live.get_by_role("timer").filter(has_text=re.compile(r"0:[1-5]\d"))).to_be_visible()
    live.get_by_role("button", name="Ring them now").click()
    until(live, lambda: site.posted("/climb"))
    assert len(site.posted("/climb")) == 1


def test_a_note_and_a_police_call_are_recorded(live: Page, site: FakeSite) -> None:
    live.get_by_label("Note for everybody rung").fill("Gate is locked <i>")
    live.get_by_role("button", name="Add").click()
    expect(live.locator(".story")).to_contain_text("Gate is locked <i>")
    expect(live.locator(".story")).to_contain_text("No police call recorded")
    live.get_by_text("Police called", exact=True).click()
    live.get_by_label("Who took the call").fill("R. Oduya")
    live.get_by_label("Number called").fill("+12025550177")
    live.get_by_role("button", name="Record the call").click()
    until(live, lambda: site.posted("/police"))
    call = site.posted("/police")[0]
    assert (call["who"], call["number"]) == ("R. Oduya", "+12025550177")


def test_two_people_close_it_from_two_consoles(live: Page, site: FakeSite, visitor: Any) -> None:
    live.get_by_text("Close: two people needed").click()
    live.get_by_label("How it ended").select_option("police")
    live.get_by_role("button", name="Propose to close").click()
    closing = live.locator(".closing")
    expect(closing).to_contain_text("Somebody else must confirm.")
    expect(closing.get_by_role("button", name="Confirm")).to_have_count(0)
    other = visitor.open("/console", "chief-token")
    other.get_by_role("button", name="Confirm").click()
    expect(other.locator(".closing")).to_contain_text("Luis Ferreira and Dana Okafor agree.")
    expect(closing.get_by_role("timer")).to_contain_text(":")
    expect(closing).to_contain_text("Closing: Police took over")
    site.change("alert-1", state="closed", outcome="police", closing=None)
    expect(live.get_by_role("heading", name="All quiet.")).to_be_visible()
    expect(live.locator("main")).to_contain_text("Police took over")


def test_an_objection_takes_the_proposal_away(live: Page, site: FakeSite) -> None:
    closing = {"by": DANA, "confirmed_by": PRIYA, "commits_at": site.stamp(60), "outcome": "safe"}
    site.change("alert-1", closing=closing)
    live.get_by_role("button", name="Object").click()
    expect(live.locator(".closing")).to_have_count(0)
    assert len(site.posted("/close/object")) == 1


def test_the_console_says_within_three_seconds_that_it_is_not_live(live: Page, site: FakeSite) -> None:
    site.hang_up()
    expect(live.get_by_text("Not live")).to_be_visible()
    expect(live.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    site.deaf = False
    expect(live.get_by_text("Not live")).to_have_count(0)


def test_a_quiet_console_that_is_not_live_does_not_say_all_quiet(console: Page, site: FakeSite) -> None:
    site.hang_up()
    expect(console.get_by_role("heading", name="Not known.")).to_be_visible()


def test_what_happened_while_the_line_was_down_is_there_afterwards(live: Page, site: FakeSite) -> None:
    site.hang_up()
    expect(live.get_by_text("Not live")).to_be_visible()
    site.alerts["alert-1"]["answers"] = [site.said(DANA, "with_them")]
    site.deaf = False
    expect(live.get_by_text("Dana is with Maya.")).to_be_visible()


def test_several_alerts_stand_side_by_side(live: Page, site: FakeSite) -> None:
    site.raise_alert(member=TOMASZ)
    site.tell("alert-2")
    expect(live.get_by_role("heading", name="Tomasz Zieliński")).to_be_visible()
    live.get_by_role("navigation", name="Live alerts").get_by_role("button", name="Maya").click()
    expect(live.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    site.tell("alert-2")
    expect(live.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()


def test_a_drill_wears_its_frame_and_gives_way_to_a_real_alert(console: Page, site: FakeSite) -> None:
    site.raise_alert(drill=True)
    site.tell("alert-1")
    expect(console.get_by_role("heading", name="Drill: Maya Lindqvist")).to_be_visible()
    expect(console.locator("html")).to_have_attribute("data-drill", "")
    site.change("alert-1", reaches_nobody=True)
    expect(console.get_by_role("alert").filter(has_text="This drill reaches nobody")).to_be_visible()
    expect(console.get_by_text("call the police")).to_have_count(0)  # Nobody does, for practice.
    site.raise_alert(member=LUIS)
    site.tell("alert-2")
    expect(console.get_by_role("heading", name="Luis Ferreira")).to_be_visible()
    expect(console.locator("html[data-drill]")).to_have_count(0)
    expect(console.get_by_text("DRILL")).to_have_count(0)


def test_an_alert_that_reaches_nobody_says_so_loudly(live: Page, site: FakeSite) -> None:
    site.change("alert-1", deliveries=[sent(site, OWEN, "undeliverable", 5, "no_contact")])
    banner = live.get_by_role("alert").filter(has_text="This alert reaches nobody.")
    expect(banner).to_be_visible()
    site.change("alert-1", under_duress=True, says_safe=True)
    expect(live.get_by_text("Under duress. No code closes this alert.")).to_be_visible()
    expect(live.get_by_text("See them face to face")).to_be_visible()


def test_the_reader_sees_only_the_acts_that_are_theirs(live: Page, site: FakeSite) -> None:
    site.may = ["note"]
    site.tell("alert-1")
    expect(live.get_by_role("button", name="Ring them now")).to_have_count(0)
    expect(live.get_by_text("Close: two people needed")).to_have_count(0)
    expect(live.get_by_label("Note for everybody rung")).to_be_visible()


def test_the_keyboard_alone_can_do_everything(live: Page, site: FakeSite) -> None:
    seen = set()
    for _ in range(20):
        live.keyboard.press("Tab")
        seen.add(live.evaluate("document.activeElement.innerText || document.activeElement.id"))
    assert {"Ring them now", "note", "Add", "Police called", "Close: two people needed"} <= {s.strip() for s in seen}
    live.get_by_text("Close: two people needed").focus()
    live.keyboard.press("Enter")
    live.keyboard.press("Tab")
    live.keyboard.press("Tab")
    live.keyboard.press("Tab")
    live.keyboard.press("Enter")
    expect(live.locator(".closing")).to_contain_text("Luis Ferreira proposes to close: Safe")


def test_three_tabs_of_one_reader_share_one_stream(console: Page, site: FakeSite, visitor: Any) -> None:
    for _ in range(2):
        visitor.open("/console", "lead-token").get_by_role("heading", name="All quiet.").wait_for()
    until(console, lambda: site.streams == 1)
    expect(console.get_by_text("Not live")).to_have_count(0)


def test_an_sos_from_an_unknown_number_is_shown_as_not_verified(console: Page, site: FakeSite) -> None:
    site.send("unverified", {"id": "s1", "sender": "+12025550166", "text": "sos <lot b>", "at": site.stamp(-4)})
    note = console.get_by_role("complementary", name="Not verified")
    expect(note).to_contain_text("SOS from a number nobody knows: +12025550166")
    expect(note).to_contain_text("sos <lot b>")
    note.get_by_role("button", name="Put it away").click()
    expect(note).to_have_count(0)


def test_an_alert_that_may_no_longer_be_read_goes_from_the_screen(live: Page, site: FakeSite) -> None:
    site.send("gone", {"id": site.alerts.pop("alert-1")["id"]})
    expect(live.get_by_role("heading", name="All quiet.")).to_be_visible()


def test_whoever_was_not_rung_is_told_why_they_can_only_watch(live: Page, site: FakeSite) -> None:
    site.may = []
    site.tell("alert-1")
    expect(live.get_by_text("This alert has not rung you")).to_be_visible()
    expect(live.get_by_role("button", name="Ring them now")).to_have_count(0)


def test_the_workers_own_word_still_wants_a_face_to_face(live: Page, site: FakeSite) -> None:
    closing = {"by": MAYA, "by_worker": True, "confirmed_by": None, "outcome": "safe"}
    site.change("alert-1", says_safe=True, closing=closing)
    expect(live.locator(".closing")).to_contain_text("Maya Lindqvist gave their code: Safe")
    expect(live.locator(".closing")).to_contain_text("face to face")
    expect(live.get_by_role("button", name="Confirm")).to_be_visible()


def test_an_act_the_server_refuses_says_why(live: Page, site: FakeSite) -> None:
    site.refuse_acts = "One of the two must be a supervisor or coordinator."
    live.get_by_text("Close: two people needed").click()
    live.get_by_role("button", name="Propose to close").click()
    expect(live.locator(".acted")).to_have_text("Not done. One of the two must be a supervisor or coordinator.")
