"""As many at once as the carrier takes without a queue."""

from __future__ import annotations

from tocsin.runtime.rounds.pace import AT_LEAST, AT_MOST, BURST, FIRST, PER_S, Pace


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


def test_a_drill_in_no_hurry_begins_evenly_and_catches_up_a_little_after_it_had_no_processor() -> None:
    pace = Pace()
    began = [sum(pace.allows(0, 1_000 + ms) for _ in range(10_000)) for ms in range(0, 2_000, 10)]
    assert began[0] == BURST and max(began[1:]) <= PER_S // 100 + 1
    assert PER_S * 2 - 20 <= sum(began) <= PER_S * 2 + BURST
    assert sum(pace.allows(0, 60_000) for _ in range(10_000)) == BURST
    assert not pace.allows(0, 59_000), "a clock that went back allows nothing"


def test_no_more_are_on_their_way_than_may_be() -> None:
    pace = Pace()
    assert pace.allows(FIRST - 1, 1_000) and not pace.allows(FIRST, 2_000)
