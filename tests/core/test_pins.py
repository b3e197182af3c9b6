"""PIN pairs: a slip must not be a duress call, and a guess must not close an alert."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.dice import Dice
from tocsin.core.pins import SENTENCES, PinFault, distance, new_call_code, pair_fault, pin_fault

GOOD = "4826"
digits = st.text("0123456789", min_size=4, max_size=12)


@pytest.mark.parametrize(
    ("pin", "fault"),
    [
        ("48a6", PinFault.NOT_DIGITS),
        ("", PinFault.NOT_DIGITS),
        ("٤٨٢٦", PinFault.NOT_DIGITS),
        ("48 26", PinFault.NOT_DIGITS),
        ("482", PinFault.WRONG_LENGTH),
        ("4826482648261", PinFault.WRONG_LENGTH),
        ("0000", PinFault.TRIVIAL),
        ("1212", PinFault.TRIVIAL),
        ("123123", PinFault.TRIVIAL),
        ("1234", PinFault.TRIVIAL),
        ("7890", PinFault.TRIVIAL),
        ("4321", PinFault.TRIVIAL),
        ("9114", PinFault.EMERGENCY),
        (GOOD, None),
    ],
)
def test_a_pin_that_anybody_would_guess_is_refused(pin: str, fault: PinFault | None) -> None:
    assert pin_fault(pin) is fault
    assert pair_fault(pin, "70391") is fault
    assert pair_fault("70391", pin) is fault


@pytest.mark.parametrize(
    ("duress", "fault"),
    [
        ("4826", PinFault.EQUAL),
        ("4827", PinFault.NEIGHBOURS),
        ("48266", PinFault.NEIGHBOURS),
        ("4862", PinFault.NEIGHBOURS),
        ("8426", PinFault.NEIGHBOURS),
        ("482600", PinFault.ONE_BEGINS_THE_OTHER),
        ("004826", PinFault.ONE_BEGINS_THE_OTHER),
        ("8264", PinFault.SHIFTED),
        ("5937", PinFault.SHIFTED),
        ("7039", None),
        ("70391", None),
    ],
)
def test_a_duress_pin_near_the_pin_is_refused(duress: str, fault: PinFault | None) -> None:
    assert pair_fault(GOOD, duress) is fault
    assert pair_fault(duress, GOOD) is fault


def test_every_refusal_says_what_to_do() -> None:
    assert set(SENTENCES) == set(PinFault)
    assert all(sentence.startswith(("Use ", "Choose ")) and sentence.endswith(".") for sentence in SENTENCES.values())


def test_distance_counts_slips() -> None:
    assert distance("1234", "1234") == 0
    assert distance("1234", "1243") == 1
    assert distance("1234", "234") == 1
    assert distance("1234", "5678") == 4
    assert distance("", "12") == 2


class Loaded(Dice):
    """They fall as they were laid."""

    def __init__(self, digits: str) -> None:
        super().__init__(bytes(32))
        self.digits = [int(digit) for digit in digits]

    def below(self, limit: int) -> int:
        assert limit == 10
        return self.digits.pop(0)


def test_a_code_for_calls_that_anybody_would_guess_is_drawn_again() -> None:
    dice = Loaded("000000123456491172482619703")
    assert new_call_code(dice) == "482619" and dice.digits == [7, 0, 3]


@given(digits, digits)
def test_the_rule_has_no_order_and_no_accepted_pair_is_a_slip_apart(one: str, other: str) -> None:
    assert pair_fault(one, other) is None or pair_fault(other, one) is not None
    if pair_fault(one, other) is None:
        assert other not in slips(one)


def slips(pin: str) -> set[str]:
    """Everything one slip of a finger makes of a PIN."""
    left = {pin[:i] + pin[i + 1 :] for i in range(len(pin))}
    wrong = {pin[:i] + digit + pin[i + 1 :] for i in range(len(pin)) for digit in "0123456789"}
    more = {pin[:i] + digit + pin[i:] for i in range(len(pin) + 1) for digit in "0123456789"}
    swapped = {pin[:i] + pin[i + 1] + pin[i] + pin[i + 2 :] for i in range(len(pin) - 1)}
    return left | wrong | more | swapped


@given(digits, st.data())
def test_no_slip_of_a_pin_may_be_its_duress_pin(pin: str, data: st.DataObject) -> None:
    assert pair_fault(pin, data.draw(st.sampled_from(sorted(slips(pin))))) is not None
