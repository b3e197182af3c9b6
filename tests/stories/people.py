"""Who works in the stories: a dispatch centre at night, every number invented."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.directory import Contact, Device, Directory, Member, Place, Plan, Rung, Shift, Site
from tocsin.core.words import Channel, Kind, Role

ORG, SITE = "alder", "centre"
FOR_EVER_MS = 10**15
PEOPLE = {
    "noor": (Role.WORKER, Role.RESPONDER),
    "teo": (Role.RESPONDER,),
    "ines": (Role.SUPERVISOR,),
    "wale": (Role.COORDINATOR,),
    "bo": (Role.RESPONDER,),
    "hana": (Role.SUPERVISOR,),
}
NUMBERS = {name: f"+120255501{10 + index}" for index, name in enumerate(PEOPLE)}


def member(name: str, *roles: Role) -> Member:
    contact = Contact(f"{name}/sms", Channel.SMS, NUMBERS[name], verified=True)
    return Member(name, name.title(), roles, contacts=(contact,))


def rung(after_s: int, *audience: str, repeat_s: int = 30) -> Rung:
    return Rung(after_s, audience, ((Channel.SMS,),), repeat_s)


PLAN = Plan(
    SITE,
    Kind.SOS,
    needed=2,
    rungs=(
        rung(0, "on_shift"),
        rung(45, "role:supervisor", "member:wale"),
        rung(90, "member:ines", "member:wale", "member:hana"),
    ),
)


def directory(
    on: tuple[str, ...] = ("noor", "teo", "bo", "ines"),
    plan: Plan = PLAN,
    ties: tuple[str, ...] = (),
    people: tuple[str, ...] = tuple(PEOPLE),
) -> Directory:
    """The centre with `on` at work; `ties` are not to be told about Noor.  Long ago all but Hana worked together."""
    members = {name: member(name, *PEOPLE[name]) for name in people}
    for name in ties:
        members[name] = replace(members[name], not_told_about=("noor",))
    return Directory(
        ORG,
        "Alder dispatch",
        members=members,
        sites={SITE: Site(SITE, "Alder", "UTC")},
        places=(Place(SITE, "lot-b", "Lot B", "lot"),),
        shifts=(Shift(SITE, people[:-1], 0, 1), *((Shift(SITE, on, 1, FOR_EVER_MS),) if on else ())),
        plans=(plan,),
    )


def device_of(name: str) -> Device:
    return Device(f"{name}-phone", name, f"hash-of-{name}")
