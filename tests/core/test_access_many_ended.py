"""Whoever ends the access of many, one by one, is noticed as if they had suspended them."""

from __future__ import annotations

import pytest
from ward import HOUR, MINUTE, ORG, Ward

from tocsin.core import commands as c
from tocsin.core.access.commands import EndAccess, Suspend
from tocsin.core.access.many_ended import PAGE, many_ended_within_the_hour
from tocsin.core.access.record import OPERATOR, By, Ender
from tocsin.core.access.words import What

FOUR = ("noor", "bo", "teo", "ines")


@pytest.fixture
def ward() -> Ward:
    return Ward()


def end(ward: Ward, by: By, what: What, id: str) -> None:
    assert ward.do(EndAccess(org=ORG, by=by, what=what, id=id)) == c.Done()


def phones(ward: Ward, by: By, *people: str, apart_ms: int = MINUTE) -> None:
    for name in people:
        end(ward, by, What.DEVICE, f"{name}-phone")
        ward.wait(apart_ms)


def red(ward: Ward) -> bool:
    return many_ended_within_the_hour(ward.world.all_kept(ORG, Ender).values(), ward.now_ms)


def test_one_who_ends_the_phones_of_more_than_three_pages_the_operator_for_an_hour(ward: Ward) -> None:
    ada = ward.session("ada")
    phones(ward, ada, *FOUR[:3])
    assert ward.pages == [] and not red(ward)
    phones(ward, ada, FOUR[3])
    assert ward.pages == [PAGE] and red(ward)
    assert all(ward.directory.devices[f"{name}-phone"].revoked for name in FOUR), "what was asked is done"
    ward.wait(HOUR - 2 * MINUTE)
    assert red(ward)
    ward.wait(2 * MINUTE)
    assert not red(ward)


def test_sessions_passkeys_whole_people_and_suspensions_are_counted_together(ward: Ward) -> None:
    ada = ward.session("ada")
    end(ward, ada, What.SESSION, ward.session("noor").credential)
    end(ward, ada, What.PASSKEY, ward.passkey("bo").id)
    end(ward, ada, What.PERSON, "teo")
    assert ward.pages == []
    ward.do(Suspend(org=ORG, by=ada, member="ines"))
    assert ward.pages == [PAGE]


def test_many_things_of_one_person_are_one_person(ward: Ward) -> None:
    ada = ward.session("ada")
    for number in range(6):
        end(ward, ada, What.SESSION, ward.session("bo", number=number).credential)
    phones(ward, ada, "noor", "bo", "teo")
    assert ward.pages == []


def test_two_people_who_end_two_each_and_one_who_takes_his_time_are_nothing_to_notice(ward: Ward) -> None:
    phones(ward, ward.session("ada"), *FOUR[:2])
    phones(ward, OPERATOR, *FOUR[2:])
    other = Ward()
    phones(other, other.session("ada"), *FOUR, apart_ms=4 * MINUTE)
    assert ward.pages == other.pages == []


def test_the_operator_is_one_person_too_and_a_restart_forgets_nothing(ward: Ward) -> None:
    phones(ward, OPERATOR, *FOUR[:3])
    ward.restart()
    phones(ward, OPERATOR, FOUR[3])
    assert ward.pages == [PAGE]


def test_ones_own_count_for_nothing_and_so_does_what_time_ends(ward: Ward) -> None:
    ada = ward.session("ada")
    phones(ward, ada, "noor", "bo", "teo", "ada")
    ward.session("ines")
    ward.wait(101 * HOUR)
    assert ward.pages == [] and not red(ward)
