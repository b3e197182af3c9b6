"""The name of a place on its sheet stands where there is room for it, across and down."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.directory import Place
from tocsin.web.office.place_labels import label_of

LOT = Place("centre", "lot-b", "Lot B", "lot", outline=((3600, 5000), (9400, 5000), (9400, 6600), (3600, 6600)))
BAYS = [
    replace(LOT, id=f"bay-{n}", outline=((x, 5900), (x + 700, 5900), (x + 700, 6500), (x, 6500)))
    for n, x in enumerate(range(3900, 9000, 900))
]


def test_it_stands_above_the_bays_and_not_across_their_lines() -> None:
    """A row of bays leaves a strip: in the middle of the strip, not a hair above the bays."""
    _, y, room, high = label_of(LOT, BAYS)
    assert y + high / 2 <= 5900 and y - high / 2 >= 5000
    assert high >= 400 and room >= 4 * high


def test_where_nothing_is_in_it_it_stands_in_the_middle() -> None:
    x, y, _, _ = label_of(LOT, [])
    assert (x, y) == (6500, 5800)
