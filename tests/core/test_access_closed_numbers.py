"""A STOP belongs to the number: whoever has it, however often it is put back, and until START is written from it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from second_person import applied, file, peopled
from ward import NUMBERS, ORG, Ward, founded

from tocsin.core import commands as c
from tocsin.core.access import closed_numbers
from tocsin.core.access.change_commands import EditMember, HireMember, MemberForm, form_of
from tocsin.core.access.commands import Restore
from tocsin.core.access.record import OPERATOR, SYSTEM, ClosedNumber
from tocsin.core.directory import Contact, Member
from tocsin.core.limits import STOPPED_STRANGERS_MAX
from tocsin.core.round_commands import ContactHeard, HearContacts
from tocsin.core.words import Channel, Reason, Role
from tocsin.runtime.restoring import cut_off_since

BO = NUMBERS["bo"]
STRANGER = "+12025550177"
SMS = Contact("bo/sms", Channel.SMS, BO, verified=True)
CALL = Contact("bo/voice", Channel.VOICE, BO, verified=True)


@pytest.fixture
def ward() -> Ward:
    """Nobody has signed in yet, so files and pages are applied whole."""
    return Ward()


def text(ward: Ward, number: str, opt_out: str, message: str = "") -> None:
    ward.now_ms += 1
    id = message or f"SM{ward.now_ms}"
    ward.do(c.TextIn(org=ORG, vendor="twilio", message=id, sender=number, text=opt_out, opt_out=opt_out))


def have(ward: Ward, member: str, *contacts: Contact) -> None:
    """The office says on the member's page by what they are reached."""
    before = form_of(ward.member(member))
    after = replace(before, contacts=contacts)
    reply = ward.do(EditMember(org=ORG, by=OPERATOR, member=member, before=before, after=after))
    assert isinstance(reply, c.Done), reply


def hired(ward: Ward, id: str, *contacts: Contact) -> Member:
    form = MemberForm(name=id, language="en", duties=(), roles=(Role.RESPONDER,), contacts=contacts)
    assert isinstance(ward.do(HireMember(org=ORG, by=OPERATOR, id=id, member=form)), c.Done)
    return ward.member(id)


def heard(ward: Ward, contact: str, reason: Reason) -> None:
    """A round of tests has heard from the carrier of one of Bo's contacts."""
    ward.do(HearContacts(org=ORG, heard=(ContactHeard("bo", contact, reason=reason),)))


def said(ward: Ward, member: str = "bo") -> dict[str, tuple[bool, str | None]]:
    return {contact.id: (contact.opted_out, contact.dead) for contact in ward.member(member).contacts}


def numbers(ward: Ward) -> dict[str, ClosedNumber]:
    return dict(ward.world.all_kept(ORG, ClosedNumber))


# Taken out and put back --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["bo/sms", "another"])
def test_a_contact_that_said_stop_is_put_back_by_a_page_and_still_says_stop(ward: Ward, id: str) -> None:
    text(ward, BO, "STOP")
    have(ward, "bo")
    have(ward, "bo", replace(SMS, id=id))
    assert said(ward) == {id: (True, None)} and not ward.member("bo").contacts[0].reaches
    text(ward, BO, "START")
    assert said(ward) == {id: (False, None)} and numbers(ward) == {}


def test_a_contact_that_is_only_renamed_forgets_nothing(ward: Ward) -> None:
    text(ward, BO, "STOP")
    have(ward, "bo", replace(SMS, id="renamed"))
    assert said(ward) == {"renamed": (True, None)}


def test_a_file_that_puts_it_back_with_another_member_takes_the_stop_over(ward: Ward) -> None:
    text(ward, BO, "STOP")
    people = {id: member for id, member in ward.directory.members.items() if id != "bo"}
    shifts = tuple(replace(shift, members=("noor", "teo", "ines")) for shift in ward.directory.shifts)
    applied(ward, file(ward, members=people, shifts=shifts))
    assert "bo" not in ward.directory.members
    cy = Member("cy", "Cy", (Role.RESPONDER,), contacts=(replace(SMS, id="cy/sms"),))
    applied(ward, file(ward, members={**people, "cy": cy}))
    assert said(ward, "cy") == {"cy/sms": (True, None)}


def test_where_two_are_asked_a_file_that_adds_the_number_again_takes_it_over_at_once() -> None:
    ward = peopled()
    text(ward, BO, "STOP")
    people = ward.directory.members
    taken = replace(people["bo"], contacts=())
    applied(ward, file(ward, members={**people, "bo": taken}))
    assert said(ward) == {}
    applied(ward, file(ward, members={**people, "bo": replace(taken, contacts=(replace(SMS, id="new"),))}))
    assert said(ward) == {"new": (True, None)}


