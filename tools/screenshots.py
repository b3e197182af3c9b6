"""`make screenshots`: run the real demo, live one alert through it in Chromium, and photograph its pages.

The pictures go to a folder (`build/screenshots` unless named); the best one is kept as docs/screenshot.png.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from office_pictures import photograph_the_office
from playwright.sync_api import Browser, Page, expect, sync_playwright

PORT = 8870
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
README_PICTURE = "console-live-light"


@contextmanager
def demo(folder: str, port: int = PORT) -> Iterator[Demo]:
    """The demo, running for as long as the block (or until somebody kills it)."""
    command = [sys.executable, "-m", "tocsin", "demo", "--port", str(port), "--data", folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield Demo(process, _links(process))
        finally:
            process.send_signal(signal.SIGTERM)


class Demo(NamedTuple):
    """The process, and the links it printed: phone, colleagues, console, second, office."""

    process: subprocess.Popen[str]
    links: dict[str, str]


def _links(process: subprocess.Popen[str]) -> dict[str, str]:
    links: dict[str, str] = {}
    assert process.stdout is not None
    for line in process.stdout:
        for url, page in re.findall(r"(http://localhost:\d+/(phone|colleagues|console)\S*)", line):
            links["second" if page in links else page] = url
        for url in re.findall(r"http://localhost:\d+/link\S+", line):
            links["office"] = url
        if "Ctrl+C" in line:
            return links
    raise SystemExit("the demo did not start; run: make run")


class Camera:
    """Opens pages in one theme and keeps what they look like."""

    def __init__(self, browser: Browser, folder: Path, links: dict[str, str], theme: Any) -> None:
        self._browser, self._folder, self._links, self._theme = browser, folder, links, theme

    def open(self, page: str, size: Any) -> Page:
        context = self._browser.new_context(viewport=size, color_scheme=self._theme, device_scale_factor=1)
        opened = context.new_page()
        opened.goto(self._links[page])
        return opened

    def keep(self, page: Page, name: str, *, full: bool = False) -> None:
        page.screenshot(path=self._folder / f"{name}-{self._theme}.png", full_page=full)


def live_one_alert(camera: Camera) -> None:
    """Press, look, answer as two, look again, close by PIN, look at the end."""
    phone, desk = camera.open("phone", PHONE), camera.open("console", DESK)
    colleagues, small = camera.open("colleagues", DESK), camera.open("console", PHONE)
    expect(phone.locator(".sos")).to_be_visible()
    camera.keep(phone, "phone-ready")
    camera.keep(desk, "console-calm")
    camera.keep(colleagues, "colleagues-calm")
    phone.locator(".sos").evaluate("button => button.click()")
    expect(phone.get_by_role("heading", name=re.compile("Ringing"))).to_be_visible()
    camera.keep(phone, "phone-ringing", full=True)
    phone.get_by_label("Where you are").fill("Lot B, bay 12")
    phone.get_by_label("Where you are").press("Enter")
    expect(desk.get_by_text("Lot B, bay 12").first).to_be_visible()
    expect(colleagues.get_by_text(re.compile("SOS: Noor")).first).to_be_visible()
    camera.keep(colleagues, "colleagues-live")
    _answer(colleagues)
    expect(phone.get_by_role("heading", name=re.compile("are coming"))).to_be_visible()
    camera.keep(phone, "phone-coming", full=True)
    camera.keep(desk, "console-live")
    camera.keep(small, "console-live-small", full=True)
    camera.keep(colleagues, "colleagues-answered")
    _say_safe(phone)
    expect(phone.get_by_role("heading", name=re.compile("Closed|over|safe", re.IGNORECASE)).first).to_be_visible()
    camera.keep(phone, "phone-closed", full=True)
    for page in (phone, desk, colleagues, small):
        page.context.close()


def _answer(colleagues: Page) -> None:
    """Two phones tap *coming*."""
    for name in ("Teo Marsh", "June Abara"):
        board = colleagues.locator("section", has=colleagues.get_by_role("heading", name=name)).last
        board.get_by_role("button", name=re.compile("^Coming|^Voy")).click()


def _say_safe(phone: Page) -> None:
    phone.get_by_role("button", name=re.compile("I am safe")).click()
    phone.get_by_label(re.compile("PIN|code", re.IGNORECASE)).first.fill("4071")
    phone.keyboard.press("Enter")


def photograph_everything(folder: Path) -> None:
    """Each step of the console's tutorial, and every screen and page in every state."""
    python, path = sys.executable, os.pathsep.join(("tests", "tests/browser", "tools"))
    environ = {**os.environ, "PYTHONPATH": path, "TOCSIN_TUTORIAL_PICTURES": str(folder.absolute())}
    tutorial = [python, "-m", "pytest", "-q", "-n", "0", "tests/browser/test_tutorial_console.py"]
    for command in ([python, "tools/every_picture.py", str(folder)], tutorial):
        subprocess.run(command, env=environ, check=True)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with TemporaryDirectory() as data, demo(data) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for theme in ("light", "dark"):
            live_one_alert(Camera(browser, folder, running.links, theme))
        photograph_the_office(browser, folder, data, running.links["office"])
        browser.close()
    photograph_everything(folder)
    shutil.copyfile(folder / f"{README_PICTURE}.png", "docs/screenshot.png")
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}; docs/screenshot.png is new")


if __name__ == "__main__":
    main()
