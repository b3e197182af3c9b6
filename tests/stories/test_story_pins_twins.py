"""PINs changed, guessed and typed too late: whichever PIN it was, the worker's devices learn the same from it (I11).

Each story is told in two towns, as in `two_towns.py`: in one the real PIN is typed, in the other the
duress PIN.  Here PINs are what was set for Noor, so that one which does not count yet, or no more, shows.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from people import ORG
from two_towns import Both, Side
from walker import RAISED_S

from tocsin.core import commands as c
from tocsin.core.access.entry_commands import EndDevice
from tocsin.core.access.record import OPERATOR, PinTries
from tocsin.core.access.words import Ended
from tocsin.core.commands import Declined, Problem
from tocsin.core.limits import PIN_MISSES_HOUR_MAX
from tocsin.core.particulars import PinMatch
from tocsin.core.shadow import life_of, lives_of
from tocsin.core.words import Purpose, WalkState

WRONG_PIN = Declined(problem=Problem.WRONG_PIN)
OLD, NEW = ("old pin", "old duress pin"), ("new pin", "new duress pin")


@pytest.fixture
def both() -> Iterator[Both]:
    yield from told(Both(restarts=False))


@pytest.fixture
def watched() -> Iterator[Both]:
    yield from told(Both(restarts=False, watched=True))


def told(both: Both) -> Iterator[Both]:
    set_pins(both, OLD)
    yield both
    for side in (both.real, both.forced):
        side.town.unheard.clear()


def set_pins(both: Both, pair: tuple[str, str]) -> None:
    command = c.SetPins(org=ORG, by=OPERATOR, member="noor", pin_hash=pair[0], duress_pin_hash=pair[1])
    both.do(lambda side: side.town.do(command))


def match(side: Side, pin: str) -> PinMatch:
    """As the edge compares it with what counts now."""
    noor = side.town.member("noor")
    return {noor.duress_pin_hash: PinMatch.DURESS, noor.pin_hash: PinMatch.REAL}.get(pin, PinMatch.WRONG)


def own(side: Side, pair: tuple[str, str]) -> PinMatch:
    """The one of a pair that is typed in this town."""
    return match(side, pair[side.match is PinMatch.DURESS])


def shown(side: Side) -> str:
    """The alert that her phone was shown last."""
    lives = [life_of(alert, id) for alert in side.noor.alerts() for id in lives_of(alert)]
    return max((life for life in lives if life is not None), key=lambda life: life.raised_ms).id


def types(both: Both, pair: tuple[str, str]) -> None:
    both.do(lambda side: side.town.pin(own(side, pair), alert=shown(side)))


def types_wrongly(both: Both, times: int = 1) -> None:
    for _ in range(times):
        both.do(lambda side: side.town.pin(PinMatch.WRONG, alert=shown(side)))


def looks_over(both: Both) -> bool:
    """In both, to her phone; in the forced one it lives on."""
    assert not any(alert.open for alert in both.real.noor.alerts())
    return all(not alert.seen_open for side in (both.real, both.forced) for alert in side.noor.alerts())


def hidden(both: Both) -> bool:
    (alert,) = [alert for alert in both.forced.noor.alerts() if alert.open]
    return alert.under_duress and alert.looks_closed


# Changed ----------------------------------------------------------------------------------------------------------


def test_a_pin_changed_after_the_alert_looks_closed_counts_at_once_as_after_a_real_close(both: Both) -> None:
    both.press("first")
    both.at(1)
    types(both, OLD)
    both.at(2)
    set_pins(both, NEW)
    both.at(3)
    both.press("second")
    types(both, OLD)
    assert both.real.noor.alerts()[-1].open, "the old one is a wrong one"
    types(both, NEW)
    assert looks_over(both) and hidden(both), "and the new one closes what her phone shows, and nothing else"
    both.at(60)
    both.later(3_700)
    both.press("third")
    types(both, NEW)
    assert looks_over(both) and hidden(both)


def test_a_pin_changed_while_the_alert_looks_open_counts_when_it_looks_closed(both: Both) -> None:
    both.press("first")
    both.at(1)
    set_pins(both, NEW)
    assert both.forced.town.member("noor").pin_hash == OLD[0], "as long as her phone shows it open, the old ones count"
    types(both, NEW)
    types(both, OLD)
    assert looks_over(both) and hidden(both)
    assert both.forced.town.member("noor").pin_hash == both.real.town.member("noor").pin_hash == NEW[0]
    both.at(2)
    both.press("second")
    set_pins(both, OLD)
    types(both, OLD)
    types(both, NEW)
    assert looks_over(both) and hidden(both)
    both.at(60)


def test_a_pin_changed_beside_an_alert_that_her_phone_never_showed_counts_at_once(watched: Both) -> None:
    both = watched
    both.do(lambda side: side.noor.start())
    both.do(lambda side: side.noor.home(own(side, OLD)))
    both.at(1)
    set_pins(both, NEW)
    both.do(lambda side: side.noor.start())
    both.do(lambda side: side.noor.cancel(own(side, OLD)))
    assert both.real.noor.walk.open and both.forced.noor.walk.open
    both.do(lambda side: side.noor.cancel(own(side, NEW)))
    assert not both.real.noor.walk.open and hidden(both)


def test_of_a_walk_that_was_extended_too(watched: Both) -> None:
    both = watched
    both.do(lambda side: side.noor.start())
    both.do(lambda side: side.noor.extend(5, own(side, OLD)))
    set_pins(both, NEW)
    both.at(1)
    both.do(lambda side: side.noor.extend(5, own(side, OLD)))
    both.do(lambda side: side.noor.extend(5, own(side, NEW)))
    both.do(lambda side: side.noor.home(own(side, NEW)))
    assert hidden(both)
    both.later(3_700)


@pytest.mark.parametrize("silent", [False, True], ids=["in a watch window", "silent"])
def test_a_pin_set_since_it_began_says_nothing_to_those_who_help(silent: bool) -> None:
    """Whoever set it may not be she.  Her phone is shown what her own word would bring; two people close it."""
    both = Both(restarts=False, watched=not silent)
    set_pins(both, OLD)
    both.do(lambda side: side.town.press(key="first", silent=silent).state)
    both.at(1)
    both.do(lambda side: side.town.pin(match(side, OLD[0]), alert=shown(side)))
    assert both.real.town.alert().said_safe
    both.at(2)
    set_pins(both, NEW)
    both.at(3)
    both.do(lambda side: side.town.press(key="second").state)
    both.at(4)
    both.do(lambda side: side.town.pin(own(side, NEW), alert=shown(side)))
    alert = both.real.town.alert()
    assert alert.open and alert.looks_closed and not alert.said_safe and alert.proposal is None
    assert both.real.town.confirm("bo") == Declined(problem=Problem.NO_PROPOSAL)
    both.at(60)
    for side in (both.real, both.forced):
        side.town.unheard.clear()


def test_the_end_of_what_her_phone_no_longer_shows_moves_no_pin(both: Both) -> None:
    """Ten wrong ones of a walk stay so: an hour later two people close an alert of which that phone knows nothing."""
    both.press("first")
    types(both, OLD)
    both.at(1)
    both.do(lambda side: side.noor.start(minutes=60))
    for _ in range(PIN_MISSES_HOUR_MAX):
        both.do(lambda side: side.noor.home(PinMatch.WRONG))
    forced = both.forced.town
    assert forced.propose("teo") == forced.confirm("ines") == c.Done()
    both.at(62)
    assert not any(alert.open for alert in both.forced.noor.alerts())
    both.do(lambda side: side.noor.home(match(side, OLD[0])))
    assert both.forced.noor.walk.open
    tries = [side.town.world.kept(ORG, PinTries, "noor") for side in (both.real, both.forced)]
    assert all(one is not None and one.shut for one in tries)


# Guessed ----------------------------------------------------------------------------------------------------------


def test_wrong_pins_are_forgotten_when_it_looks_closed_as_they_are_at_a_close(both: Both) -> None:
    both.press("first")
    types_wrongly(both, PIN_MISSES_HOUR_MAX - 1)
    types(both, OLD)
    both.at(1)
    both.press("second")
    types_wrongly(both)
    types(both, OLD)
    assert looks_over(both) and hidden(both)


def test_wrong_pins_typed_into_what_looks_closed_shut_nothing(both: Both) -> None:
    both.press("first")
    types(both, OLD)
    types_wrongly(both, PIN_MISSES_HOUR_MAX)
    assert both.forced.town.alert().pin_misses == PIN_MISSES_HOUR_MAX, "whoever helps hears of each"
    both.at(1)
    both.press("second")
    types(both, OLD)
    assert looks_over(both) and hidden(both)


def test_after_ten_wrong_pins_either_is_refused_and_the_duress_pin_is_heard(both: Both) -> None:
    both.press("first")
    types_wrongly(both, PIN_MISSES_HOUR_MAX)
    both.at(1)
    before = both.forced.town.alert()
    types(both, OLD)
    assert all(side.town.pin(own(side, OLD), alert=shown(side)) == WRONG_PIN for side in (both.real, both.forced))
    after = both.forced.town.alert()
    assert after.under_duress and after.seen_open and after.ringing == before.ringing + 2
    both.forced.town.settle()
    assert "UNDER DURESS" in both.forced.town.texts["bo"] and not both.real.town.alert().under_duress
    both.at(30, 50, 95)
    for side in (both.real, both.forced):
        assert side.town.propose("teo") == side.town.confirm("ines") == c.Done()
    both.at(160)
    assert looks_over(both) and not both.forced.town.alert().open
    both.press("second")
    types(both, OLD)
    assert looks_over(both) and hidden(both), "after the close they are taken again"


def test_after_ten_wrong_pins_on_a_walk_the_duress_pin_calls_silently_and_the_timer_runs(watched: Both) -> None:
    both = watched
    both.do(lambda side: side.noor.start(buddy="hana", bay="lot-b"))
    for _ in range(PIN_MISSES_HOUR_MAX):
        both.do(lambda side: side.noor.home(PinMatch.WRONG))
    both.at(1)
    for what in ("home", "cancel"):
        both.do(lambda side, what=what: getattr(side.noor, what)(own(side, OLD)))  # type: ignore[misc]
        assert repr(WRONG_PIN) in both.forced.shown[-1]
    before = both.forced.noor.alert.ringing
    both.do(lambda side: side.noor.extend(5, own(side, OLD)))
    assert hidden(both) and both.forced.noor.alert.ringing == before + 1, "each time it rings again"
    assert both.forced.noor.alert.buddy == "hana" and not both.real.noor.alerts()
    assert both.forced.noor.state() is both.real.noor.state() is WalkState.OUT
    both.at(60)
    both.later(RAISED_S)
    assert both.forced.noor.state() is both.real.noor.state() is WalkState.RAISED
    both.at(RAISED_S + 50)
    both.do(lambda side: side.noor.home(own(side, OLD)))
    both.later(RAISED_S + 3_700)


def test_after_ten_wrong_pins_a_walk_beside_an_alert_marks_it(both: Both) -> None:
    both.press("first")
    both.at(1)
    both.do(lambda side: side.noor.start())
    types_wrongly(both, PIN_MISSES_HOUR_MAX)
    both.do(lambda side: side.noor.cancel(own(side, OLD)))
    assert both.forced.noor.walk.open and both.forced.town.alert().under_duress
    both.at(60)


# Too late ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["home", "cancel"])
def test_more_time_for_a_walk_that_is_over_is_refused_and_the_duress_pin_is_heard(both: Both, ending: str) -> None:
    both.do(lambda side: side.noor.start(buddy="hana", bay="lot-b"))
    both.do(lambda side: getattr(side.noor, ending)())
    both.at(60)
    both.do(lambda side: side.noor.extend(5, own(side, OLD)))
    assert hidden(both) and not both.real.noor.alerts()
    assert both.forced.noor.alert.silent and both.forced.noor.alert.unseen
    before = both.forced.noor.alert.ringing
    both.do(lambda side: side.noor.extend(5, own(side, OLD)))
    assert both.forced.noor.alert.ringing == before + 1
    both.do(lambda side: side.noor.extend(5))
    both.do(lambda side: side.noor.extend(5, PinMatch.WRONG))
    both.press("help")
    both.at(61, 110)
    both.later(3_700)


def test_more_time_for_a_walk_that_was_raised_marks_its_alert(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.at(RAISED_S, RAISED_S + 10)
    both.do(lambda side: side.noor.extend(5, own(side, OLD)))
    assert both.forced.noor.alert.under_duress and both.forced.noor.alert.seen_open
    both.at(RAISED_S + 60)
    types(both, OLD)
    both.at(RAISED_S + 61)
    assert looks_over(both)
    both.do(lambda side: side.noor.extend(5, own(side, OLD)))
    both.at(RAISED_S + 70)


def test_more_time_for_a_walk_whose_alert_is_closed_raises_another_that_her_phone_is_not_shown(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.at(RAISED_S)
    both.do(lambda side: side.town.pin(match(side, OLD[0]), alert=shown(side)))
    both.at(RAISED_S + 1)
    both.do(lambda side: side.noor.extend(5, own(side, OLD)))
    assert hidden(both) and len(both.real.noor.alerts()) == 1
    both.at(RAISED_S + 60)


def test_a_duress_pin_that_comes_after_the_close_calls_again_and_her_phone_is_not_shown_it(both: Both) -> None:
    """Two people close it in the moment in which she is made to type: her phone did not know yet."""
    both.press("first")
    for side in (both.real, both.forced):
        side.town.propose("teo")
        side.town.confirm("ines")
    both.at(60)
    types(both, OLD)
    assert hidden(both) and not any(alert.open for alert in both.real.noor.alerts())
    both.at(61)
    before = both.forced.noor.alerts()[-1].ringing
    types(both, OLD)
    assert both.forced.noor.alerts()[-1].ringing == before + 1
    both.at(100)
    both.press("second")
    both.at(150)
    types(both, OLD)
    assert hidden(both)


def test_three_wrong_pins_of_a_walk_that_is_over_are_told_wherever_an_alert_is_open(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    both.do(lambda side: side.noor.home())
    both.press("help")
    before = both.real.town.alert().ringing
    for step in ("home", "cancel"):
        both.do(lambda side, step=step: getattr(side.noor, step)(PinMatch.WRONG))  # type: ignore[misc]
    both.do(lambda side: side.noor.extend(5, PinMatch.WRONG))
    alert = both.real.town.alert()
    assert alert.pin_misses == 3 and alert.ringing == before + 1
    assert alert.notes[-1].text == "three wrong PINs on the worker's device"
    assert both.real.town.world.kept(ORG, PinTries, "noor") is None, "no answer told them from the PIN"
    both.at(30)


def test_three_wrong_pins_of_a_walk_beside_an_alert_are_told_to_its_responders_too(both: Both) -> None:
    both.press("help")
    both.at(1)
    both.do(lambda side: side.noor.start())
    for _ in range(PIN_MISSES_HOUR_MAX):
        both.do(lambda side: side.noor.home(PinMatch.WRONG))
    notes = [note.text for note in both.real.town.alert().notes]
    assert len(notes) == 2 and both.real.town.alert().pin_misses == PIN_MISSES_HOUR_MAX
    assert len([d for d in both.real.town.messages("ines", Purpose.WALK) if d.text]) == 1, "and to whoever is on duty"


def test_a_pin_typed_into_an_old_life_of_an_alert_closes_no_later_one(both: Both) -> None:
    """Silent and said safe; pressed again; then the duress PIN comes for the first one, which looks over."""
    for side in (both.real, both.forced):
        side.town.press(key="first", silent=True)
        side.town.pin(match(side, OLD[0]))
    both.at(1)
    first = {side.match: shown(side) for side in (both.real, both.forced)}
    both.press("second")
    both.do(lambda side: side.town.pin(own(side, OLD), alert=first[side.match]))
    assert both.forced.town.alert().under_duress and both.forced.town.alert().seen_open
    both.at(30)


def test_a_phone_that_was_ended_may_extend_and_cancel_nothing_and_its_duress_pin_is_heard(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    for side in (both.real, both.forced):
        side.town.do(EndDevice(org=ORG, by=OPERATOR, device="noor-phone", why=Ended.LOST))
    for what in ("cancel", "home"):
        both.do(lambda side, what=what: getattr(side.noor, what)(own(side, OLD)))  # type: ignore[misc]
    both.do(lambda side: side.noor.extend(5, PinMatch.WRONG))
    assert both.forced.noor.walk.open and hidden(both)
    assert both.forced.noor.alert.pin_misses == 1, "a wrong one is told as well"


def test_whoever_is_suspended_still_says_home_and_cancels_nothing(both: Both) -> None:
    both.do(lambda side: side.noor.start())
    for side in (both.real, both.forced):
        side.town.suspend("noor")
    both.do(lambda side: side.noor.cancel(own(side, OLD)))
    assert both.real.noor.walk.open and hidden(both)
    both.do(lambda side: side.noor.home(match(side, OLD[0])))
    assert not both.real.noor.walk.open
