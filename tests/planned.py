"""The invented office with a plan: people on shift, one whom nothing reaches, and a second site without any plan."""

from __future__ import annotations

from msgspec.structs import replace

from staff import Staffed
from tocsin.core.access.record import Guard
from tocsin.core.directory import Contact, Member, Place, Plan, Rung, Script, Shift, Site
from tocsin.core.docket import Docket
from tocsin.core.words import Channel, Duty, Kind, Role

EVERY = ((Channel.PUSH, Channel.SMS, Channel.VOICE),)
PLAN = Plan(
    "centre",
    Kind.SOS,
    2,
    (
        Rung(0, ("on_shift",), EVERY),
        Rung(45, ("role:supervisor",), ((Channel.SMS,), (Channel.VOICE,)), 30, 10),
        Rung(90, ("member:teo", "member:ines", "member:wale"), EVERY),
    ),
    (Script(Duty.DOOR, "en", "Lock the north door. Let nobody in but police."),),
)
ROUTES = {Channel.SMS: ("twilio",), Channel.VOICE: ("twilio",), Channel.PUSH: ("push",)}
HOUR = 3_600_000


def reached(number: int, *kinds: Channel) -> tuple[Contact, ...]:
    return tuple(
        Contact(f"{kind}-{number}", kind, f"+120255501{number}{n}", verified=True) for n, kind in enumerate(kinds)
    )


def planned() -> Staffed:
    both = (Channel.SMS, Channel.VOICE)
    known = Staffed(
        Member("ines", "Inés Corder", (Role.SUPERVISOR, Role.RESPONDER), contacts=reached(3, *both)),
        Member("bo", "Bo Lindqvist", (Role.RESPONDER,), duties=(Duty.DOOR,), contacts=reached(4, *both)),
        Member("kim", "Kim Osei", (Role.RESPONDER,), language="es", contacts=reached(5, Channel.SMS)),
        Member("gus", "Gus Nowhere", (Role.RESPONDER,)),
        teo={"contacts": reached(1, *both)},
        wale={"contacts": reached(2, *both)},
        noor={"contacts": reached(7, *both)},
    )
    known.world.routes, known.world.channels = ROUTES, frozenset(ROUTES)
    known._beside(lambda docket: _plan(docket, known.clock.ms))
    return known


def _plan(docket: Docket, now_ms: int) -> None:
    night = Shift("centre", ("noor", "teo", "bo", "kim", "gus"), now_ms - HOUR, now_ms + 6 * HOUR)
    docket.set_rules(
        replace(
            docket.directory,
            languages=("en", "es"),
            sites={**docket.directory.sites, "annex": Site("annex", "Annex", "America/Chicago")},
            places=(Place("centre", "lot-b", "Lot B", "lot"), Place("centre", "floor", "Dispatch floor", "room")),
            shifts=(night, Shift("centre", ("ines",), now_ms + 6 * HOUR, now_ms + 9 * HOUR)),
            plans=(PLAN,),
        )
    )


def second_person(known: Staffed) -> None:
    """From now on what weakens waits, as if somebody who may agree had signed in."""
    known.keep(Guard(id="guard", since_ms=known.clock.ms))
