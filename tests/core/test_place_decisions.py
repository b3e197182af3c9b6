"""Places are drawn, named and taken away: who may, what is refused, and what goes with a place."""

from __future__ import annotations

import pytest
from drawn_centre import (
    FIRST,
    HALL,
    HOUSE,
    KNOWN,
    LOT,
    added,
    code_of,
    codes,
    drawn,
    edit,
    gone,
    kept,
    lines,
    paper,
    picture,
    problem,
    sheet,
    wrongs,
)
from msgspec.structs import replace
from second_person import by
from ward import ORG, PLAN, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access import place_commands as o
from tocsin.core.access.edit_words import words_of
from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.place_record import PlaceCode, PlanSheet
from tocsin.core.access.record import OPERATOR, Desk
from tocsin.core.access.words import Ended, Told
from tocsin.core.commands import Done, Problem
from tocsin.core.directory import Directory, Place, Site
from tocsin.core.findings import Wrong
from tocsin.core.limits import CORNERS_MAX

# Places ----------------------------------------------------------------------------------------------------------


def test_a_supervisor_draws_a_site_and_every_supervisor_is_told_by_one_line() -> None:
    ward = drawn()
    assert ward.directory.places == (HOUSE, FIRST, HALL, LOT)
    (line,) = lines(ward)
    assert (line.what, line.subject, line.detail, line.told) == ("places_changed", SITE, "4", Told.SUPERVISORS)
    assert line.why == "The new wing" and line.by.member == "teo"


def test_places_survive_a_restart() -> None:
    ward = drawn()
    paper(ward, "first", KNOWN)
    codes(ward, "hall")
    before = ward.directory.places, sheet(ward, "first"), code_of(ward, "hall")
    ward.restart()
    assert (ward.directory.places, sheet(ward, "first"), code_of(ward, "hall")) == before


@pytest.mark.parametrize("who", ["noor", "bo", "wale"])
def test_who_works_here_changes_no_place(who: str) -> None:
    ward = drawn()
    assert problem(edit(ward, *gone(LOT), who=who)) is Problem.NOT_ALLOWED
    assert problem(codes(ward, "hall", who=who)) is Problem.NOT_ALLOWED
    told = o.SetKnown(org=ORG, by=by(ward, who), site=SITE, on="", known=KNOWN)
    assert problem(ward.do(told)) is Problem.NOT_ALLOWED
    blank = o.SetSheet(org=ORG, by=by(ward, who), site=SITE, on="", picture=None, before=None)
    assert problem(ward.do(blank)) is Problem.NOT_ALLOWED


def test_of_two_editors_at_once_the_second_is_told_and_neither_silently_wins() -> None:
    ward = drawn()
    one, other = replace(LOT, name="Lot Bravo"), replace(LOT, name="Staff lot")
    assert edit(ward, PlaceEdit(SITE, "lot-b", LOT, one)) == Done()
    assert problem(edit(ward, PlaceEdit(SITE, "lot-b", LOT, other))) is Problem.STALE
    assert edit(ward, PlaceEdit(SITE, "lot-b", LOT, one)) == Done(known=True), "it is so already"
    assert next(place.name for place in ward.directory.places if place.id == "lot-b") == "Lot Bravo"


def test_all_of_it_is_done_or_nothing() -> None:
    ward = drawn()
    crossed = Place(SITE, "lot-c", "Lot C", "lot", on="", outline=((0, 0), (9, 9), (9, 0), (0, 9)))
    fine = Place(SITE, "lot-d", "Lot D", "lot")
    assert wrongs(edit(ward, *added(fine, crossed))) == [(f"place {SITE}/lot-c", Wrong.OUTLINE_CROSSES)]
    assert ward.directory.places == (HOUSE, FIRST, HALL, LOT) and len(lines(ward)) == 1


def test_a_place_takes_nothing_along_that_was_not_named() -> None:
    ward = drawn()
    assert wrongs(edit(ward, *gone(FIRST))) == [(f"place {SITE}/hall", Wrong.UNKNOWN_PLACE)] * 2
    assert edit(ward, *gone(HALL, FIRST)) == Done()
    assert ward.directory.places == (HOUSE, LOT)


