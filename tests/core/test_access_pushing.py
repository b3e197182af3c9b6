"""A phone takes pushes: subscribed, proven, gone; and what ends with it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from ward import HOUR, ORG, Ward, founded

from tocsin.core import commands as c
from tocsin.core.access.change_commands import EditMember, form_of
from tocsin.core.access.commands import EndAccess, Suspend
from tocsin.core.access.push_commands import AskPushTest, PushGone, PushProven, Subscribe, Unsubscribe
from tocsin.core.access.push_record import IllegalEnd, PushEnded, PushState, Subscription, contact_of, ended, pushes_of
from tocsin.core.access.pushing import contact_in, state_of
from tocsin.core.access.record import OPERATOR, By
from tocsin.core.access.words import Via, What
from tocsin.core.directory import Contact
from tocsin.core.limits import DAY_MS, PUSH_TEST_EVERY_MS
from tocsin.core.reach import Standing, standing_of
from tocsin.core.words import Channel

ENDPOINT = "https://push.example.org/send/1"
DONE, KNOWN = c.Done(), c.Done(known=True)
GONE = c.Declined(problem=c.Problem.NO_SUCH_RECORD)


def phone(name: str = "bo") -> By:
    return By(name, Via.DEVICE, f"{name}-phone")


def subscribing(by: By | None = None, endpoint: str = ENDPOINT, auth: str = "a") -> Subscribe:
    return Subscribe(org=ORG, by=by or phone(), endpoint=endpoint, p256dh="k", auth=auth)


def subscribed(endpoint: str = ENDPOINT) -> tuple[Ward, Subscription]:
    ward = Ward()
    assert ward.do(subscribing(endpoint=endpoint)) == DONE
    return ward, open_ones(ward)[0]


def proven() -> tuple[Ward, Subscription]:
    ward, known = subscribed()
    assert ward.do(PushProven(org=ORG, subscription=known.id, asked_ms=ward.now_ms)) == DONE
    return ward, known


def open_ones(ward: Ward) -> list[Subscription]:
    return list(ward.world.all_kept(ORG, Subscription).values())


def as_kept(ward: Ward, known: Subscription) -> Subscription:
    found = ward.world.kept(ORG, Subscription, known.id)
    assert found is not None
    return found


def contact(ward: Ward, name: str = "bo") -> Contact | None:
    return next(pushes_of(ward.member(name)), None)


def state(ward: Ward, name: str = "bo") -> tuple[PushState, int | None]:
    directory = ward.world.directory(ORG)
    return state_of(directory, directory.devices[f"{name}-phone"])


def test_a_phone_that_has_not_acknowledged_a_push_counts_for_nothing() -> None:
    ward, known = subscribed()
    way = contact(ward)
    assert way is not None and (way.to, way.id) == (known.id, contact_of("bo-phone"))
    assert not way.reaches and state(ward) == (PushState.UNPROVEN, None)
    assert ENDPOINT not in str(ward.member("bo")), "whoever reads people reads no address of a push service"


def test_the_receipt_of_a_test_proves_the_way_and_a_second_one_changes_nothing() -> None:
    ward, known = proven()
    way = contact(ward)
    assert way is not None and way.reaches and state(ward) == (PushState.PROVEN, ward.now_ms)
    assert standing_of(ward.member("bo"), ward.now_ms) is Standing.PROVEN
    before = len(ward.store.content.facts)
    assert ward.do(PushProven(org=ORG, subscription=known.id, asked_ms=ward.now_ms)) == KNOWN
    assert len(ward.store.content.facts) == before


def test_the_receipt_of_an_older_test_than_the_last_proves_nothing() -> None:
    ward, known = subscribed()
    asked_ms = ward.now_ms
    ward.wait(PUSH_TEST_EVERY_MS)
    assert ward.do(AskPushTest(org=ORG, by=phone())) == DONE
    assert ward.do(PushProven(org=ORG, subscription=known.id, asked_ms=asked_ms)) == KNOWN
    assert state(ward)[0] is PushState.UNPROVEN
    assert ward.do(PushProven(org=ORG, subscription=known.id, asked_ms=ward.now_ms)) == DONE


def test_what_was_proven_is_proven_anew_by_the_next_test() -> None:
    ward, known = proven()
    ward.wait(HOUR)
    assert ward.do(AskPushTest(org=ORG, by=phone())) == DONE
    assert ward.do(PushProven(org=ORG, subscription=known.id, asked_ms=ward.now_ms)) == DONE
    assert state(ward) == (PushState.PROVEN, ward.now_ms) and ward.trail().count("push_proven") == 1


def test_a_page_that_is_loaded_again_and_again_sends_no_flood_of_tests() -> None:
    ward, _ = subscribed()
    assert ward.do(AskPushTest(org=ORG, by=phone())) == KNOWN


def test_the_same_subscription_said_again_is_the_same_and_is_remembered_once_a_day() -> None:
    ward, known = proven()
    before = len(ward.store.content.facts)
    assert ward.do(subscribing()) == KNOWN and len(ward.store.content.facts) == before
    ward.wait(DAY_MS)
    assert ward.do(subscribing()) == KNOWN
    assert as_kept(ward, known) == replace(known, seen_ms=ward.now_ms) and state(ward)[0] is PushState.PROVEN


@pytest.mark.parametrize("other", [subscribing(endpoint="https://push.example.org/2"), subscribing(auth="b")])
def test_another_subscription_of_a_phone_takes_the_place_of_the_one_before_unproven(other: Subscribe) -> None:
    ward, known = proven()
    assert ward.do(other) == DONE
    assert as_kept(ward, known).ended is PushEnded.REPLACED and len(open_ones(ward)) == 1
    assert state(ward) == (PushState.UNPROVEN, None) and len(list(pushes_of(ward.member("bo")))) == 1
    assert ward.do(PushProven(org=ORG, subscription=known.id, asked_ms=ward.now_ms)) == GONE


def test_a_browser_in_which_somebody_else_was_enrolled_shows_nothing_of_theirs_any_more() -> None:
    ward, known = proven()
    assert ward.do(subscribing(phone("teo"))) == DONE
    assert as_kept(ward, known).ended is PushEnded.REPLACED and contact(ward) is None
    assert [one.member for one in open_ones(ward)] == ["teo"]


def test_whoever_has_the_phone_takes_it_back_and_what_is_not_there_is_answered_alike() -> None:
    ward, known = proven()
    assert ward.do(Unsubscribe(org=ORG, by=phone())) == DONE
    assert as_kept(ward, known).ended is PushEnded.TAKEN_BACK and state(ward) == (PushState.NONE, None)
    before = len(ward.store.content.facts)
    assert ward.do(Unsubscribe(org=ORG, by=phone())) == DONE and len(ward.store.content.facts) == before
    assert ward.do(AskPushTest(org=ORG, by=phone())) == GONE


def test_what_its_push_service_no_longer_knows_ends_and_stays_visible_until_there_is_another() -> None:
    ward, known = proven()
    assert ward.do(PushGone(org=ORG, subscription=known.id)) == DONE
    way = contact(ward)
    assert as_kept(ward, known).ended is PushEnded.GONE
    assert way is not None and way.dead is not None and not way.usable
    assert state(ward) == (PushState.ENDED, ward.now_ms)
    assert ward.do(PushGone(org=ORG, subscription=known.id)) == GONE
    assert ward.do(AskPushTest(org=ORG, by=phone())) == GONE
    assert ward.do(subscribing()) == DONE and state(ward)[0] is PushState.UNPROVEN
    with pytest.raises(IllegalEnd):
        ended(as_kept(ward, known), PushEnded.REPLACED)


@pytest.mark.parametrize("what", [What.DEVICE, What.PERSON])
def test_a_phone_that_is_ended_takes_its_pushes_along(what: What) -> None:
    ward, known = proven()
    id = "bo-phone" if what is What.DEVICE else "bo"
    assert isinstance(ward.do(EndAccess(org=ORG, by=ward.session("teo"), what=what, id=id)), c.Done)
    assert as_kept(ward, known).ended is PushEnded.PHONE_ENDED and contact(ward) is None
    assert "push_ended" in ward.trail()


def test_a_suspension_ends_it_in_the_same_decision() -> None:
    ward, known = proven()
    assert ward.do(Suspend(org=ORG, by=ward.session("teo"), member="bo")) == DONE
    assert as_kept(ward, known).ended is PushEnded.PHONE_ENDED and contact(ward) is None


def test_whoever_is_taken_out_of_the_organisation_is_pushed_nothing() -> None:
    ward, known = proven()
    rest = {id: one for id, one in founded().members.items() if id != "bo"}
    shifts = tuple(replace(shift, members=("noor", "teo", "ines")) for shift in founded().shifts)
    wanted = replace(founded(), members=rest, shifts=shifts, devices={})
    assert isinstance(ward.do(c.ReplaceDirectory(org=ORG, directory=wanted, by="file")), c.Done)
    assert as_kept(ward, known).ended is PushEnded.PHONE_ENDED
    assert ward.do(PushProven(org=ORG, subscription=known.id, asked_ms=0)) == GONE


def test_neither_a_file_nor_a_page_takes_away_what_only_phones_keep() -> None:
    ward, known = proven()
    assert isinstance(ward.do(c.ReplaceDirectory(org=ORG, directory=founded(), by="file")), c.Done)
    assert state(ward)[0] is PushState.PROVEN
    form = form_of(ward.member("bo"))
    assert all(one.kind is not Channel.PUSH for one in form.contacts)
    after = replace(form, name="Bo B", contacts=())
    assert isinstance(ward.do(EditMember(org=ORG, by=OPERATOR, member="bo", before=form, after=after)), c.Done)
    assert state(ward)[0] is PushState.PROVEN and open_ones(ward) == [known]


@pytest.mark.parametrize("by", [OPERATOR, By("teo", Via.DEVICE, "bo-phone"), By("bo", Via.DEVICE, "none")])
def test_nobody_subscribes_a_phone_but_the_phone(by: By) -> None:
    ward = Ward()
    no = c.Declined(problem=c.Problem.NOT_ALLOWED)
    session = By("bo", Via.SESSION, ward.session("bo").credential)
    for whose in (by, session):
        asked = (subscribing(whose), Unsubscribe(org=ORG, by=whose), AskPushTest(org=ORG, by=whose))
        assert [ward.do(command) for command in asked] == [no] * 3


def test_it_is_there_again_after_a_restart() -> None:
    ward, known = proven()
    ward.restart()
    assert open_ones(ward) == [known] and state(ward)[0] is PushState.PROVEN
    assert ward.do(PushProven(org=ORG, subscription="never", asked_ms=0)) == GONE
    directory = ward.world.directory(ORG)
    assert contact_in(directory, directory.devices["teo-phone"]) is None
