"""Answer numbers: three of them, nobody else's, and no slip apart."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.dice import Dice
from tocsin.core.numbers import answer_numbers, is_practice, round_number

seeds = st.binary(min_size=32, max_size=32)


class Everything:
    """All numbers were given out."""

    def __contains__(self, number: object) -> bool:
        return True


class AllBut:
    """Only these are free."""

    def __init__(self, *free: str) -> None:
        self.free = free

    def __contains__(self, number: object) -> bool:
        return number not in self.free


@given(seeds, st.sets(st.integers(1000, 8999).map(str), max_size=50))
def test_numbers_are_three_of_four_digits_that_nobody_has(seed: bytes, taken: set[str]) -> None:
    numbers = answer_numbers(Dice(seed), taken)
    assert all(len(number) == 4 and number.isdigit() and number[0] != "0" for number in numbers)
    assert not taken & set(numbers)


@given(seeds)
def test_no_number_reads_as_911_or_is_one_key_held_down(seed: bytes) -> None:
    for number in answer_numbers(Dice(seed), ()):
        assert "911" not in number and len(set(number)) > 1


@given(seeds)
def test_one_wrong_or_swapped_digit_never_makes_another_answer(seed: bytes) -> None:
    for one, other in combinations(answer_numbers(Dice(seed), ()), 2):
        assert sum(a != b for a, b in zip(one, other, strict=True)) >= 2
        assert sorted(one) != sorted(other)


def test_a_ring_is_never_held_back_for_want_of_a_number() -> None:
    assert len(set(answer_numbers(Dice(bytes(32)), Everything()))) == 3


def test_the_last_free_numbers_are_found_and_those_that_mislead_stay_out() -> None:
    free = AllBut("9114", "1911", "7777", "2468", "3579", "8024", "9135")
    assert set(answer_numbers(Dice(bytes(32)), free)) == {"2468", "3579", "8024"}


def test_the_same_seed_gives_the_same_numbers() -> None:
    assert answer_numbers(Dice(bytes(32)), ()) == answer_numbers(Dice(bytes(32)), ())


@given(seeds, st.sets(st.integers(9000, 9999).map(str), max_size=50))
def test_the_first_digit_tells_a_drill_from_a_real_alert(seed: bytes, taken: set[str]) -> None:
    real, drill = answer_numbers(Dice(seed), taken), answer_numbers(Dice(seed), taken, drill=True)
    number = round_number(Dice(seed), taken)
    assert not any(map(is_practice, real)) and all(map(is_practice, (*drill, number)))
    assert not taken & {*drill, number} and "911" not in number


def test_what_is_no_number_of_four_digits_is_no_practice() -> None:
    assert not any(map(is_practice, ("", "9", "99999", "9a00", "0900", "\N{SUPERSCRIPT ONE}000")))


class Counted(dict[str, str]):
    """Numbers that were given out; it knows how often somebody looked."""

    looks = 0

    def __contains__(self, number: object) -> bool:
        self.looks += 1
        return super().__contains__(number)


def test_a_storm_that_has_used_up_every_number_costs_each_press_no_search_of_all() -> None:
    taken = Counted({str(number): "alert" for number in range(1_000, 10_000)})
    numbers = answer_numbers(Dice(bytes(32)), taken)
    assert len(set(numbers)) == 3 and set(numbers) <= set(taken)
    assert taken.looks < 200


def test_with_nine_of_ten_numbers_taken_a_free_one_is_found_without_a_search_of_all() -> None:
    dice = Dice(bytes(32))
    taken = Counted({str(1_000 + dice.below(8_000)): "alert" for _ in range(18_000)})
    numbers = answer_numbers(dice, taken)
    assert len(taken) > 7_000 and not set(numbers) & set(taken)
    assert taken.looks < 500
