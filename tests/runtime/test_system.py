"""The steady clock in all weathers: set forwards, set back, suspended, restarted, rebooted, no room on the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.ports import Clock, Entropy
from tocsin.runtime.system import (
    SAVE_AFTER_SLEW_NS,
    OptimisedPython,
    SteadyClock,
    SystemClocks,
    SystemEntropy,
    refuse_optimised,
)

MS, SECOND, HOUR = 10**6, 10**9, 3_600 * 10**9
NOON_NS = 1_800_000_000 * SECOND


class Weather:
    """Raw clocks that a test moves by hand."""

    def __init__(self, *, drift_ppm: int = 0) -> None:
        self.wall, self.elapsed, self.name, self.drift_ppm = NOON_NS, 77 * SECOND, "boot-1", drift_ppm

    def wall_ns(self) -> int:
        return self.wall

    def elapsed_ns(self) -> int:
        return self.elapsed

    def boot(self) -> str | None:
        return self.name or None

    def pass_ns(self, span: int) -> None:
        self.elapsed += span
        self.wall += span + span * self.drift_ppm // 10**6


def test_it_starts_at_the_wall_clock_and_counts_what_elapses(tmp_path: Path) -> None:
    weather = Weather()
    clock: Clock = SteadyClock(tmp_path, weather)
    assert clock.now_ms() == NOON_NS // MS
    weather.pass_ns(90 * SECOND)
    assert clock.now_ms() == NOON_NS // MS + 90_000


@pytest.mark.parametrize("jump", [SECOND, HOUR, 24 * HOUR, -SECOND, -HOUR, -24 * HOUR])
def test_a_set_clock_fires_no_timer_early_and_holds_none_back(tmp_path: Path, jump: int) -> None:
    weather = Weather()
    clock = SteadyClock(tmp_path, weather)
    before = clock.now_ms()
    weather.wall += jump
    assert clock.now_ms() == before
    weather.pass_ns(120 * SECOND)
    assert abs(clock.now_ms() - before - 120_000) <= 36
    assert abs(clock.jump_ms - jump // MS) <= 36


def test_suspended_time_counts(tmp_path: Path) -> None:
    weather = Weather()
    clock = SteadyClock(tmp_path, weather)
    weather.pass_ns(8 * HOUR)
    assert clock.now_ms() == (NOON_NS + 8 * HOUR) // MS


def test_it_leans_towards_a_clock_that_was_set_right_until_they_agree(tmp_path: Path) -> None:
    weather = Weather()
    clock = SteadyClock(tmp_path, weather)
    weather.wall += SECOND
    for _ in range(60):
        weather.pass_ns(60 * SECOND)
        clock.now_ms()
    assert clock.jump_ms == 0


def test_a_crystal_that_drifts_is_followed(tmp_path: Path) -> None:
    weather = Weather(drift_ppm=100)
    clock = SteadyClock(tmp_path, weather)
    for _ in range(100):
        weather.pass_ns(HOUR)
        clock.now_ms()
    assert clock.jump_ms == 0


def test_a_restart_on_a_machine_that_stayed_up_goes_on_with_the_same_line(tmp_path: Path) -> None:
    weather = Weather()
    before = SteadyClock(tmp_path, weather).now_ms()
    weather.wall -= HOUR
    weather.pass_ns(5 * SECOND)
    assert abs(SteadyClock(tmp_path, weather).now_ms() - before - 5_000) <= 1


def test_a_restart_after_a_long_lean_is_off_by_less_than_a_timer_tolerates(tmp_path: Path) -> None:
    weather = Weather()
    clock = SteadyClock(tmp_path, weather)
    weather.wall += HOUR
    for _ in range(600):
        weather.pass_ns(SECOND)
        before = clock.now_ms()
        assert abs(SteadyClock(tmp_path, weather).now_ms() - before) <= SAVE_AFTER_SLEW_NS // MS + 1


@pytest.mark.parametrize("elapsed", [SECOND, 2 * HOUR])
def test_after_a_reboot_the_wall_clock_is_believed_again(tmp_path: Path, elapsed: int) -> None:
    weather = Weather()
    SteadyClock(tmp_path, weather)
    weather.name, weather.elapsed, weather.wall = "boot-2", elapsed, NOON_NS + HOUR
    assert SteadyClock(tmp_path, weather).now_ms() == (NOON_NS + HOUR) // MS


def test_an_elapsed_count_that_went_back_within_a_boot_is_not_believed(tmp_path: Path) -> None:
    weather = Weather()
    SteadyClock(tmp_path, weather)
    weather.elapsed, weather.wall = 1, NOON_NS + HOUR
    assert SteadyClock(tmp_path, weather).now_ms() == (NOON_NS + HOUR) // MS


@pytest.mark.parametrize("rubbish", [b"", b"\x00\xff", b"[]", b'{"boot":"boot-1"}', b'{"boot":1,"elapsed_ns":"x"}'])
def test_a_damaged_anchor_is_as_good_as_none(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / "clock.json").write_bytes(rubbish)
    assert SteadyClock(tmp_path, Weather()).now_ms() == NOON_NS // MS


def test_no_room_for_the_anchor_is_reported_and_stops_no_clock(tmp_path: Path) -> None:
    weather = Weather()
    clock = SteadyClock(tmp_path / "missing", weather)
    assert not clock.anchor_saved
    weather.pass_ns(SECOND)
    assert clock.now_ms() == NOON_NS // MS + 1_000


def test_an_elapsed_count_that_goes_back_makes_time_stand_and_never_turn(tmp_path: Path) -> None:
    weather = Weather()
    clock = SteadyClock(tmp_path, weather)
    weather.elapsed -= 5 * SECOND
    assert clock.now_ms() == NOON_NS // MS
    weather.elapsed += 6 * SECOND
    assert abs(clock.now_ms() - NOON_NS // MS - 1_000) <= 1


def test_a_machine_without_boot_names_has_a_clock_all_the_same(tmp_path: Path) -> None:
    weather = Weather()
    weather.name = ""
    clock = SteadyClock(tmp_path, weather)
    assert clock.now_ms() == NOON_NS // MS and not clock.anchor_saved and not list(tmp_path.iterdir())


@given(st.lists(st.tuples(st.integers(0, HOUR), st.integers(-24 * HOUR, 24 * HOUR)), max_size=20))
def test_whatever_is_set_it_never_goes_back_and_never_leans_too_far(steps: list[tuple[int, int]]) -> None:
    weather = Weather()
    weather.name = ""
    clock = SteadyClock(Path(), weather)
    for span, jump in steps:
        before = clock.now_ms()
        weather.wall += jump
        weather.pass_ns(span)
        assert abs(clock.now_ms() - before - span / MS) <= span * 300 / 10**6 / MS + 1


def test_the_machine_s_own_clocks_answer(tmp_path: Path) -> None:
    clock = SteadyClock(tmp_path)
    assert 0 <= clock.now_ms() - SystemClocks().wall_ns() // MS + 1_000 <= 2_000
    assert abs(clock.jump_ms) <= 1_000


def test_two_seeds_are_never_the_same() -> None:
    entropy: Entropy = SystemEntropy()
    assert len(entropy.seed()) == 32 and entropy.seed() != entropy.seed()


def test_python_with_its_assertions_off_is_refused() -> None:
    refuse_optimised()
    program = "from tocsin.runtime.system import refuse_optimised; refuse_optimised()"
    run = subprocess.run([sys.executable, "-O", "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 1 and OptimisedPython.__name__ in run.stderr and "PYTHONOPTIMIZE" in run.stderr
