"""Who is on at an instant, who is nearest, and who may close."""

from __future__ import annotations

from tocsin.core.directory import Directory, Member, Shift, Site
from tocsin.core.roster import closers, coordinators, duty_supervisors, may_close, on_shift, site_of
from tocsin.core.words import Role

PEOPLE = {
    "noor": Member("noor", "Noor", (Role.WORKER,)),
    "teo": Member("teo", "Teo", (Role.RESPONDER,)),
    "ines": Member("ines", "Ines", (Role.SUPERVISOR,)),
    "hana": Member("hana", "Hana", (Role.SUPERVISOR,)),
    "wale": Member("wale", "Wale", (Role.COORDINATOR,)),
}


def roster(*shifts: Shift) -> Directory:
    sites = {id: Site(id, id.title(), "UTC") for id in ("centre", "depot")}
    return Directory("alder", "Alder", members=PEOPLE, sites=sites, shifts=shifts)


def test_a_shift_holds_its_first_instant_and_not_its_last() -> None:
    directory = roster(Shift("centre", ("noor", "teo"), 1_000, 2_000))
    assert on_shift(directory, "centre", 999) == []
    assert on_shift(directory, "centre", 1_000) == ["noor", "teo"]
    assert on_shift(directory, "centre", 1_999) == ["noor", "teo"]
    assert on_shift(directory, "centre", 2_000) == []


def test_two_shifts_at_once_name_each_person_once_and_nobody_unknown() -> None:
    directory = roster(Shift("centre", ("noor", "gone"), 0, 10), Shift("centre", ("teo", "noor"), 0, 10))
    assert on_shift(directory, "centre", 5) == ["noor", "teo"]
    assert on_shift(directory, "depot", 5) == []


def test_somebody_is_where_their_shift_runs_else_where_the_nearest_one_is() -> None:
    directory = roster(Shift("centre", ("noor",), 0, 10), Shift("depot", ("noor",), 100, 110))
    assert site_of(directory, "noor", 5) == "centre"
    assert site_of(directory, "noor", 40) == "centre"
    assert site_of(directory, "noor", 80) == "depot"
    assert site_of(directory, "noor", 105) == "depot"
    assert site_of(directory, "noor", 10_000) == "depot"


def test_somebody_without_a_shift_is_at_the_first_site_and_nowhere_where_there_is_none() -> None:
    assert site_of(roster(), "teo", 5) == "centre"
    assert site_of(Directory("alder", "Alder"), "teo", 5) == ""


def test_the_duty_supervisor_is_the_one_on_shift_else_the_nearest_on_the_roster() -> None:
    directory = roster(
        Shift("centre", ("ines", "teo"), 0, 100),
        Shift("centre", ("noor", "teo"), 100, 200),
        Shift("centre", ("hana", "gone"), 200, 300),
        Shift("depot", ("ines",), 0, 300),
    )
    assert duty_supervisors(directory, "centre", 50) == ["ines"]
    assert duty_supervisors(directory, "centre", 120) == ["ines"]
    assert duty_supervisors(directory, "centre", 190) == ["hana"]
    assert duty_supervisors(directory, "centre", 250) == ["hana"]
    assert duty_supervisors(roster(Shift("centre", ("teo",), 0, 9)), "centre", 5) == []
    assert duty_supervisors(directory, "nowhere", 5) == []


def test_supervisors_and_coordinators_may_close_and_nobody_else() -> None:
    assert [member.id for member in closers(roster())] == ["ines", "hana", "wale"]
    assert coordinators(roster()) == ["wale"]
    assert not any(may_close(Member("x", "X", (role,))) for role in Role if role not in ("supervisor", "coordinator"))
