"""The call code: printed once, kept as a hash, never a PIN."""

from __future__ import annotations

from pathlib import Path

import pytest
from line import SITE, told, typed

from tocsin.core.dice import Dice
from tocsin.core.limits import CALL_CODE_DIGITS
from tocsin.core.pins import new_call_code, pin_fault
from tocsin.identity.pin import code_matches, hash_pin


@pytest.mark.slow
def test_a_call_code_is_printed_once_and_another_one_takes_its_place(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "site.toml"
    file.write_text(SITE)
    told("apply", str(file), data=data)
    codes = [told("callcode", "w0", data=data) for _ in range(2)]
    assert all(set(code) == {"member", "code"} and len(str(code["code"])) == CALL_CODE_DIGITS for code in codes)
    assert codes[0]["code"] != codes[1]["code"]
    assert str(codes[1]["code"]).encode() not in (data / "tocsin.db").read_bytes()


def test_a_call_code_for_nobody_is_refused_with_words(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "site.toml"
    file.write_text(SITE)
    told("apply", str(file), data=data)
    result = typed("callcode", "nobody", data=data)
    assert result.exit_code == 1 and "no member 'nobody'" in result.output


def test_no_call_code_is_a_row_a_repetition_or_a_call_for_help() -> None:
    codes = [new_call_code(Dice(number.to_bytes(32, "big"))) for number in range(2_000)]
    assert all(pin_fault(code) is None and code.isdigit() and len(code) == CALL_CODE_DIGITS for code in codes)
    assert len(set(codes)) > 1_900


@pytest.mark.slow
def test_codes_are_compared_as_pins_are() -> None:
    kept = hash_pin("407193")
    assert code_matches("407193", kept) and not code_matches("407194", kept)
    assert not code_matches("407193", None) and not code_matches("", kept) and not code_matches("407193", "garbage")