def test_somebody_hired_with_a_number_that_said_stop_is_not_reachable_by_it(ward: Ward) -> None:
    text(ward, BO, "STOP")
    have(ward, "bo")
    assert not hired(ward, "cy", replace(SMS, id="cy/sms")).contacts[0].reaches


def test_it_outlives_a_restart(ward: Ward) -> None:
    text(ward, BO, "STOP")
    have(ward, "bo")
    ward.restart()
    have(ward, "bo", SMS)
    assert said(ward) == {"bo/sms": (True, None)}


def test_what_was_said_before_this_was_kept_by_number_is_not_forgotten_either(ward: Ward) -> None:
    """A data directory of an earlier release knows it from the contacts alone."""
    ward.change("bo", contacts=(replace(SMS, opted_out=True),))
    assert numbers(ward) == {}
    have(ward, "bo")
    have(ward, "bo", replace(SMS, id="new"))
    assert said(ward) == {"new": (True, None)}
    known = replace(founded().members["teo"].contacts[0], dead="number_dead")
    ward.change("teo", contacts=(known,))
    have(ward, "teo", known, replace(known, id="second", dead=None))
    assert said(ward, "teo") == {"teo/sms": (False, "number_dead"), "second": (False, "number_dead")}


# Of whose it is ---------------------------------------------------------------------------------------------------


def test_what_one_of_two_who_share_a_number_says_counts_for_both(ward: Ward) -> None:
    for id in ("bo", "teo"):
        ward.change(id, contacts=(replace(SMS, id=f"{id}/sms"), replace(CALL, id=f"{id}/voice")))
    text(ward, BO, "STOP")
    for id in ("bo", "teo"):
        assert said(ward, id) == {f"{id}/sms": (True, None), f"{id}/voice": (False, None)}, (
            "a STOP is about texts alone"
        )
    text(ward, BO, "START")
    assert not any(out for id in ("bo", "teo") for out, _ in said(ward, id).values())


def test_a_stop_from_a_number_that_is_only_called_is_known_when_it_is_texted(ward: Ward) -> None:
    have(ward, "bo", CALL)
    text(ward, BO, "STOP")
    assert said(ward) == {"bo/voice": (False, None)}
    have(ward, "bo", CALL, SMS)
    assert said(ward) == {"bo/voice": (False, None), "bo/sms": (True, None)}


def test_a_second_contact_of_the_same_number_is_as_the_first(ward: Ward) -> None:
    have(ward, "bo", SMS, replace(SMS, id="second"))
    heard(ward, "bo/sms", Reason.OPTED_OUT)
    assert said(ward) == {"bo/sms": (True, None), "second": (True, None)}


def test_a_dead_number_is_dead_for_its_channel_until_somebody_writes_start_from_it(ward: Ward) -> None:
    have(ward, "bo", SMS, CALL)
    heard(ward, "bo/voice", Reason.NUMBER_DEAD)
    have(ward, "bo", SMS)
    have(ward, "bo", SMS, replace(CALL, id="again"))
    assert said(ward) == {"bo/sms": (False, None), "again": (False, "number_dead")}
    text(ward, BO, "START")
    assert said(ward)["again"] == (False, None) and numbers(ward) == {}


def test_a_dead_number_that_is_verified_again_is_believed_and_a_stop_is_not(ward: Ward) -> None:
    text(ward, BO, "STOP")
    heard(ward, "bo/sms", Reason.NUMBER_DEAD)
    have(ward, "bo", replace(SMS, verified=False))
    assert said(ward) == {"bo/sms": (True, "number_dead")}
    have(ward, "bo", SMS)
    assert said(ward) == {"bo/sms": (True, None)}


def test_an_address_that_is_no_number_is_as_its_contact_is(ward: Ward) -> None:
    mail = Contact("mail", Channel.EMAIL, "bo@example.org", verified=True)
    have(ward, "bo", SMS, mail)
    heard(ward, "mail", Reason.ADDRESS_DEAD)
    have(ward, "bo", SMS)
    have(ward, "bo", SMS, mail)
    assert said(ward)["mail"] == (False, None) and numbers(ward) == {}


def test_what_a_carrier_says_of_a_contact_and_of_its_number_are_one(ward: Ward) -> None:
    """A contact that is new, and of which something is said in the same breath, is both."""
    heard(ward, "bo/sms", Reason.NUMBER_DEAD)
    have(ward, "bo")
    new = replace(SMS, opted_out=True)
    assert ward.do(c.SetContact(org=ORG, by=SYSTEM, member="bo", contact=new)) == c.Done()
    assert said(ward) == {"bo/sms": (True, "number_dead")}
    assert ward.do(c.SetContact(org=ORG, by=SYSTEM, member="bo", contact=SMS)) == c.Done()
    assert said(ward) == {"bo/sms": (False, None)}, "the carrier has taken it back"


