"""A drawing from a file: it is read and shown, and changes nothing until somebody confirms what they saw."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, cast

from litestar import Response
from msgspec import Struct

from tocsin.core.access.permissions import May
from tocsin.core.access.place_commands import SetSheet
from tocsin.core.access.place_record import Picture, PlanSheet, tall
from tocsin.core.commands import Declined, Problem
from tocsin.core.directory import Site
from tocsin.core.limits import NAME_MAX_CHARS
from tocsin.core.place import of_site
from tocsin.runtime.drawings.shapes import Drawn, Outlined, Refused, Unreadable
from tocsin.web.forms import filled, version_of
from tocsin.web.office.drawing_words import FILES, LEFT_OUT, LINES
from tocsin.web.office.place_drafts import Draft
from tocsin.web.office.place_paper import (
    Paper,
    may_carry,
    on_sheet,
    paper_with,
    picture_url,
    sheet_asked,
    sheet_name,
    sheet_of,
    sheet_url,
)
from tocsin.web.office.place_saving import Saved, save
from tocsin.web.office.place_shapes import edits_of, faults_of
from tocsin.web.office.place_tree import in_order
from tocsin.web.office.place_words import BLANK, OWN_SHEET, kind_word
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import site_asked
from tocsin.web.refusals import PageRefusal, refusal_of
from tocsin.web.speaking import words
from tocsin.web.uploads import Upload

LINES_SHOWN = 200
NOTHING_CHOSEN = words("Choose a file.")
LOST = words("What was read is kept for an hour, and it is gone. Choose the file again; nothing was changed.")


class Line(Struct, frozen=True):
    """A shape of the file, and what about it."""

    number: int
    what: str
    why: str


class Came(Struct, frozen=True):
    """A place of the file: what it is, and whether it is new here."""

    name: str
    kind: str
    words: str


# The form --------------------------------------------------------------------------------------------------------


async def upload_page(office: Office) -> Answer:
    office.must(May.EDIT_PLACES)
    query = office.visit.asked.query
    site = site_asked(office, query.get("site", ""))
    on = sheet_asked(office, site, query.get("on", ""))
    office.visit.form = filled({"on": on}, office.visit._)
    return _form(office, site, on)


def _form(office: Office, site: Site, on: str) -> Answer:
    say, places = office.visit._, of_site(office.visit.directory.places, site.id)
    carriers = [(place.id, "\u2003" * depth + place.name) for place, depth in in_order(places) if may_carry(place)]
    return office.show(
        "place_upload",
        heading=say("Upload a plan"),
        site=site,
        on=on,
        on_options=[("", f"{say(OWN_SHEET)} ({site.name})"), *carriers],
        blank_seen=version_of(sheet_of(office, site.id, on)),
        sheet_name=sheet_name(office, site, on),
        has_picture=bool(picture_url(sheet_of(office, site.id, on))),
        leave_url=sheet_url(site.id, on),
    )


# What was read ---------------------------------------------------------------------------------------------------


async def read_upload(office: Office) -> Answer:
    """Read the file, and show what was read."""
    office.must(May.EDIT_PLACES)
    visit, form = office.visit, office.visit.form
    site = site_asked(office, form.raw("site"))
    on, chosen = sheet_asked(office, site, form.raw("on")), visit.files.get("file", Upload())
    if not chosen.content:
        form.fault("file", NOTHING_CHOSEN)
        return _form(office, site, on)
    read = await office.services.read_drawing(chosen.content)
    if isinstance(read, Unreadable):
        form.fault("file", FILES[read.why], detail=read.detail)
        return _form(office, site, on)
    draft = Draft(visit.org, visit.by.member, site.id, on, chosen.name[-NAME_MAX_CHARS:], read, visit.now_ms)
    return _shown(office, site, office.services.drafts.keep(draft))


def _shown(office: Office, site: Site, draft: Draft) -> Answer:
    read, name = draft.read, sheet_name(office, site, draft.on)
    outlined = read if isinstance(read, Outlined) else None
    return office.show(
        "place_preview",
        scripts=("draw.js",),
        heading=_heading(office, read),
        site=site,
        draft=draft,
        sheet_name=name,
        paper=_paper(office, site, draft),
        changes=list(_changes(office, site, draft)),
        came=_came(office, site, draft) if outlined else [],
        refused=[_line(office, one) for one in outlined.refused[:LINES_SHOWN]] if outlined else [],
        noted=[_line(office, one) for one in outlined.noted[:LINES_SHOWN]] if outlined else [],
        left_out=[office.visit._(LEFT_OUT[left]) for left in read.left_out] if isinstance(read, Drawn) else [],
        seen=_seen(office, site, draft.on),
        back_url=sheet_url(site.id, draft.on).replace("/sheet?", "/upload?"),
    )


def _heading(office: Office, read: Drawn | Outlined) -> str:
    if isinstance(read, Drawn):
        return office.visit._("Is this the plan?")
    return office.ngettext("%(num)s place was read", "%(num)s places were read", len(read.places))


def _paper(office: Office, site: Site, draft: Draft) -> Paper:
    """As the sheet would be: the new picture under what is drawn already, or the places of the file."""
    read, label = draft.read, office.visit._("The sheet as it would be")
    if isinstance(read, Drawn):
        down = tall(read.width, read.height)
        return paper_with("draft", down, f"/office/places/drafts/{draft.id}", on_sheet(office, site, draft.on), label)
    wanted = [edit.after for edit in edits_of(office, site, draft.on, read) if edit.after is not None]
    changed = {place.id for place in wanted}
    stays = [place for place in on_sheet(office, site, draft.on) if place.id not in changed]
    return paper_with("draft", tall(read.width, read.height), "", [*stays, *wanted], label, changed)


def _changes(office: Office, site: Site, draft: Draft) -> Iterator[str]:
    """What it would do to the sheet, in sentences."""
    say, sheet, read = office.visit._, sheet_of(office, site.id, draft.on), draft.read
    drawn = on_sheet(office, site, draft.on)
    if sheet is not None and sheet.picture:
        yield say("The picture that is there now, %(name)s, goes.", name=sheet.name or say("a plan"))
    if drawn:
        yield office.ngettext(
            "%(num)s outline stays where it is: look whether it still fits.",
            "%(num)s outlines stay where they are: look whether they still fit.",
            len(drawn),
        )
    down = tall(read.width, read.height)
    outside = [place.name for place in drawn if any(y > down for _, y in place.outline)]
    if outside:
        yield say("Outside of it would lie: %(names)s. Draw them anew afterwards.", names=", ".join(outside))
    if isinstance(read, Drawn) and sheet is not None and sheet.known:
        yield say("Where the sheet lies is forgotten: set the two known points anew.")
    if isinstance(read, Outlined):
        yield say("The file says where it lies: positions can be drawn on this sheet then.")


def _came(office: Office, site: Site, draft: Draft) -> list[Came]:
    assert isinstance(draft.read, Outlined)
    say = office.visit._
    edits = list(edits_of(office, site, draft.on, draft.read))
    told = {edit.place: say("new") if edit.before is None else say("gets this outline") for edit in edits}
    return [
        Came(edit.after.name, kind_word(say, edit.after.kind), told[edit.place])
        for edit in edits
        if edit.after is not None
    ]


def _line(office: Office, one: Refused) -> Line:
    return Line(one.number, one.what, office.visit._(LINES[one.why]))


def _seen(office: Office, site: Site, on: str) -> str:
    return version_of(sheet_of(office, site.id, on), on_sheet(office, site, on))


async def draft_picture(office: Office) -> Answer:
    """What was read, for the page that shows it, and for whoever chose it."""
    office.must(May.EDIT_PLACES)
    draft = _draft(office, office.visit.asked.under["draft"])
    if draft is None or not isinstance(draft.read, Drawn):
        raise PageRefusal("no_such_record")
    return cast("Answer", Response(draft.read.picture, media_type="image/png"))


def _draft(office: Office, id: str) -> Draft | None:
    visit = office.visit
    return office.services.drafts.find(visit.org, visit.by.member, id, visit.now_ms)


# Confirmed -------------------------------------------------------------------------------------------------------


async def confirm_upload(office: Office) -> Answer:
    """What they saw is done, if the sheet is still what they saw; else they see it anew."""
    office.must(May.EDIT_PLACES)
    visit, form = office.visit, office.visit.form
    draft = _draft(office, form.raw("draft"))
    if draft is None:
        site = site_asked(office, form.raw("site"))
        form.fault("file", LOST)
        return _form(office, site, "")
    site = site_asked(office, draft.site)
    on = sheet_asked(office, site, draft.on)
    if form.differs({}, _seen(office, site, on)):
        return _shown(office, site, draft)
    edits = tuple(edits_of(office, site, on, draft.read)) if isinstance(draft.read, Outlined) else ()
    form.faults.update({f"place-{n}": told for n, told in enumerate(faults_of(office, site, edits))})
    if not form.ok:
        return _shown(office, site, draft)
    if not await _set_sheet(office, site, draft):
        form.meanwhile = {"seen": ""}
        return _shown(office, site, draft)
    if edits:
        came = await save(office, site, *edits)
        if came is not Saved.DONE:
            form.meanwhile = {} if came is Saved.WRONG else {"seen": ""}
            return _shown(office, site, draft)
    office.services.drafts.forget(draft)
    return visit.go(sheet_url(site.id, on), visit._("This is the sheet now. Draw the places on it."))


async def _set_sheet(office: Office, site: Site, draft: Draft) -> bool:
    """False: somebody else has set another picture meanwhile.  Raises PageRefusal for any other *no*."""
    visit, sheet, read = office.visit, sheet_of(office, draft.site, draft.on), draft.read
    before = None if sheet is None else sheet.picture
    if isinstance(read, Outlined) and _is_as_read(sheet, read):
        return True
    given: Mapping[str, Any] = {"picture": _picture(read)} if isinstance(read, Drawn) else _blank(read)
    command = SetSheet(org=visit.org, by=visit.by, site=site.id, on=draft.on, before=before, name=draft.name, **given)
    reply = await visit.house.submit(command)
    if isinstance(reply, Declined) and reply.problem is Problem.STALE:
        return False
    if isinstance(reply, Declined):
        raise refusal_of(reply)
    return True


def _picture(read: Drawn) -> Picture:
    content = read.picture
    return Picture(id=hashlib.sha256(content).hexdigest(), content=content, width=read.width, height=read.height)


def _blank(read: Outlined) -> Mapping[str, Any]:
    return {"picture": None, "width": read.width, "height": read.height, "known": read.known}


def _is_as_read(sheet: PlanSheet | None, read: Outlined) -> bool:
    if sheet is None or sheet.picture:
        return False
    return (sheet.width, sheet.height, sheet.known) == (read.width, read.height, read.known)


# Blank paper -----------------------------------------------------------------------------------------------------


async def use_blank(office: Office) -> Answer:
    """A sheet without a picture: of a floor that has none yet, or in place of one."""
    office.must(May.EDIT_PLACES)
    visit = office.visit
    site = site_asked(office, visit.form.raw("site"))
    on = sheet_asked(office, site, visit.form.raw("on"))
    sheet = sheet_of(office, site.id, on)
    if visit.form.seen != version_of(sheet):
        raise PageRefusal("conflict")
    before = None if sheet is None else sheet.picture
    if before != "":
        command = SetSheet(
            org=visit.org, by=visit.by, site=site.id, on=on, picture=None, before=before, name=visit._(BLANK)
        )
        await visit.do(command)
    return visit.go(sheet_url(site.id, on), visit._("Blank paper. Draw the places on it."))
