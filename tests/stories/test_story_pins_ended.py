"""A PIN typed where one may only call for help: none closes, all are answered alike, the duress PIN is never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from people import ORG
from two_towns import Both, Step

from tocsin.core.access.record import OPERATOR, PinTries
from tocsin.core.alert import Alert
from tocsin.core.commands import Declined, PinMatch, Problem, Revoke
from tocsin.core.limits import PIN_MISSES_TOLD
from tocsin.core.words import Came

RAISE_ONLY = Declined(problem=Problem.RAISE_ONLY)
ENDS: dict[str, Step] = {
    "revoked": lambda side: side.town.do(Revoke(org=ORG, by=OPERATOR, device="noor-phone")),
    "suspended": lambda side: side.town.suspend("noor"),
}


@pytest.fixture
def both() -> Iterator[Both]:
    both = Both(restarts=False)
    yield both
    for side in (both.real, both.forced):
        side.town.unheard.clear()


def types(both: Both, match: PinMatch | None = None, *, alert: str | None = None, raise_only: bool = True) -> None:
    """On the phone that was ended: in one town the real PIN, in the other the duress PIN, or in both the same one."""

    both.do(lambda side: side.town.pin(match or side.match, alert=alert, raise_only=raise_only))


def calls(both: Both) -> tuple[list[Alert], Alert]:
    """The alerts that are open in the real town, and the one of the forced town."""
    (forced,) = (alert for alert in both.forced.noor.alerts() if alert.open)
    return [alert for alert in both.real.noor.alerts() if alert.open], forced


def test_beside_an_open_alert_the_real_pin_closes_nothing_and_the_duress_pin_marks_it(both: Both) -> None:
    both.press("help")
    both.at(1)
    types(both)
    (real,), forced = calls(both)
    assert not real.under_duress and forced.under_duress
    assert forced.ringing == real.ringing + 1
    assert both.forced.town.pin(PinMatch.DURESS, raise_only=True) == RAISE_ONLY
    both.at(30)


def test_with_nothing_open_the_duress_pin_raises_one_that_says_how_it_came_and_shows_nowhere(both: Both) -> None:
    types(both, alert="never seen")
    real, forced = calls(both)
    assert real == [] and forced.under_duress and forced.silent and forced.looks_closed
    assert forced.came is Came.REVOKED and {"teo", "bo", "ines", "wale"} <= set(forced.people)
    types(both, alert="never seen")
    assert calls(both)[1].ringing == forced.ringing + 1, "each time it rings again, and it is one alert"
    both.at(30)


def test_of_somebody_suspended_it_goes_to_those_who_may_close_and_to_no_rung_of_the_plan(both: Both) -> None:
    both.do(lambda side: side.town.suspend("noor"))
    types(both, alert="never seen")
    _, forced = calls(both)
    assert forced.suspended and "wale" in forced.people and "teo" not in forced.people
    both.at(30)


def test_after_the_shadow_it_rings_the_alert_that_lives_on(both: Both) -> None:
    both.press("help")
    both.at(1)
    types(both, raise_only=False)
    before = calls(both)[1].ringing
    types(both)
    real, forced = calls(both)
    assert real == [] and forced.looks_closed and forced.ringing == before + 1
    both.at(30)


def test_wrong_ones_are_told_at_an_open_alert_and_shut_nothing(both: Both) -> None:
    both.press("help")
    for _ in range(PIN_MISSES_TOLD):
        types(both, PinMatch.WRONG)
    for side in (both.real, both.forced):
        (alert,) = side.noor.alerts()
        assert alert.notes[-1].text == "three wrong PINs on the worker's device"
        assert side.town.world.kept(alert.org, PinTries, "noor") is None, "no answer told them from the PIN"
    both.at(30)


def test_a_phone_whose_alert_the_server_does_not_know_is_heard_too(both: Both) -> None:
    """Its store came back from an older backup."""
    types(both, alert="forgotten", raise_only=False)
    real, forced = calls(both)
    assert real == [] and forced.under_duress and forced.came is Came.DEVICE
    both.at(30)


def test_a_pin_for_a_colleague_s_alert_is_heard_too(both: Both) -> None:
    both.do(lambda side: replace(side.town.press("teo", key="other"), receipt=""))
    both.do(lambda side: side.town.pin(side.match))
    real, forced = calls(both)
    assert real == [] and forced.under_duress
    assert all(alert.open for alert in both.real.town.world.alerts.values()), "and it closes nothing of theirs"
    both.at(30)


def test_a_phone_that_is_ended_while_the_pin_is_compared_closes_nothing(both: Both) -> None:
    """To compare it takes its time, in which somebody else may end the phone: what it is worth is asked again."""
    both.press("help")
    both.do(ENDS["revoked"])
    both.do(lambda side: side.town.pin(side.match))
    assert both.real.town.pin(PinMatch.REAL) == RAISE_ONLY
    (real,), forced = calls(both)
    assert not real.under_duress and forced.under_duress
    both.at(30)


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("over", [False, True], ids=["on a walk", "after it"])
def test_the_duress_pin_of_a_walk_says_that_it_came_by_a_phone_that_was_ended(both: Both, how: str, over: bool) -> None:
    both.do(lambda side: side.noor.start())
    if over:
        both.do(lambda side: side.noor.home())
    both.do(ENDS[how])
    both.home()
    real, forced = calls(both)
    assert real == [] and forced.under_duress
    assert forced.came is Came.REVOKED and "wale" in forced.people, "the coordinator hears of it at once"
    both.at(30)
