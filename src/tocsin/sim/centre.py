"""A small fictional dispatch centre at night: who works there, how they are reached, who is on, what the plan says."""

from __future__ import annotations

from tocsin.core.directory import Contact, Device, Directory, Member, Place, Plan, Rung, Shift, Site
from tocsin.core.words import Channel, Duty, Kind, Role
from tocsin.sim.clock import EPOCH_MS
from tocsin.sim.disk import Weather

ORG, SITE = "alder", "centre"
DAY_MS = 86_400_000
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


def centre(chance: Weather) -> Directory:
    """One organisation that `core.planning` takes."""
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
    return Directory(
        ORG,
        "Alder County Communications",
        languages=("en", "es"),
        members=members,
        devices={device(name): Device(device(name), name, f"hash of {name}") for name in members},
        sites={SITE: Site(SITE, "Alder centre", "UTC")},
        places=(Place(SITE, "lot-b", "Lot B", "lot"),),
        shifts=shifts(chance),
        plans=(_plan(chance),),
    )


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


def _contacts(index: int, chance: Weather) -> tuple[Contact, ...]:
    sms = Contact(f"{index}/sms", Channel.SMS, number(index), verified=True)
    if chance.random() < 0.7:
        return (sms,)
    return (sms, Contact(f"{index}/voice", Channel.VOICE, number(index + 50), verified=True))


def _plan(chance: Weather) -> Plan:
    second = chance.choice((15, 30, 45))
    rungs = (
        Rung(0, ("on_shift",), repeat_s=chance.choice((20, 40, 60))),
        Rung(second, ("role:supervisor",), repeat_s=chance.choice((30, 60))),
        Rung(second + 30, tuple(f"member:{name}" for name in BACKSTOP), repeat_s=chance.choice((30, 60))),
    )
    return Plan(SITE, Kind.SOS, chance.choice((2, 2, 3)), rungs)
