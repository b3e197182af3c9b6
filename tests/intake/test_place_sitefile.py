"""Places in a site file: where they are and how they are drawn, and every slip with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_sitefile import GOOD

from tocsin.core.directory import Place
from tocsin.intake.sitefile import SiteFileWrong, read

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operating" / "places.md"
LOT = 'name = "Lot B"\nkind = "lot"\n'
SQUARE = "[[0, 0], [9, 0], [9, 9], [0, 9]]"


def said(places: str) -> tuple[Place, ...]:
    return read(GOOD.replace(LOT, LOT + places, 1).encode()).directory.places


def test_the_example_of_the_manual_is_a_site_with_a_plan() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    places = read((GOOD.replace('id = "lot-b"', 'id = "lot-c"').replace("Lot B", "Lot C") + example).encode())
    assert {place.id: (place.inside, place.on, len(place.outline)) for place in places.directory.places} == {
        "lot-c": ("", None, 0),
        "house": ("", None, 0),
        "floor-1": ("house", None, 0),
        "north-door": ("floor-1", "floor-1", 2),
        "lot-b": ("", "", 4),
    }


def test_a_file_may_say_nothing_of_where_a_place_is() -> None:
    (lot,) = said("")
    assert (lot.inside, lot.on, lot.outline) == ("", None, ())


def test_an_outline_without_a_sheet_is_on_the_sites_own() -> None:
    (lot,) = said(f"outline = {SQUARE}\n")
    assert (lot.on, lot.outline) == ("", ((0, 0), (9, 0), (9, 9), (0, 9)))


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("outline = [[0, 0], [9, 9], [9, 0], [0, 9]]", "the outline of 'Lot B' crosses or touches itself"),
        ("outline = [[0, 0], [9, 9]]", "the outline of 'Lot B' has too few corners"),
        ('on = "house"', "of 'Lot B' only the outline or the sheet is told"),
        (f'on = "house"\noutline = {SQUARE}', "on names an unknown place 'house'"),
        ('inside = "house"', "inside names an unknown place 'house'"),
        ("outline = [[0, 0], [9, 9, 9]]", "outline must be a list of pairs of whole numbers"),
        ("outline = [[0, 0], [true, 9]]", "outline must be a list of pairs of whole numbers"),
        ("outline = [[0, 0.5]]", "outline must be a list of pairs of whole numbers"),
        ("outline = 7", "outline must be a list of pairs of whole numbers"),
        ('inside = ""', "inside is blank"),
        ("inside = 7", "inside must be a text"),
    ],
)
def test_every_slip_of_a_place_is_told_with_its_line(more: str, what: str) -> None:
    with pytest.raises(SiteFileWrong) as wrong:
        said(more + "\n")
    assert any(what in line for line in wrong.value.lines), wrong.value.lines
    first = GOOD[: GOOD.index("[[place]]")].count("\n") + 1
    assert all(first <= fault.line <= first + 6 for fault in wrong.value.faults)


def test_of_two_places_of_one_name_the_second_is_named() -> None:
    again = f'\n[[place]]\nsite = "centre"\nid = "lot-2"\n{LOT.replace("Lot B", "lot  b")}'
    with pytest.raises(SiteFileWrong) as wrong:
        said(again)
    (fault,) = wrong.value.faults
    text = GOOD.replace(LOT, LOT + again, 1).splitlines()
    assert "also the name of lot-b" in fault.what and text[fault.line - 1] == "[[place]]"
    assert fault.line > GOOD[: GOOD.index("[[place]]")].count("\n") + 1
