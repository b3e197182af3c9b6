"""Codes of links: nobody makes one without the key, none is another's, and a thumb types it in its own way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.rung_link import ALERT_SIGNS, CODE_SIGNS, KEY_BYTES, SIGNS, LinkFor, alert_signs, code_of, read_code

KEY = bytes(range(KEY_BYTES))
words = st.text(max_size=12)
wanted = st.tuples(words, words, words, st.sampled_from(LinkFor), st.integers(0, 20))


def test_a_code_is_what_it_was() -> None:
    """Links that are in people's phones open after every restart, and after every release."""
    assert code_of(KEY, "alder", "a1", "teo", LinkFor.RUNG, 0) == "CP25DA20NK2NE9TP"


@given(wanted, wanted)
def test_two_codes_are_one_only_if_all_that_they_are_of_is_one(
    one: tuple[str, str, str, LinkFor, int], other: tuple[str, str, str, LinkFor, int]
) -> None:
    same = code_of(KEY, *one) == code_of(KEY, *other)
    assert same == (one == other)
    assert code_of(KEY, *one) != code_of(KEY[::-1], *one)


def test_parts_that_run_together_make_no_other_part() -> None:
    assert code_of(KEY, "o", "a1", "b", LinkFor.RUNG, 0) != code_of(KEY, "o", "a", "1b", LinkFor.RUNG, 0)


@given(wanted)
def test_a_code_begins_as_every_code_of_its_alert(asked: tuple[str, str, str, LinkFor, int]) -> None:
    made = code_of(KEY, *asked)
    assert made[:ALERT_SIGNS] == alert_signs(KEY, asked[0], asked[1])
    assert len(made) == CODE_SIGNS and set(made) <= set(SIGNS)
    assert read_code(f" {made.lower()}\n") == made


def test_letters_that_look_like_figures_are_those_figures() -> None:
    assert read_code("oil0123456789abc") == "0110123456789ABC"


@pytest.mark.parametrize(
    "text", ["", "0" * 15, "0" * 17, "U" * 16, "../../etc/passwd", "0123456789ABCDE\x00", "é" * 16]
)
def test_what_can_be_no_code_is_none(text: str) -> None:
    assert read_code(text) is None
