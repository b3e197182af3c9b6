"""The addresses of the office."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from litestar.handlers import HTTPRouteHandler

from tocsin.core.access.permissions import May
from tocsin.core.limits import BODY_MAX_BYTES, DRAWING_FORM_MAX_BYTES, ROSTER_FORM_MAX_BYTES
from tocsin.runtime.access.reading import NotAllowed
from tocsin.web.frame import Do, Frame
from tocsin.web.office import doing, handing, keys, reach, roster, roster_edit, screens, ties
from tocsin.web.office.announced import announced_page
from tocsin.web.office.changes import changes_page, decide_change
from tocsin.web.office.editing import edit_page, hire, hire_page, save
from tocsin.web.office.people import members_page
from tocsin.web.office.person import person_page
from tocsin.web.office.place_form import place_page, remove_place, save_place
from tocsin.web.office.place_known import known_page, save_known
from tocsin.web.office.place_sheet import save_sheet, sheet_page
from tocsin.web.office.place_upload import confirm_upload, draft_picture, read_upload, upload_page, use_blank
from tocsin.web.office.place_walls import make_codes, print_codes, walls_page
from tocsin.web.office.places import places_page
from tocsin.web.office.plan import plan_act, plan_page
from tocsin.web.office.plans import plans_page
from tocsin.web.office.roles import roles_page
from tocsin.web.office.roll_calls import call_roll, close_roll, roll_call_page, roll_calls_page
from tocsin.web.office.rooms import Answer, Office, Services
from tocsin.web.office.roster_feeds import add_feed, end_feed, feeds_page, read_feed
from tocsin.web.office.roster_file import confirm, import_page, preview, roster_table
from tocsin.web.office.start import start_page
from tocsin.web.office.trail import trail_page, trail_table
from tocsin.web.office.walk_times import save_walk_times, walk_times_page
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import words
from tocsin.web.visit import Door, Visit

Page = Callable[[Office], Awaitable[Answer]]
ONE = "/office/members/{member:str}"
PLAN = "/office/plans/{site:str}/{of:str}"
PAGES: tuple[tuple[str, Page], ...] = (
    ("/office", start_page),
    ("/office/announced", announced_page),
    ("/office/members", members_page),
    ("/office/members/new", hire_page),
    (ONE, person_page),
    (f"{ONE}/edit", edit_page),
    ("/office/roles", roles_page),
    ("/office/roster", roster.roster_page),
    ("/office/roster/shift", roster_edit.shift_page),
    ("/office/places", places_page),
    ("/office/places/place", place_page),
    ("/office/places/sheet", sheet_page),
    ("/office/places/known", known_page),
    ("/office/places/upload", upload_page),
    ("/office/places/drafts/{draft:str}", draft_picture),
    ("/office/places/codes", walls_page),
    ("/office/places/codes/codes.pdf", print_codes),
    ("/office/reach", reach.reach_page),
    ("/office/roll-calls", roll_calls_page),
    ("/office/roll-calls/{roll:str}", roll_call_page),
    ("/office/plans", plans_page),
    (PLAN, plan_page),
    ("/office/walks", walk_times_page),
    ("/office/roster/import", import_page),
    ("/office/roster/import/roster.csv", roster_table),
    ("/office/roster/feeds", feeds_page),
    ("/office/changes", changes_page),
    ("/office/ties", ties.ties_page),
    ("/office/trail", trail_page),
    ("/office/trail.csv", trail_table),
    ("/office/screens", screens.screens_page),
    ("/office/keys", keys.keys_page),
)
ACTS: tuple[tuple[str, Page], ...] = (
    ("/office/members/new", hire),
    (f"{ONE}/edit", save),
    (f"{ONE}/invite", handing.invite),
    (f"{ONE}/enrol", handing.enrol),
    (f"{ONE}/suspend", doing.suspend),
    (f"{ONE}/take-back", doing.take_back_suspension),
    (f"{ONE}/reinstate", doing.reinstate),
    (f"{ONE}/end", doing.end_everything),
    (f"{ONE}/pins", doing.reset_pins),
    (f"{ONE}/pins-object", doing.refuse_pin_reset),
    (f"{ONE}/recover", doing.recover),
    (f"{ONE}/vouch", doing.vouch),
    (f"{ONE}/object", doing.object_to_recovery),
    (f"{ONE}/link-back", handing.link_back),
    (f"{ONE}/phones/{{phone:str}}", doing.end_phone),
    (PLAN, plan_act),
    ("/office/walks", save_walk_times),
    ("/office/roster/import", preview),
    ("/office/roster/import/confirm", confirm),
    ("/office/roster/feeds", add_feed),
    ("/office/roster/feeds/{feed:str}/read", read_feed),
    ("/office/roster/feeds/{feed:str}/end", end_feed),
    ("/office/changes/{change:str}", decide_change),
    ("/office/roster/shift", roster_edit.save_shift),
    ("/office/roster/remove", roster_edit.remove_shift),
    ("/office/roster/clock-in", roster.clock_in),
    ("/office/roster/clock-out", roster.clock_out),
    ("/office/places/place", save_place),
    ("/office/places/remove", remove_place),
    ("/office/places/sheet", save_sheet),
    ("/office/places/known", save_known),
    ("/office/places/upload", read_upload),
    ("/office/places/upload/confirm", confirm_upload),
    ("/office/places/blank", use_blank),
    ("/office/places/codes", make_codes),
    ("/office/reach/test", reach.test_now),
    ("/office/roll-calls", call_roll),
    ("/office/roll-calls/{roll:str}/close", close_roll),
    ("/office/ties", ties.set_tie),
    ("/office/ties/lift", ties.lift_tie),
    ("/office/screens/{kind:str}", screens.make_screen),
    ("/office/screens/{kind:str}/{screen:str}/end", screens.end_screen),
    ("/office/keys", keys.make_key),
    ("/office/keys/{key:str}/end", keys.end_key),
)

SENT_BY = {path: May.EDIT_PLANS for path in ("/office/roster/import", "/office/roster/import/confirm")}
LONG = {path: ROSTER_FORM_MAX_BYTES for path in ("/office/roster/import", "/office/roster/import/confirm")}
LONG["/office/places/upload"] = DRAWING_FORM_MAX_BYTES
SENT_BY["/office/places/upload"] = May.EDIT_PLACES


def office_handlers(frame: Frame, services: Services) -> list[HTTPRouteHandler]:
    """Every page of the office and every form on them; the frame learns of the door to it."""
    frame.doors.append(Door("/office", words("Office"), May.READ_MEMBERS))
    frame.doors.append(Door("/console", words("Watch"), May.SEE_DELIVERIES))
    pages = [frame.page(path, _do(page, services)) for path, page in PAGES]
    nowhere = [frame.page("/office/{rest:path}", _nowhere), frame.act("/office/{rest:path}", _nowhere)]
    acts = [_act(frame, services, path, act) for path, act in ACTS]
    return [*pages, *acts, *nowhere]


def _act(frame: Frame, services: Services, path: str, act: Page) -> HTTPRouteHandler:
    may, most_bytes = SENT_BY.get(path), LONG.get(path, BODY_MAX_BYTES)
    return frame.act(path, _do(act, services), may=may, most_bytes=most_bytes)


def _do(page: Page, services: Services) -> Do:
    async def do(visit: Visit) -> Answer:
        try:
            return await page(Office(visit, services))
        except NotAllowed:
            raise PageRefusal("not_allowed") from None

    return do


async def _nowhere(visit: Visit) -> Answer:
    """An address of the office that leads nowhere says so on a page of the office."""
    raise PageRefusal("not_found")
