"""A small centre of one house, one floor, one room and a lot, drawn by Teo; and what is asked of its places."""

from __future__ import annotations

import hashlib

from second_person import acts, by, peopled
from ward import ORG, SITE, Ward

from tocsin.core import commands as c
from tocsin.core.access import place_commands as o
from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.place_record import Picture, PlaceCode, PlanSheet, sheet_id
from tocsin.core.access.record import Act
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.directory import Place
from tocsin.core.findings import Wrong
from tocsin.core.ground import Known

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
