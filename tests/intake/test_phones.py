"""Numbers come in as people write them, and no emergency line is ever dialled by a machine."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import shortnumberinfo
from phonenumbers.phonemetadata import PhoneMetadata

from tocsin.intake.phones import COUNTRY_CODES, e164, is_emergency

REGIONS = sorted(shortnumberinfo.SUPPORTED_SHORT_REGIONS)
EXAMPLES = sorted(
    {
        metadata.emergency.example_number
        for region in REGIONS
        if (metadata := PhoneMetadata.short_metadata_for_region(region))
        and metadata.emergency
        and metadata.emergency.example_number
    }
)
MOBILES = [
    phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (example := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
]
WRITTEN = [
    "911",
    "9 1 1",
    "911,,1",
    "911 ext 5",
    "*911",
    "tel:911",
    "tel:+1-911",
    "9111",
    "\uff19\uff11\uff11",
    "\u0669\u0661\u0661",
]
BEHIND = ["+1911", "+1 (911)", "+44999", "+44 0999", "+112", "00112", "+49112", "0011 1 911", "011 44 999", "+1911#"]
DISGUISED = [*WRITTEN, *BEHIND, "112", "+19110000000", "+11911", "+61000"]


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+12025550111", None, "+12025550111"),
        ("(202) 555-0111", "US", "+12025550111"),
        ("\uff0b1 202 555 0111", None, "+12025550111"),
        ("020 7946 0018", "GB", "+442079460018"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, region: str | None, number: str) -> None:
    assert e164(text, region) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "911",
        "2025550111",
        "+1202555",
        "noor",
        "+1202555011122233",
        "+1 2025550111 ext 5",
        "+1\u202e2025550111",
        "1" * 300,
    ],
)
def test_what_is_no_full_number_is_none(text: str) -> None:
    assert e164(text) is None


@pytest.mark.parametrize("number", DISGUISED)
def test_an_emergency_number_is_one_however_it_is_written(number: str) -> None:
    assert is_emergency(number)


@pytest.mark.parametrize("number", ["+12025550111", "+12025550112", "+12025550199", "+442079460999", "", "noor"])
def test_an_ordinary_number_that_ends_like_one_is_none(number: str) -> None:
    assert not is_emergency(number)


def test_a_mobile_of_every_region_may_be_a_contact() -> None:
    assert [number for number in MOBILES if is_emergency(number) or e164(number) != number] == []


def test_every_emergency_number_the_tables_know_is_refused_in_every_region() -> None:
    assert [number for number in EXAMPLES if not is_emergency(number)] == []


@given(
    st.sampled_from(EXAMPLES),
    st.sampled_from([*sorted(COUNTRY_CODES), ""]),
    st.sampled_from(["+", "00", "011", "", "+0"]),
    st.sampled_from(["", "0", "1"]),
    st.text(" -.()/\u00a0", max_size=2),
)
def test_no_prefix_or_separator_hides_an_emergency_number(
    number: str, code: str, way: str, trunk: str, gap: str
) -> None:
    disguised = way + gap + gap.join(code + trunk + number)
    assert is_emergency(disguised)
    assert (plain := e164(disguised)) is None or is_emergency(plain)


@given(st.integers(2_000_000_000, 9_999_999_999).filter(lambda national: national // 10_000_000 != 911))
def test_a_full_number_the_tables_do_not_know_yet_is_not_taken_for_an_emergency(national: int) -> None:
    assert not is_emergency(f"+1{national}")


@given(st.integers(0, 10**7).map(str), st.sampled_from(REGIONS))
def test_whatever_the_tables_call_an_emergency_number_is_one(digits: str, region: str) -> None:
    if shortnumberinfo.is_emergency_number(digits, region):
        assert is_emergency(digits)


@given(st.text(max_size=90), st.sampled_from([None, "US", "GB", "ZZ", ""]))
def test_any_text_gets_an_answer_and_never_a_traceback(text: str, region: str | None) -> None:
    number = e164(text, region)
    assert number is None or (number.startswith("+") and number[1:].isdigit() and e164(number) == number)
    assert is_emergency(text) in (True, False)
