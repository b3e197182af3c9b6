"""Suspension: one act, everything of theirs, at once; two people for somebody in a watch window; and never an alert."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from ward import HOUR, MINUTE, ORG, Ward

from tocsin.core import commands as c
from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.commands import LookAt, Reinstate, Suspend
from tocsin.core.access.record import OPERATOR, By, Kept, PinReset, Suspension
from tocsin.core.access.suspension import NOT_YOURSELF
from tocsin.core.access.words import Ended, LinkKind, Via
from tocsin.core.limits import SUSPENSION_ASKED_MS, SUSPENSIONS_MANY, SUSPENSIONS_MANY_MS

DONE = c.Done()
NOT_ALLOWED = c.Declined(problem=c.Problem.NOT_ALLOWED)


@pytest.fixture
def ward() -> Ward:
    return Ward()


def suspend(ward: Ward, name: str, by: By = OPERATOR, why: str = "order 12") -> c.Reply:
    return ward.do(Suspend(org=ORG, by=by, member=name, why=why))


def watched(ward: Ward, name: str) -> None:
    ward.change(name, watch_window=True)


def standing(ward: Ward, name: str) -> Suspension:
    found = ward.world.kept(ORG, Suspension, name)
    assert found is not None
    return found


def test_one_act_ends_everything_by_which_they_come_in_and_what_they_made(ward: Ward) -> None:
    teo, ines = ward.session("teo"), ward.session("ines")
    theirs: list[Kept] = [
        ward.link(LinkKind.INVITATION, teo, "bo"),
        ward.link(LinkKind.ENROLMENT, ines, "teo"),
        ward.key("teo"),
    ]
    others: list[Kept] = [ward.link(LinkKind.ENROLMENT, ines, "bo"), ward.key("ada"), ward.wallboard()]
    fob = ward.passkey("teo")
    assert suspend(ward, "teo", ines) == DONE
    assert ward.member("teo").suspended and ward.directory.devices["teo-phone"].revoked
    assert [getattr(ward.kept(one), "ended", None) for one in theirs] == [Ended.SUSPENDED] * 3
    assert all(ward.kept(one).open for one in others), "and nothing of anybody else's"
    assert ward.kept(fob).open, "it still says who they are; it lets nobody in"
    assert suspend(ward, "bo", teo) == NOT_ALLOWED, "their session is worth nothing"
    assert "suspended" in ward.trail()
    ward.restart()
    assert ward.member("teo").suspended and not ward.kept(theirs[0]).open


def test_suspending_again_changes_nothing(ward: Ward) -> None:
    suspend(ward, "teo")
    before = len(ward.trail())
    assert suspend(ward, "teo") == DONE
    assert len(ward.trail()) == before


@pytest.mark.parametrize(("name", "may"), [("ines", True), ("wale", True), ("ada", True), ("bo", False)])
def test_who_may_suspend_is_what_the_table_says(ward: Ward, name: str, may: bool) -> None:
    reply = suspend(ward, "teo", ward.session(name))
    assert reply == (DONE if may else NOT_ALLOWED) and ward.member("teo").suspended is may


def test_a_phone_suspends_nobody(ward: Ward) -> None:
    assert suspend(ward, "teo", By("ines", Via.DEVICE, "ines-phone")) == NOT_ALLOWED


def test_nobody_suspends_themself_whoever_has_a_hand_on_their_shoulder(ward: Ward) -> None:
    assert suspend(ward, "ines", ward.session("ines")) == NOT_YOURSELF
    assert not ward.member("ines").suspended


def test_whom_nobody_knows_nobody_suspends(ward: Ward) -> None:
    unknown = c.Declined(problem=c.Problem.NO_SUCH_MEMBER)
    assert suspend(ward, "nobody") == unknown
    assert ward.do(Reinstate(org=ORG, by=OPERATOR, member="nobody")) == unknown


def test_a_desk_is_nobody_who_could_be_suspended(ward: Ward) -> None:
    ward.change("bo", seat="centre/front")
    assert suspend(ward, "bo") == c.Declined(problem=c.Problem.NO_SUCH_MEMBER)


# Two people ------------------------------------------------------------------------------------------------------


def test_a_member_in_a_watch_window_is_suspended_by_two_different_people(ward: Ward) -> None:
    watched(ward, "noor")
    ada, ines = ward.session("ada"), ward.session("ines")
    assert suspend(ward, "noor", ada) == DONE
    assert not ward.member("noor").suspended and standing(ward, "noor").waiting
    assert suspend(ward, "noor", ada) == DONE
    assert not ward.member("noor").suspended, "the same person is not two"
    ward.restart()
    assert suspend(ward, "noor", ines) == DONE
    assert ward.member("noor").suspended, "at once"
    found = standing(ward, "noor")
    assert found.agreed is not None and (found.by.member, found.agreed.member) == ("ada", "ines")
    assert ward.trail()[-2:] == ["suspension_asked", "suspended"]


def test_one_of_the_two_watches_over_others(ward: Ward) -> None:
    watched(ward, "noor")
    suspend(ward, "noor", OPERATOR)
    suspend(ward, "noor", ward.session("ada"))
    assert not ward.member("noor").suspended, "the operator and an administrator are not enough"
    suspend(ward, "noor", ward.session("wale"))
    assert ward.member("noor").suspended


def test_whoever_was_suspended_or_lost_their_role_since_is_no_first_of_two(ward: Ward) -> None:
    watched(ward, "noor")
    suspend(ward, "noor", ward.session("ines"))
    suspend(ward, "ines")
    assert not standing(ward, "noor").open, "what they asked for is asked no more"
    suspend(ward, "noor", ward.session("ada"))
    assert not ward.member("noor").suspended


def test_the_asking_lapses_and_is_asked_anew(ward: Ward) -> None:
    watched(ward, "noor")
    suspend(ward, "noor", ward.session("ines"))
    ward.wait(SUSPENSION_ASKED_MS)
    assert not standing(ward, "noor").open and ward.trail()[-1] == "suspension_lapsed"
    suspend(ward, "noor", ward.session("wale", number=2))
    assert not ward.member("noor").suspended


def test_a_wake_up_that_comes_late_finds_nothing_to_do(ward: Ward) -> None:
    watched(ward, "noor")
    suspend(ward, "noor", ward.session("ines"))
    ward.do(Reinstate(org=ORG, by=ward.session("wale"), member="noor"))
    assert ward.trail()[-1] == "suspension_taken_back"
    before = ward.trail()
    ward.wait(SUSPENSION_ASKED_MS + HOUR)
    assert ward.trail() == before
    assert ward.do(Reinstate(org=ORG, by=ward.session("wale"), member="noor")) == DONE
    assert ward.do(Reinstate(org=ORG, by=ward.session("wale"), member="bo")) == DONE
    ward.do(LookAt(org=ORG, kind="suspension", id="noor"))
    assert ward.trail() == before, "there is nothing to take back"


def test_whoever_is_tied_is_neither_the_first_nor_the_second_and_is_answered_alike(ward: Ward) -> None:
    watched(ward, "noor")
    ward.change("teo", not_told_about=("noor",))
    assert suspend(ward, "noor", ward.session("teo")) == DONE
    assert suspend(ward, "noor", ward.session("ines")) == DONE
    assert not ward.member("noor").suspended and standing(ward, "noor").by.member == "ines"
    assert suspend(ward, "noor", ward.session("teo")) == DONE
    assert not ward.member("noor").suspended
    assert suspend(ward, "noor", ward.session("wale")) == DONE
    assert ward.member("noor").suspended


def test_a_suspension_by_somebody_tied_is_told_to_coordinators(ward: Ward) -> None:
    ward.change("teo", not_told_about=("noor",))
    suspend(ward, "noor", ward.session("teo"))
    assert ward.member("noor").suspended and ward.trail()[-2:] == ["suspended", "suspended_by_the_tied"]


def test_a_vouching_of_theirs_or_for_them_is_worth_nothing_any_more(ward: Ward) -> None:
    for name, by in (("bo", "ines"), ("ines", "teo"), ("noor", "teo")):
        asked = PinReset(id=name, by=By(by, Via.SESSION), asked_ms=ward.now_ms, ends_ms=ward.now_ms + HOUR)
        ward.put(asked)
    suspend(ward, "ines")
    assert [ward.world.kept(ORG, PinReset, name).open for name in ("bo", "ines", "noor")] == [False, False, True]  # type: ignore[union-attr]


# Alerts ----------------------------------------------------------------------------------------------------------


def test_their_own_alert_lives_on_and_they_are_out_of_everybody_else_s(ward: Ward) -> None:
    own, other = ward.press("teo"), ward.press("noor")
    suspend(ward, "teo")
    assert ward.alert(own).open and not ward.alert(own).people["bo"].withdrawn
    assert ward.alert(other).people["teo"].withdrawn


def test_many_at_once_are_applied_and_the_operator_is_paged(ward: Ward) -> None:
    for name in ("bo", "teo", "ines")[:SUSPENSIONS_MANY]:
        suspend(ward, name)
    assert ward.pages == []
    suspend(ward, "wale")
    assert ward.pages == ["many_suspensions"] and ward.member("wale").suspended


def test_as_many_over_a_day_page_nobody(ward: Ward) -> None:
    for name in ("bo", "teo", "ines", "wale"):
        suspend(ward, name)
        ward.wait(SUSPENSIONS_MANY_MS // SUSPENSIONS_MANY + MINUTE)
    assert ward.pages == []


def test_a_backstop_of_the_suspended_is_filled_with_whoever_is_left_to_close(ward: Ward) -> None:
    alert = ward.press("noor")
    for name in ("bo", "teo", "ines"):
        suspend(ward, name)
    assert "wale" in ward.alert(alert).people and not ward.alert(alert).reaches_nobody
    suspend(ward, "wale")
    assert ward.alert(alert).open and ward.alert(alert).reaches_nobody
    assert {"alert_reaches_nobody", "many_suspensions"} <= set(ward.pages)


# Lifting ---------------------------------------------------------------------------------------------------------


def test_where_nobody_ever_signed_in_the_operator_lifts_it_alone(ward: Ward) -> None:
    suspend(ward, "teo")
    assert isinstance(ward.do(Reinstate(org=ORG, by=OPERATOR, member="teo", why="a mistake")), c.Done)
    assert not ward.member("teo").suspended and not standing(ward, "teo").open
    assert ward.directory.devices["teo-phone"].revoked, "what ended stays ended"
    suspend(ward, "teo")
    assert ward.member("teo").suspended and standing(ward, "teo").open


def test_where_people_sign_in_nobody_lifts_it_alone(ward: Ward) -> None:
    ward.guarded()
    suspend(ward, "teo")
    for by in (OPERATOR, ward.session("wale")):
        reply = ward.do(Reinstate(org=ORG, by=by, member="teo"))
        assert isinstance(reply, c.Done) and reply.split is not None and len(reply.split.waiting) == 1
    assert ward.do(Reinstate(org=ORG, by=ward.session("bo"), member="teo")) == NOT_ALLOWED
    assert ward.member("teo").suspended


def test_whoever_a_file_takes_out_or_suspends_has_nothing_left_to_come_in_by(ward: Ward) -> None:
    keys = ward.key("bo"), ward.key("teo")
    ward.change("bo", suspended=True)
    ward.do(c.SetCallCode(org=ORG, by=OPERATOR, member="noor", call_code_hash="h"))
    assert ward.kept(keys[0]).open, "written past every rule"
    ward.change("bo", suspended=False)
    people = ward.directory
    suspended = {**people.members, "bo": replace(people.members["bo"], suspended=True)}
    assert isinstance(
        ward.do(c.ReplaceDirectory(org=ORG, directory=replace(people, members=suspended), by="x")), c.Done
    )
    assert ward.member("bo").suspended and not ward.kept(keys[0]).open
    assert ward.directory.devices["bo-phone"].revoked and ward.kept(keys[1]).open


def test_one_whom_the_site_file_suspended_is_reinstated_too(ward: Ward) -> None:
    ward.change("teo", suspended=True)
    assert isinstance(ward.do(Reinstate(org=ORG, by=OPERATOR, member="teo")), c.Done)
    assert not ward.member("teo").suspended


def test_every_word_of_it_has_a_sentence(ward: Ward) -> None:
    watched(ward, "noor")
    suspend(ward, "noor", ward.session("ines"))
    suspend(ward, "teo")
    assert set(ward.trail()) <= set(SENTENCES)
