"""The demo's organisation is a good one, and it is at work whenever a newcomer opens it."""

from __future__ import annotations

from importlib import resources

import pytest

from tocsin.core.planning import problems
from tocsin.intake.sitefile import read
from tocsin.sandbox.demo_site import demo_directory


@pytest.mark.parametrize("now_ms", [0, 1_795_395_600_000, 4_000_000_000_000])
def test_the_night_shift_covers_now(now_ms: int) -> None:
    directory = demo_directory(now_ms)
    (shift,) = directory.shifts
    assert shift.starts_ms < now_ms < shift.ends_ms
    assert shift.ends_ms - shift.starts_ms == 12 * 3_600_000


def test_nothing_is_wrong_or_weak_in_it() -> None:
    assert problems(demo_directory(0)) == []
    assert read(resources.files("tocsin.sandbox").joinpath("alder.toml").read_bytes()).warnings == ()


def test_every_number_is_a_fictional_one() -> None:
    directory = demo_directory(0)
    numbers = [contact.to for member in directory.members.values() for contact in member.contacts]
    assert len(directory.members) == 9 and all(number.startswith("+120255501") for number in numbers)
