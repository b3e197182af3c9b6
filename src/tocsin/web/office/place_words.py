"""Places in words: what kind they are, where they are, how much of them is drawn, and corners as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tocsin.core.directory import Place
from tocsin.core.ground import KnownFault
from tocsin.core.outline import Corner
from tocsin.core.place import way_up
from tocsin.web.office.rooms import Office
from tocsin.web.speaking import Say, words

KINDS: Mapping[str, str] = {
    "building": words("Building"),
    "floor": words("Floor of a building"),
    "room": words("Room"),
    "door": words("Door"),
    "lot": words("Car park"),
    "bay": words("Bay"),
    "site": words("The whole site"),
}
KNOWN: Mapping[KnownFault, str] = {
    KnownFault.NOT_TWO: words("Two points are needed, or none."),
    KnownFault.OUTSIDE: words("A point lies outside of the sheet. Set it anew."),
    KnownFault.NOWHERE: words("That is no position. Latitude goes from -89 to 89, longitude from -180 to 180."),
    KnownFault.TOO_CLOSE: words("The two points are too close together: a small slip would turn the whole sheet."),
    KnownFault.TOO_FAR: words("The two points are more than 50 km apart. Look at the digits."),
}
CORNER = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)[\s;]+(\d{1,4}(?:[.,]\d{1,2})?)")
BLANK = words("Blank paper")
OWN_SHEET = words("The site's own sheet")


def kind_word(say: Say, kind: str) -> str:
    """Of a kind that is none of ours, as it stands in the file."""
    return say(KINDS[kind]) if kind in KINDS else kind


def where(say: Say, places: Mapping[str, Place], place: Place) -> str:
    """`Floor 2, Main building`; of what is directly in the site nothing."""
    return ", ".join(over.name for over in way_up(places, place))


def how_drawn(office: Office, place: Place) -> str:
    """In words, for two versions beside each other; nothing of one that is not drawn."""
    corners = len(place.outline)
    if not corners:
        return ""
    if corners == 1:
        return office.visit._("a point")
    if corners == 2:
        return office.visit._("a line")
    return office.ngettext("%(num)s corner", "%(num)s corners", corners)


def hundredths(n: int) -> str:
    """Of the sheet's width: 3405 is 34.05, 3400 is 34."""
    return f"{n / 100:g}" if n % 100 else str(n // 100)


def written(outline: Sequence[Corner], between: str = "\n") -> str:
    """A corner on each line, as `corners` reads them."""
    return between.join(f"{hundredths(x)} {hundredths(y)}" for x, y in outline)


def corners(text: str) -> tuple[Corner, ...] | None:
    """What was typed, in the units of outlines; None: a line of it is no corner."""
    found = [CORNER.fullmatch(line.strip()) for line in text.splitlines() if line.strip()]
    if not all(found):
        return None
    return tuple((units(match[1]), units(match[2])) for match in found if match)


def units(number: str) -> int:
    return round(float(number.replace(",", ".")) * 100)
