"""Places on pages: the tree, a place's form, the table's field of corners, known points, codes; two editors at once."""

from __future__ import annotations

import re

import pytest

from bureau import SITE, Browser
from grounds import PLACE, PLACES, SHEET, SQUARE, Grounds, fields, of, sent, table
from staff import Staffed
from tocsin.core.access.record import Desk
from tocsin.core.directory import Place
from tocsin.core.ground import Known
from tocsin.web.office.place_codes import CodeSheets
from tocsin.web.typesetting import NotMade

KNOWN, CODES, REMOVE, BLANK = f"{PLACES}/known", f"{PLACES}/codes", f"{PLACES}/remove", f"{PLACES}/blank"
BOW = "10 10\n30 30\n30 10\n10 30"
CHICAGO = {"x1": "10", "y1": "10", "lat1": "41.8790", "lon1": "-87.6360", "x2": "90", "y2": "10"}
EAST = {**CHICAGO, "lat2": "41.8790", "lon2": "-87.6340"}


@pytest.fixture
def known() -> Grounds:
    return Grounds()


@pytest.fixture
def teo(known: Grounds) -> Browser:
    return known.reader("teo")


# The tree --------------------------------------------------------------------------------------------------------


def test_a_site_without_any_plan_says_so_and_where_to_begin() -> None:
    page = Staffed().reader("teo").get(PLACES).text
    assert "<h1>No place is named yet</h1>" in page and "An alert still rings" in page
    assert "No plan yet" in page and f"{PLACE}?site={SITE}" in page


def test_the_tree_shows_what_is_in_what_and_what_is_not_drawn(known: Grounds, teo: Browser) -> None:
    known.draw("lot-b")
    page = teo.get(PLACES).text
    assert "<h1>1 of 4 places are drawn</h1>" in page
    order = [page.index(f"<bdi>{name}</bdi>") for name in ("Main building", "Floor 2", "Room 1", "Lot B")]
    assert order == sorted(order) and 'data-depth="2"' in page and page.count("Not drawn") == 3
    for id in ("main", "floor-2", "room-1"):
        known.draw(id, "1 1\n2 1\n2 2")
    assert "<h1>All 4 places are drawn</h1>" in teo.get(PLACES).text


def test_whoever_only_reads_sees_the_tree_and_changes_nothing(known: Grounds) -> None:
    worker = known.reader("noor")
    page = worker.get(PLACES).text
    assert "Lot B" in page and "Upload a plan" not in page and "Draw it" not in page
    assert "<form" not in worker.get(of("lot-b")).text.partition("<main")[2]
    for path in (f"{PLACE}?site={SITE}", table("lot-b"), f"{SHEET}?site={SITE}&new=yes", KNOWN, CODES):
        assert worker.get(path).status_code == 403, path
    assert worker.post(PLACE, {"site": SITE, "name": "x", "kind": "room", "inside": ""}).status_code == 403


# A place ---------------------------------------------------------------------------------------------------------


def test_a_new_place_gets_a_short_name_of_its_own(known: Grounds, teo: Browser) -> None:
    asked = {"name": "Sala Muñoz, 3", "kind": "room", "inside": "floor-2"}
    answer = sent(teo, f"{PLACE}?site={SITE}", PLACE, **asked)
    assert answer.status_code == 303 and answer.headers["location"] == f"{PLACE}?site={SITE}&place=sala-munoz-3"
    assert known.at("sala-munoz-3") == Place(SITE, "sala-munoz-3", "Sala Muñoz, 3", "room", "floor-2")
    sent(teo, f"{PLACE}?site={SITE}", PLACE, **{**asked, "inside": "main"})
    assert known.at("sala-munoz-3-2").inside == "main"
    sent(teo, f"{PLACE}?site={SITE}", PLACE, name="停车场", kind="lot", inside="")
    assert known.at("place").name == "停车场"


def test_what_cannot_be_stands_beside_its_field_and_what_was_typed_is_kept(known: Grounds, teo: Browser) -> None:
    answer = sent(teo, f"{PLACE}?site={SITE}", PLACE, name="Room 1", kind="room", inside="floor-2")
    assert answer.status_code == 422 and 'id="fault-name"' in answer.text and 'value="Room 1"' in answer.text
    answer = sent(teo, f"{PLACE}?site={SITE}", PLACE, name="Roof", kind="building", inside="floor-2")
    assert 'id="fault-inside"' in answer.text
    answer = sent(teo, f"{PLACE}?site={SITE}", PLACE, name="", kind="tower", inside="nowhere")
    assert all(f'id="fault-{name}"' in answer.text for name in ("name", "kind", "inside"))
    assert len(known.directory.places) == 4


