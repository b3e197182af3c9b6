"""Chance as a value: the same seed gives the same draws, and the draws are what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.dice import Dice

SEED = bytes(32)


@given(seed=st.binary(min_size=16, max_size=64), counts=st.lists(st.integers(1, 32), max_size=200))
def test_the_same_seed_gives_the_same_draws_however_many(seed: bytes, counts: list[int]) -> None:
    one, other = Dice(seed), Dice(seed)
    for count in counts:
        drawn = one.bytes(count)
        assert drawn == other.bytes(count) and len(drawn) == count


def test_two_seeds_give_different_draws() -> None:
    assert Dice(SEED).bytes(32) != Dice(bytes([1] * 32)).bytes(32)


def test_draws_go_on_past_one_block_without_repeating() -> None:
    dice = Dice(SEED)
    drawn = [dice.bytes(32) for _ in range(300)]
    assert len(set(drawn)) == 300


@given(limit=st.integers(1, 10_000))
def test_a_number_is_below_its_limit(limit: int) -> None:
    dice = Dice(SEED)
    assert all(0 <= dice.below(limit) < limit for _ in range(20))


@given(now_ms=st.integers(0, 2**48 - 1))
def test_an_id_is_a_uuid_of_version_seven_that_carries_its_time(now_ms: int) -> None:
    text = Dice(SEED).uuid7(now_ms)
    assert [len(part) for part in text.split("-")] == [8, 4, 4, 4, 12]
    value = int(text.replace("-", ""), 16)
    assert value >> 80 == now_ms and value >> 76 & 0xF == 7 and value >> 62 & 0b11 == 0b10


def test_ids_grow_with_time_and_differ_in_one_instant() -> None:
    dice = Dice(SEED)
    ids = [dice.uuid7(now_ms) for now_ms in (1, 1, 1, 2, 3)]
    assert len(set(ids)) == 5 and ids == sorted(ids)


def test_the_ids_of_one_decision_grow_however_many_there_are() -> None:
    dice = Dice(SEED)
    ids = [dice.uuid7(7) for _ in range(5_000)]
    assert len(set(ids)) == len(ids) and ids == sorted(ids)


def test_the_ids_of_two_decisions_in_one_instant_differ() -> None:
    ids = [Dice(bytes([number]) * 32).uuid7(7) for number in range(100)]
    assert len(set(ids)) == 100


def test_a_seed_that_could_be_guessed_is_no_seed() -> None:
    with pytest.raises(AssertionError):
        Dice(b"short")
    for count in (0, 33):
        with pytest.raises(AssertionError):
            Dice(SEED).bytes(count)
