"""The roll call on one's own page: asked, answered by one button or the other, and a call for help is never refused."""

from __future__ import annotations

import asyncio
import re

import pytest

from bureau import HEADERS, ORG, Browser, browser_of, frame_of
from rostered import SITE, Rostered
from tocsin.core import commands as c
from tocsin.core.access.record import SYSTEM
from tocsin.core.access.roll_commands import CallRoll, CloseRoll
from tocsin.core.access.roll_record import RollCall, RollSaid, SaidBy
from tocsin.core.access.sign_in_commands import SignOut
from tocsin.core.alert import Alert
from tocsin.core.limits import SESSION_SEEN_EVERY_MS
from tocsin.core.words import Came
from tocsin.runtime.access.links import Links
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.web.account import MyAccount
from tocsin.web.own_rolls import HELP, HOME, SAFE
from tocsin.web.signing import SignIn

URL = "https://t.example"


def page_of(house: Rostered, member: str, language: str = "en") -> Browser:
    frame, signing_in = frame_of(house), SigningIn(house, house, URL)
    account = MyAccount(frame, signing_in, Links(house, house, URL), house)
    handlers = [*account.handlers(), *SignIn(frame, signing_in).handlers()]
    return browser_of(house, handlers, member, language, account.pressed())


def asked() -> Rostered:
    house = Rostered()
    house.change("noor", language="en")
    assert house.decide(CallRoll(org=ORG, by=SYSTEM, site=SITE)) == c.Done()
    return house


def roll(house: Rostered) -> RollCall:
    return next(iter(house.world.all_kept(ORG, RollCall).values()))


def said(house: Rostered) -> list[tuple[str, SaidBy]]:
    return [(line.word.member, line.word.by) for line in house.world.all_kept(ORG, RollSaid).values()]


def rung(house: Rostered) -> list[Alert]:
    return list(house.world.open_alerts(ORG))


def fields(page: str, action: str) -> dict[str, str]:
    """What the form on the page would send besides its token."""
    form = page[page.index(f'action="{action}"') :].partition("</form>")[0]
    found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    return {name: value for name, value in found.items() if name != "form_token"}


# Asked and safe ------------------------------------------------------------------------------------------------------


def test_only_whoever_is_asked_sees_the_question_and_only_while_it_is_asked() -> None:
    house = asked()
    noor, wale = page_of(house, "noor"), page_of(house, "wale")
    page = noor.get(HOME).text
    assert "Are you safe?" in page and "I am safe" in page and "I need help" in page and "Dispatch Centre" in page
    assert "Do not use this page" not in page, "it can be used now"
    other = wale.get(HOME).text
    assert "Are you safe?" not in other and "Do not use this page" in other
    house.decide(CloseRoll(org=ORG, by=SYSTEM, roll=roll(house).id))
    assert "Are you safe?" not in noor.get(HOME).text


def test_one_press_says_safe_once_and_help_stays_within_reach() -> None:
    house = asked()
    noor = page_of(house, "noor")
    form = fields(noor.get(HOME).text, SAFE)
    for _ in range(2):
        answer = noor.post(SAFE, form)
        assert answer.status_code == 303 and answer.headers["location"] == HOME
    assert said(house) == [("noor", SaidBy.PAGE)] and not rung(house)
    page = noor.get(HOME).text
    assert "Noted: you are safe" in page and "I am safe" not in page and "I need help" in page


def test_an_answer_that_comes_when_it_is_closed_stands_in_the_report_as_late() -> None:
    house = asked()
    noor = page_of(house, "noor")
    form = fields(noor.get(HOME).text, SAFE)
    house.decide(CloseRoll(org=ORG, by=SYSTEM, roll=roll(house).id))
    assert noor.post(SAFE, form).status_code == 303
    assert [(word.member, word.by) for word in roll(house).said] == [("noor", SaidBy.PAGE)]


