"""Places are drawn, named and taken away; sheets get their pictures; walls get their codes.  All of it acts at once.

Theory of operation
-------------------
Nothing of this takes anybody's protection away: whom an alert rings does not depend on places, and what was reported of
an alert stays as it was reported.  So nothing waits; every supervisor is told, by one line for each act.

A place goes alone: whatever is inside it or drawn on its sheet must be named by the same command, and one at which a
desk stands cannot go.  With a place go its sheet and its code (`follow`), whichever way it went.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from tocsin.core.access.carrying import carry_out
from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.place_commands import EditPlaces, MakeCodes, SetKnown, SetSheet
from tocsin.core.access.place_record import Picture, PlaceCode, PlanSheet, sheet_id, tall
from tocsin.core.access.proposing import bad_directory, newly_fatal, standing_edits
from tocsin.core.access.record import By, Desk
from tocsin.core.access.sheet import applied
from tocsin.core.access.words import Ended, Told
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.findings import Finding, Wrong, found
from tocsin.core.ground import Known, known_faults
from tocsin.core.limits import (
    LABEL_MAX_CHARS,
    NAME_MAX_CHARS,
    OUTLINES_AT_ONCE_MAX,
    PICTURE_MAX_BYTES,
    PICTURE_MAX_PX,
    PLACE_CODE_LETTERS,
    SHEET_TALL_MAX_UNITS,
    SHEET_TALL_UNITS,
    SHEETS_MAX,
)
from tocsin.core.outline import OutlineFault
from tocsin.core.place import SHEETED, of_site
from tocsin.core.place_problems import OF_OUTLINE, name_of
from tocsin.core.refusals import NO_SUCH_SITE, STALE

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # As in a site file.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # None that looks like another on a wall at night.
PNG = b"\x89PNG\r\n\x1a\n"
NO_SUCH_PLACE = Declined(problem=Problem.NO_SUCH_RECORD, because=Because.NO_SUCH_PLACE)
NO_SUCH_SHEET = Declined(problem=Problem.NO_SUCH_RECORD, because=Because.NO_SUCH_SHEET)


# Places ----------------------------------------------------------------------------------------------------------


def edit_places(docket: Docket, command: EditPlaces) -> Reply:
    """All of it or nothing.  STALE: somebody else changed one of them meanwhile; BAD_DIRECTORY: `findings` says why."""
    declined = refused(docket, command.by, May.EDIT_PLACES) or _no_site(docket, command.site)
    if declined is not None:
        return declined
    shapeless = [fault for edit in command.edits for fault in _shapeless(command.site, edit)]
    if shapeless or _work(command.edits) > OUTLINES_AT_ONCE_MAX:
        return bad_directory(shapeless or [found(f"site {command.site}", Wrong.TOO_MUCH_AT_ONCE)])
    edits = standing_edits(docket.directory, command.edits)
    if edits is None:
        return STALE
    wanted = applied(docket.directory, edits)
    faults = [*newly_fatal(docket, wanted), *_off_their_sheets(docket, command.edits), *desks_left(docket, wanted)]
    if faults:
        return bad_directory(faults)
    if not edits:
        return Done(known=True)
    carry_out(docket, edits)
    _say(docket, command.by, "places_changed", command.site, str(len(edits)), command.why)
    return Done()


def _shapeless(site: str, edit: PlaceEdit) -> Iterator[Finding]:
    """What a page may send and no place can be."""
    after, where = edit.after, name_of(edit.site, edit.place)
    if edit.site != site or (after is not None and (after.site, after.id) != (edit.site, edit.place)):
        yield found(where, Wrong.PLACE_ELSEWHERE)
    elif not ID.fullmatch(edit.place):
        yield found(where, Wrong.PLACE_ID, most=64)
    elif after is not None and not 0 < len(after.name.strip()) <= NAME_MAX_CHARS:
        yield found(where, Wrong.PLACE_NAME, most=NAME_MAX_CHARS)


def _work(edits: Iterable[PlaceEdit]) -> int:
    """What it costs at the most to look whether these outlines cross themselves: a press may be waiting behind it."""
    return sum(len(edit.after.outline) ** 2 for edit in edits if edit.after is not None)


def _off_their_sheets(docket: Docket, edits: Iterable[PlaceEdit]) -> Iterator[Finding]:
    """Outlines that are new and leave the picture under them."""
    for edit in edits:
        after = edit.after
        if after is None or after.on is None or (edit.before and edit.before.outline == after.outline):
            continue
        sheet = open_sheet(docket, edit.site, after.on)
        down = SHEET_TALL_UNITS if sheet is None else sheet.tall
        if any(y > down for _, y in after.outline):
            yield found(name_of(edit.site, edit.place), OF_OUTLINE[OutlineFault.OUTSIDE], name=after.name)


def desks_left(docket: Docket, wanted: Directory) -> list[Finding]:
    """Desks whose place would be gone, though not their site: a press there could no longer say where."""
    going = {(place.site, place.id) for place in docket.directory.places if place.site in wanted.sites}
    going -= {(place.site, place.id) for place in wanted.places}
    return [
        found(name_of(desk.site, desk.place), Wrong.DESK_THERE, desk=desk.label)
        for desk in docket.all_kept(Desk).values()
        if (desk.site, desk.place) in going
    ]


# Sheets ----------------------------------------------------------------------------------------------------------


def set_sheet(docket: Docket, command: SetSheet) -> Reply:
    """STALE: it has another picture than was seen.  CONFLICT: what was sent is no picture or no sheet."""
    declined = refused(docket, command.by, May.EDIT_PLACES) or _no_sheet(docket, command.site, command.on)
    if declined is not None:
        return declined
    known = open_sheet(docket, command.site, command.on)
    if command.before != (None if known is None else known.picture):
        return STALE
    sheet = _sheet(docket, command)
    wrong = _no_picture(command.picture) or _no_paper(sheet) or _not_known(sheet.known, sheet)
    if wrong is None and known is None and _sheets_of(docket, command.site) >= SHEETS_MAX:
        wrong = Because.TOO_MANY_SHEETS
    if wrong is not None:
        return _conflict(wrong)
    if command.picture is not None and docket.kept(Picture, command.picture.id) is None:
        docket.keep(command.picture)
    docket.keep(sheet)
    _say(docket, command.by, "sheet_set", sheet.id)
    return Done()


def _sheet(docket: Docket, command: SetSheet) -> PlanSheet:
    picture = command.picture
    return PlanSheet(
        id=sheet_id(command.site, command.on),
        site=command.site,
        on=command.on,
        picture="" if picture is None else picture.id,
        width=command.width if picture is None else picture.width,
        height=command.height if picture is None else picture.height,
        name=command.name.strip()[:LABEL_MAX_CHARS],
        known=command.known,
        made_ms=docket.now_ms,
        by=command.by.member,
    )


def set_known(docket: Docket, command: SetKnown) -> Reply:
    """On blank paper that nobody has set yet too."""
    declined = refused(docket, command.by, May.EDIT_PLACES) or _no_sheet(docket, command.site, command.on)
    if declined is not None:
        return declined
    site, on = command.site, command.on
    sheet = open_sheet(docket, site, on)
    if sheet is None:
        sheet = _sheet(docket, SetSheet(org=docket.org, by=command.by, site=site, on=on, picture=None, before=None))
    if wrong := _not_known(command.known, sheet):
        return _conflict(wrong)
    if sheet.known == command.known:
        return Done(known=True)
    docket.keep(replace(sheet, known=command.known))
    _say(docket, command.by, "sheet_known", sheet.id)
    return Done()


def open_sheet(docket: Docket, site: str, on: str) -> PlanSheet | None:
    """None: blank paper of the usual proportions, of which nothing is known."""
    return docket.all_kept(PlanSheet).get(sheet_id(site, on))


def _no_picture(picture: Picture | None) -> Because | None:
    """Is this no picture of ours?  What is made here is a PNG within these bounds, under the hash of its bytes."""
    if picture is None:
        return None
    ours = picture.content.startswith(PNG) and len(picture.content) <= PICTURE_MAX_BYTES
    ours = ours and hashlib.sha256(picture.content).hexdigest() == picture.id
    return None if ours and max(picture.width, picture.height) <= PICTURE_MAX_PX else Because.NO_PICTURE


def _no_paper(sheet: PlanSheet) -> Because | None:
    if sheet.width < 1 or sheet.height < 1:
        return Because.NO_PAPER
    return None if tall(sheet.width, sheet.height) <= SHEET_TALL_MAX_UNITS else Because.NO_PAPER


def _not_known(known: Sequence[Known], sheet: PlanSheet) -> Because | None:
    return Because.POINTS_WRONG if known_faults(known, sheet.tall) else None


def _sheets_of(docket: Docket, site: str) -> int:
    return sum(sheet.site == site for sheet in docket.all_kept(PlanSheet).values())


def _no_sheet(docket: Docket, site: str, on: str) -> Declined | None:
    if on == "":
        return _no_site(docket, site)
    place = of_site(docket.directory.places, site).get(on)
    return None if place is not None and place.kind in SHEETED else NO_SUCH_SHEET


# Codes -----------------------------------------------------------------------------------------------------------


def make_codes(docket: Docket, command: MakeCodes) -> Reply:
    """Every one of these places has a code when this is durable; with `renew` a new one, and the old say nothing."""
    declined = refused(docket, command.by, May.EDIT_PLACES) or _no_site(docket, command.site)
    if declined is not None:
        return declined
    places = of_site(docket.directory.places, command.site)
    if not places.keys() >= set(command.places):
        return NO_SUCH_PLACE
    had = {code.place: code for code in docket.all_kept(PlaceCode).values() if code.site == command.site}
    wanted = [id for id in dict.fromkeys(command.places) if command.renew or id not in had]
    for id in wanted:
        if id in had:
            docket.keep(replace(had[id], ended=Ended.REPLACED))
        docket.keep(_code(docket, command, id))
    if not wanted:
        return Done(known=True)
    what = "place_codes_renewed" if had.keys() & set(wanted) else "place_codes_made"
    _say(docket, command.by, what, command.site, str(len(wanted)), command.why)
    return Done()


def _code(docket: Docket, command: MakeCodes, place: str) -> PlaceCode:
    letters = "".join(LETTERS[docket.dice.below(len(LETTERS))] for _ in range(PLACE_CODE_LETTERS))
    return PlaceCode(id=letters, site=command.site, place=place, made_ms=docket.now_ms, by=command.by.member)


def written(code: str) -> str:
    """A code as it is kept, however it was typed."""
    return code.replace("-", "").replace(" ", "").upper()


# What goes with a place ------------------------------------------------------------------------------------------


def follow(docket: Docket) -> None:
    """Whichever way a place went, its sheet and its code have ended."""
    if docket.rules is None or docket.directory.places == docket.world.directory(docket.org).places:
        return
    there = {(place.site, place.id) for place in docket.directory.places}
    for code in list(docket.all_kept(PlaceCode).values()):
        if (code.site, code.place) not in there:
            docket.keep(replace(code, ended=Ended.REVOKED))
    for sheet in list(docket.all_kept(PlanSheet).values()):
        if sheet.site not in docket.directory.sites or (sheet.on and (sheet.site, sheet.on) not in there):
            docket.keep(replace(sheet, ended=Ended.REVOKED))


def _no_site(docket: Docket, site: str) -> Declined | None:
    return None if site in docket.directory.sites else NO_SUCH_SITE


def _conflict(why: Because) -> Declined:
    return Declined(problem=Problem.CONFLICT, because=why)


def _say(docket: Docket, by: By, what: str, subject: str, detail: str = "", why: str = "") -> None:
    docket.act(by, what, subject=subject, detail=detail, why=why, told=Told.SUPERVISORS)