def test_a_place_is_renamed_and_the_trail_says_why(known: Grounds, teo: Browser) -> None:
    answer = sent(teo, of("lot-b"), PLACE, name="Lot B, north", why="The south half was sold.")
    assert answer.status_code == 303 and known.at("lot-b").name == "Lot B, north"
    trail = known.reader("lena").get("/office/trail").text
    assert "The south half was sold." in trail
    assert sent(teo, of("lot-b"), PLACE).status_code == 303
    assert known.reader("lena").get("/office/trail").text.count("<li>") == trail.count("<li>"), "nothing was different"


def test_two_who_rename_a_place_are_both_shown_and_the_second_decides(known: Grounds, teo: Browser) -> None:
    mine = fields(teo.get(of("lot-b")).text, PLACE)
    sent(known.reader("ada"), of("lot-b"), PLACE, name="Staff lot")
    answer = teo.post(PLACE, {**mine, "name": "East lot"})
    assert answer.status_code == 409 and "Somebody else changed this" in answer.text
    assert "Staff lot" in answer.text and 'value="East lot"' in answer.text
    assert known.at("lot-b").name == "Staff lot"
    again = {**fields(answer.text, PLACE)}
    assert teo.post(PLACE, again).status_code == 303 and known.at("lot-b").name == "East lot"


def test_who_draws_a_place_and_who_renames_it_are_not_in_each_others_way(known: Grounds, teo: Browser) -> None:
    mine = fields(teo.get(table("lot-b")).text, SHEET)
    sent(known.reader("ada"), of("lot-b"), PLACE, name="Staff lot")
    assert teo.post(SHEET, {**mine, "outline": SQUARE}).status_code == 303
    assert (known.at("lot-b").name, len(known.at("lot-b").outline)) == ("Staff lot", 4)


def test_a_place_goes_with_what_is_in_it_and_what_was_only_drawn_on_its_sheet_stays(
    known: Grounds, teo: Browser
) -> None:
    known.draw("lot-b", on="floor-2")
    assert "Floor 2, Room 1" in teo.get(of("main")).text
    answer = sent(teo, of("main"), REMOVE)
    assert answer.status_code == 303 and [place.id for place in known.directory.places] == ["lot-b"]
    assert known.at("lot-b").outline == () and known.at("lot-b").on is None


def test_a_place_that_has_changed_since_it_was_looked_at_does_not_go(known: Grounds, teo: Browser) -> None:
    mine = fields(teo.get(of("main")).text, REMOVE)
    sent(known.reader("ada"), f"{PLACE}?site={SITE}", PLACE, name="Room 2", kind="room", inside="floor-2")
    assert teo.post(REMOVE, mine).status_code == 409 and known.has("main")


def test_a_place_with_a_desk_stays_and_says_which(known: Grounds, teo: Browser) -> None:
    known.keep(Desk(id="d1", label="Console 3", place="room-1", seat="seat:1", token_hash="0", site=SITE, made_ms=0))
    page = teo.get(of("room-1")).text
    assert "A desk stands here" in page and "Console 3" in page
    answer = sent(teo, of("room-1"), REMOVE)
    assert answer.status_code == 422 and "It cannot be taken away" in answer.text and known.has("room-1")


def test_a_place_that_is_gone_says_so(teo: Browser) -> None:
    assert teo.get(of("lot-z")).status_code == 404 and teo.get(table("lot-b", "lot-z")).status_code == 404
    assert teo.post(REMOVE, {"site": SITE, "place": ""}).status_code == 404


# The table -------------------------------------------------------------------------------------------------------


def test_corners_that_are_typed_are_an_outline(known: Grounds, teo: Browser) -> None:
    answer = sent(teo, table("lot-b"), SHEET, outline="8 6\n72 6; \n72,5 34.25\n".replace("; ", ""))
    assert answer.status_code == 303
    assert known.at("lot-b").outline == ((800, 600), (7200, 600), (7250, 3425)) and known.at("lot-b").on == ""
    page = teo.get(answer.headers["location"]).text
    assert "Saved: Lot B, 3 corners." in page and "M800 600L7200 600L7250 3425Z" in page


@pytest.mark.parametrize(
    ("outline", "told"),
    [
        (BOW, "crosses or touches itself"),
        ("1 1\n2 2", "corners"),
        ("1 1\n2 2\n3 3", "line"),
        ("1 1\n99 99\n1 98", "sheet"),
    ],
)
def test_an_outline_that_is_none_is_refused_and_stays_in_the_form(
    known: Grounds, teo: Browser, outline: str, told: str
) -> None:
    answer = sent(teo, table("lot-b"), SHEET, outline=outline)
    assert answer.status_code == 422 and known.at("lot-b").outline == ()
    assert outline in answer.text.replace("\r", "") and told in answer.text
    assert 'id="fault-outline"' in answer.text and 'class="area"' in answer.text


