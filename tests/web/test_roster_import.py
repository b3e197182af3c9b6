"""Importing a roster on a page: shown first, with every line that cannot be read, and done when it is confirmed."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from bureau import DAY_MS, HEADERS, ORG, PUBLIC_URL, SITE, Browser, browser_of, frame_of
from staff import Staffed
from tocsin.core import commands as c
from tocsin.core.access.record import Guard
from tocsin.core.access.roster_commands import ImportRoster
from tocsin.core.directory import Contact, Shift
from tocsin.core.limits import BODY_MAX_BYTES, ROSTER_FORM_MAX_BYTES
from tocsin.core.words import Channel
from tocsin.runtime.rosters.reading import read
from tocsin.runtime.rosters.shapes import Job, Read, Unreadable
from tocsin.web.office.handlers import office_handlers
from tocsin.web.office.rooms import Answer, services_of
from tocsin.web.reader import form_token
from tocsin.web.visit import Visit

IMPORT, CONFIRM = "/office/roster/import", "/office/roster/import/confirm"
TABLE = "member,date,start,end\nteo,2026-11-25,07:00,19:00\nNoor Invented,2026-11-25,19:00,07:00\n"


async def here(job: Job) -> Read | Unreadable:
    """Read in this process: what it is is shown, not how it is stopped."""
    return read(job)


class Desk(Staffed):
    """`busy`: so often somebody changes a member just before an import is decided."""

    busy = 0

    async def submit(self, command: c.Command) -> c.Reply:
        if self.busy and isinstance(command, ImportRoster):
            self.busy -= 1
            self.change("lena", language="es" if self.busy % 2 else "en")
        return await super().submit(command)

    def browser(self, member: str = "teo", language: str = "en") -> Browser:
        services = replace(services_of(self, self, PUBLIC_URL), read_roster=here)
        return browser_of(self, office_handlers(frame_of(self), services), member, language)

    def roster(self, *shifts: Shift) -> None:
        self._beside(lambda docket: docket.set_rules(replace(docket.directory, shifts=shifts)))

    @property
    def shifts(self) -> tuple[Shift, ...]:
        return self.world.directory(ORG).shifts


@pytest.fixture
def desk() -> Desk:
    return Desk()


def sent(browser: Browser, content: bytes | str = "", path: str = IMPORT, **fields: str) -> httpx.Response:
    given: dict[str, Any] = {"form_token": form_token(browser.token), "site": SITE, "dates": "", "pasted": "", **fields}
    file = {"file": ("roster.csv", content if isinstance(content, bytes) else content.encode(), "text/csv")}
    return browser.client.post(path, data=given, files=file, headers=HEADERS, follow_redirects=False)


def hidden(page: httpx.Response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(reading|seen)" value="([^"]*)"', page.text)
    return {name: html.unescape(value) for name, value in found}


def words(page: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_what_a_file_would_change_is_shown_and_nothing_is_changed(desk: Desk) -> None:
    page = sent(desk.browser(), TABLE + "Bob,2026-11-25,07:00,19:00\nteo,3/4/2026,1,2\n")
    told = words(page)
    assert page.status_code == 200 and desk.shifts == ()
    assert "2 shifts read" in told and "2 people, 24 hours." in told
    assert "Wednesday, November 25, 2026 to Wednesday, November 25, 2026" in told
    assert "2 come, 0 go, 0 get other people, 0 stay as they are" in told
    assert "2 lines are not read" in told and "Line 4: Bob Nobody here is called so." in told
    assert "Cells apart by commas, written in utf-8." in told and "roster.csv" in told


def test_nothing_is_read_of_a_long_form_from_whoever_may_not_send_it(desk: Desk) -> None:
    """No form at all is refused as such to whoever may import, and for who they are to everybody else."""
    broken = {**HEADERS, "content-type": "multipart/form-data; boundary=x"}
    for member, status in (("noor", 403), ("teo", 400)):
        client = desk.browser(member).client
        for path in (IMPORT, CONFIRM):
            assert client.post(path, content=b"--y--" * 30_000, headers=broken).status_code == status


def test_a_long_form_that_anybody_at_all_could_send_is_no_page_of_ours(desk: Desk) -> None:
    with pytest.raises(AssertionError, match="anybody at all"):
        frame_of(desk).act("/long", not_asked, most_bytes=BODY_MAX_BYTES + 1)


async def not_asked(visit: Visit) -> Answer:
    raise AssertionError("nobody gets here")


def test_what_was_seen_is_done_once_it_is_confirmed(desk: Desk) -> None:
    browser = desk.browser()
    page = sent(browser, TABLE)
    done = browser.post(CONFIRM, {**hidden(page), "why": "November"})
    assert (done.status_code, done.headers["location"]) == (303, f"/office/roster?site={SITE}")
    assert [(shift.members, shift.ends_ms - shift.starts_ms) for shift in desk.shifts] == [
        (("teo",), DAY_MS // 2),
        (("noor",), DAY_MS // 2),
    ]
    again = sent(browser, TABLE)
    assert "Nothing would change." in words(again) and not hidden(again)


def test_where_something_else_changed_while_it_was_weighed_it_is_weighed_again(desk: Desk) -> None:
    browser = desk.browser()
    page = hidden(sent(browser, TABLE))
    desk.busy = 1
    assert browser.post(CONFIRM, page).status_code == 303
    assert len(desk.shifts) == 2
    page = hidden(sent(browser, TABLE.replace("25,07", "26,07")))
    desk.busy = 9
    assert browser.post(CONFIRM, page).status_code == 409
    assert len(desk.shifts) == 2


def test_a_roster_that_is_pasted_is_read_like_a_file(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.post(IMPORT, {"site": SITE, "dates": "", "pasted": TABLE})
    assert "2 shifts read" in words(page)
    table = browser.get(f"{IMPORT}/roster.csv?site={SITE}")
    assert table.text == "member,starts,ends,site\r\n" and "attachment" in table.headers["content-disposition"]


def test_of_a_file_without_a_shift_nobody_says_that_every_hour_is_covered(desk: Desk) -> None:
    covered = "At every hour enough people are on"
    told = words(sent(desk.browser(), "member,date,start,end\n"))
    assert "No shift to come could be read" in told and "No gap" not in told and covered not in told


def test_where_somebody_changed_the_roster_meanwhile_it_is_shown_anew(desk: Desk) -> None:
    browser = desk.browser()
    page = hidden(sent(browser, TABLE))
    begins = 1_795_608_000_000  # 25 November, 6:00 in Chicago.
    desk.roster(Shift(SITE, ("wale",), begins, begins + DAY_MS // 4))
    anew = browser.post(CONFIRM, page)
    assert anew.status_code == 409 and "somebody changed the roster meanwhile" in words(anew)
    assert "2 come, 1 go" in words(anew) and len(desk.shifts) == 1
    assert browser.post(CONFIRM, hidden(anew)).status_code == 303
    assert {shift.members for shift in desk.shifts} == {("teo",), ("noor",)}


def test_the_page_says_before_that_some_of_it_waits_and_it_does(desk: Desk) -> None:
    desk.keep(Guard(id="guard", since_ms=1))
    browser = desk.browser()
    begins = 1_795_611_600_000  # 25 November, 7:00 in Chicago.
    desk.roster(Shift(SITE, ("teo", "wale", "noor"), begins, begins + DAY_MS // 2))
    for member in ("teo", "wale", "noor"):
        desk.change(member, contacts=reached(member))
    page = sent(browser, TABLE)
    assert "Some of it takes people away, and waits for a second person" in words(page)
    assert "1 gap in these days" in words(page) or "gaps in these days" in words(page)
    assert browser.post(CONFIRM, hidden(page)).status_code == 303
    assert ("teo", "wale", "noor") in {shift.members for shift in desk.shifts}


def reached(member: str) -> tuple[Contact, ...]:
    return (Contact(f"{member}-sms", Channel.SMS, f"+1202555010{len(member)}", verified=True),)


def test_what_a_page_did_not_carry_is_not_imported(desk: Desk) -> None:
    browser = desk.browser()
    page = hidden(sent(browser, TABLE))
    for reading in ("x.y", page["reading"][:-8], page["reading"].replace(".", ".x")):
        assert browser.post(CONFIRM, {"reading": reading, "seen": page["seen"]}).status_code == 403
    assert desk.browser("ada").post(CONFIRM, page).status_code == 403
    assert browser.post(CONFIRM).status_code == 422
    assert desk.shifts == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "Choose a file, or paste the roster below."),
        ("hello", "Its first line names no columns."),
        (b"PK\x03\x04\x00\x00\xff\x00", "It is no text."),
        ("BEGIN:VCALENDAR", "No shift to come could be read"),
    ],
)
def test_what_is_no_roster_is_refused_beside_the_field(desk: Desk, content: bytes | str, said: str) -> None:
    assert said in words(sent(desk.browser(), content))
    assert desk.shifts == ()


def test_a_body_that_is_too_large_or_no_form_is_a_page_that_says_so(desk: Desk) -> None:
    browser = desk.browser()
    assert sent(browser, b"x" * ROSTER_FORM_MAX_BYTES).status_code == 413
    broken = {**HEADERS, "Content-Type": "multipart/form-data; boundary=x"}
    assert browser.client.post(IMPORT, content=b"--x\r\nbroken", headers=broken).status_code == 400
    assert sent(browser, TABLE, dates="who knows").status_code == 422
    assert sent(browser, TABLE, site="elsewhere").status_code == 404


def test_nobody_imports_who_may_not_change_a_roster(desk: Desk) -> None:
    for member in ("wale", "lena", "noor"):
        assert sent(desk.browser(member), TABLE).status_code == 403
        assert desk.browser(member).get(IMPORT).status_code == 403
    assert desk.shifts == ()


def test_the_pages_are_in_spanish_too(desk: Desk) -> None:
    desk.change("teo", language="es")
    browser = desk.browser(language="es")
    assert "Elija" in words(browser.get(IMPORT)) or "Importar" in words(browser.get(IMPORT))
    assert "Quién" in words(sent(browser, TABLE)) or "turnos" in words(sent(browser, TABLE))
