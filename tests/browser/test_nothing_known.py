"""A centre of which nothing is known yet: every page says in a sentence what is missing, and what to do next."""

from __future__ import annotations

import pytest
from axe_core import axe_findings
from every_page import Look
from keyboard import Walker
from office_site import OfficeSite
from playwright.sync_api import Browser, expect
from test_every_page import DESK_PX, Looker, too_small

from staff import Staffed
from tocsin.core.words import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEXT = {
    "/history": "There is no past yet.",
    "/account/shifts": "You are on no shift in the next four weeks. Clock in",
    "/office": "Nothing. A change that weakens protection would stand here",
    "/office/announced": "Nothing has been announced lately.",
    "/office/changes": "No change waits. One that weakens protection",
    "/office/keys": "No key works. Make one",
    "/office/plans": "No plan",
    "/office/reach": "Nobody is on shift now. Look at everybody",
    "/office/roster": "No shift begins in these days. Import a roster",
    "/office/roster/feeds": "No feed is read. Add the address",
    "/office/screens": "No wallboard. Set one up",
    "/office/ties": "No tie is in force.",
    "/office/trail?person=nobody": "Nothing matches. Ask for less",
}


@pytest.fixture
def house() -> Staffed:
    return Staffed(ada={"roles": tuple(Role)})


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_with_nothing_on_it_says_what_is_missing_and_what_to_do(
    browser: Browser, office: OfficeSite, language: str
) -> None:
    office.house.change("ada", language=language)
    looker, found = Looker(browser, office, DESK_PX), {}
    for path, sentence in NEXT.items():
        page = looker.open(Look(path, "ada"))
        if language == "en":
            expect(page.locator("main")).to_contain_text(sentence)
        found[path] = [*axe_findings(page, both_themes=True), *too_small(page), *Walker(page).faults()]
    assert {path: faults for path, faults in found.items() if faults} == {}
    looker.context.close()
    assert looker.complaints == []