def test_a_line_that_is_no_corner_is_refused(known: Grounds, teo: Browser) -> None:
    answer = sent(teo, table("lot-b"), SHEET, outline="10 10\nby the gate\n30 30")
    assert answer.status_code == 422 and "Each line is one corner" in answer.text
    assert "by the gate" in answer.text and known.at("lot-b").outline == ()


def test_a_new_place_is_drawn_and_named_at_once(known: Grounds, teo: Browser) -> None:
    new = f"{SHEET}?site={SITE}&on=&new=yes"
    answer = sent(teo, new, SHEET, name="North door", kind="door", inside="main", outline="20 40\n24 40")
    assert answer.status_code == 303
    assert known.at("north-door") == Place(
        SITE, "north-door", "North door", "door", "main", "", ((2000, 4000), (2400, 4000))
    )
    refused = sent(teo, new, SHEET, name="", kind="lot", inside="", outline=SQUARE)
    assert refused.status_code == 422 and SQUARE in refused.text and 'id="fault-name"' in refused.text
    gate = sent(teo, new, SHEET, name="Gate", kind="door", inside="", outline="78 20")
    assert gate.status_code == 303 and "a point" in teo.get(gate.headers["location"]).text


def test_an_empty_field_takes_the_outline_away(known: Grounds, teo: Browser) -> None:
    known.draw("lot-b")
    answer = sent(teo, table("lot-b"), SHEET, outline="")
    assert "drawn nowhere" in teo.get(answer.headers["location"]).text
    assert known.at("lot-b").on is None and known.at("lot-b").outline == ()
    assert sent(teo, table("lot-b"), SHEET).status_code == 303


def test_two_who_draw_a_place_are_both_shown_theirs_solid_and_mine_dashed(known: Grounds, teo: Browser) -> None:
    mine = fields(teo.get(table("lot-b")).text, SHEET)
    sent(known.reader("ada"), table("lot-b"), SHEET, outline=SQUARE)
    triangle = "50 50\n60 50\n60 60"
    answer = teo.post(SHEET, {**mine, "outline": triangle})
    assert answer.status_code == 409 and "Solid: theirs, saved. Dashed: yours, not saved." in answer.text
    assert "4 corners" in answer.text and "3 corners" in answer.text and triangle in answer.text
    assert 'class="theirs"><path d="M1000 1000L3000 1000' in answer.text
    assert teo.post(SHEET, fields(answer.text, SHEET)).status_code == 303 and len(known.at("lot-b").outline) == 3


def test_a_floor_has_a_sheet_of_its_own_and_what_is_in_it_belongs_there(known: Grounds, teo: Browser) -> None:
    floor = f"{SHEET}?site={SITE}&on=floor-2"
    assert teo.get(floor).status_code == 200 and f"{SHEET}?site={SITE}&amp;on=floor-2" in teo.get(of("floor-2")).text
    sent(teo, f"{PLACES}/upload?site={SITE}&on=floor-2", BLANK)
    assert known.sheet("floor-2") is not None
    assert "on=floor-2&amp;place=room-1" in teo.get(PLACES).text
    page = teo.get(table("room-1", "floor-2")).text
    assert "On the sheet of Floor 2" in page
    sent(teo, table("room-1", "floor-2"), SHEET, outline=SQUARE)
    assert known.at("room-1").on == "floor-2"
    assert "taken from there" in teo.get(table("room-1")).text


def test_a_room_has_no_sheet(teo: Browser) -> None:
    assert teo.get(f"{SHEET}?site={SITE}&on=room-1").status_code == 404


def test_a_name_stands_inside_of_its_outline_and_not_on_what_is_in_it(known: Grounds, teo: Browser) -> None:
    known.draw("main", "10 40\n60 40\n60 60\n10 60")
    known.draw("floor-2", "20 42\n50 42\n50 58\n20 58")
    page = teo.get(f"{SHEET}?site={SITE}").text
    found = re.search(r'<text x="(\d+)" y="(\d+)"[^>]*data-room="(\d+)"[^>]*>Main building', page)
    assert found is not None
    x, y = int(found[1]), int(found[2])
    assert 1000 < x < 6000 and 4000 < y < 6000 and not (2000 <= x <= 5000 and 4200 <= y <= 5800)


# Where a sheet lies ----------------------------------------------------------------------------------------------