def test_nobody_takes_their_own_stop_back_on_a_page(ward: Ward) -> None:
    text(ward, BO, "STOP")
    assert ward.do(c.SetContact(org=ORG, by=ward.session("bo"), member="bo", contact=SMS)) == c.Done()
    assert said(ward) == {"bo/sms": (True, None)}


# What the carrier says late ---------------------------------------------------------------------------------------


def test_a_refusal_that_comes_when_the_contact_is_gone_is_known_when_it_is_back(ward: Ward) -> None:
    alert = ward.press("noor")
    sent = next(d for d in ward.world.deliveries(ORG, alert).values() if d.member == "bo")
    have(ward, "bo")
    news = c.Report(org=ORG, delivery=sent.id, alert=alert, moved=c.Moved.REFUSED, reason=Reason.OPTED_OUT)
    ward.do(news)
    have(ward, "bo", SMS)
    assert said(ward) == {"bo/sms": (True, None)}


# Strangers --------------------------------------------------------------------------------------------------------


def test_a_stranger_who_said_stop_and_is_hired_later_is_not_reachable_by_text(ward: Ward) -> None:
    text(ward, STRANGER, "STOP")
    assert [record.unknown for record in numbers(ward).values()] == [True]
    ward.restart()
    cy = hired(ward, "cy", Contact("cy/sms", Channel.SMS, STRANGER, verified=True))
    assert cy.contacts[0].opted_out and not numbers(ward)[f"sms/{STRANGER}"].unknown
    text(ward, STRANGER, "START")
    assert ward.member("cy").contacts[0].reaches


def test_a_stranger_who_says_start_is_kept_no_longer(ward: Ward) -> None:
    text(ward, STRANGER, "START")
    assert numbers(ward) == {}
    text(ward, STRANGER, "STOP")
    text(ward, STRANGER, "START")
    assert numbers(ward) == {}


def test_strangers_push_out_strangers_and_nobody_who_ever_belonged_here(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert STOPPED_STRANGERS_MAX == 1_000
    monkeypatch.setattr(closed_numbers, "STOPPED_STRANGERS_MAX", 3)
    text(ward, BO, "STOP")
    have(ward, "bo")
    for last in range(6):
        text(ward, f"+120255501{90 + last}", "STOP")
        text(ward, BO, "STOP")
    kept = [f"sms/{BO}", *(f"sms/+120255501{90 + last}" for last in (3, 4, 5))]
    assert sorted(numbers(ward)) == sorted(kept)
    text(ward, "+12025550195", "STOP")
    assert sorted(numbers(ward)) == sorted(kept), "a second STOP of one stranger takes no room"
    ward.restart()
    assert sorted(numbers(ward)) == sorted(kept)


# A restore --------------------------------------------------------------------------------------------------------


def test_a_restore_brings_no_number_back_that_said_stop_since() -> None:
    """T22.  What the replaced directory knew is known again; what it had let go of is not let go of."""
    replaced, restored = Ward(), Ward()
    text(replaced, BO, "STOP")
    text(replaced, STRANGER, "STOP")
    replaced.change("teo", contacts=(replace(founded().members["teo"].contacts[0], dead="number_dead"),))
    text(restored, NUMBERS["ines"], "STOP")
    text(replaced, NUMBERS["ines"], "STOP")
    text(replaced, NUMBERS["ines"], "START")
    told = cut_off_since(replaced.store, ORG)
    assert [record.id for record in told.closed if record.unknown] == [f"sms/{STRANGER}"]
    for _ in range(2):
        assert restored.do(told) == c.Done()
    assert said(restored) == {"bo/sms": (True, None)}
    assert said(restored, "teo") == {"teo/sms": (False, "number_dead")}
    assert said(restored, "ines") == {"ines/sms": (True, None)}
    assert numbers(restored)[f"sms/{STRANGER}"].unknown
    assert restored.do(Restore(org=ORG, by=OPERATOR)) == c.Done()


# Many -------------------------------------------------------------------------------------------------------------


def test_a_file_of_many_people_takes_over_what_each_number_has_said(ward: Ward) -> None:
    numbers_of = [f"+120255501{index}" for index in range(20, 90)]
    for number in numbers_of[::10]:
        text(ward, number, "STOP")
    people = {
        number: Member(number, "Somebody", (Role.RESPONDER,), contacts=(Contact("sms", Channel.SMS, number, True),))
        for number in numbers_of
    }
    applied(ward, file(ward, members={**ward.directory.members, **people}))
    out = [member.id for member in ward.directory.members.values() if any(one.opted_out for one in member.contacts)]
    assert out == numbers_of[::10]
