"""axe-core on the page as it stands, run in an isolated world, which the page's own policy does not bind."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"


def axe_findings(page: Page) -> list[str]:
    """Each broken rule with the elements that break it; empty when there is none."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]
    source = AXE.read_text("utf-8") + ";axe.run({resultTypes:['violations']}).then(r => JSON.stringify(r.violations" \
        ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))))"  # fmt: skip
    answer = session.send("Runtime.evaluate", {
        "expression": source, "contextId": world, "awaitPromise": True, "returnByValue": True
    })  # fmt: skip
    assert "exceptionDetails" not in answer, answer
    return list(json.loads(answer["result"]["value"]))
