"""For `make screenshots`: the pages of whoever signs in, of desks and of wallboards, once something waits in them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

SMALL: ViewportSize = {"width": 360, "height": 640}
WIDE: ViewportSize = {"width": 1440, "height": 900}
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
OF_A_SUPERVISOR = {
    "account": "/account",
    "office": "/office",
    "members": "/office/members",
    "member": "/office/members/noor",
    "changes": "/office/changes",
}
OF_THE_ADMINISTRATOR = {
    "trail": "/office/trail",
    "edit": "/office/members/noor/edit",
    "screens": "/office/screens",
    "keys": "/office/keys",
}


def photograph_the_office(browser: Browser, folder: Path, data: str, office: str) -> None:
    """`office`: the administrator's one-time link; `data`: where the running demo keeps its data."""
    supervisor = let_in(browser, printed(data, "invite", "teo"))
    administrator = let_in(browser, office, asks_for_a_change)
    screens = {
        "desk": opened(browser, printed(data, "desk", "centre", "floor"), "/desk"),
        "wallboard": opened(browser, printed(data, "wallboard", "centre"), "/wallboard"),
    }
    for theme in ("light", "dark"):
        for width, size in (("360", SMALL), ("1440", WIDE)):
            shown: dict[str, Any] = {"viewport": size, "color_scheme": theme, "reduced_motion": "reduce"}
            keep(browser.new_context(**shown), office, {"sign-in": "/sign-in"}, folder, f"{width}-{theme}")
            for state, pages in ((supervisor, OF_A_SUPERVISOR), (administrator, OF_THE_ADMINISTRATOR)):
                context = browser.new_context(**shown, storage_state=state)
                keep(context, office, pages, folder, f"{width}-{theme}")
            for name, state in screens.items():
                context = browser.new_context(**shown, storage_state=state)
                keep(context, office, {name: f"/{name}"}, folder, f"{width}-{theme}")


def printed(data: str, *words: str) -> str:
    """The link that a verb prints beside the running demo."""
    command = [sys.executable, "-m", "tocsin", *words, "--data", data, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return str(json.loads(done.stdout.splitlines()[-1])["link"])


def let_in(browser: Browser, link: str, then: Any = None) -> Any:
    """Whoever has this link makes a passkey; what their browser keeps of it."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(link)
    page.locator("main form button").click()
    page.locator("[data-passkey=add]").click()
    page.wait_for_url("**/account/codes")
    if then is not None:
        then(page)
    return ended(context)


def asks_for_a_change(page: Page) -> None:
    page.goto(urljoin(page.url, "/office/members/noor/edit"))
    page.get_by_label("Responder").uncheck()
    page.get_by_label("Why").fill("She moves to the day shift.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("waits")


def opened(browser: Browser, link: str, path: str) -> Any:
    """A screen that has become one."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto(link)
    page.locator("main form button").click()
    page.wait_for_url(f"**{path}")
    return ended(context)


def ended(context: BrowserContext) -> Any:
    state = context.storage_state()
    context.close()
    return state


def keep(context: BrowserContext, at: str, pages: dict[str, str], folder: Path, suffix: str) -> None:
    page = context.new_page()
    for name, path in pages.items():
        page.goto(urljoin(at, path))
        expect(page.locator("h1").first).not_to_have_text("Connecting")
        page.screenshot(path=folder / f"{name}-{suffix}.png", full_page=True)
    context.close()
