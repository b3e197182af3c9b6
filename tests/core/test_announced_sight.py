"""Whom an announcement reached: said by name and by act, late enough that it tells nobody of a tie."""

from __future__ import annotations

import pytest
from announced import all_taken, hear, mail, messages, office, reached_by, suspend
from msgspec.structs import replace
from ward import HOUR, MINUTE, ORG, Ward

from tocsin.core import commands as c
from tocsin.core.access import commands as a
from tocsin.core.access import entry_commands as n
from tocsin.core.access import tie_commands as t
from tocsin.core.access.announced_sight import AnnouncedView, known_ms, unheard
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.carrying import become
from tocsin.core.access.record import OPERATOR, Act
from tocsin.core.limits import ANNOUNCED_EVERY_MS, ANNOUNCED_SHOWN_MAX, ANNOUNCED_VALID_MS
from tocsin.core.words import Channel, DeliveryState, Reason, Role
from tocsin.runtime.access import announced as reading
from tocsin.runtime.access.announced import newest_announced

LATER = 30 * MINUTE


def seen(ward: Ward) -> list[AnnouncedView]:
    return newest_announced(ward.store, ward.world.directory(ORG), ward.now_ms)


def went(view: AnnouncedView) -> dict[str, bool]:
    return {one.member.id: one.went for one in view.heard}


def of_suspensions(ward: Ward) -> list[AnnouncedView]:
    return [view for view in seen(ward) if view.act.what == "suspended"]


def refused(ward: Ward, name: str) -> None:
    """The carrier says at once that their number is dead."""
    for message in messages(ward):
        if message.member == name and message.state is DeliveryState.QUEUED:
            hear(ward, message, c.Moved.REFUSED, Reason.NUMBER_DEAD)


def test_of_each_act_it_is_said_whom_it_reached_and_whom_not_before_all_others() -> None:
    ward = office()
    suspend(ward, "bo", by="teo")
    refused(ward, "wale")
    all_taken(ward)
    ward.wait(LATER)
    (view,) = seen(ward)
    assert view.act.what == "suspended" and view.settled
    assert [(one.member.id, one.state, one.reason) for one in view.heard] == [
        ("wale", DeliveryState.FAILED, Reason.NUMBER_DEAD),
        ("ines", DeliveryState.HANDED_OVER, Reason.NOBODY_KNOWS),
    ]


def test_nothing_is_said_of_it_until_every_message_is_over() -> None:
    ward = office()
    suspend(ward, "bo", by="teo")
    all_taken(ward)
    (view,) = seen(ward)
    assert view.known_ms - ward.now_ms > ANNOUNCED_EVERY_MS + ANNOUNCED_VALID_MS
    ward.wait(view.known_ms - ward.now_ms - 1)
    assert (seen(ward)[0].settled, seen(ward)[0].heard) == (False, ())
    ward.wait(1)
    assert seen(ward)[0].settled and went(seen(ward)[0]) == {"ines": True, "wale": True}


def test_what_waited_for_its_turn_is_told_of_as_well() -> None:
    """Two acts within ten minutes: the second goes with the next message."""
    ward = office()
    suspend(ward, "bo", by="teo")
    all_taken(ward)
    ward.wait(MINUTE)
    suspend(ward, "noor", by="ada")
    for _ in range(30):
        ward.wait(MINUTE)
        all_taken(ward)
    newest, first = of_suspensions(ward)
    assert went(newest) == {"ines": True, "wale": True, "teo": True}
    assert went(first) == {"ines": True, "wale": True}


def test_what_is_tried_again_and_taken_then_has_reached_them() -> None:
    ward = office()
    suspend(ward, "bo", by="ada")
    for send in (1, 2, 3):
        for message in messages(ward):
            hear(ward, message, c.Moved.REFUSED, Reason.VENDOR_DOWN, send=send)
        ward.wait(5_000)
    ward.wait(ANNOUNCED_EVERY_MS)
    for message in messages(ward):
        if message.member == "ines" and message.state is DeliveryState.QUEUED:
            hear(ward, message, c.Moved.ACCEPTED)
    ward.wait(LATER)
    suspend(ward, "noor", by="ada")
    ward.wait(LATER)
    assert went(of_suspensions(ward)[1]) == {"ines": True, "teo": False, "wale": False}


def test_a_recovery_says_too_whether_whoever_it_is_about_was_told() -> None:
    ward = office()
    suspend(ward, "noor", by="ada")
    all_taken(ward)
    ward.do(n.AskRecovery(org=ORG, by=ward.session("teo"), member="bo"))
    refused(ward, "bo")
    ward.wait(LATER)
    (recovery,) = [view for view in seen(ward) if view.act.what == "recovery_asked"]
    (suspended,) = of_suspensions(ward)
    assert went(recovery)["bo"] is False
    assert "noor" not in went(suspended) and "bo" not in went(suspended)


