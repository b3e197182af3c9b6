"""Every state of every screen, in English and in Spanish, in the light and in the dark, on the narrowest phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from axe_core import axe_findings, settled
from babel.messages.pofile import read_po
from fake_site import FakeSite
from playwright.sync_api import Browser, Page, expect
from screen_states import SCREENS, pressed, shown
from visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOCALES = {"en": "en-GB", "es": "es-MX"}
CATALOGUE = Path(__file__).parents[2] / "src" / "tocsin" / "web" / "locale" / "es" / "LC_MESSAGES" / "tocsin.po"
READ = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const read = [document.title];
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest('[lang]:not(html)')) read.push(walker.currentNode.nodeValue.trim());
  }
  document.querySelectorAll('[aria-label]').forEach(one => read.push(one.getAttribute('aria-label')));
  return read.filter(Boolean);
}"""
SPILT = """() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')].filter(one => {
    const { left, right, width } = one.getBoundingClientRect();
    const hidden = one.closest('.sr, .scroll, [aria-hidden=true], svg');
    return width > 0 && !hidden && (right > wide + 1 || left < -1);
  }).map(one => one.outerHTML.slice(0, 90));
}"""


@cache
def english() -> re.Pattern[str]:
    """Whatever a Spanish screen may not say: every English string of the screens that is another one in Spanish."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, locale="es") if message.id]
    drawn = [one for one in messages if any(name.startswith("ui/src/") for name, _ in one.locations)]
    said = [
        form
        for one in drawn
        for form in ([one.id] if isinstance(one.id, str) else one.id)
        if form not in (one.string if isinstance(one.string, tuple | list) else [one.string])
    ]
    holes = [".+".join(re.escape(part) for part in re.split(r"\{\w+\}", form)) for form in said]
    return re.compile("|".join(one for one in holes if re.search(r"[A-Za-z]{3}", one)))


def faults(page: Page, language: str) -> list[str]:
    """What keeps somebody from reading this page in their language."""
    found = [f"spilt: {one}" for one in settled(page).evaluate(SPILT)]
    if page.locator("html").get_attribute("lang") != language:
        found.append("says it speaks another language")
    if language == "es":
        found += [f"English: {text}" for text in page.evaluate(READ) if english().fullmatch(text)]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        found += [f"{scheme}: {one}" for one in axe_findings(page)]
    return found


@pytest.fixture
def abroad(browser: Browser, site: FakeSite, language: str) -> Iterator[Visitor]:
    """Somebody whose browser asks for this language."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        locale=LOCALES[language],
        timezone_id="America/Mexico_City",
        service_workers="block",
    )
    visitor = Visitor(context, site)
    yield visitor
    context.close()
    assert visitor.complaints == []


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_state_of_a_screen_is_whole_in_both_languages(
    abroad: Visitor, site: FakeSite, screen: str, language: str
) -> None:
    site.speaks = language
    found = [f"{state}: {fault}" for state, page in SCREENS[screen](abroad, site) for fault in faults(page, language)]
    assert found == []


def test_english_on_a_spanish_screen_would_be_found() -> None:
    assert all(english().fullmatch(text) for text in ("Not sent. Trying again.", "Ringing 6 people", "9 s ago"))
    assert not any(english().fullmatch(text) for text in ("Avisando a 6 personas", "SOS", "GPS", "Maya", "1:02"))


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", ["/phone", "/console"])
def test_a_page_that_knows_its_member_speaks_their_language_and_not_the_browsers(
    abroad: Visitor, site: FakeSite, path: str, language: str
) -> None:
    site.speaks = other = "en" if language == "es" else "es"
    page = abroad.open(path, "worker-token")
    expect(page.locator("html")).to_have_attribute("lang", other)
    greeting = {"/phone": {"en": "Ready", "es": "Listo"}, "/console": {"en": "All quiet.", "es": "Todo tranquilo."}}
    expect(page.locator("h1")).to_have_text(greeting[path][other])


@pytest.mark.parametrize("language", ["es"])
def test_a_desk_and_a_wallboard_speak_as_their_browser_asks(abroad: Visitor, site: FakeSite) -> None:
    for path, greeting in (("/desk", "Listo"), ("/wallboard", "Ninguna alerta")):
        page = abroad.open(path, "lead-token")
        expect(page.locator("h1")).to_have_text(greeting)
        expect(page.locator("html")).to_have_attribute("lang", "es")


@pytest.mark.parametrize("language", ["en"])
def test_a_phone_without_a_network_goes_on_in_its_members_language(abroad: Visitor, site: FakeSite) -> None:
    site.speaks = "es"
    page = abroad.open("/phone", "worker-token")
    expect(page.locator("h1")).to_have_text("Listo")
    abroad.context.set_offline(True)
    pressed(page)
    expect(page.get_by_role("heading", name="No enviado. Se intenta otra vez.")).to_be_visible()
    expect(page.get_by_role("link", name="Enviar un SMS")).to_be_visible()
    abroad.context.set_offline(False)
    shown(page, "[data-screen=live]")


@pytest.mark.parametrize("language", ["en"])
def test_a_phone_remembers_its_members_language_while_the_server_is_away(abroad: Visitor, site: FakeSite) -> None:
    site.speaks = "es"
    expect(abroad.open("/phone", "worker-token").locator("h1")).to_have_text("Listo")
    abroad.context.route("**/api/v1/me", lambda route: route.abort())
    expect(abroad.open("/phone", "worker-token").locator("h1")).to_have_text("Listo")


@pytest.mark.parametrize("language", ["es"])
def test_a_refusal_is_told_in_the_readers_language(abroad: Visitor, site: FakeSite) -> None:
    site.speaks = "es"
    site.raise_alert()
    site.refuse_acts = "One of the two must be a supervisor or coordinator."
    site.refuse_code = "needs_a_closer"
    page = abroad.open("/console", "lead-token")
    page.locator("[data-act=climb]").click()
    expect(page.locator(".acted")).to_have_text(
        "No se hizo. Una de las dos personas debe ser de supervisión o de coordinación."
    )


@pytest.mark.parametrize("language", ["es"])
def test_times_and_names_are_written_as_in_spanish_with_a_clock_of_24_hours(abroad: Visitor, site: FakeSite) -> None:
    site.speaks = "es"
    page = abroad.open("/console", "lead-token")
    expect(page.locator(".mast")).to_contain_text(re.compile(r"jueves, 11 de junio 17:0\d:\d\d"))
    site.raise_alert(answers=[site.said({"id": "ana", "name": "Ana Ruiz"}, "coming")])
    site.alerts["alert-1"]["answers"].append(site.said({"id": "ines", "name": "Inés Gil"}, "coming"))
    site.tell("alert-1")
    expect(page.locator(".band[data-alert]")).to_contain_text("Ana e Inés están en camino.")
