"""The invented office with a roster: who is on now, who comes next, and pages in front of it."""

from __future__ import annotations

from msgspec.structs import replace

from bureau import PUBLIC_URL, Browser, browser_of, frame_of
from staff import Staffed
from tocsin.core.access.sheet import numbered
from tocsin.core.attendance import Attendance
from tocsin.core.directory import Contact, Member, Plan, Rung, Shift, Site
from tocsin.core.roster import on_shift
from tocsin.core.words import Channel, Kind, Role
from tocsin.web.my_shifts import MyShifts
from tocsin.web.office.handlers import office_handlers
from tocsin.web.office.reach_tests import Tests
from tocsin.web.office.rooms import services_of

SITE, HOUR = "centre", 3_600_000
DAY = 24 * HOUR
PLAN = Plan(SITE, Kind.SOS, 2, (Rung(0, ("on_shift",)), Rung(60, ("member:teo", "member:wale", "member:ada"))))


def texts(name: str, number: int) -> tuple[Contact, ...]:
    return (Contact(f"{name}/sms", Channel.SMS, f"+1202555{number:04d}", verified=True),)


class Rostered(Staffed):
    """From the hour that runs on: Teo, Noor and Ana; eight hours later Bo and Ana, and nobody who may close."""

    def __init__(self, *more: Member, zone: str = "America/Chicago", began_ms: int | None = None) -> None:
        ana, bo = Member("ana", "Ana Ruiz", (Role.RESPONDER,)), Member("bo", "Bo Larsen", (Role.RESPONDER,))
        people = [replace(one, contacts=texts(one.id, 160 + n)) for n, one in enumerate((ana, bo))]
        own = {name: {"contacts": texts(name, 170 + n)} for n, name in enumerate(("teo", "noor", "wale", "ada"))}
        super().__init__(*people, *more, **own)
        self.clock.ms = (began_ms or self.clock.ms) // HOUR * HOUR
        self.world.channels = frozenset(Channel)
        self.tests: Tests | None = None
        self.first = (SITE, self.clock.ms, self.clock.ms + 8 * HOUR, 0)
        self.second = (SITE, self.clock.ms + 8 * HOUR, self.clock.ms + 16 * HOUR, 0)
        self.rules(sites={SITE: Site(SITE, "Dispatch Centre", zone)}, plans=(PLAN,))
        self.shifts(
            Shift(SITE, ("teo", "noor", "ana"), *self.first[1:3]), Shift(SITE, ("bo", "ana"), *self.second[1:3])
        )

    def rules(self, **changes: object) -> None:
        self._beside(lambda docket: docket.set_rules(replace(docket.directory, **changes)))

    def shifts(self, *shifts: Shift) -> None:
        self.rules(shifts=shifts)

    def attend(self, word: Attendance) -> None:
        self._beside(lambda docket: docket.attend(word))

    def people_on(self, key: tuple[str, int, int, int]) -> tuple[str, ...]:
        return numbered(self.directory.shifts)[key].members

    def on(self) -> list[str]:
        return on_shift(self.directory, SITE, self.clock.ms)

    def reader(self, member: str = "teo", language: str = "en", **session: object) -> Browser:
        frame = frame_of(self)
        services = services_of(self, self, PUBLIC_URL, tests=self.tests)
        handlers = [*MyShifts(frame, self).handlers(), *office_handlers(frame, services)]
        return browser_of(self, handlers, member, language)
