"""Any name in GSM-7: nothing a person is called may turn an SOS into two segments."""

# ruff: noqa: RUF001 - look-alike letters are what these tests are about.
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.gsm7 import BASIC, EXTENDED, fit, fit_name, has_letters, latin, septets, writable


def test_the_alphabet_has_the_size_the_standard_says() -> None:
    assert len(BASIC) == 127 and len(EXTENDED) == 10  # 128 with the escape itself; the page break is an extension.


def test_an_extension_character_costs_two_septets() -> None:
    assert septets("abc") == 3
    assert septets("€[]") == 6


def test_septets_are_not_counted_of_what_cannot_be_sent() -> None:
    with pytest.raises(AssertionError):
        septets("ł")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Zoë Ørsted", "Zoe Ørsted"),
        ("Łukasz Zieliński", "Lukasz Zielinski"),
        ("Nguyễn Thị Hương", "Nguyen Thi Huong"),
        ("Işık Çağlar", "Isik Çaglar"),
        ("Đorđe Šćepanović", "Dorde Scepanovic"),
        ("Шевченко Ірина", "Shevchenko Irina"),
        ("Γιώργος", "Giorgos"),
        ("ΔΩ", "DO"),
        ("Արամ", "Aram"),
        ("გიორგი", "giorgi"),
        ("نور حداد", "nwr hdad"),
        ("יעל", "yal"),
        ("김민준", "gimminjun"),
        ("やまだ タロウ", "yamada tarou"),
        ("José Núñez", "José Nuñez"),
        ("Jose\u0301", "José"),
        ("ﬁona", "fiona"),
        ("Ｌｏｔ　Ｂ ４", "Lot B 4"),
        ("Room ٤٠٢", "Room 402"),
        ("O’Brien – “Bo”", 'O\'Brien - "Bo"'),
    ],
)
def test_a_name_is_written_so_that_a_colleague_knows_it(name: str, written: str) -> None:
    assert latin(name) == written


def test_what_cannot_be_written_is_one_question_mark() -> None:
    assert latin("王小明 Wang") == "? Wang"
    assert not has_letters(latin("王小明"))


def test_marks_that_turn_or_hide_text_vanish_and_lines_are_folded() -> None:
    assert latin("\u202eMaya\u200b\x00 \r\n\tLind\u2028qvist\ufeff\u2066") == "Maya Lind qvist"


def test_a_lone_surrogate_is_no_error() -> None:
    assert latin("a\ud800b") == "a?b"


@given(st.text())
def test_any_text_becomes_one_writable_line(text: str) -> None:
    written = latin(text)
    assert writable(written)
    assert "\n" not in written and "\r" not in written and "  " not in written and written == written.strip()
    assert latin(written) == written


@given(st.text(), st.integers(0, 60))
def test_fitted_text_is_never_too_long(text: str, limit: int) -> None:
    assert septets(fit(latin(text), limit)) <= limit
    assert septets(fit_name(latin(text), limit)) <= limit


def test_a_cut_shows_and_never_halves_an_extension() -> None:
    assert fit("behind the container", 10) == "behind t.."
    assert fit("abcdef", 3) == "abc"
    assert fit("a€€€€", 6) == "a€.."
    assert fit("€", 1) == ""


def test_a_name_is_cut_at_a_word() -> None:
    assert fit_name("Maya Ann Lindqvist", 12) == "Maya Ann L"
    assert fit_name("Maya Ann Lindqvist", 7) == "Maya A"
    assert fit_name("Lindqvistsdottir", 12) == "Lindqvists.."
    assert fit_name("Lindqvistsdottir Maya", 12) == "Lindqvists.."
