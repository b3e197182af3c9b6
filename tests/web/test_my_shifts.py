"""My shifts: clocking in and out, asking a colleague to take one, and answering."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from bureau import Browser
from rostered import HOUR, SITE, Rostered
from staff import masked
from tocsin.core.access.swaps import Swap
from tocsin.core.directory import Member, Shift, Site
from tocsin.core.words import Role

HOME = "/account/shifts"


def asking(known: Rostered, browser: Browser, **typed: str) -> dict[str, str]:
    """The form of the last of one's shifts, as its page has it."""
    found = re.findall(r'href="(/account/shifts/ask\?shift=[^"]*)"', browser.get(HOME).text)
    page = browser.get(found[-1].replace("&amp;", "&")).text
    times = dict(re.findall(r'name="(begins|ends)" type="datetime-local" value="([^"]*)"', page))
    shift = re.search(r'name="shift" value="([^"]*)"', page)
    assert shift is not None
    return {"shift": shift[1], **times, "who": "Bo Larsen", "why": "", **typed}


def swaps(known: Rostered) -> list[Swap]:
    return list(known.world.all_kept("alder", Swap).values())


def test_the_heading_says_whether_i_am_on_and_my_shifts_are_listed_and_nobody_elses() -> None:
    known = Rostered()
    page = known.reader("ana").get(HOME).text
    assert "<h1>You are on shift until" in page and page.count("Ask somebody to take it") == 2
    assert "Teo" not in page and "Bo" not in page
    assert "<h1>You are not on shift</h1>" in known.reader("wale").get(HOME).text


def test_i_clock_in_besides_the_roster_and_out_again() -> None:
    known = Rostered()
    browser = known.reader("wale")
    assert browser.post(f"{HOME}/clock-in", {"site": SITE}).status_code == 303 and "wale" in known.on()
    page = browser.get(HOME).text
    assert "You are on. Clock out when you go." in page and "Clock out" in page
    assert browser.post(f"{HOME}/clock-out").status_code == 303 and "wale" not in known.on()


def test_whoever_goes_from_a_shift_without_an_end_reads_when_they_count_again() -> None:
    known = Rostered()
    known.rules(shifts=(Shift(SITE, ("wale",), 0, 10**15),))
    browser = known.reader("wale")
    assert browser.post(f"{HOME}/clock-out").status_code == 303 and "wale" not in known.on()
    assert "<h1>You are not on shift until" in browser.get(HOME).text


def test_i_say_until_when_i_stay_within_sixteen_hours() -> None:
    known = Rostered(zone="UTC")
    browser = known.reader("wale")
    for until, said in (("2031-01-01T00:00", "within the next 16 hours"), ("noon", "This is no day and time")):
        answer = browser.post(f"{HOME}/clock-in", {"site": SITE, "until": until})
        assert answer.status_code == 422 and said in answer.text
    assert browser.post(f"{HOME}/clock-in", {"site": "moon"}).status_code == 400
    known.rules(sites={**known.directory.sites, "ward": Site("ward", "North Ward", "UTC")})
    assert "North Ward" in browser.get(HOME).text


def test_somebody_rostered_for_ever_is_on_without_an_end() -> None:
    known = Rostered()
    known.shifts(Shift(SITE, ("ana",), 0, 10**15))
    assert "<h1>You are on shift</h1>" in known.reader("ana").get(HOME).text


def test_a_colleague_takes_my_shift_when_they_say_yes() -> None:
    known = Rostered()
    known.shifts(known.directory.shifts[0], Shift(SITE, ("teo", "noor", "ana"), *known.second[1:3]))
    mine, theirs = known.reader("ana"), known.reader("bo")
    assert mine.post(f"{HOME}/ask", asking(known, mine, why="My sister marries.")).status_code == 303
    assert "Not answered yet." in mine.get(HOME).text
    page = theirs.get(HOME).text
    assert "Ana Ruiz" in page and "My sister marries." in page
    (swap,) = swaps(known)
    assert theirs.post(f"{HOME}/answer", {"id": swap.id, "say": "yes"}).status_code == 303
    assert "You said yes." in theirs.get(HOME).text
    assert known.people_on(known.second) == ("teo", "noor", "bo") and swaps(known) == []


