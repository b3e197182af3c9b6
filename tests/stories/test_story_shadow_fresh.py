"""A press from the shadow shows what a fresh alert would: its ladder, its plan, its site, its watch window.

Whatever has changed since the duress PIN, of the roster, of the plan, of where she works or whether she is in a watch
window, is told in two towns; after the real PIN there it is a fresh alert, after the duress PIN it must look like one.
"""

from __future__ import annotations

import pytest
from carrier import Mood
from msgspec.structs import replace
from people import FOR_EVER_MS, ORG, PLAN, SITE, directory, rung
from two_towns import ANNEX, Both, Side, watching
from walker import MINUTES, RAISED_S, ms

from tocsin.core import commands as c
from tocsin.core.directory import Directory, Plan, Shift, Site
from tocsin.core.shadow import lives_of
from tocsin.core.sight import Reader, alert_view
from tocsin.core.words import Answer, Came, Kind, Phase, PlaceKind, Purpose

BACKSTOP = ("member:ines", "member:wale", "member:hana")
NOBODY_BETWEEN = replace(PLAN, rungs=(PLAN.rungs[0], rung(45, "role:supervisor"), PLAN.rungs[2]))
EXTENDED_S = RAISED_S + 10 * 60
OVERDUE = Plan(SITE, Kind.OVERDUE, 3, (rung(0, "member:ines"), rung(20, "on_shift"), rung(50, *BACKSTOP)))
OF_THE_ANNEX = Plan(ANNEX, Kind.SOS, 2, (rung(0, "on_shift"), rung(30, "member:wale"), rung(60, *BACKSTOP)))


def two_sites() -> Directory:
    people = directory(on=("noor", "teo", "bo", "ines"))
    return replace(
        people,
        sites={**people.sites, ANNEX: Site(ANNEX, "Annex", "UTC")},
        shifts=(*people.shifts, Shift(ANNEX, ("hana",), 1, FOR_EVER_MS)),
        plans=(PLAN, OF_THE_ANNEX),
    )


def becomes(side: Side, people: Directory) -> None:
    """From now on it is so; how it came to be is no part of these stories."""
    side.town.world.directories[ORG] = replace(people, devices=side.town.directory.devices)


def pressed_and_safe(both: Both) -> None:
    both.press("first")
    both.at(5)
    both.do(lambda side: side.town.pin(side.match))
    both.at(10)


def seen(side: Side) -> int:
    """How many people her phone says are rung."""
    alert = side.noor.alerts()[-1]
    shown = alert.shadows[-1].id if alert.shadows else alert.id
    view = alert_view(alert, shown, side.town.directory, {}, {}, Reader("noor", "noor-phone"), side.town.now_ms)
    assert view is not None and isinstance(view.people_rung, int)
    return view.people_rung


def test_a_rung_of_nobody_is_climbed_past_at_once() -> None:
    both = Both(restarts=False, at=directory(on=("noor", "teo", "bo", "wale"), plan=NOBODY_BETWEEN))
    pressed_and_safe(both)
    both.press("second")
    both.at(11, 54.999)
    assert seen(both.forced) == 3
    both.at(55)
    assert seen(both.forced) == 5, "no supervisor is on, so the backstop is rung in place of that rung"
    both.at(56, 100, 101)


def test_where_too_few_are_on_whoever_may_close_joins() -> None:
    both = Both(restarts=False, at=directory(on=("noor", "teo", "bo")))
    pressed_and_safe(both)
    both.press("second")
    assert seen(both.forced) == 5
    both.at(11, 55, 100, 101)


def test_whoever_came_on_since_is_rung_and_whoever_went_is_not() -> None:
    both = Both(restarts=False)
    pressed_and_safe(both)
    for side in (both.real, both.forced):
        becomes(side, directory(on=("noor", "bo", "hana")))
    both.press("second")
    assert "hana" in both.forced.noor.alerts()[0].people, "whom the screen counts is rung"
    both.at(11, 54.999, 55, 99.999, 100, 101)


def test_whoever_comes_on_while_it_seems_to_ring_is_counted_from_its_next_pass(both: Both) -> None:
    pressed_and_safe(both)
    both.press("second")
    for side in (both.real, both.forced):
        new = Shift(SITE, ("noor", "teo", "bo", "ines", "wale", "hana"), ms(70), FOR_EVER_MS)
        people = directory(plan=replace(PLAN, rungs=PLAN.rungs[:1]))
        becomes(side, replace(people, shifts=(*people.shifts, new)))
    both.at(11, 60)
    both.later(1_000)
    assert seen(both.forced) == 5


