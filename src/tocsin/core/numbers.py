"""The three answer numbers of one person for one alert: *coming*, *with them*, *cannot*."""

from __future__ import annotations

from collections.abc import Container

from tocsin.core.dice import Dice

LOWEST, HIGHEST = 1_000, 9_999  # Four digits and no leading zero: a phone's keyboard drops those.
DRAWS_MAX = 400  # With a handful of numbers taken, one draw in a hundred is refused.
APART_MIN = 2  # One wrong digit must not turn *cannot* into *coming*.


def answer_numbers(dice: Dice, taken: Container[str]) -> tuple[str, str, str]:
    """Three random numbers, not in `taken`, none of them one slip away from another.

    `taken`: every number, live or expired, that this contact was ever given.  Should nothing free be left (thousands
    of alerts to one phone), numbers are used again rather than a ring held back.
    """
    coming = _number(dice, taken, ())
    with_them = _number(dice, taken, (coming,))
    return coming, with_them, _number(dice, taken, (coming, with_them))


def _number(dice: Dice, taken: Container[str], beside: tuple[str, ...]) -> str:
    for _ in range(DRAWS_MAX):
        number = str(LOWEST + dice.below(HIGHEST - LOWEST + 1))
        if number not in taken and _clear(number, beside):
            return number
    every = [str(number) for number in range(LOWEST, HIGHEST + 1) if _clear(str(number), beside)]
    free = [number for number in every if number not in taken] or every
    return free[dice.below(len(free))]


def _clear(number: str, beside: tuple[str, ...]) -> bool:
    """Cannot be read as the emergency number, nor as a fat finger on one key, nor as one of the other two."""
    return "911" not in number and len(set(number)) > 1 and all(_apart(number, other) for other in beside)


def _apart(one: str, other: str) -> bool:
    differing = [index for index in range(len(one)) if one[index] != other[index]]
    return len(differing) >= APART_MIN and sorted(one) != sorted(other)
