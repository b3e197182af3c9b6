"""The plan that can be moved by hand takes over from the still one where it can be drawn, under the same policy."""

from __future__ import annotations

import io
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from drawn_site import draw, reports
from fake_site import FakeSite
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from visitors import Visitor

from tocsin.web.pages import Tiles

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


class TileServer(ThreadingHTTPServer):
    """Somebody's map on another origin: every tile is blue, and whoever asks may read it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Tile)
        self.asked: list[str] = []
        self.origin = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Tile(BaseHTTPRequestHandler):
    server: TileServer

    def do_GET(self) -> None:
        held = io.BytesIO()
        Image.new("RGB", (256, 256), (20, 20, 240)).save(held, "PNG")
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(held.getvalue())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def drawing(browser: Browser) -> Iterator[Browser]:
    """A browser in which the processor plays a graphics card, and says that it is one."""
    drawing = browser.browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, *DRAWING])
    yield drawing
    drawing.close()


def watch(drawing: Browser, site: FakeSite) -> tuple[Page, Visitor]:
    """A console with a live alert, once its plan can be moved by hand."""
    visitor = Visitor(drawing.new_context(viewport={"width": 800, "height": 600}, locale="en-GB"), site)
    visitor.context.add_init_script(AS_IF_FAST)
    site.raise_alert(site="wren", people_rung=4, places=reports(site))
    page = visitor.open("/console", "lead-token")
    expect(page.locator(".map[data-gl]")).to_be_visible(timeout=LATEST_MS)
    return page, visitor


def seen(page: Page) -> Any:
    """The colours of the plan, pixel by pixel."""
    shot: Any = Image.open(io.BytesIO(page.locator(".map-frame").screenshot())).convert("RGB")
    return shot.get_flattened_data()


def red(page: Page) -> int:
    """How many pixels of the plan are in the colour of a live alert, or nearly."""
    return sum(r > 150 and g < 60 and b < 70 for r, g, b in seen(page))


def test_it_takes_over_with_a_worker_of_our_own_and_gives_way_when_it_is_lost(drawing: Browser, site: FakeSite) -> None:
    draw(site)
    console, visitor = watch(drawing, site)
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
    assert visitor.complaints == [], "nothing of it breaks the page's policy or leaves the host"


@pytest.fixture
def other() -> Iterator[TileServer]:
    other = TileServer()
    yield other
    other.shutdown()
    other.server_close()


@pytest.fixture
def tiled(other: TileServer) -> Iterator[FakeSite]:
    site = FakeSite()
    site.tiles = Tiles(f"{other.origin}/{{z}}/{{x}}/{{y}}.png", "Example maps")
    server = site.serve()
    yield site
    site.hang_up()
    server.should_exit = True


def test_tiles_that_the_operator_has_set_lie_beneath_a_sheet_whose_place_is_known(
    drawing: Browser, tiled: FakeSite, other: TileServer
) -> None:
    site, sheets = tiled, draw(tiled)["sheets"]
    draw(site, sheets=[{**sheets[0], "picture": None}, sheets[1]])
    console, visitor = watch(drawing, site)
    expect(console.get_by_text("Example maps")).to_be_visible()
    assert other.asked and all(re.fullmatch(r"/\d+/\d+/\d+\.png", path) for path in other.asked)
    assert sum(b > 150 and r < 90 for r, _, b in seen(console)) > 5_000, "what it sent is seen"
    console.get_by_role("button", name="Upper floor").click()
    expect(console.get_by_text("Example maps")).to_have_count(0)
    assert {one.removeprefix("left the host: ").rpartition(":")[0] for one in visitor.complaints} <= {
        "http://127.0.0.1"
    }