def test_two_points_put_the_sheet_on_the_ground(known: Grounds, teo: Browser) -> None:
    answer = sent(teo, f"{KNOWN}?site={SITE}", KNOWN, **EAST)
    sheet = known.sheet()
    assert answer.status_code == 303 and sheet is not None and sheet.known[0] == Known(1000, 1000, 41.879, -87.636)
    assert "m wide on the ground" in teo.get(answer.headers["location"]).text
    again = fields(teo.get(f"{KNOWN}?site={SITE}").text, KNOWN)
    assert {name: again[name] for name in ("x1", "lat1", "lon2")} == {"x1": "10", "lat1": "41.879", "lon2": "-87.634"}
    cleared = teo.post(KNOWN, {**again, **{name: "" for name in EAST}})
    assert cleared.status_code == 303
    now = known.sheet()
    assert now is not None and now.known == ()


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"lat2": ""}, "lat2", "degrees"),
        ({"x2": "far"}, "x2", "hundredths"),
        ({"lat1": "141.9"}, "lat1", "Latitude goes from"),
        ({"x2": "11"}, "x1", "too close"),
        ({"lon2": "12.5"}, "lat1", "50 km"),
        ({"y2": "90"}, "x1", "outside of the sheet"),
    ],
)
def test_points_that_say_nothing_are_refused_beside_their_field(
    known: Grounds, teo: Browser, typed: dict[str, str], field: str, told: str
) -> None:
    answer = sent(teo, f"{KNOWN}?site={SITE}", KNOWN, **{**EAST, **typed})
    assert answer.status_code == 422 and f'id="fault-{field}"' in answer.text and told in answer.text
    assert known.sheet() is None


def test_two_who_set_the_points_are_both_shown(known: Grounds, teo: Browser) -> None:
    mine = fields(teo.get(f"{KNOWN}?site={SITE}").text, KNOWN)
    sent(known.reader("ada"), f"{KNOWN}?site={SITE}", KNOWN, **EAST)
    answer = teo.post(KNOWN, {**mine, **EAST, "lat1": "41.8795"})
    assert answer.status_code == 409 and "Stands there now: 41.879" in answer.text


# Codes -----------------------------------------------------------------------------------------------------------


def test_codes_are_made_for_every_place_and_those_that_hang_stay(known: Grounds, teo: Browser) -> None:
    assert "No code" in teo.get(CODES).text
    sent(teo, of("lot-b"), CODES)
    hangs = known.codes()["lot-b"]
    answer = sent(teo, CODES, CODES)
    assert answer.status_code == 303 and set(known.codes()) == {"main", "floor-2", "room-1", "lot-b"}
    page = teo.get(CODES).text
    assert known.codes()["lot-b"] == hangs and f"{hangs[:5]} {hangs[5:]}" in page
    assert "<h1>All 4 places have a code</h1>" in page


def test_a_place_shows_its_code_as_a_picture_and_a_new_one_ends_the_old(known: Grounds, teo: Browser) -> None:
    sent(teo, of("lot-b"), CODES)
    old, page = known.codes()["lot-b"], teo.get(of("lot-b")).text
    assert f"{old[:5]} {old[5:]}" in page and 'class="scan code"' in page and "<svg" in page
    answer = sent(teo, of("lot-b"), CODES, why="It was copied.")
    assert "says nothing any more" in teo.get(answer.headers["location"]).text and known.codes()["lot-b"] != old
    assert old not in known.reader("noor").get(of("lot-b")).text


@pytest.mark.slow
def test_codes_are_printed_of_all_places_or_of_what_is_in_one(known: Grounds, teo: Browser) -> None:
    pdf = f"{CODES}/codes.pdf?site={SITE}"
    assert teo.get(pdf).status_code == 404, "there is none yet"
    sent(teo, CODES, CODES)
    printed = teo.get(f"{pdf}&paper=a4&language=es&which=main")
    assert printed.headers["content-type"] == "application/pdf" and printed.content.startswith(b"%PDF")
    assert teo.get(f"{pdf}&which=lot-z").status_code == 404
    assert known.reader("noor").get(pdf).status_code == 403


def test_a_sheet_that_cannot_be_set_says_so_and_changes_nothing(
    known: Grounds, teo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> bytes:
        raise NotMade

    sent(teo, CODES, CODES)
    monkeypatch.setattr(CodeSheets, "__call__", fails)
    assert teo.get(f"{CODES}/codes.pdf?site={SITE}").status_code == 503


def test_the_codes_of_a_site_without_places_say_so() -> None:
    assert "No place is named yet" in Staffed().reader("teo").get(CODES).text
