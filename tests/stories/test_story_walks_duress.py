"""The duress PIN on a walk: what the worker's devices are shown is, byte for byte, what the real one would bring.

Each story is told in two towns at once, one with the real PIN and one with the duress PIN, and everything that Noor's
phone, the wall and whoever runs the system can see is compared after every step; only ids are masked.
"""

from __future__ import annotations

import pytest
from people import directory
from two_towns import READERS, Both, watching
from walker import RAISED_S, ms

from tocsin.core import commands as c
from tocsin.core.access.words import Via
from tocsin.core.particulars import PinMatch, PlaceReport
from tocsin.core.sight import Reader, shown_ids
from tocsin.core.words import Answer, PlaceKind, Purpose, WalkState

RUNNING = Reader("", "", via=Via.KEY, running=True)


@pytest.mark.slow
@pytest.mark.parametrize("restarts", [False, True])
def test_at_once_after_a_press_and_an_hour_later(restarts: bool) -> None:
    both = Both(restarts)
    both.do(lambda side: side.noor.start(bay="lot-b", way="north", buddy="hana"))
    both.do(lambda side: side.noor.check_in(PlaceReport(PlaceKind.FIX, ms(0), None, 41.5, -87.25, 9.0)))
    both.at(60)
    both.home()
    assert both.real.noor.state() is both.forced.noor.state() is WalkState.HOME
    assert not both.real.noor.alerts()
    hidden = both.forced.noor.alert
    assert hidden.open and hidden.silent and hidden.under_duress and hidden.buddy == "hana"
    assert hidden.places[PlaceKind.PLANNED].label == "Lot B, north" and PlaceKind.FIX in hidden.places
    for reader in (*READERS, RUNNING):
        assert shown_ids(hidden, both.forced.town.directory, reader) == ()
    both.at(65)
    both.later(300)
    both.do(lambda side: side.noor.home(side.match))
    both.do(lambda side: side.noor.extend(5, side.match))
    both.do(lambda side: side.noor.check_in())
    both.do(lambda side: side.town.text("noor", "where are my keys"))
    both.do(lambda side: side.noor.home(PinMatch.WRONG))
    both.at(400)
    both.press("for real this time")
    assert len(both.forced.noor.alerts()) == 1, "to those who help it is a press on the alert that they have"
    both.at(401, 430, 445, 490)
    both.do(lambda side: side.town.say("teo", Answer.COMING, eta_s=60, alert=side.noor.alerts()[-1].id))
    both.do(lambda side: side.town.say("bo", Answer.WITH_THEM, alert=side.noor.alerts()[-1].id))
    both.at(500)
    both.later(4_000)
    both.do(lambda side: side.town.text("noor", "still here"))
    both.do(lambda side: side.town.pin(PinMatch.REAL, alert=side.town.id()))
    both.later(8_000)
    both.do(lambda side: side.noor.start())
    both.do(lambda side: side.noor.home())


