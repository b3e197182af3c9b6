"""The whole of it, as a newcomer tries it: the real demo, its three pages, an alert from the press to the close."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from running_demo import Demo, demo

from tocsin.bench.town import free_ports

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Open = Callable[[str, str], Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Each page in a browser of its own, as on four people's devices."""
    contexts = []

    def open_page(links: str, size: str = "desk") -> Page:
        viewport = {"width": 390, "height": 844} if size == "phone" else {"width": 1440, "height": 900}
        contexts.append(browser.new_context(viewport=viewport))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.goto(links)
        return page

    yield open_page
    for context in contexts:
        context.close()


def press(phone: Page) -> None:
    disc = phone.locator(".sos")
    expect(disc).to_be_enabled()
    disc.focus()
    phone.keyboard.down("Space")
    expect(phone.get_by_role("heading", name=re.compile("Ringing"))).to_be_visible()
    phone.keyboard.up("Space")


def answer_as_two(colleagues: Page) -> None:
    for name in ("Teo Marsh", "June Abara"):
        board = colleagues.locator("section", has=colleagues.get_by_role("heading", name=name)).last
        board.get_by_role("button", name=re.compile("^Coming|^Voy")).click()


def test_a_newcomer_presses_two_answer_and_two_close_it(tmp_path: Path, opened: Open) -> None:
    with demo(str(tmp_path), free_ports()) as running:
        pages = {name: opened(link, "phone" if name == "phone" else "desk") for name, link in running.links.items()}
        press(pages["phone"])
        expect(pages["colleagues"].get_by_text(re.compile("SOS: Noor Haddad")).first).to_be_visible()
        answer_as_two(pages["colleagues"])
        expect(
            pages["phone"].get_by_role("heading", name=re.compile("Teo and June are coming|(Teo|June) is coming"))
        ).to_be_visible()
        _close_by_two(pages["console"], pages["second"])


def _close_by_two(first: Page, second: Page) -> None:
    """One proposes, the other confirms; the minute to object runs, and an objection undoes it."""
    first.get_by_text("Close: two people needed").click()
    first.get_by_role("button", name="Propose to close").click()
    second.get_by_role("button", name="Confirm").click()
    second.get_by_role("button", name="Object").click()
    expect(first.get_by_text("Close: two people needed")).to_be_visible()


def test_a_server_that_is_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path, opened: Open) -> None:
    port = free_ports()
    with demo(str(tmp_path), port) as before:
        phone = opened(before.links["phone"], "phone")
        press(phone)
        before.process.kill()
        before.process.wait()
    with demo(str(tmp_path), port) as after:
        expect(phone.get_by_role("heading", name=re.compile("Ringing"))).to_be_visible()
        _rings_again(after, opened)


def _rings_again(after: Demo, opened: Open) -> None:
    """The box is new, so what its phones show came after the kill."""
    colleagues = opened(after.links["colleagues"], "desk")
    expect(colleagues.get_by_text(re.compile("SOS: Noor Haddad")).first).to_be_visible(timeout=90_000)