def test_part_of_a_shift_is_asked_for_by_its_times() -> None:
    known = Rostered(zone="UTC")
    mine = known.reader("ana")
    sent = asking(known, mine)
    hour = int(sent["begins"][11:13]) + 1
    later = {**sent, "begins": f"{sent['begins'][:11]}{hour:02}:00"}
    assert mine.post(f"{HOME}/ask", later).status_code == 303
    (swap,) = swaps(known)
    assert swap.gives.from_ms == known.second[1] + HOUR and swap.gives.until_ms == known.second[2]


def offered(known: Rostered, browser: Browser) -> dict[str, str]:
    """The form of taking what is asked for one of one's own: its swap, and the shifts to choose from."""
    (link,) = re.findall(r'href="(/account/shifts/in-return\?swap=[^"]*)"', browser.get(HOME).text)
    page = browser.get(link).text
    swap = re.search(r'name="swap" value="([^"]*)"', page)
    assert swap is not None
    return {"swap": swap[1], "shift": "".join(re.findall(r'<option value="(\d[^"]*)"', page)), "why": ""}


def with_a_third_shift() -> Rostered:
    """Wale alone is on the day after."""
    known = Rostered()
    later = Shift(SITE, ("wale", "ada"), known.second[1] + 24 * HOUR, known.second[2] + 24 * HOUR)
    known.shifts(known.directory.shifts[0], Shift(SITE, ("teo", "noor", "ana"), *known.second[1:3]), later)
    return known


def test_whoever_is_asked_takes_it_for_one_of_theirs_when_the_other_says_yes() -> None:
    known = with_a_third_shift()
    ana, wale = known.reader("ana"), known.reader("wale")
    ana.post(f"{HOME}/ask", asking(known, ana, who="wale"))
    assert wale.post(f"{HOME}/in-return", offered(known, wale)).status_code == 303
    assert "Offered. It changes nothing until they say yes." in wale.get(HOME).text
    (swap,) = swaps(known)
    assert (swap.giver, swap.taker, swap.in_return is not None) == ("wale", "ana", True)
    page = ana.get(HOME).text
    assert "in return for" in page and "For one of mine" not in page, "an offer for an offer would never end"
    assert ana.post(f"{HOME}/answer", {"id": swap.id, "say": "yes"}).status_code == 303
    on = {shift.starts_ms: shift.members for shift in known.directory.shifts}
    assert "wale" in on[known.second[1]] and "ana" not in on[known.second[1]]
    assert on[known.second[1] + 24 * HOUR] == ("ana", "ada")


def test_only_what_is_one_s_own_and_has_not_begun_is_offered_in_return() -> None:
    known = with_a_third_shift()
    ana, wale, noor = known.reader("ana"), known.reader("wale"), known.reader("noor")
    ana.post(f"{HOME}/ask", asking(known, ana, who="wale"))
    form = offered(known, wale)
    theirs = f"{known.second[1]}.{known.second[2]}.0.{SITE}"
    for wrong in ("", "x", theirs):
        answer = wale.post(f"{HOME}/in-return", {**form, "shift": wrong})
        assert answer.status_code == 422 and "Choose one of your shifts." in answer.text
    for who, swap in ((noor, form["swap"]), (wale, "x"), (ana, form["swap"])):
        assert who.get(f"{HOME}/in-return?swap={swap}").status_code == 404
        assert who.post(f"{HOME}/in-return", {**form, "swap": swap}).status_code == 404
    (swap_now,) = swaps(known)
    assert swap_now.giver == "ana"


def test_whoever_has_no_shift_to_give_is_told_so() -> None:
    known = Rostered()
    ana, wale = known.reader("ana"), known.reader("wale")
    ana.post(f"{HOME}/ask", asking(known, ana, who="wale"))
    (swap,) = swaps(known)
    assert "You have no shift in the next four weeks" in wale.get(f"{HOME}/in-return?swap={swap.id}").text


def test_an_offer_that_the_other_could_not_take_is_said_beside_the_field() -> None:
    known = with_a_third_shift()
    ana, wale = known.reader("ana"), known.reader("wale")
    ana.post(f"{HOME}/ask", asking(known, ana, who="wale"))
    form = offered(known, wale)
    (asked,) = swaps(known)
    known.keep(replace(asked, gives=replace(asked.gives, from_ms=known.clock.ms)))
    answer = wale.post(f"{HOME}/in-return", form)
    assert answer.status_code == 422 and "That is no part of the shift." in answer.text
    assert [one.id for one in swaps(known)] == [asked.id]


