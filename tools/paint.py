"""P9: how soon the console is painted on a slow phone, and how many bytes it takes: `tools/paint.py --json`.

The real demo, its console in Chromium through the DevTools protocol: a phone's screen, a fourth of this processor, a
line of 1.6 Mbit/s with 150 ms to the server and back (what Lighthouse calls slow 4G), nothing cached.  Each run is a
fresh browser; the paint is the browser's own `first-contentful-paint`, the bytes are those on the wire until the page
is quiet, the live stream not counted, which never ends.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from running_demo import FLAGS, demo

RUNS = 7
PORT = 8890
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
SLOWER = 4
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def main(arguments: list[str]) -> int:
    with TemporaryDirectory() as folder, demo(folder, PORT) as running, sync_playwright() as playwright:
        path = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        runs = [_once(browser, running.links["console"]) for _ in range(RUNS)]
        browser.close()
    paints, sizes = [run[0] for run in runs], [run[1] for run in runs]
    found = {
        "runs": RUNS,
        "paint_ms_p50": round(statistics.median(paints)),
        "paint_ms_max": round(max(paints)),
        "wire_kb": round(max(sizes) / 1_000, 1),
    }
    print(json.dumps(found) if "--json" in arguments else found)
    return 0


def _once(browser: Browser, link: str) -> tuple[float, int]:
    """When something was painted (ms), and the bytes that came over the wire."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, device_scale_factor=3, is_mobile=True)
    page = context.new_page()
    session, sizes = context.new_cdp_session(page), []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(link)
    page.locator("main h1").wait_for()
    page.wait_for_function("document.fonts.status === 'loaded'")
    painted: Any = page.evaluate(PAINTED)
    context.close()
    return float(painted), sum(sizes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
