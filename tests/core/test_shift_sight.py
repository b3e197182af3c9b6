"""Who is on, as the roster's readers get it: until when, and by whose word."""

from __future__ import annotations

from tocsin.core.access.shift_sight import first_on_shift, gone_early, on_shift_views
from tocsin.core.attendance import Attendance, AttendancePhase
from tocsin.core.directory import Directory, Member, Shift, Site
from tocsin.core.limits import DAY_MS
from tocsin.core.views import moment

HERE, GONE = AttendancePhase.HERE, AttendancePhase.GONE
PEOPLE = {name: Member(name, name.title()) for name in ("noor", "bo", "ines")}
SITES = {id: Site(id, id.title(), "UTC") for id in ("centre", "depot")}
ALL = ("noor", "bo", "ines")


def roster(*shifts: Shift, words: tuple[Attendance, ...] = ()) -> Directory:
    known = {word.id: word for word in words}
    return Directory("alder", "Alder", members=PEOPLE, sites=SITES, shifts=shifts, attendance=known)


def until(directory: Directory, at_ms: int) -> dict[str, str | None]:
    return {one.member.id: one.until for one in on_shift_views(directory, "centre", at_ms)}


def test_hours_run_on_from_shift_to_shift_of_this_site_and_not_into_those_of_another() -> None:
    apart = (Shift("centre", ("noor",), 0, 20), Shift("depot", ("noor",), 20, 60), Shift("centre", ("noor",), 61, 90))
    assert until(roster(*apart), 10) == {"noor": moment(20)}
    assert until(roster(*apart, Shift("centre", ALL, 5, 70)), 10) == {
        "noor": moment(90),
        **dict.fromkeys(ALL[1:], moment(70)),
    }


def test_whoever_is_on_for_longer_than_a_year_is_told_no_end() -> None:
    assert until(roster(Shift("centre", ("bo",), 0, 400 * DAY_MS)), 10) == {"bo": None}


def test_their_own_word_tells_since_when_and_may_outlast_the_roster() -> None:
    word = Attendance(id="bo", site="centre", since_ms=5, until_ms=50, phase=HERE)
    views = on_shift_views(roster(Shift("centre", ("noor", "bo"), 0, 20), words=(word,)), "centre", 10)
    assert [(one.member.id, one.rostered, one.clocked_in) for one in views] == [
        ("noor", True, False),
        ("bo", True, True),
    ]
    assert [(one.since, one.until) for one in views] == [(None, moment(20)), (moment(5), moment(50))]


def test_of_many_the_first_are_told_and_all_are_counted() -> None:
    directory = roster(Shift("centre", ALL, 0, 20))
    some, count = first_on_shift(directory, "centre", 10, 2)
    assert some == on_shift_views(directory, "centre", 10)[:2] and count == 3


def test_whoever_left_or_is_at_another_site_has_gone_early() -> None:
    left = Attendance(id="noor", site="centre", since_ms=5, until_ms=20, phase=GONE)
    away = Attendance(id="bo", site="depot", since_ms=5, until_ms=20, phase=HERE)
    directory = roster(Shift("centre", ALL, 0, 20), words=(left, away))
    assert [one.id for one in gone_early(directory, "centre", 10)] == ["noor", "bo"]
    assert list(until(directory, 10)) == ["ines"]
