"""Every state of the screens that the browser draws, one after the other, in whatever language they speak.

Each generator brings its page into a state and yields the state's name; nothing here waits for a word of any language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fake_site import DANA, LUIS, MAYA, OWEN, PRIYA, TOCSIN, TOMASZ, FakeSite, Json
from playwright.sync_api import Page, expect
from visitors import Visitor
from walk_states import walking

States = Iterator[tuple[str, Page]]


def shown(page: Page, what: str) -> None:
    expect(page.locator(what).first).to_be_visible()


def heard(page: Page, site: FakeSite) -> None:
    """The page listens: what the site tells from now on arrives."""
    while not site.streams:
        page.wait_for_timeout(10)
    expect(page.locator("[data-key=stale]")).to_have_count(0)


def pressed(page: Page) -> None:
    page.locator(".sos").evaluate("button => button.click()")


def answer_again(page: Page, site: FakeSite) -> None:
    """The server is back, and the page need not wait for its next try."""
    site.refuse = None
    page.evaluate("dispatchEvent(new Event('online'))")


def desk(visitor: Visitor, site: FakeSite) -> States:
    page = visitor.open("/desk", None)
    shown(page, "main h1")
    yield "no link", page
    page = visitor.open("/desk", "desk-token")
    shown(page, "strong[data-state=proven]")
    heard(page, site)
    yield "ready", page
    site.refuse = 503
    pressed(page)
    shown(page, "strong[data-state=failed]")
    yield "not sent", page
    answer_again(page, site)
    shown(page, "strong[data-state=ringing]")
    yield "sent", page
    for state, fields in (
        ("ringing", {"people_rung": 6}),
        ("seen", {"answers": [site.said(PRIYA, "seen")]}),
        ("coming", {"answers": [site.said(DANA, "coming")]}),
        ("with", {"answers": [site.said(DANA, "with_them")]}),
        ("done", {"state": "closed", "outcome": "safe", "closed_at": site.stamp()}),
    ):
        site.change("alert-1", **fields)
        shown(page, f"strong[data-state={state}]")
        yield state, page


def wallboard(visitor: Visitor, site: FakeSite) -> States:
    page = visitor.open("/wallboard", None)
    shown(page, "main h1")
    yield "no link", page
    page = visitor.open("/wallboard", "lead-token")
    heard(page, site)
    shown(page, "[data-key=head]:not([data-alert]) h1")
    yield "quiet", page
    site.raise_alert(places=[{"kind": "planned", "label": "Estacionamiento subterráneo norte, plaza 12"}])
    site.tell("alert-1")
    shown(page, "[data-state=ringing]")
    yield "ringing", page
    site.change("alert-1", coming=2)
    shown(page, "[data-state=coming]")
    site.raise_alert(drill=True, member=TOMASZ)
    site.tell("alert-2")
    shown(page, "[data-key=alert-2]")
    yield "coming, and a drill beside it", page
    site.hang_up()
    shown(page, "[data-key=stale]")
    yield "not live", page


def phone(visitor: Visitor, site: FakeSite) -> States:
    site.on_shift = 1
    page = visitor.open("/phone", "worker-token")
    shown(page, "main strong, .quiet")
    heard(page, site)
    page.locator("summary").click()
    yield "ready, with the settings open", page
    page.locator("[data-set=single]").check()
    yield "a single press", page
    page.locator("[data-set=single]").uncheck()
    page.locator("[data-act=cannot]").click()
    shown(page, "[data-screen=cannot]")
    for summary in page.locator("summary").all():
        summary.click()
    yield "what it cannot do", page
    page.locator("[data-act=back]").click()
    shown(page, ".sos")
    site.refuse = 503
    pressed(page)
    shown(page, "[data-screen=unsent]")
    yield "not sent", page
    answer_again(page, site)
    shown(page, "[data-screen=live]")
    yield "received, and nobody rung", page
    yield from phone_helped(page, site)
    yield from phone_closed(page, site)
    site.revoked = True
    page.reload()
    shown(page, ".sos")
    page.wait_for_function("document.querySelector('h1') !== null")
    yield "may only call", page
    pressed(page)
    shown(page, "[data-screen=live]")
    yield "received, and no more is told", page
    site.revoked = False
    page = visitor.open("/phone", "never-issued")
    shown(page, "section.stack h1")
    yield "unknown link", page


def phone_helped(page: Page, site: FakeSite) -> States:
    site.change("alert-1", people_rung=6, answers=[site.said(PRIYA, "seen"), site.said(OWEN, "cannot", None)])
    shown(page, "[data-step=coming]")
    yield "ringing", page
    places = [
        {"kind": "fix", "radius_m": 17.2, "at": site.stamp(-9)},
        {"kind": "zone", "label": "C", "at": site.stamp()},
    ]
    site.change("alert-1", places=places, answers=[site.said(DANA, "coming", 300), site.said(TOMASZ, "coming", 300)])
    shown(page, "[data-step=coming][data-tone=move]")
    yield "two are coming", page
    site.jump(301)
    shown(page, "[data-step=coming][data-tone=doubt]")
    site.jump(60)
    shown(page, "[data-key=alone]")
    yield "a minute with nobody, who said coming has not come", page
    closing = {"by": DANA, "confirmed_by": PRIYA, "commits_at": site.stamp(60), "outcome": "safe"}
    answers = [site.said(DANA, "with_them"), site.said(PRIYA, "coming")]
    site.change("alert-1", answers=answers, closing=closing)
    shown(page, "[data-step=with][data-now]")
    shown(page, ".notices")
    yield "with you, and two want to close", page
    site.refuse = 503
    page.locator("[data-act=again]").click()
    shown(page, ".notices > :nth-child(2)")
    yield "the second press is not sent", page
    answer_again(page, site)
    expect(page.locator(".notices > *")).to_have_count(1)
    site.change("alert-1", closing=None, drill=True)
    shown(page, ".drillbar")
    yield "a drill", page
    site.change("alert-1", drill=False)


def phone_closed(page: Page, site: FakeSite) -> States:
    page.locator("[data-act=safe]").click()
    page.locator("#pin").fill("1111")
    page.keyboard.press("Enter")
    expect(page.locator("#pin-said")).not_to_be_empty()
    yield "a wrong code", page
    site.change("alert-1", state="closed", outcome="false_alarm")
    shown(page, "[data-screen=closed]")
    yield "closed", page
    page.locator("[data-act=done]").click()
    pressed(page)
    shown(page, "[data-screen=live]")
    site.alerts.clear()
    page.reload()
    shown(page, "main > .note[data-doubt]")
    yield "the server has lost it", page


def notes(visitor: Visitor, site: FakeSite) -> States:
    page = visitor.open("/phone", "worker-token")
    shown(page, "[data-act=silent]")
    heard(page, site)
    for guise in ("habits", "recipe", "list"):
        page.evaluate("guise => localStorage.setItem('tocsin.guise', guise)", guise)
        page.reload()
        page.locator("[data-act=exit]").click()
        shown(page, f"[data-guise={guise}] ul label")
        yield f"the quick exit to {guise}", page
        page.locator("button.title").dispatch_event("pointerdown")
        shown(page, "[data-act=silent]")
    site.refuse = 503
    page.locator("[data-act=silent]").click()
    shown(page, "ul label")
    page.wait_for_timeout(100)
    yield "not sent", page
    answer_again(page, site)
    expect(page.locator("input:checked")).to_have_count(2)
    site.change("alert-1", people_rung=6, answers=[site.said(DANA, "coming")])
    expect(page.locator("input:checked")).to_have_count(4)
    page.locator("[data-act=share]").click()
    yield "somebody is coming", page
    page.locator("[data-act=item]").click()
    yield "an item is added", page
    page.locator("[data-act=lists]").click()
    yield "all lists", page
    page.locator("[data-act=list]").click()
    page.locator("button.title").dispatch_event("pointerdown")
    shown(page, "#pin")
    page.locator("#pin").fill("1111")
    page.keyboard.press("Enter")
    expect(page.locator("#pin-said")).not_to_be_empty()
    yield "the code", page


def colleagues(visitor: Visitor, site: FakeSite) -> States:
    page = visitor.open("/colleagues", None)
    shown(page, "main h1")
    yield "no phones", page
    number = "+12025550111"
    texts = [
        site.message(TOCSIN, "SOS. Contesta 4711=voy 8822=a su lado 3093=no puedo", 3),
        site.message(number, "4711"),
    ]
    site.phones = [
        {"number": number, "name": "Dana Okafor", "messages": texts},
        {"number": "+12025550112", "name": "Tomasz Zieliński", "messages": []},
    ]
    page.reload()
    shown(page, ".handset")
    heard(page, site)
    page.locator("summary").first.click()
    yield "a text that asks", page
    site.hang_up()
    shown(page, "[data-key=stale]")
    yield "not live", page


SCREENS: dict[str, Callable[[Visitor, FakeSite], States]] = {
    "desk": desk, "wallboard": wallboard, "phone": phone, "notes": notes, "walk": walking, "colleagues": colleagues,
}  # fmt: skip


def delivery(site: FakeSite, member: Json, state: str, ago: float = 3, **more: Any) -> Json:
    told = {"id": f"d-{member['id']}-{state}-{more.get('channel', 'sms')}", "member": member, "channel": "sms"}
    return {**told, "contact": "ends 0111", "state": state, "reason": None, "at": site.stamp(-ago), **more}


def busy(site: FakeSite) -> Json:
    """Everything that an alert may have at once."""
    deliveries = [
        delivery(site, DANA, "delivered"), delivery(site, PRIYA, "handed_over"), delivery(site, TOMASZ, "queued"),
        delivery(site, OWEN, "undeliverable", reason="opted_out", attempts=3),
        delivery(site, LUIS, "superseded", purpose="closing"), delivery(site, LUIS, "answered", channel="voice"),
        delivery(site, OWEN, "failed", channel="email", reason="deferred"),
    ]  # fmt: skip
    answers = [site.said(DANA, "coming", 70, 30), site.said(PRIYA, "cannot", None), site.said(TOMASZ, "seen", -2, 40)]
    answers[0] |= {"eta_s": 90, "counts": False}
    places = [
        {"kind": "planned", "label": "North door to stall 14", "at": site.stamp(-300)},
        {"kind": "zone", "label": "Car park, Row C", "at": site.stamp(-120)},
        {"kind": "fix", "lat": 38.9, "lon": -77.03, "radius_m": 17.2, "at": site.stamp(-9)},
        {"kind": "spoken", "label": "by the gate", "at": site.stamp(-60)},
    ]
    police = [{"member": LUIS, "who": "R. Oduya", "number": "+12025550177", "at": site.stamp(-20)}]
    notes = [{"member": DANA, "text": "Gate is locked.", "at": site.stamp(-10)}]
    return {
        "people_rung": 6, "deliveries": deliveries, "answers": answers, "places": places, "police": police,
        "notes": notes, "warnings": ["half_reachable", "no_near_wake_up"], "under_duress": True, "says_safe": True,
        "came": "revoked", "number_misses": [{"member": OWEN, "misses": 5}], "silent": True,
        "closing": {"by": MAYA, "by_worker": True, "confirmed_by": None, "outcome": "safe"},
    }  # fmt: skip


def console(visitor: Visitor, site: FakeSite) -> States:
    site.on_shift = 1
    site.disabled = [{"part": "sms.twilio", "what": "It has no auth_token.", "remedy": "Set it, and start again."}]
    page = visitor.open("/console", "lead-token")
    shown(page, ".hero h1")
    heard(page, site)
    site.raise_alert(state="closed", outcome="police")
    site.tell("alert-1")
    site.send("unverified", {"id": "s1", "sender": "+12025550166", "text": "sos lot b", "at": site.stamp(-4)})
    shown(page, ".strangers")
    yield "calm, and a number nobody knows", page
    page.locator("[data-act=put-away]").click()
    site.raise_alert()
    site.tell("alert-2")
    shown(page, "[data-screen=live]")
    yield "live, and nothing known", page
    site.change("alert-2", **busy(site))
    shown(page, ".closing")
    for summary in page.locator("summary").all():
        summary.click()
    site.refuse_acts = "Locked."
    page.locator("[data-act=climb]").click()
    expect(page.locator(".acted")).not_to_be_empty()
    yield "live, with everything at once", page
    yield from console_ending(page, site)
    page = visitor.open("/console", "never-issued")
    shown(page, "section.stack h1")
    yield "unknown link", page


def console_ending(page: Page, site: FakeSite) -> States:
    undelivered = [delivery(site, OWEN, "undeliverable", reason="no_contact")]
    closing = {"by": DANA, "confirmed_by": LUIS, "commits_at": site.stamp(60), "outcome": "safe", "note": "Seen."}
    helped = [site.said(DANA, "with_them"), site.said(PRIYA, "with_them")]
    site.change("alert-2", state="paused", answers=helped, closing=closing, deliveries=undelivered, reaches_nobody=True)
    shown(page, ".closing [role=timer]")
    site.raise_alert(member=TOMASZ)
    site.tell("alert-3")
    shown(page, "nav.strip")
    page.locator("nav.strip button").nth(1).click()
    yield "two alerts, one paused and about to close", page
    site.may = []
    for alert in ("alert-2", "alert-3"):
        site.change(alert, state="closed", outcome="safe", closing=None)
    site.raise_alert(drill=True)
    site.tell("alert-4")
    shown(page, ".drillbar")
    yield "a drill that rang others", page
    site.hang_up()
    shown(page, "[data-key=stale]")
    yield "not live", page


SCREENS["console"] = console
