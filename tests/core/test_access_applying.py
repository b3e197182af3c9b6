"""What one form and one file become, and what only coordinators may know of; each with a second person."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from second_person import (
    DAY,
    acts,
    agree,
    applied,
    asked,
    bo,
    by,
    edit,
    file,
    now,
    peopled,
    problem,
    refuse,
    roles,
)
from ward import HOUR, NUMBERS, ORG, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access.agreeing import duty_chiefs, eligible, may_know
from tocsin.core.access.change_commands import (
    EditMember,
    WithdrawChange,
    contact_id,
    form_of,
)
from tocsin.core.access.changes import (
    ChangePhase,
)
from tocsin.core.access.commands import EndAccess, Reinstate, Suspend
from tocsin.core.access.edits import DeskEdit, Edit, NameEdit, ShiftEdit, Split, SuspensionEdit, TieEdit, WatchEdit
from tocsin.core.access.proposing import propose
from tocsin.core.access.record import OPERATOR, Desk, Suspension
from tocsin.core.access.tie_commands import LiftTie
from tocsin.core.access.weakens import Weakens
from tocsin.core.access.words import Ended, Told, What
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Contact, Member, Shift
from tocsin.core.words import Channel, Duty, Role


@pytest.fixture
def ward() -> Ward:
    return peopled()


# Ties, watches, suspensions, desks -------------------------------------------------------------------------------


def lifted(ward: Ward) -> str:
    ward.change("bo", not_told_about=("noor",))
    reply = ward.do(LiftTie(org=ORG, by=by(ward, "wale"), member="bo", about="noor"))
    assert isinstance(reply, Done) and reply.split is not None
    return reply.split.waiting[0]


def test_that_a_tie_is_to_be_lifted_exists_for_untied_coordinators_alone(ward: Ward) -> None:
    change = lifted(ward)
    assert problem(agree(ward, "ines", change)) is problem(refuse(ward, "teo", change)) is Problem.NO_SUCH_RECORD
    assert problem(ward.do(WithdrawChange(org=ORG, by=by(ward, "ines"), change=change))) is Problem.NO_SUCH_RECORD
    ward.change("ines", roles=(Role.COORDINATOR,), not_told_about=("noor",))
    assert problem(agree(ward, "ines", change)) is Problem.NO_SUCH_RECORD
    assert all(act.told is Told.COORDINATORS for act in acts(ward) if act.subject == change)
    ward.change("teo", roles=(Role.COORDINATOR,))
    assert agree(ward, "teo", change) == Done()
    ward.wait(DAY)
    assert bo(ward).not_told_about == ()


def test_three_coordinators_lift_a_tie_together(ward: Ward) -> None:
    change = lifted(ward)
    for name in ("ines", "teo"):
        ward.change(name, roles=(Role.COORDINATOR,))
        agree(ward, name, change)
    assert now(ward, change).phase is ChangePhase.APPLIED and bo(ward).not_told_about == ()


def test_that_a_watch_is_to_end_is_for_coordinators_but_the_watched(ward: Ward) -> None:
    waits = now(ward, asked(ward))
    ward.change("wale", watch_window=True)
    watch = WatchEdit("wale", before=True, after=False)
    directory = ward.world.directory(ORG)
    assert not eligible(directory, watch, "wale") and not eligible(directory, watch, "ines")
    ward.change("ines", roles=(Role.COORDINATOR,))
    assert eligible(ward.world.directory(ORG), watch, "ines")
    assert not may_know(ward.world.directory(ORG), replace(waits, edit=watch), "nobody")
    assert may_know(ward.world.directory(ORG), waits, "bo")


def test_a_suspension_is_lifted_by_two_and_what_is_kept_of_it_is_over(ward: Ward) -> None:
    ward.do(Suspend(org=ORG, by=by(ward, "ines"), member="bo"))
    reply = ward.do(Reinstate(org=ORG, by=by(ward, "ada"), member="bo"))
    assert isinstance(reply, Done) and reply.split is not None and bo(ward).suspended
    (change,) = reply.split.waiting
    assert now(ward, change).edit == SuspensionEdit("bo", before=True, after=False)
    agree(ward, "teo", change)
    ward.wait(DAY)
    assert not bo(ward).suspended
    kept = ward.world.kept(ORG, Suspension, "bo")
    assert kept is None or not kept.open


def test_a_suspension_itself_never_waits(ward: Ward) -> None:
    assert isinstance(ward.do(Suspend(org=ORG, by=by(ward, "ines"), member="bo")), Done)
    assert bo(ward).suspended


def test_a_desk_is_turned_off_by_two(ward: Ward) -> None:
    ward.desk()
    reply = ward.do(EndAccess(org=ORG, by=by(ward, "ada"), what=What.DESK, id="desk"))
    assert isinstance(reply, Done) and reply.split is not None
    (change,) = reply.split.waiting
    assert isinstance(now(ward, change).edit, DeskEdit)
    for name in ("ines", "wale", "teo"):
        desk = ward.world.kept(ORG, Desk, "desk")
        assert desk is not None and desk.open
        agree(ward, name, change)
    desk = ward.world.kept(ORG, Desk, "desk")
    assert desk is not None and not desk.open


def test_a_desk_that_was_off_before_its_change_is_due_stays_as_it_ended(ward: Ward) -> None:
    desk = ward.desk()
    reply = ward.do(EndAccess(org=ORG, by=by(ward, "ada"), what=What.DESK, id="desk"))
    assert isinstance(reply, Done) and reply.split is not None
    ward.put(replace(desk, ended=Ended.REPLACED))
    agree(ward, "ines", reply.split.waiting[0])
    ward.wait(DAY)
    ended = ward.world.kept(ORG, Desk, "desk")
    assert ended is not None and ended.ended is Ended.REPLACED


# One member's page -----------------------------------------------------------------------------------------------


def test_of_one_form_what_strengthens_acts_at_once_and_what_weakens_waits(ward: Ward) -> None:
    before = form_of(bo(ward))
    number = "+12025550199"
    voice = Contact(contact_id("bo", Channel.VOICE, number), Channel.VOICE, number, verified=True)
    after = replace(
        before,
        name="Bodil",
        language="es",
        duties=(Duty.DOOR,),
        roles=(Role.WORKER, Role.SUPERVISOR),
        contacts=(voice,),
    )
    reply = edit(ward, "ada", "bo", before, after)
    assert isinstance(reply, Done) and reply.split is not None and len(reply.split.waiting) == 2
    assert {reason for id in reply.split.waiting for reason in now(ward, id).weakens} == {
        Weakens.REMOVES_RESPONDER,
        Weakens.MUTES_CHANNEL,
    }
    assert (bo(ward).name, bo(ward).duties, set(bo(ward).roles)) == (
        "Bodil",
        (Duty.DOOR,),
        {Role.RESPONDER, Role.WORKER, Role.SUPERVISOR},
    )
    assert {contact.to for contact in bo(ward).contacts} == {NUMBERS["bo"], number}
    assert [act.detail for act in acts(ward) if act.what == "changed_at_once"]


def test_of_two_who_edit_the_same_member_neither_silently_wins(ward: Ward) -> None:
    before = form_of(bo(ward))
    assert isinstance(edit(ward, "ada", "bo", before, replace(before, name="Bodil")), Done)
    assert problem(edit(ward, "ada", "bo", before, replace(before, name="Bogdan"))) is Problem.STALE
    assert bo(ward).name == "Bodil"


def test_who_may_edit_is_asked_first(ward: Ward) -> None:
    before = form_of(bo(ward))
    assert problem(edit(ward, "ines", "bo", before, replace(before, name="B"))) is Problem.NOT_ALLOWED
    assert problem(edit(ward, "ines", "bo", before, before)) is Problem.NOT_ALLOWED
    assert problem(edit(ward, "ines", "bo", *roles(Role.WORKER))) is Problem.NOT_ALLOWED
    stale = ward.session("ada", fresh=False)
    command = EditMember(org=ORG, by=stale, member="bo", before=before, after=roles(Role.WORKER)[1])
    assert problem(ward.do(command)) is Problem.NOT_FRESH
    assert problem(edit(ward, "ada", "nobody", before, replace(before, name="B"))) is Problem.NO_SUCH_MEMBER


def test_somebody_who_administers_is_always_left(ward: Ward) -> None:
    before, after = roles(Role.WORKER, of="ada")
    assert problem(edit(ward, "ada", "ada", before, after)) is Problem.NOBODY_ADMINISTERS
    ward.change("wale", roles=(Role.ADMINISTRATOR,))
    assert isinstance(edit(ward, "ada", "ada", before, after), Done)
    assert ward.world.directory(ORG).members["ada"].roles == (Role.WORKER,)


def test_a_form_that_would_leave_no_valid_organisation_is_declined_with_the_reason(ward: Ward) -> None:
    before = form_of(bo(ward))
    reply = edit(ward, "ada", "bo", before, replace(before, roles=()))
    assert isinstance(reply, Declined) and reply.problem is Problem.BAD_DIRECTORY and "no role" in reply.detail
    double = Contact("x", Channel.SMS, NUMBERS["noor"], verified=True)
    reply = edit(ward, "ada", "bo", before, replace(before, contacts=(*before.contacts, double)))
    assert isinstance(reply, Declined) and reply.problem is Problem.BAD_DIRECTORY and "one number" in reply.detail
    assert form_of(bo(ward)) == before


# The file --------------------------------------------------------------------------------------------------------


EMPTY = (Shift(SITE, ("noor",), 0, 10**15),)


def test_a_file_that_empties_a_roster_is_applied_but_for_that_and_a_second_time_waits_once(ward: Ward) -> None:
    wanted = file(ward, shifts=EMPTY, name="Alder county")
    split = applied(ward, wanted).split
    assert split is not None and len(split.waiting) == 1 and len(split.now) == 1
    directory = ward.world.directory(ORG)
    assert directory.name == "Alder county" and set(directory.shifts[0].members) == {"noor", "bo", "teo", "ines"}
    again = applied(ward, wanted).split
    assert again is not None and again.waiting == split.waiting and not again.now
    assert now(ward, split.waiting[0]).weakens == (Weakens.EMPTIES_ROSTER, Weakens.EMPTIES_RUNG)
    (line,) = [act for act in acts(ward) if act.what == "file_applied"]
    assert (line.detail, line.told) == ("1", Told.SUPERVISORS)


def test_a_file_that_wants_the_former_value_again_withdraws_what_waited(ward: Ward) -> None:
    former = file(ward)
    split = applied(ward, file(ward, shifts=EMPTY)).split
    assert split is not None
    page = asked(ward)
    applied(ward, former)
    assert now(ward, split.waiting[0]).phase is ChangePhase.WITHDRAWN
    assert now(ward, split.waiting[0]).detail == "former_value_again"
    assert now(ward, page).open  # What a page asked for the file does not speak of.


def test_what_the_operator_asked_for_otherwise_than_by_file_stays_too(ward: Ward) -> None:
    ward.do(Suspend(org=ORG, by=by(ward, "ines"), member="bo"))
    reply = ward.do(Reinstate(org=ORG, by=OPERATOR, member="bo"))
    assert isinstance(reply, Done) and reply.split is not None
    (change,) = reply.split.waiting
    applied(ward, file(ward))
    assert now(ward, change).open
    assert ward.do(WithdrawChange(org=ORG, by=OPERATOR, change=change)) == Done()


def test_where_nobody_who_may_agree_ever_signed_in_the_file_is_applied_whole() -> None:
    ward = Ward()
    ward.session("ada")
    ward.session("bo")
    assert applied(ward, file(ward, shifts=EMPTY)).split is None
    assert ward.world.directory(ORG).shifts == EMPTY


def test_once_guarded_it_stays_so_whatever_becomes_of_whoever_signed_in(ward: Ward) -> None:
    for name in ("teo", "ines", "wale"):
        ward.do(Suspend(org=ORG, by=by(ward, "ada"), member=name))
    ward.restart()
    split = applied(ward, file(ward, shifts=EMPTY)).split
    assert split is not None and split.waiting


def test_a_passkey_too_is_a_sign_that_somebody_who_may_agree_was_there() -> None:
    ward = Ward()
    ward.passkey("ines")
    split = applied(ward, file(ward, shifts=EMPTY)).split
    assert split is not None and split.waiting


def test_a_file_lifts_no_tie_and_ends_no_watch_and_does_not_tell_of_any(ward: Ward) -> None:
    plain = file(ward)
    ward.change("bo", not_told_about=("noor",), watch_window=True)
    split = applied(ward, plain).split
    assert split is not None and split == type(split)()
    assert bo(ward).not_told_about == ("noor",) and bo(ward).watch_window
    members = {**plain.members, "teo": replace(plain.members["teo"], not_told_about=("noor",))}
    split = applied(ward, replace(plain, members=members)).split
    assert split is not None and split.now == (TieEdit("teo", "noor", before=False, after=True),)
    assert [act.told for act in acts(ward) if act.what == "changed_at_once"] == [Told.COORDINATORS]
    assert not [act for act in acts(ward) if act.what == "file_applied"]


def test_what_cannot_be_before_something_that_waits_is_refused_and_done_when_it_is_asked_again(ward: Ward) -> None:
    """Bo's number goes to Noor; but it is Bo's last one, so it stays Bo's until somebody agrees."""
    directory = file(ward)
    number = Contact("noor/new", Channel.VOICE, NUMBERS["bo"], verified=True)
    members = {
        **directory.members,
        "bo": replace(directory.members["bo"], contacts=()),
        "noor": replace(directory.members["noor"], contacts=(*directory.members["noor"].contacts, number), name="N."),
    }
    wanted = replace(directory, members=members)
    split = applied(ward, wanted).split
    assert split is not None and len(split.waiting) == len(split.refused) == len(split.now) == 1
    noor = ward.world.directory(ORG).members["noor"]
    assert noor.name == "N." and len(noor.contacts) == 1
    for name in ("ines", "teo", "wale"):
        agree(ward, name, split.waiting[0])
    split = applied(ward, wanted).split
    assert split is not None and not split.refused and not split.waiting
    assert len(ward.world.directory(ORG).members["noor"].contacts) == 2


