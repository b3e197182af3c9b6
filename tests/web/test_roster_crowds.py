"""The roster of a crowd: the first are named, everybody is counted, and whoever is looked for is found."""

from __future__ import annotations

import html
import re

from rostered import DAY, HOUR, SITE, Rostered
from tocsin.core.access.shift_sight import first_on_shift, on_shift_views
from tocsin.core.directory import Member, Shift
from tocsin.core.words import Role

ROSTER = "/office/roster"
CROWD = 90
PERSON = re.compile(r"Person \d\d|Zoë Muñoz")


def crowded() -> Rostered:
    """Ninety-one more people, of whom the later half stand first, all on from an hour ago until tomorrow."""
    people = [Member(f"p{n:02}", f"Person {n:02}", (Role.RESPONDER,)) for n in range(CROWD)]
    known = Rostered(*people, Member("zoe", "Zoë Muñoz", (Role.RESPONDER,)))
    ids = [one.id for one in (*people[CROWD // 2 :], *people[: CROWD // 2])]
    known.shifts(Shift(SITE, (*ids, "zoe"), known.clock.ms - HOUR, known.clock.ms + DAY))
    return known


def named(known: Rostered, query: str) -> list[str]:
    page = html.unescape(known.reader().get(f"{ROSTER}?by=person{query}").text)
    return PERSON.findall(page[page.index("<table") if "<table" in page else page.rindex("<ul") :])


def test_of_a_crowd_that_is_on_now_some_are_named_and_all_are_counted() -> None:
    page = crowded().reader().get(ROSTER).text
    assert f"{CROWD + 1} people are on now" in page and f"and {CROWD + 1 - 60} more" in page
    assert f"and {CROWD + 1 - 12} more" in page, "on the shift a dozen are named"


def test_the_first_of_those_who_are_on_are_told_as_all_of_them_are() -> None:
    known = crowded()
    everybody = on_shift_views(known.directory, SITE, known.clock.ms)
    some, count = first_on_shift(known.directory, SITE, known.clock.ms, 7)
    assert some == everybody[:7] and count == len(everybody) == CROWD + 1


def test_by_person_a_crowd_stands_in_order_of_name_as_far_as_one_page_goes() -> None:
    assert named(crowded(), "") == [f"Person {n:02}" for n in range(50)]


def test_somebody_in_a_crowd_is_found_without_the_marks_of_their_name() -> None:
    assert named(crowded(), "&name=munoz") == ["Zoë Muñoz"]
