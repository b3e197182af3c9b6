"""The roster as a page: who is on, gaps in words, shifts by hand, two editors at once, the clock that is changed."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bureau import Browser
from rostered import DAY, HOUR, SITE, Rostered
from tocsin.core.access.record import By, id_of
from tocsin.core.access.swap_commands import AskSwap
from tocsin.core.access.swaps import Stretch
from tocsin.core.access.words import Via
from tocsin.core.attendance import Attendance, AttendancePhase
from tocsin.core.directory import Member, Shift, Site
from tocsin.core.words import Role
from tocsin.identity.token import token_hash

ROSTER, SHIFT = "/office/roster", "/office/roster/shift"


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def editing(key: tuple[str, int, int, int]) -> str:
    return f"{SHIFT}?site={SITE}&from={key[1]}&until={key[2]}&n={key[3]}"


def form(known: Rostered, browser: Browser, key: tuple[str, int, int, int], **typed: object) -> dict[str, object]:
    """The form of this shift as its page has it, with this changed."""
    page = browser.get(editing(key)).text
    times = dict(re.findall(r'name="(begins|ends)" type="datetime-local" value="([^"]*)"', page))
    hidden = {"site": SITE, "from": str(key[1]), "until": str(key[2]), "n": str(key[3]), "seen": seen(page)}
    return {**hidden, **times, "people": list(known.people_on(key)), **typed}


def test_the_heading_is_how_many_gaps_there_are_and_each_is_said_in_words() -> None:
    page = Rostered().reader().get(ROSTER).text
    assert "<h1>2 gaps in the next 7 days</h1>" in page
    assert "too few to help, nobody who may close" in page and "nobody is on who can be reached" in page


def test_a_week_without_gaps_says_so() -> None:
    known = Rostered()
    known.shifts(Shift(SITE, ("teo", "noor", "ana"), known.clock.ms, known.clock.ms + 8 * DAY))
    assert "<h1>No gap in the next 7 days</h1>" in known.reader().get(ROSTER).text
    known.shifts()
    page = known.reader().get(ROSTER).text
    assert "<h1>1 gap in the next 7 days</h1>" in page and "All the coming week" in page


def test_a_gap_that_has_begun_says_until_when_and_what_it_lacks_for_which_alerts() -> None:
    known = Rostered()
    known.shifts(Shift(SITE, ("teo", "noor", "ana"), known.clock.ms + HOUR, known.clock.ms + 8 * DAY))
    page = known.reader().get(ROSTER).text
    assert "Now, until" in page and "nobody is on who can be reached" in page


def test_who_is_on_now_who_came_in_besides_and_who_has_gone() -> None:
    known = Rostered()
    now_ms = known.clock.ms
    for id, phase in (("wale", AttendancePhase.HERE), ("noor", AttendancePhase.GONE)):
        known.attend(Attendance(id=id, site=SITE, since_ms=now_ms, until_ms=now_ms + HOUR, phase=phase))
    page = known.reader().get(ROSTER).text
    assert "3 people are on now" in page and "came in besides the roster" in page
    assert "Rostered, and gone:" in page


def test_today_comes_first_and_every_shift_leads_to_its_form() -> None:
    known = Rostered()
    page = known.reader().get(ROSTER).text
    assert page.index("today") < page.index("Bo Larsen") and editing(known.first).replace("&", "&amp;") in page
    assert "/office/roster/shift" not in known.reader("lena").get(ROSTER).text, "an auditor reads"


def test_by_person_it_is_found_by_name() -> None:
    page = Rostered().reader().get(f"{ROSTER}?by=person&name=ana").text
    assert "Ana Ruiz" in page and "Bo Larsen</bdi>" not in page
    assert "Nobody of that name" in Rostered().reader().get(f"{ROSTER}?by=person&name=zz").text


def test_a_new_shift_puts_people_on_at_once() -> None:
    known = Rostered()
    zone = ZoneInfo("America/Chicago")
    begins = datetime.fromtimestamp((known.clock.ms + 2 * DAY) / 1000, zone)
    sent = {"site": SITE, "begins": begins.strftime("%Y-%m-%dT%H:%M"), "added": "ana, bo larsen", "why": "Feast"}
    sent["ends"] = begins.replace(hour=(begins.hour + 2) % 24).strftime("%Y-%m-%dT%H:%M")
    browser = known.reader()
    assert browser.get(f"{SHIFT}?site={SITE}").status_code == 200
    sent["ends"] = max(sent["ends"], sent["begins"][:11] + "23:59")
    assert browser.post(SHIFT, sent).status_code == 303
    assert known.directory.shifts[-1].members == ("ana", "bo")
    assert known.directory.shifts[-1].starts_ms == known.clock.ms + 2 * DAY


def test_people_are_added_by_name_and_who_is_not_ticked_is_taken_off() -> None:
    known = Rostered()
    browser = known.reader()
    assert browser.post(SHIFT, form(known, browser, known.second, people=["bo"], added="teo")).status_code == 303
    assert known.people_on(known.second) == ("bo", "teo"), "as many are on as were"
    assert browser.post(SHIFT, form(known, browser, known.second, people=["bo"], added="noor")).status_code == 303
    assert browser.post(SHIFT, form(known, browser, known.second, people=["bo"])).status_code == 303
    assert known.people_on(known.second) == ("bo", "noor"), "what leaves an hour too thin waits"
    page = browser.get(ROSTER).text
    assert "What waits" in page and "Other people would be on a shift" in page


def test_other_times_are_a_new_shift_first_and_the_end_of_the_old_one_after() -> None:
    known = Rostered()
    browser = known.reader()
    sent = form(known, browser, known.first)
    later = datetime.fromisoformat(str(sent["ends"])).replace(minute=30).isoformat(timespec="minutes")
    assert browser.post(SHIFT, {**sent, "ends": later}).status_code == 303
    assert [shift.ends_ms - known.first[2] for shift in known.directory.shifts if "teo" in shift.members] == [HOUR // 2]


def test_nothing_different_changes_nothing() -> None:
    known = Rostered()
    browser = known.reader()
    before = known.directory
    assert browser.post(SHIFT, form(known, browser, known.first)).status_code == 303
    assert known.directory is before


def test_of_two_editors_neither_silently_wins() -> None:
    known = Rostered()
    browser = known.reader()
    sent = form(known, browser, known.second, added="teo")
    known.shifts(
        Shift(SITE, ("teo", "noor", "ana"), *known.first[1:3]), Shift(SITE, ("bo", "wale"), *known.second[1:3])
    )
    answer = browser.post(SHIFT, sent)
    assert answer.status_code == 409 and "Somebody else changed this" in answer.text
    assert "Bo Larsen, Wale Invented" in answer.text and "Bo Larsen, Ana Ruiz, Teo Invented" in answer.text
    assert known.people_on(known.second) == ("bo", "wale")
    again = {**sent, "seen": seen(answer.text)}
    assert browser.post(SHIFT, again).status_code == 303, "to send it again is a decision"
    assert {"bo", "ana", "teo"} <= set(known.people_on(known.second))


def test_a_shift_that_is_gone_meanwhile_is_said_to_be() -> None:
    known = Rostered()
    browser = known.reader()
    sent = form(known, browser, known.second)
    known.shifts()
    assert browser.post(SHIFT, sent).status_code == 409
    assert browser.post("/office/roster/remove", sent).status_code == 409
    assert browser.get(editing(known.second)).status_code == 404
    assert browser.get(f"{SHIFT}?site={SITE}&from=x&until=1&n=0").status_code == 404


def test_a_shift_is_taken_out_if_it_is_the_one_that_was_seen() -> None:
    known = Rostered()
    known.shifts(*known.directory.shifts, Shift(SITE, ("wale",), *known.first[1:3]))
    extra = (*known.first[:3], 1)
    browser = known.reader()
    sent = form(known, browser, extra)
    assert browser.post("/office/roster/remove", {**sent, "seen": "old"}).status_code == 409
    assert browser.post("/office/roster/remove", sent).status_code == 303
    assert len(known.directory.shifts) == 2, "nobody misses Wale: the hour is as full as it was needed"
    sent = form(known, browser, known.first)
    assert browser.post("/office/roster/remove", sent).status_code == 303
    assert len(known.directory.shifts) == 2, "this one waits"


def test_what_cannot_be_used_is_said_beside_the_field_and_what_was_typed_stays() -> None:
    twins = (Member("sam.a", "Sam Poe", (Role.WORKER,)), Member("sam.b", "Sam Poe", (Role.WORKER,)))
    crowd = tuple(Member(f"kit{n}", f"Kit {n}", (Role.WORKER,)) for n in range(8))
    known = Rostered(*twins, *crowd)
    browser = known.reader()
    good = {"site": SITE, "begins": "2027-01-10T08:00", "ends": "2027-01-10T16:00", "added": "ana"}
    for wrong, said in (
        ({"begins": "soon"}, "This is no day and time"),
        ({"ends": "2027-01-10T07:00"}, "It ends before it begins"),
        ({"ends": "2027-01-13T07:00"}, "No shift is longer than two days"),
        ({"added": ""}, "Name somebody"),
        ({"added": "zebra"}, "Nobody here is called zebra"),
        ({"added": "sam"}, "Sam Poe (sam.a), Sam Poe (sam.b)"),
        ({"added": "kit"}, "Many people are called kit"),
        ({"added": ",".join(["ana"] * 51)}, "Add fifty people at a time"),
    ):
        answer = browser.post(SHIFT, {**good, **wrong})
        assert answer.status_code == 422 and said in answer.text, wrong
    assert browser.post(SHIFT, {**good, "site": "moon"}).status_code == 404
    assert browser.post(SHIFT, {**good, "added": "sam.b"}).status_code == 303


def test_the_hour_that_comes_twice_is_asked_for_and_the_one_that_is_skipped_is_refused() -> None:
    """In Chicago the clock goes back on 1 November 2026, and forward on 14 March 2027."""
    known = Rostered()
    browser = known.reader()
    twice = {"site": SITE, "begins": "2026-11-01T01:30", "ends": "2026-11-01T06:00", "added": "ana"}
    answer = browser.post(SHIFT, twice)
    assert answer.status_code == 422 and "That time comes twice" in answer.text and "begins-which" in answer.text
    for which, utc_hour in (("first", 6), ("second", 7)):
        assert browser.post(SHIFT, {**twice, "begins-which": which}).status_code == 303
        begins = datetime.fromtimestamp(known.directory.shifts[-1].starts_ms / 1000, ZoneInfo("UTC"))
        assert (begins.hour, begins.minute) == (utc_hour, 30)
    skipped = {**twice, "begins": "2027-03-14T02:30", "ends": "2027-03-14T06:00"}
    answer = browser.post(SHIFT, skipped)
    assert answer.status_code == 422 and "That time does not exist" in answer.text


def test_the_days_of_23_and_25_hours_are_explained_in_words() -> None:
    known = Rostered()
    assert "this day has 25 hours" in known.reader().get(f"{ROSTER}?from=2026-11-01").text
    assert "this day has 23 hours" in known.reader().get(f"{ROSTER}?from=2027-03-10").text
    assert " hours." not in known.reader().get(f"{ROSTER}?from=2027-05-10").text


def test_an_hour_that_comes_twice_is_told_apart_where_a_shift_begins_in_it() -> None:
    second = round(datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/Chicago")).timestamp()) * 1000
    known = Rostered(began_ms=second - 3 * HOUR)
    known.shifts(Shift(SITE, ("ana",), second, second + 8 * HOUR))
    key = (SITE, second, second + 8 * HOUR, 0)
    browser = known.reader()
    page = browser.get(editing(key)).text
    assert 'value="second" selected' in page
    assert "(CST)" in browser.get(f"{ROSTER}?by=person").text


def test_a_supervisor_clocks_somebody_in_and_out_by_name() -> None:
    known = Rostered()
    browser = known.reader()
    assert browser.post("/office/roster/clock-in", {"site": SITE, "who": "wale"}).status_code == 303
    assert "wale" in known.on()
    assert browser.post("/office/roster/clock-out", {"site": SITE, "member": "wale"}).status_code == 303
    assert "wale" not in known.on()
    answer = browser.post("/office/roster/clock-in", {"site": SITE, "who": "zebra"})
    assert answer.status_code == 422 and "Nobody here is called zebra" in answer.text
    assert browser.post("/office/roster/clock-out", {"site": SITE, "member": "zebra"}).status_code in (404, 409)
    assert known.reader("ada").post("/office/roster/clock-in", {"site": SITE, "who": "wale"}).status_code == 403


def test_a_shift_that_somebody_asks_another_to_take_is_seen_by_supervisors() -> None:
    known = Rostered()
    by = By("ana", Via.SESSION, id_of(token_hash(known.session("ana"))))
    gives = Stretch(known.second, known.second[1], known.second[2])
    known.decide(AskSwap(org="alder", by=by, taker="wale", gives=gives))
    page = known.reader().get(ROSTER).text
    assert "What waits" in page and "Asked; not answered yet." in page


def test_sites_beside_each_other_each_have_their_roster() -> None:
    known = Rostered()
    known.rules(sites={**known.directory.sites, "ward": Site("ward", "North Ward", "UTC")})
    page = known.reader().get(f"{ROSTER}?site=ward").text
    assert "North Ward" in page and "0 people are on now" in page and "All the coming week" in page
    assert known.reader().get(f"{ROSTER}?site=moon").status_code == 404