def test_a_place_at_which_a_desk_stands_stays() -> None:
    ward = drawn()
    desk = Desk(id="d", token_hash="h", site=SITE, place="hall", label="Console 3", seat="seat:1", made_ms=1)
    ward.put(desk)
    reply = edit(ward, *gone(HALL))
    assert wrongs(reply) == [(f"place {SITE}/hall", Wrong.DESK_THERE)] and "Console 3" in reply.detail  # type: ignore[union-attr]  # declined
    ward.put(replace(desk, ended=Ended.REVOKED))
    assert edit(ward, *gone(HALL)) == Done()


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (PlaceEdit("north", "x", None, Place("north", "x", "X", "lot")), Wrong.PLACE_ELSEWHERE),
        (PlaceEdit(SITE, "x", None, Place("north", "x", "X", "lot")), Wrong.PLACE_ELSEWHERE),
        (PlaceEdit(SITE, "x", None, Place(SITE, "y", "X", "lot")), Wrong.PLACE_ELSEWHERE),
        (PlaceEdit(SITE, "a/b", None, Place(SITE, "a/b", "X", "lot")), Wrong.PLACE_ID),
        (PlaceEdit(SITE, "x", None, Place(SITE, "x", "  ", "lot")), Wrong.PLACE_NAME),
        (PlaceEdit(SITE, "x", None, Place(SITE, "x", "X" * 121, "lot")), Wrong.PLACE_NAME),
        (PlaceEdit(SITE, "x", None, Place(SITE, "x", "lot b", "lot")), Wrong.NAME_TWICE),
        (PlaceEdit(SITE, "x", None, Place(SITE, "x", "X", "lot", on="", outline=((0, 7_001),))), Wrong.OUTLINE_OUTSIDE),
        (PlaceEdit(SITE, "x", None, Place(SITE, "x", "X", "site", inside="house")), Wrong.INSIDE_KIND),
    ],
)
def test_what_is_no_place_of_this_site_is_refused_in_words(sent: PlaceEdit, wrong: Wrong) -> None:
    ward = drawn()
    assert [code for _, code in wrongs(edit(ward, sent))] == [wrong]
    assert ward.directory.places == (HOUSE, FIRST, HALL, LOT)


def test_places_of_no_site_are_asked_in_vain() -> None:
    ward = drawn()
    assert problem(edit(ward, site="north")) is Problem.NO_SUCH_RECORD
    missing = o.MakeCodes(org=ORG, by=by(ward, "teo"), site="north", places=())
    assert problem(ward.do(missing)) is Problem.NO_SUCH_RECORD


def test_an_outline_stays_on_its_picture_and_one_from_before_may_lie_outside_of_a_new_one() -> None:
    ward = drawn()
    low = replace(LOT, on="", outline=((0, 0), (10, 0), (10, 7_000)))
    assert edit(ward, PlaceEdit(SITE, "lot-b", LOT, low)) == Done()
    assert paper(ward, picture=picture()) == Done() and sheet(ward).tall == 5_000
    assert wrongs(edit(ward, *added(Place(SITE, "x", "X", "lot", on="", outline=((0, 5_001),))))) == [
        (f"place {SITE}/x", Wrong.OUTLINE_OUTSIDE)
    ]
    assert edit(ward, PlaceEdit(SITE, "lot-b", low, replace(low, name="Lot Bravo"))) == Done()


def test_an_old_fault_does_not_stop_the_edit_of_another_place() -> None:
    ward = drawn()
    broken = replace(LOT, on="", outline=((0, 0), (9, 9), (9, 0), (0, 9)))
    known = replace(ward.directory, places=(HOUSE, FIRST, HALL, broken))
    ward.world.directories[ORG] = known
    assert edit(ward, PlaceEdit(SITE, "house", HOUSE, replace(HOUSE, name="Old house"))) == Done()