def test_helpers_pause_it_and_it_goes_on_when_they_fall_silent(both: Both) -> None:
    pressed_and_safe(both)
    both.press("second")
    both.say(Answer.COMING, "teo", "bo")
    both.at(54, 56, 101)
    assert seen(both.forced) == 3
    both.at(131, 132)
    assert seen(both.forced) == 5


def test_an_extended_walk_is_looked_for_by_the_plan_for_it() -> None:
    """After a duress *extend* the walk seems to go on; what it comes to seems to ring by the plan for the overdue."""
    both = Both(restarts=False, at=replace(directory(), plans=(PLAN, OVERDUE)))
    both.do(lambda side: side.noor.start(minutes=MINUTES))
    both.at(60)
    both.do(lambda side: side.noor.extend(10, side.match))
    both.later(EXTENDED_S)
    assert both.forced.noor.alert.under_duress and seen(both.forced) == 3, "Ines, and whoever else may close it"
    both.say(Answer.COMING, "ines", "wale")
    assert "climbing" in both.forced.shown[-1], "that plan asks for three of them"
    both.at(EXTENDED_S + 19.999, EXTENDED_S + 20, EXTENDED_S + 49.999, EXTENDED_S + 50, EXTENDED_S + 51)
    assert {"ines", "teo", "bo", "hana"} <= set(both.forced.noor.alert.people), "whoever is counted was rung"
    both.over()


def moved_and_pressed_again() -> Both:
    """Safe at the centre, as it seems; then she works at the annex."""
    both = Both(restarts=False, at=two_sites())
    pressed_and_safe(both)
    for side in (both.real, both.forced):
        moved = Shift(ANNEX, ("noor", "hana"), 1, FOR_EVER_MS)
        becomes(side, replace(two_sites(), shifts=(directory(on=("teo", "bo", "ines")).shifts[1], moved)))
        side.town.unheard.clear()
    both.press("second")
    return both


def test_at_another_site_it_rings_there() -> None:
    both = moved_and_pressed_again()
    heard = {name for purpose, name in both.forced.town.unheard if purpose is Purpose.RING}
    assert {"teo", "bo", "ines", "hana", "wale"} <= heard, "all whom the screens will count, and all who know already"
    both.at(11, 39.999, 40, 69.999, 70, 71)
    both.over()


@pytest.mark.parametrize("site", [SITE, ANNEX])
def test_a_drill_waits_where_it_seems_to_be_and_not_where_it_was(site: str) -> None:
    both = moved_and_pressed_again()
    both.do(lambda side: masked_receipt(side.town.do(drill_at(site))))
    assert ("REAL_ALERT_OPEN" in both.forced.shown[-1]) is (site == ANNEX)
    both.over()


def drill_at(site: str) -> c.Press:
    phone = "hana-phone"
    return c.Press(
        org=ORG, credential=phone, key="a drill", member="hana", device=phone, came=Came.DEVICE, drill=True, site=site
    )


def masked_receipt(reply: c.Reply) -> c.Reply:
    return replace(reply, receipt="") if isinstance(reply, c.PressTaken) else reply


@pytest.mark.parametrize("watched", [False, True], ids=["it begins", "it ends"])
def test_a_watch_window_that_begins_or_ends_in_between_is_that_of_a_fresh_alert(watched: bool) -> None:
    both = Both(restarts=False, watched=watched)
    pressed_and_safe(both)
    for side in (both.real, both.forced):
        becomes(side, watching(directory(), watched=not watched))
    both.press("second")
    both.say(Answer.COMING, "teo")
    assert ("Teo" in both.forced.shown[-1]) is watched, "colleagues are named where nobody looks over her shoulder"
    both.at(11, 55, 100)
    both.over()


@pytest.mark.parametrize("mood", [Mood.PHONE_OFF, Mood.DOWN, Mood.FILTERED, Mood.VANISHES])
def test_whoever_could_not_be_reached_before_is_tried_like_anybody(mood: Mood) -> None:
    """A fresh alert does not know yet whose phone is off; it learns that again, as soon as the carrier says so."""
    both = Both(restarts=False)
    for side in (both.real, both.forced):
        side.town.carrier.moods["bo"] = mood
    both.press("first")
    both.at(40)
    both.do(lambda side: side.town.pin(side.match))
    both.at(50)
    assert both.forced.noor.alerts()[0].people["bo"].unreachable is not None
    both.press("second")
    both.at(50.5, 51, 60, 94, 95, 119)
    both.over()


