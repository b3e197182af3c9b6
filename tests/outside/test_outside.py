"""The real server, seen only from outside, while everything fails that a host can make fail.

Each short night strikes a few faults under load; the long form is `tocsin bench outside`.  No figure in milliseconds is
held here: every try ends in a named outcome, and what was promised holds.
"""

from __future__ import annotations

import pytest
import uvloop

from tocsin.bench.outside.faults import BY_NAME
from tocsin.bench.outside.night import Night, Plan, through

PACE, PATIENCE_S = 15.0, 60.0  # Whoever is silent for that long hangs, however busy the machine is.
TIMED = {"untold"}  # Counts seconds: a figure of the bench, for a machine that is busy has broken no rule.


def lived(*names: str, seed: int = 11) -> Night:
    faults = tuple(BY_NAME[name] for name in names)
    night = uvloop.run(through(Plan(seed, faults, PACE, any(fault.small_disk for fault in faults), PATIENCE_S)))
    assert {name: night.faults[name] for name in names} == {name: names.count(name) for name in names}
    assert {name: count for name, count in night.broken.items() if name not in TIMED} == {}, night
    assert sum(night.tries.values()) >= night.presses > 0 and night.accepted > 0
    return night


@pytest.mark.slow
def test_a_press_outlives_kills_and_stalls_of_the_server() -> None:
    night = lived("kill", "pause", "kill", "pause", "kill")
    assert night.sends_max <= 3 and night.messages >= night.accepted


@pytest.mark.slow
def test_a_press_goes_through_beside_requests_that_never_become_whole() -> None:
    night = lived("half_requests")
    assert night.tries["taken"] == sum(night.tries.values()), "somebody had to press again"


@pytest.mark.slow
def test_a_press_goes_through_when_idle_connections_take_every_descriptor() -> None:
    night = lived("no_descriptors")
    assert night.accepted == night.presses


@pytest.mark.slow
@pytest.mark.fiu
def test_a_disk_that_fails_ends_the_process_and_the_next_one_has_all_that_was_taken() -> None:
    night = lived("failed_sync", "failed_write", "failed_open")
    assert night.starts >= 5, "the process did not end with status 3 and start anew"


@pytest.mark.slow
@pytest.mark.fiu
def test_a_write_for_which_there_is_no_room_is_told_and_the_process_goes_on() -> None:
    assert lived("no_room").tries["refused"] > 0


@pytest.mark.slow
@pytest.mark.tmpfs
def test_a_press_on_a_full_disk_is_refused_in_words_and_taken_after_the_relief() -> None:
    night = lived("full_disk", "full_disk_restart")
    assert night.tries["refused"] > 0 and night.accepted == night.presses


@pytest.mark.slow
@pytest.mark.faketime
def test_a_clock_that_is_set_fires_no_timer_early_and_loses_none() -> None:
    lived("clock_jump")