def test_a_way_of_one_s_own_that_is_new_is_nobody_else_s_to_look_up() -> None:
    ward = office()
    ward.do(c.Enrol(org=ORG, by=OPERATOR, member="ines", device="new", token_hash="new"))
    assert messages(ward) and seen(ward) == []


def tie(ward: Ward) -> None:
    assert ward.do(t.SetTie(org=ORG, by=ward.session("wale"), member="bo", about="noor")) == c.Done()


def day(ward: Ward, *, tied: bool) -> list[list[AnnouncedView]]:
    """Two acts, and what the page says in every minute of it.  Carriers take everything."""
    ward.change("ines", roles=(Role.COORDINATOR,))
    ward.session("wale")
    if tied:
        tie(ward)
    else:
        ward.session("wale")  # So that the same things have the same ids.
        ward.do(a.LookAt(org=ORG, kind="announcement", id="unknown"))
    found = []
    for minute in range(60):
        all_taken(ward)
        if minute in (2, 9):
            ward._count = 1_000 + minute
            ward.do(a.Suspend(org=ORG, by=ward.session("ada"), member={2: "bo", 9: "noor"}[minute]))
        all_taken(ward)
        found.append(seen(ward))
        ward.wait(MINUTE)
    return found


def test_a_tie_that_somebody_was_told_of_is_not_to_be_seen_in_what_came_after_it() -> None:
    """Ines hears of the tie at once, so that the suspension comes to her eight minutes later than to the others."""
    with_it, without = office(), office()
    quiet, other = day(without, tied=False), day(with_it, tied=True)
    assert len({one.made_ms for one in announcements(with_it)} - {one.made_ms for one in announcements(without)}) > 0
    assert other == quiet and {view.act.what for view in quiet[-1]} >= {"suspended"} and went(quiet[-1][0])["ines"]


def announcements(ward: Ward) -> list[Announcement]:
    return list(reading._newest(ward.store, ORG, Announcement))


def test_whoever_was_given_the_role_later_is_not_said_to_have_been_told() -> None:
    ward = office()
    suspend(ward, "bo", by="teo")
    all_taken(ward)
    ward.wait(LATER)
    ward.change("ada", roles=(Role.ADMINISTRATOR, Role.SUPERVISOR))
    suspend(ward, "noor", by="teo")
    all_taken(ward)
    ward.wait(LATER)
    newest, first = of_suspensions(ward)
    assert "ada" in went(newest) and went(first) == {"ines": True, "wale": True}


def test_the_longer_the_line_of_those_who_watch_the_later_it_is_known() -> None:
    ward = office()
    suspend(ward, "bo", by="ada")
    (act,) = (one for one in reading._newest(ward.store, ORG, Act) if one.what == "suspended")
    few = known_ms(ward.world.directory(ORG), act)
    ward.change("noor", roles=(Role.SUPERVISOR,))
    assert known_ms(ward.world.directory(ORG), act) > few


def test_whoever_is_here_no_more_is_left_out() -> None:
    ward = office()
    suspend(ward, "bo", by="ada")
    all_taken(ward)
    ward.wait(LATER)
    assert set(went(seen(ward)[0])) == {"ines", "teo", "wale"}
    without = {id: member for id, member in ward.world.directory(ORG).members.items() if id != "ines"}
    ward._write(lambda docket: become(docket, replace(docket.directory, members=without)))
    assert set(went(seen(ward)[0])) == {"teo", "wale"}


def test_whoever_watches_and_can_be_told_nothing_is_named() -> None:
    ward = office()
    assert unheard(ward.world.directory(ORG), ward.world.channels) == []
    reached_by(ward, Channel.EMAIL)
    ward.change("teo", contacts=(mail("teo"),))
    ward.change("wale", suspended=True)
    assert [one.name for one in unheard(ward.world.directory(ORG), ward.world.channels)] == ["Ines"]


def test_acts_whose_announcements_are_too_many_to_be_read_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    ward = office()
    for number in range(4):
        suspend(ward, ("bo", "noor")[number % 2], by="ada")
        ward._write(lambda docket: [docket.change_member(one, suspended=False) for one in ("bo", "noor")])
        all_taken(ward)
        ward.wait(HOUR)
    assert len(seen(ward)) == 4
    monkeypatch.setattr(reading, "LISTED_MAX", 2)
    monkeypatch.setattr(reading, "LIST_SCANNED_MAX", 6)
    shown = seen(ward)
    assert 0 < len(shown) < 4 and all(len(view.heard) == 3 for view in shown)


def test_only_so_many_acts_are_shown() -> None:
    ward = office()
    for _ in range(ANNOUNCED_SHOWN_MAX + 2):
        suspend(ward, "bo", by="ada")
        ward._write(lambda docket: docket.change_member("bo", suspended=False))
        ward.wait(HOUR)
    assert len(seen(ward)) == ANNOUNCED_SHOWN_MAX
