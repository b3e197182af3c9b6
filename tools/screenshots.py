"""`make screenshots`: run the real demo, live one alert through it in Chromium, then photograph every screen and page.

The pictures go to a folder (`build/screenshots` unless named); the best one is kept as docs/screenshot.png, and sheets
of the phone's in docs/pictures.  A browser takes them all, while the tutorials, which mostly wait, are followed beside
it; both stand behind whatever else the machine has to do.  `tools/contact_sheets.py` then puts many of them on one
sheet, to be looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from camera import Camera, by_day_and_night
from every_picture import photograph_everything
from phone_pictures import photograph_the_phone
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright
from running_demo import FLAGS, demo

PHONE = by_day_and_night("390", 390, 844)
DESK = by_day_and_night("1440", 1440, 900)
README_PICTURE = "demo-console-live-1440-light"
TUTORIALS = ("tests/browser/test_tutorial.py", "tests/browser/test_tutorial_console.py")
SPOT = "Bay 3"  # As the plan of the demo calls it.
COLOURS = 256
POLITE = 5  # How far behind others it stands.


def live_one_alert(camera: Camera, links: dict[str, str]) -> None:
    """Press, look, answer as two, look again, close by PIN, look at the end."""
    with camera.visiting() as context:
        phone, desk, colleagues = (
            _opened(context.new_page(), links[name]) for name in ("phone", "console", "colleagues")
        )
        expect(phone.locator(".sos")).to_be_visible()
        camera.take(phone, "demo-phone-ready", PHONE)
        desk.get_by_role("button", name="Turn the sound on").click()
        camera.take(desk, "demo-console-calm", DESK)
        camera.take(colleagues, "demo-colleagues-calm", DESK)
        phone.locator(".sos").evaluate("button => button.click()")
        expect(phone.get_by_role("heading", name=re.compile("Ringing"))).to_be_visible()
        camera.take(phone, "demo-phone-ringing", PHONE)
        phone.get_by_label("Where you are").fill(SPOT)
        phone.get_by_label("Where you are").press("Enter")
        expect(desk.get_by_text(SPOT).first).to_be_visible()
        expect(colleagues.get_by_text(re.compile("SOS: Noor")).first).to_be_visible()
        camera.take(colleagues, "demo-colleagues-live", DESK)
        _answer(colleagues)
        expect(phone.get_by_role("heading", name=re.compile("are coming"))).to_be_visible()
        camera.take(phone, "demo-phone-coming", PHONE)
        camera.take(desk, "demo-console-live", DESK, whole=False)
        camera.take(desk, "demo-console-live", PHONE)
        _say_safe(phone)
        expect(phone.get_by_role("heading", name=re.compile("Closed|over|safe", re.IGNORECASE)).first).to_be_visible()
        camera.take(phone, "demo-phone-closed", PHONE)


def _opened(page: Page, link: str) -> Page:
    page.goto(link)
    return page


def _answer(colleagues: Page) -> None:
    """Two phones tap *coming*."""
    for name in ("Teo Marsh", "June Abara"):
        board = colleagues.locator("section", has=colleagues.get_by_role("heading", name=name)).last
        board.get_by_role("button", name=re.compile("^Coming|^Voy")).click()


def _say_safe(phone: Page) -> None:
    phone.get_by_role("button", name=re.compile("I am safe")).click()
    phone.get_by_label(re.compile("PIN|code", re.IGNORECASE)).first.fill("4071")
    phone.keyboard.press("Enter")


@contextmanager
def following_the_tutorials(camera: Camera, folder: Path) -> Iterator[None]:
    """Each step of both, as the tests follow them, beside what the block does."""
    environ = {**os.environ, "TOCSIN_TUTORIAL_PICTURES": str(folder.absolute())}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", *TUTORIALS]
    with subprocess.Popen(command, env=environ) as followed:
        yield
    if followed.returncode:
        camera.missed.append("a tutorial: it can not be followed to its end")


def keep_small(picture: Path, where: Path) -> None:
    """It is kept with the sources for ever: as many colours as anybody sees in it."""
    with Image.open(picture) as full:
        full.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            where, optimize=True
        )


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/screenshots")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.nice(POLITE)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        camera = Camera(browser, folder)
        with following_the_tutorials(camera, folder):
            with camera.trying("the demo"), TemporaryDirectory() as data, demo(data) as running:
                live_one_alert(camera, running.links)
            photograph_everything(camera)
            photograph_the_phone(camera, folder)
        browser.close()
    best = folder / f"{README_PICTURE}.png"
    if best.exists():
        keep_small(best, Path("docs/screenshot.png"))
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}; docs/screenshot.png is new")
    print(*(f"missed: {one}" for one in camera.missed), sep="\n")
    return 1 if camera.missed else 0


if __name__ == "__main__":
    sys.exit(main())