def test_more_corners_than_a_press_can_wait_for_are_drawn_one_part_after_the_other() -> None:
    ward = drawn()
    ring = tuple((n, n * n // 4) for n in range(CORNERS_MAX - 60))
    many = [Place(SITE, f"p{n}", f"Place {n}", "lot", on="", outline=ring) for n in range(60)]
    assert wrongs(edit(ward, *added(*many))) == [(f"site {SITE}", Wrong.TOO_MUCH_AT_ONCE)]
    assert edit(ward, *added(*many[:30])) == Done() and edit(ward, *added(*many[30:])) == Done()


# What goes with a place ------------------------------------------------------------------------------------------


def test_with_a_place_go_its_sheet_and_its_code() -> None:
    ward = drawn()
    paper(ward, "first")
    codes(ward, "first", "hall", "lot-b")
    assert edit(ward, *gone(HALL, FIRST)) == Done()
    assert [code.place for code in ward.world.all_kept(ORG, PlaceCode).values()] == ["lot-b"]
    assert not ward.world.all_kept(ORG, PlanSheet) and sheet(ward, "first").ended is Ended.REVOKED
    edit(ward, *added(FIRST))
    assert paper(ward, "first") == Done(), "a floor of the same name begins anew"


def test_a_file_that_leaves_a_site_out_takes_its_sheets_and_codes() -> None:
    ward = Ward()
    north = {"north": Site("north", "North", "UTC")}
    plan, shifts = replace(PLAN, site="north"), tuple(replace(s, site="north") for s in ward.directory.shifts)
    ward.do(o.EditPlaces(org=ORG, by=OPERATOR, site=SITE, edits=added(LOT)))
    ward.do(o.SetSheet(org=ORG, by=OPERATOR, site=SITE, on="", picture=None, before=None))
    ward.do(o.MakeCodes(org=ORG, by=OPERATOR, site=SITE, places=("lot-b",)))
    assert kept(ward) == (1, 1)
    assert isinstance(applied_file(ward, sites=north, plans=(plan,), shifts=shifts), Done)
    assert kept(ward) == (0, 0)


def applied_file(ward: Ward, *places: Place, **more: object) -> c.Reply:
    wanted: Directory = replace(ward.directory, places=places, **more)
    return ward.do(c.ReplaceDirectory(org=ORG, directory=wanted, by="file"))


def test_a_file_that_names_places_and_nothing_more_keeps_where_they_are() -> None:
    ward = drawn()
    bare = [Place(SITE, place.id, place.name, place.kind) for place in (HOUSE, FIRST, HALL, LOT)]
    assert isinstance(applied_file(ward, *bare), Done)
    assert ward.directory.places == (HOUSE, FIRST, HALL, LOT)
    there = replace(LOT, on="", outline=((1, 1), (5, 1), (5, 5)))
    assert isinstance(applied_file(ward, *bare[:3], there), Done)
    assert ward.directory.places == (HOUSE, FIRST, HALL, there)


def test_a_file_that_leaves_out_what_another_place_is_in_is_refused_and_nothing_is_lost() -> None:
    ward = drawn()
    reply = applied_file(ward, Place(SITE, "hall", "Dispatch floor", "room"), LOT)
    assert {code for _, code in wrongs(reply)} == {Wrong.UNKNOWN_PLACE}
    assert ward.directory.places == (HOUSE, FIRST, HALL, LOT)


def test_a_file_that_leaves_out_the_place_of_a_desk_is_refused() -> None:
    ward = drawn()
    ward.put(Desk(id="d", token_hash="h", site=SITE, place="lot-b", label="Gate", seat="seat:1", made_ms=1))
    assert wrongs(applied_file(ward, HOUSE, FIRST, HALL)) == [(f"place {SITE}/lot-b", Wrong.DESK_THERE)]


# In words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "word", "said"),
    [
        (replace(LOT, name="Staff lot"), "place_changed", "Alder: the place Lot B -> Staff lot"),
        (replace(LOT, on="", outline=((1, 1),)), "place_drawn", "Alder: the place Lot B is drawn anew"),
        (replace(LOT, kind="bay"), "place_moved", "Alder: the place Lot B is now in another place, or of another kind"),
        (None, "place_removed", "Alder: the place Lot B is gone"),
    ],
)
def test_what_becomes_of_a_place_is_said_in_words(after: Place | None, word: str, said: str) -> None:
    ward = drawn()
    words = words_of(ward.directory, PlaceEdit(SITE, "lot-b", LOT, after))
    assert (words.word, str(words)) == (word, said)
