"""The grounds of the invented office: a building with a floor and a room, a car park; and how their forms are sent."""

from __future__ import annotations

import html
import re
from typing import Any

from bureau import ORG, SITE, Browser
from staff import Staffed
from tocsin.core.access.place_record import PlaceCode, PlanSheet
from tocsin.core.directory import Place
from tocsin.web.office.place_words import corners

PLACES, PLACE, SHEET = "/office/places", "/office/places/place", "/office/places/sheet"
SQUARE = "10 10\n30 10\n30 30\n10 30"


class Grounds(Staffed):
    """A building with a floor and a room on it, and a car park, of which nothing is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.place(
            Place(SITE, "main", "Main building", "building"),
            Place(SITE, "floor-2", "Floor 2", "floor", "main"),
            Place(SITE, "room-1", "Room 1", "room", "floor-2"),
            Place(SITE, "lot-b", "Lot B", "lot"),
        )

    def at(self, id: str) -> Place:
        return next(place for place in self.directory.places if (place.site, place.id) == (SITE, id))

    def has(self, id: str) -> bool:
        return any(place.id == id for place in self.directory.places)

    def draw(self, id: str, outline: str = SQUARE, on: str = "") -> None:
        change = {"on": on, "outline": corners(outline)}
        self.place(*(_with(place, change) if place.id == id else place for place in self.directory.places))

    def sheet(self, on: str = "") -> PlanSheet | None:
        return self.world.all_kept(ORG, PlanSheet).get(f"{SITE}/{on}")

    def codes(self) -> dict[str, str]:
        return {code.place: code.id for code in self.world.all_kept(ORG, PlaceCode).values() if code.open}


def _with(place: Place, change: dict[str, Any]) -> Place:
    return Place(**{**{name: getattr(place, name) for name in place.__struct_fields__}, **change})


def fields(page: str, action: str) -> dict[str, str]:
    """What the form that is sent to `action` has in it, hidden or shown."""
    found = re.search(rf'<form method="post" action="{action}".*?</form>', page, re.S)
    assert found, f"no form for {action}"
    form = found[0]
    shown = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    texts = dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    chosen = re.findall(r'<select[^>]* name="([^"]+)".*?<option value="([^"]*)" selected', form, re.S)
    told = {**shown, **texts, **dict(chosen)}
    return {name: html.unescape(value) for name, value in told.items() if name != "form_token"}


def sent(browser: Browser, path: str, action: str, **typed: str) -> Any:
    return browser.post(action, {**fields(browser.get(path).text, action), **typed})


def of(place: str) -> str:
    return f"{PLACE}?site={SITE}&place={place}"


def table(place: str, on: str = "") -> str:
    return f"{SHEET}?site={SITE}&on={on}&place={place}"
