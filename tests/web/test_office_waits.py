"""What waits for a second person about somebody: a suspension, forgotten PINs, a way back in; seen by whoever may."""

from __future__ import annotations

import pytest

from bureau import BEGAN_MS, ORG, PUBLIC_URL, House, browser_of, frame_of
from staff import Staffed, masked
from tocsin.core.access.record import By, PinReset, Recovery, Suspension
from tocsin.core.access.words import Via
from tocsin.core.directory import Member
from tocsin.core.words import Role
from tocsin.runtime.access.links import Links
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.web.account import MyAccount

WATCHED = {"watch_window": True}


def watched() -> Staffed:
    """Noor is watched, so that two must ask for her suspension; Vera coordinates too."""
    known = Staffed(Member("vera", "Vera Invented", (Role.COORDINATOR,)), noor=WATCHED)
    assert known.reader("teo").post("/office/members/noor/suspend", {"suspend-why": "Badge found"}).status_code == 303
    return known


def test_a_suspension_that_waits_stands_before_every_free_coordinator() -> None:
    known = watched()
    page = known.reader("wale").get("/office").text
    assert "<h1>1 thing waits for you</h1>" in page and "Noor Invented would be suspended" in page
    theirs = known.reader("wale").get("/office/members/noor").text
    assert "Badge found" in theirs and "as the second person" in theirs and "Take the asking back" in theirs
    asker = known.reader("teo").get("/office/members/noor").text
    assert "Badge found" in asker and "as the second person" not in asker
    assert "<h1>Nothing waits for you</h1>" in known.reader("teo").get("/office").text


@pytest.mark.parametrize("reader", ["ada", "lena", "tied"])
def test_nobody_else_learns_that_a_suspension_waits(reader: str) -> None:
    """Administrators and auditors are told of no watch, and of whoever is tied to her none of it."""
    tied = Member("tied", "Tied Invented", (Role.COORDINATOR,), not_told_about=("noor",))
    known, plain = Staffed(tied, noor=WATCHED), Staffed(tied, noor=WATCHED)
    known.keep(Suspension(id="noor", by=By("wale", Via.SESSION), asked_ms=known.clock.ms, why="Badge found"))
    for path in ("/office", "/office/members/noor"):
        assert masked(known.reader(reader), path) == masked(plain.reader(reader), path)


def test_the_second_who_asks_suspends_and_one_who_may_takes_the_asking_back() -> None:
    known = watched()
    assert known.reader("wale").post("/office/members/noor/take-back").status_code == 422, "a reason is asked for"
    back = known.reader("wale").post("/office/members/noor/take-back", {"take-back-why": "Found in her own bag"})
    assert back.status_code == 303 and not known.directory.members["noor"].suspended
    assert "would be suspended" not in known.reader("wale").get("/office/members/noor").text
    known = watched()
    sent = {"suspend-why": "I saw it too"}
    assert known.reader("wale").post("/office/members/noor/suspend", sent).status_code == 303
    assert known.directory.members["noor"].suspended
    assert known.reader("wale").post("/office/members/noor/take-back", {"take-back-why": "No"}).status_code == 409


def test_forgotten_pins_are_taken_away_by_two_who_vouch() -> None:
    known = Staffed(noor={"pin_hash": "a", "duress_pin_hash": "b"})
    sent = {"pins-why": "She rang me"}
    assert known.reader("teo").post("/office/members/noor/pins").status_code == 422
    assert known.reader("teo").post("/office/members/noor/pins", sent).status_code == 303
    assert known.directory.members["noor"].pin_hash == "a", "one is not enough"
    assert "She rang me" in known.reader("wale").get("/office/members/noor").text
    assert "1 thing waits for you" in known.reader("wale").get("/office").text
    assert known.reader("wale").post("/office/members/noor/pins", sent).status_code == 303
    assert known.directory.members["noor"].pin_hash is None


def test_one_word_keeps_the_pins() -> None:
    known = Staffed(noor={"pin_hash": "a", "duress_pin_hash": "b"})
    known.reader("teo").post("/office/members/noor/pins", {"pins-why": "She rang me"})
    refused = known.reader("wale").post("/office/members/noor/pins-object", {"pins-object-why": "That was not she"})
    assert refused.status_code == 303 and known.directory.members["noor"].pin_hash == "a"
    page = known.reader("wale").get("/office/members/noor").text
    assert "Refused. Their PINs stay as they are." not in page and "would be taken away" not in page
    again = known.reader("wale").post("/office/members/noor/pins-object", {"pins-object-why": "That was not she"})
    assert again.status_code == 404


def test_what_begins_a_recovery_gives_way_to_what_goes_on_with_it() -> None:
    known = Staffed()
    known.reader("teo").post("/office/members/noor/recover", {"recover-why": "Met her"})
    page = known.reader("wale").get("/office/members/noor").text
    assert "Met her" in page and "members/noor/vouch" in page and "members/noor/recover" not in page
    assert "1 thing waits for you" in known.reader("wale").get("/office").text


# What others ask in one's name -----------------------------------------------------------------------------------


def test_one_word_of_whom_it_is_about_ends_what_others_ask_in_their_name() -> None:
    house = House()
    links = Links(house, house, PUBLIC_URL)
    account = MyAccount(frame_of(house), SigningIn(house, house, PUBLIC_URL), links, house)
    by = By("teo", Via.SESSION)
    house.keep(
        PinReset(id="ada", by=by, asked_ms=BEGAN_MS, ends_ms=BEGAN_MS + 1),
        Recovery(id="r1", member="ada", asked_by="teo", asked_ms=BEGAN_MS, due_ms=BEGAN_MS + 1),
    )
    browser = browser_of(house, account.handlers(), "ada")
    page = browser.get("/account").text
    assert "you have forgotten your PINs" in page and "lost every way to sign in" in page
    for action in ("/account/pins/keep", "/account/recovery/refuse"):
        assert browser.post(action).status_code == 303
    page = browser.get("/account").text
    assert "you have forgotten your PINs" not in page and "lost every way to sign in" not in page
    assert house.world.all_kept(ORG, PinReset) == {} == house.world.all_kept(ORG, Recovery)
