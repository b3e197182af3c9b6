"""One person in two coats: whoever hires, promotes and lets in somebody does not agree with themself through them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace
from second_person import DAY, acts, agree, applied, asked, bo, edit, file, now, peopled, problem, refuse
from ward import HOUR, ORG, Ward

from tocsin.core.access.change_commands import HireMember, MemberForm, form_of
from tocsin.core.access.changes import ChangePhase
from tocsin.core.access.commands import ResetPins, Suspend
from tocsin.core.access.entry_commands import AskRecovery, MakeLink, UseLink, VouchRecovery
from tocsin.core.access.record import By, Recovery, TieAsked, id_of
from tocsin.core.access.sign_in_commands import AddPasskey
from tocsin.core.access.tie_commands import SetTie
from tocsin.core.access.words import LinkKind, Told, Via
from tocsin.core.commands import Done, Problem
from tocsin.core.words import Channel, Role

COATS: Mapping[str, tuple[Role, ...]] = {
    "one": (Role.SUPERVISOR,),
    "two": (Role.SUPERVISOR,),
    "three": (Role.COORDINATOR,),
}


@pytest.fixture
def ward() -> Ward:
    """Set up the day before."""
    ward = peopled()
    ward.guarded()
    ward.wait(DAY)
    return ward


def let_in(ward: Ward, name: str) -> By:
    """Ada makes the invitation, opens it herself, and makes a passkey by it: she is signed in as that member."""
    link, session = f"{name:0<32}", f"{name:1<32}"
    ada = ward.session("ada")
    assert ward.do(MakeLink(org=ORG, by=ada, kind=LinkKind.INVITATION, token_hash=link, member=name)) == Done()
    assert ward.do(UseLink(org=ORG, link=id_of(link), token_hash=session)) == Done()
    coat = By(name, Via.SESSION, id_of(session))
    made = AddPasskey(org=ORG, by=coat, id=f"{name}'s", public_key=b"k", sign_count=0, label="fob", transports=())
    assert ward.do(made) == Done()
    return coat


def hired(ward: Ward, name: str) -> None:
    form = MemberForm(name=name.title(), language="en", duties=(), roles=COATS[name], contacts=())
    reply = ward.do(HireMember(org=ORG, by=ward.session("ada"), id=name, member=form))
    assert isinstance(reply, Done) and reply.split is not None and reply.split.now


def test_three_coats_put_on_a_minute_ago_are_not_three_people(ward: Ward) -> None:
    for name in COATS:
        hired(ward, name)
        let_in(ward, name)
    ward.wait(HOUR)
    change = asked(ward)
    for name in COATS:
        assert agree(ward, name, change) == Done(), "each may agree to what is asked from then on"
    assert now(ward, change).phase is ChangePhase.AGREED and Role.RESPONDER in bo(ward).roles
    assert refuse(ward, "ines", change) == Done(), "there is a day in which somebody sees it"


def test_after_a_day_in_which_everybody_was_told_of_them_they_are(ward: Ward) -> None:
    for name in COATS:
        hired(ward, name)
        let_in(ward, name)
    ward.wait(DAY)
    change = asked(ward)
    for name in COATS:
        assert agree(ward, name, change) == Done()
    assert now(ward, change).phase is ChangePhase.APPLIED


@pytest.mark.parametrize("how", ["hired", "promoted", "let in"])
def test_nobody_has_a_say_in_what_was_asked_before_they_had_it(ward: Ward, how: str) -> None:
    change = asked(ward)
    ward.wait(HOUR)
    who = {"hired": "one", "promoted": "noor", "let in": "teo"}[how]
    if how == "hired":
        hired(ward, who)
    elif how == "promoted":
        before = form_of(ward.member(who))
        edit(ward, "ada", who, before, replace(before, roles=(*before.roles, Role.SUPERVISOR)))
    else:
        let_in(ward, who)
    assert problem(agree(ward, who, change)) is Problem.NOT_ALLOWED
    assert now(ward, change).agreed == ()
    ward.restart()
    assert problem(agree(ward, who, change)) is Problem.NOT_ALLOWED, "a restart makes nobody older"
    assert refuse(ward, who, change) == Done(), "what protects needs no age"


def test_a_role_more_of_somebody_who_had_a_say_already_makes_them_no_newcomer(ward: Ward) -> None:
    change = asked(ward)
    ward.wait(HOUR)
    before = form_of(ward.member("ines"))
    edit(ward, "ada", "ines", before, replace(before, roles=(*before.roles, Role.RESPONDER)))
    assert agree(ward, "ines", change) == Done()


def test_on_the_day_on_which_an_office_is_set_up_nobody_is_a_newcomer() -> None:
    ward = peopled()
    ward.guarded()
    ward.wait(DAY - 1)
    hired(ward, "one")
    let_in(ward, "one")
    change = asked(ward)
    for name in ("one", "ines", "wale"):
        assert agree(ward, name, change) == Done()
    assert now(ward, change).phase is ChangePhase.APPLIED


def test_somebody_new_vouches_for_nobody_before_a_day_is_over(ward: Ward) -> None:
    hired(ward, "one")
    let_in(ward, "one")
    asking = AskRecovery(org=ORG, by=ward.session("one"), member="ines", why="she lost it")
    assert problem(ward.do(asking)) is Problem.NOT_ALLOWED
    assert ward.do(replace(asking, by=ward.session("ada"))) == Done()
    (recovery,) = ward.world.all_kept(ORG, Recovery).values()
    vouching = VouchRecovery(org=ORG, by=ward.session("one"), recovery=recovery.id)
    assert problem(ward.do(vouching)) is Problem.NOT_ALLOWED
    pins = ResetPins(org=ORG, by=ward.session("one"), member="noor")
    assert problem(ward.do(pins)) is Problem.NOT_ALLOWED
    ward.wait(DAY)
    assert ward.do(replace(pins, by=ward.session("one"))) == Done()
    assert ward.do(replace(asking, member="teo", by=ward.session("one"))) == Done()


def test_somebody_new_is_not_the_second_who_suspends_a_watched_member(ward: Ward) -> None:
    ward.change("noor", watch_window=True)
    hired(ward, "one")
    for name in ("ada", "one"):
        assert ward.do(Suspend(org=ORG, by=ward.session(name), member="noor")) == Done()
    assert not ward.member("noor").suspended
    assert ward.do(Suspend(org=ORG, by=ward.session("ines"), member="noor")) == Done()
    assert ward.member("noor").suspended


def test_somebody_new_is_not_the_second_who_ties_where_it_leaves_a_rung_short(ward: Ward) -> None:
    hired(ward, "three")
    ward.change("teo", not_told_about=("noor",))
    tie = SetTie(org=ORG, by=ward.session("wale"), member="ines", about="noor")
    assert ward.do(tie) == Done()
    assert [one.short for one in ward.world.all_kept(ORG, TieAsked).values()] == [True]
    assert ward.do(replace(tie, by=ward.session("three"))) == Done()
    assert ward.member("ines").not_told_about == ()
    ward.wait(DAY)
    assert ward.do(replace(tie, by=ward.session("three"))) == Done()
    assert ward.member("ines").not_told_about == ("noor",)


# Ways to reach somebody -------------------------------------------------------------------------------------------


def test_one_person_does_not_put_their_own_number_in_the_place_of_hers_step_by_step(ward: Ward) -> None:
    """Each step looks harmless: a new way is added, an old one is taken where enough seem to be left."""
    hers = ward.member("noor").contacts
    for kind, to in ((Channel.VOICE, "+12025550161"), (Channel.SMS, "+12025550162"), (Channel.PUSH, "his")):
        before = form_of(ward.member("noor"))
        new = replace(before.contacts[0], id=f"noor/{to}", kind=kind, to=to, verified=True)
        edit(ward, "ada", "noor", before, replace(before, contacts=(*before.contacts, new)))
    before = form_of(ward.member("noor"))
    edit(ward, "ada", "noor", before, replace(before, contacts=before.contacts[1:]))
    assert set(hers) <= set(ward.member("noor").contacts)


def test_whoever_s_numbers_are_touched_by_another_is_told_of_it_themself_whichever_way(ward: Ward) -> None:
    """A number of his among hers gets what she is sent."""
    before = form_of(ward.member("noor"))
    new = replace(before.contacts[0], id="noor/his", to="+12025550162")
    edit(ward, "ada", "noor", before, replace(before, contacts=(*before.contacts, new)))
    assert told_themself(ward) == [("changed_at_once", "noor")]
    ward.wait(1)
    edit(ward, "ada", "noor", form_of(ward.member("noor")), before)
    assert told_themself(ward) == [("changed_at_once", "noor"), ("change_asked", "noor")]
    ward.wait(1)
    noor = ward.member("noor")
    more = replace(noor, contacts=(*noor.contacts, replace(new, id="noor/more", to="+12025550163")))
    applied(ward, file(ward, members={**ward.directory.members, "noor": more}))
    assert told_themself(ward)[2:] == [("changed_at_once", "noor")]


def test_of_their_own_change_nobody_is_told_twice(ward: Ward) -> None:
    before = form_of(ward.member("ada"))
    new = replace(before.contacts[0], id="ada/more", to="+12025550162")
    edit(ward, "ada", "ada", before, replace(before, contacts=(*before.contacts, new)))
    assert told_themself(ward) == []


def told_themself(ward: Ward) -> list[tuple[str, str]]:
    lines = sorted(acts(ward), key=lambda act: (act.at_ms, act.id))
    return [(act.what, act.about) for act in lines if act.told is Told.THEMSELF and act.what.startswith("change")]


@pytest.mark.parametrize("kind", [LinkKind.ENROLMENT, LinkKind.INVITATION])
def test_a_link_made_for_somebody_else_is_told_to_them_and_to_all_supervisors(ward: Ward, kind: LinkKind) -> None:
    """Whoever makes it may open it: they are then her, on her alerts, and one of the two who close others'."""
    link = MakeLink(org=ORG, by=ward.session("ada"), kind=kind, token_hash="1" * 32, member="noor")
    assert ward.do(link) == Done()
    assert told_of_links(ward) == {(Told.THEMSELF, "noor"), (Told.SUPERVISORS, "noor")}


def test_of_a_link_that_somebody_makes_for_their_own_phone_nobody_is_told(ward: Ward) -> None:
    link = MakeLink(org=ORG, by=ward.session("noor"), kind=LinkKind.ENROLMENT, token_hash="1" * 32, member="noor")
    assert ward.do(link) == Done()
    assert told_of_links(ward) == {(Told.NOBODY, "noor")}


def told_of_links(ward: Ward) -> set[tuple[Told, str]]:
    return {(act.told, act.about) for act in acts(ward) if act.what == "link_made"}