def test_safe_from_elsewhere_or_by_somebody_not_asked_says_nothing() -> None:
    house = asked()
    noor, wale = page_of(house, "noor"), page_of(house, "wale")
    form = fields(noor.get(HOME).text, SAFE)
    assert noor.post(SAFE, {**form, "form_token": "x"}).status_code == 403
    assert noor.post(SAFE, form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert wale.post(SAFE, form).status_code == 404 and noor.post(SAFE, {"roll": "x"}).status_code == 404
    assert not said(house)


def test_in_spanish_too() -> None:
    house = asked()
    house.change("noor", language="es")
    page = page_of(house, "noor", "es").get(HOME).text
    assert "Necesito ayuda" in page and "I need help" not in page


# Help ----------------------------------------------------------------------------------------------------------------


def test_one_press_rings_and_the_list_shows_it() -> None:
    house = asked()
    noor = page_of(house, "noor")
    form = fields(noor.get(HOME).text, HELP)
    answer = noor.post(HELP, form)
    assert answer.status_code == 303 and answer.headers["location"] == HOME
    (alert,) = rung(house)
    assert (alert.member, alert.site, alert.silent, alert.came) == ("noor", SITE, False, Came.DEVICE)
    assert said(house) == [("noor", SaidBy.ALERT)]
    assert "Received. Your colleagues are being rung." in noor.get(HOME).text


def test_the_same_form_sent_twice_is_one_press_and_a_fresh_page_rings_again() -> None:
    house = asked()
    noor = page_of(house, "noor")
    form = fields(noor.get(HOME).text, HELP)
    for _ in range(2):
        assert noor.post(HELP, form).status_code == 303
    (alert,) = rung(house)
    assert alert.presses == 1
    noor.post(HELP, fields(noor.get(HOME).text, HELP))
    (alert,) = rung(house)
    assert alert.presses == 2


@pytest.mark.parametrize("form", [{}, {"key": "x" * 500}, {"key": "\x00"}, {"form_token": "of yesterday"}])
def test_no_form_is_too_old_or_too_odd_to_ring(form: dict[str, str]) -> None:
    house = asked()
    assert page_of(house, "noor").post(HELP, form).status_code == 303
    assert [alert.member for alert in rung(house)] == ["noor"]


def test_it_rings_when_no_roll_is_called_any_more() -> None:
    house = asked()
    noor = page_of(house, "noor")
    form = fields(noor.get(HOME).text, HELP)
    house.decide(CloseRoll(org=ORG, by=SYSTEM, roll=roll(house).id))
    assert noor.post(HELP, form).status_code == 303 and len(rung(house)) == 1


@pytest.mark.parametrize("how", ["ended", "suspended"])
def test_a_session_that_has_ended_still_rings_and_learns_only_that_it_was_received(how: str) -> None:
    house = asked()
    noor = page_of(house, "noor")
    form = fields(noor.get(HOME).text, HELP)
    if how == "ended":
        given = frame_of(house).readers.of(noor.token)
        assert given is not None
        house.decide(SignOut(org=ORG, by=given.by))
    else:
        house.change("noor", suspended=True)
    answer = noor.post(HELP, form)
    assert answer.status_code == 303 and answer.headers["location"] == "/sign-in"
    assert [alert.came for alert in rung(house)] == [Came.REVOKED]
    page = noor.get("/sign-in").text
    assert "Received." in page and "colleagues are being rung" not in page


def test_nobody_and_another_site_ring_nobody_and_hear_that_they_have_to_call() -> None:
    house = asked()
    noor, nobody = page_of(house, "noor"), page_of(house, "")
    refused = nobody.client.post(HELP, data={}, headers=HEADERS, follow_redirects=False)
    assert refused.status_code == 403 and "Not sent. Nobody has been rung." in refused.text
    assert "Call for help by telephone or text" in refused.text
    assert noor.post(HELP, {}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert not rung(house)


def test_a_full_disk_says_at_once_that_nobody_was_rung() -> None:
    house = asked()
    noor = page_of(house, "noor")
    house.full = True
    answer = noor.post(HELP, {})
    assert answer.status_code == 503 and "Not sent. Nobody has been rung." in answer.text
    house.full = False
    assert not rung(house)


def test_a_disk_that_stalls_is_waited_for_no_longer_than_for_any_press(monkeypatch: pytest.MonkeyPatch) -> None:
    house = asked()
    noor = page_of(house, "noor")

    async def stalled(command: c.Command) -> c.Reply:
        never: asyncio.Future[c.Reply] = asyncio.get_running_loop().create_future()
        return await never

    monkeypatch.setattr(house, "submit", stalled)
    monkeypatch.setattr("tocsin.runtime.in_time.PRESS_ANSWERED_MAX_S", 0)
    house.clock.ms += SESSION_SEEN_EVERY_MS  # That somebody was here is not stored first.
    assert noor.post(HELP, {}).status_code == 503
