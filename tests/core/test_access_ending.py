"""Ending what lets somebody in: by its owner, by whoever may, once, and with a line in the trail."""

from __future__ import annotations

import pytest
from ward import ORG, Ward

from tocsin.core import commands as c
from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.commands import EndAccess, Suspend
from tocsin.core.access.entry_commands import UseLink
from tocsin.core.access.record import OPERATOR, By, Kept
from tocsin.core.access.words import Ended, LinkKind, What

DONE = c.Done()
NOT_ALLOWED = c.Declined(problem=c.Problem.NOT_ALLOWED)


@pytest.fixture
def ward() -> Ward:
    return Ward()


def end(ward: Ward, what: What, id: str, by: By = OPERATOR) -> c.Reply:
    return ward.do(EndAccess(org=ORG, by=by, what=what, id=id, why="lost"))


def one_of(ward: Ward, what: What) -> str:
    """One of each of what can be ended, Bo's where it is somebody's; its id."""
    wale = By("wale")
    made: dict[What, Kept | str] = {
        What.SESSION: ward.session("bo").credential,
        What.DEVICE: "bo-phone",
        What.KEY: ward.key("ada"),
        What.LINK: ward.link(LinkKind.ENROLMENT, wale, "bo"),
        What.DESK: ward.desk(),
        What.WALLBOARD: ward.wallboard(),
        What.PASSKEY: ward.passkey("bo"),
        What.PERSON: "bo",
    }
    found = made[what]
    return found if isinstance(found, str) else found.id


@pytest.mark.parametrize("what", [what for what in What if what is not What.DESK])
def test_whoever_may_ends_it_with_a_line_in_the_trail_and_ending_it_again_changes_nothing(
    ward: Ward, what: What
) -> None:
    id, ada = one_of(ward, what), ward.session("ada")
    assert end(ward, what, id, ada) == DONE
    assert ward.trail()[-1] == f"{what}_ended" and f"{what}_ended" in SENTENCES
    before = ward.trail()
    if what is not What.PERSON:
        assert end(ward, what, id, ada) == DONE
        assert ward.trail() == before


@pytest.mark.parametrize("what", What)
def test_the_operator_ends_anything(ward: Ward, what: What) -> None:
    assert isinstance(end(ward, what, one_of(ward, what)), c.Done)


def test_a_desk_is_turned_off_by_two_because_somebody_may_need_it(ward: Ward) -> None:
    ward.guarded()
    desk = ward.desk()
    reply = end(ward, What.DESK, desk.id, ward.session("ada"))
    assert isinstance(reply, c.Done) and reply.split is not None and len(reply.split.waiting) == 1
    assert ward.kept(desk).open


def test_a_desk_that_was_turned_off_is_off(ward: Ward) -> None:
    desk = ward.desk()
    assert isinstance(end(ward, What.DESK, desk.id), c.Done) and not ward.kept(desk).open
    assert end(ward, What.DESK, desk.id) == DONE


@pytest.mark.parametrize("what", What)
def test_a_worker_ends_nothing_of_another_s(ward: Ward, what: What) -> None:
    id = one_of(ward, what)
    assert end(ward, what, id, ward.session("noor")) == NOT_ALLOWED
    assert ward.trail() == []


@pytest.mark.parametrize("what", [What.SESSION, What.DEVICE, What.LINK, What.PASSKEY, What.PERSON])
def test_what_is_one_s_own_one_ends_oneself(ward: Ward, what: What) -> None:
    id = one_of(ward, what)
    assert end(ward, what, id, ward.session("bo", number=2)) == DONE


@pytest.mark.parametrize("what", What)
def test_what_there_is_not_is_said_so(ward: Ward, what: What) -> None:
    assert end(ward, what, "nothing") == c.Declined(problem=c.Problem.NO_SUCH_RECORD)


@pytest.mark.parametrize("what", [What.KEY, What.DESK, What.WALLBOARD])
def test_for_keys_and_screens_one_proves_again_who_one_is(ward: Ward, what: What) -> None:
    id = one_of(ward, what)
    assert end(ward, what, id, ward.session("ada", fresh=False)) == c.Declined(problem=c.Problem.NOT_FRESH)
    assert end(ward, what, id, ward.session("ines")) == NOT_ALLOWED


def test_the_link_of_a_screen_is_for_whoever_keeps_screens(ward: Ward) -> None:
    link = ward.link(LinkKind.WALLBOARD, By("wale"))
    assert end(ward, What.LINK, link.id, ward.session("ines")) == NOT_ALLOWED
    assert end(ward, What.LINK, link.id, ward.session("ada")) == DONE


@pytest.mark.parametrize("how", ["ended", "maker suspended", "member suspended"])
def test_a_link_that_was_ended_lets_nobody_in(ward: Ward, how: str) -> None:
    link = ward.link(LinkKind.ENROLMENT, ward.session("ines"), "bo")
    if how == "ended":
        end(ward, What.LINK, link.id)
    else:
        ward.do(Suspend(org=ORG, by=OPERATOR, member="ines" if how == "maker suspended" else "bo"))
    used = ward.do(UseLink(org=ORG, link=link.id, token_hash="h", label="mine"))
    assert used == c.Declined(problem=c.Problem.LINK_WORN_OUT)
    assert "mine" not in {device.label for device in ward.directory.devices.values()}


def test_a_session_that_has_ended_ends_nothing(ward: Ward) -> None:
    bo, other = ward.session("bo"), ward.session("bo", number=2)
    assert end(ward, What.SESSION, bo.credential, other) == DONE
    assert end(ward, What.SESSION, other.credential, bo) == NOT_ALLOWED


def test_everything_of_a_person_but_who_they_are(ward: Ward) -> None:
    bo, noor = ward.session("bo"), ward.session("noor")
    fob, link, board = ward.passkey("bo"), ward.link(LinkKind.ENROLMENT, noor, "bo"), ward.wallboard()
    assert end(ward, What.PERSON, "bo") == DONE
    assert end(ward, What.DEVICE, "bo-phone", bo) == NOT_ALLOWED
    assert ward.directory.devices["bo-phone"].revoked and not ward.directory.devices["noor-phone"].revoked
    assert getattr(ward.kept(link), "ended", None) is Ended.REVOKED
    assert ward.kept(fob).open and ward.kept(board).open and not ward.member("bo").suspended
    assert end(ward, What.DEVICE, "noor-phone", noor) == DONE, "another's session goes on"
