"""A small fictional dispatch centre at night: who works there, how they are reached, who is on, what the plan says."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from tocsin.core.directory import Contact, Device, Directory, Member, Place, Plan, Rung, Shift, Site
from tocsin.core.words import Channel, Duty, Kind, Role
from tocsin.sim.clock import EPOCH_MS, ZONE
from tocsin.sim.disk import Weather

ORG, SITE, ANNEX = "alder", "centre", "annex"
EVERY_WAY = ((Channel.PUSH, Channel.SMS, Channel.VOICE, Channel.EMAIL),)
ANNEX_PEOPLE = 80  # More than a drill may have under way at once.
DAY_MS = 86_400_000
GRACE_S, REMIND_S = 15, 30  # Of walks.
WORKERS = ("noor", "zoe")
FRIENDS = ("ben", "kit")  # Of the man in the car park.
BACKSTOP = ("teo", "ines", "wale", "ada")
PEOPLE: tuple[tuple[str, tuple[Role, ...], str, tuple[Duty, ...]], ...] = (
    ("noor", (Role.WORKER, Role.RESPONDER), "en", ()),
    ("zoe", (Role.WORKER, Role.RESPONDER), "es", ()),
    ("teo", (Role.RESPONDER, Role.SUPERVISOR), "en", (Duty.DISPATCHER,)),
    ("ines", (Role.SUPERVISOR,), "es", (Duty.DOOR,)),
    ("wale", (Role.COORDINATOR,), "en", ()),
    ("ada", (Role.RESPONDER,), "en", (Duty.CAMERA,)),
    ("ben", (Role.RESPONDER,), "en", ()),
    ("kit", (Role.RESPONDER,), "en", (Duty.BUDDY,)),
)
OFFICE: tuple[tuple[str, tuple[Role, ...]], ...] = (  # Of nights in which people sign in.
    ("rhea", (Role.ADMINISTRATOR, Role.WORKER)),
    ("milo", (Role.ADMINISTRATOR,)),  # A friend of his.
    ("una", (Role.COORDINATOR,)),
    ("olga", (Role.AUDITOR,)),
)
OFFICE_NUMBERS = 40  # Their telephone numbers follow on this one.


def centre(chance: Weather, *, annex: bool = False) -> Directory:
    """One organisation that `core.planning` takes.  `annex`: with a second, crowded site."""
    members = {
        name: Member(
            name,
            name.title(),
            roles,
            language,
            duties,
            contacts=_contacts(index, chance),
            pin_hash="",
            duress_pin_hash="",
        )
        for index, (name, roles, language, duties) in enumerate(PEOPLE)
    }
    devices = {device(name): Device(device(name), name, f"hash of {name}") for name in members}
    sites, all_shifts = {SITE: Site(SITE, "Alder centre", ZONE)}, shifts(chance)
    plans: tuple[Plan, ...] = (_plan(chance, SITE),)
    if annex:
        crowd = {member.id: member for member in map(_of_the_annex, range(ANNEX_PEOPLE))}
        members, sites[ANNEX] = {**members, **crowd}, Site(ANNEX, "Alder annex", ZONE)
        all_shifts = (*all_shifts, Shift(ANNEX, tuple(crowd), EPOCH_MS - DAY_MS // 4, EPOCH_MS + DAY_MS // 4))
        plans = (*plans, _plan(chance, ANNEX))
    return Directory(
        ORG,
        "Alder County Communications",
        languages=("en", "es"),
        members=members,
        devices=devices,
        sites=sites,
        places=(Place(SITE, "lot-b", "Lot B", "lot"),),
        shifts=all_shifts,
        plans=plans,
    )


def with_office(directory: Directory) -> Directory:
    """And the people who run it: administrators, a second coordinator, an auditor."""
    office = {}
    for index, (name, roles) in enumerate(OFFICE, OFFICE_NUMBERS):
        contact = Contact(f"{index}/sms", Channel.SMS, number(index), verified=True)
        office[name] = Member(name, name.title(), roles, "en", (), contacts=(contact,))
    return replace(directory, members={**directory.members, **office})


def for_walks(directory: Directory, *, watched: tuple[str, ...]) -> Directory:
    """Where people are looked for soon after their time; some of them in a watch window."""
    members = {id: replace(directory.members[id], watch_window=True) for id in watched}
    site = replace(directory.sites[SITE], walk_grace_s=GRACE_S, walk_remind_s=REMIND_S)
    return replace(directory, members={**directory.members, **members}, sites={**directory.sites, SITE: site})


def as_a_file(directory: Directory) -> Directory:
    """What somebody writes who reads it off and changes a line: which phones take pushes stands in no file."""
    pushed = [one for one in directory.members.values() if any(way.kind is Channel.PUSH for way in one.contacts)]
    bare = {
        one.id: replace(one, contacts=tuple(way for way in one.contacts if way.kind is not Channel.PUSH))
        for one in pushed
    }
    return replace(directory, members={**directory.members, **bare})


def device(member: str) -> str:
    return f"phone of {member}"


def number(index: int) -> str:
    return f"+120255501{index:02d}"


def shifts(chance: Weather, *, empty: bool = False) -> tuple[Shift, ...]:
    """Who is on now (drawn), and a day shift far away that everybody else belongs to."""
    everybody = [name for name, *_ in PEOPLE]
    drawn = [name for name in everybody if chance.random() < 0.55]
    on = () if empty else tuple(name for name in dict.fromkeys((*WORKERS[:1], *drawn)) if name != "wale")
    night = Shift(SITE, on, EPOCH_MS - DAY_MS // 4, EPOCH_MS + DAY_MS // 4)
    day = Shift(SITE, tuple(everybody), EPOCH_MS + DAY_MS // 4, EPOCH_MS + DAY_MS // 2)
    return (night, day)


def summer_shifts(chance: Weather) -> tuple[Shift, ...]:
    """One shift ends, and the next begins, at one o'clock in the night in which one o'clock comes twice: the second."""
    _, day = shifts(chance)
    early, late = shifts(chance)[0], shifts(chance)[0]
    one_ms = int(datetime(2027, 11, 7, 1, 0, fold=1, tzinfo=ZoneInfo(ZONE)).timestamp() * 1_000)
    return (Shift(SITE, early.members, early.starts_ms, one_ms), Shift(SITE, late.members, one_ms, late.ends_ms), day)


def mail(index: int) -> str:
    return f"{PEOPLE[index][0]}@alder.example.org"


def _contacts(index: int, chance: Weather) -> tuple[Contact, ...]:
    contacts = [Contact(f"{index}/sms", Channel.SMS, number(index), verified=True)]
    if chance.random() < 0.4:
        contacts.append(Contact(f"{index}/voice", Channel.VOICE, number(index + 50), verified=True))
    if chance.random() < 0.3:
        contacts.append(Contact(f"{index}/mail", Channel.EMAIL, mail(index), verified=True))
    return tuple(contacts)


def _of_the_annex(index: int) -> Member:
    contact = Contact(f"annex-{index}/sms", Channel.SMS, f"+130355501{index:02d}", verified=True)
    return Member(f"annex-{index:02d}", f"Annex {index}", (Role.RESPONDER,), "en", (), contacts=(contact,))


def changed_plan(chance: Weather, annex: tuple[Plan, ...]) -> tuple[Plan, ...]:
    """The centre's plan drawn anew; the annex keeps its own."""
    return (_plan(chance, SITE), *annex)


def _plan(chance: Weather, site: str) -> Plan:
    second = chance.choice((15, 30, 45))
    named = tuple(f"member:{name}" for name in BACKSTOP)
    rungs = (
        Rung(0, ("on_shift",), EVERY_WAY, repeat_s=chance.choice((20, 40, 60))),
        Rung(second, ("role:supervisor",), repeat_s=chance.choice((30, 60))),
        Rung(second + 30, named, EVERY_WAY, repeat_s=chance.choice((30, 60))),
    )
    return Plan(site, Kind.SOS, chance.choice((2, 2, 3)), rungs)
