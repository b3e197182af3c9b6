"""A big organisation, written into a store before its server starts: a hospital that has been at work for years.

Beside the small site where people press, there is one with everybody else: in teams, on turns of eight hours two weeks
back and four ahead, each with a phone, an open session for some, keys, screens, feeds, ties, swaps that wait, changes
that wait, and a long trail of who did what.  All of it is what the pages have to find their way through.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.bench.town import fictional
from tocsin.bench.ways_in import DAY_MS, desk, key, link, new_tokens, session, wallboard
from tocsin.core.access.changes import Change
from tocsin.core.access.edits import ShiftEdit, ShiftKey
from tocsin.core.access.feed_record import Feed
from tocsin.core.access.place_record import PlaceCode, PlanSheet
from tocsin.core.access.record import By, Kept, Passkey
from tocsin.core.access.swaps import Stretch, Swap
from tocsin.core.access.weakens import Weakens
from tocsin.core.access.words import Told, Via
from tocsin.core.directory import Contact, Device, Directory, Member, Place, Plan, Shift, Site
from tocsin.core.docket import Docket
from tocsin.core.words import Channel, Role
from tocsin.identity.token import token_hash

HOSPITAL = "hospital"
TEAMS = 5
TURN_MS = DAY_MS // 3
DAYS_BACK, DAYS_AHEAD = 14, 28
ROOMS, FLOORS = 400, 10
CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
SESSIONS, SCREENS, KEYS, LINKS, FEEDS, TIES, SWAPS, CHANGES = 2_000, 50, 50, 50, 40, 200, 200, 40
ACTS = 20_000
EVERY_RESPONDER, EVERY_SUPERVISOR = 10, 50  # Of the workers: one in so many.


def furnish(docket: Docket, pressers: int, reader: str) -> None:
    """Everything that such an organisation has, around the people who are there.  The first `pressers` workers, w0 and
    on, stay as they are: they are at the small site.  `reader` gets every role."""
    workers = (id for id in docket.directory.members if id.startswith("w"))
    staff = sorted(workers, key=lambda id: int(id[1:]))[pressers:]
    docket.set_members(_equipped(docket.directory, staff))
    docket.change_member(reader, roles=tuple(Role))
    docket.set_rules(_with_hospital(docket.directory, [reader, *staff], docket.now_ms))
    for id in staff:
        docket.set_device(
            Device(f"phone-{id}", id, token_hash(f"phone-{id}"), label="phone", enrolled_ms=docket.now_ms)
        )
    for record in _records(docket, staff, reader):
        docket.keep(record)
    for number in range(min(ACTS, 2 * len(staff))):
        _act(docket, number, By(reader, Via.SESSION), staff[number % len(staff)])


def _act(docket: Docket, number: int, by: By, about: str) -> None:
    """A line of the trail; some of them only for some to read."""
    if number % 50 == 0:
        docket.act(by, "tie_set", about=about, subject=by.member, told=Told.COORDINATORS)
    else:
        docket.act(by, "signed_in", about=about, told=Told.SUPERVISORS if number % 7 == 0 else Told.NOBODY)


def _equipped(directory: Directory, staff: list[str]) -> Iterator[Member]:
    """Two ways to most, one to some, none to a few."""
    for number, id in enumerate(staff, 20):
        ways = (Channel.SMS, Channel.VOICE)[: 0 if number % 97 == 0 else 1 if number % 5 == 0 else 2]
        contacts = tuple(Contact(f"{id}-{way}", way, fictional(number), verified=True) for way in ways)
        responder = (Role.RESPONDER,) if number // TEAMS % EVERY_RESPONDER == 0 else ()
        supervisor = (Role.SUPERVISOR,) if number // TEAMS % EVERY_SUPERVISOR == 0 else ()
        tied = (staff[number % len(staff) - 1],) if number % (len(staff) // TIES + 1) == 0 else ()
        known = directory.members[id]
        yield replace(known, roles=(*known.roles, *responder, *supervisor), contacts=contacts, not_told_about=tied)


def _with_hospital(known: Directory, staff: list[str], now_ms: int) -> Directory:
    site = Site(HOSPITAL, "Hospital", "America/Chicago")
    plans = tuple(_for_many(plan) for plan in known.plans)
    return replace(
        known,
        sites={**known.sites, HOSPITAL: site},
        places=(*known.places, *_places()),
        plans=(*known.plans, *plans),
        shifts=(*known.shifts, *_turns(staff, now_ms)),
    )


def _for_many(plan: Plan) -> Plan:
    """Of those on shift it rings the responders: nobody wants two thousand people at one bed."""
    first, *rest = plan.rungs
    return replace(plan, site=HOSPITAL, rungs=(replace(first, audience=("role:responder",)), *rest))


def _places() -> Iterator[Place]:
    """A house of some floors, each with a sheet of its own and its rooms drawn on it, side by side."""
    yield Place(HOSPITAL, "house", "House", "building")
    for floor in range(FLOORS):
        yield Place(HOSPITAL, f"floor-{floor}", f"Floor {floor}", "floor", inside="house")
    for number in range(ROOMS):
        x, y = number // FLOORS % 10 * 900 + 100, number // FLOORS // 10 * 900 + 100
        outline = ((x, y), (x + 800, y), (x + 800, y + 800), (x, y + 800))
        on = f"floor-{number % FLOORS}"
        yield Place(HOSPITAL, f"room-{number}", f"Room {number}", "room", inside=on, on=on, outline=outline)


def _turns(staff: list[str], now_ms: int) -> Iterator[Shift]:
    """The teams take turns without end: a month of ten thousand people, in the order in which it was imported."""
    first_ms = (now_ms // DAY_MS - DAYS_BACK) * DAY_MS
    for turn in range(3 * (DAYS_BACK + DAYS_AHEAD)):
        starts_ms = first_ms + turn * TURN_MS
        yield Shift(HOSPITAL, tuple(staff[turn % TEAMS :: TEAMS]), starts_ms, starts_ms + TURN_MS)


def _records(docket: Docket, staff: list[str], reader: str) -> Iterator[Kept]:
    now_ms = docket.now_ms
    for number, token in enumerate(new_tokens(min(SESSIONS, len(staff)))):
        yield session(token, staff[number])
    for id in staff:
        yield Passkey(id=f"passkey-{id}", member=id, public_key=b"key", sign_count=0, label="phone", made_ms=now_ms)
    for make, count in ((wallboard, SCREENS), (desk, SCREENS), (key, KEYS), (link, LINKS)):
        yield from (make(token, reader) for token in new_tokens(count))
    for number in range(FEEDS):
        url = f"https://rosters.example.org/{number}.ics"
        yield Feed(id=f"feed-{number}", site=HOSPITAL, url=url, label=f"Ward {number}", by=reader, made_ms=now_ms)
    for number in range(FLOORS):
        on = f"floor-{number}"
        yield PlanSheet(id=f"{HOSPITAL}/{on}", site=HOSPITAL, on=on, width=10, height=7, made_ms=now_ms)
    for number in range(ROOMS):
        code = "".join(CODE_LETTERS[number // 20**n % 20] for n in range(10))
        yield PlaceCode(id=code, site=HOSPITAL, place=f"room-{number}", made_ms=now_ms)
    yield from _waiting(docket.directory, reader, now_ms)


def _waiting(directory: Directory, reader: str, now_ms: int) -> Iterator[Kept]:
    """Swaps that nobody has answered, and shifts to be made smaller."""
    ahead = [shift for shift in directory.shifts if shift.site == HOSPITAL and shift.starts_ms > now_ms]
    for number in range(SWAPS):
        shift = ahead[number % len(ahead)]
        gives = Stretch(_key(shift), shift.starts_ms, shift.ends_ms)
        giver, taker = shift.members[-1 - number % len(shift.members)], shift.members[number % len(shift.members)]
        taker = taker if number else reader
        yield Swap(
            id=f"swap-{number}", giver=giver, taker=taker, gives=gives, in_return=None,
            why="", asked_ms=now_ms, via=Via.SESSION, credential="",
        )  # fmt: skip
    for number, shift in enumerate(ahead[:CHANGES]):
        yield Change(
            id=f"change-{number}",
            edit=ShiftEdit(_key(shift), shift.members, shift.members[1:]),
            weakens=(Weakens.EMPTIES_ROSTER,),
            asker=reader,
            via=Via.SESSION,
            why="",
            asked_ms=now_ms,
            due_ms=now_ms + DAY_MS,
            lapses_ms=now_ms + 7 * DAY_MS,
        )


def _key(shift: Shift) -> ShiftKey:
    return (shift.site, shift.starts_ms, shift.ends_ms, 0)
