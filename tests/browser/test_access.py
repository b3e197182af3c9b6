"""Every page in every state: nothing that axe-core finds, big enough to hit, small enough to load on a bad line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_core import axe_findings, settled
from fake_site import DANA, OWEN, PRIYA, TOCSIN, TOMASZ, FakeSite
from playwright.sync_api import Browser, Page, expect
from walk_states import WALKING

from tocsin.web.assets import load_assets

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE_SCRIPT_MAX_BYTES = 36_000  # Zipped, with its Spanish; the promise is 60 kB, the habit is far less.
PAGE_MAX_BYTES = 150_000  # P9: over the wire, everything a first visit needs.
TAP_MIN_PX, PHONE_TAP_MIN_PX = 44, 48


def press(page: Page) -> None:
    page.locator(".sos").evaluate("button => button.click()")


def ready(page: Page, site: FakeSite) -> None:
    page.get_by_text("How it works here").click()


def unsent(page: Page, site: FakeSite) -> None:
    site.refuse = 503
    press(page)
    page.locator("[data-screen=unsent]").wait_for()


def live(page: Page, site: FakeSite) -> None:
    press(page)
    page.locator("[data-screen=live]").wait_for()
    answers = [site.said(DANA, "coming"), site.said(TOMASZ, "with_them"), site.said(PRIYA, "seen")]
    places = [{"kind": "fix", "lat": 38.9, "lon": -77.0, "radius_m": 18, "at": site.stamp(-9)}]
    site.change("alert-1", people_rung=6, answers=answers, places=places)
    page.get_by_role("heading", name="Tomasz is with you").wait_for()


def alone(page: Page, site: FakeSite) -> None:
    press(page)
    page.locator("[data-screen=live]").wait_for()
    site.change("alert-1", people_rung=6, answers=[site.said(DANA, "coming", 20)])
    site.jump(61)
    page.get_by_role("heading", name="Nobody is on the way yet").wait_for()


def code(page: Page, site: FakeSite) -> None:
    live(page, site)
    page.get_by_role("button", name="I am safe").click()


def closed(page: Page, site: FakeSite) -> None:
    live(page, site)
    site.change("alert-1", state="closed", outcome="safe")
    page.locator("[data-screen=closed]").wait_for()


def silent(page: Page, site: FakeSite) -> None:
    page.get_by_role("button", name="Send silently").click()
    page.locator("input:checked").nth(1).wait_for()


def drill(page: Page, site: FakeSite) -> None:
    live(page, site)
    site.change("alert-1", drill=True)
    page.get_by_role("heading", name="Drill:").wait_for()


def offline(page: Page, site: FakeSite) -> None:
    live(page, site)
    site.hang_up()
    page.get_by_text("No live connection").wait_for()


def calm(page: Page, site: FakeSite) -> None:
    page.get_by_role("heading", name="All quiet.").wait_for()


def watch(page: Page, site: FakeSite, **fields: Any) -> None:
    calm(page, site)
    failed = {
        "id": "d1",
        "member": OWEN,
        "channel": "sms",
        "state": "failed",
        "reason": "phone_off",
        "at": site.stamp(),
    }
    answers = [site.said(DANA, "coming"), site.said(TOMASZ, "seen", 5, 60), site.said(PRIYA, "with_them")]
    closing = {"by": DANA, "confirmed_by": PRIYA, "commits_at": site.stamp(60), "outcome": "safe"}
    note = {"member": DANA, "text": "I see the truck", "at": site.stamp()}
    site.raise_alert(answers=answers, deliveries=[failed], closing=closing, notes=[note], **fields)
    site.raise_alert(member=TOMASZ, warnings=["reaches_nobody"], **fields)
    site.tell("alert-2")
    site.tell("alert-1")
    page.get_by_role("heading", name="Tomasz Zieliński").wait_for()
    page.get_by_role("navigation").get_by_role("button", name="Maya").click()
    page.locator(".closing").wait_for()
    if not fields:
        page.get_by_text("Police called", exact=True).click()


def watch_drill(page: Page, site: FakeSite) -> None:
    watch(page, site, drill=True)


def watch_lost(page: Page, site: FakeSite) -> None:
    watch(page, site)
    site.hang_up()
    page.get_by_text("Not live").wait_for()


def colleagues(page: Page, site: FakeSite) -> None:
    page.get_by_role("heading", name="Dana Okafor").wait_for()
    site.text(
        "+12025550112", site.message(TOCSIN, "SOS Maya. Lot B. Answer 4711=coming 8822=with them 3093=cannot #a1")
    )
    page.get_by_role("button", name="Coming").click()
    page.locator("[data-mine]").wait_for()


PHONE = [ready, unsent, live, alone, code, closed, silent, drill, offline]
WATCH = [calm, watch, watch_drill, watch_lost]
STATES = [
    *(pytest.param("/phone", "worker-token", act, id=f"phone-{act.__name__}") for act in PHONE),
    *(pytest.param("/phone", "worker-token", act, id=f"walk-{act.__name__}") for act in WALKING),
    *(pytest.param("/console", "lead-token", act, id=f"console-{act.__name__}") for act in WATCH),
    pytest.param("/colleagues", None, colleagues, id="colleagues"),
]


@pytest.fixture
def stage(browser: Browser, site: FakeSite, visitor: Any) -> Any:
    site.phones = [{"number": "+12025550112", "name": DANA["name"], "messages": []}]
    return visitor


@pytest.mark.parametrize(("path", "token", "act"), STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_that_axe_finds(
    stage: Any, site: FakeSite, path: str, token: str | None, act: Callable[[Page, FakeSite], None], scheme: Any
) -> None:
    page = stage.open(path, token)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if path == "/phone":
        page.get_by_role("heading", name="Ready").wait_for()
    act(page, site)
    assert axe_findings(page) == []


@pytest.mark.parametrize(("path", "token", "act"), STATES)
def test_nothing_runs_off_a_small_phone_and_all_can_be_hit(
    stage: Any, site: FakeSite, path: str, token: str | None, act: Callable[[Page, FakeSite], None]
) -> None:
    page = stage.open(path, token)
    page.set_viewport_size({"width": 360, "height": 640})
    if path == "/phone":
        page.get_by_role("heading", name="Ready").wait_for()
    act(page, site)
    assert settled(page).evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        "min => [...document.querySelectorAll("
        "'button, a[href], select, summary, label.check, input:not([type=checkbox], [type=radio])')]"
        ".filter(e => e.getClientRects().length && e.getBoundingClientRect().height < min)"
        ".map(e => e.outerHTML.slice(0, 90))",
        PHONE_TAP_MIN_PX if path == "/phone" else TAP_MIN_PX,
    )
    assert small == []


@pytest.mark.parametrize(
    ("path", "token", "said"), [("/phone", None, "link"), ("/console", None, "Sign in"), ("/phone", "no-such", "link")]
)
def test_a_page_without_a_good_link_is_sound_too(
    stage: Any, site: FakeSite, path: str, token: str | None, said: str
) -> None:
    page = stage.open(path, token)
    expect(page.get_by_role("heading", level=1)).to_contain_text(said)
    assert axe_findings(page) == []


def test_the_disc_is_never_covered_and_takes_a_third_of_a_small_screen(stage: Any, site: FakeSite) -> None:
    page = stage.open("/phone", "worker-token")
    page.set_viewport_size({"width": 360, "height": 640})
    page.get_by_role("heading", name="Ready").wait_for()
    settled(page)
    box = page.locator(".sos").bounding_box()
    assert box["height"] >= 640 / 3
    for part in (0.1, 0.5, 0.9):
        spot = [box["x"] + box["width"] / 2, box["y"] + box["height"] * part]
        assert page.evaluate("([x, y]) => Boolean(document.elementFromPoint(x, y)?.closest('.sos'))", spot)


def test_the_scripts_stay_small(stage: Any, site: FakeSite) -> None:
    assets = load_assets()
    phone = assets.files[assets.names["phone.js"]].zipped
    assert phone is not None and len(phone) <= PHONE_SCRIPT_MAX_BYTES
    sizes: list[int] = []
    page = stage.context.new_page()
    session = stage.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    page.goto(f"http://localhost:{site.port}/console#lead-token")
    page.get_by_role("heading", name="All quiet.").wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")
    assert 0 < sum(sizes) <= PAGE_MAX_BYTES


def test_no_script_writes_markup() -> None:
    sources = Path(__file__).parents[2] / "ui" / "src"
    for source in sources.glob("*.ts"):
        text = source.read_text("utf-8")
        for banned in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert banned not in text, f"{source.name} uses {banned}"