def test_a_file_that_is_wrong_changes_nothing_and_says_why(ward: Ward) -> None:
    before = ward.world.directory(ORG)
    reply = ward.do(c.ReplaceDirectory(org=ORG, directory=file(ward, plans=()), by="file"))
    assert isinstance(reply, Declined) and reply.problem is Problem.BAD_DIRECTORY and "no plan" in reply.detail
    assert ward.world.directory(ORG) == before


def test_a_desks_seat_is_in_no_file_and_stays(ward: Ward) -> None:
    plain = file(ward)
    ward._write(lambda docket: docket.set_members([Member("seat-1", "Console 3", (), seat="lot-b")]))
    split = applied(ward, plain).split
    assert split is not None and not split.waiting and "seat-1" in ward.world.directory(ORG).members


def test_the_last_hour_counts_as_little_as_the_first_of_a_change_that_is_over(ward: Ward) -> None:
    change = asked(ward)
    agree(ward, "ines", change)
    ward.wait(DAY + HOUR)
    assert problem(refuse(ward, "teo", change)) is Problem.CONFLICT and bo(ward).roles == (Role.WORKER,)


# What has to be so ------------------------------------------------------------------------------------------------


def proposed(ward: Ward, edit: Edit) -> c.Reply:
    """What a decider of something else gets that asks for this edit, by the administrator."""
    replies: list[c.Reply] = []
    ward._write(lambda docket: replies.append(propose(docket, by(ward, "ada"), edit)))
    return replies[0]


