"""Device tokens: unguessable, recognisable, and found again by their hash alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.identity.token import new_token, token_hash


def test_a_token_is_recognisable_and_carries_256_bits() -> None:
    token, kept = new_token(b"s" * 32)
    assert re.fullmatch(r"tocsin_[A-Za-z0-9_-]{43}", token)
    assert re.fullmatch(r"[0-9a-f]{64}", kept) and kept == token_hash(token)


def test_a_token_shows_neither_its_seed_nor_its_hash() -> None:
    seed = bytes(range(32))
    token, kept = new_token(seed)
    assert kept not in token and seed.hex() not in token and new_token(b"s" * 32)[0] != token


def test_a_seed_too_short_to_be_unguessable_is_refused() -> None:
    with pytest.raises(AssertionError):
        new_token(b"short")


@given(st.text(), st.text())
def test_any_text_has_a_hash_and_different_texts_have_different_ones(one: str, other: str) -> None:
    assert (token_hash(one) == token_hash(other)) is (one == other)


def test_text_that_is_no_unicode_is_hashed_too() -> None:
    assert len(token_hash("tocsin_\ud800\x00")) == 64
