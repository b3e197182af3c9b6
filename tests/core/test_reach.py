"""Reach tests: who is due, and what is known of each contact."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.limits import DAY_MS, REACH_ANSWERED_MAX_MS
from tocsin.core.reach import Proof, Standing, can_answer, due, proof_of, proofs, provable, standing_of
from tocsin.core.round import Target
from tocsin.core.words import Channel, Role

NOW = 1_000 * DAY_MS
SMS = Contact("sms", Channel.SMS, "+12025550112", verified=True)
VOICE = Contact("voice", Channel.VOICE, "+12025550112", verified=True)
PUSH = Contact("push-phone", Channel.PUSH, "subscription", verified=True)
MAIL = Contact("mail", Channel.EMAIL, "someone@example.org", verified=True)


def people(**contacts: Contact) -> Directory:
    members = {name: Member(name, name, contacts=(contact, VOICE)) for name, contact in contacts.items()}
    return Directory("alder", "Alder", members=members)


def asked(days_ago: float, answered_days_ago: float | None = None) -> Contact:
    answered_ms = None if answered_days_ago is None else NOW - round(answered_days_ago * DAY_MS)
    return replace(SMS, asked_ms=NOW - round(days_ago * DAY_MS), answered_ms=answered_ms)


def test_where_nobody_was_ever_tested_nothing_is_said() -> None:
    assert list(proofs(people(teo=SMS, bo=SMS), NOW)) == []


def test_what_tests_have_shown_of_each_contact_and_how_long_ago() -> None:
    here = people(
        never=SMS,
        proven=asked(10, 9.9),
        unanswered=asked(3),
        lapsed=asked(3, 40),
        old=asked(120, 119),
        today=asked(0.5),
        again=asked(0.5, 40),
    )
    shown = {one.member: (one.proof, one.days) for one in proofs(here, NOW)}
    assert shown == {
        "never": (Proof.NEVER_TESTED, 0),
        "proven": (Proof.PROVEN, 9),
        "unanswered": (Proof.UNANSWERED, 3),
        "lapsed": (Proof.UNANSWERED, 3),
        "old": (Proof.OLD, 119),
        "today": (Proof.NEVER_TESTED, 0),
        "again": (Proof.PROVEN, 40),
    }


def test_an_answer_proves_for_a_while() -> None:
    day = REACH_ANSWERED_MAX_MS // DAY_MS
    assert proof_of(asked(day, day), NOW)[0] is Proof.PROVEN
    assert proof_of(asked(day + 1, day + 0.5), NOW)[0] is Proof.OLD


def test_the_never_tested_come_first_then_the_oldest_and_only_so_many() -> None:
    here = people(a=asked(31), b=asked(40), c=SMS, d=asked(2), e=replace(SMS, opted_out=True))

    def most(count: int) -> tuple[str, ...]:
        return tuple(target.member for target in due(here, NOW, 30, count, lambda member: True))

    assert most(9) == ("c", "b", "a") and most(1) == ("c",)
    assert due(here, NOW, 30, 9, lambda member: False) == ()
    assert due(here, NOW, 30, 1, lambda member: True) == (Target("c", "sms"),)


def test_the_suspended_are_not_tested() -> None:
    here = people(teo=SMS)
    suspended = replace(here, members={"teo": replace(here.members["teo"], suspended=True)})
    assert due(suspended, NOW, 30, 9, lambda member: True) == ()


@pytest.mark.parametrize(
    ("contacts", "standing"),
    [
        ((), Standing.NONE),
        ((MAIL,), Standing.NONE),
        ((replace(SMS, opted_out=True), replace(SMS, verified=False)), Standing.NONE),
        ((SMS,), Standing.HALF),
        ((replace(SMS, opted_out=True), VOICE), Standing.HALF),
        ((SMS, VOICE), Standing.UNPROVEN),
        ((asked(3), VOICE), Standing.UNPROVEN),
        ((asked(99, 99), VOICE), Standing.STALE),
        ((asked(1, 1), VOICE), Standing.PROVEN),
        ((SMS, replace(PUSH, asked_ms=NOW - DAY_MS, answered_ms=NOW - DAY_MS)), Standing.PROVEN),
        ((SMS, replace(PUSH, verified=False)), Standing.HALF),
        ((SMS, replace(PUSH, dead="address_dead")), Standing.HALF),
    ],
)
def test_one_kind_of_way_is_half_and_what_no_test_has_shown_is_not_proven(
    contacts: tuple[Contact, ...], standing: Standing
) -> None:
    assert standing_of(Member("a", "A", (Role.RESPONDER,), contacts=contacts), NOW) is standing


def test_a_phone_shows_by_itself_that_a_push_came_and_a_person_answers_the_rest() -> None:
    member = Member("a", "A", contacts=(SMS, VOICE, PUSH, MAIL, replace(PUSH, id="old", dead="address_dead")))
    assert list(can_answer(member)) == [SMS] and list(provable(member)) == [SMS, PUSH]
