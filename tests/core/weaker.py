"""An organisation with a ladder of its own, and why a change of it has to wait."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.edits import Edit
from tocsin.core.access.splitting import difference
from tocsin.core.access.weakening import weakenings
from tocsin.core.access.weakens import Weakens
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Shift, Site
from tocsin.core.words import Channel, Kind, Role

HOUR = 3_600_000
REACHED = (Contact("s", Channel.SMS, "+12025550101", verified=True),)
W = Weakens


def somebody(id: str, *roles: Role, **more: object) -> Member:
    return replace(Member(id, id.title(), roles or (Role.RESPONDER,), contacts=REACHED), **more)


RUNGS = (
    Rung(0, ("on_shift",), ((Channel.SMS, Channel.VOICE),), 30),
    Rung(30, ("role:supervisor",), ((Channel.SMS,), (Channel.VOICE,)), 30, 10),
    Rung(90, ("member:ann", "member:bo", "member:cy"), ((Channel.SMS,),), 30),
)
PLAN = Plan("north", Kind.SOS, 2, RUNGS)
NIGHT = Shift("north", ("ann", "bo", "dee"), 10 * HOUR, 20 * HOUR)
ORG = Directory(
    "org",
    "Alder",
    members={
        "ann": somebody("ann", Role.SUPERVISOR),
        "bo": somebody("bo", Role.COORDINATOR),
        "cy": somebody("cy", Role.SUPERVISOR),
        "dee": somebody("dee"),
        "eve": somebody("eve"),
        "wes": somebody("wes", Role.WORKER),
    },
    sites={"north": Site("north", "North", "UTC")},
    shifts=(NIGHT,),
    plans=(PLAN,),
)


def reasons(after: Directory, now_ms: int = 0, before: Directory = ORG) -> set[Weakens]:
    """Why anything of the difference has to wait."""
    edits = difference(before, after)
    return {reason for found in weakenings(before, edits, now_ms) for reason in found}


def of(edit: Edit, before: Directory = ORG) -> set[Weakens]:
    (found,) = weakenings(before, [edit], 0)
    return set(found)


def rostered(*shifts: Shift, **members: Member) -> Directory:
    return replace(ORG, shifts=shifts, members={**ORG.members, **members})


def planned(*rungs: Rung, needed: int = 2) -> Directory:
    return replace(ORG, plans=(replace(PLAN, rungs=rungs, needed=needed),))


def rungs(index: int, **changes: object) -> tuple[Rung, ...]:
    return tuple(replace(rung, **changes) if at == index else rung for at, rung in enumerate(RUNGS))
