"""Sheets get pictures and known points, walls get codes: who may, what is refused, and what stays."""

from __future__ import annotations

import pytest
from drawn_centre import (
    FIRST,
    HALL,
    HOUSE,
    KNOWN,
    LOT,
    PNG,
    added,
    code_of,
    codes,
    drawn,
    edit,
    lines,
    paper,
    picture,
    problem,
    sheet,
)
from msgspec.structs import replace
from second_person import by
from ward import ORG, SITE

from tocsin.core import commands as c
from tocsin.core.access import place_commands as o
from tocsin.core.access.place_record import Picture, PlaceCode, PlanSheet, sheet_id
from tocsin.core.access.places import LETTERS, written
from tocsin.core.access.words import Ended
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Place
from tocsin.core.ground import Known
from tocsin.core.limits import LABEL_MAX_CHARS, PICTURE_MAX_BYTES, SHEETS_MAX
from tocsin.runtime.restoring import cut_off_since

# Sheets ----------------------------------------------------------------------------------------------------------


def test_a_sheet_gets_a_picture_and_what_is_drawn_on_it_stays() -> None:
    ward = drawn()
    assert paper(ward, "first", picture=picture(), name=" ground floor.png ", known=KNOWN) == Done()
    known = sheet(ward, "first")
    assert (known.picture, known.width, known.height, known.known) == (picture().id, 1_000, 500, KNOWN)
    assert known.name == "ground floor.png" and known.by == "teo" and known.made_ms == ward.now_ms
    assert ward.directory.places == (HOUSE, FIRST, HALL, LOT)
    assert ward.world.kept(ORG, Picture, picture().id) == picture()
    assert not ward.world.all_kept(ORG, Picture), "pictures lie in the store alone"
    assert [act.what for act in lines(ward)] == ["places_changed", "sheet_set"]


def test_a_picture_is_kept_once_however_many_sheets_show_it() -> None:
    ward = drawn()
    paper(ward, "first", picture=picture())
    paper(ward, "", picture=picture())
    assert sum(fact.type == "PictureSet" for fact in ward.store.facts(ORG, 0, 1_000)) == 1


def test_of_two_who_set_a_sheet_at_once_the_second_is_told() -> None:
    ward = drawn()
    assert paper(ward, picture=picture()) == Done()
    other = picture(PNG + b"!")
    assert problem(paper(ward, picture=other)) is Problem.STALE
    assert problem(paper(ward, picture=other, before="")) is Problem.STALE
    assert paper(ward, picture=other, before=picture().id) == Done()
    assert paper(ward, before=other.id) == Done() and sheet(ward).picture == ""
    assert paper(ward, before="", width=400, height=300, name="n" * 300) == Done()
    assert sheet(ward).tall == 7_500 and len(sheet(ward).name) == LABEL_MAX_CHARS


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"picture": picture(b"GIF89a")}, Because.NO_PICTURE),
        ({"picture": picture(PNG + bytes(PICTURE_MAX_BYTES))}, Because.NO_PICTURE),
        ({"picture": replace(picture(), id="0" * 64)}, Because.NO_PICTURE),
        ({"picture": picture(width=9_000)}, Because.NO_PICTURE),
        ({"picture": picture(width=10, height=101)}, Because.NO_PAPER),
        ({"picture": picture(width=0)}, Because.NO_PAPER),
        ({"height": 0}, Because.NO_PAPER),
        ({"known": KNOWN[:1]}, Because.POINTS_WRONG),
    ],
)
def test_what_is_no_sheet_is_refused_in_words(fields: dict[str, object], why: Because) -> None:
    ward = drawn()
    reply = paper(ward, **fields)  # type: ignore[arg-type]  # fields by name
    assert reply == Declined(problem=Problem.CONFLICT, because=why)
    assert not ward.world.all_kept(ORG, PlanSheet)


