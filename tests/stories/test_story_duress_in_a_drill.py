"""The duress PIN in one's own drill: the drill is over as by the other PIN, and the call for help is real (I24)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from two_towns import Both

from tocsin.core.alert import Alert
from tocsin.core.limits import PIN_MISSES_HOUR_MAX
from tocsin.core.particulars import PinMatch
from tocsin.core.words import Kind


@pytest.fixture(params=[False, True], ids=["plain", "in a watch window"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    both = Both(restarts=False, watched=request.param)
    both.do(lambda side: replace(side.town.press(key="drill", drill=True), receipt=""))
    both.at(1)
    yield both
    both.at(30)
    both.over()


def drill_of(alerts: list[Alert]) -> Alert:
    return next(alert for alert in alerts if alert.drill)


def test_it_raises_a_real_alert_that_shows_nowhere_and_nobody_takes_it_for_a_drill(both: Both) -> None:
    both.do(lambda side: side.town.pin(side.match))
    assert [alert.open for alert in both.real.noor.alerts() if not alert.drill] == []
    (real,) = (alert for alert in both.forced.noor.alerts() if not alert.drill)
    assert real.open and real.kind is Kind.SOS and real.under_duress and real.silent and real.looks_closed
    assert not drill_of(both.forced.noor.alerts()).under_duress
    assert "teo" in real.people


def test_it_is_typed_again_when_the_drill_is_over_and_rings_again(both: Both) -> None:
    for _ in range(2):
        both.do(lambda side: side.town.pin(side.match, alert=drill_of(side.noor.alerts()).id))
    (real,) = (alert for alert in both.forced.noor.alerts() if not alert.drill)
    assert real.ringing >= 2


def test_it_is_heard_after_too_many_wrong_ones_too(both: Both) -> None:
    for _ in range(PIN_MISSES_HOUR_MAX):
        both.do(lambda side: side.town.pin(PinMatch.WRONG))
    both.do(lambda side: side.town.pin(side.match))
    assert drill_of(both.forced.noor.alerts()).open, "none is taken now"
    assert any(alert.under_duress and not alert.drill for alert in both.forced.noor.alerts())
    assert not any(alert.under_duress for alert in both.real.noor.alerts())