def test_it_is_declined_or_taken_back() -> None:
    known = Rostered()
    mine, theirs = known.reader("ana"), known.reader("wale")
    for said in ("no", "back"):
        assert mine.post(f"{HOME}/ask", asking(known, mine, who="wale")).status_code == 303
        (swap,) = swaps(known)
        if said == "no":
            assert theirs.post(f"{HOME}/answer", {"id": swap.id, "say": "no"}).status_code == 303
        else:
            assert mine.post(f"{HOME}/withdraw", {"id": swap.id}).status_code == 303
        assert swaps(known) == []
    assert theirs.post(f"{HOME}/answer", {"id": swap.id, "say": "yes"}).status_code == 409
    assert theirs.post(f"{HOME}/answer", {"id": "x", "say": "yes"}).status_code == 404


def test_nobody_takes_a_shift_who_is_on_then() -> None:
    known = Rostered()
    mine, theirs = known.reader("ana"), known.reader("bo")
    mine.post(f"{HOME}/ask", asking(known, mine))
    (swap,) = swaps(known)
    assert theirs.post(f"{HOME}/answer", {"id": swap.id, "say": "yes"}).status_code == 303
    assert "One of you is on at that time already." in theirs.get(HOME).text
    assert known.people_on(known.second) == ("bo", "ana")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"who": "zebra"}, "Nobody here is called so"),
        ({"who": "Sam Poe"}, "Several people are called so"),
        ({"who": "ana"}, "Ask somebody else"),
        ({"who": ""}, "Write something here"),
        ({"begins": "soon"}, "This is no day and time"),
        ({"ends": "2020-01-01T00:00"}, "It ends before it begins"),
        ({"begins": "2020-01-01T00:00"}, "That is no part of the shift"),
    ],
)
def test_what_cannot_be_used_is_said_and_what_was_typed_stays(wrong: dict[str, str], said: str) -> None:
    known = Rostered(Member("s1", "Sam Poe", (Role.WORKER,)), Member("s2", "Sam Poe", (Role.WORKER,)))
    mine = known.reader("ana")
    answer = mine.post(f"{HOME}/ask", {**asking(known, mine), **wrong})
    assert answer.status_code == 422 and said in answer.text and swaps(known) == []


def test_what_has_begun_can_be_given_only_from_now_on() -> None:
    known = Rostered(zone="UTC")
    mine = known.reader("noor")
    sent = asking(known, mine)
    known.clock.ms += 2 * HOUR
    answer = mine.post(f"{HOME}/ask", sent)
    assert answer.status_code == 422 and "Lo que ya empezó no puede pasar a nadie." in answer.text


def test_a_shift_that_is_not_mine_is_not_there() -> None:
    known = Rostered()
    mine = known.reader("noor")
    begins, ends = known.second[1:3]
    for shift in (f"{begins}.{ends}.0.{SITE}", f"{begins}.{ends}.7.{SITE}", "x", "1.2.x.centre"):
        assert mine.get(f"{HOME}/ask?shift={shift}").status_code == 404
        assert mine.post(f"{HOME}/ask", {"shift": shift}).status_code == 404


def test_whom_i_ask_may_be_tied_or_suspended_and_my_page_says_the_same() -> None:
    pages = []
    for changes in ({}, {"suspended": True}, {"not_told_about": ("ana",)}):
        known = Rostered()
        if changes:
            known.change("bo", **changes)
        mine = known.reader("ana")
        mine.post(f"{HOME}/ask", asking(known, mine))
        (swap,) = swaps(known)
        pages.append(masked(mine, HOME).replace(swap.id, "ID"))
    assert pages[0] == pages[1] == pages[2]


def test_whoever_has_no_session_or_is_suspended_sees_none_of_it() -> None:
    known = Rostered()
    assert known.reader("").get(HOME).status_code == 303
    browser = known.reader("ana")
    known.change("ana", suspended=True)
    assert browser.get(HOME).status_code in (303, 403)
