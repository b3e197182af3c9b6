"""PINs: what counts as the same, what a stop-watch may not tell, and what hostile text may not do."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.commands import PinMatch
from tocsin.identity import pin as pins
from tocsin.identity.pin import compare_pins, hash_pin

REAL, DURESS = hash_pin("2846"), hash_pin("7315")


def test_each_pin_is_recognised_and_any_other_is_wrong() -> None:
    assert compare_pins("2846", REAL, DURESS) is PinMatch.REAL
    assert compare_pins("7315", REAL, DURESS) is PinMatch.DURESS
    assert compare_pins("2847", REAL, DURESS) is PinMatch.WRONG


FULL_WIDTH, ARABIC = "\uff12\uff18\uff14\uff16", "\u0662\u0668\u0664\u0666"


@pytest.mark.parametrize("typed", ["28 46", " 2846\n", "2-8-4-6", FULL_WIDTH, ARABIC])
def test_blanks_dashes_and_other_scripts_digits_do_not_stand_between_her_and_her_pin(typed: str) -> None:
    assert compare_pins(typed, REAL, DURESS) is PinMatch.REAL


def test_a_pin_nobody_set_matches_nothing() -> None:
    assert compare_pins("2846", None, None) is PinMatch.WRONG
    assert compare_pins("2846", None, DURESS) is PinMatch.WRONG
    assert compare_pins("7315", None, DURESS) is PinMatch.DURESS


def test_one_pin_for_both_counts_as_duress_because_help_must_keep_coming() -> None:
    assert compare_pins("2846", REAL, hash_pin("2846")) is PinMatch.DURESS


def test_a_damaged_stored_hash_matches_nothing_and_raises_nothing() -> None:
    for damaged in ("", "$argon2id$v=19$m=19456,t=2,p=1$x", "plain 2846", REAL[:-4]):
        assert compare_pins("2846", damaged, DURESS) is PinMatch.WRONG
        assert compare_pins("7315", damaged, DURESS) is PinMatch.DURESS


def test_the_same_pin_is_kept_differently_for_two_people_and_never_as_itself() -> None:
    assert hash_pin("2846") != hash_pin("2846")
    assert "2846" not in re.sub(r"\$m=\d+", "", hash_pin("2846", salt=b"s" * 16))


def test_two_hashes_of_one_cost_are_computed_whatever_was_typed_and_set(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting()
    monkeypatch.setattr(pins, "_HASHER", counting)
    for typed in ("2846", "7315", "0000", "", "x" * 5_000):
        for stored in ((REAL, DURESS), (None, DURESS), (REAL, None), (None, None), ("", "x")):
            counting.costs.clear()
            compare_pins(typed, *stored)
            assert counting.costs == ["m=19456,t=2,p=1"] * 2


def test_a_pin_nobody_set_matches_nothing_even_if_the_stand_in_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "_HASHER", Counting(says=True))
    assert compare_pins("2846", None, None) is compare_pins("2846", "", "damaged") is PinMatch.WRONG
    assert compare_pins("2846", REAL, None) is PinMatch.REAL


class Counting:
    """A hasher that always says the same, and notes what it would have cost to find out."""

    def __init__(self, *, says: bool = False) -> None:
        self.costs: list[str] = []
        self.says = says

    def verify(self, stored: str, typed: bytes) -> bool:
        if not stored.startswith("$argon2id$"):
            raise InvalidHashError
        self.costs.append(stored.split("$")[3])
        return self.says


def test_the_stand_in_hash_is_one_that_argon2_really_computes_with() -> None:
    with pytest.raises(Exception, match="does not match"):
        PasswordHasher().verify(pins._NOBODYS_HASH, b"2846")


@given(st.text(alphabet=st.characters(codec=None)) | st.text(alphabet="\ud800\x00\u202e-9 ", max_size=200))
@settings(max_examples=15, deadline=None)
def test_any_text_at_all_is_only_ever_a_wrong_pin(typed: str) -> None:
    assert compare_pins(typed, REAL, DURESS) is PinMatch.WRONG
