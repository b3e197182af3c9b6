"""Which PIN and duress PIN may be used, and the code that opens open alerts on a call.

The two do opposite things at the worst moment of a life, typed with shaking hands on a small screen.  So they may
not be a slip apart, and neither may be what anybody would guess first.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

from tocsin.core.dice import Dice
from tocsin.core.limits import CALL_CODE_DIGITS, PIN_DISTANCE_MIN, PIN_MAX_DIGITS, PIN_MIN_DIGITS


class PinFault(StrEnum):
    """Why a pair was not taken."""

    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    TRIVIAL = "trivial"
    EMERGENCY = "emergency"
    EQUAL = "equal"
    NEIGHBOURS = "neighbours"
    ONE_BEGINS_THE_OTHER = "one_begins_the_other"
    SHIFTED = "shifted"


SENTENCES = {
    PinFault.NOT_DIGITS: "Use the digits 0 to 9 only.",
    PinFault.WRONG_LENGTH: f"Use {PIN_MIN_DIGITS} to {PIN_MAX_DIGITS} digits.",
    PinFault.TRIVIAL: "Choose digits that are not a row, a repetition or one digit only.",
    PinFault.EMERGENCY: "Choose digits without 911 in them.",
    PinFault.EQUAL: "Choose a duress PIN that differs from the PIN.",
    PinFault.NEIGHBOURS: "Choose two PINs that differ in at least two digits: a slip must not turn one into the other.",
    PinFault.ONE_BEGINS_THE_OTHER: "Choose two PINs of which neither begins or ends with the other.",
    PinFault.SHIFTED: "Choose a duress PIN that is not the PIN moved along or counted up.",
}


def pair_fault(pin: str, duress_pin: str) -> PinFault | None:
    """The first rule that this pair breaks, or None if both may be used.  Nothing of the digits is in the answer."""
    return pin_fault(pin) or pin_fault(duress_pin) or _between(pin, duress_pin)


def pin_fault(pin: str) -> PinFault | None:
    """The first rule that one PIN breaks by itself."""
    if not pin.isascii() or not pin.isdigit():
        return PinFault.NOT_DIGITS
    if not PIN_MIN_DIGITS <= len(pin) <= PIN_MAX_DIGITS:
        return PinFault.WRONG_LENGTH
    if _repeats(pin) or _is_row(pin):
        return PinFault.TRIVIAL
    return PinFault.EMERGENCY if "911" in pin else None


def new_call_code(dice: Dice) -> str:
    """Digits that nobody would guess first, and that are no call for help: never one digit over and over."""
    while True:
        code = "".join(str(dice.below(10)) for _ in range(CALL_CODE_DIGITS))
        if pin_fault(code) is None:
            return code


def _between(pin: str, duress_pin: str) -> PinFault | None:
    if pin == duress_pin:
        return PinFault.EQUAL
    if distance(pin, duress_pin) < PIN_DISTANCE_MIN:
        return PinFault.NEIGHBOURS
    long, short = sorted((pin, duress_pin), key=len, reverse=True)
    if long.startswith(short) or long.endswith(short):
        return PinFault.ONE_BEGINS_THE_OTHER
    return PinFault.SHIFTED if _shifted(pin, duress_pin) else None


def _repeats(pin: str) -> bool:
    """One block over and over: 0000, 1212, 123123."""
    return pin in (pin + pin)[1:-1]


def _steps(pin: str) -> set[int]:
    return {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}


def _is_row(pin: str) -> bool:
    return _steps(pin) in ({1}, {9})


def _shifted(one: str, other: str) -> bool:
    """The same digits moved round, or every digit counted up by the same number."""
    if len(one) != len(other):
        return False
    ups = {(int(theirs) - int(ours)) % 10 for ours, theirs in zip(one, other, strict=True)}
    return other in one + one or len(ups) == 1


def distance(one: str, other: str) -> int:
    """Slips between two strings (Damerau-Levenshtein): a digit wrong, missing, too many, or two neighbours swapped.

    In the restricted form, which never says less than the true distance where that is below two: no pair that is one
    slip apart passes.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, ours in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, theirs in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (ours != theirs))
            if i > 1 and j > 1 and ours == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
