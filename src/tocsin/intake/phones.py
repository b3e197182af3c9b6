"""Phone numbers at the edge: into E.164, and never one that rings an emergency service.

Auto-dialling 911 or its like is unlawful in many places and takes a line from somebody who needs it, so a number is
refused when it is an emergency number in *any* region, also behind a country code, a trunk or an international prefix:
we do not know through which country a carrier will route it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import shortnumberinfo
from phonenumbers.phonemetadata import PhoneMetadata

NUMBER_MAX_CHARS = 64  # E.164 has 15 digits; the rest is room for separators.
EMERGENCY_MAX_DIGITS = 6  # The longest emergency number of any region.
WAYS_ABROAD = ("0", "00", "011", "0011", "010", "009", "810", "8810")  # Also a lone 0, as people write behind a plus.
TRUNKS = ("0", "1", "8")
PREFIX_MAX_DIGITS = 4
OPENERS = ("112", "911", "999", "000")  # Exchanges may connect on these at once, whatever digits follow.
EXTENSION = re.compile(r"(?i)[,;x#*]|ext|poste|p(?=\d)|w(?=\d)")
COUNTRY_CODES = frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def e164(text: str, region: str | None = None) -> str | None:
    """`text` as E.164, read as dialled in `region` unless it starts with +; None where it is no possible number.

    Possible, not assigned: a plan newer than our tables must not cost a colleague their alarm.
    """
    if len(text) > NUMBER_MAX_CHARS or any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") for sign in text):
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or phonenumbers.is_possible_number_with_reason(number) != 0:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=65_536)
def is_emergency(number: str) -> bool:
    """Would this number, dialled from anywhere and through anybody, reach an emergency service?"""
    text = unicodedata.normalize("NFKC", number)[:NUMBER_MAX_CHARS]
    stem = EXTENSION.split(text.lstrip("*# "), maxsplit=1)[0]
    spelled = phonenumbers.convert_alpha_characters_in_number(text)
    return any(digits and _rings_emergency(digits) for digits in {_digits(text), _digits(stem), _digits(spelled)})


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())


def _rings_emergency(digits: str) -> bool:
    if _is_one(digits):
        return True
    if _is_ordinary(digits):
        return False
    return any(_is_one(rest) or rest.startswith("911") for rest in _behind_prefixes(digits))


def _is_one(digits: str) -> bool:
    if len(digits) > EMERGENCY_MAX_DIGITS:
        return False
    return digits.startswith(OPENERS) or _emergency_numbers().fullmatch(digits) is not None


def _is_ordinary(digits: str) -> bool:
    """An assigned full number is not looked into: its tail may well be 911."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + digits))
    except phonenumbers.NumberParseException:
        return False


def _behind_prefixes(digits: str) -> set[str]:
    """What is left of `digits` behind a way abroad, a country code and a trunk prefix, and behind a second such head.

    No longer chains: they would find an emergency number in the tail of any number that our tables do not know yet.
    """
    once = _behind_head({digits})
    again = _behind_head({rest for head in once for rest in _without(head, WAYS_ABROAD)})
    return (once | again) - {digits}


def _behind_head(heads: set[str]) -> set[str]:
    for prefixes in (WAYS_ABROAD, COUNTRY_CODES, TRUNKS):
        heads = heads | {rest for head in heads for rest in _without(head, prefixes)}
    return heads


def _without(digits: str, prefixes: Collection[str]) -> set[str]:
    """`digits` without each of the prefixes that it starts with."""
    starts = (digits[:size] for size in range(1, PREFIX_MAX_DIGITS + 1))
    return {digits[len(start) :] for start in starts if start in prefixes} - {""}


@cache
def _emergency_numbers() -> re.Pattern[str]:
    """The emergency numbers of every region as one pattern."""
    patterns: set[str] = set()
    for region in shortnumberinfo.SUPPORTED_SHORT_REGIONS:
        metadata = PhoneMetadata.short_metadata_for_region(region)
        if metadata and metadata.emergency and metadata.emergency.national_number_pattern:
            patterns.add(metadata.emergency.national_number_pattern)
    return re.compile("|".join(f"(?:{pattern})" for pattern in sorted(patterns)))
