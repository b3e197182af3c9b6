"""axe-core on the page as it stands, run in an isolated world, which the page's own policy does not bind."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
RUN = (
    "axe.run({resultTypes:['violations']%s}).then(r => JSON.stringify(r.violations"
    ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))))"
)

SETTLED = """() => {
  document.body.getBoundingClientRect();  // What is drawn now asks for its letters.
  const ends = one => Number.isFinite(one.effect?.getComputedTiming().endTime);
  const moving = document.getAnimations().filter(ends).map(one => one.finished.catch(() => null));
  return Promise.all([document.fonts.ready, ...moving]).then(() => true);
}"""


def settled(page: Page) -> Page:
    """Its letters have come and nothing changes its colour any more: what is measured now is what people look at."""
    page.evaluate(SETTLED)
    return page


def axe_findings(page: Page, *, both_themes: bool = False) -> list[str]:
    """Each broken rule with the elements that break it; empty when there is none.

    `both_themes`: what is read in the light is looked at in the dark too, where nothing but its colours can differ.
    """
    settled(page)
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]

    def evaluated(expression: str) -> list[str]:
        asked = {"expression": expression, "contextId": world, "awaitPromise": True, "returnByValue": True}
        answer = session.send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer
        return list(json.loads(answer["result"]["value"]))

    found = evaluated(f"{AXE.read_text('utf-8')};{RUN % ''}")
    if both_themes:
        page.emulate_media(color_scheme="dark")
        settled(page)
        found += [f"in the dark, {one}" for one in evaluated(RUN % ",runOnly:['color-contrast','link-in-text-block']")]
        page.emulate_media(color_scheme="light")
    session.detach()
    return found
