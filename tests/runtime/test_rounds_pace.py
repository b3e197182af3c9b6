"""As many at once as the carrier takes without a queue."""

from __future__ import annotations

from tocsin.runtime.rounds.pace import AT_LEAST, AT_MOST, Pace


def carried(base_ms: float, places: int, sends: int = 20_000) -> Pace:
    """A carrier that takes `base_ms` for each of `places` at once, and makes the others wait."""
    pace = Pace()
    for _ in range(sends):
        pace.took(base_ms * max(1.0, pace.most / places))
    return pace


def test_a_carrier_far_away_is_given_hundreds() -> None:
    assert carried(120.0, 10_000, 5_000).most == AT_MOST


def test_a_busy_one_is_given_no_more_than_it_takes_in_a_while() -> None:
    assert AT_LEAST <= carried(20.0, 10).most <= 40


def test_one_that_stalls_is_given_a_handful_and_more_again_when_it_recovers() -> None:
    pace = carried(20.0, 10_000)
    least = most = pace.most
    for _ in range(2_000):
        pace.took(5_000.0)
        least = min(least, pace.most)
    assert least == AT_LEAST
    for _ in range(40_000):
        pace.took(20.0)
        most = max(most, pace.most)
    assert most == AT_MOST
