"""A plan from a file: read, shown, and nothing changed until somebody confirms it; GeoJSON with what cannot be used."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from PIL import Image, ImageDraw

from bureau import HEADERS, PUBLIC_URL, SITE, Browser, browser_of, frame_of
from grounds import PLACES, SHEET, SQUARE, Grounds, fields, sent, table
from tocsin.core.directory import Place
from tocsin.core.limits import BODY_MAX_BYTES, DRAFT_KEPT_MS, DRAFTS_MAX, DRAFTS_OF_ONE_MAX, DRAWING_FORM_MAX_BYTES
from tocsin.runtime.drawings.reading import read
from tocsin.runtime.drawings.shapes import Read
from tocsin.web.office import place_shapes
from tocsin.web.office.handlers import office_handlers
from tocsin.web.office.rooms import services_of
from tocsin.web.reader import form_token

UPLOAD, CONFIRM, BLANK = f"{PLACES}/upload", f"{PLACES}/upload/confirm", f"{PLACES}/blank"
LAT, LON = 41.879, -87.636


def png(width: int = 400, height: int = 200) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((20, 20, 120, 90), outline="black", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def box(left: float, down: float, wide: float = 0.0004) -> list[list[list[float]]]:
    west, north = LON + left, LAT - down
    east, south = west + wide, north - wide
    return [[[west, north], [east, north], [east, south], [west, south], [west, north]]]


def feature(kind: str, coordinates: Any, /, **told: str) -> dict[str, Any]:
    return {"type": "Feature", "properties": told, "geometry": {"type": kind, "coordinates": coordinates}}


def geojson(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


async def here(content: bytes) -> Read:
    """Read in this process: what it is is shown, not how it is stopped."""
    return read(content)


class Studio(Grounds):
    def __init__(self) -> None:
        super().__init__()
        self.services = replace(services_of(self, self, PUBLIC_URL), read_drawing=here)

    def browser(self, member: str = "teo", language: str = "en") -> Browser:
        return browser_of(self, office_handlers(frame_of(self), self.services), member, language)


@pytest.fixture
def studio() -> Studio:
    return Studio()


@pytest.fixture
def teo(studio: Studio) -> Browser:
    return studio.browser()


def chosen(browser: Browser, content: bytes, name: str = "plan.png", on: str = "") -> httpx.Response:
    typed = {"form_token": form_token(browser.token), "site": SITE, "on": on}
    return browser.client.post(UPLOAD, data=typed, files={"file": (name, content)}, headers=HEADERS)


def confirmed(browser: Browser, shown: httpx.Response) -> httpx.Response:
    return browser.post(CONFIRM, fields(shown.text, CONFIRM))


# Pictures --------------------------------------------------------------------------------------------------------


def test_a_picture_is_shown_and_is_the_sheet_once_it_is_confirmed(studio: Studio, teo: Browser) -> None:
    shown = chosen(teo, png())
    assert shown.status_code == 200 and "Nothing is changed yet" in shown.text and studio.sheet() is None
    address = re.search(r'<image href="([^"]+)"', shown.text)
    assert address is not None
    seen = teo.get(address[1])
    assert seen.headers["content-type"] == "image/png" and Image.open(io.BytesIO(seen.content)).size == (400, 200)
    answer = confirmed(teo, shown)
    sheet = studio.sheet()
    assert answer.status_code == 303 and sheet is not None and (sheet.width, sheet.height) == (400, 200)
    page = teo.get(answer.headers["location"]).text
    assert (
        f'href="/api/v1/pictures/{sheet.picture}"' in page and "plan.png" in page and 'viewBox="0 0 10000 5000"' in page
    )


@pytest.mark.slow
def test_a_drawing_becomes_a_picture_and_says_what_did_not_come_along(studio: Studio, teo: Browser) -> None:
    drawing = b"""<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><script>steal()</script>
      <rect x="20" y="20" width="100" height="80" fill="none" stroke="black" stroke-width="4"/></svg>"""
    shown = chosen(teo, drawing, "ground floor.svg")
    assert shown.status_code == 200 and "Not on the picture" in shown.text and "steal" not in shown.text
    assert confirmed(teo, shown).status_code == 303
    sheet = studio.sheet()
    assert sheet is not None and sheet.picture


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Choose a file."),
        (b"GIF89a" + b"0" * 50, "GIF"),
        (b"plain words", "no PNG, SVG or GeoJSON"),
        (png()[:99], "damaged"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(studio: Studio, teo: Browser, content: bytes, told: str) -> None:
    answer = chosen(teo, content)
    assert answer.status_code == 422 and told in answer.text and 'id="fault-file"' in answer.text
    assert studio.sheet() is None


def test_a_file_larger_than_any_plan_is_not_taken(teo: Browser) -> None:
    assert DRAWING_FORM_MAX_BYTES > BODY_MAX_BYTES
    assert chosen(teo, b"0" * (DRAWING_FORM_MAX_BYTES + 1)).status_code == 413


def test_a_new_picture_leaves_the_outlines_and_names_those_that_lie_outside(studio: Studio, teo: Browser) -> None:
    studio.draw("lot-b", "10 60\n30 60\n30 69\n10 69")
    studio.draw("main", SQUARE)
    shown = chosen(teo, png())
    assert "2 outlines stay where they are" in shown.text and "Outside of it would lie: Lot B" in shown.text
    assert "M1000 1000L3000 1000" in shown.text, "they are shown upon it"
    confirmed(teo, shown)
    assert len(studio.at("lot-b").outline) == 4


def test_a_picture_in_place_of_another_says_which_goes(studio: Studio, teo: Browser) -> None:
    confirmed(teo, chosen(teo, png(), "old plan.png"))
    assert "old plan.png, goes" in chosen(teo, png(500, 200), "new plan.png").text


# Two at once -----------------------------------------------------------------------------------------------------


def test_two_who_set_a_sheet_the_second_sees_it_anew(studio: Studio, teo: Browser) -> None:
    mine = chosen(teo, png())
    ada = studio.browser("ada")
    confirmed(ada, chosen(ada, png(500, 200), "hers.png"))
    answer = confirmed(teo, mine)
    assert answer.status_code == 409 and "somebody changed the sheet meanwhile" in answer.text
    assert "hers.png, goes" in answer.text
    assert confirmed(teo, answer).status_code == 303
    sheet = studio.sheet()
    assert sheet is not None and sheet.name == "plan.png"


def test_what_was_read_is_kept_for_an_hour_and_for_whoever_chose_it(studio: Studio, teo: Browser) -> None:
    shown = chosen(teo, png())
    carried = fields(shown.text, CONFIRM)
    stolen = studio.browser("ada").post(CONFIRM, carried)
    assert stolen.status_code == 422 and "Choose the file again" in stolen.text
    assert studio.browser("ada").get(f"{PLACES}/drafts/{carried['draft']}").status_code == 404
    studio.clock.ms += DRAFT_KEPT_MS + 1
    assert "nothing was changed" in teo.post(CONFIRM, carried).text and studio.sheet() is None


def test_a_draft_that_was_used_is_gone(studio: Studio, teo: Browser) -> None:
    carried = fields(chosen(teo, png()).text, CONFIRM)
    assert teo.post(CONFIRM, carried).status_code == 303
    assert teo.post(CONFIRM, carried).status_code == 422


def test_no_more_is_kept_than_fits_into_memory(studio: Studio, teo: Browser) -> None:
    first = fields(chosen(teo, png()).text, CONFIRM)
    for n in range(DRAFTS_OF_ONE_MAX):
        chosen(teo, png(300 + n, 200))
    assert teo.get(f"{PLACES}/drafts/{first['draft']}").status_code == 404
    drafts = studio.services.drafts
    draft = drafts.find("alder", "teo", fields(chosen(teo, png()).text, CONFIRM)["draft"], studio.clock.ms)
    assert draft is not None
    for n in range(DRAFTS_MAX):
        drafts.keep(replace(draft, member=f"somebody-{n}"))
    assert drafts.find("alder", "teo", draft.id, studio.clock.ms) is None


# GeoJSON ---------------------------------------------------------------------------------------------------------


def test_shapes_become_places_and_each_that_cannot_is_named_with_why(studio: Studio, teo: Browser) -> None:
    bow = [[[LON, LAT], [LON + 0.001, LAT - 0.001], [LON + 0.001, LAT], [LON, LAT - 0.001], [LON, LAT]]]
    content = geojson(
        feature("Polygon", box(0, 0), name="Yard", kind="lot"),
        feature("Polygon", bow, name="Bow tie", kind="lot"),
        feature("Point", [LON + 0.001, LAT], name="Pump", kind="door"),
        feature("Polygon", box(0.001, 0.001), name="Lot B"),
    )
    shown = chosen(teo, content, "map.geojson")
    assert shown.status_code == 200 and "<h1>3 places were read</h1>" in shown.text
    assert "Bow tie" in shown.text and "1 shape is left out" in shown.text and "gets this outline" in shown.text
    assert not studio.has("yard")
    answer = confirmed(teo, shown)
    assert answer.status_code == 303 and studio.at("yard").kind == "lot" and len(studio.at("pump").outline) == 1
    assert studio.at("lot-b").name == "Lot B" and len(studio.at("lot-b").outline) == 4
    sheet = studio.sheet()
    assert sheet is not None and not sheet.picture and len(sheet.known) == 2
    assert "m wide on the ground" in teo.get(answer.headers["location"]).text


def test_the_same_file_again_changes_nothing(studio: Studio, teo: Browser) -> None:
    content = geojson(feature("Polygon", box(0, 0), name="Yard", kind="lot"))
    confirmed(teo, chosen(teo, content))
    before = studio.directory.places
    assert confirmed(teo, chosen(teo, content)).status_code == 303 and studio.directory.places == before


def test_places_of_a_file_that_cannot_be_here_are_refused_and_say_why(studio: Studio, teo: Browser) -> None:
    content = geojson(
        feature("Polygon", box(0, 0), name="Wing", kind="building", id="wing", inside="lot-b"),
        feature("Polygon", box(0.001, 0.001), name="Yard", kind="lot"),
    )
    answer = confirmed(teo, chosen(teo, content))
    assert answer.status_code == 422 and "It cannot be used as it is" in answer.text
    assert not studio.has("wing") and not studio.has("yard") and studio.sheet() is None, "all of it or nothing"


def test_a_place_of_the_same_name_is_meant_whatever_its_id(studio: Studio, teo: Browser) -> None:
    studio.place(
        Place(SITE, "pk2", "Lot B", "lot"),
        Place(SITE, "one", "Floor 1", "floor"),
        Place(SITE, "two", "Floor 2", "floor"),
        Place(SITE, "r1", "Room 1", "room", "one"),
        Place(SITE, "r2", "Room 1", "room", "two"),
    )
    content = geojson(
        feature("Polygon", box(0, 0), name="lot b", kind="lot"),
        feature("Polygon", box(0.001, 0), name="Room 1", inside="two"),
        feature("Polygon", box(0.002, 0), name="Anything", id="one"),
    )
    assert confirmed(teo, chosen(teo, content)).status_code == 303
    drawn = {place.id: place.name for place in studio.directory.places if place.outline}
    assert drawn == {"pk2": "Lot B", "r2": "Room 1", "one": "Floor 1"} and len(studio.directory.places) == 5


def test_more_corners_than_may_come_at_once_are_refused_before_the_sheet_is_touched(
    studio: Studio, teo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_shapes, "OUTLINES_AT_ONCE_MAX", 15)
    answer = confirmed(teo, chosen(teo, geojson(feature("Polygon", box(0, 0), name="Yard", kind="lot"))))
    assert answer.status_code == 422 and "then the others" in answer.text and studio.sheet() is None


# Blank paper -----------------------------------------------------------------------------------------------------


def test_blank_paper_in_place_of_a_picture_leaves_what_is_drawn(studio: Studio, teo: Browser) -> None:
    confirmed(teo, chosen(teo, png()))
    sent(teo, table("lot-b"), SHEET, outline=SQUARE)
    old = fields(teo.get(f"{UPLOAD}?site={SITE}").text, BLANK)
    assert teo.post(BLANK, old).status_code == 303
    sheet = studio.sheet()
    assert sheet is not None and sheet.picture == "" and len(studio.at("lot-b").outline) == 4
    assert teo.post(BLANK, old).status_code == 409


def test_whoever_only_reads_uploads_nothing(studio: Studio) -> None:
    noor = studio.browser("noor")
    assert noor.get(UPLOAD).status_code == 403 and chosen(noor, png()).status_code == 403
    assert noor.post(CONFIRM, {"draft": "x"}).status_code == 403 and noor.post(BLANK, {}).status_code == 403
