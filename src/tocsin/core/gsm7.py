"""The GSM 7-bit alphabet: how long a text is on the air, and how any name is written in it.

One character outside this alphabet turns a whole SMS into UCS-2 with 70 characters a segment, and a two-segment SOS
may arrive in halves.  So everything is written in Latin letters, and what cannot be written shows as `?`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import accumulate

from tocsin.core.romanise import LETTERS, romanised

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # Each costs an escape and itself: two septets.
WRITABLE = BASIC | EXTENDED
KEPT = WRITABLE - frozenset("\n\r\fΔΦΓΛΩΠΨΣΘΞ")  # What `latin` leaves as it is.
UNWRITABLE = "?"
CUT = ".."


def writable(text: str) -> bool:
    """Can every character of `text` be sent in GSM-7?"""
    return WRITABLE.issuperset(text)


def septets(text: str) -> int:
    """Length of a GSM-7 text on the air.  `text` must be writable."""
    assert writable(text), "write the text with latin() first"
    return len(text) + sum(map(EXTENDED.__contains__, text))


def latin(text: str) -> str:
    """`text` on one line in Latin letters that GSM-7 has; never raises, whatever the text contains.

    Accents are kept where GSM-7 has the letter and dropped where it has not; direction marks, zero-width characters
    and control characters vanish; line ends and runs of blanks become one blank; what is left over becomes one `?`.
    """
    written = "".join(map(letter, unicodedata.normalize("NFC", text)))
    while UNWRITABLE * 2 in written:
        written = written.replace(UNWRITABLE * 2, UNWRITABLE)
    return " ".join(written.split())


@lru_cache(maxsize=4096)
def letter(char: str) -> str:
    """One character of any script in Latin letters: none, one or several."""
    if char in KEPT:
        return char
    known = LETTERS.get(char)
    if known is not None:
        return known
    category = unicodedata.category(char)
    if char.isspace():
        return " "
    if category in ("Cc", "Cf", "Mn", "Me"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return romanised(char) or _taken_apart(char)


def _taken_apart(char: str) -> str:
    parts = unicodedata.normalize("NFKD", char)
    return UNWRITABLE if parts == char else "".join(map(letter, parts))


def has_letters(text: str) -> bool:
    """Is there anything in a `latin` text that a reader could recognise a name by?"""
    return any(char.isalnum() for char in text)


def fit(text: str, limit: int) -> str:
    """The beginning of a writable text in at most `limit` septets; a cut shows as two full stops."""
    if septets(text) <= limit:
        return text
    if limit <= len(CUT) + 1:
        return _head(text, limit)
    return _head(text, limit - len(CUT)).rstrip() + CUT


def fit_name(name: str, limit: int) -> str:
    """As much of a person's name as `limit` septets hold: whole words, then an initial ("Maya L")."""
    if septets(name) <= limit:
        return name
    words = name.split()
    for count in range(len(words) - 1, 0, -1):
        short = " ".join([*words[:count], words[count][0]])
        if septets(short) <= limit:
            return short
    return fit(name, limit)


def _head(text: str, limit: int) -> str:
    used = accumulate(2 if char in EXTENDED else 1 for char in text)
    return text[: sum(septets_so_far <= limit for septets_so_far in used)]
