"""The walks on one's own page: one's own, and those whose buddy one is; of nobody else."""

from __future__ import annotations

import pytest

from bureau import ORG, Browser, House, browser_of, frame_of
from tocsin.core import commands as c
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.walk_commands import HomeWalk, StartWalk, WalkTaken
from tocsin.core.words import Destination
from tocsin.runtime.access.links import Links
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.web.account import MyAccount
from tocsin.web.own_walks import STATES, WHITHER

MINUTE = 60_000


def page(house: House, member: str) -> str:
    links, signing_in = Links(house, house, "https://t.example"), SigningIn(house, house, "https://t.example")
    handlers = MyAccount(frame_of(house), signing_in, links, house).handlers()
    browser: Browser = browser_of(house, handlers, member, "en")
    answer = browser.get("/account")
    assert answer.status_code == 200
    return answer.text


def begun(house: House) -> str:
    command = StartWalk(
        org=ORG,
        by=By("ada", Via.SYSTEM, "test"),
        credential="test",
        key="k",
        member="ada",
        destination=Destination.CAR,
        minutes=15,
        way="along <the> fence",
        buddy="wale",
    )
    taken = house.decide(command)
    assert isinstance(taken, WalkTaken)
    return taken.walk


def test_my_page_shows_my_walk_until_it_is_over() -> None:
    house = House()
    assert "Walks under way" not in page(house, "ada")
    walk = begun(house)
    shown = page(house, "ada")
    assert "Your walk" in shown and "To the car" in shown and "along &lt;the&gt; fence" in shown
    assert "Buddy: <bdi>Wale Invented</bdi>" in shown and "colleagues are rung at" in shown and "On the way" in shown
    house.decide(HomeWalk(org=ORG, walk=walk, member="ada"))
    assert "Walks under way" not in page(house, "ada")


def test_a_buddy_sees_whom_they_look_after_and_is_asked_to_stay_on_the_line() -> None:
    house = House()
    begun(house)
    shown = page(house, "wale")
    assert "Ada Invented" in shown and "Stay on the line." in shown and "along &lt;the&gt; fence" in shown
    assert "colleagues are rung at" not in shown


@pytest.mark.parametrize("who", ["teo", "noor", "lena"])
def test_nobody_else_sees_it_on_a_page_of_their_own(who: str) -> None:
    house = House()
    begun(house)
    assert "Ada Invented" not in page(house, who) and "Walks under way" not in page(house, who)


def test_a_buddy_who_is_tied_meanwhile_sees_nothing_any_more() -> None:
    house = House()
    begun(house)
    house.change("wale", not_told_about=("ada",))
    assert "Walks under way" not in page(house, "wale")
    assert "Wale" not in page(house, "ada"), "and nobody is told that"


def test_time_moves_the_word() -> None:
    house = House()
    walk = begun(house)
    for at_min, word in ((12, "Reminded"), (15, "Asked if they are there")):
        house.clock.ms += at_min * MINUTE - (house.clock.ms - house.world.walks.known[walk].started_ms)
        house.decide(c.LookWalk(org=ORG, walk=walk))
        assert word in page(house, "ada")


def test_every_state_and_destination_that_a_page_can_meet_has_its_words() -> None:
    assert set(WHITHER) == set(Destination)
    assert {state.value for state in STATES} == {"out", "reminded", "due", "overdue", "raised"}
