"""The plan that can be moved by hand takes over from the still one where it can be drawn, under the same policy."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from drawn_site import draw, reports
from fake_site import FakeSite
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DRAWING = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
AS_IF_FAST = """(was => { WebGL2RenderingContext.prototype.getParameter = function (name) {
    const said = was.call(this, name);
    return /SwiftShader/.test(said) ? 'a graphics card' : said;
}; })(WebGL2RenderingContext.prototype.getParameter);"""
LATEST_MS = 120_000  # A processor that plays a graphics card, on a machine that has other things to do.


@pytest.fixture
def console(browser: Browser, site: FakeSite) -> Iterator[Page]:
    drawing = browser.browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, *DRAWING])
    visitor = Visitor(drawing.new_context(viewport={"width": 800, "height": 600}, locale="en-GB"), site)
    draw(site)
    site.raise_alert(site="wren", people_rung=4, places=reports(site))
    visitor.context.add_init_script(AS_IF_FAST)
    page = visitor.open("/console", "lead-token")
    expect(page.locator(".map[data-gl]")).to_be_visible(timeout=LATEST_MS)
    yield page
    drawing.close()
    assert visitor.complaints == [], "nothing of it breaks the page's policy or leaves the host"


def red(page: Page) -> int:
    """How many pixels of the plan are in the colour of a live alert, or nearly."""
    seen: Any = Image.open(io.BytesIO(page.locator(".map-frame").screenshot())).convert("RGB")
    return sum(r > 150 and g < 60 and b < 70 for r, g, b in seen.get_flattened_data())


def test_it_takes_over_with_a_worker_of_our_own_and_gives_way_when_it_is_lost(console: Page, site: FakeSite) -> None:
    assert all(worker.url.startswith(f"http://localhost:{site.port}/static/map-worker-") for worker in console.workers)
    assert console.workers, "it works outside of the page's own thread"
    expect(console.locator(".map-svg")).to_be_hidden()
    assert red(console) > 500
    console.get_by_role("button", name="Upper floor").click()
    expect(console.locator(".map-name").filter(has_text="Dispatch")).to_be_visible()
    console.get_by_role("button", name="Site", exact=True).click()
    lose = "canvas => canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    console.locator(".map-glass canvas").evaluate(lose)
    expect(console.get_by_text("This browser can only show a still drawing.")).to_be_visible()
    expect(console.locator(".map-svg")).to_be_visible()
    assert red(console) > 500