def test_what_is_no_longer_as_it_was_is_stale_and_what_is_so_already_is_done(ward: Ward) -> None:
    assert problem(proposed(ward, NameEdit("bo", "Bert", "Bob"))) is Problem.STALE
    assert proposed(ward, NameEdit("bo", "Bert", "Bo")) == Done(split=Split())


def test_before_anybody_who_may_agree_has_signed_in_a_page_changes_everything_at_once() -> None:
    ward = Ward()
    reply = edit(ward, "ada", "bo", *roles(Role.WORKER))
    assert isinstance(reply, Done) and reply.split is not None and not reply.split.waiting
    assert bo(ward).roles == (Role.WORKER,)


def test_ones_own_number_is_ones_own_to_take_away(ward: Ward) -> None:
    before = form_of(ward.world.directory(ORG).members["ada"])
    reply = edit(ward, "ada", "ada", before, replace(before, contacts=()))
    assert isinstance(reply, Done) and reply.split is not None and not reply.split.waiting


def test_of_a_suspension_that_no_record_tells_of_there_is_none_to_end(ward: Ward) -> None:
    ward.change("bo", suspended=True)
    reply = ward.do(Reinstate(org=ORG, by=by(ward, "ada"), member="bo"))
    assert isinstance(reply, Done) and reply.split is not None
    agree(ward, "ines", reply.split.waiting[0])
    ward.wait(DAY)
    assert not bo(ward).suspended


def test_of_a_shift_only_its_own_sites_chief_counts(ward: Ward) -> None:
    split = applied(ward, file(ward, shifts=EMPTY)).split
    assert split is not None
    assert duty_chiefs(ward.world.directory(ORG), now(ward, split.waiting[0]).edit) == {"teo", "ines", "wale"}
    assert duty_chiefs(ward.world.directory(ORG), ShiftEdit(("far", 0, 1, 0), (), None)) == set()


def test_whoever_is_new_in_a_guarded_file_is_there_at_once(ward: Ward) -> None:
    wanted = file(ward)
    split = applied(ward, replace(wanted, members={**wanted.members, "zoe": Member("zoe", "Zoe")})).split
    assert split is not None and len(split.now) == 1 and "zoe" in ward.world.directory(ORG).members
