"""Whom one may choose as the buddy of a walk: who can be reached, and no word of who is on or who is tied."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from outside import BEGAN_MS, ORG, SITE, Answer, Centre, centre, member
from tocsin.core.access.clock_commands import ClockOut
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.words import Via
from tocsin.core.directory import Contact, Directory, Member, Shift, Site
from tocsin.core.limits import BUDDIES_SHOWN_MAX, DAY_MS
from tocsin.core.walk_buddies import buddies
from tocsin.core.words import Channel, Role

PATH = "/api/v1/walks/buddies"
FAR = "annex"


def asked(world: Centre, who: str | None = "rafi", query: str = "") -> Answer:
    return asyncio.run(world.call("GET", PATH + query, who))


def names(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [person["id"] for person in answer.json["people"]]


def of(**changed: Any) -> Directory:
    """The centre, with these people as they are said to be."""
    plain = centre()
    people: Mapping[str, Member] = {**plain.members, **changed}
    return replace(plain, members=dict(people))


def test_a_worker_is_told_names_and_nothing_else() -> None:
    answer = asked(Centre(), "rafi")
    assert names(answer) == ["ines", "noor", "omar", "teo", "wale"], "in the order of their names, and not oneself"
    assert answer.json["more"] is False and answer.json["people"][0] == {"id": "ines", "name": "Ines Invented"}


def test_whether_somebody_is_on_changes_nothing() -> None:
    world, before = Centre(), asked(Centre()).body
    plain = world.ring.world.directory(ORG)
    over = Shift(SITE, plain.shifts[0].members, BEGAN_MS - DAY_MS, BEGAN_MS - 1)
    world.ring.world.directories[ORG] = replace(plain, shifts=(over,))
    assert asked(world).body == before, "none of them is on"
    world = Centre()
    world.ring.decide(ClockOut(org=ORG, by=replace(OPERATOR, via=Via.SYSTEM), member="teo"))
    assert asked(world).body == before


def test_a_tie_changes_nothing_in_the_list_and_the_start_is_declined_as_for_nobody() -> None:
    world = Centre()
    assert "omar" in names(asked(world, "noor")), "he may not be told of her"
    assert "noor" in names(asked(world, "omar"))

    async def story() -> list[Answer]:
        bodies = [{"minutes": 15, "buddy": buddy} for buddy in ("omar", "nobody-of-that-id")]
        return [await world.call("POST", "/api/v1/walks", "noor", body) for body in bodies]

    tied, nobody = asyncio.run(story())
    assert (tied.status, tied.body) == (nobody.status, nobody.body) and tied.json["code"] == "bad_buddy"


@pytest.mark.parametrize(
    "changed",
    [
        {"suspended": True},
        {"seat": f"{SITE}/desk"},
        {"contacts": ()},
        {"contacts": (Contact("sms", Channel.SMS, "+12025550112"),)},
        {"contacts": (Contact("sms", Channel.SMS, "+12025550112", verified=True, opted_out=True),)},
        {"contacts": (Contact("sms", Channel.SMS, "+12025550112", verified=True, dead="unknown number"),)},
    ],
)
def test_whoever_is_no_active_person_with_a_way_to_reach_them_is_not_in_it(changed: dict[str, Any]) -> None:
    teo = replace(member("teo", Role.RESPONDER), **changed)
    assert [one.id for one in buddies(of(teo=teo), "rafi", BEGAN_MS)] == ["noor", "ines", "wale", "omar"]


def test_the_colleagues_are_those_of_ones_own_site() -> None:
    plain = centre()
    shifts = (*plain.shifts, Shift(FAR, ("ines",), 0, 10**15))
    two = replace(plain, shifts=shifts, sites={**plain.sites, FAR: Site(FAR, "Annex", "UTC")})
    assert [one.id for one in buddies(two, "rafi", BEGAN_MS)] == ["noor", "teo", "wale", "omar"]
    assert [one.id for one in buddies(two, "ines", BEGAN_MS)] == ["wale"], "who was never on a roster is everywhere"


def test_of_many_the_first_are_named_and_the_others_found() -> None:
    plain = centre()
    crowd = {f"w{n:03}": replace(member("teo"), id=f"w{n:03}", name=f"Wren {n:03}") for n in range(BUDDIES_SHOWN_MAX)}
    last = replace(member("teo"), id="zoe", name="Zo\u00eb Zieli\u0144ski")
    world = Centre(replace(plain, members={**plain.members, **crowd, "zoe": last}))
    page = asked(world)
    assert (len(names(page)), page.json["more"]) == (BUDDIES_SHOWN_MAX, True) and "zoe" not in names(page)
    found = asked(world, query="?name=ZOE%20zielinski")
    assert (names(found), found.json["more"]) == (["zoe"], False)
    assert names(asked(world, query="?name=nobody%20of%20that%20name")) == []


def test_a_name_that_is_a_letter_is_refused() -> None:
    answer = asked(Centre(), query="?name=" + "x" * 201)
    assert (answer.status, answer.json["code"], answer.json["fault"]) == (400, "bad_query", "caller")


def test_nobody_is_told_without_a_credential() -> None:
    assert asked(Centre(), None).status == 401
