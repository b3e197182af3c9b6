"""PINs: guessed at a bounded number of times, never shut for duress, set by their owner, taken away by two."""

from __future__ import annotations

import pytest
from ward import HOUR, MINUTE, ORG, Ward

from tocsin.core import commands as c
from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.commands import LookAt, RefusePinReset, ResetPins
from tocsin.core.access.pin_resets import ALERT_OPEN
from tocsin.core.access.record import OPERATOR, By, PinTries
from tocsin.core.access.words import Via
from tocsin.core.limits import PIN_MISSES_HOUR_MAX, PIN_MISSES_WINDOW_MS, PIN_RESET_ASKED_MS

DONE = c.Done()
NOT_ALLOWED = c.Declined(problem=c.Problem.NOT_ALLOWED)
WRONG = c.Declined(problem=c.Problem.WRONG_PIN)


@pytest.fixture
def ward() -> Ward:
    ward = Ward()
    set_pins(ward)
    return ward


def set_pins(ward: Ward, name: str = "noor", by: By = OPERATOR, pin: str = "hash") -> c.Reply:
    return ward.do(c.SetPins(org=ORG, by=by, member=name, pin_hash=pin, duress_pin_hash="other hash"))


def typed(ward: Ward, alert: str, match: c.PinMatch, times: int = 1) -> c.Reply:
    replies = [
        ward.do(c.Safe(org=ORG, alert=alert, member="noor", device="noor-phone", match=match)) for _ in range(times)
    ]
    assert all(reply == replies[0] for reply in replies)
    return replies[0]


def reset(ward: Ward, by: By, name: str = "noor") -> c.Reply:
    return ward.do(ResetPins(org=ORG, by=by, member=name, why="forgotten"))


def has_pins(ward: Ward, name: str = "noor") -> bool:
    return ward.member(name).pin_hash is not None


# Guessing --------------------------------------------------------------------------------------------------------


def test_after_so_many_wrong_pins_the_real_one_is_answered_as_another_wrong_one(ward: Ward) -> None:
    alert = ward.press()
    assert typed(ward, alert, c.PinMatch.WRONG, PIN_MISSES_HOUR_MAX - 1) == WRONG
    notes = len(ward.alert(alert).notes)
    assert typed(ward, alert, c.PinMatch.WRONG) == WRONG
    assert len(ward.alert(alert).notes) == notes + 1, "the responders read that two people close it"
    assert typed(ward, alert, c.PinMatch.REAL, 3) == WRONG
    assert ward.alert(alert).open and ward.alert(alert).pin_misses == PIN_MISSES_HOUR_MAX + 3
    ward.restart()
    assert typed(ward, alert, c.PinMatch.REAL) == WRONG
    ward.wait(2 * HOUR)
    assert typed(ward, alert, c.PinMatch.REAL) == WRONG, "it stays shut until the alert closes"


def test_one_wrong_pin_fewer_and_the_real_one_closes(ward: Ward) -> None:
    alert = ward.press()
    typed(ward, alert, c.PinMatch.WRONG, PIN_MISSES_HOUR_MAX - 1)
    assert typed(ward, alert, c.PinMatch.REAL) == DONE
    assert not ward.alert(alert).open
    again = ward.press()
    typed(ward, again, c.PinMatch.WRONG, PIN_MISSES_HOUR_MAX - 1)
    assert typed(ward, again, c.PinMatch.REAL) == DONE, "a new alert begins to count anew"


