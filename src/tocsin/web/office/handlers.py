"""The addresses of the office."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from litestar.handlers import HTTPRouteHandler

from tocsin.core.access.permissions import May
from tocsin.runtime.access.reading import NotAllowed, Records
from tocsin.web.frame import Do, Door, Frame
from tocsin.web.office.changes import changes_page
from tocsin.web.office.doing import end_everything, end_phone, recover, refuse_recovery, suspend
from tocsin.web.office.people import members_page
from tocsin.web.office.person import person_page
from tocsin.web.office.roles import roles_page
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.start import start_page
from tocsin.web.office.trail import trail_page, trail_table
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import words
from tocsin.web.visit import Visit

Page = Callable[[Office], Awaitable[Answer]]
PAGES: tuple[tuple[str, Page], ...] = (
    ("/office", start_page),
    ("/office/members", members_page),
    ("/office/members/{member:str}", person_page),
    ("/office/roles", roles_page),
    ("/office/changes", changes_page),
    ("/office/trail", trail_page),
    ("/office/trail.csv", trail_table),
)
ONE = "/office/members/{member:str}"
ACTS: tuple[tuple[str, Page], ...] = (
    (f"{ONE}/suspend", suspend),
    (f"{ONE}/end", end_everything),
    (f"{ONE}/recover", recover),
    (f"{ONE}/recover-refuse", refuse_recovery),
    (f"{ONE}/phones/{{phone:str}}", end_phone),
)


def office_handlers(frame: Frame, records: Records) -> list[HTTPRouteHandler]:
    """Every page of the office and every form on them; the frame learns of the door to it."""
    frame.doors.append(Door("/office", words("Office"), May.READ_MEMBERS))
    pages = [frame.page(path, _do(page, records)) for path, page in PAGES]
    return [*pages, *(frame.act(path, _do(act, records)) for path, act in ACTS)]


def _do(page: Page, records: Records) -> Do:
    async def do(visit: Visit) -> Answer:
        try:
            return await page(Office(visit, records))
        except NotAllowed:
            raise PageRefusal("not_allowed") from None

    return do
