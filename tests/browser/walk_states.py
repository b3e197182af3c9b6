"""The screens of a walk on a phone of the scripted site: of whoever walks, and of whoever minds them."""

from __future__ import annotations

from collections.abc import Iterator

from fake_site import DANA, MAYA, OWEN, PRIYA, FakeSite, Json
from playwright.sync_api import Page, expect
from visitors import Visitor

States = Iterator[tuple[str, Page]]
WAY = {"destination": "car", "bay": "Row C", "way": "Lobby 2"}
MAY = ("check-in", "extend", "home", "cancel")


def own(site: FakeSite, left: float = 15, state: str = "out", *, pin_needed: bool = False) -> str:
    """Maya's own walk, as her phone is shown it."""
    walk = site.walk(
        MAYA, left, ago=5, state=state, raises_at=site.stamp(60 * left + 60), alert=None, buddy=DANA,
        extend_left_min=60, pin_needed=pin_needed, places=[], you={"member": MAYA["id"], "may": MAY}, **WAY,
    )  # fmt: skip
    return str(walk["id"])


def minded(site: FakeSite, whose: Json, left: float, state: str) -> str:
    """A walk whose buddy Maya is."""
    walk = site.walk(whose, left, 5, state=state, buddy=MAYA, you={"member": MAYA["id"], "may": []}, **WAY)
    return str(walk["id"])


def shown(page: Page, what: str) -> None:
    expect(page.locator(what).first).to_be_visible()


def choosing(page: Page, site: FakeSite) -> None:
    page.locator("[data-act=walk-choose]").click()
    shown(page, "[data-screen=walk-start]")
    page.locator("[data-key=walk-more] summary").click()
    shown(page, "#walk-buddy")


def nobody_of_that_name(page: Page, site: FakeSite) -> None:
    choosing(page, site)
    page.locator("#walk-buddy").fill("7")
    page.locator("button[type=submit]").click()
    expect(page.locator("#walk-buddy-said")).not_to_be_empty()


def out(page: Page, site: FakeSite) -> None:
    own(site)
    shown(page, "[data-screen=walk]")
    page.locator("[data-key=walk-end] summary").click()


def reminded(page: Page, site: FakeSite) -> None:
    own(site, 2, "reminded")
    shown(page, "[data-screen=walk-reminded]")


def due(page: Page, site: FakeSite) -> None:
    own(site, -0.2, "due")
    shown(page, "[data-screen=walk-due]")


def overdue(page: Page, site: FakeSite) -> None:
    own(site, -2, "overdue")
    shown(page, "[data-screen=walk-overdue]")


def waiting(page: Page, site: FakeSite) -> None:
    own(site)
    page.route("**/home", lambda route: route.abort())
    page.locator("[data-act=walk-home]").click()
    shown(page, "[data-screen=walk-waiting]")


def asked(page: Page, site: FakeSite) -> None:
    own(site, pin_needed=True)
    page.locator("[data-act=walk-home]").click()
    shown(page, "#walk-pin")


def arrived(page: Page, site: FakeSite) -> None:
    walk = own(site)
    shown(page, "[data-screen=walk]")
    site.walked(walk, state="home")
    shown(page, "[data-screen=walk-over]")


def buddy(page: Page, site: FakeSite) -> None:
    minded(site, DANA, 12, "out")
    minded(site, PRIYA, -0.2, "due")
    walk = minded(site, OWEN, -2, "overdue")
    expect(page.locator("[data-minded]")).to_have_count(3)
    site.walked(walk, state="raised")
    shown(page, "[data-minded=raised]")


WALKING = (choosing, nobody_of_that_name, out, reminded, due, overdue, waiting, asked, arrived, buddy)


def walking(visitor: Visitor, site: FakeSite) -> States:
    """All of them, each on a page of its own."""
    for act in WALKING:
        site.walks.clear()
        page = visitor.open("/phone", "worker-token")
        shown(page, "[data-act=walk-choose]")
        act(page, site)
        yield act.__name__.replace("_", " "), page
        page.close()
