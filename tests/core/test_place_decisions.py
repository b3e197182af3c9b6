"""Places are changed, sheets get pictures, walls get codes: who may, what is refused, and what follows."""

from __future__ import annotations

import hashlib

import pytest
from msgspec.structs import replace
from second_person import acts, by, peopled
from ward import ORG, PLAN, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access import place_commands as o
from tocsin.core.access.edit_words import words_of
from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.place_record import Picture, PlaceCode, PlanSheet, sheet_id
from tocsin.core.access.places import LETTERS, written
from tocsin.core.access.record import OPERATOR, Act, Desk
from tocsin.core.access.words import Ended, Told
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Directory, Place, Site
from tocsin.core.findings import Wrong
from tocsin.core.ground import Known
from tocsin.core.limits import CORNERS_MAX, LABEL_MAX_CHARS, PICTURE_MAX_BYTES, SHEETS_MAX
from tocsin.runtime.restoring import cut_off_since

HOUSE = Place(SITE, "house", "Main house", "building")
FIRST = Place(SITE, "first", "Floor 1", "floor", inside="house")
HALL = Place(SITE, "hall", "Dispatch floor", "room", inside="first", on="first", outline=((0, 0), (9, 0), (9, 9)))
LOT = Place(SITE, "lot-b", "Lot B", "lot")
PNG = b"\x89PNG\r\n\x1a\n and so on"
KNOWN = (Known(0, 0, 41.5, -87.25), Known(9_000, 0, 41.5, -87.24))


def picture(content: bytes = PNG, width: int = 1_000, height: int = 500) -> Picture:
    return Picture(id=hashlib.sha256(content).hexdigest(), content=content, width=width, height=height)


def added(*places: Place) -> tuple[PlaceEdit, ...]:
    return tuple(PlaceEdit(place.site, place.id, None, place) for place in places)


def gone(*places: Place) -> tuple[PlaceEdit, ...]:
    return tuple(PlaceEdit(place.site, place.id, place, None) for place in places)


def edit(ward: Ward, *edits: PlaceEdit, who: str = "teo", site: str = SITE) -> c.Reply:
    return ward.do(o.EditPlaces(org=ORG, by=by(ward, who), site=site, edits=edits, why="The new wing"))


def drawn() -> Ward:
    """A centre of one house with one floor, and a lot."""
    ward = peopled()
    assert edit(ward, *added(HOUSE, FIRST, HALL, LOT)) == Done()
    return ward


def wrongs(reply: c.Reply) -> list[tuple[str, Wrong]]:
    assert isinstance(reply, Declined) and reply.problem is Problem.BAD_DIRECTORY, reply
    assert reply.detail.splitlines() == [str(told) for told in reply.findings]
    return [(told.where, told.code) for told in reply.findings]


def problem(reply: c.Reply) -> Problem:
    assert isinstance(reply, Declined), reply
    return reply.problem


def lines(ward: Ward) -> list[Act]:
    return sorted((act for act in acts(ward) if act.what.startswith(("place", "sheet"))), key=lambda act: act.what)


def paper(ward: Ward, on: str = "", known: tuple[Known, ...] = (), **more: object) -> c.Reply:
    fields = {"picture": None, "before": None, "known": known, **more}
    return ward.do(o.SetSheet(org=ORG, by=by(ward, "teo"), site=SITE, on=on, **fields))  # type: ignore[arg-type]  # fields by name


def sheet(ward: Ward, on: str = "") -> PlanSheet:
    found = ward.world.kept(ORG, PlanSheet, sheet_id(SITE, on))
    assert found is not None
    return found


def codes(ward: Ward, *places: str, renew: bool = False, who: str = "teo") -> c.Reply:
    return ward.do(o.MakeCodes(org=ORG, by=by(ward, who), site=SITE, places=places, renew=renew))


def kept(ward: Ward) -> tuple[int, int]:
    """How many codes and sheets are open."""
    return len(ward.world.all_kept(ORG, PlaceCode)), len(ward.world.all_kept(ORG, PlanSheet))


def code_of(ward: Ward, place: str) -> str:
    (code,) = (code.id for code in ward.world.all_kept(ORG, PlaceCode).values() if code.place == place)
    return code


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
        ({"picture": picture(b"GIF89a")}, "a picture is a PNG of at most"),
        ({"picture": picture(PNG + bytes(PICTURE_MAX_BYTES))}, "a picture is a PNG of at most"),
        ({"picture": replace(picture(), id="0" * 64)}, "not the one that its id names"),
        ({"picture": picture(width=9_000)}, "a side has at most 8192 pixels"),
        ({"picture": picture(width=10, height=101)}, "at most ten times as tall"),
        ({"picture": picture(width=0)}, "a width and a height"),
        ({"height": 0}, "a width and a height"),
        ({"known": KNOWN[:1]}, "not_two"),
    ],
)
def test_what_is_no_sheet_is_refused_in_words(fields: dict[str, object], why: str) -> None:
    ward = drawn()
    reply = paper(ward, **fields)  # type: ignore[arg-type]  # fields by name
    assert problem(reply) is Problem.CONFLICT and why in reply.detail  # type: ignore[union-attr]  # declined
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
