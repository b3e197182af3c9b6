"""A number that somebody was given today is rung today, and makes up for nobody before tomorrow."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from second_person import DAY, applied, by, edit, file, peopled
from ward import HOUR, ORG, SITE, Ward

from tocsin.core.access.change_commands import form_of
from tocsin.core.access.changes import Change
from tocsin.core.access.edits import ShiftEdit
from tocsin.core.access.push_commands import PushProven, Subscribe
from tocsin.core.access.push_record import pushes_of
from tocsin.core.access.record import OPERATOR, By
from tocsin.core.access.words import Via
from tocsin.core.commands import Done, Enrol, SetContact
from tocsin.core.directory import Contact, Directory, Member, Shift
from tocsin.core.round_commands import ContactHeard, HearContacts
from tocsin.core.words import Channel, Role

HIS = tuple(Contact(f"his-{n}/sms", Channel.SMS, f"+1202555019{n}", verified=True) for n in range(4))
PEOPLE = {f"his-{n}": Member(f"his-{n}", f"His {n}", (Role.RESPONDER,), contacts=(HIS[n],)) for n in range(4)}


@pytest.fixture
def ward() -> Ward:
    """Guarded: whatever is done begins after the first supervisor has signed in."""
    ward = peopled()
    ward.guarded()
    return ward


def night(ward: Ward, *people: str) -> Shift:
    return replace(ward.directory.shifts[0], members=people)


def handed_over(ward: Ward) -> Done:
    """A file gives the night to his people; they are hired in it, if they are not here yet."""
    members = {**PEOPLE, **ward.directory.members}
    return applied(ward, file(ward, members=members, shifts=(night(ward, *PEOPLE),)))


def on(ward: Ward) -> set[str]:
    return {id for shift in ward.directory.shifts if shift.site == SITE for id in shift.members}


def since(ward: Ward, member: str) -> dict[str, int]:
    return {contact.id: contact.since_ms for contact in ward.member(member).contacts}


def answers(ward: Ward, member: str) -> None:
    """A reach test of today is answered from there."""
    heard = ContactHeard(member, f"{member}/sms", asked_ms=ward.now_ms, answered_ms=ward.now_ms)
    ward.do(HearContacts(org=ORG, heard=(heard,)))


def takes_pushes(ward: Ward, member: str) -> None:
    """A phone of theirs is enrolled, and says that a push has come to it."""
    phone = f"{member}-phone-2"
    ward.do(Enrol(org=ORG, by=OPERATOR, member=member, device=phone, token_hash=phone))
    endpoint = f"https://push.example.org/{phone}"
    asking = Subscribe(org=ORG, by=By(member, Via.DEVICE, phone), endpoint=endpoint, p256dh="k", auth="a")
    assert ward.do(asking) == Done()
    contact = next(pushes_of(ward.member(member)))
    assert ward.do(PushProven(org=ORG, subscription=contact.to, asked_ms=ward.now_ms)) == Done()


def test_a_file_that_is_applied_twice_puts_nobody_in_the_place_of_another(ward: Ward) -> None:
    were = on(ward)
    for _ in range(3):
        handed_over(ward)
        ward.wait(HOUR)
        assert on(ward) == were | PEOPLE.keys(), "they come at once, and nobody goes"
    waiting = list(ward.world.all_kept(ORG, Change).values())
    assert len(waiting) == 1 and isinstance(waiting[0].edit, ShiftEdit)


def test_a_day_later_they_are_colleagues_like_others(ward: Ward) -> None:
    handed_over(ward)
    ward.wait(DAY)
    handed_over(ward)
    assert on(ward) == set(PEOPLE)


def test_whoever_has_answered_a_test_is_believed_sooner(ward: Ward) -> None:
    handed_over(ward)
    for id in PEOPLE:
        answers(ward, id)
    handed_over(ward)
    assert on(ward) == set(PEOPLE)


def test_a_phone_in_his_drawer_to_which_a_push_came_answers_for_nobody(ward: Ward) -> None:
    """It says so by itself, and whoever runs the system enrols one in any name within a minute."""
    were = on(ward)
    handed_over(ward)
    for id in PEOPLE:
        takes_pushes(ward, id)
    handed_over(ward)
    assert on(ward) == were | PEOPLE.keys(), "they are rung there, and nobody goes"
    ward.wait(DAY)
    handed_over(ward)
    assert on(ward) == set(PEOPLE)


def test_where_one_phone_takes_pushes_those_who_have_none_count_as_they_did(ward: Ward) -> None:
    were = on(ward)
    takes_pushes(ward, "bo")
    elsewhere = next(id for id in sorted(ward.directory.members.keys() - were) if ward.member(id).contacts)
    relieved = (were - {"bo"}) | {elsewhere}
    applied(ward, file(ward, shifts=(night(ward, *sorted(relieved)),)))
    assert on(ward) == relieved


def test_whoever_is_new_and_goes_again_is_missed_by_nobody_as_long_as_enough_are_left(ward: Ward) -> None:
    were = on(ward)
    handed_over(ward)
    applied(ward, file(ward, shifts=(night(ward, *sorted(were), "his-0"),)))
    assert on(ward) == {*were, "his-0"}


def test_the_same_number_under_another_id_is_as_old_as_it_was_and_one_put_back_is_new(ward: Ward) -> None:
    contact = replace(ward.member("bo").contacts[0], since_ms=7)
    ward.change("bo", contacts=(contact,))
    applied(ward, having(ward, replace(contact, id="renamed")))
    assert since(ward, "bo") == {"renamed": 7}
    ward.change("bo", contacts=())
    applied(ward, having(ward, contact))
    assert since(ward, "bo") == {"bo/sms": ward.now_ms}


def having(ward: Ward, *contacts: Contact) -> Directory:
    bo = replace(ward.member("bo"), contacts=contacts)
    return file(ward, members={**ward.directory.members, "bo": bo})


def test_a_number_counts_from_when_it_is_called_verified(ward: Ward) -> None:
    before = form_of(ward.member("bo"))
    more = replace(HIS[0], id="second", verified=False)
    assert isinstance(edit(ward, "ada", "bo", before, replace(before, contacts=(*before.contacts, more))), Done)
    assert since(ward, "bo") == {"bo/sms": 0, "second": 0}
    ward.wait(DAY)
    known, sure = form_of(ward.member("bo")), replace(more, verified=True)
    assert isinstance(edit(ward, "ada", "bo", known, replace(known, contacts=(*before.contacts, sure))), Done)
    assert since(ward, "bo") == {"bo/sms": 0, "second": ward.now_ms}
    ward.wait(HOUR)
    ward.do(SetContact(org=ORG, by=by(ward, "bo"), member="bo", contact=replace(sure, route="other")))
    assert since(ward, "bo")["second"] == ward.now_ms - HOUR, "what else becomes of it makes it no younger"


def test_while_an_organisation_is_set_up_nothing_is_written_down() -> None:
    ward = Ward()
    applied(ward, file(ward, members={**ward.directory.members, **PEOPLE}))
    assert since(ward, "his-0") == {"his-0/sms": 0}
