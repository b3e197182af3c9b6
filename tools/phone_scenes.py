"""Every state of the phone, brought about: of whoever calls for help, walks, minds a walk, is asked, or is called.

Each scene yields the name of a state and the page that shows it; `SHEETS` says which stand together in docs/phone.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from camera import Camera
from fake_site import PRESSED, FakeSite
from linked_site import ORG, SITE
from msgspec.structs import replace
from playwright.sync_api import Page
from screen_states import States, heard, notes, phone, shown
from visitors import Visitor
from walked_site import WalkedSite

from tocsin.core.access.record import SYSTEM
from tocsin.core.access.roll_commands import CallRoll
from tocsin.core.commands import ConfirmClose, PlaceReport
from tocsin.core.words import Answer, PlaceKind

Scene = Callable[[Camera, str], States]
BELOW = {"ready, with the settings open", "a single press", "a wrong code"}  # What is new there stands further down.
HERE = {"latitude": 38.9, "longitude": -77.04, "accuracy": 17.2}
# The phone's clock is the site's; `charge`: of its battery.
FELT = """Date.now = (real => { const off = %d - real(); return () => real() + off; })(Date.now);
navigator.getBattery = async () => Object.assign(new EventTarget(), { level: %s, charging: false });"""


def felt(charge: float) -> str:
    return FELT % (PRESSED.timestamp() * 1_000, charge)


def ready(camera: Camera, language: str) -> States:
    """All is well; then all that can be wrong with a phone before anybody presses."""
    site = FakeSite()
    server, site.speaks, site.more = site.serve(), language, {"would_ring": 4}
    site.push = {"state": "proven", "proven_at": site.stamp(-7_200)}
    with camera.visiting(geolocation=HERE, permissions=["geolocation"], service_workers="block") as context:
        context.add_init_script(felt(0.8) + "localStorage.setItem('tocsin.token', 'worker-token');")
        page = Visitor(context, site).open("/phone", "worker-token")
        heard(page, site)
        shown(page, "[data-way=push][data-state=proven]")
        shown(page, "[data-way=place][data-state=proven]")
        yield "ready", page
    site.push, site.more = {"state": "ended"}, {"would_ring": 1, "sos_numbers": []}
    with camera.visiting(permissions=["notifications"], service_workers="block") as context:
        context.add_init_script(f"{felt(0.1)} Date.now = (now => () => now() + 864e5)(Date.now);")
        page = Visitor(context, site).open("/phone", "worker-token")
        heard(page, site)
        shown(page, "[data-way=clock]")
        site.hang_up()
        shown(page, "[data-way=server][data-state=unknown]")
        page.locator("[data-key=ways]").evaluate("one => one.scrollIntoView({ block: 'center' })")
        yield "ready, and all that can be wrong", page
    server.should_exit = True


def told(states: Callable[[Visitor, FakeSite], States]) -> Scene:
    """What the tests of a screen know how to reach."""

    def scene(camera: Camera, language: str) -> States:
        site = FakeSite()
        server, site.speaks = site.serve(), language
        site.push = {"state": "proven", "proven_at": site.stamp(-7_200)}
        with camera.visiting(service_workers="block") as context:
            context.add_init_script(felt(0.8))
            yield from states(Visitor(context, site), site)
        site.hang_up()
        server.should_exit = True

    return scene


def spoken(language: str) -> WalkedSite:
    site = WalkedSite()
    site.walkers()
    plain = site.node.world.directory(ORG)
    members = {id: replace(one, language=language) for id, one in plain.members.items()}
    site.node.world.directories[ORG] = replace(plain, members=members)
    return site


@contextmanager
def phone_of(camera: Camera, site: WalkedSite, name: str) -> Iterator[Page]:
    """The phone of this member, which was enrolled, at its page."""
    with camera.visiting(service_workers="block") as context:
        context.add_init_script(f"if (location.port) localStorage.setItem('tocsin.token', '{site.enrol(name)}')")
        page = context.new_page()
        page.goto(f"{site.url}/phone")
        yield page


def walk(camera: Camera, language: str) -> States:
    site = spoken(language)
    with phone_of(camera, site, "maya") as page:
        page.locator("[data-act=walk-choose]").click()
        shown(page, "[data-screen=walk-start]")
        yield "a walk is chosen", page
        page.locator("button[type=submit]").first.click()
        shown(page, "[data-screen=walk]")
        yield "a walk is under way", page
        for state, moment in (("reminded", lambda one: one.remind_ms), ("due", lambda one: one.due_ms)):
            site.pass_until(moment)
            shown(page, f"[data-screen=walk-{state}]")
            yield f"a walk is {state}", page
        page.context.set_offline(True)
        page.locator("[data-act=walk-home]").click()
        shown(page, "[data-screen=walk-waiting]")
        yield "what was said waits for a network", page
        page.context.set_offline(False)
        shown(page, "[data-screen=walk-over]")
        yield "a walk is over", page
        page.locator("[data-act=walk-done]").click()
        page.locator("[data-act=walk-go]").click()
        shown(page, "[data-screen=walk]")
        overdue(site)
        shown(page, "[data-screen=live]")
        page.evaluate("scrollTo(0, 0)")
        yield "a walk that nobody ended", page
    site.stop()


def overdue(site: WalkedSite) -> None:
    site.pass_until(lambda one: one.due_ms)
    site.pass_until(lambda one: one.raises_ms)


def buddy(camera: Camera, language: str) -> States:
    site = spoken(language)
    with phone_of(camera, site, "dana") as page:
        shown(page, "[data-act=walk-choose]")
        site.set_out()
        yield "a buddy", minded(page, "out")
        site.pass_until(lambda one: one.due_ms)
        yield "a buddy, and no answer yet", minded(page, "due")
        overdue(site)
        yield "a buddy, and an alert", minded(page, "raised")
    site.stop()


def minded(page: Page, state: str) -> Page:
    """As far down as it stands."""
    shown(page, f"[data-minded={state}]")
    page.locator("[data-key=minded]").evaluate("one => one.scrollIntoView({ block: 'center' })")
    return page


def roll(camera: Camera, language: str) -> States:
    site = spoken(language)
    site.do(CallRoll(org=ORG, by=SYSTEM, site=SITE))
    with phone_of(camera, site, "maya") as page:
        shown(page, "[data-act=roll-safe]")
        yield "a roll call", page
        page.locator("[data-act=roll-safe]").click()
        shown(page, "p[data-key=roll]")
        yield "a roll call is answered", page
    site.stop()


@contextmanager
def link_of(camera: Camera, link: str, language: str) -> Iterator[Page]:
    """A link that came in a message, in a browser that has never been here."""
    with camera.visiting(language, service_workers="block") as context:
        page = context.new_page()
        page.goto(link)
        shown(page, "main button")
        yield page


def responder(camera: Camera, language: str) -> States:
    site = spoken(language)
    site.draw()
    alert = site.press(PlaceReport(PlaceKind.ZONE, site.began_ms - 17_000, label="Car park, Row C"))
    link = site.link("dana", alert)
    with link_of(camera, link, language) as page:
        yield "a link, before the tap", page
        page.locator("main button").first.click()
        shown(page, "main[data-screen=called]")
        yield "whoever was called", page
        yield from answering(page, site, alert)
        yield from closing(page, site, alert)
        with link_of(camera, link, language) as other:
            other.locator("main button").first.click()
            shown(other, "[data-key=door] section[role=status]")
            yield "the link, once it is over", other
    site.stop()


def answering(page: Page, site: WalkedSite, alert: str) -> States:
    page.locator("[data-answer=coming]").click()
    shown(page, ".loan")
    yield "whoever is coming", page
    site.wait(70)
    shown(page, ".loan[data-soon]")
    yield "an answer that runs out", page
    page.locator("[data-answer=coming]").click()
    shown(page, ".loan:not([data-soon])")
    site.wait(1)  # So that what the page asked for before is the older account.
    site.say("priya", Answer.WITH_THEM, alert)
    shown(page, "[data-person=priya] [data-state=with]")
    page.locator("[data-key=others]").evaluate("one => one.scrollIntoView()")
    yield "who else comes", page
    page.locator(".map-host").evaluate("one => one.scrollIntoView()")  # It is drawn when somebody comes to see it.
    shown(page, ".map-tag")
    page.locator(".map-frame").evaluate("one => one.scrollIntoView({ block: 'start' })")
    yield "the plan, as somebody was called", page


def closing(page: Page, site: WalkedSite, alert: str) -> States:
    site.propose(alert)
    site.do(ConfirmClose(org=ORG, alert=alert, member="tomas", device="tomas-phone"))
    shown(page, "[data-key=closing]")
    page.evaluate("scrollTo(0, 0)")
    yield "two say that it is over", page
    site.wait(61)
    shown(page, "[data-screen=ended]")
    yield "it is over", page


def opened_twice(camera: Camera, language: str) -> States:
    site = spoken(language)
    link = site.link("tomas", site.press())
    with link_of(camera, link, language) as first, link_of(camera, link, language) as second:
        first.locator("main button").first.click()
        shown(first, "main[data-screen=called]")
        second.locator("main button").first.click()
        shown(second, "[data-key=door] section[role=status]")
        yield "a link that another device has opened", second
    site.stop()


def sender(camera: Camera, language: str) -> States:
    site = spoken(language)
    with link_of(camera, site.texted(), language) as page:
        page.locator("main button").first.click()
        shown(page, "main[data-screen=sender]")
        yield "whoever called by text", page
    site.stop()


def from_the_top(visitor: Visitor, site: FakeSite) -> States:
    """A press and what becomes of it, each read from where its screen begins."""
    for state, page in phone(visitor, site):
        if state not in BELOW:
            page.evaluate("scrollTo(0, 0)")
        elif state.startswith("ready"):
            page.locator("details[open]").first.evaluate("one => one.scrollIntoView()")
        yield state, page


def zone(visitor: Visitor, site: FakeSite) -> States:
    visitor.context.add_init_script("localStorage.setItem('tocsin.token', 'worker-token');")
    page = visitor.open("/z/lot-b-code", None)
    shown(page, "[data-act=here]")
    yield "the code of a place", page
    site.raise_alert()
    page.locator("[data-act=here]").click()
    shown(page, "[data-told=noted]")
    yield "the code of a place, and where one is", page


CALLING = (ready, told(from_the_top), told(zone))
BESIDES = (told(notes), walk, buddy, roll)
CALLED = (responder, opened_twice, sender)
SHEETS = {"calling": CALLING, "besides": BESIDES, "called": CALLED}
