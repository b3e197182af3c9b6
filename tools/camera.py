"""One page, photographed in many looks: what a look changes is the window and what the reader prefers, so that
nothing is asked of the server again.  Whatever cannot be photographed is kept by name, and the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from axe_core import settled
from playwright.sync_api import Browser, BrowserContext, Error, Page

DRAWN_ANEW = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
PREFERS: Mapping[str, Any] = MappingProxyType(
    {"color_scheme": "light", "forced_colors": "none", "reduced_motion": "reduce"}
)
SIZED = "size => { document.documentElement.style.setProperty('--size', size); dispatchEvent(new Event('resize')); }"


class Look(NamedTuple):
    """`prefers`: what the reader's system says they do.  `size`: the walls' own setting of their text."""

    name: str
    width: int
    height: int
    prefers: Mapping[str, Any]
    size: str = "1"


def by_day_and_night(name: str, width: int, height: int) -> tuple[Look, Look]:
    light, dark = ({"color_scheme": theme} for theme in ("light", "dark"))
    return Look(f"{name}-light", width, height, light), Look(f"{name}-dark", width, height, dark)


HAND, DESK = by_day_and_night("360", 360, 740), by_day_and_night("1440", 1440, 900)
VAST = by_day_and_night("3840", 3840, 2160)
FORCED = Look("forced", 1440, 900, {"color_scheme": "dark", "forced_colors": "active"})
TWICE = Look("twice", 720, 450, {})  # A window of 1440 at 200 %.
FEW = (*HAND, DESK[0])
OFFICE = (*HAND, *DESK, VAST[0], FORCED, TWICE)
ALL = (*HAND, *DESK, *VAST, FORCED, TWICE)
WALLS = (*ALL, Look("1080", 1920, 1080, {}), Look("1080-larger", 1920, 1080, {}, "1.5"))


class Camera:
    """`folder`: where the pictures go.  `missed`: what could not be photographed, and why."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self._folder = browser, folder
        self.missed: list[str] = []

    @contextmanager
    def visiting(self, locale: str = "en-GB", **more: Any) -> Iterator[BrowserContext]:
        """A browser of one's own, closed afterwards."""
        context = self.browser.new_context(locale=locale, timezone_id="UTC", reduced_motion="reduce", **more)
        try:
            yield context
        finally:
            context.close()

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """What goes wrong inside is kept; what comes after it goes on."""
        try:
            yield
        except (Error, AssertionError) as error:
            self.missed.append(f"{what}: {str(error).strip().splitlines()[0] if str(error) else type(error).__name__}")

    def take(self, page: Page, name: str, looks: Sequence[Look] = ALL, *, whole: bool = True) -> None:
        """`whole`: also what one would have to scroll to."""
        for look in looks:
            page.set_viewport_size({"width": look.width, "height": look.height})
            page.emulate_media(**{**PREFERS, **look.prefers})
            page.evaluate(SIZED, look.size)
            page.evaluate(DRAWN_ANEW)
            drill = page.locator("html[data-drill]").count() > 0  # Its frame goes round the window, not round the page.
            settled(page).screenshot(
                path=self._folder / f"{plainly(name)}-{look.name}.png", full_page=whole and not drill
            )


def plainly(name: str) -> str:
    """As a file may be called."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