def test_slips_of_a_long_night_shut_nothing(ward: Ward) -> None:
    alert = ward.press()
    for _ in range(PIN_MISSES_HOUR_MAX * 2):
        typed(ward, alert, c.PinMatch.WRONG)
        ward.wait(PIN_MISSES_WINDOW_MS // (PIN_MISSES_HOUR_MAX - 1) + MINUTE)
    assert typed(ward, alert, c.PinMatch.REAL) == DONE


def test_the_duress_pin_is_then_answered_as_another_wrong_one_and_heard(ward: Ward) -> None:
    alert = ward.press()
    typed(ward, alert, c.PinMatch.WRONG, PIN_MISSES_HOUR_MAX + 5)
    misses = ward.alert(alert).pin_misses
    assert typed(ward, alert, c.PinMatch.DURESS) == WRONG
    assert ward.alert(alert).under_duress and ward.alert(alert).seen_open
    assert ward.alert(alert).pin_misses == misses


def test_guesses_never_stand_in_the_way_of_a_press(ward: Ward) -> None:
    alert = ward.press()
    typed(ward, alert, c.PinMatch.WRONG, PIN_MISSES_HOUR_MAX + 5)
    assert ward.press() == alert and ward.alert(alert).presses == 2


def test_while_another_alert_of_theirs_is_open_it_stays_shut(ward: Ward) -> None:
    alert = ward.press()
    typed(ward, alert, c.PinMatch.WRONG, PIN_MISSES_HOUR_MAX)
    assert ward.world.kept(ORG, PinTries, "noor") is not None
    for name in ("teo", "ines"):
        command = c.ProposeClose if name == "teo" else c.ConfirmClose
        more = {"outcome": "safe"} if name == "teo" else {}
        assert ward.do(command(org=ORG, alert=alert, member=name, device=f"{name}-phone", **more)) == DONE  # type: ignore[arg-type]
    ward.now_ms += MINUTE
    ward.do(c.Look(org=ORG, alert=alert))
    assert not ward.alert(alert).open
    tries = ward.world.kept(ORG, PinTries, "noor")
    assert tries is not None and not tries.shut
    assert typed(ward, ward.press(), c.PinMatch.REAL) == DONE


# Setting ---------------------------------------------------------------------------------------------------------


def test_one_sets_one_s_own_and_only_shortly_after_proving_who_one_is(ward: Ward) -> None:
    assert set_pins(ward, by=ward.session("noor"), pin="new") == DONE
    assert ward.member("noor").pin_hash == "new" and ward.trail()[-1] == "pins_set"
    stale = ward.session("noor", fresh=False)
    assert set_pins(ward, by=stale) == c.Declined(problem=c.Problem.NOT_FRESH)
    assert set_pins(ward, by=ward.session("ada")) == NOT_ALLOWED
    phone = By("noor", Via.DEVICE, "noor-phone")
    assert isinstance(set_pins(ward, by=phone), c.Declined)
    assert ward.member("noor").pin_hash == "new"


# Forgotten -------------------------------------------------------------------------------------------------------


def test_two_different_people_take_forgotten_pins_away_and_it_is_told(ward: Ward) -> None:
    teo, ines = ward.session("teo"), ward.session("ines")
    assert reset(ward, teo) == DONE and has_pins(ward)
    assert reset(ward, teo) == DONE and has_pins(ward), "one person is not two"
    ward.restart()
    assert reset(ward, ines) == DONE and not has_pins(ward)
    assert ward.member("noor").duress_pin_hash is None
    assert ward.trail()[-4:] == ["pin_reset_asked"] * 2 + ["pins_reset"] * 2, "to the supervisors and to herself"
    assert set(ward.trail()) <= set(SENTENCES)
    assert set_pins(ward, by=ward.session("noor"), pin="new") == DONE and has_pins(ward)


@pytest.mark.parametrize("name", ["ada", "bo", "noor"])
def test_only_whoever_watches_over_others_vouches(ward: Ward, name: str) -> None:
    assert reset(ward, ward.session(name)) == NOT_ALLOWED


def test_nobody_vouches_for_themself_and_nobody_by_the_command_line(ward: Ward) -> None:
    set_pins(ward, "teo")
    assert reset(ward, ward.session("teo"), "teo") == NOT_ALLOWED
    assert reset(ward, OPERATOR) == NOT_ALLOWED
    assert reset(ward, ward.session("teo", fresh=False)) == c.Declined(problem=c.Problem.NOT_FRESH)
    assert reset(ward, ward.session("teo"), "nobody") == c.Declined(problem=c.Problem.NO_SUCH_MEMBER)


def test_while_an_alert_of_theirs_is_open_two_people_close_that_first(ward: Ward) -> None:
    assert reset(ward, ward.session("teo")) == DONE
    alert = ward.press()
    assert reset(ward, ward.session("ines")) == ALERT_OPEN and has_pins(ward)
    typed(ward, alert, c.PinMatch.REAL)
    assert reset(ward, ward.session("ines")) == DONE and not has_pins(ward)


def test_whoever_is_tied_hears_the_same_and_counts_for_nothing(ward: Ward) -> None:
    ward.change("teo", not_told_about=("noor",))
    assert reset(ward, ward.session("teo")) == DONE and "pin_reset_asked" not in ward.trail()
    ward.press(silent=True)
    assert reset(ward, ward.session("teo")) == DONE, "whether or not an alert is open"


def test_whoever_was_tied_after_vouching_counts_no_more(ward: Ward) -> None:
    reset(ward, ward.session("teo"))
    ward.change("teo", not_told_about=("noor",))
    assert reset(ward, ward.session("ines")) == DONE and has_pins(ward)


def test_in_a_watch_window_one_of_the_two_is_a_coordinator(ward: Ward) -> None:
    ward.change("noor", watch_window=True)
    reset(ward, ward.session("teo"))
    assert reset(ward, ward.session("ines")) == DONE and has_pins(ward)
    assert reset(ward, ward.session("wale")) == DONE and not has_pins(ward)


def test_it_lapses_and_then_counts_for_nothing(ward: Ward) -> None:
    reset(ward, ward.session("teo"))
    ward.wait(PIN_RESET_ASKED_MS)
    assert ward.trail()[-1] == "pin_reset_lapsed"
    assert reset(ward, ward.session("ines")) == DONE and has_pins(ward)
    ward.do(LookAt(org=ORG, kind="pinreset", id="nobody"))


def test_they_themself_or_another_supervisor_say_no(ward: Ward) -> None:
    for name in ("noor", "wale"):
        reset(ward, ward.session("teo"))
        assert ward.do(RefusePinReset(org=ORG, by=ward.session(name), member="noor")) == DONE
        assert ward.trail()[-1] == "pin_reset_refused"
        again = ward.do(RefusePinReset(org=ORG, by=ward.session(name), member="noor"))
        assert again == c.Declined(problem=c.Problem.NO_SUCH_RECORD)
    assert ward.do(RefusePinReset(org=ORG, by=ward.session("bo"), member="noor")) == NOT_ALLOWED
    assert has_pins(ward)
