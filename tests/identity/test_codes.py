"""Recovery codes as people copy them from a card: read kindly, kept as hashes, compared in the same time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.limits import RECOVERY_CODES
from tocsin.identity import codes

SEED = bytes(range(32))


def test_a_set_has_ten_different_codes_that_nobody_misreads() -> None:
    made = codes.new_codes(SEED)
    assert len(set(made)) == RECOVERY_CODES
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code) for code in made)
    assert made == codes.new_codes(SEED) != codes.new_codes(bytes(32))


def test_a_code_is_found_however_it_is_typed() -> None:
    made = ("0123A-BCDEF", "7K2QD-9XWM3")
    kept = codes.hash_codes(made, SEED)
    assert codes.matching("o I2-3aBc def ".replace(" ", ""), kept) == kept[0]
    assert codes.matching(" 7k2qd 9xwm3", kept) == kept[1]
    assert codes.matching("7K2QD-9XWM4", kept) == ""


def test_what_is_kept_has_no_code_in_it_and_another_salt_each_time() -> None:
    made = codes.new_codes(SEED)[:1]
    one, other = codes.hash_codes(made, SEED), codes.hash_codes(made, bytes(32))
    assert made[0] not in one[0] and one != other
    assert one[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_try_costs_as_much_where_there_are_no_codes() -> None:
    assert codes.matching("7K2QD-9XWM3", ()) == ""


@pytest.mark.slow
@given(st.text(max_size=200))
@settings(max_examples=10, deadline=None)
def test_anything_may_be_typed(typed: str) -> None:
    assert codes.matching(typed, codes.hash_codes(("7K2QD-9XWM3",), SEED)) == ""
