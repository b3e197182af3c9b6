"""Walks: the timer is ours, it raises when nobody says home, and what was raised is never taken back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import ORG
from town import Town
from walker import DUE_S, RAISED_S, REMINDED_S, Walker, ms, with_site

from tocsin.core import commands as c
from tocsin.core.particulars import PinMatch, PlaceReport
from tocsin.core.walk_commands import LookWalk, WalkTaken
from tocsin.core.walking import overdue_press
from tocsin.core.words import Answer, Came, Kind, PlaceKind, WalkState


@pytest.fixture
def noor(town: Town) -> Walker:
    return Walker(town)


# In time ----------------------------------------------------------------------------------------------------------


def test_somebody_who_says_home_in_time_rings_nobody(town: Town, noor: Walker) -> None:
    assert noor.start() == WalkTaken(walk=noor.id, state=WalkState.OUT)
    town.at(REMINDED_S - 1)
    assert noor.home() == WalkTaken(walk=noor.id, state=WalkState.HOME)
    town.at(3_600)
    town.expect()
    assert not noor.alerts() and noor.walk.wake_at_ms is None


def test_whoever_walks_is_reminded_then_asked_and_never_early(town: Town, noor: Walker) -> None:
    noor.start()
    town.at(REMINDED_S - 0.001)
    town.expect()
    town.at(REMINDED_S)
    town.expect("walk noor")
    assert noor.state() is WalkState.REMINDED and "3 min left" in town.texts["noor"]
    town.at(DUE_S - 0.001)
    town.expect()
    town.at(DUE_S)
    town.expect("walk noor")
    assert noor.state() is WalkState.DUE and "Are you home?" in town.texts["noor"]
    town.at(RAISED_S - 0.001)
    assert not noor.alerts()
    town.at(RAISED_S)
    assert noor.state() is WalkState.RAISED and len(noor.alerts()) == 1
    town.expect("ring teo bo ines")


def test_home_in_the_very_grace_is_in_time(town: Town, noor: Walker) -> None:
    noor.start()
    town.at(RAISED_S - 1)
    town.expect("walk noor noor")
    assert noor.home() == WalkTaken(walk=noor.id, state=WalkState.HOME)
    town.at(RAISED_S + 60)
    assert not noor.alerts()


def test_a_walk_that_is_not_taken_rings_nobody_either(town: Town, noor: Walker) -> None:
    noor.start()
    assert noor.cancel() == WalkTaken(walk=noor.id, state=WalkState.CANCELLED)
    assert noor.cancel() == noor.home() == WalkTaken(walk=noor.id, state=WalkState.CANCELLED, known=True)
    town.at(3_600)
    assert not noor.alerts()


def test_the_reminder_never_comes_in_the_first_half(town: Town, noor: Walker) -> None:
    noor.start(minutes=2)
    town.at(59)
    town.expect()
    town.at(60)
    town.expect("walk noor")
    noor.cancel()


def test_a_site_says_when_to_remind_and_how_long_to_wait(town: Town, noor: Walker) -> None:
    with_site(town, walk_grace_s=300, walk_remind_s=30)
    noor.start()
    town.at(DUE_S - 31)
    town.expect()
    town.at(DUE_S - 30)
    town.expect("walk noor")
    town.at(DUE_S + 299)
    town.expect("walk noor")
    assert noor.state() is WalkState.DUE
    town.at(DUE_S + 300)
    assert noor.state() is WalkState.RAISED
    town.expect("ring teo bo ines")


@pytest.mark.parametrize("meanwhile_s", [15, 300])
def test_whoever_is_out_is_looked_for_when_they_were_told_whatever_the_site_says_since(
    town: Town, noor: Walker, meanwhile_s: int
) -> None:
    noor.start()
    with_site(town, walk_grace_s=meanwhile_s, walk_remind_s=30)
    town.at(REMINDED_S)
    town.expect("walk noor")
    noor.extend(minutes=10)
    town.at(RAISED_S + 600 - 0.001)
    assert noor.state() is WalkState.DUE, "not sooner, though the site waits less now"
    town.at(RAISED_S + 600)
    assert noor.state() is WalkState.RAISED, "and no later, though it waits longer now"
    town.expect("walk noor noor", "ring teo bo ines")


# Overdue ----------------------------------------------------------------------------------------------------------


def test_overdue_raises_an_alert_with_everything_known(town: Town, noor: Walker) -> None:
    noor.start(bay="lot-b", way="by the north stairs", buddy="teo")
    town.expect("walk teo")
    town.at(300)
    noor.check_in(PlaceReport(PlaceKind.ZONE, ms(300), "North door"))
    noor.check_in(PlaceReport(PlaceKind.FIX, ms(300), None, 41.5, -87.25, 12.0))
    town.at(RAISED_S)
    alert = noor.alert
    assert (alert.kind, alert.came, alert.site, alert.buddy) == (Kind.OVERDUE, Came.WALK, "centre", "teo")
    assert not alert.silent and not alert.was_down
    assert alert.places[PlaceKind.PLANNED].label == "Lot B, by the north stairs"
    assert alert.places[PlaceKind.ZONE].label == "North door"
    fix = town.world.fixes_of(alert.id)[alert.places[PlaceKind.FIX].fix or ""]
    assert (fix.lat, fix.lon, fix.radius_m) == (41.5, -87.25, 12.0)
    town.expect("walk noor noor", "ring teo bo ines")
    assert town.texts["bo"].startswith("SOS OVERDUE: Noor. North door (zone")
    assert "Stay on the line" in town.texts["teo"] and "Stay on the line" not in town.texts["bo"]


def test_a_buddy_whom_no_rung_names_is_rung_with_the_first(town: Town, noor: Walker) -> None:
    noor.start(buddy="hana")
    town.at(RAISED_S)
    town.expect("walk hana noor noor", "ring teo bo ines hana")
    town.at(RAISED_S + 30)
    town.expect("ring teo bo ines hana")


def test_after_downtime_it_fires_at_once_and_says_so(town: Town, noor: Walker) -> None:
    noor.start()
    town.now_ms = ms(RAISED_S + 1_800)  # Nobody looked: the server was down.
    town.expect("ring teo bo ines")
    assert noor.walk.service_was_down and noor.alert.was_down
    assert "service was down" in town.texts["bo"]


def test_a_look_that_is_a_little_late_is_no_downtime(town: Town, noor: Walker) -> None:
    noor.start()
    town.now_ms = ms(RAISED_S + 5)
    town.expect("ring teo bo ines")
    assert not noor.walk.service_was_down and "down" not in town.texts["bo"]


def test_after_a_short_stop_whoever_is_due_is_asked_and_not_reminded_first(town: Town, noor: Walker) -> None:
    noor.start()
    town.now_ms = ms(DUE_S + 20)
    town.expect("walk noor")
    assert noor.state() is WalkState.DUE
    noor.home()


def test_looking_again_and_again_raises_once(town: Town, noor: Walker) -> None:
    noor.start()
    town.at(RAISED_S)
    for _ in range(3):
        town.do(LookWalk(org=ORG, walk=noor.id))
    assert len(noor.alerts()) == 1 and noor.alert.presses == 1
    town.expect("walk noor noor", "ring teo bo ines")


def test_a_look_before_it_is_due_does_nothing(town: Town, noor: Walker) -> None:
    noor.start()
    for second, state in ((REMINDED_S, WalkState.OUT), (DUE_S, WalkState.REMINDED), (RAISED_S, WalkState.DUE)):
        town.at(second - 0.001)
        town.do(LookWalk(org=ORG, walk=noor.id))
        assert noor.state() is state and not noor.alerts()
    town.expect("walk noor noor")
    noor.home()


def test_a_clock_that_was_set_back_raises_nothing_early(town: Town, noor: Walker) -> None:
    noor.start()
    town.now_ms = ms(0)
    town.do(LookWalk(org=ORG, walk=noor.id))
    assert noor.state() is WalkState.OUT and noor.walk.wake_at_ms == ms(REMINDED_S)
    noor.home()


def test_a_call_for_help_that_went_ahead_of_its_walk_is_that_walk_s(town: Town, noor: Walker) -> None:
    """Should a look at the walk fail, the bell makes the very same press without it."""
    noor.start(bay="lot-b")
    town.now_ms = ms(RAISED_S)
    ahead = town.do(replace(overdue_press(noor.walk, town.now_ms), bare=True))
    assert isinstance(ahead, c.PressTaken) and noor.state() is WalkState.OUT
    assert not town.alert(ahead.alert).places
    town.now_ms += 2_000
    town.expect("ring teo bo ines")
    assert noor.state() is WalkState.RAISED and noor.walk.alert == ahead.alert, "the next look finds it"
    assert noor.alert.presses == 1 and noor.alert.places[PlaceKind.PLANNED].label == "Lot B"


def test_a_walk_whose_alert_went_ahead_and_was_closed_raises_no_other(town: Town, noor: Walker) -> None:
    noor.start(bay="lot-b")
    town.now_ms = ms(RAISED_S)
    ahead = town.do(replace(overdue_press(noor.walk, town.now_ms), bare=True))
    assert isinstance(ahead, c.PressTaken)
    town.pin(PinMatch.REAL, alert=ahead.alert)
    town.settle()
    assert noor.walk.alert == ahead.alert and not noor.alert.open and len(noor.alerts()) == 1
    town.unheard.clear()


def test_overdue_joins_one_s_own_open_alert(town: Town, noor: Walker) -> None:
    pressed = town.press()
    town.expect("ring teo bo ines")
    noor.start(buddy="hana", bay="lot-b")
    town.expect("walk hana")
    town.say("teo", Answer.COMING)
    town.now_ms = ms(RAISED_S + 60)
    town.do(LookWalk(org=ORG, walk=noor.id))
    assert noor.walk.alert == pressed.alert and len(noor.alerts()) == 1
    assert noor.alert.presses == 2 and noor.alert.was_down and noor.alert.buddy == "hana"
    assert "hana" in noor.alert.people, "the buddy is rung, though no rung so far asked for them"
    assert noor.alert.places[PlaceKind.PLANNED].label == "Lot B"
    town.settle()
    town.unheard.clear()


# Home, too late ---------------------------------------------------------------------------------------------------


def test_a_late_home_takes_nothing_back(town: Town, noor: Walker) -> None:
    noor.start()
    town.at(RAISED_S)
    town.expect("walk noor noor", "ring teo bo ines")
    assert noor.home() == WalkTaken(walk=noor.id, state=WalkState.RAISED)
    assert noor.alert.open and noor.walk.late_home_ms == ms(RAISED_S)
    assert noor.alert.notes[-1].text == "says that they are home" and noor.alert.notes[-1].by == "noor"
    assert noor.cancel() == WalkTaken(walk=noor.id, state=WalkState.RAISED)
    assert noor.alert.notes[-1].text == "says that they are not going", "nobody looks for them where they never went"
    town.at(RAISED_S + 30)
    town.expect("ring teo bo ines")


def test_home_after_the_alert_was_closed_is_only_written_down(town: Town, noor: Walker) -> None:
    noor.start()
    town.at(RAISED_S)
    town._alert = noor.walk.alert
    assert town.pin(PinMatch.REAL) == c.Done()
    town.unheard.clear()
    noor.home()
    assert not noor.alert.open and not noor.alert.notes and noor.walk.late_home_ms is not None
    town.settle()
    town.unheard.clear()


# A press ----------------------------------------------------------------------------------------------------------


def test_a_press_takes_the_walk_along(town: Town, noor: Walker) -> None:
    noor.start(bay="lot-b", buddy="hana")
    noor.check_in(PlaceReport(PlaceKind.FIX, ms(0), None, 41.5, -87.25, 30.0))
    town.at(60)
    taken = town.press(places=(PlaceReport(PlaceKind.ZONE, ms(60), "North door"),))
    assert noor.state() is WalkState.RAISED and noor.walk.alert == noor.walk.shown == taken.alert
    places = noor.alert.places
    assert (places[PlaceKind.PLANNED].label, places[PlaceKind.ZONE].label) == ("Lot B", "North door")
    assert [fix.lat for fix in town.world.fixes_of(taken.alert).values()] == [41.5]
    town.expect("walk hana", "ring teo bo ines hana")
    town.at(RAISED_S)
    assert len(noor.alerts()) == 1, "its timer rests: there is an alert"
    town.expect_only("ring")


def test_the_place_of_a_press_is_newer_than_that_of_the_walk(town: Town, noor: Walker) -> None:
    noor.start()
    noor.check_in(PlaceReport(PlaceKind.ZONE, ms(0), "North door"))
    town.at(60)
    town.press(places=(PlaceReport(PlaceKind.ZONE, ms(60), "Lot B"),))
    assert noor.alert.places[PlaceKind.ZONE].label == "Lot B"
    town.expect("ring teo bo ines")


def test_a_drill_leaves_a_walk_alone(town: Town, noor: Walker) -> None:
    noor.start()
    town.press(drill=True)
    assert noor.state() is WalkState.OUT
    town.expect("ring teo bo ines")
    noor.home()
    town.do(c.EndDrill(org=ORG, alert=town.id()))
    town.settle()
    town.unheard.clear()


def test_anything_at_all_by_text_rings_for_somebody_on_a_walk(town: Town, noor: Walker) -> None:
    noor.start(bay="lot-b")
    town.text("noor", "he is here")
    assert noor.state() is WalkState.RAISED and noor.alert.came is Came.SMS
    assert noor.alert.places[PlaceKind.SPOKEN].label == "he is here"
    town.expect("ring teo bo ines")
    noor.start()
    noor.home()
    assert town.text("noor", "thank you") is not None and noor.alerts()[0].presses == 1
