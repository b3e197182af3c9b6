"""The numbers people answer with: three of one person for one alert (*coming*, *with them*, *cannot*), one for a round.

The first digit says which it is: 1 to 8 answers a real alert, 9 a drill or a reach test, so that no answer to the one
is ever taken for an answer to the other.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence, Sized
from operator import ne

from tocsin.core.dice import Dice

REAL = range(1_000, 9_000)  # Four digits and no leading zero: a phone's keyboard drops those.
PRACTICE = range(9_000, 10_000)  # Of drills and reach tests.
FEW = 16  # With fewer than one in so many free, looking for it is not worth the time of those who wait behind.
DRAWS_FEW = 1
DRAWS_MAX = 4  # With half of all numbers taken, every other draw is refused: then the next one that is free will do.
APART_MIN = 2  # One wrong digit must not turn *cannot* into *coming*.


def _clear(number: str) -> bool:
    """Cannot be read as the emergency number, nor as a fat finger on one key."""
    return "911" not in number and len(set(number)) > 1


# Every press draws three for each person it rings, so what is true of a number for ever is worked out once.
CLEAR_REAL = tuple(number for number in map(str, REAL) if _clear(number))
CLEAR_PRACTICE = tuple(number for number in map(str, PRACTICE) if _clear(number))
DIGITS = {number: "".join(sorted(number)) for number in (*CLEAR_REAL, *CLEAR_PRACTICE)}


def answer_numbers(dice: Dice, taken: Container[str], *, drill: bool = False) -> tuple[str, str, str]:
    """Three random numbers, not in `taken`, none of them one slip away from another.

    `taken`: every number, live or expired, that this contact was ever given.  Should nothing free be left (thousands
    of alerts to one phone), numbers are used again rather than a ring held back.
    """
    among = CLEAR_PRACTICE if drill else CLEAR_REAL
    few = _few_left(taken, among)
    coming = _number(dice, taken, (), among, few=few)
    with_them = _number(dice, taken, (coming,), among, few=few)
    return coming, with_them, _number(dice, taken, (coming, with_them), among, few=few)


def round_number(dice: Dice, taken: Container[str]) -> str:
    """The one number by which somebody says that a drill's or a reach test's message came."""
    return _number(dice, taken, (), CLEAR_PRACTICE, few=_few_left(taken, CLEAR_PRACTICE))


def is_practice(number: str) -> bool:
    """Can this number belong to a drill or a reach test only?"""
    return len(number) == len(str(PRACTICE.start)) and number.isdecimal() and int(number) in PRACTICE


def _number(dice: Dice, taken: Container[str], beside: tuple[str, ...], among: Sequence[str], *, few: bool) -> str:
    """A random one that is free; after a few draws in vain the next free one, so that no press looks through all."""
    for _ in range(DRAWS_FEW if few else DRAWS_MAX):
        number = among[dice.below(len(among))]
        if number not in taken and _apart(number, beside):
            return number
    turned: Iterable[str] = () if few else _turned(dice, among)
    free = (number for number in turned if number not in taken and _apart(number, beside))
    return next(free, None) or _again(dice, beside, among)


def _few_left(taken: Container[str], among: Sequence[str]) -> bool:
    """Is it hopeless to look for a free one?  In a storm of thousands of alerts to the same few people nothing else
    would be done, and presses would be refused."""
    return isinstance(taken, Sized) and len(taken) * FEW >= len(among) * (FEW - 1)


def _again(dice: Dice, beside: tuple[str, ...], among: Sequence[str]) -> str:
    """One that somebody has; the newest alert that gave it out is the one it answers."""
    return next(number for number in _turned(dice, among) if _apart(number, beside))


def _turned(dice: Dice, among: Sequence[str]) -> Iterator[str]:
    """All of them, from a random one on."""
    start = dice.below(len(among))
    return (among[(start + step) % len(among)] for step in range(len(among)))


def _apart(number: str, beside: tuple[str, ...]) -> bool:
    """Is it two slips away from each of the others, and none of them with its digits swapped?"""
    for other in beside:
        swapped = DIGITS[number] == DIGITS[other]
        if swapped or _near(number, other):
            return False
    return True


def _near(number: str, other: str) -> bool:
    """Where the first half differs and the second too, there is no need to count."""
    halves = number[:2] == other[:2] or number[2:] == other[2:]
    return halves and sum(map(ne, number, other)) < APART_MIN