@pytest.mark.parametrize(("site", "on"), [("north", ""), (SITE, "hall"), (SITE, "nowhere")])
def test_only_a_site_a_building_a_floor_and_a_lot_have_a_sheet(site: str, on: str) -> None:
    ward = drawn()
    teo = by(ward, "teo")
    blank = o.SetSheet(org=ORG, by=teo, site=site, on=on, picture=None, before=None)
    assert problem(ward.do(blank)) is Problem.NO_SUCH_RECORD
    known = o.SetKnown(org=ORG, by=teo, site=site, on=on, known=KNOWN)
    assert problem(ward.do(known)) is Problem.NO_SUCH_RECORD


def test_a_site_has_no_more_sheets_than_its_tallest_house_has_floors() -> None:
    ward = drawn()
    floors = [Place(SITE, f"f{n}", f"Level {n}", "floor", inside="house") for n in range(SHEETS_MAX)]
    edit(ward, *added(*floors))
    ward.put(*(replace(blank(f"f{n}"), made_ms=n) for n in range(SHEETS_MAX)))
    assert problem(paper(ward)) is Problem.CONFLICT
    assert paper(ward, "f3", before="") == Done(), "one that is there may change"


def blank(on: str) -> PlanSheet:
    return PlanSheet(id=sheet_id(SITE, on), site=SITE, on=on, width=10, height=7, made_ms=0)


def test_two_points_put_blank_paper_on_the_ground_too_and_may_be_taken_back() -> None:
    ward = drawn()

    def say(*known: Known) -> c.Reply:
        return ward.do(o.SetKnown(org=ORG, by=by(ward, "ada"), site=SITE, on="", known=known))

    assert say(*KNOWN) == Done() and sheet(ward).known == KNOWN and sheet(ward).tall == 7_000
    assert say(*KNOWN) == Done(known=True)
    reply = say(*KNOWN[:1])
    assert problem(reply) is Problem.CONFLICT and sheet(ward).known == KNOWN
    assert say() == Done() and sheet(ward).known == ()
    assert [act.what for act in lines(ward)] == ["places_changed", "sheet_known", "sheet_known"]


# Codes -----------------------------------------------------------------------------------------------------------


def test_a_wall_gets_a_code_that_nobody_guesses_and_keeps_it() -> None:
    ward = drawn()
    assert codes(ward, "hall", "lot-b", "hall") == Done()
    hall, lot = code_of(ward, "hall"), code_of(ward, "lot-b")
    assert hall != lot and len(hall) == 10 and set(hall + lot) <= set(LETTERS)
    assert codes(ward, "hall", "lot-b") == Done(known=True) and code_of(ward, "hall") == hall
    assert written(f" {hall[:5].lower()}-{hall[5:].lower()} ") == hall
    assert len(set(LETTERS)) == 31 and not set(LETTERS) & set("01ILO")


def test_a_code_that_was_replaced_says_nothing_any_more() -> None:
    ward = drawn()
    codes(ward, "hall")
    old = code_of(ward, "hall")
    assert codes(ward, "hall", renew=True) == Done() and code_of(ward, "hall") != old
    ended = ward.world.kept(ORG, PlaceCode, old)
    assert ended is not None and ended.ended is Ended.REPLACED
    assert [act.what for act in lines(ward)][:2] == ["place_codes_made", "place_codes_renewed"]


def test_a_code_for_what_is_not_there_is_asked_in_vain() -> None:
    ward = drawn()
    assert problem(codes(ward, "hall", "nowhere")) is Problem.NO_SUCH_RECORD
    assert not ward.world.all_kept(ORG, PlaceCode)


def test_a_code_that_was_replaced_says_nothing_after_an_old_backup_was_restored_either() -> None:
    ward, backup = drawn(), drawn()
    for one in (ward, backup):
        codes(one, "hall", "lot-b")
    same = {place: code_of(ward, place) for place in ("hall", "lot-b")}
    assert {place: code_of(backup, place) for place in same} == same
    codes(ward, "hall", renew=True)
    told = cut_off_since(ward.store, ORG)
    assert told.codes == (same["hall"],)
    assert backup.do(told) == Done()
    assert list(backup.world.all_kept(ORG, PlaceCode)) == [same["lot-b"]]
