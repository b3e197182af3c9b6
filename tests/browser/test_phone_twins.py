"""I11 on the phone: who holds it cannot tell an alert that a duress PIN only seemed to close from one that is over.

Two centres live through the same story, each by its own clock, which the story moves: all times here are the story's.
In one of them the worker types the real PIN, in the other the duress PIN, and there the alert goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from linked_site import ORG
from playwright.sync_api import Browser, Page, expect
from twin_site import API, LIVE, TwinSite
from twins import PRESSES_KEPT, Mask, Step, differences, looked
from visitors import until
from walked_site import DURESS_PIN, PIN

from tocsin.core import commands as c
from tocsin.core import shadow
from tocsin.core.words import Answer
from tocsin.intake import live

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LIVE_BAND, CLOSED = "[data-screen=live]", "[data-screen=closed]"
CONTROLLED = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
# The browser wakes the service worker for a sync whenever it likes: which of them sends first would be chance.
# And the page keeps what it heard, so that nobody looks at it before it has.
PREPARED = """
if (self.SyncManager) SyncManager.prototype.register = async () => undefined;
self.heard = new Set();
const Shared = self.SharedWorker;
if (Shared) self.SharedWorker = class extends Shared {
  constructor(...given) {
    super(...given);
    this.port.addEventListener("message", ({ data }) => self.heard.add(data.data));
  }
};"""
# A line that said nothing for two seconds of this page's clock is called lost; beats come by the machine's.
UNHURRIED = "performance.now = () => 0;"
READ = """([token, paths]) => Promise.all(paths.map(async path =>
  await (await fetch(`/api/v1${path}`, { headers: { Authorization: `Bearer ${token}` } })).arrayBuffer()
)).then(() => undefined)"""
TRY = """async ([token, tries, key]) => {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json", "Idempotency-Key": key };
  for (const [path, body] of tries) {
    const told = await fetch(`/api/v1/alerts${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    await told.arrayBuffer();
  }
}"""
READS = ("/me", "/alerts", "/alerts?state=closed", "/walks", "/sites/centre/plan", "/push/subscriptions")
TRIES: tuple[tuple[str, dict[str, str]], ...] = (
    ("notes", {"text": "is it over?"}),
    ("places", {"kind": "spoken", "label": "Lot B"}),
    ("climb", {}),
)
TITLE_HELD_MS, HOUR_S = 3_100, 3_600
DRAWN_MS = 600  # The page draws itself anew twice in a second of its own clock.


class Tale:
    """One of the twins: a centre, the worker's phone, and what somebody who holds it can find out."""

    def __init__(self, page: Page, site: TwinSite, token: str, pin: str) -> None:
        self.page, self.site, self.token, self.pin = page, site, token, pin
        self.steps: list[Step] = []
        self._mask, self._read = Mask(), len(site.wire)
        self._heard = self._opened = 0

    @property
    def duress(self) -> bool:
        return self.pin == DURESS_PIN

    @property
    def now_s(self) -> float:
        return self.site.node.clock.ms / 1_000

    @property
    def presses(self) -> list[tuple[str, str]]:
        """Of each press of the phone: its key, and the id that it was told."""
        taken = self.site.answered("POST", "/api/v1/alerts")
        return [(dict(one.asked)["idempotency-key"], json.loads(one.whole[-1])["id"]) for one in taken]

    def open(self) -> None:
        """As after an hour in a pocket: the page is gone, and comes back."""
        self.page.goto("about:blank")
        until(self.page, lambda: not self.site.follows)
        asked = len(self.site.answered("GET", "/api/v1/me"))
        self._opened = len(self.site.wire)
        self.page.goto(f"{self.site.url}/phone")
        self.page.clock.run_for(DRAWN_MS)
        until(self.page, lambda: self.site.follows and len(self.site.answered("GET", "/api/v1/me")) > asked)

    def wait(self, seconds: float) -> None:
        """On both clocks; what is said at one moment is heard before the next."""
        for at_ms in self.site.moments(seconds):
            self.page.clock.set_fixed_time(at_ms / 1_000)
            self.site.go_on(at_ms)
            self._hear()
        self.page.clock.run_for(DRAWN_MS)

    def _hear(self) -> None:
        """Lines break where a machine is busy; the last word is said again on the next."""
        until(self.page, lambda: self.page.evaluate("last => heard.has(last)", self.site.last_word(self._opened)))

    def look(self, when: str, *, tries: Sequence[str] = ()) -> None:
        """Take everything down; then ask whatever this phone may ask, and with `tries`, whatever it may not, and these
        codes.  The duress PIN calls for help, of an alert that is over too: it is tried when the story is told."""
        until(self.page, lambda: self.site.at_rest and not self.page.evaluate(PRESSES_KEPT))
        self._hear()
        self.page.clock.run_for(DRAWN_MS)
        step = looked(self.page, self._mask, when)
        self.page.evaluate(READ, [self.token, [*READS, *(f"/alerts/{id}" for _, id in self.presses)]])
        if tries:
            key, id = self.presses[-1]
            pins = (("safe", {"pin": pin}) for pin in tries)
            below = [(f"/{id}/{act}", body) for act, body in (*TRIES, *pins)]
            self.page.evaluate(TRY, [self.token, [*below, ("", {"kind": "sos"})], key])
        until(self.page, lambda: self.site.at_rest)
        step.parts |= self._wire()
        self.steps.append(step)

    def _wire(self) -> dict[str, str]:
        """What was asked since the last look; that the browser fetches the app itself, when it likes, is no story."""
        new, self._read = self.site.wire[self._read :], len(self.site.wire)
        calls = sorted(self._masked(one.whole) for one in new if one.path.startswith(API) and one.path != LIVE)
        frames = self.site.frames()
        fresh, self._heard = frames[self._heard :], len(frames)
        lines = {self._masked(line) for line in self.site.lines()}
        return {"calls": "\n".join(calls), "lines": "\n".join(sorted(lines)), "stream": self._masked(fresh)}

    def _masked(self, seen: object) -> str:
        return re.sub(r'(\\"pin\\": ?\\")\d{4}', r"\1----", self._mask(seen))


@contextmanager
def lived(browser: Browser, pin: str, *, watched: bool = False) -> Iterator[Tale]:
    """A phone with the app, enrolled, open, and its page at the time of its centre."""
    site = TwinSite()
    site.walkers(watched=watched)
    token = site.enrol("maya")
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="en-GB", timezone_id="UTC")
    try:
        context.add_init_script(PREPARED)
        page = context.new_page()
        page.goto(f"{site.url}/phone")
        page.evaluate("token => localStorage.setItem('tocsin.token', token)", token)
        page.wait_for_function(CONTROLLED)
        tale = Tale(page, site, token, pin)
        page.clock.install(time=tale.now_s - 60)
        page.clock.pause_at(tale.now_s)
        page.clock.set_fixed_time(tale.now_s)
        page.add_init_script(UNHURRIED)
        tale.open()
        expect(page.get_by_text("3 people would be rung.")).to_be_visible()
        yield tale
    finally:
        context.close()
        site.stop()


class Loud:
    """A press on the disc."""

    watched, pin_closes = False, True
    named = "Priya"

    def press(self, tale: Tale) -> None:
        tale.page.locator(".sos").evaluate("button => button.click()")
        self.rings(tale, 3)
        expect(tale.page.get_by_label("What is happening")).to_be_visible()

    def rings(self, tale: Tale, people: int) -> None:
        expect(tale.page.locator(LIVE_BAND)).to_contain_text(f"Ringing {people} people")

    def helped(self, tale: Tale) -> None:
        expect(tale.page.get_by_role("heading", name=f"{self.named} is with you")).to_be_visible()

    def asked(self, tale: Tale) -> None:
        tale.page.get_by_role("button", name="I am safe").click()


class Watched(Loud):
    """The same in a watch window: nobody is named, and one PIN alone closes nothing."""

    watched, pin_closes = True, False
    named = "A"


class Silent(Loud):
    """An ordinary list.  One PIN alone closes nothing here either."""

    pin_closes = False

    def press(self, tale: Tale) -> None:
        tale.page.get_by_role("button", name="Send silently").click()
        self.rings(tale, 3)

    def rings(self, tale: Tale, people: int) -> None:
        expect(tale.page.locator("li small")).to_have_text(str(people))

    def helped(self, tale: Tale) -> None:
        expect(tale.page.locator("input:checked")).to_have_count(5)

    def asked(self, tale: Tale) -> None:
        tale.page.locator("button.title").dispatch_event("pointerdown")
        tale.page.clock.run_for(TITLE_HELD_MS)


def pressed(tale: Tale, way: Loud) -> str:
    before = len(tale.presses)
    way.press(tale)
    until(tale.page, lambda: len(tale.presses) > before)
    (alert,) = tale.site.raised
    return alert


def typed(tale: Tale, pin: str) -> None:
    tale.page.locator("#pin").fill(pin)
    tale.page.keyboard.press("Enter")


def ended(tale: Tale, way: Loud, times: str) -> None:
    """The code is asked for, typed wrong, and typed right; the page says that it is over, and says so when it is opened
    again."""
    way.asked(tale)
    expect(tale.page.locator("#pin")).to_be_focused()
    tale.look(f"asked for the code, {times}")
    typed(tale, "0000")
    expect(tale.page.get_by_text("That code is not right.")).to_be_visible()
    tale.look(f"a wrong code, {times}")
    typed(tale, tale.pin)
    expect(tale.page.locator(CLOSED)).to_contain_text("Your alert is closed.")
    tale.look(f"at once, {times}")
    tale.open()
    expect(tale.page.locator(CLOSED)).to_contain_text("Your alert is closed.")
    tale.look(f"opened again, {times}")


def confirmed(tale: Tale, alert: str) -> None:
    """Whoever may close it does: nobody needs to after a real PIN, one face to face where that one is not enough, two
    people under duress."""
    if tale.duress:
        tale.site.propose(alert)
    if tale.site.raised:
        agreed = c.ConfirmClose(org=ORG, alert=alert, member="tomas", device="tomas-phone")
        assert isinstance(tale.site.do(agreed), c.Done)
    tale.wait(61)
    assert tale.site.raised == []


def first_life(tale: Tale, way: Loud) -> None:
    tale.look("before")
    alert = pressed(tale, way)
    tale.look("pressed")
    tale.site.say("dana", Answer.COMING, alert)
    tale.site.say("priya", Answer.WITH_THEM, alert)
    way.helped(tale)
    tale.wait(20)
    tale.look("helped")
    ended(tale, way, "first")
    assert tale.site.raised == ([alert] if tale.duress or not way.pin_closes else [])
    tale.wait(30)
    if tale.duress:  # They know better, and come.
        tale.site.say("dana", Answer.WITH_THEM, alert)
        tale.site.do(c.AddNote(org=ORG, alert=alert, member="dana", text="He is at the north door."))
        tale.wait(61)
    else:
        confirmed(tale, alert)
    tale.look("while they come", tries=("0000", PIN))
    tale.page.get_by_role("button", name="Put it away").click()
    expect(tale.page.get_by_role("heading", name="Ready")).to_be_visible()
    tale.look("put away")


def second_life(tale: Tale, way: Loud) -> None:
    """A press from the shadow: to the phone a fresh alert."""
    alert = pressed(tale, way)
    tale.look("pressed again")
    tale.wait(50)
    way.rings(tale, 5)
    tale.look("the second rung")
    tale.wait(15)
    tale.look("nobody yet")
    tale.site.say("priya", Answer.WITH_THEM, alert)
    way.helped(tale)
    tale.look("helped again")
    ended(tale, way, "again")
    tale.wait(130)  # A loan that lapsed after it would undo the close.
    confirmed(tale, alert)
    tale.look("the all-clear", tries=("0000", PIN))
    tale.wait(HOUR_S)
    tale.open()
    expect(tale.page.locator(CLOSED)).to_be_visible()
    tale.look("an hour later", tries=("0000", PIN, DURESS_PIN))


def told(browser: Browser, way: Loud, pin: str, *lives: Callable[[Tale, Loud], None]) -> list[Step]:
    with lived(browser, pin, watched=way.watched) as tale:
        for life in lives:
            life(tale, way)
        return tale.steps


@pytest.mark.parametrize("way", [Loud(), Watched(), Silent()], ids=lambda way: type(way).__name__.lower())
def test_a_phone_cannot_tell_a_duress_pin_from_the_real_one_then_or_later(browser: Browser, way: Loud) -> None:
    real, duress = (told(browser, way, pin, first_life, second_life) for pin in (PIN, DURESS_PIN))
    assert all(step.parts["calls"] and step.parts["lines"] for step in real), "there is something to compare"
    found = differences(real, duress)
    assert found == [], "\n".join(found)


def test_a_shadow_that_gives_itself_away_would_be_seen(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    real = told(browser, Loud(), PIN, first_life)
    with monkeypatch.context() as broken:  # Its view tells how the alert ended, and it has not.
        broken.setattr(shadow, "outcome_shown", lambda alert, life: alert.outcome)
        found = differences(real, told(browser, Loud(), DURESS_PIN, first_life))
    assert {"at once, first, page", "at once, first, calls", "at once, first, stream"} <= parts(found)
    with monkeypatch.context() as broken:  # The stream says something whenever the responders do.
        broken.setattr(live, "_may_be_news", lambda line, view: True)
        found = differences(real, told(browser, Loud(), DURESS_PIN, first_life))
    assert parts(found) == {"while they come, stream"}


def parts(found: list[str]) -> set[str]:
    return {difference.partition(":")[0] for difference in found}