def test_a_cancel_too(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.do(lambda side: side.noor.cancel(side.match))
    assert both.forced.noor.state() is WalkState.CANCELLED and both.forced.noor.alert.under_duress
    both.later(3_600)
    both.press("an hour later")
    both.at(3_601)
    both.later(7_200)


def test_an_extension_too_and_all_that_comes_of_it(both: Both) -> None:
    both.do(lambda side: side.noor.start(buddy="hana", bay="lot-b"))
    both.do(lambda side: side.noor.check_in(PlaceReport(PlaceKind.ZONE, ms(0), "North door")))
    both.at(60)
    both.do(lambda side: side.noor.extend(10, side.match))
    assert both.forced.noor.state() is WalkState.OUT and both.forced.noor.alert.under_duress
    for second in (RAISED_S + 6 * 60, RAISED_S + 9 * 60, RAISED_S + 599, RAISED_S + 600):
        both.later(second)
    assert both.forced.noor.state() is WalkState.RAISED
    assert both.forced.noor.walk.shown != both.forced.noor.walk.alert, "her phone is shown a fresh one"
    both.at(RAISED_S + 646)
    both.do(lambda side: side.noor.home())
    both.later(RAISED_S + 4_000)


def test_a_press_after_an_extension_takes_the_walk_along_on_both(both: Both) -> None:
    both.do(lambda side: side.noor.start(buddy="hana", bay="lot-b"))
    both.do(lambda side: side.noor.check_in(PlaceReport(PlaceKind.FIX, ms(0), None, 41.5, -87.25, 9.0)))
    both.do(lambda side: side.noor.extend(10, side.match))
    both.at(30)
    both.press("help")
    both.at(31, 80, 130)
    both.later(3_700)


def test_the_buddy_of_a_walk_that_was_over_is_not_counted_after_a_press(both: Both) -> None:
    both.do(lambda side: side.noor.start(buddy="hana"))
    both.home()
    assert "hana" in both.forced.noor.alert.people
    both.at(5)
    both.press("help")
    both.at(6, 50, 96)


def test_the_buddy_of_a_walk_that_a_later_press_took_along_is_counted(both: Both) -> None:
    both.do(lambda side: side.noor.start(buddy="hana"))
    both.press("first")
    both.at(1)
    both.do(lambda side: side.town.pin(side.match))
    both.at(2)
    both.press("second")
    both.at(3)
    both.do(lambda side: side.noor.start(buddy="hana"))
    both.press("third")
    both.at(4)
    assert '"people_rung":4' in both.forced.shown[-1]


def test_an_extension_that_is_too_long_is_declined_and_calls_all_the_same(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.do(lambda side: side.noor.extend(100, side.match))
    assert both.forced.noor.alert.open and both.forced.noor.state() is WalkState.OUT
    both.do(lambda side: side.noor.home())
    both.later(3_600)


def test_the_duress_pin_of_a_walk_that_is_over_calls_all_the_same(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.do(lambda side: side.noor.home())
    both.at(600)
    both.home()
    assert both.forced.noor.alert.under_duress
    before = both.forced.noor.alert.ringing
    both.home()
    assert both.forced.noor.alert.ringing == before + 1, "typed again, it rings again"
    both.press("help")
    both.at(640)
    before = both.forced.noor.alert.ringing
    both.home()
    assert both.forced.noor.alert.ringing == before + 1, "now that there is one on her screen, too"
    both.later(1_800)


def test_in_a_watch_window_too() -> None:
    both = Both(restarts=False, watched=True)
    both.do(lambda side: side.noor.start(buddy="hana"))
    for step in (lambda side: side.noor.home(), lambda side: side.noor.cancel(), lambda side: side.noor.extend(5)):
        both.do(step)
    for noor in (both.real.noor, both.forced.noor):
        before = noor.walk
        for reply in (noor.home(), noor.cancel(), noor.extend(5)):
            assert reply == c.Declined(problem=c.Problem.PIN_NEEDED)
        assert noor.walk == before, "nothing ends or extends it without the PIN"
    both.do(lambda side: side.noor.extend(5, side.match))
    both.at(60)
    both.home()
    both.at(61)
    both.do(lambda side: side.town.text("noor", "anything"))
    both.later(3_700)


def test_a_late_home_under_duress_shows_what_a_late_home_shows(both: Both) -> None:
    both.do(lambda side: side.noor.start(buddy="hana"))
    both.at(RAISED_S, RAISED_S + 20)
    both.do(lambda side: side.town.say("teo", Answer.COMING, eta_s=300, alert=side.noor.walk.alert))
    both.at(RAISED_S + 25)
    both.home()
    assert both.forced.noor.alert.under_duress and not both.real.noor.alert.under_duress
    assert both.forced.noor.alert.notes[-1].text == both.real.noor.alert.notes[-1].text
    both.at(RAISED_S + 26, RAISED_S + 60)
    both.do(lambda side: side.town.say("bo", Answer.COMING, alert=side.noor.walk.alert))
    both.at(RAISED_S + 100)
    both.do(lambda side: side.town.pin(PinMatch.REAL, alert=side.noor.walk.shown))
    assert both.forced.noor.alert.open and not both.real.noor.alert.open
    both.later(RAISED_S + 900)
    both.press("again")
    both.at(RAISED_S + 901)


def test_a_position_for_an_alert_that_looks_closed_turns_up_in_no_later_one(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.at(1)
    both.press("first")
    both.at(2)
    both.do(lambda side: side.town.pin(side.match))
    both.at(3)
    both.do(lambda side: side.noor.check_in(PlaceReport(PlaceKind.ZONE, ms(3), "North door")))
    assert both.forced.noor.alert.places[PlaceKind.ZONE].label == "North door", "whoever helps knows it"
    both.at(4)
    both.press("second")
    both.at(5)
    both.do(lambda side: side.noor.check_in(PlaceReport(PlaceKind.FIX, ms(5), None, 41.5, -87.0, 5.0)))


def test_a_late_home_after_the_close_calls_all_the_same(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.at(RAISED_S)
    both.do(lambda side: side.town.pin(PinMatch.REAL, alert=side.noor.walk.alert))
    both.home()
    assert len(both.real.noor.alerts()) == 1
    hidden = next(alert for alert in both.forced.noor.alerts() if alert.open)
    assert hidden.under_duress and hidden.unseen
    both.at(RAISED_S + 5)


def test_a_loan_that_lapsed_before_shows_when_it_did_whoever_is_rung_since(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.later(RAISED_S)
    both.do(lambda side: side.town.say("teo", Answer.SEEN, alert=side.noor.walk.alert))
    both.at(RAISED_S + 65)
    both.home()
    both.at(RAISED_S + 70)
    assert both.forced.noor.alert.under_duress


def test_a_walk_beside_an_alert_that_she_sees_marks_that_one(both: Both) -> None:
    both.press("first")
    both.at(5)
    both.do(lambda side: side.noor.start())
    both.home()
    assert both.forced.noor.walk.alert == both.forced.town.id() and both.forced.noor.alert.under_duress
    assert not both.forced.noor.alert.shadows and both.forced.noor.alert.presses == 1
    both.at(60)
    both.later(700)


def test_the_duress_pin_rings_at_once_and_says_so(both: Both) -> None:
    both.do(lambda side: side.noor.start(buddy="hana", bay="lot-b"))
    both.home()
    town = both.forced.town
    rung = {name for purpose, name in town.unheard if purpose is Purpose.RING}
    assert rung == {"teo", "bo", "ines", "hana"}
    assert "UNDER DURESS" in town.texts["bo"] and "Lot B" in town.texts["bo"]
    assert (Purpose.WALK, "hana") in town.unheard and town.unheard.count((Purpose.WALK, "hana")) == 1
    assert both.real.town.unheard.count((Purpose.WALK, "hana")) == 2, "only a real end says that all is well"


def test_whoever_helps_is_shown_that_the_walk_raised(both: Both) -> None:
    both.do(lambda side: side.noor.start(buddy="teo"))
    both.home()
    for name in ("teo", "ines", "wale"):
        seen = both.forced.noor.seen_by(name)
        assert seen is not None and seen.state is WalkState.RAISED and seen.alert == both.forced.noor.walk.alert
    own = both.forced.noor.seen_by("noor")
    assert own is not None and own.state is WalkState.HOME and own.alert is None


def test_somebody_tied_is_told_nothing_of_either(both: Both) -> None:
    for side in (both.real, both.forced):
        side.town.tie("bo", "wale")
    both.do(lambda side: side.noor.start())
    both.home()
    for name in ("bo", "wale"):
        assert both.forced.noor.seen_by(name) is None and name not in both.forced.noor.alert.people


def test_after_ten_wrong_pins_either_is_refused_and_the_other_one_calls(both: Both) -> None:
    for side in (both.real, both.forced):
        side.town.founded(watching(directory()))
    both.do(lambda side: side.noor.start())
    for _ in range(10):
        both.do(lambda side: side.noor.home(PinMatch.WRONG))
    both.home()
    assert both.real.noor.home(PinMatch.REAL) == c.Declined(problem=c.Problem.WRONG_PIN)
    assert both.forced.noor.alert.under_duress and both.forced.noor.walk.open
    both.later(RAISED_S)
    assert both.real.noor.state() is both.forced.noor.state() is WalkState.RAISED, "the timer runs"
    for side in (both.real, both.forced):
        pins = [d for d in side.town.messages("ines", Purpose.WALK) if d.text]
        assert len(pins) == 1, "three of them are told to whoever is on duty, once"


def test_a_press_in_the_very_moment_of_the_other_pin_shows_nothing_of_the_walk(both: Both) -> None:
    """Two phones at once: what was known of the walk came with the home, and a fresh press knows nothing of it."""
    both.do(lambda side: side.noor.start(buddy="hana", bay="lot-b"))
    both.at(5)
    both.do(lambda side: side.noor.check_in(PlaceReport(PlaceKind.ZONE, ms(5), "North door")))
    both.at(10)
    both.home()
    both.press("help")
    both.at(11, 40)


def test_positions_of_a_walk_that_seems_to_go_on_are_for_those_who_help(both: Both) -> None:
    both.do(lambda side: side.noor.start(buddy="hana"))
    both.do(lambda side: side.noor.extend(20, side.match))
    both.at(30)
    both.do(lambda side: side.noor.check_in(PlaceReport(PlaceKind.ZONE, ms(30), "North door")))
    both.do(lambda side: side.noor.check_in(PlaceReport(PlaceKind.FIX, ms(30), None, 41.5, -87.0, 5.0)))
    places = both.forced.noor.alert.places
    assert places[PlaceKind.ZONE].label == "North door" and places[PlaceKind.FIX].at_ms == ms(30)
    both.at(40)
    both.press("help")
    both.at(41)
    both.do(lambda side: side.noor.check_in(PlaceReport(PlaceKind.FIX, ms(41), None, 41.6, -87.0, 5.0)))
    both.at(42)


def test_the_buddy_of_a_walk_beside_an_alert_hears_of_its_end_whichever_pin_it_was(both: Both) -> None:
    """Nothing of it may show in the alert before her eyes, so the buddy, whom that has not rung, is not rung either."""
    both.press("first")
    both.at(5)
    both.do(lambda side: side.noor.start(buddy="hana"))
    both.home()
    both.at(6)
    heard = [side.town.unheard.count((Purpose.WALK, "hana")) for side in (both.real, both.forced)]
    assert heard == [2, 2] and "hana" not in both.forced.noor.alert.people
