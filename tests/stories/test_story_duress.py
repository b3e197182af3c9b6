"""Duress: the phone shows the shadow of an alert that is over, the alert lives on, and nothing tells them apart."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import ORG, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.composer import ReplyKind, reply_text
from tocsin.core.words import Came, Phase, Purpose

DONE = c.Done()
CLOSED = c.Declined(problem=c.Problem.ALERT_CLOSED)


def under_duress(town: Town) -> str:
    """Noor typed the duress PIN with somebody looking over her shoulder."""
    alert = town.press().alert
    town.expect("ring teo bo ines")
    assert town.pin(c.PinMatch.DURESS) == DONE
    return alert


def watched(town: Town) -> None:
    people = directory()
    noor = replace(people.members["noor"], watch_window=True)
    town.founded(replace(people, members={**people.members, "noor": noor}))


def test_the_duress_pin_looks_like_a_close_and_keeps_the_alert_alive(town: Town) -> None:
    under_duress(town)
    alert = town.alert()
    assert alert.open and alert.under_duress and alert.shadows[0].closed_ms == town.now_ms
    town.expect("ring teo bo ines")  # The responders hear of it; no all-clear.
    town.at(45)
    assert town.rung == 1
    town.expect_only("ring")


def test_after_duress_only_two_people_close_it(town: Town) -> None:
    alert = under_duress(town)
    for match in c.PinMatch:
        assert town.pin(match, alert=alert) == CLOSED
    town.propose("teo")
    town.confirm("ines")
    town.at(60)
    assert town.alert().closed_by == ("teo", "ines")
    assert {purpose for purpose, _ in town.unheard} == {Purpose.RING, Purpose.CLOSING, Purpose.ALL_CLEAR}
    town.unheard.clear()


def test_duress_undoes_a_close_that_was_under_way(town: Town) -> None:
    town.press()
    town.propose("teo")
    town.confirm("ines")
    town.pin(c.PinMatch.DURESS)
    assert town.alert().proposal is None
    town.at(61)
    assert town.alert().open
    town.unheard.clear()


def test_the_worker_is_sent_nothing_that_betrays_it(town: Town) -> None:
    under_duress(town)
    town.at(300)
    assert "noor" not in town.expect_only("ring")


def test_a_press_from_the_shadow_is_to_the_device_a_fresh_alert(town: Town) -> None:
    first = under_duress(town)
    town.expect("ring teo bo ines")
    town.at(20)
    fresh = town.press(key="from the shadow")
    assert fresh.alert != first and not fresh.known and fresh.state == "climbing"
    assert town.alert(fresh.alert).id == first and town.alert().presses == 2 and town.alert().under_duress
    town.expect("ring teo bo ines")
    again = town.press(key="and once more")
    assert again.alert == fresh.alert, "a second press folds into the alert the device knows"
    town.expect("ring teo bo ines")


@pytest.mark.parametrize("match", [c.PinMatch.REAL, c.PinMatch.DURESS])
def test_the_fresh_alert_s_pin_closes_it_on_the_device_and_nowhere_else(town: Town, match: c.PinMatch) -> None:
    under_duress(town)
    fresh = town.press(key="from the shadow").alert
    assert town.pin(match, alert=fresh) == DONE
    assert town.alert().open and all(shadow.closed_ms is not None for shadow in town.alert().shadows)
    assert town.pin(match, alert=fresh) == CLOSED
    third = town.press(key="a third time").alert
    assert third != fresh and town.alert(third).presses == 3
    assert town.expect_only("ring") == {"teo", "bo", "ines"}


def test_a_key_used_before_the_shadow_still_names_the_first_alert(town: Town) -> None:
    first = town.press(key="first").alert
    town.pin(c.PinMatch.DURESS)
    fresh = town.press(key="fresh").alert
    known = town.press(key="first")
    assert known.alert == first and known.known and known.state == "closed"
    assert town.press(key="fresh").alert == fresh and town.press(key="fresh").state == "climbing"
    assert town.expect_only("ring") == {"teo", "bo", "ines"}


def test_a_wrong_pin_is_answered_by_what_the_device_believes(town: Town) -> None:
    first = under_duress(town)
    assert town.pin(c.PinMatch.WRONG, alert=first) == CLOSED
    fresh = town.press(key="from the shadow").alert
    assert town.pin(c.PinMatch.WRONG, alert=fresh) == c.Declined(problem=c.Problem.WRONG_PIN)
    assert town.pin(c.PinMatch.WRONG, alert=first) == CLOSED, "that one is over, whatever came after it"
    assert town.alert().pin_misses == 3, "all three are told to the responders"
    assert town.expect_only("ring") == {"teo", "bo", "ines"}


def test_a_real_close_ends_the_shadows_too(town: Town) -> None:
    under_duress(town)
    fresh = town.press(key="from the shadow")
    town.propose("teo")
    town.confirm("ines")
    town.at(60)
    assert not town.alert().open
    assert town.pin(c.PinMatch.REAL, alert=fresh.alert) == CLOSED
    later = town.press(key="much later")
    assert later.alert not in (fresh.alert, town.alert(fresh.alert).id) and town.alert(later.alert).presses == 1
    town.settle()
    town.unheard.clear()


def test_a_duress_pin_typed_after_says_safe_still_tells_the_responders(town: Town) -> None:
    town.press(silent=True)
    town.pin(c.PinMatch.REAL)
    assert town.pin(c.PinMatch.DURESS) == CLOSED, "to the device it was over already"
    alert = town.alert()
    assert alert.under_duress and not alert.said_safe and alert.proposal is None
    town.settle()
    town.unheard.clear()


def test_says_safe_and_duress_are_answered_alike(town: Town) -> None:
    real = Town()
    for each, match in ((town, c.PinMatch.DURESS), (real, c.PinMatch.REAL)):
        each.press(silent=True)
        assert each.pin(match) == DONE
        assert each.alert().shadows[0].closed_ms == each.now_ms
        assert each.pin(c.PinMatch.WRONG) == CLOSED
    assert town.expect_only("ring") == {"teo", "bo", "ines"}


def test_a_press_from_the_shadow_of_a_silent_alert_that_was_said_safe(town: Town) -> None:
    town.press(silent=True)
    town.pin(c.PinMatch.REAL)
    fresh = town.press(key="she was not safe", silent=True)
    assert town.alert(fresh.alert).presses == 2 and not town.alert().said_safe
    assert town.pin(c.PinMatch.REAL, alert=fresh.alert) == DONE
    assert town.alert().said_safe and town.alert().open
    town.settle()
    town.unheard.clear()


# By SMS ----------------------------------------------------------------------------------------------------------


def replies_after(town: Town, match: c.PinMatch, text: str) -> str | None:
    town.press()
    town.pin(match)
    return town.text("noor", text)


@pytest.mark.parametrize("text", ["is anybody there", "1234", "2", "", "sos lot b", "WALK 20 CAR", "thanks all"])
@pytest.mark.parametrize("in_watch_window", [False, True])
def test_sms_replies_are_those_of_a_closed_alert(town: Town, text: str, in_watch_window: bool) -> None:
    really_closed = Town()
    if in_watch_window:
        watched(town)
        watched(really_closed)
    really_closed.press()
    really_closed.pin(c.PinMatch.REAL)
    if in_watch_window:
        really_closed.propose("teo")
        really_closed.confirm("ines")
    really_closed.at(61)
    assert really_closed.alert().phase is Phase.CLOSED or in_watch_window
    assert replies_after(town, c.PinMatch.DURESS, text) == really_closed.text("noor", text)
    town.settle()
    town.unheard.clear()


def test_what_the_worker_texts_from_the_shadow_reaches_the_responders(town: Town) -> None:
    under_duress(town)
    reply = town.text("noor", "we are driving north")
    assert reply == reply_text(ReplyKind.HELP, "en")
    assert [note.text for note in town.alert().notes] == ["we are driving north"]
    town.expect("ring teo bo ines")


def test_an_sos_text_from_the_shadow_is_a_press_on_the_same_alert(town: Town) -> None:
    first = under_duress(town)
    assert town.text("noor", "sos lot b") == reply_text(ReplyKind.RECEIVED, "en")
    assert [alert.id for alert in town.world.open_alerts(ORG)] == [first] and town.alert(first).presses == 2
    assert town.alert(first).shadows[-1].closed_ms is None
    assert town.expect_only("ring") == {"teo", "bo", "ines"}


def test_a_revoked_press_from_the_shadow_learns_only_received(town: Town) -> None:
    under_duress(town)
    taken = town.press(came=Came.REVOKED, key="old phone")
    assert taken.received_only and town.alert().presses == 2
    assert town.expect_only("ring") == {"teo", "bo", "ines", "wale"}, "the coordinator too, as of a fresh one"
