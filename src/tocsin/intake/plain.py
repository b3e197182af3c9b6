"""Words, moments and numbers from outside, made harmless: nothing here raises, what cannot be used is None."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import UTC, datetime, timedelta

from tocsin.core.limits import KEY_MAX_CHARS

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
FIRST_MS, LAST_MS = -62_135_596_800_000, 253_402_300_799_999  # What a calendar can write, in UTC.
DROPPED = frozenset({"Cc", "Cs"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def words(value: object, max_chars: int) -> tuple[str | None, bool]:
    """Text without control characters, lone surrogates and marks that turn the direction; and whether it was cut.

    Line breaks become blanks: one note is one line, in a log of notes and in a text message.
    """
    if not isinstance(value, str):
        return None, False
    text = value if value.isprintable() else "".join(map(_harmless, value))
    text = text.strip()
    return text[:max_chars].rstrip() or None, len(text) > max_chars


def _harmless(sign: str) -> str:
    if sign in "\n\r\t":
        return " "
    return "" if sign in BIDI or unicodedata.category(sign) in DROPPED else sign


def moment_ms(value: object) -> int | None:
    """RFC 3339 as milliseconds since 1970 UTC; a time without a zone is read as UTC."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        at = datetime.fromisoformat(value)
        since_ms = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MS
        return min(max(since_ms, FIRST_MS), LAST_MS)
    except (ValueError, OverflowError):
        return None


def number(value: object, low: float, high: float) -> float | None:
    """A number between two bounds; what is no number or not finite is between none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high else None


def kept_key(given: str) -> str:
    """A name that somebody else chose, as we keep it: hashed where it is long or odd, never refused."""
    if len(given) <= KEY_MAX_CHARS and given.isprintable():
        return given
    return f"sha256:{hashlib.sha256(given.encode('utf-8', 'surrogatepass')).hexdigest()}"


def count_in(text: str | None, most: int) -> int:
    """A number of ours from an address; what is none counts as nothing."""
    return min(int(text), most) if text and text.isascii() and text.isdigit() and len(text) <= 6 else 0
