"""For `make screenshots`: every screen and every page, in every state, at three widths, by day and by night.

The screens are those of the scripted site of the browser tests, the pages those of their invented office: what the
tests know of is photographed, and what is added to them later is too.
"""

from __future__ import annotations

from typing import Any

from camera import DESK, FEW, HAND, OFFICE, WALLS, Camera
from every_page import every_page
from every_state import EVERY_STATE
from fake_site import FakeSite
from office_site import OfficeSite
from playwright.sync_api import BrowserContext, Page
from screen_states import SCREENS
from scripted_scenes import SCENES
from visitors import Visitor

from staff import Staffed
from tocsin.core.words import Role

WALL_SCREENS = ("console", "wallboard")
DRAWN = (
    "() => { const h1 = document.querySelector('h1'); return h1 && !/Connect|Conect|Not known/.test(h1.innerText); }"
)
MAPPED = "() => !document.querySelector('.map-host:not(:has(.map))')"


def photograph_everything(camera: Camera) -> None:
    photograph_the_scenes(camera)
    photograph_the_screens(camera)
    photograph_the_pages(camera, OfficeSite(), "page", OFFICE)
    photograph_the_pages(camera, OfficeSite(Staffed(ada={"roles": tuple(Role)})), "bare", FEW, "ada")
    photograph_the_states(camera)


def photograph_the_scenes(camera: Camera) -> None:
    """The console and the wallboard, as they come up in each scene."""
    with camera.visiting() as context:
        for scene, make in SCENES.items():
            site = FakeSite()
            server = site.serve()
            make(site)
            for screen in WALL_SCREENS:
                with camera.trying(f"{screen}, {scene}"):
                    page = context.new_page()
                    page.goto(f"http://localhost:{site.port}/{screen}#lead-token")
                    page.wait_for_function(DRAWN)
                    page.wait_for_function(MAPPED)
                    camera.take(page, f"{screen}-{scene}", WALLS)
                    page.close()
            site.hang_up()
            server.should_exit = True


def photograph_the_screens(camera: Camera) -> None:
    """Every screen that the browser draws, as the tests bring it from one state into the next."""
    for screen, states in SCREENS.items():
        site = FakeSite()
        server = site.serve()
        with camera.trying(screen), camera.visiting(viewport={"width": 1440, "height": 900}) as context:
            for number, (state, page) in enumerate(states(Visitor(context, site), site)):
                camera.take(page, f"state-{screen}-{number:02}-{state}", (*HAND, *DESK))
        site.hang_up()
        server.should_exit = True


def photograph_the_pages(camera: Camera, site: OfficeSite, kind: str, looks: Any, who: str = "") -> None:
    """`who`: somebody who looks at all of them; else whoever each is meant for."""
    with camera.visiting() as context:
        page = context.new_page()
        for look in every_page(site.handlers):
            with camera.trying(f"{kind} {look}"):
                opened(page, context, site, (who and look.who and look._replace(who=who)) or look)
                camera.take(page, f"{kind}-{look.path}-{look.who or 'nobody'}{'-stale' * look.stale}", looks)
    site.stop()


def photograph_the_states(camera: Camera) -> None:
    """What is folded, what was refused, what is shown once."""
    site = OfficeSite()
    with camera.visiting() as context:
        for state, (look, reach, shows) in EVERY_STATE.items():
            with camera.trying(state):
                page = context.new_page()
                opened(page, context, site, look)
                reach(page, site)
                page.locator(shows).first.wait_for()
                camera.take(page, f"asked-{state}", FEW)
                page.close()
    site.stop()


def opened(page: Page, context: BrowserContext, site: OfficeSite, look: Any) -> None:
    context.clear_cookies()
    if look.who:
        context.add_cookies([site.cookie(look.who, **look.session)])
    page.goto(f"{site.url}{look.path.format(alert=site.alert)}")