@pytest.mark.parametrize("mood", [Mood.PHONE_OFF, Mood.DOWN, Mood.VANISHES])
def test_a_rung_that_was_climbed_past_because_nobody_was_reached_stays_so(mood: Mood) -> None:
    """Bo, whose phone is off, is tried again and counts while that is under way; the next rung is not taken back."""
    alone = replace(PLAN, rungs=(rung(0, "member:bo"), rung(40, "member:teo"), PLAN.rungs[2]))
    both = Both(restarts=False, at=directory(plan=alone))
    for side in (both.real, both.forced):
        side.town.carrier.moods["bo"] = mood
    pressed_and_safe(both)
    both.at(20)
    both.press("second")
    both.at(20.5, 21, 30, 49.999, 50.2, 51, 62, 80.2)
    assert "teo" in both.forced.noor.alerts()[0].people
    both.over()


def test_the_buddy_of_a_walk_counts_among_those_who_remain() -> None:
    """Where the buddy makes enough of them, nobody else joins; and the buddy's help pauses it like anybody's."""
    called = replace(PLAN, rungs=(rung(0, "member:ines"), rung(45, "member:bo"), PLAN.rungs[2]))
    both = Both(restarts=False, at=directory(plan=called))
    pressed_and_safe(both)
    both.do(lambda side: side.noor.start(buddy="teo"))
    both.at(12)
    both.press("second")
    assert seen(both.forced) == 2
    both.say(Answer.COMING, "teo", "ines")
    both.at(57, 58)
    assert seen(both.forced) == 2
    both.over()


def test_colleagues_who_are_not_named_are_counted_as_a_fresh_alert_counts_them() -> None:
    """In a watch window they have numbers: those of who was rung first, second and third, of whom nobody was before."""
    both = Both(restarts=False, watched=True)
    pressed_and_safe(both)
    for side in (both.real, both.forced):
        becomes(side, watching(directory(on=("noor", "hana", "bo"))))
    both.press("second")
    both.say(Answer.COMING, "bo", "hana")
    assert "colleague-1" in both.forced.shown[-1] and "colleague-2" in both.forced.shown[-1]
    both.over()


def zone(label: str, at_s: float) -> c.PlaceReport:
    return c.PlaceReport(PlaceKind.ZONE, ms(at_s), label)


def fix(at_s: float) -> c.PlaceReport:
    return c.PlaceReport(PlaceKind.FIX, ms(at_s), lat=52.1, lon=4.3, radius_m=12.0)


@pytest.mark.parametrize("by", ["noor", "bo"])
def test_what_was_said_of_the_place_before_hides_nothing_that_is_said_now(by: str) -> None:
    """An older report says nothing new to those who help; a fresh alert knows of no other, in whichever order."""
    both = Both(restarts=False)
    both.press("first")
    both.at(5)
    for place in (zone("Lot B", 5), fix(5)):
        both.do(lambda side, place=place: side.town.do(place_of(side, by, place)))  # type: ignore[misc]
    both.do(lambda side: side.town.pin(side.match))
    both.at(10)
    both.do(lambda side: replace(side.town.press(key="second", places=(fix(3), zone("Lot C", 4))), receipt=""))
    assert "Lot C" in both.forced.shown[-1]
    assert by == "noor" or both.forced.noor.alerts()[0].places[PlaceKind.ZONE].label == "Lot B"
    both.do(lambda side: side.town.do(place_of(side, "noor", zone("Lot D", 2))))
    both.do(lambda side: side.town.do(place_of(side, "bo", zone("Gate", 11))))
    both.over()


def place_of(side: Side, name: str, place: c.PlaceReport) -> c.AddPlace:
    return c.AddPlace(org=ORG, alert=side.noor.alerts()[-1].id, member=name, place=place)


def test_the_same_press_that_is_sent_again_hears_the_state_that_is_shown() -> None:
    """By the plan of a fresh alert, which asks for three by now, two who come are not enough."""
    both = Both(restarts=False)
    pressed_and_safe(both)
    for side in (both.real, both.forced):
        becomes(side, directory(plan=replace(PLAN, needed=3)))
    both.press("second")
    both.say(Answer.COMING, "teo", "bo")
    both.press("second")
    assert "state=<Phase.CLIMBING" in both.forced.shown[-1] and both.forced.noor.alerts()[0].phase is Phase.PAUSED
    both.say(Answer.COMING, "ines")
    both.press("second")
    both.do(lambda side: side.town.pin(side.match, alert=lives_of(side.noor.alerts()[-1])[-1]))
    both.press("second")
    both.over()
