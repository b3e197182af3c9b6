"""A made-up site with a plan: a car park in rows, a building of two floors, a picture beneath, two known points."""

from __future__ import annotations

import io
from typing import Any

from fake_site import FakeSite
from PIL import Image, ImageDraw

Json = dict[str, Any]
NORTH, WEST = 38.9, -77.03  # The upper left corner of the site's sheet.
WIDE_M, HIGH_M = 200.0, 150.0
DEGREE_M = 111_195.0
EAST_M = DEGREE_M * 0.778_243_2  # cos 38.9 degrees.
SHA = "ab" * 32


def box(left: int, top: int, right: int, bottom: int) -> list[list[int]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def place(id: str, name: str, kind: str, outline: list[list[int]], inside: str = "", on: str | None = "") -> Json:
    drawn = on if outline else None
    return {"id": id, "name": name, "label": name, "kind": kind, "inside": inside, "on": drawn, "outline": outline}


def at(x: float, y: float) -> tuple[float, float]:
    """The position of a point of the site's sheet, in units of it."""
    return NORTH - (y / 10_000 * WIDE_M) / DEGREE_M, WEST + (x / 10_000 * WIDE_M) / EAST_M


def known(*corners: tuple[int, int]) -> list[Json]:
    return [{"x": x, "y": y, "lat": at(x, y)[0], "lon": at(x, y)[1]} for x, y in corners]


HALL = [[1000, 4600], [7200, 4600], [7200, 7000], [4800, 7000], [4800, 6500], [1000, 6500]]
PLACES = [
    place("lot", "Car park", "lot", box(300, 300, 7800, 3600)),
    *(
        place(f"row-{row.lower()}", f"Car park, Row {row}", "bay", box(800, top, 7500, top + 500), "lot")
        for row, top in (("A", 450), ("B", 1250), ("C", 1800), ("D", 2700))
    ),
    place("hall", "Watch hall", "building", HALL),
    place("ground", "Ground floor", "floor", [], "hall"),
    place("upper", "Upper floor", "floor", [], "hall"),
    place("north-door", "North door", "door", [[3300, 4600], [3700, 4600]], "ground"),
    place("kitchen", "Kitchen", "room", box(1000, 4600, 2700, 6500), "ground"),
    place("dispatch", "Dispatch", "room", box(500, 500, 6000, 6500), "upper", "upper"),
    place("plant", "Plant room", "room", box(6000, 500, 9500, 6500), "upper", "upper"),
    place("cellar", "Cellar", "room", [], "ground"),
]  # fmt: skip


def draw(site: FakeSite, **fields: Any) -> Json:
    """Give the scripted site its plan; whatever is named replaces that part of it."""
    sheet = {"on": "", "name": "Site", "picture": f"/api/v1/pictures/{SHA}", "width": 1600, "height": 1200}
    floor: Json = {"on": "upper", "name": "Upper floor", "picture": None, "width": 0, "height": 0, "known": []}
    site.pictures[SHA] = picture()
    sheets = [{**sheet, "known": known((0, 0), (10_000, 7_500))}, floor]
    site.plan = {"site": "wren", "name": "Wrenfield County 911", "sheets": sheets, "places": PLACES, **fields}
    return site.plan


def picture() -> bytes:
    """A road and a lawn, and the walls of the building, as somebody's drawing would have them."""
    made = Image.new("RGB", (1600, 1200), "#eef1ee")
    pen = ImageDraw.Draw(made)
    pen.rectangle((1300, 0, 1480, 1200), fill="#c9d0cc")
    pen.rectangle((48, 48, 1248, 576), fill="#f7f8f7", outline="#9aa5a3", width=2)
    for x in range(140, 1200, 28):
        for y in (75, 200, 290, 435):
            pen.line((x, y, x, y + 75), fill="#b6c0be", width=2)
    pen.polygon([(160, 736), (1152, 736), (1152, 1120), (768, 1120), (768, 1040), (160, 1040)], fill="#ffffff")
    held = io.BytesIO()
    made.save(held, "PNG")
    return held.getvalue()


def reports(
    site: FakeSite, fix: tuple[float, float] = (4700, 2300), ago: float = 9, radius: float | None = 18
) -> list[Json]:
    """A planned way, a zone and a fix, each of its own age."""
    lat, lon = at(*fix)
    return [
        {"kind": "planned", "label": "Kitchen", "at": site.stamp(-400)},
        {"kind": "zone", "label": "Car park, row c", "at": site.stamp(-120)},
        {"kind": "fix", "label": None, "lat": lat, "lon": lon, "radius_m": radius, "at": site.stamp(-ago)},
    ]
