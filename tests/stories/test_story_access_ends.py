"""One-act suspension, sentence by sentence as the domain has it: told, shown and asked nothing; still calls for help.

Told on the whole town: a person who is cut off in the middle of somebody else's alert, and of their own.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import NUMBERS, ORG, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.commands import EndAccess, Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.words import What
from tocsin.core.sight import Reader, shown_ids
from tocsin.core.words import Answer, Came, DeliveryState, Phase, Purpose

NOT_RUNG = c.Declined(problem=c.Problem.NOT_RUNG)


def rung(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")


def seen_by(town: Town, name: str) -> tuple[str, ...]:
    return shown_ids(town.alert(), town.directory, Reader(name, f"{name}-phone"))


def test_a_suspended_person_is_told_nothing_from_then_on_whatever_happens(town: Town) -> None:
    rung(town)
    town.suspend("teo")
    town.press(key="again")
    town.say("bo", Answer.WITH_THEM)
    town.at(200)
    town.settle()
    assert "teo" not in {name for _, name in town.unheard} and len(town.messages("teo")) == 1
    town.unheard.clear()
    town.pin(c.PinMatch.REAL)
    assert "teo" not in town.expect_only("all_clear"), "not even that it is over"


def test_what_was_queued_for_them_is_withdrawn_unsent(town: Town) -> None:
    town.press()
    assert town.messages("teo")[0].state is DeliveryState.QUEUED
    town.suspend("teo")
    town.expect("ring bo ines")
    assert town.messages("teo")[0].state is DeliveryState.SUPERSEDED and town.messages("teo")[0].attempts <= 1


def test_they_see_answer_and_close_nothing_by_whatever_way(town: Town) -> None:
    rung(town)
    number = town.number("ines", Answer.COMING)
    town.propose("ines")
    town.suspend("ines")
    assert seen_by(town, "ines") == ()
    assert town.alert().proposal is None, "what they proposed is off"
    assert town.say("ines", Answer.COMING) == NOT_RUNG
    assert town.propose("ines") == NOT_RUNG and town.objects("ines") == NOT_RUNG
    town.text("ines", number)
    assert town.alert().people["ines"].answer is None
    town.settle()
    town.unheard.clear()


def test_their_answer_counts_no_more_and_the_climb_goes_on(town: Town) -> None:
    rung(town)
    town.say("teo", Answer.COMING)
    town.say("bo", Answer.COMING)
    assert town.alert().phase == Phase.PAUSED
    town.suspend("bo")
    assert town.alert().phase == Phase.CLIMBING
    town.at(46)
    assert "wale" in town.expect_only("ring")


def test_their_own_alert_lives_on_and_is_answered_and_closed_by_others(town: Town) -> None:
    town.press("teo")
    town.expect("ring noor bo ines")
    town.suspend("teo")
    assert town.alert().open
    town.at(31)
    assert town.expect_only("ring") == {"noor", "bo", "ines"}
    town.propose("ines")
    town.confirm("bo")
    town.at(95)
    assert town.phase is Phase.CLOSED
    town.unheard.clear()


@pytest.mark.parametrize("way", ["phone", "text", "call"])
def test_every_way_of_theirs_still_calls_and_goes_to_whoever_watches_then_off_site(town: Town, way: str) -> None:
    town.suspend("teo")
    if way == "phone":
        assert town.press("teo", came=Came.REVOKED).received_only
    elif way == "text":
        reply = town.text("teo", "SOS lot b")
        assert reply is not None and "Received" in reply
    else:
        town.do(c.CallIn(org=ORG, vendor="twilio", call="CA1", caller=NUMBERS["teo"]))
    (alert,) = town.world.open_alerts(ORG)
    assert alert.member == "teo" and alert.suspended
    town.expect("ring ines wale")
    town.at(31)
    assert "hana" in town.expect_only("ring"), "off shift"
    assert "DO NOT APPROACH" in town.texts["hana"].upper()


def test_a_lost_phone_ends_alone_and_its_owner_is_told_of_everything_else(town: Town) -> None:
    ended = town.do(EndAccess(org=ORG, by=OPERATOR, what=What.DEVICE, id="teo-phone"))
    assert ended == c.Done() and town.directory.devices["teo-phone"].revoked
    rung(town)
    assert town.say("teo", Answer.COMING) == c.Done(), "by another of theirs"
    assert town.press("teo", came=Came.REVOKED).received_only
    town.settle()
    town.unheard.clear()


def test_when_the_whole_backstop_is_suspended_those_who_are_left_are_called_and_then_somebody_is_told(
    town: Town,
) -> None:
    town.founded(directory(people=("noor", "teo", "bo", "ines", "wale", "hana")))
    rung(town)
    for name in ("ines", "wale", "hana"):
        town.suspend(name)
    assert town.alert().open and town.pages == []
    town.suspend("teo")
    town.suspend("bo")
    assert {"many_suspensions", "alert_reaches_nobody"} <= set(town.pages)
    assert town.alert().reaches_nobody and town.alert().open
    town.suspend("hana", lifted=True)
    town.at(130)
    assert "hana" in town.expect_only("ring"), "whoever comes back is rung"


def test_a_watched_member_who_is_asked_to_be_suspended_is_still_one_of_us(town: Town) -> None:
    people = directory()
    watched = replace(people.members["teo"], watch_window=True)
    town.founded(replace(people, members={**people.members, "teo": watched}))
    town.do(Suspend(org=ORG, by=OPERATOR, member="teo"))
    rung(town)
    assert town.say("teo", Answer.SEEN) == c.Done()
    assert [message.purpose for message in town.messages("teo")] == [Purpose.RING]
