"""Every state of the phone, photographed as small as a phone may be: by day and by night, in both languages.

Part of `make screenshots`; by itself, `tools/phone_pictures.py FOLDER`.  Four sheets of them are kept for
docs/phone.md: in English by day, in Spanish by night.  The numbers on a sheet are those of that page.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from camera import Camera, by_day_and_night, plainly
from fake_site import PRESSED, FakeSite
from linked_site import ORG
from msgspec.structs import replace
from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright
from running_demo import FLAGS
from screen_states import States, heard, notes, phone, shown
from visitors import Visitor
from walked_site import WalkedSite

Scene = Callable[[Camera, str], States]
SMALL = by_day_and_night("360x640", 360, 640)
KEPT, SPOKEN = Path("docs/pictures"), ("en", "es")
TILE, GAP, LABEL, ACROSS, COLOURS = (216, 384), 10, 16, 7, 32
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


def walk(camera: Camera, language: str) -> States:
    site = spoken(language)
    with camera.visiting(service_workers="block") as context:
        context.add_init_script(f"if (location.port) localStorage.setItem('tocsin.token', '{site.enrol('maya')}')")
        page = context.new_page()
        page.goto(f"{site.url}/phone")
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
        context.set_offline(True)
        page.locator("[data-act=walk-home]").click()
        shown(page, "[data-screen=walk-waiting]")
        yield "home waits for a network", page
        context.set_offline(False)
        shown(page, "[data-screen=walk-over]")
        yield "a walk is over", page
    site.stop()


def responder(camera: Camera, language: str) -> States:
    site = spoken(language)
    alert = site.press()
    with camera.visiting(service_workers="block") as context:
        page = context.new_page()
        page.goto(site.link("dana", alert))
        shown(page, "main button")
        yield "a link, before the tap", page
        page.locator("main button").first.click()
        shown(page, "main[data-screen=called]")
        yield "whoever was called", page
        page.locator("[data-answer=coming]").click()
        shown(page, ".loan")
        yield "whoever is coming", page
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


CALLING = (ready, told(from_the_top), told(zone))
BESIDES = (told(notes), walk, responder)
SHEETS = {"calling": CALLING, "besides": BESIDES}


def photograph_the_phone(camera: Camera, folder: Path) -> None:
    """In the folder every state in every look; among the documents what is kept of them."""
    for sheet, scenes in SHEETS.items():
        for language in SPOKEN:
            names = list(taken(camera, f"phone-{sheet}-{language}", scenes))
            for look in SMALL:
                pictures = [folder / f"{plainly(name)}-{look.name}.png" for name in names]
                drawn = in_rows(pictures)
                drawn.save(folder / f"phones-{sheet}-{language}-{look.name}.png")
                if (language, look) in zip(SPOKEN, SMALL, strict=True):
                    KEPT.mkdir(exist_ok=True)
                    small = drawn.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
                    small.save(KEPT / f"phone-{sheet}-{look.name.rpartition('-')[2]}.png", optimize=True)


def taken(camera: Camera, kind: str, scenes: Sequence[Scene]) -> Iterator[str]:
    """The name of each picture, when it has been taken."""
    for scene in scenes:
        with camera.trying(kind):
            for state, page in scene(camera, kind[-2:]):
                camera.take(page, f"{kind}-{state}", SMALL, whole=False)
                yield f"{kind}-{state}"


def in_rows(pictures: list[Path]) -> Image.Image:
    """Each under its number."""
    rows = -(-len(pictures) // ACROSS)
    step = (TILE[0] + GAP, TILE[1] + GAP + LABEL)
    sheet = Image.new("RGB", (ACROSS * step[0] + GAP, rows * step[1] + GAP), "#888888")
    pen = ImageDraw.Draw(sheet)
    for number, path in enumerate(pictures):
        left, top = GAP + number % ACROSS * step[0], GAP + number // ACROSS * step[1]
        pen.text((left, top), str(number + 1), fill="#000000", font_size=LABEL - 1)
        with Image.open(path) as full:
            sheet.paste(full.convert("RGB").resize(TILE, Image.Resampling.LANCZOS), (left, top + LABEL))
    return sheet


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        camera = Camera(browser, folder)
        photograph_the_phone(camera, folder)
        browser.close()
    print(*(f"missed: {one}" for one in camera.missed), sep="\n")
    return 1 if camera.missed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
