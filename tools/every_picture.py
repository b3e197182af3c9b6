"""For `make screenshots`: every screen and every page, in every state, at three widths, by day and by night.

The screens are those of the scripted site of the browser tests, the pages those of their invented office.  Run with
`tests` and `tests/browser` on PYTHONPATH; the argument is the folder for the pictures.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from every_page import every_page
from fake_site import DANA, LUIS, MAYA, PRIYA, TOMASZ, FakeSite, Json
from office_site import LONG, OfficeSite
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from screen_states import busy

from staff import Staffed
from tocsin.core.words import Role

SIZES = {"360": (360, 740), "1440": (1440, 900), "3840": (3840, 2160)}
THEMES = ("light", "dark")
SCREENS = ("console", "wallboard")
MANY, TIMES = 40, 12
DRAWN = (
    "() => { const h1 = document.querySelector('h1'); return h1 && !/Connect|Conect|Not known/.test(h1.innerText); }"
)


def crowd() -> list[Json]:
    return [{"id": f"p{n}", "name": f"{'ABCDEFGH'[n % 8]}mara Haddad-Lindqvist {n}"} for n in range(MANY)]


def calm(site: FakeSite) -> None:
    site.be_calm()


def nobody(site: FakeSite) -> None:
    """No roster, no contacts, no past."""
    site.be_calm()
    site.on_shift = 0
    assert site.calm is not None
    cover = [{**hour, "people": 0, "lacks": ["nobody"]} for hour in site.calm["cover"]]
    site.calm |= {"people": [], "on_shift": 0, "ways": [], "cover": cover}


def crowded(site: FakeSite) -> None:
    site.be_calm()
    assert site.calm is not None
    ways, at = ["sms", "voice", "push"], site.stamp(-900)
    people = [{"member": one, "reach": "stale", "ways": ways, "proven_at": at} for one in crowd()]
    site.calm |= {"people": people, "on_shift": MANY + 6}


def live(site: FakeSite, **more: Any) -> None:
    site.raise_alert(**{**busy(site), "silent": False, "closing": None, "warnings": [], **more})


def drill(site: FakeSite) -> None:
    live(site, drill=True)


def unknown(site: FakeSite) -> None:
    """Who, and nothing else."""
    site.raise_alert()


def everything(site: FakeSite) -> None:
    site.disabled = [{"part": "sms.twilio", "what": "It has no auth_token.", "remedy": "Set it, and start again."}]
    site.raise_alert(**busy(site))


def several(site: FakeSite) -> None:
    for member in (PRIYA, TOMASZ, DANA, {"id": "long", "name": LONG}):
        site.raise_alert(member=member)
    live(site, member=MAYA)


def many(site: FakeSite) -> None:
    """Forty people, twelve messages to each of some, a long name and a long place."""
    states = ("delivered", "handed_over", "failed", "undeliverable", "queued", "superseded")
    told = [
        {"id": f"{one['id']}-{n}", "member": one, "channel": "sms", "contact": "ends 0111", "state": states[n % 6]}
        | {"reason": "phone_off" if states[n % 6] == "failed" else None, "attempts": 1 + n % 3, "at": site.stamp(-n)}
        for one in crowd()[:TIMES]
        for n in range(TIMES)
    ]
    said = [site.said(one, ("coming", "seen", "with_them")[n % 3]) for n, one in enumerate(crowd()[TIMES:])]
    place = "Estacionamiento subterráneo norte, detrás de la segunda columna junto a la salida de emergencia"
    places = [{"kind": "spoken", "label": place, "at": site.stamp(-60)}]
    member = {"id": "long", "name": LONG}
    site.raise_alert(member=member, deliveries=told, answers=said, places=places, people_rung=MANY)


def spanish(site: FakeSite) -> None:
    site.speaks = "es"
    asked = {"by": LUIS, "to": DANA, "at": site.stamp(-20), "still_open": ["nobody_with_them"], "text": None}
    live(site, handover=asked)


STATES: Mapping[str, Callable[[FakeSite], None]] = {
    "calm": calm, "nobody": nobody, "crowded": crowded, "live": live, "drill": drill, "unknown": unknown,
    "everything": everything, "several": several, "many": many, "spanish": spanish,
}  # fmt: skip


def shown(browser: Browser, **more: Any) -> Iterator[tuple[str, BrowserContext]]:
    """A browser of each width, by day and by night; then one with forced colours, and one at twice the size."""
    looks: list[tuple[str, tuple[int, int], dict[str, Any]]] = [
        *((f"{size}-{theme}", SIZES[size], {"color_scheme": theme}) for size in SIZES for theme in THEMES),
        ("forced", SIZES["1440"], {"forced_colors": "active"}),
        ("twice", (720, 450), {"device_scale_factor": 2}),
    ]
    for name, (width, height), how in looks:
        given: Any = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **how, **more}
        context = browser.new_context(locale="en-GB", timezone_id="UTC", **given)
        yield name, context
        context.close()


def photograph_the_screens(browser: Browser, folder: Path) -> None:
    for state, make in STATES.items():
        site = FakeSite()
        server = site.serve()
        make(site)
        for name, context in shown(browser):
            for screen in SCREENS:
                page = context.new_page()
                page.goto(f"http://localhost:{site.port}/{screen}#lead-token")
                page.wait_for_function(DRAWN)
                page.screenshot(path=folder / f"{screen}-{state}-{name}.png", full_page=True)
        site.hang_up()
        server.should_exit = True


def photograph_the_pages(browser: Browser, folder: Path, site: OfficeSite, kind: str, who: str = "") -> None:
    """`who`: somebody who looks at all of them; else whoever each is meant for."""
    for name, context in shown(browser):
        page = context.new_page()
        for look in every_page(site.handlers):
            context.clear_cookies()
            if look.who:
                context.add_cookies([site.cookie(who or look.who, **look.session)])
            page.goto(f"{site.url}{look.path.format(alert=site.alert)}")
            path = re.sub(r"[^a-z0-9]+", "-", look.path).strip("-")
            page.screenshot(path=folder / f"{kind}-{path}-{look.who or 'nobody'}-{name}.png", full_page=True)
    site.stop()


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        photograph_the_screens(browser, folder)
        photograph_the_pages(browser, folder, OfficeSite(), "page")
        photograph_the_pages(browser, folder, OfficeSite(Staffed(ada={"roles": tuple(Role)})), "bare", "ada")
        browser.close()


if __name__ == "__main__":
    main()
